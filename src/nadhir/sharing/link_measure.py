"""How long a message takes from one nation's node to another's: over the bare leaf link, and through our link on top.

Both are measured in the same run, by turns, in the layout of real nodes: a process for each nation's node, and each
nation's own nats-server. The clock is the machine's monotonic one, so both nodes must run on one machine.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import statistics
import struct
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from multiprocessing.connection import Connection
from typing import Any, Protocol

import msgspec

from nadhir.bus import Bus, Credentials, Message, NatsBus
from nadhir.sharing.link import Link
from nadhir.sharing.link_messages import subject

_NUMBER = struct.Struct(">Q")
_SETTLED_S = 1.0
_ANSWER_WITHIN_S = 180.0
"""A busy machine takes long to start a node's process."""
BARE = "bare leaf link"
"""Written to the socket at once, as nodes write what is urgent."""

HandOver = Callable[[int], Awaitable[None]]
"""Called with the number of each message when it is to be sent."""

Arrived = Callable[[int], None]
"""Called with the number of each message when it is there."""


class Way(Protocol):
    """What takes messages from one node to the other. Both halves live for one turn; they go to the nodes' processes by
    pickle."""

    def sending(self, bus: Bus) -> AbstractAsyncContextManager[HandOver]:
        """The owner's half: what is handed over is sent."""
        ...

    def receiving(self, bus: Bus, arrived: Arrived) -> AbstractAsyncContextManager[None]:
        """The partner's half."""
        ...


class Exchange(msgspec.Struct, frozen=True):
    """What is measured, beside the bare leaf link."""

    owner: str
    partner: str
    sender: Credentials
    receiver: Credentials
    ways: Mapping[str, Any]
    """Each a `Way`, by name."""
    messages_per_s: int = 1_000
    octets: int = 300
    """Of a bare message."""
    turn_s: float = 3.0
    turns: int = 2


class Latency(msgspec.Struct, frozen=True):
    """One way, from the sender's hand to the receiver's; microseconds."""

    p50_us: float
    p99_us: float
    received: int
    sent: int


class BareWay:
    """Plain messages on a subject that crosses."""

    def __init__(self, owner: str, partner: str, octets: int) -> None:
        self._subject = subject(owner, partner, "track")
        self._body = bytes(octets - _NUMBER.size)

    @asynccontextmanager
    async def sending(self, bus: Bus) -> AsyncIterator[HandOver]:
        """See `Way`."""

        async def hand_over(number: int) -> None:
            bus.publish(self._subject, _NUMBER.pack(number) + self._body)

        yield hand_over

    @asynccontextmanager
    async def receiving(self, bus: Bus, arrived: Arrived) -> AsyncIterator[None]:
        """See `Way`."""

        def on_message(message: Message) -> None:
            arrived(_NUMBER.unpack_from(message.data)[0])

        subscription = await bus.subscribe(self._subject, on_message)
        yield
        await subscription.close()


class PlainWay:
    """Our link with envelopes of one message, without a signature: what the link itself costs."""

    def __init__(self, owner: str, partner: str, octets: int) -> None:
        self._owner, self._partner = owner, partner
        self._body = bytes(octets - 2 * _NUMBER.size)
        self._sealed = 0
        self._delivered = 0

    @asynccontextmanager
    async def sending(self, bus: Bus) -> AsyncIterator[HandOver]:
        """See `Way`."""
        link = Link(
            bus, self._owner, self._partner, check=self._check, deliver=self._ignore, delivered=0, sealed=self._sealed
        )

        async def hand_over(number: int) -> None:
            def seal(sequence: int) -> bytes:
                self._sealed = sequence
                return _NUMBER.pack(sequence) + _NUMBER.pack(number) + self._body

            link.offer("track", seal)

        async with running(link):
            yield hand_over

    @asynccontextmanager
    async def receiving(self, bus: Bus, arrived: Arrived) -> AsyncIterator[None]:
        """See `Way`."""

        def deliver(owner: str, sequence: int, envelope: bytes) -> None:
            arrived(_NUMBER.unpack_from(envelope, _NUMBER.size)[0])
            self._delivered = sequence

        link = Link(bus, self._partner, self._owner, check=self._check, deliver=deliver, delivered=self._delivered)
        async with running(link):
            yield

    def _check(self, envelope: bytes) -> tuple[str, int]:
        return self._owner, _NUMBER.unpack_from(envelope)[0]

    def _ignore(self, owner: str, sequence: int, envelope: bytes) -> None:
        """Nothing is sent back in a measurement."""


