"""Audit: whatever is done to a log, somebody can say what and where."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from sealed import END, JPN, KOR, START, USA, release

from nadhir.sharing.audit import Finding, Report, verify_logs
from nadhir.sharing.envelope import Refused, seal
from nadhir.sharing.heads import SplitView, TreeHead, check_head, heads_folder, open_head, sign_head
from nadhir.sharing.keys import NodeKey, TrustedKey
from nadhir.sharing.log import Log
from nadhir.sharing.merkle import Frontier, leaf_hash
from nadhir.sharing.segments import Frame, frame, frames, read_segment, segment_head, segment_paths

NAME = "KOR-to-JPN"
COUNT = 30
KEYS = {
    key.id: TrustedKey(nation, key.public, START, END) for nation, key in (("KOR", KOR), ("JPN", JPN), ("USA", USA))
}
ENTRIES = [seal(KOR, release(number)) for number in range(1, COUNT + 1)]


def head(size: int, entries: list[bytes] = ENTRIES, *, log: str = NAME) -> TreeHead:
    tree = Frontier()
    for entry in entries[:size]:
        tree.append(leaf_hash(entry))
    return TreeHead(log, "exercise", size, tree.root(), START + size)


def write(folder: Path, name: str, entries: list[bytes], heads: list[bytes]) -> None:
    with Log(folder / name, fsync="called", segment_bytes=6000) as log:
        log.append_all([])
        for entry in entries:
            log.append(entry)
    with Log(heads_folder(folder / name)) as log:
        log.append_all(heads)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """KOR's and JPN's logs, both with the same releases and each with heads of both."""
    folder = tmp_path_factory.mktemp("audit")
    heads = [sign_head(key, head(size)) for size in (10, 20, 28) for key in (KOR, JPN)]
    for node in ("KOR", "JPN"):
        write(folder / node, NAME, ENTRIES, heads)
    opaque = [b"tick %d" % number for number in range(12)]
    own = "KOR-to-KOR"
    write(folder / "KOR", own, opaque, [sign_head(KOR, head(size, opaque, log=own)) for size in (4, 8, 12)])
    return folder


@pytest.fixture
def logs(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "logs"))


def causes(report: Report) -> list[tuple[str, int | None]]:
    return [(finding.cause, finding.sequence) for finding in report.findings]


def test_untouched_logs_have_no_findings(logs: Path) -> None:
    report = verify_logs(logs / "KOR", KEYS, logs / "JPN")
    assert report.findings == ()
    (pair, own) = report.logs
    assert (pair.log, pair.entries, pair.heads, pair.covered) == (NAME, COUNT, 12, 28)
    assert pair.root == head(COUNT).root
    assert (own.log, own.entries, own.covered) == ("KOR-to-KOR", 12, 12)


def rewrite(folder: Path, entries: list[tuple[int, bytes]]) -> None:
    """Make the log anew with these sequences and entries, every checksum right: what a careful hand would do."""
    for path in segment_paths(folder):
        path.unlink()
    content = segment_head(Frontier()) + b"".join(frame(number, leaf_hash(data), data) for number, data in entries)
    (folder / f"{1:020d}.log").write_bytes(content)


def numbered(entries: list[bytes]) -> list[tuple[int, bytes]]:
    return list(enumerate(entries, 1))


FORGED = seal(USA, release(15))
RESIGNED = seal(KOR, replace(release(15), sent=START + 99))
CHANGES: dict[str, tuple[list[tuple[int, bytes]], list[tuple[str, int | None]]]] = {
    "an entry taken out": (numbered(ENTRIES)[:14] + numbered(ENTRIES)[15:], [("lost", 15)]),
    "the last entries taken out": (numbered(ENTRIES)[:25], [("lost", 26), ("lost", 26)]),
    "two entries swapped": (
        [*numbered(ENTRIES)[:14], (16, ENTRIES[15]), (15, ENTRIES[14]), *numbered(ENTRIES)[16:]],
        [("lost", 15), ("reordered", 15)],
    ),
    "an entry of another": (numbered([*ENTRIES[:14], FORGED, *ENTRIES[15:]]), [("forged", 15)]),
    "an entry that is none": (numbered([*ENTRIES[:14], b"x", *ENTRIES[15:]]), [("forged", 15)]),
    "the owner signed another entry later": (
        numbered([*ENTRIES[:14], RESIGNED, *ENTRIES[15:]]),
        [("split-view", 20), ("split-view", 20), ("split-view", 28), ("split-view", 28)],
    ),
}


@pytest.mark.parametrize(("entries", "expected"), CHANGES.values(), ids=CHANGES.keys())
def test_a_careful_hand_is_found_out(
    logs: Path, entries: list[tuple[int, bytes]], expected: list[tuple[str, int | None]]
) -> None:
    rewrite(logs / "KOR" / NAME, entries)
    assert causes(verify_logs(logs / "KOR", KEYS)) == expected


def test_taken_out_and_renumbered(logs: Path) -> None:
    rewrite(logs / "KOR" / NAME, numbered(ENTRIES[:14] + ENTRIES[15:]))
    found = causes(verify_logs(logs / "KOR", KEYS))
    assert found[0] == ("reordered", 15)
    assert "number 16" in verify_logs(logs / "KOR", KEYS).findings[0].sentence


def test_an_unsigned_entry_of_the_own_log_is_guarded_by_its_heads(logs: Path) -> None:
    entries = [b"tick %d" % number for number in range(12)]
    entries[5] = b"tock 5"
    rewrite(logs / "KOR" / "KOR-to-KOR", numbered(entries))
    report = verify_logs(logs / "KOR", KEYS)
    assert causes(report) == [("split-view", 8), ("split-view", 12)]
    assert "entries 5 to 8" in report.findings[0].sentence


def test_files_that_are_missing(logs: Path) -> None:
    paths = segment_paths(logs / "KOR" / NAME)
    assert len(paths) > 3
    first, last = (int(path.stem) for path in paths[1:3])
    paths[1].unlink()
    (finding,) = verify_logs(logs / "KOR", KEYS).findings
    assert (finding.cause, finding.sequence) == ("lost", first)
    assert f"to {last - 1}," in finding.sentence


def test_the_tree_with_which_a_file_begins(logs: Path) -> None:
    """Altered with its checksum: a node that opened the log would sign a tree that is not that of its entries."""
    path = segment_paths(logs / "KOR" / NAME)[2]
    segment, content = read_segment(path)
    assert segment.before
    other = Frontier(segment.before.size, [bytes(32)] * segment.before.size.bit_count())
    path.write_bytes(segment_head(other) + content[segment.start :])
    (finding,) = verify_logs(logs / "KOR", KEYS).findings
    assert (finding.cause, finding.sequence) == ("altered", other.size)
    assert str(path) in finding.place


def test_split_views(logs: Path) -> None:
    """KOR signs one history for JPN and shows another here: its own signatures convict it, both ways."""
    other = [*ENTRIES[:14], RESIGNED, *ENTRIES[15:]]
    with Log(heads_folder(logs / "JPN" / NAME)) as kept:
        kept.append(sign_head(KOR, head(20, other)))
    assert causes(verify_logs(logs / "JPN", KEYS)) == [("split-view", 20)]
    assert causes(verify_logs(logs / "KOR", KEYS)) == []
    (finding,) = verify_logs(logs / "KOR", KEYS, logs / "JPN").findings
    assert "KOR signed two different histories of 20" in finding.sentence
    # The two nodes hold different bytes, heads aside.
    rewrite(logs / "JPN" / NAME, numbered(other))
    shutil.rmtree(heads_folder(logs / "JPN" / NAME))
    assert causes(verify_logs(logs / "KOR", KEYS, logs / "JPN")) == [("split-view", 15)]


def test_heads_are_checked_too(logs: Path) -> None:
    folder = heads_folder(logs / "KOR" / NAME)
    with Log(folder) as kept:
        kept.append(sign_head(USA, head(10)))
        kept.append(sign_head(NodeKey.generate(), head(10)))
        kept.append(sign_head(KOR, head(10, log="KOR-to-USA")))
        kept.append(b"noise")
    found = causes(verify_logs(logs / "KOR", KEYS))
    assert found == [("forged", 7), ("unverifiable", 8), ("forged", 9), ("forged", 10)]


def test_a_partner_whose_keys_are_gone(logs: Path) -> None:
    found = causes(verify_logs(logs / "JPN", {JPN.id: KEYS[JPN.id]}))
    assert found.count(("unverifiable", 3)) >= 1
    assert {cause for cause, _ in found} == {"unverifiable"}


def places(path: Path) -> list[Frame]:
    segment, content = read_segment(path)
    return [piece for piece in frames(content, segment.start) if isinstance(piece, Frame)]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000_000), st.integers(1, 255), st.booleans())
@example(72284, 1, False)
def test_any_altered_byte_is_found_where_it_is(made: Path, place: int, change: int, in_heads: bool) -> None:
    folder = made / "JPN" / NAME / ("heads" if in_heads else "")
    paths = segment_paths(folder)
    path = paths[place % len(paths)]
    whole = path.read_bytes()
    offset = place // len(paths) % len(whole)
    inside = [piece for piece in places(path) if piece.offset <= offset]
    content = bytearray(whole)
    content[offset] ^= change
    try:
        path.write_bytes(content)
        findings = verify_logs(made / "JPN", KEYS).findings
    finally:
        path.write_bytes(whole)
    assert findings
    if inside:
        # A number that became an earlier one is told as that one, out of its order at this place.
        reordered = findings[0].cause == "reordered" and findings[0].place == f"{path} at byte {inside[-1].offset}"
        assert reordered or findings[0].sequence == inside[-1].sequence
    else:
        assert "head of this file" in findings[0].sentence
    assert str(path) in findings[0].place


def test_a_finding_names_log_entry_file_and_byte(logs: Path) -> None:
    path = segment_paths(logs / "KOR" / NAME)[0]
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    (finding, *_) = verify_logs(logs / "KOR", KEYS).findings
    last = places(segment_paths(logs / "JPN" / NAME)[0])[-1]
    expected = Finding(
        NAME,
        "altered",
        last.sequence,
        f"{path} at byte {last.offset}",
        f"{len(content) - last.offset} bytes are no entry any more",
    )
    assert finding == expected


def test_a_crash_that_was_set_aside_is_no_finding(logs: Path) -> None:
    folder = logs / "KOR" / NAME
    path = segment_paths(folder)[-1]
    path.write_bytes(path.read_bytes() + b"half an ent")
    assert causes(verify_logs(logs / "KOR", KEYS)) == [("unfinished", COUNT + 1)]
    Log(folder).close()
    report = verify_logs(logs / "KOR", KEYS)
    assert report.findings == ()
    assert report.logs[0].set_aside == 1


def open_refused(data: bytes, **keywords: object) -> str:
    with pytest.raises(Refused) as refused:
        open_head(data, keywords.pop("trust", KEYS), **{"mode": "exercise", **keywords})  # type: ignore[arg-type]
    return refused.value.cause


def test_heads_from_a_partner() -> None:
    signed = sign_head(KOR, head(10))
    assert open_head(signed, KEYS, mode="exercise") == (head(10), "KOR")
    assert open_refused(signed, mode="live") == "mode-mismatch"
    assert open_refused(signed, trust={}) == "unknown-key"
    assert open_refused(signed, trust={KOR.id: replace(KEYS[KOR.id], revoked=START)}) == "revoked"
    assert open_refused(signed, trust={KOR.id: replace(KEYS[KOR.id], public=USA.public)}) == "bad-signature"
    assert open_refused(sign_head(USA, head(10))) == "owner-mismatch"
    assert open_refused(sign_head(KOR, replace(head(10), time=START - 1))) == "key-not-valid"
    assert open_refused(ENTRIES[0]) == "damaged"
    assert open_refused(b"noise") == "damaged"


def test_a_head_is_held_against_the_log(logs: Path) -> None:
    with Log(logs / "JPN" / NAME) as log:
        for size in (0, 1, 17, COUNT):
            assert check_head(head(size), log)
        assert not check_head(replace(head(COUNT), size=COUNT + 1), log)
        for size in (17, COUNT):
            with pytest.raises(SplitView, match=f"over {size} entries"):
                check_head(replace(head(size), root=bytes(32)), log)
