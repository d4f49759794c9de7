"""A watch room: one real node of JPN, people at real browsers, and a wire between them that can be cut."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import threading
import time
from bisect import bisect_left
from collections.abc import Coroutine, Iterable, Sequence
from importlib.resources import files
from itertools import dropwhile, takewhile
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
from nations import Wire
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Playwright, Request, expect

from nadhir.bus import Address, NationServer, NatsBus, ServerSettings
from nadhir.model import Ellipse, LaunchProduct, Sensor
from nadhir.node.core import News
from nadhir.node.feed import LEAD_S, Pace, feed, first_time, own_lines
from nadhir.node.nations import HOST, NationNode, free_ports
from nadhir.node.office import Office, open_office
from nadhir.node.service import PICTURE
from nadhir.sensors import read_sensors

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "toward-land"
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
FLAGS = ("--no-sandbox", "--disable-background-networking", "--use-gl=angle", "--use-angle=swiftshader")
SIZE = {"width": 1440, "height": 900}
PATIENCE_S = 60.0
"""The machine that runs this may be busy."""
PACE = 20.0
WANTED_OF_THE_LINE = "Failed to load resource"
"""So Chromium begins what it says of an answer that is an error: not being logged in is one, a cut wire another."""

expect.set_options(timeout=1000 * PATIENCE_S)


def chromium(playwright: Playwright) -> Browser:
    """A real browser without a screen, drawing by software."""
    return playwright.chromium.launch(executable_path=CHROMIUM, args=["--headless=new", *FLAGS])


class NotedPace(Pace):
    """Notes the wall time at which each step's lines were sent."""

    def __init__(self, start: float) -> None:
        super().__init__(start, 1.0)
        self._start = start
        self._steps: list[float] = []
        self._sent: list[float] = []

    def time(self, step: int) -> float:
        """The exercise's time at a step, Unix seconds."""
        at = super().time(step)
        if not self._steps or at > self._steps[-1]:
            self._steps.append(at)
            self._sent.append(time.time())
        return at

    def late_s(self, seen: Iterable[Sequence[float]]) -> list[float]:
        """How long after its line was sent each thing was seen: of (the node's time of it, wall time)."""
        last = self._steps[-1]
        return [wall - self._sent[bisect_left(self._steps, at)] for at, wall in seen if self._start < at <= last]


class WatchRoom:
    """A node that has all sensors of the example, started; its exercise goes as far as `play` says."""

    def __init__(self, folder: Path, browser: Browser, asks_people: bool) -> None:
        self.browser = browser
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        self.node = NationNode("JPN", folder / "JPN")
        policies = {"JPN.cedar": (EXAMPLE / "nations" / "JPN.cedar").read_text()}
        self.node.prepare(_of_one_owner("JPN"), policies, {})
        self.office: Office = open_office(self.node)
        self._live = folder / "live"
        with (self.node.folder / "node.toml").open("a") as config:
            config.write(f'[real]\naccess = "{self._live / "watch.json"}"\n')
            if asks_people:
                (self.node.folder / "warning.toml").write_text(_two_persons())
                config.write('[warning]\nfile = "warning.toml"\n')
        self.wire = Wire(free_ports(1)[0], self.node.console_port)
        self.address = f"http://{HOST}:{self.wire.port}/"
        self._played = first_time(EXAMPLE) - LEAD_S
        self.run(self._start())

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Do something beside the browser and wait for it."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(600.0)

    async def _start(self) -> None:
        await self.wire.start()
        await self.node.start()
        await self.node.until_ready(300.0)

    def play(self, until_s: float) -> None:
        """Go on to so many seconds after the exercise's beginning."""
        self._play(until_s, Pace(self._played, PACE))

    def play_noted(self, until_s: float) -> NotedPace:
        """The same at the data's own pace; when each line was sent is noted."""
        pace = NotedPace(self._played)
        self._play(until_s, pace)
        return pace

    def _play(self, until_s: float, pace: Pace) -> None:
        since, end = self._played, first_time(EXAMPLE) - LEAD_S + until_s
        lines = dropwhile(lambda line: line[0] <= since, own_lines(EXAMPLE, None))
        now = takewhile(lambda line: line[0] <= end, lines)

        async def fed() -> None:
            await feed(now, HOST, self.node.ingest_port, pace, end=end)

        self.run(fed())
        self._played = end

    def something_real(self) -> None:
        """The nation's live node, as much of it as an exercise hears, knows of a launch."""

        async def tell() -> None:
            client = Address(HOST, free_ports(1)[0])
            keys = self.node.folder
            settings = ServerSettings(
                "JPN", self._live / "bus", client, keys / "link.pem", keys / "keys" / "link.key", watched=(PICTURE,)
            )
            live = NationServer(settings)
            await live.start()
            try:
                (self._live / "watch.json").write_bytes(msgspec.json.encode(live.watcher_credentials()))
                launch = LaunchProduct("JPN-R", 1.8e9, "report", 1.8e9, 2.0, 39.0, 127.0, Ellipse(9e3, 4e3, 0.5), ["S"])
                bus: NatsBus = await live.connect()
                while (status := await self.node.status()) and not any("public side" in p for p in status.problems):
                    bus.publish(PICTURE, msgspec.json.encode(News(1.8e9, "own", "JPN", launch)) + b"\n")
                    await asyncio.sleep(0.2)
                await bus.close()
            finally:
                await live.stop()

        self.run(tell())

    def enter(self, name: str, view: str = "lang=en&map=flat") -> Person:
        """A person at a browser of their own, logged in."""
        person = Person(self.browser, self.address)
        person.page.goto(f"{self.address}#{view}")
        person.log_in(name, self.office.password)
        return person

    def close(self) -> None:
        async def end() -> None:
            await self.wire.stop()
            assert await self.node.stop() == 0

        self.run(end())
        self._loop.call_soon_threadsafe(self._loop.stop)


