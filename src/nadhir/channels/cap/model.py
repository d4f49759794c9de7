"""A CAP 1.2 alert as typed messages (OASIS Common Alerting Protocol 1.2, section 3.2).

Fields carry the standard's names written out; `elements.py` says which XML element each one is. Times are aware, to the
second: the offset is part of what CAP says. Points are (latitude, longitude) in degrees WGS-84, the order of CAP;
altitudes stay in the standard's feet above sea level and are named so.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Literal, Protocol

import msgspec

Status = Literal["Actual", "Exercise", "System", "Test", "Draft"]
MessageType = Literal["Alert", "Update", "Cancel", "Ack", "Error"]
Point = tuple[float, float]
Polygon = tuple[Point, ...]
"""A closed ring: the first point is repeated at the end."""


class Reference(msgspec.Struct, frozen=True):
    """What names one message: `sender,identifier,sent`."""

    sender: str
    identifier: str
    sent: datetime


class NamedValue(msgspec.Struct, frozen=True):
    """An event code, parameter or geocode: the list it is from, and the value."""

    name: str
    value: str


class Circle(msgspec.Struct, frozen=True):
    """A disc on the ground."""

    latitude_deg: float
    longitude_deg: float
    radius_km: float


class Area(msgspec.Struct, frozen=True):
    """Where: the union of its polygons, circles and geocodes."""

    description: str
    polygons: tuple[Polygon, ...] = ()
    circles: tuple[Circle, ...] = ()
    geocodes: tuple[NamedValue, ...] = ()
    altitude_feet: Decimal | None = None
    ceiling_feet: Decimal | None = None


class Resource(msgspec.Struct, frozen=True):
    """A file that belongs to an info."""

    description: str
    mime_type: str
    size_bytes: int | None = None
    uri: str | None = None
    content_base64: str | None = None
    digest_sha1: str | None = None


class Info(msgspec.Struct, frozen=True, kw_only=True):
    """What is said, in one language."""

    language: str = "en-US"
    categories: tuple[str, ...]
    event: str
    response_types: tuple[str, ...] = ()
    urgency: str
    severity: str
    certainty: str
    audience: str | None = None
    event_codes: tuple[NamedValue, ...] = ()
    effective: datetime | None = None
    onset: datetime | None = None
    expires: datetime | None = None
    sender_name: str | None = None
    headline: str | None = None
    description: str | None = None
    instruction: str | None = None
    web: str | None = None
    contact: str | None = None
    parameters: tuple[NamedValue, ...] = ()
    resources: tuple[Resource, ...] = ()
    areas: tuple[Area, ...] = ()


class Alert(msgspec.Struct, frozen=True, kw_only=True):
    """One CAP message."""

    identifier: str
    sender: str
    sent: datetime
    status: Status
    message_type: MessageType
    source: str | None = None
    scope: str = "Public"
    restriction: str | None = None
    addresses: str | None = None
    codes: tuple[str, ...] = ()
    note: str | None = None
    references: tuple[Reference, ...] = ()
    incidents: str | None = None
    infos: tuple[Info, ...] = ()

    @property
    def reference(self) -> Reference:
        """What later messages call this one."""
        return Reference(self.sender, self.identifier, self.sent)

    def expired(self, at: datetime) -> bool:
        """Whether everything that it says has run out; what gives no end never does."""
        ends = [info.expires for info in self.infos]
        return bool(ends) and all(end is not None and end <= at for end in ends)


class CapText(Protocol):
    """What one warning says in one language, ready for its `info`: plain text, nothing from another language.

    The texts of `nadhir.channels.text` are of this shape.
    """

    @property
    def event(self) -> str:
        """The kind of event in a few words."""

    @property
    def headline(self) -> str:
        """Under 140 characters."""

    @property
    def description(self) -> str:
        """Cause, place and time."""

    @property
    def instruction(self) -> str:
        """What to do."""

    @property
    def area_description(self) -> str:
        """The names of the areas."""

    @property
    def sender_name(self) -> str:
        """Who says so."""


class Enrolment(msgspec.Struct, frozen=True):
    """An authority's consent that a node speaks for it: without one no message can be `Actual`.

    It names the certificate (SHA-256 of its DER form, hexadecimal) whose key signs live messages, and only those.
    """

    authority: str
    """The owner code of `WarningProduct.authority`."""
    sender: str
    certificate_sha256: str


class Publisher(msgspec.Struct, frozen=True):
    """Who sends, as every message of a node says it."""

    sender: str
    """Globally unique, without spaces, commas, `<` or `&`: usually an address."""
    web: str | None = None
    contact: str | None = None
