"""The fit of a powered ascent to the looks of satellites, one look after the other."""

from __future__ import annotations

import math

import numpy as np
import pytest

from nadhir.exercise.classes import draw_flight
from nadhir.exercise.dynamics import hermite
from nadhir.exercise.flights import boost, heights_m
from nadhir.exercise.spec import LaunchSpec
from nadhir.geo.earth import Matrix, Vector, geodetic_to_ecef
from nadhir.tracks.ascent import LOOK_COLUMNS, PRIOR_MEAN, Ascent, burning_state, fit_ascent, launch_point

LATITUDE, LONGITUDE = math.radians(40.85), math.radians(125.05)
LAUNCHED = 1000.0
SATELLITES = [geodetic_to_ecef(0.0, math.radians(longitude), 35_786e3) for longitude in (90.0, 140.0, 165.0)]
SIGMA = 5e-5
CLOUDS_M = 9e3


def looks_of(truth: Vector, random: np.random.Generator) -> Matrix:
    """Looks each 0.7 s by turns, from the clouds on."""
    ascent = Ascent(truth, np.zeros((9, 9)), 0.0, np.array([LATITUDE, LONGITUDE, LAUNCHED]))
    rows = []
    for number, time in enumerate(np.arange(LAUNCHED + 15.0, LAUNCHED + 150.0, 0.7)):
        place = burning_state(ascent, float(time))[0][:3]
        if np.linalg.norm(place) - np.linalg.norm(geodetic_to_ecef(LATITUDE, LONGITUDE, 0.0)) < CLOUDS_M:
            continue
        satellite = SATELLITES[number % len(SATELLITES)]
        line = (place - satellite) / np.linalg.norm(place - satellite) + random.normal(0.0, SIGMA, 3)
        rows.append([time, *satellite, *(line / np.linalg.norm(line)), SIGMA])
    return np.array(rows[:40])


@pytest.mark.parametrize("seed", range(12))
def test_looks_one_by_one_lead_to_the_launch(seed: int) -> None:
    """A few noisy looks may suggest a vehicle that crawls away from far off; more looks must lead out of that again."""
    random = np.random.default_rng(seed)
    truth = PRIOR_MEAN.copy()
    truth[:3] = 0.0
    truth[3:] += random.normal(0.0, [0.3, 0.2, 0.6, 0.6, 2.0, 0.3])
    truth[3] = max(truth[3], math.log(16.0))
    looks = looks_of(truth, random)
    assert looks.shape[1] == LOOK_COLUMNS
    cloud = np.array([[looks[0, 0], CLOUDS_M, 2.0, 1500.0]])
    ascent = None
    for count in range(1, len(looks) + 1):
        ascent = fit_ascent(looks[:count], cloud, ascent, LATITUDE, LONGITUDE, float(looks[0, 0]))
    anew = fit_ascent(looks, cloud, None, LATITUDE, LONGITUDE, float(looks[0, 0]))
    assert ascent is not None
    assert ascent.cost < anew.cost + 3.0
    latitude, longitude, time, covariance = launch_point(ascent)
    assert abs(time - LAUNCHED) < 4.0 * math.sqrt(covariance[2, 2]) + 5.0
    assert 6371e3 * math.hypot(latitude - LATITUDE, (longitude - LONGITUDE) * math.cos(LATITUDE)) < 12e3


@pytest.mark.parametrize("seed", range(4))
def test_a_fit_leaves_a_wrong_minimum(seed: int) -> None:
    """That a vehicle crawled up for two minutes, as a few noisy looks once said: more looks know better."""
    random = np.random.default_rng(seed)
    truth = PRIOR_MEAN.copy()
    truth[:3] = 0.0
    looks = looks_of(truth, random)
    cloud = np.array([[looks[0, 0], CLOUDS_M, 2.0, 1500.0]])
    reference = np.array([LATITUDE, LONGITUDE, looks[0, 0]])
    crawled = Ascent(np.array([-48.0, 12.0, -187.0, 2.05, -7.6, 0.36, 0.0, 8.9, 3.3]), np.eye(9), 0.0, reference)
    found = fit_ascent(looks, cloud, crawled, LATITUDE, LONGITUDE, float(looks[0, 0]))
    assert abs(launch_point(found)[2] - LAUNCHED) < 15.0


@pytest.mark.parametrize("kind", ["SRBM", "MRBM", "IRBM", "ICBM", "ICBM-solid", "SLV"])
def test_the_generic_ascent_has_the_shape_of_a_flight(kind: str) -> None:
    """The simulator's own dynamics, seen without error: what the fit leaves out of them moves the launch little."""
    flight = draw_flight(LaunchSpec(kind=kind), np.random.default_rng(7))
    rows = boost(flight).rows
    seen = float(rows[np.searchsorted(heights_m(rows[:, 1:4]), CLOUDS_M), 0])
    times = np.arange(seen, min(seen + 25.0, float(rows[-1, 0])), 1.0)
    places = hermite(rows, times)[:, :3]
    satellites = np.array([SATELLITES[number % len(SATELLITES)] for number in range(len(times))])
    lines = (places - satellites) / np.linalg.norm(places - satellites, axis=1)[:, None]
    looks = np.column_stack([times, satellites, lines, np.full(len(times), 3e-6)])
    cloud = np.array([[times[0], CLOUDS_M, 1.0, 500.0]])
    latitude, longitude, time, _ = launch_point(fit_ascent(looks, cloud, None, flight.latitude, flight.longitude, seen))
    north_m = 6371e3 * (latitude - flight.latitude)
    east_m = 6371e3 * (longitude - flight.longitude) * math.cos(latitude)
    assert math.hypot(east_m, north_m) < 700.0
    assert abs(time) < 5.0
