"""Decisions on release, and a store that answers for them: why a record went or not, and how far it got.

A node writes decisions into its own log before anything goes, and brings the store up from there: it is a view.
"""

from __future__ import annotations

import contextlib
import logging
import sqlite3
import time
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Literal, Protocol, get_args

import msgspec

from nadhir.sharing.release_form import Form

Outcome = Literal["released", "thinned", "refused-by-floor", "forbidden", "not-permitted", "failed"]
DeliveryState = Literal["sent", "acknowledged"]
FILE = "decisions.sqlite"
"""Name of the store in a node's data folder."""
KEEP_S = 0.25
"""How often a transaction ends: what is written down meanwhile is seen by readers then. After a kill decisions and
numbers of it come from the logs."""
CHECKPOINT_ROWS = 2000
"""After so many rows SQLite's write-ahead log goes into its file."""
PORTION = 500
"""Entries that are written down in one step: their caller has other things to do."""

_LOG = logging.getLogger(__name__)
_beside = ThreadPoolExecutor(1, thread_name_prefix="decisions")
"""Waits for the disk."""


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


class Numbered(msgspec.Struct, frozen=True):
    """Records that went to a partner under one number (Unix seconds)."""

    partner: str
    sequence: int
    records: tuple[str, ...]
    """Ids under which they went."""
    time: float


class Reached(msgspec.Struct, frozen=True):
    """How far everything got that went to a partner, up to a number."""

    partner: str
    sequence: int
    state: DeliveryState
    time: float


Entry = Decision | Numbered | Reached


class DecisionStore(Protocol):
    """Where decisions and what became of them is written down, never changed, and found again."""

    def append(self, entries: Iterable[Entry], *, upto: int | None = None) -> None:
        """Write all of them down, or raise and write none. With `upto`, those of the log up to there are now in it."""

    def find(self, record: str, partner: str) -> tuple[list[Decision], list[Delivery]]:
        """What was decided about a record and a partner and how far it got, oldest first.

        `record` is the id of the owner's record or the one under which it went.
        """


_HERE = "INSERT OR REPLACE INTO place VALUES ('own', ?)"
_WENT = "SELECT id, sequence FROM way WHERE record = ? AND partner = ? ORDER BY id DESC LIMIT 1"
# Only what was written later counts: after a loss of power a number may stand for something else.
_REACHED = """
    SELECT time FROM way WHERE record IS NULL AND partner = ? AND state = ? AND sequence >= ? AND id > ?
    ORDER BY sequence LIMIT 1
    """


