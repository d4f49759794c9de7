"""The life of one warning, as one explicit state machine.

    silent ──► pre-alert ──► alert ──► (update …) ──► ended: all-clear or cancel
       └─────────────────────►│
                              └──► fallen: update, stay in shelter; only a person ends it

A warning concerns one authority and one hazard, and all events that threaten the same areas with it. What is in danger
reaches it as `Danger` for each object; what it says leaves it as a `Move`. Time is an argument.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from nadhir.alerts.rules import AuthorityRule, Threshold
from nadhir.alerts.threats import Ahead, AreaThreat, Threats
from nadhir.geo.areas import Area
from nadhir.model import EndReason, Hazard, WarningStatus

State = Literal["silent", "pre-alert", "alert", "fallen", "ended"]
ALLOWED: dict[State, frozenset[WarningStatus]] = {
    "silent": frozenset({"pre-alert", "alert"}),
    "pre-alert": frozenset({"pre-alert", "alert", "all-clear", "cancel"}),
    "alert": frozenset({"update", "all-clear", "cancel"}),
    "fallen": frozenset({"update", "all-clear", "cancel"}),
    "ended": frozenset(),
}
"""What a warning in each state may say next. From `fallen` only a person ends it."""
BANDS = (0.02, 0.1, 0.3, 0.5, 0.9)
"""A probability that crosses one of these is worth an update."""
ARRIVAL_CHANGE_S = 30.0
CHANGE_DWELL_S = 5.0
"""A change that does not grow must have lasted so long: one look in doubt is no news."""


class Danger(NamedTuple):
    """What one object means for a warning's areas now: where it comes or passes, and where it still may.

    `down` says that it is down, `burning` that its motor burns, `lost` that no sensor sees it (or saw it, long before
    it was down), `doubtful` that it brings no area into danger that is not; `seen_until` is the time of its last
    observed state.
    """

    object: str
    threats: Threats
    ahead: Mapping[str, Ahead]
    """Areas within the rule's reach."""
    wide: bool
    """No direction came in time: all of `ahead` is told."""
    down: bool
    lost: bool
    doubtful: bool
    burning: bool
    seen_until: float

    @property
    def vanished(self) -> bool:
        """Whether it was lost long before it came down, most likely on no area of this warning."""
        return self.down and self.lost and sum(one.probability for one in self.threats.values()) < VANISHED


class Combined(NamedTuple):
    """A hazard to one area by all objects together, and each object's part."""

    threat: AreaThreat
    by_object: dict[str, float]


@dataclass(slots=True)
class AreaState:
    """One area as a warning watches it."""

    combined: Combined
    warned: bool = False
    above_since: float | None = None
    below_since: float | None = None
    gone: Literal["passed", "lost", "fell", "turned", None] = None
    """Why it is no longer in danger, once it is not."""
    last: AreaThreat | None = None
    """The last threat that was not negligible."""
    brought_by: frozenset[str] = frozenset()
    """The objects of that threat."""
    neighbour_of: str | None = None


class Move(NamedTuple):
    """What a warning says next, and why in one line."""

    status: WarningStatus
    reason: EndReason | None
    why: str


