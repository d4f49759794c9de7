"""The API's description: `python -m nadhir.console.openapi > page/openapi.json`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import msgspec
from litestar import Litestar

from nadhir.console.app import console_app
from nadhir.console.console import Console
from nadhir.console.guard import Guard
from nadhir.console.page import Page


def document() -> bytes:
    """OpenAPI 3.1 as JSON, the same bytes for the same API."""
    with tempfile.TemporaryDirectory() as folder:
        console = Console("XXX", "exercise", Path(folder))
        try:
            app = console_app(console, page=Page(Path(folder) / "none"))
        finally:
            console.close()
    assert isinstance(app, Guard)
    assert isinstance(app.app, Litestar)
    return msgspec.json.format(msgspec.json.encode(app.app.openapi_schema.to_schema(), order="sorted")) + b"\n"


if __name__ == "__main__":
    sys.stdout.buffer.write(document())
