"""Feeding over TCP: the integrator's example, acknowledgements, and lines that nobody should send."""

from __future__ import annotations

import asyncio
import re
import sys
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner

from nadhir.cli import app
from nadhir.node.feed import Pace, Taken, feed, own_lines
from nadhir.node.ingest import Ingest
from nadhir.sharing.log import LogError

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "docs" / "examples" / "feed_detections.py"
SCENARIO = ROOT / "examples" / "toward-land"


class _Node:
    """Takes lines, and fails to where it is told."""

    mode = "exercise"

    def __init__(self) -> None:
        self.lines: list[bytes] = []
        self.times: list[float] = []
        self.full = False

    def line(self, line: bytes) -> None:
        if self.full:
            self.full = False
            raise LogError("no space left on device")
        self.lines.append(line)

    def exercise(self, now: float) -> None:
        self.times.append(now)


async def _serving(node: _Node) -> tuple[Ingest, int]:
    ingest = Ingest(node)  # type: ignore[arg-type]
    await ingest.start("127.0.0.1", 0)
    assert ingest._server is not None
    return ingest, ingest._server.sockets[0].getsockname()[1]


def some(count: int) -> list[tuple[float, bytes]]:
    return [item for _, item in zip(range(count), own_lines(SCENARIO, "USA"), strict=False)]


def test_the_integrators_example_feeds() -> None:
    node, lines = _Node(), [line for _, line in some(20)]

    async def test() -> bytes:
        ingest, port = await _serving(node)
        command = [sys.executable, str(EXAMPLE), "127.0.0.1", str(port)]
        pipe = asyncio.subprocess.PIPE
        program = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe)
        said, _ = await asyncio.wait_for(program.communicate(b"\n".join(lines) + b"\n"), 20)
        await ingest.stop()
        return said

    assert asyncio.run(test()) == b"20 lines taken\n"
    assert node.lines == lines
    assert node.times == sorted(node.times)
    assert len(node.times) == 20


def test_the_page_shows_the_example_as_it_is() -> None:
    assert f"```python\n{EXAMPLE.read_text()}```" in (ROOT / "docs" / "running-a-node.md").read_text()


def test_what_was_not_logged_is_sent_again() -> None:
    node, lines = _Node(), some(12)
    node.full = True

    async def test() -> int:
        ingest, port = await _serving(node)
        taken = await asyncio.wait_for(feed(lines, "127.0.0.1", port, Pace(lines[0][0], 1e4)), 20)
        await ingest.stop()
        return taken

    assert asyncio.run(test()) == 12
    assert node.lines[-12:] == [line for _, line in lines]
    assert node.times[-1] >= lines[-1][0]


@pytest.mark.parametrize(
    "bad",
    [
        b"\xff\x00",
        b"{",
        b'{"exercise": 7}',
        b'{"exercise": {"time": "x"}}',
        b'{"exercise": {"time": 1e300}}',
        b'{"exercise": {"\xff": 1, "time": "\xff"}}',
        b'{"exercise": {"x": ' + b"[" * 50_000,
        b"x" * 200_000,
    ],
)
def test_any_line_is_answered(bad: bytes) -> None:
    node = _Node()

    async def test() -> int:
        ingest, port = await _serving(node)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(bad + b"\n" + some(1)[0][1] + b"\n")
        taken = 0
        while taken < 2:
            taken = msgspec.json.decode(await asyncio.wait_for(reader.readline(), 10), type=Taken).taken
        writer.close()
        await ingest.stop()
        return taken

    assert asyncio.run(test()) == 2
    assert node.lines[-1] == some(1)[0][1]
    assert not node.times
    Ingest(node).lines(bad)  # type: ignore[arg-type]
    assert len(node.lines) == 3


def test_validate_names_lines_and_causes(tmp_path: Path) -> None:
    (tmp_path / "sensors.json").write_bytes((SCENARIO / "sensors.json").read_bytes())
    good = some(3)
    (tmp_path / "detections.jsonl").write_bytes(b"\n".join([*(line for _, line in good), b"{", good[0][1]]) + b"\n")
    found = CliRunner().invoke(app, ["validate", str(tmp_path)])
    assert found.exit_code == 1
    assert re.findall(r"^line (\d+): ([a-z-]+):", found.output, re.MULTILINE) == [("4", "damaged"), ("5", "repeat")]
    assert "5 lines, 3 good, 2 set aside" in found.output


def test_a_feeder_says_why_it_waits_once_a_break() -> None:
    heard: list[str] = []
    node, lines = _Node(), some(2)

    async def test() -> int:
        ingest, port = await _serving(node)
        await ingest.stop()
        feeding = asyncio.create_task(feed(lines, "127.0.0.1", port, Pace(lines[0][0], 1e4), waits=heard.append))
        await asyncio.sleep(0.7)
        await ingest.start("127.0.0.1", port)
        taken = await asyncio.wait_for(feeding, 20)
        await ingest.stop()
        return taken

    assert asyncio.run(test()) == 2
    assert len(heard) == 1
    assert "Connect call failed" in heard[0]
