"""Real flights from coarse telemetry: what is put in comes out again, and unpowered arcs are ballistic."""

import csv
import gzip
import json
import math
from pathlib import Path

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from nadhir.cli import import_
from nadhir.exercise.classes import draw_flight
from nadhir.exercise.dynamics import free_flight, integrate
from nadhir.exercise.flights import Body, fly
from nadhir.exercise.spec import LaunchSpec, Place
from nadhir.exercise.telemetry import import_telemetry, reconstruct
from nadhir.exercise.telemetry_burns import find_burns
from nadhir.exercise.telemetry_reading import TelemetryError, read_events, read_telemetry

PUBLISHED = Path(__file__).parents[3] / "shared" / "data" / "spacex_telemetry"
SITE, AZIMUTH = (math.radians(28.6), math.radians(-80.6)), math.radians(90.0)


@pytest.fixture(scope="module")
def flown() -> Body:
    spec = LaunchSpec("SRBM", site=Place(28.6, -80.6), azimuth_deg=(90, 90), apogee_m=150e3, range_m=450e3)
    return fly(draw_flight(spec, np.random.default_rng(3)))[0]


def coarse_table(body: Body) -> dict[str, list[float]]:
    """What a webcast would show of a body until it is down to 40 km: whole km/h, 0.1 or 1 km, and two glitches."""
    times = np.arange(0.0, 600.0, 0.2)
    times = times[times < body.rows[-1, 0]]
    states = body.at(times)
    heights = np.interp(times, body.rows[:, 0], body.heights_m) / 1e3
    keep = times < times[np.argmax(heights)] + times[(heights > 40.0)][-1] - times[np.argmax(heights)]
    speed = np.round(np.linalg.norm(states[:, 3:], axis=1) * 3.6) / 3.6
    height = np.where(heights < 100.0, np.round(heights, 1), np.round(heights))
    speed[300], height[700] = 9.0, 900.0
    return {"time": times[keep].tolist(), "velocity": speed[keep].tolist(), "altitude": height[keep].tolist()}


def test_a_known_flight_comes_out_again(flown: Body, tmp_path: Path) -> None:
    path = tmp_path / "flight.json.gz"
    path.write_bytes(gzip.compress(json.dumps(coarse_table(flown)).encode()))
    telemetry = read_telemetry(path)
    burns = find_burns(telemetry, {}, None)
    assert burns.burnout_s == pytest.approx(flown.burnout, abs=1.0)
    fitted = reconstruct(telemetry, *SITE, AZIMUTH, burns)
    times = telemetry.time_s[(telemetry.time_s > burns.burnout_s) & (telemetry.time_s < fitted.rows[-1, 0])]
    ours = np.stack([np.interp(times, fitted.rows[:, 0], fitted.rows[:, k]) for k in range(1, 7)], axis=1)
    error = ours - flown.at(times)
    assert np.median(np.linalg.norm(error[:, :3], axis=1)) < 1500.0
    assert np.median(np.linalg.norm(error[:, 3:], axis=1)) < 10.0
    assert abs(fitted.height_residual_m) < 400.0


def test_the_arc_after_cutoff_is_ballistic_and_all_is_continuous(flown: Body, tmp_path: Path) -> None:
    path = tmp_path / "flight.csv"
    table = coarse_table(flown)
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(table)
        writer.writerows(zip(*table.values(), strict=True))
    telemetry = read_telemetry(path)
    burns = find_burns(telemetry, {"meco": round(flown.burnout or 0.0)}, None)
    fitted = reconstruct(telemetry, *SITE, AZIMUTH, burns)
    rows = fitted.rows
    begin = int(np.searchsorted(rows[:, 0], burns.burnout_s + 1.0))
    heights = np.interp(rows[:, 0], telemetry.time_s, telemetry.height_m)
    end = int(np.flatnonzero(heights > 60e3)[-1])
    free, _ = integrate(
        rows[begin, 1:], free_flight(rows[begin, 0], rows[end, 0] - rows[begin, 0], fitted.ballistic_coefficient)
    )
    assert np.linalg.norm(free[-1, 1:4] - rows[end, 1:4]) < 5.0
    step = np.diff(rows, axis=0)
    mean = 0.5 * (rows[1:, 4:] + rows[:-1, 4:])
    assert np.max(np.linalg.norm(step[:, 1:4] - mean * step[:, :1], axis=1)) < 3.0


