"""A guard of the live path over what was opened: a time window. Order on the durable path is the link's.

Time comes in as arguments. A partner's clock is never trusted to be ours: its offset is measured, shown, and taken off.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import deque
from typing import Literal

Timing = Literal["in-time", "late", "early", "clock"]

SAMPLES = 63
"""Releases that the offset of a clock is the median of: half of them later, a step of the clock is followed."""


class LiveWindow:
    """Whether releases of one partner come when they should.

    The median of (received - sent) over the last releases is the offset of its clock with the usual transit time.
    A release off it by more than `window_s` is late or early; while the offset itself is above `largest_skew_s`, every
    release counts as `clock`. It is refused on the live path, and fetched from what the partner stores: somebody on the
    way who held releases back cannot have them taken for news, and nothing is lost where it was only a clock. Only live
    releases that were opened and are not duplicates belong in here, or replays would move the median.
    """

    def __init__(self, window_s: float = 5.0, largest_skew_s: float = 60.0) -> None:
        self.window_s = window_s
        self.largest_skew_s = largest_skew_s
        self.refused: dict[Timing, int] = {}
        self._offsets: deque[float] = deque()
        self._ordered: list[float] = []
        """The same from the least to the greatest."""

    @property
    def skew_s(self) -> float | None:
        """How far the partner's clock seems behind ours, transit included; None before anything came."""
        middle = len(self._ordered) // 2
        if len(self._ordered) % 2:
            return self._ordered[middle]
        return sum(self._ordered[middle - 1 : middle + 1]) / 2.0 if self._ordered else None

    def judge(self, sent: float, received: float) -> Timing:
        """`in-time` if the release came when it should; counts it otherwise."""
        offset = received - sent
        if len(self._offsets) == SAMPLES:
            del self._ordered[bisect_left(self._ordered, self._offsets.popleft())]
        self._offsets.append(offset)
        insort(self._ordered, offset)
        skew = self.skew_s
        assert skew is not None
        timing: Timing = "in-time"
        if abs(skew) > self.largest_skew_s:
            timing = "clock"
        elif offset - skew > self.window_s:
            timing = "late"
        elif skew - offset > self.window_s:
            timing = "early"
        if timing != "in-time":
            self.refused[timing] = self.refused.get(timing, 0) + 1
        return timing
