"""The board's changes to many browsers at once: each change is one piece of text for all who may see it.

A browser that does not keep up is cut off, and resumes where it was when it comes back.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable

from litestar.types import Receive, Scope, Send

from nadhir.console.board import Board, Entry

TOGETHER_S = 0.02
"""What changes within this time is sent together."""
BEAT_S = 1.0
BEHIND_BYTES = 8 << 20
"""So much may wait for one browser."""
STALLED_S = 10.0
"""So long one piece may take."""
STREAMS = 300
RESET = b"event: reset\ndata: {}\n\n"


class Stream:
    """What waits for one browser. `lasts` tells whether its session does."""

    def __init__(self, level: int, lasts: Callable[[], bool], first: bytes) -> None:
        self.level, self.lasts = level, lasts
        self.closed = False
        self._waiting = deque([first])
        self._bytes = len(first)
        self._there = asyncio.Event()

    def push(self, piece: bytes) -> None:
        """Let a piece wait for its turn."""
        self._bytes += len(piece)
        if self._bytes > BEHIND_BYTES:
            self.close()
        elif piece:
            self._waiting.append(piece)
            self._there.set()

    def close(self) -> None:
        """Cut it off."""
        self.closed = True
        self._waiting.clear()
        self._there.set()

    async def next(self) -> bytes | None:
        """What waits, in one piece; None at the end."""
        while not self._waiting and not self.closed:
            self._there.clear()
            await self._there.wait()
        piece = b"".join(self._waiting)
        self._waiting.clear()
        self._bytes = 0
        return None if self.closed else piece


class Streams:
    """All streams of a board. `run` must run; `changed` is told of each change."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._streams: set[Stream] = set()
        self._changes: list[Entry] = []
        self._reset = False
        self._there = asyncio.Event()

    @property
    def full(self) -> bool:
        """Whether no further browser is let in."""
        return len(self._streams) >= STREAMS

    def changed(self, entry: Entry | None) -> None:
        """A change of the board; None: all began anew."""
        if entry is None:
            self._reset = True
            self._changes.clear()
        elif self._streams:
            self._changes.append(entry)
        self._there.set()

    def open(self, after: int | None, level: int, lasts: Callable[[], bool]) -> Stream:
        """A stream of what changes after a number, or from now on."""
        self._flush()
        first = self._board.tick()
        if after is not None:
            missed = self._board.since(after, level)
            first = RESET + first if missed is None else b"".join(entry.frame for entry in missed) + first
        stream = Stream(level, lasts, first)
        self._streams.add(stream)
        return stream

    async def run(self) -> None:
        """Send what changes, and the time each second."""
        loop = asyncio.get_running_loop()
        beat = loop.time()
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(max(beat - loop.time(), 0.0)):
                    await self._there.wait()
                await asyncio.sleep(TOGETHER_S)
            self._there.clear()
            self._flush()
            if loop.time() >= beat:
                beat = loop.time() + BEAT_S
                tick = self._board.tick()
                for stream in list(self._streams):
                    if not stream.lasts():
                        stream.close()
                    stream.push(tick)
                    self._drop(stream)

    def close(self, stream: Stream) -> None:
        """Its browser has gone."""
        stream.close()
        self._drop(stream)

    def close_all(self) -> None:
        """The node stops."""
        for stream in list(self._streams):
            self.close(stream)

    def _flush(self) -> None:
        frames = [(entry.level, entry.frame) for entry in self._changes]
        self._changes.clear()
        if not (frames or self._reset):
            return
        pieces: dict[int, bytes] = {}
        for stream in list(self._streams):
            if stream.level not in pieces:
                seen = [frame for level, frame in frames if level <= stream.level]
                pieces[stream.level] = b"".join([RESET, *seen] if self._reset else seen)
            stream.push(pieces[stream.level])
            self._drop(stream)
        self._reset = False

    def _drop(self, stream: Stream) -> None:
        if stream.closed:
            self._streams.discard(stream)


class StreamResponse:
    """A stream as an ASGI application: sends pieces until it is closed, stalls, or the browser goes away."""

    def __init__(self, streams: Streams, stream: Stream) -> None:
        self._streams, self._stream = streams, stream

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"content-type", b"text/event-stream"), (b"x-accel-buffering", b"no")]
        gone = asyncio.create_task(self._until_gone(receive))
        try:
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            while (piece := await self._stream.next()) is not None:
                async with asyncio.timeout(STALLED_S):
                    await send({"type": "http.response.body", "body": piece, "more_body": True})
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        except TimeoutError:
            pass
        finally:
            gone.cancel()
            self._streams.close(self._stream)

    async def _until_gone(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self._streams.close(self._stream)
