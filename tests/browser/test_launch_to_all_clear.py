"""One event in a real browser at a real node, from its launch to the all-clear that a person gives."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect
from watch_room import WatchRoom

pytestmark = [pytest.mark.connected, pytest.mark.slow]


def test_from_launch_to_all_clear(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> None:
    room = WatchRoom(tmp_path_factory.mktemp("story"), browser, asks_people=False)
    try:
        room.play(1.0)
        kim = room.enter("kim", "lang=en&map=flat")
        expect(kim.find("nadhir-banner")).to_contain_text("EXERCISE")
        expect(kim.find("nadhir-banner")).to_contain_text("Not an official warning")
        expect(kim.find("nadhir-events article")).to_have_count(0)

        room.play(40.0)
        kim.find(".alarm button").first.click()
        expect(kim.find("nadhir-event")).to_contain_text("Launch place")

        room.play(150.0)
        events = kim.find("nadhir-events article").first
        expect(events).to_contain_text("Own area in danger")
        expect(events).to_contain_text("may arrive from")
        kim.open_panel(2)
        expect(kim.find("nadhir-warnings article.danger")).not_to_have_count(0)

        room.play(620.0)
        kim.open_panel(1)
        expect(events).to_contain_text("Believed down on land")
        kim.open_panel(2)
        still_open = kim.find("nadhir-warnings article.danger")
        for left in reversed(range(still_open.count())):
            still_open.first.get_by_role("button", name="Give the all-clear").click()
            kim.find("nadhir-act dialog[open] input[value=passed]").check()
            kim.confirm()
            expect(still_open).to_have_count(left)
        kim.open_panel(1)
        expect(events).to_contain_text("Ended")
        kim.open_panel(4)
        expect(kim.find("nadhir-log")).to_contain_text("kim")
        assert (kim.outside, kim.faults) == ([], [])
        kim.leave()
    finally:
        room.close()
