"""The shared picture: products of all owners in, one preferred solution for each thing out, the others kept.

The own node is an owner like any other: the same rules over the same products give every node the same picture and the
same identities, and nothing is negotiated.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from msgspec.structs import replace

from nadhir.assessment.fusion.biases import NONE, Biases
from nadhir.assessment.fusion.faults import fault_of
from nadhir.assessment.fusion.identities import Change, Identities, spelled
from nadhir.assessment.fusion.kinematics import ground_distance, track_distances
from nadhir.assessment.fusion.matching import Cluster, Key
from nadhir.assessment.fusion.preferred import Solution, in_order_of_preference
from nadhir.assessment.fusion.roles import Roles, Said
from nadhir.assessment.fusion.shared import (
    SEEN_S,
    at_one_time,
    fit_to_combine,
    independent,
    role_of,
    shared_impact,
    shared_track,
)
from nadhir.model import AssessmentProduct, ImpactProduct, LaunchProduct, Phase, Product, TrackProduct
from nadhir.model.products import LaunchStatus

PERIOD_S = 1.0
"""An object is spoken of at most once a second, besides changes of phase."""
FORGET_S = 3600.0
"""A thing that nobody has spoken of for so long is forgotten."""
HEARD_S = 5.0
"""How often what an object tells of owners' biases is heard anew."""
SMOOTHING = 0.25
FARTHEST = 100.0
"""Share of a new squared distance in the running mean, and the most that one can be."""
SAME_OBJECT = -20.0
"""Added to the squared distance of two events for each object that they have in common."""
OBJECT_PREFERENCE, EVENT_PREFERENCE = 4.0, 30.0
"""Squared distances by which another match must be better; for events, more than by one object."""

_ObjectProduct = TrackProduct | ImpactProduct | AssessmentProduct
_KINDS: Sequence[type] = (TrackProduct, ImpactProduct, AssessmentProduct)


@dataclass(slots=True)
class _Told:
    """The latest of each kind that one owner said of one of its objects."""

    track: TrackProduct | None = None
    impact: ImpactProduct | None = None
    assessment: AssessmentProduct | None = None
    event: str | None = None
    issued: float = -math.inf

    @property
    def role(self) -> str:
        """Vehicle or stage, as its owner has it."""
        return role_of([self.assessment] if self.assessment is not None else [])

    def is_silent(self, now: float) -> bool:
        """Whether its owner does not see it any more, or says nothing of it."""
        return now - self.issued > SEEN_S or (self.track is not None and self.track.phase in ("lost", "down"))

    def hear(self, product: _ObjectProduct) -> bool:
        """Whether it is news: later than what was told before, in whatever order it comes."""
        match product:
            case TrackProduct():
                news = _is_later(product, self.track)
                self.track = product if news else self.track
            case ImpactProduct():
                news = _is_later(product, self.impact)
                self.impact = product if news else self.impact
            case AssessmentProduct():
                news = _is_later(product, self.assessment)
                self.assessment = product if news else self.assessment
        if product.issued > self.issued or self.event is None:
            self.event, self.issued = product.event, max(product.issued, self.issued)
        return news


@dataclass(slots=True)
class _Issued:
    """What was last issued of one object."""

    phase: Phase | None = None
    products: dict[type, _ObjectProduct] = field(default_factory=dict)

    def is_due(self, kind: type, phase: Phase | None, now: float) -> bool:
        """Whether it is time for a product of a kind."""
        before = self.products.get(kind)
        return before is None or phase != self.phase or now - before.issued >= PERIOD_S - 1e-6