@dataclass(slots=True)
class Life:
    """State of one warning."""

    authority: str
    hazard: Hazard
    rule: AuthorityRule
    areas_known: Mapping[str, Area]
    neighbours_of: Callable[[str], tuple[str, ...]]
    events: dict[str, None] = field(default_factory=dict)
    state: State = "silent"
    id: str = ""
    revision: int = 0
    areas: dict[str, AreaState] = field(default_factory=dict)
    pre_areas: dict[str, Ahead] = field(default_factory=dict)
    objects: tuple[str, ...] = ()
    wide: bool = False
    """All within reach are told, for want of a direction."""
    lost: bool = False
    burning: bool = False
    fallen: bool = False
    quiet_since: float | None = None
    """Since when no area is in danger."""
    changed_since: float | None = None
    """Since when there is something to say that does not grow."""
    ahead_since: dict[str, float] = field(default_factory=dict)
    """Since when an area may be reached with the probability that brings a pre-alert."""
    said: Said | None = None

    def watch(self, dangers: list[Danger], now: float) -> None:
        """Take in what is in danger now."""
        threats = _combine(dangers, lambda danger, code: self._counts(danger, code, now))
        for code in [*threats, *(known for known in self.areas if known not in threats)]:
            self._watch_area(code, threats.get(code), dangers, now)
        if self.state in ("silent", "pre-alert") and self.warned():
            # The first alert is wide: beside an area that is sure none waits for its own dwell.
            for area in self.areas.values():
                area.warned = area.warned or area.above_since is not None
        self.areas = {code: area for code, area in self.areas.items() if area.warned or area.combined.by_object}
        self._watch_ahead(dangers, now)
        threatening = {name for area in self.warned().values() for name in area.combined.by_object}
        self.lost = any(danger.lost and danger.object in threatening for danger in dangers)
        self.burning = any(danger.burning for danger in dangers)
        self.objects = tuple(d.object for d in dangers if d.object in threatening or d.ahead) or self.objects
        down = {danger.object for danger in dangers if danger.down and not danger.vanished}
        self.fallen = self.fallen or (
            self.hazard != "overflight"
            and any(
                area.combined.by_object.get(name, 0.0) >= self.threshold(code).leave
                for code, area in self.warned().items()
                for name in down
            )
        )
        if self.in_danger():
            self.quiet_since = None
        elif self.quiet_since is None:
            self.quiet_since = now

    def warned(self) -> dict[str, AreaState]:
        """Areas that are warned, passed ones of an overflight among them."""
        return {code: area for code, area in self.areas.items() if area.warned}

    @property
    def watching(self) -> bool:
        """Whether there is anything to watch."""
        return bool(self.areas or self.ahead_since)

    def touched(self) -> set[str]:
        """Codes of the areas that are warned, or would go on being warned with what threatens them."""
        likely = {c for c, area in self.areas.items() if area.combined.threat.probability >= self.threshold(c).leave}
        return self.stands() | likely

    def stands(self) -> set[str]:
        """Codes of the areas that are warned: named last, though they may be in danger no more, since another launch
        joins what still stands; or to be named now."""
        return (set(self.said.areas) if self.said else set()) | self.in_danger()

    def join(self, other: Life) -> None:
        """Take over the events of a warning that has not spoken, and how long its areas have been in danger."""
        self.events |= other.events
        self.ahead_since = other.ahead_since | self.ahead_since
        for code, area in other.areas.items():
            mine = self.areas.setdefault(code, area)
            since = [one for one in (mine.above_since, area.above_since) if one is not None]
            mine.above_since = min(since, default=None)

    def in_danger(self) -> set[str]:
        """Codes of the areas that are in danger, or may be."""
        return {code for code, area in self.areas.items() if area.warned and area.gone is None} | set(self.pre_areas)

    def next(self, now: float, withdrawn: bool) -> Move | None:
        """What to say now, if anything. `withdrawn` says that none of its launches stands."""
        if self.state == "silent":
            return self._begin()
        if self.state in ("fallen", "ended"):
            return self._update(now) if self.state == "fallen" else None
        if withdrawn:
            return Move("cancel", "error", "all launches of this warning were withdrawn")
        if self.fallen:
            status: WarningStatus = "alert" if self.state == "pre-alert" else "update"
            return Move(status, None, "down on land by its prediction: stay in shelter")
        if self.quiet_since is not None:
            over = any(area.gone in ("passed", "fell", "lost") for area in self.warned().values())
            doubt_s = BURNING_DOUBT_S if self.burning else DOUBT_S
            quiet_s = doubt_s if self.state == "pre-alert" else QUIET_S
            return Move("all-clear", *self._ending()) if over or now - self.quiet_since >= quiet_s else None
        return self._from_pre_alert(now) if self.state == "pre-alert" else self._update(now)

    def speak(self, move: Move, now: float, areas: dict[str, AreaThreat]) -> None:
        """Note that a move was made with these areas."""
        if move.status not in ALLOWED[self.state]:
            raise ValueError(f"{self.id}: a warning in state {self.state} cannot say {move.status}")
        self.revision = 0 if self.said is None else self.revision + 1
        self.said = Said(now, dict(areas), self.lost, tuple(self.events), self.fallen)
        if move.status in ("all-clear", "cancel"):
            self.state = "ended"
        elif self.fallen:
            self.state = "fallen"
        elif move.status == "pre-alert":
            self.state = "pre-alert"
        else:
            self.state = "alert"

    def least(self, code: str, ahead: bool) -> float:
        """The probability down to which an area that is named stays so: as in danger, or as what may be reached."""
        if ahead:
            return STAYS * self.rule.pre_alert.probability if self.rule.pre_alert else math.inf
        return self.threshold(code).leave

    def threshold(self, code: str) -> Threshold:
        """The rule for one area."""
        rule = self.rule.hazard(self.hazard)
        assert rule is not None
        return rule.district if self.areas_known[code].level == "district" else rule.country

    def _counts(self, danger: Danger, code: str, now: float) -> bool:
        """Whether an object still means danger to an area, or begins to."""
        if danger.doubtful and not (code in self.areas and self.areas[code].warned):
            return False
        latest = danger.threats[code].latest
        if self.hazard == "overflight":
            return not (danger.lost and now > latest + self.rule.lost_wait_s)
        return not (danger.vanished and now > latest)

    def _watch_area(self, code: str, combined: Combined | None, dangers: list[Danger], now: float) -> None:
        area = self.areas.setdefault(code, AreaState(combined or NOTHING))
        if area.gone == "passed" and combined is None:
            return
        limit = self.threshold(code)
        area.combined = combined or NOTHING
        threat = area.combined.threat
        if area.last and area.last.arrival - PASSING_S < now and area.last.arrival < threat.arrival < math.inf:
            # It is there already: what is left of the area's far side comes later, the area does not.
            threat = threat._replace(arrival=area.last.arrival)
            area.combined = area.combined._replace(threat=threat)
        if threat.probability >= limit.leave:
            area.last, area.brought_by = threat, frozenset(area.combined.by_object)
        area.neighbour_of = next(
            (other for other in self.neighbours_of(code) if other in self.areas and self.areas[other].warned),
            None,
        )
        enough = limit.neighbour if area.neighbour_of else limit.alert
        above = threat.probability >= enough and threat.stated >= self.rule.sanity
        area.above_since = (now if area.above_since is None else area.above_since) if above else None
        below = threat.probability < limit.leave
        area.below_since = (now if area.below_since is None else area.below_since) if below else None
        far = threat.arrival - now > limit.far_s
        dwell_s = limit.far_dwell_s if far else limit.enter_dwell_s
        if area.above_since is not None and now - area.above_since >= dwell_s:
            area.warned, area.gone = True, None
        elif area.warned:
            self._watch_end(code, area, dangers, now)

    def _watch_end(self, code: str, area: AreaState, dangers: list[Danger], now: float) -> None:
        """Whether, and why, an area that was warned is in danger no longer."""
        limit = self.threshold(code)
        if area.below_since is None:
            return
        latest = area.last.latest if area.last else now
        said = self.said.areas.get(code) if self.said else None
        led_here = said is not None and said.probability >= STAYS * limit.alert
        brought = [danger for danger in dangers if danger.object in area.brought_by]
        seen_until = max((danger.seen_until for danger in brought), default=-math.inf)
        over = brought or dangers
        if self.hazard == "overflight" and led_here and seen_until >= latest - PASSING_S:
            area.gone = "passed"
        elif self.hazard == "overflight" and over and now > latest and all(d.lost or d.down for d in over):
            area.gone = "lost"
        elif self.hazard != "overflight" and over and all(danger.down for danger in over):
            area.gone = "lost" if any(danger.lost for danger in over) else "fell"
        elif now - area.below_since >= limit.leave_dwell_s:
            area.gone = area.gone or "turned"

    def _watch_ahead(self, dangers: list[Danger], now: float) -> None:
        rule = self.rule.pre_alert
        if rule is None:
            return
        found: dict[str, Ahead] = {}
        stays = STAYS * rule.probability
        for danger in dangers:
            for code, ahead in danger.ahead.items():
                likely = ahead.probability
                if danger.wide or likely >= (stays if code in self.pre_areas else rule.probability):
                    other = found.get(code)
                    if other is None or likely > other.probability:
                        found[code] = ahead
        self.ahead_since = {code: self.ahead_since.get(code, now) for code in found}
        self.wide = any(danger.wide for danger in dangers)  # waited enough: there is no direction that could flicker
        self.pre_areas = {
            code: ahead
            for code, ahead in found.items()
            if self.wide or now - self.ahead_since[code] >= rule.enter_dwell_s
        }

    def _begin(self) -> Move | None:
        if any(area.gone is None for area in self.warned().values()):
            return Move("alert", None, "an area's probability is at its threshold")
        if self.pre_areas and self.wide:
            return Move("pre-alert", None, "launched, and no direction is known yet: all within reach are told")
        if self.pre_areas:
            return Move("pre-alert", None, "launched; direction and range may lead here, the place is not known")
        return None

    def _from_pre_alert(self, now: float) -> Move | None:
        assert self.said is not None
        if any(area.gone is None for area in self.warned().values()):
            return Move("alert", None, "an area's probability is at its threshold")
        grown = self.pre_areas.keys() - self.said.areas.keys()
        shrunk = self.said.areas.keys() - self.pre_areas.keys()
        if grown or (shrunk and now - self.said.time >= CHANGE_DWELL_S):
            return Move("pre-alert", None, _difference(grown, shrunk))
        return None

    def _update(self, now: float) -> Move | None:
        said = self.said
        assert said is not None
        current = self.current()
        grown, shrunk = current.keys() - said.areas.keys(), said.areas.keys() - current.keys()
        if grown:
            return Move("update", None, _difference(grown, shrunk))
        if self.lost and not said.lost:
            return Move("update", None, "not seen any more: what is said is predicted from its last track")
        why = self._changed(said, current, shrunk)
        self.changed_since = (now if self.changed_since is None else self.changed_since) if why else None
        settled = self.changed_since is not None and now - self.changed_since >= CHANGE_DWELL_S
        return Move("update", None, why) if why and settled and now - said.time >= self.rule.update_gap_s else None

    def _changed(self, said: Said, current: dict[str, AreaThreat], shrunk: set[str]) -> str | None:
        """What is worth saying besides what grows; None where nothing is."""
        if shrunk:
            return _difference(set(), shrunk)
        if self.lost != said.lost:
            return "seen again"
        if tuple(self.events) != said.events:
            return "another launch threatens the same areas"
        for code, threat in current.items():
            before = said.areas[code]
            if _band(threat.probability) != _band(before.probability):
                return f"{code}: from {before.probability:.3f} to {threat.probability:.3f}"
            if abs(threat.arrival - before.arrival) > ARRIVAL_CHANGE_S:
                return f"{code}: arrival moved by {threat.arrival - before.arrival:+.0f} s"
        return None

    def current(self) -> dict[str, AreaThreat]:
        """The areas that it would name now: those warned, with their last threat; those that may be reached too."""
        named = {
            code: area.combined.threat if area.combined.by_object or area.last is None else area.last
            for code, area in self.warned().items()
            if area.gone in (None, "passed")
        }
        for code, ahead in self.pre_areas.items():
            named.setdefault(code, AreaThreat(ahead.probability, ahead.probability, ahead.arrival, ahead.arrival))
        return named

    def _ending(self) -> tuple[EndReason, str]:
        """How it ends, and why in one line, by the areas that were named last."""
        said = self.said.areas if self.said else {}
        gone = {area.gone for code, area in self.warned().items() if code in said}
        if "lost" in gone:
            return "will-not-arrive", "lost before it came, and past the latest time at which it could have come"
        if "passed" in gone:
            return "passed", "seen beyond the areas"
        if "fell" in gone:
            return "fell-at-sea", "down by its prediction, which leaves no area in danger"
        return "will-not-arrive", "no prediction leaves an area in danger any more"


