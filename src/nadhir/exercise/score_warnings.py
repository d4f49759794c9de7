"""Warnings against the truth: how soon, which areas, how they ended, and for how long areas were warned for nothing.

An area was in danger of an impact (or of debris) where a payload (or a spent stage) really came down in it or within
`MARGIN_M` of it, and of an overflight where a payload was above that. All else is false: area-minutes count it.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

import msgspec
import numpy as np
import shapely
from numpy.typing import NDArray

from nadhir.exercise.score_input import Case, TrueBody, UnreadableError, WarningProduct
from nadhir.exercise.score_launches import report_launches
from nadhir.geo import ecef_to_geodetic
from nadhir.geo.areas import EARTH_RADIUS_M, AreaMap
from nadhir.model.unreadable import UNREADABLE

MARGIN_M = 20e3
"""Coarse outlines, and what comes off a vehicle."""
COAST_M = 20e3
"""A launch so near to a country is one of its own."""
PASSED_M = 4e3
"""A payload is over an area up to here: its places are a second apart."""
ENDS = ("all-clear", "cancel")


class Landfall(msgspec.Struct, frozen=True):
    """What was told of a payload that came down in `area`: in its first impact alert, and in the last before it."""

    area: str
    first_alert_before_s: float | None
    first_alert_holds_it: bool
    first_alert_others: int
    last_probability: float
    last_others: int
    last_others_beyond_neighbours: int


class WarningScore(msgspec.Struct, frozen=True):
    """How warnings of one run went. Times in seconds, one for each launch or area; area-minutes over all warnings.

    `first_word_s`: from launch to the first statement of any authority. `alert_delay_s`: from an area's crossing of its
    threshold, by the run's own explanations, to the alert. `end_delay_s`: from what really happened to the end that
    says so (passed, fell at sea). `land` holds one entry for each payload that came down in an area.
    """

    launches: int
    first_word_s: list[float]
    alert_delay_s: list[float]
    ends: dict[str, int]
    end_delay_s: list[float]
    open: int
    area_minutes: dict[str, float]
    """By `pre-alert` and `alert`."""
    false_area_minutes: dict[str, float]
    false_areas: list[str]
    """Areas that were alerted and never in danger."""
    land: list[Landfall]


def score_warnings(case: Case, areas: AreaMap, explanations: Path | None = None) -> WarningScore:
    """Judge the warnings of a case; `explanations` is the run's explanations.jsonl, where there is one."""
    truth = _Truth(case, areas)
    lives: dict[str, list[WarningProduct]] = defaultdict(list)
    for product in case.products:
        if isinstance(product, WarningProduct):
            lives[product.warning].append(product)
    last = max((product.issued for product in case.products), default=0.0)
    minutes: dict[str, float] = defaultdict(float)
    false_minutes: dict[str, float] = defaultdict(float)
    false_areas: set[str] = set()
    ends, end_delays = Counter[str](), []
    for life in lives.values():
        for said, until in zip(life, [*(later.issued for later in life[1:]), last], strict=True):
            if said.status in ENDS:
                continue
            kind = "pre-alert" if said.status == "pre-alert" else "alert"
            false = [area.code for area in said.areas if not truth.in_danger(area.code, said.hazard)]
            minutes[kind] += len(said.areas) * (until - said.issued) / 60.0
            false_minutes[kind] += len(false) * (until - said.issued) / 60.0
            false_areas |= set(false) if kind == "alert" else set()
        end = life[-1]
        if end.status in ENDS:
            ends[end.reason or end.status] += 1
            if (fact := truth.when_over(end, life)) is not None:
                end_delays.append(round(end.issued - fact, 1))
    return WarningScore(
        launches=len({body.launch for body in case.payloads}),
        first_word_s=_first_words(case, lives),
        alert_delay_s=_alert_delays(explanations) if explanations and explanations.exists() else [],
        ends=dict(ends),
        end_delay_s=end_delays,
        open=sum(life[-1].status not in ENDS for life in lives.values()),
        area_minutes={kind: round(value, 2) for kind, value in minutes.items()},
        false_area_minutes={kind: round(value, 2) for kind, value in false_minutes.items()},
        false_areas=sorted(false_areas),
        land=truth.landfalls([product for life in lives.values() for product in life]),
    )


