"""A node's console: what is public is for all, what waits or is held back is not; each thing is exported once."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from nadhir.alerts.people import Desk, Release
from nadhir.alerts.rules import read_rules
from nadhir.console.board import level_of
from nadhir.console.console import Console
from nadhir.console.messages import Item
from nadhir.geo.areas import default_areas
from nadhir.model import AreaWarning, Ellipse, LaunchProduct, TrackProduct, WarningProduct
from nadhir.model.records import Classification
from nadhir.node.console import NodeConsole
from nadhir.node.core import News
from nadhir.node.publishing import Publisher

NOW = 1_800_000_000.0


class Office:
    """A node's console and its publishing side, without channels: news goes out before it is shown, as in a node."""

    def __init__(self, folder: Path, approval: str) -> None:
        rules = (files("nadhir.alerts") / "rules.toml").read_text()
        asked = f'impact = {{ district = "{approval}", country = "{approval}", countdown_s = 900.0, then = "hold" }}'
        file = folder / "warning.toml"
        file.write_text(rules.replace('impact = { district = "automatic", country = "automatic" }', asked, 1))
        areas = default_areas()
        self.desk = Desk("exercise", read_rules(file), areas.areas, frozenset({"kim", "lee"}), lambda who, act: b"")
        side: Any = SimpleNamespace(
            desk=self.desk,
            failures={},
            dispatcher=SimpleNamespace(deliveries=()),
            knows=lambda warning: False,
            say=lambda *said: None,
            write_acts=lambda: None,
        )
        self.publisher = Publisher(side)
        self.console = Console("JPN", "exercise", folder)
        core = SimpleNamespace(first_name=lambda name: name, may_reissue=lambda warning: True)
        self.worded: list[WarningProduct] = []
        node: Any = SimpleNamespace(
            mode="exercise", clock=SimpleNamespace(now=lambda: NOW), core=core, worded=self.worded.append
        )
        nothing: Any = None
        self.people = NodeConsole(
            self.console, node, self.publisher, areas, folder, {}, nothing, lambda: None, False, ()
        )

    def news(self, warning: WarningProduct, label: Classification = "RESTRICTED") -> None:
        self.publisher.take(warning, NOW)
        self.people.tell([News(NOW, "shared", "JPN", warning, label)])

    def approve(self, revision: int) -> None:
        for who in ("kim", "lee"):
            self.publisher.publish(self.desk.approve("W", revision, who, NOW), NOW)
        self.people.tick()

    def seen(self, clearance: Classification) -> dict[str, tuple[int, str]]:
        """Revision and state of each warning, as a clearance sees it now, and from the past."""
        self.console.history.settle()
        pictures = [
            msgspec.json.decode(picture)["warnings"]
            for picture in (
                self.console.board.picture(level_of(clearance)),
                self.console.history.picture("JPN", "exercise", NOW, level_of(clearance)),
            )
        ]
        now, then = ({view["warning"]: (view["revision"], view["state"]) for view in views} for views in pictures)
        assert now == then
        assert len(pictures[0]) == len(now)
        return now


@pytest.fixture
def automatic(tmp_path: Path) -> Iterator[Office]:
    office = Office(tmp_path, "automatic")
    yield office
    office.console.close()


@pytest.fixture
def asked(tmp_path: Path) -> Iterator[Office]:
    office = Office(tmp_path, "two-person")
    yield office
    office.console.close()


def a_warning(revision: int, *codes: str) -> WarningProduct:
    areas = [AreaWarning(code, 0.8, NOW + 300.0) for code in codes]
    return WarningProduct(
        "W", ["E"], ["E-1"], NOW + revision, "alert", "impact", areas, "exercise", revision=revision, authority="JPN"
    )


def test_what_a_person_ended_shows_what_saying_it_again_would_name(automatic: Office) -> None:
    automatic.news(replace(a_warning(0, "JP-05"), warning="D"))
    automatic.news(a_warning(1, "JP-05"))
    automatic.publisher.publish(automatic.desk.cancel("W", "kim", NOW), NOW)
    automatic.people.tick()
    picture = msgspec.json.decode(automatic.console.board.picture(level_of("UNCLASSIFIED")))
    view = {view["warning"]: view for view in picture["warnings"]}["W"]
    # The other warning holds the area: this end frees nobody in it. Said again, it would name it.
    assert (view["product"]["status"], view["product"]["areas"]) == ("cancel", [])
    again = view["again"]
    assert (again["status"], [area["code"] for area in again["areas"]]) == ("alert", ["JP-05"])


