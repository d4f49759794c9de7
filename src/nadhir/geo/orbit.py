"""The two-body orbit through a state."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from nadhir.geo.earth import GRAVITATIONAL_PARAMETER, ROTATION_RATE, SEMI_MAJOR_AXIS_M, Matrix, Vector


@njit(cache=True)
def perigee_m(state: Vector) -> float:
    """Height (m) of the perigee of the two-body orbit through an ECEF state (at least 6); infinite when it escapes."""
    x, y, z = state[0], state[1], state[2]
    vx, vy, vz = state[3] - ROTATION_RATE * y, state[4] + ROTATION_RATE * x, state[5]
    energy = 0.5 * (vx * vx + vy * vy + vz * vz) - GRAVITATIONAL_PARAMETER / math.sqrt(x * x + y * y + z * z)
    if energy >= 0.0:
        return math.inf
    momentum_squared = (y * vz - z * vy) ** 2 + (z * vx - x * vz) ** 2 + (x * vy - y * vx) ** 2
    eccentricity = math.sqrt(max(0.0, 1.0 + 2.0 * energy * momentum_squared / GRAVITATIONAL_PARAMETER**2))
    perigee: float = -GRAVITATIONAL_PARAMETER / (2.0 * energy) * (1.0 - eccentricity) - SEMI_MAJOR_AXIS_M
    return perigee


@njit(cache=True)
def perigee_sigma_m(state: Vector, covariance: Matrix) -> float:
    """Standard deviation (m) of a finite perigee, linearised at the state; the first six elements of both count."""
    height = perigee_m(state)
    gradient = np.empty(6)
    moved = state[:6].copy()
    for i in range(6):
        step = 0.1 * math.sqrt(max(covariance[i, i], 1e-6))
        moved[i] = state[i] + step
        # Where the estimate is so wide that a step would make it escape, this tells nothing.
        there = perigee_m(moved)
        gradient[i] = (there - height) / step if math.isfinite(there) else 0.0
        moved[i] = state[i]
    variance = 0.0
    for i in range(6):
        for j in range(6):
            variance += gradient[i] * covariance[i, j] * gradient[j]
    return math.sqrt(max(variance, 1.0))