class Person:
    """A browser context and its page; what went wrong in it, and what it asked of others, is collected."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.faults: list[str] = []
        self.outside: list[str] = []
        self._own = urlsplit(address).netloc
        self.context = browser.new_context(viewport=SIZE, locale="en-GB", timezone_id="Asia/Tokyo")
        self.context.set_default_timeout(1000 * PATIENCE_S)
        self.context.on("request", self._asked)
        self.context.on("console", self._said)
        self.context.on("weberror", lambda error: self.faults.append(str(error.error)))
        self.page: Page = self.context.new_page()

    def _asked(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme not in ("data", "blob") and address.netloc != self._own:
            self.outside.append(request.url)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not message.text.startswith(WANTED_OF_THE_LINE):
            self.faults.append(message.text)

    def log_in(self, name: str, password: str) -> None:
        self.page.get_by_label("Name").fill(name)
        self.page.get_by_label("Password").fill(password)
        self.page.get_by_role("button", name="Log in").click()
        expect(self.find("header .who b")).to_have_text(name)

    def find(self, selector: str) -> Locator:
        return self.page.locator(selector)

    def open_panel(self, number: int) -> Locator:
        """Events, warnings, operation, log."""
        self.find("nav button").nth(number - 1).click()
        return self.find(".side")

    def choose_event(self) -> Locator:
        self.open_panel(1)
        self.find("nadhir-events article button").first.click()
        expect(self.find("nadhir-event h2")).to_be_visible()
        return self.find(".detail")

    def act(self, what: str) -> None:
        """The act of this name on the first warning of the panel that has it, through its dialog."""
        self.open_panel(2)
        self.find("nadhir-warnings").get_by_role("button", name=what, exact=True).first.click()
        self.confirm()

    def confirm(self) -> None:
        dialog = self.find("nadhir-act dialog[open]")
        dialog.locator("button.primary").click()
        expect(dialog).to_have_count(0)

    def picture(self, expression: str) -> Any:
        """Of `picture`, what the page itself holds as live."""
        return self.page.evaluate(
            f"() => {{ const picture = document.querySelector('nadhir-app').store.livePicture; return {expression}; }}"
        )

    def leave(self) -> None:
        self.context.close()


def words(page: Page) -> list[str]:
    """All words that are seen or read out: texts and names through every shadow root."""
    return list(
        page.evaluate("""() => {
          const found = [];
          const look = (root) => {
            const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
            for (let node = walker.nextNode(); node; node = walker.nextNode()) {
              if (node.nodeType === Node.TEXT_NODE) {
                if (!/^(STYLE|SCRIPT|NOSCRIPT)$/.test(node.parentElement?.tagName ?? "")) found.push(node.data.trim());
                continue;
              }
              for (const name of ["aria-label", "title", "placeholder"])
                if (node.hasAttribute(name)) found.push(node.getAttribute(name).trim());
              if (node.shadowRoot) look(node.shadowRoot);
            }
          };
          look(document.body);
          return found.filter(Boolean);
        }""")
    )


def text_names() -> set[str]:
    """Names of all of the page's texts: one that is seen is a text that is missing."""
    sources = (ROOT / "page" / "src" / "text" / "en").glob("*.ftl")
    return {name for source in sources for name in re.findall(r"^([a-z][\w-]*-[\w-]+) =", source.read_text(), re.M)}


def _of_one_owner(owner: str) -> list[Sensor]:
    return [msgspec.structs.replace(sensor, owner=owner) for sensor in read_sensors(EXAMPLE)]


def _two_persons() -> str:
    """The usual rules, but that two persons are asked before anybody is warned of an impact."""
    rules = (files("nadhir.alerts") / "rules.toml").read_text()
    automatic = 'impact = { district = "automatic", country = "automatic" }'
    assert automatic in rules
    asked = 'impact = { district = "two-person", country = "two-person", countdown_s = 900.0, then = "hold" }'
    return rules.replace(automatic, asked, 1)
