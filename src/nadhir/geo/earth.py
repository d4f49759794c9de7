"""WGS-84: constants, geodetic coordinates, local frames.

Positions are Earth-centred, Earth-fixed (ECEF) in metres, latitudes and longitudes geodetic in radians (latitude
first), heights above the ellipsoid in metres. Source: NIMA TR8350.2, Department of Defense World Geodetic System 1984.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]

SEMI_MAJOR_AXIS_M = 6378137.0
FLATTENING = 1.0 / 298.257223563
ECCENTRICITY_SQUARED = FLATTENING * (2.0 - FLATTENING)
GRAVITATIONAL_PARAMETER = 3.986004418e14
"""GM of the Earth with its atmosphere, m³/s²."""
ROTATION_RATE = 7.292115e-5
"""Rotation of the Earth, rad/s."""


@njit(cache=True)
def geodetic_to_ecef(latitude: float, longitude: float, height_m: float) -> Vector:
    """ECEF position (3,) of a geodetic one."""
    sine = math.sin(latitude)
    normal = SEMI_MAJOR_AXIS_M / math.sqrt(1.0 - ECCENTRICITY_SQUARED * sine * sine)
    horizontal = (normal + height_m) * math.cos(latitude)
    position = np.empty(3)
    position[0] = horizontal * math.cos(longitude)
    position[1] = horizontal * math.sin(longitude)
    position[2] = (normal * (1.0 - ECCENTRICITY_SQUARED) + height_m) * sine
    return position


@njit(cache=True)
def ecef_to_geodetic(position: Vector) -> tuple[float, float, float]:
    """Latitude, longitude, height of an ECEF position (3,).

    Bowring's formula on the reduced latitude, iterated three times: exact to a micrometre from the Earth's surface to
    geostationary height. Source: Bowring, Survey Review 23 (1976), 323-327.
    """
    x, y, z = position[0], position[1], position[2]
    axis_distance = math.hypot(x, y)
    semi_minor = SEMI_MAJOR_AXIS_M * (1.0 - FLATTENING)
    second_eccentricity_squared = ECCENTRICITY_SQUARED / (1.0 - ECCENTRICITY_SQUARED)
    reduced = math.atan2(z, axis_distance * (1.0 - FLATTENING))
    latitude = 0.0
    for _ in range(3):
        sine, cosine = math.sin(reduced), math.cos(reduced)
        latitude = math.atan2(
            z + second_eccentricity_squared * semi_minor * sine**3,
            axis_distance - ECCENTRICITY_SQUARED * SEMI_MAJOR_AXIS_M * cosine**3,
        )
        reduced = math.atan2((1.0 - FLATTENING) * math.sin(latitude), math.cos(latitude))
    sine, cosine = math.sin(latitude), math.cos(latitude)
    normal = SEMI_MAJOR_AXIS_M / math.sqrt(1.0 - ECCENTRICITY_SQUARED * sine * sine)
    height_m = axis_distance * cosine + z * sine - normal * (1.0 - ECCENTRICITY_SQUARED * sine * sine)
    return latitude, math.atan2(y, x), height_m


@njit(cache=True)
def height_above_ellipsoid(x: float, y: float, z: float) -> float:
    """Height of an ECEF position to a few metres below 1,000 km, without trigonometry: for densities and crossings.

    The radius of the ellipsoid along the geocentric direction, to second order in the flattening.
    """
    radius = math.sqrt(x * x + y * y + z * z)
    sine_squared = (z / radius) ** 2
    ellipsoid = SEMI_MAJOR_AXIS_M * (
        1.0 - FLATTENING * sine_squared - 1.5 * FLATTENING * FLATTENING * sine_squared * (1.0 - sine_squared)
    )
    return radius - ellipsoid


@njit(cache=True)
def east_north_up(latitude: float, longitude: float) -> Matrix:
    """Rotation (3, 3) from ECEF to the local frame: rows are the unit vectors east, north and up."""
    sine_latitude, cosine_latitude = math.sin(latitude), math.cos(latitude)
    sine_longitude, cosine_longitude = math.sin(longitude), math.cos(longitude)
    rows = np.empty((3, 3))
    rows[0, 0], rows[0, 1], rows[0, 2] = -sine_longitude, cosine_longitude, 0.0
    rows[1, 0], rows[1, 1], rows[1, 2] = (
        -sine_latitude * cosine_longitude,
        -sine_latitude * sine_longitude,
        cosine_latitude,
    )
    rows[2, 0], rows[2, 1], rows[2, 2] = (
        cosine_latitude * cosine_longitude,
        cosine_latitude * sine_longitude,
        sine_latitude,
    )
    return rows
