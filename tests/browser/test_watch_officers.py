"""What watch officers see and do, in real browsers at a real node, in the order of one event."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from itertools import pairwise
from urllib.parse import quote_plus

import pytest
from playwright.sync_api import Browser, Error, Route, expect
from watch_room import ROOT, Person, WatchRoom, text_names, words

pytestmark = [pytest.mark.connected, pytest.mark.slow]

MID_EVENT_S = 150.0
"""After the exercise's beginning: where it comes down is known, and a warning waits for people."""
THE_MAP = 'document.querySelector("nadhir-app").renderRoot.querySelector("nadhir-map")'
CLICKED = "[surface.camera.project(scene.objects[0].at), scene.objects[0].pick.object]"
AXE = ROOT / "page" / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture(scope="module")
def room(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WatchRoom]:
    """In mid-event; two persons are asked."""
    room = WatchRoom(tmp_path_factory.mktemp("room"), browser, asks_people=True)
    try:
        room.play(MID_EVENT_S)
        yield room
    finally:
        room.close()


@pytest.fixture
def kim(room: WatchRoom) -> Iterator[Person]:
    """An operator. In whatever is done here, nothing is asked of others and the page's content policy is kept."""
    kim = room.enter("kim")
    yield kim
    kim.leave()
    assert kim.outside == []
    assert kim.faults == []


def test_by_keyboard_alone(room: WatchRoom) -> None:
    kim = Person(room.browser, room.address)
    keys = kim.page.keyboard
    kim.page.goto(f"{room.address}#lang=en&map=flat")
    expect(kim.page.get_by_label("Name")).to_be_focused()
    keys.type("kim")
    keys.press("Tab")
    keys.type(room.office.password)
    keys.press("Enter")
    expect(kim.find("nadhir-events article")).not_to_have_count(0)
    keys.press("j")
    expect(kim.find("nadhir-event h2")).to_be_visible()
    keys.press("Enter")
    expect(kim.find(".detail")).to_be_focused()
    keys.press("a")
    expect(kim.find("p.said")).to_contain_text("Acknowledged")
    keys.press("Space")
    expect(kim.find("nadhir-banner")).to_contain_text("REPLAY")
    moment = kim.page.url
    keys.press("ArrowLeft")
    kim.page.wait_for_url(lambda address: address != moment and "at=" in address)
    keys.press("l")
    expect(kim.find("nadhir-banner")).to_contain_text("Nothing here is real")
    keys.press("?")
    expect(kim.find("nadhir-help dialog")).to_be_visible()
    keys.press("Escape")
    expect(kim.find("nadhir-help dialog")).to_be_hidden()
    keys.press("4")
    expect(kim.find("nadhir-log")).to_contain_text("kim")
    kim.leave()


def test_the_past_is_not_said_to_be_empty_while_it_is_read(kim: Person, room: WatchRoom) -> None:
    expect(kim.find("nadhir-events article")).not_to_have_count(0)
    moment = kim.picture("picture.at") - 20.0
    held: list[Route] = []
    kim.page.route("**/api/history*", lambda route: held.append(route))
    kim.page.goto(f"{room.address}#lang=en&at={moment}")
    kim.page.reload()
    events = kim.find("nadhir-events")
    expect(events).to_contain_text("Nothing is known yet")
    expect(events).not_to_contain_text("detected")
    kim.page.unroute("**/api/history*")
    for route in held:
        with contextlib.suppress(Error):  # Playwright may have let it go with the rule.
            route.continue_()
    expect(events.locator("article")).not_to_have_count(0)
    kim.page.goto(f"{room.address}#lang=en&at={moment - 600.0}")
    expect(events).to_contain_text("Nothing had been detected at that moment")


