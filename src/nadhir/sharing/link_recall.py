"""Taking back what a partner holds of ours and our own log lost, as it may with the power.

An envelope is sent live before the disk has it. After a loss of power, or where the log was put back from a backup, the
partner may hold envelopes that our log lacks, and to number on from there would give one number to two releases. So
nothing is numbered until the partner has said, in answer to this start of ours, how far it is, and has given back what
is missing: our own signed bytes, verified as ours.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable

from nadhir.sharing.link_messages import LinkHealth, Pulse, Read, Replayed, unframe

_LOG = logging.getLogger(__name__)

TakeBack = Callable[[int, bytes], None]
"""Verifies an envelope of ours and puts it into our log as this sequence; raises what is wrong with it."""

_ANSWERED_WITHIN_S = 2.0
_MESSAGES, _OCTETS = 1_000, 256 << 10


class Recall:
    """The owner's side. `size`: entries in our log for the partner; `is_whole`: nothing of it can have been lost;
    `found_whole` hears once that nothing is missing any more."""

    def __init__(
        self, size: int, is_whole: bool, take_back: TakeBack, found_whole: Callable[[], None], health: LinkHealth
    ) -> None:
        self.start = secrets.randbits(62) + 1
        """Names this start of ours on every pulse; a partner's answer to it comes after all that we said before."""
        self.size = size
        self.whole = asyncio.Event()
        """Set once our log holds all that the partner does."""
        self._take_back = take_back
        self._found_whole = found_whole
        self._health = health
        self._partner_holds: int | None = None
        self._ask_at = 0.0
        if is_whole:
            self.whole.set()

    def pulse(self, pulse: Pulse) -> None:
        """The partner says how far it has our envelopes. What it says of an earlier start of ours does not count."""
        if pulse.heard == self.start and not self.whole.is_set():
            self._partner_holds = pulse.delivered
            self._look()

    def next_read(self, now: float) -> Read | None:
        """What to ask back now, if anything."""
        if self.whole.is_set() or self._partner_holds is None or now < self._ask_at:
            return None
        self._ask_at = now + _ANSWERED_WITHIN_S
        return Read(self.size + 1, _MESSAGES, _OCTETS)

    def returned(self, data: bytes) -> None:
        """One framed envelope of ours. Raises DamagedError, or what `take_back` says against it."""
        sequence, envelope = unframe(data)
        if sequence == self.size + 1 and not self.whole.is_set():
            self._take_back(sequence, envelope)
            self.size = sequence
            self._health.taken_back += 1
            self._look()

    def answered(self, answer: Replayed) -> None:
        """All was said for now: ask on at once where it brought something."""
        if answer.sent and self.size >= answer.from_sequence:
            self._ask_at = 0.0

    def _look(self) -> None:
        if self._partner_holds is not None and self.size >= self._partner_holds:
            if self._health.taken_back:
                _LOG.warning("%d releases that our log had lost were taken back", self._health.taken_back)
            self._found_whole()
            self.whole.set()
