"""What is said of made-up flights: who is told, when, and how it ends."""

from __future__ import annotations

import math

import msgspec
import numpy as np
import pytest
from alert_stories import AKITA, MID_SEA, SITE, START, Story, assessment, flight, impact, launch, shot, track

from nadhir.alerts.life import ALLOWED
from nadhir.geo import fall
from nadhir.model import Ellipse, Product

EAST = 97.0
USSURI = (44.0, 133.0)


def codes(warning) -> set[str]:
    return {area.code for area in warning.areas}


def check_form(story: Story) -> None:
    """What holds of every story: revisions count up, ends are typed and last, each statement has its numbers."""
    by_id: dict[str, list] = {}
    for decision in story.decisions:
        product, numbers = decision
        assert (numbers.warning, numbers.revision, numbers.status) == (
            product.warning,
            product.revision,
            product.status,
        )
        assert numbers.why
        by_id.setdefault(product.warning, []).append(product)
        assert (product.reason is not None) == (product.status in ("all-clear", "cancel"))
        assert (product.reason == "error") == (product.status == "cancel")
        for area in product.areas:
            assert area.code[:2] == {"JPN": "JP", "KOR": "KR", "USA": "US"}.get(product.authority, product.authority)
            assert 0.0 <= area.probability <= 1.0
            assert math.isfinite(area.arrival)
    for own in by_id.values():
        assert [w.revision for w in own] == list(range(len(own)))
        assert all(w.reason is None for w in own[:-1])
        assert own[0].status in ALLOWED["silent"]


def climb(story: Story, event: str = "E1", heading_deg: float = EAST, seconds: int = 30) -> None:
    """A launch seen with its direction known."""
    story.tell(launch(event, story.now), assessment("O1", event, story.now, "medium-range"))
    state = shot(SITE, heading_deg, 2000.0, 45.0)
    story.wait(seconds, lambda now: [track("O1", event, now, state, "boost")])


def test_toward_land_from_pre_alert_to_shelter():
    story = Story()
    climb(story)
    state, at = shot(SITE, EAST, 2600.0, 45.0), story.now
    lands = at + 500.0
    path = flight(state, at)
    story.wait(400, lambda now: [
        track("O1", "E1", now, path(now), "coast"),
        impact("O1", "E1", now, AKITA, lands, max(60e3 * math.exp(-(now - at) / 15.0), 500.0)),
    ])  # fmt: skip
    story.tell(track("O1", "E1", lands + 3.0, path(lands), "down", lands))
    story.wait(200)
    check_form(story)
    said = story.of("impact")
    assert said[0].status == "pre-alert"
    assert said[0].issued - START <= 5.0
    assert "JP-05" in codes(said[0])
    assert len(said[0].areas) <= 12
    first = next(w for w in said if w.status == "alert")
    assert first.issued - at <= 10.0
    assert "JP-05" in codes(first)
    assert len(first.areas) <= 9
    before = [w for w in said if w.issued < lands][-1]
    assert codes(before) == {"JP-05"}
    assert before.areas[0].probability > 0.9
    assert before.areas[0].arrival == pytest.approx(lands - 1.645 * 3.0)
    last = said[-1]
    assert last.status == "update"
    assert last.fallen
    assert not story.alerts.unfinished
    cleared = story.alerts.end(last.warning, "passed", story.now).product
    assert (cleared.status, codes(cleared)) == ("all-clear", {"JP-05"})
    with pytest.raises(KeyError):
        story.alerts.end(last.warning, "passed", story.now)


def test_lost_long_before_it_comes_down_on_land_is_sheltered_from_all_the_same():
    story = Story()
    climb(story)
    state, at = shot(SITE, EAST, 2600.0, 45.0), story.now
    path, lands = flight(state, at), story.now + 400.0
    seen = [track("O1", "E1", at, state, "coast"), impact("O1", "E1", at, AKITA, lands, 5e3)]
    story.wait(60, lambda now: seen if now < at + 20 else [])
    story.tell(track("O1", "E1", story.now, path(at), "lost", at))
    story.wait(350)
    story.tell(track("O1", "E1", story.now, path(at), "down", lands))
    story.wait(120)
    check_form(story)
    assert any(w.lost for w in story.of("impact"))
    last = story.of("impact")[-1]
    assert (last.status, last.fallen, codes(last)) == ("update", True, {"JP-05"})


