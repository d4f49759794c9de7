"""A live node without its edges: inputs are logged and taken by the core, what comes of it goes to partners and people.

Everything here is synchronous; `node.service` brings bytes, time and links to it.
"""

from __future__ import annotations

import contextlib
import logging
import math
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

import msgspec

from nadhir.model import SCHEMA, EndReason, Mode, Record, Release, WarningProduct
from nadhir.model.unreadable import UNREADABLE
from nadhir.node.clock import Clock
from nadhir.node.core import Core, Explained, News, Step
from nadhir.node.desk import Desk, Envelope
from nadhir.node.hops import ARRIVED_TO_PICTURE, RECEIVED_TO_PICTURE, Hops
from nadhir.node.journal import (
    BeginInput,
    DecidedInput,
    EndInput,
    Input,
    LineInput,
    ReissueInput,
    ReleaseInput,
    TickInput,
    WordedInput,
    read_decisions,
    read_inputs,
    write,
)
from nadhir.sensors import Rejection
from nadhir.sharing.decisions import Decision, DecisionFile, Numbered
from nadhir.sharing.envelope import Refused, read_envelope, read_release, seal
from nadhir.sharing.keys import NodeKey
from nadhir.sharing.link_messages import URGENT
from nadhir.sharing.log import Log, LogError
from nadhir.sharing.release import Releases

_LOG = logging.getLogger(__name__)

TICK_S = 0.01
"""How often whoever runs a node has it look at the clock: a tick is late by at most so much."""
AHEAD_S = 60.0
"""A line that says it was received so long after the node's clock is set aside: it would carry the node's time away."""


TOLD_TOGETHER = 100
"""Logged entries that are brought into the store of decisions in one step."""
OWN_BATCH = 200
"""Own records under one signature in the own log."""


class _Received(msgspec.Struct):
    received: float


_received_decoder = msgspec.json.Decoder(_Received)

Audience = Callable[[list[News]], None]


class _Offer(msgspec.Struct):
    desk: Desk
    record: Record
    not_before: float
    born: float


class Before(NamedTuple):
    """What the logs of an earlier life hold."""

    inputs: list[Input]
    published: set[str]
    """Ids of own records in the own log."""
    decided: set[str]
    """Ids of own records that were decided on."""
    sent: dict[str, set[str]]
    """Ids of records in the log for each partner."""
    releases: dict[tuple[str, int], Release]
    """Partners' releases that are among the inputs, by owner and sequence."""
    taken: dict[str, int]
    """The last of them, by owner."""


class Stored(NamedTuple):
    """How far the store of decisions is: entry of the own log, and number by partner."""

    upto: int
    numbered: dict[str, int]


class Lacking(NamedTuple):
    """What logs hold and the store of decisions does not."""

    decisions: list[tuple[int, tuple[Decision, ...]]]
    """With the sequences of their entries in the own log."""
    numbered: list[Numbered]


class _Decided(msgspec.Struct):
    """Decisions that are to be logged, own records that are to be written down, and what goes to whom."""

    decisions: list[Decision]
    fresh: list[Record]
    offers: list[_Offer]


