"""The safe way in: bytes to an XML tree, with nothing fetched, nothing expanded, and a bound on everything.

A document type is refused before the parser sees it, so that no entity is ever declared; libxml2's own limits (depth
256, 10 MB a text) stay on.
"""

from __future__ import annotations

import re
from typing import Any

from lxml import etree

Element = Any
"""An lxml element: lxml carries no types."""

MAX_BYTES = 16 * 2**20
"""Ten times the largest public message known (1.7 MB, with polygons of 41,009 points)."""

# Possessive repeats: a prolog of many comments must not make the match itself slow.
_PROLOG_WITH_DOCTYPE = re.compile(
    rb"[^<]*+(?:<\?(?:(?!\?>).)*+\?>\s*+|<!--(?:(?!-->).)*+-->\s*+)*+<!DOCTYPE", re.DOTALL
)


class UnreadableError(ValueError):
    """Bytes that hold no XML that we would read; the message says why."""


def parse(data: bytes) -> Element:
    """The root element of an XML document."""
    if len(data) > MAX_BYTES:
        raise UnreadableError(f"{len(data)} bytes; more than {MAX_BYTES} are not read")
    if _PROLOG_WITH_DOCTYPE.match(data.replace(b"\0", b"")):
        raise UnreadableError("it declares a document type, which CAP has no use for and XML bombs are made of")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, LookupError, ValueError) as error:
        raise UnreadableError(f"not XML: {error}") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise UnreadableError("it declares a document type, which CAP has no use for and XML bombs are made of")
    return root


def children(element: Element) -> list[Element]:
    """Child elements, without comments and processing instructions."""
    return [child for child in element if isinstance(child.tag, str)]


def text(element: Element) -> str:
    """All of an element's own text, also that after a comment within it."""
    return (element.text or "") + "".join(child.tail or "" for child in element if not isinstance(child.tag, str))


def place(element: Element, within: Element) -> str:
    """XPath of an element from the alert that holds it, without namespaces: `/alert/info[2]/area[1]`."""
    steps = []
    while element is not within and element.getparent() is not None:
        name = etree.QName(element).localname
        before = sum(1 for _ in element.itersiblings(element.tag, preceding=True))
        alone = before == 0 and next(element.itersiblings(element.tag), None) is None
        steps.append(name if alone else f"{name}[{before + 1}]")
        element = element.getparent()
    return "/".join(["", etree.QName(within).localname, *reversed(steps)])
