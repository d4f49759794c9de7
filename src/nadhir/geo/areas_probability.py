"""The probability that a Gaussian place lies in each of many areas: exact sums over their edges.

In coordinates in which the Gaussian is standard, the mass of a polygon is a sum over its edges, by Green's theorem: the
angle under which the edge is seen from the centre over 2π, less a difference of Owen's T function. Source: Owen, Tables
for computing bivariate normal probabilities, Annals of Mathematical Statistics 27 (1956), 1075-1090. Only edges near
the Gaussian are looked at one by one; of the rest of a ring only whole turns about the centre are counted.
"""

from __future__ import annotations

import math

import numpy as np
import scipy

from nadhir.geo.areas import EARTH_RADIUS_M, LONGEST_EDGE_DEG, AreaMap, FloatArray, unit_vectors
from nadhir.geo.earth import east_north_up
from nadhir.geo.ellipse import CHI_SQUARED_90
from nadhir.model import Ellipse

REACH_SIGMAS = 6.0
"""Further away than this nothing is counted: 2e-8."""
LONGEST_EDGE_M = math.radians(LONGEST_EDGE_DEG) * EARTH_RADIUS_M
NEGLIGIBLE = 1e-4
"""Smaller probabilities are left out."""


def area_probabilities(
    areas: AreaMap, latitude_deg: float, longitude_deg: float, ellipse_90: Ellipse
) -> dict[str, float]:
    """Probability of each area that it holds the point whose 90 % ellipse is given; negligible ones left out.

    The plane is the azimuthal equidistant one about the centre: distances from the centre are right on the sphere.
    """
    sigma_major = ellipse_90.semi_major_m / math.sqrt(CHI_SQUARED_90)
    sigma_minor = ellipse_90.semi_minor_m / math.sqrt(CHI_SQUARED_90)
    centre = unit_vectors(np.array([[longitude_deg, latitude_deg]]))
    near = areas.rings_near(centre, REACH_SIGMAS * sigma_major)
    if not len(near):
        return {}
    corners, start = areas.corners_of(near)
    east, north, up = east_north_up(math.radians(latitude_deg), math.radians(longitude_deg))
    azimuth = math.radians(ellipse_90.azimuth_deg)
    sine, cosine = math.sin(azimuth), math.cos(azimuth)
    height, along, across = np.stack([up, sine * east + cosine * north, sine * north - cosine * east]) @ corners.T
    begins = np.ones(len(corners), dtype=bool)
    begins[start[1:] - 1] = False  # from the end of one ring to the beginning of the next is no edge
    reach = min((REACH_SIGMAS * sigma_major + LONGEST_EDGE_M) / EARTH_RADIUS_M, math.pi)
    close = height > math.cos(reach)

    edges = np.flatnonzero(begins & close)
    east_m, north_m = equidistant(corners[[edges, edges + 1]].reshape(-1, 3), latitude_deg, longitude_deg)
    x = ((east_m * sine + north_m * cosine) / sigma_major).reshape(2, -1)
    y = ((north_m * sine - east_m * cosine) / sigma_minor).reshape(2, -1) + 0.0
    # A closed ring turns by no angle in all but whole turns: what is far away adds what the close edges lack to them.
    bearing = np.arctan2(y, x) / (2.0 * math.pi)
    mass = _edges(x, y) - (bearing[1] - bearing[0])
    left = across >= 0.0
    beyond = np.flatnonzero(begins & ~close & (left != np.roll(left, -1)) & (along + np.roll(along, -1) < 0.0))
    turns = np.where(left[beyond], 1.0, -1.0)

    ring = np.searchsorted(start, np.concatenate([edges, beyond]), side="right") - 1
    total = np.bincount(areas.ring_owner[near[ring]], np.concatenate([mass, turns]), len(areas.codes))
    return {areas.codes[k]: min(float(total[k]), 1.0) for k in np.flatnonzero(total > NEGLIGIBLE)}


def equidistant(points: FloatArray, latitude_deg: float, longitude_deg: float) -> tuple[FloatArray, FloatArray]:
    """East and north in metres of (n, 3) unit vectors, at their true distance and bearing from a point."""
    east, north, up = east_north_up(math.radians(latitude_deg), math.radians(longitude_deg))
    x, y = points @ east, points @ north
    sine = np.hypot(x, y)
    stretch = EARTH_RADIUS_M * np.arctan2(sine, points @ up) / np.maximum(sine, 1e-15)
    return x * stretch, y * stretch


def _edges(x: FloatArray, y: FloatArray) -> FloatArray:
    """Share of the standard Gaussian that each of n edges adds, from corners to corners: (2, n) places."""
    dx, dy = x[1] - x[0], y[1] - y[0]
    length = np.maximum(np.hypot(dx, dy), 1e-12)
    dx, dy = dx / length, dy / length
    height = x[0] * dy - y[0] * dx
    height = np.where(np.abs(height) < 1e-12, 1e-12, height)
    first = (x[0] * dx + y[0] * dy) / height
    last = (x[1] * dx + y[1] * dy) / height
    seen = (np.arctan(last) - np.arctan(first)) / (2.0 * math.pi)
    close = np.abs(height) < REACH_SIGMAS  # T falls off as exp(-height²/2)
    high, begin, end = height[close], first[close], last[close]
    seen[close] -= scipy.special.owens_t(high, end) - scipy.special.owens_t(high, begin)
    return np.asarray(seen)
