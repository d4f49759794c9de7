"""The sending half of a link: records get their number in order of urgency, are logged, and sent."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Sequence

import msgspec

from nadhir.bus import Bus, BusError
from nadhir.model.records import RecordKind
from nadhir.sharing.link_messages import KINDS, URGENT, LinkHealth, frame, subject
from nadhir.sharing.link_recall import Recall

_LOG = logging.getLogger(__name__)

Seal = Callable[[int], bytes | None]
"""Makes the sealed envelope of a record once its sequence is known. The owner's log holds it on return. None where
there is nothing to send any more: the sequence is not used."""

Secure = Callable[[], Awaitable[None]]
"""Makes sure that what was sealed so far cannot be lost any more: nothing counts as stored for the partner before."""

_LANES: dict[RecordKind, int] = {"warning": 0, "launch": 1, "impact": 1, "assessment": 2, "track": 2, "detection": 3}
_PAUSE_S = 0.1
_PATIENCE_S = 1.0
"""A partner that is there answers sooner: what takes longer is shown."""
_URGENT_LANES = 2
_SENT_TOGETHER = 16
"""So many are sealed and sent before anything else has its turn."""
_STORE_AFTER_S, _STORE_SOON_S = 0.2, 0.02
"""What was sent is made secure later and together, as seldom as inputs are: each time holds up the event loop a little,
and a partner that is there holds it too. Soon where none is there, where it asks for it, and where much was sent."""


class SendLimits(msgspec.Struct, frozen=True):
    """Bounds of what waits."""

    queued: int = 10_000
    """For each degree of urgency. The oldest is given up for a newer one: it has no number yet, so no gap is left."""
    unstored: int = 1_024
    """Sent and not yet on the disk."""


class Outbound:
    """Everything for one partner.

    Nothing is numbered before `recall` knows that our log lacks nothing. `stored(sequence)` is told when everything up
    to there is on the disk: from then on the partner may ask for it.
    """

    def __init__(
        self,
        bus: Bus,
        owner: str,
        partner: str,
        health: LinkHealth,
        *,
        secure: Secure,
        stored: Callable[[int], None],
        shed: Callable[[RecordKind, Seal], None],
        recall: Recall,
        limits: SendLimits | None = None,
    ) -> None:
        self._bus = bus
        self._partner = partner
        self._health = health
        self._secure = secure
        self._stored = stored
        self._shed = shed
        self._recall = recall
        self._limits = limits or SendLimits()
        self._lanes: tuple[deque[tuple[RecordKind, Seal]], ...] = tuple(
            deque() for _ in range(max(_LANES.values()) + 1)
        )
        self._urgent_lanes = self._lanes[:_URGENT_LANES]
        self._subjects = {kind: subject(owner, partner, kind) for kind in KINDS}
        self._last = 0
        """Newest sequence that was sealed."""
        self._unsent: tuple[str, bytes] | None = None
        """Sealed as the server was away. Nothing more is numbered meanwhile: what is urgent may still pass the rest."""
        self._is_open = False
        """Whether our log is known to lack nothing, so that numbers can be given."""
        self._changed = asyncio.Event()
        self._sealed = asyncio.Event()
        self._soon = asyncio.Event()
        self._has_stored = asyncio.Event()

    def offer(self, kind: RecordKind, seal: Seal) -> None:
        """Queue one record. Warnings go first, then launches and impacts, tracks and assessments, detections. What is
        urgent is sent before this returns, where nothing is in its way; of the rest more may come in, to go together.
        """
        lane = self._lanes[_LANES[kind]]
        if len(lane) >= self._limits.queued:
            self._health.shed += 1
            self._health.queued -= 1
            self._shed(*lane.popleft())
        lane.append((kind, seal))
        self._health.queued += 1
        if kind in URGENT and self._is_open and self._unsent is None:
            self._send_waiting(self._urgent_lanes)
        if self._health.queued or self._unsent is not None:
            self._changed.set()

    async def run(self) -> None:
        """Seal, send and store until cancelled. A server that is away is waited for."""
        await self._until_whole()
        self._last = self._recall.size
        self._is_open = True
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._store())
                while True:
                    await self._step()
        finally:
            self._is_open = False

    async def stored_to(self, sequence: int) -> int:
        """How far our log is on the disk, as soon as that is as far as this, or all there is."""
        while self._health.stored < min(sequence, self._last):
            self._soon.set()
            await self._has_stored.wait()
        return self._health.stored

    async def _until_whole(self) -> None:
        whole = self._recall.whole
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE_S):
                await whole.wait()
        if not whole.is_set():
            self._wait_for(f"{self._partner} must say what it holds of ours, which our log may have lost")
            await whole.wait()

    async def _step(self) -> None:
        """Send what is sealed; number, seal and send what is most urgent; else wait."""
        if self._unsent is not None:
            await asyncio.sleep(0 if self._send(*self._unsent) else _PAUSE_S)
        elif any(self._lanes) and self._room() > 0:
            await asyncio.sleep(0 if self._send_waiting(self._lanes) else _PAUSE_S)
        else:
            self._changed.clear()
            await self._changed.wait()

    def _room(self) -> int:
        """How many more may be sent and not yet stored."""
        return self._limits.unstored - (self._last - self._health.stored)

    def _send_waiting(self, lanes: Sequence[deque[tuple[RecordKind, Seal]]]) -> bool:
        """Number, seal and send some of what waits, the most urgent first. False where one could not be."""
        left = min(self._room(), _SENT_TOGETHER)
        for lane in lanes:
            while lane and left > 0:
                left -= 1
                if not self._seal_and_send_first(lane):
                    return False
        return True

    def _seal_and_send_first(self, lane: deque[tuple[RecordKind, Seal]]) -> bool:
        """False where that failed."""
        kind, seal = lane[0]
        sequence = self._last + 1
        try:
            envelope = seal(sequence)
        except Exception as error:
            # Most likely the log cannot be written. The record keeps its place; a more urgent one may still pass it.
            self._wait_for(f"a {kind} cannot be sealed: {error}")
            return False
        lane.popleft()
        self._health.queued -= 1
        if envelope is None:
            return True
        self._last = sequence
        self._health.unstored += 1
        self._sealed.set()
        if self._health.unstored > self._limits.unstored // 2:
            self._soon.set()
        return self._send(self._subjects[kind], frame(sequence, envelope))

    def _send(self, subject: str, data: bytes) -> bool:
        """False where the server is away."""
        try:
            self._bus.publish(subject, data)
        except BusError as error:
            self._unsent = subject, data
            self._wait_for(str(error))
            return False
        self._unsent = None
        self._health.error = ""
        return True

    async def _store(self) -> None:
        """Have the disk take what was sealed, a little later and together."""
        health = self._health
        while True:
            while health.stored == self._last:
                self._sealed.clear()
                await self._sealed.wait()
            await asyncio.sleep(_STORE_SOON_S)
            if health.connected:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(_STORE_AFTER_S - _STORE_SOON_S):
                        await self._soon.wait()
            self._soon.clear()
            last = self._last
            await self._until_secure()
            health.stored = last
            health.unstored = self._last - last
            health.error = ""
            self._stored(last)
            self._changed.set()
            self._has_stored.set()
            self._has_stored.clear()

    async def _until_secure(self) -> None:
        while True:
            try:
                await self._secure()
                return
            except Exception as error:
                self._wait_for(f"what was sealed is not on the disk: {error}")
            await asyncio.sleep(_PAUSE_S)

    def _wait_for(self, why: str) -> None:
        if why != self._health.error:
            _LOG.warning("link with %s waits: %s", self._partner, why)
        self._health.error = why
