"""Node keys on disk, their ids and their fingerprints."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from nadhir.sharing.keys import KeyFileError, NodeKey, fingerprint, is_public_key, key_id, verifies, write_private

# RFC 8032, section 7.1, test 2.
SECRET = bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
PUBLIC = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
SIGNATURE = bytes.fromhex(
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
)


def test_signature_of_the_rfc() -> None:
    key = NodeKey(Ed25519PrivateKey.from_private_bytes(SECRET))
    assert key.public == PUBLIC
    assert key.sign(b"\x72") == SIGNATURE


def test_a_signature_holds_for_its_very_bytes() -> None:
    assert verifies(PUBLIC, SIGNATURE, b"\x72")
    assert not verifies(PUBLIC, SIGNATURE, b"\x73")
    # One string of both would be the same here: that must not do.
    assert not verifies(PUBLIC, SIGNATURE + b"\x72", b"")
    assert not verifies(PUBLIC, SIGNATURE[:-1], SIGNATURE[-1:] + b"\x72")
    assert not verifies(PUBLIC[:-1], SIGNATURE, b"\x72")


def test_a_signature_has_one_form() -> None:
    """Its second half is a number below the order of the group, which may not be added to it."""
    order = 2**252 + 27742317777372353535851937790883648493
    again = int.from_bytes(SIGNATURE[32:], "little") + order
    assert not verifies(PUBLIC, SIGNATURE[:32] + again.to_bytes(32, "little"), b"\x72")


def test_points_of_small_order_are_no_keys() -> None:
    """Under each of them a neutral R with a zero S signs anything, by the equation that ZIP 215 checks."""
    neutral = (1).to_bytes(32, "little")
    of_order_two = (2**255 - 20).to_bytes(32, "little")
    of_order_four = bytes(32)
    neutral_in_another_encoding = (2**255 - 18).to_bytes(32, "little")
    for point in (neutral, of_order_two, of_order_four, neutral_in_another_encoding):
        assert not is_public_key(point)
        assert not verifies(point, neutral + bytes(32), b"nobody signed this")


@given(seed=st.binary(min_size=32, max_size=32), data=st.binary(max_size=200), bit=st.integers(0, 511))
def test_who_signs_and_who_verifies_agree_as_a_third_does(seed: bytes, data: bytes, bit: int) -> None:
    """Signed by libsodium, verified here and by OpenSSL; with any bit of the signature turned by neither."""
    key = NodeKey(Ed25519PrivateKey.from_private_bytes(seed))
    signature = key.sign(data)
    turned = (int.from_bytes(signature) ^ 1 << bit).to_bytes(64)
    third = Ed25519PublicKey.from_public_bytes(key.public)
    assert is_public_key(key.public)
    assert verifies(key.public, signature, data)
    third.verify(signature, data)
    assert not verifies(key.public, turned, data)
    with pytest.raises(InvalidSignature):
        third.verify(turned, data)


def test_id_and_fingerprint_are_fixed_for_ever() -> None:
    """Partners have read these aloud: a change of the rule would make every stored comparison wrong."""
    assert key_id(PUBLIC) == "39f713d0a644253f04529421b9f51b9b"
    assert fingerprint(PUBLIC) == "84047 45111 45897 11614 96296 53919"
    assert all(len(group) == 5 and group.isdigit() for group in fingerprint(PUBLIC).split(" "))
    assert fingerprint(NodeKey.generate().public) != fingerprint(PUBLIC)


@pytest.mark.parametrize("passphrase", [None, b"correct horse"])
def test_saved_and_loaded(tmp_path: Path, passphrase: bytes | None) -> None:
    path = tmp_path / "signing.key"
    key = NodeKey.generate()
    key.save(path, passphrase)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert NodeKey.load(path, passphrase).public == key.public
    assert NodeKey.load(path, b"correct horse").public == key.public
    with pytest.raises(KeyFileError, match="not overwritten"):
        NodeKey.generate().save(path)
    if passphrase:
        with pytest.raises(KeyFileError, match="NADHIR_PASSPHRASE"):
            NodeKey.load(path)
        with pytest.raises(KeyFileError, match="passphrase is wrong"):
            NodeKey.load(path, b"wrong")


def test_keys_that_others_may_read_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "signing.key"
    NodeKey.generate().save(path)
    path.chmod(0o640)
    with pytest.raises(KeyFileError, match="chmod 600"):
        NodeKey.load(path)


def test_files_that_are_no_keys(tmp_path: Path) -> None:
    with pytest.raises(KeyFileError, match="cannot be read"):
        NodeKey.load(tmp_path / "missing.key")
    write_private(tmp_path / "noise.key", b"noise")
    with pytest.raises(KeyFileError, match="no private key"):
        NodeKey.load(tmp_path / "noise.key")
    other = ec.generate_private_key(ec.SECP256R1())
    pem = other.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    write_private(tmp_path / "other.key", pem)
    with pytest.raises(KeyFileError, match="not an Ed25519 key"):
        NodeKey.load(tmp_path / "other.key")
    assert not is_public_key(b"short")
    assert is_public_key(PUBLIC)
