"""The operator log: who did what and when. JSON lines, only ever added, each bound to the one before by its hash."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import msgspec

from nadhir.console.messages import Mark
from nadhir.model.unreadable import UNREADABLE

FILE = "operators.jsonl"


class Line(msgspec.Struct, frozen=True):
    """One mark. `previous` is the SHA-256 of the line before (hexadecimal), empty in the first; `level` is the
    clearance that it needs."""

    number: int
    previous: str
    level: int
    mark: Mark


class OperatorLog:
    """The log of one console. What was added is on the disk when `append` returns.

    `damage` tells where an existing file does not hold together; it is gone on with all the same.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE
        self.damage = ""
        self.lines: list[Line] = []
        self._previous = ""
        folder.mkdir(parents=True, exist_ok=True)
        before = self.path.read_bytes() if self.path.exists() else b""
        for number, raw in enumerate(before.splitlines(), 1):
            self._read(number, raw)
        self._file = os.fdopen(os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "ab")
        if before and not before.endswith(b"\n"):
            self._file.write(b"\n")

    def append(self, mark: Mark, level: int) -> None:
        """Add a mark. Raises OSError where it cannot be written: what it tells of must not be done then."""
        line = Line(len(self.lines), self._previous, level, mark)
        raw = msgspec.json.encode(line)
        self._file.write(raw + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())
        self.lines.append(line)
        self._previous = hashlib.sha256(raw).hexdigest()

    def since(self, time: float, limit: int, level: int) -> list[Mark]:
        """The newest marks from a wall-clock time on that a clearance may see, oldest first."""
        return list(self._newest(time, limit, level))[::-1]

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _newest(self, time: float, limit: int, level: int) -> Iterator[Mark]:
        for line in reversed(self.lines):
            if line.mark.time < time or limit <= 0:
                return
            if line.level <= level:
                limit -= 1
                yield line.mark

    def _read(self, number: int, raw: bytes) -> None:
        try:
            line = msgspec.json.decode(raw, type=Line)
        except UNREADABLE:
            self.damage = self.damage or f"line {number} of {self.path} cannot be read"
        else:
            if line.previous != self._previous:
                self.damage = self.damage or f"line {number} of {self.path} does not follow the one before it"
            self.lines.append(line)
        self._previous = hashlib.sha256(raw).hexdigest()
