"""One port for every channel: what goes out, and a dispatcher that carries it with retries, none holding up another.

Each channel has a lane of its own: a bounded set of waiting messages, one for each warning, and a task that sends them.
A newer state of a warning replaces an older one that still waits. What fails is tried again after a pause that grows;
in between the other warnings of the lane have their turn. An end goes to every channel that carried the warning, and
is tried until it is delivered or refused for good.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Protocol, Self

import msgspec

from nadhir.channels.ledger import Delivery, DeliveryState, Ledger
from nadhir.channels.text import Language, WarningText
from nadhir.model import ImpactProduct, Mode, TrackProduct, WarningProduct

REMEMBERED = 10_000
"""Deliveries that a dispatcher shows; the ledger has them all."""

Ring = tuple[tuple[float, float], ...]
"""Latitude and longitude (degrees) of the corners of an area, the first repeated at the end."""


class Outgoing(msgspec.Struct, frozen=True):
    """One state of a warning with all that a channel may need to say it."""

    warning: WarningProduct
    expires: float
    """Unix seconds."""
    identifier: str
    """Of the CAP alert."""
    cap: bytes
    """The signed CAP alert, byte for byte."""
    texts: dict[Language, WarningText]
    outlines: dict[str, tuple[Ring, ...]] = {}
    """Rings of each area by its code."""
    impacts: tuple[ImpactProduct, ...] = ()
    tracks: tuple[TrackProduct, ...] = ()

    @property
    def ends(self) -> bool:
        """Whether this ends the warning."""
        return self.warning.status in ("all-clear", "cancel")


class ChannelError(Exception):
    """A message did not get out. `final` where trying again cannot help."""

    def __init__(self, message: str, final: bool = False) -> None:
        super().__init__(message)
        self.final = final


class Channel(Protocol):
    """A way to reach people or their systems. It serves one mode only: drills and live warnings never share one."""

    @property
    def name(self) -> str:
        """Unique among the channels of a node."""

    @property
    def mode(self) -> Mode:
        """What it carries: live or exercise. A replay reaches nothing outside."""

    async def send(self, message: Outgoing) -> None:
        """Say `message`; ChannelError where it did not get out. Saying it twice must do no harm."""

    async def close(self) -> None:
        """Let go of connections."""


class Retry(msgspec.Struct, frozen=True):
    """How patient a lane is; seconds."""

    first_pause_s: float = 0.5
    longest_pause_s: float = 30.0
    attempt_s: float = 10.0
    """An attempt that takes longer has failed."""
    waiting: int = 1000
    """Warnings that may wait in a lane; more are refused, and seen to be."""


class ChannelStatus(msgspec.Struct, frozen=True):
    """How a channel is doing."""

    channel: str
    mode: Mode
    waiting: int
    sent: int
    failed: int
    """Messages that never got out: refused for good, expired, or no room."""
    failures_in_row: int
    last_error: str
    last_sent: float | None


class Dispatcher:
    """Carries messages to channels, as an asynchronous context: leaving it stops the lanes and closes the channels.

    `deliver` returns at once. What became of each message is in `deliveries` and in the ledger.
    """

    def __init__(
        self,
        channels: Sequence[Channel],
        ledger: Ledger,
        retry: Retry | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        if len({channel.name for channel in channels}) != len(channels):
            raise ValueError("two channels have the same name; give each its own")
        for channel in channels:
            if channel.mode == "replay":
                raise ValueError(f"channel {channel.name}: a replay reaches nothing outside; set live or exercise")
        self._ledger = ledger
        self._clock = clock
        self._deliveries: dict[tuple[str, str], Delivery] = {}
        self._lanes = {channel.name: _Lane(channel, retry or Retry(), clock, self._note) for channel in channels}
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        self._tasks = [asyncio.create_task(lane.run(), name=f"channel {name}") for name, lane in self._lanes.items()]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for lane in self._lanes.values():
            await lane.channel.close()

    def deliver(self, message: Outgoing) -> None:
        """Hand `message` to every channel of its mode.

        An end that cannot reach a channel which carried the warning, since that is no longer configured, is noted as
        failed there. ValueError for a replay: it reaches nothing outside.
        """
        warning = message.warning
        if warning.mode == "replay":
            raise ValueError(f"{warning.warning}: a replay reaches nothing outside")
        lanes = {name: lane for name, lane in self._lanes.items() if lane.channel.mode == warning.mode}
        for lane in lanes.values():
            lane.put(message)
        if message.ends:
            for name in sorted(self._ledger.carried(warning.warning) - lanes.keys()):
                error = f"it carried the warning but no {warning.mode} channel has this name now: end it there by hand"
                self._note(_delivery(name, message, "failed", self._clock(), error=error))

    @property
    def deliveries(self) -> tuple[Delivery, ...]:
        """The latest delivery of each warning on each channel; those that ended well are forgotten first."""
        return tuple(self._deliveries.values())

    @property
    def statuses(self) -> tuple[ChannelStatus, ...]:
        """How each channel is doing."""
        return tuple(lane.status for lane in self._lanes.values())

    async def idle(self) -> None:
        """Wait until nothing waits in any lane."""
        for lane in self._lanes.values():
            await lane.idle.wait()

    def _note(self, delivery: Delivery) -> None:
        self._ledger.note(delivery)
        self._deliveries.pop((delivery.channel, delivery.warning), None)
        self._deliveries[delivery.channel, delivery.warning] = delivery
        if len(self._deliveries) > REMEMBERED:
            done = (key for key, known in self._deliveries.items() if known.ends and known.state == "sent")
            self._deliveries.pop(next(done, next(iter(self._deliveries))))


class _Lane:
    """One channel, what waits for it, and how it is doing."""

    def __init__(
        self, channel: Channel, retry: Retry, clock: Callable[[], float], note: Callable[[Delivery], None]
    ) -> None:
        self.channel = channel
        self.idle = asyncio.Event()
        self.idle.set()
        self._retry = retry
        self._clock = clock
        self._note = note
        self._waiting: dict[str, Outgoing] = {}
        self._attempts: dict[str, int] = {}
        self._work = asyncio.Event()
        self._sent = self._failed = self._failures_in_row = 0
        self._last_error = ""
        self._last_sent: float | None = None

    @property
    def status(self) -> ChannelStatus:
        return ChannelStatus(
            channel=self.channel.name,
            mode=self.channel.mode,
            waiting=len(self._waiting),
            sent=self._sent,
            failed=self._failed,
            failures_in_row=self._failures_in_row,
            last_error=self._last_error,
            last_sent=self._last_sent,
        )

    def put(self, message: Outgoing) -> None:
        """Let `message` wait for its turn, in the place of an older state of its warning."""
        key = message.warning.warning
        if older := self._waiting.get(key):
            self._say(older, "superseded")
        elif len(self._waiting) >= self._retry.waiting and not message.ends:
            self._fail(message, "failed", "no room: too many warnings wait for this channel")
            return
        self._waiting[key] = message
        self._attempts[key] = 0
        self._say(message, "waiting")
        self.idle.clear()
        self._work.set()

    async def run(self) -> None:
        """Send what waits, for ever."""
        while True:
            await self._work.wait()
            key, message = next(iter(self._waiting.items()))
            if not message.ends and message.expires <= self._clock():
                self._settle(key, message)
                self._fail(message, "expired", self._last_error)
            elif not await self._try(key, message):
                pause = self._retry.first_pause_s * 2.0 ** min(self._failures_in_row - 1, 20)
                await asyncio.sleep(min(pause, self._retry.longest_pause_s))

    async def _try(self, key: str, message: Outgoing) -> bool:
        """One attempt; false where it failed and another should follow after a pause."""
        attempts = self._attempts[key] = self._attempts[key] + 1
        self._say(message, "sending", attempts)
        try:
            async with asyncio.timeout(self._retry.attempt_s):
                await self.channel.send(message)
        except Exception as error:
            final = isinstance(error, ChannelError) and error.final
            self._failures_in_row += 1
            self._last_error = str(error) or type(error).__name__
            if not final and self._waiting.get(key) is message:  # behind the others, which may have more luck
                self._waiting[key] = self._waiting.pop(key)
                self._say(message, "waiting", attempts, self._last_error)
            if final:
                self._settle(key, message)
                self._fail(message, "failed", self._last_error, attempts)
            return final
        self._sent += 1
        self._failures_in_row = 0
        self._last_sent = self._clock()
        self._settle(key, message)
        self._say(message, "sent", attempts)
        return True

    def _settle(self, key: str, message: Outgoing) -> None:
        """`message` needs no further attempt; a newer state that came meanwhile still does."""
        if self._waiting.get(key) is message:
            del self._waiting[key], self._attempts[key]
        if not self._waiting:
            self._work.clear()
            self.idle.set()

    def _fail(self, message: Outgoing, state: DeliveryState, error: str, attempts: int = 0) -> None:
        self._failed += 1
        self._last_error = error
        self._say(message, state, attempts, error)

    def _say(self, message: Outgoing, state: DeliveryState, attempts: int = 0, error: str = "") -> None:
        self._note(_delivery(self.channel.name, message, state, self._clock(), attempts, error))


def _delivery(
    channel: str, message: Outgoing, state: DeliveryState, now: float, attempts: int = 0, error: str = ""
) -> Delivery:
    warning = message.warning
    return Delivery(channel, warning.warning, warning.revision, message.ends, state, now, attempts, error)
