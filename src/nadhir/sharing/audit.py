"""Audit of logs: every change, loss, reordering and split view, with its place.

Four witnesses are held against each other: the checksum of each frame, the signature and number inside each release,
the Merkle tree over all entries, and the heads of it that both sides have signed. Nothing here is written to.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Literal, NamedTuple

import msgspec

from nadhir.sharing import dsse
from nadhir.sharing.envelope import RELEASE_TYPE, Refused, read_envelope, read_release
from nadhir.sharing.heads import TreeHead, heads_folder, read_head
from nadhir.sharing.keys import Trusted
from nadhir.sharing.merkle import Frontier
from nadhir.sharing.segments import Frame, first_sequence, frames, read_segment, segment_paths

Cause = Literal["altered", "lost", "reordered", "forged", "unverifiable", "unfinished", "split-view"]


class Finding(msgspec.Struct, frozen=True):
    """One thing that is not as it was written. `place` is a file and byte, where there is one."""

    log: str
    cause: Cause
    sequence: int | None
    place: str
    sentence: str


class LogState(msgspec.Struct, frozen=True):
    """What a log holds. `covered` is the size of the largest signed head that fits: what comes later only its own
    signatures guard."""

    log: str
    entries: int
    root: bytes | None
    heads: int
    covered: int
    set_aside: int
    """Files of unfinished writes that the log put aside."""


class Report(msgspec.Struct, frozen=True):
    """What an audit found; no findings means that nothing was changed, lost, reordered or shown otherwise."""

    logs: tuple[LogState, ...]
    findings: tuple[Finding, ...]


class SignedHead(NamedTuple):
    """A kept head whose signature holds, and who signed it."""

    head: TreeHead
    signer: str


def verify_logs(folder: Path, trusted: Trusted, against: Path | None = None) -> Report:
    """Audit all logs in a folder. With another node's folder, the logs that both keep are compared too, and each is
    held to the heads that the other keeps. `trusted` holds every key ever known: own, partners', revoked ones."""
    logs: list[LogState] = []
    findings: list[Finding] = []
    for path in sorted(path for path in folder.iterdir() if path.is_dir()):
        heads = _read_heads(path, trusted, findings)
        other = against / path.name if against else None
        if other and other.is_dir():
            heads += _read_heads(other, trusted, findings)
            findings += _compare(path, other)
        logs.append(_verify_log(path, heads, trusted, findings))
    return Report(tuple(logs), tuple(findings))


def _verify_log(folder: Path, heads: Sequence[SignedHead], trusted: Trusted, findings: list[Finding]) -> LogState:
    name = folder.name
    found: list[Finding] = []
    roots = {0: Frontier().root()}
    sizes = {signed.head.size for signed in heads}
    tree: Frontier | None = Frontier()
    """None from a loss on: the tree after it cannot be computed."""
    last = 0
    for place, piece in _pieces(folder, name, found):
        if piece.sequence > last + 1:
            if not (found and found[-1].cause == "altered" and found[-1].sequence == last + 1):
                missing = f"entries {last + 1} to {piece.sequence - 1}, before {piece.sequence}, are missing"
                found.append(Finding(name, "lost", last + 1, place, missing))
            tree = None
        elif piece.sequence <= last:
            sentence = f"entry {piece.sequence} stands after entry {last}"
            found.append(Finding(name, "reordered", piece.sequence, place, sentence))
            tree = None
        found += _check_entry(name, place, piece, trusted)
        last = max(last, piece.sequence)
        if tree:
            tree.append(piece.leaf)
            if tree.size in sizes:
                roots[tree.size] = tree.root()
    covered = _check_heads(name, heads, roots, last, found)
    findings += found
    aside = len(list(folder.glob("*.torn")))
    return LogState(name, last, tree.root() if tree else None, len(heads), covered, aside)


def _pieces(folder: Path, name: str, found: list[Finding]) -> Iterator[tuple[str, Frame]]:
    """The frames of a log with their places; what is none is found."""
    paths = segment_paths(folder)
    tree = Frontier()
    whole = True
    for path in paths:
        segment, content = read_segment(path)
        if segment.before is None or segment.before.size + 1 != first_sequence(path):
            found.append(Finding(name, "altered", None, f"{path} at byte 0", "the head of this file is damaged"))
            whole = False
        elif whole and segment.before.size == tree.size and segment.before.roots != tree.roots:
            sentence = "the head of this file does not fit the entries before it"
            found.append(Finding(name, "altered", segment.before.size, f"{path} at byte 0", sentence))
            whole = False
        last = tree.size
        pieces = list(frames(content, segment.start))
        for index, piece in enumerate(pieces):
            place = f"{path} at byte {piece.offset}"
            if isinstance(piece, Frame):
                tree.append(piece.leaf)
                last = piece.sequence
                yield place, piece
            elif segment.before is None and piece.offset == 0:
                continue  # The damaged head, which was found above.
            elif path == paths[-1] and index == len(pieces) - 1:
                sentence = (
                    f"{piece.end - piece.offset} bytes are no entry: an unfinished write, or the last entry altered"
                )
                found.append(Finding(name, "unfinished", last + 1, place, sentence))
            else:
                sentence = f"{piece.end - piece.offset} bytes are no entry any more"
                found.append(Finding(name, "altered", last + 1, place, sentence))
                whole = False


