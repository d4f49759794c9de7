"""Decisions on release, and a store that answers for them: why a record went or not, and how far it got.

A node writes decisions into its own log before anything goes, and brings the store up from there: it is a view.
"""

from __future__ import annotations

import contextlib
import logging
import sqlite3
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Literal, Protocol

import msgspec

from nadhir.sharing.release_form import Form

Outcome = Literal["released", "thinned", "refused-by-floor", "forbidden", "not-permitted", "failed"]
DeliveryState = Literal["queued", "sent", "acknowledged"]
FILE = "decisions.sqlite"
"""Name of the store in a node's data folder."""
CHECKPOINT_ROWS = 2000
"""After so many rows SQLite's write-ahead log goes into its file."""

_LOG = logging.getLogger(__name__)
_beside = ThreadPoolExecutor(1, thread_name_prefix="checkpoint")


class Decision(msgspec.Struct, frozen=True):
    """Whether one record goes to one partner, decided once, when it is published."""

    record: str
    """Id of the owner's record."""
    partner: str
    kind: str
    decided: float
    """Unix seconds."""
    outcome: Outcome
    sentence: str
    """The same for people."""
    policies: tuple[str, ...] = ()
    """Ids of the policies that spoke: the permits of what is permitted, else the forbids."""
    floor: str | None = None
    """The rule of the floor that kept it back."""
    form: Form | None = None
    sent_as: str | None = None
    """Id under which it goes: its own, or that of its redacted copy."""
    not_before: float | None = None
    """Unix seconds: when it may leave."""

    @property
    def released(self) -> bool:
        """Whether it goes."""
        return self.outcome == "released"


class Delivery(msgspec.Struct, frozen=True):
    """How far a released record got, and since when (Unix seconds)."""

    record: str
    """Id under which it went."""
    partner: str
    state: DeliveryState
    time: float


class DecisionStore(Protocol):
    """Where decisions and deliveries are written down, never changed, and found again."""

    def append(self, entries: Iterable[Decision | Delivery], *, upto: int | None = None) -> None:
        """Write all of them down, or raise and write none. With `upto`, those of the log up to there are now in it."""

    def find(self, record: str, partner: str) -> tuple[list[Decision], list[Delivery]]:
        """What was decided about a record and a partner and how far it got, oldest first.

        `record` is the id of the owner's record or the one under which it went.
        """


class DecisionFile:
    """A `DecisionStore` in one SQLite file. Rows are only ever added.

    Its checkpoints wait for the disk, so they run beside the caller.
    """

    def __init__(self, folder: Path, *, read_only: bool = False) -> None:
        """Open the store of a data folder; made if it is missing, unless it is only to be read."""
        path = folder / FILE
        if read_only and not path.is_file():
            raise FileNotFoundError(f"{folder} holds no {FILE}: no release was decided there yet")
        self._path = path
        self._rows = 0
        self._checkpoint: Future[None] | None = None
        self._database = sqlite3.connect(f"{path.absolute().as_uri()}?mode={'ro' if read_only else 'rwc'}", uri=True)
        if not read_only:
            self._database.executescript(
                """
                PRAGMA journal_mode = WAL;
                PRAGMA synchronous = NORMAL;
                PRAGMA wal_autocheckpoint = 0;
                CREATE TABLE IF NOT EXISTS decision (record TEXT, sent_as TEXT, partner TEXT, content BLOB);
                CREATE TABLE IF NOT EXISTS delivery (record TEXT, partner TEXT, content BLOB);
                CREATE TABLE IF NOT EXISTS place (log TEXT PRIMARY KEY, sequence INTEGER) WITHOUT ROWID;
                CREATE INDEX IF NOT EXISTS decision_record ON decision (record, partner);
                CREATE INDEX IF NOT EXISTS decision_sent_as ON decision (sent_as, partner) WHERE sent_as IS NOT record;
                CREATE INDEX IF NOT EXISTS delivery_record ON delivery (record, partner);
                """
            )

    @property
    def upto(self) -> int:
        """Sequence of the owner's log up to which its decisions are in here; 0 before the first."""
        row = self._database.execute("SELECT sequence FROM place").fetchone()
        return 0 if row is None else int(row[0])

    def append(self, entries: Iterable[Decision | Delivery], *, upto: int | None = None) -> None:
        """Write all of them down in one transaction."""
        decisions, deliveries = [], []
        for entry in entries:
            content = msgspec.msgpack.encode(entry)
            if isinstance(entry, Decision):
                decisions.append((entry.record, entry.sent_as, entry.partner, content))
            else:
                deliveries.append((entry.record, entry.partner, content))
        with self._database:
            if decisions:
                self._database.executemany("INSERT INTO decision VALUES (?, ?, ?, ?)", decisions)
            if deliveries:
                self._database.executemany("INSERT INTO delivery VALUES (?, ?, ?)", deliveries)
            if upto is not None:
                self._database.execute("INSERT OR REPLACE INTO place VALUES ('own', ?)", (upto,))
        self._rows += len(decisions) + len(deliveries)
        if self._rows >= CHECKPOINT_ROWS and (self._checkpoint is None or self._checkpoint.done()):
            self._rows = 0
            self._checkpoint = _beside.submit(_into_file, self._path)

    def find(self, record: str, partner: str) -> tuple[list[Decision], list[Delivery]]:
        """See `DecisionStore`."""
        rows = self._database.execute(
            "SELECT content FROM decision WHERE partner = ?1 AND record = ?2 UNION ALL "
            "SELECT content FROM decision WHERE partner = ?1 AND sent_as = ?2 AND sent_as IS NOT record",
            (partner, record),
        )
        decisions = [msgspec.msgpack.decode(content, type=Decision) for (content,) in rows]
        deliveries = [
            msgspec.msgpack.decode(content, type=Delivery)
            for name in dict.fromkeys(decision.sent_as for decision in decisions if decision.sent_as)
            for (content,) in self._database.execute(
                "SELECT content FROM delivery WHERE partner = ? AND record = ? ORDER BY rowid", (partner, name)
            )
        ]
        return decisions, deliveries

    def read(self) -> Iterator[Decision]:
        """Every decision, oldest first."""
        for (content,) in self._database.execute("SELECT content FROM decision ORDER BY rowid"):
            yield msgspec.msgpack.decode(content, type=Decision)

    def close(self) -> None:
        """Close the file."""
        if self._checkpoint is not None:
            self._checkpoint.result()
        self._database.close()


def _into_file(path: Path) -> None:
    """Put what the write-ahead log holds into the file, most of it while rows are added, and begin the log anew."""
    try:
        with contextlib.closing(sqlite3.connect(path)) as database:
            database.execute("PRAGMA wal_checkpoint(PASSIVE)")
            database.execute("PRAGMA wal_checkpoint(RESTART)")
    except sqlite3.Error as error:
        _LOG.warning("%s was not brought up to date, it will be later: %s", path, error)
