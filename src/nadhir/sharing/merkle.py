"""Merkle trees of RFC 9162 section 2.1 over SHA-256: their heads. Both sides hold all entries, so none needs a proof.

`Frontier` grows a tree an entry at a time and keeps only the roots of its complete subtrees, at most one for each bit
of its size.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

EMPTY_ROOT = hashlib.sha256().digest()
_LEAF, _NODE = hashlib.sha256(b"\x00"), hashlib.sha256(b"\x01")
"""Copied for each hash: finding the algorithm anew takes as long as the hash."""
_JOINED_TOGETHER = 32


def leaf_hash(entry: bytes) -> bytes:
    """Hash of one entry: SHA-256(0x00 || entry)."""
    digest = _LEAF.copy()
    digest.update(entry)
    return digest.digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of an interior node: SHA-256(0x01 || left || right)."""
    digest = _NODE.copy()
    digest.update(left + right)
    return digest.digest()


class Frontier:
    """The tree so far: its size and the roots of its complete subtrees, largest first. New leaves join the tree a few
    together, since only who asks for its hash needs them there."""

    def __init__(self, size: int = 0, roots: Iterable[bytes] = ()) -> None:
        self.size = size
        self._roots = list(roots)
        self._waiting: list[bytes] = []
        if len(self._roots) != size.bit_count():
            raise ValueError(f"a tree of {size} entries has {size.bit_count()} complete subtrees")

    @property
    def roots(self) -> list[bytes]:
        """Of the complete subtrees."""
        self._join()
        return self._roots

    def append(self, leaf: bytes) -> None:
        """Add a leaf hash."""
        self.size += 1
        self._waiting.append(leaf)
        if len(self._waiting) >= _JOINED_TOGETHER:
            self._join()

    def root(self) -> bytes:
        """The tree's hash."""
        roots = self.roots
        if not roots:
            return EMPTY_ROOT
        root = roots[-1]
        for left in reversed(roots[:-1]):
            root = node_hash(left, root)
        return root

    def copy(self) -> Frontier:
        """The same tree, to grow apart from this one."""
        return Frontier(self.size, self.roots)

    def _join(self) -> None:
        """A leaf closes as many subtrees as the size before it has trailing one bits."""
        size = self.size - len(self._waiting)
        for leaf in self._waiting:
            closing, joined = size, leaf
            while closing & 1:
                joined = node_hash(self._roots.pop(), joined)
                closing >>= 1
            self._roots.append(joined)
            size += 1
        self._waiting.clear()


def tree_root(leaves: Iterable[bytes]) -> bytes:
    """Hash of the tree over these leaf hashes."""
    frontier = Frontier()
    for leaf in leaves:
        frontier.append(leaf)
    return frontier.root()
