"""WGS-84 conversions against values of an independent package, and round trips anywhere a flight can be."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nadhir.geo.earth import (
    FLATTENING,
    SEMI_MAJOR_AXIS_M,
    east_north_up,
    ecef_to_geodetic,
    geodetic_to_ecef,
    height_above_ellipsoid,
)

# Latitude, longitude (degrees), height (m) and ECEF position (m) by brahe 1.8.0, position_geodetic_to_ecef.
POINTS = [
    (0.0, 0.0, 0.0, (6378137.0, 0.0, 0.0)),
    (90.0, 0.0, 0.0, (0.0, 0.0, 6356752.3142)),
    (-45.0, -120.0, 1000e3, (-2612348.83, -4524720.9007, -5194455.1901)),
    (40.86, 129.67, 0.0, (-3083798.127, 3718412.591, 4150677.011)),
    (39.72, 140.1, 300e3, (-3945826.4078, 3299222.9764, 4245832.2303)),
    (5.0, 95.0, 35786035.0, (-3660879.896, 41844048.6852, 3671142.4204)),
]
latitudes = st.floats(-math.pi / 2, math.pi / 2)
longitudes = st.floats(-math.pi, math.pi)
while_it_compiles = settings(deadline=None)


@pytest.mark.parametrize(("latitude_deg", "longitude_deg", "height_m", "position"), POINTS)
def test_agrees_with_an_independent_package(latitude_deg, longitude_deg, height_m, position):
    latitude, longitude = math.radians(latitude_deg), math.radians(longitude_deg)
    assert geodetic_to_ecef(latitude, longitude, height_m) == pytest.approx(position, abs=2e-4)
    back = ecef_to_geodetic(np.array(position))
    assert back == pytest.approx((latitude, longitude, height_m), abs=2e-4, rel=1e-11)


@while_it_compiles
@given(latitudes, longitudes, st.floats(-5e3, 40e6))
def test_round_trip_returns_to_the_same_place(latitude, longitude, height_m):
    position = geodetic_to_ecef(latitude, longitude, height_m)
    back = ecef_to_geodetic(position)
    assert np.linalg.norm(geodetic_to_ecef(*back) - position) < 1e-5
    assert back[0] == pytest.approx(latitude, abs=1e-11)
    assert back[2] == pytest.approx(height_m, abs=1e-5)


@while_it_compiles
@given(latitudes, longitudes)
def test_local_axes_are_a_right_handed_frame_with_up_along_the_normal(latitude, longitude):
    axes = east_north_up(latitude, longitude)
    assert axes @ axes.T == pytest.approx(np.eye(3), abs=1e-14)
    assert np.linalg.det(axes) == pytest.approx(1.0)
    climb = geodetic_to_ecef(latitude, longitude, 1e3) - geodetic_to_ecef(latitude, longitude, 0.0)
    assert axes @ climb == pytest.approx([0.0, 0.0, 1e3], abs=1e-5)
    assert axes[0, 2] == 0.0


@while_it_compiles
@given(latitudes, longitudes, st.floats(0.0, 1000e3))
def test_quick_height_is_within_metres_and_exact_at_the_ground(latitude, longitude, height_m):
    position = geodetic_to_ecef(latitude, longitude, height_m)
    error_m = abs(height_above_ellipsoid(*position) - height_m)
    # Third order in the flattening at the ground; above it the radius leans from the normal by up to the flattening.
    lean_m = 0.5 * FLATTENING**2 * height_m
    assert error_m < SEMI_MAJOR_AXIS_M * FLATTENING**3 + 1.1 * lean_m
