"""Texts of one warning in one language, from the typed warning alone.

Every language is written from the same `WarningProduct` by its own Fluent file; none is made from another language's
text. What is a prediction is worded as one, and the words of a drill or a replay begin and end with its mark.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec
from babel.core import get_global
from babel.dates import format_skeleton

from nadhir.channels.text import cell_broadcast
from nadhir.channels.text.catalogue import Catalogue, CatalogueError, Language, catalogue, strip_isolates
from nadhir.channels.text.names import area_name, country_name, zone_abbreviation, zone_name, zone_of
from nadhir.model import WarningProduct

HEADLINE_CHARACTERS = 139
"""CAP asks for fewer than 140."""
LISTED_AREAS = 12
"""Areas that a long text lists by name before it counts the others."""
SENDER_CHARACTERS = 50
SOON_S = 60.0
"""An arrival closer than this is said to be possible at any moment."""

Stage = Literal["pre-alert", "alert", "update", "fallen", "passed", "fell-at-sea", "will-not-arrive", "error"]
Change = Literal["wider", "narrower", "moved", "same"]

ACTION: dict[Stage, str] = {
    "pre-alert": "pre-alert",
    "alert": "alert",
    "update": "alert",
    "fallen": "fallen",
    "passed": "over",
    "fell-at-sea": "over",
    "will-not-arrive": "over",
    "error": "error",
}
VALIDITY: dict[str, str] = {"over": "over", "error": "error"}


class Voice(msgspec.Struct, frozen=True):
    """Who speaks. `names` is the sender in each language, `enrolled` whether an authority's key lets the node speak
    live, `reviewed` the languages whose texts a native reviewer has signed off (`reviewed_languages`)."""

    names: dict[Language, str] = {}
    enrolled: bool = False
    reviewed: frozenset[Language] = frozenset()

    def __post_init__(self) -> None:
        for language, name in self.names.items():
            if not 0 < len(name) <= SENDER_CHARACTERS:
                raise ValueError(
                    f"sender's name in {language!r}: give 1 to {SENDER_CHARACTERS} characters, so that a cell "
                    f"broadcast can hold it (it has {len(name)})"
                )


class WarningText(msgspec.Struct, frozen=True):
    """The texts of one warning in one language. In Arabic all but `short` hold directional isolates."""

    language: Language
    sender_name: str
    """Who says so."""
    event: str
    """What it is, in a few words."""
    area_description: str
    """The names of all areas, the likeliest first."""
    headline: str
    """Under 140 characters."""
    description: str
    """Cause, place, time, what is not known, who says so."""
    instruction: str
    """What to do."""
    short: str
    """At most 360 characters: event, areas, action, expiry with zone, sender."""
    long: str
    """Headline, description and instruction in one."""


class NotReleasedError(ValueError):
    """A live text of a node that is not enrolled, or in a language that nobody has signed off."""


def stage_of(warning: WarningProduct) -> Stage:
    """What the warning's state is called in words."""
    match warning.status:
        case "cancel":
            return "error"
        case "all-clear":
            if warning.reason is None or warning.reason == "error":
                raise ValueError(f"{warning.warning}: an all-clear says passed, fell-at-sea or will-not-arrive")
            return warning.reason
        case status:
            return "fallen" if warning.fallen else status


def change_of(warning: WarningProduct, previous: WarningProduct | None) -> Change:
    """How the areas differ from those of the message before."""
    if previous is None:
        return "same"
    now, before = ({area.code for area in product.areas} for product in (warning, previous))
    if now == before:
        return "same"
    return "wider" if now > before else "narrower" if now < before else "moved"


def write(
    warning: WarningProduct,
    language: Language,
    voice: Voice,
    expires: float,
    previous: WarningProduct | None = None,
) -> WarningText:
    """The texts of `warning` in `language`, valid until `expires` (Unix seconds).

    `previous` is the message of this warning before, for what has changed. NotReleasedError where the warning is live
    and `voice` is not enrolled, or the language's texts are not signed off.
    """
    if warning.mode == "live" and not (voice.enrolled and language in voice.reviewed):
        missing = "its texts are not signed off by a native reviewer" if voice.enrolled else "the node is not enrolled"
        raise NotReleasedError(f"{warning.warning}: no live text in {language!r}: {missing}")
    return _Writer(warning, language, voice, expires, previous).text()


