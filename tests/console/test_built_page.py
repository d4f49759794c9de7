"""The built page: it asks nothing of the outside, breaks no policy of its own, and is small enough."""

from __future__ import annotations

import gzip
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

import nadhir

BUILT = Path(nadhir.__file__).parent / "console" / "built"
INDEX = BUILT / "index.html"
MOST_SCRIPT_BYTES = 200_000
MOST_FIRST_BYTES = 120_000

pytestmark = pytest.mark.skipif(not INDEX.is_file(), reason="the page is not built: `make page` with Node.js 20")


class _Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.inline = ""
        self._within = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        self._within = tag

    def handle_endtag(self, tag: str) -> None:
        self._within = ""

    def handle_data(self, data: str) -> None:
        if self._within in ("script", "style"):
            self.inline += data.strip()


@pytest.fixture(scope="module")
def index() -> _Elements:
    elements = _Elements()
    elements.feed(INDEX.read_text())
    return elements


def scripts() -> list[Path]:
    return sorted(BUILT.rglob("*.js"))


def compressed(path: Path) -> int:
    return len(gzip.compress(path.read_bytes(), 9))


def test_nothing_is_inline(index: _Elements) -> None:
    assert index.inline == ""
    for tag, attributes in index.found:
        assert "style" not in attributes, tag
        assert not [name for name in attributes if name.startswith("on")], tag


def test_every_file_that_the_page_names_is_its_own(index: _Elements) -> None:
    named = [value for _, attributes in index.found for name in ("src", "href") if (value := attributes.get(name))]
    assert any(value.endswith(".js") for value in named)
    for value in named:
        assert value.startswith("/")
        assert not value.startswith("//")
        assert (BUILT / value.lstrip("/")).is_file(), value


def test_it_is_small_and_the_map_comes_later(index: _Elements) -> None:
    assert sum(compressed(path) for path in scripts()) < MOST_SCRIPT_BYTES
    first = [
        BUILT / str(attributes.get("src") or attributes.get("href")).lstrip("/")
        for tag, attributes in index.found
        if tag == "script" or attributes.get("rel") == "modulepreload"
    ]
    assert first
    assert sum(compressed(path) for path in first) < MOST_FIRST_BYTES
    assert not any("countries-110m" in path.read_text() for path in first)


def test_no_script_asks_for_code_from_elsewhere() -> None:
    """Addresses stand in licences and in names of XML; none is fetched, imported, or opened as a stream."""
    asked = re.compile(r"""(?:import|fetch|importScripts|EventSource|WebSocket)\s*\(\s*["'`](?:https?:|wss?:)?//""")
    for path in scripts():
        assert not asked.search(path.read_text()), path.name


def test_each_language_is_there() -> None:
    """Words of the banner, which stand in the texts alone."""
    words = {
        "en": "Nothing here is real",
        "ko": "실제 상황이 아닙니다",
        "ja": "実際の出来事ではありません",
        "ar": "لا شيء هنا حقيقي",
    }
    texts = [path.read_text() for path in scripts()]
    for language, word in words.items():
        assert any(word in text for text in texts), language


def test_every_text_file_is_compressed_too() -> None:
    for path in BUILT.rglob("*"):
        if path.suffix in (".js", ".css", ".html", ".svg", ".json"):
            packed = path.with_name(path.name + ".gz")
            assert gzip.decompress(packed.read_bytes()) == path.read_bytes(), path.name
