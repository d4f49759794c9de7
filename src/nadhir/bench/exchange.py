"""From a detection at one nation's node to the impact at another's: logged, made a record, decided on, written down,
signed, sent, verified, logged; beside the bare leaf link between the same two servers in the same run, as the NATS
client sends over it and as written to the socket at once.

All is the nodes' own code but the tracker, whose waits for a scan are no part of this: each detection is an impact.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import struct
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path

import msgspec
import nats
from nats.aio.client import Client
from nats.aio.msg import Msg

from nadhir.bench.light_node import LightNode, a_line
from nadhir.bus import Bus, Credentials, NationServer
from nadhir.model import RecordKind, Release
from nadhir.node.config import read_config
from nadhir.node.ingest import TOGETHER
from nadhir.node.live import LiveNode
from nadhir.node.nations import make_nations
from nadhir.node.service import server_settings
from nadhir.sharing.identity import Identity
from nadhir.sharing.link_measure import Arrived, Exchange, HandOver, Latency, measure
from nadhir.sharing.link_messages import subject
from nadhir.sharing.partners import read_partners
from nadhir.sharing.release_policies import default_policies

OWNER, PARTNER = "KOR", "JPN"
CLIENT = "bare leaf link, client as it is"
NADHIR = "Nadhir, signed and released"
OCTETS = 437
"""Of a message on the bare link."""
REAL_TIME_PRIORITY = 5


class ClientWay:
    """Plain messages on a subject that crosses, as the NATS client sends and hears them for anybody."""

    _NUMBER = struct.Struct(f">Q{OCTETS - 8}x")

    def __init__(self, sender: Credentials, receiver: Credentials) -> None:
        self._subject = subject(OWNER, PARTNER, "track")
        self._sender, self._receiver = sender, receiver

    @asynccontextmanager
    async def sending(self, bus: Bus) -> AsyncIterator[HandOver]:
        """See `Way`."""
        async with await _connected(self._sender) as client:

            async def hand_over(number: int) -> None:
                await client.publish(self._subject, self._NUMBER.pack(number))

            yield hand_over

    @asynccontextmanager
    async def receiving(self, bus: Bus, arrived: Arrived) -> AsyncIterator[None]:
        """See `Way`."""

        async def on_message(message: Msg) -> None:
            arrived(*self._NUMBER.unpack(message.data))

        async with await _connected(self._receiver) as client:
            await client.subscribe(self._subject, cb=on_message)
            await client.flush()
            yield


async def _connected(credentials: Credentials) -> Client:
    return await nats.connect(
        credentials.url, nkeys_seed_str=credentials.seed, inbox_prefix=credentials.inbox_prefix.encode()
    )


class NodeWay:
    """Two nations' nodes, with everything that stands between their sensors and each other but the tracker."""

    def __init__(self, owner: Path, partner: Path, kind: RecordKind) -> None:
        self._folders = {OWNER: owner, PARTNER: partner}
        self._kind: RecordKind = kind

    @asynccontextmanager
    async def sending(self, bus: Bus) -> AsyncIterator[HandOver]:
        """See `Way`."""
        async with self._node(OWNER, PARTNER, bus, lambda number: None) as node:

            async def hand_over(number: int) -> None:
                node.line(a_line(time.time(), number))
                if number % TOGETHER == 0:
                    await asyncio.sleep(0)  # As the intake does.

            yield hand_over

    @asynccontextmanager
    async def receiving(self, bus: Bus, arrived: Arrived) -> AsyncIterator[None]:
        """See `Way`."""
        async with self._node(PARTNER, OWNER, bus, arrived):
            yield

    @asynccontextmanager
    async def _node(self, nation: str, partner: str, bus: Bus, arrived: Arrived) -> AsyncIterator[LiveNode]:
        def taken(release: Release) -> None:
            for record in release.records:
                arrived(int(record.id.rpartition("-")[2]))

        folder = self._folders[nation]
        light = LightNode(
            folder,
            folder / "bench",
            nation,
            partner,
            kind_of=lambda number: self._kind,
            arrived=taken,
        )
        light.open_link(bus)
        running = asyncio.create_task(light.run())
        yield light.node
        running.cancel()
        await asyncio.wait([running])
        light.close()


