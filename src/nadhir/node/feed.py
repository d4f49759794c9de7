"""A feeder: plays the detections of a scenario into a node, as an integrator's program feeds real ones.

Lines go out in the data's own time; what the node has not acknowledged is sent again after a break.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import msgspec

from nadhir.sensors import detections_file, read_lines, read_sensors

UNACKNOWLEDGED = 5_000
"""Lines that may be on their way; then the feeder waits for the node."""
AGAIN_S = 0.2
LEAD_S = 2.0
"""An exercise's clock begins so long before its first line (of the data's time)."""


class _Times(msgspec.Struct):
    received: float


class Taken(msgspec.Struct):
    """The node's answer: so many lines of this connection are taken."""

    taken: int
    error: str = ""


def own_lines(folder: Path, owner: str | None) -> Iterator[tuple[float, bytes]]:
    """Lines of one owner's sensors in a scenario (of all without one), each with its time of receipt (Unix seconds).

    Lines that no sensor can be told from go to everybody, as dirt does.
    """
    owners = {sensor.id.encode(): sensor.owner for sensor in read_sensors(folder)}
    now = 0.0
    for line in read_lines(detections_file(folder)):
        if owner is not None and _owner(line, owners) not in (owner, None):
            continue
        with contextlib.suppress(msgspec.DecodeError):
            now = max(now, msgspec.json.decode(line, type=_Times).received)
        yield now, line


def first_time(folder: Path) -> float:
    """When the first line of a scenario was received."""
    return next((at for at, _ in own_lines(folder, None) if at), 0.0)


async def feed(
    lines: Iterable[tuple[float, bytes]],
    host: str,
    port: int,
    *,
    start: float,
    pace: float,
    until: float | None = None,
    watch: Callable[[int], None] = lambda taken: None,
) -> int:
    """Play lines into a node at so many times their own speed, and set its clock; returns how many were taken.

    `start` is the exercise's time at the call, `until` how long its clock is kept going after the last line. Breaks of
    the connection are bridged for as long as it takes.
    """
    feeder = _Feeder(start, pace, watch)
    source = iter(lines)
    waiting = next(source, None)
    while waiting is not None or feeder.unacknowledged:
        try:
            reader, writer = await asyncio.open_connection(host, port)
        except OSError:
            await asyncio.sleep(AGAIN_S)
            continue
        answers = asyncio.create_task(feeder.listen(reader))
        try:
            feeder.begin(writer)
            while waiting is not None and not answers.done():
                at, line = waiting
                ahead_s = (at - feeder.now()) / pace
                if ahead_s > 0.0:
                    await asyncio.wait([answers], timeout=ahead_s)
                    continue
                if len(feeder.unacknowledged) < UNACKNOWLEDGED:
                    feeder.send(writer, line)
                    waiting = next(source, None)
                    await writer.drain()
                else:
                    await asyncio.wait([answers], timeout=0.05)
            while feeder.unacknowledged and not answers.done():
                await asyncio.wait([answers], timeout=0.05)
            if waiting is None and not feeder.unacknowledged and until is not None:
                await asyncio.wait([answers], timeout=max((until - feeder.now()) / pace, 0.0))
        except OSError:
            await asyncio.sleep(AGAIN_S)
        finally:
            answers.cancel()
            writer.close()
    return feeder.taken


class _Feeder:
    """What was sent on this connection and not acknowledged yet."""

    def __init__(self, start: float, pace: float, watch: Callable[[int], None]) -> None:
        self.unacknowledged: deque[bytes] = deque()
        self.taken = 0
        self._start, self._pace, self._watch = start, pace, watch
        self._since = time.monotonic()
        self._answered = 0

    def now(self) -> float:
        """The exercise's time."""
        return self._start + self._pace * (time.monotonic() - self._since)

    def begin(self, writer: asyncio.StreamWriter) -> None:
        """Set the clock on a new connection, and send again what may have been lost with the last one."""
        # The line that sets the clock is acknowledged too.
        self._answered = -1
        writer.write(msgspec.json.encode({"exercise": {"time": self.now(), "pace": self._pace}}) + b"\n")
        for line in self.unacknowledged:
            writer.write(line + b"\n")

    def send(self, writer: asyncio.StreamWriter, line: bytes) -> None:
        self.unacknowledged.append(line)
        writer.write(line + b"\n")

    async def listen(self, reader: asyncio.StreamReader) -> None:
        """Take the node's answers until it goes away."""
        with contextlib.suppress(OSError, msgspec.DecodeError):
            while answer := await reader.readline():
                taken = msgspec.json.decode(answer, type=Taken).taken - 1
                for _ in range(taken - max(self._answered, 0)):
                    self.unacknowledged.popleft()
                    self.taken += 1
                self._answered = taken
                self._watch(self.taken)


def _owner(line: bytes, owners: dict[bytes, str]) -> str | None:
    """Whose sensor a line names; damaged lines are looked through for a name."""
    return next((owner for name, owner in owners.items() if b'"' + name + b'"' in line), None)
