"""One partner's desk in a node: what goes out to it and what comes in from it, each in a log of its own.

Out: records wait in order of urgency, those of one kind together, until the link asks for the next envelope; then they
are numbered, signed and logged at once. Under load many go under one signature, without a timer that would hold up the
first. In: an envelope is opened, logged, and handed on.
"""

from __future__ import annotations

import heapq
import itertools
import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from operator import attrgetter
from pathlib import Path

import msgspec

from nadhir.bus import Bus
from nadhir.model import SCHEMA, Mode, Record, RecordKind, Release
from nadhir.node.hops import RECEIVED_TO_SEALED, SEALED_TO_ARRIVED, Hops
from nadhir.node.journal import newest_first
from nadhir.sharing.arrival import LiveWindow
from nadhir.sharing.decisions import Numbered, Reached
from nadhir.sharing.envelope import Refused, open_envelope, read_envelope, read_release, seal
from nadhir.sharing.keys import NodeKey, TrustedKey
from nadhir.sharing.link import Dial, Link
from nadhir.sharing.log import Log, LogError, log_name

_LOG = logging.getLogger(__name__)

TOGETHER: frozenset[RecordKind] = frozenset({"track", "assessment", "detection"})
"""Kinds of which many may go in one release; each of the others goes alone."""
LARGEST_BATCH = 64

_id_of = attrgetter("id")


class Envelope(msgspec.Struct, frozen=True):
    """A partner's release as it was taken, and when (Unix seconds of the wall clock)."""

    release: Release
    received: float


class _Batch:
    """Records of one kind that will be one release; closed when it is sealed. Called by the link with its number.
    What the partner turns out to have, from before a loss of power, is not sent again."""

    def __init__(self, desk: Desk, first: Record, born: float) -> None:
        self.records = [first]
        self.open = True
        self._desk = desk
        self._born = born

    def __call__(self, sequence: int) -> bytes | None:
        records = tuple(self.records)
        if taken_back := self._desk.taken_back:
            records = tuple(record for record in records if record.id not in taken_back)
        envelope = self._desk.sealed(sequence, records, self._born) if records else None
        self.open = False
        return envelope


