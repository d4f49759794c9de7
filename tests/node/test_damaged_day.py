"""Whatever is done to lines, every count is exact: held against a reckoning that knows what was done to each line."""

from __future__ import annotations

import json
import math
import random
import tracemalloc
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nadhir.node import Replay, replay_folder

START = 1_772_323_200.0
PLACE = {"latitude_deg": 35.0, "longitude_deg": 131.0, "height_m": 100.0}
RADAR = {
    "id": "R",
    "owner": "JPN",
    "kind": "radar",
    "position": PLACE,
    "period_s": 1.0,
    "sigma": {"range_m": 30.0, "azimuth_deg": 0.05, "elevation_deg": 0.05, "range_rate_mps": 1.0},
    "coverage": {"max_range_m": 2e6, "min_elevation_deg": 2.0},
    "p_detect": 0.9,
    "false_detections_per_scan": 0.5,
}
INFRARED = {
    "id": "I",
    "owner": "USA",
    "kind": "infrared",
    "position": {"latitude_deg": 0.0, "longitude_deg": 131.0, "height_m": 35_786e3},
    "period_s": 2.0,
    "sigma": {"line_of_sight_rad": 6e-5},
    "coverage": {"min_height_m": 9000.0},
    "p_detect": 0.97,
    "false_detections_per_scan": 0.1,
}
STEPS = 70
LATE_STEPS = 40
"""So many seconds late nothing that only begins can still use a detection; the rest are less than three seconds old."""


def noise() -> list[dict[str, object]]:
    """False detections of two sensors, one a second: nothing in them flies."""
    draw = random.Random(4)
    lines: list[dict[str, object]] = []
    for step in range(STEPS):
        time = START + step + draw.random() / 8.0
        if step % 9 == 8:
            received = time + draw.uniform(0.3, 0.9)
            east, north = draw.uniform(-0.1, 0.1), draw.uniform(0.02, 0.13)
            towards = [east, -math.sqrt(1.0 - east * east - north * north), north]
            lines.append({"sensor": "I", "time": time, "received": received, "line_of_sight": towards})
        else:
            measured = {
                "range_m": draw.uniform(1e5, 2e6),
                "azimuth_deg": draw.uniform(0.0, 360.0),
                "elevation_deg": draw.uniform(2.0, 60.0),
                "range_rate_mps": draw.uniform(-8e3, 8e3),
            }
            lines.append({"sensor": "R", "time": time, "received": time + draw.uniform(0.1, 0.3), **measured})
    return lines


NOISE = noise()


@dataclass(frozen=True)
class Line:
    """What stands in the file, and what must be said of it: a cause, or None where it is to be taken."""

    text: bytes
    cause: str | None
    fields: dict[str, object]


def written(fields: dict[str, object]) -> bytes:
    return json.dumps(fields).encode()


def sound(fields: dict[str, object]) -> Line:
    return Line(written(fields), None, fields)


NUMBERS = ("time", "received", "range_m", "azimuth_deg", "elevation_deg", "range_rate_mps")
NO_NUMBERS = [None, True, "1", "", [1.0], {}, "NaN"]
NOT_FINITE = [b"NaN", b"Infinity", b"-Infinity", b"1e999", b"-1e999", b"1" + b"0" * 400, b"nan", b"0x10", b"1_0", b".5"]
NO_OBJECTS = [
    b"",
    b" ",
    b"null",
    b"7",
    b'"R"',
    b"[]",
    b"{",
    b"}",
    b"[" * 5000,
    b'{"a":' * 5000,
    b"\x00",
    b"\xef\xbb\xbf",
]


@st.composite
def damaged(draw: st.DrawFn, fields: dict[str, object]) -> Line:
    """One thing that makes a line unreadable, or leaves a field without a sound value."""
    text = written(fields)
    field = draw(st.sampled_from(sorted(fields)))
    value = json.dumps(fields[field]).encode()
    whole = b'"%s": %s' % (field.encode(), value)
    way = draw(st.sampled_from(["cut", "gone", "type", "finite", "bytes", "none", "two", "junk", "vector"]))
    if way == "cut":
        text = text[: draw(st.integers(0, len(text) - 1))]
    elif way == "gone":
        text = written({name: fields[name] for name in fields if name != field})
    elif way == "type":
        wrong = draw(st.sampled_from(NO_NUMBERS if field != "sensor" else [None, 1, True, [], {}, ["R"]]))
        text = written({**fields, field: wrong})
    elif way == "finite":
        number = draw(st.sampled_from([name for name in NUMBERS if name in fields]))
        old = b'"%s": %s' % (number.encode(), json.dumps(fields[number]).encode())
        text = text.replace(old, b'"%s": %s' % (number.encode(), draw(st.sampled_from(NOT_FINITE))))
    elif way == "bytes":
        at = text.index(whole) + 1
        text = text[:at] + draw(st.sampled_from([b"\xff", b"\xc3", b"\xed\xa0\x80", b"\\ud800", b"\x01"])) + text[at:]
    elif way == "none":
        text = draw(st.sampled_from(NO_OBJECTS))
    elif way == "two":
        text += draw(st.sampled_from([b",", b"{}", b"]", text, b"\x00"]))
    elif way == "vector" and "line_of_sight" in fields:
        wrong = draw(
            st.sampled_from([[], [0.0, 1.0], [0.0, 0.6, 0.8, 0.0], [0.0, None, 1.0], [0.0, "1", 0.0], [[1, 0, 0]]])
        )
        text = written({**fields, "line_of_sight": wrong})
    else:
        text = draw(st.binary(max_size=300)).replace(b"\n", b"").rstrip(b"\r") + b"\x80"
    return Line(text, "damaged", fields)


