"""Two real nodes of one nation: an enrolled live one, and an exercise that ends when the live one sees a launch."""

from __future__ import annotations

import asyncio
import json
import time
from datetime import UTC, datetime
from itertools import takewhile
from pathlib import Path

import httpx
import msgspec
import pytest
from cap_signers import a_signer, write_signer
from test_live_publishing import ATOM, EXAMPLE, SECONDS, codes, links, publishing, verified
from typer.testing import CliRunner

from nadhir.bus import Credentials, NatsBus
from nadhir.channels.cap import read_element
from nadhir.channels.text import source_hash
from nadhir.cli import app
from nadhir.node.config import read_config
from nadhir.node.feed import LEAD_S, Pace, feed, first_time, own_lines
from nadhir.node.nations import HOST, NationNode, free_ports
from nadhir.node.service import DETECTIONS, WATCH_ACCESS, Service
from nadhir.node.toml import ConfigError
from nadhir.sensors import read_sensors
from nadhir.sharing.keys import NodeKey, fingerprint

pytestmark = pytest.mark.connected

POLICIES = {"JPN.cedar": (EXAMPLE / "nations" / "JPN.cedar").read_text()}


def nadhir(*arguments: object, status: int = 0) -> str:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert result.exit_code == status, result.output
    return result.output


def enrolled(node: NationNode, days: float = 30.0) -> None:
    """By the command line, as an authority and a node do it."""
    authority, request, consent = (node.folder / name for name in ("authority", "request.json", "consent.json"))
    if not authority.exists():
        nadhir("enrol", "authority", "--out", authority)
    nadhir("enrol", "request", "--node", node.folder, "--publishing", node.folder / "publishing.toml", request)
    own = fingerprint(msgspec.json.decode(request.read_bytes(), type=dict[str, str])["public"].encode())
    nadhir("enrol", "sign", request, "--authority", authority, "--yes-fingerprint", own, status=2)  # not these digits
    digits = nadhir("enrol", "request", "--node", node.folder, "--publishing", node.folder / "publishing.toml", request)
    own = digits.split("aloud: ")[1].strip()
    nadhir(
        "enrol", "sign", request, "--authority", authority, "--days", days, "--out", consent, "--yes-fingerprint", own
    )
    theirs = fingerprint(NodeKey.load(authority / "authority.key").public)
    nadhir("enrol", "install", consent, "--node", node.folder, "--yes-fingerprint", theirs)


def live_publishing(folder: Path, port: int) -> str:
    """Keys of the live side, and a publishing.toml of it with a feed; its address."""
    write_signer(a_signer("real", datetime.now(UTC), days=30.0), folder / "live.key", folder / "live.pem")
    NodeKey.generate().save(folder / "acts.key")
    (folder / "sign-off.toml").write_text(
        f'[[review]]\nlanguage = "ja"\nsha256 = "{source_hash("ja")}"\nreviewer = "A reader"\ndate = 2026-11-22\n'
    )
    address = f"http://{HOST}:{port}/cap"
    (folder / "publishing.toml").write_text(f"""
languages = ["ja", "en"]
[names]
ja = "試験"
[live]
sender = "warnings@warn.example"
key = "live.key"
certificate = "live.pem"
acts_key = "acts.key"
sign_off = "sign-off.toml"
operators = ["kim"]
feed = {{ address = "{address}", title = "Warnings", author = "A node", port = {port} }}
""")
    with (folder / "node.toml").open("a") as config:
        config.write('\n[publishing]\nfile = "publishing.toml"\n')
    return address


async def feed_as_it_happens(node: NationNode, until: asyncio.Event) -> None:
    """The example's lines as if its first one were now, at the speed of the clock on the wall."""
    lines = [json.loads(line) for at, line in own_lines(EXAMPLE, None) if at]
    shift = time.time() + 0.2 - lines[0]["received"]
    reader, writer = await asyncio.open_connection(HOST, node.ingest_port)
    for line in lines:
        line |= {"time": line["time"] + shift, "received": line["received"] + shift}
        while time.time() < line["received"] and not until.is_set():
            await asyncio.sleep(0.02)
        if until.is_set():
            break
        writer.write(json.dumps(line).encode() + b"\n")
        await reader.readline()
    writer.close()


