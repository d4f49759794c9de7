"""The bench of shared tracks: on a flight that is made for it, and what it says of folders without truth."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from nadhir.bench.fusion import ALL, SHARED, Errors, bench_fusion, shared_over_all
from nadhir.cli import app

SHARED_FOLDER = Path(__file__).parents[3] / "shared" / "scenarios"
SCENARIOS = [SHARED_FOLDER / "toward-land", SHARED_FOLDER / "overflight-2022-10-04"]


def test_ratio_is_by_age() -> None:
    errors = [
        Errors("JPN alone", {10: 9.0, 30: 3.0}, 1.0, 6.0, 9),
        Errors(SHARED, {10: 6.0, 30: 1.1}, 1.0, 6.0, 9),
        Errors(ALL, {10: 4.0, 30: 1.0, 60: 0.5}, 1.0, 6.0, 9),
    ]
    assert shared_over_all(errors) == {10: 1.5, 30: pytest.approx(1.1)}


@pytest.mark.slow
@pytest.mark.skipif(
    not all(folder.is_dir() for folder in SCENARIOS), reason="the shared scenarios are not beside this checkout"
)
def test_shared_tracks_are_as_good_as_all_detections() -> None:
    errors = bench_fusion(SCENARIOS)
    shared = {one.contestant: one for one in errors}[SHARED]
    ratios = shared_over_all(errors)
    assert set(ratios) == {10, 30, 60, 120}
    assert max(ratios.values()) < 1.3
    assert 3.0 < shared.nees < 8.0
    assert shared.inside > 0.85


def test_a_folder_without_truth_is_one_clear_line(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["bench", "fusion", str(tmp_path)])
    assert result.exit_code == 2
    assert result.stderr.startswith("error: ")
    assert result.stderr.count("\n") == 1
