"""Merkle trees of RFC 9162 section 2.1 over SHA-256: heads, inclusion proofs, consistency proofs.

`Frontier` grows a tree an entry at a time and keeps only the roots of its complete subtrees, at most one for each bit
of its size. Proofs are made from the leaf hashes (2.1.3.1, 2.1.4.1) and checked without them (2.1.3.2, 2.1.4.2).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

EMPTY_ROOT = hashlib.sha256().digest()


def leaf_hash(entry: bytes) -> bytes:
    """Hash of one entry: SHA-256(0x00 || entry)."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of an interior node: SHA-256(0x01 || left || right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Frontier:
    """The tree so far: its size and the roots of its complete subtrees, largest first."""

    def __init__(self, size: int = 0, roots: Iterable[bytes] = ()) -> None:
        self.size = size
        self.roots = list(roots)
        if len(self.roots) != size.bit_count():
            raise ValueError(f"a tree of {size} entries has {size.bit_count()} complete subtrees")

    def append(self, leaf: bytes) -> None:
        """Add a leaf hash: it closes as many subtrees as the size has trailing one bits."""
        closing = self.size
        while closing & 1:
            leaf = node_hash(self.roots.pop(), leaf)
            closing >>= 1
        self.roots.append(leaf)
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


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The path that shows that leaf `index` (from 0) is in the tree over `leaves`, nearest sibling first."""
    if not 0 <= index < len(leaves):
        raise ValueError(f"no leaf {index} in a tree of {len(leaves)}")
    if len(leaves) == 1:
        return []
    split = _split(len(leaves))
    if index < split:
        return [*inclusion_proof(leaves[:split], index), tree_root(leaves[split:])]
    return [*inclusion_proof(leaves[split:], index - split), tree_root(leaves[:split])]


def consistency_proof(leaves: Sequence[bytes], old_size: int) -> list[bytes]:
    """What shows that the tree over the first `old_size` leaves is the beginning of the tree over all."""
    if not 0 < old_size <= len(leaves):
        raise ValueError(f"no tree of {old_size} leaves begins a tree of {len(leaves)}")
    return _subproof(leaves, old_size, known=True)


def includes(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether the proof shows that `leaf` is at `index` in the tree of this size and root (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    position, last, computed = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if position & 1 or position == last:
            computed = node_hash(sibling, computed)
            while not position & 1 and position:
                position >>= 1
                last >>= 1
        else:
            computed = node_hash(computed, sibling)
        position >>= 1
        last >>= 1
    return last == 0 and computed == root


def is_consistent(old_size: int, old_root: bytes, new_size: int, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the proof shows that the old tree begins the new one (RFC 9162, 2.1.4.2)."""
    if not 0 < old_size <= new_size:
        return False
    if old_size == new_size:
        return not proof and old_root == new_root
    # A complete old tree is itself the first node of the path, and is left out of the proof.
    path = [old_root, *proof] if old_size.bit_count() == 1 else list(proof)
    if not path:
        return False
    position, last = old_size - 1, new_size - 1
    while position & 1:
        position >>= 1
        last >>= 1
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if position & 1 or position == last:
            old = node_hash(sibling, old)
            new = node_hash(sibling, new)
            while not position & 1 and position:
                position >>= 1
                last >>= 1
        else:
            new = node_hash(new, sibling)
        position >>= 1
        last >>= 1
    return last == 0 and old == old_root and new == new_root


def _split(size: int) -> int:
    """The largest power of two below `size`."""
    return 1 << ((size - 1).bit_length() - 1)


def _subproof(leaves: Sequence[bytes], old_size: int, known: bool) -> list[bytes]:
    """SUBPROOF of RFC 9162, 2.1.4.1; `known` while the subtree is one whose root the verifier holds."""
    if old_size == len(leaves):
        return [] if known else [tree_root(leaves)]
    split = _split(len(leaves))
    if old_size <= split:
        return [*_subproof(leaves[:split], old_size, known), tree_root(leaves[split:])]
    return [*_subproof(leaves[split:], old_size - split, False), tree_root(leaves[:split])]
