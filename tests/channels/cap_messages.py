"""A CAP message with every element, for tests to break, and the judges that we did not write."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

from lxml import etree

SHARED = Path(__file__).parents[3] / "shared" / "data"
SCHEMA = SHARED / "cap_xsd" / "cap12.xsd"

COMPLETE = """<?xml version="1.0" encoding="UTF-8"?>
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">
  <identifier>exercise.KOR.w1.2</identifier>
  <sender>drill@example.org</sender>
  <sent>2026-11-22T06:00:00+09:00</sent>
  <status>Exercise</status>
  <msgType>Update</msgType>
  <source>Nadhir</source>
  <scope>Public</scope>
  <code>one</code>
  <code>two</code>
  <note>Autumn exercise</note>
  <references>drill@example.org,exercise.KOR.w1.0,2026-11-22T05:58:00+09:00</references>
  <incidents>w1</incidents>
  <info>
    <language>en-US</language>
    <category>Security</category>
    <event>Missile exercise</event>
    <responseType>Shelter</responseType>
    <urgency>Immediate</urgency>
    <severity>Extreme</severity>
    <certainty>Likely</certainty>
    <audience>Everyone</audience>
    <eventCode><valueName>OET:v1.2</valueName><value>OET-147</value></eventCode>
    <effective>2026-11-22T06:00:00+09:00</effective>
    <onset>2026-11-22T06:05:00+09:00</onset>
    <expires>2026-11-22T06:30:00+09:00</expires>
    <senderName>Drill office</senderName>
    <headline>EXERCISE: shelter now</headline>
    <description>An object may come down here.</description>
    <instruction>Go into a solid building.</instruction>
    <web>https://example.org/warnings?id=1</web>
    <contact>desk@example.org</contact>
    <parameter><valueName>nadhir:status</valueName><value>update</value></parameter>
    <resource>
      <resourceDesc>Map</resourceDesc>
      <mimeType>image/png</mimeType>
      <size>1234</size>
      <uri>https://example.org/map.png</uri>
    </resource>
    <area>
      <areaDesc>Jeju</areaDesc>
      <polygon>33,126 33,127 34,127 33,126</polygon>
      <circle>33.4,126.5 25</circle>
      <geocode><valueName>ISO 3166-2</valueName><value>KR-49</value></geocode>
      <altitude>0</altitude>
      <ceiling>3000.5</ceiling>
    </area>
  </info>
  <info>
    <language>ko-KR</language>
    <category>Security</category>
    <event>미사일 훈련</event>
    <urgency>Immediate</urgency>
    <severity>Extreme</severity>
    <certainty>Likely</certainty>
    <eventCode><valueName>OET:v1.2</valueName><value>OET-147</value></eventCode>
    <headline>훈련: 대피하십시오</headline>
    <description>이 지역에 물체가 떨어질 수 있습니다.</description>
    <area><areaDesc>제주</areaDesc></area>
  </info>
</alert>
"""


@cache
def schema_engines() -> dict[str, Callable[[bytes], bool]]:
    """Two engines over the OASIS schema: whether a document is valid."""
    import xmlschema

    libxml2 = etree.XMLSchema(etree.parse(SCHEMA))
    other = xmlschema.XMLSchema(str(SCHEMA))
    return {
        "libxml2": lambda data: bool(libxml2.validate(etree.fromstring(data))),
        "xmlschema": lambda data: bool(other.is_valid(etree.fromstring(data))),
    }
