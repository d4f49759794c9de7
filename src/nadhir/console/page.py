"""The built page, in memory: its files with their types, and as the build compressed them."""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from litestar import MediaType
from litestar.response import Response

BUILT = Path(__file__).parent / "built"
HASHED = re.compile(r"^assets/.*[-.][A-Za-z0-9_-]{8,}\.[a-z0-9.]+$")
"""Files whose name holds a hash of what is in them never change."""
FOREVER = "public, max-age=31536000, immutable"
MISSING = """\
<!doctype html><html lang="en"><meta charset="utf-8"><title>Nadhir</title>
<h1>The page is not built</h1>
<p>This node runs, and its API answers. Its page is missing: install Node.js 20 or newer, run
<code>npm ci &amp;&amp; npm run build</code> in <code>page/</code> of the source tree (or <code>make page</code>),
and start the node again. Wheels carry the built page.</p>
"""
_TYPES = {".js": "text/javascript", ".css": "text/css", ".html": "text/html", ".json": "application/json"}
_ENCODINGS = {"br": ".br", "gzip": ".gz"}


class File(NamedTuple):
    """One file of the page; `forms` holds it by content encoding, "" for none."""

    media_type: str
    hashed: bool
    forms: dict[str, bytes]


class Page:
    """The files of a built page; what is not among them is not served, whatever the address says."""

    def __init__(self, folder: Path = BUILT) -> None:
        self.files: dict[str, File] = {}
        packed = tuple(_ENCODINGS.values())
        for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
            if path.is_file() and not (path.suffix in packed and path.with_suffix("").is_file()):
                name = path.relative_to(folder).as_posix()
                kind = _TYPES.get(path.suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
                forms = {"": path.read_bytes()}
                for encoding, suffix in _ENCODINGS.items():
                    other = path.with_name(path.name + suffix)
                    if other.is_file():
                        forms[encoding] = other.read_bytes()
                self.files[name] = File(kind, HASHED.match(name) is not None, forms)

    def answer(self, name: str, headers: Mapping[str, str]) -> Response[bytes] | None:
        """A file of the page; the page itself where no name is given, and what to do where it is not built."""
        file = self.files.get(name or "index.html")
        if file is None:
            return None if name else Response(MISSING.encode(), media_type=MediaType.HTML, status_code=404)
        accepted = {one.partition(";")[0].strip() for one in headers.get("accept-encoding", "").split(",")}
        encoding = next((one for one in _ENCODINGS if one in accepted and one in file.forms), "")
        caching = {"cache-control": FOREVER if file.hashed else "no-cache", "vary": "accept-encoding"}
        if encoding:
            caching["content-encoding"] = encoding
        return Response(file.forms[encoding], media_type=file.media_type, headers=caching)
