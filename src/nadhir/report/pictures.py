"""The pictures of a page: overview map, close-ups of launch and impact, charts against time."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

import numpy as np

from nadhir.geo import ecef_to_geodetic, propagate
from nadhir.model import ImpactProduct, LaunchProduct, Sensor, TrackProduct
from nadhir.report import words
from nadhir.report.charts import Moment, Series, chart
from nadhir.report.maps import FloatArray, Map
from nadhir.report.record import EventRecord, ObjectRecord
from nadhir.report.shapes import Points, ellipse_outline, sector_outline, unwrap
from nadhir.report.warned import WarnedArea

COLOURS = 6
"""Objects of one event, and ellipses over time, take so many colours of the style sheet."""
TYPICAL_LOG_BALLISTIC_COEFFICIENT = math.log(3000.0)
"""Of the drawn rest of a path (kg/m²); the drawn end is the product's own place and time."""

ANYWHERE_M = 100e3
"""A lost object whose position is known worse than this is not drawn on."""
LONGEST_GAP_S = 30.0
"""Between states that are further apart nothing was seen."""


@dataclass(frozen=True)
class Stretch:
    """A part of a path that is drawn alike: `thrust`, `flight`, or `unseen` (lost, a gap in the track, the future).

    Time (Unix s), points (n, 2) in degrees with longitudes that run on, height (m), speed (m/s).
    """

    look: str
    time: FloatArray
    points: Points
    height_m: FloatArray
    speed_mps: FloatArray


def stretches(flown: ObjectRecord) -> list[Stretch]:
    """The flown path; neighbours share a state. What follows the word that it is down by now is left out.

    A gap in the track is filled with unpowered flight, bent to end at the state after it.
    """
    path, number = flown.path, len(_flying(flown))
    points = _points(flown)
    looks = ["thrust" if p == "boost" else "unseen" if p == "lost" else "flight" for p in path.phase[: number - 1]]
    gaps = set(np.flatnonzero(np.diff(path.time[:number]) > LONGEST_GAP_S).tolist())
    found, first = [], 0
    for k in range(1, number):
        here, following = k - 1, k
        if here in gaps:
            landing = (*points[following], path.height_m[following])
            found.append(_glide(flown.tracks[here], path.time[following], landing))
            first = following
        elif following == number - 1 or following in gaps or looks[following] != looks[here]:
            run = slice(first, following + 1)
            found.append(Stretch(looks[here], path.time[run], points[run], path.height_m[run], path.speed_mps[run]))
            first = following
    return found


def rest_of_path(flown: ObjectRecord) -> Stretch | None:
    """The way from the last state to the last expected impact: unpowered flight, bent to end at that impact."""
    states = _flying(flown)
    if not states or not flown.impacts or flown.impacts[-1].time - states[-1].time < 2.0:
        return None
    impact = flown.impacts[-1]
    return _glide(states[-1], impact.time, (impact.longitude_deg, impact.latitude_deg, 0.0))


def _flying(flown: ObjectRecord) -> list[TrackProduct]:
    """The states up to the word that it is down, or to where a lost object may be anywhere."""
    known = zip(flown.tracks, flown.path.position_sigma_m, strict=True)
    still = takewhile(lambda item: item[0].phase != "down" and (item[0].phase != "lost" or item[1] < ANYWHERE_M), known)
    return [state for state, _ in still]


def _glide(state: TrackProduct, until: float, end: tuple[float, float, float]) -> Stretch:
    """Unpowered flight from a state to a time, bent in proportion to time so that it ends at longitude, latitude
    (degrees) and height (m)."""
    now = np.array([*state.position_m, *state.velocity_mps])
    time = np.linspace(state.time, until, 41)
    rows = []
    for step_s in np.diff(time, prepend=state.time):
        now = propagate(now, TYPICAL_LOG_BALLISTIC_COEFFICIENT, float(step_s))
        rows.append([*ecef_to_geodetic(now[:3]), float(np.linalg.norm(now[3:]))])
    latitude, longitude, height_m, speed_mps = np.array(rows).T
    points = unwrap(np.degrees(np.stack([longitude, latitude], axis=-1)))
    share = np.linspace(0.0, 1.0, len(time))
    turn = (end[0] - points[-1, 0] + 180.0) % 360.0 - 180.0
    points = points + share[:, None] * [turn, end[1] - points[-1, 1]]
    height_m = np.maximum(height_m + share * (end[2] - height_m[-1]), 0.0)
    return Stretch("unseen", time, points, height_m, speed_mps)


def narrowing(impacts: Sequence[ImpactProduct]) -> list[ImpactProduct]:
    """The first prediction, each that halved the ellipse of the one before, and the last: at most `COLOURS`."""
    kept: list[ImpactProduct] = []
    for product in impacts:
        if not kept or product.ellipse_90.semi_major_m <= 0.5 * kept[-1].ellipse_90.semi_major_m:
            kept.append(product)
    if impacts and impacts[-1] is not kept[-1]:
        kept.append(impacts[-1])
    if len(kept) > COLOURS:
        kept = [kept[round(k * (len(kept) - 1) / (COLOURS - 1))] for k in range(COLOURS)]
    return kept


