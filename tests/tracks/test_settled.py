"""Whole scans of what only coasts give what one object at a time gives."""

from __future__ import annotations

import math

import numpy as np

from nadhir.geo.earth import Vector, east_north_up, geodetic_to_ecef
from nadhir.tracks import mixture, settled
from nadhir.tracks.bias import RadarBiases
from nadhir.tracks.layout import PARTS, SENSOR_CONSTANTS, STATES
from nadhir.tracks.scan import GatedPairs

OBJECTS, TIME, BASE, GATE = 6, 500.0, 20.0, 30.0


def sky() -> tuple[mixture.Pool, Vector, Vector]:
    """Objects 20 km apart, a radar, and a detection of each in another order."""
    random = np.random.default_rng(3)
    latitude, longitude = math.radians(40.0), math.radians(140.0)
    sensor = np.zeros(SENSOR_CONSTANTS)
    sensor[:3] = geodetic_to_ecef(latitude, longitude, 0.0)
    sensor[3:12] = east_north_up(latitude, longitude).ravel()
    sensor[12:16] = 30.0, 1e-3, 1e-3, 1.0
    pool = mixture.empty_pool(8, RadarBiases(["R"]).covariance)
    measured = np.zeros((OBJECTS, 4))
    for k in range(OBJECTS):
        local = np.array([20e3 * k - 50e3, 400e3, 300e3])
        state, covariance = np.zeros(STATES), np.zeros((STATES, STATES))
        state[:3] = sensor[:3] + local @ sensor[3:12].reshape(3, 3)
        state[3:6] = random.normal(0.0, 3000.0, 3)
        state[6], covariance[6, 6] = math.log(2500.0), 1.0
        covariance[:6, :6] = np.diag([200.0**2] * 3 + [10.0**2] * 3)
        pool.state[k, 0], pool.covariance[k, 0] = state, covariance
        pool.log_weight[k, 0], pool.time[k], pool.components[k] = 0.0, TIME - 1.0, 1
        east, north, up = local + state[3:6] @ sensor[3:12].reshape(3, 3).T
        distance = math.sqrt(east**2 + north**2 + up**2)
        rate = float(np.array([east, north, up]) @ (sensor[3:12].reshape(3, 3) @ state[3:6])) / distance
        measured[OBJECTS - 1 - k] = distance, math.atan2(east, north), math.atan2(up, math.hypot(east, north)), rate
    return pool, sensor, measured


def test_scores_and_updates_are_those_of_one_at_a_time() -> None:
    pool, sensor, measured = sky()
    slots = np.arange(OBJECTS)
    starts, all_columns = OBJECTS * np.arange(OBJECTS + 1), np.tile(slots, OBJECTS)
    pairs = GatedPairs.unweighed(starts, all_columns)
    settled.score(
        pool, slots, slots, TIME, sensor, measured, False, BASE, GATE, starts, all_columns, pairs.scores, pairs.allowed
    )
    assert np.array_equal(pairs.allowed.reshape(OBJECTS, OBJECTS), np.eye(OBJECTS, dtype=np.bool_)[::-1])
    scores = pairs.scores.reshape(OBJECTS, OBJECTS)

    single, _, _ = sky()
    told_single = RadarBiases(["R"]).blank(OBJECTS)
    rows = len(told_single) // OBJECTS
    expected = []
    for k in range(OBJECTS):
        mixture.advance(single, k, TIME, 0.0, 1.0, False, 0.0)
        log_likelihood, _ = mixture.likelihood(single, k, TIME, sensor, measured[OBJECTS - 1 - k], False)
        assert scores[k, OBJECTS - 1 - k] == log_likelihood + BASE
        told = told_single[k * rows : (k + 1) * rows]
        expected.append(mixture.absorb(single, k, TIME, sensor, measured[OBJECTS - 1 - k], False, 0.0, told))

    told = RadarBiases(["R"]).blank(OBJECTS)
    telling = np.array([k != 2 for k in range(OBJECTS)])
    columns = OBJECTS - 1 - slots
    log_likelihoods, squared = settled.absorb_all(pool, slots, columns, TIME, sensor, measured, False, told, telling)
    assert np.array_equal(np.array(expected), np.stack([log_likelihoods, squared], axis=1))
    for array, other in zip(pool, single, strict=True):
        assert np.array_equal(array, other)
    told_single[2 * rows : 3 * rows] = 0.0
    assert np.array_equal(told, told_single)
    assert np.count_nonzero(told.any(axis=1)) == (OBJECTS - 1) * PARTS
