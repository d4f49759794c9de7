"""Two nations' nodes without a tracker, each a process of its own beside its nation's real nats-server: every line is a
record. The leaf link runs over a wire that can be cut, and a node can be killed at a chosen step of its work."""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import os
import resource
import signal
import time
from collections.abc import AsyncIterator, Callable
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from nations import Wire, free_port

from nadhir.bus import NationServer, NatsBus
from nadhir.model import Ellipse, ImpactProduct, Label, Record, Release, TrackProduct
from nadhir.node.config import read_config
from nadhir.node.core import Core, Step
from nadhir.node.desk import Desk
from nadhir.node.hops import Hops
from nadhir.node.live import LiveNode
from nadhir.node.nations import NationNode
from nadhir.node.reckoning import PairReckoning, reckon
from nadhir.node.service import KEEP_S, server_settings
from nadhir.sensors import Rejection
from nadhir.sharing.decisions import DecisionFile
from nadhir.sharing.envelope import read_envelope, read_release
from nadhir.sharing.floor import Recipient
from nadhir.sharing.identity import Identity
from nadhir.sharing.link import Link
from nadhir.sharing.log import Log, LogError, log_name, read_log
from nadhir.sharing.partners import read_partners, trusted_keys
from nadhir.sharing.release import Releases
from nadhir.sharing.release_policies import default_policies, parse_policies

POINTS = (
    "decisions.append",
    "own.append",
    "outgoing.append",
    "secure",
    "publish",
    "store",
    "stored",
    "incoming.append",
    "taken",
)
WHEN = ("before", "after", "soon after")

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["nadhir.node.service", "nadhir.node.nations", "nadhir.node.reckoning"])


class Plan(NamedTuple):
    """Kill yourself at the so-manieth time of a step of the work."""

    point: str
    when: str
    count: int


class _EveryLineIsARecord(Core):
    """In place of tracking; a line that comes twice is set aside, as the intake does."""

    def __init__(self, nation: str) -> None:
        # Nothing of the tracking core is made.
        self._owner = nation
        self._seen: set[int] = set()

    @property
    def idle(self) -> bool:
        return True

    def line(self, line: bytes, at: float) -> Step:
        number = msgspec.json.decode(line)["number"]
        if number in self._seen:
            return Step(rejection=Rejection(number, "duplicate", ""))
        self._seen.add(number)
        return Step(records=[_record(self._owner, number, at)])

    def release(self, release: Release, at: float) -> Step:
        return Step()


def _record(owner: str, number: int, at: float) -> Record:
    body: TrackProduct | ImpactProduct
    if number % 3:
        body = TrackProduct("a-1", "a", at, at, "coast", (-3.1e6, 4.0e6, 4.2e6), (1200.0, -900.0, 2500.0), [1.5] * 21)
    else:
        body = ImpactProduct("a-1", "a", "coast", at, at + 300.0, 4.0, 38.2, 134.5, Ellipse(9.1, 4.2, 31.0))
    kind = "track" if number % 3 else "impact"
    return Record(f"{owner}-{number}", kind, owner, "exercise", at, at, Label(), body, "a")  # type: ignore[arg-type]


