"""An incident flown again: what Nadhir says of it, and when, through the same cores as a live node.

Sensors are notional, detections simulated, and all that is said is an exercise. People take no time, unless two persons
are to decide: then each looks at what is shown for so long as `LOOKS_S` says.
"""

from __future__ import annotations

import contextlib
import math
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Literal, NamedTuple

import msgspec
import numpy as np

from nadhir.alerts import Rules, default_rules
from nadhir.alerts.people import Desk, DeskError, Desks, Enrolment, Release
from nadhir.alerts.rules import Approval, ApprovalRule
from nadhir.channels.cap import expires_of
from nadhir.channels.text import LANGUAGES, Voice, area_name, write
from nadhir.exercise.incidents import SEED, Incident, scenario_of, start_of
from nadhir.exercise.scenario import simulate
from nadhir.geo import ecef_to_geodetic
from nadhir.geo.areas import AreaMap, default_areas
from nadhir.model import AreaWarning, LaunchProduct, Mode, WarningProduct
from nadhir.node.replay import Replay

PERSONS = ("first", "second")
LOOKS_S = (20.0, 40.0)
"""From what they are shown to the yes of the first and of the second person: our assumption."""
SHOWN_AREAS = 4
REASONS = {
    "passed": "believed to have passed over",
    "fell-at-sea": "believed to have fallen at sea",
    "will-not-arrive": "no longer expected",
    "error": "issued in error",
}


class Line(NamedTuple):
    """What happens, seconds after the incident's start. `warning` is what was said with it, if anything."""

    after_s: float
    who: Literal["nadhir", "flight"]
    said: str
    warning: WarningProduct | None = None


def run_incident(
    name: str, incident: Incident, one_satellite: bool = False, two_persons: bool = False
) -> Iterator[Line]:
    """What Nadhir does in an incident, and where its flight is: lines in order of time, as they come."""
    if not incident.launches:
        yield from _false_alert(incident)
        return
    decided: Approval = "two-person" if two_persons else "automatic"
    rules = default_rules(incident.rules).with_approval(ApprovalRule(decided, decided, math.inf, "hold"))
    with tempfile.TemporaryDirectory(prefix="nadhir-") as folder:
        scenario = Path(folder)
        truth = simulate(scenario_of(name, incident, one_satellite), SEED, scenario)
        flight = sorted(_flight(truth, scenario, incident, rules), key=lambda line: line.after_s)
        for line in _replayed(scenario, incident, rules):
            while flight and flight[0].after_s <= line.after_s:
                yield flight.pop(0)
            yield line
        yield from flight


def _replayed(scenario: Path, incident: Incident, rules: Rules) -> Iterator[Line]:
    areas, start = default_areas(), start_of(incident)
    people, story = _People(_desk("exercise", rules, areas)), _Story(incident)
    drills = Desks(_desk("exercise", rules, areas))
    drill_at = math.inf if incident.exercise_at_s is None else start + incident.exercise_at_s
    known = False
    for product in Replay(scenario, areas, rules):
        yield from story.lines(people.until(product.issued))
        if isinstance(product, LaunchProduct) and not known:
            known = True
            drills.real_event(product.issued)
            yield Line(product.issued - start, "nadhir", f"launch reported, seen by {' and '.join(product.looks)}")
        if isinstance(product, WarningProduct) and product.authority in (incident.authority, *incident.also):
            yield from story.lines(people.propose(msgspec.structs.replace(product, mode="exercise")))
        if product.issued >= drill_at:
            released = drills.propose(_made_up(incident.authority, "JP-13", "exercise", drill_at), drill_at)
            public = any(release.public for release in released)
            said = (
                "the drill goes out" if public else "the drill is shown to operators only: a real launch suspended it"
            )
            yield Line(drill_at - start, "nadhir", said)
            drill_at = math.inf
    yield from story.lines(people.until(math.inf))


class _Released(NamedTuple):
    at: float
    product: WarningProduct