class Result(msgspec.Struct, frozen=True):
    """One way latencies by way."""

    messages_per_s: int
    kind: RecordKind
    ways: dict[str, Latency]
    fsync_us: float
    """Median time that the disk took to force a few hundred bytes, tried during the run."""
    load: float
    """Processes that wanted a processor at the end."""

    def own_ratios(self, bare: str) -> tuple[float, float]:
        """Our own time (the whole less a bare link) over that bare link's, at the median and at the 99th percentile."""
        whole, link = self.ways[NADHIR], self.ways[bare]
        return whole.p50_us / link.p50_us - 1.0, whole.p99_us / link.p99_us - 1.0


def bench_exchange(
    messages_per_s: int, turn_s: float, turns: int, kind: RecordKind = "impact", *, real_time: bool = False
) -> Result:
    """Start two nations' servers and measure by turns; takes about `3 * turns * (turn_s + 3)` seconds.

    With `real_time` nodes and servers of all ways come before all other work of the machine. Raises PermissionError.
    """
    with tempfile.TemporaryDirectory(prefix="nadhir-bench-") as folder, _before_others(real_time):
        return asyncio.run(_measured(Path(folder), messages_per_s, turn_s, turns, kind))


@contextmanager
def _before_others(wanted: bool) -> Iterator[None]:
    """What is started meanwhile runs as soon as it can, whatever else wants a processor."""
    if not wanted:
        yield
        return
    if not hasattr(os, "sched_setscheduler"):
        raise PermissionError("this system knows no such priority")
    policy, priority = os.sched_getscheduler(0), os.sched_getparam(0)
    os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(REAL_TIME_PRIORITY))
    try:
        yield
    finally:
        os.sched_setscheduler(0, policy, priority)


async def _measured(folder: Path, messages_per_s: int, turn_s: float, turns: int, kind: RecordKind) -> Result:
    rules = {"default.cedar": default_policies()}
    nations = make_nations(folder, [], {OWNER: rules, PARTNER: rules})
    async with AsyncExitStack() as stack:
        servers: dict[str, NationServer] = {}
        for name, node in nations.items():
            identity = Identity(node.folder, time.time())
            partners = read_partners(node.folder / "partners")
            servers[name] = NationServer(server_settings(read_config(node.folder / "node.toml"), identity, partners))
            stack.push_async_callback(servers[name].stop)
            await servers[name].start()
        owner, partner = nations[OWNER].folder, nations[PARTNER].folder
        sender, receiver = servers[OWNER].credentials(PARTNER), servers[PARTNER].credentials(OWNER)
        exchange = Exchange(
            owner=OWNER,
            partner=PARTNER,
            sender=sender,
            receiver=receiver,
            ways={CLIENT: ClientWay(sender, receiver), NADHIR: NodeWay(owner, partner, kind)},
            messages_per_s=messages_per_s,
            octets=OCTETS,
            turn_s=turn_s,
            turns=turns,
        )
        fsyncs = [_fsync_us(folder / "probe")]
        ways = await asyncio.to_thread(measure, exchange)
        fsyncs.append(_fsync_us(folder / "probe"))
        return Result(messages_per_s, kind, ways, statistics.mean(fsyncs), os.getloadavg()[0])


def _fsync_us(path: Path) -> float:
    """Median of what the disk takes to force an appended record."""
    took = []
    with path.open("ab", buffering=0) as file:
        for _ in range(101):
            file.write(bytes(700))
            start = time.perf_counter()
            os.fsync(file.fileno())
            took.append((time.perf_counter() - start) * 1e6)
    return statistics.median(took)
