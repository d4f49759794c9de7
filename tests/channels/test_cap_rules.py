"""Each rule of CAP is found where it is broken, by its name; structure is judged as two schema engines judge it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cap_messages import COMPLETE, SCHEMA, schema_engines

from nadhir.channels.cap import rules
from nadhir.channels.cap.check import Judgement, Trust, judge
from nadhir.channels.cap.codec import read, write
from nadhir.channels.cap.elements import FORM_RULES
from nadhir.channels.cap.findings import RefusedError

TRUST = Trust(at=datetime(2026, 11, 22, tzinfo=UTC))
RING = "<polygon>33,126 33,127 34,127 33,126</polygon>"


def _without(name: str) -> tuple[str, str]:
    found = re.search(rf"\s*<{name}>.*?</{name}>", COMPLETE, re.DOTALL)
    assert found
    return found.group(), ""


def _ring(points: str) -> tuple[str, str]:
    return RING, f"<polygon>{points}</polygon>"


STRUCTURE = {
    "no-identifier": (*_without("identifier"), "element-missing"),
    "no-sender": (*_without("sender"), "element-missing"),
    "no-sent": (*_without("sent"), "element-missing"),
    "no-status": (*_without("status"), "element-missing"),
    "no-scope": (*_without("scope"), "element-missing"),
    "no-category": (*_without("category"), "element-missing"),
    "no-event": (*_without("event"), "element-missing"),
    "no-urgency": (*_without("urgency"), "element-missing"),
    "no-area-description": (*_without("areaDesc"), "element-missing"),
    "no-value": ("<value>KR-49</value>", "", "element-missing"),
    "no-mime-type": (*_without("mimeType"), "element-missing"),
    "status-of-no-list": (">Exercise<", ">Drill<", "value-enumeration"),
    "status-with-space": (">Exercise<", "> Exercise<", "value-enumeration"),
    "message-type-in-small-letters": (">Update<", ">update<", "value-enumeration"),
    "category-of-no-list": (">Security<", ">Missile<", "value-enumeration"),
    "certainty-of-1.0": (">Likely<", ">Very Likely<", "value-enumeration"),
    "response-of-no-list": (">Shelter<", ">Hide<", "value-enumeration"),
    "two-statuses": ("<status>Exercise</status>", "<status>Exercise</status><status>Test</status>", "element-repeated"),
    "two-headlines": ("</headline>", "</headline><headline>Again</headline>", "element-repeated"),
    "sender-first": ("<identifier>", "<sender>a@b</sender><identifier>", "element-order"),
    "circle-before-polygon": (RING, f"<circle>33,126 1</circle>{RING}", "element-order"),
    "unknown-element": ("<scope>", "<mood>calm</mood><scope>", "element-unknown"),
    "element-in-a-value": ("Everyone", "<b>Everyone</b>", "element-unknown"),
    "other-namespace-inside": ("<note>", '<x xmlns="urn:x"/><note>', "element-unknown"),
    "attribute": ("<headline>", '<headline lang="en">', "attribute-unknown"),
    "text-between": ("<scope>Public</scope>", "<scope>Public</scope>stray", "text-unexpected"),
    "time-in-z": ("06:00:00+09:00</sent>", "06:00:00Z</sent>", "value-date-time"),
    "time-without-offset": ("06:00:00+09:00</sent>", "06:00:00</sent>", "value-date-time"),
    "time-with-fraction": ("06:00:00+09:00</sent>", "06:00:00.5+09:00</sent>", "value-date-time"),
    "time-of-no-calendar": ("2026-11-22T06:30:00", "2026-02-30T06:30:00", "value-date-time"),
    "time-with-comma": ("06:30:00+09:00</expires>", "06:30:00,09:00</expires>", "value-date-time"),
    "offset-too-large": ("06:30:00+09:00</expires>", "06:30:00+15:00</expires>", "value-date-time"),
    "language-of-no-form": (">en-US<", ">English (US)<", "value-language"),
    "size-of-no-number": (">1234<", ">12 kB<", "value-integer"),
    "altitude-of-no-number": ("<altitude>0<", "<altitude>low<", "value-decimal"),
    "uri-with-broken-escape": ("map.png", "map%2.png", "value-uri"),
}
"""Name: (what is replaced, by what, the rule that must be named)."""

CONTENT = {
    "identifier-with-space": ("exercise.KOR.w1.2", "exercise KOR", "identifier-characters"),
    "identifier-with-ampersand": ("exercise.KOR.w1.2", "a&amp;b", "identifier-characters"),
    "identifier-empty": ("exercise.KOR.w1.2", "", "identifier-characters"),
    "sender-with-comma": ("<sender>drill@", "<sender>drill,@", "sender-characters"),
    "no-references": (*_without("references"), "references-missing"),
    "reference-of-two-parts": (",2026-11-22T05:58:00+09:00</ref", "</ref", "references-form"),
    "reference-in-z": ("05:58:00+09:00</ref", "05:58:00Z</ref", "references-form"),
    "reference-to-itself": ("w1.0,2026", "w1.2,2026", "references-self"),
    "reference-to-the-future": ("T05:58:00+09:00</ref", "T06:58:00+09:00</ref", "references-later"),
    "restriction-in-public": ("</scope>", "</scope><restriction>staff</restriction>", "restriction-scope"),
    "restricted-without-restriction": (">Public<", ">Restricted<", "restriction-missing"),
    "private-without-addresses": (">Public<", ">Private<", "addresses-missing"),
    "other-category": ("<event>미", "<category>Fire</category><event>미", "category-differs"),
    "other-event-code": ("147</value></eventCode>\n    <head", "129</value></eventCode><head", "event-code-differs"),
    "korean-in-english": ("이 지역에 물체가 떨어질 수 있습니다.", "An object may come down here.", "language-copied"),
    "korean-called-japanese": (">ko-KR<", ">ja<", "language-script"),
    "html": ("An object may", "An &lt;b&gt;object&lt;/b&gt; may", "markup"),
    "html-entity": ("An object may", "An object&amp;nbsp;may", "markup"),
    "headline-too-long": ("shelter now", "shelter now " * 12, "headline-length"),
    "empty-event": ("Missile exercise", " ", "text-empty"),
    "empty-area-description": (">Jeju<", "><", "text-empty"),
    "expires-before-effective": ("06:30:00+09:00</expires>", "05:30:00+09:00</expires>", "expires-before-effective"),
    "polygon-open": (*_ring("33,126 33,127 34,127 34,126"), "polygon-open"),
    "polygon-of-three": (*_ring("33,126 33,127 33,126"), "polygon-size"),
    "polygon-empty": (*_ring(""), "polygon-empty"),
    "polygon-with-semicolons": (*_ring("33,126;33,127;34,127;33,126"), "polygon-form"),
    "polygon-longitude-first": (*_ring("126,33 127,33 127,34 126,33"), "coordinate-range"),
    "polygon-latitude-141": (*_ring("141,126 33,127 34,127 141,126"), "coordinate-range"),
    "polygon-bow-tie": (*_ring("33,126 34,127 34,126 33,127 33,126"), "polygon-crossing"),
    "polygon-without-area": (*_ring("33,126 33,127 33,128 33,126"), "polygon-crossing"),
    "circle-with-comma": ("33.4,126.5 25", "33.4,126.5,25", "circle-form"),
    "circle-negative": ("33.4,126.5 25", "33.4,126.5 -25", "circle-form"),
    "circle-off-the-earth": ("33.4,126.5 25", "93.4,126.5 25", "coordinate-range"),
    "ceiling-alone": (*_without("altitude"), "ceiling-without-altitude"),
}  # fmt: skip
"""What the schema lets pass."""

ALL = {**STRUCTURE, **CONTENT}


def _broken(name: str) -> bytes:
    before, after, _ = ALL[name]
    assert before in COMPLETE, f"{name}: nothing to break"
    return COMPLETE.replace(before, after, 1).encode()


def _judged(data: bytes) -> Judgement:
    return judge(data, TRUST).alerts[0]


def test_the_unbroken_message_has_no_finding() -> None:
    assert _judged(COMPLETE.encode()).findings == ()


@pytest.mark.parametrize("name", ALL)
def test_a_broken_message_is_refused_by_the_right_rule(name: str) -> None:
    judged = judge(_broken(name), TRUST)
    rules = {finding.rule for finding in judged.alerts[0].findings if finding.severity == "error"}
    assert ALL[name][2] in rules
    assert judged.verdict == "invalid"


@pytest.mark.skipif(not SCHEMA.exists(), reason="needs the OASIS schema in ../shared")
@pytest.mark.parametrize("name", ["", *ALL])
def test_structure_is_judged_as_two_engines_judge_it(name: str) -> None:
    pytest.importorskip("xmlschema")
    data = _broken(name) if name else COMPLETE.encode()
    verdicts = {engine: valid(data) for engine, valid in schema_engines().items()}
    if name == "uri-with-broken-escape":  # the engines disagree: one looks at escapes
        assert set(verdicts.values()) == {True, False}
    else:
        assert set(verdicts.values()) == {name not in STRUCTURE}


def test_a_finding_names_its_place() -> None:
    data = COMPLETE.replace("<areaDesc>제주</areaDesc>", "<areaDesc>제주</areaDesc><polygon>1,1</polygon>").encode()
    (finding,) = _judged(data).findings
    assert finding.path == "/alert/info[2]/area/polygon"
    assert finding.line == COMPLETE.split("제주</areaDesc>")[0].count("\n") + 1


def test_warnings_do_not_make_a_message_invalid() -> None:
    data = COMPLETE.replace("<area><areaDesc>제주</areaDesc></area>", "").encode()
    judged = judge(data, TRUST)
    assert [finding.rule for finding in judged.alerts[0].findings] == ["area-missing"]
    assert judged.verdict == "valid"


def test_two_infos_alike() -> None:
    info = COMPLETE[COMPLETE.index("  <info>") : COMPLETE.index("</info>") + 7]
    rules = {finding.rule for finding in _judged(COMPLETE.replace(info, info + info).encode()).findings}
    assert rules == {"info-identical"}


@pytest.mark.parametrize(
    ("ring", "crosses"),
    [
        ("-16,179 -16,-179 -18,-179 -18,179 -16,179", False),  # across the date line the short way
        ("-16,179 -18,-179 -18,179 -16,-179 -16,179", True),
        ("33,126 33,126 33,127 34,127 33,126", False),  # a point given twice
        ("80,-180 80,180 90,180 90,-180 80,-180", False),  # round the pole
    ],
)
def test_crossing(ring: str, crosses: bool) -> None:
    data = COMPLETE.replace(*_ring(ring)).encode()
    assert ("polygon-crossing" in {finding.rule for finding in _judged(data).findings}) == crosses


def test_a_message_is_read_and_written_again_the_same() -> None:
    alert = read(COMPLETE.encode())
    assert alert.infos[0].areas[0].polygons == (((33, 126), (33, 127), (34, 127), (33, 126)),)
    assert alert.references[0].sent == datetime(2026, 11, 21, 20, 58, tzinfo=UTC)
    assert read(write(alert)) == alert
    assert _judged(write(alert)).findings == ()


def test_values_are_read_around_comments() -> None:
    assert read(COMPLETE.replace("drill@", "dr<!-- x -->ill<?y z?>@", 1).encode()).sender == "drill@example.org"


@pytest.mark.parametrize("name", [name for name in ALL if name in STRUCTURE or ALL[name][2] in FORM_RULES])
def test_the_reader_refuses_what_is_of_the_wrong_structure(name: str) -> None:
    with pytest.raises(RefusedError):
        read(_broken(name))


def test_the_reader_takes_a_partners_faults_of_content() -> None:
    assert len(read(_broken("headline-too-long")).infos[0].headline or "") > 140
    assert read(_broken("polygon-empty")).infos[0].areas[0].polygons == ((),)


@pytest.mark.parametrize(
    ("namespace", "rule"),
    [
        ("urn:oasis:names:tc:emergency:cap:1.1", "older-version"),
        ("http://www.incident.com/cap/1.0", "older-version"),
        ("urn:oasis:names:tc:emergency:cap:2.0", "namespace"),
    ],
)
def test_other_versions_are_named(namespace: str, rule: str) -> None:
    judgement = _judged(COMPLETE.replace("urn:oasis:names:tc:emergency:cap:1.2", namespace).encode())
    assert [finding.rule for finding in judgement.findings] == [rule]


def test_an_older_message_is_judged_by_the_content_that_it_shares() -> None:
    data = _broken("polygon-open").replace(b"cap:1.2", b"cap:1.1")
    assert "polygon-open" in {finding.rule for finding in _judged(data).findings}


def test_every_rule_is_described() -> None:
    page = (Path(__file__).parents[2] / "docs" / "cap.md").read_text()
    package = Path(rules.__file__).parent
    named = set()
    for module in ("rules", "elements", "check"):
        source = (package / f"{module}.py").read_text()
        named |= set(re.findall(r'found\(\s*f?"([a-z{}-]+)"', source)) | set(
            re.findall(r'Simple\(\s*"([a-z-]+)"', source)
        )
    assert len(named) > 30
    assert {rule for rule in named if "{" not in rule and f"`{rule}`" not in page} == {"value-string"}
