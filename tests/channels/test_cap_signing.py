"""Signatures hold for what was signed, by who is trusted, and for nothing else."""

from __future__ import annotations

import shutil
import subprocess
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cap_messages import (
    COMPLETE,
    ENROLMENT,
    NOW,
    OUTLINES,
    PUBLISHER,
    SCHEMA,
    TEXTS,
    made_warning,
    schema_engines,
)
from cap_signers import a_signer, write_signer
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from lxml import etree

from nadhir.channels.cap.check import Trust, judge
from nadhir.channels.cap.codec import read, read_element
from nadhir.channels.cap.compose import compose
from nadhir.channels.cap.model import Alert, Enrolment
from nadhir.channels.cap.signing import (
    NotEnrolledError,
    SignatureError,
    Signer,
    load_certificates,
    load_signer,
    sign,
    verify,
)

AT = datetime(2026, 11, 22, tzinfo=UTC)
CAP = "urn:oasis:names:tc:emergency:cap:1.2"


OURS, OTHER = a_signer("Drill office", AT), a_signer("Someone else", AT)
MESSAGE = read(COMPLETE.encode())
SIGNED = sign(MESSAGE, OURS)
TRUSTED = [OURS.certificate]


def _pem(signer: Signer, folder: Path) -> tuple[Path, Path]:
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    write_signer(signer, key, certificate)
    return key, certificate


def test_a_signed_message_is_verified_and_is_still_valid() -> None:
    assert read_element(verify(SIGNED, [OTHER.certificate, OURS.certificate], AT)) == MESSAGE
    judged = judge(SIGNED, Trust(at=AT, certificates=(OURS.certificate,)))
    assert judged.alerts[0].findings == ()
    if SCHEMA.exists():
        pytest.importorskip("xmlschema")
        assert all(valid(SIGNED) for valid in schema_engines().values())


def test_a_signature_survives_a_feed() -> None:
    alert = etree.fromstring(SIGNED)
    feed = etree.fromstring(
        '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:x="urn:x"><entry><content/></entry></feed>'
    )
    feed[0][0].append(alert)
    judged = judge(etree.tostring(feed), Trust(at=AT, certificates=(OURS.certificate,)))
    assert [alert.findings for alert in judged.alerts] == [()]


def _altered(data: bytes) -> bytes:
    return data.replace(b"Jeju", b"Jeolla")


def _signature_of_another_message(data: bytes) -> bytes:
    other = etree.fromstring(sign(read(COMPLETE.replace("Jeju", "Busan").encode()), OURS))
    alert = etree.fromstring(data)
    alert.replace(alert[-1], other[-1])
    return bytes(etree.tostring(alert))


def _without_signature(data: bytes) -> bytes:
    alert = etree.fromstring(data)
    alert.remove(alert[-1])
    return bytes(etree.tostring(alert))


def _wrapped_in_a_false_one(data: bytes) -> bytes:
    """The true signed alert as a child of a false one: a signature that is looked for anywhere would be found."""
    false = etree.fromstring(_altered(_without_signature(data)))
    false.append(etree.fromstring(data))
    return bytes(etree.tostring(false))


def _moved_to_a_false_one(data: bytes) -> bytes:
    """The signature on the false alert, pointing by id at the true one, kept in an object inside the signature."""
    true, false = etree.fromstring(data), etree.fromstring(_altered(_without_signature(data)))
    signature = true[-1]
    true.remove(signature)
    true.set("Id", "true")
    namespace = etree.QName(signature).namespace
    signature.find(f".//{{{namespace}}}Reference").set("URI", "#true")
    etree.SubElement(signature, f"{{{namespace}}}Object").append(true)
    false.append(signature)
    return bytes(etree.tostring(false))


def _with_a_second_signature(data: bytes) -> bytes:
    alert = etree.fromstring(data)
    alert.append(etree.fromstring(data)[-1])
    return bytes(etree.tostring(alert))


def _with_another_transform(data: bytes) -> bytes:
    return data.replace(
        b"http://www.w3.org/2000/09/xmldsig#enveloped-signature", b"http://www.w3.org/TR/1999/REC-xslt-19991116"
    )


FORGERIES = [
    _altered, _signature_of_another_message, _without_signature, _wrapped_in_a_false_one, _moved_to_a_false_one,
    _with_a_second_signature, _with_another_transform,
]  # fmt: skip


