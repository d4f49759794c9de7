"""The sending half of a link: records get their number in order of urgency, are stored for the partner, and sent."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Iterable
from itertools import islice

import msgspec

from nadhir.bus import Bus, BusError
from nadhir.model.records import RecordKind
from nadhir.sharing.link_messages import (
    REPLAY,
    REPLAYED,
    LinkHealth,
    Read,
    Replayed,
    Sealed,
    encode,
    frame,
    subject,
)

_LOG = logging.getLogger(__name__)

Seal = Callable[[int], bytes]
"""Makes the sealed envelope of a record once its sequence is known. The owner's log should hold it on return."""

Secure = Callable[[], None]
"""Makes sure that what was sealed so far cannot be lost any more: nothing is sent before it returns."""

_LANES: dict[RecordKind, int] = {"warning": 0, "launch": 1, "impact": 1, "assessment": 2, "track": 2, "detection": 3}
_PAUSE_S = 0.1
_SEALED_TOGETHER = 16
"""What waits is made secure together: one wait for the disk is enough for many."""
_STORE_AFTER_S = 0.005
_STORED_TOGETHER = 64
"""What was sent goes into the stream a little later and together: it is in the owner's log already."""
_STORED_WITHIN_S = 2.0


class SendLimits(msgspec.Struct, frozen=True):
    """Bounds of what waits."""

    queued: int = 10_000
    """For each degree of urgency. The oldest is given up for a newer one: it has no number yet, so no gap is left."""
    unstored: int = 256
    """Sent and not yet stored. Few, so that a warning finds little before it."""
    stream_octets: int = 900 << 20
    replay_messages: int = 1_000
    replay_octets: int = 256 << 10


