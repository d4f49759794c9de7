"""Giving a partner again what one of our logs holds for it: its part of our own, or its own that it has lost.

Asking costs a partner less than reading costs us. So it is answered one read at a time, the log is read beside the
event loop, and after each reading the reader rests for a multiple of what that took.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from itertools import islice

from nadhir.bus import Bus, BusError
from nadhir.sharing.link_messages import Read, Replayed, encode, frame, subject

_LOG = logging.getLogger(__name__)

Entries = Callable[[int], Iterator[tuple[int, bytes]]]
"""Sequence and envelope of the entries of a log from a sequence on, as it is when this is called."""

_MOST_MESSAGES, _MOST_OCTETS = 1_000, 256 << 10
_SENT_TOGETHER = 16
"""So many are sent before anything else has its turn."""
_REST = 4.0
"""In times of what reading took: a fifth of a processor at most."""


class Replays:
    """Answers a partner's reads from a log: envelopes on the first of two words, the end of each answer on the second.

    `upto` a sequence: how far may be given, as soon as that is as far as this, or as there is.
    """

    def __init__(
        self,
        bus: Bus,
        me: str,
        partner: str,
        words: tuple[str, str],
        entries: Entries,
        upto: Callable[[int], Awaitable[int]],
    ) -> None:
        self.served = 0
        self.failure = ""
        """Why the last read could not be answered from the log."""
        self._bus = bus
        self._partner = partner
        self._envelope, self._done = (subject(me, partner, word) for word in words)
        self._entries = entries
        self._upto = upto
        self._asked: Read | None = None
        self._answering: asyncio.Task[None] | None = None
        self._following: Iterator[tuple[int, bytes]] = iter(())
        """What comes after the last answer, from `_next` to `_known`: who asks on is not read to from the start."""
        self._next = self._known = 0
        self._reading_s = 0.0
        """What the last reading took."""

    def serve(self, read: Read) -> None:
        """Answer, after the answer that is on its way. Of several that wait only the newest counts."""
        self._asked = read
        if self._answering is None or self._answering.done():
            self._answering = asyncio.create_task(self._answer())

    def stop(self) -> None:
        """Answer no more."""
        if self._answering is not None:
            self._answering.cancel()

    async def _answer(self) -> None:
        while (read := self._asked) is not None:
            self._asked = None
            try:
                entries, failure = await self._read(read), ""
            except Exception as error:
                # The log is damaged, say. The partner waits, and asks again.
                entries, failure = [], str(error)
                if failure != self.failure:
                    _LOG.error("link with %s: what it asks for cannot be read: %s", self._partner, failure)
            self.failure = failure
            try:
                await self._give(read, entries)
            except BusError as error:
                _LOG.debug("link with %s: a read was not answered: %s", self._partner, error)
            await asyncio.sleep(_REST * self._reading_s)

    async def _read(self, read: Read) -> list[tuple[int, bytes]]:
        first = max(read.from_sequence, 1)
        if first != self._next or first > self._known:
            self._known = await self._upto(first)
            self._following = self._entries(first)
        # Where reading fails, what follows is not known.
        self._next = 0
        messages = min(read.messages, _MOST_MESSAGES, self._known - first + 1)
        began = time.perf_counter()
        try:
            found = await asyncio.to_thread(self._taken, max(messages, 0), min(read.octets, _MOST_OCTETS))
        finally:
            self._reading_s = time.perf_counter() - began
        self._next = first + len(found)
        return found

    def _taken(self, messages: int, octets: int) -> list[tuple[int, bytes]]:
        found: list[tuple[int, bytes]] = []
        for entry in islice(self._following, messages):
            found.append(entry)
            octets -= len(entry[1])
            if octets <= 0:
                break
        return found

    async def _give(self, read: Read, entries: Sequence[tuple[int, bytes]]) -> None:
        for place, (sequence, envelope) in enumerate(entries, start=1):
            self._bus.publish(self._envelope, frame(sequence, envelope))
            if place % _SENT_TOGETHER == 0:
                await asyncio.sleep(0)
        first = entries[0][0] if entries else read.from_sequence
        self._bus.publish(self._done, encode(Replayed(read.from_sequence, len(entries), first)))
        self.served += 1
