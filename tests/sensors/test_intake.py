"""Every line is a detection or a counted rejection, by the causes of docs/formats.md in their order."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nadhir.model import Coverage, InfraredDetection, Position, RadarDetection, Sensor, Sigma
from nadhir.sensors import Intake, Rejection, intake

CAUSES = {"damaged", "unknown-sensor", "impossible", "clock", "repeat"}
PLACE = Position(37.0, 127.0, 100.0)
SENSORS = [
    Sensor("R", "KOR", "radar", PLACE, 1.0, Sigma(10.0, 0.05, 0.05, 1.0), Coverage(max_range_m=1e6), 0.9, 0.0),
    Sensor("I", "USA", "infrared", PLACE, 1.0, Sigma(line_of_sight_rad=1e-4), Coverage(), 0.9, 0.0),
]
RADAR = {
    "sensor": "R",
    "time": 1e9,
    "received": 1e9 + 0.2,
    "range_m": 5e5,
    "azimuth_deg": 10.0,
    "elevation_deg": 20.0,
    "range_rate_mps": -100.0,
}
INFRARED = {"sensor": "I", "time": 1e9, "received": 1e9 + 0.9, "line_of_sight": [0.0, 0.6, 0.8]}


def line(detection: dict[str, object], **changes: object) -> bytes:
    return json.dumps({**detection, **changes}).encode()


def without(detection: dict[str, object], field: str) -> bytes:
    return json.dumps({name: value for name, value in detection.items() if name != field}).encode()


def cause_of(*lines: bytes) -> str | None:
    """Why the last line is set aside, after the others."""
    reader = Intake(SENSORS)
    result = [reader.accept(one) for one in lines][-1]
    return result.cause if isinstance(result, Rejection) else None


def test_sound_lines_become_detections():
    reader = Intake(SENSORS)
    assert reader.accept(line(RADAR)) == RadarDetection("R", 1e9, 1e9 + 0.2, 5e5, 10.0, 20.0, -100.0)
    assert reader.accept(line(INFRARED)) == InfraredDetection("I", 1e9, 1e9 + 0.9, (0.0, 0.6, 0.8))
    assert (reader.lines, reader.rejected.total()) == (2, 0)


def test_unknown_fields_are_ignored():
    assert cause_of(line(RADAR, snr=[1, {"deep": 10**400}])) is None


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        line(RADAR)[:-10],
        b"[1, 2]",
        b"7",
        b"null",
        b"\xff\xfe",
        line(RADAR).replace(b'"R"', b'"R\xff"'),
        line(RADAR).replace(b'"R"', b'"\\ud800"'),
        b'{"a":' * 100_000,
        line(RADAR).replace(b"500000.0", b"NaN"),
        line(RADAR).replace(b"500000.0", b"Infinity"),
        line(RADAR).replace(b"500000.0", b"1e999"),
        line(RADAR).replace(b"500000.0", b"1" + b"0" * 400),
        line(RADAR).replace(b"500000.0", b"1" + b"0" * 6000),
    ],
    ids=lambda text: repr(text[:24]),
)
def test_what_is_no_object_of_finite_numbers_is_damaged(text):
    assert cause_of(text) == "damaged"


@pytest.mark.parametrize("field", RADAR)
@pytest.mark.parametrize("value", [None, True, "1", [1.0], {}], ids=repr)
def test_a_field_of_the_wrong_type_is_damaged(field, value):
    expected = "unknown-sensor" if (field, value) == ("sensor", "1") else "damaged"
    assert cause_of(line(RADAR, **{field: value})) == expected


@pytest.mark.parametrize("field", RADAR)
def test_a_missing_field_is_damaged(field):
    assert cause_of(without(RADAR, field)) == "damaged"


@pytest.mark.parametrize(
    "direction", [None, 1.0, [], [0.0, 1.0], [0.0, 0.6, 0.8, 0.0], [0.0, True, 0.0], [0.0, "1", 0.0], [0, 0, 10**400]]
)
def test_a_line_of_sight_that_is_no_vector_is_damaged(direction):
    assert cause_of(line(INFRARED, line_of_sight=direction)) == "damaged"


def test_fields_belong_to_the_kind_of_sensor():
    assert cause_of(line(RADAR, sensor="I")) == "damaged"
    assert cause_of(line(INFRARED, sensor="R")) == "damaged"


def test_an_unknown_sensor_is_so_only_where_the_line_is_sound():
    assert cause_of(line(RADAR, sensor="X")) == "unknown-sensor"
    assert cause_of(line(INFRARED, sensor="X")) == "unknown-sensor"
    assert cause_of(line(RADAR, sensor="X", range_m=-1.0)) == "unknown-sensor"
    assert cause_of(line(RADAR, sensor="X", range_m=None)) == "damaged"


@pytest.mark.parametrize(
    ("detection", "field", "sound", "impossible"),
    [
        (RADAR, "range_m", [1e-3, 1e7], [0.0, -1.0, 1.0001e7]),
        (RADAR, "elevation_deg", [-90.0, 90.0], [-90.001, 90.001]),
        (
            INFRARED,
            "line_of_sight",
            [[0, 0, 1], [0, 0, 1.0099], [0, 0, 0.9901]],
            [[0, 0, 1.011], [0, 0, 0.989], [0] * 3],
        ),
    ],
)
def test_limits_of_the_possible(detection, field, sound, impossible):
    for value in sound:
        assert cause_of(line(detection, **{field: value})) is None, value
    for value in impossible:
        assert cause_of(line(detection, **{field: value})) == "impossible", value


def test_limits_of_the_clock():
    for delay_s, cause in [(0.0, None), (600.0, None), (-0.001, "clock"), (600.001, "clock")]:
        assert cause_of(line(RADAR, received=1e9 + delay_s)) == cause, delay_s
    assert cause_of(line(RADAR, time=1e300, received=1e300)) == "clock"


def test_a_repeat_differs_in_nothing_but_its_receipt():
    assert cause_of(line(RADAR), line(RADAR)) == "repeat"
    assert cause_of(line(RADAR), line(RADAR, received=1e9 + 5.0)) == "repeat"
    assert cause_of(line(RADAR), line(RADAR, range_m=500000)) == "repeat"
    assert cause_of(line(RADAR), json.dumps(dict(reversed(RADAR.items()))).encode()) == "repeat"
    assert cause_of(line(INFRARED), line(INFRARED, received=1e9 + 5.0)) == "repeat"
    north = {"line_of_sight": [0, 0, 1]}
    assert cause_of(line(INFRARED, **north), line(INFRARED, line_of_sight=[-0.0, 0.0, 1.0])) == "repeat"
    assert cause_of(line(RADAR, azimuth_deg=0.0), line(RADAR, azimuth_deg=-0.0)) == "repeat"
    assert cause_of(line(RADAR), line(RADAR, range_m=5e5 + 1e-6)) is None
    assert cause_of(line(RADAR, range_rate_mps=-1.0), line(RADAR, range_rate_mps=-2.0)) is None


def test_a_line_set_aside_does_not_make_its_correction_a_repeat():
    assert cause_of(line(RADAR, received=1e9 - 1.0), line(RADAR)) is None


def test_the_first_cause_that_applies_counts():
    first = line(RADAR)
    assert cause_of(first, line(RADAR, range_m=-1.0, received=0.0)) == "impossible"
    assert cause_of(first, line(RADAR, received=0.0)) == "clock"


def test_repeats_are_known_past_other_lines(monkeypatch):
    monkeypatch.setattr(intake, "REMEMBERED_LINES", 10)
    others = [line(RADAR, azimuth_deg=float(number)) for number in range(20, 29)]
    assert cause_of(line(RADAR), *others, line(RADAR)) == "repeat"
    # One clock far ahead does not empty the memory.
    assert cause_of(line(RADAR), line(RADAR, time=5e10, received=5e10), line(RADAR)) == "repeat"


def test_a_rejection_holds_number_cause_and_beginning():
    reader = Intake(SENSORS)
    reader.accept(line(RADAR))
    long = ("ä" * 300).encode()
    assert reader.accept(long) == Rejection(2, "damaged", "ä" * 200)
    assert reader.accept(b"\xff{") == Rejection(3, "damaged", "\N{REPLACEMENT CHARACTER}{")
    assert reader.rejected == {"damaged": 2}


VALUES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
NEAR_MISSES = st.builds(
    lambda base, changes: json.dumps({**base, **changes}).encode(),
    st.sampled_from([RADAR, INFRARED]),
    st.dictionaries(
        st.sampled_from([*RADAR, "line_of_sight", "extra"]),
        VALUES | st.lists(VALUES, max_size=4) | st.dictionaries(st.text(max_size=3), VALUES, max_size=2),
        max_size=3,
    ),
)


@settings(deadline=None)
@given(st.lists(st.binary(max_size=80) | NEAR_MISSES, max_size=8))
def test_any_lines_are_detections_or_counted(lines):
    reader = Intake(SENSORS)
    results = [reader.accept(one) for one in lines]
    rejections = [result for result in results if isinstance(result, Rejection)]
    assert reader.lines == len(lines)
    assert reader.rejected.total() == len(rejections)
    assert set(reader.rejected) <= CAUSES
    assert all(len(rejection.text) <= 200 for rejection in rejections)
    assert [rejection.line for rejection in rejections] == [
        number for number, result in enumerate(results, 1) if isinstance(result, Rejection)
    ]
