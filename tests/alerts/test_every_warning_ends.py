"""Whatever becomes of what flies (seen to the end, lost, found again, withdrawn, in orbit, spoken of no more): each
warning's words follow the life of a warning, and it ends, with its reason, within a minute of what it tells of."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from alert_stories import AKITA, MID_SEA, SITE, Story, assessment, flight, impact, launch, shot, track
from hypothesis import given, settings
from hypothesis import strategies as st

from nadhir.alerts import default_rules
from nadhir.alerts.life import ALLOWED, State
from nadhir.alerts.threats import UNHEARD_S, UNSAID_DOWN_S
from nadhir.geo.areas_paths import EARLY_SIGMAS
from nadhir.model import Product, WarningProduct

EAST = 97.0
OFF_AKITA = (39.72, 139.6)
BEYOND = (38.5, 147.0)
"""In the Pacific: Japan is passed over."""
FLIGHT_S = 400.0
PLACES = {"land": AKITA, "sea": MID_SEA, "near": OFF_AKITA, "beyond": BEYOND}
A_MINUTE_S = 60.0
JAPAN = next(rule for rule in default_rules().all() if "JP" in rule.areas)


class Fate(NamedTuple):
    """What becomes of one launch. Times in seconds after its report; None: it does not happen."""

    begins: int
    burns: int
    place: str
    spread_m: float
    lost: int | None
    found: int | None
    withdrawn: int | None
    silent: int | None
    """From then on nobody speaks of it."""
    orbit: bool

    @property
    def lands(self) -> int:
        return self.burns + int(FLIGHT_S)


FATES = st.builds(
    Fate,
    begins=st.integers(1, 60),
    burns=st.integers(15, 60),
    place=st.sampled_from(sorted(PLACES)),
    spread_m=st.sampled_from([1e3, 20e3, 120e3]),
    lost=st.none() | st.integers(5, 400),
    found=st.none() | st.integers(60, 420),
    withdrawn=st.none() | st.integers(5, 300),
    silent=st.none() | st.integers(5, 420),
    orbit=st.booleans(),
)


def told(name: str, fate: Fate, at: int, now: float) -> list[Product]:
    """What is said of a launch in one second of it."""
    event = f"E{name}"
    if fate.withdrawn is not None and at >= fate.withdrawn:
        return [launch(event, now, "withdrawn")] if at == fate.withdrawn else []
    if at < 0 or (fate.silent is not None and at >= fate.silent):
        return []
    if at == 0:
        return [launch(event, now), assessment(name, event, now, "medium-range")]
    ends = now - at + fate.lands
    if at > fate.lands:
        down = not fate.orbit and at == fate.lands + 3
        return [track(name, event, now, shot(SITE, EAST, 100.0, -80.0, 1e3), "down", ends)] if down else []
    lost = fate.lost is not None and fate.lost <= at and (fate.found is None or at < fate.found)
    if at <= fate.burns:
        state, phase = shot(SITE, EAST, 2000.0, 45.0), "boost"
    else:
        state, phase = flight(shot(SITE, EAST, 2600.0, 45.0), now - (at - fate.burns))(now), "coast"
        phase = "orbit" if fate.orbit else phase
    seen = min(at, fate.lost) if lost and fate.lost is not None else at
    said: list[Product] = [track(name, event, now, state, "lost" if lost else phase, now - (at - seen))]  # type: ignore[arg-type]
    if phase == "coast":
        said.append(impact(name, event, now, PLACES[fate.place], ends, fate.spread_m, "lost" if lost else "coast"))
    return said


def over_by(fate: Fate, begin: float) -> float:
    """The latest time at which what a launch brings is known to be over, as by a person who has only the products."""
    if fate.withdrawn is not None:
        return begin + fate.withdrawn
    heard = fate.silent - 1 if fate.silent is not None and fate.silent <= fate.lands + 3 else None
    lost_burning = fate.lost is not None and fate.lost <= fate.burns and (fate.found is None or fate.found > fate.lands)
    if lost_burning or (heard is not None and heard <= fate.burns):
        return begin + 1800.0  # it may have gone anywhere
    latest = fate.lands + EARLY_SIGMAS * 3.0
    if fate.orbit or heard is not None:
        latest += UNHEARD_S + UNSAID_DOWN_S  # of its passage, or of its fall, nobody tells: the rule waits
    return begin + latest + JAPAN.lost_wait_s


def lives(story: Story) -> dict[str, list[WarningProduct]]:
    found: dict[str, list[WarningProduct]] = {}
    for warning in story.said:
        found.setdefault(warning.warning, []).append(warning)
    return found


def follows_the_machine(said: list[WarningProduct]) -> None:
    state: State = "silent"
    for number, word in enumerate(said):
        assert word.revision == number
        assert word.status in ALLOWED[state], (state, word.status)
        assert (word.reason is not None) == (word.status in ("all-clear", "cancel"))
        assert (word.reason == "error") == (word.status == "cancel")
        if number:
            assert word.issued > said[number - 1].issued
            named = {area.code for area in said[number - 1].areas}
            assert word.reason is None or {area.code for area in word.areas} <= named
        if word.reason is not None:
            state = "ended"
        elif word.fallen:
            state = "fallen"
        else:
            state = "pre-alert" if word.status == "pre-alert" else "alert"


@settings(max_examples=12, deadline=None)
@given(fates=st.lists(FATES, min_size=1, max_size=2))
def test_every_warning_ends_with_its_reason_within_a_minute(fates: list[Fate]) -> None:
    story = Story()
    begin = story.now
    last = max(over_by(fate, begin + fate.begins) for fate in fates)

    def each(now: float) -> list[Product]:
        seconds = [int(now - begin) - fate.begins for fate in fates]
        return [one for n, fate in enumerate(fates) for one in told(f"O{n}", fate, seconds[n], now)]

    story.wait(int(last - begin + A_MINUTE_S), each)
    spoken = lives(story)
    for name, said in spoken.items():
        follows_the_machine(said)
        if said[-1].reason is None:
            assert said[-1].fallen, (name, fates)
    assert not story.alerts.unfinished
    if all(fate.withdrawn is not None and fate.withdrawn < 15 for fate in fates):
        assert all(said[-1].reason == "error" for said in spoken.values())
    assert "PHL" not in {said[0].authority for said in spoken.values()}


@pytest.mark.parametrize(("place", "state"), [("land", "fallen"), ("near", "ended")])
def test_what_a_partner_stops_to_speak_of_is_lost_and_its_warning_ends(place: str, state: str) -> None:
    """As where the link is cut in mid-flight: no word comes that it is lost or down."""
    fate = Fate(0, 30, place, 60e3, None, None, None, 100, orbit=False)
    story = Story()
    begin = story.now
    story.wait(700, lambda now: told("O", fate, int(now - begin), now))
    said = story.of("impact")
    assert any(word.lost for word in said), "it is said that it is not seen any more"
    assert (said[-1].fallen, said[-1].reason) == ((True, None) if state == "fallen" else (False, "will-not-arrive"))
    assert said[-1].issued - begin <= fate.lands + EARLY_SIGMAS * 3.0 + UNSAID_DOWN_S + A_MINUTE_S


def test_what_is_spoken_of_again_is_as_before() -> None:
    silence = Fate(0, 30, "land", 5e3, None, None, None, 100, orbit=False)
    speaks = silence._replace(silent=None)
    story = Story()
    begin = story.now
    story.wait(180, lambda now: told("O", silence, int(now - begin), now))
    assert story.of("impact")[-1].lost
    story.wait(30, lambda now: told("O", speaks, int(now - begin), now))
    assert not story.of("impact")[-1].lost
