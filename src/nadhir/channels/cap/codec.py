"""CAP 1.2 in both directions: bytes to `Alert` and back, by the table of `elements`."""

from __future__ import annotations

from typing import Any

import msgspec
from lxml import etree

from nadhir.channels.cap.elements import ALERT, NAMESPACE, Complex, check_structure
from nadhir.channels.cap.findings import RefusedError
from nadhir.channels.cap.model import Alert
from nadhir.channels.cap.parsing import Element, children, parse, text


def read(data: bytes) -> Alert:
    """The alert of a document.

    It is taken where its structure and the form of its values are right, also with faults of content that `check`
    would name: a partner's warning is not lost for a long headline. Raises `UnreadableError` or `RefusedError`.
    """
    return read_element(parse(data))


def read_element(alert: Element) -> Alert:
    """The same from an element, as a feed holds it."""
    findings = list(check_structure(alert, alert))
    if alert.tag != f"{{{NAMESPACE}}}alert" or findings:
        raise RefusedError(findings)
    message: Alert = _struct(alert, ALERT)
    return message


def _struct(element: Element, content: Complex) -> Any:
    slots = {f"{{{NAMESPACE}}}{slot.name}": slot for slot in content.elements}
    once: dict[str, Any] = {}
    many: dict[str, list[Any]] = {}
    for child in children(element):
        slot = slots.get(child.tag)
        if slot is None:  # a signature
            continue
        value = _struct(child, slot.content) if isinstance(slot.content, Complex) else slot.content.read(text(child))
        if slot.repeated:
            many.setdefault(slot.field, []).append(value)
        else:
            once[slot.field] = value
    return content.struct(**once, **{field: tuple(values) for field, values in many.items()})


def write(alert: Alert) -> bytes:
    """The alert as an XML document in UTF-8."""
    return bytes(etree.tostring(write_element(alert), xml_declaration=True, encoding="UTF-8"))


def write_element(alert: Alert) -> Element:
    """The same as an element, to be signed or put into a feed."""
    root = etree.Element(f"{{{NAMESPACE}}}alert", nsmap={None: NAMESPACE})
    _fill(root, alert, ALERT)
    return root


def _fill(element: Element, message: msgspec.Struct, content: Complex) -> None:
    for slot in content.elements:
        value = getattr(message, slot.field)
        for one in value if slot.repeated else () if value is None or value == () else (value,):
            child = etree.SubElement(element, f"{{{NAMESPACE}}}{slot.name}")
            if isinstance(slot.content, Complex):
                _fill(child, one, slot.content)
            else:
                child.text = slot.content.write(one)