@pytest.mark.parametrize("forge", FORGERIES, ids=lambda forge: forge.__name__[1:])
def test_forgeries_are_refused(forge: object) -> None:
    assert callable(forge)
    data = forge(SIGNED)
    assert data != SIGNED
    with pytest.raises(SignatureError):
        verify(data, TRUSTED, AT)
    assert judge(data, Trust(at=AT, certificates=(OURS.certificate,))).verdict == "invalid"


def test_every_flipped_byte_is_refused_or_changes_nothing() -> None:
    for at in range(0, len(SIGNED), 97):
        data = SIGNED[:at] + bytes([SIGNED[at] ^ 1]) + SIGNED[at + 1 :]
        try:
            alert = verify(data, TRUSTED, AT)
        except ValueError:
            continue
        assert read_element(alert) == MESSAGE


def test_another_certificate_is_refused_whatever_the_message_brings_along() -> None:
    forged = sign(MESSAGE, OTHER)
    with pytest.raises(SignatureError, match="Drill office"):
        verify(forged, TRUSTED, AT)
    with pytest.raises(SignatureError, match="no certificate"):
        verify(SIGNED, [], AT)
    untrusted = judge(forged, Trust(at=AT)).alerts[0].findings
    assert [finding.rule for finding in untrusted] == ["signature-untrusted"]


@pytest.mark.parametrize("at", [AT - timedelta(days=2), AT + timedelta(days=2)])
def test_a_certificate_counts_only_in_its_time(at: datetime) -> None:
    with pytest.raises(SignatureError, match=r"valid|expired"):
        verify(SIGNED, TRUSTED, at)


def test_the_enrolled_key_signs_what_is_real_and_nothing_else() -> None:
    enrolment = Enrolment("KOR", "warnings@example.org", OURS.fingerprint)
    actual = Alert(identifier="a", sender="b", sent=AT, status="Actual", message_type="Alert")
    assert verify(sign(actual, OURS, enrolment), TRUSTED, AT) is not None
    for alert, signer, consent in (
        (actual, OURS, None),
        (actual, OTHER, enrolment),
        (MESSAGE, OURS, enrolment),
        (actual, OURS, ENROLMENT),
    ):
        with pytest.raises(NotEnrolledError):
            sign(alert, signer, consent)
    assert sign(MESSAGE, OTHER, enrolment)


def test_keys_come_from_files(tmp_path: Path) -> None:
    key, certificate = _pem(OURS, tmp_path)
    assert load_signer(key, certificate).fingerprint == OURS.fingerprint
    assert load_certificates(certificate) == [OURS.certificate]
    (tmp_path / "other").mkdir()
    with pytest.raises(ValueError, match="not of the key"):
        load_signer(key, _pem(OTHER, tmp_path / "other")[1])
    key.write_bytes(
        rsa.generate_private_key(65537, 2048).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    with pytest.raises(ValueError, match="P-256"):
        load_signer(key, certificate)


def test_a_decision_is_a_signed_message_in_four_languages_within_a_tenth_of_a_second() -> None:
    OUTLINES.prepare(["KR-49", "JP-47"])
    fastest = 9.9
    for revision in range(5):
        warning = made_warning(revision=revision)
        started = time.process_time()
        sign(compose(warning, TEXTS, OUTLINES.rings(["KR-49", "JP-47"]), PUBLISHER), OURS)
        fastest = min(fastest, time.process_time() - started)
    assert fastest < 0.1


@pytest.mark.connected
@pytest.mark.skipif(shutil.which("xmlsec1") is None, reason="needs xmlsec1 (Debian: apt install xmlsec1)")
def test_xmlsec1_verifies_what_we_sign(tmp_path: Path) -> None:
    _, certificate = _pem(OURS, tmp_path)

    def verified(data: bytes) -> bool:
        (tmp_path / "message.xml").write_bytes(data)
        command = [
            "xmlsec1",
            "--verify",
            "--trusted-pem",
            str(certificate),
            "--verification-time",
            "2026-11-22 00:00:00",
        ]
        return (
            subprocess.run([*command, str(tmp_path / "message.xml")], capture_output=True, check=False).returncode == 0
        )

    for status in ("pre-alert", "alert", "update", "all-clear", "cancel"):
        warning = made_warning(status=status, revision=1, issued=NOW + 1, reason="passed")
        assert verified(sign(compose(warning, TEXTS, OUTLINES.rings(["KR-49", "JP-47"]), PUBLISHER, [MESSAGE]), OURS))
    assert not verified(_altered(SIGNED))
    assert not verified(sign(MESSAGE, OTHER))
