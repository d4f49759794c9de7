"""Gravity of the oblate Earth.

The central term and the second zonal harmonic. What the higher terms change is measured in docs/adr/0002. Source:
Vallado, Fundamentals of Astrodynamics and Applications, 4th ed., section 8.7; J2 of EGM96.
"""

from __future__ import annotations

import math

from numba import njit

from nadhir.geo.earth import GRAVITATIONAL_PARAMETER, SEMI_MAJOR_AXIS_M

J2 = 1.08262668e-3


@njit(cache=True)
def gravitation(x: float, y: float, z: float) -> tuple[float, float, float]:
    """Gravitational acceleration (m/s²) at an ECEF position, without the centrifugal part."""
    radius_squared = x * x + y * y + z * z
    radius = math.sqrt(radius_squared)
    central = GRAVITATIONAL_PARAMETER / (radius_squared * radius)
    oblate = 1.5 * J2 * SEMI_MAJOR_AXIS_M * SEMI_MAJOR_AXIS_M / radius_squared
    polar = 5.0 * z * z / radius_squared
    equatorial_factor = -central * (1.0 + oblate * (1.0 - polar))
    return equatorial_factor * x, equatorial_factor * y, -central * (1.0 + oblate * (3.0 - polar)) * z