class _Truth:
    """What really came down where, and passed over what, when."""

    def __init__(self, case: Case, areas: AreaMap) -> None:
        self._case, self._areas = case, areas
        self._launch_of = {report.products[0].event: launch for launch, report in report_launches(case, {})[0].items()}

    @cached_property
    def _paths(self) -> dict[str, tuple[NDArray[np.float64], NDArray[np.float64]]]:
        """Times (n,) and longitudes and latitudes (n, 2) in degrees of each payload's way."""
        found = {}
        for body in self._case.payloads:
            rows = self._case.states[body.object]
            ground = np.degrees([ecef_to_geodetic(row)[:2] for row in rows[:, 1:4]])
            found[body.object] = rows[:, 0], ground[:, ::-1]
        return found

    def _near(self, code: str, points: NDArray[np.float64], margin_m: float = MARGIN_M) -> NDArray[np.bool_]:
        """Which of (n, 2) longitudes and latitudes lie within a margin of an area."""
        geometry = self._areas.areas[code].geometry
        west, south, east, north = geometry.bounds
        middle, squeeze = (west + east) / 2.0, math.cos(math.radians((south + north) / 2.0))
        flat = shapely.transform(geometry, lambda xy: (xy - [middle, 0.0]) * [squeeze, 1.0])
        shapely.prepare(flat)
        off = (points[:, 0] - middle + 180.0) % 360.0 - 180.0
        place = shapely.points(off * squeeze, points[:, 1])
        return np.asarray(shapely.dwithin(place, flat, math.degrees(margin_m / EARTH_RADIUS_M)))

    def in_danger(self, code: str, hazard: str) -> bool:
        """Whether an area was really in danger of a hazard."""
        if code not in self._areas.areas:
            return False
        if hazard == "overflight":
            return any(self._near(code, points).any() for _, points in self._paths.values())
        fell = [
            [body.impact.longitude_deg, body.impact.latitude_deg]
            for body in self._case.bodies
            if body.impact and (body.part == "payload") == (hazard == "impact")
        ]
        return bool(fell) and bool(self._near(code, np.array(fell)).any())

    def when_over(self, end: WarningProduct, life: list[WarningProduct]) -> float | None:
        """When what an end says really happened; None where it says that nothing will."""
        launches = {self._launch_of.get(event) for event in end.events}
        bodies = [body for body in self._case.bodies if body.launch in launches]
        if end.reason == "fell-at-sea":
            part = [body for body in bodies if (body.part == "payload") == (end.hazard == "impact")]
            return max((body.impact.time for body in part if body.impact), default=None)
        if end.reason != "passed":
            return None
        # What was dropped before is over already; what another warning holds is not in the end any more.
        codes = {area.code for said in life[-2:] for area in said.areas}
        times = [
            float(self._paths[body.object][0][near].max())
            for body in bodies
            if body.object in self._paths
            for code in codes
            if (near := self._near(code, self._paths[body.object][1], PASSED_M)).any()
        ]
        return max(times, default=None)

    def landfalls(self, warnings: list[WarningProduct]) -> list[Landfall]:
        """What was told of each payload that came down in another country than it was launched from: what a country
        does to itself is not told."""
        found = []
        for body in self._case.payloads:
            if body.impact is None:
                continue
            code = self._areas.code_at(body.impact.latitude_deg, body.impact.longitude_deg)
            home = body.site and self._areas.code_at(body.site.latitude_deg, body.site.longitude_deg, COAST_M)
            if code is not None and code.partition("-")[0] != (home or "").partition("-")[0]:
                found.append(self._landfall(body, code, body.impact.time, warnings))
        return found

    def _landfall(self, body: TrueBody, code: str, time: float, warnings: list[WarningProduct]) -> Landfall:
        alerts = [
            warning
            for warning in warnings
            if warning.hazard == "impact"
            and warning.status in ("alert", "update")
            and body.launch in {self._launch_of.get(event) for event in warning.events}
        ]
        alerts.sort(key=lambda alert: alert.issued)
        if not alerts:
            return Landfall(code, None, False, 0, 0.0, 0, 0)
        first = alerts[0]
        last = next((alert for alert in reversed(alerts) if alert.issued < time), first)
        others = {area.code for area in last.areas} - {code}
        return Landfall(
            area=code,
            first_alert_before_s=round(time - first.issued, 1),
            first_alert_holds_it=any(area.code == code for area in first.areas),
            first_alert_others=sum(area.code != code for area in first.areas),
            last_probability=max((area.probability for area in last.areas if area.code == code), default=0.0),
            last_others=len(others),
            last_others_beyond_neighbours=len(others - self._areas.neighbours(code)),
        )


def _first_words(case: Case, lives: Mapping[str, list[WarningProduct]]) -> list[float]:
    """For each launch that any warning names: from the launch to the first statement."""
    found = []
    for report in report_launches(case, {})[0].values():
        event = report.products[0].event
        said = [life[0].issued for life in lives.values() if any(event in one.events for one in life)]
        if said:
            found.append(round(min(said) - report.launch.start, 1))
    return found


class _Area(msgspec.Struct):
    code: str
    warned: bool
    above_since: float | None = None


class _Explanation(msgspec.Struct):
    warning: str
    issued: float
    status: str
    areas: list[_Area]


def _alert_delays(file: Path) -> list[float]:
    """From each area's crossing of its threshold to the alert that names it first."""
    decoder = msgspec.json.Decoder(_Explanation)
    delays: dict[tuple[str, str], float] = {}
    try:
        for line in file.read_bytes().splitlines():
            told = decoder.decode(line)
            for area in told.areas if told.status in ("alert", "update") else ():
                if area.warned and area.above_since is not None:
                    delays.setdefault((told.warning, area.code), round(told.issued - area.above_since, 1))
    except (OSError, *UNREADABLE) as error:
        raise UnreadableError(f"{file} cannot be read: {error}") from error
    return list(delays.values())
