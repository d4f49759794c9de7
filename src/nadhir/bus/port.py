"""The port: what every form of bus does. One test suite, `tests/bus/test_forms.py`, holds all forms to it.

Subjects are words joined by dots. In a pattern `*` stands for one word and a last `>` for one or more.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import msgspec


class BusError(Exception):
    """The bus did not do what was asked; the text says why."""


class BusDownError(BusError):
    """The server is away. Try again; subscriptions come back by themselves."""


class Message(msgspec.Struct, frozen=True):
    """One message."""

    subject: str
    data: bytes


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
    """Publish and subscribe, at most once. What must not be lost is in a log, and asked for again over the bus."""

    def publish(self, subject: str, data: bytes) -> None:
        """Send to whoever listens now, without waiting: on return it is with the operating system or about to be."""
        ...

    async def subscribe(self, pattern: str, handler: Handler, *, limit: int = 10_000) -> Subscription:
        """Listen; on return the subscription is in force. At most `limit` messages wait for the handler."""
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
