"""Estimates together: nothing more certain than what is known, and as certain as one filter of all the data."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nadhir.assessment.fusion import Estimate, combined, covariance_intersection, flown, information_sum
from nadhir.assessment.fusion.parting import beforehand, surer_than
from nadhir.geo import geodetic_to_ecef, propagate

seeds = st.integers(0, 2**32 - 1)


def spread(rng: np.random.Generator, size: int) -> np.ndarray:
    """A covariance with standard deviations over three decades."""
    root = rng.normal(size=(size, size)) * 10.0 ** rng.uniform(-1.5, 1.5, size)[:, None]
    return root @ root.T + 1e-6 * np.eye(size)


def least_eigenvalue(matrix: np.ndarray, scale: np.ndarray) -> float:
    """Of a matrix in units of the standard deviations of another."""
    root = np.linalg.inv(np.linalg.cholesky(scale))
    return float(np.linalg.eigvalsh(root @ matrix @ root.T)[0])


def test_published_case_by_determinant() -> None:
    estimates = [
        Estimate(np.array([1.0, 2.0, 0.0]), np.array([[10.0, 5.0, 0.0], [5.0, 10.0, 0.0], [0.0, 0.0, 1.0]])),
        Estimate(np.array([2.0, 2.0, 0.0]), np.array([[10.0, -5.0, 0.0], [-5.0, 10.0, 0.0], [0.0, 0.0, 1.0]])),
        Estimate(np.array([2.0, 3.0, 0.0]), np.array([[12.0, 9.0, 0.0], [9.0, 12.0, 0.0], [0.0, 0.0, 1.0]])),
    ]
    together = covariance_intersection(estimates)
    assert together.mean == pytest.approx([1.68125, 2.53125, 0.0], abs=1e-4)
    assert np.linalg.det(together.covariance) == pytest.approx(40.32, abs=0.01)


@settings(max_examples=100, deadline=None)
@given(seeds, st.integers(2, 4), st.integers(1, 6))
def test_intersection_covers_its_error_under_any_correlation(seed: int, count: int, size: int) -> None:
    """Its true covariance is W C Wᵀ for any joint covariance C with the claimed blocks: never more than it claims."""
    rng = np.random.default_rng(seed)
    covariances = [spread(rng, size) for _ in range(count)]
    together = covariance_intersection([Estimate(np.zeros(size), p) for p in covariances])
    # The gain on each estimate, by what the intersection makes of its unit vectors.
    gains = []
    for k in range(count):
        columns = []
        for unit in np.eye(size):
            moved = [Estimate(unit if i == k else np.zeros(size), p) for i, p in enumerate(covariances)]
            columns.append(covariance_intersection(moved).mean)
        gains.append(np.array(columns).T)
    assert sum(gains) == pytest.approx(np.eye(size), abs=1e-6)
    # Joint covariances with these blocks: roots times a correlation matrix that is itself a random Gram matrix.
    roots = [np.linalg.cholesky(p) for p in covariances]
    directions = [np.linalg.qr(rng.normal(size=(size + seed % 3, size)))[0] for _ in range(count)]
    error = sum(w @ r @ d.T for w, r, d in zip(gains, roots, directions, strict=True))
    assert least_eigenvalue(together.covariance - error @ error.T, together.covariance) > -1e-6


@settings(max_examples=50, deadline=None)
@given(seeds, st.integers(2, 4))
def test_intersection_is_no_worse_than_the_best_and_no_better_than_independence(seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    estimates = [Estimate(rng.normal(size=6), spread(rng, 6)) for _ in range(count)]
    determinant = np.linalg.slogdet(covariance_intersection(estimates).covariance)[1]
    assert determinant <= min(np.linalg.slogdet(e.covariance)[1] for e in estimates) + 0.01
    assert determinant >= np.linalg.slogdet(np.linalg.inv(sum(np.linalg.inv(e.covariance) for e in estimates)))[1]


@settings(max_examples=50, deadline=None)
@given(seeds, st.integers(2, 4), st.integers(7, 20))
def test_owners_apart_are_as_good_as_one_filter_of_all_data(seed: int, owners: int, looks: int) -> None:
    """A linear motion without noise, looks at different times by each owner: the same information, the same mean."""
    rng = np.random.default_rng(seed)
    truth = rng.normal(size=6) * 100.0
    all_rows, all_values, estimates = [], [], []
    for owner in range(owners):
        rows, values = [], []
        for time in np.sort(rng.uniform(0.0, 10.0, looks)):
            row = rng.normal(size=(2, 3)) @ np.hstack([np.eye(3), (time - 10.0) * np.eye(3)])
            rows.append(row)
            values.append(row @ truth + rng.normal(size=2))
        matrix, value = np.concatenate(rows), np.concatenate(values)
        covariance = np.linalg.inv(matrix.T @ matrix)
        estimates.append(Estimate(covariance @ matrix.T @ value, covariance, frozenset({f"{owner}"})))
        all_rows.append(matrix)
        all_values.append(value)
    matrix, value = np.concatenate(all_rows), np.concatenate(all_values)
    central = np.linalg.inv(matrix.T @ matrix)
    together = combined(estimates)
    assert together.estimate.mean == pytest.approx(central @ matrix.T @ value, rel=1e-4, abs=1e-4)
    inflation = max(1.0, together.disagreement)
    assert together.estimate.covariance == pytest.approx(central * inflation, rel=1e-4, abs=1e-7)


@settings(max_examples=50, deadline=None)
@given(seeds, st.integers(2, 4))
def test_what_is_known_of_a_parting_beforehand_counts_once(seed: int, owners: int) -> None:
    """Owners who look at the middle between vehicle and stage, and know as much of the parting beforehand: together as
    good as one who has all their looks and that knowledge once. One who tells nothing of it adds what it has."""
    rng = np.random.default_rng(seed)
    prior = Estimate(rng.normal(size=3), spread(rng, 3))
    truth = np.append(rng.normal(size=6) * 100.0, rng.multivariate_normal(prior.mean, prior.covariance))
    known = np.zeros((9, 9))
    known[6:, 6:] = np.linalg.inv(prior.covariance)
    information, vector = known.copy(), known[:, 6:] @ prior.mean
    estimates = []
    for owner in range(owners):
        looks = rng.normal(size=(12, 9))
        values = looks @ truth + rng.normal(size=12)
        covariance = np.linalg.inv(looks.T @ looks + known)
        mean = covariance @ (looks.T @ values + known[:, 6:] @ prior.mean)
        estimates.append(Estimate(mean, covariance, frozenset({f"{owner}"})))
        information, vector = information + looks.T @ looks, vector + looks.T @ values
    alone = Estimate(truth[:6] + rng.normal(size=6), np.eye(6), frozenset({"alone"}))
    information[:6, :6] += np.eye(6)
    vector[:6] += alone.mean
    central = np.linalg.inv(information)
    together = combined([*estimates, alone], prior)
    assert together.estimate.mean == pytest.approx((central @ vector)[:6], rel=1e-5, abs=1e-5)
    inflation = max(1.0, together.disagreement)
    assert together.estimate.covariance == pytest.approx(central[:6, :6] * inflation, rel=1e-4, abs=1e-7)


def test_estimates_that_tell_of_a_parting_disagree_by_as_much_as_they_differ() -> None:
    """Errors that come of the parting are no disagreement: they are common to all."""
    rng = np.random.default_rng(1)
    prior = Estimate(np.zeros(3), 4.0 * np.eye(3))
    disagreements, squares = [], []
    for _ in range(300):
        parting = rng.normal(size=3) * 2.0
        estimates = []
        for _ in range(3):
            looks = np.hstack([np.eye(6), -0.5 * np.vstack([10.0 * np.eye(3), np.eye(3)])])
            values = looks @ np.append(np.zeros(6), parting) + rng.normal(size=6)
            known = np.diag([0.0] * 6 + [0.25] * 3)
            covariance = np.linalg.inv(looks.T @ looks + known)
            estimates.append(Estimate(covariance @ looks.T @ values, covariance))
        together = information_sum(estimates, prior)
        disagreements.append(together.disagreement)
        squares.append(
            float(together.estimate.mean @ np.linalg.solve(together.estimate.covariance, together.estimate.mean))
        )
    assert np.mean(disagreements) == pytest.approx(1.0, abs=0.1)
    assert 4.5 < np.mean(squares) < 6.5


@settings(max_examples=50, deadline=None)
@given(seeds)
def test_nobody_is_less_sure_of_a_parting_than_all_were_beforehand(seed: int) -> None:
    rng = np.random.default_rng(seed)
    prior = beforehand(np.concatenate([geodetic_to_ecef(0.7, 2.3, 2e5), rng.normal(size=3) * 2e3]), 10.0)
    estimate = Estimate(rng.normal(size=9), spread(rng, 9), frozenset({"JPN"}))
    sure = surer_than(prior, estimate)
    assert least_eigenvalue(prior.covariance - sure.covariance[6:, 6:], prior.covariance) > -1e-6
    assert least_eigenvalue(sure.covariance, estimate.covariance) > 0.0
    # How the motion hangs on the parting stays as it was, and so does all where it was surer anyway.
    by_parting, as_told = (np.linalg.solve(one.covariance[6:, 6:], one.covariance[6:, :6]) for one in (sure, estimate))
    assert by_parting == pytest.approx(as_told, rel=1e-4, abs=1e-4 * float(np.abs(as_told).max()))
    assert surer_than(Estimate(prior.mean, 1e9 * np.eye(3)), estimate) == estimate


def test_what_shares_data_or_does_not_tell_is_intersected() -> None:
    rng = np.random.default_rng(3)
    covariance = spread(rng, 6)
    mean = np.zeros(6)
    apart = [Estimate(mean, covariance, frozenset({name})) for name in ("JPN", "KOR")]
    assert combined(apart).estimate.covariance == pytest.approx(covariance / 2.0)
    for owners in (frozenset({"JPN", "KOR"}), frozenset[str]()):
        again = combined([apart[0], Estimate(mean, covariance, owners)])
        assert again.estimate.covariance == pytest.approx(covariance)
    # A third that shares with both makes one group of them.
    bridged = combined([*apart, Estimate(mean, covariance, frozenset({"JPN", "KOR"}))])
    assert bridged.estimate.covariance == pytest.approx(covariance)
    assert bridged.estimate.owners == {"JPN", "KOR"}


def test_disagreement_widens() -> None:
    covariance = np.diag([100.0] * 3 + [1.0] * 3)
    biased = np.array([300.0, 0.0, 0.0, 0.0, 0.0, 0.0])
    together = information_sum([Estimate(np.zeros(6), covariance), Estimate(biased, covariance)])
    assert together.disagreement == pytest.approx(300.0**2 / 200.0 / 6.0)
    assert together.estimate.mean[0] == pytest.approx(150.0)
    assert together.estimate.covariance[0, 0] == pytest.approx(50.0 * together.disagreement)


@settings(max_examples=20, deadline=None)
@given(seeds)
def test_errors_of_independent_estimates_fill_their_covariance(seed: int) -> None:
    rng = np.random.default_rng(seed)
    covariances = [spread(rng, 6) for _ in range(3)]
    squares = []
    for _ in range(200):
        estimates = [Estimate(rng.multivariate_normal(np.zeros(6), p), p) for p in covariances]
        error = information_sum(estimates).estimate
        squares.append(float(error.mean @ np.linalg.solve(error.covariance, error.mean)))
    # Mean 6 less what Birge's ratio takes; standard error 0.25.
    assert 4.2 < float(np.mean(squares)) < 6.8


@pytest.mark.parametrize("duration_s", [-30.0, 3.0, 60.0])
def test_flight_of_an_estimate_is_that_of_its_points(duration_s: float) -> None:
    position = geodetic_to_ecef(math.radians(38.0), math.radians(132.0), 250e3)
    mean = np.concatenate([position, [-1500.0, 1800.0, 900.0]])
    covariance = np.diag([50.0**2] * 3 + [2.0**2] * 3)
    after = flown(Estimate(mean, covariance, frozenset({"JPN"})), 8.5, duration_s)
    assert after.mean == pytest.approx(propagate(mean, 8.5, duration_s))
    assert after.owners == {"JPN"}
    root = np.linalg.cholesky(covariance) * math.sqrt(6.0)
    points = np.array([propagate(mean + sign * column, 8.5, duration_s) for sign in (1, -1) for column in root.T])
    sampled = (points - after.mean).T @ (points - after.mean) / 12.0
    for i, j in itertools.product(range(6), repeat=2):
        scale = math.sqrt(sampled[i, i] * sampled[j, j])
        assert after.covariance[i, j] == pytest.approx(sampled[i, j], abs=0.01 * scale)
