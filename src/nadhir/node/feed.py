"""A feeder: plays the detections of a scenario into a node, as an integrator's program feeds real ones.

Lines go out in the data's own time; what the node has not acknowledged is sent again after a break.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import msgspec

from nadhir.model.unreadable import UNREADABLE
from nadhir.node.ingest import ExerciseLine, ExerciseTime
from nadhir.sensors import detections_file, read_lines, read_sensors

AGAIN_S = 0.2
STEP_S = 0.2
"""Of the data's time: lines go out in so small pieces."""
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
        with contextlib.suppress(*UNREADABLE):
            now = max(now, msgspec.json.decode(line, type=_Times).received)
        yield now, line


def first_time(folder: Path) -> float:
    """When the first line of a scenario was received."""
    return next((at for at, _ in own_lines(folder, None) if at), 0.0)


class Pace:
    """The course of an exercise's time for one or several feeders: all are at the same step of it.

    A step is over when every feeder's node has taken what belongs to it, and not before its time at so many times the
    data's own speed. Where nodes are slower than that, the exercise is.
    """

    def __init__(self, start: float, pace: float, feeders: int = 1) -> None:
        self.start = start
        self._pace = pace
        self._barrier = asyncio.Barrier(feeders)
        self._next_at = 0.0

    def time(self, step: int) -> float:
        """The exercise's time at a step, Unix seconds."""
        return self.start + step * STEP_S

    async def over(self) -> None:
        """This feeder's step is over; returns when the next one begins."""
        if await self._barrier.wait() == 0:
            now = time.monotonic()
            self._next_at = max(self._next_at + STEP_S / self._pace, now)
        await self._barrier.wait()
        await asyncio.sleep(max(self._next_at - time.monotonic(), 0.0))


async def feed(
    lines: Iterable[tuple[float, bytes]],
    host: str,
    port: int,
    pace: Pace,
    *,
    end: float | None = None,
    watch: Callable[[int], None] = lambda taken: None,
    waits: Callable[[str], None] = lambda why: None,
) -> int:
    """Play lines into a node and set its clock with them; returns how many were taken.

    The clock goes on until `end` (Unix seconds of the exercise), or to the last line. Breaks of the connection are
    bridged for as long as it takes; `waits` hears why, once a break.
    """
    feeder = _Feeder(host, port, watch, waits)
    source = iter(lines)
    waiting = next(source, None)
    step = 0
    while waiting is not None or (end is not None and pace.time(step) <= end):
        now = pace.time(step)
        batch = []
        while waiting is not None and waiting[0] <= now:
            batch.append(waiting[1])
            waiting = next(source, None)
        await feeder.take([*batch, msgspec.json.encode(ExerciseLine(ExerciseTime(now)))], len(batch))
        await pace.over()
        step += 1
    feeder.close()
    return feeder.taken


class _Feeder:
    """A connection to a node that is made again when it breaks."""

    def __init__(self, host: str, port: int, watch: Callable[[int], None], waits: Callable[[str], None]) -> None:
        self.taken = 0
        self._host, self._port, self._watch, self._waits = host, port, watch, waits
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._answered = 0

    async def take(self, lines: list[bytes], detections: int) -> None:
        """Have lines taken. After a break all of them are sent again: what came before is counted as repeats."""
        waiting = False
        while True:
            try:
                if self._streams is None:
                    self._streams = await asyncio.open_connection(self._host, self._port)
                    self._answered = 0
                reader, writer = self._streams
                writer.write(b"\n".join(lines) + b"\n")
                await writer.drain()
                wanted = self._answered + len(lines)
                while self._answered < wanted:
                    answer = msgspec.json.decode(await reader.readline(), type=Taken)
                    self._answered = answer.taken
                    if answer.error:
                        raise OSError(answer.error)
                self.taken += detections
                self._watch(self.taken)
                return
            except (OSError, *UNREADABLE) as error:
                self.close()
                if not waiting:
                    waiting = True
                    self._waits(str(error))
                await asyncio.sleep(AGAIN_S)

    def close(self) -> None:
        """Let go of the connection."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


def _owner(line: bytes, owners: dict[bytes, str]) -> str | None:
    """Whose sensor a line names; damaged lines are looked through for a name."""
    return next((owner for name, owner in owners.items() if b'"' + name + b'"' in line), None)
