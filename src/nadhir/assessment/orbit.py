"""Whether an object stays up: the probability that the perigee of its orbit lies above the air."""

from __future__ import annotations

import math

from numba import njit

from nadhir.geo.earth import Matrix, Vector
from nadhir.geo.orbit import perigee_m, perigee_sigma_m

LOWEST_PERIGEE_M = 110e3
"""Below this the air ends an orbit within a revolution or two."""


@njit(cache=True)
def stays_up(state: Vector, covariance: Matrix) -> float:
    """Probability that an unpowered object with this state and covariance (13, 13) does not come down.

    The perigee is taken as Gaussian, linearised at the state.
    """
    height = perigee_m(state)
    if not math.isfinite(height):
        return 1.0
    sigma = perigee_sigma_m(state, covariance)
    probability: float = 0.5 * math.erfc((LOWEST_PERIGEE_M - height) / (sigma * math.sqrt(2.0)))
    return probability
