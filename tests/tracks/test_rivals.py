"""Vehicle and stage between two radars: neither object may be what one radar saw of one and the other of the other."""

from __future__ import annotations

import math

import numpy as np
import pytest
from looks import measured
from msgspec.structs import replace

from nadhir.geo import propagate
from nadhir.geo.earth import Vector, east_north_up, geodetic_to_ecef
from nadhir.model import Coverage, Position, RadarDetection, Sensor, Sigma
from nadhir.tracks import mixture, rivals
from nadhir.tracks.bias import RadarBiases
from nadhir.tracks.layout import STATES
from nadhir.tracks.objects import TrackedObject
from nadhir.tracks.picture import Picture
from nadhir.tracks.radar import RadarScans
from nadhir.tracks.sensing import Sensing

SIGMA = Sigma(range_m=30.0, azimuth_deg=0.05, elevation_deg=0.05, range_rate_mps=1.0)
RADARS = [
    Sensor(name, "KOR", "radar", Position(latitude, 127.0, 300.0), 1.0, SIGMA, Coverage(2e6, 1.0), 0.95, 0.05)
    for name, latitude in (("R-BEHIND", 36.5), ("R-BESIDE", 40.0))
]
NOW, SECONDS = 1000.0, 20
LATITUDE, LONGITUDE = math.radians(39.5), math.radians(129.5)
GHOSTLY_M, SEEDS = 350.0, range(12)
LOG_BETA = {"vehicle": math.log(7000.0), "stage": math.log(600.0)}


def starts() -> dict[str, Vector]:
    """States (6,) of a vehicle that climbs through 40 km, and of the stage that it has just left."""
    east, north, up = east_north_up(LATITUDE, LONGITUDE)
    place, velocity = geodetic_to_ecef(LATITUDE, LONGITUDE, 40e3), 1000.0 * east + 400.0 * north + 900.0 * up
    push = 4.0 * velocity / np.linalg.norm(velocity)
    return {"vehicle": np.append(place, velocity + push), "stage": np.append(place, velocity)}


def seen(radar: Sensor, state: Vector, time: float, rng: np.random.Generator) -> RadarDetection:
    """What a radar measures of a state, with its errors."""
    look, sigma = measured(radar, state, time), radar.sigma
    return replace(
        look,
        range_m=look.range_m + rng.normal(0.0, sigma.range_m),
        azimuth_deg=look.azimuth_deg + rng.normal(0.0, sigma.azimuth_deg),
        elevation_deg=look.elevation_deg + rng.normal(0.0, sigma.elevation_deg),
        range_rate_mps=look.range_rate_mps + rng.normal(0.0, sigma.range_rate_mps),
    )


def followed(seed: int) -> tuple[Picture, list[TrackedObject], list[float]]:
    """Two objects that began where the two parted, followed for some seconds; how far each is from what it is (m)."""
    rng, sensing, biases = np.random.default_rng(seed), Sensing(), RadarBiases([radar.id for radar in RADARS])
    picture = Picture(biases)
    for radar in RADARS:
        sensing.add(radar)
    scans, bodies = RadarScans(picture, sensing, biases), starts()
    event = picture.new_event(NOW - 60.0)
    objects = []
    for role in bodies:
        added = picture.add(event, role, confirmed=True, time=NOW - 10.0)  # type: ignore[arg-type]
        added.id, added.cutoff_time, added.radar_hits = role, NOW, 10
        state, covariance = np.zeros(STATES), np.zeros((STATES, STATES))
        state[:6] = 0.5 * (bodies["vehicle"] + bodies["stage"]) + rng.normal(0.0, [150.0] * 3 + [25.0] * 3)
        state[6], covariance[:7, :7] = LOG_BETA[role], np.diag([150.0] * 3 + [25.0] * 3 + [0.4]) ** 2
        picture.set(added.slot, [(state, covariance, False, NOW, 1.0)], NOW)
        objects.append(added)
    for second in range(1, SECONDS + 1):
        for radar, lag in zip(RADARS, (0.0, 0.4), strict=True):
            since = second + lag
            looks = [
                seen(radar, propagate(start, LOG_BETA[role], since), NOW + since, rng) for role, start in bodies.items()
            ]
            scans.scan(radar.id, NOW + since, looks, NOW + since)
    errors_m = []
    for one in objects:
        mixture.keep_heaviest(picture.pool, one.slot)
        since = float(picture.pool.time[one.slot]) - NOW
        places = [propagate(start, LOG_BETA[role], since)[:3] for role, start in bodies.items()]
        estimate = picture.pool.state[one.slot, 0, :3]
        errors_m.append(min(float(np.linalg.norm(estimate - place)) for place in places))
    return picture, objects, errors_m


def test_two_between_two_radars_are_no_ghosts() -> None:
    assert max(error for seed in SEEDS for error in followed(seed)[2]) < GHOSTLY_M


def test_without_rivals_some_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the other test shows is not for want of a difficulty."""
    monkeypatch.setattr(rivals, "REFUTED", math.inf)
    assert sum(max(followed(seed)[2]) > GHOSTLY_M for seed in SEEDS) > 2


def test_what_is_refuted_or_gone_leaves_nothing_behind() -> None:
    picture, (vehicle, stage), _ = followed(0)
    assert vehicle.rivals is None
    assert picture.pool.components.astype(bool).sum() == len(picture.objects)
    slots = picture.oppose(vehicle, stage, RADARS[0].id, NOW, 0.0).slots
    assert (picture.pool.components[slots] > 0).all()
    picture.remove(stage)
    assert vehicle.rivals is None
    assert (picture.pool.components[slots] == 0).all()
