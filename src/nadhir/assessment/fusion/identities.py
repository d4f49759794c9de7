"""Names of things that several owners speak of: one identity for each at every node, and names that do not change."""

from __future__ import annotations

from collections import deque
from collections.abc import Container, Iterable, Mapping

import msgspec

from nadhir.assessment.fusion.matching import Cluster, Key, Matching

JOIN, KEEP = 20.0, 40.0
"""Squared distances; the mean of a true pair's is its degrees of freedom, 6 for tracks and 3 for launches."""
CHANGES_KEPT = 1000


class Change(msgspec.Struct, frozen=True):
    """An owner's thing got another identity, since it was found to be one with others, or not to be."""

    time: float
    owner: str
    name: str
    was: str
    now: str


class Identities:
    """Clusters of things and what they are called.

    The identity of a cluster is the least "OWNER/name" in it, so that every node that heard the same finds the same.
    It can change as more is heard; `changes` is its history. A node's products keep the name under which they began.
    `preference` is the squared distance by which another match must be better than the one that there is.
    """

    def __init__(self, preference: float) -> None:
        self._matching = Matching(JOIN, KEEP, preference)
        self._cluster: dict[Key, Cluster] = {}
        self._spoken: dict[Key, float] = {}
        self.changes: deque[Change] = deque(maxlen=CHANGES_KEPT)

    def __contains__(self, key: Key) -> bool:
        return key in self._cluster

    def update(
        self,
        things: Iterable[Key],
        distances: Mapping[tuple[Key, Key], float],
        now: float,
        silent: Container[Key] = (),
    ) -> list[Cluster]:
        """Match the things that there are now; clusters in ascending order."""
        clusters = self._matching.update(things, distances, silent)
        before, self._cluster = self._cluster, {key: cluster for cluster in clusters for key in cluster}
        for key, cluster in self._cluster.items():
            was = before.get(key, cluster)
            if was[0] != cluster[0]:
                self.changes.append(Change(now, *key, spelled(was[0]), spelled(cluster[0])))
        self._spoken = {key: time for key, time in self._spoken.items() if key in self._cluster}
        return clusters

    def clusters(self) -> list[Cluster]:
        """All clusters, in ascending order."""
        return sorted(set(self._cluster.values()))

    def cluster(self, key: Key) -> Cluster:
        """What a thing is one with; only itself where it is not known."""
        return self._cluster.get(key, (key,))

    def identity(self, key: Key) -> str:
        """The identity of a thing."""
        return spelled(self.cluster(key)[0])

    def called(self, key: Key) -> str | None:
        """What this node calls the thing that an owner's thing is one with; None before it has spoken of it."""
        names = [(self._spoken[one], one) for one in self.cluster(key) if one in self._spoken]
        return spelled(min(names)[1]) if names else None

    def names(self, cluster: Cluster, now: float) -> list[Key]:
        """What this node calls a cluster: the name under which it spoke of it first, then any other under which it
        spoke before it knew that the two are one, so that nothing said under that ends by silence."""
        names = sorted((self._spoken[key], key) for key in cluster if key in self._spoken)
        if not names:
            self._spoken[cluster[0]] = now
            return [cluster[0]]
        return [key for _, key in names]


def spelled(key: Key) -> str:
    """The name of an owner's thing outside its owner's node."""
    owner, name = key
    return f"{owner}/{name}"