class _Life:
    """One life of a node's process."""

    def __init__(self, folder: Path, nation: str, partner: str) -> None:
        self.nation, self.partner = nation, partner
        data = folder / "data" / "exercise"
        now = time.time()
        key = Identity(folder, now).signing_key(now)
        self.own = Log(data / "log" / log_name(nation, nation), fsync="interval")
        self.decisions = DecisionFile(data)
        self.desk = Desk(
            nation,
            partner,
            "exercise",
            data / "log",
            key=lambda: key,
            trusted=trusted_keys(read_partners(folder / "partners").values()),
            take=lambda envelope: self.node.release(envelope),
            hops=Hops(),
        )
        self.node = LiveNode(
            nation,
            "exercise",
            lambda anew: _EveryLineIsARecord(nation),
            self.own,
            {partner: self.desk},
            Releases(
                parse_policies({"default.cedar": default_policies()}),
                owner=nation,
                mode="exercise",
                recipients={partner: Recipient(partner, "exercise")},
            ),
            self.decisions,
            key=lambda: key,
            audience=lambda news: None,
            hops=Hops(),
            soon=lambda act: asyncio.get_running_loop().call_soon(act),
        )
        self.link: Link | None = None
        self._taking_s = 0.0

    async def run(self, bus: NatsBus, commands: Connection, plan: Plan | None) -> None:
        self._bus = bus
        if plan is not None:
            self._arm(plan)
        desk = self.desk
        self.link = desk.link = Link(
            bus,
            self.nation,
            self.partner,
            check=desk.check,
            deliver=self._deliver,
            delivered=desk.incoming.size,
            ahead=lambda owner, sequence, envelope: self.node.release_ahead(desk.opened(envelope)),
            secure=desk.secure,
            stored=lambda sequence: desk.stored(sequence),
            acknowledged=desk.acknowledged,
            shed=desk.shed,
            log=desk.log_from,
        )
        self.node.rebuild()
        running = asyncio.create_task(self.link.run())
        ticking = asyncio.create_task(self._tick())
        while (command := await asyncio.to_thread(commands.recv)) != ("end",):
            commands.send(getattr(self, command[0])(*command[1:]))
            if running.done() or ticking.done():
                raise RuntimeError("the node ended")
        running.cancel()
        ticking.cancel()
        self.decisions.append(desk.deliveries)
        for part in (desk, self.own, self.decisions):
            part.close()
        await bus.close()
        commands.send("ended")

    async def _tick(self) -> None:
        while True:
            self.node.tick()
            with contextlib.suppress(Exception):  # As a full disk has it.
                self.decisions.append(self.desk.deliveries)
                self.desk.deliveries.clear()
            await asyncio.sleep(KEEP_S / 5)

    # Commands

    def lines(self, first: int, count: int) -> int:
        """Take lines; answers with the last one taken."""
        for number in range(first, first + count):
            try:
                self.node.line(b'{"received":%.6f,"number":%d}' % (1e9 + number / 100, number))
            except LogError:
                return number - 1
        return first + count - 1

    def status(self) -> dict[str, Any]:
        assert self.link is not None
        return {
            **msgspec.to_builtins(self.link.health),
            "sealed": self.desk.outgoing.size,
            "taken_in": self.desk.incoming.size,
            "late": dict(self.desk.window.refused),
            "refused": dict(self.desk.refused),
        }

    def clock(self, offset_s: float) -> None:
        """Step the wall clock."""
        real = time.clock_gettime
        time.time = lambda: real(time.CLOCK_REALTIME) + offset_s

    def arm(self, plan: Plan) -> None:
        """Die by this plan."""
        self._arm(plan)

    def disk(self, free_bytes: int | None) -> None:
        """No file grows beyond the own log and so much more: as full as a disk gets without root."""
        own = sum(path.stat().st_size for path in self.own.folder.glob("*.log"))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        limit = resource.RLIM_INFINITY if free_bytes is None else own + free_bytes
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))

    def slow(self, seconds: float) -> None:
        """Take so long for each release from now on."""
        self._taking_s = seconds

    def _deliver(self, owner: str, sequence: int, envelope: bytes) -> None:
        time.sleep(self._taking_s)
        self.desk.deliver(owner, sequence, envelope)

    def flood(self, count: int) -> None:
        """Say a great deal to the partner that is no release."""
        assert self.link is not None

        async def say() -> None:
            for number in range(count):
                with contextlib.suppress(Exception):
                    await self._bus.publish(f"rel.{self.nation}.{self.partner}.track", bytes(64))
                if number % 100 == 0:
                    await asyncio.sleep(0)

        self._flooding = asyncio.create_task(say())

    def _arm(self, plan: Plan) -> None:
        places: dict[str, tuple[object, str]] = {
            "decisions.append": (self.decisions, "append"),
            "own.append": (self.own, "append"),
            "outgoing.append": (self.desk.outgoing, "append"),
            "secure": (self.desk.outgoing, "sync"),
            "publish": (self._bus, "publish"),
            "store": (self._bus, "append"),
            "stored": (self.desk, "stored"),
            "incoming.append": (self.desk.incoming, "append"),
            "taken": (self.node, "release"),
        }
        place, name = places[plan.point]
        inner: Callable[..., Any] = getattr(place, name)
        left = plan.count

        def die(when: str) -> None:
            if left > 0 or when != plan.when:
                return
            if when == "soon after":
                asyncio.get_running_loop().call_later(0.002, os.kill, os.getpid(), signal.SIGKILL)
            else:
                os.kill(os.getpid(), signal.SIGKILL)

        def counted(*arguments: Any, **keywords: Any) -> Any:
            nonlocal left
            left -= not (arguments and isinstance(arguments[0], str) and arguments[0].endswith(".pulse"))
            die("before")
            result = inner(*arguments, **keywords)
            die("after")
            die("soon after")
            return result

        setattr(place, name, counted)


def _live(folder: Path, nation: str, partner: str, credentials: Any, commands: Connection, plan: Plan | None) -> None:
    async def run() -> None:
        bus = await NatsBus.connect(credentials)
        await _Life(folder, nation, partner).run(bus, commands, plan)

    asyncio.run(run())


