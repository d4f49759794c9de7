"""Logs: every acknowledged entry is there after anything, and nothing else is."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from log_writer import entry

from nadhir.sharing.log import Log, LogDamaged, LogError, log_name, read_log
from nadhir.sharing.merkle import leaf_hash, tree_root
from nadhir.sharing.segments import segment_paths

POINTS = ["before-write", "in-write", "before-fsync", "before-acknowledgement"]


def fill(folder: Path, count: int, **keywords: int) -> None:
    with Log(folder, fsync="called", **keywords) as log:
        for sequence in range(log.size + 1, log.size + 1 + count):
            assert log.append(entry(sequence)) == sequence


def stored(folder: Path) -> list[bytes]:
    return [data for _, data in read_log(folder)]


def test_what_was_appended_is_read_from_any_place(tmp_path: Path) -> None:
    fill(tmp_path, 100, segment_bytes=5000)
    assert len(segment_paths(tmp_path)) > 5
    for first in (1, 2, 37, 99, 100, 101):
        assert list(read_log(tmp_path, first)) == [(number, entry(number)) for number in range(first, 101)]
    with Log(tmp_path) as log:
        assert (log.size, log.durable, log.torn_bytes) == (100, 100, 0)
        assert log.root() == tree_root(leaf_hash(entry(number)) for number in range(1, 101))
        reading = log.read(99)
        assert log.append_all([b"", b"x"]) == 102
        assert [sequence for sequence, _ in reading] == [99, 100]
        for first in (1, 2, 37, 99, 100, 101, 102, 103):
            assert list(log.read(first)) == list(read_log(tmp_path, first))
        assert log.append_all([]) == 102


def test_one_writer_and_any_readers(tmp_path: Path) -> None:
    with Log(tmp_path) as log:
        log.append(b"one")
        with pytest.raises(LogError, match="another process"):
            Log(tmp_path)
        assert stored(tmp_path) == [b"one"]
    Log(tmp_path).close()


def test_a_partner_learns_nothing_of_what_was_withheld(tmp_path: Path) -> None:
    """The same releases to JPN, whatever else KOR logs or releases to others: the same bytes, numbers and root."""
    roots = []
    for withheld in (0, 7):
        node = tmp_path / str(withheld)
        with (
            Log(node / log_name("KOR", "JPN")) as to_partner,
            Log(node / log_name("KOR", "KOR")) as complete,
            Log(node / log_name("KOR", "USA")) as to_other,
        ):
            for number in range(20):
                complete.append_all([b"own"] * (1 + withheld))
                to_other.append_all([b"other"] * withheld)
                to_partner.append(b"release %d" % number)
            roots.append((to_partner.root(), to_partner.size))
    assert roots[0] == roots[1]
    files = [segment_paths(tmp_path / str(withheld) / "KOR-to-JPN") for withheld in (0, 7)]
    assert [path.read_bytes() for path in files[0]] == [path.read_bytes() for path in files[1]]


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(["cut", "zeros", "noise"]))
@example(3, "zeros")  # The mark of a frame, then a head of zeros: a sequence before all others.
def test_a_torn_end_is_set_aside_and_reported(tmp_path_factory: pytest.TempPathFactory, place: int, kind: str) -> None:
    folder = tmp_path_factory.mktemp("torn")
    fill(folder, 6)
    (path,) = segment_paths(folder)
    whole = path.read_bytes()
    fill(folder, 1)
    last = path.read_bytes()[len(whole) :]
    kept = 1 + place % (len(last) - 1)
    rest = {"cut": b"", "zeros": bytes(len(last) - kept), "noise": os.urandom(len(last) - kept)}[kind]
    path.write_bytes(whole + last[:kept] + rest)
    assert stored(folder) == [entry(number) for number in range(1, 7)]
    with Log(folder) as log:
        assert (log.size, log.torn_bytes) == (6, kept + len(rest))
        assert log.append(b"after") == 7
    assert path.with_suffix(".torn").read_bytes() == last[:kept] + rest
    assert stored(folder)[6:] == [b"after"]
    with Log(folder) as log:
        assert log.torn_bytes == 0


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 100_000), st.integers(1, 255))
def test_damage_before_the_last_entry_is_never_taken_for_a_torn_end(
    tmp_path_factory: pytest.TempPathFactory, place: int, change: int
) -> None:
    folder = tmp_path_factory.mktemp("damaged")
    fill(folder, 30, segment_bytes=4000)
    path = segment_paths(folder)[-1]
    content = bytearray(path.read_bytes())
    place %= len(content) - len(entry(30)) - 48
    content[place] ^= change
    path.write_bytes(content)
    before = {name: name.read_bytes() for name in segment_paths(folder)}
    with pytest.raises(LogDamaged, match="audit verify"):
        Log(folder)
    assert {name: name.read_bytes() for name in segment_paths(folder)} == before


def test_a_missing_segment_is_damage(tmp_path: Path) -> None:
    fill(tmp_path, 60, segment_bytes=4000)
    segment_paths(tmp_path)[1].unlink()
    with pytest.raises(LogDamaged):
        stored(tmp_path)


@contextmanager
def files_no_larger_than(size: int) -> Iterator[None]:
    """A disk that is full after so many bytes of a file: the system takes a part of a write, then none."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("room", [10, 60, 120])
def test_a_full_disk_stores_nothing_by_half(tmp_path: Path, room: int) -> None:
    with Log(tmp_path) as log:
        log.append(b"before")
        (path,) = segment_paths(tmp_path)
        size = path.stat().st_size
        root = log.root()
        with files_no_larger_than(size + room):
            for _ in range(2):
                with pytest.raises(LogError, match="not stored"):
                    log.append_all([b"a" * 40, b"b" * 40])
                assert path.stat().st_size == size
                assert log.failure is not None
                assert (log.size, log.root()) == (1, root)
        assert log.append(b"room again") == 2
        assert log.failure is None
    assert stored(tmp_path) == [b"before", b"room again"]


