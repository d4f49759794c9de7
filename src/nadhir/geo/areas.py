"""Warning areas: named outlines with ISO 3166 codes, from a user's GeoJSON or the coarse ones that come with Nadhir.

Districts have ISO 3166-2 codes (`JP-05`), countries ISO 3166-1 alpha-2 ones (`PH`); the open sea has none. The default
outlines are Natural Earth's (public domain), derived by `scripts/derive_areas.py`: good to a kilometre for Japan's
prefectures and Korea's provinces, to ten elsewhere. They state nothing about any border.
"""

from __future__ import annotations

import gzip
import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

import msgspec
import numpy as np
import shapely
from numpy.typing import NDArray

from nadhir.model.unreadable import UNREADABLE

FloatArray = NDArray[np.float64]
Level = Literal["district", "country"]

EARTH_RADIUS_M = 6_371_008.8
"""Mean radius: distances to 0.4 %, far less than the outlines' own error."""
LONGEST_EDGE_DEG = 0.25
"""Longer edges are divided, so that they stay straight in any projection used here."""
TOUCHING_DEG = 0.03
"""Areas nearer to each other than this are neighbours: simplified outlines may part a little."""
BAND_DEG = 5.0
"""Outlines are widened in bands of latitude no higher than this: a degree of longitude is about one length in each."""
CORNER = 1.2
"""A sharp corner of a widened outline is cut off at so many margins from the corner that it surrounds."""
LIMITS_DEG = [-540.0, -90.0], [540.0, 90.0]


class AreaError(ValueError):
    """Outlines that cannot be used; the message is one line and says what to do."""


@dataclass(frozen=True)
class Area:
    """One warning area. `geometry` is in degrees, longitude first, as GeoJSON has it."""

    code: str
    name: str
    geometry: shapely.Geometry

    @property
    def level(self) -> Level:
        """Whether it is a part of a country or a whole one."""
        return "district" if "-" in self.code else "country"