class Fusion:
    """One picture of what several owners say.

    `take` hears one product of an owner, `tick` says that time has passed; both return the products of the shared
    picture that follow. Things are called "OWNER/name": the name under which this node spoke of them first, which they
    keep. `identity` and `object_identity` give what every node calls them, from any owner's name for them. `changes` is
    the history of identities, `rejected` counts by cause what could not be used.
    """

    def __init__(self) -> None:
        self._launches: dict[Key, LaunchProduct] = {}
        self._told: dict[Key, _Told] = {}
        self._events, self._objects = Identities(EVENT_PREFERENCE), Identities(OBJECT_PREFERENCE)
        self._distances: dict[tuple[Key, Key], tuple[float, float]] = {}
        self._launched: dict[Key, LaunchProduct] = {}
        self._issued: dict[Key, _Issued] = {}
        self._biases = Biases()
        self._roles = Roles()
        self._news: set[Key] = set()
        """Objects of which something was heard that is not in what was said since."""
        self.rejected: Counter[str] = Counter()

    def take(self, owner: str, product: Product, now: float) -> list[Product]:
        """Hear a launch, track, impact or assessment of an owner, at the node's time (Unix seconds)."""
        if not isinstance(product, LaunchProduct | _ObjectProduct):
            return []
        if (fault := fault_of(product, now)) is not None:
            self.rejected[fault] += 1
            return []
        if isinstance(product, LaunchProduct):
            return self._take_launch((owner, product.event), product, now)
        key = (owner, product.object)
        told = self._told.setdefault(key, _Told())
        seen_first = told.track is None and isinstance(product, TrackProduct)
        if not told.hear(product):
            return []
        self._news.add(key)
        new_event = product.event is not None and (owner, product.event) not in self._events
        if seen_first or new_event or key not in self._objects:
            self._match(now)
        return self._speak_of(self._objects.cluster(key), now, (type(product),))

    def tick(self, now: float) -> list[Product]:
        """Let time pass to `now`: things are matched anew, and what is due is said."""
        self._forget(now)
        self._match(now)
        self._biases.weigh(now - FORGET_S, self._unknowing())
        products: list[Product] = []
        for events in self._events.clusters():
            products += self._speak_of_launch(events, now)
        for objects in self._objects.clusters():
            if not self._news.isdisjoint(objects):
                products += self._speak_of(objects, now, _KINDS)
        return products

    @property
    def changes(self) -> list[Change]:
        """How identities of events and objects changed, in the order of time."""
        return sorted([*self._events.changes, *self._objects.changes], key=lambda change: change.time)

    def identity(self, owner: str, event: str) -> str:
        """The identity of an owner's event."""
        return self._events.identity((owner, event))

    def object_identity(self, owner: str, name: str) -> str:
        """The identity of an owner's object."""
        return self._objects.identity((owner, name))

    def called(self, owner: str, event: str | None, name: str | None) -> tuple[str | None, str | None]:
        """What this picture calls an owner's event and object; None for what it has not spoken of."""
        return (
            None if event is None else self._events.called((owner, event)),
            None if name is None else self._objects.called((owner, name)),
        )

    def solutions(self, owner: str, name: str, now: float) -> tuple[Solution, ...]:
        """All that is said of where an owner's object comes down, the preferred first."""
        return self._solve(self._objects.cluster((owner, name)), now)[1]

    def _take_launch(self, key: Key, product: LaunchProduct, now: float) -> list[Product]:
        known = self._launches.get(key)
        if known is not None and product.issued <= known.issued:
            return []
        self._launches[key] = product
        if key not in self._events:
            self._match(now)
        return self._speak_of_launch(self._events.cluster(key), now)

    def _forget(self, now: float) -> None:
        self._launches = {key: one for key, one in self._launches.items() if now - one.issued < FORGET_S}
        # While anybody tells of a thing it keeps its name, also where that was given by an owner who left it long ago.
        lately = {key for key, told in self._told.items() if now - told.issued < FORGET_S}
        known = {key for cluster in self._objects.clusters() if not lately.isdisjoint(cluster) for key in cluster}
        self._told = {key: told for key, told in self._told.items() if key in known or key in lately}
        self._launched = {key: one for key, one in self._launched.items() if now - one.issued < FORGET_S}
        self._issued = {key: issued for key, issued in self._issued.items() if key in self._told}

    def _match(self, now: float) -> None:
        silent = {key for key, told in self._told.items() if told.is_silent(now)}
        seen = {key: told for key, told in self._told.items() if key not in silent}
        self._roles.hear({key: Said(told.event, told.role, told.track) for key, told in seen.items()})
        objects = self._objects.update(self._told, self._object_distances(), now, silent)
        events = set(self._launches) | {
            (owner, told.event) for (owner, _), told in self._told.items() if told.event is not None
        }
        self._events.update(events, self._event_distances(objects), now)

    def _object_distances(self) -> dict[tuple[Key, Key], float]:
        """Running means of the squared distances of objects, moved on only by new data."""
        tracks = {key: told.track for key, told in self._told.items() if told.track is not None}
        matched = [pair for cluster in self._objects.clusters() for pair in _of_two_owners(cluster)]
        distances = {
            pair: (distance, tracks[pair[0]].time + tracks[pair[1]].time)
            for pair, distance in track_distances(tracks, matched, self._biases.of_two).items()
        }
        means = {}
        for pair, (distance, time) in (distances | self._fall_distances()).items():
            distance = min(distance, FARTHEST)
            mean, before = self._distances.get(pair, (distance, time))
            means[pair] = (mean + SMOOTHING * (distance - mean) if time > before else mean, time)
        self._distances = means
        return {pair: mean + self._roles.unlike(*pair) for pair, (mean, _) in means.items()}

    def _unknowing(self) -> frozenset[str]:
        """The owners that have not found their radars biased, where another has."""
        found = {owner: False for owner, _ in self._told}
        for (owner, _), told in self._told.items():
            found[owner] |= told.track is not None and told.track.biased
        return frozenset(owner for owner, is_found in found.items() if not is_found) if any(found.values()) else NONE

    def _fall_distances(self) -> dict[tuple[Key, Key], tuple[float, float]]:
        """Squared distances of objects of one event by where and when they come down, with the time of what is told,
        where an owner gives no track of them; none of a vehicle and a spent stage."""
        falls: dict[Cluster, list[tuple[Key, ImpactProduct]]] = {}
        for key, told in sorted(self._told.items()):
            if told.event is not None and told.impact is not None and told.impact.phase in ("coast", "reentry"):
                falls.setdefault(self._events.cluster((key[0], told.event)), []).append((key, told.impact))
        distances = {}
        for of_event in falls.values():
            for (one, fall), (other, other_fall) in combinations(of_event, 2):
                told, other_told = self._told[one], self._told[other]
                if one[0] == other[0] or (told.track is not None and other_told.track is not None):
                    continue
                if "unknown" in (roles := {told.role, other_told.role}) or len(roles) == 1:
                    distances[one, other] = ground_distance(fall, other_fall), fall.issued + other_fall.issued
        return distances

    def _event_distances(self, objects: Iterable[Cluster]) -> dict[tuple[Key, Key], float]:
        distances = {}
        launches = sorted((key, one) for key, one in self._launches.items() if one.status != "withdrawn")
        for (key, one), (other_key, other) in combinations(launches, 2):
            if key[0] != other_key[0]:
                distances[key, other_key] = ground_distance(one, other)
        for cluster in objects:
            events = [(owner, self._told[owner, name].event) for owner, name in cluster]
            for pair in _of_two_owners((owner, event) for owner, event in events if event is not None):
                distances[pair] = min(distances.get(pair, 0.0), 0.0) + SAME_OBJECT
        return distances

    def _speak_of_launch(self, events: Cluster, now: float) -> list[Product]:
        """The launch with the smallest ellipse; all looks."""
        told = [(self._launches[key], key) for key in events if key in self._launches]
        standing = [(one, key) for one, key in told if one.status != "withdrawn"]
        products: list[Product] = []
        for name in self._events.names(events, now):
            before = self._launched.get(name)
            if standing:
                best = min(
                    standing,
                    key=lambda pair: (pair[0].ellipse_90.semi_major_m * pair[0].ellipse_90.semi_minor_m, pair[1]),
                )[0]
                looks = sorted({look for one, _ in standing for look in one.looks})
                best = replace(best, event=spelled(name), looks=looks, status="update" if before else "report")
            elif before is not None and told:
                best = replace(before, status="withdrawn")
            else:
                continue
            if before is None or replace(best, issued=0.0) != replace(before, issued=0.0, status=_repeated(before)):
                self._launched[name] = replace(best, issued=now)
                products.append(self._launched[name])
        return products

    def _speak_of(self, objects: Cluster, now: float, heard: Sequence[type]) -> list[Product]:
        """Track, impact and assessment of one thing, where they are due and new; nothing unless one of what was heard
        is due, since to solve takes time."""
        latest = self._latest(objects)
        told = list(latest.values())
        newest = max((t.track for t in told if t.track is not None), key=_when, default=None)
        phase = newest.phase if newest is not None else None
        issued = [(name, self._issued.setdefault(name, _Issued())) for name in self._objects.names(objects, now)]
        due = {kind for kind in _KINDS if any(one.is_due(kind, phase, now) for _, one in issued)}
        if due.isdisjoint(heard):
            return []
        if due.issuperset(_KINDS):
            self._news.difference_update(objects)
        track, solutions = self._solve(objects, now)
        assessments = self._assessments_of(latest)
        heard_of = (track, solutions[0].product if solutions else None, assessments[0] if assessments else None)
        best = [p for p in heard_of if p is not None]
        products: list[Product] = []
        for name, one in issued:
            event = self._event_of(objects, name, now)
            for product in best:
                before = one.products.get(type(product))
                named = replace(product, object=spelled(name), event=event, issued=now)
                if type(product) in due and (before is None or named != replace(before, issued=now)):
                    one.products[type(product)] = named
                    products.append(named)
            one.phase = phase
        return products

    def _event_of(self, objects: Cluster, name: Key, now: float) -> str | None:
        """The name of the event that an object called `name` is of."""
        events = [(owner, self._told[owner, thing].event) for owner, thing in objects]
        keys = [(owner, event) for owner, event in events if event is not None]
        if not keys:
            return None
        names = self._events.names(self._events.cluster(min(keys)), now)
        own = [key for key in keys if key[0] == name[0] and key in names]
        return spelled((own or names)[0])

    def _latest(self, objects: Cluster) -> dict[Key, _Told]:
        """What each owner says of one thing, under the name by which it last spoke of it."""
        said = sorted((self._told[key].issued, key) for key in objects if key in self._told)
        latest = {owner: (owner, name) for _, (owner, name) in said}
        return {key: self._told[key] for key in sorted(latest.values())}

    def _assessments_of(self, told: Mapping[Key, _Told]) -> list[AssessmentProduct]:
        """What is said that one thing is, those first who agree with what it is by all. An owner that has it and what
        parted from it the wrong way round says it of the other."""
        role = self._role(told)
        beside = [self._told[other].assessment for key in told for other in self._roles.beside(key)]
        said = [*_assessments(told.values()), *(one for one in beside if one is not None)]
        return sorted(said, key=lambda assessment: role_of([assessment]) != role)

    def _role(self, told: Mapping[Key, _Told]) -> str:
        """What one thing is by all that tell of it."""
        assessments = _assessments(told.values())
        odds = self._roles.vehicle_log_odds(told, self._objects.cluster)
        if role_of(assessments) == "unknown":
            return "unknown"
        if odds == 0.0:
            return role_of(assessments[:1])
        return "vehicle" if odds > 0.0 else "stage"

    def _solve(self, objects: Cluster, now: float) -> tuple[TrackProduct | None, tuple[Solution, ...]]:
        """The best track of one thing and where it comes down by all who say so: one owner, or all tracks together."""
        told = self._latest(objects)
        tracks = {owner: t.track for (owner, _), t in told.items() if t.track is not None}
        if any(not track.ballistic for track in tracks.values()):
            # Who does not see yet that it breaks the assumption is surer than anyone can be.
            tracks = {owner: track for owner, track in tracks.items() if not track.ballistic}
            told = {key: t for key, t in told.items() if key[0] in tracks}
        solutions = [
            Solution((owner,), t.impact)
            for (owner, _), t in told.items()
            if t.impact is not None and not (t.track is not None and t.track.phase in ("boost", "orbit"))
        ]
        together = fit_to_combine(tracks)
        if len(together) < 2 and self._biases.off.isdisjoint(together):
            return max(tracks.values(), key=_when, default=None), in_order_of_preference(solutions)
        role = self._role(told)
        alike = {owner for (owner, _), t in told.items() if t.assessment is None or t.role == role}
        estimates = at_one_time(together, role, alike)
        if (owners := independent(together)) and now - self._biases.heard_of(objects) >= HEARD_S:
            self._biases.hear(objects, {owner: estimates[owner].motion for owner in owners}, now)
        widened = [self._biases.widened(owner, estimate) for owner, estimate in estimates.items()]
        track = shared_track(list(together.values()), widened, "", None, now)
        launched = any(t.event is not None for t in told.values()) and track.phase != "orbit"
        if launched and (impact := shared_impact(track, role)) is not None:
            # An owner that is off by itself is told with what it leaves out.
            solutions = [one for one in solutions if one.owners != tuple(together)]
            solutions.append(Solution(tuple(sorted(together)), impact))
        return track, in_order_of_preference(solutions)


