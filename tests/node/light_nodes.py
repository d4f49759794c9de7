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
from collections.abc import AsyncIterator, Callable, Coroutine
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from nations import Wire, free_port

from nadhir.bench.light_node import LightNode, a_line
from nadhir.bus import NationServer, NatsBus, Reset
from nadhir.node.config import read_config
from nadhir.node.nations import NationNode
from nadhir.node.rebuilding import rebuild
from nadhir.node.reckoning import PairReckoning, reckon
from nadhir.node.service import server_settings
from nadhir.sharing.envelope import read_envelope, read_release
from nadhir.sharing.identity import Identity
from nadhir.sharing.log import LogError, log_name, read_log
from nadhir.sharing.partners import read_partners
from nadhir.sharing.release_policies import default_policies

POINTS = (
    "decisions.append",
    "own.append",
    "outgoing.append",
    "secure",
    "publish",
    "stored",
    "replay",
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


class _Life:
    """One life of a node's process."""

    def __init__(self, folder: Path, nation: str, partner: str) -> None:
        self.nation, self.partner = nation, partner
        self.light = LightNode(
            folder,
            folder / "data" / "exercise",
            nation,
            partner,
            kind_of=lambda number: "track" if number % 3 else "impact",
        )
        self.desk, self.node = self.light.desk, self.light.node

    async def run(self, bus: NatsBus, commands: Connection, resets: Connection, plan: Plan | None) -> None:
        async def reset(heard: bool) -> Reset:
            resets.send(heard)
            answer: Reset = await asyncio.to_thread(resets.recv)
            return answer

        self._bus = bus
        self.link = self.light.open_link(bus, reset)
        if plan is not None:
            self.arm(plan)
        await rebuild(self.node)
        running = asyncio.create_task(self.light.run())
        while (command := await asyncio.to_thread(commands.recv)) != ("end",):
            commands.send(getattr(self, command[0])(*command[1:]))
            if running.done():
                raise RuntimeError("the node ended") from running.exception()
        running.cancel()
        await asyncio.wait([running])
        self.light.close()
        await bus.close()
        commands.send("ended")

    # Commands

    def lines(self, first: int, count: int) -> int:
        """Take lines; answers with the last one taken."""
        for number in range(first, first + count):
            try:
                self.node.line(a_line(1e9 + number / 100, number))
            except LogError:
                return number - 1
        return first + count - 1

    def status(self) -> dict[str, Any]:
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

    def disk(self, free_bytes: int | None) -> None:
        """No file grows beyond the own log and so much more: as full as a disk gets without root."""
        own = sum(path.stat().st_size for path in self.light.own.folder.glob("*.log"))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        limit = resource.RLIM_INFINITY if free_bytes is None else own + free_bytes
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))

    def slow(self, seconds: float) -> None:
        """Take so long for each release from now on."""

        def deliver(owner: str, sequence: int, envelope: bytes) -> None:
            time.sleep(seconds)
            self.desk.deliver(owner, sequence, envelope)

        self.link._in._deliver = deliver

    def flood(self, count: int) -> None:
        """Say a great deal to the partner that is no release."""

        async def say() -> None:
            for number in range(count):
                with contextlib.suppress(Exception):
                    self._bus.publish(f"rel.{self.nation}.{self.partner}.track", bytes(64))
                if number % 100 == 0:
                    await asyncio.sleep(0)

        self._flooding = asyncio.create_task(say())

    def arm(self, plan: Plan) -> None:
        """Die by this plan."""
        places: dict[str, tuple[object, str]] = {
            "decisions.append": (self.light.decisions, "append"),
            "own.append": (self.light.own, "append"),
            "outgoing.append": (self.desk.outgoing, "append"),
            "secure": (self.link._out, "_secure"),
            "publish": (self._bus, "publish"),
            "stored": (self.link._out, "_stored"),
            "replay": (self.link._replays, "_give"),
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
            if asyncio.iscoroutine(result):
                return awaited(result)
            die("after")
            die("soon after")
            return result

        async def awaited(doing: Coroutine[Any, Any, Any]) -> Any:
            result = await doing
            die("after")
            die("soon after")
            return result

        setattr(place, name, counted)


def _live(
    folder: Path,
    nation: str,
    partner: str,
    credentials: Any,
    commands: Connection,
    resets: Connection,
    plan: Plan | None,
) -> None:
    async def run() -> None:
        bus = await NatsBus.connect(credentials)
        await _Life(folder, nation, partner).run(bus, commands, resets, plan)

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
        resets, their_resets = _context.Pipe()
        plan, self.next_plan = self.next_plan, None
        credentials = self.server.credentials(self.partner)
        arguments = (self.folder, self.nation, self.partner, credentials, theirs, their_resets, plan)
        self.process = _context.Process(target=_live, args=arguments, daemon=True)
        await asyncio.to_thread(self.process.start)
        theirs.close()
        their_resets.close()
        self.lives += 1
        self._resetting = asyncio.create_task(self._reset(resets))

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
                    # The fork server says 255 where two threads ask it at once how a killed process ended.
                    assert self.process.exitcode in (-signal.SIGKILL, 255), self.process.exitcode
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

    async def _reset(self, resets: Connection) -> None:
        """The nation's server stands beside the node's process here: what its watchdog asks for is done here."""
        with contextlib.suppress(EOFError, OSError):
            while True:
                heard = await asyncio.to_thread(resets.recv)
                resets.send(await self.server.reset_link(self.partner, heard))

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
