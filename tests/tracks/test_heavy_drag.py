"""A vehicle with a fifth of the usual coefficient: supposed as Bayes' rule has it, and found in a flight."""

from __future__ import annotations

import json
import math
from pathlib import Path

import msgspec
import numpy as np
import pytest

from nadhir.exercise.scenario import simulate
from nadhir.exercise.score_input import TrueImpact
from nadhir.exercise.score_match import ellipse_distance_squared
from nadhir.exercise.spec import LaunchSpec, Spec
from nadhir.geo.earth import geodetic_to_ecef
from nadhir.model import ImpactProduct
from nadhir.node import Replay
from nadhir.tracks import mixture
from nadhir.tracks.heavy_drag import HEAVY_LOG_BETA, HEAVY_SHARE, suppose_heavy_drag
from nadhir.tracks.layout import DRAG, VEHICLE_LOG_BETA, VEHICLE_LOG_BETA_SIGMA
from nadhir.tracks.mixture import Pool
from nadhir.tracks.parting import set_separation


def just_cut_off(height_m: float) -> Pool:
    """One component that climbs at 45 degrees and 1,500 m/s, whose motor has just ended."""
    pool = mixture.empty_pool(1, np.zeros((0, 0)))
    state, covariance = pool.state[0, 0], pool.covariance[0, 0]
    state[:3] = geodetic_to_ecef(math.radians(39.0), math.radians(127.0), height_m)
    up = state[:3] / np.linalg.norm(state[:3])
    east = np.cross([0.0, 0.0, 1.0], up)
    state[3:6] = 1500.0 * math.sqrt(0.5) * (up + east / np.linalg.norm(east))
    state[DRAG] = VEHICLE_LOG_BETA
    covariance[:6, :6] = np.diag([400.0] * 3 + [25.0] * 3)
    covariance[DRAG, DRAG] = VEHICLE_LOG_BETA_SIGMA**2
    set_separation(state, covariance)
    pool.log_weight[0, 0] = 0.0
    pool.components[0] = 1
    return pool


def measured(pool: Pool, row: np.ndarray, value: float, variance: float) -> None:
    """Take a linear measurement of every component, as Kalman's filter does."""
    for c in range(int(pool.components[0])):
        state, covariance = pool.state[0, c], pool.covariance[0, c]
        residual, spread = value - row @ state, row @ covariance @ row + variance
        gain = covariance @ row / spread
        pool.log_weight[0, c] -= 0.5 * (residual**2 / spread + math.log(spread))
        state += gain * residual
        covariance -= np.outer(gain, row @ covariance)


@pytest.mark.parametrize("value", [-0.8, 0.0, 0.5])
def test_what_was_learnt_before_counts_as_if_it_had_been_supposed_from_the_first(value: float) -> None:
    row = np.zeros(mixture.STATES)
    row[DRAG], row[3] = 1.0, 0.02
    first, after = just_cut_off(40e3), just_cut_off(40e3)
    value += float(row @ first.state[0, 0])
    suppose_heavy_drag(first, 0, 0)
    measured(first, row, value, 0.3)
    mixture.reduce(first, 0)
    measured(after, row, value, 0.3)
    suppose_heavy_drag(after, 0, 0)
    assert first.components[0] == after.components[0] == 2
    np.testing.assert_allclose(first.state[0, :2], after.state[0, :2], rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(first.log_weight[0, :2], after.log_weight[0, :2], atol=1e-9)


def test_it_is_supposed_of_few_and_only_where_air_can_tell() -> None:
    low, high = just_cut_off(40e3), just_cut_off(110e3)
    for pool in (low, high):
        suppose_heavy_drag(pool, 0, 0)
    assert low.components[0] == 2
    assert low.state[0, 1, DRAG] == pytest.approx(HEAVY_LOG_BETA)
    assert math.exp(low.log_weight[0, 1] - low.log_weight[0, 0]) == pytest.approx(HEAVY_SHARE)
    assert high.components[0] == 1


def test_ones_that_coast_with_another_drag_are_not_merged() -> None:
    pool = just_cut_off(40e3)
    suppose_heavy_drag(pool, 0, 0)
    mixture.reduce(pool, 0)
    assert pool.components[0] == 2
    pool.state[0, 1, DRAG] = pool.state[0, 0, DRAG]
    pool.state[0, 1, 3:6] = pool.state[0, 0, 3:6]
    mixture.reduce(pool, 0)
    assert pool.components[0] == 1


@pytest.mark.parametrize("seed", [16, 104])
def test_a_flight_with_a_fifth_of_the_usual_coefficient_is_held_above_the_air(seed: int, tmp_path: Path) -> None:
    """Flights whose true fall lay three and four times the ellipse away while one Gaussian held their drag."""
    spec = Spec("drag", launches=(LaunchSpec("mixed", after_s=20.0, payload_ballistic_coefficient=(1000.0, 1500.0)),))
    simulate(spec, seed, tmp_path)
    payload = next(o for o in json.loads((tmp_path / "truth.json").read_text())["objects"] if o["part"] == "payload")
    newest: dict[str, ImpactProduct] = {}
    replay = Replay(tmp_path)
    for product in replay:
        if replay.now > payload["burnout"] + 60.0:
            break
        if isinstance(product, ImpactProduct):
            newest[product.object] = product
    impact = msgspec.convert(payload["impact"], TrueImpact)
    assert min(ellipse_distance_squared(one, impact) for one in newest.values()) < 1.0