def _of_two_owners(things: Iterable[Key]) -> Iterable[tuple[Key, Key]]:
    return (pair for pair in combinations(things, 2) if pair[0][0] != pair[1][0])


def _assessments(told: Iterable[_Told]) -> list[AssessmentProduct]:
    """What those say it is who see it lately, who knows its velocity best first: how sure one is of a class tells less
    than what it rests on. What all say where nobody sees it. Who lost it long ago may have been sure of another thing.
    Who saw no launch of it cannot tell, and is heard where nobody did.
    """
    known = [(t.track, t.assessment) for t in told if t.assessment is not None]
    known = [pair for pair in known if pair[1].event is not None] or known
    newest = max((track.time for track, _ in known if track is not None), default=0.0)
    seen = [(track, a) for track, a in known if track and track.phase != "lost" and newest - track.time <= SEEN_S]
    if seen:
        return [a for _, a in sorted(seen, key=lambda pair: sum(pair[0].variances[3:]))]
    return sorted((a for _, a in known), key=lambda a: (-max(a.classes.values(), default=0.0), _when(a)))


def _repeated(launch: LaunchProduct) -> LaunchStatus:
    """The status of a launch when it is told again."""
    return "withdrawn" if launch.status == "withdrawn" else "update"


def _when(product: _ObjectProduct) -> tuple[float, float]:
    return product.issued, product.time if isinstance(product, TrackProduct) else 0.0


def _is_later(product: _ObjectProduct, before: _ObjectProduct | None) -> bool:
    return before is None or _when(product) > _when(before)
