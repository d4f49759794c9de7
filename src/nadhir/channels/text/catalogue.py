"""The Fluent files of the languages: loaded once, checked, and never half-filled.

Values inserted into Arabic are wrapped in FIRST STRONG ISOLATE and POP DIRECTIONAL ISOLATE (Unicode UAX #9), so that
Latin names and digits keep their order within right-to-left text; the other languages need none. `strip_isolates`
takes them out where each character counts or a handset may show them as boxes (cell broadcast).
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any, Literal, get_args

from fluent.runtime import FluentBundle, FluentResource
from fluent.syntax.ast import Junk

Language = Literal["en", "ko", "ja", "ar"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
RIGHT_TO_LEFT: frozenset[Language] = frozenset({"ar"})

ISOLATES = {0x2068: None, 0x2069: None}


class CatalogueError(ValueError):
    """A language's file cannot be read, or a text could not be filled: nothing of it may reach the public."""


def source(language: Language) -> bytes:
    """The exact bytes of a language's Fluent file: what a reviewer signs off."""
    return files(__package__).joinpath(f"{language}.ftl").read_bytes()


class Catalogue:
    """The messages of one language."""

    def __init__(self, language: Language, fluent: str) -> None:
        resource = FluentResource(fluent)
        if junk := [entry for entry in resource.body if isinstance(entry, Junk)]:
            raise CatalogueError(f"{language}.ftl: cannot be read at: {junk[0].content!r}")
        self.language = language
        self._bundle = FluentBundle([language], use_isolating=language in RIGHT_TO_LEFT)
        self._bundle.add_resource(resource)

    def text(self, key: str, **values: str | int) -> str:
        """The message `key` with `values` (underscores in their names stand for hyphens) filled in."""
        message = self._bundle.get_message(key)
        given: dict[str, Any] = {name.replace("_", "-"): value for name, value in values.items()}
        if message.value is None:
            raise CatalogueError(f"{self.language}.ftl: {key} has no text")
        text, errors = self._bundle.format_pattern(message.value, given)
        if errors:
            raise CatalogueError(f"{self.language}.ftl: {key} cannot be filled: {errors[0]}")
        return str(text)


@cache
def catalogue(language: Language) -> Catalogue:
    """The catalogue of one of `LANGUAGES`."""
    return Catalogue(language, source(language).decode())


def strip_isolates(text: str) -> str:
    """`text` without its directional isolates."""
    return text.translate(ISOLATES)
