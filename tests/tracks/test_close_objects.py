"""Two objects that fly 50 m apart in range: both are followed, and neither takes the other's name.

The case of the Tracker Component Library (D. F. Crouse, IEEE Aerosp. Electron. Syst. Mag. 32-5, 2017): detection
probability 0.8, clutter 1e-2 per m rad², range to 10 m, angles to 0.1°, 100 scans.
"""

from __future__ import annotations

import numpy as np
import pytest

from nadhir.geo import propagate
from nadhir.geo.earth import Vector, east_north_up, geodetic_to_ecef
from nadhir.model import Coverage, ObjectState, Position, RadarDetection, Sensor, Sigma
from nadhir.tracks import Tracker

CLUTTER_PER_M_SR, FARTHEST_M, LOWEST_DEG = 1e-2, 2e6, 1.0
SOLID_ANGLE_SR = 2.0 * np.pi * (1.0 - np.sin(np.radians(LOWEST_DEG)))
RADAR = Sensor(
    "R-1",
    "JPN",
    "radar",
    Position(40.2, 140.0, 300.0),
    1.0,
    Sigma(range_m=10.0, azimuth_deg=0.1, elevation_deg=0.1, range_rate_mps=10.0),
    Coverage(max_range_m=FARTHEST_M, min_elevation_deg=LOWEST_DEG),
    0.8,
    CLUTTER_PER_M_SR * FARTHEST_M * SOLID_ANGLE_SR,
)
STATE = np.array([-3132169.104, 3772715.921, 4219509.656, -2483.336, -138.044, 1050.708])
SITE = geodetic_to_ecef(np.radians(40.2), np.radians(140.0), 300.0)
AXES = east_north_up(np.radians(40.2), np.radians(140.0))
SCANS, APART_M = 100, 50.0
AROUND = np.array([500.0, 0.02, 0.02])
"""Clutter is drawn so far about the two (m, rad): what is farther concerns neither."""


def seen(state: Vector, rng: np.random.Generator, time: float) -> RadarDetection:
    offset = state[:3] - SITE
    distance = float(np.linalg.norm(offset))
    east, north, up = AXES @ offset
    elevation = np.arctan2(up, np.hypot(east, north))
    noise = rng.normal(0.0, 1.0, 4)
    return detection(
        time,
        distance + 10.0 * noise[0],
        np.degrees(np.arctan2(east, north)) + 0.1 * noise[1] / np.cos(elevation),
        np.degrees(elevation) + 0.1 * noise[2],
        float(offset @ state[3:6] / distance) + 10.0 * noise[3],
    )


def detection(time: float, range_m: float, azimuth_deg: float, elevation_deg: float, rate: float) -> RadarDetection:
    return RadarDetection(RADAR.id, time, time + 0.2, range_m, float(azimuth_deg % 360.0), float(elevation_deg), rate)


@pytest.mark.parametrize("seed", range(6))
def test_two_objects_close_in_range_stay_two(seed: int) -> None:
    rng = np.random.default_rng(seed)
    line = (STATE[:3] - SITE) / np.linalg.norm(STATE[:3] - SITE)
    starts = [np.concatenate([STATE[:3] + side * APART_M * line, STATE[3:6]]) for side in (-0.5, 0.5)]
    tracker = Tracker([RADAR])
    names: list[tuple[str, ...]] = []
    ever: set[str] = set()
    for scan in range(SCANS):
        time = 1000.0 + scan
        truths = [propagate(start.copy(), 9.0, float(scan)) for start in starts]
        shots = [seen(truth, rng, time) for truth in truths if rng.random() < RADAR.p_detect]
        middle = seen(0.5 * (truths[0] + truths[1]), rng, time)
        for _ in range(rng.poisson(CLUTTER_PER_M_SR * float(np.prod(2.0 * AROUND)))):
            off = rng.uniform(-1.0, 1.0, 3) * AROUND * [1.0, np.degrees(1.0), np.degrees(1.0)]
            shots.append(
                detection(
                    time,
                    middle.range_m + off[0],
                    middle.azimuth_deg + off[1],
                    middle.elevation_deg + off[2],
                    float(rng.uniform(-3000.0, 3000.0)),
                )
            )
        messages = [m for shot in shots for m in tracker.receive(shot)] + tracker.tick(time + 0.9)
        states = {m.object: m.components[0].state for m in messages if isinstance(m, ObjectState) and not m.lost}
        ever |= set(states)
        if scan >= 40 and len(states) == 2:
            ranges = {name: float(np.linalg.norm(state[:3] - SITE)) for name, state in states.items()}
            names.append(tuple(sorted(ranges, key=lambda name: ranges[name])))
    assert len(names) > 20
    assert len(set(names)) == 1
    assert len(ever) == 2
