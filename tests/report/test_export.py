import csv
import json
from pathlib import Path

import numpy as np
import pytest
import typer
from made_up_flights import one_flight, write_replay
from typer.testing import CliRunner

from nadhir.cli.export import register
from nadhir.model import Ellipse
from nadhir.report.export import COLUMNS, cut_area, cut_line
from nadhir.report.shapes import ellipse_outline, ground_distance_m


@pytest.fixture
def app() -> typer.Typer:
    application = typer.Typer()
    application.callback()(lambda: None)
    register(application)
    return application


def run(app: typer.Typer, folder: Path, form: str, *more: str) -> Path:
    out, _ = write_replay(folder, one_flight(fall=(37.3, 185.0)))
    result = CliRunner().invoke(app, ["export", str(out), "--format", form, "--out", str(folder / "file"), *more])
    assert result.exit_code == 0, result.output
    return folder / "file"


def signed_area(ring: list[list[float]]) -> float:
    x, y = np.array(ring).T
    return float((x[:-1] * y[1:] - x[1:] * y[:-1]).sum() / 2)


def test_csv_has_a_row_for_each_product_but_assessments(app: typer.Typer, tmp_path: Path) -> None:
    with run(app, tmp_path, "csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert tuple(rows[0]) == COLUMNS
    assert {row["mode"] for row in rows} == {"replay"}
    flight = one_flight()
    for kind in ("launch", "track", "impact"):
        written = [row for row in rows if row["kind"] == kind]
        assert len(written) == sum(type(p).__name__.lower().startswith(kind) for p in flight)
    track = next(row for row in rows if row["kind"] == "track")
    assert track["time_utc"] == "2026-03-03T01:00:42.000Z"
    assert float(track["position_sigma_m"]) == pytest.approx(100 * 3**0.5, abs=0.1)
    assert float(track["height_m"]) == pytest.approx(1e6 * 0.14 * 0.86, abs=1.0)


def test_geojson_keeps_to_rfc_7946(app: typer.Typer, tmp_path: Path) -> None:
    collection = json.loads(run(app, tmp_path, "geojson", "--event", "E1").read_text())
    assert collection["type"] == "FeatureCollection"
    assert "Not an official warning" in collection["notice"]
    kinds = {f["properties"]["kind"] for f in collection["features"]}
    assert kinds == {"launch", "launch-ellipse", "path", "predicted-path", "impact", "impact-ellipse"}
    for feature in collection["features"]:
        geometry = feature["geometry"]
        if geometry["type"] == "Polygon":
            ring = geometry["coordinates"][0]
            assert ring[0] == ring[-1]
            assert signed_area(ring) > 0
        numbers = np.array(
            json.loads(json.dumps(geometry["coordinates"]).replace("[", " ").replace("]", " ").join("[]"))
        )
        assert np.isfinite(numbers).all()
    path = next(f for f in collection["features"] if f["properties"]["kind"] == "path")
    assert path["geometry"]["type"] == "MultiLineString"
    before, after = path["geometry"]["coordinates"]
    assert before[-1][0] == 180.0
    assert after[0][0] == -180.0
    assert before[-1][1:] == after[0][1:]


def test_an_ellipse_across_the_dateline_is_cut_in_two() -> None:
    whole = ellipse_outline(10.0, 179.9, Ellipse(50e3, 20e3, 60.0))
    east, west = cut_area(whole)
    assert signed_area(east) > 0
    assert signed_area(west) > 0
    assert signed_area(east) + signed_area(west) == pytest.approx(signed_area(whole.tolist()), rel=1e-4)
    assert max(abs(x) for x, _ in east + west) <= 180.0


def test_a_line_that_comes_back_is_cut_twice() -> None:
    line = np.array([[179.0, 0.0, 0.0], [181.0, 1.0, 10.0], [179.0, 2.0, 20.0]])
    parts = cut_line(line)
    assert [part[0][0] for part in parts] == [179.0, -180.0, 180.0]
    assert [part[-1][0] for part in parts] == [180.0, -180.0, 179.0]


def test_an_ellipse_has_its_axes() -> None:
    region = Ellipse(40e3, 10e3, 30.0)
    outline = ellipse_outline(40.0, 135.0, region)
    distances = [ground_distance_m((40.0, 135.0), (y, x)) for x, y in outline]
    assert max(distances) == pytest.approx(40e3, rel=1e-6)
    assert min(distances) == pytest.approx(10e3, rel=1e-3)
    far = outline[int(np.argmax(distances))]
    assert np.degrees(np.arctan2((far[0] - 135.0) * np.cos(np.radians(40.0)), far[1] - 40.0)) % 180 == pytest.approx(
        30.0, abs=0.5
    )


def test_wrong_use_is_one_line_and_status_2(app: typer.Typer, tmp_path: Path) -> None:
    out, _ = write_replay(tmp_path, one_flight())
    for folder, event, words in ((tmp_path / "none", "E1", "no such file"), (out, "E7", "no event E7")):
        arguments = ["export", str(folder), "--event", event, "--format", "csv", "--out", str(tmp_path / "x")]
        result = CliRunner().invoke(app, arguments)
        assert result.exit_code == 2
        assert words in result.output
        assert len(result.output.strip().splitlines()) == 1
