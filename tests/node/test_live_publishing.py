"""A node says what it warns of: from detections on its socket to signed CAP in the feed of its exercise."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from itertools import takewhile
from pathlib import Path

import httpx
import pytest
from cap_signers import write_signer
from lxml import etree
from publishing_parts import DRILL

from nadhir.channels.cap import read_element, verify
from nadhir.node.feed import LEAD_S, Pace, feed, first_time, own_lines
from nadhir.node.nations import HOST, free_ports, make_nations
from nadhir.sensors import read_sensors
from nadhir.sharing.keys import NodeKey

pytestmark = pytest.mark.connected

EXAMPLE = Path(__file__).parents[2] / "examples" / "toward-land"
SECONDS = 125.0
"""After the first line: JPN's own radars have told where it comes down."""
ATOM = "{http://www.w3.org/2005/Atom}"


def publishing(folder: Path, port: int) -> str:
    """Write the keys of an exercise, and a publishing.toml with a feed; its address."""
    write_signer(DRILL, folder / "drill.key", folder / "drill.pem")
    NodeKey.generate().save(folder / "acts.key")
    address = f"http://{HOST}:{port}/cap"
    (folder / "publishing.toml").write_text(f"""
languages = ["ja", "en"]
[names]
ja = "訓練"
en = "Exercise office"
[exercise]
sender = "drill@warn.example"
key = "drill.key"
certificate = "drill.pem"
acts_key = "acts.key"
operators = ["kim"]
feed = {{ address = "{address}", title = "Warnings", author = "A node", port = {port} }}
""")
    with (folder / "node.toml").open("a") as config:
        config.write('\n[publishing]\nfile = "publishing.toml"\n')
    return address


def test_an_alert_of_a_node_is_in_its_feed(tmp_path: Path) -> None:
    policies = {"JPN": {"JPN.cedar": (EXAMPLE / "nations" / "JPN.cedar").read_text()}}
    node = make_nations(tmp_path, read_sensors(EXAMPLE), policies)["JPN"]
    address = publishing(node.folder, *free_ports(1))
    alerts = []

    async def test() -> None:
        await node.start()
        await node.until_ready()
        course = Pace(first_time(EXAMPLE) - LEAD_S, 20.0, 1)
        end = course.start + SECONDS
        lines = list(takewhile(lambda line: line[0] <= end, own_lines(EXAMPLE, "JPN")))
        await feed(lines, HOST, node.ingest_port, course, end=end)
        async with httpx.AsyncClient() as client, asyncio.timeout(20.0):
            while not any("JP-05" in codes(alert) for alert in alerts):
                files = links((await client.get(address)).content)
                alerts[:] = [read_element(verified((await client.get(file)).content)) for file in files]
                await asyncio.sleep(0.2)
        status = await node.status()
        assert status is not None
        assert not [problem for problem in status.problems if "cannot be said" in problem]

    async def whole() -> None:
        try:
            await test()
        finally:
            ended = await node.stop()
        assert ended == 0

    asyncio.run(asyncio.wait_for(whole(), 120))
    assert {alert.status for alert in alerts} == {"Exercise"}
    assert [info.language for info in alerts[0].infos] == ["ja", "en"]
    assert all("EXERCISE" in (info.headline or "") for alert in alerts for info in alert.infos if info.language == "en")


def links(atom: bytes) -> list[str]:
    """Where the signed alerts of a feed's entries are."""
    return [link.get("href") for link in etree.fromstring(atom).iterfind(f"{ATOM}entry/{ATOM}link")]


def verified(alert: bytes) -> etree._Element:
    return verify(alert, [DRILL.certificate], DRILL.certificate.not_valid_before_utc + timedelta(hours=1))


def codes(alert: object) -> set[str]:
    return {code.value for info in alert.infos for area in info.areas for code in area.geocodes}  # type: ignore[attr-defined]
