"""Detections come in: lines over TCP, acknowledged once they are logged.

A feeder sends lines of the replay formats, each with its end. The node answers with `{"taken": n}`: so many lines of
this connection are logged or set aside. What was not acknowledged is sent again on the next connection; what comes
twice is counted as a repeat, so each line is used exactly once. In an exercise a line
`{"exercise": {"time": T}}` sets the node's clock, which no line may be a minute ahead of.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging

import msgspec

from nadhir.model.unreadable import UNREADABLE
from nadhir.node.live import LiveNode
from nadhir.sensors.intake import CALENDAR_S
from nadhir.sharing.log import LogError

_LOG = logging.getLogger(__name__)

CHUNK_BYTES = 16 << 10
TOGETHER = 8
LONGEST_LINE_BYTES = 64 << 10
"""What is longer is cut short, and so damaged."""


class ExerciseTime(msgspec.Struct, frozen=True):
    """The time of an exercise, Unix seconds."""

    time: float


class ExerciseLine(msgspec.Struct, frozen=True):
    """The line that sets the clock of an exercise."""

    exercise: ExerciseTime


_exercise_decoder = msgspec.json.Decoder(ExerciseLine)


class Ingest:
    """Takes lines for a node, from sockets and from the bus."""

    def __init__(self, node: LiveNode) -> None:
        self._node = node
        self._server: asyncio.Server | None = None
        self._feeders: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    async def start(self, host: str, port: int) -> None:
        """Listen. Raises OSError where the port is taken."""
        self._server = await asyncio.start_server(self._on_connection, host, port)

    async def stop(self) -> None:
        """Listen no more; what was received is taken."""
        if self._server is not None:
            self._server.close()
        for writer in self._feeders.values():
            writer.close()
        await asyncio.gather(*self._feeders)

    def lines(self, data: bytes) -> None:
        """Take whole lines. Raises LogError where one cannot be logged."""
        for line in data.splitlines():
            self._line(line)

    async def _on_connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        taken, rest = 0, b""
        task = asyncio.current_task()
        assert task is not None
        self._feeders[task] = writer
        try:
            while data := await reader.read(CHUNK_BYTES):
                *lines, rest = (rest + data).split(b"\n")
                rest = rest[:LONGEST_LINE_BYTES]
                for line in lines:
                    self._line(line)
                    taken += 1
                    if taken % TOGETHER == 0:
                        # One feeder does not hold up links and ticks.
                        await asyncio.sleep(0)
                writer.write(msgspec.json.encode({"taken": taken}) + b"\n")
                await writer.drain()
        except LogError as error:
            writer.write(msgspec.json.encode({"taken": taken, "error": str(error)}) + b"\n")
        except OSError as error:
            _LOG.info("a feeder went away: %s", error)
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()
            del self._feeders[task]

    def _line(self, line: bytes) -> None:
        now = _exercise_time(line) if self._node.mode == "exercise" else None
        if now is None:
            self._node.line(line)
        else:
            self._node.exercise(now)


def _exercise_time(line: bytes) -> float | None:
    """The time to which a line sets an exercise's clock, Unix seconds; None where it is any other line, or no time."""
    if not line.startswith(b'{"exercise"'):
        return None
    try:
        now = _exercise_decoder.decode(line).exercise.time
    except UNREADABLE:
        return None
    return now if abs(now) <= CALENDAR_S else None
