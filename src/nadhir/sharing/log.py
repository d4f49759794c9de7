"""Append-only logs of exact bytes: one for each (owner, partner), and a node's own complete one.

An entry counts as stored when `append` returns (with `fsync="always"` it is then on the disk) and not before: a write
that fails is taken back, and one that a crash cut short is set aside when the log is opened again. Each log is a Merkle
tree of its own with sequences of its own, so that a partner who holds one learns nothing of what was withheld from it.

File I/O is synchronous. A log has one writer, which a lock ensures; anybody may read at the same time.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import itertools
import os
import secrets
import time
from array import array
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Literal, NamedTuple, Self

from nadhir.sharing.files import sync_folder
from nadhir.sharing.merkle import Frontier, leaf_hash
from nadhir.sharing.segments import (
    LARGEST_ENTRY_BYTES,
    Damage,
    Frame,
    first_sequence,
    frame,
    frames,
    read_segment,
    segment_head,
    segment_path,
    segment_paths,
)

Fsync = Literal["always", "called"]

_disk = ThreadPoolExecutor(4, thread_name_prefix="fsync")
"""Waits for the disk where nobody else has to: a loaded disk takes many milliseconds for one fsync."""

_BOOT = Path("/proc/sys/kernel/random/boot_id")
_CLOSED, _UNSURE = "closed", "unsure"


class _Flush(NamedTuple):
    """An fsync on its way, and how many entries it covers."""

    size: int
    done: Future[None]


class LogError(Exception):
    """A log that cannot be written; the message says why and what to do."""


class LogDamaged(LogError):  # noqa: N818 (a state of the log, named as people name it)
    """Stored entries are not as they were written."""


def log_name(owner: str, partner: str) -> str:
    """Name of the log of what an owner released to a partner; a node's own complete log has itself as partner."""
    return f"{owner}-to-{partner}"


