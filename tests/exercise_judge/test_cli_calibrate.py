from __future__ import annotations

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from nadhir.cli.calibrate import register

app = typer.Typer()
app.callback()(lambda: None)
register(app)


def test_an_unknown_spec_is_one_line_and_status_2(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["calibrate", "no-such-spec", "--flights", "1", "--out", str(tmp_path)])
    assert result.exit_code == 2
    assert result.output.startswith("nadhir calibrate: ")
    assert result.output.count("\n") == 1


def test_a_folder_to_compare_must_hold_a_campaign(tmp_path: Path) -> None:
    arguments = [
        "calibrate",
        "single-short",
        "--flights",
        "1",
        "--out",
        str(tmp_path / "a"),
        "--compare",
        str(tmp_path),
    ]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 2
    assert "holds no campaign" in result.output


@pytest.mark.slow
def test_one_flight_through_the_tracker(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    arguments = ["calibrate", "single-short", "--flights", "1", "--jobs", "1", "--out", str(tmp_path)]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    assert "impact coverage" in result.output
    assert (tmp_path / "calibration.html").exists()
    assert (tmp_path / "samples.parquet").exists()
