"""What is urgent is with the link when its line was taken; bulk goes with what comes in together with it."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from nadhir.bench.light_node import LightNode, a_line
from nadhir.bus import MemoryBus
from nadhir.model import RecordKind
from nadhir.node.nations import make_nations
from nadhir.sharing.release_policies import default_policies


def kind_of(number: int) -> RecordKind:
    return "impact" if number < 10 else "track"


def test_an_impact_is_sealed_when_its_line_was_taken_and_tracks_go_together(tmp_path: Path) -> None:
    rules = {"default.cedar": default_policies()}
    nations = make_nations(tmp_path, [], {"KOR": rules, "JPN": rules})
    arrived: list[tuple[int, ...]] = []

    async def test() -> None:
        bus = MemoryBus()
        korea, japan = (
            LightNode(
                nations[me].folder,
                nations[me].folder / "data",
                me,
                partner,
                kind_of=kind_of,
                arrived=lambda release: arrived.append(
                    tuple(int(record.id.rpartition("-")[2]) for record in release.records)
                ),
            )
            for me, partner in (("KOR", "JPN"), ("JPN", "KOR"))
        )
        for node in (korea, japan):
            node.open_link(bus)
        running = [asyncio.create_task(node.run()) for node in (korea, japan)]
        korea.node.line(a_line(time.time(), 1))
        async with asyncio.timeout(5):
            while not arrived:
                await asyncio.sleep(0.01)
        korea.node.line(a_line(time.time(), 2))
        assert korea.desk.outgoing.size == 2
        for number in (10, 11, 12):
            korea.node.line(a_line(time.time(), number))
        assert korea.desk.outgoing.size == 2
        korea.node.line(a_line(time.time(), 3))
        assert korea.desk.outgoing.size == 3
        async with asyncio.timeout(5):
            while len(arrived) < 4:
                await asyncio.sleep(0.01)
        for task in running:
            task.cancel()
        await asyncio.wait(running)
        for node in (korea, japan):
            node.close()

    asyncio.run(test())
    assert arrived == [(1,), (2,), (3,), (10, 11, 12)]