class DecisionFile:
    """A `DecisionStore` in one SQLite file. Rows are only ever added.

    For whoever must not wait there are `give` and `step`: entries are written down in portions, in one transaction, and
    what waits for the disk (its end, now and then a checkpoint) runs beside the caller.
    """

    def __init__(self, folder: Path, *, read_only: bool = False) -> None:
        """Open the store of a data folder; made if it is missing, unless it is only to be read."""
        path = folder / FILE
        if read_only and not path.is_file():
            raise FileNotFoundError(f"{folder} holds no {FILE}: no release was decided there yet")
        self.failure = ""
        """Why what was given is not written down, until it is."""
        self._given: deque[Entry] = deque()
        self._added: list[Entry] = []
        """In the transaction that has not ended."""
        self._keeping: Future[None] | None = None
        """The end of that transaction, on its way."""
        self._keep_at = 0.0
        self._rows = 0
        address = f"{path.absolute().as_uri()}?mode={'ro' if read_only else 'rwc'}"
        self._database = sqlite3.connect(address, uri=True, check_same_thread=False)
        if not read_only:
            self._database.executescript(
                """
                PRAGMA journal_mode = WAL;
                PRAGMA synchronous = NORMAL;
                PRAGMA wal_autocheckpoint = 0;
                CREATE TABLE IF NOT EXISTS decision (record TEXT, sent_as TEXT, partner TEXT, content BLOB);
                CREATE TABLE IF NOT EXISTS way (
                    id INTEGER PRIMARY KEY, partner TEXT, sequence INTEGER, record TEXT, state TEXT, time REAL
                );
                CREATE TABLE IF NOT EXISTS place (log TEXT PRIMARY KEY, sequence INTEGER) WITHOUT ROWID;
                CREATE INDEX IF NOT EXISTS decision_record ON decision (record, partner);
                CREATE INDEX IF NOT EXISTS decision_sent_as ON decision (sent_as, partner) WHERE sent_as IS NOT record;
                CREATE INDEX IF NOT EXISTS way_of_record ON way (record, partner) WHERE record IS NOT NULL;
                CREATE INDEX IF NOT EXISTS way_reached ON way (partner, state, sequence) WHERE record IS NULL;
                """
            )

    @property
    def upto(self) -> int:
        """Sequence of the owner's log up to which its decisions are in here; 0 before the first."""
        row = self._database.execute("SELECT sequence FROM place").fetchone()
        return 0 if row is None else int(row[0])

    def numbered(self, partner: str) -> int:
        """The last number under which records went to a partner; 0 before the first."""
        row = self._database.execute(
            "SELECT sequence FROM way WHERE partner = ? AND record IS NOT NULL ORDER BY id DESC LIMIT 1", (partner,)
        ).fetchone()
        return 0 if row is None else int(row[0])

    def append(self, entries: Iterable[Entry], *, upto: int | None = None) -> None:
        """See `DecisionStore`."""
        with self._database:
            self._add(entries)
            if upto is not None:
                self._database.execute(_HERE, (upto,))

    def give(self, entries: Iterable[Entry]) -> None:
        """Have entries written down by the next steps. Whoever has begun with that appends no more: it would end their
        transaction before its time."""
        self._given.extend(entries)

    def step(self, upto: int) -> None:
        """Write down some of what was given. All decisions of the owner's log up to `upto` must have been given. What
        fails is tried again by the next step, and `failure` says why."""
        if self._keeping is not None:
            if not self._keeping.done():
                return
            self._see_kept(self._keeping)
        if not (self._given or self._added):
            return
        portion = [self._given.popleft() for _ in range(min(len(self._given), PORTION))]
        self._added += portion
        try:
            self._add(portion)
            # A transaction ends with all decisions of the log up to an entry: after a kill none is brought up twice.
            if not self._given and time.monotonic() >= self._keep_at:
                self._database.execute(_HERE, (upto,))
                self._keep_at = time.monotonic() + KEEP_S
                self._keeping = _beside.submit(self._keep)
        except sqlite3.Error as error:
            self._begin_again(error)

    def finish(self, upto: int) -> None:
        """Write down all that was given, as far as that can be done, and wait for it."""
        self.failure = ""
        while self._given or self._added:
            self._keep_at = 0.0
            self.step(upto)
            if self._keeping is not None:
                wait([self._keeping])
                self._see_kept(self._keeping)
            if self.failure:
                return

    def _add(self, entries: Iterable[Entry]) -> None:
        decisions: list[tuple[str, str | None, str, bytes]] = []
        ways: list[tuple[str, int, str | None, DeliveryState | None, float]] = []
        for entry in entries:
            if isinstance(entry, Decision):
                decisions.append((entry.record, entry.sent_as, entry.partner, msgspec.msgpack.encode(entry)))
            elif isinstance(entry, Numbered):
                ways += [(entry.partner, entry.sequence, name, None, entry.time) for name in entry.records]
            else:
                ways.append((entry.partner, entry.sequence, None, entry.state, entry.time))
        if decisions:
            self._database.executemany("INSERT INTO decision VALUES (?, ?, ?, ?)", decisions)
        if ways:
            self._database.executemany(
                "INSERT INTO way (partner, sequence, record, state, time) VALUES (?, ?, ?, ?, ?)", ways
            )
        self._rows += len(decisions) + len(ways)

    def _keep(self) -> None:
        self._database.commit()
        if self._rows >= CHECKPOINT_ROWS:
            self._rows = 0
            try:
                # Nothing is added meanwhile, so the write-ahead log begins anew with the next transaction.
                self._database.execute("PRAGMA wal_checkpoint(PASSIVE)")
            except sqlite3.Error as error:
                _LOG.warning("%s was not brought up to date, it will be later: %s", FILE, error)

    def _see_kept(self, keeping: Future[None]) -> None:
        self._keeping = None
        try:
            keeping.result()
        except sqlite3.Error as error:
            self._begin_again(error)
        else:
            self._added.clear()
            self.failure = ""

    def _begin_again(self, error: sqlite3.Error) -> None:
        with contextlib.suppress(sqlite3.Error):
            self._database.rollback()
        self._given.extendleft(reversed(self._added))
        self._added.clear()
        self.failure = str(error)

    def find(self, record: str, partner: str) -> tuple[list[Decision], list[Delivery]]:
        """See `DecisionStore`."""
        rows = self._database.execute(
            "SELECT content FROM decision WHERE partner = ?1 AND record = ?2 UNION ALL "
            "SELECT content FROM decision WHERE partner = ?1 AND sent_as = ?2 AND sent_as IS NOT record",
            (partner, record),
        )
        decisions = [msgspec.msgpack.decode(content, type=Decision) for (content,) in rows]
        names = dict.fromkeys(decision.sent_as for decision in decisions if decision.sent_as)
        deliveries = [delivery for name in names for delivery in self._deliveries(name, partner)]
        return decisions, deliveries

    def _deliveries(self, name: str, partner: str) -> Iterator[Delivery]:
        went = self._database.execute(_WENT, (name, partner)).fetchone()
        for state in get_args(DeliveryState) if went else ():
            found = self._database.execute(_REACHED, (partner, state, went[1], went[0])).fetchone()
            if found:
                yield Delivery(name, partner, state, found[0])

    def read(self) -> Iterator[Decision]:
        """Every decision, oldest first."""
        for (content,) in self._database.execute("SELECT content FROM decision ORDER BY rowid"):
            yield msgspec.msgpack.decode(content, type=Decision)

    def close(self) -> None:
        """Close the file. What was given and does not last yet is lost."""
        if self._keeping is not None:
            wait([self._keeping])
        self._database.close()
