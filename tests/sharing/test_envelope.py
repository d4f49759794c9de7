"""Envelopes: what is signed, and that nothing but an honest release for this node opens."""

from __future__ import annotations

import struct
from contextlib import suppress
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sealed import JPN, KOR, START, USA, record, release, trusted

from nadhir.model import Release, WarningProduct
from nadhir.sharing import dsse
from nadhir.sharing.envelope import (
    LARGEST_BYTES,
    REFUSAL_CAUSES,
    RELEASE_TYPE,
    Refused,
    open_envelope,
    read_envelope,
    read_release,
    seal,
)
from nadhir.sharing.keys import NodeKey

SEALED = seal(KOR, release())


def refusal(data: bytes, **keywords: Any) -> str:
    """The cause for which JPN's node refuses these bytes."""
    with pytest.raises(Refused) as refused:
        open_envelope(data, keywords.pop("trust", trusted()), **{"me": "JPN", "mode": "exercise", **keywords})
    assert refused.value.cause in REFUSAL_CAUSES
    return refused.value.cause


def signed(payload: object, key: NodeKey = KOR, payload_type: str = RELEASE_TYPE) -> bytes:
    """Any payload, truly signed."""
    raw = payload if isinstance(payload, bytes) else msgspec.msgpack.encode(payload)
    return msgspec.msgpack.encode(dsse.sign([key], payload_type, raw))


def fields(**changes: object) -> dict[str, Any]:
    """The release as a mapping, as another version of the program might write it."""
    return {**msgspec.to_builtins(release()), **changes}


def test_pre_authentication_encoding_of_the_specification() -> None:
    """The example of the DSSE protocol page; lengths are of bytes, not of characters."""
    encoded = dsse.pre_authentication_encoding("http://example.com/HelloWorld", b"hello world")
    assert encoded == b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    assert dsse.pre_authentication_encoding("é", b"\x00 ") == b"DSSEv1 2 \xc3\xa9 2 \x00 "
    assert dsse.pre_authentication_encoding("", b"") == b"DSSEv1 0  0 "


def test_what_was_sealed_opens_and_nothing_else_is_stored() -> None:
    opened = open_envelope(SEALED, trusted(), me="JPN", mode="exercise")
    assert opened == release()
    assert read_release(read_envelope(SEALED)) == release()
    assert seal(KOR, release()) == SEALED


@settings(max_examples=300, deadline=None)
@given(st.integers(0, len(SEALED) - 1), st.integers(1, 255))
def test_any_altered_byte_is_refused(place: int, change: int) -> None:
    altered = bytearray(SEALED)
    altered[place] ^= change
    refusal(bytes(altered))


@given(st.binary(max_size=400) | st.integers(0, len(SEALED) - 1).map(lambda length: SEALED[:length]))
def test_any_bytes_are_refused_as_damaged(data: bytes) -> None:
    assert refusal(data) == "damaged"


def test_one_release_has_one_form() -> None:
    """Bytes around the signature that it does not cover: another order, another field, a longer length."""
    envelope = msgspec.msgpack.decode(SEALED)
    assert msgspec.msgpack.encode(envelope) == SEALED
    assert refusal(msgspec.msgpack.encode(dict(reversed(envelope.items())))) == "damaged"
    assert refusal(msgspec.msgpack.encode({**envelope, "note": 1})) == "damaged"
    short = b"\xc5" + struct.pack(">H", len(envelope["payload"]))
    assert short in SEALED
    longer = SEALED.replace(short, b"\xc6" + struct.pack(">I", len(envelope["payload"])), 1)
    assert msgspec.msgpack.decode(longer) == envelope
    assert refusal(longer) == "damaged"


def test_identity_is_the_signature() -> None:
    assert refusal(seal(JPN, release())) == "unknown-key"
    # The stolen key of another partner: what it signs in KOR's name is refused, what it signs is USA's.
    assert refusal(seal(USA, release(owner="KOR"))) == "owner-mismatch"
    assert open_envelope(seal(USA, release(owner="USA")), trusted(), me="JPN", mode="exercise").owner == "USA"
    # Named as KOR's key, signed by USA's.
    forged = read_envelope(seal(USA, release()))
    forged = msgspec.structs.replace(forged, signatures=(dsse.Signature(KOR.id, forged.signatures[0].sig),))
    assert refusal(msgspec.msgpack.encode(forged)) == "bad-signature"


def test_a_partner_passes_on_nothing_of_others() -> None:
    smuggled = msgspec.structs.replace(release(), records=(record(1), record(2, owner="USA")))
    assert refusal(seal(KOR, smuggled)) == "owner-mismatch"