@asynccontextmanager
async def running(link: Link) -> AsyncIterator[None]:
    """A link at work."""
    task = asyncio.create_task(link.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


def measure(exchange: Exchange) -> dict[str, Latency]:
    """Run all turns, way by way, the bare one first; takes about `turns * ways * (turn_s + 2)` seconds."""
    context = multiprocessing.get_context("spawn")
    bare = BareWay(exchange.owner, exchange.partner, exchange.octets)
    exchange = msgspec.structs.replace(exchange, ways={BARE: bare, **exchange.ways})
    pipes: list[Connection] = []
    nodes = []
    for node in (_receiving_node, _sending_node):
        ours, theirs = context.Pipe()
        process = context.Process(target=_run, args=(node, exchange, theirs), daemon=True)
        process.start()
        pipes.append(ours)
        nodes.append(process)
    receiving, sending = pipes
    sent: dict[str, dict[int, int]] = {way: {} for way in exchange.ways}
    received: dict[str, dict[int, int]] = {way: {} for way in exchange.ways}
    try:
        for _ in range(exchange.turns):
            for way in exchange.ways:
                for pipe in pipes:
                    pipe.send(way)
                    _answer(pipe)
                sending.send("go")
                sent[way] |= _answer(sending)
                receiving.send("stop")
                received[way] |= _answer(receiving)
    finally:
        for process in nodes:
            process.terminate()
            process.join()
    return {way: _latency(sent[way], received[way]) for way in exchange.ways}


def _answer(pipe: Connection) -> Any:
    if not pipe.poll(_ANSWER_WITHIN_S):
        raise TimeoutError("a node's process does not answer")
    return pipe.recv()


def _latency(sent: dict[int, int], received: dict[int, int]) -> Latency:
    took_us = [(received[number] - at) / 1e3 for number, at in sent.items() if number in received]
    if len(took_us) < 100:
        raise ValueError(f"only {len(took_us)} of {len(sent)} messages arrived: is the leaf link there?")
    cuts = statistics.quantiles(took_us, n=100)
    return Latency(p50_us=cuts[49], p99_us=cuts[98], received=len(took_us), sent=len(sent))


def _run(
    node: Callable[[Exchange, Connection], Coroutine[Any, Any, None]], exchange: Exchange, pipe: Connection
) -> None:
    if sys.platform != "win32":
        import uvloop

        uvloop.run(node(exchange, pipe))
    else:
        asyncio.run(node(exchange, pipe))


async def _receiving_node(exchange: Exchange, pipe: Connection) -> None:
    bus = await NatsBus.connect(exchange.receiver)
    while True:
        way: Way = exchange.ways[await asyncio.to_thread(pipe.recv)]
        at: dict[int, int] = {}

        def arrived(number: int, at: dict[int, int] = at) -> None:
            at[number] = time.monotonic_ns()

        async with way.receiving(bus, arrived):
            pipe.send("ready")
            await asyncio.to_thread(pipe.recv)
        pipe.send(at)


async def _sending_node(exchange: Exchange, pipe: Connection) -> None:
    bus = await NatsBus.connect(exchange.sender)
    number = 0
    while True:
        way: Way = exchange.ways[await asyncio.to_thread(pipe.recv)]
        given: dict[int, int] = {}
        async with way.sending(bus) as hand_over:
            # Interest must have crossed the link, or the first messages are only fetched.
            await asyncio.sleep(_SETTLED_S)
            pipe.send("ready")
            await asyncio.to_thread(pipe.recv)
            async for at in _beats(exchange):
                number += 1
                given[number] = at
                await hand_over(number)
            await asyncio.sleep(_SETTLED_S)
        pipe.send(given)


async def _beats(exchange: Exchange) -> AsyncIterator[int]:
    """When each message of a turn came (monotonic nanoseconds), which is to be handed over now.

    A thread beats: timers of an event loop come to the next millisecond, so that a thousand messages a second came two
    at a time. And the clock of a message runs while its owner's loop is still busy, as it does for what a sensor sends.
    """
    loop, came = asyncio.get_running_loop(), asyncio.Queue[int]()
    numbers = range(int(exchange.turn_s * exchange.messages_per_s))

    def beat() -> None:
        start = time.monotonic()
        for number in numbers:
            time.sleep(max(start + number / exchange.messages_per_s - time.monotonic(), 0.0))
            loop.call_soon_threadsafe(came.put_nowait, time.monotonic_ns())

    beating = asyncio.create_task(asyncio.to_thread(beat))
    for _ in numbers:
        yield await came.get()
    await beating
