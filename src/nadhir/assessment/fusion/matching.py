"""Which things of different owners are one: at most one of each owner, and not changed back and forth.

The owners are taken in the order of their names, and the things of each are assigned to what stands already, one to
one, at the least sum of squared distances. Such an assignment does not change when one owner's things are all shifted
alike, so a bias does not swap two that fly close together. A pair that was matched stays so until it is clearly worse
than another choice, or too far apart; it stays also where nothing can be told of its distance any more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from scipy.optimize import linear_sum_assignment

Key = tuple[str, str]
"""Owner, and its name for a thing."""
Cluster = tuple[Key, ...]
"""What is held to be one thing, in ascending order."""


class Matching:
    """Clusters of things, kept from one time to the next.

    `join` and `keep` are the greatest mean squared distances at which a thing joins a cluster and at which it stays;
    `preference` is by how much another cluster must be nearer before a thing changes over.
    """

    def __init__(self, join: float, keep: float, preference: float) -> None:
        self._join, self._keep, self._preference = join, keep, preference
        self._before: dict[Key, frozenset[Key]] = {}
        """Thing -> what it was one with."""

    def update(self, things: Iterable[Key], distances: Mapping[tuple[Key, Key], float]) -> list[Cluster]:
        """Clusters of the things that there are now, in ascending order.

        `distances` holds the squared distance of each two of different owners that might be one, the lesser first.
        """
        by_owner: dict[str, list[Key]] = {}
        for thing in sorted(things):
            by_owner.setdefault(thing[0], []).append(thing)
        near: dict[Key, list[Key]] = {}
        for earlier, later in sorted(distances):
            near.setdefault(later, []).append(earlier)
        clusters: list[list[Key]] = []
        place: dict[Key, int] = {}
        for own in by_owner.values():
            chosen = self._assigned(own, near, place, distances)
            for thing in own:
                if thing not in chosen:
                    chosen[thing] = len(clusters)
                    clusters.append([])
                clusters[chosen[thing]].append(thing)
            place |= chosen
        self._before = {thing: frozenset(members) for members in clusters for thing in members}
        return sorted(tuple(members) for members in clusters)

    def _assigned(
        self,
        own: Sequence[Key],
        near: Mapping[Key, list[Key]],
        place: Mapping[Key, int],
        distances: Mapping[tuple[Key, Key], float],
    ) -> dict[Key, int]:
        """Which of the clusters there are the things of one owner belong to; those that belong to none are left out."""
        told: dict[tuple[Key, int], list[tuple[float, bool]]] = {}
        for thing in own:
            before = self._before.get(thing, frozenset())
            for other in near.get(thing, ()):
                told.setdefault((thing, place[other]), []).append((distances[other, thing], other in before))
            for other in before:
                if other in place and (other, thing) not in distances:
                    told.setdefault((thing, place[other]), []).append((self._join, True))
        if not told:
            return {}
        rows = sorted({thing for thing, _ in told})
        columns = sorted({cluster for _, cluster in told})
        # To stay alone costs nothing, so that nothing is forced on what is left over.
        cost = np.zeros((len(rows), len(columns)))
        for (thing, cluster), members in told.items():
            mean = sum(distance for distance, _ in members) / len(members)
            together = any(stayed for _, stayed in members)
            if mean < (self._keep if together else self._join):
                cost[rows.index(thing), columns.index(cluster)] = mean - self._keep - self._preference * together
        return {
            rows[row]: columns[column]
            for row, column in zip(*linear_sum_assignment(cost), strict=True)
            if cost[row, column] < 0.0
        }
