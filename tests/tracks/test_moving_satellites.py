"""Infrared satellites that move: their looks place a launch, elements that cannot be used are refused."""

from __future__ import annotations

import json
import math
from pathlib import Path

import msgspec
import numpy as np
import pytest

from nadhir.exercise.scenario import simulate
from nadhir.exercise.spec import load_spec
from nadhir.geo.two_line_elements import record_of, states_at
from nadhir.model import InfraredDetection, LaunchEstimate, Sensor
from nadhir.sensors import Intake, Rejection
from nadhir.tracks import Tracker

START = 1772323200.0
"""The epoch of the elements: 2026-03-01."""
# Invented orbits, high and inclined, twice a day about the Earth.
ELEMENTS = {
    "M-A": (
        "1 99121U          26060.00000000  .00000000  00000-0  00000+0 0    08",
        "2 99121  63.0000 120.0000 6800000 270.0000 260.0000  2.00000000    09",
    ),
    "M-B": (
        "1 99241U          26060.00000000  .00000000  00000-0  00000+0 0    01",
        "2 99241  63.0000 240.0000 6800000 270.0000 100.0000  2.00000000    08",
    ),
}


def satellite(name: str, elements: tuple[str, str]) -> dict[str, object]:
    return {
        "id": name,
        "owner": "USA",
        "kind": "infrared",
        "position": {"latitude_deg": 0.0, "longitude_deg": 0.0, "height_m": 35786e3},
        "period_s": 2.0,
        "sigma": {"line_of_sight_rad": 6e-5},
        "coverage": {"min_height_m": 9000.0},
        "p_detect": 0.97,
        "false_detections_per_scan": 0.0,
        "two_line_elements": elements,
    }


def test_two_moving_satellites_place_a_launch(tmp_path: Path) -> None:
    (tmp_path / "sensors.json").write_text(json.dumps([satellite(*item) for item in ELEMENTS.items()]))
    spec = msgspec.structs.replace(
        load_spec("single-medium"), sensors="sensors.json", folder=str(tmp_path), start=START, duration_s=120.0
    )
    truth = simulate(spec, 3, tmp_path / "scenario")
    sensors = msgspec.json.decode((tmp_path / "scenario" / "sensors.json").read_bytes(), type=list[Sensor])
    tracker = Tracker(sensors)
    said = []
    for line in (tmp_path / "scenario" / "detections.jsonl").read_bytes().splitlines():
        said += tracker.receive(msgspec.json.decode(line, type=InfraredDetection))
    launches = [message for message in said if isinstance(message, LaunchEstimate)]
    assert len({launch.event for launch in launches}) == 1
    site, last = truth["objects"][0]["site"], launches[-1]
    north_m = (math.radians(site["latitude_deg"]) - last.latitude) * 6371e3
    east_m = (math.radians(site["longitude_deg"]) - last.longitude) * 6371e3 * math.cos(last.latitude)
    offset = np.array([east_m, north_m])
    assert offset @ np.linalg.solve(last.covariance[:2, :2], offset) < 12.0
    assert math.hypot(east_m, north_m) < 8e3


def test_a_moving_satellite_is_taken_where_it_is_at_the_time_of_the_look() -> None:
    lines = ELEMENTS["M-A"]
    first, second = states_at([record_of(*lines)], np.array([START, START + 200.0]))[0][0, :, :3]
    assert np.linalg.norm(second - first) > 300e3


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"two_line_elements": ["1 nonsense", "2 nonsense"]}, "TLE|checksum|orbit"),
        ({"two_line_elements": [ELEMENTS["M-A"][0][:-1] + "3", ELEMENTS["M-A"][1]]}, "checksum"),
        ({"two_line_elements": list(ELEMENTS["M-A"]), "kind": "radar"}, "only an infrared satellite"),
    ],
)
def test_elements_that_cannot_be_used_are_refused(change: dict[str, object], said: str) -> None:
    fields = satellite("M-A", ELEMENTS["M-A"]) | change
    with pytest.raises(msgspec.ValidationError, match=said):
        msgspec.convert(fields, Sensor)


def test_a_look_from_a_decayed_orbit_is_set_aside() -> None:
    # Invented: 200 km high, with much drag; forty years on it is no orbit any more.
    low = (
        "1 99001U          26060.00000000  .00000000  00000-0  50000-1 0    02",
        "2 99001  51.0000 120.0000 0010000 270.0000 260.0000 16.20000000    07",
    )
    sensor = msgspec.convert(satellite("low", low), Sensor)
    intake = Intake([sensor])
    for time, accepted in ((START, True), (START + 40 * 365.25 * 86400.0, False)):
        look = {"sensor": "low", "time": time, "received": time + 1.0, "line_of_sight": [0.0, 0.6, 0.8]}
        result = intake.accept(json.dumps(look).encode())
        assert isinstance(result, Rejection) is not accepted
        assert accepted or result.cause == "clock"  # type: ignore[union-attr]
