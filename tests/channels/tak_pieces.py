"""For tests of the TAK channel: a stream of events taken apart, an impact and a track."""

from __future__ import annotations

import math
import re

import numpy as np
from lxml import etree

from nadhir.geo import east_north_up, geodetic_to_ecef
from nadhir.model import Ellipse, ImpactProduct, TrackProduct

NOW = 1_800_000_010.0


class EventStream:
    """Bytes in, whole events out; a server may begin each with an XML declaration."""

    def __init__(self) -> None:
        self._parser = etree.XMLPullParser(events=("end",), tag="event")
        self._parser.feed(b"<stream>")

    def feed(self, data: bytes) -> list[etree._Element]:
        self._parser.feed(re.sub(rb"<\?xml[^>]*\?>", b"", data))
        return [element for _, element in self._parser.read_events()]


def an_impact(latitude_deg: float = 40.5, longitude_deg: float = 141.0) -> ImpactProduct:
    ellipse = Ellipse(30_000.0, 8_000.0, 70.0)
    return ImpactProduct("o1", "e1", "coast", NOW, NOW + 200.0, 5.0, latitude_deg, longitude_deg, ellipse)


def a_track(course_deg: float = 75.0, speed_mps: float = 3000.0, lost: bool = False) -> TrackProduct:
    """At 40 N, 137 E, 200 km high, known to 300 m in each coordinate."""
    latitude, longitude = math.radians(40.0), math.radians(137.0)
    course = math.radians(course_deg)
    local = speed_mps * np.array([math.sin(course), math.cos(course), 0.1])
    velocity = east_north_up(latitude, longitude).T @ local
    covariance = [0.0] * 21
    covariance[0] = covariance[6] = covariance[11] = 300.0**2
    return TrackProduct(
        "o1",
        "e1",
        NOW,
        NOW,
        "lost" if lost else "coast",
        tuple(geodetic_to_ecef(latitude, longitude, 200_000.0)),
        tuple(velocity),
        covariance,
    )
