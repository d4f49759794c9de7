"""Whether an object stays up: the probability that the perigee of its orbit lies above the air."""

from __future__ import annotations

import math

import numpy as np

from nadhir.geo.earth import GRAVITATIONAL_PARAMETER, ROTATION_RATE, SEMI_MAJOR_AXIS_M, Matrix, Vector

LOWEST_PERIGEE_M = 110e3
"""Below this the air ends an orbit within a revolution or two."""


def perigee_m(state: Vector) -> float:
    """Height (m) of the perigee of the two-body orbit through an ECEF state (at least 6); infinite when it escapes."""
    position = state[:3]
    velocity = state[3:6] + ROTATION_RATE * np.array([-position[1], position[0], 0.0])
    radius = float(np.linalg.norm(position))
    energy = 0.5 * float(velocity @ velocity) - GRAVITATIONAL_PARAMETER / radius
    momentum = float(np.linalg.norm(np.cross(position, velocity)))
    if energy >= 0.0:
        return math.inf
    eccentricity = math.sqrt(max(0.0, 1.0 + 2.0 * energy * momentum**2 / GRAVITATIONAL_PARAMETER**2))
    return -GRAVITATIONAL_PARAMETER / (2.0 * energy) * (1.0 - eccentricity) - SEMI_MAJOR_AXIS_M


def stays_up(state: Vector, covariance: Matrix) -> float:
    """Probability that an unpowered object with this state and covariance (13, 13) does not come down.

    The perigee is taken as Gaussian, linearised at the state.
    """
    height = perigee_m(state)
    if not math.isfinite(height):
        return 1.0
    steps = np.sqrt(np.maximum(np.diag(covariance)[:6], 1e-6)) * 0.1
    gradient = np.empty(6)
    for i in range(6):
        moved = state[:6].copy()
        moved[i] += steps[i]
        gradient[i] = (perigee_m(moved) - height) / steps[i]
    sigma = math.sqrt(max(float(gradient @ covariance[:6, :6] @ gradient), 1.0))
    return 0.5 * math.erfc((LOWEST_PERIGEE_M - height) / (sigma * math.sqrt(2.0)))
