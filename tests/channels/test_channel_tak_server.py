"""A real TAK server (taky): a warning appears at a client, moves, and is gone for those who join after its end.

taky lives in an environment of its own under `.venv-judges`, made here when it is not there: it wants an older Flask
than anything else should.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import subprocess
import sys
import time
import venv
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree
from made_up_warnings import IWATE, outgoing, the_end
from tak_pieces import EventStream, a_track, an_impact

from nadhir.channels.cot import deletion, warning_events
from nadhir.channels.ledger import Ledger
from nadhir.channels.port import Dispatcher
from nadhir.channels.tak import TakServer

pytestmark = pytest.mark.connected

HOME = Path(__file__).parents[2] / ".venv-judges" / "taky"
PINS = ["taky==0.10", "flask<2.3", "werkzeug<2.3", "setuptools<81"]
HELLO = """<event version="2.0" uid="{name}" type="a-f-G-U-C" how="m-g" time="{now}" start="{now}" stale="{stale}">
<point lat="0" lon="0" hae="0" ce="9999999.0" le="9999999.0"/>
<detail><takv os="1" version="1" device="test" platform="test"/><contact callsign="{name}" endpoint="*:-1:stcp"/>
<__group name="Cyan" role="Team Member"/></detail></event>"""


@pytest.fixture(scope="module")
def taky() -> Path:
    program = HOME / ("Scripts" if sys.platform == "win32" else "bin") / "taky"
    if not program.exists():
        venv.create(HOME, clear=True, with_pip=True)
        subprocess.run([program.parent / "python", "-m", "pip", "install", "--quiet", *PINS], check=True)
    return program


@pytest.fixture
def port(taky: Path, tmp_path: Path) -> Iterator[int]:
    """The port of a running server."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number = int(free.getsockname()[1])
    settings = tmp_path / "taky.conf"
    settings.write_text(
        f"[taky]\nhostname=localhost\nbind_ip=127.0.0.1\nroot_dir={tmp_path}\n"
        f"[cot_server]\nport={number}\n[ssl]\nenabled=false\n"
    )
    with (tmp_path / "taky.log").open("wb") as log:
        server = subprocess.Popen([taky, "-c", settings, "-l", "debug"], stdout=log, stderr=log, cwd=tmp_path)
        try:
            deadline = time.monotonic() + 20.0
            while True:
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", number), 1.0):
                    break
                assert server.poll() is None, (tmp_path / "taky.log").read_text()
                assert time.monotonic() < deadline
                time.sleep(0.05)
            yield number
        finally:
            server.terminate()
            server.wait(10.0)


class Display:
    """A TAK client: what it has been told, the latest event of each uid."""

    def __init__(self) -> None:
        self.seen: dict[str, etree._Element] = {}
        self.deleted: set[str] = set()
        self._task: asyncio.Task[None] | None = None

    async def join(self, port: int, name: str) -> None:
        reader, self._writer = await asyncio.open_connection("127.0.0.1", port)
        now, stale = (
            time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(moment)) for moment in (time.time(), time.time() + 60)
        )
        self._writer.write(HELLO.format(name=name, now=now, stale=stale).encode())
        self._task = asyncio.create_task(self._listen(reader))

    async def leave(self) -> None:
        assert self._task
        self._task.cancel()
        self._writer.close()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _listen(self, reader: asyncio.StreamReader) -> None:
        stream = EventStream()
        while data := await reader.read(65536):
            for event in stream.feed(data):
                if event.get("type") == "t-x-d-d":
                    link = event.find("detail/link")
                    assert link is not None
                    self.deleted.add(link.get("uid", ""))
                else:
                    self.seen[event.get("uid", "")] = event

    @property
    def warned(self) -> set[str]:
        """Names of the warning's parts that have been shown."""
        prefix = "nadhir-exercise-JPN-w1-"
        return {uid.removeprefix(prefix) for uid in self.seen if uid.startswith(prefix)}

    async def until(self, names: set[str]) -> None:
        async with asyncio.timeout(10.0):
            while not names <= self.warned:
                await asyncio.sleep(0.02)


def latitude_of(display: Display, part: str) -> float:
    point = display.seen[f"nadhir-exercise-JPN-w1-{part}"].find("point")
    assert point is not None
    return float(point.get("lat", ""))


async def late_joiner(port: int, name: str) -> Display:
    """Someone who joins now, after the server has had time to say what it keeps."""
    display = Display()
    await display.join(port, name)
    await asyncio.sleep(0.7)
    await display.leave()
    return display


def test_a_warning_appears_moves_and_is_gone_for_late_joiners(port: int, tmp_path: Path) -> None:
    async def run() -> None:
        channel = TakServer("tak", "exercise", "127.0.0.1", port, tmp_path / "tak.json")
        display = Display()
        await display.join(port, "early")
        await asyncio.sleep(0.3)
        now = time.time()
        async with Dispatcher([channel], ledger) as dispatcher:
            dispatcher.deliver(outgoing(issued=now, impacts=(an_impact(),), tracks=(a_track(),)))
            parts = {"warning", "area-JP-02-0", "area-JP-03-0", "impact-o1", "track-o1"}
            await display.until(parts)
            assert latitude_of(display, "impact-o1") == 40.5
            assert (await late_joiner(port, "second")).warned == parts

            update = outgoing(
                status="update",
                revision=1,
                issued=now,
                codes=("JP-03",),
                outlines={"JP-03": (IWATE,)},
                impacts=(an_impact(39.6, 141.2),),
                tracks=(a_track(80.0),),
            )
            dispatcher.deliver(update)
            async with asyncio.timeout(10.0):
                while latitude_of(display, "impact-o1") != 39.6:
                    await asyncio.sleep(0.02)
                await dispatcher.idle()
            assert "nadhir-exercise-JPN-w1-area-JP-02-0" in display.deleted
            await asyncio.sleep(2.1)
            assert (await late_joiner(port, "third")).warned == parts - {"area-JP-02-0"}

            dispatcher.deliver(the_end(revision=2, issued=now))
            async with asyncio.timeout(10.0):
                await dispatcher.idle()
            assert ledger.open_warnings() == {}
            await asyncio.sleep(2.1)
            assert (await late_joiner(port, "fourth")).warned == set()
            assert {f"nadhir-exercise-JPN-w1-{part}" for part in parts} <= display.deleted
        await display.leave()

    ledger = Ledger(tmp_path / "ledger.jsonl")
    asyncio.run(run())


def test_deleting_alone_would_leave_it_for_late_joiners(port: int, tmp_path: Path) -> None:
    """The trap itself: were it gone one day, the channel could be simpler."""

    async def run() -> None:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        events = warning_events(outgoing(issued=time.time()), time.time())
        for event in events.values():
            writer.write(event + deletion(event, time.time()))
        await writer.drain()
        await asyncio.sleep(0.5)
        assert len((await late_joiner(port, "late")).warned) == len(events)
        writer.close()

    asyncio.run(run())