def test_what_vanished_most_likely_at_sea_is_not_said_to_have_fallen():
    story = Story()
    climb(story)
    state, at = shot(SITE, EAST, 2600.0, 45.0), story.now
    path, lands = flight(state, at), story.now + 400.0
    seen = [track("O1", "E1", at, state, "coast"), impact("O1", "E1", at, (39.7, 138.9), lands, 150e3)]
    story.wait(60, lambda now: seen if now < at + 20 else [])
    said = [w for w in story.of("impact") if w.status == "alert"]
    assert said
    assert sum(area.probability for area in said[-1].areas) < 0.2
    story.tell(track("O1", "E1", story.now, path(at), "lost", at))
    story.wait(350)
    story.tell(track("O1", "E1", story.now, path(at), "down", lands))
    story.wait(60)
    check_form(story)
    last = story.of("impact")[-1]
    assert (last.status, last.reason, last.fallen) == ("all-clear", "will-not-arrive", False)


@pytest.mark.parametrize(("last_seen", "told"), [("boost", False), ("coast", True)])
def test_what_is_lost_while_it_burns_passes_over_nobody_who_was_not_told(last_seen, told):
    story = Story()
    state = shot(SITE, EAST, 4000.0, 20.0)
    story.tell(launch("E1", story.now))
    story.wait(1, lambda now: [track("O1", "E1", now, state, last_seen)])
    story.wait(12, lambda now: [track("O1", "E1", now, state, "lost", now - 1.0)])
    assert any(w.status == "alert" for w in story.of("overflight")) == told


def test_a_motor_that_pauses_alerts_nobody_at_where_it_would_have_fallen():
    story = Story()
    climb(story)
    state, lands = shot(SITE, EAST, 2000.0, 45.0), story.now + 400.0
    story.wait(6, lambda now: [track("O1", "E1", now, state, "coast"), impact("O1", "E1", now, AKITA, lands, 5e3)])
    story.wait(20, lambda now: [track("O1", "E1", now, state, "boost")])
    assert not any(w.status == "alert" for w in story.of("impact"))
    story.wait(9, lambda now: [track("O1", "E1", now, state, "coast"), impact("O1", "E1", now, AKITA, lands, 5e3)])
    assert story.of("impact")[-1].status == "alert"


@pytest.mark.parametrize(
    ("climb_deg", "long_range", "doubted", "alerted_within_s"),
    [
        (75.0, False, False, 25.0),  # so slow and steep: surely a first stage
        (56.0, False, False, 10.0),
        (56.0, False, True, 25.0),
        (45.0, True, False, 10.0),
        (45.0, True, True, 25.0),
        (45.0, False, True, 10.0),
    ],
)
def test_where_another_stage_may_light_only_a_prediction_in_doubt_is_waited_for(
    climb_deg, long_range, doubted, alerted_within_s
):
    """Russia has no rules of its own here: a person decides there, and a pause is waited for. What is certain is told
    within ten seconds of the first prediction, and a prediction that wavers for ever within 25."""
    story = Story()
    story.tell(launch("E1", story.now))
    state, lands = shot(SITE, 20.0, 2500.0, climb_deg), story.now + 600.0
    likely = "intercontinental" if long_range else "medium-range"
    burning = [assessment("O1", "E1", story.now, likely)]
    story.wait(20, lambda now: [*burning, track("O1", "E1", now, state, "boost")])
    stopped = story.now
    falls = [assessment("O1", "E1", story.now, "medium-range")]

    def coasting(now: float) -> list[Product]:
        wide = doubted and (now - stopped) % 3 == 0
        predicted = impact("O1", "E1", now, USSURI, lands, 50e3 if wide else 5e3)
        return [*falls, track("O1", "E1", now, state, "coast"), predicted]

    while not any(w.status == "alert" for w in story.of("impact", "RU")) and story.now < stopped + 40.0:
        story.wait(1, coasting)
    assert alerted_within_s - 9.0 < story.now - stopped <= alerted_within_s


def test_what_is_lost_while_its_launch_burns_on_brings_nobody_into_danger():
    """The tracker followed a ghost for a second: the vehicle is the one that burns."""
    story = Story()
    story.tell(launch("E1", story.now))
    state, lands = shot(SITE, 20.0, 4000.0, 40.0), story.now + 600.0
    ghost = [impact("O1", "E1", story.now, USSURI, lands, 300e3, "lost")]
    story.wait(2, lambda now: [track("O1", "E1", now, state, "coast"), *ghost])
    lost = [track("O1", "E1", story.now, state, "lost"), *ghost]
    story.wait(20, lambda now: [*lost, track("O2", "E1", now, state, "boost")])
    assert not any(w.status == "alert" for w in story.of("impact", "RU"))
    story.wait(12, lambda now: [*lost, track("O2", "E1", now, state, "lost", now - 20.0)])
    assert any(w.status == "alert" for w in story.of("impact", "RU"))


