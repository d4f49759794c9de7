"""The J2 field against an independent package and against its own potential."""

from __future__ import annotations

import numpy as np
import pytest

from nadhir.geo.earth import GRAVITATIONAL_PARAMETER, SEMI_MAJOR_AXIS_M
from nadhir.geo.gravity import J2, gravitation

# ECEF position (m) and acceleration (m/s²) by brahe 1.8.0, accel_earth_zonal_gravity to degree 2.
POINTS = [
    ((7000e3, 0.0, 0.0), (-8.145670270212175, 0.0, 0.0)),
    ((0.0, 0.0, 6500e3), (0.0, 0.0, -9.404826600086068)),
    ((-3500e3, 4200e3, 4500e3), (3.924150460531349, -4.708980552637619, -5.058649334047214)),
    ((-8000e3, 6000e3, -7000e3), (1.752767369638244, -1.3145755272286828, 1.5350318198972464)),
]


def potential(position: np.ndarray) -> float:
    radius = float(np.linalg.norm(position))
    legendre = 0.5 * (3 * (position[2] / radius) ** 2 - 1)
    return GRAVITATIONAL_PARAMETER / radius * (1 - J2 * (SEMI_MAJOR_AXIS_M / radius) ** 2 * legendre)


@pytest.mark.parametrize(("position", "expected"), POINTS)
def test_agrees_with_an_independent_package(position, expected):
    # Its GM is EGM96's 3.986004415e14 m³/s², eight parts in ten thousand million below WGS-84's.
    assert gravitation(*position) == pytest.approx(expected, rel=2e-9, abs=1e-12)


@pytest.mark.parametrize("position", [p for p, _ in POINTS])
def test_is_the_gradient_of_its_potential(position):
    step_m = 100.0
    gradient = [
        (potential(np.array(position) + d) - potential(np.array(position) - d)) / (2 * step_m)
        for d in step_m * np.eye(3)
    ]
    assert gravitation(*position) == pytest.approx(gradient, rel=1e-7, abs=1e-8)
