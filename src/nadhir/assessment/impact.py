"""Where and when an object comes down, by flying sigma points of all that is unknown to the ground.

The spherical-radial cubature points (2n points of equal weight at sqrt(n) standard deviations) of position, velocity
and ln of the ballistic coefficient. Source: Arasaratnam and Haykin, IEEE Trans. Automatic Control 54 (2009), 1254-1269.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numba import njit

from nadhir.geo.earth import Matrix, Vector, ecef_to_geodetic, height_above_ellipsoid
from nadhir.geo.flight import MAXIMUM_FLIGHT_S, fall, step, step_limit

DIMENSIONS = 7


class Fall(NamedTuple):
    """An impact as a Gaussian: place, time, covariance (3, 3) in (east m, north m, time s), share that comes down."""

    latitude: float
    longitude: float
    time: float
    covariance: Matrix
    share: float


class Apogee(NamedTuple):
    """The highest point of the free flight."""

    height_m: float
    sigma_m: float
    time: float


@njit(cache=True)
def sigma_points(state: Vector, covariance: Matrix) -> Matrix:
    """Cubature points (14, 7) of the first seven elements of a state."""
    block = covariance[:DIMENSIONS, :DIMENSIONS].copy()
    for i in range(DIMENSIONS):
        block[i, i] += 1e-9 + 1e-12 * block[i, i]
    root = np.linalg.cholesky(block) * math.sqrt(DIMENSIONS)
    points = np.empty((2 * DIMENSIONS, DIMENSIONS))
    for k in range(DIMENSIONS):
        for i in range(DIMENSIONS):
            points[k, i] = state[i] + root[i, k]
            points[DIMENSIONS + k, i] = state[i] - root[i, k]
    return points


@njit(cache=True)
def _fall_points(points: Matrix) -> tuple[int, Matrix, Vector]:
    places = np.empty((points.shape[0], 3))
    times = np.empty(points.shape[0])
    count = 0
    for k in range(points.shape[0]):
        down, elapsed, state, _ = fall(points[k], points[k, 6])
        if down:
            places[count] = state[:3]
            times[count] = elapsed
            count += 1
    return count, places, times


@njit(cache=True)
def climb_to_apogee(state: Vector, log_ballistic_coefficient: float) -> tuple[float, float]:
    """Height (m) and seconds until the highest point ahead; the present height and 0 where it is past."""
    now = state[:6].copy()
    still = np.zeros(3)
    drag_factor = 0.5 * math.exp(-log_ballistic_coefficient)
    elapsed = 0.0
    height = height_above_ellipsoid(now[0], now[1], now[2])
    while elapsed < MAXIMUM_FLIGHT_S:
        radius = math.sqrt(now[0] ** 2 + now[1] ** 2 + now[2] ** 2)
        climb = (now[0] * now[3] + now[1] * now[4] + now[2] * now[5]) / radius
        if climb <= 0.0:
            return height, elapsed
        # Newton's step towards zero climb with the local gravity, never past it by more than the remaining error.
        h = min(step_limit(now, 10.0), max(climb / 11.0, 0.01))
        step(now, still, still, drag_factor, h)
        height = max(height, height_above_ellipsoid(now[0], now[1], now[2]))
        elapsed += h
        if climb < 0.2:
            return height, elapsed
    return height, elapsed


def predict_fall(weights: Sequence[float], states: Sequence[Vector], covariances: Sequence[Matrix]) -> Fall | None:
    """The impact of a mixture of coasting states, as seconds from their time; None where less than half comes down."""
    places, times, shares = [], [], []
    for weight, state, covariance in zip(weights, states, covariances, strict=True):
        points = sigma_points(state, covariance)
        count, place, time = _fall_points(points)
        places.append(place[:count])
        times.append(time[:count])
        shares.append(np.full(count, weight / len(points)))
    share = np.concatenate(shares)
    total = float(share.sum())
    if total < 0.5 * sum(weights):
        return None
    place, time = np.concatenate(places), np.concatenate(times)
    share /= total
    mean = share @ place
    latitude, longitude, _ = ecef_to_geodetic(mean)
    up = np.array(
        [math.cos(latitude) * math.cos(longitude), math.cos(latitude) * math.sin(longitude), math.sin(latitude)]
    )
    east = np.array([-math.sin(longitude), math.cos(longitude), 0.0])
    local = np.stack([(place - mean) @ east, (place - mean) @ np.cross(up, east), time - share @ time], axis=1)
    covariance = (local * share[:, None]).T @ local
    return Fall(latitude, longitude, float(share @ time), covariance, total / sum(weights))


def predict_apogee(state: Vector, covariance: Matrix) -> Apogee | None:
    """The highest point ahead of a coasting state, as seconds from its time; None where it is past."""
    height, elapsed = climb_to_apogee(state, state[6])
    if elapsed <= 0.0 or elapsed >= MAXIMUM_FLIGHT_S:
        return None
    heights = [climb_to_apogee(point, point[6])[0] for point in sigma_points(state, covariance)]
    return Apogee(height, float(np.std(heights)), elapsed)
