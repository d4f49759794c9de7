"""Statistics of a calibration: coverage with its confidence, quantiles against theory, bands for consistency."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, chdtri, ndtri

from nadhir.exercise.calibrate_samples import MOMENTS, Flight, Sample
from nadhir.exercise.score import NEES_95

CHI_SQUARED_90 = float(chdtri(2, 0.1))
HEADLINE_S = (10, 30, 60, 120)
STATE_DIMENSION = 6
BREACH_GROUPS = ("before a breach", "after it began", "after it began, unseen")
BREACH_SHOWS_S = 3.0
"""A breach that began less than this before a sample is in none of the groups."""


class Coverage(msgspec.Struct, frozen=True):
    """How many of the ellipses of a group held the true point, and the 95 % interval of their share."""

    group: str
    held: int
    of: int
    low: float
    high: float

    @property
    def share(self) -> float:
        return self.held / self.of


def wilson(successes: int, trials: int, confidence: float = 0.95) -> tuple[float, float]:
    """Confidence interval of a probability by Wilson's score (J. Am. Stat. Assoc. 22 (1927), 209-212)."""
    if trials == 0:
        return 0.0, 1.0
    z = float(ndtri(0.5 + confidence / 2))
    share = successes / trials
    centre = share + z * z / (2 * trials)
    half = z * math.sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    scale = 1 + z * z / trials
    # At the ends the interval is exactly 0 or 1, whatever rounding says.
    low = 0.0 if successes == 0 else (centre - half) / scale
    high = 1.0 if successes == trials else (centre + half) / scale
    return low, high


def coverage(group: str, distances_squared: Iterable[float]) -> Coverage:
    """Coverage of a group from squared distances in units of the 90 % ellipse."""
    inside = [distance <= 1.0 for distance in distances_squared]
    return Coverage(group, sum(inside), len(inside), *wilson(sum(inside), len(inside)))


def coverage_by(samples: Iterable[Sample], key: Callable[[Sample], str | None], order: Sequence[str]) -> list[Coverage]:
    """Coverage of predicted impacts for each value of `key` that occurs, in the given order."""
    groups: dict[str | None, list[float]] = {group: [] for group in order}
    for sample in samples:
        if sample.distance_squared is not None and key(sample) in groups:
            groups[key(sample)].append(sample.distance_squared)
    return [coverage(group, groups[group]) for group in order if groups[group]]


def headline(samples: Iterable[Sample]) -> list[Sample]:
    """The samples that the overall coverage counts: one a flight at 10, 30, 60 and 120 s after burnout."""
    return [sample for sample in samples if sample.after_burnout_s in HEADLINE_S]


def by_breach(samples: Iterable[Sample]) -> list[Coverage]:
    """Coverage of flights that break the ballistic assumption: before they do, when nobody can know, and after; apart
    from those that every sensor has lost, of which nobody can know either."""

    def side(sample: Sample) -> str | None:
        if sample.breached_s is None or 0.0 <= sample.breached_s < BREACH_SHOWS_S:
            return None
        if sample.breached_s < 0.0:
            return BREACH_GROUPS[0]
        return BREACH_GROUPS[2 if sample.phase == "lost" else 1]

    return coverage_by(samples, side, BREACH_GROUPS)


def quantiles_against_theory(
    distances_squared: Sequence[float],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Theory, sample, and the 95 % band of the sample, each (n,): squared Mahalanobis distances in two dimensions.

    The band is that of each order statistic of n draws from a chi-squared distribution with two degrees of freedom.
    """
    ordered = np.sort(np.array(distances_squared, dtype=float)) * CHI_SQUARED_90
    count = len(ordered)
    rank = np.arange(1, count + 1)
    theory = chdtri(2, 1 - (rank - 0.5) / count)
    low, high = (
        np.asarray(chdtri(2, 1 - betaincinv(rank, count + 1 - rank, tail)), np.float64) for tail in (0.025, 0.975)
    )
    return np.asarray(theory), ordered, low, high


class Consistency(msgspec.Struct, frozen=True):
    """NEES of one moment over many flights; the 95 % band of their mean is that of a consistent tracker.

    Bar-Shalom, Li and Kirubarajan, Estimation with Applications to Tracking and Navigation (2001), 5.4.2.
    """

    moment: str
    count: int
    mean: float
    median: float
    inside_95: float
    low: float
    high: float


def consistency_by_moment(samples: Iterable[Sample]) -> list[Consistency]:
    """Consistency of the states at each moment, in the order of a flight."""
    rows = []
    for moment, nees in _by_moment(samples, lambda sample: sample.nees).items():
        count = len(nees)
        low, high = (float(chdtri(STATE_DIMENSION * count, 1 - tail)) / count for tail in (0.025, 0.975))
        inside = float(np.mean([NEES_95[0] <= value <= NEES_95[1] for value in nees]))
        rows.append(Consistency(moment, count, float(np.mean(nees)), float(np.median(nees)), inside, low, high))
    return rows


class Spread(msgspec.Struct, frozen=True):
    """Tenth, median and ninetieth percentile of a figure over the flights of one moment."""

    moment: str
    count: int
    low: float
    median: float
    high: float


def spread_by_moment(samples: Iterable[Sample], figure: Callable[[Sample], float | None]) -> list[Spread]:
    """Spread of `figure` at each moment, in the order of a flight; None leaves a sample out."""
    values = _by_moment(samples, figure)
    return [
        Spread(moment, len(v), *(float(q) for q in np.quantile(v, [0.1, 0.5, 0.9]))) for moment, v in values.items()
    ]


def _by_moment(samples: Iterable[Sample], figure: Callable[[Sample], float | None]) -> dict[str, list[float]]:
    values: dict[str, list[float]] = {moment: [] for moment in MOMENTS}
    for sample in samples:
        value = figure(sample)
        if value is not None:
            values[sample.moment].append(value)
    return {moment: found for moment, found in values.items() if found}


def class_confusion(flights: Iterable[Flight]) -> Counter[tuple[str, str]]:
    """How often each true kind was given each class 60 s after burnout; `none` where nothing was said."""
    return Counter((flight.kind, flight.said_class or "none") for flight in flights)


def orbit_confusion(flights: Iterable[Flight]) -> Counter[tuple[str, str]]:
    """How often what falls or orbits was said to do either: surely (above 0.9, below 0.1), or left open."""

    def said(probability: float | None) -> str:
        if probability is None:
            return "nothing"
        return "orbit" if probability > 0.9 else "fall" if probability < 0.1 else "open"

    return Counter((flight.fate, said(flight.reaches_orbit)) for flight in flights)
