"""What crosses between two nations, and the figures of one link.

Everything is on `rel.<from>.<to>.<word>`. A kind of record as the word carries one sealed envelope, live. `pulse` says
that the sender is alive and how far it is, `read` asks for what is stored, `replay` and `replayed` answer that.
`recall` asks for what the receiver holds of the sender's own, `return` and `returned` answer that.
"""

from __future__ import annotations

import struct
from typing import Any, get_args

import msgspec

from nadhir.model.records import RecordKind
from nadhir.model.unreadable import UNREADABLE

URGENT: frozenset[str] = frozenset({"warning", "launch", "impact"})
"""Kinds that are shown ahead of their turn when something before them is still to be fetched."""

KINDS: tuple[str, ...] = get_args(RecordKind)

PULSE, READ, REPLAY, REPLAYED = "pulse", "read", "replay", "replayed"
RECALL, RETURN, RETURNED = "recall", "return", "returned"

_HEAD = struct.Struct(">Q")


class DamagedError(ValueError):
    """Bytes that are none of these messages."""


class Pulse(msgspec.Struct, frozen=True, array_like=True):
    """Sent a few times a second. `stored`: the sender's newest stored sequence for the receiver; `delivered`: how far
    the sender has taken the receiver's; `note`: small signed matter of another room, such as the head of a log;
    `start`: names the sender's start, `heard`: the receiver's start that the sender has heard of last (0: none)."""

    stored: int
    delivered: int
    note: bytes = b""
    start: int = 0
    heard: int = 0


class Read(msgspec.Struct, frozen=True, array_like=True):
    """Please send from this sequence on, at most so much of it: what you stored for me, or hold of mine."""

    from_sequence: int
    messages: int
    octets: int


class Replayed(msgspec.Struct, frozen=True, array_like=True):
    """A read is answered: so many were sent, the first of them with this sequence."""

    from_sequence: int
    sent: int
    first: int


def subject(sender: str, receiver: str, word: str) -> str:
    """Where a nation says something to another."""
    return f"rel.{sender}.{receiver}.{word}"


def frame(sequence: int, envelope: bytes) -> bytes:
    """An envelope with its sequence before it (eight bytes, big endian): a hint that lets the receiver drop what it has
    before it verifies anything. The sequence that counts is the one in the signed payload."""
    return _HEAD.pack(sequence) + envelope


def unframe(data: bytes) -> tuple[int, bytes]:
    """Sequence and envelope; raises `DamagedError`."""
    if len(data) < _HEAD.size:
        raise DamagedError("shorter than its sequence")
    return _HEAD.unpack_from(data)[0], data[_HEAD.size :]


_PULSE, _READ, _REPLAYED = (msgspec.msgpack.Decoder(kind) for kind in (Pulse, Read, Replayed))
encode = msgspec.msgpack.Encoder().encode


def decode_pulse(data: bytes) -> Pulse:
    """Raises `DamagedError`."""
    pulse: Pulse = _decoded(_PULSE, data)
    return pulse


def decode_read(data: bytes) -> Read:
    """Raises `DamagedError`."""
    read: Read = _decoded(_READ, data)
    return read


def decode_replayed(data: bytes) -> Replayed:
    """Raises `DamagedError`."""
    replayed: Replayed = _decoded(_REPLAYED, data)
    return replayed


def _decoded(decoder: Any, data: bytes) -> Any:
    try:
        return decoder.decode(data)
    except UNREADABLE as error:
        raise DamagedError(str(error)) from error


class LinkHealth(msgspec.Struct):
    """Counters and gauges of one link, for metrics and `nadhir status`. Times in seconds."""

    connected: bool = False
    """Heard from the partner within the last moments."""
    silent_s: float = 0.0
    """Since the partner was last heard."""
    resumed_s: float | None = None
    """After the last silence: from the first word heard until everything missed was delivered."""

    queued: int = 0
    """Waiting for a number and a seal."""
    unstored: int = 0
    """Sealed, and not yet known to be on the disk."""
    taken_back: int = 0
    """Own envelopes that our log had lost, with the power say, and got back from the partner."""
    stored: int = 0
    """Newest sequence that the disk holds in our log: what the partner lacks up to there it can ask for."""
    acknowledged: int = 0
    """Newest sequence that the partner says it has delivered."""
    shed: int = 0
    """Records given up before they had a number, because the queue of their kind was full."""
    reads_served: int = 0
    unreadable: str = ""
    """Why our log cannot be read where the partner asks for it: needs a person. Empty when it can."""

    delivered: int = 0
    """Newest sequence of the partner that was delivered here."""
    offered: int = 0
    """Newest sequence of the partner that is known to exist."""
    ahead: int = 0
    """Urgent envelopes that were shown before their turn."""
    gaps: int = 0
    refetched: int = 0
    """Delivered from a replay."""
    duplicates: int = 0
    refused: int = 0
    """Damaged, or not accepted by the check."""
    blocked_at: int | None = None
    """A sequence that cannot be delivered, as it is refused or no longer stored: needs a person."""
    undelivered: int = 0
    """Attempts that failed on our side (our store is full, say); they are fetched again."""
    dropped: int = 0
    """Live messages that found the bus's queue or our own full; they are fetched again."""
    throttled: int = 0
    """Times the partner was over its quota and not listened to for a while."""
    resets: int = 0
    """Times the watchdog had the link dialled anew."""
    error: str = ""
    """What keeps the outbound side waiting now; empty when nothing does."""
