"""The bus in memory: for tests, replays, and a node without partners."""

from __future__ import annotations

import asyncio
import logging

from nadhir.bus.port import Handler, Message, matches

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


class MemoryBus:
    """A `Bus` that forgets everything when the process ends."""

    def __init__(self) -> None:
        self.errors = 0
        """Failures of handlers."""
        self._subscriptions: list[MemorySubscription] = []

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

    async def close(self) -> None:
        """See `Bus.close`."""
        for subscription in tuple(self._subscriptions):
            await subscription.close()
