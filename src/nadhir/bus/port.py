"""The port: what every form of bus does. One test suite, `tests/bus/test_forms.py`, holds all forms to it.

Subjects are words joined by dots. In a pattern `*` stands for one word and a last `>` for one or more.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Protocol

import msgspec


class BusError(Exception):
    """The bus did not do what was asked; the text says why."""


class BusDownError(BusError):
    """The server is away. Try again; subscriptions come back by themselves."""


class WrongSequenceError(BusError):
    """An append named a sequence that is not the stream's next. `open_stream` tells where the stream stands."""


class Message(msgspec.Struct, frozen=True):
    """One message; `sequence` is its place in the stream that it was read from, 0 where it came live."""

    subject: str
    data: bytes
    sequence: int = 0


class StreamState(msgspec.Struct, frozen=True):
    """Sequences of the oldest and newest message of a stream; (1, 0) while nothing was ever stored."""

    first: int
    last: int


Handler = Callable[[Message], None]
"""What a subscriber does with a message: at once and without waiting. What it raises is logged and counted."""


class Subscription(Protocol):
    """Messages on their way to one handler, through a bounded queue: what does not fit is dropped and counted."""

    @property
    def dropped(self) -> int:
        """Messages that found the queue full."""
        ...

    async def close(self) -> None:
        """End it: the handler is not called any more."""
        ...


class Bus(Protocol):
    """Publish and subscribe (at most once), and streams (stored, numbered from 1 without holes)."""

    def publish(self, subject: str, data: bytes) -> None:
        """Send to whoever listens now, without waiting: on return it is with the operating system or about to be."""
        ...

    async def subscribe(self, pattern: str, handler: Handler, *, limit: int = 10_000) -> Subscription:
        """Listen; on return the subscription is in force. At most `limit` messages wait for the handler."""
        ...

    async def open_stream(self, stream: str, subjects: Sequence[str], *, max_bytes: int) -> StreamState:
        """Make the stream that stores what is appended on these subjects, or find it as it is.

        Above `max_bytes` the oldest messages go.
        """
        ...

    async def append(self, subject: str, batch: Sequence[bytes], *, sequence: int) -> asyncio.Future[None]:
        """Send messages to whoever listens now, and store them in the subject's stream one after the other, the first
        as exactly this sequence.

        Returns when they are handed over, in the order of the calls; the future is done when the last one is stored,
        and so all before it. Each is stored as exactly its own sequence or not at all, so an append can be repeated
        without harm; `WrongSequenceError` says that the place of the last one was not the next.
        """
        ...

    def read(self, stream: str, from_sequence: int, *, limit: int, max_bytes: int) -> AsyncIterator[Message]:
        """What is stored from there on, oldest first: at most `limit` messages, and about `max_bytes` of them."""
        ...

    async def close(self) -> None:
        """End the connection and every subscription."""
        ...


def matches(pattern: str, subject: str) -> bool:
    """Whether the subject is one of those that the pattern stands for."""
    wanted, words = pattern.split("."), subject.split(".")
    if wanted[-1] == ">":
        wanted = wanted[:-1]
        if len(words) <= len(wanted):
            return False
        words = words[: len(wanted)]
    return len(words) == len(wanted) and all(w in ("*", word) for w, word in zip(wanted, words, strict=True))
