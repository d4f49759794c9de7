"""Areas as CAP polygons within the limits of cell broadcast, without uncovering anyone.

Wireless emergency alerts take at most ten polygons of at most a hundred points. Simplifying lines keeps a coast near
its place, on either side of it: here every step only ever adds ground. Holes are filled, close parts (islands) are put
into one convex hull, and each outline is widened by a margin, simplified by at most that margin, rounded, and accepted
only if the rounded polygon still covers the part; else the margin grows. What results covers the input exactly, as
computed by shapely's predicates on the written coordinates.

Geometries are shapely's, longitude first, in degrees WGS-84; edges are straight in longitude and latitude, as in
GeoJSON and as CAP clients draw them. Longitudes past ±180 are taken as across the date line; results end
at it, as CAP needs.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from math import cos, pi, radians, sin

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage
from shapely import Polygon
from shapely.affinity import scale, translate

from nadhir.channels.cap.model import Polygon as Ring

MOST_POLYGONS = 10
MOST_POINTS = 100
"""In one polygon, the repeated first point counted."""
DECIMALS = 4
"""Eleven metres."""
MOST_SETS_KEPT = 1000

_SMALLEST_MARGIN_DEG = 2 * 10.0**-DECIMALS
_SIDES = 32
_DIRECTIONS = np.array([np.cos(np.arange(_SIDES) * 2 * pi / _SIDES), np.sin(np.arange(_SIDES) * 2 * pi / _SIDES)])
_BEFORE, _AFTER = np.arange(_SIDES) - 1, np.arange(1, _SIDES + 1) % _SIDES
_PARTS_HELD_TOGETHER = 128
"""So many parts are compared with each other; more are first put together by their boxes, in one sweep."""
_NEARLY = 2
"""A widened outline needs fewer points than the part itself: by less than so many times."""
_WORLD = shapely.box(-180, -90, 180, 90)


def cover(
    geometries: Iterable[shapely.Geometry], most_polygons: int = MOST_POLYGONS, most_points: int = MOST_POINTS
) -> list[Polygon]:
    """At most so many simple polygons, each of at most so many points, that together cover all geometries.

    They lie within ±180 and ±90 degrees, their coordinates have `DECIMALS` decimals. They may overlap. Raises
    ValueError for coordinates that are not finite or not on the Earth.
    """
    parts = _parts([geometry for geometry in geometries if not geometry.is_empty])
    return [_outline(part, most_points) for part in _together(parts, most_polygons)]


def rings(polygons: Iterable[Polygon]) -> tuple[Ring, ...]:
    """Polygons as CAP writes them: closed rings of (latitude, longitude)."""
    return tuple(
        tuple((float(latitude), float(longitude)) for longitude, latitude in polygon.exterior.coords)
        for polygon in polygons
    )


class Outlines:
    """Areas by code, ready for quick use: each is simplified once, and each set of areas is put together once."""

    def __init__(self, areas: Mapping[str, shapely.Geometry]) -> None:
        self._areas = areas
        self._simple: dict[str, list[Polygon]] = {}
        self._alone: dict[str, tuple[Ring, ...]] = {}
        self._together: dict[frozenset[str], tuple[Ring, ...]] = {}

    def prepare(self, codes: Iterable[str]) -> None:
        """Simplifies areas before they are needed: 5 to 100 ms each. Codes without an outline are passed over."""
        for code in codes:
            if code in self._areas and code not in self._simple:
                self._simple[code] = cover([self._areas[code]])
                self._alone[code] = rings(self._simple[code])

    def rings(self, codes: Collection[str]) -> tuple[Ring, ...]:
        """CAP polygons that cover all areas of these codes that have an outline."""
        key = frozenset(codes)
        self.prepare(sorted(key))
        if len(key) == 1:
            return next((self._alone[code] for code in key if code in self._alone), ())
        if key not in self._together:
            if len(self._together) >= MOST_SETS_KEPT:
                self._together.clear()
            self._together[key] = rings(cover(one for code in sorted(key) for one in self._simple.get(code, ())))
        return self._together[key]


def overshoot(polygons: Sequence[Polygon], geometries: Sequence[shapely.Geometry]) -> float:
    """Ground covered beyond the input, as a share of the input's (in degrees, each part at its own latitude)."""
    needed = sum(_ground(part) for part in _parts(geometries))
    return sum(_ground(part) for part in _parts(polygons)) / needed - 1.0


def _parts(geometries: Sequence[shapely.Geometry]) -> list[shapely.Geometry]:
    """What is connected, as single geometries within ±180 degrees, with their holes filled."""
    bounds = shapely.bounds(np.asarray(geometries, dtype=object)) if geometries else np.empty((0, 4))
    if not np.all(np.isfinite(bounds)) or np.any(np.abs(bounds) > (540, 90, 540, 90)):
        raise ValueError("coordinates must be finite, latitudes within 90 degrees and longitudes within 540")
    valid = [geometry if geometry.is_valid else shapely.make_valid(geometry) for geometry in geometries]
    within = [piece for geometry in valid for piece in _wrapped(geometry)]
    parts = shapely.get_parts(shapely.disjoint_subset_union_all(within))
    holed = shapely.get_num_interior_rings(parts) > 0
    if holed.any():  # what lies in a hole is covered with it
        parts = np.array([_filled(part) for part in parts])
        around, within_it = shapely.STRtree(parts).query(parts[holed], predicate="covers")
        parts = np.delete(parts, within_it[np.flatnonzero(holed)[around] != within_it])
    return [part for part in parts if not part.is_empty]


