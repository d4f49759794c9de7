"""Real traffic as detections: reading, cutting what does not hang together, and a sky without a launch."""

import gzip
import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from nadhir.cli import app
from nadhir.exercise.spec import Spec, SpecError, load_sensors
from nadhir.exercise.traffic import Traffic, epoch_of, import_traffic, observe_traffic, read_aircraft, read_fireballs
from nadhir.geo import ecef_to_geodetic
from nadhir.geo.two_line_elements import read_elements
from nadhir.model import InfraredDetection, RadarDetection
from nadhir.node import replay_folder

SHARED = Path(__file__).parents[3] / "shared" / "data"
START = 1772323200.0
FIREBALLS = (
    "when,latitude,longitude,altitude,velocity,vx,vy,vz,energy,impact\n"
    '"2024-01-01 00:00:00","46.0N","8.0E","30.0","15.0","-9.0","-1.2","-12.0","2e10","0.1"\n'
    '"2024-01-02 00:00:00","","","","","","","","2e10","0.1"\n'
    '"2024-01-03 00:00:00","10.0S","20.0W","","","","","","2e10","0.1"\n'
)


def flight(name: str, first_s: float, seconds: range, knots: float = 450.0) -> list[dict[str, object]]:
    """East along 46.5° north from 7° east, at 35,000 feet."""
    degrees_per_s = knots * 1852.0 / 3600.0 / (111_320.0 * math.cos(math.radians(46.5)))
    return [
        {
            "timestamp": 1000 * (START + first_s + second),
            "icao24": name,
            "latitude": 46.5,
            "longitude": 7.0 + degrees_per_s * second,
            "altitude": 35000.0,
        }
        for second in seconds
    ]


def written(path: Path, rows: object) -> Path:
    path.write_text(json.dumps(rows))
    return path


def test_a_flight_of_rows_or_of_columns_is_the_same(tmp_path: Path) -> None:
    rows = flight("a", 0.0, range(0, 200, 10))
    columns = {name: {str(i): row[name] for i, row in enumerate(rows)} for name in rows[0]}
    (one,) = read_aircraft(written(tmp_path / "rows.json", rows))
    (same,) = read_aircraft(written(tmp_path / "columns.json", columns))
    assert np.array_equal(one.rows, same.rows)
    assert one.rows[0, 0] == 0.0
    assert np.linalg.norm(one.rows[:, 4:], axis=1) == pytest.approx(450.0 * 1852.0 / 3600.0, rel=0.02)
    assert ecef_to_geodetic(one.rows[3, 1:4])[2] == pytest.approx(35000.0 * 0.3048, abs=0.1)


def test_a_flight_is_cut_at_gaps_and_jumps_and_without_positions(tmp_path: Path) -> None:
    rows = flight("a", 0.0, range(0, 100, 10)) + flight("a", 500.0, range(0, 100, 10))
    for row in rows[15:]:
        row["latitude"] = 48.0
    rows.append({**rows[0], "timestamp": rows[0]["timestamp"], "altitude": None})
    bodies = read_aircraft(written(tmp_path / "rows.json", rows))
    assert [len(body.rows) for body in bodies] == [10, 5, 5]


@pytest.mark.parametrize("text", ["", "{", "[1]", '[{"icao24": "a"}]'])
def test_what_is_no_traffic_is_one_clear_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.json"
    path.write_text(text)
    with pytest.raises(SpecError, match="cannot read aircraft"):
        read_aircraft(path)
    out = CliRunner().invoke(app, ["import", "traffic", "--aircraft", str(path), "--out", str(tmp_path / "out")])
    assert out.exit_code == 2


def test_fireballs_have_a_place_a_path_and_a_time(tmp_path: Path) -> None:
    path = tmp_path / "fireballs.csv"
    path.write_text(FIREBALLS)
    first, second = read_fireballs(path)
    assert first.burning[0][0] < 30.0 < first.burning[0][1]
    assert second.burning[0][0] < 90.0 < second.burning[0][1]
    assert np.linalg.norm(first.rows[0, 4:]) == pytest.approx(math.sqrt(9.0**2 + 1.2**2 + 12.0**2) * 1e3)
    latitude, longitude, height_m = ecef_to_geodetic(second.at(np.array([90.0]))[0, :3])
    assert (math.degrees(latitude), math.degrees(longitude)) == pytest.approx((-10.0, -20.0))
    assert height_m == pytest.approx(35e3, abs=1.0)