class Log:
    """One log, open for appending. Sequences count from 1 without gaps.

    `fsync="always"` puts each append on the disk before it returns; append many at once and they share the wait.
    `fsync="called"` leaves it to `sync`, `sync_beside` and `flush_beside`; `durable` says how far it is.
    Raises LogError where another process writes it, LogDamaged where entries are missing or altered.
    """

    def __init__(
        self,
        folder: Path,
        *,
        fsync: Fsync = "always",
        interval_s: float = 0.2,
        segment_bytes: int = 16 << 20,
    ) -> None:
        self.folder = folder
        self.torn_bytes = 0
        """What a crash had left of an unfinished write, set aside when the log was opened."""
        self.failure: str | None = None
        """Why the last append was not stored, until one is."""
        self._fsync = fsync
        self._interval_s = interval_s
        self._segment_bytes = segment_bytes
        self._broken = False
        self._tree = Frontier()
        self._file = -1
        self._end = 0
        self._first = 1
        """Sequence with which the last segment begins, and where in it each entry does."""
        self._places = array("Q")
        self._flush: _Flush | None = None
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._boot = _boot()
            self.is_whole = self._marked() in (_CLOSED, self._boot)
            """Whether everything that was ever appended is surely there: the log was closed, or the machine has not
            started anew since. Not so after a loss of power, a failed fsync, where it is new, or a copy put back."""
            self._mark(self._boot if self.is_whole else _UNSURE)
            os.fsync(self._lock)
            self._open()
        except BlockingIOError:
            os.close(self._lock)
            raise LogError(f"{folder} is written by another process: stop it first") from None
        except OSError as error:
            os.close(self._lock)
            raise LogError(f"{folder} cannot be opened: {error}") from None
        except LogError:
            os.close(self._lock)
            raise
        self.durable = self.size
        self._synced = time.monotonic()

    @property
    def size(self) -> int:
        """Number of entries, which is the sequence of the last."""
        return self._tree.size

    def root(self) -> bytes:
        """Merkle tree hash over all entries."""
        return self._tree.root()

    def append(self, entry: bytes) -> int:
        """Store one entry; returns its sequence. Raises LogError, and then nothing was stored."""
        leaf = leaf_hash(entry)
        return self._store((frame(self._tree.size + 1, leaf, entry),), (leaf,), len(entry))

    def append_all(self, entries: Sequence[bytes]) -> int:
        """Store entries, all or none, with one wait for the disk; returns the sequence of the last."""
        leaves = [leaf_hash(entry) for entry in entries]
        framed = tuple(map(frame, itertools.count(self._tree.size + 1), leaves, entries))
        return self._store(framed, leaves, max(map(len, entries), default=0))

    def _store(self, framed: Sequence[bytes], leaves: Sequence[bytes], largest: int) -> int:
        if self._broken:
            raise LogError(f"{self.folder} failed ({self.failure}): see to the disk and start the node again")
        if largest > LARGEST_ENTRY_BYTES:
            raise LogError(f"an entry is above {LARGEST_ENTRY_BYTES} bytes: it is not stored")
        written = b"".join(framed)
        try:
            if self._end >= self._segment_bytes:
                self.sync()
                self._begin_segment()
            if (done := os.write(self._file, written)) < len(written):
                _write_all(self._file, written[done:])
        except OSError as error:
            raise self._taken_back(error) from None
        waits = self._fsync == "always"
        if waits:
            try:
                os.fsync(self._file)
            except OSError as error:
                # Nobody knows now which pages reached the disk, this append's or earlier ones.
                self._not_on_disk(error)
                raise self._taken_back(error) from None
        tree = self._tree
        for one, leaf in zip(framed, leaves, strict=True):
            self._places.append(self._end)
            self._end += len(one)
            tree.append(leaf)
        self.failure = None
        if waits:
            self.durable = tree.size
        return tree.size

    def sync(self) -> None:
        """Put all entries on the disk. Raises LogError: after that it is not known what is there, and nothing is
        appended until the log is opened again."""
        self._await_flush()
        if self._broken:
            # Another fsync would succeed and say nothing of what the first one lost.
            raise LogError(f"{self.folder} did not reach the disk ({self.failure}): start the node again")
        if self.durable == self.size:
            return
        try:
            os.fsync(self._file)
        except OSError as error:
            raise self._not_on_disk(error) from None
        self.durable = self.size
        self._synced = time.monotonic()

    def found_whole(self) -> None:
        """Somebody else's copy was held against this log, and it lacks nothing."""
        self.is_whole = True
        self._mark(self._boot)

    async def sync_beside(self) -> None:
        """As `sync` for what is stored by now, while the event loop goes on."""
        size = self.size
        while self.durable < size and not self._broken:
            if self._flush is None:
                self._flush = _Flush(self.size, _disk.submit(os.fsync, self._file))
            with contextlib.suppress(OSError):
                await asyncio.shield(asyncio.wrap_future(self._flush.done))
            self._await_flush()
        if self.durable < size:
            self.sync()

    def flush_beside(self) -> None:
        """Have the disk take what is stored while the caller goes on, `interval_s` after the last time. Where that
        fails `failure` says so, and nothing more is appended."""
        with contextlib.suppress(LogError):
            if self._flush is not None and self._flush.done.done():
                self._await_flush()
            now = time.monotonic()
            is_due = self.durable < self.size and now - self._synced >= self._interval_s
            if is_due and self._flush is None and not self._broken:
                self._synced = now
                self._flush = _Flush(self.size, _disk.submit(os.fsync, self._file))

    def _await_flush(self) -> None:
        flush, self._flush = self._flush, None
        if flush is None:
            return
        try:
            flush.done.result()
        except OSError as error:
            raise self._not_on_disk(error) from None
        self.durable = flush.size

    def _not_on_disk(self, error: OSError) -> LogError:
        self._broken = True
        self.failure = error.strerror
        self._mark(_UNSURE)
        return LogError(f"{self.folder} did not reach the disk: {error.strerror}")

    def read(self, first: int = 1) -> Iterator[tuple[int, bytes]]:
        """Entries from a sequence on, to the last that is stored when this is called. They may be taken in another
        thread. Raises LogDamaged, as they are taken, where stored entries are missing or altered."""
        first = max(first, 1)
        count = max(self.size - first + 1, 0)
        if count and first >= self._first:
            path, place = segment_path(self.folder, self._first), self._places[first - self._first]
            return islice(_read_from(path, place, first), count)
        return islice(read_log(self.folder, first), count)

    def close(self) -> None:
        """Put all on the disk and let go of the files."""
        try:
            if not self._broken:
                self.sync()
                self._mark(_CLOSED if self.is_whole else _UNSURE)
        finally:
            os.close(self._file)
            os.close(self._lock)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _open(self) -> None:
        """Read the last segment, set aside what a crash left of its last write, and stand at its end."""
        paths = segment_paths(self.folder)
        while paths:
            path = paths[-1]
            segment, content = read_segment(path)
            pieces = list(frames(content, segment.start))
            torn = pieces.pop() if pieces and isinstance(pieces[-1], Damage) else None
            if segment.before is None and not pieces:
                # A crash came between making the file and finishing its head: nothing was stored in it.
                self._set_aside(paths.pop(), content)
                path.unlink()
                continue
            if segment.before is None or segment.before.size + 1 != first_sequence(path):
                raise LogDamaged(f"the head of {path} is damaged: run nadhir audit verify")
            self._tree = segment.before
            for piece in pieces:
                if isinstance(piece, Damage) or piece.sequence != self._tree.size + 1:
                    raise LogDamaged(f"{path} is damaged at byte {piece.offset}: run nadhir audit verify")
                self._tree.append(piece.leaf)
                self._places.append(piece.offset)
            self._first = first_sequence(path)
            self._end = torn.offset if torn else len(content)
            self._set_aside(path, content[self._end :])
            self._file = os.open(path, os.O_WRONLY | os.O_APPEND)
            os.ftruncate(self._file, self._end)
            os.fsync(self._file)
            return
        self._begin_segment()

    def _marked(self) -> str:
        """What the lock file says of this log's last writer. A copy of it says nothing: it is another file."""
        inode, _, mark = os.pread(self._lock, 200, 0).decode("ascii", "replace").partition(" ")
        return mark if inode == str(os.fstat(self._lock).st_ino) else ""

    def _mark(self, mark: str) -> None:
        with contextlib.suppress(OSError):
            os.ftruncate(self._lock, 0)
            os.pwrite(self._lock, f"{os.fstat(self._lock).st_ino} {mark}".encode(), 0)

    def _set_aside(self, path: Path, torn: bytes) -> None:
        """Keep an unfinished write beside the log: what cannot be read is not thrown away."""
        if torn:
            self.torn_bytes += len(torn)
            with path.with_suffix(".torn").open("ab") as aside:
                aside.write(torn)
                aside.flush()
                os.fsync(aside.fileno())

    def _begin_segment(self) -> None:
        """Start a new file after what is stored, itself stored before anything is written to it."""
        path = segment_path(self.folder, self.size + 1)
        head = segment_head(self._tree)
        file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            _write_all(file, head)
            os.fsync(file)
            sync_folder(self.folder)
        except OSError:
            os.close(file)
            path.unlink()
            raise
        if self._file >= 0:
            os.close(self._file)
        self._file = file
        self._end = len(head)
        self._first, self._places = self.size + 1, array("Q")

    def _taken_back(self, error: OSError) -> LogError:
        """Undo a write that failed: the log stays as it was, and writable unless even that fails."""
        self.failure = error.strerror
        try:
            os.ftruncate(self._file, self._end)
        except OSError:
            self._broken = True
        return LogError(f"not stored in {self.folder}: {error.strerror}")