class LiveNode:
    """State and logs of one nation's node.

    `new_core` makes an empty core; `audience` gets the news of the picture, `explain` the numbers behind warnings,
    `ruled` what was decided on each record and partner; `soon` has something done when what came in together has been
    taken: under load many records are decided on, written down and signed in one go, but for what is urgent. Raises
    LogError where a log cannot be read or written.
    """

    def __init__(
        self,
        nation: str,
        mode: Mode,
        new_core: Callable[[bool], Core],
        log: Log,
        desks: Mapping[str, Desk],
        releases: Releases,
        decisions: DecisionFile,
        *,
        key: Callable[[], NodeKey],
        audience: Audience,
        hops: Hops,
        explain: Callable[[list[Explained]], None] = lambda explanations: None,
        ruled: Callable[[Record, Decision], None] = lambda record, decision: None,
        soon: Callable[[Callable[[], None]], object] = lambda act: act(),
    ) -> None:
        self.nation, self.mode = nation, mode
        self.clock = Clock(mode)
        self.core = new_core(False)
        self.desks = desks
        self.lines = 0
        self.rejected: Counter[str] = Counter()
        self.unlogged = 0
        """Inputs that could not be logged and so were not taken; their senders send them again."""
        self.rebuilt_from = 0
        """Inputs from which the state was rebuilt at start."""
        self.at = -math.inf
        """The node's time at its last input."""
        self.is_rebuilding = False
        """Whether inputs of before are being taken again: nothing else may be, meanwhile."""
        self._new_core = new_core
        self._log = log
        self._releases = releases
        self._decisions = decisions
        self._key = key
        self._audience = audience
        self._hops = hops
        self._explain = explain
        self._ruled = ruled
        self._soon = soon
        self._unpublished: list[tuple[Record, float]] = []
        self._decided: deque[_Decided] = deque()
        self._is_turn_of_own = False
        self._failing: set[str] = set()
        self._unwritten: list[Record] = []
        self._known: set[str] = set()
        self._published: set[str] = set()
        """Own records that were decided on before a restart, and those of them that the own log holds."""
        self._sent: dict[str, set[str]] = {}
        self._ahead: set[tuple[str, int]] = set()

    # What comes in

    def line(self, line: bytes) -> None:
        """Take one line of an own sensor. What is urgent of what came of it is with the link by now. Raises LogError
        where the line cannot be logged: it was not taken then."""
        born = time.time()
        self.lines += 1
        received = _received(line)
        now = self.clock.now()
        if received is not None and now is not None and received - now > AHEAD_S:
            self._set_aside(Rejection(self.lines, "clock", line.decode("utf-8", "replace")[:200]))
            return
        at = max(self.at, self._time_of(received, now))
        self._ticks(at)
        if not self._write(LineInput(at, line)):
            raise LogError(f"a line could not be logged: {self._log.failure}")
        self._take(self.core.line(line, at), born)
        self._hops.took(RECEIVED_TO_PICTURE, time.time() - born)

    def exercise(self, now: float) -> None:
        """An exercise is at this time. One that lies before the node's time begins anew."""
        if self.mode == "live":
            raise ValueError("a live node's clock is not set by anybody")
        if now < self.at - AHEAD_S:
            self._write(BeginInput(now))
            self._begin(now)
        self.clock.set(max(now, self.at))
        self.tick()

    def tick(self) -> None:
        """Let the ticks pass that are due by the clock."""
        now = self.clock.now()
        if now is not None and now > self.at:
            self._ticks(now)
            self.at = max(self.at, math.floor(now))
            for desk in self.desks.values():
                desk.tick(now)
        self.settle()
        # Here, and not where something is appended, which is on the way of what is urgent.
        self._log.flush_beside()
        for desk in self.desks.values():
            desk.incoming.flush_beside()

    def settle(self, *, wait: bool = False) -> None:
        """Write down what may wait a moment: own records, many under one signature; and, for whoever asks, what was
        decided and how far it got. By turns, so that nothing else waits for both; with `wait` all of it is there on
        return. A killed node has the first and the second from its log."""
        if self._decided:
            self.flush()
        self._is_turn_of_own = not self._is_turn_of_own
        if (wait or self._is_turn_of_own) and self._unwritten:
            written, self._unwritten = self._unwritten, []
            self._write_down(written)
        if wait or not self._is_turn_of_own:
            self._tell_decisions(wait)

    def _tell_decisions(self, wait: bool) -> None:
        for desk in self.desks.values():
            self._decisions.give(desk.way)
            desk.way.clear()
        if wait:
            self._decisions.finish(self._log.size)
        else:
            self._decisions.step(self._log.size)
        if self._decisions.failure:
            self._report("decisions cannot be looked up, only the log holds them", self._decisions.failure)
        elif not self._decided:
            self._failing.clear()

    def release(self, envelope: Envelope) -> None:
        """Take a partner's release, which is in its log already."""
        release = envelope.release
        at = self._now(release)
        self._ticks(at)
        self._write(ReleaseInput(at, release.owner, release.sequence))
        step = self.core.release(release, at)
        if (release.owner, release.sequence) in self._ahead:
            self._ahead.discard((release.owner, release.sequence))
            step.news = [news for news in step.news if news.basis != "partner"]
        self._take(step, envelope.received)
        self._hops.took(ARRIVED_TO_PICTURE, time.time() - envelope.received)

    def end_warning(self, warning: str, reason: EndReason) -> None:
        """A person ended a warning of this node. That is an input like any other: a rebuilt state knows it too."""
        self._write(EndInput(self.at, warning, reason))
        self._take(self.core.end_warning(warning, reason, self.at), time.time())

    def reissue_warning(self, warning: str, first: Callable[[WarningProduct], None]) -> None:
        """A person says again what was ended by mistake. `first` hears of the new warning before anybody else, so that
        it goes out as that person's act. An input too."""
        self._write(ReissueInput(self.at, warning))
        step = self.core.reissue_warning(warning, self.at)
        try:
            for news in step.news:
                if isinstance(news.product, WarningProduct):
                    first(news.product)
        finally:
            self._take(step, time.time())

    def worded(self, warning: WarningProduct) -> None:
        """What a person worded went out, or went on. An input too."""
        self._write(WordedInput(self.at, warning))
        self._take(self.core.worded(warning, self.at), time.time())

    def release_ahead(self, release: Release) -> None:
        """Show something urgent before its turn. It is taken in its turn, and not shown again."""
        at = self._now(release)
        self._ahead.add((release.owner, release.sequence))
        records = (record for record in release.records if record.kind != "detection")
        self._audience(
            [
                News(at, "partner", release.owner, record.body, record.label.classification)  # type: ignore[arg-type]
                for record in records
            ]
        )

    # After a restart

    def read_before(self) -> Before:
        """What the logs hold of before. Reads only, so that a thread beside the event loop may do it."""
        inputs = read_inputs(self._log.folder)
        since = inputs[0][1].at if inputs else math.inf
        published = self._own_ids(inputs[0][0]) if inputs else set()
        decided = [entry for _, entry in inputs if isinstance(entry, DecidedInput)]
        first: dict[str, int] = {}
        last = dict.fromkeys(self.desks, 0)
        for _, entry in inputs:
            if isinstance(entry, ReleaseInput) and entry.owner in last:
                first.setdefault(entry.owner, entry.sequence)
                last[entry.owner] = entry.sequence
        return Before(
            inputs=[entry for _, entry in inputs],
            published=published,
            decided={decision.record for entry in decided for decision in entry.decisions},
            sent={partner: desk.sent_ids(since) for partner, desk in self.desks.items()},
            releases={
                (owner, number): read_release(read_envelope(data))
                for owner, begin in first.items()
                for number, data in self.desks[owner].incoming.read(begin)
            },
            taken={owner: last[owner] for owner in first},
        )

    @property
    def stored(self) -> Stored:
        """How far the store of decisions is."""
        return Stored(self._decisions.upto, {partner: self._decisions.numbered(partner) for partner in self.desks})

    def lacking_in_store(self, stored: Stored) -> Lacking:
        """What the logs hold and the store of decisions does not. Reads only, as `read_before` does."""
        return Lacking(
            list(read_decisions(self._log, stored.upto + 1)),
            [one for partner, desk in self.desks.items() for one in desk.numbered_from(stored.numbered[partner] + 1)],
        )

    def bring_up_decisions(self, lacking: Lacking) -> Iterator[None]:
        """Put into their store what it lacks, a step at a time."""
        for start in range(0, len(lacking.decisions), TOLD_TOGETHER):
            some = lacking.decisions[start : start + TOLD_TOGETHER]
            self._decisions.append([decision for _, found in some for decision in found], upto=some[-1][0])
            yield
        for start in range(0, len(lacking.numbered), TOLD_TOGETHER):
            self._decisions.append(lacking.numbered[start : start + TOLD_TOGETHER])
            yield
        self._decisions.append([], upto=self._log.size)

    def rebuild(self, before: Before) -> Iterator[None]:
        """Take the inputs of before again, and send what had not been sent yet. Nothing is decided a second time.

        One step at a time: whoever runs it may do other things in between, so long as the node gets nothing else.
        """
        self.is_rebuilding = True
        self._published = before.published
        self._known = before.published | before.decided
        self._sent = before.sent
        for entry in before.inputs:
            self._again(entry, before.releases)
            yield
        self.rebuilt_from = sum(not isinstance(entry, DecidedInput) for entry in before.inputs)
        self._known, self._published, self._sent = set(), set(), {}
        # A kill may have come after a partner's release was logged and before it was taken.
        for owner, desk in self.desks.items():
            for _, data in desk.incoming.read(before.taken.get(owner, max(desk.incoming.size, 1) - 1) + 1):
                self.release(Envelope(read_release(read_envelope(data)), time.time()))
                yield
        self.is_rebuilding = False

    def _again(self, entry: Input, stored: Mapping[tuple[str, int], Release]) -> None:
        self.at = max(self.at, entry.at)
        born = time.time()
        if isinstance(entry, LineInput):
            self.lines += 1
            self._take(self.core.line(entry.line, entry.at), born)
        elif isinstance(entry, TickInput):
            self._take(self.core.tick(entry.at), born)
        elif isinstance(entry, EndInput):
            self._take(self.core.end_warning(entry.warning, entry.reason, entry.at), born)
        elif isinstance(entry, ReissueInput):
            self._take(self.core.reissue_warning(entry.warning, entry.at), born)
        elif isinstance(entry, WordedInput):
            self._take(self.core.worded(entry.product, entry.at), born)
        elif isinstance(entry, BeginInput):
            self.at = entry.at
        elif isinstance(entry, ReleaseInput) and (release := stored.get((entry.owner, entry.sequence))) is not None:
            self._take(self.core.release(release, entry.at), born)
        self.flush()

    def _own_ids(self, first: int) -> set[str]:
        """Ids of own records that were written down."""
        ids: set[str] = set()
        for _, data in self._log.read(first):
            with contextlib.suppress(Refused):  # Inputs, which stand in the same log.
                ids |= {record.id for record in read_release(read_envelope(data)).records}
        return ids

    # Within

    def _begin(self, now: float) -> None:
        self.core = self._new_core(True)
        self.at = now
        for desk in self.desks.values():
            desk.begin_anew()

    def _time_of(self, received: float | None, now: float | None) -> float:
        """The node's time as a line comes in. In an exercise a line carries the time with it."""
        if self.mode == "exercise" and received is not None:
            self.clock.set(received if now is None else max(now, received))
            return received
        return now if now is not None else 0.0

    def _now(self, release: Release) -> float:
        """The node's time as a release comes in; where there is none yet, the partner's is taken."""
        now = self.clock.now()
        if now is None and self.at == -math.inf:
            return max((record.issued for record in release.records), default=0.0)
        return self.at if now is None else max(self.at, now)

    def _ticks(self, end: float) -> None:
        """Each whole second up to `end`; none where nothing can change."""
        if self.at == -math.inf:
            self.at = end
        second = math.floor(self.at) + 1.0
        while second <= end and not self.core.idle:
            self._write(TickInput(second))
            self.at = second
            self._take(self.core.tick(second), time.time())
            second += 1.0

    def _write(self, entry: Input) -> bool:
        """Log an input. One that cannot be logged is counted: a rebuilt state would be without it."""
        self.at = max(self.at, entry.at)
        try:
            write(self._log, entry)
        except LogError as error:
            self.unlogged += 1
            _LOG.error("%s", error)
            return False
        return True

    def _set_aside(self, rejection: Rejection) -> None:
        self.rejected[rejection.cause] += 1
        _LOG.info("line %d set aside: %s", rejection.line, rejection.cause)

    def _take(self, step: Step, born: float) -> None:
        if step.rejection is not None:
            self._set_aside(step.rejection)
        if step.records:
            self._publish(step.records, born)
        if step.news:
            self._audience(step.news)
        if step.explanations:
            self._explain(step.explanations)

    def _publish(self, records: list[Record], born: float) -> None:
        is_scheduled, is_urgent = bool(self._unpublished), False
        for record in records:
            self._unpublished.append((record, born))
            is_urgent = is_urgent or record.kind in URGENT
        if is_urgent:
            self.flush()
        elif not is_scheduled:
            self._soon(self.flush)

    def flush(self) -> None:
        """Decide once for each record and partner, log the decisions, then offer what goes.

        What cannot be logged now, as on a full disk, is not forgotten: every tick tries again.
        """
        waiting, self._unpublished = self._unpublished, []
        if waiting:
            self._decided.append(self._decide(waiting))
        while self._decided:
            decided = self._decided[0]
            try:
                if decided.decisions:
                    write(self._log, DecidedInput(self.at, tuple(decided.decisions)))
            except LogError as error:
                self._report("decisions cannot be logged, nothing is released", error)
                return
            self._decided.popleft()
            self._decisions.give(decided.decisions)
            self._unwritten += decided.fresh
            for offer in decided.offers:
                if offer.not_before > offer.record.issued:
                    offer.desk.offer_later(offer.record, offer.not_before)
                else:
                    offer.desk.offer(offer.record, offer.born)

    def _report(self, what: str, error: object) -> None:
        """Once, until decisions are written down again: every tick tries."""
        if what not in self._failing:
            self._failing.add(what)
            _LOG.error("%s: %s", what, error)

    def _decide(self, waiting: list[tuple[Record, float]]) -> _Decided:
        decided = _Decided([], [], [])
        for record, born in waiting:
            known = record.id in self._known
            if record.id not in self._published:
                decided.fresh.append(record)
            for partner, desk in self.desks.items():
                ruling = self._releases.decide(record, partner, record.issued)
                outgoing = ruling.outgoing
                if known:
                    # Decided before a restart: that decision stands, and only what was not sent yet goes.
                    if outgoing is not None and not self._is_owed(record, partner, outgoing.id):
                        outgoing = None
                else:
                    decided.decisions.append(ruling.decision)
                    desk.decided[ruling.decision.outcome] += 1
                self._ruled(record, ruling.decision)
                if outgoing is not None:
                    not_before = ruling.decision.not_before or record.issued
                    decided.offers.append(_Offer(desk, outgoing, not_before, born))
        return decided

    def _write_down(self, records: list[Record]) -> None:
        """Put own records into the own log, as they were before anything was taken out of them."""
        for start in range(0, len(records), OWN_BATCH):
            batch = tuple(records[start : start + OWN_BATCH])
            release = Release(SCHEMA, self.nation, self.nation, self.mode, self._log.size + 1, time.time(), batch)
            try:
                self._log.append(seal(self._key(), release))
            except LogError as error:
                self.unlogged += len(batch)
                _LOG.error("%s", error)

    def _is_owed(self, record: Record, partner: str, sent_as: str) -> bool:
        if sent_as in self._sent[partner]:
            return False
        decisions, _ = self._decisions.find(record.id, partner)
        return any(decision.released for decision in decisions)


def _received(line: bytes) -> float | None:
    """When a line says that it was received; None where it is damaged, which the intake will find too."""
    try:
        received = _received_decoder.decode(line).received
    except UNREADABLE:
        return None
    return received if math.isfinite(received) else None