def _wrapped(geometry: shapely.Geometry) -> list[shapely.Geometry]:
    """Cut at the date line and brought within ±180 degrees."""
    west, _, east, _ = geometry.bounds
    if west >= -180 and east <= 180:
        return [geometry]
    turned = (translate(geometry, shift).intersection(_WORLD) for shift in (-360.0, 0.0, 360.0))
    return [piece for piece in turned if not piece.is_empty]


def _filled(part: shapely.Geometry) -> shapely.Geometry:
    return Polygon(part.exterior) if isinstance(part, Polygon) else part


def _ground(part: shapely.Geometry) -> float:
    _, south, _, north = part.bounds
    return float(part.area * cos(radians((south + north) / 2)))


# ---- fewer parts


def _together(parts: list[shapely.Geometry], most: int) -> list[shapely.Geometry]:
    """Puts parts into hulls until at most `most` are left, each time the two whose union wastes least ground.

    What a union wastes is estimated from how far its parts reach in each of `_DIRECTIONS`.
    """
    if len(parts) <= most:
        return parts
    if len(parts) > _PARTS_HELD_TOGETHER:
        parts = _by_boxes(parts, max(most, _PARTS_HELD_TOGETHER))
    groups = [[part] for part in parts]
    reach = np.array([(shapely.get_coordinates(part) @ _DIRECTIONS).max(axis=0) for part in parts])
    ground = np.array([_ground(part) for part in parts])
    waste = _hulls_ground(np.maximum(reach[:, None], reach)) - ground[:, None] - ground
    np.fill_diagonal(waste, np.inf)
    while len(groups) > most:
        kept, gone = sorted(int(index) for index in np.unravel_index(np.argmin(waste), waste.shape))
        groups[kept] += groups.pop(gone)
        reach[kept] = np.maximum(reach[kept], reach[gone])
        ground[kept] = _hulls_ground(reach[kept])
        reach, ground = np.delete(reach, gone, axis=0), np.delete(ground, gone)
        waste = np.delete(np.delete(waste, gone, axis=0), gone, axis=1)
        waste[kept] = waste[:, kept] = _hulls_ground(np.maximum(reach, reach[kept])) - ground - ground[kept]
        waste[kept, kept] = np.inf
    return [_hull(group) for group in groups]


def _hulls_ground(reach: NDArray[np.float64]) -> NDArray[np.float64]:
    """Ground of the smallest polygons with sides across all of `_DIRECTIONS` that reach so far in them, (…, 32)."""
    turn = 2 * pi / _SIDES
    sides = (reach[..., _BEFORE] + reach[..., _AFTER] - 2 * cos(turn) * reach) / sin(turn)
    north, south = reach[..., _SIDES // 4], -reach[..., 3 * _SIDES // 4]
    return np.asarray(0.5 * np.sum(reach * sides, axis=-1) * np.cos(np.radians((south + north) / 2)))


def _hull(group: Sequence[shapely.Geometry]) -> shapely.Geometry:
    """One part as it is, several as their convex hull."""
    return shapely.convex_hull(shapely.geometrycollections(list(group))) if len(group) > 1 else group[0]


def _by_boxes(parts: list[shapely.Geometry], most: int) -> list[shapely.Geometry]:
    """Puts parts whose boxes are alike into one hull: what is small and close, not an island and a mainland."""
    west, south, east, north = shapely.bounds(np.asarray(parts, dtype=object)).T
    shrink = np.cos(np.radians((south + north) / 2))
    groups = fcluster(
        linkage(np.column_stack([west * shrink, south, east * shrink, north]), "complete"), most, "maxclust"
    )
    return [_hull([part for part, of in zip(parts, groups, strict=True) if of == one]) for one in np.unique(groups)]


# ---- fewer points


def _outline(part: shapely.Geometry, most_points: int) -> Polygon:
    """A polygon with few enough points that covers a part."""
    if isinstance(part, Polygon) and _fits(part, part, most_points):
        return part
    _, south, _, north = part.bounds
    # Degrees of longitude are shorter than those of latitude: the margin is to be the same on the ground.
    stretch = max(0.05, cos(radians((south + north) / 2)))
    flat = scale(part, stretch, 1.0, origin=(0, 0))
    margin = _SMALLEST_MARGIN_DEG
    while margin < 360.0:
        if shapely.get_num_coordinates(_simpler(flat, margin)) < _NEARLY * most_points:
            # What both simplifications may uncover is less than what the widening adds.
            wide = _simpler(shapely.buffer(_simpler(flat, 0.1 * margin), margin, quad_segs=2), 0.8 * margin)
            for outline in shapely.get_parts(scale(wide, 1 / stretch, 1.0, origin=(0, 0)).intersection(_WORLD)):
                rounded = (
                    Polygon(np.round(shapely.get_coordinates(outline.exterior), DECIMALS)) if outline.area else outline
                )
                if _fits(rounded, part, most_points):
                    return rounded
        margin *= 1.5
    return _WORLD


def _simpler(geometry: shapely.Geometry, tolerance: float) -> shapely.Geometry:
    """With fewer points; a ring may come to cross itself, which `_fits` sees."""
    return shapely.simplify(geometry, tolerance, preserve_topology=False)


def _fits(polygon: shapely.Geometry, part: shapely.Geometry, most_points: int) -> bool:
    points = shapely.get_coordinates(polygon)
    return (
        len(points) <= most_points
        and np.array_equal(points, np.round(points, DECIMALS))
        and bool(polygon.is_valid)
        and bool(polygon.covers(part))
    )
