"""Coarse outlines of the world's countries, and places named in words by them.

The outlines are Natural Earth's (public domain), derived by `scripts/derive_basemap.py`. They are good to a few
kilometres, serve orientation only, and state nothing about any border.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import msgspec
import numpy as np
from numpy.typing import NDArray

EARTH_RADIUS_M = 6_371_008.8
COAST_M = 5e3
"""Nearer to a coarse outline than this, land and sea are not told apart."""
COMPASS = ("north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west")


@dataclass(frozen=True)
class Outline:
    """A country: its name and its closed rings, each (n, 2) longitude and latitude in degrees, inside by even-odd."""

    name: str
    rings: tuple[NDArray[np.float64], ...]


class Extent:
    """Shapes of the map with a circle around each, so that what is far away is passed over at once."""

    def __init__(self, shapes: Sequence[NDArray[np.float64]]) -> None:
        self.shapes = shapes
        corners = [_unit(shape) for shape in shapes]
        middle = np.array([c.mean(0) for c in corners])
        self._middle = middle / np.linalg.norm(middle, axis=1, keepdims=True)
        nearest = [(c @ m).min() for c, m in zip(corners, self._middle, strict=True)]
        self._radius = np.arccos(np.clip(nearest, -1.0, 1.0))
        self._low = np.array([shape.min(0) for shape in shapes])
        self._high = np.array([shape.max(0) for shape in shapes])

    def near(self, latitude_deg: float, longitude_deg: float, angle_rad: float) -> list[int]:
        """Numbers of the shapes that may come within an angle of a point."""
        away = np.arccos(np.clip(self._middle @ _unit(np.array([[longitude_deg, latitude_deg]]))[0], -1.0, 1.0))
        return [int(k) for k in np.flatnonzero(away - self._radius < angle_rad)]

    def around(self, latitude_deg: float, longitude_deg: float) -> list[int]:
        """Numbers of the closed shapes that have a point inside."""
        point = (longitude_deg, latitude_deg)
        boxed = np.flatnonzero(((self._low <= point) & (self._high >= point)).all(1)).tolist()
        return [k for k in boxed if _crossings(self.shapes[k], latitude_deg, longitude_deg) % 2]


@cache
def rings() -> tuple[Extent, tuple[str, ...]]:
    """All rings of all countries, and the country of each."""
    named = [(ring, country.name) for country in outlines() for ring in country.rings]
    return Extent([ring for ring, _ in named]), tuple(name for _, name in named)


@cache
def outlines() -> tuple[Outline, ...]:
    """All countries of the bundled map."""
    topology = _topology()
    arcs = _arcs()
    countries = []
    for geometry in topology["objects"]["countries"]["geometries"]:
        closed = tuple(
            np.concatenate([arcs[k] if k >= 0 else arcs[~k][::-1] for k in ring])
            for polygon in geometry["arcs"]
            for ring in polygon
        )
        countries.append(Outline(geometry["properties"]["name"], closed))
    return tuple(countries)


@cache
def lines() -> tuple[Extent, tuple[bool, ...]]:
    """Each coast or border once, and whether it is a border on land. The map's own cuts along 180 degrees east are
    left out."""
    users = [0] * len(_arcs())
    for geometry in _topology()["objects"]["countries"]["geometries"]:
        for polygon in geometry["arcs"]:
            for ring in polygon:
                for k in ring:
                    users[k if k >= 0 else ~k] += 1
    found = []
    for arc, count in zip(_arcs(), users, strict=True):
        at_cut = np.abs(arc[:, 0]) > 179.99
        breaks = np.flatnonzero(at_cut[1:] & at_cut[:-1]) + 1
        found += [(part, count > 1) for part in np.split(arc, breaks) if len(part) > 1]
    return Extent([part for part, _ in found]), tuple(border for _, border in found)


def country_at(latitude_deg: float, longitude_deg: float) -> str | None:
    """Name of the country whose coarse outline holds a point, none at sea."""
    found, owners = rings()
    held = Counter(owners[k] for k in found.around(latitude_deg, longitude_deg))
    return next((name for name, count in held.items() if count % 2), None)


@dataclass(frozen=True)
class Place:
    """The nearest country of a point, how far off its shore the point lies (0 inside), and the point in words."""

    country: str
    offshore_m: float
    words: str


def place(latitude_deg: float, longitude_deg: float) -> Place:
    """A point by name: `in Japan`, `on the coast of Japan` (within 5 km) or `at sea, 120 km west of Japan`."""
    longitude_deg = (longitude_deg + 180.0) % 360.0 - 180.0
    inside = country_at(latitude_deg, longitude_deg)
    if inside:
        return Place(inside, 0.0, f"in {inside}")
    directions, owners = _shore()
    there = _unit(np.array([[longitude_deg, latitude_deg]]))[0]
    nearest = int(np.argmax(directions @ there))
    coast = directions[nearest]
    country = outlines()[owners[nearest]].name
    offshore_m = 2.0 * EARTH_RADIUS_M * float(np.arcsin(np.linalg.norm(there - coast) / 2.0))
    if offshore_m < COAST_M:
        return Place(country, offshore_m, f"on the coast of {country}")
    if offshore_m > 1e6:
        return Place(country, offshore_m, f"in the open sea, {100 * round(offshore_m / 1e5):,} km from {country}")
    east = np.cross([0.0, 0.0, 1.0], coast)
    north = np.cross(coast, east)
    bearing = np.arctan2(there @ east, there @ north)
    point = COMPASS[int(np.round(bearing / (np.pi / 4))) % 8]
    kilometres = max(10 * round(offshore_m / 1e4), 10)
    return Place(country, offshore_m, f"at sea, {kilometres} km {point} of {country}")


def _crossings(ring: NDArray[np.float64], latitude_deg: float, longitude_deg: float) -> int:
    x, y = ring[:, 0], ring[:, 1]
    above = y > latitude_deg
    k = np.flatnonzero(above[1:] != above[:-1])
    crossing = x[k] + (latitude_deg - y[k]) * (x[k + 1] - x[k]) / (y[k + 1] - y[k])
    return int(np.count_nonzero(crossing > longitude_deg))


def _unit(points: NDArray[np.float64]) -> NDArray[np.float64]:
    longitude, latitude = np.radians(points).T
    return np.stack(
        [np.cos(latitude) * np.cos(longitude), np.cos(latitude) * np.sin(longitude), np.sin(latitude)], axis=-1
    )


@cache
def _shore() -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Unit vectors of outline points at most a fifth of a degree apart, and the number of the country of each."""
    points, owners = [], []
    for number, country in enumerate(outlines()):
        for ring in country.rings:
            step = np.abs(np.diff(ring, axis=0)).max(1)
            parts = np.maximum(np.ceil(step / 0.2), 1).astype(int)
            fraction = np.concatenate([np.arange(n) / n for n in parts])
            start = np.repeat(np.arange(len(parts)), parts)
            dense = ring[start] + fraction[:, None] * (ring[start + 1] - ring[start])
            points.append(_unit(dense))
            owners.append(np.full(len(dense), number))
    return np.concatenate(points), np.concatenate(owners)


@cache
def _topology() -> dict:  # type: ignore[type-arg]
    return dict(msgspec.json.decode(files("nadhir.report").joinpath("basemap.json").read_bytes()))


@cache
def _arcs() -> tuple[NDArray[np.float64], ...]:
    scale = np.array(_topology()["transform"]["scale"])
    return tuple(np.cumsum(arc, axis=0) * scale for arc in _topology()["arcs"])
