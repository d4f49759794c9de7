"""The bus in memory: for tests, replays, and a node without partners."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Sequence

import msgspec

from nadhir.bus.port import BusError, Handler, Message, StreamState, WrongSequenceError, matches

_LOG = logging.getLogger(__name__)


class MemorySubscription:
    """Bounded queue of one handler."""

    def __init__(self, bus: MemoryBus, pattern: str, handler: Handler, limit: int) -> None:
        self.pattern = pattern
        self.dropped = 0
        self._bus = bus
        self._handler = handler
        self._waiting: asyncio.Queue[Message] = asyncio.Queue(limit)
        self._task = asyncio.create_task(self._work())

    def offer(self, message: Message) -> None:
        """Queue one message, or count it as dropped."""
        try:
            self._waiting.put_nowait(message)
        except asyncio.QueueFull:
            self.dropped += 1

    async def _work(self) -> None:
        while True:
            message = await self._waiting.get()
            try:
                self._handler(message)
            except Exception:
                self._bus.errors += 1
                _LOG.exception("handler of %s failed", self.pattern)
            await asyncio.sleep(0)

    async def close(self) -> None:
        """End it."""
        self._task.cancel()
        self._bus.forget(self)


class _Stream(msgspec.Struct):
    subjects: tuple[str, ...]
    max_bytes: int
    messages: deque[Message]
    last: int = 0
    size: int = 0


class MemoryBus:
    """A `Bus` that forgets everything when the process ends."""

    def __init__(self) -> None:
        self.errors = 0
        """Failures of handlers."""
        self._subscriptions: list[MemorySubscription] = []
        self._streams: dict[str, _Stream] = {}

    def publish(self, subject: str, data: bytes) -> None:
        """See `Bus.publish`."""
        message = Message(subject, data)
        for subscription in self._subscriptions:
            if matches(subscription.pattern, subject):
                subscription.offer(message)

    async def subscribe(self, pattern: str, handler: Handler, *, limit: int = 10_000) -> MemorySubscription:
        """See `Bus.subscribe`."""
        subscription = MemorySubscription(self, pattern, handler, limit)
        self._subscriptions.append(subscription)
        return subscription

    def forget(self, subscription: MemorySubscription) -> None:
        """Stop offering to this subscription."""
        if subscription in self._subscriptions:
            self._subscriptions.remove(subscription)

    async def open_stream(self, stream: str, subjects: Sequence[str], *, max_bytes: int) -> StreamState:
        """See `Bus.open_stream`."""
        kept = self._streams.setdefault(stream, _Stream(tuple(subjects), max_bytes, deque()))
        return StreamState(first=kept.messages[0].sequence if kept.messages else kept.last + 1, last=kept.last)

    async def append(self, subject: str, batch: Sequence[bytes], *, sequence: int) -> asyncio.Future[None]:
        """See `Bus.append`."""
        stored: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        streams = (s for s in self._streams.values() if any(matches(pattern, subject) for pattern in s.subjects))
        stream = next(streams, None)
        if stream is None:
            stored.set_exception(BusError(f"no stream stores {subject}"))
        else:
            for number, data in enumerate(batch, start=sequence):
                if is_last_stored := number == stream.last + 1:
                    stream.last = number
                    stream.messages.append(Message(subject, data, number))
                    stream.size += len(data)
            while stream.size > stream.max_bytes:
                stream.size -= len(stream.messages.popleft().data)
            if is_last_stored:
                stored.set_result(None)
            else:
                stored.set_exception(WrongSequenceError(f"{subject} ends at {stream.last}, {number} is not next"))
        for data in batch:
            self.publish(subject, data)
        return stored

    async def read(self, stream: str, from_sequence: int, *, limit: int, max_bytes: int) -> AsyncIterator[Message]:
        """See `Bus.read`."""
        if stream not in self._streams:
            raise BusError(f"no stream {stream}")
        size = 0
        wanted = (m for m in tuple(self._streams[stream].messages) if m.sequence >= from_sequence)
        for count, message in enumerate(wanted, start=1):
            yield message
            size += len(message.data)
            if count >= limit or size >= max_bytes:
                return

    async def close(self) -> None:
        """See `Bus.close`."""
        for subscription in tuple(self._subscriptions):
            await subscription.close()