def overview(
    events: Sequence[EventRecord],
    others: Sequence[ObjectRecord],
    sensors: Sequence[Sensor],
    warned: Sequence[WarnedArea] = (),
    width: float = 1040.0,
    height: float = 600.0,
) -> str:
    """The map of all paths, launches, last impact ellipses, alerted areas and sensors."""
    shown = [_box_of(o) for e in events for o in e.objects if o.tracks]
    shown += [np.array([[p.longitude_deg, p.latitude_deg]]) for e in events if (p := e.place)]
    ends = [o.impacts[-1] for e in events for o in e.objects if o.impacts]
    ends = [p for p in ends if p.ellipse_90.semi_major_m < 5 * ANYWHERE_M]
    shown += [np.array([[p.longitude_deg, p.latitude_deg]]) for p in ends]
    radars = [s for s in sensors if s.kind == "radar"]
    if not shown:
        shown = [_box_of(o) for o in others if o.tracks]
    if not shown or not events:
        shown += [np.array([[s.position.longitude_deg, s.position.latitude_deg]]) for s in radars]
    if not shown:
        return ""
    picture = Map(np.concatenate(shown), width, height, smallest_m=1400e3, margin=0.14)
    for area in warned:
        for outline in area.outlines:
            picture.area(outline, f"warned {area.hazard}", f"{area.code}: {area.hazard} {area.probability:.2f}")
    for sensor in radars:
        where = sensor.position.latitude_deg, sensor.position.longitude_deg
        outline = sector_outline(*where, sensor.coverage.max_range_m, sensor.coverage.sector_deg)
        picture.area(outline, "coverage", f"{sensor.id}: {words.distance(sensor.coverage.max_range_m)}")
    for other in others:
        picture.line(_points(other), "path faint")
    for event in events:
        for number, flown in reversed([*enumerate(event.objects)]):
            _draw_path(picture, flown, number)
    for event in events:
        for number, flown in reversed([*enumerate(event.objects)]):
            _draw_impact(picture, flown, number, only_last=len(events) > 6)
        if event.place and not event.withdrawn:
            _draw_launch(picture, event.place)
    for sensor in radars:
        where = sensor.position.latitude_deg, sensor.position.longitude_deg
        picture.mark(*where, "square", "sensor", f"{sensor.id} ({sensor.owner})")
    if len(events) <= 6:
        for event in events:
            if event.place and not event.withdrawn:
                picture.label(event.place.latitude_deg, event.place.longitude_deg, f"{event.id} launch", "label strong")
            for flown in event.objects:
                if flown.impacts:
                    last = flown.impacts[-1]
                    picture.label(
                        last.latitude_deg, last.longitude_deg, f"{flown.id} expected {words.clock(last.time)}"
                    )
                elif flown.tracks and flown.reaches_orbit:
                    end = flown.path
                    picture.label(end.latitude_deg[-1], end.longitude_deg[-1], f"{flown.id} to orbit")
    for sensor in radars:
        picture.label(sensor.position.latitude_deg, sensor.position.longitude_deg, sensor.id, "label sensor-name", 10)
    return picture.svg("Map of launches, flown and predicted paths, impact ellipses and sensors")


def launch_close_up(event: EventRecord) -> str:
    """The launch ellipses as they narrowed."""
    reports = [p for p in event.launches if p.status != "withdrawn"]
    if not reports:
        return ""
    kept: list[LaunchProduct] = []
    for report in reports:
        if not kept or report.ellipse_90.semi_major_m <= 0.6 * kept[-1].ellipse_90.semi_major_m:
            kept.append(report)
    if kept[-1] is not reports[-1]:
        kept.append(reports[-1])
    return _close_up(kept[-COLOURS:], [_points(o) for o in event.objects], f"Launch {event.id}")


def impact_close_up(flown: ObjectRecord) -> str:
    """The impact ellipses of one object as they narrowed, with the end of its path."""
    if not flown.impacts:
        return ""
    rest = rest_of_path(flown)
    lines = [_points(flown)] + ([rest.points] if rest else [])
    return _close_up(narrowing(flown.impacts), lines, f"Expected impact {flown.id}")


