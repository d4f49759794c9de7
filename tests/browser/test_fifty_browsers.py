"""Fifty browsers at one node in mid-event, each a real page of its own: all hear all, soon."""

from __future__ import annotations

import os
import time
from pathlib import Path
from statistics import median, quantiles
from typing import Any, NamedTuple

import pytest
from playwright.sync_api import Browser, Page
from watch_room import WatchRoom

pytestmark = [pytest.mark.connected, pytest.mark.slow]

BROWSERS = 50
DRAWING = int(os.environ.get("NADHIR_DRAWING", 5))
"""Of them draw the map. The others are the same page, which hears and holds the same and only does not draw."""
SIZE = {"width": 800, "height": 600}
MID_EVENT_S, WATCHED_S = 150.0, 20.0
WATCH = """drawing => {
  const { store, renderRoot } = document.querySelector("nadhir-app");
  const { take } = store;
  Object.assign(globalThis, { heard: [], shown: [], lost: 0 });
  let waiting = [];
  store.take = (news) => {
    take.call(store, news);
    if (news.kind === "item" && news.data.product.kind === "track") {
      heard.push([news.data.at, Date.now() / 1000]);
      waiting.push(news.data.at);
    }
  };
  store.addEventListener("connection", () => { lost += store.line === false ? 1 : 0; });
  const { surface } = renderRoot.querySelector("nadhir-map");
  const { draw } = surface;
  surface.draw = () => {
    if (!drawing) return;
    draw.call(surface);
    const drawn = waiting.splice(0);
    requestAnimationFrame(() => shown.push(...drawn.map((at) => [at, Date.now() / 1000])));
  };
}"""
"""`heard` and `shown`: the node's time of each track with the wall time when the page had it, and when it had drawn it.
`lost`: how often the page took the line for cut and resumed, as one does that gets no processor for seconds."""
HAS_MAP = """() => Boolean(document.querySelector("nadhir-app").renderRoot.querySelector("nadhir-map")?.surface)"""
TOLD = "[heard, shown, lost, document.querySelector('nadhir-app').store.livePicture.sequence]"


class Told(NamedTuple):
    """What one page saw."""

    heard: list[list[float]]
    shown: list[list[float]]
    lost: int
    sequence: int


def test_fifty_browsers_at_one_node(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> None:
    room = WatchRoom(tmp_path_factory.mktemp("fifty"), browser, asks_people=False)
    try:
        room.play(MID_EVENT_S)
        pages = fifty(room)
        for page in pages:
            page.evaluate("lost = 0")
        assert room.node.process is not None
        began, busy_s = time.monotonic(), cpu_s(room.node.process.pid)
        pace = room.play_noted(MID_EVENT_S + WATCHED_S)
        took_s, busy_s = time.monotonic() - began, cpu_s(room.node.process.pid) - busy_s
        time.sleep(5.0)
        told = [Told(*page.evaluate(TOLD)) for page in pages]
    finally:
        room.close()

    heard = [seconds for page in told for seconds in pace.late_s(page.heard)]
    shown = [seconds for page in told[:DRAWING] for seconds in pace.late_s(page.shown)]
    print(
        f"{len(told)} browsers, {DRAWING} of them drawing, load {os.getloadavg()[0]:.1f}: "
        f"{busy_s / took_s:.2f} of a core for the node; {len(heard) / len(told):.0f} tracks heard by each, "
        f"{said(heard)}; drawn {said(shown)}; resumed {sum(page.lost for page in told)} times"
    )
    assert len({page.sequence for page in told}) == 1, "somebody did not hear all"
    assert len({len(page.heard) for page in told}) == 1
    assert len(told[0].heard) > 2 * WATCHED_S


def fifty(room: WatchRoom) -> list[Page]:
    """A browser each, with a session of kim's; what draws nothing stands still."""
    kim = room.enter("kim")
    kept: Any = kim.context.storage_state()
    address = kim.page.url
    kim.leave()
    pages = []
    for number in range(BROWSERS):
        page = room.browser.new_context(viewport=SIZE, storage_state=kept).new_page()
        page.set_default_timeout(120_000)
        page.goto(address)
        page.wait_for_function(HAS_MAP, polling=250)
        page.evaluate(WATCH, number < DRAWING)
        pages.append(page)
    return pages


def cpu_s(process: int) -> float:
    """Seconds of processor time that a process has used."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def said(seconds: list[float]) -> str:
    return f"after p50 {median(seconds):.2f} s, p95 {quantiles(seconds, n=20)[18]:.2f} s" if seconds else "nothing"
