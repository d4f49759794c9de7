"""The judge of CAP files: single alerts, feeds and distribution envelopes that hold alerts, or anything else.

It never fails: whatever it is given, it says what it found. CAP 1.2 is judged in full; CAP 1.0 and 1.1 are named and
judged by the content rules that they share with 1.2.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Literal

import msgspec
from cryptography import x509
from lxml import etree

from nadhir.channels.cap.elements import NAMESPACE, check_structure
from nadhir.channels.cap.findings import Finding, found
from nadhir.channels.cap.parsing import Element, UnreadableError, parse
from nadhir.channels.cap.rules import Message, check_content
from nadhir.channels.cap.signing import SignatureError, embedded_certificate, signatures, verify

MOST_FINDINGS = 100
"""A message with more is not read further: it is noise or an attack."""

VERSIONS = {
    NAMESPACE: "1.2",
    "urn:oasis:names:tc:emergency:cap:1.1": "1.1",
    "http://www.incident.com/cap/1.0": "1.0",
}
FEEDS = {"feed", "rss"}
SUFFIXES = (".xml", ".cap", ".atom", ".edxlde", ".rss")
Verdict = Literal["valid", "invalid", "unreadable"]


class Judgement(msgspec.Struct, frozen=True):
    """What was found in one alert."""

    version: str | None
    identifier: str | None
    line: int
    findings: tuple[Finding, ...]


class Judged(msgspec.Struct, frozen=True):
    """What was found in one file; `unreadable` says why nothing could be."""

    alerts: tuple[Judgement, ...] = ()
    unreadable: str | None = None

    @property
    def verdict(self) -> Verdict:
        """Valid without an error in any alert; warnings do not count."""
        if self.unreadable is not None:
            return "unreadable"
        wrong = any(finding.severity == "error" for alert in self.alerts for finding in alert.findings)
        return "invalid" if wrong else "valid"


class Trust(msgspec.Struct, frozen=True):
    """The certificates whose signatures are believed, and the time at which they must be valid.

    Without certificates a signature is only held against the certificate that it brings along: that shows altered
    content, and not who signed.
    """

    at: datetime
    certificates: tuple[x509.Certificate, ...] = ()


def judge(data: bytes, trust: Trust) -> Judged:
    """All findings on every alert in a file."""
    try:
        root = parse(data)
    except UnreadableError as error:
        return Judged(unreadable=str(error))
    name = etree.QName(root).localname
    alerts = [root] if name == "alert" else list(_outermost(root))
    if not alerts and name not in FEEDS:
        return Judged(unreadable=f"no CAP alert in this {name}")
    return Judged(alerts=tuple(_judge_alert(alert, trust) for alert in alerts))


def files(paths: Sequence[Path]) -> Iterator[Path]:
    """The files named, and in folders those whose name ends like one that holds alerts."""
    for path in paths:
        if path.is_dir():
            yield from sorted(one for one in path.rglob("*") if one.suffix.lower() in SUFFIXES and one.is_file())
        else:
            yield path


def _outermost(root: Element) -> Iterator[Element]:
    tags = {f"{{{namespace}}}alert" for namespace in VERSIONS}
    for alert in root.iter(*tags):
        if not any(above.tag in tags for above in alert.iterancestors()):
            yield alert


def _judge_alert(alert: Element, trust: Trust) -> Judgement:
    version = VERSIONS.get(etree.QName(alert).namespace)
    findings = tuple(islice(_findings(alert, version, trust), MOST_FINDINGS))
    identifier = Message(alert).value("identifier")
    return Judgement(version, identifier and identifier[:200], alert.sourceline or 0, findings)


def _findings(alert: Element, version: str | None, trust: Trust) -> Iterator[Finding]:
    if version is None:
        namespace = etree.QName(alert).namespace
        yield found("namespace", alert, alert, f"{namespace!r} is no version of CAP; 1.2 is {NAMESPACE!r}")
        return
    if version == "1.2":
        yield from check_structure(alert, alert)
    else:
        problem = f"CAP {version}: judged only by what it shares with 1.2"
        yield found("older-version", alert, alert, problem, "warning")
    yield from check_content(alert)
    yield from _check_signature(alert, trust)


def _check_signature(alert: Element, trust: Trust) -> Iterator[Finding]:
    carried = signatures(alert)
    if not carried:
        if trust.certificates:
            yield found("signature-missing", alert, alert, "not signed")
        return
    try:
        if trust.certificates:
            verify(_document(alert), trust.certificates, trust.at)
        elif len(carried) > 1:
            # Some systems sign again over the first signature: only who knows theirs can tell which covers what.
            problem = f"{len(carried)} signatures: none was looked at"
            yield found("signature-unchecked", carried[0], alert, problem, "warning")
        elif own := embedded_certificate(carried[0]):
            verify(_document(alert), [own], max(own.not_valid_before_utc, min(trust.at, own.not_valid_after_utc)))
            claim = (
                f"it holds, by a certificate that it brings itself ({own.subject.rfc4514_string()}): name trusted ones"
            )
            yield found("signature-untrusted", carried[0], alert, claim, "warning")
        else:
            yield found("signature-unchecked", carried[0], alert, "signed, without a certificate", "warning")
    except SignatureError as error:
        yield found("signature", carried[0], alert, str(error))


def _document(alert: Element) -> bytes:
    """The alert as a document of its own, as it was signed; in a feed it stands under other namespaces."""
    return bytes(etree.tostring(alert, with_tail=False))
