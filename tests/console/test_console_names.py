"""One thing has one name: what was told of it under another goes over to its first, also what nobody tells again."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from made_up_console import NOW, a_launch, a_track

from nadhir.console.board import Board, Entry
from nadhir.console.messages import Basis
from nadhir.model import AreaWarning, Product, WarningProduct

ONE, FIRST = ("KOR/e", "KOR/e-1"), ("USA/e", "USA/e-1")
ENDED_S = 20.0


class Told:
    """A board, what it told last of each thing, and what it told in all."""

    def __init__(self) -> None:
        self.told: list[Entry] = []
        self.board = Board("KOR", "exercise", lambda entry: self.told.append(entry) if entry else None)

    def item(self, at: float, basis: Basis, owner: str, product: Product, names: tuple[str | None, str | None]) -> None:
        event, thing = names
        self.board.item(NOW + at, basis, owner, "UNCLASSIFIED", event, thing, product)

    def called(self) -> dict[str, tuple[str | None, str | None]]:
        items: list[Any] = msgspec.json.decode(self.board.picture(3))["items"]
        return {
            f"{item['basis']} {item['product'].get('object', item['product'].get('event'))}": (
                item["event"],
                item["object"],
            )
            for item in items
        }


@pytest.fixture
def ended() -> Told:
    """Own and partners' tracks that ended, beside what the shared picture has as two things, and a warning."""
    told = Told()
    told.item(0.0, "shared", "KOR", a_track("USA/e-1", "USA/e", at=NOW), FIRST)
    told.item(1.0, "shared", "KOR", a_track("KOR/e-1", "KOR/e", at=NOW + 1.0), ONE)
    told.item(ENDED_S, "own", "KOR", a_launch("e", at=NOW), (ONE[0], None))
    told.item(ENDED_S, "own", "KOR", a_track("ended", None, at=NOW + ENDED_S), ONE)
    told.item(ENDED_S, "partner", "JPN", a_track("j", "j", at=NOW + ENDED_S), ONE)
    told.item(ENDED_S, "own", "KOR", a_track("other", None, at=NOW + ENDED_S), (None, None))
    areas = [AreaWarning("JP-05", 0.4, NOW + 300.0)]
    warning = WarningProduct("w", [ONE[0]], [ONE[1]], NOW, "alert", "impact", areas, "exercise", authority="JPN")
    told.item(ENDED_S, "partner", "JPN", warning, (None, None))
    return told


def test_what_ended_goes_over_to_the_first_name_once(ended: Told) -> None:
    assert ended.called()["own ended"] == ended.called()["partner j"] == ONE
    for second in (64.0, 65.0):
        before = len(ended.told)
        ended.item(second, "shared", "KOR", a_track("KOR/e-1", "KOR/e", at=NOW + second), FIRST)
        called, again = ended.called(), ended.told[before + 1 :]
        assert called["own ended"] == called["partner j"] == FIRST
        assert called["own e"] == (FIRST[0], None)
        assert called["own other"] == (None, None)
        # Streams and the past hear of it at that time, once.
        assert len(again) == (4 if second == 64.0 else 0)
        assert {entry.at for entry in again} <= {NOW + second}
    warning = next(entry for entry in ended.board.of_event(FIRST[0], 3) if entry.kind == "bulletin")
    product = msgspec.json.decode(warning.body)["product"]
    assert (product["events"], product["objects"]) == ([FIRST[0]], [FIRST[1]])
    assert not ended.board.of_event(ONE[0], 3)


def test_what_the_shared_picture_holds_apart_stays_where_it_is(ended: Told) -> None:
    for second in range(30, 40):
        ended.item(second, "shared", "KOR", a_track("USA/e-1", "USA/e", at=NOW + second), FIRST)
        ended.item(second, "shared", "KOR", a_track("KOR/e-1", "KOR/e", at=NOW + second), ONE)
    assert ended.called()["own ended"] == ended.called()["partner j"] == ONE
