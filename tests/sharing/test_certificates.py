"""Link certificates: mutual TLS works between partners, and an authority cannot speak for another nation."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from nadhir.sharing.certificates import (
    LINK_DAYS,
    CertificateError,
    check_authority,
    expires,
    issue_link,
    make_authority,
)

NOW = time.time()


class Nation:
    """Files of one nation's link."""

    def __init__(self, folder: Path, code: str, host: str) -> None:
        self.host = host
        self.authority, self.authority_key = make_authority(code, host, NOW)
        self.authority_file = folder / f"{code}.ca.pem"
        self.authority_file.write_bytes(self.authority)
        self.issue(folder, code, host)

    def issue(self, folder: Path, code: str, host: str) -> None:
        """A certificate of this authority for any nation and host."""
        link, key = issue_link(self.authority, self.authority_key, code, host, NOW)
        self.link_file, self.key_file = folder / f"{code}.pem", folder / f"{code}.key"
        self.link_file.write_bytes(link)
        self.key_file.write_bytes(key)

    def context(self, partner: Nation | None, server: bool) -> ssl.SSLContext:
        """Mutual TLS that trusts the partner's authority alone."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER if server else ssl.PROTOCOL_TLS_CLIENT)
        context.load_cert_chain(self.link_file, self.key_file)
        if partner:
            context.load_verify_locations(partner.authority_file)
        context.verify_mode = ssl.CERT_REQUIRED
        return context


def handshake(dialler: Nation, listener: Nation, host: str) -> None:
    """A TLS handshake in memory; raises ssl.SSLError where either side refuses."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = dialler.context(listener, False).wrap_bio(to_client, to_server, server_hostname=host)
    server = listener.context(dialler, True).wrap_bio(to_server, to_client, server_side=True)
    for _ in range(4):
        for end in (client, server):
            try:
                end.do_handshake()
            except ssl.SSLWantReadError:
                continue
    client.write(b"hello")
    assert server.read(5) == b"hello"


@pytest.mark.parametrize("host", ["", "node.example.kr", "203.0.113.7", "127.0.0.1", "2001:db8::7"])
def test_mutual_tls(tmp_path: Path, host: str) -> None:
    korea, japan = Nation(tmp_path, "KOR", host), Nation(tmp_path, "JPN", "")
    handshake(japan, korea, host or "kor.nadhir")
    handshake(japan, korea, "kor.nadhir")
    handshake(korea, japan, "jpn.nadhir")
    check_authority(korea.authority, "KOR", host, NOW)


@pytest.mark.parametrize("own", ["", "127.0.0.1"])
@pytest.mark.parametrize(("code", "host"), [("JPN", ""), ("KOR", "node.example.jp"), ("KOR", "203.0.113.9")])
def test_an_authority_cannot_speak_for_others(tmp_path: Path, own: str, code: str, host: str) -> None:
    """Korea's authority signs for Japan's name, or for a host that is not Korea's: every partner refuses it."""
    korea, usa = Nation(tmp_path, "KOR", own), Nation(tmp_path, "USA", "")
    korea.issue(tmp_path, code, host)
    with pytest.raises(ssl.SSLError, match=r"(permitted|excluded) subtree violation"):
        handshake(usa, korea, host or "jpn.nadhir")


def test_a_certificate_of_another_authority_or_none_is_refused(tmp_path: Path) -> None:
    korea, japan, other = Nation(tmp_path, "KOR", ""), Nation(tmp_path, "JPN", ""), Nation(tmp_path, "USA", "")
    other.issue(tmp_path, "JPN", "")
    other.authority_file = japan.authority_file
    with pytest.raises(ssl.SSLError):
        handshake(other, korea, "kor.nadhir")


def built(**changes: object) -> bytes:
    """An authority for KOR as a careless or hostile partner might make it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "KOR")])
    moment = datetime.fromtimestamp(NOW, UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(moment - timedelta(days=2))
        .not_valid_after(moment + timedelta(days=10))
        .add_extension(
            x509.BasicConstraints(bool(changes.get("ca", True)), 0 if changes.get("ca", True) else None), True
        )
    )
    names = changes.get("names")
    if isinstance(names, x509.NameConstraints):
        builder = builder.add_extension(names, critical=bool(changes.get("critical", True)))
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def dns(*names: str) -> x509.NameConstraints:
    return x509.NameConstraints([x509.DNSName(name) for name in names], None)


@pytest.mark.parametrize(
    ("pem", "host", "why"),
    [
        (lambda: built(), "", "not bound to names"),
        (lambda: built(names=dns("kor.nadhir", "jpn.nadhir")), "", "could speak for jpn.nadhir"),
        (lambda: built(names=dns("nadhir")), "", "could speak for nadhir"),
        (lambda: built(names=dns("kor.nadhir")), "", "any address"),
        (lambda: built(names=dns("kor.nadhir"), critical=False), "", "do not bind"),
        (lambda: built(names=dns("kor.nadhir"), ca=False), "", "may make other"),
        (lambda: make_authority("KOR", "", NOW)[0], "jpn.nadhir", "not its name"),
        (lambda: make_authority("KOR", "", NOW - 3651 * 86400)[0], "", "expired"),
        (lambda: b"noise", "", "no certificate"),
    ],
)
def test_authorities_that_are_not_accepted(pem: Callable[[], bytes], host: str, why: str) -> None:
    with pytest.raises(CertificateError, match=why):
        check_authority(pem(), "KOR", host, NOW)


def test_issuing_needs_the_authoritys_own_key_and_its_passphrase() -> None:
    authority, key = make_authority("KOR", "", NOW, b"secret")
    _, other_key = make_authority("KOR", "", NOW)
    link, _ = issue_link(authority, key, "KOR", "", NOW, b"secret")
    assert expires(link) == pytest.approx(NOW + LINK_DAYS * 86400, abs=2)
    with pytest.raises(CertificateError, match="NADHIR_PASSPHRASE"):
        issue_link(authority, key, "KOR", "", NOW, b"wrong")
    with pytest.raises(CertificateError, match="NADHIR_PASSPHRASE"):
        issue_link(authority, key, "KOR", "", NOW)
    with pytest.raises(CertificateError, match="belong together"):
        issue_link(authority, other_key, "KOR", "", NOW)
