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
    """The tree so far: its size and the roots of its complete subtrees, largest first."""

    def __init__(self, size: int = 0, roots: Iterable[bytes] = ()) -> None:
        self.size = size
        self.roots = list(roots)
        if len(self.roots) != size.bit_count():
            raise ValueError(f"a tree of {size} entries has {size.bit_count()} complete subtrees")

    def append(self, leaf: bytes) -> None:
        """Add a leaf hash: it closes as many subtrees as the size has trailing one bits."""
        closing, roots = self.size, self.roots
        while closing & 1:
            leaf = node_hash(roots.pop(), leaf)
            closing >>= 1
        roots.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        """The tree's hash."""
        if not self.roots:
            return EMPTY_ROOT
        root = self.roots[-1]
        for left in reversed(self.roots[:-1]):
            root = node_hash(left, root)
        return root

    def copy(self) -> Frontier:
        """The same tree, to grow apart from this one."""
        return Frontier(self.size, self.roots)


def tree_root(leaves: Iterable[bytes]) -> bytes:
    """Hash of the tree over these leaf hashes."""
    frontier = Frontier()
    for leaf in leaves:
        frontier.append(leaf)
    return frontier.root()
