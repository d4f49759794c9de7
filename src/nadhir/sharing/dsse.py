"""Dead Simple Signing Envelope: exact bytes with signatures over them (DSSE specification, version 1.0.2).

What is signed is the pre-authentication encoding of payload type and payload, so that bytes signed for one purpose
never pass for another. One structure serves both forms: MessagePack on links and in logs, JSON (payload and signatures
in base64, as the specification has it) for files that people carry.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import msgspec

from nadhir.sharing.keys import NodeKey, verifies


class Signature(msgspec.Struct, frozen=True):
    """An Ed25519 signature and the id of the key that made it. The id only helps to find the key."""

    keyid: str
    sig: bytes


class Envelope(msgspec.Struct, frozen=True):
    """Payload, what it is, and who signed it."""

    payload: bytes
    payload_type: str = msgspec.field(name="payloadType")
    signatures: Annotated[tuple[Signature, ...], msgspec.Meta(min_length=1, max_length=4)]


def pre_authentication_encoding(payload_type: str, payload: bytes) -> bytes:
    """The bytes that are signed: "DSSEv1", type and payload, each with its length in bytes, parted by single spaces."""
    kind = payload_type.encode()
    return b" ".join((b"DSSEv1", str(len(kind)).encode(), kind, str(len(payload)).encode(), payload))


def sign(keys: Iterable[NodeKey], payload_type: str, payload: bytes) -> Envelope:
    """An envelope with the signature of each key."""
    signed = pre_authentication_encoding(payload_type, payload)
    return Envelope(payload, payload_type, tuple([Signature(key.id, key.sign(signed)) for key in keys]))


def signed_by(envelope: Envelope, signature: Signature, public: bytes) -> bool:
    """Whether this signature of the envelope was made with the private half of `public` (32 bytes)."""
    signed = pre_authentication_encoding(envelope.payload_type, envelope.payload)
    return verifies(public, signature.sig, signed)