def test_the_first_alert_names_what_is_in_danger_and_has_not_waited_so_long():
    """A prediction that moves on along the coast: the area that it reached last is told with the first one."""
    story = Story()
    climb(story)
    state, lands = shot(SITE, EAST, 2000.0, 45.0), story.now + 400.0
    for seconds, place in ((6, AKITA), (4, (39.15, 140.0))):
        falls = msgspec.structs.replace(impact("O1", "E1", 0.0, place, lands, 0.0), ellipse_90=Ellipse(50e3, 10e3, 0.0))
        story.wait(
            seconds,
            lambda now: [track("O1", "E1", now, state, "coast"), msgspec.structs.replace(falls, issued=now)],  # noqa: B023
        )
    alerts = [w for w in story.of("impact") if w.status == "alert"]
    assert codes(alerts[0]) >= {"JP-05", "JP-06"}
    assert len(alerts[0].areas) <= 9


def test_what_reached_orbit_is_known_to_be_there_when_nobody_sees_it_any_more():
    """A stage that was lost as it burned was told of once more, for half an hour, when the satellite set."""
    story = Story()
    climb(story)
    state = shot(SITE, EAST, 2000.0, 45.0)
    story.wait(1, lambda now: [track("O2", "E1", now, state, "boost")])
    story.wait(1, lambda now: [track("O2", "E1", now, state, "lost", now - 1.0)])
    assert story.of("impact")[-1].status == "pre-alert"
    story.wait(40, lambda now: [track("O1", "E1", now, state, "orbit")])
    assert story.of("impact")[-1].reason == "will-not-arrive"
    story.wait(1, lambda now: [track("O1", "E1", now, state, "lost", now - 1.0)])
    story.wait(150)
    assert story.of("impact")[-1].reason == "will-not-arrive"


@pytest.mark.parametrize(("beside_another", "told"), [(True, False), (False, True)])
def test_a_launch_of_one_sensor_beside_one_of_several_must_last_before_anybody_is_told(beside_another, told):
    story = Story()
    if beside_another:
        story.tell(launch("E1", story.now))
    one = msgspec.structs.replace(launch("E2", story.now), looks=["IR-1"])
    state, lands = shot(SITE, EAST, 2000.0, 45.0), story.now + 200.0
    story.wait(14, lambda now: [one, track("O2", "E2", now, state, "boost")])
    story.wait(12, lambda now: [track("O2", "E2", now, state, "coast"), impact("O2", "E2", now, AKITA, lands, 5e3)])
    assert any("E2" in w.events for w in story.of("impact")) == told
    story.wait(25, lambda now: [track("O2", "E2", now, state, "coast"), impact("O2", "E2", now, AKITA, lands, 5e3)])
    assert any("E2" in w.events for w in story.of("impact") if w.status in ("alert", "update"))


def test_at_sea_nobody_is_alerted_and_the_pre_alert_ends():
    story = Story()
    climb(story)
    at = story.now
    story.wait(30, lambda now: [
        track("O1", "E1", now, shot(SITE, EAST, 1800.0, 45.0), "coast"),
        impact("O1", "E1", now, MID_SEA, at + 300.0, 20e3),
    ])  # fmt: skip
    check_form(story)
    assert {w.status for w in story.of("impact")} == {"pre-alert", "all-clear"}
    assert story.of("impact")[-1].reason == "will-not-arrive"
    assert story.of("impact")[-1].issued - at <= 20.0
    assert not story.alerts.unfinished


@pytest.mark.parametrize(("place", "status"), [(MID_SEA, "all-clear"), (AKITA, "alert")])
def test_a_partner_who_shares_impacts_and_no_tracks_is_heard(place, status):
    """Where it comes down is known, though nobody shared how it flies: the pre-alert does not go on for ever."""
    story = Story()
    story.tell(launch("E1", story.now))
    story.wait(40)
    lands = story.now + 400.0
    story.wait(120, lambda now: [impact("O1", "E1", now, place, lands, 3e3)])
    check_form(story)
    said = [warning.status for warning in story.of("impact") if warning.authority == "JPN"]
    assert said[0] == "pre-alert"
    assert status in said


