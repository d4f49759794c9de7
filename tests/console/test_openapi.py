"""The API's description in the page's folder is that of the API."""

from __future__ import annotations

from pathlib import Path

from nadhir.console.openapi import document


def test_the_committed_description_is_current() -> None:
    committed = (Path(__file__).parents[2] / "page" / "openapi.json").read_bytes()
    assert committed == document(), "run: python -m nadhir.console.openapi > page/openapi.json"
