"""Merkle trees against the published vectors and against a naive tree written from the definition alone."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nadhir.sharing.merkle import (
    Frontier,
    leaf_hash,
    tree_root,
)

# Entries and roots of the Certificate Transparency project's test trees of 0 to 8 leaves.
PUBLISHED_ENTRIES = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
]
PUBLISHED_ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
LEAVES = [leaf_hash(bytes.fromhex(entry)) for entry in PUBLISHED_ENTRIES]


def naive_root(entries: list[bytes]) -> bytes:
    """MTH of RFC 9162, 2.1.1, read off the page."""
    if not entries:
        return hashlib.sha256(b"").digest()
    if len(entries) == 1:
        return hashlib.sha256(bytes([0]) + entries[0]).digest()
    split = 1
    while split * 2 < len(entries):
        split *= 2
    return hashlib.sha256(bytes([1]) + naive_root(entries[:split]) + naive_root(entries[split:])).digest()


@pytest.mark.parametrize("size", range(9))
def test_published_roots(size: int) -> None:
    assert tree_root(LEAVES[:size]).hex() == PUBLISHED_ROOTS[size]


@given(st.lists(st.binary(max_size=8), max_size=70))
def test_frontier_is_the_naive_tree(entries: list[bytes]) -> None:
    frontier = Frontier()
    for entry in entries:
        frontier.append(leaf_hash(entry))
    assert frontier.root() == naive_root(entries)
    assert len(frontier.roots) == len(entries).bit_count()
    again = Frontier(frontier.size, frontier.roots)
    again.append(leaf_hash(b"next"))
    assert again.root() == naive_root([*entries, b"next"])
    assert frontier.root() == naive_root(entries)


def test_no_such_tree() -> None:
    with pytest.raises(ValueError, match="2 complete subtrees"):
        Frontier(3, [LEAVES[0]])
