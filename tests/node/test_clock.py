"""What nobody waits for comes after what came in meanwhile."""

from __future__ import annotations

import asyncio
import socket
import time

import pytest

from nadhir.node.clock import pause

uvloop = pytest.importorskip("uvloop", reason="the event loop of a node")


def test_what_came_in_goes_before_what_a_timer_begins() -> None:
    async def both_at_once() -> list[str]:
        order: list[str] = []
        ours, theirs = socket.socketpair()
        queue = asyncio.Queue[bytes]()
        reader, writer = await asyncio.open_connection(sock=ours)

        async def hear() -> None:
            queue.put_nowait(await reader.readline())

        async def take() -> None:
            await queue.get()
            order.append("line")

        async def write_down() -> None:
            await pause(0.01)
            order.append("written down")

        tasks = [asyncio.create_task(hear()), asyncio.create_task(take()), asyncio.create_task(write_down())]
        await asyncio.sleep(0.005)
        time.sleep(0.02)  # The loop is busy, and both are due when it is not.
        theirs.send(b"a line\n")
        await asyncio.wait(tasks)
        writer.close()
        theirs.close()
        return order

    assert uvloop.run(both_at_once()) == ["line", "written down"]
