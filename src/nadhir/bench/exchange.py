"""From a record at one nation's node to the same record at another's: decided, signed, logged, sent, verified, logged;
beside the bare leaf link between the same two servers in the same run.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Callable
from functools import cached_property
from pathlib import Path

import msgspec

from nadhir.bus import NationServer
from nadhir.model import Label, Record, TrackProduct
from nadhir.node.config import read_config
from nadhir.node.desk import Desk
from nadhir.node.hops import Hops
from nadhir.node.nations import make_nations
from nadhir.node.service import server_settings
from nadhir.sharing.decisions import Decision, DecisionFile
from nadhir.sharing.envelope import Refused, open_envelope, read_envelope, read_release
from nadhir.sharing.floor import Recipient
from nadhir.sharing.identity import Identity
from nadhir.sharing.keys import TrustedKey
from nadhir.sharing.link import Link
from nadhir.sharing.link_measure import Exchange, Measured, measure
from nadhir.sharing.log import Fsync, Log
from nadhir.sharing.partners import read_partners, trusted_keys
from nadhir.sharing.release import Releases
from nadhir.sharing.release_policies import default_policies, read_policies

OWNER, PARTNER = "KOR", "JPN"


class Sender:
    """What the owner's node does with tracks before they leave: decided, written down, signed, logged."""

    def __init__(self, folder: Path, fsync: Fsync) -> None:
        self._folder, self._fsync = folder, fsync

    def __reduce__(self) -> tuple[type[Sender], tuple[Path, Fsync]]:
        return Sender, (self._folder, self._fsync)

    @cached_property
    def _parts(self) -> tuple[Desk, Releases, DecisionFile]:
        key = Identity(self._folder, time.time()).signing_key(time.time())
        desk = Desk(
            OWNER,
            PARTNER,
            "exercise",
            self._folder / "bench",
            key=lambda: key,
            trusted={},
            take=lambda envelope: None,
            hops=Hops(),
            fsync=self._fsync,
        )
        rules = read_policies(self._folder / "policies")
        recipients = {PARTNER: Recipient(PARTNER, "exercise")}
        releases = Releases(rules, owner=OWNER, mode="exercise", recipients=recipients)
        return desk, releases, DecisionFile(self._folder)

    def __call__(self, link: Link) -> Callable[[int], None]:
        desk, releases, decisions = self._parts
        desk.link = link
        waiting: list[tuple[Decision, Record]] = []

        def flush() -> None:
            decisions.append([decision for decision, _ in waiting])
            for _, record in waiting:
                desk.offer(record, record.issued)
            waiting.clear()

        def hand_over(number: int) -> None:
            now = time.time()
            position, velocity = (-3.1e6, 4.0e6, 4.2e6), (1200.0, -900.0, 2500.0)
            track = TrackProduct("a1-1", "a1", now, now, "coast", position, velocity, [1.5] * 21)
            record = Record(f"{number:x}", "track", OWNER, "exercise", now, now, Label(), track, "a1")
            ruling = releases.decide(record, PARTNER, now)
            assert ruling.outgoing is not None
            if not waiting:
                asyncio.get_running_loop().call_soon(flush)
            waiting.append((ruling.decision, ruling.outgoing))

        return hand_over


class Checker:
    """What the partner's node does with an envelope before it is delivered, the log included."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __reduce__(self) -> tuple[type[Checker], tuple[Path]]:
        return Checker, (self._folder,)

    @cached_property
    def _parts(self) -> tuple[dict[str, TrustedKey], Log]:
        trusted = trusted_keys(read_partners(self._folder / "partners").values())
        return trusted, Log(self._folder / "bench", fsync="interval")

    def __call__(self, envelope: bytes) -> tuple[str, int] | None:
        trusted, log = self._parts
        try:
            release = open_envelope(envelope, trusted, me=PARTNER, mode="exercise")
        except Refused:
            return None
        log.append(envelope)
        return release.owner, release.sequence


def numbers(envelope: bytes) -> list[int]:
    """Numbers of the records in an envelope."""
    return [int(record.id, 16) for record in read_release(read_envelope(envelope)).records]


class Result(msgspec.Struct, frozen=True):
    """Latencies of both ways, and the ratios of our own time (the whole less the bare link) to the bare link's."""

    messages_per_s: int
    measured: Measured

    @property
    def own_ratio_p50(self) -> float:
        """Of the medians."""
        return self.measured.link.p50_us / self.measured.bare.p50_us - 1.0

    @property
    def own_ratio_p99(self) -> float:
        """Of the 99th percentiles."""
        return self.measured.link.p99_us / self.measured.bare.p99_us - 1.0


def bench_exchange(messages_per_s: int, turn_s: float, turns: int, fsync: Fsync = "always") -> Result:
    """Start two nations' servers and measure by turns; takes about `2 * turns * (turn_s + 2)` seconds."""
    with tempfile.TemporaryDirectory(prefix="nadhir-bench-") as folder:
        return asyncio.run(_measured(Path(folder), messages_per_s, turn_s, turns, fsync))


async def _measured(folder: Path, messages_per_s: int, turn_s: float, turns: int, fsync: Fsync) -> Result:
    rules = {"default.cedar": default_policies()}
    nations = make_nations(folder, [], {OWNER: rules, PARTNER: rules})
    servers: dict[str, NationServer] = {}
    try:
        for name, node in nations.items():
            identity = Identity(node.folder, time.time())
            partners = read_partners(node.folder / "partners")
            servers[name] = NationServer(server_settings(read_config(node.folder / "node.toml"), identity, partners))
            await servers[name].start()
        exchange = Exchange(
            owner=OWNER,
            partner=PARTNER,
            sender=servers[OWNER].credentials(PARTNER),
            receiver=servers[PARTNER].credentials(OWNER),
            send=Sender(nations[OWNER].folder, fsync),
            numbers=numbers,
            check=Checker(nations[PARTNER].folder),
            messages_per_s=messages_per_s,
            octets=437,
            turn_s=turn_s,
            turns=turns,
        )
        return Result(messages_per_s, await asyncio.to_thread(measure, exchange))
    finally:
        for server in servers.values():
            await server.stop()
