"""Files of a log: segments of framed entries, read without trusting them.

A segment begins with what came before it (its first sequence and the complete subtrees of the Merkle tree up to there)
and holds frames: sequence, length, leaf hash (RFC 9162), entry. The leaf hash is the checksum too, so one hash serves
both reading and proof. What is no good frame is passed over to the next one that is, and reported with its place: a
reader decides whether it is the torn end of a write or damage.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from nadhir.sharing.merkle import Frontier, leaf_hash

_HEAD = struct.Struct("<4sIQ")
_HEAD_MAGIC = b"NdS1"
_FRAME = struct.Struct("<4sIQ32s")
_FRAME_MAGIC = b"NdE1"
LARGEST_ENTRY_BYTES = 16 << 20


class Frame(NamedTuple):
    """A whole entry and where it stands in its file."""

    sequence: int
    offset: int
    leaf: bytes
    data: bytes


class Damage(NamedTuple):
    """Bytes from `offset` to `end` of a file that are no frame."""

    offset: int
    end: int


class Segment(NamedTuple):
    """A segment file: the tree before it (None where its head cannot be read) and where its frames begin."""

    path: Path
    before: Frontier | None
    start: int


def frame(sequence: int, leaf: bytes, entry: bytes) -> bytes:
    """The bytes of one frame."""
    return _FRAME.pack(_FRAME_MAGIC, len(entry), sequence, leaf) + entry


def segment_head(before: Frontier) -> bytes:
    """The first bytes of a segment: the tree before it, with a checksum."""
    head = _HEAD.pack(_HEAD_MAGIC, len(before.roots), before.size) + b"".join(before.roots)
    return head + hashlib.sha256(head).digest()


def segment_path(folder: Path, first: int) -> Path:
    """The file that begins with this sequence."""
    return folder / f"{first:020d}.log"


def segment_paths(folder: Path) -> list[Path]:
    """All segments of a log in order."""
    return sorted(folder.glob("*.log"))


def first_sequence(path: Path) -> int:
    """The sequence with which a segment begins, by its name."""
    return int(path.stem)


def read_segment(path: Path) -> tuple[Segment, bytes]:
    """Head and whole content of a segment."""
    content = path.read_bytes()
    if len(content) < _HEAD.size:
        return Segment(path, None, 0), content
    magic, count, size = _HEAD.unpack_from(content)
    end = _HEAD.size + 32 * count
    head = content[:end]
    if magic != _HEAD_MAGIC or size.bit_count() != count or content[end : end + 32] != hashlib.sha256(head).digest():
        return Segment(path, None, 0), content
    roots = [head[place : place + 32] for place in range(_HEAD.size, end, 32)]
    return Segment(path, Frontier(size, roots), end + 32), content


def frames(content: bytes, start: int, first: int = 0) -> Iterator[Frame | Damage]:
    """Frames of a segment's content, and the stretches between them that are none, in order.

    With `first`, frames before that sequence are passed over unread until it comes.
    """
    offset = start
    while offset < len(content):
        frame_or_none, end = _frame_at(content, offset, first)
        if end:
            if frame_or_none:
                first = 0
                yield frame_or_none
            offset = end
            continue
        resumed = offset
        while not end:
            resumed = content.find(_FRAME_MAGIC, resumed + 1)
            if resumed < 0:
                resumed = len(content)
                break
            _, end = _frame_at(content, resumed, 0)
        yield Damage(offset, resumed)
        offset = resumed


def _frame_at(content: bytes, offset: int, first: int) -> tuple[Frame | None, int]:
    """The frame at an offset and its end; no end where there is none. Those before `first` are passed unread."""
    begin = offset + _FRAME.size
    if begin > len(content):
        return None, 0
    magic, length, sequence, leaf = _FRAME.unpack_from(content, offset)
    end = begin + length
    if magic != _FRAME_MAGIC or end > len(content):
        return None, 0
    if sequence < first:
        return None, end
    data = content[begin:end]
    return (Frame(sequence, offset, leaf, data), end) if leaf_hash(data) == leaf else (None, 0)
