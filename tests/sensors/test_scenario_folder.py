"""Scenario folders that can be read, and one clear line for those that cannot."""

from __future__ import annotations

import gzip
import json

import pytest

from nadhir.sensors import ScenarioError, detections_file, read_lines, read_sensors, scenario

RADAR = {
    "id": "R",
    "owner": "KOR",
    "kind": "radar",
    "position": {"latitude_deg": 37.0, "longitude_deg": 127.0, "height_m": 100},
    "period_s": 1,
    "sigma": {"range_m": 10, "azimuth_deg": 0.05, "elevation_deg": 0.05, "range_rate_mps": 1},
    "coverage": {"max_range_m": 1e6, "min_elevation_deg": 2, "sector_deg": [300, 60]},
    "resolution": {"range_m": 50, "angle_deg": 0.3, "range_rate_mps": 5},
    "p_detect": 0.9,
    "false_detections_per_scan": 0,
}
INFRARED = {
    "id": "I",
    "owner": "USA",
    "kind": "infrared",
    "position": {"latitude_deg": 0.0, "longitude_deg": 127.0, "height_m": 3.6e7},
    "period_s": 2,
    "sigma": {"line_of_sight_rad": 2e-5},
    "coverage": {"min_height_m": 8000},
    "p_detect": 0.99,
    "false_detections_per_scan": 0.1,
}


def folder_of(tmp_path, sensors):
    (tmp_path / "sensors.json").write_text(sensors if isinstance(sensors, str) else json.dumps(sensors))
    return tmp_path


def test_sensors_are_read(tmp_path):
    radar, infrared = read_sensors(folder_of(tmp_path, [RADAR, INFRARED]))
    assert radar.coverage.sector_deg == (300.0, 60.0)
    assert radar.resolution is not None
    assert (infrared.kind, infrared.resolution, infrared.sigma.line_of_sight_rad) == ("infrared", None, 2e-5)


@pytest.mark.parametrize(
    ("sensors", "says"),
    [
        ("", "not a valid list"),
        ("{}", "not a valid list"),
        ('[{"id": "R"', "not a valid list"),
        ("[\ud800]".encode("utf-8", "surrogatepass").decode("latin-1"), "not a valid list"),
        ([{**RADAR, "kind": "sonar"}], "not a valid list"),
        ([{**RADAR, "period_s": "1"}], "not a valid list"),
        ([{name: value for name, value in RADAR.items() if name != "position"}], "not a valid list"),
        ([RADAR, RADAR], "same id"),
        ([{**RADAR, "sigma": {"line_of_sight_rad": 1e-5}}], "sigma above 0 for range_m"),
        ([{**INFRARED, "sigma": {}}], "sigma above 0 for line_of_sight_rad"),
        ([{**RADAR, "coverage": {}}], "max_range_m"),
        ([{**RADAR, "period_s": 0}], "period_s"),
        ([{**INFRARED, "period_s": 5e-324}], "period_s"),
        ([{**RADAR, "period_s": 1e300}], "a number that is none"),
        ([{**RADAR, "resolution": {"range_m": 50, "angle_deg": 0, "range_rate_mps": 5}}], "resolution above 0"),
        ([{**RADAR, "sigma": {**RADAR["sigma"], "azimuth_deg": 1e-300}}], "sigma above 0"),
        ([{**RADAR, "p_detect": 1.1}], "p_detect"),
        ([{**RADAR, "position": {"latitude_deg": 127, "longitude_deg": 37, "height_m": 0}}], "latitude_deg"),
    ],
)
def test_sensors_that_are_not_valid_are_one_clear_line(tmp_path, sensors, says):
    with pytest.raises(ScenarioError) as caught:
        read_sensors(folder_of(tmp_path, sensors))
    message = str(caught.value)
    assert says in message
    assert "sensors.json" in message
    assert "\n" not in message


def test_a_missing_folder_or_file_is_one_clear_line(tmp_path):
    with pytest.raises(ScenarioError, match="no such folder"):
        read_sensors(tmp_path / "nowhere")
    with pytest.raises(ScenarioError, match=r"sensors\.json: cannot be read"):
        read_sensors(tmp_path)
    with pytest.raises(ScenarioError, match=r"no detections\.jsonl"):
        detections_file(tmp_path)


def test_lines_are_the_same_plain_and_compressed(tmp_path):
    content = b'{"a": 1}\r\n\n\xff\nlast without an end'
    plain, packed = tmp_path / "detections.jsonl", tmp_path / "detections.jsonl.gz"
    packed.write_bytes(gzip.compress(content))
    assert detections_file(tmp_path) == packed
    plain.write_bytes(content)
    assert detections_file(tmp_path) == plain
    assert list(read_lines(plain)) == list(read_lines(packed)) == [b'{"a": 1}', b"", b"\xff", b"last without an end"]


@pytest.mark.parametrize("length", [9, 10, 11, 20, 25, 30])
def test_of_a_line_without_an_end_only_a_beginning_is_read(tmp_path, monkeypatch, length):
    monkeypatch.setattr(scenario, "LONGEST_LINE", 10)
    file = tmp_path / "detections.jsonl"
    for end in (b"\n", b""):
        file.write_bytes(b"first\n" + b"x" * length + b"\nlast" + end)
        assert list(read_lines(file)) == [b"first", b"x" * min(length, 10), b"last"]


def test_a_compressed_file_that_is_cut_or_none_is_one_clear_line(tmp_path):
    file = tmp_path / "detections.jsonl.gz"
    sound = gzip.compress(b"".join(b"%d\n" % number for number in range(500)))
    damaged = sound[:10] + bytes([sound[10] ^ 0xFF]) + sound[11:]
    for content in [sound[:-9], b"no gzip at all", damaged, sound[:-8] + bytes(8)]:
        file.write_bytes(content)
        with pytest.raises(ScenarioError, match="cannot be read to its end"):
            list(read_lines(file))
