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
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from multiprocessing.connection import Connection
from typing import Any

import msgspec

from nadhir.bus import Credentials, Message, NatsBus
from nadhir.sharing.link import Link
from nadhir.sharing.link_in import Check
from nadhir.sharing.link_messages import subject

_NUMBER = struct.Struct(">Q")
_SETTLED_S = 1.0

Sender = Callable[[Link], Callable[[int], None]]
"""Made with the link, then called with the number of each message, which it puts into an envelope."""


class Exchange(msgspec.Struct, frozen=True):
    """What is measured. `send`, `check` and `numbers` must survive a pickle: they go to the nodes' processes."""

    owner: str
    partner: str
    sender: Credentials
    receiver: Credentials
    send: Sender
    check: Check
    numbers: Callable[[bytes], list[int]]
    """The numbers of the messages in an envelope."""
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


class Measured(msgspec.Struct, frozen=True):
    """The bare leaf link, and our link on top of it."""

    bare: Latency
    link: Latency


class PlainSender(msgspec.Struct, frozen=True):
    """Envelopes of one message of so many octets without a signature: what the link itself costs."""

    octets: int = 300

    def __call__(self, link: Link) -> Callable[[int], None]:
        body = bytes(self.octets - 2 * _NUMBER.size)

        def send(number: int) -> None:
            link.offer("track", lambda sequence: _NUMBER.pack(sequence) + _NUMBER.pack(number) + body)

        return send


def plain_numbers(envelope: bytes) -> list[int]:
    """The number of the message in an envelope of `PlainSender`."""
    return [_NUMBER.unpack_from(envelope, _NUMBER.size)[0]]


def plain_check(owner: str) -> Check:
    """The check that goes with `PlainSender`."""
    return _PlainCheck(owner)


class _PlainCheck(msgspec.Struct, frozen=True):
    owner: str

    def __call__(self, envelope: bytes) -> tuple[str, int] | None:
        return self.owner, _NUMBER.unpack_from(envelope)[0]


def measure(exchange: Exchange) -> Measured:
    """Run all turns; takes about `2 * turns * (turn_s + 1)` seconds."""
    context = multiprocessing.get_context("spawn")
    pipes: list[Connection] = []
    nodes = []
    for node in (_receiving_node, _sending_node):
        ours, theirs = context.Pipe()
        process = context.Process(target=_run, args=(node, exchange, theirs), daemon=True)
        process.start()
        pipes.append(ours)
        nodes.append(process)
    receiving, sending = pipes
    sent: dict[bool, dict[int, int]] = {False: {}, True: {}}
    received: dict[bool, dict[int, int]] = {False: {}, True: {}}
    try:
        for _ in range(exchange.turns):
            for through_link in (False, True):
                for pipe in pipes:
                    pipe.send(through_link)
                    _answer(pipe)
                sending.send("go")
                sent[through_link] |= _answer(sending)
                receiving.send("stop")
                received[through_link] |= _answer(receiving)
    finally:
        for process in nodes:
            process.terminate()
            process.join()
    return Measured(_latency(sent[False], received[False]), _latency(sent[True], received[True]))


def _answer(pipe: Connection) -> Any:
    if not pipe.poll(60):
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


@asynccontextmanager
async def _link(link: Link) -> AsyncIterator[None]:
    running = asyncio.create_task(link.run())
    try:
        yield
    finally:
        running.cancel()
        await asyncio.wait([running])


async def _receiving_node(exchange: Exchange, pipe: Connection) -> None:
    bus = await NatsBus.connect(exchange.receiver)
    delivered = 0
    while True:
        through_link: bool = await asyncio.to_thread(pipe.recv)
        arrived: dict[int, int] = {}

        def bare(message: Message, arrived: dict[int, int] = arrived) -> None:
            arrived[_NUMBER.unpack_from(message.data)[0]] = time.monotonic_ns()

        def deliver(owner: str, sequence: int, envelope: bytes, arrived: dict[int, int] = arrived) -> None:
            now = time.monotonic_ns()
            for number in exchange.numbers(envelope):
                arrived[number] = now

        if through_link:
            link = Link(
                bus, exchange.partner, exchange.owner, check=exchange.check, deliver=deliver, delivered=delivered
            )
            async with _link(link):
                pipe.send("ready")
                await asyncio.to_thread(pipe.recv)
                delivered = link.health.delivered
        else:
            subscription = await bus.subscribe(subject(exchange.owner, exchange.partner, "*"), bare)
            pipe.send("ready")
            await asyncio.to_thread(pipe.recv)
            await subscription.close()
        pipe.send(arrived)


async def _sending_node(exchange: Exchange, pipe: Connection) -> None:
    bus = await NatsBus.connect(exchange.sender)
    body = bytes(exchange.octets - _NUMBER.size)
    number = 0
    while True:
        through_link: bool = await asyncio.to_thread(pipe.recv)
        given: dict[int, int] = {}
        if through_link:
            link = Link(bus, exchange.owner, exchange.partner, check=exchange.check, deliver=_ignore, delivered=0)
            async with _link(link):
                # Interest must have crossed the link, or the first messages are only fetched.
                await asyncio.sleep(_SETTLED_S)
                pipe.send("ready")
                await asyncio.to_thread(pipe.recv)

                send = exchange.send(link)
                async for at in _beats(exchange):
                    number += 1
                    given[number] = at
                    send(number)
                await asyncio.sleep(_SETTLED_S)
        else:
            await asyncio.sleep(_SETTLED_S)
            pipe.send("ready")
            await asyncio.to_thread(pipe.recv)
            name = subject(exchange.owner, exchange.partner, "track")
            async for at in _beats(exchange):
                number += 1
                given[number] = at
                await bus.publish(name, _NUMBER.pack(number) + body)
            await asyncio.sleep(_SETTLED_S)
        pipe.send(given)


async def _beats(exchange: Exchange) -> AsyncIterator[int]:
    """The time (monotonic nanoseconds) at which each message of a turn is to be handed over."""
    loop = asyncio.get_running_loop()
    start = loop.time()
    for number in range(int(exchange.turn_s * exchange.messages_per_s)):
        wait_s = start + number / exchange.messages_per_s - loop.time()
        if wait_s > 0:
            await asyncio.sleep(wait_s)
        yield time.monotonic_ns()


def _ignore(owner: str, sequence: int, envelope: bytes) -> None:
    """Nothing is sent back in a measurement."""
