"""One browser for all tests of a module; skipped where Chromium, Playwright or the built page is missing."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files

import pytest

sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright for Python is not installed")
import watch_room  # noqa: E402 (it needs Playwright)


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    if watch_room.CHROMIUM is None:
        pytest.skip("no Chromium: name one in CHROMIUM")
    if not (files("nadhir.console") / "built" / "index.html").is_file():
        pytest.skip("the page is not built: make page")
    with sync_api.sync_playwright() as playwright:
        browser = watch_room.chromium(playwright)
        yield browser
        browser.close()
