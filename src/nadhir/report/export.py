"""A replay's events as files for other tools: CSV for tables, GeoJSON (RFC 7946) for maps."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np

from nadhir.model import ImpactProduct, LaunchProduct, Mode
from nadhir.report.pictures import narrowing, rest_of_path
from nadhir.report.record import EventRecord, ObjectRecord, RecordError
from nadhir.report.shapes import Points, clip, ellipse_outline, unwrap
from nadhir.report.words import iso

COLUMNS = (
    "mode",
    "kind",
    "event",
    "object",
    "issued_utc",
    "time_utc",
    "time_unix_s",
    "phase",
    "latitude_deg",
    "longitude_deg",
    "height_m",
    "speed_mps",
    "position_sigma_m",
    "velocity_sigma_mps",
    "time_sigma_s",
    "ellipse_90_semi_major_m",
    "ellipse_90_semi_minor_m",
    "ellipse_90_azimuth_deg",
)
"""Of the CSV: a cell is empty where a kind of row has no such value."""
NOTICES: dict[Mode, str] = {
    "replay": "Replay of recorded or simulated data by research software. Not an official warning.",
    "exercise": "Exercise. Not an official warning.",
    "live": "The picture of one nation's node. Warnings come from its authority.",
}


def choose(
    events: Sequence[EventRecord], others: Sequence[ObjectRecord], event: str | None
) -> tuple[list[EventRecord], list[ObjectRecord]]:
    """One event by its id, or everything. Raises RecordError when there is no such event."""
    if event is None:
        return list(events), list(others)
    chosen = [e for e in events if e.id == event]
    if not chosen:
        known = ", ".join(e.id for e in events) or "none"
        raise RecordError(f"no event {event} in this replay; its events: {known}")
    return chosen, []


def to_csv(events: Sequence[EventRecord], others: Sequence[ObjectRecord]) -> str:
    """One row for each launch report, track state and impact prediction, by event and object, each in order of issue.

    Columns are `COLUMNS`; sigmas of position and velocity are the roots of the traces of their covariances.
    """
    text = io.StringIO()
    table = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    table.writeheader()
    for event in events:
        table.writerows(_ground_row("launch", product) for product in event.launches)
    for flown in [o for event in events for o in event.objects] + list(others):
        table.writerows(_state_rows(flown))
        predicted = sorted([*flown.regions, *flown.impacts], key=lambda product: product.issued)
        table.writerows(_ground_row("impact", product) for product in predicted)
    return text.getvalue()


def to_geojson(events: Sequence[EventRecord], others: Sequence[ObjectRecord], mode: Mode = "replay") -> bytes:
    """A FeatureCollection, one feature a line: flown paths with heights, predicted rests of paths, points and ellipses
    of launches (the last word) and of impacts (the first prediction, each that halved the ellipse, the last).

    Longitude before latitude, outer rings counter-clockwise, shapes cut at 180 degrees, as RFC 7946 asks.
    """
    features: list[dict[str, Any]] = []
    for event in events:
        for report in event.launches[-1:]:
            features += _ground_features("launch", report, {"event": event.id, "status": report.status})
    for flown in [o for event in events for o in event.objects] + list(others):
        features += _path_features(flown)
        for product in narrowing(flown.impacts):
            about = {"event": flown.event, "object": flown.id, "phase": product.phase}
            features += _ground_features("impact", product, about)
    head = f'{{"type":"FeatureCollection","mode":"{mode}","notice":"{NOTICES[mode]}","features":[\n'
    return head.encode() + b",\n".join(msgspec.json.encode(f) for f in features) + b"\n]}\n"


def _ground_row(kind: str, product: LaunchProduct | ImpactProduct) -> dict[str, Any]:
    if isinstance(product, ImpactProduct):
        flown, phase = product.object, str(product.phase)
    else:
        flown, phase = "", str(product.status)
    return {
        "mode": "replay",
        "kind": kind,
        "event": product.event,
        "object": flown,
        "issued_utc": iso(product.issued),
        "time_utc": iso(product.time),
        "time_unix_s": f"{product.time:.3f}",
        "phase": phase,
        "latitude_deg": f"{product.latitude_deg:.6f}",
        "longitude_deg": f"{product.longitude_deg:.6f}",
        "time_sigma_s": f"{product.time_sigma_s:.3f}",
        "ellipse_90_semi_major_m": f"{product.ellipse_90.semi_major_m:.1f}",
        "ellipse_90_semi_minor_m": f"{product.ellipse_90.semi_minor_m:.1f}",
        "ellipse_90_azimuth_deg": f"{product.ellipse_90.azimuth_deg:.2f}",
    }


def _state_rows(flown: ObjectRecord) -> list[dict[str, Any]]:
    path = flown.path
    return [
        {
            "mode": "replay",
            "kind": "track",
            "event": flown.event or "",
            "object": flown.id,
            "issued_utc": iso(state.issued),
            "time_utc": iso(state.time),
            "time_unix_s": f"{state.time:.3f}",
            "phase": state.phase,
            "latitude_deg": f"{path.latitude_deg[k]:.6f}",
            "longitude_deg": f"{path.longitude_deg[k]:.6f}",
            "height_m": f"{path.height_m[k]:.1f}",
            "speed_mps": f"{path.speed_mps[k]:.2f}",
            "position_sigma_m": f"{path.position_sigma_m[k]:.1f}",
            "velocity_sigma_mps": f"{path.velocity_sigma_mps[k]:.2f}",
        }
        for k, state in enumerate(flown.tracks)
    ]


def _path_features(flown: ObjectRecord) -> list[dict[str, Any]]:
    about = {"event": flown.event, "object": flown.id, "class": flown.likely_class[0] if flown.likely_class else None}
    features = []
    if len(flown.tracks) > 1:
        path = flown.path
        ground = unwrap(np.stack([path.longitude_deg, path.latitude_deg], axis=-1))
        features.append(
            _line_feature(
                np.column_stack([ground, path.height_m]),
                {"kind": "path", **about, "begin": iso(path.time[0]), "end": iso(path.time[-1])},
            )
        )
    if rest := rest_of_path(flown):
        features.append(
            _line_feature(
                np.column_stack([rest.points, rest.height_m]),
                {"kind": "predicted-path", **about, "begin": iso(rest.time[0]), "end": iso(rest.time[-1])},
            )
        )
    return features


def _ground_features(kind: str, product: LaunchProduct | ImpactProduct, about: dict[str, Any]) -> list[dict[str, Any]]:
    region = product.ellipse_90
    properties = {
        **about,
        "issued": iso(product.issued),
        "time": iso(product.time),
        "time_sigma_s": round(product.time_sigma_s, 3),
        "semi_major_m": round(region.semi_major_m, 1),
        "semi_minor_m": round(region.semi_minor_m, 1),
        "azimuth_deg": round(region.azimuth_deg, 2),
        "probability": 0.9,
    }
    point = [round((product.longitude_deg + 180.0) % 360.0 - 180.0, 6), round(product.latitude_deg, 6)]
    polygons = cut_area(ellipse_outline(product.latitude_deg, point[0], region))
    area: dict[str, Any] = {"type": "MultiPolygon", "coordinates": [[ring] for ring in polygons]}
    if len(polygons) == 1:
        area = {"type": "Polygon", "coordinates": polygons}
    return [
        _feature({"type": "Point", "coordinates": point}, {"kind": kind, **properties}),
        _feature(area, {"kind": f"{kind}-ellipse", **properties}),
    ]


def _line_feature(points: Points, properties: dict[str, Any]) -> dict[str, Any]:
    parts = cut_line(points)
    if len(parts) == 1:
        return _feature({"type": "LineString", "coordinates": parts[0]}, properties)
    return _feature({"type": "MultiLineString", "coordinates": parts}, properties)


def _feature(geometry: dict[str, Any], properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def cut_line(points: Points) -> list[list[list[float]]]:
    """Parts of a line within 180 degrees either side; `points` (n, 3): longitude that runs on, latitude, height (m)."""
    turn = np.floor((points[:, 0] + 180.0) / 360.0)
    parts, begin = [], 0
    part: list[Points] = []
    for k in [*(np.flatnonzero(np.diff(turn)) + 1), len(points)]:
        part += list(points[begin:k] - [360.0 * turn[begin], 0.0, 0.0])
        if k < len(points):
            before, after = points[k - 1], points[k]
            edge = 360.0 * max(turn[k - 1], turn[k]) - 180.0
            crossing = before + (edge - before[0]) / (after[0] - before[0]) * (after - before)
            side = 180.0 if turn[k] > turn[k - 1] else -180.0
            parts.append([*part, np.array([side, *crossing[1:]])])
            part = [np.array([-side, *crossing[1:]])]
        else:
            parts.append(part)
        begin = k
    return [[[round(p[0], 6), round(p[1], 6), round(p[2], 1)] for p in np.array(part).tolist()] for part in parts]


def cut_area(outline: Points) -> list[list[list[float]]]:
    """Rings within 180 degrees either side of a closed counter-clockwise outline whose longitudes run on."""
    rings = []
    for shift in (-360.0, 0.0, 360.0):
        ring = clip(outline[:-1] + np.array([shift, 0.0]), (-180.0, -90.0, 180.0, 90.0))
        if len(ring) > 2:
            closed = np.concatenate([ring, ring[:1]])
            rings.append([[round(x, 6), round(y, 6)] for x, y in closed.tolist()])
    return rings