def test_a_region_while_the_motor_burns_alerts_nobody_and_changes_nothing():
    def told(major_m: float | None) -> list:
        story = Story()
        climb(story)
        state = shot(SITE, EAST, 2000.0, 45.0)

        def burns(now: float) -> list:
            region = [impact("O1", "E1", now, AKITA, now + 500.0, major_m, phase="boost")] if major_m else []
            return [track("O1", "E1", now, state, "boost"), *region]

        story.wait(60, burns)
        return [decision.product for decision in story.decisions]

    assert told(30e3) == told(None)
    assert {warning.status for warning in told(None)} == {"pre-alert"}


def test_what_came_near_and_fell_at_sea_is_said_so():
    story = Story()
    climb(story)
    at = story.now
    near = (39.75, 139.75)
    seconds = lambda now: [impact("O1", "E1", now, near, at + 60.0, 60e3 if now < at + 57 else 2e3)]  # noqa: E731
    story.wait(58, lambda now: [track("O1", "E1", now, shot(SITE, EAST, 2000.0, 10.0), "coast"), *seconds(now)])
    story.tell(track("O1", "E1", story.now, shot(near, EAST, 500.0, -60.0, 100.0), "down", at + 60.0))
    story.wait(20)
    check_form(story)
    assert any(w.status == "alert" for w in story.of("impact"))
    end = story.of("impact")[-1]
    assert end.reason == "fell-at-sea"
    assert end.issued - (at + 60.0) <= 60.0
    assert not end.fallen


def passing(story: Story) -> tuple:
    """A long flight over northern Japan, coasting; its path and where it falls."""
    climb(story)
    state, at = shot(SITE, EAST, 4600.0, 40.0, 120e3), story.now
    _, duration, end, _ = fall(state, math.log(3000.0))
    up = end[:3] / np.linalg.norm(end[:3])
    place = math.degrees(math.asin(up[2])), math.degrees(math.atan2(up[1], up[0]))
    return flight(state, at), at, at + duration, place


def test_overflight_is_warned_and_ends_when_it_was_seen_to_pass():
    story = Story()
    path, _, lands, place = passing(story)
    story.wait(500, lambda now: [
        track("O1", "E1", now, path(now), "coast"),
        impact("O1", "E1", now, place, lands, 10e3),
    ])  # fmt: skip
    check_form(story)
    over = story.of("overflight")
    assert over[0].status == "alert"
    assert codes(over[0]) & {"JP-02", "JP-03", "JP-05"}
    assert over[-1].reason == "passed"
    assert over[-1].issued - over[-1].latest_arrival <= 60.0
    assert not [w for w in story.of("impact") if w.status in ("alert", "update")]
    # The pre-alert ended without clearing the areas that it passes over.
    ended = next(w for w in story.of("impact") if w.reason)
    assert not codes(ended) & codes(over[0])


def test_a_flight_lost_short_of_japan_is_never_said_to_have_crossed():
    """As on 2022-11-02: the track ends over the sea before the predicted passage."""
    story = Story()
    path, at, lands, place = passing(story)
    lost_at = at + 60.0

    def each(now):
        if now < lost_at:
            return [track("O1", "E1", now, path(now), "coast"), impact("O1", "E1", now, place, lands, 10e3)]
        return [track("O1", "E1", now, path(lost_at), "lost", lost_at - 1.0)] if now == lost_at + 15.0 else []

    story.wait(600, each)
    check_form(story)
    over = story.of("overflight")
    assert over[0].status == "alert"
    assert any(w.lost for w in over if w.reason is None)
    assert {w.reason for w in over if w.reason} == {"will-not-arrive"}
    end = over[-1]
    assert 0.0 < end.issued - over[0].latest_arrival <= 60.0
    why = next(d.explanation.why for d in story.decisions if d.product is end)
    assert "lost before it came" in why
    story.tell(track("O1", "E1", lands + 3.0, path(lands), "down", lands))
    story.wait(30)
    assert not [w for w in story.said if w.reason in ("passed", "fell-at-sea")]


def test_a_withdrawn_launch_is_a_cancellation():
    story = Story()
    climb(story, seconds=10)
    assert story.of("impact")[0].status == "pre-alert"
    story.tell(launch("E1", story.now, "withdrawn"))
    story.wait(2)
    check_form(story)
    assert (story.of("impact")[-1].status, story.of("impact")[-1].reason) == ("cancel", "error")
    assert not story.alerts.unfinished


