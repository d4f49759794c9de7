"""Links over real servers and a wire that breaks. Each fault ends with an outside reader's reckoning of both logs."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from link_parts import End, in_order_exactly_once
from nations import Lab, bare_link, lab, until

from nadhir.bus import BusDownError
from nadhir.sharing.link import Link, LinkSettings

pytestmark = pytest.mark.connected


class Pair:
    """Two ends, each on its own nation's server, while records keep coming at both."""

    def __init__(self, nations: Lab, me: str, partner: str, settings: LinkSettings | None = None) -> None:
        self.lab = nations
        self.ends = {me: End(me, partner, settings), partner: End(partner, me, settings)}
        self.links: dict[str, Link] = {}
        self._feeding: asyncio.Task[None] | None = None
        self._stack = contextlib.AsyncExitStack()

    async def start(self) -> None:
        for me, end in self.ends.items():
            await self.start_end(me, end)
        self._feeding = asyncio.create_task(self._feed())

    async def start_end(self, me: str, end: End) -> None:
        server = self.lab.servers[me]
        bus = await server.connect(end.partner)
        self._stack.push_async_callback(bus.close)
        reset = lambda heard: server.reset_link(end.partner, heard)  # noqa: E731
        self.links[me] = await self._stack.enter_async_context(end.running(bus, reset))

    async def _feed(self) -> None:
        """About 200 records a second each way."""
        for number in range(1_000_000):
            for end in self.ends.values():
                end.offer(("track", "track", "detection", "warning")[number % 4])
            await asyncio.sleep(0.005)

    async def connected(self) -> None:
        await until(lambda: all(link.health.connected for link in self.links.values()))

    async def finish(self) -> None:
        """No more records; everything must arrive."""
        assert self._feeding is not None
        self._feeding.cancel()
        for end in self.ends.values():
            other = self.ends[end.partner]
            await until(lambda end=end, other=other: len(other.delivered) == len(end.sealed) == len(end.stored))
            assert in_order_exactly_once(end, other)
            assert len(end.sealed) > 50

    async def stop(self) -> None:
        if self._feeding is not None:
            self._feeding.cancel()
        await self._stack.aclose()


@contextlib.asynccontextmanager
async def pair(folder: Path, settings: LinkSettings | None = None) -> AsyncIterator[Pair]:
    async with lab(folder, "KOR", "JPN") as nations:
        made = Pair(nations, "KOR", "JPN", settings)
        try:
            await made.start()
            await made.connected()
            await asyncio.sleep(0.3)
            yield made
        finally:
            await made.stop()


async def resumed(of: Pair) -> float:
    """When everything was delivered that is sealed now, both ways."""
    sealed = {me: len(end.sealed) for me, end in of.ends.items()}
    await until(lambda: all(len(of.ends[end.partner].delivered) >= sealed[me] for me, end in of.ends.items()), 20)
    return max(of.ends[end.partner].delivered_at[sealed[me]] for me, end in of.ends.items())


def now() -> float:
    return asyncio.get_running_loop().time()


async def cut(of: Pair) -> float:
    wire = of.lab.wires["KOR", "JPN"]
    wire.cut()
    await asyncio.sleep(3)
    wire.restore()
    return now()


async def half_open(of: Pair) -> float:
    wire = of.lab.wires["KOR", "JPN"]
    wire.swallow()
    await asyncio.sleep(5)
    wire.restore()
    return now()


async def half_open_for_a_moment(of: Pair) -> float:
    wire = of.lab.wires["KOR", "JPN"]
    wire.swallow()
    await asyncio.sleep(1)
    wire.restore()
    return now()


async def dead_connection(of: Pair) -> float:
    """What was connected is swallowed for ever; a new connection would pass."""
    of.lab.wires["KOR", "JPN"].swallow_connected()
    await until(lambda: not any(link.health.connected for link in of.links.values()))
    await until(lambda: any(link.health.resets for link in of.links.values()))
    return now()


async def flap(of: Pair) -> float:
    wire = of.lab.wires["KOR", "JPN"]
    for _ in range(8):
        wire.reset()
        await asyncio.sleep(random.Random(1).uniform(0.05, 0.5))
    return now()


async def kill_owner(of: Pair) -> float:
    return await kill(of, "KOR")


async def kill_receiver(of: Pair) -> float:
    return await kill(of, "JPN")


async def kill(of: Pair, nation: str) -> float:
    server = of.lab.servers[nation]
    killed = server.process_id
    assert killed is not None
    os.kill(killed, signal.SIGKILL)
    await until(lambda: server.process_id != killed and server.restarts == 1)
    return now()