def test_pieces_join_without_a_seam(tmp_path: Path) -> None:
    path = tmp_path / "fireballs.csv"
    path.write_text(FIREBALLS)
    aircraft = read_aircraft(written(tmp_path / "rows.json", flight("a", 0.0, range(0, 100, 10))))
    sensors = load_sensors(Spec("x", sensors="traffic"))
    traffic = Traffic(aircraft, read_fireballs(path))
    seen = list(observe_traffic(traffic, sensors, START, 400.0, np.random.default_rng(1)))
    received = [one.detection.received for one in seen]
    assert received == sorted(received)
    kinds = {one.origin.split()[0] for one in seen}
    assert kinds == {"aircraft", "fireball", "clutter"}
    # The data are 90 s long, their programme two minutes: the aircraft flies again at 120 s, 240 s, 360 s.
    times = np.array([d.time - START for d in (one.detection for one in seen if one.origin == "aircraft a")])
    assert {int(time // 120.0) for time in times} == {0, 1, 2, 3}
    assert not np.any((times > 91.0) & (times < 119.0))
    scans = {}
    for one in seen:
        scans.setdefault(one.detection.sensor, set()).add(one.detection.time)
    for sensor in sensors:
        steps = np.diff(sorted(scans[sensor.id])) / sensor.period_s
        assert steps == pytest.approx(np.round(steps), abs=1e-5)
    flashes = [one.detection for one in seen if one.origin.startswith("fireball")]
    assert any(isinstance(flash, InfraredDetection) for flash in flashes)
    assert any(isinstance(flash, RadarDetection) for flash in flashes)


def test_thinning_keeps_about_that_part() -> None:
    thinned = Traffic(elements=list(range(1000))).thinned(0.2, np.random.default_rng(1))
    assert 150 < len(thinned.elements) < 250


LONG_FIREBALLS = (
    "when,latitude,longitude,altitude,velocity,vx,vy,vz,energy,impact\n"
    '"2018-04-30 13:17:57","45.5S","1.4W","34","13.1","8.7","-9.5","2.5","3.0e10","0.1"\n'
    '"2008-10-07 02:45:45","20.9N","31.4E","38.9","13.3","-9.0","9.0","3.8","39.5e10","1"\n'
)
"""Two shallow ones, which burn for ten seconds. Source: NASA/JPL Center for Near Earth Object Studies."""


def events_of(traffic: Traffic, start: float, folder: Path) -> int:
    import_traffic(traffic, load_sensors(Spec("x", sensors="traffic")), start, 720.0, 1, folder)
    return replay_folder(folder, folder / "products").events


def test_long_fireballs_make_no_event(tmp_path: Path) -> None:
    path = tmp_path / "fireballs.csv"
    path.write_text(LONG_FIREBALLS)
    assert events_of(Traffic(fireballs=read_fireballs(path)), START, tmp_path / "sky") == 0


@pytest.mark.slow
@pytest.mark.skipif(not SHARED.is_dir(), reason="needs the shared data")
def test_satellites_make_no_event(tmp_path: Path) -> None:
    elements = tmp_path / "elements.txt"
    elements.write_bytes(gzip.decompress((SHARED / "tle_active" / "active_3le.txt.gz").read_bytes()))
    traffic = Traffic(elements=read_elements(elements)).thinned(0.05, np.random.default_rng(1))
    assert events_of(traffic, epoch_of(traffic.elements), tmp_path / "sky") == 0
    origins = (tmp_path / "sky" / "origins.txt").read_text().splitlines()
    assert len({origin for origin in origins if origin.startswith("sat")}) > 20


@pytest.mark.slow
@pytest.mark.skipif(not SHARED.is_dir(), reason="needs the shared data")
def test_aircraft_make_no_event(tmp_path: Path) -> None:
    # Six hours on, when more of them fly.
    later = np.array([6.0 * 3600.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0])
    flights = read_aircraft(SHARED / "adsb_traffic" / "switzerland.json.gz")
    aircraft = [replace(body, rows=body.rows - later) for body in flights[::5] if body.rows[-1, 0] > later[0]]
    assert events_of(Traffic(aircraft), START, tmp_path / "sky") == 0
