"""Geometry of a judge, and which true body each tracked object is."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from typing import Protocol

import numpy as np

from nadhir.exercise.score_input import Judged, States
from nadhir.model import Ellipse, TrackProduct

MEAN_EARTH_RADIUS_KM = 6371.0088
NEAR_M = 30e3
FARTHEST_M = 100e3


class Place(Protocol):
    """Anything with a geodetic latitude and longitude."""

    @property
    def latitude_deg(self) -> float: ...
    @property
    def longitude_deg(self) -> float: ...


class PlaceWithEllipse(Place, Protocol):
    """A place with the region that holds the true one with probability 0.9."""

    @property
    def ellipse_90(self) -> Ellipse: ...


def great_circle_km(one: Place, other: Place) -> float:
    """Distance (km) on a sphere of the Earth's mean radius, by the haversine formula."""
    first, second = math.radians(one.latitude_deg), math.radians(other.latitude_deg)
    longitude = math.radians(other.longitude_deg - one.longitude_deg)
    haversine = math.sin((second - first) / 2) ** 2 + math.cos(first) * math.cos(second) * math.sin(longitude / 2) ** 2
    return 2 * MEAN_EARTH_RADIUS_KM * math.asin(math.sqrt(haversine))


def ellipse_distance_squared(stated: PlaceWithEllipse, true: Place) -> float:
    """Squared distance of the true place from the stated one, in units of the 90 % ellipse: at most 1 inside it.

    On a flat map with 111.13 km to a degree of latitude and 111.32 km to one of longitude at the equator, as other
    judges of the format reckon.
    """
    east_m = (
        ((true.longitude_deg - stated.longitude_deg + 180) % 360 - 180)
        * 111.32e3
        * math.cos(math.radians(stated.latitude_deg))
    )
    north_m = (true.latitude_deg - stated.latitude_deg) * 111.13e3
    ellipse = stated.ellipse_90
    azimuth = math.radians(ellipse.azimuth_deg)
    along_m = east_m * math.sin(azimuth) + north_m * math.cos(azimuth)
    across_m = east_m * math.cos(azimuth) - north_m * math.sin(azimuth)
    return (along_m / ellipse.semi_major_m) ** 2 + (across_m / ellipse.semi_minor_m) ** 2


def match_objects(products: Iterable[Judged], states: dict[str, States]) -> dict[str, str | None]:
    """True body of each tracked object, or None where it follows none.

    A candidate body flies during at least half of the track, and half of the track lies within `NEAR_M` of it. Pairs
    are taken in order of their mean squared distance (capped at `FARTHEST_M`); each body goes first to one object,
    since payload and spent stage fly close together, and what is left takes its nearest.
    """
    tracks: dict[str, list[tuple[float, ...]]] = defaultdict(list)
    for product in products:
        if isinstance(product, TrackProduct):
            tracks[product.object].append((product.time, *product.position_m))
    pairs: list[tuple[float, str, str]] = []
    for name, rows in tracks.items():
        track = np.array(rows)
        for body, flown in states.items():
            during = track[(track[:, 0] >= flown[0, 0]) & (track[:, 0] <= flown[-1, 0])]
            if len(during) < 0.5 * len(track):
                continue
            true = np.stack([np.interp(during[:, 0], flown[:, 0], flown[:, axis]) for axis in (1, 2, 3)], axis=1)
            squared = np.sum((true - during[:, 1:]) ** 2, axis=1)
            if np.median(squared) < NEAR_M**2:
                pairs.append((float(np.mean(np.minimum(squared, FARTHEST_M**2))), name, body))
    pairs.sort(key=lambda pair: pair[0])
    matched: dict[str, str | None] = dict.fromkeys(tracks)
    for _, name, body in pairs:
        if matched[name] is None and body not in matched.values():
            matched[name] = body
    for _, name, body in pairs:
        if matched[name] is None:
            matched[name] = body
    return matched
