"""Which of two that part is the vehicle, by how each owner's own tracks of them fly: the one ahead.

An owner says vehicle or stage of each of its objects, and where its radars hardly tell the two apart it is often wrong.
How sure it can be is in its tracks: a stage is pushed back along the path, so that the two are as far apart along it,
and drift apart as fast, as a parting of a few metres a second makes them; the other way round, where it has the two
wrong. An error of its radars that is alike in both drops out.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

import numpy as np

from nadhir.assessment.fusion.estimates import STATES, estimate_of
from nadhir.assessment.fusion.kinematics import LOG_BETA, flies_free
from nadhir.assessment.fusion.matching import Cluster, Key
from nadhir.assessment.fusion.parting import PARTING_MPS, PARTING_SIGMA_MPS, path_at_parting
from nadhir.geo import propagate
from nadhir.model import TrackProduct

NEAR_M, FARTHEST_M, TOGETHER = 3e3, 50e3, 0.5
"""Two that part are not further apart for minutes; where the air holds the stage back they are, and were together when
the motor ended, to within this share of how far apart they are now."""
SAME_TIME_S = 5.0
SAME_END_S = 10.0
"""What burnt on for longer after another's motor ended is the vehicle of the two."""
SAID, SAID_ALONE, SAID_OF_BURNT_OUT, SUREST = 0.7, 2.2, 3.0, 5.0
"""Log odds that an owner is right of a pair whose tracks tell nothing of who is ahead, of an object without one beside
it, of a stage whose vehicle it saw burn on, and the most: of simulated raids' pairs that tell nothing it is right of 2
in 3, of all objects 9 in 10. What it saw burn on may be another launch's."""


class Said(NamedTuple):
    """What an owner says of one of its objects: of which of its events it is, what it is, and its latest track."""

    event: str | None
    role: str
    track: TrackProduct | None


class Roles:
    """Vehicle or stage, weighed over what all owners say: `hear` them, then ask."""

    def __init__(self) -> None:
        self._odds: dict[Key, float] = {}
        """Log odds that an object is a vehicle and not a stage, by its owner."""
        self._beside: dict[Key, list[Key]] = {}
        """Object -> those of its owner that it parted from."""

    def hear(self, said: Mapping[Key, Said]) -> None:
        """Take what all owners say now instead of what they said before."""
        self._odds = {
            key: {"vehicle": SAID_ALONE, "stage": -SAID_ALONE}.get(one.role, 0.0) for key, one in said.items()
        }
        self._beside = {}
        families: dict[Key, list[tuple[Key, TrackProduct]]] = {}
        for key, one in sorted(said.items()):
            if one.event is not None and one.track is not None:
                families.setdefault((key[0], one.event), []).append((key, one.track))
        for family in families.values():
            for key, track in family:
                if said[key].role == "vehicle":
                    self._hear_pairs(key, track, [one for one in family if said[one[0]].role == "stage"])

    def beside(self, key: Key) -> list[Key]:
        """The objects of its owner that an object parted from."""
        return self._beside.get(key, [])

    def unlike(self, one: Key, other: Key) -> float:
        """How much less likely it is that two owners' objects are one by what they are held for: -2 ln of the
        probability that both are vehicles or both stages, over that where nobody tells."""
        alike = math.tanh(0.5 * self._odds.get(one, 0.0)) * math.tanh(0.5 * self._odds.get(other, 0.0))
        return -2.0 * math.log1p(alike)

    def vehicle_log_odds(self, objects: Iterable[Key], cluster: Callable[[Key], Cluster]) -> float:
        """Log odds that what several owners' `objects` are is a vehicle and not a stage. Where an owner tells it from
        what parted from it, that counts which all others say of the other one, in its `cluster`."""
        known = [key for key in objects if key in self._odds]
        owners = {owner for owner, _ in known}
        parted = {cluster(other) for key in known for other in self.beside(key)}
        others = {key for things in parted for key in things if key in self._odds and key[0] not in owners}
        return sum(self._odds[key] for key in known) - sum(self._odds[key] for key in sorted(others))

    def _hear_pairs(self, vehicle: Key, track: TrackProduct, stages: Iterable[tuple[Key, TrackProduct]]) -> None:
        """What an owner's tracks of a vehicle and of what it left tell."""
        of_vehicle = []
        for stage, left in stages:
            burnt_on, ahead = _burnt_on(track, left), _log_odds_ahead(track, left)
            if ahead is not None:
                self._beside.setdefault(vehicle, []).append(stage)
                self._beside.setdefault(stage, []).append(vehicle)
            elif not burnt_on:
                continue
            right = (ahead or 0.0) + (SAID_OF_BURNT_OUT if burnt_on else SAID)
            self._odds[stage] = -min(max(right, -SUREST), SUREST)
            of_vehicle.append(-self._odds[stage])
        if of_vehicle:
            self._odds[vehicle] = min(of_vehicle)


def _burnt_on(vehicle: TrackProduct, stage: TrackProduct) -> bool:
    """Whether a vehicle's motor burnt on after a stage's had ended."""
    if stage.burnout_time is None or not _is_unpowered(stage):
        return False
    return vehicle.burnout_time is None or vehicle.burnout_time - stage.burnout_time > SAME_END_S


def _is_unpowered(track: TrackProduct) -> bool:
    """Whether no motor drives it; the air holds a stage back more than its vehicle."""
    return flies_free(track) or track.phase == "reentry"


def _log_odds_ahead(one: TrackProduct, other: TrackProduct) -> float | None:
    """Log odds that of two of one owner the first was pushed ahead when they parted; None where they are no pair."""
    if one.burnout_time is None or other.burnout_time is None or not (_is_unpowered(one) and _is_unpowered(other)):
        return None
    lag_s = one.time - other.time
    if abs(lag_s) > SAME_TIME_S:
        return None
    first, second = estimate_of(one), estimate_of(other)
    since_s = max(one.time - min(one.burnout_time, other.burnout_time), 1.0)
    apart = first.mean - propagate(second.mean, LOG_BETA, lag_s)
    distance_m = float(np.linalg.norm(apart[:3]))
    before_m = float(np.linalg.norm(apart[:3] - since_s * apart[3:]))
    if distance_m > FARTHEST_M or (distance_m > NEAR_M and before_m > TOGETHER * distance_m):
        return None
    to_path = np.zeros((2, STATES))
    to_path[0, :3] = to_path[1, 3:] = path_at_parting(first.mean, since_s)
    parted = np.array([since_s, 1.0])
    # The difference is the parting's speed, of known size and spread, times what it has become, and what is not known.
    spread = to_path @ (first.covariance + second.covariance) @ to_path.T
    spread += PARTING_SIGMA_MPS**2 * np.outer(parted, parted)
    return 2.0 * PARTING_MPS * float(parted @ np.linalg.solve(spread, to_path @ apart))