@pytest.mark.parametrize("projection", ["flat", "globe"])
def test_the_map_begins_with_the_own_areas_and_a_click_on_it_selects(kim: Person, projection: str) -> None:
    kim.page.goto(f"{kim.page.url.split('#')[0]}#lang=en&map={projection}")
    kim.page.reload()
    canvas = kim.find("nadhir-map .ground canvas")
    expect(canvas).to_be_visible()
    kim.page.wait_for_function(f"() => {THE_MAP}?.surface?.isDrawn")
    size = canvas.bounding_box()
    assert size is not None
    for longitude, latitude in ((141.3, 43.1), (130.5, 31.6)):  # Sapporo, Kagoshima
        x, y = kim.page.evaluate(f"{THE_MAP}.surface.camera.project([{longitude}, {latitude}])")
        assert 0 < x < size["width"]
        assert 0 < y < size["height"]
    at, picked = kim.page.evaluate(f"(({{ scene, surface }}) => {CLICKED})({THE_MAP})")
    canvas.click(position={"x": at[0], "y": at[1]})
    kim.page.wait_for_url(lambda address: f"object={quote_plus(picked)}" in address)


def test_every_language_has_every_word(kim: Person) -> None:
    kim.choose_event()
    missing = text_names()
    script = {"en": r"[A-Z]", "ko": r"[\uac00-\ud7a3]", "ja": r"[\u3040-\u30ff\u4e00-\u9fff]", "ar": r"[\u0600-\u06ff]"}
    for language, letters in script.items():
        kim.find("header select").select_option(language)
        expect(kim.find("html")).to_have_attribute("lang", language)
        expect(kim.find("html")).to_have_attribute("dir", "rtl" if language == "ar" else "ltr")
        for panel in (1, 2, 3, 4):
            kim.open_panel(panel)
            expect(kim.find(".side h2").first).to_have_text(re.compile(letters))
            said = words(kim.page)
            assert len(said) > 100
            assert [word for word in said if word in missing or "{$" in word] == []


@pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not installed: make page")
@pytest.mark.parametrize("view", ["lang=en&theme=dark&map=flat", "lang=ar&theme=light&map=globe"])
def test_no_serious_barrier(kim: Person, view: str) -> None:
    kim.page.goto(f"{kim.page.url.split('#')[0]}#{view}")
    kim.page.reload()
    kim.page.evaluate(AXE.read_text())
    for panel in (1, 2, 3, 4):
        if panel == 1:
            kim.choose_event()
        kim.open_panel(panel)
        expect(kim.find(".side h2").first).to_be_visible()
        found = kim.page.evaluate("() => axe.run()")
        bad = [
            (violation["id"], [node["target"] for node in violation["nodes"]][:3])
            for violation in found["violations"]
            if violation["impact"] in ("serious", "critical")
        ]
        assert bad == []
        assert len(found["passes"]) > 10


def test_a_reload_keeps_everything(kim: Person) -> None:
    kim.choose_event()
    for key in ("ArrowLeft", "g", "2"):
        kim.page.keyboard.press(key)
    kim.find("header select").select_option("ja")
    expect(kim.find("html")).to_have_attribute("lang", "ja")
    for place in ("nadhir-event h2", ".side h2"):  # Panels are drawn at most ten times a second, each on its own.
        expect(kim.find(place).first).to_contain_text(re.compile("[\u3041-\u30ff\u4e00-\u9fff]"))
    expect(kim.find("nadhir-clock .reading")).to_have_text("")

    def seen() -> list[str]:
        places = ("nadhir-event h2", "nadhir-clock .time b", "nadhir-banner strong", ".side h2")
        return [kim.page.url, *(kim.find(place).first.inner_text() for place in places)]

    before = seen()
    assert all(part in before[0] for part in ("at=", "event=", "panel=warnings", "map=globe", "lang=ja"))
    kim.page.reload()
    expect(kim.find("nadhir-event h3").first).to_be_visible()
    expect(kim.find(".side h2").first).to_have_text(before[-1])
    expect(kim.find("nadhir-clock .reading")).to_have_text("")
    assert seen() == before


