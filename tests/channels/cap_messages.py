"""What tests of CAP share: a message with every element to break, a warning to tell, and others' judges."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import shapely
from lxml import etree

from nadhir.channels.cap.model import Enrolment, Publisher
from nadhir.channels.cap.polygons import Outlines
from nadhir.model import AreaWarning, WarningProduct

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


NOW = 1_795_000_000.0
PUBLISHER = Publisher(sender="drill@example.org", web="https://example.org/", contact="desk@example.org")
ENROLMENT = Enrolment(authority="KOR", sender="warnings@example.org", certificate_sha256="00" * 32)


OUTLINES = Outlines(
    {
        "KR-49": shapely.Point(126.5, 33.4).buffer(0.4, quad_segs=64),
        "JP-47": shapely.MultiPoint([(127.9, 26.5), (124.2, 24.4), (125.3, 24.8)]).buffer(0.3, quad_segs=64),
        "JP-13": shapely.box(138.9, 35.5, 139.9, 35.9),
        "FJ": shapely.box(177, -19, 182, -16),
    }
)


class Text(msgspec.Struct):
    """What texts give."""

    event: str
    headline: str
    description: str
    instruction: str
    area_description: str
    sender_name: str


TEXTS = {
    "en": Text(
        "Exercise", "EXERCISE: shelter", "An object may come down.", "Go inside.", "Jeju, Okinawa", "Drill office"
    ),
    "ko": Text(
        "훈련",
        "훈련: 대피하십시오",
        "물체가 떨어질 수 있습니다.",
        "실내로 들어가십시오.",
        "제주, 오키나와",
        "훈련 기관",
    ),
    "ja": Text(
        "訓練",
        "訓練：避難してください",
        "物体が落下するおそれがあります。",
        "屋内に入ってください。",
        "済州、沖縄",
        "訓練機関",
    ),
    "ar": Text(
        "تمرين", "تمرين: احتموا الآن", "قد يسقط جسم هنا.", "ادخلوا إلى مبنى متين.", "جيجو، أوكيناوا", "جهة التمرين"
    ),
}


def made_warning(**fields: Any) -> WarningProduct:
    """An exercise over Jeju, with some fields otherwise."""
    stated: dict[str, Any] = {
        "warning": "w1", "events": ["e1"], "objects": ["o1"], "issued": NOW, "status": "alert", "hazard": "impact",
        "areas": [AreaWarning("KR-49", 0.8, NOW + 300)], "mode": "exercise", "authority": "KOR",
    }  # fmt: skip
    return WarningProduct(**{**stated, **fields})


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
