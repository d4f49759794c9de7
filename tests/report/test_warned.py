"""Warnings in the report: a line each, the areas on the map, and how each ended."""

from __future__ import annotations

from pathlib import Path

import msgspec
from made_up_flights import LAUNCHED, one_flight, write_replay

from nadhir.model import AreaWarning, WarningProduct
from nadhir.report import Timeline, write_report
from nadhir.report.record import read_products
from nadhir.report.warned import alerted_areas, summary_rows

AREAS = [AreaWarning("JP-05", 0.93, LAUNCHED + 290.0), AreaWarning("JP-02", 0.04, LAUNCHED + 290.0)]
ALERT = WarningProduct(
    "JPN-0001", ["E1"], ["E1/1"], LAUNCHED + 70.0, "alert", "impact", AREAS, "replay", authority="JPN"
)


def changed(seconds: float, **fields: object) -> WarningProduct:
    return msgspec.structs.replace(ALERT, issued=LAUNCHED + seconds, **fields)


PRE = changed(40.0, status="pre-alert", areas=[AreaWarning("JP-01", 0.2, LAUNCHED + 280.0)])
FALLEN = changed(303.0, status="update", fallen=True, areas=ALERT.areas[:1])
OVER = changed(305.0, warning="JPN-0002", hazard="overflight", status="all-clear", reason="passed")


def test_a_line_for_each_statement_hedged_and_with_its_areas():
    timeline = Timeline()
    for product in one_flight()[:3]:
        timeline.add(product)
    lines = [line for product in (PRE, ALERT, FALLEN, OVER) for line in timeline.add(product)]
    assert [line.severity for line in lines] == ["urgent", "urgent", "urgent", "notice"]
    assert lines[1].text == "JPN: alert, impact: JP-05 (0.93) and JP-02 (0.04), not before 01:04:50 UTC"
    assert lines[1].elapsed_s == 70.0
    assert "expected to have come down on land: stay in shelter" in lines[2].text
    assert "expected to have passed" in lines[3].text


def test_lost_is_said_to_be_predicted():
    (line,) = Timeline().add(changed(80.0, status="update", lost=True))
    assert "predicted from its last track" in line.text


def test_many_areas_are_counted_not_listed():
    areas = [AreaWarning(f"JP-{n:02d}", 0.5 - n / 100, LAUNCHED) for n in range(1, 48)]
    (line,) = Timeline().add(changed(80.0, areas=areas))
    assert "JP-12 (0.38) and 35 more" in line.text


def test_pre_alerts_are_not_drawn_as_alerts():
    products = [PRE, ALERT, FALLEN, OVER]
    assert [(area.code, area.hazard) for area in alerted_areas(products)] == [("JP-02", "impact"), ("JP-05", "impact")]
    assert all(area.outlines for area in alerted_areas(products))
    rows = summary_rows(products)
    assert rows[0][3:5] == ("01:00:40 as pre-alert", "01:01:10")
    assert rows[0][-1] == "open: only a person clears it"
    assert rows[1][-1] == "01:05:05: it is expected to have passed"


def test_the_page_shows_them(tmp_path: Path):
    out, scenario = write_replay(tmp_path, [*one_flight(), PRE, ALERT, FALLEN, OVER])
    assert read_products(out)[-1] == OVER
    write_report(out, scenario, tmp_path / "report.html")
    page = (tmp_path / "report.html").read_text()
    assert "<h2>Warnings</h2>" in page
    assert page.count('class="warned impact"') >= 3
    assert "JPN: alert, impact: JP-05" in page
    assert page.count("<svg") == page.count("</svg>")