def test_what_went_out_in_public_is_for_all(automatic: Office) -> None:
    for revision in range(3):
        automatic.news(a_warning(revision, "JP-05"))
        assert automatic.seen("UNCLASSIFIED") == automatic.seen("SECRET") == {"W": (revision, "open")}


def test_what_waits_is_for_those_who_may_see_what_it_rests_on_and_hides_nothing_public(asked: Office) -> None:
    asked.news(a_warning(0, "JP-05"))
    assert asked.seen("UNCLASSIFIED") == {}
    assert asked.seen("RESTRICTED") == {"W": (0, "pending")}
    asked.approve(0)
    assert asked.seen("UNCLASSIFIED") == asked.seen("RESTRICTED") == {"W": (0, "open")}
    asked.news(a_warning(1, "JP-05", "JP-06"))
    assert asked.seen("UNCLASSIFIED") == {"W": (0, "open")}
    assert asked.seen("RESTRICTED") == {"W": (1, "pending")}
    assert "JP-06" not in str(asked.console.board.picture(0))
    # A note on what waits is no more public than that.
    assert [asked.console.board.level("W", level) for level in (0, 1, 3)] == [0, 1, 1]
    asked.approve(1)
    assert asked.seen("UNCLASSIFIED") == {"W": (1, "open")}


def test_a_node_that_does_not_know_yet_what_a_warning_rests_on_shows_it_to_nobody_else(tmp_path: Path) -> None:
    office = Office(tmp_path, "automatic")
    office.desk.restore([Release(a_warning(0, "JP-05"), "", "", False, ("node",), ())], ())
    office.people.tick()
    assert [office.seen(one) for one in ("CONFIDENTIAL", "SECRET")] == [{}, {"W": (0, "open")}]
    office.news(a_warning(1, "JP-05"))
    assert office.seen("UNCLASSIFIED") == {"W": (1, "open")}
    office.console.close()


def test_what_is_seen_by_each_is_there_after_a_restart(asked: Office, tmp_path: Path) -> None:
    asked.news(a_warning(0, "JP-05"))
    asked.approve(0)
    asked.news(a_warning(1, "JP-05", "JP-06"))
    asked.console.close()
    again = Console("JPN", "exercise", tmp_path)
    assert [again.board.warnings(level)["W"][0].revision for level in (0, 1, 3)] == [0, 1, 1]
    asked.console = again


def test_partners_hear_of_what_a_person_worded_and_of_its_end(automatic: Office) -> None:
    automatic.news(a_warning(0, "JP-05"))
    assert not automatic.worded  # what rules say, the core says to partners itself
    right = msgspec.structs.replace(a_warning(0, "JP-06"), warning="W.1")
    automatic.publisher.publish(automatic.desk.correct("W", right, "kim", NOW + 1.0), NOW + 1.0)
    automatic.publisher.publish(automatic.desk.cancel("W.1", "lee", NOW + 2.0), NOW + 2.0)
    told = [(one.warning, one.reason, [area.code for area in one.areas]) for one in automatic.worded]
    assert told == [("W.1", None, ["JP-06"]), ("W.1", "error", ["JP-06"])]


def test_a_thing_that_changed_its_name_is_exported_once_with_all_that_it_flew(automatic: Office) -> None:
    told = []
    for second in range(10):
        # Until the fifth second it is not known that both are one.
        for name in ("~JPN/e-1", "USA/e-1") if second > 3 else ("~JPN/e-1",):
            track = TrackProduct(
                name, "USA/e" if name[0] == "U" else "~JPN/e", NOW + second, NOW + second, "coast",
                (-3.1e6 - 1e3 * second, 3.7e6, 4.4e6), (-1e3, 0.0, 0.0), [0.0] * 21,
            )  # fmt: skip
            first = "USA/e-1" if second > 4 else name
            told.append(Item(len(told), track.issued, "shared", "JPN", "UNCLASSIFIED", "USA/e", first, track))
    ellipse = Ellipse(1e3, 1e3, 0.0)
    launch = LaunchProduct("USA/e", NOW, "report", NOW - 9.0, 1.0, 40.0, 129.0, ellipse, [])
    told.append(Item(99, NOW, "shared", "JPN", "UNCLASSIFIED", "USA/e", None, launch))
    features = msgspec.json.decode(automatic.people.export("geojson", "USA/e", told))["features"]
    flown = [one for one in features if one["geometry"]["type"] == "LineString"]
    assert [len(one["geometry"]["coordinates"]) for one in flown] == [10]
    assert "~JPN/e-1" not in str(features)
