"""Cursor on Target events for a warning: what a TAK display shows, and what takes it away again.

Schema: MITRE MP090284, Cursor on Target Message Router User's Guide (event, point, detail). A warning is a marker with
its text, a drawing for each ring of each area (`u-d-f`), an ellipse for each predicted impact (`u-d-c-e`) and a
track for each object (`a-u-A`). The uid of each follows from the warning alone, so that a later message, even from a
restarted node, moves or ends the same thing.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime

import numpy as np
from lxml import etree

from nadhir.channels.port import Outgoing, Ring
from nadhir.channels.text import area_name, strip_isolates
from nadhir.geo import east_north_up, ecef_to_geodetic
from nadhir.model import ImpactProduct, Mode, TrackProduct

Place = tuple[float, float, float]
"""Latitude, longitude (degrees), height above the ellipsoid (m)."""

AREA = "u-d-f"
ELLIPSE = "u-d-c-e"
MARKER = "b-m-p-s-m"
TRACK = "a-u-A"
DELETE = "t-x-d-d"
PING = "t-x-c-t"
PONG = b"t-x-c-t-r"
UNKNOWN = "9999999.0"
"""What the schema writes for an error that is not known."""
COLOUR: dict[Mode, int] = {"live": 0xFFFF3B30, "exercise": 0xFF00B4FF, "replay": 0xFFAAAAAA}
"""ARGB of outlines: a drill never looks like a warning."""


def warning_events(message: Outgoing, now: float) -> dict[str, bytes]:
    """The events that show `message`, by uid; `now` is Unix seconds."""
    mode = message.warning.mode
    text = message.texts.get("en") or next(iter(message.texts.values()))
    prefix = f"nadhir-{mode}-{message.warning.authority}-{message.warning.warning}"
    events: dict[str, etree._Element] = {}

    def add(name: str, kind: str, label: str, place: Place, error_m: str = UNKNOWN) -> etree._Element:
        """Begin an event with its label and text; gives its detail, for what it is."""
        uid = f"{prefix}-{name}"
        events[uid] = _event(uid, kind, mode, now, message.expires, place, error_m)
        detail = etree.SubElement(events[uid], "detail")
        etree.SubElement(detail, "contact", callsign=label)
        etree.SubElement(detail, "remarks").text = strip_isolates(text.long)
        return detail

    likeliest = sorted(message.warning.areas, key=lambda area: (-area.probability, area.code))
    outlined = [area.code for area in likeliest if message.outlines.get(area.code)]
    if outlined:
        ring = max(message.outlines[outlined[0]], key=len)
        _polyline(add("warning", MARKER, text.event, _middle(ring)), ring, mode)
    for code in outlined:
        label = f"{text.event}: {area_name(code, text.language)}"
        for number, ring in enumerate(message.outlines[code]):
            detail = add(f"area-{code}-{number}", AREA, label, _middle(ring))
            for latitude, longitude in ring:
                etree.SubElement(detail, "link", point=f"{latitude:.5f},{longitude:.5f}")
            _polyline(detail, ring, mode)
    for impact in message.impacts:
        place = (impact.latitude_deg, impact.longitude_deg, 0.0)
        _ellipse(add(f"impact-{impact.object}", ELLIPSE, text.event, place), impact, mode)
    for track in message.tracks:
        place, course_deg, speed_mps, error_m = _motion(track)
        label = f"{text.event}: {track.object}" + (" (lost)" if track.phase == "lost" else "")
        detail = add(f"track-{track.object}", TRACK, label, place, f"{error_m:.0f}")
        etree.SubElement(detail, "track", course=f"{course_deg:.1f}", speed=f"{speed_mps:.1f}")
    return {uid: _bytes(event) for uid, event in events.items()}


def ended(event: bytes, words: str, now: float, stale: float) -> bytes:
    """`event` once more, worded as over and stale at `stale`: a server that keeps events then lets go of it."""
    element = _parsed(event)
    element.set("time", _time(now))
    element.set("start", _time(now))
    element.set("stale", _time(stale))
    for contact in element.iter("contact"):
        contact.set("callsign", words)
    for remarks in element.iter("remarks"):
        remarks.text = words
    return _bytes(element)


def deletion(event: bytes, now: float) -> bytes:
    """The order to take `event` off a display, drawings included: those do not look at `stale`."""
    element = _parsed(event)
    uid = element.get("uid", "")
    order = _event(f"{uid}-delete", DELETE, "live", now, now + 60.0, (0.0, 0.0, 0.0))
    order.set("how", "h-g-i-g-o")
    detail = etree.SubElement(order, "detail")
    etree.SubElement(detail, "link", uid=uid, relation="p-p", type=element.get("type", ""))
    etree.SubElement(detail, "__forcedelete")
    return _bytes(order)


def ping(now: float) -> bytes:
    """A question that a server answers (`PONG`) when it has read all that came before it."""
    return _bytes(_event("nadhir-ping", PING, "live", now, now + 20.0, (0.0, 0.0, 0.0)))


def _event(
    uid: str,
    kind: str,
    mode: Mode,
    now: float,
    stale: float,
    place: Place,
    error_m: str = UNKNOWN,
) -> etree._Element:
    """An event without its detail."""
    event = etree.Element(
        "event",
        version="2.0",
        uid=uid,
        type=kind,
        how="m-f" if mode == "live" else "m-s",  # fused from sensors, or simulated
        time=_time(now),
        start=_time(now),
        stale=_time(stale),
    )
    latitude, longitude, height_m = place
    etree.SubElement(
        event,
        "point",
        lat=f"{latitude:.5f}",
        lon=f"{longitude:.5f}",
        hae=f"{height_m:.1f}",
        ce=error_m,
        le=error_m,
    )
    return event


def _polyline(detail: etree._Element, ring: Ring, mode: Mode) -> None:
    line = etree.SubElement(etree.SubElement(detail, "shape"), "polyline", closed="true")
    for latitude, longitude in ring:
        etree.SubElement(line, "vertex", lat=f"{latitude:.5f}", lon=f"{longitude:.5f}", hae="0")
    _colours(detail, mode)


def _ellipse(detail: etree._Element, impact: ImpactProduct, mode: Mode) -> None:
    """Semi-axes in metres, angle of the major one clockwise from north."""
    region = impact.ellipse_90
    etree.SubElement(
        etree.SubElement(detail, "shape"),
        "ellipse",
        major=f"{region.semi_major_m:.0f}",
        minor=f"{region.semi_minor_m:.0f}",
        angle=f"{region.azimuth_deg % 360.0:.1f}",
    )
    _colours(detail, mode)


def _colours(detail: etree._Element, mode: Mode) -> None:
    """Colours are signed 32-bit numbers: the outline, and a fill that lets the map through."""
    outline = COLOUR[mode]
    etree.SubElement(detail, "strokeColor", value=str(outline - 2**32))
    etree.SubElement(detail, "strokeWeight", value="3.0")
    etree.SubElement(detail, "fillColor", value=str(outline & 0x00FFFFFF | 0x40000000))


def _motion(track: TrackProduct) -> tuple[Place, float, float, float]:
    """Place, course over ground (degrees clockwise from north), speed over ground (m/s), error of a coordinate (m)."""
    latitude, longitude, height_m = ecef_to_geodetic(np.array(track.position_m))
    east, north, _ = east_north_up(latitude, longitude) @ np.array(track.velocity_mps)
    variance = (track.covariance[0] + track.covariance[6] + track.covariance[11]) / 3.0
    place = (math.degrees(latitude), math.degrees(longitude), float(height_m))
    return place, math.degrees(math.atan2(east, north)) % 360.0, math.hypot(east, north), math.sqrt(variance)


def _middle(ring: Ring) -> Place:
    """A place to hang a label on: the mean of the corners."""
    corners = ring[:-1] or ring
    return (sum(corner[0] for corner in corners) / len(corners), sum(c[1] for c in corners) / len(corners), 0.0)


def _parsed(event: bytes) -> etree._Element:
    return etree.fromstring(event, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))


def _bytes(element: etree._Element) -> bytes:
    return bytes(etree.tostring(element))


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
