"""Three nations' nodes as processes, each with its own nats-server: one event is shared, one node is killed in it."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from itertools import takewhile
from pathlib import Path

import httpx
import msgspec
import pytest

from nadhir.bus import Message
from nadhir.model import LaunchProduct
from nadhir.node.core import News
from nadhir.node.feed import LEAD_S, Pace, feed, first_time, own_lines
from nadhir.node.nations import HOST, make_nations
from nadhir.node.reckoning import reckon
from nadhir.node.service import PICTURE
from nadhir.sensors import read_sensors

pytestmark = pytest.mark.connected

EXAMPLE = Path(__file__).parents[2] / "examples" / "toward-land"
KILLED_AT_S, SECONDS = 20.0, 30.0
"""After the first line: KOR is killed when it has just seen the launch itself."""


async def _kill_and_start_again(nodes: dict, course: Pace) -> None:  # type: ignore[type-arg]
    kor = nodes["KOR"]
    while (status := await kor.status()) is None or (status.time or 0.0) < course.start + KILLED_AT_S:
        await asyncio.sleep(0.05)
    await kor.stop(signal.SIGKILL)
    await kor.start()
    await kor.until_ready()


def test_three_nations_share_a_launch_and_one_is_killed(tmp_path: Path) -> None:
    policies = {path.stem: {path.name: path.read_text()} for path in (EXAMPLE / "nations").glob("*.cedar")}
    nodes = make_nations(tmp_path, read_sensors(EXAMPLE), policies, {"USA-XBR-1": "RESTRICTED"})
    start = first_time(EXAMPLE) - LEAD_S
    picture: list[News] = []

    def hear(message: Message) -> None:
        picture.extend(msgspec.json.Decoder(News).decode_lines(message.data))

    async def test() -> None:
        for node in nodes.values():
            await node.start()
        for node in nodes.values():
            await node.until_ready()
        console = await nodes["JPN"].connect()
        await console.subscribe(PICTURE, hear)
        course = Pace(start, 4.0, len(nodes))
        killing = asyncio.create_task(_kill_and_start_again(nodes, course))
        end = start + SECONDS
        for taken in await asyncio.gather(
            *(
                feed(
                    list(takewhile(lambda line: line[0] <= end, own_lines(EXAMPLE, name))),
                    HOST,
                    node.ingest_port,
                    course,
                    end=end + 1.0,
                )
                for name, node in nodes.items()
            )
        ):
            assert taken >= 0
        await killing
        async with asyncio.timeout(30):
            while not await _empty(nodes):
                await asyncio.sleep(0.1)
        kor = await nodes["KOR"].status()
        assert kor is not None
        assert kor.rebuilt_from > 10
        async with httpx.AsyncClient(base_url=f"http://{HOST}:{nodes['KOR'].console_port}") as client:
            assert (await client.get("/ready")).status_code == 200
            assert "nadhir_link_stored" in (await client.get("/metrics")).text
        await console.close()

    async def whole() -> None:
        try:
            await test()
        finally:
            ended = [await node.stop() for node in nodes.values()]
        assert ended == [0, 0, 0]

    asyncio.run(asyncio.wait_for(whole(), 150))

    pairs = [reckon(a.data, b.data, a.nation, b.nation) for a in nodes.values() for b in nodes.values() if a is not b]
    assert all(pair.faultless for pair in pairs), pairs
    by_name = {(pair.owner, pair.partner): pair for pair in pairs}
    assert by_name["USA", "JPN"].delivered > 10
    assert by_name["KOR", "JPN"].delivered > 0
    # KOR's rules let no detection go, and the way tells nothing of them.
    assert by_name["KOR", "JPN"].withheld["not-permitted"] >= 10
    launches = [news for news in picture if isinstance(news.product, LaunchProduct)]
    assert {news.basis for news in launches} == {"partner", "shared"}
    assert {news.owner for news in launches if news.basis == "partner"} == {"KOR", "USA"}
    # The owners' event is one event in the picture of a nation that has not seen it itself.
    assert len({news.product.event for news in launches if news.basis == "shared"}) == 1


async def _empty(nodes: dict) -> bool:  # type: ignore[type-arg]
    with contextlib.suppress(KeyError, AttributeError):
        statuses = {name: await node.status() for name, node in nodes.items()}
        return all(
            not (partner.link.queued or partner.link.unstored)
            and partner.link.stored == partner.link.acknowledged == statuses[other].partners[name].link.delivered
            for name, status in statuses.items()
            for other, partner in status.partners.items()
        )
    return False
