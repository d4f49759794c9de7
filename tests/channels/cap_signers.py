"""Keys and certificates that sign CAP in tests, made when they are wanted."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from nadhir.channels.cap import Signer


def a_signer(name: str, at: datetime, days: float = 1.0) -> Signer:
    """Who signs, with a certificate of its own that holds from a day before `at` to some days after."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(days=1))
        .not_valid_after(at + timedelta(days=days))
        .sign(key, hashes.SHA256())
    )
    return Signer(key, certificate)


def write_key(path: Path, data: bytes) -> None:
    """A file that only its owner may read."""
    path.write_bytes(data)
    path.chmod(0o600)


def write_signer(signer: Signer, key: Path, certificate: Path) -> None:
    """As PEM, as a publishing.toml names them."""
    write_key(key, signer.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    certificate.write_bytes(signer.certificate.public_bytes(Encoding.PEM))
