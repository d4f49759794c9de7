"""Launches that nobody saw burn: what surely left the ground is one, what may be anything else that flies is none."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from nadhir.geo.earth import ROTATION_RATE, east_north_up, geodetic_to_ecef
from nadhir.model import ImpactProduct, LaunchProduct, WarningProduct
from nadhir.node import Replay
from nadhir.tracks.bias import RadarBiases
from nadhir.tracks.kinship import kin_of
from nadhir.tracks.layout import STATES
from nadhir.tracks.objects import TrackedObject
from nadhir.tracks.picture import Picture
from nadhir.tracks.radar import RadarScans
from nadhir.tracks.radar_launch import was_launched
from nadhir.tracks.sensing import Sensing

NOW = 1000.0
EXAMPLE = Path(__file__).parents[2] / "examples" / "toward-land"
LATITUDE, LONGITUDE = np.radians(39.0), np.radians(131.0)


def flying(
    picture: Picture, height_m: float, climb_mps: float, level_mps: float, unsure_mps: float = 10.0
) -> TrackedObject:
    """A radar track that coasts eastward; `level_mps` is over the ground."""
    axes = east_north_up(LATITUDE, LONGITUDE)
    state, covariance = np.zeros(STATES), np.zeros((STATES, STATES))
    state[:3] = geodetic_to_ecef(LATITUDE, LONGITUDE, height_m)
    state[3:6] = climb_mps * axes[2] + level_mps * axes[0]
    covariance[:7, :7] = np.diag([100.0] * 3 + [unsure_mps] * 3 + [0.7]) ** 2
    seen = picture.add(None, "unknown", confirmed=True, time=NOW)
    picture.set(seen.slot, [(state, covariance, False, NOW, 1.0)], NOW)
    return seen


def launched(height_m: float, climb_mps: float, level_mps: float, unsure_mps: float = 10.0) -> bool:
    picture = Picture(RadarBiases([]))
    return was_launched(picture, flying(picture, height_m, climb_mps, level_mps, unsure_mps))


@pytest.mark.parametrize(
    ("height_m", "climb_mps", "level_mps"),
    [(40e3, 900.0, 1100.0), (90e3, 1900.0, 2000.0), (400e3, 2500.0, 6000.0), (250e3, -1500.0, 2500.0)],
)
def test_what_rises_out_of_the_air_or_falls_from_space_was_launched(
    height_m: float, climb_mps: float, level_mps: float
) -> None:
    assert launched(height_m, climb_mps, level_mps)


EASTWARD_GROUND_MPS = ROTATION_RATE * 6.37e6 * np.cos(LATITUDE)


@pytest.mark.parametrize(
    ("height_m", "climb_mps", "level_mps"),
    [
        pytest.param(11e3, 15.0, 250.0, id="airliner"),
        pytest.param(20e3, 200.0, 600.0, id="a climb within the air"),
        pytest.param(500e3, 0.0, 7613.0 - EASTWARD_GROUND_MPS, id="satellite"),
        pytest.param(300e3, 300.0, 7800.0 - EASTWARD_GROUND_MPS, id="satellite on an ellipse"),
        pytest.param(120e3, -120.0, 7700.0 - EASTWARD_GROUND_MPS, id="satellite on its way back"),
        pytest.param(110e3, -9e3, 1.1e4, id="meteor"),
        pytest.param(45e3, -4e3, 4e3, id="meteor that the air has slowed"),
    ],
)
def test_what_may_be_anything_else_was_not(height_m: float, climb_mps: float, level_mps: float) -> None:
    assert not launched(height_m, climb_mps, level_mps)


def test_a_path_that_is_not_sure_yet_is_waited_for() -> None:
    assert launched(200e3, 900.0, 6800.0, unsure_mps=10.0)
    assert not launched(200e3, 900.0, 6800.0, unsure_mps=700.0)


@pytest.mark.parametrize(
    ("faster_mps", "lit_s", "same"), [(500.0, 6.0, True), (-500.0, 6.0, False), (500.0, 60.0, False)]
)
def test_what_flies_ahead_of_a_vehicle_that_has_just_lit_again_is_of_its_launch(
    faster_mps: float, lit_s: float, same: bool
) -> None:
    """A launch behind it, at the same site and as near, is another one."""
    picture = Picture(RadarBiases([]))
    vehicle, other = flying(picture, 90e3, 1200.0, 1200.0), flying(picture, 90e3, 1200.0, 1200.0)
    vehicle.event, vehicle.role, vehicle.burning, vehicle.last_seen = picture.new_event(NOW), "vehicle", True, NOW
    vehicle.burning_since, vehicle.partner = NOW - lit_s, flying(picture, 85e3, 1000.0, 1000.0)
    path = picture.pool.state[other.slot, 0, 3:6] / np.linalg.norm(picture.pool.state[other.slot, 0, 3:6])
    picture.pool.state[other.slot, 0, :3] += np.sign(faster_mps) * 3e3 * path
    picture.pool.state[other.slot, 0, 3:6] += faster_mps * path
    assert (kin_of(picture, other, True, NOW) is vehicle) is same


def test_one_that_radars_see_only_after_its_burnout_is_told_placed_and_warned_of(tmp_path: Path) -> None:
    truth = json.loads((EXAMPLE / "truth.json").read_text())
    payload = next(o for o in truth["objects"] if o["part"] == "payload")
    sensors = [s for s in json.loads((EXAMPLE / "sensors.json").read_text()) if s["kind"] == "radar"]
    (tmp_path / "sensors.json").write_text(json.dumps(sensors))
    with gzip.open(EXAMPLE / "detections.jsonl.gz", "rt") as lines, (tmp_path / "detections.jsonl").open("w") as kept:
        for line in lines:
            detection = json.loads(line)
            if "range_m" in detection and payload["burnout"] + 5.0 < detection["time"] < payload["burnout"] + 130.0:
                kept.write(line)
    products = list(Replay(tmp_path))

    launches = [p for p in products if isinstance(p, LaunchProduct)]
    assert {p.event for p in launches} == {"E0001"}
    assert launches[0].issued < payload["burnout"] + 15.0
    assert launches[-1].latitude_deg == pytest.approx(payload["site"]["latitude_deg"], abs=0.6)
    assert launches[-1].longitude_deg == pytest.approx(payload["site"]["longitude_deg"], abs=0.8)
    impacts = [p for p in products if isinstance(p, ImpactProduct) and p.issued > payload["burnout"] + 60.0]
    off = min(abs(p.latitude_deg - payload["impact"]["latitude_deg"]) for p in impacts)
    assert impacts
    assert off < 0.02
    warned = {area.code for p in products if isinstance(p, WarningProduct) and p.status == "alert" for area in p.areas}
    assert warned


def test_what_is_found_again_is_seen_for_a_while_before_it_is_a_launch() -> None:
    """Flown on unseen it may be anywhere, and what it took there may be clutter."""
    biases = RadarBiases([])
    picture = Picture(biases)
    scans = RadarScans(picture, Sensing(), biases)
    seen = flying(picture, 187e3, -2200.0, 3000.0)
    seen.radar_hits = seen.steady_hits = 40
    assert scans._was_launched(seen)
    seen.lost = True
    for count in range(8):
        scans._seen(seen, "R", NOW + count, 0.0, 4.0)
        assert scans._was_launched(seen) == (count == 7)
