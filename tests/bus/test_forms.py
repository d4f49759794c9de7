"""One suite for every form of the bus."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from nations import lab, until

from nadhir.bus import Bus, MemoryBus, Message, matches

Test = Callable[[Bus], Awaitable[None]]


@asynccontextmanager
async def memory(folder: Path) -> AsyncIterator[Bus]:
    bus = MemoryBus()
    yield bus
    await bus.close()


@asynccontextmanager
async def over_nats(folder: Path) -> AsyncIterator[Bus]:
    async with lab(folder, "KOR") as nations:
        bus = await nations.servers["KOR"].connect()
        yield bus
        await bus.close()


@pytest.fixture(params=[memory, pytest.param(over_nats, marks=pytest.mark.connected)], ids=["memory", "nats"])
def on_bus(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[Test], None]:
    """Runs a test's coroutine on a fresh bus of one form."""

    def run(test: Test) -> None:
        async def whole() -> None:
            async with request.param(tmp_path) as bus:
                await asyncio.wait_for(test(bus), 10)

        asyncio.run(whole())

    return run


def test_subscribers_hear_their_subjects_in_order(on_bus: Callable[[Test], None]) -> None:
    async def test(bus: Bus) -> None:
        heard: list[Message] = []
        await bus.subscribe("rel.KOR.*.track", heard.append)
        for number in range(50):
            bus.publish("rel.KOR.JPN.track", b"%d" % number)
            bus.publish("rel.KOR.JPN.warning", b"not asked for")
        await until(lambda: len(heard) >= 50)
        assert [m.data for m in heard] == [b"%d" % n for n in range(50)]
        assert heard[0].subject == "rel.KOR.JPN.track"

    on_bus(test)


def test_a_closed_subscription_hears_nothing(on_bus: Callable[[Test], None]) -> None:
    async def test(bus: Bus) -> None:
        closed: list[Message] = []
        open_: list[Message] = []
        subscription = await bus.subscribe("a.>", closed.append)
        await subscription.close()
        await bus.subscribe("a.>", open_.append)
        bus.publish("a.b.c", b"x")
        await until(lambda: open_)
        assert closed == []

    on_bus(test)


def test_a_full_queue_drops_and_counts(on_bus: Callable[[Test], None]) -> None:
    async def test(bus: Bus) -> None:
        heard: list[Message] = []
        subscription = await bus.subscribe("flood", heard.append, limit=10)
        for _ in range(500):
            bus.publish("flood", b"x")
        bus.publish("flood", b"x")
        await until(lambda: len(heard) + subscription.dropped >= 501)
        assert subscription.dropped > 0
        assert len(heard) >= 10

    on_bus(test)


def test_a_failing_handler_is_counted_and_called_again(on_bus: Callable[[Test], None]) -> None:
    async def test(bus: Bus) -> None:
        called: list[bytes] = []

        def handler(message: Message) -> None:
            called.append(message.data)
            raise ValueError("of the handler")

        await bus.subscribe("a", handler)
        bus.publish("a", b"1")
        bus.publish("a", b"2")
        await until(lambda: len(called) == 2)
        await until(lambda: bus.errors == 2)

    on_bus(test)


@pytest.mark.parametrize(
    ("pattern", "subject", "expected"),
    [
        ("a.b", "a.b", True),
        ("a.b", "a.c", False),
        ("a.*", "a.b", True),
        ("a.*", "a.b.c", False),
        ("a.*.c", "a.b.c", True),
        ("a.>", "a.b.c", True),
        ("a.>", "a", False),
        (">", "a", True),
        ("*", "a.b", False),
    ],
)
def test_patterns(pattern: str, subject: str, expected: bool) -> None:
    assert matches(pattern, subject) is expected
