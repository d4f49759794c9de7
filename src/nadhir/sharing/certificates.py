"""Certificates for the links between nations: each nation is its own authority, and can speak for its own names only.

The authority's name constraints (RFC 5280, 4.2.1.10) hold its nation's name under `.nadhir` and the host on which
partners reach it, nothing else, so that a partner who trusts it trusts it for that link alone. One certificate of it
serves both ends of mutual TLS. Who speaks is still decided by signatures, never by the connection.
"""

from __future__ import annotations

import ipaddress
from datetime import UTC, datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

AUTHORITY_DAYS = 3650
LINK_DAYS = 365
DAY_S = 86_400.0
CLOCK_ALLOWANCE_S = 3600.0
"""Certificates begin this much earlier than now, for partners whose clocks are behind."""

_ANY_ADDRESS = (ipaddress.ip_network("0.0.0.0/0"), ipaddress.ip_network("::/0"))


class CertificateError(Exception):
    """A certificate that cannot be used; the message says why."""


def make_authority(nation: str, host: str, now: float, passphrase: bytes | None = None) -> tuple[bytes, bytes]:
    """Certificate and private key (PEM) of a nation's authority; `host` is where partners reach it, or empty."""
    key = ec.generate_private_key(ec.SECP256R1())
    names = {own_name(nation), host} - {""}
    permitted = [_general_name(name, network=True) for name in sorted(names)]
    # A kind of name that no permitted subtree mentions would be free: addresses are then excluded altogether.
    addresses = any(isinstance(name, x509.IPAddress) for name in permitted)
    excluded = None if addresses else [x509.IPAddress(network) for network in _ANY_ADDRESS]
    subject = _subject(f"{nation} link authority", nation)
    certificate = (
        _builder(subject, subject, key.public_key(), now, AUTHORITY_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.NameConstraints(permitted, excluded), critical=True)
        .add_extension(_usage(authority=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return certificate.public_bytes(serialization.Encoding.PEM), _private_pem(key, passphrase)


def issue_link(
    authority: bytes, authority_key: bytes, nation: str, host: str, now: float, passphrase: bytes | None = None
) -> tuple[bytes, bytes]:
    """Certificate and private key (PEM, not encrypted: the server reads it) for a nation's end of its links.

    Raises CertificateError where the authority's certificate or key cannot be read, or they do not belong together.
    """
    try:
        issuer = x509.load_pem_x509_certificate(authority)
    except ValueError:
        raise CertificateError("authority.pem is no certificate: put it back from the backup") from None
    encrypted = b"BEGIN ENCRYPTED" in authority_key
    try:
        issuer_key = serialization.load_pem_private_key(authority_key, passphrase if encrypted else None)
    except (ValueError, TypeError):
        raise CertificateError("the authority's key cannot be read: is NADHIR_PASSPHRASE right?") from None
    if not isinstance(issuer_key, ec.EllipticCurvePrivateKey) or issuer_key.public_key() != issuer.public_key():
        raise CertificateError("the authority's key and certificate do not belong together")
    key = ec.generate_private_key(ec.SECP256R1())
    names = [_general_name(name) for name in sorted({own_name(nation), host} - {""})]
    usages = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
    certificate = (
        _builder(_subject(f"{nation} link", nation), issuer.subject, key.public_key(), now, LINK_DAYS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.ExtendedKeyUsage(usages), critical=False)
        .add_extension(_usage(authority=False), critical=True)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
        .sign(issuer_key, hashes.SHA256())
    )
    return certificate.public_bytes(serialization.Encoding.PEM), _private_pem(key, None)


def check_authority(pem: bytes, nation: str, host: str, now: float) -> None:
    """Accept a partner's authority only if it is bound to its nation's name and to the host that it gives.

    Raises CertificateError.
    """
    if host.lower().endswith(".nadhir") and host != own_name(nation):
        raise CertificateError(f"{nation} calls itself {host}, which is not its name")
    try:
        certificate = x509.load_pem_x509_certificate(pem)
        basic = certificate.extensions.get_extension_for_class(x509.BasicConstraints)
        names = certificate.extensions.get_extension_for_class(x509.NameConstraints)
        certificate.verify_directly_issued_by(certificate)
    except x509.ExtensionNotFound:
        raise CertificateError(f"the authority of {nation} is not bound to names: anything could be signed") from None
    except (ValueError, TypeError, InvalidSignature) as error:
        raise CertificateError(f"the authority of {nation} is no certificate that signs itself: {error}") from None
    if not basic.value.ca or basic.value.path_length != 0 or not names.critical:
        raise CertificateError(f"the authority of {nation} may make other authorities, or its names do not bind")
    permitted = names.value.permitted_subtrees or []
    allowed = [_general_name(name, network=True) for name in {own_name(nation), host} - {""}]
    for name in permitted:
        if name not in allowed:
            raise CertificateError(f"the authority of {nation} could speak for {name.value}, which is not its own")
    if not any(isinstance(name, x509.DNSName) for name in permitted):
        raise CertificateError(f"the authority of {nation} could speak for any name")
    excluded = names.value.excluded_subtrees or []
    if not any(isinstance(name, x509.IPAddress) for name in permitted) and not all(
        x509.IPAddress(network) in excluded for network in _ANY_ADDRESS
    ):
        raise CertificateError(f"the authority of {nation} could speak for any address")
    if now > certificate.not_valid_after_utc.timestamp():
        raise CertificateError(f"the authority of {nation} expired on {certificate.not_valid_after_utc:%Y-%m-%d}")


def self_signed(key: ec.EllipticCurvePrivateKey, name: str, now: float, days: int) -> bytes:
    """A certificate of nobody's but its own, in PEM: what signs the messages of an exercise."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    certificate = _builder(subject, subject, key.public_key(), now, days).sign(key, hashes.SHA256())
    return certificate.public_bytes(serialization.Encoding.PEM)


def expires(pem: bytes) -> float:
    """When a certificate ends, Unix seconds."""
    return x509.load_pem_x509_certificate(pem).not_valid_after_utc.timestamp()


def own_name(nation: str) -> str:
    """The name that is a nation's alone: kor.nadhir."""
    return f"{nation.lower()}.nadhir"


def _general_name(name: str, network: bool = False) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_network(name) if network else ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _subject(name: str, nation: str) -> x509.Name:
    return x509.Name(
        [x509.NameAttribute(NameOID.COMMON_NAME, name), x509.NameAttribute(NameOID.ORGANIZATION_NAME, f"{nation} node")]
    )


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: float, days: int
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.fromtimestamp(now - CLOCK_ALLOWANCE_S, UTC))
        .not_valid_after(datetime.fromtimestamp(now + days * DAY_S, UTC))
    )


def _usage(authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        key_cert_sign=authority,
        crl_sign=authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _private_pem(key: ec.EllipticCurvePrivateKey, passphrase: bytes | None) -> bytes:
    protection = serialization.BestAvailableEncryption(passphrase) if passphrase else serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, protection)
