"""One nation's end of the link with one partner: what it sends, what it takes, and whether the link lives.

Both halves ride on one subscription and one pulse. Nothing of a partner is waited for, and everything that waits is
bounded: a slow, silent or flooding partner costs nobody else anything.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable

import msgspec

from nadhir.bus import Bus, BusError, Message, Reset, Subscription
from nadhir.model.records import RecordKind
from nadhir.sharing.envelope import LARGEST_BYTES
from nadhir.sharing.link_in import Check, Deliver, Inbound, InTime, ReadLimits
from nadhir.sharing.link_messages import (
    KINDS,
    PULSE,
    READ,
    RECALL,
    REPLAY,
    REPLAYED,
    RETURN,
    RETURNED,
    DamagedError,
    LinkHealth,
    Pulse,
    decode_pulse,
    decode_read,
    decode_replayed,
    encode,
    subject,
)
from nadhir.sharing.link_out import Outbound, Seal, Secure, SendLimits
from nadhir.sharing.link_recall import Recall, TakeBack
from nadhir.sharing.link_replay import Entries, Replays

_LOG = logging.getLogger(__name__)

_LONGEST_S = 60.0

Dial = Callable[[bool], Awaitable[Reset]]
"""Has a silent link dialled anew; told whether the partner was heard since the last time."""


class LinkSettings(msgspec.Struct, frozen=True):
    """Times in seconds, quotas a second."""

    pulse_s: float = 0.25
    silent_s: float = 1.5
    """So long without a word, and the watchdog has the link dialled anew; then after twice as long, and so on."""
    away_s: float = 0.5
    """How often the watchdog looks for a partner that is away."""
    messages_per_s: float = 5_000.0
    """Inbound quota; twice as much may come at once."""
    octets_per_s: float = 16e6
    mute_s: float = 1.0
    """A partner over its quota is not listened to for so long, then twice as long, and so on, up to a minute."""
    queue: int = 20_000
    """Messages that may wait between the bus and us."""
    send: SendLimits = SendLimits()
    read: ReadLimits = ReadLimits()


class Quota:
    """Token bucket that holds two seconds' worth."""

    def __init__(self, messages_per_s: float, octets_per_s: float) -> None:
        self._messages_per_s, self._octets_per_s = messages_per_s, octets_per_s
        self._messages, self._octets = 2 * messages_per_s, 2 * octets_per_s
        self._at = 0.0

    def take(self, octets: int, now: float) -> bool:
        """Count one message; False when it is over the quota."""
        self._refill(now)
        self._messages -= 1
        self._octets -= octets
        return self._messages >= 0 and self._octets >= 0

    def to_ask_for(self, now: float) -> tuple[int, int]:
        """Messages and bytes that may be asked for now: half of what is left, since what comes live meanwhile counts
        too, and nothing where one large envelope could be too much."""
        self._refill(now)
        if self._octets < min(2 * LARGEST_BYTES, self._octets_per_s):
            return 0, 0
        return int(max(self._messages, 0) / 2), int(self._octets / 2)

    def _refill(self, now: float) -> None:
        elapsed_s, self._at = now - self._at, now
        self._messages = min(self._messages + self._messages_per_s * elapsed_s, 2 * self._messages_per_s)
        self._octets = min(self._octets + self._octets_per_s * elapsed_s, 2 * self._octets_per_s)


async def _secured() -> None:
    """Where nothing has to be made sure of."""


def _nothing_back(sequence: int, envelope: bytes) -> None:
    raise ValueError(f"{sequence} was never ours")


