"""Areas under a path with its spread, and areas that a direction with its spread can lead to.

Both look at each area as the interval that its corners fill, across the path or in bearing: for a connected part and a
path that is uncertain to its side, the probability to touch it is that of the interval. Parts of one area join their
intervals.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from nadhir.geo.areas import EARTH_RADIUS_M, AreaMap, FloatArray, unit_vectors
from nadhir.geo.areas_probability import NEGLIGIBLE, equidistant
from nadhir.geo.earth import east_north_up

REACH_SIGMAS = 4.0
EARLY_SIGMAS = 1.645
"""One-sided: before it with probability 0.05."""
LIKELY_SIGMAS = 2.0
"""The times of a passage are those at which an outline is crossed where the path is likely to be."""
UNKNOWN = 1.0
"""A heading with a larger sigma (rad) is not known."""


@dataclass(frozen=True)
class GroundTrack:
    """Where an object is above, at (n,) increasing times (Unix s).

    `points` are (n, 3) unit vectors of geodetic latitude and longitude; `across_sigma_m` is the standard deviation to
    the side, `time_sigma_s` that of the time at which a place along it is reached.
    """

    time: FloatArray
    points: FloatArray
    across_sigma_m: FloatArray
    time_sigma_s: FloatArray


class Passage(NamedTuple):
    """That an area is passed over: probability, and the times before which it comes with probability 0.05 and 0.95
    (the latter for its far end)."""

    probability: float
    arrival: float
    latest: float


def passages(areas: AreaMap, track: GroundTrack) -> dict[str, Passage]:
    """The areas that a path may cross, negligible ones left out. The path ends where its points end."""
    if len(track.time) < 2:
        return {}
    step = np.gradient(track.points, axis=0)
    spacing = np.linalg.norm(step, axis=1)
    # A small island may lie between two points of the path.
    between_m = 0.5 * EARTH_RADIUS_M * float(spacing.max())
    near = areas.rings_near(track.points, REACH_SIGMAS * track.across_sigma_m + between_m)
    if not len(near):
        return {}
    corners, start = areas.corners_of(near)
    forward = step / np.maximum(spacing, 1e-12)[:, None]
    sideways = np.cross(track.points, forward)
    nearest = np.argmax(corners @ track.points.T, axis=1)
    beyond = np.sum(corners * forward[nearest], axis=1) / np.maximum(spacing[nearest], 1e-12)
    beside = (nearest > 0) & (nearest < len(track.time) - 1) | (np.abs(beyond) <= 0.5)
    across_m = np.sum(corners * sideways[nearest], axis=1) * EARTH_RADIUS_M
    sigmas = across_m / track.across_sigma_m[nearest]
    reached = np.interp(nearest + np.clip(beyond, -0.5, 0.5), np.arange(len(track.time)), track.time)
    early = reached - EARLY_SIGMAS * track.time_sigma_s[nearest]
    late = reached + EARLY_SIGMAS * track.time_sigma_s[nearest]
    first, last = _of_rings(np.where(beside, [sigmas, -sigmas], math.inf), start)
    times = _of_rings(np.where(beside, [early, -late], math.inf), start)
    # The part of each edge that the path is likely to cross; the ring around a whole path has none.
    begins, ends = _within(sigmas, LIKELY_SIGMAS)
    crossed = (begins <= ends) & beside & np.roll(beside, -1)
    crossed[start[1:] - 1] = False
    parts = [_between(early, begins), _between(early, ends), -_between(late, begins), -_between(late, ends)]
    sooner, soon, later, latter = _of_rings(np.where(crossed, parts, math.inf), start)
    likely_times = np.array([np.minimum(sooner, soon), np.minimum(later, latter)])
    soonest, latest = np.where(likely_times < math.inf, likely_times, times)
    found: dict[str, tuple[list[tuple[float, float]], float, float]] = {}
    for k in np.flatnonzero(first < math.inf):
        code = areas.codes[areas.ring_owner[near[k]]]
        intervals, begin, end = found.get(code, ([], math.inf, -math.inf))
        interval = float(first[k]), -float(last[k])
        if _mass([interval]) <= NEGLIGIBLE:
            continue  # nor do its times say anything of the area's other parts
        found[code] = [*intervals, interval], min(begin, float(soonest[k])), max(end, -float(latest[k]))
    joined = {code: Passage(_mass(intervals), first, last) for code, (intervals, first, last) in found.items()}
    return {code: passage for code, passage in joined.items() if passage.probability > NEGLIGIBLE}


class Reach(NamedTuple):
    """That an area lies ahead: probability that the direction leads to it, and the distance of its near edge (m)."""

    probability: float
    distance_m: float


def reach(
    areas: AreaMap,
    latitude_deg: float,
    longitude_deg: float,
    heading: float,
    heading_sigma: float,
    from_m: float,
    to_m: float,
) -> dict[str, Reach]:
    """Areas between two distances from a point, by the probability that a heading (rad, clockwise from north) leads to
    them: Gaussian with the given sigma (rad), or spread evenly over all bearings where the sigma is `UNKNOWN` or more.
    """
    spread = heading_sigma >= UNKNOWN
    centre = unit_vectors(np.array([[longitude_deg, latitude_deg]]))
    if spread:
        near = areas.rings_near(centre, to_m)
    else:
        near = areas.rings_before(centre[0], _toward(latitude_deg, longitude_deg, heading), from_m, to_m)
    if not len(near):
        return {}
    corners, start = areas.corners_of(near)
    east, north = equidistant(corners, latitude_deg, longitude_deg)
    distance_m = np.hypot(east, north)
    bearing = np.arctan2(east, north)
    # Bearings of one ring run on from its first corner's, so that none jumps by a whole turn.
    about = np.repeat(bearing[start[:-1]], np.diff(start)) if spread else heading
    off = (bearing - about + math.pi) % (2.0 * math.pi) - math.pi
    use = (distance_m >= from_m) & (distance_m <= to_m)
    if spread:
        off += about
    else:
        use &= np.abs(off) < math.pi / 2.0
    first, last, nearest = _of_rings(np.where(use, [off, -off, distance_m], math.inf), start)
    found: dict[str, tuple[list[tuple[float, float]], float]] = {}
    for k in np.flatnonzero(first < math.inf):
        code = areas.codes[areas.ring_owner[near[k]]]
        intervals, distance = found.get(code, ([], math.inf))
        found[code] = [*intervals, (float(first[k]), -float(last[k]))], min(distance, float(nearest[k]))
    ahead = {}
    for code, (intervals, distance) in found.items():
        share = (
            sum(end - begin for begin, end in _joined(intervals)) / (2.0 * math.pi)
            if spread
            else _mass([(begin / heading_sigma, end / heading_sigma) for begin, end in intervals])
        )
        if share > NEGLIGIBLE:
            ahead[code] = Reach(share, distance)
    return ahead


def _toward(latitude_deg: float, longitude_deg: float, heading: float) -> FloatArray:
    """Unit vector (3,) in which a heading (rad, clockwise from north) points at a place."""
    latitude, longitude = math.radians(latitude_deg), math.radians(longitude_deg)
    east, north, _ = east_north_up(latitude, longitude)
    return np.asarray(math.sin(heading) * east + math.cos(heading) * north)


def _of_rings(values: FloatArray, start: NDArray[np.int64]) -> FloatArray:
    """The least of each ring's values, of (k, n) values of corners."""
    return np.minimum.reduceat(values, start[:-1], axis=1)


def _within(values: FloatArray, limit: float) -> tuple[FloatArray, FloatArray]:
    """Where along the edge from each corner to the next, from 0 to 1, a value is within ±`limit`: from, to. Where it
    never is, from is after to."""
    change = np.roll(values, -1) - values
    change = np.where(np.abs(change) < 1e-12, 1e-12, change)
    one, other = (-limit - values) / change, (limit - values) / change
    return np.maximum(np.minimum(one, other), 0.0), np.minimum(np.maximum(one, other), 1.0)


def _between(values: FloatArray, share: FloatArray) -> FloatArray:
    """A value so far along the edge from each corner to the next."""
    return values + share * (np.roll(values, -1) - values)


def _joined(intervals: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """The same points as intervals that do not overlap."""
    joined: list[tuple[float, float]] = []
    for first, last in sorted(intervals):
        if joined and first <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(joined[-1][1], last)
        else:
            joined.append((first, last))
    return joined


def _mass(intervals: list[tuple[float, float]]) -> float:
    """Probability of a standard Gaussian number to lie in any of some intervals."""
    return float(sum(ndtr(last) - ndtr(first) for first, last in _joined(intervals)))
