"""Fifty browsers at one console while five hundred objects move: all hear all, soon."""

from __future__ import annotations

import asyncio
import socket
import time
from pathlib import Path

import pytest
from made_up_console import NOW, a_console, a_track, tell

from nadhir.channels.serving import inner_server
from nadhir.console.app import console_app

pytestmark = [pytest.mark.slow, pytest.mark.connected]

BROWSERS, OBJECTS, SECONDS = 50, 500, 8


def test_fifty_browsers(tmp_path: Path) -> None:
    console = a_console(tmp_path, rita="UNCLASSIFIED")
    account = console.accounts.find("rita")
    assert account is not None
    secret, _ = console.sessions.begin(account)
    told: dict[int, float] = {}
    late: list[float] = []
    counts: list[int] = []

    async def browse(port: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 22)
        cookie = f"nadhir-KOR-exercise={secret}"
        writer.write(f"GET /api/stream HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\n\r\n".encode())
        count, event = 0, b""
        try:
            while line := await reader.readline():
                if line.startswith(b"event: "):
                    event = line
                if (
                    line.startswith(b"id: ")
                    and event == b"event: item\n"
                    and (at := told.get(int(line[4:]))) is not None
                ):
                    count += 1
                    if count % 25 == 0:
                        late.append(time.perf_counter() - at)
        except asyncio.CancelledError:
            counts.append(count)
            raise
        finally:
            writer.close()

    async def test() -> float:
        with socket.create_server(("127.0.0.1", 0)) as listening:
            server = inner_server(console_app(console))
            serving = asyncio.create_task(server.serve([listening]))
            running = asyncio.create_task(console.run())
            port = listening.getsockname()[1]
            browsers = [asyncio.create_task(browse(port)) for _ in range(BROWSERS)]
            await asyncio.sleep(1.5)
            telling = 0.0
            for second in range(SECONDS):
                # The node's own work comes in small pieces, as its detections do.
                for start in range(0, OBJECTS, 50):
                    began = time.perf_counter()
                    for k in range(start, start + 50):
                        tell(console, a_track(f"E-{k}", "E", at=NOW + second))
                        told[console.board.sequence] = time.perf_counter()
                    telling += time.perf_counter() - began
                    await asyncio.sleep(0.1)
            await asyncio.sleep(1.0)
            for browser in browsers:
                browser.cancel()
            await asyncio.gather(*browsers, return_exceptions=True)
            running.cancel()
            server.should_exit = True
            await serving
        return telling

    telling = asyncio.run(test())
    console.close()
    late.sort()
    p50_s, p99_s = late[len(late) // 2], late[int(0.99 * len(late))]
    each_us = 1e6 * telling / (OBJECTS * SECONDS)
    print(f"heard after p50 {1e3 * p50_s:.0f} ms, p99 {1e3 * p99_s:.0f} ms; telling costs {each_us:.0f} us an item")
    assert counts == [OBJECTS * SECONDS] * BROWSERS
    assert p50_s < 0.25