def test_a_launch_that_the_live_node_sees_ends_the_drill_of_the_exercise(tmp_path: Path) -> None:
    sensors = [msgspec.structs.replace(sensor, owner="JPN") for sensor in read_sensors(EXAMPLE)]
    drill, live = NationNode("JPN", tmp_path / "drill"), NationNode("JPN", tmp_path / "live", "live")
    for node in (drill, live):
        node.prepare(sensors, POLICIES, {})
    drill_address = publishing(drill.folder, *free_ports(1))
    live_address = live_publishing(live.folder, *free_ports(1))
    with (drill.folder / "node.toml").open("a") as config:
        config.write(f'[real]\naccess = "{live.data / WATCH_ACCESS}"\n')
    nadhir("enrol", "show", "--node", live.folder, status=1)
    with pytest.raises(ConfigError, match="must enrol this node first"):
        Service(read_config(live.folder / "node.toml"))
    enrolled(live)
    assert "enrolled for JPN" in nadhir("enrol", "show", "--node", live.folder)
    nadhir("enrol", "install", live.folder / "consent.json", "--node", drill.folder, status=2)

    async def said(address: str) -> list[tuple[str, str, set[str]]]:
        async with httpx.AsyncClient() as client:
            files = links((await client.get(address)).content)
            alerts = [read_element(verified((await client.get(file)).content)) for file in files]
        return [(alert.status, alert.message_type, codes(alert)) for alert in alerts]

    async def problems(node: NationNode) -> str:
        status = await node.status()
        assert status is not None
        return "; ".join(status.problems)

    async def test() -> None:
        await live.start()
        await live.until_ready()
        await drill.start()
        await drill.until_ready()
        course = Pace(first_time(EXAMPLE) - LEAD_S, 20.0, 1)
        end = course.start + SECONDS
        lines = list(takewhile(lambda line: line[0] <= end, own_lines(EXAMPLE, "JPN")))
        await feed(lines, HOST, drill.ingest_port, course, end=end)
        before = await said(drill_address)
        assert any(kind == "Alert" and "JP-05" in areas for _, kind, areas in before), before
        assert not any(kind == "Cancel" for _, kind, _ in before)
        assert "real" not in await problems(drill)

        watcher = await NatsBus.connect(
            msgspec.json.decode((live.data / WATCH_ACCESS).read_bytes(), type=Credentials), name="drill"
        )
        watcher.publish(DETECTIONS, b"a word of a drill\n")
        await asyncio.sleep(0.3)
        await watcher.close()
        status = await live.status()
        assert status is not None
        assert (status.mode, status.lines) == ("live", 0)

        enough = asyncio.Event()
        feeding = asyncio.create_task(feed_as_it_happens(live, enough))
        async with asyncio.timeout(60.0):
            while not any(kind == "Cancel" for _, kind, _ in await said(drill_address)):
                await asyncio.sleep(0.2)
        enough.set()
        await feeding
        assert "something real happens" in await problems(drill)
        assert "the enrolment runs out in 30.0 days" in await problems(live)
        async with httpx.AsyncClient() as client:
            feed_of_live = (await client.get(live_address)).text
        assert "EXERCISE" not in feed_of_live
        assert f"<feed xmlns={ATOM[1:-1]!r}".replace("'", '"') in feed_of_live
        await live.stop()
        async with asyncio.timeout(10.0):
            while "cannot be heard" not in (said_of := await problems(drill)) and "is gone" not in said_of:
                await asyncio.sleep(0.1)

    async def whole() -> None:
        try:
            await test()
        finally:
            ended = [await node.stop() for node in (drill, live)]
        assert ended == [0, 0]

    asyncio.run(asyncio.wait_for(whole(), 170))
