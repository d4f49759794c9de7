"""The bench of shared tracks: on a flight that is made for it, and what it says of folders without truth."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from nadhir.bench.fusion import ALL, SHARED, Errors, _judge, bench_fusion, shared_over_all
from nadhir.cli import app
from nadhir.exercise.score_input import Case, TrueBody, TrueImpact
from nadhir.model import AssessmentProduct, Ellipse, ImpactProduct, Product, TrackProduct

SHARED_FOLDER = Path(__file__).parents[3] / "shared" / "scenarios"
SCENARIOS = [SHARED_FOLDER / name for name in ("toward-land", "overflight-2022-10-04", "lofted-2023-12-18")]
SCENARIOS.append(SHARED_FOLDER / "salvo-2022-06-05")
"""Eleven flights: of two alone the error of all detections is 30 m at 120 s by luck, and the ratio says nothing."""


def test_ratio_is_by_age() -> None:
    errors = [
        Errors("JPN alone", {10: 9.0, 30: 3.0}, 1.0, 6.0, 9),
        Errors(SHARED, {10: 6.0, 30: 1.1}, 1.0, 6.0, 9),
        Errors(ALL, {10: 4.0, 30: 1.0, 60: 0.5}, 1.0, 6.0, 9),
    ]
    assert shared_over_all(errors) == {10: 1.5, 30: pytest.approx(1.1)}


def test_what_is_held_for_the_stage_is_not_the_payload_however_near_it_flies() -> None:
    """The vehicle's track is 90 m off the payload and the stage's 10 m; from 20 s on the two are held the other way
    round."""
    seconds = np.arange(200.0)
    states = np.stack([seconds, *np.zeros((6, 200))], axis=1)
    states[:, 1], states[:, 4] = 7.0e6 + 1000.0 * seconds, 1000.0
    behind = states - [0.0, 100.0, 0.0, 0.0, 0.0, 0.0, 0.0]
    bodies = [
        TrueBody("a/payload", "SRBM", "impact", "payload", "a", impact=TrueImpact(400.0, 0.0, 0.0)),
        TrueBody("a/stage1", "SRBM", "impact", "stage1", "a", impact=TrueImpact(400.0, 0.0, 1.0)),
    ]
    products: list[Product] = []
    for second in range(8, 40):
        for name, off_m, kind, longitude_deg in (
            ("E0001-1", -90.0, ("short-range", "spent-stage")[second >= 20], 0.1),
            ("E0001-2", -10.0, ("spent-stage", "short-range")[second >= 20], 0.2),
        ):
            now, x = float(second), 7.0e6 + 1000.0 * second + off_m
            products += [
                AssessmentProduct(name, "E0001", now, {kind: 1.0}, 0.0),
                TrackProduct(name, "E0001", now, now, "coast", (x, 0.0, 0.0), (1000.0, 0.0, 0.0), [1.0] * 21),
                ImpactProduct(name, "E0001", "coast", now, 400.0, 1.0, 0.0, longitude_deg, Ellipse(1e3, 1e3, 0.0)),
            ]
    products = [p for p in products if not isinstance(p, TrackProduct) or p.time < 10.0]
    case = Case("made", bodies, {"a/payload": states, "a/stage1": behind}, [], [], [], [])
    part = _judge(case, products)
    assert dict(part.errors) == {10: pytest.approx(11.1, abs=0.1), 30: pytest.approx(22.2, abs=0.1)}


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
