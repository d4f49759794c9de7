"""XML signatures on CAP messages: enveloped, ECDSA P-256 with SHA-256, checked against pinned certificates.

CAP 1.2 section 3.3.4.1 asks for an enveloped XML signature as a child of `alert`. Exclusive canonical XML is used, so
that an alert keeps its signature inside a feed. Trust is in the certificates that the reader names and in nothing that
a message brings along. What is believed is what was signed: the alert that `verify` returns is read from the signed
bytes, so that a signature moved to other content, or wrapped around it, buys nothing.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from lxml import etree
from signxml.algorithms import CanonicalizationMethod, DigestAlgorithm, SignatureConstructionMethod, SignatureMethod
from signxml.exceptions import SignXMLException
from signxml.signer import XMLSigner
from signxml.verifier import SignatureConfiguration, XMLVerifier

from nadhir.channels.cap.codec import write_element
from nadhir.channels.cap.elements import SIGNATURE_NAMESPACE
from nadhir.channels.cap.model import Alert, Enrolment
from nadhir.channels.cap.parsing import Element, parse, text

_SIGNATURE = f"{{{SIGNATURE_NAMESPACE}}}Signature"
_ENVELOPED = SignatureConstructionMethod.enveloped.value
_CANONICAL = {method.value for method in CanonicalizationMethod}


class NotEnrolledError(PermissionError):
    """Something would be said as real, or with the key for what is real, without an authority's consent."""


class SignatureError(ValueError):
    """A signature that does not hold; the message says why."""


class Signer(msgspec.Struct, frozen=True):
    """A private key and its certificate."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate, as an `Enrolment` names it."""
        return fingerprint(self.certificate)


def load_signer(key: Path, certificate: Path, passphrase: bytes | None = None) -> Signer:
    """A signer from two PEM files; raises ValueError where the key is not of P-256 or not the certificate's."""
    private = load_pem_private_key(key.read_bytes(), passphrase)
    if not isinstance(private, ec.EllipticCurvePrivateKey) or not isinstance(private.curve, ec.SECP256R1):
        raise ValueError(f"{key}: not an ECDSA key on P-256")
    own = load_certificates(certificate)[0]
    if own.public_key() != private.public_key():
        raise ValueError(f"{certificate}: its first certificate is not of the key {key}")
    return Signer(private, own)


def load_certificates(path: Path) -> list[x509.Certificate]:
    """All certificates of a PEM file; raises ValueError where there is none."""
    return x509.load_pem_x509_certificates(path.read_bytes())


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 of a certificate's DER form, hexadecimal."""
    return certificate.fingerprint(hashes.SHA256()).hex()


def sign(alert: Alert, signer: Signer, enrolment: Enrolment | None = None) -> bytes:
    """The signed alert as an XML document.

    An `Actual` alert is signed with the enrolled certificate's key and no other, and that key signs nothing else.
    """
    live_key = enrolment is not None and enrolment.certificate_sha256 == signer.fingerprint
    if alert.status == "Actual" and not live_key:
        raise NotEnrolledError("Actual: sign it with the key of the certificate that the authority enrolled")
    if alert.status != "Actual" and live_key:
        raise NotEnrolledError(f"{alert.status}: the enrolled key signs only what is real; use the exercise key")
    signed = XMLSigner(
        method=SignatureConstructionMethod.enveloped,
        signature_algorithm=SignatureMethod.ECDSA_SHA256,
        digest_algorithm=DigestAlgorithm.SHA256,
        c14n_algorithm=CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0,
    ).sign(write_element(alert), key=signer.key, cert=[signer.certificate])
    return bytes(etree.tostring(signed, xml_declaration=True, encoding="UTF-8"))


def signatures(alert: Element) -> list[Element]:
    """The signatures that an alert carries, right or wrong, wherever they stand in it."""
    return list(alert.iter(_SIGNATURE))


def verify(data: bytes, trusted: Sequence[x509.Certificate], at: datetime) -> Element:
    """The alert element that one of the trusted certificates signed, read from the signed bytes.

    `at` is the time at which the certificate must be valid: now, or for archives when the message was sent. Raises
    `SignatureError`.
    """
    _check_shape(parse(data))
    failures = []
    for certificate in trusted:
        try:
            return _verified(data, certificate, at)
        except (SignXMLException, etree.LxmlError, ValueError, TypeError, AttributeError) as error:
            failures.append(_reason(error, certificate))
    raise SignatureError("; ".join(failures) or "no certificate is trusted")


def embedded_certificate(signature: Element) -> x509.Certificate | None:
    """The certificate that a signature brings along: it says who claims to have signed, and proves nothing.

    None where there is none; raises `SignatureError` where it cannot be read.
    """
    element = signature.find(f".//{{{SIGNATURE_NAMESPACE}}}X509Certificate")
    if element is None:
        return None
    try:
        return x509.load_der_x509_certificate(b64decode(text(element)))
    except ValueError as error:
        raise SignatureError("the certificate that it brings along cannot be read") from error


def _verified(data: bytes, certificate: x509.Certificate, at: datetime) -> Element:
    configuration = SignatureConfiguration(location="./", expect_references=1, verification_time=at)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    result = XMLVerifier().verify(data, x509_cert=certificate, expect_config=configuration, parser=parser)
    if isinstance(result, list) or result.signed_xml is None:
        raise SignatureError("what was signed is not one XML element")
    return parse(result.signed_data)


def _check_shape(alert: Element) -> None:
    """One signature, a child of the root, over the whole document with it cut out: nothing else can be wrapped in."""
    found = signatures(alert)
    if len(found) != 1 or found[0].getparent() is not alert:
        raise SignatureError(f"{len(found)} signatures; there must be one, directly in the alert")
    references = list(found[0].iter(f"{{{SIGNATURE_NAMESPACE}}}Reference"))
    if len(references) != 1 or references[0].get("URI") != "":
        raise SignatureError("the signature must be over the whole message")
    transforms = [one.get("Algorithm") for one in references[0].iter(f"{{{SIGNATURE_NAMESPACE}}}Transform")]
    if _ENVELOPED not in transforms or any(one != _ENVELOPED and one not in _CANONICAL for one in transforms):
        raise SignatureError(f"the signature transforms the message in another way than {_ENVELOPED}")


def _reason(error: Exception, certificate: x509.Certificate) -> str:
    words = str(error).rstrip(": ")[:200] or type(error).__name__
    return f"{certificate.subject.rfc4514_string()}: {words}"