def test_revoked_is_final_and_validity_is_of_the_time_of_sending() -> None:
    assert refusal(SEALED, trust=trusted(revoked=START)) == "revoked"
    early = msgspec.structs.replace(release(), sent=START - 1.0)
    assert refusal(seal(KOR, early)) == "key-not-valid"
    assert refusal(seal(KOR, msgspec.structs.replace(release(), sent=START + 1e9))) == "key-not-valid"
    assert refusal(seal(KOR, msgspec.structs.replace(release(), sent=float("nan")))) == "key-not-valid"


def test_wrong_partner_and_wrong_mode() -> None:
    assert refusal(SEALED, me="USA") == "wrong-partner"
    assert refusal(SEALED, mode="live") == "mode-mismatch"
    live_inside = msgspec.structs.replace(release(), records=(record(1, mode="live"),))
    assert refusal(seal(KOR, live_inside)) == "mode-mismatch"
    warning = WarningProduct("w", ["e1"], ["o1"], START, "alert", "impact", [], "live")
    hidden = msgspec.structs.replace(record(1), kind="warning", body=warning)
    assert refusal(seal(KOR, msgspec.structs.replace(release(), records=(hidden,)))) == "mode-mismatch"


def test_signed_for_another_purpose() -> None:
    assert refusal(signed(release(), payload_type="application/vnd.nadhir.tree-head+msgpack")) == "damaged"
    two = dsse.sign([KOR, USA], RELEASE_TYPE, msgspec.msgpack.encode(release()))
    assert refusal(msgspec.msgpack.encode(two)) == "damaged"


def test_partners_on_other_versions() -> None:
    newer = fields(weather="fine")
    newer["records"][0]["mood"] = {"nested": [1, 2, {"deep": None}]}
    newer["records"][0]["body"]["colour"] = "grey"
    assert open_envelope(signed(newer), trusted(), me="JPN", mode="exercise") == release()
    # A schema that this node cannot know may have changed anything: it is refused for that, not called damaged.
    assert refusal(signed(fields(schema=2, records="something else"))) == "schema-too-new"
    assert refusal(signed(fields(schema=2, owner="USA"))) == "schema-too-new"


@pytest.mark.parametrize(
    "change",
    [
        {"sequence": 0},
        {"sequence": "1"},
        {"records": None},
        {"sent": None},
        {"records": [{}]},
    ],
)
def test_signed_nonsense_is_damaged(change: dict[str, object]) -> None:
    assert refusal(signed(fields(**change))) == "damaged"


def test_a_record_is_of_the_kind_that_it_says_and_its_numbers_are_numbers() -> None:
    for change in (
        {"kind": "warning"},
        {"body": msgspec.structs.replace(record(1).body, time=float("inf"))},
        {"body": msgspec.structs.replace(record(2).body, covariance=[float("nan")] * 21), "kind": "track"},
    ):
        wrong = msgspec.structs.replace(record(1), **change)
        assert refusal(seal(KOR, msgspec.structs.replace(release(), records=(wrong,)))) == "damaged"


def test_oversized() -> None:
    assert refusal(SEALED + bytes(LARGEST_BYTES)) == "oversized"
    many = msgspec.structs.replace(release(), records=tuple(record(number) for number in range(4000)))
    with pytest.raises(ValueError, match="fewer records"):
        seal(KOR, many)


BOMBS = {
    "array of four thousand million": b"\xdd" + struct.pack(">I", 2**32 - 1),
    "map of four thousand million": b"\xdf" + struct.pack(">I", 2**32 - 1),
    "string longer than the message": b"\xdb" + struct.pack(">I", 2**31),
    "half a million nested arrays": b"\x91" * 500_000,
    "half a million nested maps": b"\x81\xa1a" * 170_000,
}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS.keys())
def test_huge_and_nested_messagepack(bomb: bytes) -> None:
    """Outside the signature, inside it, in a field that is known and in one that is not."""
    assert refusal(bomb) == "damaged"
    assert refusal(signed(bomb)) == "damaged"
    whole = msgspec.msgpack.encode(fields(records=[]))
    assert refusal(signed(whole[:-1] + bomb)) == "damaged"
    assert refusal(signed(bytes([whole[0] + 1]) + whole[1:] + b"\xa3new" + bomb)) == "damaged"


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_hostile_partner_cannot_make_more_than_a_refusal(data: st.DataObject) -> None:
    """Truly signed payloads of which bytes were changed before signing: refused, or read as a release."""
    payload = bytearray(msgspec.msgpack.encode(release()))
    for _ in range(data.draw(st.integers(1, 4))):
        payload[data.draw(st.integers(0, len(payload) - 1))] = data.draw(st.integers(0, 255))
    with suppress(Refused):
        opened = open_envelope(signed(bytes(payload)), trusted(), me="JPN", mode="exercise")
        assert isinstance(opened, Release)
        assert (opened.owner, opened.partner, opened.mode) == ("KOR", "JPN", "exercise")
