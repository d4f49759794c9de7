"""The judge of warnings, on made-up warnings of two made-up flights whose truth is known."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import numpy as np
import pytest
import shapely

from nadhir.exercise.score_input import Case, Site, TrueBody, TrueImpact, UnreadableError, WarnedArea, WarningProduct
from nadhir.exercise.score_warnings import Landfall, WarningScore, score_warnings
from nadhir.geo import geodetic_to_ecef
from nadhir.geo.areas import Area, AreaMap
from nadhir.model import Ellipse, LaunchProduct

START = 1_000.0
AREAS = AreaMap([Area(f"XX-{k}", f"XX-{k}", shapely.box(130.0 + k, 40.0, 131.0 + k, 41.0)) for k in range(5)])
"""Five areas side by side, 85 km wide each."""


def a_body(name: str, from_deg: float, to_deg: float, end_s: float) -> tuple[TrueBody, np.ndarray]:
    """A body that flies east along 40.5 N at 200 km, and comes down at its end."""
    times = START + np.arange(end_s + 1.0)
    longitude = np.radians(np.linspace(from_deg, to_deg, len(times)))
    rows = np.zeros((len(times), 7))
    rows[:, 0] = times
    rows[:, 1:4] = [geodetic_to_ecef(np.radians(40.5), east, 2e5) for east in longitude]
    launch, part = name.split("/")
    impact = TrueImpact(START + end_s, 40.5, to_deg)
    body = TrueBody(name, "MRBM", "impact", part, launch, START, START + 60.0, None, Site(40.5, from_deg), impact)
    return body, rows


def a_case(*warnings: WarningProduct, to_deg: float = 132.5) -> Case:
    body, rows = a_body("a/payload", 126.0, to_deg, 600.0)
    launch = LaunchProduct("e", START + 40.0, "report", START, 1.0, 40.5, 126.0, Ellipse(1e3, 1e3, 0.0), ["s"])
    return Case("made up", [body], {"a/payload": rows}, [], [], [], [launch, *warnings])


def said(
    after_s: float, status: str, *codes: str, hazard: str = "impact", reason: str | None = None, p: float = 0.5
) -> WarningProduct:
    areas = [WarnedArea(f"XX-{code}", p) for code in codes]
    return WarningProduct("w", START + after_s, status, hazard, ["o"], areas, ["e"], reason)  # type: ignore[arg-type]


def test_a_landfall_is_told_with_its_area_and_the_others() -> None:
    score = score_warnings(
        a_case(
            said(45.0, "pre-alert", "0", "1", "2", "3", "4"),
            said(100.0, "alert", "1", "2", "3"),
            said(500.0, "update", "2", "0", p=0.95),
        ),
        AREAS,
    )
    assert score.first_word_s == [45.0]
    assert score.land == [Landfall("XX-2", 500.0, True, 2, 0.95, 1, 1)]  # XX-0 does not touch XX-2
    assert score.open == 1
    # 55 s over five areas; then 400 s over three and none after the last product.
    assert score.area_minutes == {"pre-alert": pytest.approx(275 / 60, abs=0.01), "alert": pytest.approx(20.0)}
    assert score.false_area_minutes == {
        "pre-alert": pytest.approx(220 / 60, abs=0.01),
        "alert": pytest.approx(800 / 60, abs=0.01),
    }
    assert score.false_areas == ["XX-0", "XX-1", "XX-3"]


def test_what_is_never_warned_is_seen() -> None:
    score = score_warnings(a_case(), AREAS)
    assert score.land == [Landfall("XX-2", None, False, 0, 0.0, 0, 0)]
    assert score.first_word_s == []
    assert score.launches == 1


def test_what_a_country_does_to_itself_is_no_landfall_that_is_told() -> None:
    body, rows = a_body("a/payload", 130.5, 133.5, 600.0)
    case = a_case()
    own = Case("made up", [body], {"a/payload": rows}, [], [], [], case.products)
    assert score_warnings(own, AREAS).land == []
    assert [one.area for one in score_warnings(case, AREAS).land] == ["XX-2"]


def test_an_area_within_the_margin_was_in_danger_and_beyond_it_was_not() -> None:
    # At 40.5 N a degree is 84.6 km: XX-1 ends at 132 E.
    for to_deg, false in ((132.2, []), (132.3, ["XX-1"])):
        score = score_warnings(a_case(said(100.0, "alert", "1"), said(200.0, "update", "1"), to_deg=to_deg), AREAS)
        assert score.false_areas == false, to_deg


def test_ends_are_counted_from_what_happened() -> None:
    passed = score_warnings(
        a_case(
            said(100.0, "alert", "0", "1", hazard="overflight"),
            said(200.0, "update", "0", hazard="overflight"),
            said(530.0, "all-clear", "0", hazard="overflight", reason="passed"),
        ),
        AREAS,
    )
    # 6.5 degrees in 600 s: XX-0 and four kilometres end at 131.047 E, after 465.9 s.
    assert passed.ends == {"passed": 1}
    assert passed.end_delay_s == [pytest.approx(530.0 - 465.9, abs=1.1)]
    assert passed.false_areas == []
    fell = score_warnings(a_case(said(100.0, "alert", "4"), said(620.0, "all-clear", reason="fell-at-sea")), AREAS)
    assert fell.end_delay_s == [20.0]
    assert fell.open == 0
    nothing = score_warnings(
        a_case(said(100.0, "alert", "4"), said(130.0, "all-clear", reason="will-not-arrive")), AREAS
    )
    assert nothing.end_delay_s == []
    assert nothing.ends == {"will-not-arrive": 1}


def test_a_stage_is_debris_and_a_payload_is_not() -> None:
    case = a_case(said(100.0, "alert", "0", hazard="debris"), said(200.0, "update", "0", hazard="debris"))
    assert score_warnings(case, AREAS).false_areas == ["XX-0"]
    body, rows = a_body("a/stage1", 126.0, 130.5, 500.0)
    both = Case("made up", [*case.bodies, body], case.states | {"a/stage1": rows}, [], [], [], case.products)
    assert score_warnings(both, AREAS).false_areas == []


def test_alert_delays_come_from_the_explanations(tmp_path: Path) -> None:
    file = tmp_path / "explanations.jsonl"
    area = {"code": "XX-1", "warned": True, "above_since": 98.5}
    told = {"warning": "w", "issued": 100.0, "status": "alert", "areas": [area, {"code": "XX-2", "warned": False}]}
    file.write_text(f"{json.dumps(told)}\n{json.dumps(told | {'issued': 130.0, 'status': 'update'})}\n")
    assert score_warnings(a_case(), AREAS, file).alert_delay_s == [1.5]
    assert score_warnings(a_case(), AREAS, tmp_path / "none").alert_delay_s == []
    file.write_text("{}\n")
    with pytest.raises(UnreadableError):
        score_warnings(a_case(), AREAS, file)


def test_a_score_is_plain_data() -> None:
    score = score_warnings(a_case(said(100.0, "alert", "1")), AREAS)
    assert msgspec.json.decode(msgspec.json.encode(score), type=WarningScore) == score
