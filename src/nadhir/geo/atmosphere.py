"""US Standard Atmosphere 1976.

Up to 86 km from its defining layers (temperature gradients in geopotential height, hydrostatic balance); above, the
densities of its printed tables, interpolated in their logarithm. Source: NOAA-S/T 76-1562, U.S. Government Printing
Office, 1976.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

EARTH_RADIUS_M = 6356766.0
SEA_LEVEL_PRESSURE_PA = 101325.0
STANDARD_GRAVITY = 9.80665
MOLAR_MASS = 28.9644e-3
GAS_CONSTANT = 8.31432
_LAYER_BASES_M = (0.0, 11e3, 20e3, 32e3, 47e3, 51e3, 71e3)
_LAYER_GRADIENTS = (-6.5e-3, 0.0, 1.0e-3, 2.8e-3, 0.0, -2.8e-3, -2.0e-3)
_GMR = STANDARD_GRAVITY * MOLAR_MASS / GAS_CONSTANT

_UPPER_HEIGHTS_M = 1e3 * np.array(
    [86, 90, 95, 100, 110, 120, 130, 140, 150, 160, 180, 200, 250, 300, 400, 500, 600, 700, 800, 900, 1000], dtype=float
)
_UPPER_DENSITIES = np.array([
    6.958e-6, 3.416e-6, 1.393e-6, 5.604e-7, 9.708e-8, 2.222e-8, 8.152e-9, 3.831e-9, 2.076e-9, 1.233e-9, 5.194e-10,
    2.541e-10, 6.073e-11, 1.916e-11, 2.803e-12, 5.215e-13, 1.137e-13, 3.070e-14, 1.136e-14, 5.759e-15, 3.561e-15,
])  # fmt: skip


def standard_atmosphere(height_m: float) -> tuple[float, float, float]:
    """Molecular-scale temperature (K), pressure (Pa) and density (kg/m³) at a geometric height from -5 to 86 km.

    Raises ValueError outside: the layers define nothing there.
    """
    if not -5e3 <= height_m <= 86e3:
        raise ValueError(f"the layers of the standard atmosphere reach from -5 to 86 km, not to {height_m / 1e3:g} km")
    geopotential_m = EARTH_RADIUS_M * height_m / (EARTH_RADIUS_M + height_m)
    temperature, pressure = 288.15, SEA_LEVEL_PRESSURE_PA
    for layer, (base_m, gradient) in enumerate(zip(_LAYER_BASES_M, _LAYER_GRADIENTS, strict=True)):
        last = layer + 1 == len(_LAYER_BASES_M) or geopotential_m < _LAYER_BASES_M[layer + 1]
        top_m = geopotential_m if last else _LAYER_BASES_M[layer + 1]
        above = temperature + gradient * (top_m - base_m)
        if gradient == 0.0:
            pressure *= math.exp(-_GMR * (top_m - base_m) / temperature)
        else:
            pressure *= (temperature / above) ** (_GMR / gradient)
        temperature = above
        if last:
            break
    return temperature, pressure, pressure * MOLAR_MASS / (GAS_CONSTANT * temperature)


_STEP_M = 250.0
_TOP_M = 1000e3


def _log_density_table() -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    heights = np.arange(-2e3, _TOP_M + _STEP_M, _STEP_M)
    lower = [math.log(standard_atmosphere(h)[2]) for h in heights[heights <= 86e3].tolist()]
    upper = np.interp(heights[heights > 86e3], _UPPER_HEIGHTS_M, np.log(_UPPER_DENSITIES))
    return np.concatenate([lower, upper])


_TABLE = _log_density_table()


@njit(cache=True)
def density_and_gradient(height_m: float) -> tuple[float, float]:
    """Density (kg/m³) and the derivative of its logarithm with height (1/m); zero above 1,000 km."""
    place = (height_m + 2e3) / _STEP_M
    index = int(place)
    if index >= _TABLE.size - 1:
        return 0.0, 0.0
    if place < 0.0:
        index, place = 0, 0.0
    gradient = _TABLE[index + 1] - _TABLE[index]
    return math.exp(_TABLE[index] + gradient * (place - index)), gradient / _STEP_M
