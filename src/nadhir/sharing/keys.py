"""Keys of a node: Ed25519 (RFC 8032), on disk as PKCS #8 that only its owner may read.

libsodium signs. ed25519-zebra verifies, in half of libsodium's time: that is the dearest step that a release takes
between two nations. By its rules (ZIP 215) a point of small order has signed whatever one likes, so that each key
is looked at first, once.

A key's id is the first 16 bytes of the SHA-256 of its 32 public bytes, in hexadecimal. Its fingerprint is for people:
thirty decimal digits in six groups, read the same in every language; they hold 99 bits of the same hash.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import ed25519_zebra
import msgspec
import nacl.bindings
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


class KeyFileError(Exception):
    """A key or certificate file that cannot be used; the message says what to do."""


class NodeKey:
    """The private half: signs. `public` is the 32 bytes that partners hold, `id` names them."""

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private
        self.public = private.public_key().public_bytes_raw()
        self.id = key_id(self.public)
        self._secret = private.private_bytes_raw() + self.public
        """As libsodium takes it."""

    @classmethod
    def generate(cls) -> NodeKey:
        """A new key from the operating system's randomness."""
        return cls(Ed25519PrivateKey.generate())

    def sign(self, data: bytes) -> bytes:
        """The 64-byte signature of exactly these bytes."""
        return nacl.bindings.crypto_sign(data, self._secret)[: nacl.bindings.crypto_sign_BYTES]

    def save(self, path: Path, passphrase: bytes | None = None) -> None:
        """Write PKCS #8 in PEM, encrypted where there is a passphrase, readable by its owner alone."""
        protection = serialization.BestAvailableEncryption(passphrase) if passphrase else serialization.NoEncryption()
        write_private(
            path,
            self._private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, protection),
        )

    @classmethod
    def load(cls, path: Path, passphrase: bytes | None = None) -> NodeKey:
        """Read what `save` wrote. Raises KeyFileError."""
        data = read_private(path)
        if b"BEGIN ENCRYPTED" not in data:
            passphrase = None  # A passphrase for other keys does no harm to one that is not encrypted.
        elif not passphrase:
            raise KeyFileError(f"{path} has a passphrase: set NADHIR_PASSPHRASE")
        try:
            private = serialization.load_pem_private_key(data, passphrase)
        except ValueError:
            raise KeyFileError(f"{path} is no private key, or the passphrase is wrong") from None
        if not isinstance(private, Ed25519PrivateKey):
            raise KeyFileError(f"{path} is not an Ed25519 key: make one with `nadhir init`")
        return cls(private)


class TrustedKey(msgspec.Struct, frozen=True):
    """A nation's public key and the time (Unix seconds) for which it speaks. `revoked` is final, whatever the times."""

    nation: str
    public: bytes
    not_before: float
    not_after: float
    revoked: float | None = None

    @property
    def id(self) -> str:
        """Id of the key, as signatures name it."""
        return key_id(self.public)


Trusted = Mapping[str, TrustedKey]
"""Keys by their id."""


def key_id(public: bytes) -> str:
    """Thirty-two hexadecimal digits that name a public key."""
    return hashlib.sha256(public).hexdigest()[:32]


def verifies(public: bytes, signature: bytes, data: bytes) -> bool:
    """Whether this is the signature of exactly these bytes by the key with these 32 public bytes."""
    return is_public_key(public) and bool(ed25519_zebra.ed_verify(signature, data, public))


def fingerprint(public: bytes) -> str:
    """Six groups of five decimal digits to compare by voice."""
    digits = f"{int.from_bytes(hashlib.sha256(public).digest()) % 10**30:030d}"
    return " ".join(digits[start : start + 5] for start in range(0, 30, 5))


@lru_cache(maxsize=256)
def is_public_key(public: bytes) -> bool:
    """Whether these bytes can be an honest Ed25519 public key: a point of prime order, in its one encoding."""
    return len(public) == nacl.bindings.crypto_sign_PUBLICKEYBYTES and nacl.bindings.crypto_core_ed25519_is_valid_point(
        public
    )


def write_private(path: Path, data: bytes) -> None:
    """Make a file of mode 0600 that is not there yet: a key is never overwritten. Raises KeyFileError."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise KeyFileError(f"{path} is there already and is not overwritten: move it away first") from None
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(descriptor)


def read_private(path: Path) -> bytes:
    """Read a file that nobody but its owner may read. Raises KeyFileError."""
    try:
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise KeyFileError(f"others may read {path}: run chmod 600 on it, and renew the key if others were there")
        return path.read_bytes()
    except OSError as error:
        raise KeyFileError(f"{path} cannot be read: {error.strerror}") from None