class Said(NamedTuple):
    """What a warning said last."""

    time: float
    areas: dict[str, AreaThreat]
    lost: bool
    events: tuple[str, ...]
    fallen: bool


NOTHING = Combined(AreaThreat(0.0, 0.0, math.inf, -math.inf), {})
QUIET_S = 5.0
"""No area must have been in danger for so long before that is said: against flicker."""
DOUBT_S, BURNING_DOUBT_S = 15.0, 30.0
"""The same of a pre-alert, and while a motor burns: doubts about what it does come and go, and an all-clear that
another pre-alert follows is worse than a late one."""
PASSING_S = 20.0
"""An area vanishes from the path ahead so long before the latest time at which its far end could be reached."""
VANISHED = 0.2
"""What was lost early, and came down on an area with less than this, is not said to have fallen."""
STAYS = 0.5
"""A pre-alert stays for an area down to this part of the probability that brought it."""


def _combine(dangers: list[Danger], counts: Callable[[Danger, str], bool]) -> dict[str, Combined]:
    found: dict[str, Combined] = {}
    for danger in dangers:
        for code, threat in danger.threats.items():
            if not counts(danger, code):
                continue
            before = found.get(code, NOTHING)
            old = before.threat
            found[code] = Combined(
                AreaThreat(
                    1.0 - (1.0 - old.probability) * (1.0 - threat.probability),
                    1.0 - (1.0 - old.stated) * (1.0 - threat.stated),
                    min(old.arrival, threat.arrival),
                    max(old.latest, threat.latest),
                ),
                {**before.by_object, danger.object: threat.probability},
            )
    return found


def _band(probability: float) -> int:
    return sum(probability >= edge for edge in BANDS)


def _difference(grown: set[str], shrunk: set[str]) -> str:
    parts = [f"{word} {', '.join(sorted(codes))}" for word, codes in (("adds", grown), ("drops", shrunk)) if codes]
    return "; ".join(parts)
