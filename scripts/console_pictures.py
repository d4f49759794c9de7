"""Pictures of the console for docs/images: three nations' nodes in mid-event, by real headless Chromium, in every
language, flat and on the globe, exercise and replay, light and dark.

    make page && python scripts/console_pictures.py docs/images

Needs Playwright for Python and Pillow (the extras `dev` and `calibration`) and a Chromium, which CHROMIUM may name.
Look at every picture.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import os
import shutil
import tempfile
import time
from io import BytesIO
from itertools import takewhile
from pathlib import Path
from typing import NamedTuple

from PIL import Image
from playwright.async_api import Browser, BrowserContext, async_playwright

from nadhir.node.feed import LEAD_S, Pace, feed, first_time, own_lines
from nadhir.node.nations import HOST, NationNode, make_nations
from nadhir.node.office import Office, open_office
from nadhir.sensors import read_sensors

EXAMPLE = Path(__file__).parents[1] / "examples" / "toward-land"
FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-background-networking",
    "--use-gl=angle",
    "--use-angle=swiftshader",
]
MID_EVENT_S = 200.0
"""After the exercise's beginning: districts are warned, and what flies has some minutes to go."""
PACE = 4.0
DRAWN_WITHIN_S = 90.0
"""Software draws the map, on a machine that may be busy."""
DRAWN_TIMES = 2
"""In a row: what was just chosen may move the map once more."""
DRAWN = """() => {
  const map = document.querySelector("nadhir-app").renderRoot.querySelector("nadhir-map");
  return Boolean(map?.surface?.isDrawn);
}"""
WIDTH, HEIGHT = 1280, 800


class Picture(NamedTuple):
    """One picture: who looks at what, and how. A replay looks at a moment of the past, so long before now."""

    mode: str
    language: str
    map: str
    theme: str
    nation: str
    panel: str

    @property
    def name(self) -> str:
        return f"console-{self.mode}-{self.language}-{self.map}-{self.theme}"

    @property
    def view(self) -> str:
        return f"lang={self.language}&theme={self.theme}&map={self.map}&panel={self.panel}"


LOOKS = tuple(itertools.product(("exercise", "replay"), ("flat", "globe"), ("light", "dark")))
SEEN = (
    ("JPN", "events"),
    ("JPN", "warnings"),
    ("KOR", "events"),
    ("KOR", "operation"),
    ("JPN", "log"),
    ("USA", "events"),
    ("KOR", "warnings"),
    ("JPN", "events"),
)
"""Nation and panel: another one for the same look in each language."""
PICTURES = tuple(
    Picture(mode, language, chart, theme, *SEEN[(number + 3 * shift) % len(SEEN)])
    for shift, language in enumerate(("en", "ko", "ja", "ar"))
    for number, (mode, chart, theme) in enumerate(LOOKS)
)
BACK_S = 60.0
FARTHER = 2
"""So often the button to zoom out is pressed on the globe."""
COLOURS = 256
"""Of a picture: a third as large as with all of them."""


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("only", nargs="*", help="part of a picture's name: replay, ja-globe; without one all are made")
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        policies = {path.stem: {path.name: path.read_text()} for path in (EXAMPLE / "nations").glob("*.cedar")}
        nations = make_nations(Path(folder), read_sensors(EXAMPLE), policies)
        offices = {nation: open_office(node) for nation, node in nations.items()}
        try:
            for node in nations.values():
                await node.start()
            for node in nations.values():
                await node.until_ready(600.0)
            await play(nations)
            async with async_playwright() as playwright:
                program = os.environ.get("CHROMIUM") or shutil.which("chromium")
                browser = await playwright.chromium.launch(executable_path=program, args=FLAGS)
                desks = {nation: await log_in(browser, office) for nation, office in offices.items()}
                for picture in PICTURES:
                    if any(word in picture.name for word in asked.only or [""]):
                        await take(desks[picture.nation], picture, offices[picture.nation], asked.out)
                await browser.close()
        finally:
            for node in nations.values():
                await node.stop()


async def play(nations: dict[str, NationNode]) -> None:
    """The exercise to mid-event, where it stays."""
    begin = first_time(EXAMPLE) - LEAD_S
    end = begin + MID_EVENT_S
    course = Pace(begin, PACE, len(nations))
    lines = {name: takewhile(lambda line: line[0] <= end, own_lines(EXAMPLE, name)) for name in nations}
    await asyncio.gather(
        *(feed(lines[name], HOST, node.ingest_port, course, end=end) for name, node in nations.items())
    )


async def log_in(browser: Browser, office: Office) -> BrowserContext:
    """A browser of somebody who sits at a nation's console."""
    context = await browser.new_context(viewport={"width": WIDTH, "height": HEIGHT}, timezone_id="Asia/Tokyo")
    context.set_default_timeout(120_000)
    page = await context.new_page()
    await page.goto(office.address)
    await page.locator("input[name=name]").fill(office.operators[0])
    await page.locator("input[name=password]").fill(office.password)
    await page.locator("nadhir-login button.primary").click()
    await page.locator("nav .count.events").wait_for()
    await page.close()
    return context


async def take(desk: BrowserContext, picture: Picture, office: Office, out: Path) -> None:
    """Choose the most urgent event, and take the picture once everything is drawn."""
    page = await desk.new_page()
    await page.goto(f"{office.address}#{picture.view}")
    await page.locator("nav .count.events").wait_for()
    await page.evaluate(
        """back => {
          const { store } = document.querySelector("nadhir-app");
          const event = [...store.picture.events.values()].sort((a, b) => b.warnings.length - a.warnings.length)[0];
          store.go({ selection: event.event, ...(back ? { at: store.now() - back } : {}) });
        }""",
        BACK_S if picture.mode == "replay" else None,
    )
    for _ in range(FARTHER if picture.map == "globe" else 0):
        await page.locator("nadhir-map .tools button").nth(1).click()
    deadline = time.monotonic() + DRAWN_WITHIN_S
    drawn = 0
    while time.monotonic() < deadline and drawn < DRAWN_TIMES:
        await page.wait_for_timeout(1000)
        drawn = drawn + 1 if await page.evaluate(DRAWN) else 0
    await page.locator(".line:not(.lost)").wait_for()
    file = out / f"{picture.name}.webp"
    shot = Image.open(BytesIO(await page.screenshot())).convert("RGB")
    shot.quantize(COLOURS, dither=Image.Dither.NONE).convert("RGB").save(file, lossless=True, method=6)
    print(f"{time.strftime('%H:%M:%S')} {file} {file.stat().st_size // 1024} kB", flush=True)
    await page.close()


asyncio.run(main())
