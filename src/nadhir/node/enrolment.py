"""Enrolment: an authority's signed consent that a node warns its people, until a time. Without it all is an exercise.

The node makes a `Request`, signed by its own key. The authority compares the node's fingerprint by voice and signs an
`Enrolment` for that key and for the certificate that signs the node's live CAP messages. The node compares the
authority's fingerprint, the other way, and keeps both in its `enrolment.json`.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from nadhir.alerts.people import Enrolment
from nadhir.model.unreadable import UNREADABLE
from nadhir.sharing.files import replace_file
from nadhir.sharing.keys import NodeKey, key_id, verifies

FILE = "enrolment.json"
SOON_S = 30 * 24 * 3600.0
"""An enrolment that runs out so soon is a problem that the node shows."""


class EnrolmentError(ValueError):
    """An enrolment that does not hold; the message says what to do."""


class Request(msgspec.Struct, frozen=True):
    """What a node asks its authority for. `certificate` is the SHA-256 of the one for live CAP; empty where none."""

    nation: str
    public: bytes
    certificate: str
    signature: bytes = b""


class Enrolled(msgspec.Struct, frozen=True):
    """An enrolment with the public key of its authority, which the node compares by voice before it keeps it."""

    enrolment: Enrolment
    authority_public: bytes

    @property
    def holds(self) -> bool:
        """Whether this authority signed it."""
        return verifies(self.authority_public, self.enrolment.signature, _consent(self.enrolment))


def make_request(key: NodeKey, nation: str, certificate: str) -> bytes:
    """The file that goes to the authority."""
    unsigned = Request(nation, key.public, certificate)
    signed = msgspec.structs.replace(unsigned, signature=key.sign(_asked(unsigned)))
    return msgspec.json.format(msgspec.json.encode(signed)) + b"\n"


def read_request(data: bytes) -> Request:
    """A request that the key in it signed. Raises EnrolmentError."""
    try:
        request = msgspec.json.decode(data, type=Request)
    except UNREADABLE as error:
        raise EnrolmentError(f"no request for enrolment ({error}); the node makes one: nadhir enrol request") from None
    if not verifies(request.public, request.signature, _asked(request)):
        raise EnrolmentError("the request is not signed by the key that it names: ask the node for another")
    return request


def enrol(authority: NodeKey, request: Request, until: float) -> bytes:
    """The file that goes back to the node: the authority's consent until a time (Unix seconds)."""
    unsigned = Enrolment(request.nation, key_id(request.public), request.certificate, until)
    signed = msgspec.structs.replace(unsigned, signature=authority.sign(_consent(unsigned)))
    return msgspec.json.format(msgspec.json.encode(Enrolled(signed, authority.public))) + b"\n"


def read_enrolment(data: bytes) -> Enrolled:
    """An enrolment, whoever signed it: `check` it. Raises EnrolmentError."""
    try:
        return msgspec.json.decode(data, type=Enrolled)
    except UNREADABLE as error:
        raise EnrolmentError(f"no enrolment ({error}); the authority makes one: nadhir enrol sign") from None


def check(enrolled: Enrolled, nation: str, own_keys: frozenset[str], now: float) -> None:
    """Raise EnrolmentError unless it is this node's, its authority's, and still runs. `own_keys`: ids, old ones too."""
    enrolment = enrolled.enrolment
    if not enrolled.holds:
        raise EnrolmentError("the enrolment was changed after its authority signed it: ask for another")
    if enrolment.authority != nation:
        raise EnrolmentError(f"the enrolment is for {enrolment.authority}, and this node is {nation}'s")
    if enrolment.node_key not in own_keys:
        raise EnrolmentError("the enrolment is for another node's key: make a request with nadhir enrol request")
    if now > enrolment.until:
        raise EnrolmentError("the enrolment has run out: the authority renews it with nadhir enrol sign")


def install(node: Path, enrolled: Enrolled) -> None:
    """Keep an enrolment that was checked in the node's folder."""
    replace_file(node / FILE, msgspec.json.format(msgspec.json.encode(enrolled)) + b"\n")


def installed(node: Path) -> Enrolled | None:
    """The enrolment of a node's folder; None where there is none. Raises EnrolmentError where it cannot be read."""
    try:
        return read_enrolment((node / FILE).read_bytes())
    except FileNotFoundError:
        return None
    except OSError as error:
        raise EnrolmentError(f"{node / FILE} cannot be read: {error.strerror}") from None


# The first word keeps each signature from meaning anything else.
def _asked(request: Request) -> bytes:
    return msgspec.json.encode(["nadhir-enrolment-request", request.nation, request.public, request.certificate])


def _consent(enrolment: Enrolment) -> bytes:
    return msgspec.json.encode(
        ["nadhir-enrolment", enrolment.authority, enrolment.node_key, enrolment.certificate, enrolment.until]
    )
