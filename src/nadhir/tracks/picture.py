"""The picture that the tracker keeps: objects, events, and the slots of the mixtures behind them."""

from __future__ import annotations

import math
from bisect import insort

import numpy as np

from nadhir.geo.earth import Matrix, Vector
from nadhir.model import Component, LaunchEstimate, ObjectState, Role, TrackMessage
from nadhir.tracks import mixture
from nadhir.tracks.ascent import launch_point
from nadhir.tracks.bias import RadarBiases
from nadhir.tracks.objects import Event, Rivals, TrackedObject


class Picture:
    """All that is tracked now. `pool` holds the estimates, `objects` and `events` the rest."""

    def __init__(self, biases: RadarBiases) -> None:
        self._biases = biases
        self.pool = mixture.empty_pool(64, biases.covariance)
        self.objects: list[TrackedObject] = []
        self.events: list[Event] = []
        self._free = list(range(63, -1, -1))
        self._names = {"E": 0, "O": 0}
        self._begun = 0

    def heaviest(self, candidate: TrackedObject) -> int:
        """Index of an object's heaviest component."""
        slot = candidate.slot
        return int(np.argmax(self.pool.log_weight[slot, : self.pool.components[slot]]))

    def estimate(self, event: Event) -> LaunchEstimate:
        """The message about an event's launch."""
        assert event.launch is not None
        return LaunchEstimate(event.id, event.withdrawn, *event.launch, tuple(event.sensors))

    def withdraw(self, event: Event) -> LaunchEstimate:
        """Take a launch back; the message that says so."""
        event.withdrawn = True
        return self.estimate(event)

    def state(self, candidate: TrackedObject) -> ObjectState:
        """The message about an object as it stands."""
        pool, slot = self.pool, candidate.slot
        weights = np.exp(pool.log_weight[slot, : pool.components[slot]]).tolist()
        components = []
        for c in sorted(range(len(weights)), key=lambda c: -weights[c]):
            state, covariance = pool.state[slot, c].copy(), pool.covariance[slot, c].copy()
            if self._biases.present:
                by_bias = pool.by_bias[slot, c]
                covariance += by_bias @ pool.bias_covariance @ by_bias.T
            components.append(
                Component(weights[c], bool(pool.burning[slot, c]), float(pool.since[slot, c]), state, covariance)
            )
        event = candidate.event
        launched = launch_point(event.ascent)[2] if event is not None and event.ascent is not None else None
        ballistic = not (candidate.relit or (candidate.strange and candidate.cutoff_time is not None))
        return ObjectState(
            candidate.id,
            event.id if event is not None else None,
            float(pool.time[slot]),
            tuple(components),
            candidate.role,
            candidate.cutoff_time,
            launched,
            candidate.stages_dropped,
            ballistic,
            candidate.lost,
            self._biases.present,
        )

    def tell(self, candidate: TrackedObject) -> list[TrackMessage]:
        """The message about an object, where it is spoken of."""
        return [self.state(candidate)] if candidate.is_told else []

    def new_event(self, time: float) -> Event:
        """A launch, seen or supposed, with the next number."""
        self._names["E"] += 1
        event = Event(f"E{self._names['E']:04d}", time)
        self.events.append(event)
        return event

    def name_of(self, candidate: TrackedObject) -> str:
        """The next name for an object of its event, or of none."""
        if candidate.event is None:
            self._names["O"] += 1
            return f"O{self._names['O']:04d}"
        candidate.event.named += 1
        return f"{candidate.event.id}-{candidate.event.named}"

    def add(self, event: Event | None, role: Role, confirmed: bool, time: float) -> TrackedObject:
        """A new object with a slot of its own."""
        self._begun += 1
        added = TrackedObject("", self._begun, self._take_slot(), None, role, confirmed, 0.0, time, time)
        self.objects.append(added)
        if event is not None:
            self.give(added, event)
        return added

    def give(self, candidate: TrackedObject, event: Event) -> None:
        """Hold an object of no launch for one of this launch."""
        candidate.event = event
        insort(event.objects, candidate, key=lambda one: one.number)

    def remove(self, candidate: TrackedObject) -> None:
        """Forget an object and free its slot."""
        self.objects.remove(candidate)
        if candidate.event is not None:
            candidate.event.objects.remove(candidate)
        if candidate.rivals is not None:
            self.unite(candidate.rivals)
        for other in self.objects:
            if other.partner is candidate:
                other.partner = None
        self._give_back(candidate.slot)

    def oppose(self, one: TrackedObject, other: TrackedObject, sensor: str, time: float, gain: float) -> Rivals:
        """Follow two objects with a radar's detections exchanged as well, from where they are now."""
        rivals = Rivals((one, other), sensor, [self._take_slot(), self._take_slot()], time, gain)
        for o, slot in zip(rivals.objects, rivals.slots, strict=True):
            o.rivals = rivals
            mixture.copy(self.pool, o.slot, slot)
        return rivals

    def unite(self, rivals: Rivals) -> None:
        """Follow two objects in one way only from here on."""
        for o, slot in zip(rivals.objects, rivals.slots, strict=True):
            o.rivals = None
            self._give_back(slot)

    def follow_biases(self) -> None:
        """Make room for the biases of radars that have become known."""
        old, covariance = self.pool, self._biases.covariance
        added = np.zeros((*old.by_bias.shape[:3], len(covariance) - old.by_bias.shape[3]))
        self.pool = old._replace(by_bias=np.concatenate([old.by_bias, added], axis=3), bias_covariance=covariance)

    def _take_slot(self) -> int:
        if not self._free:
            self._grow()
        return self._free.pop()

    def _give_back(self, slot: int) -> None:
        self.pool.components[slot], self.pool.driven_on[slot] = 0, False
        self._free.append(slot)

    def _grow(self) -> None:
        """Make room for half as many objects again.

        One array after the other, and only the components in use: what is never written to takes no memory.
        """
        size, used = len(self.pool.components), int(self.pool.components.max())
        more = size + size // 2
        for name, new in mixture.empty_pool(more, self.pool.bias_covariance)._asdict().items():
            old = getattr(self.pool, name)
            if old is not new:
                part = (slice(size), slice(used))[: min(old.ndim, 2)]
                new[part] = old[part]
                self.pool = self.pool._replace(**{name: new})
        self._free = list(range(more - 1, size - 1, -1))

    def set(self, slot: int, components: list[tuple[Vector, Matrix, bool, float, float]], time: float) -> None:
        """Put components (state, covariance, burning, since, weight) into a slot."""
        pool = self.pool
        for c, (state, covariance, burning, since, weight) in enumerate(components):
            pool.state[slot, c], pool.covariance[slot, c] = state, covariance
            pool.by_bias[slot, c] = 0.0
            pool.burning[slot, c], pool.since[slot, c] = burning, since
            pool.log_weight[slot, c] = math.log(weight)
        pool.components[slot], pool.time[slot] = len(components), time
