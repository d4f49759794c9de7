"""Which things of different owners are one: at most one that each owner still tells of, and not changed back and forth.

The owners are taken in the order of their names, and the things of each are assigned to what stands already, one to
one, at the least sum of squared distances. Such an assignment does not change when one owner's things are all shifted
alike, so a bias does not swap two that fly close together. A pair that was matched stays so until it is clearly worse
than another choice, or too far apart; it stays also where nothing can be told of its distance any more.

What its owner tells of no more stays with what it was one with, and leaves its place there to the owner's next name for
it: so what is one keeps its names, and nothing is left behind beside it.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from itertools import groupby

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

    def update(
        self,
        things: Iterable[Key],
        distances: Mapping[tuple[Key, Key], float],
        silent: Container[Key] = (),
    ) -> list[Cluster]:
        """Clusters of the things that there are now, in ascending order; their owners tell of the `silent` no more.

        `distances` holds the squared distance of each two of different owners that might be one, the lesser first.
        """
        things = list(things)
        near: dict[Key, list[tuple[Key, float]]] = {}
        for (one, other), distance in sorted(distances.items()):
            near.setdefault(one, []).append((other, distance))
            near.setdefault(other, []).append((one, distance))
        told = _by_owner(thing for thing in things if thing not in silent)
        ended = _by_owner(thing for thing in things if thing in silent)
        clusters: list[list[Key]] = []
        place: dict[Key, int] = {}
        for own in told:
            self._add(clusters, place, own, self._assigned(own, near, place))
        for own in ended:
            staying = {thing: cluster for thing in own if (cluster := self._stays(thing, near, place)) is not None}
            self._add(clusters, place, list(staying), staying)
            others = [thing for thing in own if thing not in staying]
            taken = {cluster for (owner, _), cluster in place.items() if owner == own[0][0]}
            elsewhere = {thing: cluster for thing, cluster in place.items() if cluster not in taken}
            self._add(clusters, place, others, self._assigned(others, near, elsewhere))
        self._before = {thing: frozenset(members) for members in clusters for thing in members}
        return sorted(tuple(sorted(members)) for members in clusters)

    @staticmethod
    def _add(clusters: list[list[Key]], place: dict[Key, int], own: Sequence[Key], chosen: Mapping[Key, int]) -> None:
        """Put an owner's things into the clusters that were chosen, the others into new ones."""
        for thing in own:
            if thing not in chosen:
                clusters.append([])
            place[thing] = chosen.get(thing, len(clusters) - 1)
            clusters[place[thing]].append(thing)

    def _stays(
        self, thing: Key, near: Mapping[Key, Sequence[tuple[Key, float]]], place: Mapping[Key, int]
    ) -> int | None:
        """The nearest cluster of what a thing was one with. How far off it would be by now tells nothing: nobody sees
        whether it flew on as it was last seen."""
        means = self._means(thing, near, place)
        return min(
            (cluster for cluster, (_, together) in means.items() if together),
            key=lambda cluster: means[cluster][0],
            default=None,
        )

    def _means(
        self, thing: Key, near: Mapping[Key, Sequence[tuple[Key, float]]], place: Mapping[Key, int]
    ) -> dict[int, tuple[float, bool]]:
        """The mean squared distance of a thing from each cluster of which anything is known, and whether it was with
        any of it. Of whom nothing can be told counts only where that goes for all that it was one with."""
        before = self._before.get(thing, frozenset())
        told: dict[int, list[float]] = {}
        for other, distance in near.get(thing, ()):
            if other in place:
                told.setdefault(place[other], []).append(distance)
        together = {place[other] for other in before if other in place}
        means = {cluster: (sum(some) / len(some), cluster in together) for cluster, some in told.items()}
        return dict.fromkeys(together, (self._join, True)) | means

    def _assigned(
        self, own: Sequence[Key], near: Mapping[Key, Sequence[tuple[Key, float]]], place: Mapping[Key, int]
    ) -> dict[Key, int]:
        """Which of the clusters there are the things of one owner belong to; those that belong to none are left out."""
        known = {thing: means for thing in own if (means := self._means(thing, near, place))}
        if not known:
            return {}
        rows = sorted(known)
        columns = sorted({cluster for means in known.values() for cluster in means})
        # To stay alone costs nothing, so that nothing is forced on what is left over.
        cost = np.zeros((len(rows), len(columns)))
        for row, thing in enumerate(rows):
            for cluster, (mean, together) in known[thing].items():
                if mean < (self._keep if together else self._join):
                    cost[row, columns.index(cluster)] = mean - self._keep - self._preference * together
        return {
            rows[row]: columns[column]
            for row, column in zip(*linear_sum_assignment(cost), strict=True)
            if cost[row, column] < 0.0
        }


def _by_owner(things: Iterable[Key]) -> list[list[Key]]:
    """Things by their owner, in ascending order."""
    return [list(own) for _, own in groupby(sorted(things), key=lambda thing: thing[0])]