class _Writer:
    """One warning in one language, on its way to a `WarningText`."""

    def __init__(
        self,
        warning: WarningProduct,
        language: Language,
        voice: Voice,
        expires: float,
        previous: WarningProduct | None,
    ) -> None:
        self.warning = warning
        self.words: Catalogue = catalogue(language)
        self.stage = stage_of(warning)
        self.active = ACTION[self.stage] not in VALIDITY
        self.change = change_of(warning, previous)
        self.names = [
            area_name(area.code, language) for area in sorted(warning.areas, key=lambda a: (-a.probability, a.code))
        ]
        kept = {area.code for area in warning.areas}
        self.released = [area_name(a.code, language) for a in previous.areas if a.code not in kept] if previous else []
        self.action = ACTION[self.stage]
        self.hands_over = not self.active and not self.names and bool(self.released)
        """Whether it ends, and clears nothing: an end leaves out the areas that another warning still holds."""
        if self.hands_over:
            self.names, self.action = self.released, "held"
        self.zone = _zone(warning)
        self.expires = expires
        country = country_name(warning.authority, language) if warning.authority else "none"
        self.sender = voice.names.get(language) or self.words.text("sender", country=country)
        self.mark = self.words.text("mark", mode=warning.mode)

    def text(self) -> WarningText:
        """All texts of the warning."""
        headline = self._fitting(self.headline, lambda text: len(text) <= HEADLINE_CHARACTERS)
        description = self.description()
        instruction = self.words.text(f"action-{self.action}", hazard=self.warning.hazard)
        return WarningText(
            language=self.words.language,
            sender_name=self.sender,
            event=self.marked([self.event()]),
            area_description=self.areas(self.names, len(self.names)),
            headline=headline,
            description=self.marked(description, "\n"),
            instruction=self.marked([instruction], "\n"),
            short=self._fitting(self.short, lambda text: cell_broadcast.length(text) <= cell_broadcast.WEA_CHARACTERS),
            long=self.marked([self.headline_words(3), *description, instruction], "\n"),
        )

    def headline(self, shown: int) -> str:
        """The headline with `shown` areas by name."""
        return self.marked([self.headline_words(shown)])

    def headline_words(self, shown: int) -> str:
        """The headline without the mark of a drill."""
        return self.words.text(
            "headline-held" if self.hands_over and self.stage != "error" else f"headline-{self.stage}",
            hazard=self.warning.hazard,
            change=self.change,
            areas=self.areas(self.names, shown),
        )

    def description(self) -> list[str]:
        """Sentences: what has changed, cause, prediction, what is not known, until when, who says so."""
        warning = self.warning
        areas = self.areas(self.names, LISTED_AREAS)
        key = "alert" if self.stage == "update" else self.stage
        sentences = [
            self.words.text(
                f"what-{key}", hazard=warning.hazard, areas=areas, count=len(self.names), arrival=self.arrival()
            )
        ]
        if self.active:
            sentences.insert(0, self.cause())
        if self.stage == "update":
            sentences.insert(0, self.words.text("change", change=self.change))
        if self.released:
            others = self.areas(self.released, LISTED_AREAS)
            sentences.append(self.words.text("released" if self.active else "held", areas=others))
        if warning.lost and self.active:
            sentences.append(self.words.text("lost"))
        if warning.unseen:
            sentences.append(self.words.text("unseen", unseen=len(warning.unseen)))
        sentences.append(self.validity("", self.time_long))
        sentences.append(self.words.text("issued", time=self.time_long(warning.issued), sender=self.sender))
        return sentences + self.disclaimer()

    def short(self, shown: int) -> str:
        """The short form with `shown` areas by name."""
        sentences = [
            self.headline_words(shown) + self.words.text("stop"),
            self.words.text(f"short-action-{self.action}", hazard=self.warning.hazard),
        ]
        if self.released and not self.active and not self.hands_over:
            sentences.append(self.words.text("held-short"))
        if self.warning.lost and self.active:
            sentences.append(self.words.text("lost-short"))
        sentences.append(self.validity("short-", self.time_short))
        sentences.append(self.words.text("short-sender", sender=self.sender))
        space = self.words.text("space")
        return strip_isolates(self.marked([space.join(sentences + self.disclaimer())]))

    def event(self) -> str:
        """What it is."""
        return self.words.text("event", hazard=self.warning.hazard)

    def cause(self) -> str:
        """What was detected, where and when, as far as it is known."""
        warning = self.warning
        known = [
            word for word, value in (("area", warning.launch_area), ("time", warning.launch_time)) if value is not None
        ]
        return self.words.text(
            "cause",
            known="-".join(known) or "nothing",
            launches=len(warning.events),
            launch_area=area_name(warning.launch_area, self.words.language) if warning.launch_area else "",
            launch_time=self.time_long(warning.launch_time) if warning.launch_time is not None else "",
        )

    def arrival(self) -> str:
        """The earliest time at which it may come, worded; nothing where no area is named."""
        if not self.warning.areas:
            return ""
        earliest = min(area.arrival for area in self.warning.areas)
        soon = "yes" if earliest < self.warning.issued + SOON_S else "no"
        return self.words.text("arrival", soon=soon, time=self.time_long(earliest))

    def validity(self, length: str, time: Callable[[float], str]) -> str:
        """Until when it holds, or since when it does not any more."""
        kind = VALIDITY.get(ACTION[self.stage], "active")
        moment = self.expires if kind == "active" else self.warning.issued
        return self.words.text(f"{length}until-{kind}", time=time(moment))

    def disclaimer(self) -> list[str]:
        """Said in all that is not live, and live is only what an enrolled node says."""
        return [] if self.warning.mode == "live" else [self.words.text("disclaimer")]

    def areas(self, names: Sequence[str], shown: int) -> str:
        """Names of areas, `shown` of them at most, and how many others there are."""
        if not names:
            return self.words.text("areas-unknown" if self.active else "areas-concerned")
        if shown == 0:
            return self.words.text("areas-counted", count=len(names))
        listed = self.words.text("separator").join(names[:shown])
        if shown >= len(names):
            return listed  # Fluent refuses to insert more than a thousand characters
        return self.words.text("areas", names=listed, others=len(names) - shown)

    def time_short(self, time: float) -> str:
        """Local time with its zone's abbreviation."""
        local = datetime.fromtimestamp(time, self.zone)
        return self.words.text("time-short", clock=f"{local:%H:%M}", zone=zone_abbreviation(local))

    def time_long(self, time: float) -> str:
        """Local date and time with the zone's name, and UTC."""
        local = datetime.fromtimestamp(time, self.zone)
        return self.words.text(
            "time-long",
            clock=f"{local:%H:%M}",
            hour=f"{local:%H}",
            minute=f"{local:%M}",
            zone=zone_name(local, self.words.language),
            date=format_skeleton("MMMd", local, locale=self.words.language),
            utc=f"{local.astimezone(UTC):%H:%M}",
        )

    def marked(self, parts: Sequence[str], joint: str = " - ") -> str:
        """`parts` joined, with the mark of a drill or a replay first and last."""
        return joint.join([self.mark, *parts, self.mark] if self.mark else parts)

    def _fitting(self, form: Callable[[int], str], fits: Callable[[str], bool]) -> str:
        """The form with as many areas by name as fit, all of them only counted if none does."""
        for shown in range(min(len(self.names), LISTED_AREAS), -1, -1):
            if fits(text := form(shown)):
                return text
        raise CatalogueError(f"{self.words.language}.ftl: {self.stage} does not fit its limit: {form(0)!r}")


def _zone(warning: WarningProduct) -> ZoneInfo:
    """The time zone of the likeliest area, else of the authority."""
    if warning.areas:
        return zone_of(max(warning.areas, key=lambda area: (area.probability, area.code)).code)
    return zone_of(get_global("territory_aliases").get(warning.authority, [""])[0])