def read_log(folder: Path, first: int = 1) -> Iterator[tuple[int, bytes]]:
    """Entries of a log from a sequence on, whoever writes it, up to an unfinished write at its end.

    Raises LogDamaged where stored entries are missing or altered.
    """
    paths = segment_paths(folder)
    begun = max((index for index, path in enumerate(paths) if first_sequence(path) <= first), default=0)
    expected = first
    for path in paths[begun:]:
        segment, content = read_segment(path)
        for piece in frames(content, segment.start, first):
            if isinstance(piece, Damage) and path == paths[-1] and piece.end == len(content):
                return
            yield expected, _entry(piece, expected, path)
            expected += 1


def _read_from(path: Path, place: int, first: int) -> Iterator[tuple[int, bytes]]:
    """Entries of one segment from a place on that is known to be an entry's."""
    with path.open("rb") as file:
        file.seek(place)
        content = file.read()
    for expected, piece in enumerate(frames(content, 0), start=first):
        yield expected, _entry(piece, expected, path, place)


def _entry(piece: Frame | Damage, expected: int, path: Path, place: int = 0) -> bytes:
    if isinstance(piece, Damage) or piece.sequence != expected:
        raise LogDamaged(f"{path} is damaged at byte {place + piece.offset}: run nadhir audit verify")
    return piece.data


def _boot() -> str:
    """Names this start of the machine; where it has no name, no two calls agree."""
    try:
        return _BOOT.read_text("ascii").strip()
    except OSError:
        return secrets.token_hex(16)


def _write_all(file: int, data: bytes) -> None:
    """Write all bytes: one write may take only some, as it does where the disk is nearly full."""
    done = os.write(file, data)
    while done < len(data):
        done += os.write(file, memoryview(data)[done:])
