"""The receiving half of a link: live and replayed envelopes become one sequence, in order and exactly once.

A plain state machine: envelopes, pulses and the time (monotonic seconds) go in; deliveries and the next read come out.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

import msgspec

from nadhir.sharing.link_messages import URGENT, DamagedError, LinkHealth, Pulse, Read, Replayed, unframe

_LOG = logging.getLogger(__name__)

Check = Callable[[bytes], tuple[str, int] | None]
"""Owner and sequence that an envelope's signature vouches for, or None when it is not accepted."""

InTime = Callable[[bytes], bool]
"""Whether an envelope that was just checked and came live was sent when it says; what was held up is not taken live."""

Deliver = Callable[[str, int, bytes], None]
"""Takes owner, sequence and envelope and stores them before it returns."""


class ReadLimits(msgspec.Struct, frozen=True):
    """How much is asked for at once and kept meanwhile."""

    messages: int = 1_000
    octets: int = 256 << 10
    held_messages: int = 2_000
    held_octets: int = 8 << 20
    answer_within_s: float = 1.0
    lost_after_pulses: int = 3
    """So many pulses without a word of an answer, and a read was lost on the way: it is asked again."""
    pause_s: float = 0.1
    """After an answer that brought nothing, or none; doubled each time, up to `longest_pause_s`."""
    longest_pause_s: float = 5.0
    undelivered_pause_s: float = 0.5
    """After an envelope that could not be stored here: the partner is not to blame, and what follows it is kept."""