class AreaMap:
    """Areas prepared for many questions.

    The corners of all rings stand in one array, outer rings counter-clockwise and holes clockwise, so that a sum over
    edges is a sum over areas; each ring has a circle around it, so that what is far away is passed over at once.
    """

    def __init__(self, areas: Iterable[Area]) -> None:
        self.areas: dict[str, Area] = {area.code: area for area in areas}
        if not self.areas:
            raise AreaError("no area with a code; give features a property `code` with an ISO 3166 code")
        self.codes = tuple(self.areas)
        self._neighbours: dict[str, frozenset[str]] = {}
        self._parts: dict[frozenset[str], AreaMap | None] = {}
        self._widened: dict[float, AreaMap] = {}
        self._tree = shapely.STRtree([area.geometry for area in self.areas.values()])
        rings, owners = [], []
        for number, area in enumerate(self.areas.values()):
            for ring in _rings(area.geometry):
                rings.append(ring)
                owners.append(number)
        self.ring_owner = np.array(owners)
        """Number of the area that each ring belongs to."""
        self._lengths = np.array([len(ring) for ring in rings])
        self.ring_start = np.concatenate([[0], np.cumsum(self._lengths)])
        """Where each ring begins in `corners`; one more at the end."""
        self.corners = unit_vectors(np.concatenate(rings))
        """(n, 3) unit vectors of all corners, each ring closed."""
        middle = np.array(
            [self.corners[a:b].mean(0) for a, b in zip(self.ring_start, self.ring_start[1:], strict=False)]
        )
        self._middle = middle / np.linalg.norm(middle, axis=1, keepdims=True)
        away = np.arccos(np.clip(np.sum(self.corners * np.repeat(self._middle, self._lengths, axis=0), axis=1), -1, 1))
        self._radius = np.maximum.reduceat(away, self.ring_start[:-1])
        self._caps = np.column_stack([self._middle, np.cos(self._radius), np.sin(self._radius)])

    def rings_near(self, centres: FloatArray, distance_m: float | FloatArray) -> NDArray[np.int64]:
        """Numbers of the rings that may come within a distance (m, one for all or one each) of any of (k, 3) unit
        vectors."""
        reach = np.broadcast_to(np.minimum(np.asarray(distance_m) / EARTH_RADIUS_M, np.pi), len(centres))
        # cos(away) > cos(radius + reach) by the sum of angles: one product of matrices, no arc cosine
        nearer = self._caps @ np.column_stack([centres, -np.cos(reach), np.sin(reach)]).T > 0.0
        return np.flatnonzero(nearer.any(axis=1) | (self._radius + reach.max() >= np.pi))

    def rings_before(self, centre: FloatArray, direction: FloatArray, from_m: float, to_m: float) -> NDArray[np.int64]:
        """Numbers of the rings that may have a corner in the half of the Earth on the side of a `direction`.

        Both are unit vectors (3,), at right angles; of the ring, some part may lie between two distances (m) from the
        centre.
        """
        away = np.arccos(np.clip(self._middle @ centre, -1.0, 1.0))
        ahead = np.arcsin(np.clip(self._middle @ direction, -1.0, 1.0))
        near, far = from_m / EARTH_RADIUS_M, to_m / EARTH_RADIUS_M
        return np.flatnonzero(
            (ahead + self._radius > 0.0) & (away + self._radius >= near) & (away - self._radius < far)
        )

    def corners_of(self, rings: NDArray[np.int64]) -> tuple[FloatArray, NDArray[np.int64]]:
        """Corners of some rings one after the other, and where each begins (with the end)."""
        lengths = self._lengths[rings]
        start = np.concatenate([[0], np.cumsum(lengths)])
        found = np.repeat(self.ring_start[rings] - start[:-1], lengths) + np.arange(start[-1])
        return self.corners.take(found, axis=0), start

    def code_at(self, latitude_deg: float, longitude_deg: float, offshore_m: float = 0.0) -> str | None:
        """Code of the area that holds a point or, up to `offshore_m` from its shore, of the nearest; none at sea."""
        point = shapely.Point((longitude_deg + 180.0) % 360.0 - 180.0, latitude_deg)
        inside = self._tree.query(point, predicate="intersects")
        if len(inside):
            return self.codes[int(inside.min())]
        nearest = self._tree.nearest(point)
        if offshore_m <= 0.0 or nearest is None:
            return None
        shore = shapely.shortest_line(point, self._tree.geometries[nearest])
        east_deg, north_deg = np.ptp(shapely.get_coordinates(shore), axis=0)
        distance_m = np.radians(np.hypot(east_deg * np.cos(np.radians(latitude_deg)), north_deg)) * EARTH_RADIUS_M
        return self.codes[int(nearest)] if distance_m <= offshore_m else None

    def neighbours(self, code: str) -> frozenset[str]:
        """Codes of the areas that touch an area. The first time is slow, some tenths of a millisecond."""
        if code not in self._neighbours:
            found = self._tree.query(self.areas[code].geometry, predicate="dwithin", distance=TOUCHING_DEG)
            self._neighbours[code] = frozenset(self.codes[int(k)] for k in found) - {code}
        return self._neighbours[code]

    def part(self, codes: Collection[str]) -> AreaMap | None:
        """The same map with these areas alone, None where there are none; made once."""
        wanted = frozenset(codes)
        if wanted not in self._parts:
            some = [area for code, area in self.areas.items() if code in wanted]
            self._parts[wanted] = AreaMap(some) if some else None
        return self._parts[wanted]

    def widened(self, margin_m: float) -> AreaMap:
        """The same areas, each with all that lies within a margin (m) of it; they so overlap.

        At least the margin, up to a fifth more along edges, 1.6 times that at corners (below 65° of latitude). Parts of
        one area may touch along a parallel. The first time is slow, a fifth of a second for the world; made once.
        """
        if margin_m not in self._widened:
            outlines = _widened([area.geometry for area in self.areas.values()], margin_m)
            self._widened[margin_m] = AreaMap(
                Area(area.code, area.name, outline) for area, outline in zip(self.areas.values(), outlines, strict=True)
            )
        return self._widened[margin_m]


def unit_vectors(points_deg: FloatArray) -> FloatArray:
    """Unit vectors (n, 3) of (n, 2) longitudes and latitudes in degrees, on the sphere of geodetic latitudes."""
    longitude, latitude = np.radians(points_deg).T
    return np.stack(
        [np.cos(latitude) * np.cos(longitude), np.cos(latitude) * np.sin(longitude), np.sin(latitude)], axis=-1
    )


def read_areas(file: Path) -> AreaMap:
    """Areas of a GeoJSON file (or .geojson.gz): polygons with the properties `code` and, if any, `name`.

    Raises AreaError when the file cannot be used.
    """
    try:
        raw = file.read_bytes()
        return _parsed(gzip.decompress(raw) if file.suffix == ".gz" else raw, str(file))
    except OSError as error:
        raise AreaError(f"{file}: cannot be read ({error.strerror or error}); name a GeoJSON file") from None


