"""An Atom feed of signed CAP alerts (RFC 4287), kept on disk and served over HTTP.

Each alert is a file of its exact bytes, and an entry that links to it. Old alerts stay for two weeks, as readers of CAP
feeds expect. A live feed and that of an exercise are two feeds in two folders.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import formatdate
from pathlib import Path
from typing import Any

import msgspec
from litestar import Litestar, Request, get
from litestar.exceptions import NotFoundException
from litestar.response import Response
from lxml import etree

from nadhir.channels.port import ChannelError, Outgoing
from nadhir.model import Mode
from nadhir.model.unreadable import UNREADABLE

ATOM = "http://www.w3.org/2005/Atom"
CAP_TYPE = "application/cap+xml"
ENTRIES = "entries.jsonl"
KEPT_S = 14 * 24 * 3600.0


class FeedEntry(msgspec.Struct, frozen=True):
    """What the feed says of one alert."""

    identifier: str
    title: str
    issued: float
    expires: float
    summary: str
    language: str

    @property
    def file(self) -> str:
        """Name of the alert's file: identifiers may hold characters that no file name should."""
        return hashlib.sha256(self.identifier.encode()).hexdigest()[:32] + ".xml"


class Document(msgspec.Struct, frozen=True):
    """Bytes as they are served."""

    body: bytes
    etag: str
    modified: float


class AtomFeed:
    """A feed in `folder`, a channel of the port.

    `address` is the URL under which the feed is reached, and `languages` the order in which an entry looks for words.
    """

    def __init__(
        self,
        name: str,
        mode: Mode,
        folder: Path,
        address: str,
        title: str,
        author: str,
        languages: tuple[str, ...] = ("en", "ko", "ja", "ar"),
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.name = name
        self.mode = mode
        self._folder = folder
        self._address = address.rstrip("/")
        self._title = title if mode == "live" else f"EXERCISE - {title} - EXERCISE"
        self._author = author
        self._languages = languages
        self._clock = clock
        self.unreadable = 0
        folder.mkdir(parents=True, exist_ok=True)
        self._entries = self._read()
        self._document: Document | None = None

    async def send(self, message: Outgoing) -> None:
        """Put the alert into the feed; an identifier that is there already changes nothing."""
        if message.identifier in self._entries:
            return
        language = next((language for language in self._languages if language in message.texts), None)
        if language is None:
            raise ChannelError(f"{message.identifier}: no text in any language of the feed", final=True)
        text = message.texts[language]
        entry = FeedEntry(
            message.identifier, text.headline, message.warning.issued, message.expires, text.short, language
        )
        try:
            self._tidy()
            await asyncio.to_thread(_write, self._folder / entry.file, message.cap)
            entries = self._entries | {entry.identifier: entry}
            lines = msgspec.json.Encoder().encode_lines(list(entries.values()))
            await asyncio.to_thread(_write, self._folder / ENTRIES, lines)
        except OSError as error:
            raise ChannelError(f"{self._folder}: {error.strerror}") from error
        self._entries, self._document = entries, None

    async def close(self) -> None:
        """Nothing to let go of."""

    def document(self) -> Document:
        """The feed as it is served now."""
        if self._tidy() or self._document is None:
            self._document = self._render()
        return self._document

    def alert(self, file: str) -> Document | None:
        """The exact bytes of an alert in the feed."""
        for entry in self._entries.values():
            if entry.file == file:
                body = (self._folder / file).read_bytes()
                return Document(body, _etag(body), entry.issued)
        return None

    def _render(self) -> Document:
        newest = max((entry.issued for entry in self._entries.values()), default=0.0)
        feed = etree.Element(f"{{{ATOM}}}feed", nsmap={None: ATOM})
        _add(feed, "id", self._address)
        _add(feed, "title", self._title)
        _add(feed, "updated", _time(newest))
        _add(_add(feed, "author"), "name", self._author)
        _add(feed, "link", rel="self", type="application/atom+xml", href=self._address)
        for entry in sorted(self._entries.values(), key=lambda entry: (-entry.issued, entry.identifier)):
            element = _add(feed, "entry")
            element.set("{http://www.w3.org/XML/1998/namespace}lang", entry.language)
            address = f"{self._address}/{entry.file}"
            _add(element, "id", address)
            _add(element, "title", entry.title)
            _add(element, "published", _time(entry.issued))
            _add(element, "updated", _time(entry.issued))
            _add(element, "summary", entry.summary)
            _add(element, "link", rel="alternate", type=CAP_TYPE, href=address)
        body = etree.tostring(feed, xml_declaration=True, encoding="UTF-8")
        return Document(body, _etag(body), newest)

    def _tidy(self) -> bool:
        """Drop alerts that are two weeks old and not in force; whether there were any."""
        oldest = self._clock() - KEPT_S
        gone = [entry for entry in self._entries.values() if max(entry.issued, entry.expires) < oldest]
        for entry in gone:
            del self._entries[entry.identifier]
            (self._folder / entry.file).unlink(missing_ok=True)
        return bool(gone)

    def _read(self) -> dict[str, FeedEntry]:
        """The entries of an existing folder whose alerts are there; `unreadable` counts the others."""
        entries = {}
        path = self._folder / ENTRIES
        for line in path.read_bytes().splitlines() if path.exists() else []:
            try:
                entry = msgspec.json.decode(line, type=FeedEntry)
            except UNREADABLE:
                self.unreadable += 1
                continue
            if (self._folder / entry.file).exists():
                entries[entry.identifier] = entry
            else:
                self.unreadable += 1
        return entries


def feed_app(feed: AtomFeed, path: str = "/cap") -> Litestar:
    """An ASGI application that serves `feed` at `path` and its alerts below, with conditional requests (RFC 9110)."""

    @get(path, sync_to_thread=False)
    def whole(request: Request[Any, Any, Any]) -> Response[bytes]:
        return _answer(request, feed.document(), "application/atom+xml; charset=utf-8", "max-age=10")

    @get(f"{path}/{{file:str}}", sync_to_thread=False)
    def one(request: Request[Any, Any, Any]) -> Response[bytes]:
        if (document := feed.alert(request.path_params["file"])) is None:
            raise NotFoundException("no such alert in this feed")
        return _answer(request, document, CAP_TYPE, "max-age=31536000, immutable")

    return Litestar([whole, one], openapi_config=None, logging_config=None)


def _answer(request: Request[Any, Any, Any], document: Document, kind: str, cache: str) -> Response[bytes]:
    """`document`, or 304 where the reader has it."""
    known = request.headers.get("if-none-match", "")
    headers = {
        "ETag": document.etag,
        "Last-Modified": formatdate(document.modified, usegmt=True),
        "Cache-Control": cache,
    }
    if known.strip() == "*" or document.etag in {tag.strip().removeprefix("W/") for tag in known.split(",")}:
        return Response(b"", status_code=304, headers=headers, media_type=kind)
    return Response(document.body, headers=headers, media_type=kind)


def _add(parent: etree._Element, name: str, text: str | None = None, **attributes: str) -> etree._Element:
    element = etree.SubElement(parent, f"{{{ATOM}}}{name}", attributes)
    element.text = text
    return element


def _etag(body: bytes) -> str:
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all."""
    part = path.with_name(path.name + ".part")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