@pytest.mark.parametrize(
    "fault",
    [cut, half_open, half_open_for_a_moment, dead_connection, flap, kill_owner, kill_receiver],
    ids=lambda fault: fault.__name__,
)
def test_nothing_is_lost_doubled_or_disordered(fault: Callable[[Pair], Awaitable[float]], tmp_path: Path) -> None:
    async def test() -> None:
        async with pair(tmp_path) as both:
            returned = await fault(both)
            at, bare = await asyncio.gather(resumed(both), bare_link(both.lab.servers, "KOR", "JPN"))
            await both.finish()
            assert bare.resumed_in_time(at, returned)
            assert all(link.health.blocked_at is None for link in both.links.values())

    asyncio.run(asyncio.wait_for(test(), 60))


def test_a_node_that_starts_again_goes_on(tmp_path: Path) -> None:
    """Both ends of one nation's node and its server end, and come back with what their logs hold."""

    async def test() -> None:
        async with lab(tmp_path, "KOR", "JPN") as nations:
            korea, japan = End("KOR", "JPN"), End("JPN", "KOR")
            for _ in range(2):
                async with contextlib.AsyncExitStack() as lives:
                    for end in (korea, japan):
                        bus = await nations.servers[end.me].connect(end.partner)
                        lives.push_async_callback(bus.close)
                        await lives.enter_async_context(end.running(bus))
                    before = len(japan.delivered)
                    for _ in range(100):
                        korea.offer()
                    await until(lambda before=before: len(japan.delivered) >= before + 50)
                await nations.servers["KOR"].stop()
                await nations.servers["KOR"].start()
            async with contextlib.AsyncExitStack() as lives:
                for end in (korea, japan):
                    bus = await nations.servers[end.me].connect(end.partner)
                    lives.push_async_callback(bus.close)
                    await lives.enter_async_context(end.running(bus))
                await until(lambda: len(japan.delivered) == len(korea.sealed) > 0)
            assert in_order_exactly_once(korea, japan)

    asyncio.run(asyncio.wait_for(test(), 30))


def test_three_nations_and_a_fault_between_two(tmp_path: Path) -> None:
    async def test() -> None:
        async with lab(tmp_path, "KOR", "JPN", "USA") as nations:
            pairs = [Pair(nations, *names) for names in (("KOR", "JPN"), ("KOR", "USA"), ("JPN", "USA"))]
            try:
                for each in pairs:
                    await each.start()
                for each in pairs:
                    await each.connected()
                await asyncio.sleep(0.3)
                gaps = [link.health.gaps for each in pairs[1:] for link in each.links.values()]
                nations.wires["KOR", "JPN"].cut()
                await asyncio.sleep(1.5)
                assert not pairs[0].links["KOR"].health.connected
                others = [link for each in pairs[1:] for link in each.links.values()]
                assert all(link.health.connected for link in others)
                assert [link.health.gaps for link in others] == gaps
                nations.wires["KOR", "JPN"].restore()
                await pairs[0].connected()
                for each in pairs:
                    await each.finish()
            finally:
                for each in pairs:
                    await each.stop()

    asyncio.run(asyncio.wait_for(test(), 30))


def test_nothing_waits_for_a_server_that_is_away(tmp_path: Path) -> None:
    async def test() -> None:
        async with lab(tmp_path, "KOR") as nations:
            bus = await nations.servers["KOR"].connect()
            await nations.servers["KOR"].stop()
            await until(lambda: not bus.connected)
            with pytest.raises(BusDownError):
                bus.publish("a", b"1")
            await bus.close()

    asyncio.run(asyncio.wait_for(test(), 15))


@pytest.mark.slow
def test_many_faults_in_a_row(tmp_path: Path) -> None:
    """Two minutes of faults in an order that a seed chooses."""
    choices = random.Random(20261122)

    async def test() -> None:
        async with pair(tmp_path) as both:
            wire = both.lab.wires["KOR", "JPN"]
            for _ in range(30):
                fault = choices.choice(["cut", "reset", "swallow", "swallow_connected", "kill", "kill"])
                if fault == "kill":
                    victim = both.lab.servers[choices.choice(["KOR", "JPN"])].process_id
                    with contextlib.suppress(ProcessLookupError, TypeError):
                        os.kill(victim, signal.SIGKILL)  # type: ignore[arg-type]
                else:
                    getattr(wire, fault)()
                await asyncio.sleep(choices.uniform(0.1, 4.0))
                wire.restore()
                await asyncio.sleep(choices.uniform(0.0, 3.0))
            await both.finish()

    asyncio.run(asyncio.wait_for(test(), 300))
