"""Biases of radars: what is learnt, how sure it is, and that nothing is learnt where there is nothing to learn."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pytest
from scipy.stats import chi2

from nadhir.exercise.classes import draw_flight
from nadhir.exercise.flights import Body, fly
from nadhir.exercise.observation import Bias, observe
from nadhir.exercise.spec import LaunchSpec, load_sensors, load_spec
from nadhir.geo import propagate
from nadhir.geo.earth import Matrix, Vector, east_north_up, geodetic_to_ecef
from nadhir.model import ObjectState
from nadhir.tracks import Tracker
from nadhir.tracks.bias import PRIOR_SIGMA, RadarBiases
from nadhir.tracks.kernels import predict, update
from nadhir.tracks.layout import BIAS_COLUMN, SENSOR_CONSTANTS, STATES

START = np.array([-3132169.104, 3772715.921, 4219509.656, -2483.336, -138.044, 1050.708])
"""100 km up, at the burnout of a flight of 1,000 km."""
LOG_BETA = math.log(6000.0)
SIGMA = np.array([40.0, math.radians(0.05), math.radians(0.05), 1.0])
PRIOR = np.tile(PRIOR_SIGMA, 2)
STEPS = 150


def radar_at(latitude_deg: float, longitude_deg: float, number: int) -> Vector:
    latitude, longitude = math.radians(latitude_deg), math.radians(longitude_deg)
    sensor = np.zeros(SENSOR_CONSTANTS)
    sensor[:3] = geodetic_to_ecef(latitude, longitude, 100.0)
    sensor[3:12] = east_north_up(latitude, longitude).ravel()
    sensor[12:16] = SIGMA
    sensor[BIAS_COLUMN] = 3 * number
    return sensor


RADARS = [radar_at(38.3, 130.5, 0), radar_at(40.0, 140.0, 1)]


def measure(state: Vector, sensor: Vector) -> Vector:
    offset = state[:3] - sensor[:3]
    east, north, up = sensor[3:12].reshape(3, 3) @ offset
    distance = float(np.linalg.norm(offset))
    return np.array(
        [distance, math.atan2(east, north), math.atan2(up, math.hypot(east, north)), offset @ state[3:6] / distance]
    )


@pytest.fixture(scope="module")
def path() -> Matrix:
    """True states (STEPS + 1, 6) at each second."""
    return np.array([propagate(START, LOG_BETA, float(k)) for k in range(STEPS + 1)])


def looks(path: Matrix, biases: Vector, random: np.random.Generator) -> Iterator[tuple[int, Vector]]:
    """Radar and measurement: two radars look in turn, each every two seconds."""
    for k in range(1, STEPS + 1):
        measured = measure(path[k], RADARS[k % 2])
        noise = SIGMA * random.standard_normal(4)
        noise[1] /= math.cos(measured[2])
        measured[:3] += biases[3 * (k % 2) : 3 * (k % 2) + 3]
        yield k % 2, measured + noise


def normalised(error: Vector, covariance: Matrix) -> float:
    return float(error @ np.linalg.solve(covariance, error))


def follow(
    path: Matrix, biases: Vector, seed: int, learner: RadarBiases, burning: bool = False, noisy: bool = True
) -> tuple[Vector, Matrix, Matrix]:
    """Filter one flight; returns its last state as if there were no bias, the covariance, and `by_bias`."""
    random = np.random.default_rng(seed)
    spread = np.array([300.0] * 3 + [150.0] * 3)
    state, covariance, by_bias = np.zeros(STATES), np.zeros((STATES, STATES)), np.zeros((STATES, 6))
    state[:6] = path[0] + spread * (random.standard_normal(6) if noisy else 0.0)
    state[6] = LOG_BETA
    covariance[:6, :6] = np.diag(spread**2)
    covariance[6, 6] = 0.3**2
    if burning:
        covariance[7:10, 7:10] = np.eye(3) * 5.0**2
        covariance[10:13, 10:13] = np.eye(3) * 0.5**2
    innovations = np.zeros((4, 8))
    for radar, measured in looks(path, biases, random):
        predict(state, covariance, by_bias, burning, 1.0)
        update(
            state, covariance, by_bias, np.zeros((6, 6)), burning, 0.0, RADARS[radar], measured, False, 0.0, 0.0,
            innovations,
        )  # fmt: skip
        learner.learn(innovations)
    return state, covariance, by_bias


@pytest.mark.parametrize("burning", [False, True])
def test_an_estimate_moves_with_a_bias_as_it_says(path: Matrix, burning: bool) -> None:
    biases = np.array([1.0, 1e-5, -2e-5, -2.0, 3e-5, 1e-5])
    clean, _, by_bias = follow(path, np.zeros(6), 1, RadarBiases(["A", "B"]), burning)
    moved, _, _ = follow(path, biases, 1, RadarBiases(["A", "B"]), burning)
    # The true state is the estimate plus by_bias times the bias: the estimate moves the other way.
    expected = -by_bias @ biases
    for part in (slice(0, 3), slice(3, 6)):
        size = float(np.linalg.norm(expected[part]))
        assert size > 0.01
        assert float(np.linalg.norm(moved[part] - clean[part] - expected[part])) < 0.03 * size


def test_two_radars_tell_their_biases_from_one_flight(path: Matrix) -> None:
    """Forty flights, other biases each time: estimates and corrected states are as good as they say."""
    flights = 40
    random = np.random.default_rng(5)
    of_biases = of_corrected = of_plain = 0.0
    held = 0
    for seed in range(flights):
        true = PRIOR * random.standard_normal(6)
        learner = RadarBiases(["A", "B"])
        state, covariance, by_bias = follow(path, true, seed, learner)
        estimate, spread = learner.estimate()
        of_biases += normalised(estimate - true, spread)
        plain = path[-1] - state[:6]
        corrected = plain - by_bias[:6] @ estimate
        whole = covariance[:6, :6] + by_bias[:6] @ spread @ by_bias[:6].T
        of_plain += normalised(plain, covariance[:6, :6])
        of_corrected += normalised(corrected, whole)
        learner.settle(0.0)
        held += learner.present
    low, high = (float(chi2.ppf(p, 6 * flights)) for p in (0.005, 0.995))
    assert low < of_biases < high
    assert low < of_corrected < high
    assert of_plain > 10 * high
    assert held > 0.7 * flights


def test_nothing_is_learnt_where_there_is_nothing_to_learn(path: Matrix) -> None:
    learner = RadarBiases(["A", "B"])
    for seed in range(20):
        follow(path, np.zeros(6), seed, learner)
        assert not learner.settle(float(seed)).any()
        assert not learner.present
    assert not learner.covariance.any()
    sure = [math.radians(estimate.elevation_sigma_deg) < 0.3 * PRIOR_SIGMA[2] for estimate in learner.by_radar()]
    assert all(sure), "twenty flights without biases show that there are none"


def test_a_radar_without_common_objects_keeps_its_prior(path: Matrix) -> None:
    learner = RadarBiases(["A", "B", "C"])
    innovations = np.zeros((4, 11))
    innovations[:, 10] = 1.0
    innovations[0, :6], innovations[0, 9] = 1.0, 5.0
    learner.learn(innovations)
    learner.settle(0.0)
    last = learner.by_radar()[2]
    assert (last.range_m, last.azimuth_deg, last.elevation_deg) == (0.0, 0.0, 0.0)
    assert last.range_sigma_m == pytest.approx(PRIOR_SIGMA[0])


def test_correcting_as_one_learns_changes_nothing_of_what_is_learnt() -> None:
    """Residuals of corrected measurements, with the correction added back, say the same as uncorrected ones."""
    random = np.random.default_rng(3)
    true = PRIOR * random.standard_normal(6)
    once, stepwise = RadarBiases(["A", "B"]), RadarBiases(["A", "B"])
    for k in range(300):
        innovations = np.zeros((4, 8))
        innovations[:, :6] = random.standard_normal((4, 6)) / PRIOR
        innovations[:, 7] = 4.0
        innovations[:, 6] = innovations[:, :6] @ true + 2.0 * random.standard_normal(4)
        once.learn(innovations)
        innovations[:, 6] -= innovations[:, :6] @ stepwise.correction
        stepwise.learn(innovations)
        if k % 10 == 9:
            stepwise.settle(0.0)
    once.settle(0.0)
    assert once.present
    assert stepwise.present
    np.testing.assert_allclose(stepwise.correction, once.correction, rtol=1e-9)
    error = once.correction - true
    assert normalised(error, once.covariance) < chi2.ppf(0.999, 6)


def test_what_was_learnt_long_ago_is_forgotten(path: Matrix) -> None:
    learner = RadarBiases(["A", "B"])
    follow(path, PRIOR, 1, learner)
    learner.settle(0.0)
    assert learner.present
    assert np.abs(learner.correction / PRIOR).max() > 0.5
    learner.settle(30 * 86400.0)
    np.testing.assert_allclose(learner.correction / PRIOR, 0.0, atol=1e-6)
    np.testing.assert_allclose(np.sqrt(np.diag(learner.covariance)), PRIOR)


# The whole tracker, on one flight that the notional radars see.


def track(biases: dict[str, Bias]) -> tuple[Tracker, list[ObjectState], list[Body]]:
    bodies = fly(draw_flight(LaunchSpec("MRBM"), np.random.default_rng(1)))
    sensors = load_sensors(load_spec("single-medium"))
    end = min(330.0, float(bodies[0].rows[-1, 0]))
    tracker = Tracker(sensors)
    states: list[ObjectState] = []
    second = 0.0
    for seen in observe(bodies, sensors, np.random.default_rng(1), start=0.0, end=end, biases=biases):
        while second <= seen.detection.received:
            states += [m for m in tracker.tick(second) if isinstance(m, ObjectState)]
            second += 1.0
        states += [m for m in tracker.receive(seen.detection) if isinstance(m, ObjectState)]
    return tracker, states, bodies


def test_the_tracker_finds_the_biases_of_its_radars() -> None:
    random = np.random.default_rng(8)
    radars = [s.id for s in load_sensors(load_spec("single-medium")) if s.kind == "radar"]
    true = {radar: Bias(*(random.standard_normal(3) * (40.0, 0.03, 0.03)).tolist()) for radar in radars}
    tracker, states, bodies = track(true)
    assert [estimate.sensor for estimate in tracker.biases] == radars
    for estimate in tracker.biases:
        bias = true[estimate.sensor]
        assert estimate.present
        assert abs(estimate.range_m - bias.range_m) < 3.5 * estimate.range_sigma_m
        assert abs(estimate.azimuth_deg - bias.azimuth_deg) < 3.5 * estimate.azimuth_sigma_deg
        assert abs(estimate.elevation_deg - bias.elevation_deg) < 3.5 * estimate.elevation_sigma_deg
    late = [s for s in states if s.time > 200.0 and s.role == "vehicle"]
    inside = 0
    for state in late:
        rows = bodies[0].rows
        truth = np.array([np.interp(state.time, rows[:, 0], rows[:, i]) for i in range(1, 7)])
        error = state.components[0].state[:6] - truth
        inside += normalised(error, state.components[0].covariance[:6, :6]) < chi2.ppf(0.99, 6)
    assert inside > 0.9 * len(late) > 0


def test_the_tracker_holds_unbiased_radars_to_be_unbiased() -> None:
    tracker, _, _ = track({})
    assert not any(estimate.present for estimate in tracker.biases)
    assert all(estimate.azimuth_sigma_deg < 0.02 for estimate in tracker.biases)