def charts(event: EventRecord) -> list[str]:
    """Height, speed, impact ellipse and position error against time."""
    start = event.start
    height, speed, ellipse, sigma = [], [], [], []
    for number, flown in reversed([*enumerate(event.objects)]):
        kind = f"curve o{number % COLOURS}"
        if flown.tracks:
            flying = slice(len(_flying(flown)))
            sigma.append(
                Series((flown.path.time[flying] - start) / 60.0, flown.path.position_sigma_m[flying] / 1e3, kind)
            )
        rest = rest_of_path(flown)
        for part in [*stretches(flown), *([rest] if rest else [])]:
            minutes = (part.time - start) / 60.0
            style = f"{kind} predicted" if part.look == "unseen" else kind
            height.append(Series(minutes, np.maximum(part.height_m, 0.0) / 1e3, style))
            speed.append(Series(minutes, part.speed_mps / 1e3, style))
        if predicted := [*flown.regions, *flown.impacts]:
            issued = np.array([p.issued for p in predicted])
            major = np.array([p.ellipse_90.semi_major_m for p in predicted])
            ellipse.append(Series((issued - start) / 60.0, major / 1e3, kind))
    burnouts = sorted({round(o.burnout_time, 1) for o in event.objects if o.burnout_time is not None})
    moments = [Moment((t - start) / 60.0, "" if k else "thrust ended") for k, t in enumerate(burnouts)]
    drawn = (
        chart("Height", "km", height, moments),
        chart("Speed over ground", "km/s", speed, moments),
        chart("Impact ellipse, half length", "km, holds 90 %", ellipse, moments, log=True),
        chart("Position error of the track", "km, one sigma", sigma, moments, log=True),
    )
    return [picture for picture in drawn if picture]


def _close_up(products: Sequence[LaunchProduct | ImpactProduct], lines: Sequence[Points], title: str) -> str:
    last = products[-1]
    # Wide enough for the first ellipse, yet with the last one still to be seen.
    half = min(products[0].ellipse_90.semi_major_m, 9.0 * last.ellipse_90.semi_major_m)
    half = max(half, 2.0 * last.ellipse_90.semi_major_m, 3e3)
    around = ellipse_outline(last.latitude_deg, last.longitude_deg, type(last.ellipse_90)(half, half, 0.0))
    picture = Map(around, 500.0, 400.0, smallest_m=6e3, margin=0.09, country_names=False)
    for line in lines:
        picture.line(line, "path faint")
    for product, colour in zip(products, ellipse_shades(len(products)), strict=True):
        outline = ellipse_outline(product.latitude_deg, product.longitude_deg, product.ellipse_90)
        hint = f"{words.clock(product.issued)} UTC: 90 % within {words.ellipse(product.ellipse_90)}"
        picture.area(outline, f"ellipse t{colour}", hint)
    picture.mark(last.latitude_deg, last.longitude_deg, "cross", f"mark t{COLOURS - 1}")
    return picture.svg(f"{title}: 90 % ellipses over time")


def ellipse_shades(count: int) -> list[int]:
    """Numbers of the style sheet's time colours for so many ellipses, earliest first."""
    return [round(k * (COLOURS - 1) / max(count - 1, 1)) for k in range(count)]


def _points(flown: ObjectRecord) -> Points:
    if not flown.tracks:
        return np.empty((0, 2))
    return unwrap(np.stack([flown.path.longitude_deg, flown.path.latitude_deg], axis=-1))


def _box_of(flown: ObjectRecord) -> Points:
    points = _points(flown)[: max(len(_flying(flown)), 1)]
    return points[:: max(len(points) // 20, 1)]


def _draw_path(picture: Map, flown: ObjectRecord, number: int) -> None:
    colour = f"path o{number % COLOURS}"
    kinds = {"thrust": "path thrust", "flight": colour, "unseen": f"{colour} predicted"}
    rest = rest_of_path(flown)
    for part in [*stretches(flown), *([rest] if rest else [])]:
        picture.line(part.points, kinds[part.look])


def _draw_impact(picture: Map, flown: ObjectRecord, number: int, only_last: bool) -> None:
    if not flown.impacts:
        return
    kept = narrowing(flown.impacts)
    for product, shade in [*zip(kept, ellipse_shades(len(kept)), strict=True)][-1 if only_last else 0 :]:
        if product.ellipse_90.semi_major_m < 1500e3:
            outline = ellipse_outline(product.latitude_deg, product.longitude_deg, product.ellipse_90)
            picture.area(outline, f"ellipse t{shade}")
    last = kept[-1]
    hint = f"{flown.id} expected {words.clock(last.time)} UTC, 90 % within {words.ellipse(last.ellipse_90)}"
    picture.mark(last.latitude_deg, last.longitude_deg, "cross", f"mark o{number % COLOURS}", hint)


def _draw_launch(picture: Map, report: LaunchProduct) -> None:
    outline = ellipse_outline(report.latitude_deg, report.longitude_deg, report.ellipse_90)
    picture.area(outline, "ellipse launch")
    hint = f"{report.event} launched {words.clock(report.time)} UTC, 90 % within {words.ellipse(report.ellipse_90)}"
    picture.mark(report.latitude_deg, report.longitude_deg, "triangle", "launch-site", hint)
