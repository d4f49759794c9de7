"""Signed tree heads: how a node binds itself to what a log holds, and how partners hold each other to it.

The owner signs heads of what it released, the partner heads of what it received, and each sends them to the other. Both
have the same entries, so both can check every head against their own log: a head that does not fit shows a split view,
and the signature shows whose it is.
"""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import msgspec

from nadhir.model import Mode
from nadhir.model.unreadable import UNREADABLE
from nadhir.sharing import dsse
from nadhir.sharing.envelope import Refused, read_envelope, signing_key
from nadhir.sharing.keys import NodeKey, Trusted
from nadhir.sharing.log import Log, LogError, read_log
from nadhir.sharing.merkle import Frontier, leaf_hash

HEAD_TYPE = "application/vnd.nadhir.tree-head+msgpack"


class TreeHead(msgspec.Struct, frozen=True):
    """Size and Merkle root (RFC 9162) of a log at a time, Unix seconds."""

    log: str
    mode: Mode
    size: int
    root: bytes
    time: float


class SplitView(LogError):  # noqa: N818 (a finding)
    """A signed head that does not fit the entries here: its signer has shown us or others something else."""


def sign_head(key: NodeKey, head: TreeHead) -> bytes:
    """The head in a signed envelope."""
    return msgspec.msgpack.encode(dsse.sign([key], HEAD_TYPE, msgspec.msgpack.encode(head)))


def open_head(data: bytes, trusted: Trusted, *, mode: Mode) -> tuple[TreeHead, str]:
    """A head and the nation that signed it. Raises Refused: damaged, unknown-key, revoked, bad-signature,
    owner-mismatch (the signer is neither side of the log), mode-mismatch, key-not-valid."""
    envelope = read_envelope(data)
    head = read_head(envelope)
    key = signing_key(envelope, trusted)
    if key.nation not in head.log.split("-to-"):
        raise Refused("owner-mismatch", f"{key.nation} signed a head of log {head.log!r}")
    if head.mode != mode:
        raise Refused("mode-mismatch", f"{head.mode} at a node in mode {mode}")
    if not key.not_before <= head.time <= key.not_after:
        raise Refused("key-not-valid", f"key {key.id} of {key.nation} is not valid at {head.time}")
    return head, key.nation


def read_head(envelope: dsse.Envelope) -> TreeHead:
    """The head in an envelope, signature not looked at. Raises Refused: damaged."""
    if envelope.payload_type != HEAD_TYPE:
        raise Refused("damaged", "not a tree head")
    try:
        return msgspec.msgpack.decode(envelope.payload, type=TreeHead)
    except UNREADABLE as error:
        raise Refused("damaged", f"no tree head: {error}") from None


def root_at(folder: Path, size: int) -> bytes | None:
    """Root over the first `size` entries of a log; None where it has fewer. Reads all of them."""
    tree = Frontier()
    for _, entry in islice(read_log(folder), size):
        tree.append(leaf_hash(entry))
    return tree.root() if tree.size == size else None


def check_head(head: TreeHead, log: Log) -> bool:
    """Hold a head against our copy of its log. False where it is ahead of what we have. Raises SplitView."""
    if head.size > log.size:
        return False
    ours = log.root() if head.size == log.size else root_at(log.folder, head.size)
    if head.root != ours:
        raise SplitView(
            f"a signed head of {head.log} over {head.size} entries does not fit ours: run nadhir audit verify"
        )
    return True


def heads_folder(folder: Path) -> Path:
    """Where the heads of a log are kept: a log too."""
    return folder / "heads"