class Outbound:
    """Everything for one partner.

    `stored(sequence)` is told in order when an envelope is durable. `log(from_sequence)` is what the owner's own log
    holds for the partner from there on: what a killed node had sealed, and not stored, is taken from it.
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
        log: Callable[[int], Iterable[Sealed]],
        limits: SendLimits | None = None,
    ) -> None:
        self._bus = bus
        self._owner = owner
        self._partner = partner
        self._health = health
        self._secure = secure
        self._stored = stored
        self._shed = shed
        self._log = log
        self._limits = limits or SendLimits()
        self._stream, self._store = f"FOR_{partner}", f"store.{partner}"
        self._lanes: tuple[deque[tuple[RecordKind, Seal]], ...] = tuple(
            deque() for _ in range(max(_LANES.values()) + 1)
        )
        self._sealed: deque[Sealed] | None = None
        """Sealed and not known to be stored, without holes; None until the stream was first seen."""
        self._next = 1
        self._safe = 0
        """Newest sequence that is secure, that was sent live (`_live`), and that was given to the stream (`_sent`)."""
        self._live = 0
        self._sent = 0
        self._sent_at = 0.0
        self._to_store: asyncio.TimerHandle | None = None
        self._is_due = False
        self._failure: BaseException | None = None
        self._changed = asyncio.Event()
        self._replay: asyncio.Task[None] | None = None

    def offer(self, kind: RecordKind, seal: Seal) -> None:
        """Queue one record. Warnings go first, then launches and impacts, tracks and assessments, detections."""
        lane = self._lanes[_LANES[kind]]
        if len(lane) >= self._limits.queued:
            self._health.shed += 1
            self._shed(*lane.popleft())
        lane.append((kind, seal))
        self._health.queued = sum(map(len, self._lanes))
        self._changed.set()

    async def run(self) -> None:
        """Seal, store and send until cancelled. A server that is away is waited for."""
        try:
            while True:
                try:
                    sealed = await self._resume()
                    while True:
                        await self._step(sealed)
                except BusError as error:
                    self._wait_for(str(error))
                await asyncio.sleep(_PAUSE_S)
        finally:
            if self._replay is not None:
                self._replay.cancel()

    def tick(self, now: float) -> None:
        """Notice answers that do not come."""
        if self._sent > self._health.stored and now - self._sent_at > _STORED_WITHIN_S:
            self._fail(BusError("the server does not store what was sent"))

    def serve(self, read: Read) -> None:
        """Answer a partner's read. One at a time: an impatient partner cannot make us read more."""
        if self._replay is None or self._replay.done():
            self._replay = asyncio.create_task(self._answer(read))

    async def _resume(self) -> deque[Sealed]:
        """See how far the stream is; what it lacks will be sent from there on."""
        state = await self._bus.open_stream(self._stream, [self._store], max_bytes=self._limits.stream_octets)
        if self._sealed is None:
            self._sealed = deque(self._log(state.last + 1))
            self._next = self._sealed[-1].sequence + 1 if self._sealed else state.last + 1
            self._safe = self._next - 1
        elif state.last >= self._next:
            raise BusError(f"stream {self._stream} holds {state.last}, but only {self._next - 1} were sealed")
        if self._sealed and self._sealed[0].sequence > state.last + 1:
            raise BusError(
                f"stream {self._stream} ends at {state.last}, and the log goes on at {self._sealed[0].sequence}"
            )
        self._failure = None
        self._forget_timer()
        self._health.resent += max(min(self._sent, self._next - 1) - state.last, 0)
        self._live = self._sent = state.last
        self._stored_to(state.last)
        return self._sealed

    async def _step(self, sealed: deque[Sealed]) -> None:
        """Do what is most urgent: store, send live what is secure, number and seal; else wait."""
        if self._failure is not None:
            raise BusError(str(self._failure)) from self._failure
        if self._is_due or self._live - self._sent >= _STORED_TOGETHER:
            await self._give_to_stream(sealed)
        elif self._live < self._safe:
            await self._send(sealed[self._live + 1 - sealed[0].sequence])
        elif self._safe < self._next - 1 or (any(self._lanes) and self._has_room()):
            if not self._seal_waiting(sealed):
                await asyncio.sleep(_PAUSE_S)
        else:
            self._changed.clear()
            await self._changed.wait()

    def _has_room(self) -> bool:
        return self._live - self._health.stored < self._limits.unstored

    def _seal_waiting(self, sealed: deque[Sealed]) -> bool:
        """Number and seal what waits, the most urgent first, and make it secure. False where something failed."""
        done = True
        while done and any(self._lanes) and self._next - 1 - self._live < _SEALED_TOGETHER:
            done = self._seal_most_urgent(sealed)
        try:
            self._secure()
        except Exception as error:
            self._wait_for(f"what was sealed is not secure: {error}")
            return False
        self._safe = self._next - 1
        return done

    def _seal_most_urgent(self, sealed: deque[Sealed]) -> bool:
        lane = next(lane for lane in self._lanes if lane)
        kind, seal = lane[0]
        try:
            sealed.append(Sealed(self._next, kind, seal(self._next)))
        except Exception as error:
            # Most likely the log cannot be written. The record keeps its place; a more urgent one may still pass it.
            self._wait_for(f"a {kind} cannot be sealed: {error}")
            return False
        lane.popleft()
        self._next += 1
        self._health.queued -= 1
        self._health.unstored = len(sealed)
        self._health.error = ""
        return True

    async def _send(self, sealed: Sealed) -> None:
        self._live = sealed.sequence
        await self._bus.publish(
            subject(self._owner, self._partner, sealed.kind), frame(sealed.sequence, sealed.envelope)
        )
        if self._live == self._safe:
            # The client writes to its socket before anything else is sealed.
            await asyncio.sleep(0)
        if self._to_store is None:
            self._to_store = asyncio.get_running_loop().call_later(_STORE_AFTER_S, self._store_now)

    def _store_now(self) -> None:
        self._is_due = True
        self._changed.set()

    def _forget_timer(self) -> None:
        if self._to_store is not None:
            self._to_store.cancel()
        self._to_store, self._is_due = None, False

    async def _give_to_stream(self, sealed: deque[Sealed]) -> None:
        self._forget_timer()
        first, last = self._sent + 1, self._live
        begin, end = (sequence - sealed[0].sequence for sequence in (first, last + 1))
        batch = [frame(one.sequence, one.envelope) for one in islice(sealed, begin, end)]
        self._sent, self._sent_at = last, asyncio.get_running_loop().time()
        answer = await self._bus.append(self._store, batch, sequence=first)
        answer.add_done_callback(lambda answer: self._on_answer(last, answer))

    def _on_answer(self, sequence: int, answer: asyncio.Future[None]) -> None:
        error = answer.exception()
        if error is None:
            # It was stored as exactly this sequence: so is everything before it.
            self._stored_to(sequence)
        else:
            self._fail(error)

    def _stored_to(self, sequence: int) -> None:
        assert self._sealed is not None
        while self._sealed and self._sealed[0].sequence <= sequence:
            self._stored(self._sealed.popleft().sequence)
        self._health.stored = max(self._health.stored, sequence)
        self._health.unstored = len(self._sealed)
        self._health.error = ""
        self._changed.set()

    def _fail(self, error: BaseException) -> None:
        self._failure = error
        self._changed.set()

    def _wait_for(self, why: str) -> None:
        if why != self._health.error:
            _LOG.warning("link with %s waits: %s", self._partner, why)
        self._health.error = why

    async def _answer(self, read: Read) -> None:
        limits = self._limits
        sent = 0
        first = read.from_sequence
        try:
            messages = self._bus.read(
                self._stream,
                read.from_sequence,
                limit=max(1, min(read.messages, limits.replay_messages)),
                max_bytes=max(1, min(read.octets, limits.replay_octets)),
            )
            async for message in messages:
                await self._bus.publish(subject(self._owner, self._partner, REPLAY), message.data)
                first = first if sent else message.sequence
                sent += 1
            answer = Replayed(read.from_sequence, sent, first)
            await self._bus.publish(subject(self._owner, self._partner, REPLAYED), encode(answer))
        except BusError as error:
            # The partner asks again.
            _LOG.debug("link with %s: a read was not answered: %s", self._partner, error)
        self._health.reads_served += 1