class Inbound:
    """Everything of one partner, from the sequence after `delivered` on."""

    def __init__(
        self,
        owner: str,
        delivered: int,
        check: Check,
        deliver: Deliver,
        health: LinkHealth,
        *,
        in_time: InTime = lambda envelope: True,
        ahead: Deliver | None = None,
        limits: ReadLimits | None = None,
    ) -> None:
        self._owner = owner
        self._check = check
        self._in_time = in_time
        self._deliver = deliver
        self._ahead = ahead
        self._limits = limits or ReadLimits()
        self._health = health
        health.delivered = health.offered = delivered
        self._held: dict[int, bytes] = {}
        self._held_octets = 0
        self._shown: set[int] = set()
        self._gap_at = 0
        self._answer_due: float | None = None
        self._pulses = 0
        self._not_before = 0.0
        self._pause_s = self._limits.pause_s
        self._fails = False
        """Whether the last envelope in turn could not be stored here."""

    def envelope(self, kind: str, data: bytes, now: float, *, replayed: bool) -> None:
        """One framed envelope, live (with its kind) or from a replay."""
        health = self._health
        if replayed:
            self._pulses = 0
        try:
            sequence, envelope = unframe(data)
        except DamagedError:
            health.refused += 1
            return
        if sequence <= health.delivered or sequence in self._held:
            health.duplicates += 1
            return
        if self._check(envelope) != (self._owner, sequence):
            health.refused += 1
            if replayed and sequence == health.delivered + 1:
                # What the stored copy itself makes impossible: a person must look.
                self._block(sequence, "the stored envelope is refused")
                self._wait(now)
            return
        if not replayed and not self._in_time(envelope):
            # It is fetched from what the partner stores, once a pulse says that it is there.
            return
        # A live envelope runs ahead of the pulse that counts it.
        if sequence > health.offered:
            health.offered = sequence
        if sequence > health.delivered + 1:
            self._show_ahead(kind, sequence, envelope)
            self._hold(sequence, envelope)
            if self._gap_at != health.delivered + 1:
                self._gap_at = health.delivered + 1
                health.gaps += 1
            return
        if self._take(sequence, envelope, now) and replayed:
            health.refetched += 1
        self._take_held(now)

    def pulse(self, pulse: Pulse) -> None:
        """The partner says how far it is. What it stored and we do not have was lost on the way."""
        self._health.offered = max(self._health.delivered, pulse.stored)
        self._pulses += 1
        if self._pulses >= self._limits.lost_after_pulses:
            self._answer_due = None

    def replayed(self, answer: Replayed, now: float) -> None:
        """A read is answered in full."""
        health = self._health
        self._answer_due = None
        if answer.sent and answer.first > health.delivered + 1:
            self._block(health.delivered + 1, f"the partner stores nothing before {answer.first} any more")
            self._wait(now)
        elif answer.sent and health.delivered >= answer.from_sequence:
            self._pause_s = self._limits.pause_s
        else:
            self._wait(now)

    def is_behind(self, now: float) -> bool:
        """Whether something should be asked for now."""
        health = self._health
        if self._answer_due is not None and now < self._answer_due:
            return False
        missing = health.offered > health.delivered and health.delivered + 1 not in self._held
        return missing and now >= self._not_before

    def next_read(self, now: float, messages: int, octets: int) -> Read | None:
        """What to ask for now, if anything; at most so many messages and bytes."""
        if not self.is_behind(now):
            return None
        messages, octets = min(messages, self._limits.messages), min(octets, self._limits.octets)
        if messages < 1 or octets < 1:
            return None
        if self._held:
            messages = min(messages, min(self._held) - self._health.delivered - 1)
        if self._answer_due is not None:
            self._pause_s = min(2 * self._pause_s, self._limits.longest_pause_s)
        self._answer_due = now + self._limits.answer_within_s + self._pause_s
        self._pulses = 0
        return Read(self._health.delivered + 1, messages, octets)

    def link_returned(self) -> None:
        """Answers that were due before a silence never come: ask at once."""
        self._answer_due = None
        self._not_before = 0.0
        self._pause_s = self._limits.pause_s

    def partner_began_anew(self) -> None:
        """The partner's node started again. What it stored is fetched; what is held here it may have lost with the
        power, and its numbers then stand for something else."""
        self._held.clear()
        self._held_octets = 0
        self._shown.clear()
        self.link_returned()

    def skip_to(self, sequence: int, now: float) -> None:
        """A person accepts that everything before this sequence is not delivered here."""
        if sequence <= self._health.delivered + 1:
            return
        _LOG.warning("link with %s: %d to %d given up", self._owner, self._health.delivered + 1, sequence - 1)
        self._health.delivered = sequence - 1
        self._health.blocked_at = None
        self._held = {number: kept for number, kept in self._held.items() if number >= sequence}
        self._held_octets = sum(map(len, self._held.values()))
        self.link_returned()
        self._take_held(now)

    def _take_held(self, now: float) -> None:
        while (following := self._held.pop(self._health.delivered + 1, None)) is not None:
            self._held_octets -= len(following)
            if not self._take(self._health.delivered + 1, following, now):
                return

    def _take(self, sequence: int, envelope: bytes, now: float) -> bool:
        """Deliver the next in turn, which was checked."""
        health = self._health
        try:
            self._deliver(self._owner, sequence, envelope)
        except Exception as error:
            health.undelivered += 1
            _LOG.error("link with %s: %d could not be delivered: %s", self._owner, sequence, error)
            self._fails = True
            self._wait(now)
            return False
        self._fails = False
        health.delivered = sequence
        health.blocked_at = None
        self._shown.discard(sequence)
        return True

    def _hold(self, sequence: int, envelope: bytes) -> None:
        limits = self._limits
        if len(self._held) >= limits.held_messages or self._held_octets + len(envelope) > limits.held_octets:
            self._health.dropped += 1
            return
        self._held[sequence] = envelope
        self._held_octets += len(envelope)

    def _show_ahead(self, kind: str, sequence: int, envelope: bytes) -> None:
        """A warning does not wait for bulk that must be fetched first. It is delivered again in its turn."""
        if self._ahead is None or kind not in URGENT or sequence in self._shown:
            return
        if len(self._shown) < self._limits.held_messages:
            self._shown.add(sequence)
            self._health.ahead += 1
            self._ahead(self._owner, sequence, envelope)

    def _block(self, sequence: int, why: str) -> None:
        if self._health.blocked_at != sequence:
            _LOG.error("link with %s: %d cannot be delivered: %s", self._owner, sequence, why)
        self._health.blocked_at = sequence

    def _wait(self, now: float) -> None:
        self._answer_due = None
        if self._fails:
            self._not_before = now + self._limits.undelivered_pause_s
            return
        self._not_before = now + self._pause_s
        self._pause_s = min(2 * self._pause_s, self._limits.longest_pause_s)
