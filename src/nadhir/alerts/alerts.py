"""Products in, warnings out: which areas are told what and when, by the rules of the nation that they belong to.

Pure: products and ticks reach it as messages, and it decides at ticks alone, so that a replay and a live node decide
the same. Each decision comes with the numbers behind it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import NamedTuple, TypeVar

from nadhir.alerts.life import STAYS, Danger, Life, Move
from nadhir.alerts.rules import AuthorityRule, Rules
from nadhir.alerts.threats import (
    PATH_PERIOD_S,
    Ahead,
    AreaThreat,
    Flying,
    Threats,
    fall_threats,
    passage_threats,
    reachable,
)
from nadhir.geo.areas import AreaMap
from nadhir.model import (
    AreaNumbers,
    AreaWarning,
    AssessmentProduct,
    EndReason,
    Explanation,
    Hazard,
    ImpactProduct,
    LaunchProduct,
    Mode,
    ObjectNumbers,
    Product,
    TrackProduct,
    WarningProduct,
    WarningStatus,
)

ASCENT_S = 1500.0
"""What is passed over later than this after the launch is passed over by something in orbit, as every day."""
COAST_M = 20e3
"""A launch so near to an area is said to come from it."""
BLURRED_S = 60.0
"""What was not seen for so long brings no more areas into danger: its prediction only blurs."""
CONFIRMED_S, SAME_RAID_S = 40.0, 900.0
"""One sensor's launch is believed when it was tracked for so long, where several saw another launch so lately."""
UNSETTLED_S = 1800.0
"""A launch whose place is never known threatens what it may reach for so long: the flight of all but lofted ones."""


_Threat = TypeVar("_Threat", AreaThreat, Ahead)
_Answered = defaultdict[tuple[str, Hazard, str], set[str]]


class Decision(NamedTuple):
    """A warning product and the numbers behind it."""

    product: WarningProduct
    explanation: Explanation


@dataclass(slots=True)
class _Joined:
    """A warning, the areas that it touches at least, and whether something joined it that it has not looked at."""

    life: Life
    touched: set[str]
    behind: bool = False


