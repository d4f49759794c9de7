"""What reached a node and when, in its own log: lines, ticks, partners' releases; and what was decided on what came of
it. Its state is rebuilt from that.

Rebuilding begins at most two hours of the node's time back, or where an exercise was begun anew: what was not seen any
more for longer is not known after a restart, and what is still tracked is found again by its next detections.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

import msgspec

from nadhir.model import EndReason, WarningProduct
from nadhir.model.unreadable import UNREADABLE
from nadhir.sharing.decisions import Decision
from nadhir.sharing.log import Log, read_log
from nadhir.sharing.segments import first_sequence, segment_paths

REBUILT_S = 7200.0


class LineInput(msgspec.Struct, frozen=True, array_like=True, tag="line"):
    """A line of own detections, as it came. `at` is the node's time, Unix seconds."""

    at: float
    line: bytes


class TickInput(msgspec.Struct, frozen=True, array_like=True, tag="tick"):
    """A whole second of the node's time."""

    at: float


class ReleaseInput(msgspec.Struct, frozen=True, array_like=True, tag="release"):
    """A partner's release; its bytes are in the log of that owner."""

    at: float
    owner: str
    sequence: int


class BeginInput(msgspec.Struct, frozen=True, array_like=True, tag="begin"):
    """An exercise begins anew: nothing of before counts any more."""

    at: float


class EndInput(msgspec.Struct, frozen=True, array_like=True, tag="end"):
    """A person ended a warning."""

    at: float
    warning: str
    reason: EndReason


class ReissueInput(msgspec.Struct, frozen=True, array_like=True, tag="reissue"):
    """A person said again what was ended by mistake."""

    at: float
    warning: str


class WordedInput(msgspec.Struct, frozen=True, array_like=True, tag="worded"):
    """A warning that a person worded went out, or went on."""

    at: float
    product: WarningProduct


class DecidedInput(msgspec.Struct, frozen=True, array_like=True, tag="decided"):
    """What the node decided on release. It stands, whatever the rules say when the state is rebuilt."""

    at: float
    decisions: tuple[Decision, ...]


Input = LineInput | TickInput | ReleaseInput | BeginInput | EndInput | ReissueInput | WordedInput | DecidedInput

_encoder = msgspec.msgpack.Encoder()
_decoder: msgspec.msgpack.Decoder[Input] = msgspec.msgpack.Decoder(Input)


def write(log: Log, entry: Input) -> None:
    """Store one input. Raises LogError."""
    log.append(_encoder.encode(entry))


def read_inputs(folder: Path) -> list[tuple[int, Input]]:
    """Inputs from which the state is rebuilt, oldest first, with their sequences."""
    found: list[tuple[int, Input]] = []
    for entries in newest_first(folder):
        found = list(_inputs(entries)) + found
        if found and (found[0][1].at < found[-1][1].at - REBUILT_S or _begin(found)):
            break
    oldest = found[-1][1].at - REBUILT_S if found else 0.0
    return [entry for entry in found[_begin(found) :] if entry[1].at >= oldest]


def read_decisions(log: Log, first: int) -> Iterator[tuple[int, tuple[Decision, ...]]]:
    """Decisions that stand in the own log from a sequence on, with the sequences of their entries."""
    for sequence, entry in _inputs(log.read(first)):
        if isinstance(entry, DecidedInput):
            yield sequence, entry.decisions


def newest_first(folder: Path) -> Iterator[list[tuple[int, bytes]]]:
    """A log's entries with their sequences, file by file from the newest, each file from its beginning."""
    until: int | None = None
    for path in reversed(segment_paths(folder)):
        first = first_sequence(path)
        entries = read_log(folder, first)
        yield list(entries if until is None else islice(entries, until - first))
        until = first


def _begin(found: list[tuple[int, Input]]) -> int:
    """Index of the last beginning; 0 without one."""
    return next((i for i in range(len(found) - 1, -1, -1) if isinstance(found[i][1], BeginInput)), 0)


def _inputs(entries: Iterable[tuple[int, bytes]]) -> Iterator[tuple[int, Input]]:
    for sequence, entry in entries:
        try:
            yield sequence, _decoder.decode(entry)
        except UNREADABLE:
            continue  # A release of own records, which stands in the same log.
