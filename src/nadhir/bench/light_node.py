"""One nation's node without a tracker, for two nations: every line is a record. All else is the node's own code.

It shows what exchange costs and what it withstands; what tracking costs and withstands is measured elsewhere.
"""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from nadhir.bus import Bus
from nadhir.model import Ellipse, ImpactProduct, Label, Record, RecordKind, Release, TrackProduct
from nadhir.node.clock import pause
from nadhir.node.core import Core, Step
from nadhir.node.desk import Desk
from nadhir.node.hops import Hops
from nadhir.node.live import TICK_S, LiveNode
from nadhir.sensors import Rejection
from nadhir.sharing.decisions import DecisionFile
from nadhir.sharing.floor import Recipient
from nadhir.sharing.identity import Identity
from nadhir.sharing.link import Dial, Link
from nadhir.sharing.log import Log, log_name
from nadhir.sharing.partners import read_partners, trusted_keys
from nadhir.sharing.release import Releases
from nadhir.sharing.release_policies import read_policies


def a_line(received: float, number: int) -> bytes:
    """A line of the only kind that such a node knows."""
    return b'{"received":%.6f,"number":%d}' % (received, number)


class LightNode:
    """Everything between a nation's sensors and its partner but the tracker, in a folder that `nadhir init` made.

    `kind_of` a line's number says what record it becomes (track or impact); `arrived` hears of each release taken.
    """

    def __init__(
        self,
        folder: Path,
        data: Path,
        nation: str,
        partner: str,
        *,
        kind_of: Callable[[int], RecordKind],
        arrived: Callable[[Release], None] = lambda release: None,
    ) -> None:
        data.mkdir(parents=True, exist_ok=True)
        identity, hops = Identity(folder, time.time()), Hops()
        key = identity.signing_key(time.time())
        self.own = Log(data / "log" / log_name(nation, nation), fsync="called")
        self.decisions = DecisionFile(data)
        self.desk = Desk(
            nation,
            partner,
            "exercise",
            data / "log",
            key=lambda: key,
            own_keys={own.id: own for own in identity.own_keys},
            trusted=trusted_keys(read_partners(folder / "partners").values()),
            take=lambda envelope: self.node.release(envelope),
            hops=hops,
        )
        recipients = {partner: Recipient(partner, "exercise")}
        self.node = LiveNode(
            nation,
            "exercise",
            lambda anew: _EveryLineIsARecord(nation, kind_of, arrived),
            self.own,
            {partner: self.desk},
            Releases(read_policies(folder / "policies"), owner=nation, mode="exercise", recipients=recipients),
            self.decisions,
            key=lambda: key,
            audience=lambda news: None,
            hops=hops,
            soon=lambda act: asyncio.get_running_loop().call_soon(act),
        )

    def open_link(self, bus: Bus, reset: Dial | None = None) -> Link:
        """The way to the partner, before anything runs."""
        return self.desk.open_link(bus, ahead=self.node.release_ahead, reset=reset)

    async def run(self) -> None:
        """Work until cancelled, on a link that is open."""
        gc.collect()
        gc.freeze()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.desk.link.run())
            tasks.create_task(self._tick())

    async def _tick(self) -> None:
        while True:
            self.node.tick()
            await pause(TICK_S)

    def close(self) -> None:
        """Put everything on the disk and let go of the files."""
        self.node.settle(wait=True)
        self.desk.close()
        self.own.close()
        self.decisions.close()


class _EveryLineIsARecord(Core):
    """In place of tracking; a line that comes twice is set aside, as the intake does."""

    def __init__(self, nation: str, kind_of: Callable[[int], RecordKind], arrived: Callable[[Release], None]) -> None:
        # Nothing of the tracking core is made.
        self._owner, self._kind_of, self._arrived = nation, kind_of, arrived
        self._seen: set[int] = set()

    @property
    def idle(self) -> bool:
        return True

    def line(self, line: bytes, at: float) -> Step:
        number = msgspec.json.decode(line)["number"]
        if number in self._seen:
            return Step(rejection=Rejection(number, "repeat", ""))
        self._seen.add(number)
        return Step(records=[_record(self._owner, self._kind_of(number), number, at)])

    def release(self, release: Release, at: float) -> Step:
        self._arrived(release)
        return Step()


def _record(owner: str, kind: RecordKind, number: int, at: float) -> Record:
    product: TrackProduct | ImpactProduct
    if kind == "track":
        position, velocity = (-3.1e6, 4.0e6, 4.2e6), (1200.0, -900.0, 2500.0)
        product = TrackProduct("a1-1", "a1", at, at, "coast", position, velocity, [1.5] * 21)
    else:
        product = ImpactProduct("a1-1", "a1", "coast", at, at + 300.0, 4.0, 38.2, 134.5, Ellipse(9.1, 4.2, 31.0))
    return Record(f"{owner}-{number}", kind, owner, "exercise", at, at, Label(), product, "a1")