@pytest.mark.parametrize(
    ("titles", "factors"),
    [
        (("time", "velocity", "altitude"), (1.0, 3.6, 1.0)),
        (("t", "speed", "height"), (1.0, 1.0, 1e3)),
        (("Time (ms)", "Speed [km/h]", "Altitude (ft)"), (1e3, 3.6, 1e3 / 0.3048)),
    ],
)
def test_units_come_from_names_or_from_the_rise(
    flown: Body, tmp_path: Path, titles: tuple[str, ...], factors: tuple[float, ...]
) -> None:
    plain, other = tmp_path / "plain.json", tmp_path / "other.json"
    table = coarse_table(flown)
    plain.write_text(json.dumps(table))
    columns = [[factor * value for value in column] for factor, column in zip(factors, table.values(), strict=True)]
    records: list[dict[str, float | None]] = [dict(zip(titles, row, strict=True)) for row in zip(*columns, strict=True)]
    records += [*records[:50], dict.fromkeys(titles, math.nan), dict.fromkeys(titles)]
    other.write_text(json.dumps(records[::-1]))
    expected, telemetry = read_telemetry(plain), read_telemetry(other)
    assert telemetry.time_s == pytest.approx(expected.time_s, abs=0.5)
    assert telemetry.speed_mps == pytest.approx(expected.speed_mps, abs=10.0)
    assert telemetry.height_m == pytest.approx(expected.height_m, abs=500.0)


def test_the_flight_ends_at_a_long_gap(flown: Body, tmp_path: Path) -> None:
    path = tmp_path / "flight.json"
    table = coarse_table(flown)
    last = table["time"][-1]
    for name, value in (("velocity", 7000.0), ("altitude", 900.0)):
        table[name] += [value] * 60
    table["time"] += [last + 1000.0 + k for k in range(60)]
    path.write_text(json.dumps(table))
    assert read_telemetry(path).time_s[-1] == pytest.approx(last, abs=1.0)


def test_events_may_have_holes(tmp_path: Path) -> None:
    (tmp_path / "events.json").write_text('{"MECO": 145, "boostback_start": null, "note": "x", "seco": "T+00:08:20"}')
    assert read_events(tmp_path / "flight.json") == {"meco": 145.0, "seco1": 500.0}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "neither"),
        ('{"time": [1]}', "velocity, altitude"),
        ('{"time": [1], "velocity": [1], "altitude": [1, 2]}', "length"),
        ("[1, 2]", "table of named columns"),
        (json.dumps({n: list(range(400, 500)) for n in ("time", "velocity", "altitude")}), "begins 400 s after"),
        (
            json.dumps({n: [0.0] * 100 for n in ("velocity", "altitude")} | {"time": list(range(100))}),
            "name their units",
        ),
    ],
)
def test_bad_telemetry_is_one_clear_line(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "x.json"
    path.write_text(text)
    with pytest.raises(TelemetryError, match=message):
        read_telemetry(path)


def test_the_command_writes_a_scenario(flown: Body, tmp_path: Path) -> None:
    path = tmp_path / "flight.json"
    path.write_text(json.dumps(coarse_table(flown)))
    app = typer.Typer()
    import_.register(app)
    common = ["import", "telemetry", "--azimuth", "90", "--out", str(tmp_path / "out")]
    run = CliRunner().invoke(app, [*common, "--site", "28.6,-80.6", str(path)])
    assert run.exit_code == 0, run.output
    truth = json.loads((tmp_path / "out" / "truth.json").read_text())["objects"][0]
    assert truth["burnout"] - truth["start"] == pytest.approx(flown.burnout, abs=1.0)
    assert truth["apogee_m"] == pytest.approx(150e3, abs=500.0)
    kinds = {line[11:15] for line in (tmp_path / "out" / "detections.jsonl").read_text().splitlines()}
    assert kinds == {"N-IR", "N-RA"}
    assert CliRunner().invoke(app, [*common, "--site", "nowhere", str(path)]).exit_code == 2
    assert CliRunner().invoke(app, [*common, "--site", "28,-80", str(tmp_path / "none.json")]).exit_code == 2


@pytest.mark.skipif(not PUBLISHED.exists(), reason="published telemetry is not beside the project")
@pytest.mark.parametrize("name", ["BulgariaSat-1", "SpaceX_CRS-11"])
def test_published_boosters_are_fitted_to_their_own_grain(name: str, tmp_path: Path) -> None:
    path = PUBLISHED / name / "analysed.json"
    events = json.loads((PUBLISHED / name / "events.json").read_text())
    fitted = import_telemetry(path, *SITE, AZIMUTH, tmp_path)
    assert fitted.speed_residual_mps < 2.0
    assert fitted.height_residual_m < 60.0
    truth = json.loads((tmp_path / "truth.json").read_text())["objects"][0]
    assert truth["burnout"] - truth["start"] == pytest.approx(events["meco"], abs=1.0)
    assert truth["apogee_m"] == pytest.approx(1e3 * max(json.loads(path.read_text())["altitude"]), abs=300.0)
