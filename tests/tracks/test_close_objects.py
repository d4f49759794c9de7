"""Two objects that fly 50 m apart in range: both are followed, and neither takes the other's name.

The case of the Tracker Component Library (D. F. Crouse, IEEE Aerosp. Electron. Syst. Mag. 32-5, 2017): detection
probability 0.8, clutter 1e-2 per m rad², range to 10 m, angles to 0.1°, 100 scans.
"""

from __future__ import annotations

import numpy as np
import pytest
from looks import VEHICLE, measured, radar
from msgspec.structs import replace

from nadhir.geo import propagate
from nadhir.geo.earth import geodetic_to_ecef
from nadhir.model import ObjectState, RadarDetection, Sigma
from nadhir.tracks import Tracker

CLUTTER_PER_M_SR, FARTHEST_M, LOWEST_DEG = 1e-2, 2e6, 1.0
SOLID_ANGLE_SR = 2.0 * np.pi * (1.0 - np.sin(np.radians(LOWEST_DEG)))
RADAR = radar(
    Sigma(range_m=10.0, azimuth_deg=0.1, elevation_deg=0.1, range_rate_mps=10.0),
    0.8,
    CLUTTER_PER_M_SR * FARTHEST_M * SOLID_ANGLE_SR,
)
SITE = geodetic_to_ecef(np.radians(40.2), np.radians(140.0), 300.0)
SCANS, APART_M = 100, 50.0
AROUND = np.array([500.0, 0.02, 0.02])
"""Clutter is drawn so far about the two (m, rad): what is farther concerns neither."""


def moved(
    look: RadarDetection, range_m: float, azimuth_rad: float, elevation_rad: float, rate: float
) -> RadarDetection:
    """A look that differs by so much."""
    return replace(
        look,
        received=look.time + 0.2,
        range_m=look.range_m + range_m,
        azimuth_deg=(look.azimuth_deg + np.degrees(azimuth_rad)) % 360.0,
        elevation_deg=look.elevation_deg + np.degrees(elevation_rad),
        range_rate_mps=look.range_rate_mps + rate,
    )


def seen(look: RadarDetection, rng: np.random.Generator) -> RadarDetection:
    """A look with the radar's errors."""
    sigma = RADAR.sigma
    across = np.radians(sigma.azimuth_deg) / np.cos(np.radians(look.elevation_deg))
    sigmas = (sigma.range_m, across, np.radians(sigma.elevation_deg), sigma.range_rate_mps)
    return moved(look, *rng.normal(0.0, sigmas))


@pytest.mark.parametrize("seed", range(6))
def test_two_objects_close_in_range_stay_two(seed: int) -> None:
    rng = np.random.default_rng(seed)
    line = (VEHICLE[:3] - SITE) / np.linalg.norm(VEHICLE[:3] - SITE)
    starts = [np.concatenate([VEHICLE[:3] + side * APART_M * line, VEHICLE[3:6]]) for side in (-0.5, 0.5)]
    tracker = Tracker([RADAR])
    names: list[tuple[str, ...]] = []
    ever: set[str] = set()
    errors_m: list[float] = []
    for scan in range(SCANS):
        time = 1000.0 + scan
        truths = [propagate(start.copy(), 9.0, float(scan)) for start in starts]
        shots = [seen(measured(RADAR, truth, time), rng) for truth in truths if rng.random() < RADAR.p_detect]
        middle = measured(RADAR, 0.5 * (truths[0] + truths[1]), time)
        shots += [
            moved(middle, *(rng.uniform(-1.0, 1.0, 3) * AROUND), rate=float(rng.uniform(-3e3, 3e3)))
            for _ in range(rng.poisson(CLUTTER_PER_M_SR * float(np.prod(2.0 * AROUND))))
        ]
        messages = [m for shot in shots for m in tracker.receive(shot)] + tracker.tick(time + 0.9)
        states = {m.object: m.components[0].state for m in messages if isinstance(m, ObjectState) and not m.lost}
        ever |= set(states)
        if scan >= 40 and len(states) == 2:
            ranges = {name: float(np.linalg.norm(state[:3] - SITE)) for name, state in states.items()}
            names.append(tuple(sorted(ranges, key=lambda name: ranges[name])))
            true_m = [float(np.linalg.norm(truth[:3] - SITE)) for truth in truths]
            errors_m += np.abs(np.array(sorted(ranges.values())) - true_m).tolist()
    assert len(names) > 20
    assert len(set(names)) == 1
    assert len(ever) == 2
    assert np.median(errors_m) < 0.2 * APART_M
