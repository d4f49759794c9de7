"""Decisions are kept, found under either name, and explained; what cannot be written is not half written."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

import pytest
import typer
from msgspec.structs import replace
from release_cases import NOW, record
from typer.testing import CliRunner

from nadhir.cli.release import register
from nadhir.sharing.decisions import (
    CHECKPOINT_ROWS,
    FILE,
    PORTION,
    Decision,
    DecisionFile,
    DecisionStore,
    Delivery,
    Numbered,
    Reached,
)
from nadhir.sharing.floor import Recipient
from nadhir.sharing.release import Releases
from nadhir.sharing.release_policies import default_policies, parse_policies

app = typer.Typer()
app.callback()(lambda: None)
register(app)


def decisions() -> list[Decision]:
    """A launch that goes coarse, a track that goes as it is, and a detection that does not go."""
    policies = parse_policies({"default.cedar": default_policies()})
    desk = Releases(policies, owner="KOR", mode="exercise", recipients={"JPN": Recipient("JPN", "exercise")})
    records = [record(kind, id=f"our-{kind}") for kind in ("launch", "track", "detection")]
    return [desk.decide(item, "JPN", NOW).decision for item in records]


def test_a_decision_is_found_under_either_name_and_only_for_its_partner(tmp_path: Path) -> None:
    launch, track, detection = decisions()
    store: DecisionStore = DecisionFile(tmp_path)
    store.append([launch, track, detection])
    assert launch.sent_as not in (None, launch.record)
    assert store.find("our-launch", "JPN") == ([launch], [])
    assert store.find(launch.sent_as or "", "JPN") == ([launch], [])
    assert store.find("our-track", "JPN") == ([track], [])
    assert store.find("our-detection", "JPN") == ([detection], [])
    assert store.find("our-launch", "USA") == ([], [])


def test_how_far_a_record_got_is_that_of_its_number_and_survives_a_restart(tmp_path: Path) -> None:
    launch, track, _ = decisions()
    name = launch.sent_as or ""
    store = DecisionFile(tmp_path)
    store.append([launch, Numbered("JPN", 7, ("another", name), NOW), track])
    assert store.find("our-launch", "JPN") == ([launch], [])
    store.append([Reached("JPN", 6, "acknowledged", NOW), Reached("USA", 9, "sent", NOW)])
    assert store.find("our-launch", "JPN") == ([launch], [])
    store.append([Reached("JPN", 7, "sent", NOW + 0.01), Reached("JPN", 8, "sent", NOW + 0.02)])
    store.append([Reached("JPN", 40, "acknowledged", NOW + 0.05), Reached("JPN", 41, "acknowledged", NOW + 0.3)])
    store.close()
    reader = DecisionFile(tmp_path, read_only=True)
    assert reader.find("our-launch", "JPN") == (
        [launch],
        [Delivery(name, "JPN", "sent", NOW + 0.01), Delivery(name, "JPN", "acknowledged", NOW + 0.05)],
    )
    assert reader.find("our-track", "JPN") == ([track], [])
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        reader.append([track])


def test_a_number_that_stands_for_something_else_after_a_loss_is_not_taken_for_what_it_was(tmp_path: Path) -> None:
    launch, *_ = decisions()
    name = launch.sent_as or ""
    store = DecisionFile(tmp_path)
    store.append([Numbered("JPN", 7, ("lost",), NOW), Reached("JPN", 7, "sent", NOW), launch])
    assert store.numbered("JPN") == 7
    store.append([Numbered("JPN", 7, (name,), NOW + 60.0)])
    assert store.find("our-launch", "JPN") == ([launch], [])
    store.append([Reached("JPN", 7, "sent", NOW + 60.1)])
    assert store.find("our-launch", "JPN") == ([launch], [Delivery(name, "JPN", "sent", NOW + 60.1)])


def test_a_batch_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    launch, track, _ = decisions()
    store = DecisionFile(tmp_path)
    unwritable = Numbered("JPN", 1, ("\ud800",), NOW)
    with pytest.raises(UnicodeEncodeError):
        store.append([launch, track, unwritable])
    assert store.find("our-launch", "JPN") == ([], [])
    store._database.execute("PRAGMA max_page_count = 12")
    large = replace(track, record="large", sentence="x" * 200_000)
    with pytest.raises(sqlite3.OperationalError, match="full"):
        store.append([launch, large])
    assert store.find("our-launch", "JPN") == ([], [])
    store.append([launch])
    assert store.find("our-launch", "JPN") == ([launch], [])


def kept(folder: Path) -> list[str]:
    """Records of the decisions that a reader finds."""
    with contextlib.closing(DecisionFile(folder, read_only=True)) as reader:
        return [decision.record for decision in reader.read()]


def test_what_is_given_is_written_down_by_steps_and_a_kill_leaves_whole_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, track, _ = decisions()
    store = DecisionFile(tmp_path)
    monkeypatch.setattr("nadhir.sharing.decisions.KEEP_S", 3600.0)  # a slow machine ends nothing before its time
    names = [f"r{number}" for number in range(3 * PORTION)]
    store.give(replace(track, record=name) for name in names)
    for portion in range(1, 3):
        store.step(upto=9)
        assert kept(tmp_path) == []  # none where a kill would have it brought up again
        assert len(store.find(names[portion * PORTION - 1], "JPN")[0]) == 1
    store.step(upto=9)
    assert kept(tmp_path) in ([], names)  # with the last portion its end is on its way, beside the caller
    store.give([replace(track, record="last")])
    store.finish(upto=10)
    assert kept(tmp_path) == [*names, "last"]
    store.give([replace(track, record="lost")])
    store.step(upto=11)
    store.close()
    assert kept(tmp_path) == [*names, "last"]
    assert DecisionFile(tmp_path).upto == 10


def test_what_cannot_be_written_down_is_tried_again_and_nothing_is_there_twice(tmp_path: Path) -> None:
    launch, track, _ = decisions()
    store = DecisionFile(tmp_path)
    store.append([launch])
    store._database.execute("PRAGMA max_page_count = 12")
    large = replace(track, record="large", sentence="x" * 200_000)
    store.give([track, large])
    store.finish(upto=3)
    assert "full" in store.failure
    assert (kept(tmp_path), store.upto) == ([launch.record], 0)
    store.give([replace(track, record="after")])
    store._database.execute("PRAGMA max_page_count = 1000000")
    store.finish(upto=4)
    assert store.failure == ""
    assert (kept(tmp_path), store.upto) == ([launch.record, track.record, "large", "after"], 4)


def test_the_log_beside_the_file_begins_anew(tmp_path: Path) -> None:
    _, track, _ = decisions()
    store, log = DecisionFile(tmp_path), tmp_path / f"{FILE}-wal"
    largest = 0
    for number in range(40):
        store.give(replace(track, record=f"{number}-{one}") for one in range(CHECKPOINT_ROWS // 4))
        store.finish(upto=number)
        largest = max(largest, log.stat().st_size) if number < 8 else largest
    assert log.stat().st_size <= largest


def test_explain_says_why_and_how_far(tmp_path: Path) -> None:
    launch, _, detection = decisions()
    store = DecisionFile(tmp_path)
    later = replace(launch, not_before=NOW + 30.0)
    went = Numbered("JPN", 1, (launch.sent_as or "",), NOW + 30.0)
    store.append([later, detection, went, Reached("JPN", 1, "acknowledged", NOW + 30.5)])
    result = CliRunner().invoke(app, ["release", "explain", "our-launch", "JPN", "--data", str(tmp_path)])
    assert result.exit_code == 0
    assert "Released to JPN by launches-coarse" in result.output
    assert f"our-launch goes as {launch.sent_as}" in result.output
    assert "not before 2026-11-18 11:07:10.000 UTC" in result.output
    assert "2026-11-18 11:07:10.500 UTC  acknowledged: JPN has it" in result.output
    assert "not sent yet" not in result.output
    result = CliRunner().invoke(app, ["release", "explain", "our-detection", "JPN", "--data", str(tmp_path)])
    assert "Not released to JPN: no policy permits it." in result.output
    assert "not sent yet" not in result.output
    store.append([replace(launch, record="our-other", sent_as="other")])
    result = CliRunner().invoke(app, ["release", "explain", "our-other", "JPN", "--data", str(tmp_path)])
    assert "not sent yet" in result.output


def test_explain_has_one_line_for_what_it_cannot_find(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["release", "explain", "x", "JPN", "--data", str(tmp_path)])
    assert (result.exit_code, result.output.count("\n")) == (2, 1)
    assert FILE in result.output
    DecisionFile(tmp_path).close()
    result = CliRunner().invoke(app, ["release", "explain", "x", "JPN", "--data", str(tmp_path)])
    assert (result.exit_code, result.output.count("\n")) == (2, 1)
    (tmp_path / FILE).write_bytes(b"this is no database at all" * 100)
    result = CliRunner().invoke(app, ["release", "explain", "x", "JPN", "--data", str(tmp_path)])
    assert (result.exit_code, result.output.count("\n")) == (2, 1)


def test_check_shows_who_would_get_what(tmp_path: Path) -> None:
    (tmp_path / "own.cedar").write_text(
        default_policies()
        + '@id("sensors") @with("sensor-positions") @thin_s("2")\n'
        + 'permit (principal == Partner::"JPN", action == Action::"release-detection", resource);\n'
        + '@id("no-tracks") forbid (principal == Partner::"AUS", action == Action::"release-track", resource)\n'
        + 'when { resource has region && resource.region == "KR" };\n'
    )
    run = ["release", "check", str(tmp_path), "--partner", "USA", "--owner", "KOR", "--region", "KR"]
    result = CliRunner().invoke(app, run, env={"COLUMNS": "160"})
    assert result.exit_code == 0
    rows = [[cell.strip() for cell in line.split("│")[1:-1]] for line in result.output.splitlines() if "│" in line]
    cells = {row[0]: row[1:] for row in rows if row[0]}
    assert "AUS" in result.output
    assert cells["track"] == ["no: forbidden by no-tracks", "yes: picture", "yes: picture", "yes: picture"]
    assert cells["radar detection"] == ["no", "yes: sensors", "no", "no"]
    assert "one in 2 s" in result.output
    assert "cells of 5000 m" in result.output


def test_check_names_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "own.cedar").write_text(
        '// rules\n\n@id("a") @coarsen_m("wide") permit (principal, action, resource);\n'
    )
    result = CliRunner().invoke(app, ["release", "check", str(tmp_path)])
    assert result.exit_code == 2
    assert result.output == 'nadhir release check: own.cedar:3: @coarsen_m("wide") must be a number above 0\n'
