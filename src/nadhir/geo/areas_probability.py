"""The probability that a Gaussian place lies in each of many areas: exact sums over their edges.

In coordinates in which the Gaussian is standard, the mass of a polygon is a sum over its edges, by Green's theorem: the
angle under which the edge is seen from the centre over 2π, less a difference of Owen's T function. Source: Owen, Tables
for computing bivariate normal probabilities, Annals of Mathematical Statistics 27 (1956), 1075-1090.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.special import owens_t

from nadhir.geo.areas import EARTH_RADIUS_M, AreaMap, FloatArray, unit_vectors
from nadhir.geo.ellipse import CHI_SQUARED_90
from nadhir.model import Ellipse

REACH_SIGMAS = 6.0
"""Further away than this nothing is counted: 2e-8."""
NEGLIGIBLE = 1e-4
"""Smaller probabilities are left out."""


def area_probabilities(
    areas: AreaMap, latitude_deg: float, longitude_deg: float, ellipse_90: Ellipse, margin_m: float = 0.0
) -> dict[str, float]:
    """Probability of each area that it holds the point whose 90 % ellipse is given; negligible ones left out.

    `margin_m` is one more standard deviation on both axes, for what neither ellipse nor outlines know. The plane is the
    azimuthal equidistant one about the centre: distances from the centre are right on the sphere.
    """
    sigma_major = math.hypot(ellipse_90.semi_major_m / math.sqrt(CHI_SQUARED_90), margin_m)
    sigma_minor = math.hypot(ellipse_90.semi_minor_m / math.sqrt(CHI_SQUARED_90), margin_m)
    centre = unit_vectors(np.array([[longitude_deg, latitude_deg]]))
    near = areas.rings_near(centre, REACH_SIGMAS * sigma_major)
    if not len(near):
        return {}
    corners, start = areas.corners_of(near)
    east, north = equidistant(corners, latitude_deg, longitude_deg)
    azimuth = math.radians(ellipse_90.azimuth_deg)
    along = (east * math.sin(azimuth) + north * math.cos(azimuth)) / sigma_major
    across = (north * math.sin(azimuth) - east * math.cos(azimuth)) / sigma_minor
    mass = _edges(along, across)
    mass[start[1:-1] - 1] = 0.0  # from the end of one ring to the beginning of the next
    rings = np.add.reduceat(mass, start[:-1])
    total = np.bincount(areas.ring_owner[near], rings, len(areas.codes))
    return {areas.codes[k]: min(float(total[k]), 1.0) for k in np.flatnonzero(total > NEGLIGIBLE)}


def equidistant(points: FloatArray, latitude_deg: float, longitude_deg: float) -> tuple[FloatArray, FloatArray]:
    """East and north in metres of (n, 3) unit vectors, at their true distance and bearing from a point."""
    latitude, longitude = math.radians(latitude_deg), math.radians(longitude_deg)
    up = np.array(
        [math.cos(latitude) * math.cos(longitude), math.cos(latitude) * math.sin(longitude), math.sin(latitude)]
    )
    east = np.array([-math.sin(longitude), math.cos(longitude), 0.0])
    x, y = points @ east, points @ np.cross(up, east)
    sine = np.hypot(x, y)
    stretch = EARTH_RADIUS_M * np.arctan2(sine, points @ up) / np.maximum(sine, 1e-15)
    return x * stretch, y * stretch


def _edges(x: FloatArray, y: FloatArray) -> FloatArray:
    """Share of the standard Gaussian that each edge adds, from each corner to the next; the last entry is 0."""
    dx, dy = np.diff(x), np.diff(y)
    length = np.maximum(np.hypot(dx, dy), 1e-12)
    dx, dy = dx / length, dy / length
    height = x[:-1] * dy - y[:-1] * dx
    height = np.where(np.abs(height) < 1e-12, 1e-12, height)
    first = (x[:-1] * dx + y[:-1] * dy) / height
    last = (x[1:] * dx + y[1:] * dy) / height
    seen = (np.arctan(last) - np.arctan(first)) / (2.0 * math.pi)
    close = np.abs(height) < REACH_SIGMAS  # T falls off as exp(-height²/2)
    seen[close] -= owens_t(height[close], last[close]) - owens_t(height[close], first[close])
    return np.append(seen, 0.0)
