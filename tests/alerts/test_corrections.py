"""What a person worded ends as all else does: typed, within a minute of the fact; what fell ends by a person."""

from __future__ import annotations

import msgspec
import pytest
from alert_stories import AKITA, MID_SEA, SITE, START, flight, impact, launch, shot, track
from hypothesis import given, settings
from hypothesis import strategies as st

from nadhir.alerts import default_rules
from nadhir.alerts.people import Desk, Release
from nadhir.geo.areas import default_areas
from nadhir.model import AreaWarning, Hazard, Product, WarningProduct

LANDS_S, SEEN_S, UNSEEN_S, UP_S, WITHDRAWN_S = 400, 395, 120, 200, 150
STATE = shot(SITE, 97.0, 2000.0, 45.0)
PLACES = {"there": AKITA, "on other land": (44.0, 133.0)}


def wording(name: str, code: str, hazard: Hazard = "impact", until_s: float = LANDS_S + 10.0) -> WarningProduct:
    areas = [AreaWarning(code, 0.5, START + until_s - 20.0)]
    said = WarningProduct(name, ["E1"], ["O1"], START, "alert", hazard, areas, "exercise", authority="JPN")
    return msgspec.structs.replace(said, latest_arrival=START + until_s)


class Office:
    """A desk that sees products and lets seconds pass."""

    def __init__(self) -> None:
        self.desk = Desk("exercise", default_rules(), default_areas().areas, frozenset({"ana"}), lambda who, act: b"")
        self.said: list[Release] = []

    def correct(self, code: str, at_s: int, hazard: Hazard = "impact", until_s: float = LANDS_S + 10.0) -> None:
        now = START + at_s
        self.desk.propose(wording("JPN-0001", "JP-13", hazard, until_s), now)
        if self.desk.pending:
            self.desk.approve("JPN-0001", 0, "ana", now)
        self.desk.correct("JPN-0001", wording("JPN-0001.1", code, hazard, until_s), "ana", now)

    def second(self, at_s: int, products: list[Product]) -> None:
        for product in products:
            self.desk.see(product)
        self.said += self.desk.tick(START + at_s)


def fate_of(fate: str, at_s: int) -> list[Product]:
    """What is said in a second of a flight with some fate."""
    now = START + at_s
    if fate == "withdrawn":
        return [launch("E1", now, "withdrawn" if at_s >= WITHDRAWN_S else "report")]
    if fate == "orbit":
        return [track("O1", "E1", now, STATE, "orbit" if at_s >= UP_S else "boost")]
    place, lands = PLACES.get(fate, MID_SEA), START + LANDS_S
    seen_s = UNSEEN_S if fate in ("lost", "silent") else SEEN_S
    if at_s <= seen_s:
        phase = "coast"
    elif fate == "silent" or at_s > LANDS_S + 10:
        return []
    else:
        phase = "down" if at_s >= LANDS_S else "lost"
    state = track("O1", "E1", now, STATE, phase, min(now, START + seen_s))
    return [state, impact("O1", "E1", now, place, lands, 2e3, phase)]


ENDS = {
    "at sea": (LANDS_S, "fell-at-sea"),
    "on other land": (LANDS_S, "will-not-arrive"),
    "there": (LANDS_S, None),
    "lost": (LANDS_S, "will-not-arrive"),
    "silent": (LANDS_S, "will-not-arrive"),
    "orbit": (UP_S, "will-not-arrive"),
    "withdrawn": (WITHDRAWN_S, "error"),
}


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(sorted(ENDS)), st.integers(1, LANDS_S + 100))
def test_every_correction_has_one_typed_end_within_a_minute_of_the_fact(fate, corrected_s):
    office, (fact_s, reason) = Office(), ENDS[fate]
    for at_s in range(LANDS_S + 200):
        if at_s == corrected_s:
            office.correct("JP-05", at_s)
        office.second(at_s, fate_of(fate, at_s))
    due_s = max(fact_s, corrected_s)
    (last,) = office.said
    assert 0.0 <= last.product.issued - START - due_s <= 60.0
    assert (last.product.reason, last.product.fallen) == (reason, fate == "there")
    assert last.product.status == {None: "update", "error": "cancel"}.get(reason, "all-clear")
    assert last.product.revision == 1
    assert [area.code for area in last.product.areas] == ["JP-05"]
    if fate == "there":
        assert [one.fallen for one in office.desk.open] == [True]
        (cleared,) = office.desk.clear("JPN-0001.1", "fell-at-sea", "ana", START + 900.0)
        assert cleared.product.revision == 2
    assert office.desk.open == []


@pytest.mark.parametrize(("code", "reason"), [("JP-05", "passed"), ("JP-47", "will-not-arrive")])
def test_a_corrected_passage_ends_when_it_was_seen_to_pass_or_its_time_is_gone(code, reason):
    office, until_s = Office(), 300
    states = flight(shot(SITE, 97.0, 5500.0, 35.0, 120e3), START)
    office.correct(code, 5, "overflight", until_s)
    for at_s in range(6, 420):
        now = START + at_s
        office.second(at_s, [track("O1", "E1", now, states(now), "coast")])
        if office.said:
            break
    assert office.said[0].product.reason == reason
    if reason == "passed":
        assert at_s < until_s
    else:
        assert until_s <= at_s <= until_s + 60


def test_what_nothing_is_known_of_ends_after_the_longest_flight():
    office = Office()
    office.correct("JP-05", 0)
    office.second(LANDS_S + 1700, [])
    assert office.said == []
    office.second(LANDS_S + 1900, [])
    assert office.said[0].product.reason == "will-not-arrive"


def test_what_is_long_over_is_forgotten_at_the_next_launch():
    """A day's launches do not pile up: what was down in the morning ends no correction of the evening."""
    later_s = 12 * 3600
    for forgotten in (False, True):
        office = Office()
        for at_s in range(LANDS_S + 20):
            office.second(at_s, fate_of("at sea", at_s))
        office.second(later_s, [launch("E9", START + later_s)] if forgotten else [])
        office.correct("JP-05", later_s)
        office.second(later_s + 1, [])
        assert [one.product.reason for one in office.said] == (["will-not-arrive"] if forgotten else ["fell-at-sea"])


def test_an_end_of_a_correction_clears_no_area_that_another_warning_holds():
    office = Office()
    office.correct("JP-05", 0)
    other = msgspec.structs.replace(wording("JPN-0002", "JP-05"), events=["E2"], objects=["O2"])
    office.desk.propose(other, START + 1.0)
    for at_s in range(2, LANDS_S + 60):
        office.second(at_s, fate_of("at sea", at_s))
    assert (office.said[0].product.reason, office.said[0].product.areas) == ("fell-at-sea", [])
    assert [one.warning for one in office.desk.open] == ["JPN-0002"]
