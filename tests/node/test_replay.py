"""A replay of the first minutes of the example: its files, their form, and that it repeats and never looks ahead."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from nadhir.alerts import read_rules
from nadhir.geo.areas import read_areas
from nadhir.model import CLASSES
from nadhir.node import replay_folder
from nadhir.sensors import ScenarioError

EXAMPLE = Path(__file__).parents[2] / "examples" / "toward-land"
LINES = gzip.decompress((EXAMPLE / "detections.jsonl.gz").read_bytes()).splitlines()[:1300]
"""Two minutes past burnout; the vehicle and its stage are told apart."""
FILES = ("products.jsonl", "explanations.jsonl", "rejected.jsonl", "summary.json")
ELLIPSE = {"semi_major_m", "semi_minor_m", "azimuth_deg"}
PLACE_AND_TIME = {"time", "time_sigma_s", "latitude_deg", "longitude_deg", "ellipse_90"}
FIXED = {
    "launch": {"kind", "event", "issued", "status", "looks"} | PLACE_AND_TIME,
    "track": {"kind", "object", "event", "issued", "time", "phase", "position_m", "velocity_mps", "covariance"},
    "impact": {"kind", "object", "event", "phase", "issued"} | PLACE_AND_TIME,
    "assessment": {"kind", "object", "event", "issued", "class", "reaches_orbit"},
    "warning": {"kind", "warning", "events", "objects", "issued", "status", "hazard", "areas", "mode", "reason"},
}
PHASES = {"boost", "coast", "reentry", "orbit", "lost", "down"}


def scenario(folder: Path, lines: list[bytes]) -> Path:
    folder.mkdir()
    (folder / "sensors.json").write_bytes((EXAMPLE / "sensors.json").read_bytes())
    (folder / "detections.jsonl").write_bytes(b"\n".join(lines) + b"\n")
    return folder


def products_of(out: Path) -> list[dict]:
    return [json.loads(line) for line in (out / "products.jsonl").read_bytes().splitlines()]


def command(*arguments: object, hash_seed: str = "0") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from nadhir.cli import main; main()", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=500,
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
    )


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, list[bytes]], Path]:
    """Replays lines into a folder of the given name."""
    base = tmp_path_factory.mktemp("replay")

    def replayed(name: str, lines: list[bytes]) -> Path:
        replay_folder(scenario(base / f"{name}-in", lines), base / name)
        return base / name

    return replayed


@pytest.fixture(scope="module")
def out(run) -> Path:
    return run("first", LINES)


@pytest.fixture(scope="module")
def products(out) -> list[dict]:
    return products_of(out)


def of_kind(products: list[dict], kind: str) -> list[dict]:
    return [product for product in products if product["kind"] == kind]


def test_every_kind_has_its_fixed_fields(products):
    assert {product["kind"] for product in products} == set(FIXED)
    for product in products:
        assert FIXED[product["kind"]] <= set(product), product
        assert product.get("event") is None or isinstance(product["event"], str)
        if "ellipse_90" in product:
            ellipse = product["ellipse_90"]
            assert set(ellipse) == ELLIPSE
            assert 0.0 < ellipse["semi_minor_m"] <= ellipse["semi_major_m"]
            assert 0.0 <= ellipse["azimuth_deg"] < 360.0
            assert product["time_sigma_s"] > 0.0
            assert abs(product["latitude_deg"]) <= 90.0
            assert abs(product["longitude_deg"]) <= 180.0


def test_launches(products):
    launches = of_kind(products, "launch")
    assert [launch["status"] for launch in launches] == ["report"] + ["update"] * (len(launches) - 1)
    sensors = {sensor["id"] for sensor in json.loads((EXAMPLE / "sensors.json").read_text())}
    assert all(launch["looks"] and set(launch["looks"]) <= sensors for launch in launches)


def test_tracks(products):
    for track in of_kind(products, "track"):
        assert track["phase"] in PHASES
        assert track["time"] <= track["issued"]
        assert len(track["position_m"]) == len(track["velocity_mps"]) == 3
        assert len(track["covariance"]) == 21
        upper = np.zeros((6, 6))
        upper[np.triu_indices(6)] = track["covariance"]
        scale = np.sqrt(np.diag(upper))
        correlation = (upper + upper.T - np.diag(np.diag(upper))) / np.outer(scale, scale)
        assert np.linalg.eigvalsh(correlation).min() > -1e-9


def test_assessments(products):
    for assessment in of_kind(products, "assessment"):
        assert set(assessment["class"]) == set(CLASSES)
        assert sum(assessment["class"].values()) == pytest.approx(1.0, abs=1e-9)
        assert min(assessment["class"].values()) >= 0.0
        assert 0.0 <= assessment["reaches_orbit"] <= 1.0


def test_warnings(out, products):
    """Akita is told in time and alone; only what may be down on land stays open; each word has its numbers."""
    warnings = of_kind(products, "warning")
    impact = [warning for warning in warnings if warning["hazard"] == "impact" and warning["authority"] == "JPN"]
    launched = of_kind(products, "launch")[-1]["time"]
    assert impact[0]["status"] == "pre-alert"
    assert impact[0]["issued"] - launched < 60.0
    alerts = [warning for warning in impact if warning["status"] in ("alert", "update")]
    assert "JP-05" in {area["code"] for area in alerts[0]["areas"]}
    assert len(alerts[0]["areas"]) <= 9
    assert [area["code"] for area in alerts[-1]["areas"]] == ["JP-05"]
    assert alerts[-1]["areas"][0]["probability"] > 0.9
    assert alerts[-1]["fallen"]
    last = {warning["warning"]: warning for warning in warnings}
    assert all(warning["fallen"] or warning["reason"] for warning in last.values())
    assert {warning["mode"] for warning in warnings} == {"replay"}
    told = [json.loads(line) for line in (out / "explanations.jsonl").read_bytes().splitlines()]
    assert [(w["warning"], w["revision"]) for w in warnings] == [(e["warning"], e["revision"]) for e in told]


def test_a_warning_is_explained(out, products):
    said = command("warn", "explain", "JPN-0001", "--products", out)
    assert said.returncode == 0, said.stderr
    assert "pre-alert" in said.stdout
    assert "JP-05: " in said.stdout
    missing = command("warn", "explain", "JPN-9999", "--products", out)
    assert missing.returncode == 2
    assert "there are: " in missing.stderr
    assert missing.stderr.count("\n") == 1


@pytest.mark.parametrize("kind", ["track", "impact"])
def test_at_most_one_a_second_besides_changes_of_phase(products, kind):
    before: dict[str, dict] = {}
    for product in of_kind(products, kind):
        last = before.get(product["object"])
        if last and last["phase"] == product["phase"]:
            assert product["issued"] - last["issued"] > 1.0 - 1e-5
        before[product["object"]] = product


def test_issued_never_goes_back(products):
    issued = [product["issued"] for product in products]
    assert issued == sorted(issued)


def test_what_comes_down_is_said_to_be_down(products):
    expected = {impact["object"] for impact in of_kind(products, "impact")}
    down = {track["object"] for track in of_kind(products, "track") if track["phase"] == "down"}
    assert len(expected) == 2
    assert down == expected


def test_counts_add_up(out, products):
    summary = json.loads((out / "summary.json").read_text())
    assert summary["lines"] == len(LINES)
    assert summary["rejected"] == {}
    assert (out / "rejected.jsonl").read_bytes() == b""
    assert summary["used"] + summary["unused_late"] <= len(LINES)
    assert summary["events"] == len({launch["event"] for launch in of_kind(products, "launch")}) == 1
    assert summary["objects"] == len({track["object"] for track in of_kind(products, "track")}) == 2
    received = [json.loads(line)["received"] for line in LINES]
    assert summary["seconds"] == pytest.approx(max(received) - received[0], abs=1.0)


def test_nothing_depends_on_a_later_line(run, products):
    shorter = LINES[:900]
    cut = max(json.loads(line)["received"] for line in shorter)
    expected = [product for product in products if product["issued"] < cut]
    assert len(expected) > 300
    assert products_of(run("shorter", shorter))[: len(expected)] == expected


def test_no_line_set_aside_moves_anything(run, out):
    dirty, causes = [], []
    for number, line in enumerate(LINES):
        dirty.append(line)
        fields = json.loads(line)
        bad = {
            "damaged": line[: len(line) // 2],
            "unknown-sensor": json.dumps({**fields, "sensor": "nobody"}).encode(),
            "impossible": json.dumps({**fields, "elevation_deg": 95.0, "line_of_sight": [0, 0, 2]}).encode(),
            "clock": json.dumps({**fields, "time": fields["received"] + 1e4}).encode(),
            "repeat": json.dumps({**fields, "received": fields["received"] + 3.0}).encode(),
        }
        if number % 7 == 3:
            causes.append(list(bad)[number % len(bad)])
            dirty.append(bad[causes[-1]])
    dirtied = run("dirty", dirty)
    assert (dirtied / "products.jsonl").read_bytes() == (out / "products.jsonl").read_bytes()
    rejected = [json.loads(line) for line in (dirtied / "rejected.jsonl").read_bytes().splitlines()]
    assert [one["cause"] for one in rejected] == causes
    assert all(one["text"] == dirty[one["line"] - 1].decode()[:200] for one in rejected)
    summary = json.loads((dirtied / "summary.json").read_text())
    assert summary["rejected"] == {cause: causes.count(cause) for cause in sorted(set(causes))}
    assert summary["lines"] == len(dirty)


def test_values_at_the_edge_of_the_possible_stop_nothing(run):
    radar = next(fields for line in LINES if "range_m" in (fields := json.loads(line)))
    infrared = next(fields for line in LINES if "line_of_sight" in (fields := json.loads(line)))
    received = json.loads(LINES[-1])["received"]
    edges = [
        {**radar, "azimuth_deg": 1e308},
        {**radar, "range_rate_mps": -1e308},
        {**radar, "range_m": 1e-300, "elevation_deg": 90.0},
        {**infrared, "line_of_sight": [0.0, 0.0, 1.0]},
    ]
    edges = [{**edge, "time": received, "received": received + 0.1} for edge in edges]
    far = [{**radar, "time": time, "received": time} for time in (-5e10, 0.0, received + 1e7, 5e10)]
    out = run("edges", [*LINES[:50], *(json.dumps(fields).encode() for fields in [*edges, *far])])
    assert json.loads((out / "summary.json").read_text())["lines"] == 58
    assert run("nothing", []).joinpath("products.jsonl").read_bytes() == b""


def test_the_command_gives_the_same_bytes_and_a_page(tmp_path, out):
    folder, page = scenario(tmp_path / "in", LINES), tmp_path / "pages" / "report.html"
    page.parent.mkdir()
    said = command("replay", folder, "--out", tmp_path / "out", "--report", page, hash_seed="7")
    assert said.returncode == 0, said.stderr
    for name in FILES:
        assert (tmp_path / "out" / name).read_bytes() == (out / name).read_bytes(), name
    assert "not an official warning" in said.stdout
    assert "1 launches, 2 objects from 1300 lines" in said.stdout
    assert page.read_text().startswith("<!doctype html>")


def test_a_nation_brings_its_own_areas_and_rules(tmp_path):
    """Everything that the flight may reach is one area of one authority."""
    ring = [[130.0, 30.0], [145.0, 30.0], [145.0, 46.0], [130.0, 46.0], [130.0, 30.0]]
    feature = {"properties": {"code": "XA-1"}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
    (tmp_path / "areas.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    (tmp_path / "rules.toml").write_text('[OWN]\nareas = ["XA"]\npre_alert = {probability = 0.1, reach_m = 4e6}\n'
        "[OWN.impact]\ndistrict = {alert = 0.1, leave = 0.1, neighbour = 0.1}\n"
        "country = {alert = 0.1, leave = 0.1, neighbour = 0.1}\n")  # fmt: skip
    areas, rules = read_areas(tmp_path / "areas.geojson"), read_rules(tmp_path / "rules.toml")
    replay_folder(scenario(tmp_path / "in", LINES), tmp_path / "out", areas=areas, rules=rules)
    said = [json.loads(line) for line in (tmp_path / "out" / "products.jsonl").read_text().splitlines()]
    said = [one for one in said if one["kind"] == "warning"]
    assert said
    assert {(one["authority"], area["code"]) for one in said for area in one["areas"]} == {("OWN", "XA-1")}


@pytest.mark.parametrize("option", ["--areas", "--rules"])
def test_areas_and_rules_that_cannot_be_used_are_one_line(tmp_path, option):
    (tmp_path / "broken").write_text("[")
    said = command(
        "replay", scenario(tmp_path / "in", LINES[:10]), "--out", tmp_path / "out", option, tmp_path / "broken"
    )
    assert (said.returncode, said.stderr.count("\n")) == (2, 1)
    assert str(tmp_path / "broken") in said.stderr


@pytest.mark.parametrize("broken", [None, "sensors", "detections", "no file of detections"])
def test_what_cannot_be_read_is_one_line_and_exit_code_2(tmp_path, broken):
    folder = tmp_path / "in"
    if broken:
        scenario(folder, LINES[:10])
    if broken == "sensors":
        (folder / "sensors.json").write_text('[{"id": 1}]')
    elif broken:
        (folder / "detections.jsonl").unlink()
    if broken == "detections":
        (folder / "detections.jsonl.gz").write_bytes(b"no gzip")
    said = command("replay", folder, "--out", tmp_path / "out", "--quiet")
    assert said.returncode == 2
    assert said.stderr.startswith("error: ")
    assert said.stderr.count("\n") == 1
    assert str(folder) in said.stderr


def test_a_folder_that_cannot_be_read_leaves_nothing_behind(tmp_path):
    with pytest.raises(ScenarioError, match="no such folder"):
        replay_folder(tmp_path / "nowhere", tmp_path / "out")
    assert not (tmp_path / "out").exists()
