"""Whole nodes, tracker and all, killed while they track: everything released arrives once, and the state of each comes
back as if nothing had happened."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from itertools import takewhile
from pathlib import Path

import pytest

from nadhir.alerts import default_rules
from nadhir.geo.areas import default_areas
from nadhir.model import Label, Record
from nadhir.node.core import Core
from nadhir.node.feed import LEAD_S, Pace, feed, first_time, own_lines
from nadhir.node.journal import EndInput, LineInput, ReleaseInput, TickInput, read_inputs
from nadhir.node.names import names_key
from nadhir.node.nations import HOST, NationNode, make_nations
from nadhir.node.reckoning import reckon
from nadhir.sensors import read_sensors
from nadhir.sharing.envelope import Refused, read_envelope, read_release
from nadhir.sharing.log import log_name, read_log

pytestmark = [pytest.mark.connected, pytest.mark.slow]

EXAMPLE = Path(__file__).parents[2] / "examples" / "toward-land"
SENSORS = read_sensors(EXAMPLE)
SECONDS = 60.0
KILLS = (("KOR", 20.0), ("JPN", 30.0), ("KOR", 45.0))
"""Who is killed, and when: seconds after the first line. KOR has just seen the launch by then; then it tracks."""


async def kill_and_start_again(node: NationNode, at: float) -> None:
    while (status := await node.status()) is None or (status.time or 0.0) < at:
        await asyncio.sleep(0.05)
    await node.stop(signal.SIGKILL)
    await node.start()
    assert (await node.until_ready()).rebuilt_from > 5


async def delivered(nodes: dict[str, NationNode]) -> bool:
    statuses = {name: await node.status() for name, node in nodes.items()}
    with contextlib.suppress(KeyError, AttributeError):
        return all(
            not (partner.link.queued or partner.link.unstored)
            and partner.link.stored == partner.link.acknowledged == statuses[other].partners[name].link.delivered  # type: ignore[union-attr]
            for name, status in statuses.items()
            for other, partner in status.partners.items()  # type: ignore[union-attr]
        )
    return False


def written(node: NationNode) -> list[Record]:
    """Own records as the own log holds them, in the order of their names."""
    records = []
    for _, data in read_log(node.data / "log" / log_name(node.nation, node.nation)):
        with contextlib.suppress(Refused):  # Inputs, which stand in the same log.
            records += read_release(read_envelope(data)).records
    return sorted(records, key=lambda record: record.id)


def made_in_one_life(node: NationNode) -> list[Record]:
    """The records that one core makes which takes everything that the node ever took and is never killed."""
    own = [sensor for sensor in SENSORS if sensor.owner == node.nation]
    core = Core(
        node.nation, "exercise", own, default_areas(), default_rules(), names_key(node.data), product_label=Label()
    )
    partner = "JPN" if node.nation == "KOR" else "KOR"
    came = {
        number: read_release(read_envelope(data))
        for number, data in read_log(node.data / "log" / log_name(partner, node.nation))
    }
    records: list[Record] = []
    for _, entry in read_inputs(node.data / "log" / log_name(node.nation, node.nation)):
        match entry:
            case LineInput(at=at, line=line):
                records += core.line(line, at).records
            case TickInput(at=at):
                records += core.tick(at).records
            case ReleaseInput(at=at, sequence=sequence):
                records += core.release(came[sequence], at).records
            case EndInput():
                raise AssertionError("nobody ended a warning")
    return sorted(records, key=lambda record: record.id)


def test_nodes_killed_while_they_track_come_back_as_they_were(tmp_path: Path) -> None:
    policies = {
        path.stem: {path.name: path.read_text()}
        for path in (EXAMPLE / "nations").glob("*.cedar")
        if path.stem in ("KOR", "JPN")
    }
    nodes = make_nations(tmp_path, SENSORS, policies)
    start = first_time(EXAMPLE) - LEAD_S

    async def test() -> None:
        for node in nodes.values():
            await node.start()
        for node in nodes.values():
            await node.until_ready()
        course = Pace(start, 8.0, len(nodes))

        async def kill() -> None:
            for nation, after_s in KILLS:
                await kill_and_start_again(nodes[nation], start + after_s)

        killing = asyncio.create_task(kill())
        await asyncio.gather(
            *(
                feed(
                    list(takewhile(lambda line: line[0] <= start + SECONDS, own_lines(EXAMPLE, name))),
                    HOST,
                    node.ingest_port,
                    course,
                    end=start + SECONDS + 1.0,
                )
                for name, node in nodes.items()
            )
        )
        await killing
        async with asyncio.timeout(60):
            while not await delivered(nodes):
                await asyncio.sleep(0.1)

    async def whole() -> None:
        try:
            await test()
        finally:
            ended = [await node.stop() for node in nodes.values()]
        assert ended == [0, 0]

    asyncio.run(asyncio.wait_for(whole(), 500))

    for node in nodes.values():
        for other in nodes.values():
            if other is not node:
                pair = reckon(node.data, other.data, node.nation, other.nation)
                assert pair.faultless, pair
                assert pair.delivered > 0
        kept = written(node)
        assert {record.kind for record in kept} >= {"detection"}
        assert kept == made_in_one_life(node)
    assert {record.kind for record in written(nodes["KOR"])} >= {"detection", "launch", "track"}
