"""What threatens together is judged together, and is one warning."""

from __future__ import annotations

from alert_stories import MID_SEA, SITE, Story, impact, launch, shot, track

from nadhir.geo.areas import default_areas
from nadhir.geo.areas_probability import area_probabilities

EAST = 97.0
OKINAWA = (26.5, 128.0)
WIDE_M = 600e3
"""A fall predicted there, with such an ellipse, comes down on the islands with a probability of 0.01 to 0.02."""


def raid(story: Story, count: int, seconds: int, lands: float, place=OKINAWA, first: int = 0) -> None:
    state = shot(SITE, EAST, 2600.0, 45.0)
    names = [(f"O{k}", f"E{k}") for k in range(first, first + count)]
    story.wait(
        seconds,
        lambda now: [
            product
            for name, event in names
            for product in (
                track(name, event, now, state, "coast"),
                impact(name, event, now, place, lands, WIDE_M if place == OKINAWA else 5e3),
            )
        ],
    )


def launched(count: int) -> Story:
    story = Story()
    for k in range(count):
        story.tell(launch(f"E{k}", story.now))
    return story


def alerts(story: Story) -> list:
    return [warning for warning in story.of("impact") if warning.status in ("alert", "update")]


def test_each_alone_is_below_the_threshold_and_all_together_are_not():
    told = impact("O", "E", 0.0, OKINAWA, 0.0, WIDE_M)
    areas = default_areas().widened(1500.0)
    each = area_probabilities(areas, told.latitude_deg, told.longitude_deg, told.ellipse_90)["JP-47"]
    assert 0.01 < each < 0.02
    alone = launched(1)
    raid(alone, 1, 60, alone.now + 400.0)
    assert not alerts(alone)
    story = launched(8)
    raid(story, 8, 60, story.now + 400.0)
    first = alerts(story)[0]
    assert {area.code for area in first.areas} >= {"JP-47"}
    assert len(first.events) == 8
    assert max(area.probability for area in first.areas) > 1.0 - (1.0 - each) ** 8 - 0.01
    assert len({warning.warning for warning in story.of("impact")}) == 1


def test_a_raid_that_turns_out_to_fall_at_sea_ends_as_the_one_warning_that_it_was():
    story = launched(8)
    lands = story.now + 400.0
    raid(story, 8, 40, lands)  # by now not taken wider than stated
    assert alerts(story)
    raid(story, 8, 60, lands, MID_SEA)
    ended = [warning for warning in story.of("impact") if warning.reason]
    assert [warning.reason for warning in ended] == ["will-not-arrive"]
    assert not story.alerts.unfinished
