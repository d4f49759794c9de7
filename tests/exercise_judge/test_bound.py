from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import pytest
from synthetic_products import write_scenario

from nadhir.exercise.bound import MILESTONES_S, impact_bound_km
from nadhir.exercise.score_input import Case, read_case

SCENARIOS = Path(__file__).parents[3] / "shared" / "scenarios"


def case_without_products(folder: Path, tmp_path: Path) -> Case:
    (tmp_path / "none.jsonl").write_text("")
    return read_case(folder, tmp_path / "none.jsonl")


@pytest.mark.skipif(not SCENARIOS.exists(), reason="needs the public scenarios")
@pytest.mark.parametrize("name", ["toward-land", "overflight-2022-10-04", "lofted-2023-12-18", "mixed-12-biased"])
def test_bounds_of_the_public_scenarios(name: str, tmp_path: Path) -> None:
    case = case_without_products(SCENARIOS / name, tmp_path)
    ratios = []
    for body in case.payloads:
        assert body.ballistic_coefficient
        detections = case.radar_detections(body.object)
        ours = impact_bound_km(
            case.states[body.object], body.burnout, body.ballistic_coefficient, detections, case.sensors
        )
        ratios += [ours[milestone] / theirs for milestone, theirs in body.bound_km.items()]
    assert ratios
    assert np.all(np.abs(np.array(ratios) - 1) < 0.04)


def bound(case: Case, **change: object) -> dict[int, float]:
    body = case.bodies[0]
    detections = case.radar_detections(body.object)
    sigma = msgspec.structs.replace(case.sensors[0].sigma, **change)
    sensor = msgspec.structs.replace(case.sensors[0], sigma=sigma)
    assert body.ballistic_coefficient
    return impact_bound_km(case.states[body.object], body.burnout, body.ballistic_coefficient, detections, [sensor])


def test_the_bound_falls_with_time_and_rises_with_noise(tmp_path: Path) -> None:
    write_scenario(tmp_path)
    case = case_without_products(tmp_path, tmp_path)
    ours = bound(case)
    assert list(ours) == list(MILESTONES_S)
    assert list(ours.values()) == sorted(ours.values(), reverse=True)
    worse = bound(case, azimuth_deg=0.4, elevation_deg=0.4)
    assert all(worse[milestone] > ours[milestone] for milestone in MILESTONES_S)


def test_no_entry_where_the_detections_do_not_fix_the_state(tmp_path: Path) -> None:
    write_scenario(tmp_path)
    case = case_without_products(tmp_path, tmp_path)
    body = case.bodies[0]
    one = case.radar_detections(body.object)[5:6]
    assert impact_bound_km(case.states[body.object], body.burnout, 5000.0, one, case.sensors) == {}


def test_no_bound_for_what_does_not_come_down(tmp_path: Path) -> None:
    write_scenario(tmp_path)
    case = case_without_products(tmp_path, tmp_path)
    body = case.bodies[0]
    orbit = case.states[body.object].copy()
    orbit[:, 4:] *= 11000 / np.linalg.norm(orbit[:, 4:], axis=1)[:, None]
    detections = case.radar_detections(body.object)
    assert impact_bound_km(orbit, body.burnout, 5000.0, detections, case.sensors) == {}