class _People:
    """Two persons at a desk, who say yes to what they are shown after they have looked at it."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._shown: dict[str, float] = {}

    def propose(self, product: WarningProduct) -> list[_Released]:
        """What goes out of what the rules decided."""
        released = self._desk.propose(product, product.issued)
        self._shown.setdefault(product.warning, product.issued)
        return self._out(released, product.issued)

    def until(self, now: float) -> list[_Released]:
        """What goes out up to a time because both have said yes."""
        out = []
        for waiting in self._desk.pending:
            for person, looks_s in zip(PERSONS, LOOKS_S, strict=True):
                at = max(self._shown[waiting.warning] + looks_s, waiting.issued)
                if at <= now:
                    with contextlib.suppress(DeskError):  # this one has said yes already
                        out += self._out(self._desk.approve(waiting.warning, waiting.revision, person, at), at)
        return out

    def _out(self, released: Iterable[Release], at: float) -> list[_Released]:
        out = [_Released(at, release.product) for release in released]
        for one in out:
            self._shown.pop(one.product.warning, None)
        return out


class _Story:
    """Which of the things that are said are worth a line, and in which words."""

    def __init__(self, incident: Incident) -> None:
        self._incident = incident
        self._start = start_of(incident)
        self._last: dict[str, WarningProduct] = {}

    def lines(self, released: Iterable[_Released]) -> Iterator[Line]:
        """Beginnings, changes of what is said, areas that are added, pre-alerts that change by half, and ends."""
        for at, product in released:
            last = self._last.get(product.warning)
            if last is None or self._is_news(product, last):
                self._last[product.warning] = product
                yield Line(at - self._start, "nadhir", self._words(product, last), product)

    def _is_news(self, product: WarningProduct, last: WarningProduct) -> bool:
        if product.reason or (product.lost, product.fallen) != (last.lost, last.fallen):
            return True
        if product.status == "pre-alert":
            return not 0.5 < (len(product.areas) + 0.5) / (len(last.areas) + 0.5) < 2.0
        return last.status == "pre-alert" or not _codes(product) <= _codes(last)

    def _words(self, product: WarningProduct, last: WarningProduct | None) -> str:
        whose = f"{product.authority}: " if self._incident.also else ""
        hazard = "" if product.hazard == "impact" else f", {product.hazard}"
        if product.reason:
            areas = _names(product if product.areas else last)
            return f"{whose}{product.status}{hazard}, {REASONS[product.reason]}: {areas}"
        soonest = min((area.arrival for area in product.areas), default=math.inf)
        arrival = f", from {clock(soonest - self._start)}" if soonest < math.inf else ""
        if product.fallen:
            arrival = ", believed fallen on land: stay in shelter"
        elif product.lost:
            arrival += ", not seen any more: a prediction"
        return f"{whose}{product.status}{hazard}: {_names(product)}{arrival}"


def _flight(truth: dict[str, Any], scenario: Path, incident: Incident, rules: Rules) -> Iterator[Line]:
    """Where the simulated flight is over the authorities' areas, and where it ends."""
    areas, start = default_areas(), start_of(incident)
    watched = {incident.authority, *incident.also}
    with np.load(scenario / "truth.npz") as states:
        for body in truth["objects"]:
            if body["part"] != "payload":
                continue
            over: dict[str, list[float]] = {}
            for row in states[body["object"]]:
                latitude, longitude, _ = ecef_to_geodetic(row[1:4])
                code = areas.code_at(math.degrees(latitude), math.degrees(longitude))
                if code and (found := rules.authority(code)) and found[0] in watched:
                    over.setdefault(code, []).append(float(row[0]) - start)
            for code, times in over.items():
                yield Line(times[0], "flight", f"is over {area_name(code, 'en')} until {clock(times[-1])}")
            if body["fate"] == "orbit":
                yield Line(body["burnout"] - start, "flight", "is in orbit")
            else:
                place = areas.code_at(body["impact"]["latitude_deg"], body["impact"]["longitude_deg"])
                yield Line(body["impact"]["time"] - start, "flight", f"falls {_where(place)}")