class Desk:
    """What is between this nation and one partner. Its link must be open before anything is offered."""

    link: Link

    def __init__(
        self,
        me: str,
        partner: str,
        mode: Mode,
        logs: Path,
        *,
        key: Callable[[], NodeKey],
        own_keys: Mapping[str, TrustedKey],
        trusted: Mapping[str, TrustedKey],
        take: Callable[[Envelope], None],
        hops: Hops,
    ) -> None:
        self.me, self.partner, self.mode = me, partner, mode
        self.outgoing = Log(logs / log_name(me, partner), fsync="called")
        # What is lost of this with the power is fetched again from the partner's log.
        self.incoming = Log(logs / log_name(partner, me), fsync="called")
        self.window = LiveWindow()
        self.refused: Counter[str] = Counter()
        self.decided: Counter[str] = Counter()
        """Records by what was decided about them."""
        self.sent_records = 0
        self.shed_records = 0
        self.received_records = 0
        self.taken_back: set[str] = set()
        """Ids of records that our log had lost and the partner gave back."""
        self.way: list[Numbered | Reached] = []
        """How far what went out got; to be written down by the node, which empties it."""
        self._key = key
        self._own_keys = own_keys
        self._trusted = trusted
        self._take = take
        self._hops = hops
        self._batches: dict[RecordKind, _Batch] = {}
        self._delayed: list[tuple[float, int, Record]] = []
        self._counter = itertools.count()
        self._opened: tuple[bytes, Release] | None = None

    def open_link(
        self,
        bus: Bus,
        *,
        ahead: Callable[[Release], None],
        on_note: Callable[[bytes], None] = lambda note: None,
        reset: Dial | None = None,
    ) -> Link:
        """Make the link with the partner, which still has to be run; see `Link` for what it is given. `ahead` shows a
        release before its turn."""
        self.link = Link(
            bus,
            self.me,
            self.partner,
            check=self.check,
            deliver=self.deliver,
            delivered=self.incoming.size,
            in_time=self.in_time,
            ahead=lambda owner, sequence, envelope: ahead(self.opened(envelope)),
            sealed=self.outgoing.size,
            is_whole=self.outgoing.is_whole,
            take_back=self.take_back,
            found_whole=self.outgoing.found_whole,
            held=self.incoming.read,
            secure=self.outgoing.sync_beside,
            stored=self.stored,
            acknowledged=self.acknowledged,
            shed=self.shed,
            log=self.outgoing.read,
            on_note=on_note,
            reset=reset,
        )
        return self.link

    # Out

    def offer(self, record: Record, born: float) -> None:
        """Send a record as soon as its turn comes. `born`: when what it was made from was received (wall clock)."""
        batch = self._batches.get(record.kind)
        if batch is not None and batch.open and len(batch.records) < LARGEST_BATCH:
            batch.records.append(record)
            return
        batch = _Batch(self, record, born)
        if record.kind in TOGETHER:
            self._batches[record.kind] = batch
        self.link.offer(record.kind, batch)

    def offer_later(self, record: Record, not_before: float) -> None:
        """Send a record once the node's time has come to this."""
        heapq.heappush(self._delayed, (not_before, next(self._counter), record))

    def tick(self, now: float) -> None:
        """Send what has waited long enough."""
        while self._delayed and self._delayed[0][0] <= now:
            self.offer(heapq.heappop(self._delayed)[2], time.time())

    def begin_anew(self) -> None:
        """An exercise begins anew: what waited for a time of the one before is given up."""
        self.shed_records += len(self._delayed)
        self._delayed.clear()

    def sealed(self, sequence: int, records: tuple[Record, ...], born: float) -> bytes:
        """Number, sign and log records. Raises LogError where the log cannot hold them as this number."""
        if self.outgoing.size != sequence - 1:
            raise LogError(f"{self.outgoing.folder} ends at {self.outgoing.size}, {sequence} cannot come next")
        sent = time.time()
        envelope = seal(self._key(), Release(SCHEMA, self.me, self.partner, self.mode, sequence, sent, records))
        self.outgoing.append(envelope)
        self.sent_records += len(records)
        self.way.append(Numbered(self.partner, sequence, tuple(map(_id_of, records)), sent))
        self._hops.took(RECEIVED_TO_SEALED, time.time() - born)
        return envelope

    def take_back(self, sequence: int, envelope: bytes) -> None:
        """Log what we had sealed once, and lost. Raises Refused where we never did, LogError."""
        release = open_envelope(envelope, self._own_keys, me=self.partner, mode=self.mode)
        if release.sequence != sequence:
            raise Refused("damaged", f"{release.sequence} was given back as {sequence}")
        self.outgoing.append(envelope)
        ids = tuple(map(_id_of, release.records))
        self.taken_back.update(ids)
        self.way.append(Numbered(self.partner, sequence, ids, release.sent))

    def numbered_from(self, sequence: int) -> Iterator[Numbered]:
        """What went under which number, from a sequence on."""
        for number, envelope in self.outgoing.read(sequence):
            release = read_release(read_envelope(envelope))
            yield Numbered(self.partner, number, tuple(map(_id_of, release.records)), release.sent)

    def sent_ids(self, since: float) -> set[str]:
        """Ids of the records in this partner's log that were issued from a time on."""
        ids: set[str] = set()
        for entries in newest_first(self.outgoing.folder):
            records = [record for _, data in entries for record in read_release(read_envelope(data)).records]
            ids |= {record.id for record in records if record.issued >= since}
            if any(record.issued < since for record in records):
                break
        return ids

    def shed(self, kind: RecordKind, seal_it: Callable[[int], bytes | None]) -> None:
        """A batch was given up because too many waited."""
        assert isinstance(seal_it, _Batch)
        seal_it.open = False
        self.shed_records += len(seal_it.records)
        _LOG.warning("link with %s: %d records (%s) given up: too many wait", self.partner, len(seal_it.records), kind)

    def stored(self, sequence: int) -> None:
        """The disk holds everything up to this."""
        self.way.append(Reached(self.partner, sequence, "sent", time.time()))

    def acknowledged(self, sequence: int) -> None:
        """The partner has everything up to this."""
        self.way.append(Reached(self.partner, sequence, "acknowledged", time.time()))

    # In

    def check(self, envelope: bytes) -> tuple[str, int] | None:
        """Owner and sequence of an envelope that is accepted; what is not is counted by its cause."""
        try:
            release = open_envelope(envelope, self._trusted, me=self.me, mode=self.mode)
        except Refused as refused:
            self.refused[refused.cause] += 1
            _LOG.warning("release of %s refused: %s", self.partner, refused)
            return None
        self._opened = envelope, release
        return release.owner, release.sequence

    def deliver(self, owner: str, sequence: int, envelope: bytes) -> None:
        """Log an envelope and hand it on. Raises LogError where it cannot be stored: then it is fetched again."""
        release = self.opened(envelope)
        self.incoming.append(envelope)
        received = time.time()
        self._take(Envelope(release, received))
        self.received_records += len(release.records)
        self._hops.took(SEALED_TO_ARRIVED, received - release.sent)

    def in_time(self, envelope: bytes) -> bool:
        """Whether an envelope that comes live and was just checked comes when it should."""
        return self.window.judge(self.opened(envelope).sent, time.time()) == "in-time"

    def opened(self, envelope: bytes) -> Release:
        """The release in an envelope that was just checked."""
        if self._opened is not None and self._opened[0] is envelope:
            return self._opened[1]
        return read_release(read_envelope(envelope))

    def close(self) -> None:
        """Put the logs on the disk."""
        self.outgoing.close()
        self.incoming.close()
