"""What CAP 1.2 says of each XML element: its order, how often it may stand, and the form of its value.

One table serves the judge of the structure, the reader and the writer. It says all that the OASIS schema says (standard
section 3.4), and adds the forms of points, polygons, circles and references, which the schema leaves as plain text
(section 3.2; rules of `FORM_RULES`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Generic, NamedTuple, TypeVar

import msgspec

from nadhir.channels.cap import model
from nadhir.channels.cap.findings import Finding, found
from nadhir.channels.cap.parsing import Element, children, text

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
SIGNATURE_NAMESPACE = "http://www.w3.org/2000/09/xmldsig#"
FORM_RULES = frozenset({"polygon-form", "circle-form", "references-form"})

Value = TypeVar("Value")

_SCHEMA_LOCATIONS = {
    "{http://www.w3.org/2001/XMLSchema-instance}schemaLocation",
    "{http://www.w3.org/2001/XMLSchema-instance}noNamespaceSchemaLocation",
}


class Simple(NamedTuple, Generic[Value]):
    """The form of a value: the rule that it breaks, words for what is expected, and both directions.

    `read` raises ValueError for text that is not of the form.
    """

    rule: str
    expects: str
    read: Callable[[str], Value]
    write: Callable[[Value], str]


class Complex(NamedTuple):
    """An element of elements, in their order, and the struct that holds them."""

    struct: type[msgspec.Struct]
    elements: tuple[Slot, ...]
    signed: bool = False
    """Whether signatures may follow."""


class Slot(NamedTuple):
    """One place in the order: the XML name, the field of the struct, and what stands there."""

    name: str
    field: str
    content: Simple[Any] | Complex
    required: bool = False
    repeated: bool = False


# ---- forms of values

_DATE_TIME = re.compile(r"(\d{4}-\d\d-\d\dT)(\d\d:\d\d:\d\d)([-+])(\d\d):(\d\d)", re.ASCII)
_LANGUAGE = re.compile(r"[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*")
_INTEGER = re.compile(r"[-+]?[0-9]+")
_DECIMAL = re.compile(r"[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)")
_URI = re.compile(
    r"([a-zA-Z][a-zA-Z0-9+.-]*:)?([^%#\s\[\]]|%[0-9a-fA-F]{2}|\[[0-9a-fA-F:.]+\])*(#([^%#\s]|%[0-9a-fA-F]{2})*)?"
)
_NUMBER = r"[-+]?[0-9]{1,3}(?:\.[0-9]*)?"
_PAIR = rf"{_NUMBER},{_NUMBER}"
_PAIRS = re.compile(rf"\s*+(?:{_PAIR}(?:\s++{_PAIR})*+\s*+)?")  # possessive: forty thousand pairs, in one sweep
_CIRCLE = re.compile(rf"({_NUMBER}),({_NUMBER})\s+([0-9]+(?:\.[0-9]*)?)")


def _collapsed(value: str) -> str:
    return " ".join(value.strip(" \t\r\n").split())


def _matched(pattern: re.Pattern[str], value: str) -> re.Match[str]:
    match = pattern.fullmatch(_collapsed(value))
    if match is None:
        raise ValueError(value)
    return match


def _read_time(value: str) -> datetime:
    date, clock, sign, hours, minutes = _matched(_DATE_TIME, value).groups()
    offset_minutes = 60 * int(hours) + int(minutes)
    if int(minutes) > 59 or offset_minutes > 14 * 60:
        raise ValueError(value)
    end_of_day = clock == "24:00:00"  # the schema's dateTime allows it
    time = datetime.fromisoformat(f"{date}{'00:00:00' if end_of_day else clock}{sign}{hours}:{minutes}")
    try:
        return time + timedelta(days=1) if end_of_day else time
    except OverflowError as error:
        raise ValueError(value) from error


def _write_time(value: datetime) -> str:
    written = value.isoformat(timespec="seconds")
    if value.utcoffset() is None:
        raise ValueError(f"{written} has no offset")
    # Section 3.3.2: zero is written as -00:00, and never as Z.
    return written.replace("+00:00", "-00:00")


def _read_uri(value: str) -> str:
    return _matched(_URI, value).group()


def _read_language(value: str) -> str:
    return _matched(_LANGUAGE, value).group() if value else "en-US"


def _read_polygon(value: str) -> model.Polygon:
    if not _PAIRS.fullmatch(value):
        raise ValueError(value)
    numbers = [float(number) for number in value.replace(",", " ").split()]
    return tuple(zip(numbers[::2], numbers[1::2], strict=True))


def _plain(value: float) -> str:
    """Every digit, and never an exponent."""
    return format(Decimal(repr(value)), "f")


def _write_polygon(value: model.Polygon) -> str:
    return " ".join(f"{_plain(latitude)},{_plain(longitude)}" for latitude, longitude in value)


def _read_circle(value: str) -> model.Circle:
    latitude, longitude, radius = _matched(_CIRCLE, value).groups()
    return model.Circle(float(latitude), float(longitude), float(radius))


def _write_circle(value: model.Circle) -> str:
    return f"{_plain(value.latitude_deg)},{_plain(value.longitude_deg)} {_plain(value.radius_km)}"


def _read_references(value: str) -> tuple[model.Reference, ...]:
    references = []
    for triple in value.split():
        parts = triple.split(",")
        if len(parts) != 3 or not parts[0] or not parts[1]:
            raise ValueError(triple)
        references.append(model.Reference(parts[0], parts[1], _read_time(parts[2])))
    return tuple(references)


def _write_references(value: tuple[model.Reference, ...]) -> str:
    return " ".join(f"{one.sender},{one.identifier},{_write_time(one.sent)}" for one in value)


def _one_of(*values: str) -> Simple[str]:
    def read(value: str) -> str:
        if value not in values:
            raise ValueError(value)
        return value

    return Simple("value-enumeration", f"one of {', '.join(values)}", read, str)


STRING = Simple("value-string", "text", str, str)
DATE_TIME = Simple(
    "value-date-time", "a time with numeric offset, like 2026-11-22T06:00:00+09:00", _read_time, _write_time
)
LANGUAGE = Simple("value-language", "a language tag (RFC 3066), like ko-KR", _read_language, str)
INTEGER = Simple("value-integer", "a whole number", lambda value: int(_matched(_INTEGER, value).group()), str)
DECIMAL = Simple("value-decimal", "a decimal number", lambda value: Decimal(_matched(_DECIMAL, value).group()), str)
URI = Simple("value-uri", "a URI", _read_uri, str)
POLYGON = Simple("polygon-form", "pairs of latitude,longitude with spaces between", _read_polygon, _write_polygon)
CIRCLE = Simple("circle-form", "latitude,longitude, a space, and the radius in km", _read_circle, _write_circle)
REFERENCES = Simple(
    "references-form", "sender,identifier,sent triples with spaces between", _read_references, _write_references
)


# ---- the table

_NAMED_VALUE = Complex(
    model.NamedValue, (Slot("valueName", "name", STRING, required=True), Slot("value", "value", STRING, required=True))
)

_RESOURCE = Complex(
    model.Resource,
    (
        Slot("resourceDesc", "description", STRING, required=True),
        Slot("mimeType", "mime_type", STRING, required=True),
        Slot("size", "size_bytes", INTEGER),
        Slot("uri", "uri", URI),
        Slot("derefUri", "content_base64", STRING),
        Slot("digest", "digest_sha1", STRING),
    ),
)

_AREA = Complex(
    model.Area,
    (
        Slot("areaDesc", "description", STRING, required=True),
        Slot("polygon", "polygons", POLYGON, repeated=True),
        Slot("circle", "circles", CIRCLE, repeated=True),
        Slot("geocode", "geocodes", _NAMED_VALUE, repeated=True),
        Slot("altitude", "altitude_feet", DECIMAL),
        Slot("ceiling", "ceiling_feet", DECIMAL),
    ),
)

_CATEGORIES = (
    "Geo", "Met", "Safety", "Security", "Rescue", "Fire", "Health", "Env", "Transport", "Infra", "CBRNE", "Other"
)  # fmt: skip
_RESPONSES = ("Shelter", "Evacuate", "Prepare", "Execute", "Avoid", "Monitor", "Assess", "AllClear", "None")

_INFO = Complex(
    model.Info,
    (
        Slot("language", "language", LANGUAGE),
        Slot("category", "categories", _one_of(*_CATEGORIES), required=True, repeated=True),
        Slot("event", "event", STRING, required=True),
        Slot("responseType", "response_types", _one_of(*_RESPONSES), repeated=True),
        Slot("urgency", "urgency", _one_of("Immediate", "Expected", "Future", "Past", "Unknown"), required=True),
        Slot("severity", "severity", _one_of("Extreme", "Severe", "Moderate", "Minor", "Unknown"), required=True),
        Slot("certainty", "certainty", _one_of("Observed", "Likely", "Possible", "Unlikely", "Unknown"), required=True),
        Slot("audience", "audience", STRING),
        Slot("eventCode", "event_codes", _NAMED_VALUE, repeated=True),
        Slot("effective", "effective", DATE_TIME),
        Slot("onset", "onset", DATE_TIME),
        Slot("expires", "expires", DATE_TIME),
        Slot("senderName", "sender_name", STRING),
        Slot("headline", "headline", STRING),
        Slot("description", "description", STRING),
        Slot("instruction", "instruction", STRING),
        Slot("web", "web", URI),
        Slot("contact", "contact", STRING),
        Slot("parameter", "parameters", _NAMED_VALUE, repeated=True),
        Slot("resource", "resources", _RESOURCE, repeated=True),
        Slot("area", "areas", _AREA, repeated=True),
    ),
)

ALERT = Complex(
    model.Alert,
    (
        Slot("identifier", "identifier", STRING, required=True),
        Slot("sender", "sender", STRING, required=True),
        Slot("sent", "sent", DATE_TIME, required=True),
        Slot("status", "status", _one_of("Actual", "Exercise", "System", "Test", "Draft"), required=True),
        Slot("msgType", "message_type", _one_of("Alert", "Update", "Cancel", "Ack", "Error"), required=True),
        Slot("source", "source", STRING),
        Slot("scope", "scope", _one_of("Public", "Restricted", "Private"), required=True),
        Slot("restriction", "restriction", STRING),
        Slot("addresses", "addresses", STRING),
        Slot("code", "codes", STRING, repeated=True),
        Slot("note", "note", STRING),
        Slot("references", "references", REFERENCES),
        Slot("incidents", "incidents", STRING),
        Slot("info", "infos", _INFO, repeated=True),
    ),
    signed=True,
)


def check_structure(element: Element, alert: Element, content: Complex = ALERT) -> Iterator[Finding]:
    """All that the table says of an element and what is in it; `alert` is the message that holds it."""
    yield from _check_attributes(element, alert)
    own_text = text(element) + "".join(child.tail or "" for child in children(element))
    if own_text.strip(" \t\r\n"):
        yield found("text-unexpected", element, alert, f"text between elements: {own_text.strip()[:40]!r}")
    order = {f"{{{NAMESPACE}}}{slot.name}": index for index, slot in enumerate(content.elements)}
    reached, seen, misplaced = 0, set(), set()
    for child in children(element):
        if content.signed and child.tag.startswith(f"{{{SIGNATURE_NAMESPACE}}}"):
            reached = len(order)
            continue
        index = order.get(child.tag)
        if index is None:
            yield found("element-unknown", child, alert, "CAP 1.2 has no such element here")
            continue
        slot = content.elements[index]
        if index < reached:
            if index not in misplaced:
                yield found("element-order", child, alert, "stands after an element that it must precede")
            misplaced.add(index)
        elif index in seen and not slot.repeated:
            yield found("element-repeated", child, alert, "may stand only once")
        reached = max(reached, index)
        seen.add(index)
        if isinstance(slot.content, Complex):
            yield from check_structure(child, alert, slot.content)
        else:
            yield from _check_value(child, alert, slot.content)
    for index, slot in enumerate(content.elements):
        if slot.required and index not in seen:
            yield found("element-missing", element, alert, f"lacks {slot.name}")


def _check_value(element: Element, alert: Element, form: Simple[Any]) -> Iterator[Finding]:
    yield from _check_attributes(element, alert)
    inner = children(element)
    if inner:
        yield found("element-unknown", inner[0], alert, "a value holds text only")
        return
    value = text(element)
    try:
        form.read(value)
    except ValueError:
        yield found(form.rule, element, alert, f"{value[:60]!r} is not {form.expects}")


def _check_attributes(element: Element, alert: Element) -> Iterator[Finding]:
    for name in element.attrib:
        if name not in _SCHEMA_LOCATIONS:
            yield found("attribute-unknown", element, alert, f"CAP has no attributes, and this has {name}")