def test_a_full_disk_at_a_new_segment(tmp_path: Path) -> None:
    with Log(tmp_path, segment_bytes=100) as log:
        log.append(b"a" * 100)
        with files_no_larger_than(20), pytest.raises(LogError, match="not stored"):
            log.append(b"b")
        assert len(segment_paths(tmp_path)) == 1
        log.append(b"c")
    assert stored(tmp_path) == [b"a" * 100, b"c"]


def test_after_a_failed_fsync_nothing_is_appended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_: int) -> None:
        raise OSError(5, "Input/output error")

    with Log(tmp_path) as log:
        log.append(b"kept")
        monkeypatch.setattr(os, "fsync", fails)
        with pytest.raises(LogError, match="not stored"):
            log.append(b"lost")
        monkeypatch.undo()
        assert (log.size, log.durable) == (1, 1)
        with pytest.raises(LogError, match="start the node again"):
            log.append(b"too late")
    with Log(tmp_path) as log:
        assert log.append(b"again") == 2
    assert stored(tmp_path) == [b"kept", b"again"]


def test_a_writer_reads_from_any_place_while_it_writes(tmp_path: Path) -> None:
    with Log(tmp_path, fsync="called", segment_bytes=2000) as log:
        for number in range(1, 101):
            log.append(entry(number))
            for first in {1, number // 2, number - 1, number, number + 1}:
                assert list(log.read(first)) == list(read_log(tmp_path, max(first, 1)))
    assert len(segment_paths(tmp_path)) > 5


def test_a_log_says_how_far_the_disk_is(tmp_path: Path) -> None:
    with Log(tmp_path, fsync="called", interval_s=3600) as log:
        log.append_all([b"a", b"b"])
        log.flush_beside()
        assert (log.size, log.durable) == (2, 0)
        log.sync()
        assert log.durable == 2


def test_the_disk_is_waited_for_beside_the_writer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that takes its time holds up nobody, and counts for what it was asked only."""
    answers = threading.Event()
    fsync = os.fsync
    with Log(tmp_path, fsync="called", interval_s=0.0) as log:
        monkeypatch.setattr(os, "fsync", lambda file: (answers.wait(5), fsync(file)))
        log.append(b"a")
        log.flush_beside()
        assert (log.append(b"b"), log.durable) == (2, 0)
        log.flush_beside()
        answers.set()
        deadline = time.monotonic() + 5
        counted = {0}
        while log.durable < 2 and time.monotonic() < deadline:
            log.flush_beside()
            counted.add(log.durable)
        assert counted == {0, 1, 2}
    assert stored(tmp_path) == [b"a", b"b"]


def test_a_failed_fsync_beside_the_writer_stops_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_: int) -> None:
        raise OSError(5, "Input/output error")

    with Log(tmp_path, fsync="called", interval_s=0.0) as log:
        monkeypatch.setattr(os, "fsync", fails)
        log.append(b"a")
        log.flush_beside()
        with pytest.raises(LogError, match="did not reach the disk"):
            log.sync()
        assert log.durable == 0
        with pytest.raises(LogError, match="start the node again"):
            log.append(b"too late")


def test_of_a_disk_that_fails_beside_the_writer_the_next_append_tells(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_: int) -> None:
        raise OSError(5, "Input/output error")

    with Log(tmp_path, fsync="called", interval_s=0.0) as log:
        monkeypatch.setattr(os, "fsync", fails)
        log.append(b"a")
        deadline = time.monotonic() + 5
        while log.failure is None and time.monotonic() < deadline:
            log.flush_beside()
        assert log.failure == "Input/output error"
        with pytest.raises(LogError, match="start the node again"):
            log.append(b"too late")
        log.flush_beside()
        assert log.durable == 0


def kill(folder: Path, seed: int) -> None:
    """Kill a writer at a point and let the power fail: what no fsync covered is lost or scrambled. Open and compare."""
    point = POINTS[seed % len(POINTS)]
    log_folder, acknowledged, on_disk = folder / "log", folder / "acknowledged", folder / "on-disk"
    for life in range(2):
        writer = [sys.executable, str(Path(__file__).with_name("log_writer.py"))]
        arguments = [str(log_folder), str(acknowledged), str(on_disk), str(seed + 1000 * life), point]
        assert subprocess.run([*writer, *arguments], check=False).returncode == -9
        synced = {path.name: 0 for path in segment_paths(log_folder)}
        synced.update((name, int(size)) for name, size in (line.split() for line in on_disk.read_text().splitlines()))
        for path in segment_paths(log_folder):
            content = path.read_bytes()
            lost = len(content) - synced[path.name]
            if lost > 0 and seed % 3:
                path.write_bytes(content[:-lost] + (b"" if seed % 3 == 1 else bytes(lost)))
        last = int(acknowledged.read_text().split()[-1])
        with Log(log_folder) as log:
            entries = [data for _, data in log.read()]
            assert log.size >= last
            assert entries == [entry(number) for number in range(1, log.size + 1)]
            assert log.root() == tree_root(map(leaf_hash, entries))
            on_disk.write_text("".join(f"{path.name} {path.stat().st_size}\n" for path in segment_paths(log_folder)))
            acknowledged.write_text(f"{log.size}\n")


@pytest.mark.parametrize("seed", range(10))
def test_killed_writer(tmp_path: Path, seed: int) -> None:
    kill(tmp_path, seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10, 60))
def test_killed_writer_often(tmp_path: Path, seed: int) -> None:
    kill(tmp_path, seed)
