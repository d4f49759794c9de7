"""The node's clock. Live it is the wall clock; in an exercise it stands where whoever plays the exercise has set it."""

from __future__ import annotations

import asyncio
import time

from nadhir.model import Mode

_STEPS = 4
"""Of an event loop, from bytes at a socket to what is made of them."""


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


async def pause(seconds: float) -> None:
    """Wait before something that nobody waits for. What came in takes some steps of the event loop until it is taken,
    what a timer begins takes one: without the steps after the wait it would go before what came in first."""
    await asyncio.sleep(seconds)
    for _ in range(_STEPS):
        await asyncio.sleep(0)