def test_a_line_that_was_lost_misses_nothing(room: WatchRoom, kim: Person) -> None:
    kim.choose_event()
    expect(kim.find("header .line")).to_contain_text("Connected")
    room.wire.cut()
    try:
        expect(kim.find("header .line.lost")).to_contain_text("Connection lost")
        expect(kim.find("header .line.lost b")).to_contain_text(re.compile(r"\d\W* second"))
        # A cut wire is no cut node: the event goes on.
        room.play(MID_EVENT_S + 20.0)
    finally:
        room.wire.restore()
    expect(kim.find("header .line")).to_contain_text("Connected")
    lee = room.enter("lee")
    everything = (
        "({ warnings: [...picture.warnings.values()].map((w) => [w.warning, w.revision, w.sequence]).sort(),"
        " marks: picture.marks.map((mark) => mark.sequence).slice(-20),"
        " objects: [...picture.objects.values()].map((o) => [o.object, o.phase, o.trail.at(-1)?.[0]]).sort() })"
    )
    kim.page.wait_for_timeout(2000)
    assert kim.picture(everything) == lee.picture(everything)
    # Also what flew while nobody heard: no hole in the trail is longer than a scan.
    times = kim.picture("[...picture.objects.values()][0].trail.map((point) => point[0])")
    recent = [time for time in times if time > times[-1] - 25.0]
    assert max(after - before for before, after in pairwise(recent)) < 10.0
    lee.leave()


def test_two_persons_approve_and_one_cancels(room: WatchRoom, kim: Person) -> None:
    lee, mori = room.enter("lee"), room.enter("mori")
    mori.open_panel(2)
    expect(mori.find("nadhir-warnings")).to_contain_text("You are signed in as a reader")
    expect(mori.find("nadhir-warnings").get_by_role("button", name="Approve", exact=True)).to_have_count(0)
    kim.act("Approve")
    expect(kim.find("nadhir-warnings").get_by_role("button", name="Approve", exact=True)).to_be_disabled()
    lee.open_panel(2)
    expect(lee.find("nadhir-warnings")).to_contain_text("kim")
    lee.act("Approve")
    for person in (kim, lee, mori):
        expect(person.find("nadhir-warnings")).to_contain_text("Nothing waits for approval")
        expect(person.find("nadhir-warnings article.danger")).not_to_have_count(0)
    kim.act("Cancel: issued in error")
    mori.find("nadhir-warnings summary").filter(has_text="ended").click()
    expect(mori.find("nadhir-warnings")).to_contain_text("Cancelled: issued in error")
    expect(mori.find("nadhir-warnings").get_by_role("button", name="Say it again")).to_have_count(0)
    say_again_by_keyboard(kim)
    lee.act("Approve")
    for person in (kim, lee, mori):
        expect(person.find("nadhir-warnings article.danger")).not_to_have_count(0)
    assert lee.faults == mori.faults == []
    for person in (lee, mori):
        person.leave()


def say_again_by_keyboard(person: Person) -> None:
    """Take back the cancel of the only warning that was out: it waits for the second person."""
    warnings, keys = person.find("nadhir-warnings"), person.page.keyboard
    warnings.locator("summary").filter(has_text="ended").focus()
    keys.press("Enter")
    again = warnings.get_by_role("button", name="Say it again")
    again.focus()
    keys.press("Enter")
    dialog = person.find("nadhir-act dialog[open]")
    expect(dialog).to_contain_text("ended by mistake")
    expect(dialog.locator(".aside")).to_contain_text("Akita")
    expect(dialog.locator(".aside")).to_contain_text("This is an exercise message")
    expect(dialog).not_to_contain_text("at once")
    expect(dialog.get_by_role("button", name="Go back, change nothing")).to_be_focused()
    keys.press("Tab")
    keys.press("Enter")
    expect(dialog).to_have_count(0)
    expect(warnings).to_contain_text("You have approved this revision")
    expect(again).to_have_count(0)


