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
import scipy  # its parts are loaded when they are first used: all of them would be a quarter of a second at each start
from numba import njit
from numpy.typing import NDArray

from nadhir.geo.areas import EARTH_RADIUS_M, AreaMap, FloatArray, unit_vectors
from nadhir.geo.areas_probability import NEGLIGIBLE, equidistant
from nadhir.geo.earth import east_north_up

Numbers = NDArray[np.int64]

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
    last = -last
    # What is not likely to be crossed says nothing of the times of the area's other parts either.
    likely = np.flatnonzero((first < math.inf) & (_normal_between(first, last) > NEGLIGIBLE))
    owner, first, last = areas.ring_owner[near[likely]], first[likely], last[likely]
    begin, end = np.full(len(areas.codes), math.inf), np.full(len(areas.codes), -math.inf)
    np.minimum.at(begin, owner, soonest[likely])
    np.maximum.at(end, owner, -latest[likely])
    joined, begins, ends = _joined(owner, first, last)
    probability = np.bincount(joined, _normal_between(begins, ends), len(areas.codes))
    found = np.flatnonzero(probability > NEGLIGIBLE)
    numbers = zip(probability[found].tolist(), begin[found].tolist(), end[found].tolist(), strict=True)
    return dict(zip((areas.codes[k] for k in found), map(Passage._make, numbers), strict=True))


class Reach(NamedTuple):
    """The areas that lie ahead, each with the probability that the direction leads to it and the distance of its near
    edge (m)."""

    codes: list[str]
    probability: FloatArray
    distance_m: FloatArray


def reach(
    areas: AreaMap,
    latitude_deg: float,
    longitude_deg: float,
    heading: float,
    heading_sigma: float,
    from_m: float,
    to_m: float,
) -> Reach:
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
        return Reach([], np.empty(0), np.empty(0))
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
    seen = first < math.inf
    first, last, nearest, owner = first[seen], -last[seen], nearest[seen], areas.ring_owner[near[seen]]
    distance = np.full(len(areas.codes), math.inf)
    np.minimum.at(distance, owner, nearest)
    joined, begins, ends = _joined(owner, first, last)
    share = ends - begins if spread else _normal_between(begins / heading_sigma, ends / heading_sigma)
    probability: FloatArray = np.bincount(joined, share, len(areas.codes)) / (2.0 * math.pi if spread else 1.0)
    ahead = np.flatnonzero(probability > NEGLIGIBLE)
    return Reach([areas.codes[k] for k in ahead], probability[ahead], distance[ahead])


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


def _normal_between(first: FloatArray, last: FloatArray) -> FloatArray:
    """Probability that a standard normal variable lies between two values."""
    return np.asarray(scipy.special.ndtr(last) - scipy.special.ndtr(first))


def _joined(owner: Numbers, first: FloatArray, last: FloatArray) -> tuple[Numbers, FloatArray, FloatArray]:
    """The same points as intervals that do not overlap, for each owner: owners, beginnings, ends."""
    order = np.lexsort((first, owner))
    return _merged(owner[order], first[order], last[order])


@njit(cache=True)
def _merged(owner: Numbers, first: FloatArray, last: FloatArray) -> tuple[Numbers, FloatArray, FloatArray]:
    """Puts intervals that overlap together, in order of owner and beginning."""
    kept = 0
    for k in range(len(owner)):
        if kept > 0 and owner[k] == owner[kept - 1] and first[k] <= last[kept - 1]:
            last[kept - 1] = max(last[kept - 1], last[k])
        else:
            owner[kept], first[kept], last[kept] = owner[k], first[k], last[k]
            kept += 1
    return owner[:kept], first[:kept], last[:kept]