def _false_alert(incident: Incident) -> Iterator[Line]:
    """Nothing flies: a drill, an attempt to send it live, and a live warning that was wrong, taken back."""
    areas, start = default_areas(), start_of(incident)
    # Nobody is warned by these two desks: no channel is behind them.
    enrolment = Enrolment(incident.authority, "made up", "", math.inf)
    drills, live = _desk("exercise", default_rules(), areas), _desk("live", default_rules(), areas, enrolment)
    desks = Desks(drills, live)
    drill = _made_up(incident.authority, "US-HI", "exercise", start)
    desks.propose(drill, start)
    for person, looks_s in zip(PERSONS, LOOKS_S, strict=True):
        released = drills.approve(drill.warning, 0, person, start + looks_s)
    text = _text(released[0].product, "en")
    yield Line(LOOKS_S[1], "nadhir", f"two persons let the drill out, as a drill only: {text}", released[0].product)
    try:
        live.propose(drill, start + 120.0)
    except DeskError as error:
        yield Line(120.0, "nadhir", f"the drill at the live desk: refused, {error}")
    wrong = _made_up(incident.authority, "US-HI", "live", start + 120.0)
    taken_back = desks.propose(wrong, start + 120.0)
    yield Line(120.0, "nadhir", "a live warning that is wrong, as from a false detection: waits for two persons")
    if taken_back:
        yield Line(120.0, "nadhir", "the drill is taken back in public: something real suspends it")
    try:
        live.approve(wrong.warning, 0, "first", start + 140.0)
        live.approve(wrong.warning, 0, "first", start + 141.0)
    except DeskError as error:
        yield Line(141.0, "nadhir", f"one person twice: refused, {error}")
    out = live.approve(wrong.warning, 0, "second", start + 160.0)[0].product
    yield Line(
        160.0, "nadhir", f"both say yes, both wrong; it goes out live. Here as an exercise: {_text(out, 'en')}", out
    )
    end = live.cancel(wrong.warning, "first", start + 300.0)[0].product
    yield Line(
        300.0,
        "nadhir",
        f"known to be false: one step of one person, to all that carried it. Here as an exercise: {_text(end, 'en')}",
        end,
    )


def texts_of(warning: WarningProduct) -> dict[str, str]:
    """What the event is called in each language, as an exercise."""
    drill = msgspec.structs.replace(warning, mode="exercise")
    return {language: write(drill, language, Voice(), expires_of(drill)).event for language in LANGUAGES}


def clock(seconds: float) -> str:
    """Minutes and seconds after the start."""
    sign = "-" if seconds < 0 else "+"
    return f"{sign}{int(abs(seconds)) // 60}:{int(abs(seconds)) % 60:02d}"


def _desk(mode: Mode, rules: Rules, areas: AreaMap, enrolment: Enrolment | None = None) -> Desk:
    everyone = frozenset(PERSONS)
    return Desk(mode, rules, areas.areas, everyone, lambda who, act: b"", enrolment, lambda shown: True, LANGUAGES)


def _made_up(authority: str, code: str, mode: Mode, now: float) -> WarningProduct:
    areas = [AreaWarning(code, 0.9, now + 900.0)]
    return WarningProduct(f"{authority}-{mode}", ["none"], [], now, "alert", "impact", areas, mode, authority=authority)


def _text(warning: WarningProduct, language: Literal["en"]) -> str:
    """The headline. All that is written here is an exercise, whatever desk it came from."""
    return write(msgspec.structs.replace(warning, mode="exercise"), language, Voice(), expires_of(warning)).headline


def _codes(product: WarningProduct) -> set[str]:
    return {area.code for area in product.areas}


def _names(product: WarningProduct | None) -> str:
    if product is None or not product.areas:
        return "the areas of its message before"
    names = [area_name(area.code, "en") for area in product.areas]
    others = len(names) - SHOWN_AREAS
    return ", ".join(names[:SHOWN_AREAS]) + (f" and {others} more" if others > 0 else "")


def _where(code: str | None) -> str:
    return f"in {area_name(code, 'en')}" if code else "into the sea"
