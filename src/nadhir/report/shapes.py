"""Shapes on the globe as longitudes and latitudes in degrees: ellipses, sectors, paths, cut areas.

On a sphere of the Earth's mean radius: within 0.4 % of WGS-84, far less than a line's width.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nadhir.model import Ellipse
from nadhir.report.basemap import EARTH_RADIUS_M

Points = NDArray[np.float64]
"""(n, 2): longitude, latitude in degrees."""


def reach(latitude_deg: float, longitude_deg: float, bearing_rad: ArrayLike, distance_m: ArrayLike) -> Points:
    """Points at bearings (clockwise from north) and distances from one point; longitudes within 180 of its own."""
    bearing, angle = np.asarray(bearing_rad, float), np.asarray(distance_m, float) / EARTH_RADIUS_M
    latitude = np.radians(latitude_deg)
    sine = np.sin(latitude) * np.cos(angle) + np.cos(latitude) * np.sin(angle) * np.cos(bearing)
    turn = np.arctan2(np.sin(bearing) * np.sin(angle) * np.cos(latitude), np.cos(angle) - np.sin(latitude) * sine)
    return np.stack([longitude_deg + np.degrees(turn), np.degrees(np.arcsin(np.clip(sine, -1, 1)))], axis=-1)


def ellipse_outline(latitude_deg: float, longitude_deg: float, region: Ellipse, corners: int = 72) -> Points:
    """The outline of a 90 % ellipse, counter-clockwise and closed."""
    angle = -np.linspace(0.0, 2.0 * np.pi, corners + 1)
    along, across = region.semi_major_m * np.cos(angle), region.semi_minor_m * np.sin(angle)
    bearing = np.radians(region.azimuth_deg) + np.arctan2(across, along)
    outline = reach(latitude_deg, longitude_deg, bearing, np.hypot(along, across))
    outline[-1] = outline[0]
    return outline


def sector_outline(
    latitude_deg: float, longitude_deg: float, radius_m: float, sector_deg: tuple[float, float] | None
) -> Points:
    """The ground outline of a radar's coverage: a circle, or a sector clockwise from one azimuth to another."""
    if sector_deg is None:
        return reach(latitude_deg, longitude_deg, np.linspace(0.0, 2.0 * np.pi, 121), radius_m)
    first, last = sector_deg
    width = (last - first) % 360.0 or 360.0
    arc = reach(latitude_deg, longitude_deg, np.radians(first + np.linspace(0.0, width, 91)), radius_m)
    apex = [[longitude_deg, latitude_deg]]
    return np.concatenate([apex, arc, apex])


def unwrap(points: Points) -> Points:
    """The same points with longitudes that run on across 180 degrees rather than jump."""
    longitude = np.degrees(np.unwrap(np.radians(points[:, 0])))
    return np.stack([longitude, points[:, 1]], axis=-1)


def ground_distance_m(from_deg: tuple[float, float], to_deg: tuple[float, float]) -> float:
    """Distance along the sphere between two (latitude, longitude) in degrees."""
    (lat0, lon0), (lat1, lon1) = np.radians(from_deg), np.radians(to_deg)
    haversine = np.sin((lat1 - lat0) / 2) ** 2 + np.cos(lat0) * np.cos(lat1) * np.sin((lon1 - lon0) / 2) ** 2
    return float(2.0 * EARTH_RADIUS_M * np.arcsin(np.sqrt(haversine)))


def clip(shape: Points, room: tuple[float, float, float, float]) -> Points:
    """A polygon (n, 2) cut to a rectangle of left, top, right, bottom (Sutherland and Hodgman, 1974)."""
    for axis, limit, sign in ((0, room[0], 1.0), (0, room[2], -1.0), (1, room[1], 1.0), (1, room[3], -1.0)):
        if len(shape) == 0:
            break
        depth = sign * (shape[:, axis] - limit)
        if (depth >= 0).all():
            continue
        following, next_depth = np.roll(shape, -1, axis=0), np.roll(depth, -1)
        corners: list[Points] = []
        for k in range(len(shape)):
            if depth[k] >= 0:
                corners.append(shape[k])
            if (depth[k] >= 0) != (next_depth[k] >= 0):
                share = depth[k] / (depth[k] - next_depth[k])
                corners.append(shape[k] + share * (following[k] - shape[k]))
        shape = np.array(corners).reshape(-1, 2)
    return shape