class Alerts:
    """The warnings of all authorities.

    `consider` takes a product, `tick` says that time has passed and gives what is to be said; `unfinished` tells
    whether a warning still waits for its end. `end` is for people: an impact on land is cleared by nobody else; and
    `reissue`, where they ended one by mistake.
    """

    def __init__(self, areas: AreaMap, rules: Rules, mode: Mode = "replay") -> None:
        self._areas, self._rules, self._mode = areas, rules, mode
        self._neighbours = cache(lambda code: tuple(sorted(areas.neighbours(code))))
        self._authority = cache(rules.authority)
        self._told_early = _told_of(areas, rules, lambda rule: rule.pre_alert is not None)
        self._told_of_passages = _told_of(areas, rules, lambda rule: rule.overflight is not None)
        for told in filter(None, (self._told_early, self._told_of_passages)):
            for code in told.codes:
                areas.neighbours(code)  # slow, and no time for it in the first second of a raid
        for rule in rules.all():
            areas.widened(rule.margin_m)  # the same
        self._longest_pause_s = max((rule.pause_s for rule in rules.all()), default=0.0)
        self._launches: dict[str, LaunchProduct] = {}
        self._first_seen: dict[str, float] = {}
        self._origin: dict[str, str | None] = {}
        self._withdrawn: set[str] = set()
        self._flying: dict[str, Flying] = {}
        self._by_event: defaultdict[str, list[Flying]] = defaultdict(list)
        """The same as of the last tick, by their events."""
        self._lives: list[Life] = []
        self._holders: dict[tuple[str, Hazard, str], Life] = {}
        """Which warning names an area, by authority, hazard and code."""
        self._numbers: dict[str, int] = {}
        self._silent: list[str] = []
        self._ended_by_people: dict[str, Life] = {}
        self._answered: _Answered = defaultdict(set)
        self._answered_ahead: _Answered = defaultdict(set)
        """Areas of what a person ended, by authority, hazard and event: as in danger, and as within reach."""

    @property
    def unfinished(self) -> bool:
        """Whether a warning still waits for an end that comes by itself."""
        return any(life.state in ("pre-alert", "alert") for life in self._lives)

    def sensors_silent(self, sensors: Iterable[str]) -> None:
        """Name the sensors that are silent: shown beside every statement from now on."""
        self._silent = sorted(sensors)

    def consider(self, product: Product) -> None:
        """Take in a product of this node. What has no launch, as satellites, threatens nobody here."""
        if isinstance(product, LaunchProduct):
            self._launch(product)
        elif isinstance(product, ImpactProduct) and product.phase == "boost":
            pass  # far too wide to alert an area by; what it may still reach decides about pre-alerts
        elif isinstance(product, TrackProduct | ImpactProduct | AssessmentProduct) and product.event is not None:
            self._flying.pop(_unflown(product.event), None)
            self._flying.setdefault(product.object, Flying(product.object, product.event)).take(product)

    def tick(self, now: float) -> list[Decision]:
        """What is to be said now. Ends come last, when it is known what else threatens their areas."""
        self._by_event = defaultdict(list)
        for flying in self._flying.values():
            self._by_event[flying.event].append(flying)
            flying.miss(now)
            self._look(flying, now)
        self._watch_new()
        self._holders = {}
        for life in self._spoken():
            for code in life.stands():
                self._holders.setdefault((life.authority, life.hazard, code), life)
        for life in self._lives:
            life.watch(self._dangers(life, now), now)
        self._join(now)
        decisions = list(self._begin(now))
        moves = [(life, move) for life in self._spoken() if (move := life.next(now, self._is_withdrawn(life)))]
        moves.sort(key=lambda item: item[1].reason is not None)
        decisions += [self._decide(life, move, now) for life, move in moves]
        self._lives = [life for life in self._lives if life.state != "ended" and (life.said or life.watching)]
        return decisions

    def end(self, warning: str, reason: EndReason, now: float) -> Decision:
        """End a warning because a person says so: cleared, or cancelled as issued in error.

        The same launches bring the same areas into the same danger no more; what was a pre-alert may still become an
        alert. Raises KeyError when no such warning is open.
        """
        life = next((life for life in self._spoken() if life.id == warning), None)
        if life is None or life.said is None:
            raise KeyError(warning)
        for event in life.events:
            self._answered_ahead[life.authority, life.hazard, event].update(life.said.areas)
            if life.state != "pre-alert":
                self._answered[life.authority, life.hazard, event].update(life.said.areas)
        before = replace(life)
        decision = self._decide(life, Move("cancel" if reason == "error" else "all-clear", reason, "by a person"), now)
        self._lives.remove(life)
        self._ended_by_people[warning] = before
        return decision

    def may_reissue(self, warning: str) -> bool:
        """Whether a person ended such a warning, and its launches were not withdrawn since."""
        life = self._ended_by_people.get(warning)
        return life is not None and not self._is_withdrawn(life)

    def reissue(self, warning: str, now: float) -> Decision | None:
        """Say again, under a new id, what a person ended by mistake: the areas that it named last, as they were then;
        the next tick looks at them again.

        None where another warning of the same launch is out: that one names them from the next tick on. Raises KeyError
        where it may not be said again.
        """
        if not self.may_reissue(warning):
            raise KeyError(warning)
        life = self._ended_by_people.pop(warning)
        for event in life.events:
            self._answered_ahead.pop((life.authority, life.hazard, event), None)
            self._answered.pop((life.authority, life.hazard, event), None)
        about = life.authority, life.hazard
        same = [one for one in self._lives if (one.authority, one.hazard) == about and one.events.keys() & life.events]
        for other in same:
            if other.said is not None:
                other.join(life)
                return None
            self._lives.remove(other)
        status: WarningStatus = "pre-alert" if life.state == "pre-alert" else "alert"
        life.id, life.state, life.said = "", "silent", None
        self._lives.append(life)
        return self._decide(life, Move(status, None, f"{warning} was ended by mistake"), now)

    def _launch(self, product: LaunchProduct) -> None:
        event = product.event
        self._launches[event] = product
        self._first_seen.setdefault(event, product.issued)
        origin = self._areas.code_at(product.latitude_deg, product.longitude_deg, COAST_M)
        if origin != self._origin.get(event):
            for flying in self._flying.values():
                flying.news = flying.news or flying.event == event
        self._origin[event] = origin
        if product.status == "withdrawn":
            self._withdrawn.add(event)
            self._flying = {name: flying for name, flying in self._flying.items() if flying.event != event}
        elif not any(flying.event == event for flying in self._flying.values()):
            self._flying[_unflown(event)] = Flying("", event, heard=product.issued)

    def _look(self, flying: Flying, now: float) -> None:
        """Work out what an object threatens, where there is news of it."""
        if not flying.news:
            return
        flying.news, flying.falling = False, {}
        track, launch = flying.track, self._launches.get(flying.event)
        if flying.phase == "boost":
            classes = flying.assessment.classes if flying.assessment else {}
            known, ahead = reachable(self._told_early, launch, track, classes, now) if self._told_early else (False, {})
            if known or not flying.direction_known:  # a doubt of a moment widens nothing
                flying.direction_known, flying.ahead = known, self._within_reach(ahead, flying.event)
        elif flying.known and not flying.between_stages(now, self._longest_pause_s):
            flying.ahead = {}
        started = launch.time if launch else flying.seen_until
        over = track is None or flying.phase == "down" or flying.falls_as == "debris"
        if track is None or over or self._told_of_passages is None or track.time - started > ASCENT_S:
            flying.passing = {}
        elif now - flying.path_flown >= PATH_PERIOD_S:
            flying.path_flown = now
            lands = flying.impact.time if flying.impact else None
            flying.passing = self._of_authorities(passage_threats(self._told_of_passages, track, lands), flying.event)
        flying.concerned = self._concerned(flying, now)

    def _of_authorities(self, threats: Mapping[str, _Threat], event: str) -> dict[str, dict[str, _Threat]]:
        """What an event threatens, by the authority that warns there and by area.

        A nation without rules here is not warned of what it launches itself.
        """
        found: dict[str, dict[str, _Threat]] = {}
        home = (self._origin.get(event) or "").partition("-")[0]
        for code, threat in threats.items():
            authority = self._authority(code)
            if authority and (authority[1].areas or authority[0] != home):
                found.setdefault(authority[0], {})[code] = threat
        return found

    def _within_reach(self, ahead: Mapping[str, Ahead], event: str) -> dict[str, dict[str, Ahead]]:
        """The areas ahead that their authorities' rules do not leave out as too far away, by authority and area."""
        near = {}
        for code, there in ahead.items():
            authority = self._authority(code)
            if authority and authority[1].pre_alert and there.distance_m <= authority[1].pre_alert.reach_m:
                near[code] = there
        return self._of_authorities(near, event)

    def _falling(self, flying: Flying, rule: AuthorityRule, now: float) -> dict[str, Threats]:
        """Areas that an object may come down on, by one rule, by authority; worked out once for each product."""
        if flying.impact is None:
            return {}
        widen = rule.widen if now - flying.predicted_since < rule.widen_for_s else 1.0
        key = widen, rule.margin_m
        if key not in flying.falling:
            flying.falling[key] = self._of_authorities(fall_threats(self._areas, flying.impact, *key), flying.event)
        return flying.falling[key]

    def _concerned(self, flying: Flying, now: float) -> dict[tuple[str, Hazard], AuthorityRule]:
        """The authorities and hazards that an object concerns by its last products, each with its rule."""
        threats: list[tuple[Hazard, Mapping[str, Mapping[str, object]]]] = [
            ("impact", flying.ahead),
            ("overflight", flying.passing),
            *((flying.falls_as, self._falling(flying, rule, now)) for rule in self._rules.all()),
        ]
        found: dict[tuple[str, Hazard], AuthorityRule] = {}
        firsts = {(min(codes), hazard) for hazard, concerned in threats for codes in concerned.values()}
        for code, hazard in sorted(firsts):
            authority = self._authority(code)
            if authority and authority[1].hazard(hazard):
                found.setdefault((authority[0], hazard), authority[1])
        return found

    def _watch_new(self) -> None:
        """Begin to watch for every authority and hazard that an event has come to concern."""
        watched = {(life.authority, life.hazard, event) for life in self._lives for event in life.events}
        for flying in self._flying.values():
            for (authority, hazard), rule in flying.concerned.items():
                if (authority, hazard, flying.event) not in watched:
                    watched.add((authority, hazard, flying.event))
                    events = {flying.event: None}
                    self._lives.append(Life(authority, hazard, rule, self._areas.areas, self._neighbours, events))

    def _dangers(self, life: Life, now: float) -> list[Danger]:
        """What each object of a warning's events means for its areas."""
        dangers = []
        for flying in (flying for event in life.events for flying in self._by_event[event]):
            falling = self._falling(flying, life.rule, now).get(life.authority, {})
            threats: Threats = {}
            if life.hazard == flying.falls_as:
                threats = falling
            elif life.hazard == "overflight":
                # What comes down in an area is no passage over it.
                lands = {code for code, threat in falling.items() if threat.stated >= life.rule.sanity}
                passing = flying.passing.get(life.authority, {})
                threats = {code: threat for code, threat in passing.items() if code not in lands}
            threats = _unanswered(threats, life, flying.event, self._answered)
            wide, ahead = self._ahead(flying, life, now)
            if life.said is not None:
                threats = self._named_here(threats, life, flying.event)
                ahead = self._named_here(ahead, life, flying.event, wide)
            if life.hazard != "impact" and not threats and life.said is None:
                continue
            lost = flying.lost or (flying.down and flying.lost_early)
            blurred = flying.lost_burning or now - flying.seen_until > BLURRED_S
            other = flying.unsettled(now, life.rule.pause_s) or self._burns_on(flying)
            doubtful = blurred or other or self._is_unconfirmed(flying)
            burning, seen = flying.phase == "boost", flying.seen_until
            dangers.append(Danger(flying.object, threats, ahead, wide, flying.down, lost, doubtful, burning, seen))
        return dangers

    def _named_here(
        self, threats: Mapping[str, _Threat], life: Life, event: str, wide: bool = False
    ) -> dict[str, _Threat]:
        """What of the threats of an event is a warning's own. An area is named by one warning: the first that names it
        keeps it, and takes in the launches that come to threaten it."""
        own = {}
        for code, threat in threats.items():
            key = life.authority, life.hazard, code
            counts = wide or threat.probability >= life.least(code, isinstance(threat, Ahead))
            holder = self._holders.setdefault(key, life) if counts else self._holders.get(key, life)
            if holder is life:
                own[code] = threat
            elif counts:
                holder.events[event] = None
        return own

    def _burns_on(self, flying: Flying) -> bool:
        """Whether its launch burns on as another object: what was lost then was most likely that one, misjudged."""
        return flying.lost and any(other.phase == "boost" for other in self._by_event[flying.event])

    def _is_unconfirmed(self, flying: Flying) -> bool:
        """Whether one sensor alone reports its launch, for a short time, where several lately saw another: a stage that
        lights or parts may look so."""
        launch = self._launches.get(flying.event)
        if launch is None or len(launch.looks) != 1 or flying.seen_s >= CONFIRMED_S:
            return False
        return any(
            len(other.looks) > 1 and other.status != "withdrawn" and 0.0 <= launch.issued - other.time < SAME_RAID_S
            for event, other in self._launches.items()
            if event != flying.event
        )

    def _ahead(self, flying: Flying, life: Life, now: float) -> tuple[bool, dict[str, Ahead]]:
        """Areas that an object may still reach, and whether all of them are told for want of a direction.

        An object that was lost before its place was known threatens what it could reach until it must be down or
        another object of its event is known to come down or stay up.
        """
        rule, event, ahead = life.rule.pre_alert, flying.event, flying.ahead.get(life.authority)
        if rule is None or life.hazard != "impact" or flying.falls_as == "debris" or not ahead:
            return False, {}
        if self._is_unconfirmed(flying):
            return False, {}
        seen = self._first_seen.get(event, flying.seen_until)
        settled = any(other.settled for other in self._by_event[event])
        may_burn = flying.phase == "boost" or flying.between_stages(now, life.rule.pause_s)
        if (settled and not may_burn) or (flying.lost and now - seen > UNSETTLED_S):
            return False, {}
        launch = self._launches.get(event)
        launched = launch.time if launch else seen
        latest_s = rule.confirmed_s if launch and len(launch.looks) > 1 else rule.latest_s
        waited = rule.wait_s is not None and (now - seen >= rule.wait_s or now - launched >= latest_s)
        if not flying.direction_known and not waited:
            return False, {}
        return not flying.direction_known, _unanswered(ahead, life, event, self._answered_ahead)

    def _join(self, now: float) -> None:
        """What threatens the same areas is one danger, though none may be enough alone: it is warned of together."""
        alike: defaultdict[tuple[str, Hazard], list[_Joined]] = defaultdict(list)
        order: list[_Joined] = []
        for life in sorted(self._lives, key=lambda life: life.said is None):
            same = alike[life.authority, life.hazard]
            touched = life.touched()
            joined = (
                next((one for one in same if self._touches(one, touched, now)), None) if life.said is None else None
            )
            if joined is None:
                same.append(_Joined(life, touched))
                order.append(same[-1])
            else:
                joined.life.join(life)
                joined.touched |= touched
                joined.behind = True
        for joined in order:
            self._catch_up(joined, now)
        self._lives = [joined.life for joined in order]

    def _touches(self, joined: _Joined, touched: set[str], now: float) -> bool:
        """Whether areas are a warning's too. All that joined it is looked at together only where that may tell: in a
        raid hundreds join one."""
        if not touched & joined.touched:
            self._catch_up(joined, now)
        return bool(touched & joined.touched)

    def _catch_up(self, joined: _Joined, now: float) -> None:
        """Let a warning look at all that joined it."""
        if joined.behind:
            joined.life.watch(self._dangers(joined.life, now), now)
            joined.touched, joined.behind = joined.life.touched(), False

    def _begin(self, now: float) -> Iterator[Decision]:
        """Warnings that begin."""
        for life in [life for life in self._lives if life.said is None]:
            if move := life.next(now, self._is_withdrawn(life)):
                yield self._decide(life, move, now)

    def _spoken(self) -> list[Life]:
        return [life for life in self._lives if life.said is not None and life.state != "ended"]

    def _is_withdrawn(self, life: Life) -> bool:
        return self._withdrawn.issuperset(life.events)

    def _decide(self, life: Life, move: Move, now: float) -> Decision:
        """Say it, and note the numbers behind it."""
        if life.said is None:
            self._numbers[life.authority] = self._numbers.get(life.authority, 0) + 1
            life.id = f"{life.authority}-{self._numbers[life.authority]:04d}"
        areas, held = life.current(), {}
        if move.reason is not None and life.said is not None:
            held = self._held(life, set(life.said.areas))
            areas = {code: threat for code, threat in life.said.areas.items() if code not in held}
        life.speak(move, now, areas)
        product = WarningProduct(
            life.id,
            list(life.events),
            [name for name in life.objects if name],
            now,
            move.status,
            life.hazard,
            [_area(code, threat) for code, threat in sorted(areas.items(), key=lambda i: (-i[1].probability, i[0]))],
            self._mode,
            move.reason,
            life.revision,
            life.authority,
            next((self._launches[event].time for event in life.events if event in self._launches), None),
            next((origin for event in life.events if (origin := self._origin.get(event))), None),
            max((threat.latest for threat in areas.values()), default=None),
            life.fallen,
            life.lost,
            list(self._silent),
        )
        return Decision(product, self._explain(life, move, product, held))

    def _held(self, life: Life, areas: set[str]) -> dict[str, str]:
        """Which of some areas another warning of the same authority still holds."""
        held: dict[str, str] = {}
        for other in self._spoken():
            if other is not life and other.authority == life.authority:
                held |= dict.fromkeys(areas & other.in_danger(), other.id)
        return held

    def _explain(self, life: Life, move: Move, product: WarningProduct, held: dict[str, str]) -> Explanation:
        areas = [
            AreaNumbers(
                code,
                area.combined.threat.probability,
                area.combined.threat.stated,
                life.threshold(code).alert,
                life.threshold(code).leave,
                area.warned,
                area.combined.by_object,
                area.neighbour_of,
                area.above_since,
                area.below_since,
                area.gone,
                held.get(code),
            )
            for code, area in sorted(life.areas.items())
        ]
        if life.rule.pre_alert:
            enough = 0.0 if life.wide else life.rule.pre_alert.probability
            areas += [
                AreaNumbers(code, ahead.probability, 0.0, enough, STAYS * enough, True, held_by=held.get(code))
                for code, ahead in sorted(life.pre_areas.items())
            ]
        objects = [_numbers(flying) for event in life.events for flying in self._by_event[event]]
        return Explanation(
            life.id,
            life.revision,
            product.issued,
            life.authority,
            life.hazard,
            move.status,
            move.reason,
            move.why,
            areas,
            [numbers for numbers in objects if numbers.object],
        )


