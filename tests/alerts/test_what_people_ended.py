"""What a person ended is not said anew while nothing has changed, at the alerts and at the desk; and what is late or
unseen is said so."""

from __future__ import annotations

import msgspec
import pytest
from alert_stories import AKITA, MID_SEA, SITE, START, Story, assessment, flight, impact, launch, shot, track

from nadhir.alerts import default_rules
from nadhir.alerts.people import Desk
from nadhir.geo.areas import default_areas

EAST = 97.0
FUKUOKA = (33.6, 130.6)


def codes(warning) -> set[str]:
    return {area.code for area in warning.areas}


def falling(story: Story, lands: float, place: tuple[float, float] = AKITA):
    """Products of a flight that comes down in a place, each second."""
    path = flight(shot(SITE, EAST, 2600.0, 45.0), story.now)
    return lambda now: [track("O1", "E1", now, path(now), "coast"), impact("O1", "E1", now, place, lands, 5e3)]


def climbed(mode="replay") -> Story:
    """A launch whose pre-alert is out."""
    story = Story(mode)
    story.tell(launch("E1", story.now), assessment("O1", "E1", story.now, "medium-range"))
    story.wait(30, lambda now: [track("O1", "E1", now, shot(SITE, EAST, 2000.0, 45.0), "boost")])
    return story


def alerted(mode="replay") -> tuple[Story, float]:
    story = climbed(mode)
    lands = story.now + 500.0
    story.wait(40, falling(story, lands))
    assert story.of("impact")[-1].status in ("alert", "update")
    return story, lands


@pytest.mark.parametrize("reason", ["error", "will-not-arrive"])
def test_an_alert_that_a_person_ended_is_raised_anew_for_other_areas_only(reason):
    story, lands = alerted()
    first = story.of("impact")[-1]
    ended = story.alerts.end(first.warning, reason, story.now).product
    assert (ended.reason, codes(ended)) == (reason, {"JP-05"})
    before = len(story.of("impact"))
    story.wait(120, falling(story, lands))
    assert len(story.of("impact")) == before
    story.wait(40, falling(story, lands, FUKUOKA))
    again = story.of("impact")[before:]
    assert again[0].status == "alert"
    assert again[0].warning != first.warning
    assert all("JP-05" not in codes(warning) for warning in again)
    assert "JP-40" in codes(again[0])


@pytest.mark.parametrize("reason", ["error", "will-not-arrive"])
def test_what_was_ended_by_mistake_is_said_again_and_goes_on(reason):
    story, lands = alerted()
    first = story.of("impact")[-1]
    story.alerts.end(first.warning, reason, story.now)
    story.wait(20, falling(story, lands))
    again = story.alerts.reissue(first.warning, story.now)
    assert again is not None
    assert again.product.warning != first.warning
    assert (again.product.status, again.product.reason, again.product.revision) == ("alert", None, 0)
    assert codes(again.product) == codes(first)
    assert first.warning in again.explanation.why
    with pytest.raises(KeyError):
        story.alerts.reissue(first.warning, story.now)
    before = len(story.of("impact"))
    story.wait(60, falling(story, lands, MID_SEA))
    after = story.of("impact")[before:]
    assert {warning.warning for warning in after} == {again.product.warning}
    assert after[-1].reason == "will-not-arrive"
    with pytest.raises(KeyError):
        story.alerts.reissue(again.product.warning, story.now)  # no person ended that


def test_a_pre_alert_that_was_ended_by_mistake_is_one_again():
    story = climbed()
    first = story.of("impact")[-1]
    story.alerts.end(first.warning, "error", story.now)
    again = story.alerts.reissue(first.warning, story.now)
    assert again is not None
    assert (again.product.status, codes(again.product)) == ("pre-alert", codes(first))


def test_what_was_ended_by_mistake_joins_what_is_out_of_the_same_launch():
    story, lands = alerted()
    first = story.of("impact")[-1]
    story.alerts.end(first.warning, "error", story.now)
    story.wait(40, falling(story, lands, FUKUOKA))
    out = story.of("impact")[-1]
    assert "JP-40" in codes(out)
    assert story.alerts.reissue(first.warning, story.now) is None
    story.wait(1, falling(story, lands, FUKUOKA))
    now = story.of("impact")[-1]
    assert (now.warning, now.status) == (out.warning, "update")
    assert codes(now) == codes(out) | {"JP-05"}


def test_a_launch_that_was_withdrawn_since_is_not_said_again():
    story, _ = alerted()
    first = story.of("impact")[-1]
    story.alerts.end(first.warning, "will-not-arrive", story.now)
    story.tell(launch("E1", story.now, "withdrawn"))
    with pytest.raises(KeyError):
        story.alerts.reissue(first.warning, story.now)


