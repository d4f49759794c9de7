"""What the shared picture calls the objects that the own sensors alone see, where these are not in the fusion."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from nadhir.geo.earth import Vector
from nadhir.model import TrackProduct

NEW_S = 5.0
"""Tracks that are older say nothing of who is who."""
FORGET_S = 3600.0
UNKNOWN_M, UNKNOWN_MPS = 100.0, 10.0
"""One sigma beside what the tracks claim: they burn on between their times, and share their detections' faults."""
JOIN, KEEP = 36.0, 100.0
"""Squared distances in sigmas: so near they become one, so far they stay one."""
SMOOTHING = 0.25
"""Share of a new squared distance in the running mean: vehicle and spent stage part slowly."""


class _Seen(NamedTuple):
    time: float
    state: Vector
    """Position (m) and velocity (m/s), ECEF."""
    variances: Vector
    """Mean variance of a component of position (m²), and of velocity (m²/s²)."""


class OwnObjects:
    """Pairs own tracks with the shared picture's by where they are, one with one.

    A nation's shared picture takes its own detections together with the partners', and not its own tracks beside that,
    which would count them twice. So nothing else tells that both speak of the same thing.
    """

    def __init__(self) -> None:
        self._own: dict[str, _Seen] = {}
        self._shared: dict[str, _Seen] = {}
        self._distances: dict[tuple[str, str], float] = {}
        self._called: dict[str, str] = {}

    def own(self, track: TrackProduct) -> None:
        """Hear an own track."""
        self._own[track.object] = _seen(track)

    def shared(self, name: str, track: TrackProduct) -> None:
        """Hear a track of the shared picture, with the first name that it has there."""
        self._shared[name] = _seen(track)

    def called(self, name: str) -> str | None:
        """What the shared picture calls an own object; None where it is not known to be one of its."""
        return self._called.get(name)

    def match(self, now: float, first_name: Callable[[str], str]) -> None:
        """Find who is who at the node's time (Unix seconds). What is not seen any more stays what it was, under what
        the shared picture calls that now: `first_name` tells it."""
        self._shared = {name: seen for name, seen in self._shared.items() if first_name(name) == name}
        self._distances = {(one, first_name(other)): mean for (one, other), mean in self._distances.items()}
        for tracks in (self._own, self._shared):
            for name in [name for name, seen in tracks.items() if now - seen.time > FORGET_S]:
                del tracks[name]
        own = {name: seen for name, seen in self._own.items() if now - seen.time <= NEW_S}
        shared = {name: seen for name, seen in self._shared.items() if now - seen.time <= NEW_S}
        called = {one: first_name(other) for one, other in self._called.items()}
        kept = {one: other for one, other in called.items() if one in self._own and other in self._shared}
        self._called = {one: other for one, other in kept.items() if one not in own or other not in shared}
        self._distances = self._compared(own, shared, now)
        # An own track that ended keeps its name, and leaves it to the one that follows it.
        taken: set[str] = set()
        for (one, other), distance in sorted(
            self._distances.items(), key=lambda pair: (kept.get(pair[0][0]) != pair[0][1], pair[1])
        ):
            most = KEEP if kept.get(one) == other else JOIN
            if distance < most and one not in self._called and other not in taken:
                self._called[one] = other
                taken.add(other)

    def _compared(self, own: dict[str, _Seen], shared: dict[str, _Seen], now: float) -> dict[tuple[str, str], float]:
        """Running means of the squared distances of pairs that are near each other."""
        if not own or not shared:
            return {}
        there, there_variances = _at(shared, now)
        here, here_variances = _at(own, now)
        names = list(shared)
        means = {}
        for name, state, variances in zip(own, here, here_variances, strict=True):
            apart = ((there - state) ** 2).reshape(-1, 2, 3).sum(axis=2)
            unknown = there_variances + variances + np.array([UNKNOWN_M**2, UNKNOWN_MPS**2])
            # A distance in six dimensions whose axes are taken as equally unknown.
            distances = (apart / unknown).sum(axis=1)
            for index in np.flatnonzero(distances < KEEP):
                distance = float(distances[index])
                before = self._distances.get((name, names[index]), distance)
                means[name, names[index]] = before + SMOOTHING * (distance - before)
        return means


def _seen(track: TrackProduct) -> _Seen:
    variances = np.array(track.variances).reshape(2, 3).mean(axis=1)
    return _Seen(track.time, np.array([*track.position_m, *track.velocity_mps]), variances)


def _at(tracks: dict[str, _Seen], now: float) -> tuple[Vector, Vector]:
    """States moved on to one time, good to the metres that gravity and thrust pull in a few seconds."""
    states = np.array([seen.state for seen in tracks.values()])
    elapsed_s = np.array([[now - seen.time] for seen in tracks.values()])
    states[:, :3] += elapsed_s * states[:, 3:]
    return states, np.array([seen.variances for seen in tracks.values()])
