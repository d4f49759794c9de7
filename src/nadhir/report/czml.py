"""Events as CZML, for globes that play them (CZML Guide of AnalyticalGraphicsInc/czml-writer, version 1.0)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np

from nadhir.model import ImpactProduct, LaunchProduct, Mode
from nadhir.report.export import NOTICES
from nadhir.report.pictures import narrowing
from nadhir.report.record import EventRecord, ObjectRecord
from nadhir.report.shapes import ellipse_outline
from nadhir.report.words import iso

LEAD_S = 60.0
COLOURS = {"launch": [0, 114, 178, 255], "track": [230, 159, 0, 255], "impact": [213, 94, 0, 255]}
"""Okabe and Ito's, red green blue and opacity."""


def to_czml(events: Sequence[EventRecord], others: Sequence[ObjectRecord], mode: Mode = "replay") -> bytes:
    """A CZML document: flown paths in the Earth's frame, launch places, and impact ellipses while they were valid."""
    objects = [flown for event in events for flown in event.objects] + list(others)
    times = [state.time for flown in objects for state in flown.tracks]
    times += [launch.time for event in events for launch in event.launches]
    times += [impact.time for flown in objects for impact in flown.impacts[-1:]]
    packets: list[dict[str, Any]] = [
        {"id": "document", "version": "1.0", "name": f"{mode.upper()}: {NOTICES[mode]}"},
    ]
    if times:
        begin, end = iso(min(times)), iso(max(times) + LEAD_S)
        packets[0]["clock"] = {"interval": f"{begin}/{end}", "currentTime": begin, "multiplier": 10}
    for event in events:
        packets += [_place("launch", event.id, launch, launch.time, max(times)) for launch in event.launches[-1:]]
    for flown in objects:
        if flown.tracks:
            packets.append(_path(flown))
        kept = narrowing(flown.impacts)
        ends = [later.issued for later in kept[1:]] + [impact.time for impact in kept[-1:]]
        packets += [
            _place("impact", f"{flown.id}-{number}", impact, impact.issued, max(end, impact.issued))
            for number, (impact, end) in enumerate(zip(kept, ends, strict=True))
        ]
    return msgspec.json.encode(packets)


def _path(flown: ObjectRecord) -> dict[str, Any]:
    first, last = flown.tracks[0].time, flown.tracks[-1].time
    positions: list[float] = []
    before = -np.inf
    for state in flown.tracks:
        if state.time > before:
            before = state.time
            positions += [round(state.time - first, 3), *(round(axis, 1) for axis in state.position_m)]
    point = {"pixelSize": 8, "color": {"rgba": COLOURS["track"]}}
    trail = {"width": 2, "leadTime": 0, "material": {"solidColor": {"color": {"rgba": COLOURS["track"]}}}}
    position = {"epoch": iso(first), "referenceFrame": "FIXED", "cartesian": positions}
    availability = f"{iso(first)}/{iso(max(last, first + 1.0))}"
    return {
        "id": f"track/{flown.id}",
        "name": flown.id,
        "availability": availability,
        "position": position,
        "point": point,
        "path": trail,
    }


def _place(kind: str, name: str, product: LaunchProduct | ImpactProduct, begin: float, end: float) -> dict[str, Any]:
    outline = ellipse_outline(product.latitude_deg, product.longitude_deg, product.ellipse_90)
    corners = [round(value, 6) for longitude, latitude in outline[:-1].tolist() for value in (longitude, latitude, 0.0)]
    red, green, blue, _ = COLOURS[kind]
    fill = {"solidColor": {"color": {"rgba": [red, green, blue, 64]}}}
    area = {"positions": {"cartographicDegrees": corners}, "material": fill, "outline": True, "height": 0}
    return {
        "id": f"{kind}/{name}",
        "name": f"{kind} {name}, probability 0.9",
        "availability": f"{iso(begin)}/{iso(end)}",
        "position": {"cartographicDegrees": [product.longitude_deg, product.latitude_deg, 0.0]},
        "point": {"pixelSize": 8, "color": {"rgba": COLOURS[kind]}},
        "polygon": area,
    }