def test_another_launch_at_the_same_area_is_another_danger():
    story, lands = alerted()
    story.alerts.end(story.of("impact")[-1].warning, "error", story.now)
    before = len(story.of("impact"))
    story.tell(launch("E2", story.now))
    state = shot(SITE, EAST, 2600.0, 45.0)
    story.wait(20, lambda now: [track("O2", "E2", now, state, "coast"), impact("O2", "E2", now, AKITA, lands, 5e3)])
    again = story.of("impact")[before:]
    assert again
    assert again[-1].events == ["E2"]
    assert codes(again[-1]) == {"JP-05"}


def test_a_pre_alert_that_a_person_ended_may_still_become_an_alert():
    story = climbed()
    first = story.of("impact")[-1]
    assert first.status == "pre-alert"
    story.alerts.end(first.warning, "error", story.now)
    before = len(story.of("impact"))
    story.wait(20, lambda now: [track("O1", "E1", now, shot(SITE, EAST, 2000.0, 45.0), "boost")])
    assert len(story.of("impact")) == before
    story.wait(30, falling(story, story.now + 400.0))
    assert story.of("impact")[before].status == "alert"
    assert "JP-05" in codes(story.of("impact")[before])


def test_what_fell_on_land_and_was_cleared_stays_cleared():
    story, lands = alerted()
    path = flight(shot(SITE, EAST, 2600.0, 45.0), story.now)
    story.wait(int(lands - story.now), falling(story, lands))
    story.tell(track("O1", "E1", lands + 3.0, path(lands), "down", lands))
    story.wait(10)
    last = story.of("impact")[-1]
    assert last.fallen
    story.alerts.end(last.warning, "passed", story.now)
    said = len(story.said)
    story.wait(60)
    assert len(story.said) == said
    assert not story.alerts.unfinished


def test_what_was_cancelled_at_the_desk_is_not_proposed_again():
    """Each pass of the alerts goes to the desk, as in a node: after the cancel nothing more goes out."""
    story, lands = alerted("exercise")
    desk = Desk("exercise", default_rules(), default_areas().areas, frozenset({"ana"}), lambda operator, act: b"")
    for product in story.of("impact"):
        desk.propose(product, product.issued)
    (out,) = desk.open
    (cancelled,) = desk.cancel(out.warning, "ana", story.now)
    assert cancelled.product.status == "cancel"
    story.alerts.end(out.warning, "error", story.now)
    before = len(story.said)
    story.wait(120, falling(story, lands))
    released = [release for product in story.said[before:] for release in desk.propose(product, product.issued)]
    assert [release.product for release in released if release.product.hazard == "impact"] == []
    assert not desk.open
    story.wait(40, falling(story, lands, FUKUOKA))
    for product in story.said[before:]:
        desk.propose(product, product.issued)
    assert [codes(product) for product in desk.open] == [{"JP-40"}]


@pytest.mark.parametrize(
    ("looks", "seen_after_s", "told_after_s"),
    [(2, 20.0, 35.0), (2, 35.0, 40.0), (2, 45.0, 46.0), (2, 59.0, 60.0), (1, 45.0, 55.0), (1, 59.0, 60.0)],
)
def test_a_launch_is_told_within_a_minute(looks, seen_after_s, told_after_s):
    """Without a direction all within reach are told: the sooner, the later it was seen and the more saw it."""
    story = Story()
    story.now = START + seen_after_s
    report = launch("E1", story.now)
    story.tell(msgspec.structs.replace(report, looks=report.looks[:looks]))
    story.wait(20)
    first = story.of("impact")[0]
    assert first.status == "pre-alert"
    assert first.issued - START == told_after_s
    assert len(first.areas) > 20


def test_a_second_launch_joins_a_pre_alert_that_still_stands():
    """All within reach were told of the first; its direction leads elsewhere, and before that is said another rises."""
    story = Story()
    story.now = START + 45.0
    story.tell(launch("E1", story.now))
    story.wait(5)
    assert len(story.of("impact", "KOR")[-1].areas) == 17
    story.wait(5, lambda now: [track("O1", "E1", now, shot(SITE, EAST, 2000.0, 45.0), "boost")])
    story.tell(msgspec.structs.replace(launch("E2", story.now), time=story.now - 45.0))
    story.wait(5, lambda now: [track("O1", "E1", now, shot(SITE, EAST, 2000.0, 45.0), "boost")])
    said = story.of("impact", "KOR")
    assert {warning.warning for warning in said} == {"KOR-0001"}
    assert said[-1].status == "pre-alert"
    story.tell(launch("E2", story.now, "withdrawn"))
    story.wait(40, lambda now: [track("O1", "E1", now, shot(SITE, EAST, 2000.0, 45.0), "boost")])
    assert story.of("impact", "KOR")[-1].reason == "will-not-arrive"


def test_silent_sensors_are_named_beside_every_statement_from_then_on():
    story = climbed()
    assert all(warning.unseen == [] for warning in story.said)
    before = len(story.said)
    story.alerts.sensors_silent(["R-2", "R-1"])
    story.wait(30, falling(story, story.now + 400.0, MID_SEA))
    assert len(story.said) > before
    assert all(warning.unseen == ["R-1", "R-2"] for warning in story.said[before:])