class Node:
    """One nation: its server, the process of its node, and a feeder that sends again what was not acknowledged."""

    def __init__(self, folder: Path, nation: str, partner: str) -> None:
        self.folder, self.nation, self.partner = folder, nation, partner
        self.server: NationServer
        self.process: BaseProcess | None = None
        self.fed = 0
        """Newest line that the node acknowledged."""
        self.lives = 0
        self.next_plan: Plan | None = None
        self._pipe: Connection
        self._lock = asyncio.Lock()
        self._feeding: asyncio.Task[None] | None = None

    @property
    def data(self) -> Path:
        return self.folder / "data" / "exercise"

    async def start(self) -> None:
        while not await self._answers():
            pass  # The server is away for a moment.
        self._pipe, theirs = _context.Pipe()
        plan, self.next_plan = self.next_plan, None
        arguments = (self.folder, self.nation, self.partner, self.server.credentials(self.partner), theirs, plan)
        self.process = _context.Process(target=_live, args=arguments, daemon=True)
        await asyncio.to_thread(self.process.start)
        theirs.close()
        self.lives += 1

    async def ask(self, *command: Any) -> Any:
        """Have something done. A node that died meanwhile is started again and asked again."""
        async with self._lock:
            while True:
                try:
                    self._pipe.send(command)
                    return await asyncio.to_thread(self._pipe.recv)
                except (EOFError, OSError):
                    assert self.process is not None
                    await asyncio.to_thread(self.process.join)
                    assert self.process.exitcode == -signal.SIGKILL, f"{self.nation} ended with {self.process.exitcode}"
                    await self.start()

    def feed(self, lines_per_s: float = 80.0) -> None:
        async def feeding() -> None:
            while True:
                self.fed = max(self.fed, await self.ask("lines", self.fed + 1, 4))
                await asyncio.sleep(4 / lines_per_s)

        self._feeding = asyncio.create_task(feeding())

    async def stop_feeding(self) -> None:
        """What was handed over is answered first."""
        feeding, self._feeding = self._feeding, None
        if feeding is not None:
            async with self._lock:
                feeding.cancel()
            await asyncio.wait([feeding])

    async def end(self) -> None:
        await self.stop_feeding()
        if self.process is not None and self.process.is_alive():
            assert await self.ask("end") == "ended"
            await asyncio.to_thread(self.process.join, 10)

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()

    async def _answers(self) -> bool:
        try:
            bus = await NatsBus.connect(self.server.credentials(self.partner))
        except Exception:
            await asyncio.sleep(0.02)
            return False
        await bus.close()
        return True


class Nations:
    """JPN listens, KOR dials it over `wire`; both feed all the time."""

    def __init__(self, folder: Path) -> None:
        made = {name: NationNode(name, folder / name) for name in ("KOR", "JPN")}
        listens_on, made["JPN"].leaf_port = made["JPN"].leaf_port, free_port()
        self.wire = Wire(made["JPN"].leaf_port, listens_on)
        for node in made.values():
            node.prepare([], {"default.cedar": default_policies()}, {})
        # JPN's card names the wire's port; its server listens behind it.
        config = made["JPN"].folder / "node.toml"
        config.write_text(config.read_text().replace(f"{self.wire.port}", f"{listens_on}"))
        made["KOR"].trust(made["JPN"])
        made["JPN"].trust(made["KOR"])
        self.nodes = {"KOR": Node(folder / "KOR", "KOR", "JPN"), "JPN": Node(folder / "JPN", "JPN", "KOR")}

    async def start(self) -> None:
        await self.wire.start()
        for node in self.nodes.values():
            identity = Identity(node.folder, time.time())
            partners = read_partners(node.folder / "partners")
            node.server = NationServer(server_settings(read_config(node.folder / "node.toml"), identity, partners))
            await node.server.start()
            await node.start()
            node.feed()
        await self.resumed()

    async def resumed(self, within_s: float = 60.0) -> float:
        """Seconds from when both nodes answer until everything that is released by then has arrived, both ways."""
        sealed = {name: (await node.ask("status"))["sealed"] for name, node in self.nodes.items()}
        begun = time.monotonic()
        for node in self.nodes.values():
            while (await node.ask("status"))["taken_in"] < sealed[node.partner]:
                if time.monotonic() - begun > within_s:
                    raise AssertionError(f"not resumed: {[await n.ask('status') for n in self.nodes.values()]}")
                await asyncio.sleep(0.01)
        return time.monotonic() - begun

    async def finish(self) -> None:
        """No more lines; everything must arrive and be acknowledged."""
        for node in self.nodes.values():
            await node.stop_feeding()
        begun = time.monotonic()
        while True:
            statuses = {name: await node.ask("status") for name, node in self.nodes.items()}
            if all(
                status["queued"] == status["unstored"] == 0
                and status["sealed"] == status["stored"] == status["acknowledged"]
                and status["sealed"] == statuses[self.nodes[name].partner]["taken_in"]
                for name, status in statuses.items()
            ):
                return
            assert time.monotonic() - begun < 60, statuses
            await asyncio.sleep(0.02)

    async def stop(self) -> None:
        for node in self.nodes.values():
            await node.end()
            await node.server.stop()
        await self.wire.stop()

    def reckoned(self) -> list[PairReckoning]:
        """What an outside reader finds; every acknowledged line must be there as one record, in both directions."""
        found = []
        for node in self.nodes.values():
            other = self.nodes[node.partner]
            pair = reckon(node.data, other.data, node.nation, other.nation)
            assert pair.faultless, pair
            entries = read_log(other.data / "log" / log_name(node.nation, other.nation))
            arrived = {record.id for _, data in entries for record in read_release(read_envelope(data)).records}
            assert arrived >= {f"{node.nation}-{number}" for number in range(1, node.fed + 1)}
            found.append(pair)
        return found


@contextlib.asynccontextmanager
async def two_nations(folder: Path) -> AsyncIterator[Nations]:
    nations = Nations(folder)
    try:
        await nations.start()
        yield nations
    finally:
        await nations.stop()
