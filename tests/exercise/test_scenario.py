"""Specs, scenario folders, dirt, satellites, and the command."""

import json
from collections import Counter
from pathlib import Path

import msgspec
import numpy as np
import pytest
import typer
from sgp4.api import WGS72, Satrec
from sgp4.exporter import export_tle
from typer.testing import CliRunner

from nadhir.cli import import_, simulate
from nadhir.exercise import scenario
from nadhir.exercise.satellites import satellites_in_sight
from nadhir.exercise.spec import (
    DirtSpec,
    FalseDetectionSpec,
    LaunchSpec,
    SatelliteSpec,
    Spec,
    SpecError,
    bundled_specs,
    load_sensors,
    load_spec,
)
from nadhir.geo.two_line_elements import ElementsError, read_elements
from nadhir.model import Sensor


@pytest.fixture
def app() -> typer.Typer:
    app = typer.Typer()
    simulate.register(app)
    import_.register(app)
    return app


def test_the_same_seed_gives_the_same_bytes_and_another_does_not(tmp_path: Path) -> None:
    spec = load_spec("single-short")
    for folder, seed in (("a", 4), ("b", 4), ("c", 5)):
        scenario.simulate(spec, seed, tmp_path / folder)
    names = ["detections.jsonl", "sensors.json", "truth.json", "truth.npz"]
    a, b, c = ([(tmp_path / folder / name).read_bytes() for name in names] for folder in "abc")
    assert a[:3] == b[:3]
    assert a[0] != c[0]
    states = [np.load(tmp_path / folder / "truth.npz")["a/payload"] for folder in "ab"]
    assert np.array_equal(*states)


def test_a_folder_is_in_the_fixed_format(tmp_path: Path) -> None:
    scenario.simulate(load_spec("single-medium"), 1, tmp_path)
    assert msgspec.json.decode((tmp_path / "sensors.json").read_bytes(), type=list[Sensor])
    truth = json.loads((tmp_path / "truth.json").read_text())
    payload = truth["objects"][0]
    wanted = {"object", "launch", "kind", "part", "fate", "start", "end", "burnout", "apogee_m"}
    assert wanted | {"ballistic_coefficient", "site", "impact"} <= set(payload)
    with np.load(tmp_path / "truth.npz") as arrays:
        lines = (tmp_path / "detections.jsonl").read_text().splitlines()
        assert len(arrays["origin"]) == len(lines) == truth["detections"]
        rows = arrays["a/payload"]
        assert np.allclose(np.diff(rows[:, 0]), 1.0)
        assert payload["start"] == rows[0, 0]
        assert 0 <= payload["end"] - rows[-1, 0] < 1.0
        assert set(arrays["origin"]) <= {o["object"] for o in truth["objects"]}
    radar = next(json.loads(line) for line in lines if "range_m" in line)
    fields = ["sensor", "time", "received", "range_m", "azimuth_deg", "elevation_deg", "range_rate_mps"]
    assert list(radar) == fields


def test_every_bundled_spec_loads() -> None:
    assert {"single-mixed", "raid", "quiet"} <= set(bundled_specs())
    for name in bundled_specs():
        assert load_sensors(load_spec(name))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"name": "x"', "x.json"),
        ('{"name": "x", "launches": [{"class": "SRBN"}]}', "SRBN"),
        ('{"name": "x", "launches": [{"class": "SRBM", "azimut_deg": [1, 2]}]}', "azimut_deg"),
        ('{"name": "x"}', "duration_s"),
    ],
)
def test_a_bad_spec_is_one_clear_line(tmp_path: Path, text: str, message: str, app: typer.Typer) -> None:
    path = tmp_path / "x.json"
    path.write_text(text)
    with pytest.raises(SpecError, match=message):
        load_spec(str(path))
    run = CliRunner().invoke(app, ["simulate", str(path), "--out", str(tmp_path / "out")])
    assert run.exit_code == 2
    assert message in run.output
    assert run.output.count("\n") == 1


def test_an_unknown_name_lists_the_bundled_ones() -> None:
    with pytest.raises(SpecError, match="single-mixed"):
        load_spec("nothing-of-the-kind")


