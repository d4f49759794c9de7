"""Two nations' nodes and servers under faults. Each ends with an outside reader's reckoning of both nations' logs."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from statistics import median

import pytest
from light_nodes import POINTS, WHEN, Nations, Plan, two_nations
from nations import bare_link

pytestmark = [pytest.mark.connected, pytest.mark.slow]

KILLS = 50


async def resumed_in_time(nations: Nations) -> None:
    """All that is released by now arrives within two seconds of the link's return."""
    since, servers = time.monotonic(), {name: node.server for name, node in nations.nodes.items()}
    took_s, bare = await asyncio.gather(nations.resumed(), bare_link(servers, "KOR", "JPN"))
    assert bare.resumed_in_time(since + took_s, since)


def run(folder: Path, test: Callable[[Nations], Awaitable[None]], within_s: float = 300.0) -> None:
    """Start two nations, do something to them, let everything arrive, and reckon."""

    async def whole() -> None:
        async with two_nations(folder) as nations:
            await test(nations)
            await nations.finish()
        for pair in nations.reckoned():
            assert pair.delivered > 5
            print(f"{pair.owner} to {pair.partner}: {pair.delivered} records, none lost, doubled, disordered or leaked")

    asyncio.run(asyncio.wait_for(whole(), within_s))


def test_kills_between_store_publish_and_acknowledgement(tmp_path: Path) -> None:
    """Each kill comes at a step, a side and a moment that its seed chooses; half of them in a life's first steps."""

    async def test(nations: Nations) -> None:
        took = []
        for seed in range(KILLS):
            choices = random.Random(seed)
            victim = nations.nodes[choices.choice(["KOR", "JPN"])]
            plan = Plan(POINTS[seed % len(POINTS)], choices.choice(WHEN), choices.randint(1, 30))
            lives = victim.lives
            if seed % 2:
                await victim.ask("arm", plan)
            else:
                victim.next_plan = plan._replace(count=choices.randint(1, 3))
                victim.kill()
                lives += 1
            deadline = time.monotonic() + 5.0
            while victim.lives == lives and time.monotonic() < deadline:
                await asyncio.sleep(0.01)
            if victim.lives == lives:
                victim.kill()
            took.append(await nations.resumed())
        print(f"\n{KILLS} kills; everything was there again after {median(took):.2f} s, at most {max(took):.2f} s")
        assert sum(node.lives for node in nations.nodes.values()) > KILLS

    run(tmp_path, test, 900.0)


async def cut(nations: Nations) -> None:
    nations.wire.cut()
    await asyncio.sleep(3)
    nations.wire.restore()


async def half_open(nations: Nations) -> None:
    nations.wire.swallow()
    await asyncio.sleep(5)
    nations.wire.restore()


async def flap(nations: Nations) -> None:
    for _ in range(8):
        nations.wire.reset()
        await asyncio.sleep(random.Random(1).uniform(0.05, 0.5))


async def kill_servers(nations: Nations) -> None:
    for node in nations.nodes.values():
        killed = node.server.process_id
        assert killed is not None
        os.kill(killed, signal.SIGKILL)
        while node.server.process_id == killed:
            await asyncio.sleep(0.01)


async def kill_server_and_node_at_once(nations: Nations) -> None:
    node = nations.nodes["KOR"]
    killed = node.server.process_id
    assert killed is not None
    os.kill(killed, signal.SIGKILL)
    node.kill()
    while node.server.process_id == killed or node.lives == 1:
        await asyncio.sleep(0.01)


async def kill_node_behind_a_cut(nations: Nations) -> None:
    nations.wire.cut()
    await asyncio.sleep(1)
    nations.nodes["KOR"].kill()
    nations.nodes["JPN"].kill()
    await asyncio.sleep(1)
    nations.wire.restore()


@pytest.mark.parametrize(
    "fault",
    [cut, half_open, flap, kill_servers, kill_server_and_node_at_once, kill_node_behind_a_cut],
    ids=lambda fault: fault.__name__,
)
def test_a_fault_of_links_and_processes(fault: Callable[[Nations], Awaitable[None]], tmp_path: Path) -> None:
    async def test(nations: Nations) -> None:
        await fault(nations)
        await resumed_in_time(nations)

    run(tmp_path, test)


@pytest.mark.parametrize("step_s", [5.0, -5.0, 3600.0, -3600.0])
def test_a_clock_that_steps_loses_nothing(step_s: float, tmp_path: Path) -> None:
    async def test(nations: Nations) -> None:
        await nations.nodes["KOR"].ask("clock", step_s)
        await asyncio.sleep(1)
        await resumed_in_time(nations)
        await nations.nodes["KOR"].ask("clock", 0.0)
        await asyncio.sleep(1)
        await resumed_in_time(nations)
        assert (await nations.nodes["JPN"].ask("status"))["blocked_at"] is None

    run(tmp_path, test)


def test_a_full_disk_refuses_and_then_goes_on(tmp_path: Path) -> None:
    """The owner's files can grow no more: lines are refused to the feeder, and nothing goes that is not kept."""

    async def test(nations: Nations) -> None:
        node = nations.nodes["KOR"]
        await node.ask("disk", 20_000)
        fed = -1
        while fed != node.fed:
            fed = node.fed
            await asyncio.sleep(0.5)
        await nations.nodes["JPN"].ask("status")
        await asyncio.sleep(1)
        assert node.fed == fed
        await node.ask("disk", None)
        await resumed_in_time(nations)
        while node.fed == fed:
            await asyncio.sleep(0.01)
        assert node.lives == 1

    run(tmp_path, test)


def test_a_slow_partner_holds_up_nobody(tmp_path: Path) -> None:
    """It takes a twentieth of a second for each release: the owner goes on, and what it sends itself is not slower."""

    async def test(nations: Nations) -> None:
        await nations.nodes["JPN"].ask("slow", 0.05)
        before = await nations.nodes["KOR"].ask("status")
        await asyncio.sleep(4)
        status = await nations.nodes["KOR"].ask("status")
        assert status["sealed"] > before["sealed"] + 100
        assert status["stored"] > status["acknowledged"]
        assert status["shed"] == 0
        await nations.nodes["JPN"].ask("slow", 0.0)

    run(tmp_path, test)


def test_a_flooding_partner_is_not_listened_to_and_nothing_is_lost(tmp_path: Path) -> None:
    async def test(nations: Nations) -> None:
        await nations.nodes["JPN"].ask("flood", 60_000)
        status = await nations.nodes["KOR"].ask("status")
        for _ in range(600):
            if status["throttled"]:
                break
            await asyncio.sleep(0.05)
            status = await nations.nodes["KOR"].ask("status")
        assert status["throttled"] > 0
        assert status["error"] == ""

    run(tmp_path, test)
