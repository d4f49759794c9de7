"""The content rules of CAP 1.2: what makes a message valid beyond its structure (standard sections 3.2 and 3.3).

Each rule is one function over a message. They read by name, so that messages of CAP 1.0 and 1.1, whose structure
differs, are judged by what they share with 1.2.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import cached_property
from typing import TypeVar

import numpy as np
import shapely
from lxml import etree

from nadhir.channels.cap.elements import CIRCLE, DATE_TIME, POLYGON, REFERENCES, Simple
from nadhir.channels.cap.findings import Finding, found
from nadhir.channels.cap.model import Point, Polygon
from nadhir.channels.cap.parsing import Element, children, text

Value = TypeVar("Value")

HEADLINE_CHARACTERS = 140
MOST_POINTS_CHECKED, MOST_POINTS_CHECKED_IN_ALL = 50_000, 250_000
"""In one ring (the largest public one has 41,009) and in one message: whether a larger one crosses itself is not looked
at, since rings can be made on which that takes minutes."""


class Message:
    """An alert element with what several rules ask of it."""

    def __init__(self, alert: Element) -> None:
        self.alert = alert
        self._prefix = f"{{{etree.QName(alert).namespace}}}"

    def all(self, *path: str, under: Element = None) -> list[Element]:
        """The elements along a path of names."""
        steps = "/".join(f"{self._prefix}{name}" for name in path)
        return list((self.alert if under is None else under).iterfind(steps))

    def value(self, name: str, under: Element = None) -> str | None:
        """The text of the first element of a name."""
        elements = self.all(name, under=under)
        return text(elements[0]) if elements else None

    @cached_property
    def infos(self) -> list[Element]:
        """All `info` elements."""
        return self.all("info")

    @cached_property
    def polygons(self) -> list[tuple[Element, Polygon]]:
        """The polygons whose form is right."""
        return [
            (element, points) for element in self.all("info", "area", "polygon") if (points := _read(POLYGON, element))
        ]

    def time(self, name: str, under: Element = None) -> datetime | None:
        """The time of a name, where its form is right."""
        elements = self.all(name, under=under)
        return _read(DATE_TIME, elements[0]) if elements else None


def _read(form: Simple[Value], element: Element) -> Value | None:
    """The value of an element, or None where its form is wrong: the structure's check says so."""
    try:
        return form.read(text(element))
    except ValueError:
        return None


Rule = Callable[[Message], Iterator[Finding]]


# ---- who says it, and about which message


def identifier_characters(message: Message) -> Iterator[Finding]:
    """Identifier and sender hold no space, comma, `<` or `&`, since references are cut at them."""
    for name in ("identifier", "sender"):
        for element in message.all(name):
            value = text(element)
            if not value or re.search(r"[\s,<&]", value):
                problem = "empty" if not value else f"{value[:60]!r} holds a space, a comma, < or &"
                yield found(f"{name}-characters", element, message.alert, problem)


def references(message: Message) -> Iterator[Finding]:
    """References name other, earlier messages; Update, Cancel, Ack and Error have some."""
    elements = message.all("references")
    if not elements or not text(elements[0]).strip():
        kind = message.value("msgType")
        if kind in ("Update", "Cancel", "Ack", "Error"):
            yield found(
                "references-missing", message.alert, message.alert, f"{kind} must say which messages it is about"
            )
        return
    own = (message.value("sender"), message.value("identifier"))
    sent = message.time("sent")
    for reference in _read(REFERENCES, elements[0]) or ():
        if (reference.sender, reference.identifier) == own:
            yield found("references-self", elements[0], message.alert, "the message refers to itself")
        elif sent is not None and reference.sent > sent:
            yield found(
                "references-later", elements[0], message.alert, f"{reference.identifier} was sent later than this"
            )


def scope(message: Message) -> Iterator[Finding]:
    """A restriction stands with scope Restricted only, and then it must; Private needs addresses."""
    stated = message.value("scope")
    restrictions = [element for element in message.all("restriction") if text(element).strip()]
    if restrictions and stated != "Restricted":
        yield found("restriction-scope", restrictions[0], message.alert, "a restriction needs scope Restricted")
    if stated == "Restricted" and not restrictions:
        yield found("restriction-missing", message.alert, message.alert, "scope Restricted does not say to whom")
    if stated == "Private" and not message.all("addresses"):
        yield found("addresses-missing", message.alert, message.alert, "scope Private does not say to whom")