def test_a_toml_spec_with_its_own_sensors(tmp_path: Path, app: typer.Typer) -> None:
    sensors = load_sensors(load_spec("quiet"))[:3]
    (tmp_path / "mine.json").write_bytes(msgspec.json.encode(sensors))
    spec = tmp_path / "x.toml"
    spec.write_text('name = "x"\nsensors = "mine.json"\n[[launches]]\nclass = "SRBM"\nburn_s = [55, 55]\n')
    run = CliRunner().invoke(app, ["simulate", str(spec), "--seed", "2", "--out", str(tmp_path / "out")])
    assert run.exit_code == 0, run.output
    assert len(json.loads((tmp_path / "out" / "sensors.json").read_text())) == 3
    truth = json.loads((tmp_path / "out" / "truth.json").read_text())["objects"][0]
    assert truth["burnout"] - truth["start"] == pytest.approx(55.0)


def test_dirt_of_every_kind(tmp_path: Path) -> None:
    dirt = DirtSpec(late=0.02, repeated=0.02, damaged=0.02, unknown_sensor=0.02, impossible=0.02, clock=0.02)
    spec = Spec(name="x", launches=(LaunchSpec("SRBM"),), dirt=dirt)
    scenario.simulate(spec, 1, tmp_path)
    found: Counter[str] = Counter()
    seen, newest = set(), 0.0
    for line in (tmp_path / "detections.jsonl").read_text().splitlines():
        try:
            d = json.loads(line)
            key = tuple((k, tuple(v) if isinstance(v, list) else v) for k, v in d.items() if k != "received")
            found["repeated"] += key in seen
            found["late"] += d["received"] < newest - 1.0
            seen.add(key)
            newest = max(newest, d["received"])
            found["unknown"] += d["sensor"] == "NO-SUCH"
            found["clock"] += abs(d["received"] - d["time"]) > 600
            found["impossible"] += d.get("range_m", 1.0) <= 0 or abs(d.get("elevation_deg", 0)) > 90
        except (ValueError, KeyError):
            found["damaged"] += 1
    assert all(found[kind] > 0 for kind in ("repeated", "late", "unknown", "clock", "impossible", "damaged"))


def test_a_quiet_sky_holds_satellites_and_false_detections(tmp_path: Path) -> None:
    false_detections = FalseDetectionSpec(radar=0.2, infrared=0.1)
    spec = Spec(name="x", duration_s=120.0, satellites=SatelliteSpec(count=5), false_detections=false_detections)
    truth = scenario.simulate(spec, 1, tmp_path)
    assert [o["kind"] for o in truth["objects"]] == ["satellite"] * 5
    with np.load(tmp_path / "truth.npz") as arrays:
        assert "clutter" in arrays["origin"]
        speeds = np.linalg.norm(arrays["sat0"][:, 4:], axis=1)
        assert np.all((speeds > 6000.0) & (speeds < 8200.0))


def test_satellites_from_two_line_elements(tmp_path: Path) -> None:
    record = Satrec()
    # An invented near-circular orbit at 97 degrees; its epoch is 2026-03-01 (days since 1949-12-31).
    record.sgp4init(WGS72, "i", 99001, 27819.0, 0.0, 0.0, 0.0, 0.001, 0.0, 1.7, 0.0, 0.0646, 1.0)
    path = tmp_path / "elements.txt"
    path.write_text("INVENTED\n" + "\n".join(export_tle(record)) + "\n")
    sensors = load_sensors(load_spec("quiet"))
    start = 1772323200.0
    bodies = satellites_in_sight(read_elements(path), sensors, start, start + 86400.0 / 2)
    assert [body.name for body in bodies] == ["sat99001"]
    rows = bodies[0].rows
    travelled = np.linalg.norm(np.diff(rows[:, 1:4], axis=0), axis=1)
    speed = np.linalg.norm(rows[:, 4:], axis=1)
    assert travelled == pytest.approx(0.5 * (speed[1:] + speed[:-1]), rel=1e-4)
    with pytest.raises(ElementsError, match="no two-line elements"):
        read_elements(Path(__file__))
