"""The Fluent files: each can be read, is complete, and asks for the same values as the others."""

from __future__ import annotations

import re
from functools import cache

import pytest
from fluent.runtime import FluentResource
from fluent.syntax import ast, visitor

from nadhir.channels.text import LANGUAGES, CatalogueError, Language
from nadhir.channels.text.catalogue import Catalogue, catalogue, source

ARABIC_PLURALS = {"one", "two", "few", "many", "other"}


HEDGES: dict[Language, str] = {
    "en": "predict|believed|could|may ",
    "ko": "예측|추정|수 있",
    "ja": "予測|みられ|可能性|おそれ",
    "ar": "التوقعات|يُعتقد|المحتمل|قد ",
}


class Words(visitor.Visitor):
    """All that a file says itself."""

    def __init__(self) -> None:
        self.words: list[str] = []

    def visit_TextElement(self, node: ast.TextElement) -> None:  # noqa: N802
        self.words.append(node.value)


class Wanted(visitor.Visitor):
    """Variables that a message asks for, itself or through the messages that it refers to, and keys of its variants."""

    def __init__(self, messages: dict[str, ast.Message]) -> None:
        self.messages = messages
        self.variables: set[str] = set()
        self.variants: set[str] = set()

    def visit_VariableReference(self, node: ast.VariableReference) -> None:  # noqa: N802
        self.variables.add(node.id.name)

    def visit_MessageReference(self, node: ast.MessageReference) -> None:  # noqa: N802
        self.visit(self.messages[node.id.name])

    def visit_Variant(self, node: ast.Variant) -> None:  # noqa: N802
        self.variants.add(node.key.name if isinstance(node.key, ast.Identifier) else node.key.value)
        self.generic_visit(node)


@cache
def messages(language: Language) -> dict[str, ast.Message]:
    resource = FluentResource(source(language).decode())
    keys = [entry.id.name for entry in resource.body if isinstance(entry, ast.Message)]
    assert len(keys) == len(set(keys)), "a key stands twice"
    return {entry.id.name: entry for entry in resource.body if isinstance(entry, ast.Message)}


def wanted(language: Language, key: str) -> Wanted:
    everything = messages(language)
    found = Wanted(everything)
    found.visit(everything[key])
    return found


def variables(language: Language, key: str) -> set[str]:
    names = wanted(language, key).variables
    # A language says a time of day as one clock reading or as hours and minutes.
    return names - {"hour", "minute"} | {"clock"} if {"hour", "minute"} & names else names


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_entry_can_be_read(language: Language) -> None:
    assert not [entry for entry in FluentResource(source(language).decode()).body if isinstance(entry, ast.Junk)]


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != "en"])
def test_keys_and_their_values_are_those_of_the_other_languages(language: Language) -> None:
    assert set(messages(language)) == set(messages("en"))
    for key in messages("en"):
        # Where one form serves every case, a language need not look at the word that chooses it.
        choices = {"launches", "others", "unseen", "count", "hazard", "arrival"}
        assert variables(language, key) - choices == variables("en", key) - choices, key


@pytest.mark.parametrize("key", ["areas", "areas-counted", "launches", "unseen"])
def test_arabic_counts_in_all_its_plural_categories(key: str) -> None:
    assert wanted("ar", key).variants >= ARABIC_PLURALS


@pytest.mark.parametrize(
    ("others", "noun"),
    [(1, "ومنطقة أخرى"), (2, "ومنطقتان"), (3, "مناطق"), (10, "مناطق"), (11, "منطقة"), (99, "منطقة"), (100, "منطقة")],
)
def test_arabic_nouns_agree_with_their_number(others: int, noun: str) -> None:
    assert noun in catalogue("ar").text("areas", names="أوموري", others=others)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("stage", ["pre-alert", "alert", "fallen", "passed", "fell-at-sea", "will-not-arrive"])
def test_every_prediction_is_worded_as_one(language: Language, stage: str) -> None:
    for hazard in ("impact", "overflight", "debris"):
        for count in (0, 3):
            text = catalogue(language).text(f"what-{stage}", hazard=hazard, areas="", arrival="", count=count)
            assert re.search(HEDGES[language], text), text


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != "en"])
def test_no_file_speaks_another_language(language: Language) -> None:
    said = Words()
    said.visit(FluentResource(source(language).decode()))
    for words in said.words:
        assert set(re.findall("[A-Za-z]+", words)) <= {"UTC", "Nadhir"}, words


@pytest.mark.parametrize("language", ["ko", "ja", "ar"])
def test_headers_ask_for_a_native_speaker(language: Language) -> None:
    assert "MUST BE REVIEWED by a native speaker" in source(language).decode()[:400]


def test_korean_particles_do_not_depend_on_the_last_sound_of_a_name() -> None:
    text = source("ko").decode()
    for name in ("areas", "launch-area", "names", "sender"):
        for particle in ("을", "를", "은", "는", "이", "가", "와", "과", "으로", "로"):
            assert f"{{ ${name} }}{particle}" not in text


def test_a_damaged_file_or_a_missing_value_never_becomes_a_text() -> None:
    with pytest.raises(CatalogueError, match="cannot be read"):
        Catalogue("en", "event = { $hazard ->\n")
    with pytest.raises(CatalogueError, match="cannot be filled"):
        catalogue("en").text("released")
