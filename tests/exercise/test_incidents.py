"""Incidents: facts with sources, flights within published figures, and what Nadhir says in the same case."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache
from importlib import resources

import pytest
from typer.testing import CliRunner

from nadhir.channels.cap import expires_of
from nadhir.channels.text import Voice, write
from nadhir.cli import app
from nadhir.exercise.incidents import incidents, scenario_of, sources, sources_of, start_of
from nadhir.node.incidents import LOOKS_S, Line, run_incident

FLOWN = [name for name, incident in incidents().items() if incident.launches]
HAWAII, LOFTED = "2018-01-13-hawaii", "2022-11-02"


@cache
def told(name: str, one_satellite: bool = False, two_persons: bool = False) -> tuple[Line, ...]:
    return tuple(run_incident(name, incidents()[name], one_satellite, two_persons))


def test_every_fact_has_a_source_and_every_source_a_fact() -> None:
    cited = {fact.source for incident in incidents().values() for fact in incident.facts}
    figures = " ".join(incident.figures for incident in incidents().values())
    assert cited <= sources().keys()
    assert {key for key in sources() if key not in cited and f"({key})" not in figures} == set()
    assert all(set(sources_of(incident)) <= set(sources()) for incident in incidents().values())
    assert sources_of(incidents()["2022-10-03"])[:2] == ["hamada-2022-10", "matsuno-2022"]
    for key in re.findall(r"\(([a-z]+-\d{4}(?:-\d\d)?)\)", figures):
        assert key in sources()


@pytest.mark.parametrize("name", incidents())
def test_facts_stand_in_order_on_the_incidents_own_day(name: str) -> None:
    incident = incidents()[name]
    assert name.startswith(f"{incident.start:%Y-%m-%d}")
    times = [fact.after_s for fact in incident.facts]
    assert times == sorted(times)
    assert times[0] == 0
    assert incident.rule
    assert bool(incident.figures) == bool(incident.launches)


def test_nothing_is_said_of_vehicles_but_generic_classes() -> None:
    text = (resources.files("nadhir.exercise") / "incidents.toml").read_text()
    assert not re.search(r"hwasong|chollima|unha|long march|warhead|intercept|target", text, re.IGNORECASE)


def test_one_satellite_and_a_lost_track_are_outages() -> None:
    incident = incidents()[LOFTED]
    both, one = (scenario_of(LOFTED, incident, one_satellite) for one_satellite in (False, True))
    assert {outage.sensor for outage in one.outages} - {outage.sensor for outage in both.outages} == {"N-IR-E"}
    assert {outage.from_s for outage in both.outages} == {300.0}
    assert both.start == start_of(incident) == 1667428800.0  # 2022-11-02 22:40 UTC


def test_hawaii_a_drill_stays_a_drill_and_an_error_is_taken_back_in_one_step() -> None:
    lines = told(HAWAII)
    refused = [line for line in lines if "refused" in line.said]
    assert len(refused) == 2
    assert "the live desk does not touch it" in refused[0].said
    assert "another person" in refused[1].said
    said = [(line.warning.mode, line.warning.status) for line in lines if line.warning]
    assert said == [("exercise", "alert"), ("live", "alert"), ("live", "cancel")]
    assert lines[-1].after_s == 300.0  # when it was known to be false, not 35 minutes later
    assert lines[-1].warning is not None
    assert lines[-1].warning.reason == "error"


def test_the_lofted_flight_is_never_said_to_have_crossed_japan() -> None:
    lines = told(LOFTED)
    assert not any(line.said.startswith("is over") for line in lines if line.who == "flight")
    warnings = [line.warning for line in lines if line.warning]
    assert warnings
    assert lines[0].after_s < 60.0
    for warning in warnings:
        assert warning.reason != "passed"
        text = write(warning, "en", Voice(), expires_of(warning)).long
        assert "passed over" not in text
    assert warnings[-1].reason in ("will-not-arrive", "fell-at-sea")


def test_the_command_lists_compares_and_refuses() -> None:
    listed = CliRunner().invoke(app, ["incident"])
    assert listed.exit_code == 0
    assert all(name in listed.output for name in incidents())
    shown = CliRunner().invoke(app, ["incident", HAWAII], env={"COLUMNS": "160"})
    assert shown.exit_code == 0, shown.output
    for words in ("Sources:", "What differs:", sources()["fcc"][:30], "issued in error", "훈련", "訓練"):
        assert words.lower() in shown.output.lower(), words
    unknown = CliRunner().invoke(app, ["incident", "2001-01-01"])
    assert unknown.exit_code == 2
    assert "there are" in unknown.output


@pytest.mark.slow
@pytest.mark.parametrize("name", FLOWN)
def test_every_end_is_typed_and_within_a_minute_of_the_fact(name: str) -> None:
    lines = told(name)
    assert lines == tuple(sorted(lines, key=lambda line: line.after_s))
    lives = defaultdict(list)
    for line in lines:
        if line.warning:
            lives[line.warning.warning].append(line)
    for life in lives.values():
        end = life[-1].warning
        assert end is not None
        assert end.reason is not None or end.fallen, life[-1].said
        if end.reason == "passed":
            over = [line for line in lines if line.who == "flight" and line.said.startswith("is over")]
            left = max(_seconds(line.said.rpartition(" ")[2]) for line in over)
            assert 0.0 <= life[-1].after_s - left <= 60.0
        if end.reason == "fell-at-sea":
            fell = next(line.after_s for line in lines if line.said == "falls into the sea")
            assert 0.0 <= life[-1].after_s - fell <= 60.0


@pytest.mark.slow
def test_two_persons_cost_the_time_that_they_look() -> None:
    alone, both = (next(line for line in told(LOFTED, two_persons=two) if line.warning) for two in (False, True))
    assert both.after_s - alone.after_s >= LOOKS_S[1] - 1.0


@pytest.mark.slow
def test_an_incident_is_the_same_each_time() -> None:
    first = told(LOFTED)
    told.cache_clear()
    assert told(LOFTED) == first


def _seconds(clock: str) -> float:
    minutes, _, seconds = clock.strip("+").partition(":")
    return 60.0 * int(minutes) + int(seconds) + 1.0
