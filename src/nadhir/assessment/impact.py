"""Where and when an object comes down, by flying sigma points of all that is unknown to the ground.

Spherical-radial cubature points (2n points of equal weight at sqrt(n) standard deviations) of position and velocity.
Source: Arasaratnam and Haykin, IEEE Trans. Automatic Control 54 (2009), 1254-1269. A fall is far from linear in the
ballistic coefficient (half of it is kilometres short, twice of it metres long), and so that has points of its own.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numba import njit

from nadhir.geo.earth import Matrix, Vector, east_north_up, ecef_to_geodetic, height_above_ellipsoid
from nadhir.geo.flight import MAXIMUM_FLIGHT_S, drag_acceleration, fall, step, step_limit

DIMENSIONS = 7
MOTION = 6
DRAG_WEIGHT = 1.0 / 6.0
"""Of each of the two outer ones of three Gauss-Hermite points."""


LIFT_TO_DRAG, LIFT_LIMIT = 0.15, 5.0
"""One sigma of lift over drag that nobody has seen yet, in each of two directions, and the most that it gives (m/s²):
what a body may have that meets the air at an angle of a few degrees."""
AIR_ACTS = 1.0
"""m/s² of drag on the way down from which on lift is thought of."""
LIFTED_STEP_S = 0.5


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
def _fall_of(state: Vector, covariance: Matrix) -> tuple[float, Vector, Matrix]:
    """Of a coasting state: the share that comes down, the fall (4,) of its mean (ECEF place in m, seconds), and the
    second moments (4, 4) about that.

    The Gauss-Hermite points of ln(ballistic coefficient), each with the motion that then is likeliest, and the cubature
    points of the motion that this leaves.
    """
    order = np.array([6, 0, 1, 2, 3, 4, 5])
    block = covariance[order][:, order]
    for i in range(DIMENSIONS):
        block[i, i] += 1e-9 + 1e-12 * block[i, i]
    root = np.linalg.cholesky(block)
    root[:, 0] *= math.sqrt(3.0)
    root[:, 1:] *= math.sqrt(MOTION)
    falls = np.empty((2 * DIMENSIONS + 1, 4))
    comes_down = np.zeros(2 * DIMENSIONS + 1)
    point = np.empty(DIMENSIONS)
    for k in range(2 * DIMENSIONS + 1):
        point[:] = state[:DIMENSIONS]
        if k < 2 * DIMENSIONS:
            point[order] += root[:, k // 2] * (1.0 - 2.0 * (k % 2))
        down, elapsed, place, _ = fall(point, point[6])
        if down:
            comes_down[k] = 1.0
            falls[k, :3] = place[:3]
            falls[k, 3] = elapsed
    motion = comes_down[2 : 2 + 2 * MOTION].sum()
    mean, moments = np.zeros(4), np.zeros((4, 4))
    if motion == 0.0:
        return 0.0, mean, moments
    if comes_down[-1]:
        mean[:] = falls[-1]
    else:
        for k in range(2, 2 + 2 * MOTION):
            if comes_down[k]:
                mean += falls[k] / motion
    for k in range(2 * DIMENSIONS):
        if comes_down[k]:
            off = falls[k] - mean
            moments += np.outer(off, off) * (DRAG_WEIGHT if k < 2 else 1.0 / motion)
    return motion / (2.0 * MOTION), mean, moments


@njit(cache=True)
def _lifted_fall(state: Vector, drag_factor: float, sideways: bool) -> Vector:
    """The fall (4,) of a state that is in the air and has a lift of one sigma, upwards or to the right of its path."""
    now, before = state[:6].copy(), state[:6].copy()
    lift, still = np.zeros(3), np.zeros(3)
    height = height_above_ellipsoid(now[0], now[1], now[2])
    elapsed = 0.0
    while height > 0.0 and elapsed < MAXIMUM_FLIGHT_S:
        right = np.cross(now[3:6], now[:3])
        direction = right if sideways else np.cross(right, now[3:6])
        size = min(LIFT_TO_DRAG * drag_acceleration(now, drag_factor), LIFT_LIMIT)
        lift[:] = direction * (size / math.sqrt(np.sum(direction**2)))
        before[:] = now
        h = step_limit(now, LIFTED_STEP_S)
        step(now, lift, still, drag_factor, h)
        after = height_above_ellipsoid(now[0], now[1], now[2])
        if after <= 0.0:
            share = height / (height - after)
            now[:] = before + share * (now - before)
            h *= share
        height = after
        elapsed += h
    return np.array([now[0], now[1], now[2], elapsed])


@njit(cache=True)
def _moments_of_lift(state: Vector, mean: Vector) -> Matrix:
    """What lift that nobody has seen yet adds to the second moments (4, 4) of a fall about `mean`.

    Only where the air acts on the way down already: before, everybody would be warned further out for what hardly
    anything that flies does, and then data soon tell.
    """
    moments = np.zeros((4, 4))
    drag_factor = 0.5 * math.exp(-state[6])
    if np.sum(state[:3] * state[3:6]) < 0.0 and drag_acceleration(state, drag_factor) > AIR_ACTS:
        for sideways in (False, True):
            off = _lifted_fall(state, drag_factor, sideways) - mean
            moments += np.outer(off, off)
    return moments


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
    """The impact of a mixture of coasting states, as seconds from their time; None where less than half comes down.

    Each component's is that of its mean, which is the median where the distribution is skewed.
    """
    shares = np.zeros(len(weights))
    falls, moments = np.zeros((len(weights), 4)), np.zeros((len(weights), 4, 4))
    for c, (weight, state, covariance) in enumerate(zip(weights, states, covariances, strict=True)):
        share, falls[c], moments[c] = _fall_of(state, covariance)
        moments[c] += _moments_of_lift(state, falls[c])
        shares[c] = weight * share
    total = float(shares.sum())
    if total < 0.5 * sum(weights):
        return None
    shares /= total
    mean = shares @ falls
    off = falls - mean
    spread = np.einsum("c,cij->ij", shares, moments) + (off * shares[:, None]).T @ off
    latitude, longitude, _ = ecef_to_geodetic(mean[:3])
    local = np.zeros((3, 4))
    local[:2, :3] = east_north_up(latitude, longitude)[:2]
    local[2, 3] = 1.0
    return Fall(latitude, longitude, float(mean[3]), local @ spread @ local.T, total / sum(weights))


def predict_apogee(state: Vector, covariance: Matrix) -> Apogee | None:
    """The highest point ahead of a coasting state, as seconds from its time; None where it is past."""
    height, elapsed = climb_to_apogee(state, state[6])
    if elapsed <= 0.0 or elapsed >= MAXIMUM_FLIGHT_S:
        return None
    heights = [climb_to_apogee(point, point[6])[0] for point in sigma_points(state, covariance)]
    return Apogee(height, float(np.std(heights)), elapsed)
