from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import chi2

from nadhir.exercise.calibrate_samples import MOMENTS, Flight, Sample
from nadhir.exercise.calibrate_statistics import (
    CHI_SQUARED_90,
    by_breach,
    class_confusion,
    consistency_by_moment,
    coverage,
    coverage_by,
    headline,
    orbit_confusion,
    quantiles_against_theory,
    spread_by_moment,
    wilson,
)


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    # Newcombe, Statistics in Medicine 17 (1998), table I, method 3.
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_as_printed(successes: int, trials: int, low: float, high: float) -> None:
    assert wilson(successes, trials) == pytest.approx((low, high), abs=5e-5)


def test_wilson_at_the_ends() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
    assert wilson(20, 20)[1] == 1.0


def samples(distances: np.ndarray, nees: np.ndarray, moment: str = "burnout + 30 s") -> list[Sample]:
    return [
        Sample(seed, "a/payload", "SRBM", moment, 30, "coast", distance_squared=float(d), nees=float(n))
        for seed, (d, n) in enumerate(zip(distances, nees, strict=True))
    ]


def test_honest_ellipses_are_found_honest() -> None:
    rng = np.random.default_rng(5)
    honest = samples(rng.chisquare(2, 2000) / CHI_SQUARED_90, rng.chisquare(6, 2000))
    row = coverage("", [sample.distance_squared for sample in honest if sample.distance_squared is not None])
    assert row.low < 0.9 < row.high
    [consistent] = consistency_by_moment(honest)
    assert consistent.low < consistent.mean < consistent.high
    assert consistent.inside_95 == pytest.approx(0.95, abs=0.02)


def test_the_band_of_each_rank_holds_it_in_95_of_100() -> None:
    rng = np.random.default_rng(7)
    held = []
    for _ in range(200):
        theory, found, low, high = quantiles_against_theory((rng.chisquare(2, 50) / CHI_SQUARED_90).tolist())
        held.append(np.mean((low <= found) & (found <= high)))
    assert np.mean(held) == pytest.approx(0.95, abs=0.02)
    assert np.median(theory) == pytest.approx(chi2.ppf(0.5, 2), rel=0.05)


def test_small_ellipses_are_found_out() -> None:
    rng = np.random.default_rng(6)
    small = samples(4 * rng.chisquare(2, 300) / CHI_SQUARED_90, 2 * rng.chisquare(6, 300))
    assert coverage("", [s.distance_squared for s in small if s.distance_squared is not None]).high < 0.86
    [consistent] = consistency_by_moment(small)
    assert consistent.mean > consistent.high


def test_groups_and_spread_keep_the_order_of_a_flight() -> None:
    one = np.array([0.5])
    mixed = samples(one, one, "impact − 20 s") + samples(3 * one, one) + [Sample(1, "b", "MRBM", "burnout + 5 s", 5)]
    assert [row.moment for row in spread_by_moment(mixed, lambda s: s.nees)] == ["burnout + 30 s", "impact − 20 s"]
    assert [(r.group, r.held) for r in coverage_by(mixed, lambda s: s.moment, MOMENTS)] == [
        ("burnout + 30 s", 0),
        ("impact − 20 s", 1),
    ]
    assert len(headline(mixed)) == 2


def test_confusions() -> None:
    flights = [
        Flight(1, "a", "SRBM", "impact", True, said_class="short-range", reaches_orbit=0.01),
        Flight(2, "a", "SLV", "orbit", True, said_class="intercontinental", reaches_orbit=0.5),
        Flight(3, "a", "SLV", "orbit", False),
    ]
    assert class_confusion(flights)["SLV", "none"] == 1
    assert orbit_confusion(flights) == {("impact", "fall"): 1, ("orbit", "open"): 1, ("orbit", "nothing"): 1}


def test_coverage_before_and_after_a_breach_leaves_out_the_seconds_in_which_it_shows() -> None:
    told = [(-40.0, 9.0), (-1.0, 0.5), (1.0, 30.0), (3.0, 0.9), (20.0, 2.0), (60.0, 0.1), (None, 0.1)]
    seen = [(s, d, "coast") for s, d in told]
    found = by_breach(
        Sample(1, "a/payload", "SRBM", "burnout + 60 s", 60, phase=phase, distance_squared=d, breached_s=s)
        for s, d, phase in [*seen, (-5.0, 0.2, "lost"), (70.0, 4.0, "lost")]
    )
    assert [(row.group, row.held, row.of) for row in found] == [
        ("before a breach", 2, 3),
        ("after it began", 2, 3),
        ("after it began, unseen", 0, 1),
    ]