def info_missing(message: Message) -> Iterator[Finding]:
    """An Alert or Update says something."""
    if not message.infos and message.value("msgType") in ("Alert", "Update"):
        yield found("info-missing", message.alert, message.alert, "it says nothing: no info", "warning")


# ---- what it says


def same_in_every_info(message: Message) -> Iterator[Finding]:
    """All infos are about one event: the same categories and event codes."""
    for name, rule in (("category", "category-differs"), ("eventCode", "event-code-differs")):
        sets = [
            frozenset(
                tuple(text(part).strip() for part in children(one)) or text(one)
                for one in message.all(name, under=info)
            )
            for info in message.infos
        ]
        for info, stated in zip(message.infos, sets, strict=True):
            if stated != sets[0]:
                yield found(
                    rule, info, message.alert, f"not the {name} of the first info: all infos are about one event"
                )


def _said(message: Message, info: Element) -> tuple[str, ...]:
    names = ("event", "headline", "description", "instruction")
    return tuple((message.value(name, under=info) or "").strip() for name in names)


def language(info: Element, message: Message) -> str:
    """The primary language of an info."""
    return (message.value("language", under=info) or "en-US").strip().lower().split("-")[0]


def info_identical(message: Message) -> Iterator[Finding]:
    """No info repeats another, and none gives another language's text as its own."""
    wholes: set[bytes] = set()
    languages: dict[str, str] = {}
    for info in message.infos:
        whole = etree.tostring(info, method="c14n", with_tail=False, with_comments=False)
        if whole in wholes:
            yield found("info-identical", info, message.alert, "the same as another info")
        wholes.add(whole)
        description = _said(message, info)[2]
        own = language(info, message)
        if description and languages.setdefault(description, own) != own:
            yield found(
                "language-copied", info, message.alert, f"the {own} description is the {languages[description]} one"
            )


_LATIN = "A-Za-zÀ-ɏ"
_CYRILLIC, _ARABIC, _DEVANAGARI = "Ѐ-ӿ", "؀-ۿݐ-ݿ", "ऀ-ॿ"
SCRIPTS = {
    **dict.fromkeys(("en", "fr", "de", "es", "it", "pt", "nl", "id", "tr", "vi", "pl", "sv", "fi", "da"), _LATIN),
    **dict.fromkeys(("ru", "uk", "bg"), _CYRILLIC),
    **dict.fromkeys(("ar", "fa", "ur"), _ARABIC),
    **dict.fromkeys(("hi", "mr", "ne"), _DEVANAGARI),
    "ja": "぀-ヿ一-鿿",
    "ko": "가-힣",
    "zh": "一-鿿",
    "he": "֐-׿",
    "el": "Ͱ-Ͽ",
    "th": "฀-๿",
}
"""Letters that each language is written in, as ranges; languages not listed are not judged."""


def language_script(message: Message) -> Iterator[Finding]:
    """At least three in ten letters of an info are of its language's script: names and abbreviations may be foreign."""
    for info in message.infos:
        own = language(info, message)
        letters = [character for part in _said(message, info) for character in part if character.isalpha()]
        script = SCRIPTS.get(own)
        if script and letters:
            share = len(re.findall(f"[{script}]", "".join(letters))) / len(letters)
            if share < 0.3:
                yield found("language-script", info, message.alert, f"{share:.0%} of its letters are those of {own!r}")


_MARKUP = re.compile(r"</?[a-zA-Z][^<>]{0,200}>|&(?:[a-zA-Z]{2,8}|#\d{1,7});")


def no_markup(message: Message) -> Iterator[Finding]:
    """Texts are plain: clients show or speak them as they are."""
    for info in message.infos:
        for name in ("event", "senderName", "headline", "description", "instruction"):
            for element in message.all(name, under=info):
                if markup := _MARKUP.search(text(element)):
                    yield found(
                        "markup", element, message.alert, f"plain text only, and this holds {markup.group()[:40]!r}"
                    )


def headline_length(message: Message) -> Iterator[Finding]:
    """A headline must fit where clients show it."""
    for element in message.all("info", "headline"):
        if (length := len(text(element))) >= HEADLINE_CHARACTERS:
            yield found(
                "headline-length", element, message.alert, f"{length} characters; under {HEADLINE_CHARACTERS} fit"
            )


