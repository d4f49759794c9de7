"""What threatens together is judged together, and is one warning."""

from __future__ import annotations

from alert_stories import AKITA, MID_SEA, SITE, Story, impact, launch, shot, track

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


def named_by(story: Story) -> dict[str, set[str]]:
    """Which warnings name each area now."""
    last = {warning.warning: warning for warning in story.of("impact")}
    found: dict[str, set[str]] = {}
    for warning in last.values():
        for area in warning.areas if warning.reason is None else ():
            found.setdefault(area.code, set()).add(warning.warning)
    return found


def test_an_area_is_named_by_one_warning_though_two_were_said():
    """Two launches, each warned of in its own place; then the second comes down where the first does."""
    story = launched(2)
    state, lands = shot(SITE, EAST, 2600.0, 45.0), story.now + 500.0

    def each(second: tuple[float, float]):
        return lambda now: [
            product
            for name, event, place in (("O1", "E0", AKITA), ("O2", "E1", second))
            for product in (
                track(name, event, now, state, "coast"),
                impact(name, event, now, place, lands, 5e3),
            )
        ]

    story.wait(20, each((35.1, 138.2)))
    assert named_by(story) == {"JP-05": {"JPN-0001"}, "JP-22": {"JPN-0002"}}
    for _ in range(60):
        story.wait(1, each(AKITA))
        assert all(len(warnings) == 1 for warnings in named_by(story).values())
    assert named_by(story) == {"JP-05": {"JPN-0001"}}
    (joined,) = [warning for warning in story.of("impact") if warning.warning == "JPN-0001"][-1:]
    assert joined.events == ["E0", "E1"]
    (ended,) = [warning for warning in story.of("impact") if warning.reason]
    assert (ended.warning, ended.reason) == ("JPN-0002", "will-not-arrive")
    assert [area.code for area in ended.areas] == ["JP-22"]