@cache
def default_areas() -> AreaMap:
    """The coarse outlines that come with Nadhir."""
    packed = files("nadhir").joinpath("areas", "outlines.geojson.gz").read_bytes()
    return _parsed(gzip.decompress(packed), "outlines.geojson.gz")


class _Feature(msgspec.Struct):
    geometry: Any
    properties: dict[str, Any] | None = None


class _Collection(msgspec.Struct):
    features: list[_Feature]


def _parsed(text: bytes, source: str) -> AreaMap:
    try:
        features = msgspec.json.decode(text, type=_Collection).features
    except UNREADABLE as error:
        raise AreaError(f"{source}: not a GeoJSON feature collection ({error})") from None
    areas = []
    for number, feature in enumerate(features, 1):
        about = feature.properties or {}
        code = about.get("code")
        if not isinstance(code, str) or not code:
            raise AreaError(f"{source}, feature {number}: no property `code`; give it an ISO 3166 code")
        try:
            whole = shapely.from_geojson(msgspec.json.encode(feature.geometry))
        except shapely.GEOSException as error:
            raise AreaError(f"{source}, feature {number} ({code}): not a geometry ({error})") from None
        if whole is None or whole.is_empty or whole.geom_type not in ("Polygon", "MultiPolygon"):
            raise AreaError(f"{source}, feature {number} ({code}): not a polygon; warning areas are polygons")
        areas.append(Area(code, str(about.get("name", code)), shapely.make_valid(whole)))
    return AreaMap(areas)


def _widened(geometries: Sequence[shapely.Geometry], margin_m: float) -> list[shapely.Geometry]:
    """Geometries in degrees with all that lies within a margin of them; each band as wide as at its end near the pole.

    All at once, since thousands of calls for single ones take half a second. Bands meet and do not overlap: each is
    widened with what lies within the margin beyond its ends, and cut there.
    """
    if margin_m <= 0.0:
        return list(geometries)
    margin_deg = math.degrees(margin_m / EARTH_RADIUS_M)
    bands, owners, squeezes, ends = [], [], [], []
    for owner, geometry in enumerate(geometries):
        _, south, _, north = geometry.bounds
        edges = np.linspace(south, north, math.ceil((north - south) / BAND_DEG) + 1)
        for low, high in pairwise(edges):
            beyond = low - margin_deg, high + margin_deg
            whole = len(edges) <= 2
            bands.append(geometry if whole else shapely.clip_by_rect(geometry, -540.0, beyond[0], 540.0, beyond[1]))
            owners.append(owner)
            squeezes.append(math.cos(math.radians(min(max(abs(beyond[0]), abs(beyond[1])), 89.0))))
            ends.append((-90.0 if low == south else low, 90.0 if high == north else high))
    squeeze = np.array(squeezes)
    flat, rows = shapely.get_coordinates(bands, return_index=True)
    flat[:, 0] *= squeeze[rows]
    # Corners are mitred: round ones would be chords, which run inside the margin.
    wide = shapely.buffer(
        shapely.set_coordinates(np.array(bands), flat), margin_deg, join_style="mitre", mitre_limit=CORNER
    )
    spread, rows = shapely.get_coordinates(wide, return_index=True)
    spread[:, 0] /= squeeze[rows]
    wide = shapely.set_coordinates(wide, np.clip(spread, *LIMITS_DEG))
    found: list[list[shapely.Geometry]] = [[] for _ in geometries]
    for owner, band, (low, high) in zip(owners, wide, ends, strict=True):
        cut = band if high - low == 180.0 else shapely.clip_by_rect(band, -540.0, low, 540.0, high)
        found[owner] += [part for part in shapely.get_parts(cut) if isinstance(part, shapely.Polygon)]
    return [shapely.MultiPolygon(parts) for parts in found]


def _rings(geometry: shapely.Geometry) -> list[FloatArray]:
    """Closed rings (n, 2) of all polygons, outer ones counter-clockwise, holes clockwise."""
    found = []
    for part in shapely.get_parts(geometry):
        if not isinstance(part, shapely.Polygon):
            continue
        # Ring by ring: a polygon's own edges are divided only after it was looked at whether it is valid, ten times as
        # slowly.
        for number, ring in enumerate((part.exterior, *part.interiors)):
            points, outer = shapely.get_coordinates(shapely.segmentize(ring, LONGEST_EDGE_DEG)), number == 0
            found.append(points if ring.is_ccw == outer else points[::-1])
    return found
