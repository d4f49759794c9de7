"""The node's clock. Live it is the wall clock; in an exercise it is set by whoever plays the exercise."""

from __future__ import annotations

import time

from nadhir.model import Mode


class Clock:
    """Time of the node, Unix seconds; None in an exercise that has not begun."""

    def __init__(self, mode: Mode) -> None:
        self._live = mode == "live"
        self._set: tuple[float, float, float] | None = None

    def set(self, now: float, pace: float) -> None:
        """An exercise is at this time, and runs so many times faster than real time. A live clock is not moved."""
        self._set = now, pace, time.monotonic()

    @property
    def running(self) -> bool:
        """Whether there is a time."""
        return self._live or self._set is not None

    def now(self) -> float | None:
        """The time, if there is one."""
        if self._live:
            return time.time()
        if self._set is None:
            return None
        now, pace, since = self._set
        return now + pace * (time.monotonic() - since)
