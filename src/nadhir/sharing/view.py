"""A view of the logs for questions: SQLite, made from the logs alone, and made again from them whenever it is lost."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

import msgspec

from nadhir.model import Record, RecordKind, Release
from nadhir.sharing.envelope import RELEASE_TYPE, Refused, read_envelope, read_release
from nadhir.sharing.log import read_log
from nadhir.sharing.merkle import leaf_hash

_TABLES = """
CREATE TABLE IF NOT EXISTS progress (log TEXT PRIMARY KEY, sequence INTEGER NOT NULL, leaf BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS records (
    log TEXT NOT NULL, sequence INTEGER NOT NULL, position INTEGER NOT NULL, id TEXT NOT NULL, kind TEXT NOT NULL,
    owner TEXT NOT NULL, event TEXT, time REAL NOT NULL, record BLOB NOT NULL,
    PRIMARY KEY (log, sequence, position)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS by_time ON records (time);
CREATE INDEX IF NOT EXISTS by_kind ON records (kind, time);
CREATE INDEX IF NOT EXISTS by_event ON records (event, time);
CREATE INDEX IF NOT EXISTS by_id ON records (id);
"""

_decoder = msgspec.msgpack.Decoder(Record)


class Found(NamedTuple):
    """A record and the entry that holds it."""

    log: str
    sequence: int
    record: Record


class View:
    """The view in a file. `catch_up` reads what the logs have since got; `skipped` counts entries without records."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.skipped = 0
        try:
            self._open()
        except sqlite3.DatabaseError:
            # It holds nothing that the logs do not hold.
            path.unlink()
            self._open()

    def catch_up(self, folder: Path) -> int:
        """Take in new entries of all logs in a folder; returns how many records came. Raises LogDamaged.

        A log that is not the one that was read before (restored, replaced) is read again from its beginning.
        """
        taken = 0
        for path in sorted(path for path in folder.iterdir() if path.is_dir()):
            with self._database:
                taken += self._catch_up(path)
        return taken

    def find(
        self,
        *,
        log: str | None = None,
        kind: RecordKind | None = None,
        event: str | None = None,
        owner: str | None = None,
        record: str | None = None,
        since: float | None = None,
        until: float | None = None,
        limit: int = 1000,
    ) -> list[Found]:
        """Records that fit all that is asked, by the time of their content (Unix seconds, both ends included)."""
        asked = {
            "log = ?": log,
            "kind = ?": kind,
            "event = ?": event,
            "owner = ?": owner,
            "id = ?": record,
            "time >= ?": since,
            "time <= ?": until,
        }
        terms = {term: value for term, value in asked.items() if value is not None}
        where = f"WHERE {' AND '.join(terms)}" if terms else ""
        rows = self._database.execute(
            f"SELECT log, sequence, record FROM records {where} ORDER BY time, log, sequence, position LIMIT ?",
            (*terms.values(), limit),
        )
        return [Found(name, sequence, _decoder.decode(body)) for name, sequence, body in rows]

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _open(self) -> None:
        self._database = sqlite3.connect(self._path)
        # Losing the last seconds is harmless: they are read again from the logs.
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA synchronous = NORMAL")
        self._database.executescript(_TABLES)

    def _catch_up(self, folder: Path) -> int:
        name = folder.name
        row = self._database.execute("SELECT sequence, leaf FROM progress WHERE log = ?", (name,)).fetchone()
        last, leaf = row or (0, b"")
        if last:
            known = next(read_log(folder, last), None)
            if known is None or leaf_hash(known[1]) != leaf:
                self._database.execute("DELETE FROM records WHERE log = ?", (name,))
                self._database.execute("DELETE FROM progress WHERE log = ?", (name,))
                last = 0
        newest, taken = None, 0
        for newest in read_log(folder, last + 1):
            taken += self._take(name, *newest)
        if newest:
            sequence, entry = newest
            row = (name, sequence, leaf_hash(entry))
            self._database.execute("INSERT OR REPLACE INTO progress VALUES (?, ?, ?)", row)
        return taken

    def _take(self, log: str, sequence: int, entry: bytes) -> int:
        try:
            envelope = read_envelope(entry)
            if envelope.payload_type != RELEASE_TYPE:
                raise Refused("damaged", "not a release")
            release = read_release(envelope)
        except Refused:
            self.skipped += 1
            return 0
        self._database.executemany(
            "INSERT INTO records VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", _rows(log, sequence, release)
        )
        return len(release.records)


def _rows(log: str, sequence: int, release: Release) -> list[tuple[object, ...]]:
    return [
        (
            log,
            sequence,
            position,
            record.id,
            record.kind,
            record.owner,
            record.event,
            record.time,
            msgspec.msgpack.encode(record),
        )
        for position, record in enumerate(release.records)
    ]
