"""A TAK server as a channel: Cursor on Target over TCP or TLS, and an end that really clears.

Three habits of TAK make a stale warning easy to leave behind, and are met here:
- displays keep drawings whatever their `stale` says: each event is taken off by an order of its own (`deletion`);
- servers hand kept events to late joiners although they were deleted: each is sent once more, worded as over, with a
  `stale` a moment ahead, before it is deleted;
- a first event may not show, and a restarted server has forgotten all: what is in force is repeated.
A message counts as delivered when the server has answered a ping sent behind it.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec

from nadhir.channels.cot import PONG, deletion, ended, ping, warning_events
from nadhir.channels.port import ChannelError, Outgoing
from nadhir.model import Mode
from nadhir.model.unreadable import UNREADABLE

END_ROUNDS = 2
"""An end is said so often: a second round costs nothing, and a first may be missed."""
END_PAUSE_S = 0.7


class Shown(msgspec.Struct, frozen=True):
    """What a server shows of one warning: its events by uid, until `expires` (Unix seconds)."""

    expires: float
    events: dict[str, bytes]


class TakServer:
    """One server, a channel of the port.

    `state` is a file that remembers what is shown, so that a restarted node can still clear it. `stale_s` is how far
    ahead the `stale` of an ended event lies: more than the difference between the server's clock and ours.
    """

    def __init__(
        self,
        name: str,
        mode: Mode,
        host: str,
        port: int,
        state: Path,
        tls: ssl.SSLContext | None = None,
        repeat_s: float = 30.0,
        stale_s: float = 2.0,
        answer_s: float = 5.0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.name = name
        self.mode = mode
        self._host = host
        self._port = port
        self._state = state
        self._tls = tls
        self._repeat_s = repeat_s
        self._stale_s = stale_s
        self._answer_s = answer_s
        self._clock = clock
        self.state_unreadable = False
        self._shown = self._read()
        self._turn = asyncio.Lock()
        self._writer: asyncio.StreamWriter | None = None
        self._listener: asyncio.Task[None] | None = None
        self._repeater: asyncio.Task[None] | None = None
        self._answered = asyncio.Event()

    async def send(self, message: Outgoing) -> None:
        """Show `message`, or clear all that was shown of a warning that ends; ChannelError if no server answers."""
        async with self._turn:
            key = message.warning.warning
            now = self._clock()
            events = warning_events(message, now)
            before = self._shown.get(key, Shown(0.0, {})).events
            if message.ends:
                gone, shown = {**events, **before}, {}
            else:
                gone, shown = {uid: event for uid, event in before.items() if uid not in events}, events
            # Written down first: what may have got out must be cleared, even by a node that starts again.
            self._remember(key, Shown(message.expires, {**shown, **gone}))
            await self._say(shown.values())
            if gone:
                text = message.texts.get("en") or next(iter(message.texts.values()))
                await self._clear(gone.values(), text.headline)
            self._remember(key, Shown(message.expires, shown))
            if self._repeater is None:
                self._repeater = asyncio.create_task(self._repeat(), name=f"{self.name} repeats")

    async def close(self) -> None:
        """Stop repeating and close the connection; what is shown stays until its `stale`."""
        if self._repeater:
            self._repeater.cancel()
            await asyncio.gather(self._repeater, return_exceptions=True)
            self._repeater = None
        await self._disconnect()

    async def _clear(self, events: Iterable[bytes], words: str) -> None:
        """Take `events` off the server and off every display."""
        events = tuple(events)
        stale = self._clock() + self._stale_s
        for number in range(END_ROUNDS):
            if number:
                await asyncio.sleep(END_PAUSE_S)
            now = self._clock()
            await self._say(
                [order for event in events for order in (ended(event, words, now, stale), deletion(event, now))]
            )

    async def _say(self, events: Iterable[bytes]) -> None:
        """Send `events` and wait until the server has read them."""
        try:
            writer = await self._connected()
            self._answered.clear()
            for event in events:
                writer.write(event)
            writer.write(ping(self._clock()))
            await writer.drain()
            async with asyncio.timeout(self._answer_s):
                await self._answered.wait()
        except asyncio.CancelledError:
            if self._writer:  # its answer, still to come, must not be taken for the next one's
                self._writer.close()
            raise
        except TimeoutError as error:
            await self._disconnect()
            raise ChannelError(f"{self._host}:{self._port}: no answer in {self._answer_s:g} s") from error
        except OSError as error:
            await self._disconnect()
            raise ChannelError(f"{self._host}:{self._port}: {error.strerror or error}") from error

    async def _repeat(self) -> None:
        """Say what is in force again and again; a failure waits for the next round."""
        pause = 1.0  # the first repetition follows at once
        while True:
            await asyncio.sleep(pause)
            pause = self._repeat_s
            async with self._turn:
                now = self._clock()
                in_force = [shown for shown in self._shown.values() if shown.expires > now]
                events = [event for shown in in_force for event in shown.events.values()]
                if events:
                    with contextlib.suppress(ChannelError):
                        await self._say(events)

    async def _connected(self) -> asyncio.StreamWriter:
        if self._writer is None or self._writer.is_closing():
            await self._disconnect()
            async with asyncio.timeout(self._answer_s):
                reader, self._writer = await asyncio.open_connection(self._host, self._port, ssl=self._tls)
            self._listener = asyncio.create_task(self._listen(reader, self._writer), name=f"{self.name} listens")
        return self._writer

    async def _listen(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Read all that the server says, so that it is never held up, and notice its answers and its end."""
        tail = b""
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                tail = tail[-len(PONG) :] + data
                if PONG in tail:
                    tail = b""
                    self._answered.set()
        writer.close()

    async def _disconnect(self) -> None:
        if self._listener:
            self._listener.cancel()
            await asyncio.gather(self._listener, return_exceptions=True)
            self._listener = None
        if self._writer:
            self._writer.close()
            with contextlib.suppress(OSError, TimeoutError):
                async with asyncio.timeout(1.0):
                    await self._writer.wait_closed()
            self._writer = None

    def _remember(self, key: str, shown: Shown) -> None:
        if shown.events:
            self._shown[key] = shown
        else:
            self._shown.pop(key, None)
        part = self._state.with_name(self._state.name + ".part")
        part.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(msgspec.json.encode(self._shown))
        part.replace(self._state)

    def _read(self) -> dict[str, Shown]:
        try:
            return msgspec.json.decode(self._state.read_bytes(), type=dict[str, Shown])
        except FileNotFoundError:
            return {}
        except UNREADABLE:
            self.state_unreadable = True
            return {}


def tls_context(authority: Path, certificate: Path, key: Path) -> ssl.SSLContext:
    """Mutual TLS: the server is checked against `authority`, and we show `certificate` (all PEM)."""
    context = ssl.create_default_context(cafile=str(authority))
    context.load_cert_chain(certificate, key)
    return context
