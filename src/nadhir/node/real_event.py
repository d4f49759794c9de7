"""Something real while this node holds an exercise: it listens to the picture of the nation's live node.

The live node lets it hear (`watch.json`) and gives it no word. Its key is new whenever the live node starts: the file
is read again then.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import msgspec

from nadhir.bus import BusError, Credentials, Message, NatsBus
from nadhir.model import LaunchProduct, WarningProduct
from nadhir.model.unreadable import UNREADABLE
from nadhir.node.core import News

LOOK_S = 1.0
"""How often the live node is looked for, and whether it started anew."""


def events_of(news: News) -> tuple[str, ...]:
    """The events of a launch that was reported, or of a warning that did not end; nothing else is an event."""
    product = news.product
    if isinstance(product, LaunchProduct) and product.status != "withdrawn":
        return (product.event,)
    if isinstance(product, WarningProduct) and product.reason is None:
        return tuple(product.events)
    return ()


class RealWatch:
    """Listens for as long as `run` runs; `heard` gets each event once, with the live node's time."""

    def __init__(self, access: Path, subject: str, heard: Callable[[float, tuple[str, ...]], None]) -> None:
        self.problem = f"the live node was not heard yet ({access}): something real would not end this exercise"
        """What a person should look at; empty while the live node can be heard."""
        self._access, self._subject, self._heard = access, subject, heard
        self._known: set[str] = set()
        self._decoder = msgspec.json.Decoder(News)

    async def run(self) -> None:
        """Listen; a live node that is away is looked for until it is back."""
        while True:
            try:
                await self._listen()
            except (OSError, BusError, *UNREADABLE) as error:
                self.problem = f"the live node cannot be heard, something real would not end this exercise: {error}"
            await asyncio.sleep(LOOK_S)

    async def _listen(self) -> None:
        """Listen until the live node is gone, or has started anew."""
        access = self._access.read_bytes()
        bus = await NatsBus.connect(msgspec.json.decode(access, type=Credentials), name="exercise")
        try:
            await bus.subscribe(self._subject, self._take)
            self.problem = ""
            while bus.connected and self._access.read_bytes() == access:
                await asyncio.sleep(LOOK_S)
            self.problem = "the live node is gone: something real would not end this exercise"
        finally:
            await bus.close()

    def _take(self, message: Message) -> None:
        for news in self._decoder.decode_lines(message.data):
            fresh = tuple(event for event in events_of(news) if event not in self._known)
            self._known.update(fresh)
            if fresh:
                self._heard(news.at, fresh)
