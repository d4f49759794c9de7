"""Decisions are kept, found under either name, and explained; what cannot be written is not half written."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
import typer
from msgspec.structs import replace
from release_cases import NOW, record
from typer.testing import CliRunner

from nadhir.cli.release import register
from nadhir.sharing.decisions import FILE, Decision, DecisionFile, DecisionStore, Delivery
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


def test_deliveries_are_kept_in_order_and_survive_a_restart(tmp_path: Path) -> None:
    launch, track, _ = decisions()
    store = DecisionFile(tmp_path)
    steps = [
        Delivery(launch.sent_as or "", "JPN", "queued", NOW),
        Delivery(launch.sent_as or "", "JPN", "sent", NOW + 0.01),
        Delivery(launch.sent_as or "", "JPN", "acknowledged", NOW + 0.05),
    ]
    store.append([launch, steps[0], track])
    store.append(steps[1:])
    store.append([Delivery(launch.sent_as or "", "USA", "queued", NOW)])
    store.close()
    reader = DecisionFile(tmp_path, read_only=True)
    assert reader.find("our-launch", "JPN") == ([launch], steps)
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        reader.append([track])


def test_a_batch_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    launch, track, _ = decisions()
    store = DecisionFile(tmp_path)
    unwritable = Delivery("\ud800", "JPN", "queued", NOW)
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


def test_explain_says_why_and_how_far(tmp_path: Path) -> None:
    launch, _, detection = decisions()
    store = DecisionFile(tmp_path)
    later = replace(launch, not_before=NOW + 30.0)
    store.append([later, detection, Delivery(launch.sent_as or "", "JPN", "acknowledged", NOW + 30.5)])
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