class Link:
    """`run` it; `offer` it records; look at `health`.

    `check` verifies an envelope and gives owner and sequence. `in_time` says whether one that came live and was just
    checked may be taken as such; if not, it is fetched. `deliver` gets the partner's envelopes from `delivered`
    + 1 on, in order and exactly once, and stores each before it returns. `ahead` gets an urgent one at once when
    something before it must still be fetched; it is delivered again in its turn. `log` reads the owner's log, from
    which the partner gets what it asks for; it holds `sealed` entries, and `is_whole` says that it cannot have lost
    any. Where it may have, `take_back` gets what the partner gives back, and `found_whole` hears when that is all.
    `held` reads what we hold of the partner's, should it ask for that. `secure` makes sure of what was sealed: the
    partner is given nothing from the log before it returns. `stored` hears, in order, which sequences are durable,
    `acknowledged` how far the partner has delivered, `shed` what was given up. `reset` has the link dialled anew.
    """

    def __init__(
        self,
        bus: Bus,
        me: str,
        partner: str,
        *,
        check: Check,
        deliver: Deliver,
        delivered: int,
        in_time: InTime = lambda envelope: True,
        ahead: Deliver | None = None,
        sealed: int = 0,
        is_whole: bool = True,
        take_back: TakeBack = _nothing_back,
        found_whole: Callable[[], None] = lambda: None,
        held: Entries = lambda first: iter(()),
        secure: Secure = _secured,
        stored: Callable[[int], None] = lambda sequence: None,
        acknowledged: Callable[[int], None] = lambda sequence: None,
        shed: Callable[[RecordKind, Seal], None] = lambda kind, seal: None,
        log: Entries = lambda first: iter(()),
        on_note: Callable[[bytes], None] = lambda note: None,
        reset: Dial | None = None,
        settings: LinkSettings | None = None,
    ) -> None:
        self.health = LinkHealth()
        self.note = b""
        """Small signed matter that rides on our pulse, such as the head of our log; `on_note` gets the partner's."""
        settings = settings or LinkSettings()
        self._bus = bus
        self._me = me
        self._partner = partner
        self._settings = settings
        self._acknowledged = acknowledged
        self._on_note = on_note
        self._reset = reset
        self._in = Inbound(
            partner, delivered, check, deliver, self.health, in_time=in_time, ahead=ahead, limits=settings.read
        )
        self._recall = Recall(sealed, is_whole, take_back, found_whole, self.health)
        self._out = Outbound(
            bus,
            me,
            partner,
            self.health,
            secure=secure,
            stored=stored,
            shed=shed,
            recall=self._recall,
            limits=settings.send,
        )
        self._replays = Replays(bus, me, partner, (REPLAY, REPLAYED), log, self._out.stored_to)
        self._returns = Replays(bus, me, partner, (RETURN, RETURNED), held, self._delivered_to)
        self._quota = Quota(settings.messages_per_s, settings.octets_per_s)
        self._subscription: Subscription | None = None
        self._dropped = 0
        self._muted = False
        self._listen_from = 0.0
        self._mute_s = settings.mute_s
        self._heard_at = 0.0
        self._returned_at: float | None = None
        self._missed_to: int | None = None
        self._reset_at = 0.0
        self._patience_s = settings.silent_s
        self._partner_note = b""
        self._partner_start = 0
        self._pulse_at = 0.0
        self._nudge = asyncio.Event()

    def offer(self, kind: RecordKind, seal: Seal) -> None:
        """Queue a record for the partner; `seal` makes its envelope once its sequence is known."""
        self._out.offer(kind, seal)

    def skip_to(self, sequence: int) -> None:
        """A person accepts that everything of the partner before this sequence is not delivered here."""
        self._in.skip_to(sequence, self._now())

    async def run(self) -> None:
        """Work until cancelled."""
        settings, health = self._settings, self.health
        self._heard_at = self._reset_at = self._now()
        sending = asyncio.create_task(self._out.run())
        resetting: asyncio.Task[None] | None = None
        try:
            while not sending.done():
                now = self._now()
                with contextlib.suppress(BusError):
                    await self._listen_or_not(now)
                    if now >= self._pulse_at:
                        self._pulse_at = now + settings.pulse_s
                        pulse = Pulse(
                            health.stored, health.delivered, self.note, self._recall.start, self._partner_start
                        )
                        self._say(PULSE, encode(pulse))
                    if (read := self._in.next_read(now, *self._quota.to_ask_for(now))) is not None:
                        self._say(READ, encode(read))
                    if (read := self._recall.next_read(now)) is not None:
                        self._say(RECALL, encode(read))
                self._gauge(now)
                if self._reset is not None and self._is_stuck(now) and (resetting is None or resetting.done()):
                    resetting = asyncio.create_task(self._dial_anew(self._reset))
                self._nudge.clear()
                # `wait_for` would swallow a cancellation that comes with a nudge (Python 3.11): a node would not end.
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(max(self._pulse_at - self._now(), 0.01)):
                        await self._nudge.wait()
            sending.result()
        finally:
            sending.cancel()
            self._replays.stop()
            self._returns.stop()
            if resetting is not None:
                resetting.cancel()
            if self._subscription is not None:
                await self._subscription.close()

    async def _delivered_to(self, sequence: int) -> int:
        return self.health.delivered

    async def _listen_or_not(self, now: float) -> None:
        if self._muted and self._subscription is not None:
            subscription, self._subscription = self._subscription, None
            await subscription.close()
        elif self._subscription is None and now >= self._listen_from:
            self._muted = False
            self._dropped = 0
            pattern = subject(self._partner, self._me, "*")
            self._subscription = await self._bus.subscribe(pattern, self._on_message, limit=self._settings.queue)
            self._heard_at = self._now()

    def _say(self, word: str, data: bytes) -> None:
        self._bus.publish(subject(self._me, self._partner, word), data)

    def _on_message(self, message: Message) -> None:
        now = self._now()
        if self._muted:
            return
        if not self._quota.take(len(message.data), now):
            self._mute(now)
            return
        if not self.health.connected:
            self._on_return(now)
        self._heard_at = now
        word = message.subject.rpartition(".")[2]
        try:
            if word in KINDS or word == REPLAY:
                self._in.envelope(word, message.data, now, replayed=word == REPLAY)
            elif word == PULSE:
                self._on_pulse(decode_pulse(message.data))
            elif word == READ:
                self._replays.serve(decode_read(message.data))
            elif word == REPLAYED:
                self._in.replayed(decode_replayed(message.data), now)
            elif word == RECALL:
                self._returns.serve(decode_read(message.data))
            elif word == RETURN:
                self._take_back(message.data)
            elif word == RETURNED:
                self._recall.answered(decode_replayed(message.data))
                self._nudge.set()
        except DamagedError:
            self.health.refused += 1
        self._gauge_return(now)
        if self._in.is_behind(now):
            self._nudge.set()

    def _take_back(self, data: bytes) -> None:
        try:
            self._recall.returned(data)
        except DamagedError:
            raise
        except Exception as error:
            self.health.refused += 1
            _LOG.error("link with %s: what it gave back is not taken: %s", self._partner, error)

    def _on_pulse(self, pulse: Pulse) -> None:
        if pulse.start != self._partner_start:
            self._partner_start = pulse.start
            self._in.partner_began_anew()
            # It may be waiting for our answer.
            self._pulse_at = 0.0
            self._nudge.set()
        self._recall.pulse(pulse)
        self._in.pulse(pulse)
        if self._missed_to is None:
            self._missed_to = pulse.stored
        # What a partner says of itself is not believed beyond what we sent.
        if self.health.acknowledged < pulse.delivered <= self.health.stored:
            self.health.acknowledged = pulse.delivered
            self._acknowledged(pulse.delivered)
        if pulse.note != self._partner_note:
            self._partner_note = pulse.note
            self._on_note(pulse.note)

    def _mute(self, now: float) -> None:
        """Over its quota: let the server drop what it sends. It is stored there, and fetched at our pace."""
        self._muted = True
        self._mute_s = (
            min(2 * self._mute_s, _LONGEST_S) if now < self._listen_from + _LONGEST_S else self._settings.mute_s
        )
        self._listen_from = now + self._mute_s
        self.health.throttled += 1
        _LOG.warning("link with %s: over its quota, not heard for %.1f s", self._partner, self._mute_s)
        self._nudge.set()

    def _on_return(self, now: float) -> None:
        self.health.connected = True
        self._returned_at, self._missed_to = now, None
        self._patience_s = self._settings.silent_s
        self._in.link_returned()

    def _gauge_return(self, now: float) -> None:
        if self._returned_at is not None and self._missed_to is not None and self.health.delivered >= self._missed_to:
            self.health.resumed_s = now - self._returned_at
            self._returned_at = None

    def _gauge(self, now: float) -> None:
        health = self.health
        health.silent_s = now - self._heard_at
        health.reads_served = self._replays.served
        health.unreadable = self._replays.failure
        health.connected = health.connected and health.silent_s < 3 * self._settings.pulse_s
        if self._subscription is not None:
            health.dropped += self._subscription.dropped - self._dropped
            self._dropped = self._subscription.dropped

    def _is_stuck(self, now: float) -> bool:
        return not self._muted and min(now - self._heard_at, now - self._reset_at) > self._patience_s

    async def _dial_anew(self, reset: Dial) -> None:
        heard, self._reset_at = self._heard_at > self._reset_at, self._now()
        done = await reset(heard)
        self._reset_at = self._now()
        if done == "nothing":
            self._patience_s = self._settings.away_s
            return
        self._patience_s = min(2 * max(self._patience_s, self._settings.silent_s), _LONGEST_S)
        self.health.resets += 1
        _LOG.info("link with %s is silent; %s", self._partner, done)

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()
