"""The node's clock. Live it is the wall clock; in an exercise it stands where whoever plays the exercise has set it."""

from __future__ import annotations

import time

from nadhir.model import Mode


class Clock:
    """Time of the node, Unix seconds; None in an exercise that has not begun.

    In an exercise no time passes by itself: a slow machine makes a slow exercise, and not one in which sensors seem to
    fall silent.
    """

    def __init__(self, mode: Mode) -> None:
        self._live = mode == "live"
        self._set: float | None = None

    def set(self, now: float) -> None:
        """An exercise is at this time. A live clock is set by nobody."""
        self._set = now

    def now(self) -> float | None:
        """The time, if there is one."""
        return time.time() if self._live else self._set