def _check_entry(name: str, place: str, frame: Frame, trusted: Trusted) -> Iterator[Finding]:
    """Whether an entry is what the owner signed for this place. A node's own log may hold other things too."""
    owner, _, partner = name.partition("-to-")
    own_log = owner == partner
    try:
        envelope = read_envelope(frame.data)
        if envelope.payload_type != RELEASE_TYPE:
            raise Refused("damaged", "not a release")
        release = read_release(envelope)
    except Refused as refused:
        if not own_log:
            yield Finding(name, "forged", frame.sequence, place, f"entry {frame.sequence} is no release: {refused}")
        return
    signature = envelope.signatures[0]
    key = trusted.get(signature.keyid)
    if key is None:
        sentence = f"entry {frame.sequence} is signed by key {signature.keyid}, which is not known here"
        yield Finding(name, "unverifiable", frame.sequence, place, sentence)
    elif key.nation != owner or release.owner != owner or not dsse.signed_by(envelope, signature, key.public):
        yield Finding(name, "forged", frame.sequence, place, f"entry {frame.sequence} was not signed by {owner}")
    elif not own_log and (release.partner != partner or release.sequence != frame.sequence):
        sentence = f"entry {frame.sequence} was signed as number {release.sequence} to {release.partner}"
        yield Finding(name, "reordered", frame.sequence, place, sentence)


def _check_heads(
    name: str, heads: Sequence[SignedHead], roots: dict[int, bytes], last: int, found: list[Finding]
) -> int:
    """Hold the signed heads against the entries and each other; the size of the largest that fits."""
    covered = 0
    seen: dict[int, SignedHead] = {}
    damaged = min((finding.sequence or 1 for finding in found), default=None)
    for signed in sorted(heads, key=lambda signed: signed.head.size):
        size, root = signed.head.size, signed.head.root
        other = seen.setdefault(size, signed)
        if other.head.root != root:
            sentence = f"{other.signer} and {signed.signer} signed different histories of {size} entries"
            if other.signer == signed.signer:
                sentence = f"{signed.signer} signed two different histories of {size} entries"
            found.append(Finding(name, "split-view", size, "", sentence))
        elif size > last:
            sentence = f"{signed.signer} signed {size} entries, there are {last}"
            found.append(Finding(name, "lost", last + 1, "", sentence))
        elif roots.get(size) == root:
            covered = size
        elif damaged is None or damaged > size:
            sentence = (
                f"the head that {signed.signer} signed over {size} entries does not fit these: "
                f"another history, or one of entries {covered + 1} to {size} was replaced"
            )
            found.append(Finding(name, "split-view", size, "", sentence))
    return covered


def _read_heads(folder: Path, trusted: Trusted, findings: list[Finding]) -> list[SignedHead]:
    """The heads kept beside a log; what is wrong with them is found."""
    name = f"{folder.name}/heads"
    heads = []
    last = 0
    for place, frame in _pieces(heads_folder(folder), name, findings):
        if frame.sequence != last + 1:
            sentence = f"head {frame.sequence} stands after head {last}"
            cause: Cause = "lost" if frame.sequence > last else "reordered"
            findings.append(Finding(name, cause, last + 1, place, sentence))
        last = frame.sequence
        try:
            envelope = read_envelope(frame.data)
            head = read_head(envelope)
        except Refused as refused:
            findings.append(Finding(name, "forged", frame.sequence, place, f"head {frame.sequence}: {refused}"))
            continue
        signature = envelope.signatures[0]
        key = trusted.get(signature.keyid)
        if key is None:
            sentence = f"head {frame.sequence} is signed by key {signature.keyid}, which is not known here"
            findings.append(Finding(name, "unverifiable", frame.sequence, place, sentence))
        elif (
            head.log != folder.name
            or key.nation not in head.log.split("-to-")
            or not dsse.signed_by(envelope, signature, key.public)
        ):
            sentence = f"head {frame.sequence} was not signed for this log by one of its sides"
            findings.append(Finding(name, "forged", frame.sequence, place, sentence))
        else:
            heads.append(SignedHead(head, key.nation))
    return heads


def _compare(folder: Path, other: Path) -> Iterator[Finding]:
    """The first entry in which two nodes' copies of one log differ; one may be behind the other."""
    ours, theirs = (_pieces(path, folder.name, []) for path in (folder, other))
    for mine, yours in zip_longest(ours, theirs):
        if mine is None or yours is None:
            return
        (place, frame), (other_place, other_frame) = mine, yours
        if frame.data != other_frame.data:
            sentence = f"entry {frame.sequence} differs from the one in {other_place}"
            yield Finding(folder.name, "split-view", frame.sequence, place, sentence)
            return
