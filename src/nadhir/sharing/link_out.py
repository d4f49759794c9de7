"""The sending half of a link: records get their number in order of urgency, are stored for the partner, and sent."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from itertools import islice

import msgspec

from nadhir.bus import Bus, BusError
from nadhir.model.records import RecordKind
from nadhir.sharing.link_messages import (
    KINDS,
    REPLAY,
    REPLAYED,
    URGENT,
    LinkHealth,
    Read,
    Replayed,
    Sealed,
    encode,
    frame,
    subject,
    unframe,
)
from nadhir.sharing.link_recall import Recall

_LOG = logging.getLogger(__name__)

Seal = Callable[[int], bytes | None]
"""Makes the sealed envelope of a record once its sequence is known. The owner's log should hold it on return. None
where there is nothing to send any more: the sequence is not used."""

Secure = Callable[[], Awaitable[None]]
"""Makes sure that what was sealed so far cannot be lost any more: nothing is stored for the partner before that."""

_LANES: dict[RecordKind, int] = {"warning": 0, "launch": 1, "impact": 1, "assessment": 2, "track": 2, "detection": 3}
_PAUSE_S = 0.1
_PATIENCE_S = 1.0
"""A partner that is there answers sooner: what takes longer is shown."""
_URGENT_LANES = 2
_SENT_TOGETHER = 16
"""So many are sealed and sent before anything else has its turn."""
_STORE_AFTER_S = 0.02
_STORED_TOGETHER = 64
"""What was sent is made secure and goes into the stream a little later and together: one wait for the disk for many."""
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

    Nothing is numbered before `recall` knows that our log lacks nothing. `stored(sequence)` is told when everything up
    to there is durable. `log(from_sequence)` is what the owner's own log holds for the partner from there on: what a
    killed node had sealed, and not stored, is taken from it.
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
        recall: Recall,
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
        self._recall = recall
        self._limits = limits or SendLimits()
        self._stream, self._store = f"FOR_{partner}", f"store.{partner}"
        self._lanes: tuple[deque[tuple[RecordKind, Seal]], ...] = tuple(
            deque() for _ in range(max(_LANES.values()) + 1)
        )
        self._urgent_lanes = self._lanes[:_URGENT_LANES]
        self._subjects = {kind: subject(owner, partner, kind) for kind in KINDS}
        self._sealed: deque[Sealed] | None = None
        """Sealed and not known to be stored, without holes; None until the stream was first seen."""
        self._next = 1
        self._live = 0
        """Newest sequence that was sent live, and that was given to the stream (`_sent`)."""
        self._sent = 0
        self._sent_at = 0.0
        self._storing: asyncio.Task[None] | None = None
        self._to_store: asyncio.TimerHandle | None = None
        self._is_due = False
        self._failure: BaseException | None = None
        self._is_open = False
        """Whether the stream's end is known and what is sealed can be sent."""
        self._changed = asyncio.Event()
        self._replay: asyncio.Task[None] | None = None

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
        if kind in URGENT and self._is_open and self._live == self._next - 1:
            try:
                self._send_waiting(self._urgent_lanes)
            except BusError as error:
                self._fail(error)
        if self._health.queued or self._live - self._sent >= _STORED_TOGETHER:
            self._changed.set()

    async def run(self) -> None:
        """Seal, store and send until cancelled. A server that is away is waited for."""
        try:
            await self._until_whole()
            while True:
                try:
                    await self._resume()
                    self._is_open = True
                    while True:
                        await self._step()
                except BusError as error:
                    self._is_open = False
                    self._wait_for(str(error))
                await asyncio.sleep(_PAUSE_S)
        finally:
            self._is_open = False
            self._stop_storing()
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

    async def _until_whole(self) -> None:
        whole = self._recall.whole
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE_S):
                await whole.wait()
        if not whole.is_set():
            self._wait_for(f"{self._partner} must say what it holds of ours, which our log may have lost")
            await whole.wait()

    async def _resume(self) -> None:
        """See how far the stream is; what it lacks will be sent from there on."""
        state = await self._bus.open_stream(self._stream, [self._store], max_bytes=self._limits.stream_octets)
        if self._sealed is None:
            await self._take_back_to(state.last)
            self._sealed = deque(self._log(state.last + 1))
            self._next = self._sealed[-1].sequence + 1 if self._sealed else state.last + 1
        elif state.last >= self._next:
            raise BusError(f"stream {self._stream} holds {state.last}, but only {self._next - 1} were sealed")
        if self._sealed and self._sealed[0].sequence > state.last + 1:
            raise BusError(
                f"stream {self._stream} ends at {state.last}, and the log goes on at {self._sealed[0].sequence}"
            )
        self._failure = None
        self._stop_storing()
        self._forget_timer()
        self._health.resent += max(min(self._sent, self._next - 1) - state.last, 0)
        self._live = self._sent = state.last
        self._stored_to(state.last)

    async def _take_back_to(self, last: int) -> None:
        """Our stream, too, may hold what our log lost: where that was put back from a backup."""
        while self._recall.size < last:
            before = self._recall.size
            limits = self._limits
            messages = self._bus.read(
                self._stream, before + 1, limit=limits.replay_messages, max_bytes=limits.replay_octets
            )
            async for message in messages:
                try:
                    sequence, envelope = unframe(message.data)
                    self._recall.take(sequence, envelope)
                except Exception as error:
                    raise BusError(f"stream {self._stream} holds what our log lacks: {error}") from error
            if self._recall.size == before:
                raise BusError(f"stream {self._stream} ends at {last}, and our log at {before}")

    async def _step(self) -> None:
        """Do what is most urgent: have what was sent stored, send live what is sealed, number and seal; else wait."""
        if self._failure is not None:
            raise BusError(str(self._failure)) from self._failure
        unsent = self._live - self._sent
        if self._storing is None and unsent and (self._is_due or unsent >= _STORED_TOGETHER):
            self._forget_timer()
            self._storing = asyncio.create_task(self._give_to_stream(self._live))
            self._storing.add_done_callback(self._on_given)
        elif self._live < self._next - 1:
            self._send_sealed()
            await asyncio.sleep(0)
        elif any(self._lanes) and self._room() > 0:
            await asyncio.sleep(0 if self._send_waiting(self._lanes) else _PAUSE_S)
        else:
            self._changed.clear()
            await self._changed.wait()

    def _room(self) -> int:
        """How many more may be sent and not yet stored."""
        return self._limits.unstored - (self._live - self._health.stored)

    def _send_waiting(self, lanes: Sequence[deque[tuple[RecordKind, Seal]]]) -> bool:
        """Number, seal and send some of what waits, the most urgent first. False where one could not be sealed."""
        left = min(self._room(), _SENT_TOGETHER)
        for lane in lanes:
            while lane and left > 0:
                left -= 1
                if not self._seal_first(lane):
                    return False
                self._send_sealed()
        return True

    def _seal_first(self, lane: deque[tuple[RecordKind, Seal]]) -> bool:
        """False where that failed."""
        assert self._sealed is not None
        kind, seal = lane[0]
        try:
            envelope = seal(self._next)
        except Exception as error:
            # Most likely the log cannot be written. The record keeps its place; a more urgent one may still pass it.
            self._wait_for(f"a {kind} cannot be sealed: {error}")
            return False
        lane.popleft()
        self._health.queued -= 1
        if envelope is None:
            return True
        self._sealed.append(Sealed(self._next, kind, envelope))
        self._next += 1
        self._health.unstored = len(self._sealed)
        self._health.error = ""
        return True

    def _send_sealed(self) -> None:
        """Send some of what is sealed and was not sent, the first first."""
        assert self._sealed is not None
        last = min(self._next - 1, self._live + _SENT_TOGETHER)
        while self._live < last:
            sealed = self._sealed[self._live + 1 - self._sealed[0].sequence]
            self._live = sealed.sequence
            self._bus.publish(self._subjects[sealed.kind], frame(sealed.sequence, sealed.envelope))
        if self._to_store is None:
            self._to_store = asyncio.get_running_loop().call_later(_STORE_AFTER_S, self._store_now)

    def _store_now(self) -> None:
        self._is_due = True
        self._changed.set()

    def _forget_timer(self) -> None:
        if self._to_store is not None:
            self._to_store.cancel()
        self._to_store, self._is_due = None, False

    async def _give_to_stream(self, last: int) -> None:
        """Store what was sent up to `last`, once the disk has it in our log."""
        assert self._sealed is not None
        while True:
            try:
                await self._secure()
                break
            except Exception as error:
                self._wait_for(f"what was sealed is not on the disk: {error}")
            await asyncio.sleep(_PAUSE_S)
        first = self._sent + 1
        begin, end = (sequence - self._sealed[0].sequence for sequence in (first, last + 1))
        batch = [frame(one.sequence, one.envelope) for one in islice(self._sealed, begin, end)]
        self._sent, self._sent_at = last, asyncio.get_running_loop().time()
        answer = await self._bus.append(self._store, batch, sequence=first)
        answer.add_done_callback(lambda answer: self._on_answer(last, answer))

    def _on_given(self, storing: asyncio.Task[None]) -> None:
        if storing is not self._storing:
            return
        self._storing = None
        if not storing.cancelled() and (error := storing.exception()) is not None:
            self._fail(error)
        self._changed.set()

    def _stop_storing(self) -> None:
        storing, self._storing = self._storing, None
        if storing is not None:
            storing.cancel()

    def _on_answer(self, sequence: int, answer: asyncio.Future[None]) -> None:
        error = answer.exception()
        if error is None:
            # It was stored as exactly this sequence: so is everything before it.
            self._stored_to(sequence)
        else:
            self._fail(error)

    def _stored_to(self, sequence: int) -> None:
        assert self._sealed is not None
        stored = 0
        while self._sealed and self._sealed[0].sequence <= sequence:
            stored = self._sealed.popleft().sequence
        if stored:
            self._stored(stored)
        self._health.stored = max(self._health.stored, sequence)
        self._health.unstored = len(self._sealed)
        self._health.error = ""
        self._changed.set()

    def _fail(self, error: BaseException) -> None:
        self._failure, self._is_open = error, False
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
                self._bus.publish(subject(self._owner, self._partner, REPLAY), message.data)
                first = first if sent else message.sequence
                sent += 1
            answer = Replayed(read.from_sequence, sent, first)
            self._bus.publish(subject(self._owner, self._partner, REPLAYED), encode(answer))
        except BusError as error:
            # The partner asks again.
            _LOG.debug("link with %s: a read was not answered: %s", self._partner, error)
        self._health.reads_served += 1
