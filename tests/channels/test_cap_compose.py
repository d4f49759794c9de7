"""Every message that we make of any warning is valid to all judges, and none is Actual without an authority."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any, get_args

import msgspec
import pytest
import shapely
from cap_messages import ENROLMENT, NOW, OUTLINES, PUBLISHER, SCHEMA, TEXTS, made_warning, schema_engines
from hypothesis import given, settings
from hypothesis import strategies as st

from nadhir.channels.cap.check import Trust, judge
from nadhir.channels.cap.codec import read, write
from nadhir.channels.cap.compose import NothingToEndError, compose, expires_of, status_of
from nadhir.channels.cap.model import Alert, Enrolment
from nadhir.channels.cap.polygons import Outlines
from nadhir.channels.cap.signing import NotEnrolledError
from nadhir.channels.text import LANGUAGES, Voice
from nadhir.channels.text import write as say
from nadhir.model import AreaWarning, EndReason, Hazard, Mode, WarningProduct, WarningStatus

TRUST = Trust(at=datetime.fromtimestamp(NOW, UTC))
times = st.floats(NOW - 3600, NOW + 7200)
areas = st.builds(
    AreaWarning,
    code=st.sampled_from(["KR-49", "JP-47", "JP-13", "FJ", "US"]),
    probability=st.floats(0, 1),
    arrival=times,
)
ids = st.text(min_size=1, max_size=20)
warnings = st.builds(
    WarningProduct,
    warning=ids,
    events=st.lists(ids, max_size=3),
    objects=st.lists(ids, max_size=3),
    issued=st.floats(NOW - 10, NOW + 10),
    status=st.sampled_from(get_args(WarningStatus)),
    hazard=st.sampled_from(get_args(Hazard)),
    areas=st.lists(areas, max_size=5, unique_by=lambda area: area.code),
    mode=st.sampled_from(get_args(Mode)),
    reason=st.sampled_from([None, *get_args(EndReason)]),
    revision=st.integers(0, 50),
    authority=st.sampled_from(["", "KOR", "JPN"]),
    latest_arrival=st.none() | times,
    fallen=st.booleans(),
    lost=st.booleans(),
)


def _compose(warning: WarningProduct, earlier: list[Alert] | None = None, enrolment: Enrolment | None = None) -> Alert:
    rings = OUTLINES.rings([area.code for area in warning.areas])
    return compose(warning, TEXTS, rings, PUBLISHER, earlier or [], enrolment)


@settings(max_examples=60, deadline=None)
@given(st.lists(warnings, min_size=1, max_size=4), st.booleans())
def test_messages_of_any_warnings_are_valid_to_all_judges(states: list[WarningProduct], enrolled: bool) -> None:
    sent: list[Alert] = []
    for revision, state in enumerate(states):
        state = msgspec.structs.replace(state, warning=states[0].warning, mode=states[0].mode, revision=revision)
        try:
            alert = _compose(state, sent, ENROLMENT if enrolled else None)
        except NotEnrolledError:
            assert state.mode == "live"
            assert not (enrolled and state.authority == "KOR")
            continue
        except NothingToEndError:
            assert not sent
            continue
        data = write(alert)
        (judged,) = judge(data, TRUST).alerts
        assert {finding.rule for finding in judged.findings} <= {"area-missing"}
        assert bool(judged.findings) == (not state.areas)
        assert read(data) == alert
        assert (alert.status == "Actual") == (state.mode == "live")
        assert [info.language for info in alert.infos] == list(TEXTS)
        if SCHEMA.exists():
            pytest.importorskip("xmlschema")
            assert all(valid(data) for valid in schema_engines().values())
        sent.append(alert)


def test_capvalidator_accepts_each_kind() -> None:
    capvalidator = pytest.importorskip("capvalidator")
    first = _compose(made_warning())
    for status in ("pre-alert", "alert", "update", "all-clear", "cancel"):
        alert = _compose(
            made_warning(status=status, revision=1, reason="passed" if status == "all-clear" else None), [first]
        )
        assert capvalidator.check_schema(write(alert)).passed
    assert not capvalidator.check_schema(write(first).replace(b"Public", b"Secret")).passed


@pytest.mark.parametrize(
    ("fields", "message_type", "response", "urgency", "certainty"),
    [
        ({"status": "pre-alert"}, "Alert", "Prepare", "Expected", "Possible"),
        ({}, "Alert", "Shelter", "Immediate", "Likely"),
        ({"areas": [AreaWarning("KR-49", 0.4, NOW + 300)]}, "Alert", "Shelter", "Immediate", "Possible"),
        ({"areas": [AreaWarning("KR-49", 0.8, NOW + 5000)]}, "Alert", "Shelter", "Expected", "Likely"),
        ({"status": "update", "revision": 1}, "Update", "Shelter", "Immediate", "Likely"),
        ({"status": "update", "revision": 1, "lost": True}, "Update", "Shelter", "Immediate", "Possible"),
        ({"status": "update", "revision": 1, "fallen": True}, "Update", "Shelter", "Immediate", "Observed"),
        ({"status": "all-clear", "revision": 1, "reason": "passed"}, "Update", "AllClear", "Past", "Observed"),
        ({"status": "all-clear", "revision": 1, "reason": "will-not-arrive"}, "Update", "AllClear", "Past", "Unlikely"),
        ({"status": "cancel", "revision": 1, "reason": "error"}, "Cancel", "AllClear", "Past", "Unlikely"),
        ({"status": "cancel", "revision": 1, "reason": "error", "areas": []}, "Cancel", "Monitor", "Past", "Unlikely"),
    ],
)
def test_what_each_state_says(
    fields: dict[str, Any], message_type: str, response: str, urgency: str, certainty: str
) -> None:
    alert = _compose(made_warning(**fields), [_compose(made_warning())] if fields.get("revision") else [])
    info = alert.infos[0]
    assert (alert.message_type, info.response_types, info.urgency, info.certainty) == (
        message_type, (response,), urgency, certainty
    )  # fmt: skip


@pytest.mark.parametrize(("mode", "status", "code"), [
    ("live", "Actual", "OET-129"), ("exercise", "Exercise", "OET-147"), ("replay", "Test", "OET-147"),
])  # fmt: skip
def test_a_drill_shares_neither_status_nor_code_nor_sender_with_what_is_real(
    mode: Mode, status: str, code: str
) -> None:
    alert = _compose(made_warning(mode=mode), enrolment=ENROLMENT)
    assert alert.status == status
    assert {one.value for info in alert.infos for one in info.event_codes} == {code}
    assert alert.sender == (ENROLMENT.sender if mode == "live" else PUBLISHER.sender)
    assert (alert.note is None) == (mode == "live")
    assert alert.identifier == f"{mode}.KOR.w1.0"
    debris = _compose(made_warning(mode=mode, hazard="debris"), enrolment=ENROLMENT)
    assert debris.infos[0].event_codes[0].value == ("OET-184" if mode == "live" else "OET-147")


@pytest.mark.parametrize("enrolment", [None, msgspec.structs.replace(ENROLMENT, authority="JPN")])
def test_nothing_is_actual_without_the_authority_that_enrolled(enrolment: Enrolment | None) -> None:
    with pytest.raises(NotEnrolledError):
        status_of(made_warning(mode="live"), enrolment)
    assert status_of(made_warning(mode="live"), ENROLMENT) == "Actual"


def test_an_update_refers_to_every_message_that_still_runs_and_to_the_last() -> None:
    old = _compose(made_warning(issued=NOW - 9000, areas=[AreaWarning("KR-49", 0.8, NOW - 8000)]))
    first, second = (_compose(made_warning(revision=revision)) for revision in (1, 2))
    cancel = _compose(made_warning(status="cancel", revision=3, issued=NOW + 60), [old, first, second])
    assert cancel.references == (first.reference, second.reference)
    late = _compose(made_warning(status="all-clear", revision=3, issued=NOW + 90_000), [first, second])
    assert late.references == (second.reference,)


def test_an_end_without_a_beginning_and_a_message_without_words_are_refused() -> None:
    for status in ("all-clear", "cancel"):
        with pytest.raises(NothingToEndError):
            _compose(made_warning(status=status))
    with pytest.raises(ValueError, match="no text"):
        compose(made_warning(), {}, (), PUBLISHER)


def test_a_message_outlasts_the_danger() -> None:
    warning = made_warning(latest_arrival=NOW + 4000)
    assert expires_of(warning) > NOW + 4000
    assert expires_of(made_warning(fallen=True)) >= NOW + 86_400
    info = _compose(warning).infos[0]
    assert info.expires == datetime.fromtimestamp(expires_of(warning), UTC)
    assert info.onset == datetime.fromtimestamp(NOW + 300, UTC)


def test_a_thousand_areas_at_once_within_a_second() -> None:
    grid = {
        f"XX-{i}": shapely.box(120 + i % 40 / 2, 25 + i // 40 / 2, 120.4 + i % 40 / 2, 25.4 + i // 40 / 2)
        for i in range(1000)
    }
    coasts = {code: one.buffer(0.03, quad_segs=3) for code, one in grid.items()}
    outlines = Outlines(coasts)
    outlines.prepare(coasts)
    warning = made_warning(areas=[AreaWarning(code, 0.5, NOW + 300) for code in coasts])
    started = time.process_time()
    data = write(compose(warning, TEXTS, outlines.rings(list(coasts)), PUBLISHER))
    assert time.process_time() - started < 1.0
    assert judge(data, TRUST).verdict == "valid"


@pytest.mark.parametrize("mode", ["exercise", "replay"])
@pytest.mark.parametrize("hazard", get_args(Hazard))
def test_the_texts_of_this_house_make_valid_messages(mode: Mode, hazard: Hazard) -> None:
    voice = Voice(names={"en": "Drill office", "ko": "훈련 기관", "ja": "訓練機関", "ar": "جهة التمرين"})
    sent: list[Alert] = []
    for revision, (status, reason) in enumerate(
        [("pre-alert", None), ("alert", None), ("update", None), ("all-clear", "passed"), ("cancel", "error")]
    ):
        warning = made_warning(status=status, reason=reason, revision=revision, mode=mode, hazard=hazard)
        texts = {language: say(warning, language, voice, expires_of(warning)) for language in LANGUAGES}
        alert = compose(warning, texts, OUTLINES.rings(["KR-49"]), PUBLISHER, sent)
        (judged,) = judge(write(alert), TRUST).alerts
        assert judged.findings == ()
        sent.append(alert)