@st.composite
def set_aside(draw: st.DrawFn, fields: dict[str, object]) -> Line:
    """A readable line that repeats one that was taken, and more that is wrong with it: the first cause counts."""
    changed = dict(fields)
    delay = float(str(fields["received"])) - float(str(fields["time"]))
    changed["received"] = float(str(fields["time"])) + draw(st.sampled_from([0.0, delay, 5.0, 600.0 - 1e-3]))
    cause = "repeat"
    if draw(st.booleans()):
        cause = "clock"
        changed["received"] = float(str(fields["time"])) + draw(
            st.sampled_from([-1e-3, -3600.0, 600.1, 1e5, -1e12, 1e15])
        )
    if draw(st.booleans()):
        cause = "impossible"
        if "line_of_sight" in fields:
            scale = draw(st.sampled_from([0.0, 0.98, 1.02, -2.0, 1e200]))
            changed["line_of_sight"] = [scale * part for part in fields["line_of_sight"]]  # type: ignore[attr-defined]
        else:
            wrong = [
                ("range_m", -5.0),
                ("range_m", 0),
                ("range_m", 2.1e7),
                ("elevation_deg", 90.1),
                ("elevation_deg", -1e9),
            ]
            name, value = draw(st.sampled_from(wrong))
            changed[name] = value
    if draw(st.booleans()):
        cause = "unknown-sensor"
        changed["sensor"] = draw(st.sampled_from(["", "r", "NO-SUCH", "R ", "雷達"]))
    text = json.dumps(
        dict(draw(st.permutations(list(changed.items())))),
        ensure_ascii=draw(st.booleans()),
        separators=draw(st.sampled_from([(",", ":"), (" ,\t", "  : ")])),
    )
    return Line(draw(st.sampled_from(["", " ", "\t"])).encode() + text.encode(), cause, fields)


@st.composite
def feeds(draw: st.DrawFn) -> list[Line]:
    """The noise with some lines late, and damaged ones put in, each after the line that it was made of.

    At most one of the satellite's is late: one that often is so late is known for it, and what it sees is still used.
    """
    steps = range(STEPS - LATE_STEPS - 4)
    late = draw(st.sets(st.sampled_from([step for step in steps if NOISE[step]["sensor"] == "R"]), max_size=5))
    late |= draw(st.sets(st.sampled_from([step for step in steps if NOISE[step]["sensor"] == "I"]), max_size=1))
    order = sorted(range(STEPS), key=lambda step: (step + LATE_STEPS + 2.5 if step in late else step, step))
    feed: list[Line] = []
    taken: list[dict[str, object]] = []
    for step in order:
        feed.append(sound(NOISE[step]))
        taken.append(NOISE[step])
        for _ in range(draw(st.sampled_from([0, 0, 0, 1, 2]))):
            of = draw(st.sampled_from(taken))
            feed.append(draw(damaged(of) | set_aside(of)))
    return feed


@settings(deadline=None, max_examples=25, suppress_health_check=list(HealthCheck))
@given(feeds())
def test_every_count_and_every_line_set_aside_is_exact(tmp_path_factory, feed: list[Line]) -> None:
    folder: Path = tmp_path_factory.mktemp("feed")
    (folder / "sensors.json").write_text(json.dumps([RADAR, INFRARED]))
    (folder / "detections.jsonl").write_bytes(b"".join(line.text + b"\n" for line in feed))
    replay_folder(folder, folder / "out")

    expected = [
        {"line": number, "cause": line.cause, "text": line.text.decode("utf-8", "replace")[:200]}
        for number, line in enumerate(feed, 1)
        if line.cause is not None
    ]
    rejected = [json.loads(text) for text in (folder / "out" / "rejected.jsonl").read_bytes().splitlines()]
    assert rejected == expected

    newest, too_late = -math.inf, 0
    received = []
    for fields in (line.fields for line in feed if line.cause is None):
        received.append(float(str(fields["received"])))
        newest = max(newest, received[-1])
        too_late += newest - float(str(fields["time"])) > 0.75 * LATE_STEPS
    summary = json.loads((folder / "out" / "summary.json").read_bytes())
    assert summary == {
        "lines": len(feed),
        "used": len(received) - too_late,
        "unused_late": too_late,
        "rejected": dict(Counter(sorted(one["cause"] for one in expected))),
        "events": 0,
        "objects": 0,
        "seconds": max(received) - received[0],
    }
    assert (folder / "out" / "products.jsonl").read_bytes() == b""


def test_hours_of_junk_leave_nothing_in_memory(tmp_path: Path) -> None:
    (tmp_path / "sensors.json").write_text(json.dumps([RADAR, INFRARED]))
    (tmp_path / "detections.jsonl").write_bytes(
        b"".join(b"%d%s\n" % (number, b" junk" * 40) for number in range(20_000))
    )
    told: Counter[str] = Counter()
    replay = Replay(tmp_path, set_aside=lambda rejection: told.update([rejection.cause]))
    tracemalloc.start()
    try:
        assert list(replay) == []
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert told == {"damaged": 20_000}
    assert peak < 2e6