def test_the_rest_of_a_shift(room: WatchRoom, kim: Person) -> None:
    """Correct with other areas, shelve, note, hand over; the log has all of it, and prints without buttons."""
    kim.open_panel(2)
    warnings = kim.find("nadhir-warnings")
    out = warnings.locator("article.danger")
    if not out.count():
        kim.act("Approve")
        lee = room.enter("lee")
        lee.act("Approve")
        lee.leave()
    out.first.get_by_role("button", name="Correct", exact=True).click()
    dialog = kim.find("nadhir-act dialog[open]")
    expect(dialog).to_contain_text("Two messages go out as one step")
    # What is named now is chosen already.
    dialog.get_by_label("Akita").uncheck()
    dialog.locator("button.primary").click()
    expect(dialog).to_contain_text("Choose at least one area")
    dialog.locator("input[type=search]").fill("aomori")
    dialog.get_by_label("Aomori").check()
    kim.confirm()
    expect(out.first).to_contain_text("Aomori")
    warnings.locator("summary").filter(has_text="ended").click()
    expect(warnings).to_contain_text("Cancelled: issued in error")

    kim.choose_event()
    event = kim.find("nadhir-event")
    event.get_by_role("button", name="Add a note").click()
    dialog.locator("textarea").fill("Akita has called")
    kim.confirm()
    expect(event).to_contain_text("Akita has called")
    event.get_by_role("button", name="Shelve").click()
    kim.confirm()
    # What threatens our own areas is said to be shelved, and stands where it stood.
    card = kim.find("nadhir-events article").first
    expect(card).to_contain_text("Shelved until")
    expect(card).to_contain_text("Own area in danger")

    kim.open_panel(2)
    warnings.get_by_role("button", name="Hand over the shift").click()
    expect(dialog).to_contain_text("Warnings that are out")
    expect(dialog).to_contain_text("Events in progress")
    dialog.locator("input[name=name]").fill("mori")
    kim.confirm()
    kim.open_panel(4)
    log = kim.find("nadhir-log")
    for said in ("corrected", "Akita has called", "shelved", "shift handed over", "mori"):
        expect(log).to_contain_text(said)
    kim.page.emulate_media(media="print")
    expect(log).to_contain_text("Operator log of")
    expect(kim.find("nadhir-clock")).to_be_hidden()
    expect(log.get_by_role("button")).to_have_count(0)
    expect(log.get_by_text("Akita has called").first).to_be_visible()


def test_how_the_node_is(kim: Person) -> None:
    operation = kim.open_panel(3)
    for said in ("Ready", "What cannot be seen now", "JPN-FPS-N", "reporting", "Bias found", "Audit logs", "Root"):
        expect(operation).to_contain_text(said)


def test_an_alarm_sounds_once_for_a_change(kim: Person) -> None:
    """A page that is loaded in mid-event has the open warning as one alarm; the same news again makes no sound."""
    kim.page.evaluate("""() => {
      globalThis.sounds = 0;
      const { start } = OscillatorNode.prototype;
      OscillatorNode.prototype.start = function (...at) { globalThis.sounds += 1; return start.apply(this, at); };
    }""")
    store = "document.querySelector('nadhir-app').store"
    sounded = f"""(change) => {{
      const {{ warnings }} = {store}.livePicture;
      const view = [...warnings.values()].find((one) => one.state !== "ended");
      const before = globalThis.sounds;
      const product = {{ ...view.product, ...change }};
      const sequence = {store}.livePicture.sequence + 1;
      {store}.take({{ kind: "warning", sequence, data: {{ ...view, sequence, product }} }});
      return new Promise((done) => setTimeout(() => done(globalThis.sounds - before), 300));
    }}"""
    kim.find("header h1").click()
    more = {"areas": [{"code": code, "probability": 0.5, "arrival": 2e9} for code in ("JP-02", "JP-05", "JP-13")]}
    assert kim.page.evaluate(sounded, more) > 0
    assert kim.page.evaluate(sounded, more) == 0
    assert kim.page.evaluate(sounded, {"fallen": True}) > 0


def test_something_real_breaks_through(room: WatchRoom, kim: Person) -> None:
    kim.choose_event()
    kim.page.keyboard.press("ArrowLeft")
    expect(kim.find("nadhir-banner")).to_contain_text("REPLAY")
    room.something_real()
    real = kim.find("nadhir-real-event section")
    expect(real).to_contain_text("REAL EVENT")
    box = real.bounding_box()
    assert box is not None
    assert box["width"] > 1400
    assert box["y"] < 20
    expect(kim.find("nadhir-banner")).to_contain_text("Suspended")
    kim.page.get_by_role("button", name="I have seen it").click()
    expect(real).to_have_class("seen")
    kim.page.reload()
    expect(real).to_have_class("seen")
