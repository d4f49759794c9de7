"""How long things take inside a node and between two, by hop, for metrics and `nadhir status`."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from functools import partial

import msgspec

KEPT = 20_000

RECEIVED_TO_PICTURE = "received → own picture"
RECEIVED_TO_SEALED = "received → sealed"
SEALED_TO_ARRIVED = "sealed → received at partner"
ARRIVED_TO_PICTURE = "received at partner → its picture"


class HopLatency(msgspec.Struct, frozen=True):
    """Seconds over the last measurements of one hop, and how many there ever were."""

    count: int
    p50_s: float
    p99_s: float


class Hops:
    """The last measurements of each hop."""

    def __init__(self) -> None:
        self._taken: defaultdict[str, deque[float]] = defaultdict(partial(deque, maxlen=KEPT))
        self._counts: Counter[str] = Counter()

    def took(self, hop: str, seconds: float) -> None:
        """Count one measurement."""
        self._taken[hop].append(seconds)
        self._counts[hop] += 1

    def latencies(self) -> dict[str, HopLatency]:
        """Median and 99th percentile of each hop."""
        found = {}
        for hop, taken in self._taken.items():
            ordered = sorted(taken)
            last = len(ordered) - 1
            found[hop] = HopLatency(self._counts[hop], ordered[last // 2], ordered[round(0.99 * last)])
        return found