def _told_of(areas: AreaMap, rules: Rules, wanted: Callable[[AuthorityRule], bool]) -> AreaMap | None:
    """The areas whose authority has such a rule: the work of looking at all others would tell nobody anything."""
    found = {code: rules.authority(code) for code in areas.codes}
    return areas.part([code for code, rule in found.items() if rule and wanted(rule[1])])


def _unanswered(threats: dict[str, _Threat], life: Life, event: str, answered: _Answered) -> dict[str, _Threat]:
    """What no person has ended."""
    ended = answered.get((life.authority, life.hazard, event), ())
    return {code: threat for code, threat in threats.items() if code not in ended} if ended else threats


def _unflown(event: str) -> str:
    """Key of what was launched and is not tracked yet; no object's name holds a line break."""
    return f"{event}\n"


def _area(code: str, threat: AreaThreat) -> AreaWarning:
    return AreaWarning(code, threat.probability, threat.arrival)


def _numbers(flying: Flying) -> ObjectNumbers:
    impact = flying.impact
    return ObjectNumbers(
        flying.object,
        flying.event,
        flying.phase,
        flying.seen_until if flying.track else None,
        impact.time if impact else None,
        impact.time_sigma_s if impact else None,
        impact.latitude_deg if impact else None,
        impact.longitude_deg if impact else None,
        impact.ellipse_90.semi_major_m if impact else None,
        impact.ellipse_90.semi_minor_m if impact else None,
        flying.assessment.classes if flying.assessment else {},
    )
