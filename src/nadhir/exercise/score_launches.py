"""How soon and how well launches are reported."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

import msgspec

from nadhir.exercise.score_input import Case, TrueBody
from nadhir.exercise.score_match import ellipse_distance_squared, great_circle_km
from nadhir.model import LaunchProduct
from nadhir.model.unreadable import UNREADABLE

SAME_LAUNCH_KM = 150.0
SAME_LAUNCH_S = 60.0
KM_TO_A_SECOND = 5.0
"""How a difference in time is set beside one in place when reports are given to launches."""
USEFUL_MAJOR_M = 50e3
IN_TIME_S = 6.0
LISTED = 12


class LaunchScore(msgspec.Struct, frozen=True):
    """Reported launches. `late` counts those without a useful report 6 s after the second infrared satellite's first
    look; None where damaged lines hide when that was. Lists show the first twelve."""

    true: int
    reported: int
    false: int
    withdrawn: int
    delay_s: list[float]
    late: int | None
    worst_major_km: float | None
    worst_time_error_s: float | None
    last_error_km: list[float]
    first_inside: int
    last_inside: int


class LaunchReport(msgspec.Struct, frozen=True):
    """The products of the event that reports one true launch; `late` is None without a second look."""

    launch: TrueBody
    products: list[LaunchProduct]
    late: bool | None


def second_looks(case: Case) -> dict[str, float]:
    """When the first detection of the second infrared satellite to see a launch was received."""
    first: dict[str, dict[str, float]] = defaultdict(dict)
    decoder = msgspec.json.Decoder(_Look)
    for line, name in zip(case.lines, case.origin, strict=bool(case.origin)):
        if b'"line_of_sight"' in line and name != "clutter":
            try:
                look = decoder.decode(line)
            except UNREADABLE:
                return {}
            first[name.split("/")[0]].setdefault(look.sensor, look.received)
    return {launch: sorted(times.values())[1] for launch, times in first.items() if len(times) > 1}


class _Look(msgspec.Struct, frozen=True):
    sensor: str
    received: float


def report_launches(case: Case, looks: Mapping[str, float]) -> tuple[dict[str, LaunchReport], set[str], set[str]]:
    """The report of each true launch, and the false and the withdrawn events.

    One event to one launch, the nearest in place and time first; an event that is left over is false unless withdrawn.
    """
    launches = {body.launch: body for body in case.payloads if body.launch}
    by_event: dict[str, list[LaunchProduct]] = defaultdict(list)
    for product in case.products:
        if isinstance(product, LaunchProduct):
            by_event[product.event].append(product)
    withdrawn = {event for event, said in by_event.items() if said[-1].status == "withdrawn"}
    standing = {event: [p for p in said if p.status != "withdrawn"] for event, said in by_event.items()}
    pairs = []
    for launch, body in launches.items():
        for event, said in standing.items():
            if said and body.site:
                distance_km = great_circle_km(body.site, said[-1])
                seconds = abs(said[-1].time - body.start)
                if distance_km < SAME_LAUNCH_KM and seconds < SAME_LAUNCH_S:
                    pairs.append((distance_km + KM_TO_A_SECOND * seconds, launch, event))
    reports: dict[str, LaunchReport] = {}
    used: set[str] = set()
    for _, launch, event in sorted(pairs):
        if launch not in reports and event not in used:
            used.add(event)
            reports[launch] = LaunchReport(launches[launch], standing[event], _late(standing[event], looks.get(launch)))
    return reports, set(by_event) - used - withdrawn, withdrawn


def _late(said: list[LaunchProduct], look: float | None) -> bool | None:
    if look is None:
        return None
    # A second's grace before the look: the report may rest on another sensor.
    useful = (p.issued - look for p in said if p.issued >= look - 1 and p.ellipse_90.semi_major_m < USEFUL_MAJOR_M)
    return next(useful, float("inf")) > IN_TIME_S


def score_launches(case: Case) -> LaunchScore:
    """Score the launch products of a case."""
    looks = second_looks(case)
    reports, false, withdrawn = report_launches(case, looks)
    found = [(r.launch, r.launch.site, r.products[0], r.products[-1]) for r in reports.values() if r.launch.site]
    true = len({body.launch for body in case.payloads if body.launch})
    return LaunchScore(
        true=true,
        reported=len(reports),
        false=len(false),
        withdrawn=len(withdrawn),
        delay_s=[round(first.issued - launch.start, 1) for launch, _, first, _ in found][:LISTED],
        late=sum(report.late is True for report in reports.values()) if looks or not true else None,
        worst_major_km=max((round(last.ellipse_90.semi_major_m / 1e3, 1) for *_, last in found), default=None),
        worst_time_error_s=max((abs(last.time - launch.start) for launch, *_, last in found), default=None),
        last_error_km=[round(great_circle_km(site, last), 2) for _, site, _, last in found][:LISTED],
        first_inside=sum(ellipse_distance_squared(first, site) <= 1.0 for _, site, first, _ in found),
        last_inside=sum(ellipse_distance_squared(last, site) <= 1.0 for _, site, _, last in found),
    )