def test_two_launches_at_the_same_areas_make_one_warning_that_outlives_the_first():
    story = Story()
    for event in ("E1", "E2"):
        story.tell(launch(event, story.now), assessment(f"O-{event}", event, story.now, "medium-range"))
    at = story.now
    down = {"E1": at + 100.0, "E2": at + 300.0}

    def each(now):
        return [
            product
            for event in down
            if now < down[event]
            for product in (
                track(f"O-{event}", event, now, shot(SITE, EAST, 2600.0, 45.0), "coast"),
                impact(
                    f"O-{event}", event, now, MID_SEA if event == "E1" and now > at + 60 else AKITA, down[event], 5e3
                ),
            )
        ]

    story.wait(200, each)
    check_form(story)
    assert len({w.warning for w in story.of("impact")}) == 1
    joined = story.of("impact")[-1]
    assert set(joined.events) == {"E1", "E2"}
    assert joined.reason is None
    assert codes(joined) == {"JP-05"}
    story.tell(launch("E1", story.now, "withdrawn"))
    story.wait(10, each)
    assert not [w for w in story.of("impact") if w.reason]


def test_an_end_does_not_clear_what_another_warning_holds():
    story = Story()
    story.tell(launch("E1", story.now), assessment("O1", "E1", story.now, "medium-range"))
    story.tell(assessment("O2", "E1", story.now, "spent-stage"))
    at = story.now

    def each(now):
        stage = AKITA if now < at + 40 else MID_SEA
        return [
            track("O1", "E1", now, shot(SITE, EAST, 2600.0, 45.0), "coast"),
            impact("O1", "E1", now, AKITA, at + 400.0, 5e3),
            track("O2", "E1", now, shot(SITE, EAST, 2500.0, 45.0), "coast"),
            impact("O2", "E1", now, stage, at + 450.0, 5e3),
        ]

    story.wait(120, each)
    check_form(story)
    debris = story.of("debris")
    assert codes(debris[0]) == {"JP-05"}
    assert debris[-1].reason == "will-not-arrive"
    assert debris[-1].areas == []
    held = [area.held_by for d in story.decisions if d.product is debris[-1] for area in d.explanation.areas]
    assert held == [story.of("impact")[0].warning]


def test_one_look_in_doubt_says_nothing():
    story = Story()
    story.tell(launch("E1", story.now), assessment("O1", "E1", story.now, "medium-range"))
    at = story.now

    def each(now):
        major_m = 80e3 if int(now - at) % 10 == 7 and now > at + 30 else 1e3
        return [
            track("O1", "E1", now, shot(SITE, EAST, 2600.0, 45.0), "coast"),
            impact("O1", "E1", now, AKITA, at + 400.0, major_m),
        ]

    story.wait(30, each)
    calm = len(story.said)
    story.wait(200, each)
    check_form(story)
    assert len(story.said) - calm <= 3


def test_without_a_direction_all_within_reach_are_told_after_a_wait():
    story = Story()
    story.tell(launch("E1", story.now))
    story.wait(60)
    check_form(story)
    first = story.of("impact")[0]
    assert first.status == "pre-alert"
    assert 10.0 < first.issued - START < 25.0
    assert len(first.areas) == 47
    assert not story.of("impact", "USA")


def test_satellites_and_lines_without_a_launch_threaten_nobody():
    story = Story()
    state = shot((36.0, 120.0), EAST, 7500.0, 0.0, 500e3)
    story.wait(60, lambda now: [track("S", None, now, state, "orbit")])  # type: ignore[arg-type]
    assert story.said == []


def test_silent_sensors_stand_beside_every_statement():
    story = Story()
    story.alerts.sensors_silent(["R-2", "R-1"])
    climb(story, seconds=5)
    assert all(w.unseen == ["R-1", "R-2"] for w in story.said)


def test_the_same_story_gives_the_same_words():
    def told() -> list:
        story = Story()
        path, _, lands, place = passing(story)
        story.wait(100, lambda now: [
            track("O1", "E1", now, path(now), "coast"),
            impact("O1", "E1", now, place, lands, 10e3),
        ])  # fmt: skip
        return story.decisions

    assert told() == told()


def test_a_nation_without_rules_is_not_warned_of_its_own_launch():
    story = Story()
    story.tell(launch("E1", story.now), assessment("O1", "E1", story.now, "short-range"))
    at = story.now
    story.wait(30, lambda now: [
        track("O1", "E1", now, shot(SITE, EAST, 500.0, 45.0), "coast"),
        impact("O1", "E1", now, (41.0, 129.0), at + 200.0, 5e3),
    ])  # fmt: skip
    assert not [w for w in story.said if w.authority == "KP"]
