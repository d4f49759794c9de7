"""What was known at any time: every change of the board in a SQLite file, written by a thread of its own in batches.

It is a view that is bounded by age and size; the node's logs are the truth. Once a minute of the node's time the board
is noted as a list of numbers, so that the picture at a time is one such note and at most a minute's changes.
"""

from __future__ import annotations

import logging
import queue
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Literal, NamedTuple, TypeVar

import msgspec

from nadhir.console.board import CURRENT_S, ITEMS, Entry, Kind, picture_json
from nadhir.console.messages import Item, Span, TimelineEntry, WarningView
from nadhir.model import Explanation, Mode
from nadhir.model.unreadable import UNREADABLE

_LOG = logging.getLogger(__name__)

FILE = "history.sqlite"
KEPT_S = 30 * 86400.0
LARGEST_BYTES = 4 << 30
BATCH_S = 0.5
WAITING = 200_000
"""Changes that may wait for the disk; more are dropped, and counted."""
KEYFRAME_S = 60.0
_TABLES = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
PRAGMA auto_vacuum = INCREMENTAL;
CREATE TABLE IF NOT EXISTS change (
    sequence INTEGER PRIMARY KEY, at REAL NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL, level INTEGER NOT NULL,
    body BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS change_at ON change (at, sequence);
CREATE INDEX IF NOT EXISTS change_key ON change (key, sequence);
CREATE TABLE IF NOT EXISTS event (event TEXT, sequence INTEGER, kind TEXT, PRIMARY KEY (event, kind, sequence))
    WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS keyframe (at REAL PRIMARY KEY, sequence INTEGER, numbers BLOB);
CREATE TABLE IF NOT EXISTS timeline (event TEXT, at REAL, level INTEGER, body BLOB);
CREATE INDEX IF NOT EXISTS timeline_event ON timeline (event, at);
CREATE TABLE IF NOT EXISTS explanation (warning TEXT, at REAL, level INTEGER, body BLOB);
CREATE INDEX IF NOT EXISTS explanation_warning ON explanation (warning, at);
"""
_BY_AT = ("change", "keyframe", "timeline", "explanation")

Form = TypeVar("Form")


class Told(NamedTuple):
    """What stands beside the changes: an entry of an event's timeline, or the numbers behind a warning."""

    table: Literal["timeline", "explanation"]
    name: str
    at: float
    level: int
    body: TimelineEntry | Explanation


class Keyframe(NamedTuple):
    """The numbers of what was in the picture at a time."""

    at: float
    sequence: int
    numbers: list[int]


class Found(NamedTuple):
    """A part of the history; `next` is the number after which it goes on."""

    entries: list[Entry]
    next: int | None


class History:
    """The history of one console. Writing never waits; `dropped` counts what found no room, `failure` says why the disk
    does not take it. Readers come in threads of their own. Raises OSError where the file cannot be opened."""

    def __init__(self, folder: Path) -> None:
        self.dropped = 0
        self.failure = ""
        self._path = folder / FILE
        self._queue: queue.Queue[Entry | Told | Keyframe | Literal["clear", "close"]] = queue.Queue()
        folder.mkdir(parents=True, exist_ok=True)
        try:
            self._make()
        except sqlite3.OperationalError as error:
            raise OSError(f"{self._path} cannot be opened: {error}") from None
        except sqlite3.DatabaseError as error:
            _LOG.error("the console's history begins anew: %s", error)
            self._path.unlink()
            self._make()
        self.resumed_at = self._begin_again()
        """Changes before this time are there already, when a node takes its inputs again."""
        self._thread = threading.Thread(target=self._write, name="console history", daemon=True)
        self._thread.start()

    # What is written

    def put(self, change: Entry | Told | Keyframe) -> None:
        """Write a change down soon."""
        if change.at is None or change.at < self.resumed_at:
            return
        if self._queue.qsize() >= WAITING:
            self.dropped += 1
            return
        self._queue.put(change)

    def clear(self) -> None:
        """An exercise begins anew."""
        self.resumed_at = float("-inf")
        self._queue.put("clear")

    def settle(self) -> None:
        """Wait until all that was told is on the disk, or given up."""
        self._queue.join()

    def close(self) -> None:
        """Write what waits, and end."""
        self._queue.put("close")
        self._thread.join()

    # What is read, for a clearance; times are the node's

    def span(self, level: int) -> Span:
        """From when to when there is history."""
        with self._reading() as database:
            ends = [
                database.execute(
                    f"SELECT at FROM change WHERE level <= ? ORDER BY at {order} LIMIT 1", (level,)
                ).fetchone()
                for order in ("ASC", "DESC")
            ]
        first, last = (end[0] if end else None for end in ends)
        return Span(first, last)

    def between(self, since: float, until: float, after: int, limit: int, level: int) -> Found:
        """Changes of a time, in order, after a number."""
        with self._reading() as database:
            begin = database.execute(
                "SELECT sequence FROM change WHERE at >= ? ORDER BY at, sequence LIMIT 1", (since,)
            ).fetchone()
            if begin is None:
                return Found([], None)
            rows = database.execute(
                "SELECT sequence, at, kind, key, level, body FROM change "
                "WHERE sequence >= ? AND at <= ? AND level <= ? ORDER BY sequence LIMIT ?",
                (max(begin[0], after + 1), until, level, limit + 1),
            ).fetchall()
        entries = [_entry(row) for row in rows[:limit]]
        return Found(entries, entries[-1].sequence if len(rows) > limit else None)

    def picture(self, nation: str, mode: Mode, at: float, level: int) -> bytes:
        """The picture as it was known at a time, as JSON."""
        things: dict[str, Entry] = {}
        with self._reading() as database:
            frame = database.execute(
                "SELECT at, sequence, numbers FROM keyframe WHERE at <= ? AND at >= ? ORDER BY at DESC LIMIT 1",
                (at, at - CURRENT_S),
            ).fetchone()
            since, after = (frame[0], frame[1]) if frame else (at - CURRENT_S, 0)
            if frame:
                rows = database.execute(
                    "SELECT sequence, at, kind, key, level, body FROM change "
                    "WHERE sequence IN (SELECT value FROM json_each(?)) AND level <= ? ORDER BY sequence",
                    (frame[2], level),
                )
                things |= {entry.key: entry for entry in map(_entry, rows)}
            begin = database.execute(
                "SELECT sequence FROM change WHERE at >= ? ORDER BY at, sequence LIMIT 1", (since,)
            ).fetchone()
            rows = database.execute(
                "SELECT sequence, at, kind, key, level, body FROM change "
                "WHERE sequence >= ? AND at <= ? AND level <= ? ORDER BY sequence",
                (max(after + 1, begin[0] if begin else 0), at, level),
            )
            things |= {entry.key: entry for entry in map(_entry, rows)}
        sequence = max((entry.sequence for entry in things.values()), default=0)
        real = things.pop("real", None)
        return picture_json(nation, mode, sequence, at, real.body if real else b"null", things.values(), level)

    def items_of(self, event: str, level: int, kinds: Iterable[Kind] = ITEMS, limit: int = 100_000) -> list[Item]:
        """Products about an event, oldest first."""
        with self._reading() as database:
            rows = [
                row
                for kind in kinds
                for row in database.execute(
                    "SELECT sequence, body FROM event JOIN change USING (sequence) "
                    "WHERE event.event = ? AND event.kind = ? AND level <= ? ORDER BY sequence LIMIT ?",
                    (event, kind, level, limit),
                )
            ]
        return [msgspec.json.decode(body, type=Item) for _, body in sorted(rows)]

    def level_of(self, subject: str) -> int | None:
        """The least clearance that tells of an event or a warning; None where there is nothing of it."""
        with self._reading() as database:
            found: int | None = database.execute(
                "SELECT min(level) FROM (SELECT level FROM event JOIN change USING (sequence) WHERE event.event = ?1 "
                "UNION ALL SELECT level FROM change WHERE key = ?1)",
                (subject,),
            ).fetchone()[0]
        return found

    def timeline(self, event: str, level: int) -> list[TimelineEntry]:
        """What happened in an event, in order."""
        return self._told("timeline", "event", event, level, TimelineEntry)

    def explanations(self, warning: str, level: int) -> list[Explanation]:
        """The numbers behind a warning, a revision each, in order."""
        return self._told("explanation", "warning", warning, level, Explanation)

    def last_warnings(self) -> list[tuple[WarningView, int]]:
        """The last state of each warning of the last hours at each level that it had, oldest first, with that level.

        What another version wrote in another form keeps no console from starting: it is left out, and logged.
        """
        with self._reading() as database:
            rows = database.execute(
                "SELECT max(sequence), level, body FROM change WHERE kind = 'warning' "
                "AND at >= (SELECT max(at) FROM change) - ? GROUP BY key, level ORDER BY 1",
                (CURRENT_S,),
            ).fetchall()
        views = []
        for _, level, body in rows:
            try:
                views.append((msgspec.json.decode(body, type=WarningView), level))
            except UNREADABLE as error:
                _LOG.warning("a warning in the console's history is not read: %s", error)
        return views

    def _told(
        self, table: Literal["timeline", "explanation"], column: str, name: str, level: int, form: type[Form]
    ) -> list[Form]:
        with self._reading() as database:
            rows = database.execute(
                f"SELECT body FROM {table} WHERE {column} = ? AND level <= ? ORDER BY at, rowid LIMIT 5000",
                (name, level),
            ).fetchall()
        return [msgspec.json.decode(body, type=form) for (body,) in rows]

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        address = f"{self._path.absolute().as_uri()}?mode=ro"
        with closing(sqlite3.connect(address, uri=True, timeout=10.0)) as database:
            yield database

    # The thread that writes

    def _make(self) -> None:
        with closing(sqlite3.connect(self._path)) as database:
            database.executescript(_TABLES)

    def _begin_again(self) -> float:
        """The last time in the file. Its changes may be cut short, and come again."""
        with closing(sqlite3.connect(self._path)) as database, database:
            last: float | None = database.execute(
                "SELECT max(at) FROM change WHERE kind NOT IN ('warning', 'mark', 'real')"
            ).fetchone()[0]
            if last is None:
                return float("-inf")
            database.execute("DELETE FROM change WHERE at >= ? AND kind NOT IN ('warning', 'mark', 'real')", (last,))
            for table in ("timeline", "explanation", "keyframe"):
                database.execute(f"DELETE FROM {table} WHERE at >= ?", (last,))
            return last

    def _write(self) -> None:
        with closing(sqlite3.connect(self._path)) as database:
            while True:
                batch = self._batch()
                closing_time = batch[-1] == "close"
                try:
                    with database:
                        for change in batch:
                            _store(database, change)
                    self.failure = ""
                    self._bound(database)
                except sqlite3.Error as error:
                    self.dropped += len(batch)
                    self.failure = str(error)
                    _LOG.error("%d changes are not in the console's history: %s", len(batch), error)
                for _ in batch:
                    self._queue.task_done()
                if closing_time:
                    return

    def _batch(self) -> list[Entry | Told | Keyframe | Literal["clear", "close"]]:
        """What came in some tenths of a second."""
        batch = [self._queue.get()]
        if batch[-1] != "close":
            threading.Event().wait(BATCH_S)
        while batch[-1] != "close":
            try:
                batch.append(self._queue.get_nowait())
            except queue.Empty:
                break
        return batch

    def _bound(self, database: sqlite3.Connection) -> None:
        """Let go of what is too old, or of the oldest tenth where the file is too large."""
        first, last = database.execute("SELECT min(at), max(at) FROM change").fetchone()
        pages = (
            database.execute("PRAGMA page_count").fetchone()[0]
            - database.execute("PRAGMA freelist_count").fetchone()[0]
        )
        too_large = pages * database.execute("PRAGMA page_size").fetchone()[0] > LARGEST_BYTES
        if first is None or not (too_large or last - first > KEPT_S * 1.01):
            return
        since = max(first + 0.1 * (last - first) if too_large else first, last - KEPT_S)
        with database:
            for table in _BY_AT:
                database.execute(f"DELETE FROM {table} WHERE at < ?", (since,))
            database.execute("DELETE FROM event WHERE sequence < (SELECT min(sequence) FROM change)")
        database.execute("PRAGMA incremental_vacuum")


def _store(database: sqlite3.Connection, change: Entry | Told | Keyframe | str) -> None:
    if isinstance(change, Entry):
        database.execute(
            "INSERT OR REPLACE INTO change VALUES (?, ?, ?, ?, ?, ?)",
            (change.sequence, change.at, change.kind, change.key, change.level, change.body),
        )
        events = [(event, change.sequence, change.kind) for event in change.events]
        database.executemany("INSERT OR REPLACE INTO event VALUES (?, ?, ?)", events)
    elif isinstance(change, Told):
        told = (change.name, change.at, change.level, msgspec.json.encode(change.body))
        database.execute(f"INSERT INTO {change.table} VALUES (?, ?, ?, ?)", told)
    elif isinstance(change, Keyframe):
        numbers = msgspec.json.encode(change.numbers).decode()
        database.execute("INSERT OR REPLACE INTO keyframe VALUES (?, ?, ?)", (change.at, change.sequence, numbers))
    elif change == "clear":
        for table in ("change", "event", "keyframe", "timeline", "explanation"):
            database.execute(f"DELETE FROM {table}")


def _entry(row: tuple[int, float, Kind, str, int, bytes]) -> Entry:
    sequence, at, kind, key, level, body = row
    return Entry(sequence, at, kind, key, level, (), body)
