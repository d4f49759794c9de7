"""Nodes of several nations on one machine, for exercises: keys, partners, configuration, and their processes."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import random
import signal
import socket
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import httpx
import msgspec

from nadhir.bus import Credentials, NatsBus
from nadhir.model import Mode, Sensor
from nadhir.model.unreadable import UNREADABLE
from nadhir.node.service import LOCAL_ACCESS
from nadhir.node.status import NodeStatus
from nadhir.sharing.identity import Identity
from nadhir.sharing.partners import propose, read_partners, write_partner

HOST = "127.0.0.1"
PORTS = range(15_000, 32_000)
"""Below those that a system gives to outgoing connections (Linux from 32,768): a node opens its ports up to a minute
after they were chosen, and a connection must not have taken one of them meanwhile."""
_CANDIDATES = itertools.cycle(random.sample(PORTS, len(PORTS)))
CONFIG = """\
# Made for an exercise on one machine. Not an official warning system.
[node]
nation = "{nation}"
mode = "{mode}"
[bus]
host = "{host}"
port = {bus}
leaf_host = "{host}"
leaf_port = {leaf}
[ingest]
host = "{host}"
port = {ingest}
[sensors]
file = "sensors.json"
[sensors.labels]
{labels}
[release]
product_label = "UNCLASSIFIED"
[console]
port = {console}
"""


class NationNode:
    """One nation's node: its folder, ports and process."""

    def __init__(self, nation: str, folder: Path, mode: Mode = "exercise") -> None:
        self.nation, self.mode = nation, mode
        self.folder = folder
        self.bus_port, self.leaf_port, self.ingest_port, self.console_port = free_ports(4)
        self.process: asyncio.subprocess.Process | None = None

    @property
    def data(self) -> Path:
        """Where its logs are."""
        return self.folder / "data" / self.mode

    def prepare(self, sensors: Sequence[Sensor], policies: Mapping[str, str], labels: Mapping[str, str]) -> None:
        """Make keys, configuration, rules and own sensors."""
        Identity.create(self.folder, self.nation, HOST, self.leaf_port, time.time())
        own = [sensor for sensor in sensors if sensor.owner == self.nation]
        (self.folder / "sensors.json").write_bytes(msgspec.json.format(msgspec.json.encode(own)))
        (self.folder / "policies").mkdir()
        for name, text in policies.items():
            (self.folder / "policies" / name).write_text(text)
        lines = "\n".join(f'"{sensor.id}" = "{labels[sensor.id]}"' for sensor in own if sensor.id in labels)
        (self.folder / "node.toml").write_text(
            CONFIG.format(
                nation=self.nation,
                mode=self.mode,
                host=HOST,
                bus=self.bus_port,
                leaf=self.leaf_port,
                ingest=self.ingest_port,
                console=self.console_port,
                labels=lines,
            )
        )

    def trust(self, other: NationNode) -> None:
        """Take another nation's card, its fingerprint compared."""
        folder, now = self.folder / "partners", time.time()
        card = (other.folder / "card.json").read_bytes()
        write_partner(folder, propose(card, read_partners(folder), me=self.nation, now=now).partner)

    async def start(self) -> None:
        """Start its process; its log goes to node.log."""
        with (self.folder / "node.log").open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-c",
                "from nadhir.cli import main; main()",
                "node",
                "--config",
                str(self.folder / "node.toml"),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    async def status(self) -> NodeStatus | None:
        """How it is; None while it does not answer."""
        try:
            async with httpx.AsyncClient() as client:
                answer = await client.get(f"http://{HOST}:{self.console_port}/status", timeout=5.0)
            return msgspec.json.decode(answer.content, type=NodeStatus)
        except (httpx.HTTPError, *UNREADABLE):
            return None

    async def until_ready(self, within_s: float = 120.0) -> NodeStatus:
        """Wait until it says so. Raises RuntimeError with the end of its log where it does not."""
        deadline = time.monotonic() + within_s
        while time.monotonic() < deadline and self.process is not None and self.process.returncode is None:
            now = await self.status()
            if now is not None and now.ready:
                return now
            await asyncio.sleep(0.1)
        tail = (self.folder / "node.log").read_text(errors="replace").splitlines()[-5:]
        raise RuntimeError(f"the node of {self.nation} does not get ready: {'; '.join(tail)}")

    async def connect(self) -> NatsBus:
        """A connection to its picture."""
        access = msgspec.json.decode((self.data / LOCAL_ACCESS).read_bytes(), type=Credentials)
        return await NatsBus.connect(access, name="console")

    async def stop(self, how: signal.Signals = signal.SIGTERM) -> int | None:
        """End its process and wait for that; returns its exit status."""
        if self.process is None:
            return None
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(how)
        return await asyncio.wait_for(self.process.wait(), 20.0)


def make_nations(
    folder: Path,
    sensors: Sequence[Sensor],
    policies: Mapping[str, Mapping[str, str]],
    labels: Mapping[str, str] | None = None,
) -> dict[str, NationNode]:
    """Folders of nodes that trust each other, by nation; `policies` are texts by nation and file name."""
    nations = {nation: NationNode(nation, folder / nation) for nation in policies}
    for nation, node in nations.items():
        node.prepare(sensors, policies[nation], labels or {})
    for node in nations.values():
        for other in nations.values():
            if other is not node:
                node.trust(other)
    return nations


def free_ports(count: int) -> list[int]:
    """Ports that nobody uses now, none of them twice."""
    return list(itertools.islice(filter(_is_free, _CANDIDATES), count))


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True
