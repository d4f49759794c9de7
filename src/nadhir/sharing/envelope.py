"""Sealed releases: what leaves a node, and the only way in.

A release is signed as exact bytes and kept as exact bytes: what is verified, stored, audited and shown to a third party
is the same. Who sent it is who signed it; neither connection nor file name counts. The sender's schema may be newer in
its fields, which are ignored, never in its number: a release of a newer schema is refused and counted as such.
"""

from __future__ import annotations

import math
from typing import Literal, get_args

import msgspec

from nadhir.model import SCHEMA, Mode, Release, WarningProduct
from nadhir.model.records import KIND_OF
from nadhir.model.unreadable import UNREADABLE
from nadhir.sharing import dsse
from nadhir.sharing.keys import NodeKey, Trusted, TrustedKey

RELEASE_TYPE = "application/vnd.nadhir.release+msgpack"
LARGEST_BYTES = 1 << 20
"""Of an envelope; a server's default limit for one message."""

RefusalCause = Literal[
    "oversized",
    "damaged",
    "unknown-key",
    "revoked",
    "bad-signature",
    "schema-too-new",
    "owner-mismatch",
    "wrong-partner",
    "mode-mismatch",
    "key-not-valid",
]
REFUSAL_CAUSES: tuple[RefusalCause, ...] = get_args(RefusalCause)
"""In the order in which they are looked for: the first that applies is the one that is counted."""


class Refused(Exception):  # noqa: N818 (an outcome that is counted, not a fault)
    """An envelope that is not accepted, and why."""

    def __init__(self, cause: RefusalCause, detail: str) -> None:
        # What a sender wrote may be in the detail: no more of it than a line of a log bears.
        super().__init__(f"{cause}: {detail[:200]}")
        self.cause = cause


class _Header(msgspec.Struct, frozen=True):
    """A release without its records: reading it walks over all bytes and makes nothing of them."""

    schema: int
    owner: str
    partner: str
    mode: str
    sequence: int
    sent: float


_encoder = msgspec.msgpack.Encoder()
_envelope_decoder = msgspec.msgpack.Decoder(dsse.Envelope)
_header_decoder = msgspec.msgpack.Decoder(_Header)
_release_decoder = msgspec.msgpack.Decoder(Release)


def seal(key: NodeKey, release: Release) -> bytes:
    """The release as signed bytes. Raises ValueError where they would be larger than any partner accepts."""
    sealed = _encoder.encode(dsse.sign([key], RELEASE_TYPE, _encoder.encode(release)))
    if len(sealed) > LARGEST_BYTES:
        raise ValueError(f"a release of {len(sealed)} bytes is above {LARGEST_BYTES}: put fewer records in one")
    return sealed


def signing_key(envelope: dsse.Envelope, trusted: Trusted) -> TrustedKey:
    """The trusted key of an envelope's first signature. Raises Refused: unknown-key, revoked, bad-signature."""
    signature = envelope.signatures[0]
    key = trusted.get(signature.keyid)
    if key is None:
        raise Refused("unknown-key", f"nobody we know has key {signature.keyid[:32]!r}")
    if key.revoked is not None:
        raise Refused("revoked", f"key {key.id} of {key.nation} was revoked")
    if not dsse.signed_by(envelope, signature, key.public):
        raise Refused("bad-signature", f"not signed by key {key.id} of {key.nation}")
    return key


def open_envelope(data: bytes, trusted: Trusted, *, me: str, mode: Mode) -> Release:
    """The release in these bytes, if a trusted key of its owner signed it for `me` in this mode. Raises Refused.

    A key that is past its time still opens what it signed within it, for what is fetched after a cut; a revoked key
    opens nothing. How old a release may be is for `LiveWindow`, whether it came before for the link.
    """
    envelope = read_envelope(data)
    if envelope.payload_type != RELEASE_TYPE or len(envelope.signatures) != 1:
        raise Refused("damaged", "not a release with one signature")
    key = signing_key(envelope, trusted)
    try:
        release = read_release(envelope)
    except Refused:
        # What this node cannot read may say why.
        try:
            header = _header_decoder.decode(envelope.payload)
        except UNREADABLE as error:
            raise Refused("damaged", f"signed by {key.nation}, yet no release: {error}") from None
        _check_header(header, key, me, mode)
        raise
    _check_header(release, key, me, mode)
    _check_records(release)
    return release


def _check_header(header: _Header | Release, key: TrustedKey, me: str, mode: Mode) -> None:
    """In this node's language, from whom it says, to us, in our mode, and signed in the key's time."""
    if header.schema > SCHEMA:
        raise Refused("schema-too-new", f"{key.nation} writes schema {header.schema}, this node reads up to {SCHEMA}")
    if header.owner != key.nation:
        raise Refused("owner-mismatch", f"a key of {key.nation} signed as {header.owner!r}")
    if header.partner != me:
        raise Refused("wrong-partner", f"released to {header.partner!r}, not to {me}")
    if header.mode != mode:
        raise Refused("mode-mismatch", f"{header.mode!r} at a node in mode {mode}")
    if not key.not_before <= header.sent <= key.not_after:
        raise Refused("key-not-valid", f"key {key.id} of {key.nation} is not valid at {header.sent}")


def read_envelope(data: bytes) -> dsse.Envelope:
    """The envelope as it is, nothing verified. Raises Refused: oversized or damaged.

    The signature does not cover how the envelope around it is written. Only one way is taken: otherwise somebody on the
    way could give two partners different bytes for one release, and their logs would seem to be a split view.
    """
    if len(data) > LARGEST_BYTES:
        raise Refused("oversized", f"{len(data)} bytes, above {LARGEST_BYTES}")
    try:
        envelope = _envelope_decoder.decode(data)
    except UNREADABLE as error:
        raise Refused("damaged", f"no envelope: {error}") from None
    if _encoder.encode(envelope) != data:
        raise Refused("damaged", "an envelope that was written another way than it is sealed")
    return envelope


def read_release(envelope: dsse.Envelope) -> Release:
    """The release in an envelope, signature not looked at: for what was verified before. Raises Refused: damaged."""
    try:
        release = _release_decoder.decode(envelope.payload)
    except UNREADABLE as error:
        raise Refused("damaged", f"no release: {error}") from None
    if release.sequence < 1 or not math.isfinite(release.sent):
        raise Refused("damaged", "a release without a sequence or a time")
    return release


def _check_records(release: Release) -> None:
    """Nobody's records but the signer's, in no mode but the release's, and each of the kind that it says."""
    for record in release.records:
        if record.owner != release.owner:
            raise Refused("owner-mismatch", f"{release.owner} passes on a record of {record.owner!r}")
        body = record.body
        if record.mode != release.mode or (isinstance(body, WarningProduct) and body.mode != release.mode):
            raise Refused("mode-mismatch", f"record {record.id!r} is not in mode {release.mode}")
        if record.kind != KIND_OF[type(body)]:
            raise Refused("damaged", f"record {record.id!r} is no {record.kind}")
        if not _finite(body):
            raise Refused("damaged", f"record {record.id!r} holds a number that is none")


def _finite(value: object) -> bool:
    """Whether every number in a message is one: MessagePack can say infinity and not-a-number."""
    unread = [value]
    while unread:
        value = unread.pop()
        if type(value) is float:
            if not math.isfinite(value):
                return False
        elif type(value) is list or type(value) is tuple:
            unread += value
        elif type(value) is dict:
            unread += value.values()
        elif isinstance(value, msgspec.Struct):
            unread += msgspec.structs.astuple(value)
    return True
