"""Public names: ids of events, objects, warnings and records as people and partners see them.

Inside, things are counted (E0001, E0002). What is shared must not count: from a gap a partner would learn that there
was something that was withheld. A public name is a keyed hash of when the thing was first named, so that the same
inputs give the same names again when a node rebuilds its state, and nobody without the key can compute another.
"""

from __future__ import annotations

import os
from hashlib import blake2b
from pathlib import Path

from msgspec.structs import replace

from nadhir.model import LaunchProduct, Product, WarningProduct
from nadhir.sharing.keys import read_private, write_private

REMEMBERED = 100_000
"""Names kept; the oldest go first."""
WARNING_OCTETS = 8
"""Two of a hundred thousand warnings, by any node at any time, have one name with probability 3e-10."""


class Names:
    """Names of one pipeline's things. `role` keeps apart what two pipelines of a node call by the same inner id."""

    def __init__(self, key: bytes, role: str) -> None:
        self._key = key
        self._role = role
        self._names: dict[str, str] = {}
        self._at = 0.0
        self._given = 0

    def product(self, product: Product) -> Product:
        """A launch, track, impact or assessment under public names; a thing is named when it is first issued."""
        at = product.issued
        if isinstance(product, WarningProduct):
            raise TypeError("warnings are made from what has its public name already")
        if isinstance(product, LaunchProduct):
            return replace(product, event=self._name(product.event, at))
        event = None if product.event is None else self._name(product.event, at)
        return replace(product, event=event, object=self._object(product.object, at))

    def warning(self, inner: str, at: float) -> str:
        """The public name of a warning: never given again by any node, since published CAP identifiers hold it."""
        return self._name(f"warning {inner}", at, WARNING_OCTETS)

    def record(self, at: float) -> str:
        """A name for one more record, made at this time."""
        return self._new(at, 16)

    def _object(self, inner: str, at: float) -> str:
        """An object of an event is named after it: E0001-2 is its second."""
        event, mark, number = inner.partition("-")
        return f"{self._name(event, at)}{mark}{number}"

    def _name(self, inner: str, at: float, octets: int = 4) -> str:
        name = self._names.get(inner)
        if name is None:
            if len(self._names) >= REMEMBERED:
                del self._names[next(iter(self._names))]
            name = self._names[inner] = self._new(at, octets)
        return name

    def _new(self, at: float, octets: int) -> str:
        self._given = self._given + 1 if at == self._at else 0
        self._at = at
        text = f"{self._role} {at!r} {self._given}"
        return blake2b(text.encode(), key=self._key, digest_size=octets).hexdigest()


def names_key(folder: Path) -> bytes:
    """The secret of a node's names, made when it is first needed. Raises KeyFileError."""
    path = folder / "names.key"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        write_private(path, os.urandom(32))
    return read_private(path)