def text_empty(message: Message) -> Iterator[Finding]:
    """What must be said is said."""
    for path in (("info", "event"), ("info", "area", "areaDesc")):
        for element in message.all(*path):
            if not text(element).strip():
                yield found("text-empty", element, message.alert, f"{path[-1]} is empty")


def times(message: Message) -> Iterator[Finding]:
    """It takes effect (at `sent`, unless said otherwise) before it runs out, and so does the event."""
    for info in message.infos:
        expires = message.time("expires", under=info)
        effective = message.time("effective", under=info) or message.time("sent")
        onset = message.time("onset", under=info)
        if expires and effective and effective > expires:
            yield found("expires-before-effective", info, message.alert, "it has run out before it takes effect")
        if expires and onset and onset > expires:
            yield found("onset-after-expires", info, message.alert, "it runs out before what it warns of", "warning")


# ---- where


def area_missing(message: Message) -> Iterator[Finding]:
    """A warning says where."""
    for info in message.infos:
        if not message.all("area", under=info):
            yield found("area-missing", info, message.alert, "it does not say where", "warning")


def polygon_ring(message: Message) -> Iterator[Finding]:
    """A polygon has at least four pairs, is closed, and does not cross itself."""
    for element in message.all("info", "area", "polygon"):
        if not text(element).strip():
            yield found("polygon-empty", element, message.alert, "no point")
    left = MOST_POINTS_CHECKED_IN_ALL
    crossing: dict[Polygon, bool] = {}  # infos in several languages repeat their polygons
    for element, points in message.polygons:
        if outside := _outside(points):
            yield found("coordinate-range", element, message.alert, f"{outside} is no latitude,longitude in degrees")
        elif len(points) < 4:
            yield found("polygon-size", element, message.alert, f"{len(points)} pairs; a closed ring has at least four")
        elif points[0] != points[-1]:
            yield found("polygon-open", element, message.alert, "the last pair is not the first")
        elif points not in crossing and len(points) > min(MOST_POINTS_CHECKED, left):
            problem = f"{len(points)} pairs: whether it crosses itself was not looked at"
            yield found("polygon-large", element, message.alert, problem, "warning")
        else:
            if points not in crossing:
                left -= len(points)
                crossing[points] = crosses_itself(points)
            if crossing[points]:
                yield found("polygon-crossing", element, message.alert, "the ring crosses or touches itself")


def crosses_itself(points: Sequence[Point]) -> bool:
    """Whether a closed ring crosses or touches itself, or has no area.

    It does where it does on the flat map, and also with each step of more than half a turn in longitude taken the short
    way, across the date line. A point that is given twice in a row is harmless.
    """
    latitudes, longitudes = np.array(points).T
    short_steps = (np.diff(longitudes) + 180) % 360 - 180
    the_short_way = longitudes[0] + np.concatenate([[0], np.cumsum(short_steps)])
    return not any(
        shapely.is_valid(shapely.polygons(np.column_stack([east, latitudes]))) for east in (longitudes, the_short_way)
    )


def circle_range(message: Message) -> Iterator[Finding]:
    """A circle's centre is on the Earth."""
    for element in message.all("info", "area", "circle"):
        circle = _read(CIRCLE, element)
        if circle and (outside := _outside([(circle.latitude_deg, circle.longitude_deg)])):
            yield found("coordinate-range", element, message.alert, f"{outside} is no latitude,longitude in degrees")


def _outside(points: Sequence[Point]) -> Point | None:
    return next((point for point in points if abs(point[0]) > 90 or abs(point[1]) > 180), None)


def ceiling(message: Message) -> Iterator[Finding]:
    """A ceiling is the top of a range that an altitude begins."""
    for area in message.all("info", "area"):
        if message.all("ceiling", under=area) and not message.all("altitude", under=area):
            yield found("ceiling-without-altitude", area, message.alert, "a ceiling needs an altitude")


RULES: tuple[Rule, ...] = (
    identifier_characters,
    references,
    scope,
    info_missing,
    same_in_every_info,
    info_identical,
    language_script,
    no_markup,
    headline_length,
    text_empty,
    times,
    area_missing,
    polygon_ring,
    circle_range,
    ceiling,
)


def check_content(alert: Element) -> Iterator[Finding]:
    """All content rules over one alert."""
    message = Message(alert)
    for rule in RULES:
        yield from rule(message)
