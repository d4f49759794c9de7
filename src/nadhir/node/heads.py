"""Signed tree heads ride on a link's pulse: each side binds itself to what both logs hold, and the other checks it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import msgspec

from nadhir.model.unreadable import UNREADABLE
from nadhir.node.desk import Desk
from nadhir.sharing.envelope import Refused
from nadhir.sharing.heads import TreeHead, heads_folder, open_head, sign_head
from nadhir.sharing.keys import NodeKey, Trusted
from nadhir.sharing.log import Log, LogError
from nadhir.sharing.merkle import Frontier, leaf_hash
from nadhir.sharing.segments import read_segment, segment_paths

_LOG = logging.getLogger(__name__)

SIGNED_EVERY_S = 5.0
_decoder = msgspec.msgpack.Decoder(tuple[bytes, ...])


class HeadExchange:
    """The heads of one pair's two logs."""

    def __init__(self, desk: Desk, key: Callable[[], NodeKey], trusted: Trusted) -> None:
        self.fitted = 0
        self.split_view = ""
        """Why a head of the partner does not fit ours; empty while all do."""
        self._desk = desk
        self._key = key
        self._trusted = trusted
        self._logs = {log.folder.name: log for log in (desk.outgoing, desk.incoming)}
        self._kept = {name: Log(heads_folder(log.folder), fsync="called") for name, log in self._logs.items()}
        self._trees = {name: _last_tree(log.folder) for name, log in self._logs.items()}
        self._signed_at = 0.0
        self._signed: tuple[int, ...] = ()
        self._note = b""

    def note(self, now: float) -> bytes:
        """What rides on our pulse now: heads of both logs, new every few seconds if anything changed."""
        sizes = tuple(log.durable for log in self._logs.values())
        if now - self._signed_at >= SIGNED_EVERY_S and sizes != self._signed:
            for log in self._logs.values():
                log.sync()
            self._signed_at, self._signed = now, tuple(log.size for log in self._logs.values())
            heads = [TreeHead(name, self._desk.mode, log.size, log.root(), now) for name, log in self._logs.items()]
            signed = tuple(sign_head(self._key(), head) for head in heads)
            for head, data in zip(heads, signed, strict=True):
                self._keep(head.log, data)
            self._note = msgspec.msgpack.encode(signed)
        return self._note

    def take(self, note: bytes) -> None:
        """Hold the partner's heads against our logs. One that is ahead of ours is passed over: more come."""
        if not note:
            return
        try:
            for data in _decoder.decode(note):
                head, signer = open_head(data, self._trusted, mode=self._desk.mode)
                log = self._logs.get(head.log)
                if signer == self._desk.partner and log is not None:
                    self._check(head, data, log)
        except (Refused, LogError, *UNREADABLE) as error:
            _LOG.warning("heads of %s not taken: %s", self._desk.partner, error)

    def _check(self, head: TreeHead, data: bytes, log: Log) -> None:
        """Each entry is hashed once: the tree goes on from where the last head was."""
        tree = self._trees[head.log]
        if not tree.size <= head.size <= log.size:
            return
        for _, entry in islice(log.read(tree.size + 1), head.size - tree.size):
            tree.append(leaf_hash(entry))
        if tree.root() == head.root:
            self.fitted += 1
            self._keep(head.log, data)
        else:
            self.split_view = f"its signed head of {head.log} over {head.size} entries does not fit ours"
            _LOG.error("split view: %s: run nadhir audit verify", self.split_view)

    def _keep(self, log: str, data: bytes) -> None:
        self._kept[log].append(data)
        self._kept[log].flush_beside()

    def close(self) -> None:
        """Put the heads on the disk."""
        for log in self._kept.values():
            log.close()


def _last_tree(folder: Path) -> Frontier:
    """The tree before a log's last segment: whatever comes later is read when a head asks for it."""
    before = read_segment(segment_paths(folder)[-1])[0].before
    assert before is not None  # A log that is open has read its last head.
    return before.copy()
