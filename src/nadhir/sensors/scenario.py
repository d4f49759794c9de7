"""Scenario folders: sensors.json and detections.jsonl, plain or gzipped (replay formats, version 1)."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec

from nadhir.model import Sensor

DETECTIONS = ("detections.jsonl", "detections.jsonl.gz")
LONGEST_LINE = 8 * 1024 * 1024
"""Bytes of a line that are read; a longer one is nothing that a sensor wrote, and must not fill the memory."""


class ScenarioError(Exception):
    """A scenario folder that cannot be read at all; the message is one line and says what to do."""


def read_sensors(folder: Path) -> list[Sensor]:
    """The sensors of a scenario. Raises ScenarioError when the folder or its sensors.json is missing or not valid."""
    if not folder.is_dir():
        raise ScenarioError(f"{folder}: no such folder; name a folder that holds sensors.json and detections.jsonl")
    return read_sensors_file(folder / "sensors.json")


def read_sensors_file(file: Path) -> list[Sensor]:
    """The sensors of a sensors.json. Raises ScenarioError when it is missing or not valid."""
    try:
        sensors = msgspec.json.decode(file.read_bytes(), type=list[Sensor])
    except OSError as error:
        raise ScenarioError(f"{file}: cannot be read ({error.strerror}); a scenario needs its sensors") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ScenarioError(f"{file}: not a valid list of sensors ({error}); see docs/formats.md") from None
    ids = [sensor.id for sensor in sensors]
    if len(set(ids)) != len(ids):
        raise ScenarioError(f"{file}: two sensors have the same id; give each one its own")
    for sensor in sensors:
        if (wrong := wrong_with(sensor)) is not None:
            raise ScenarioError(f"{file}: {wrong}")
    return sensors


def wrong_with(sensor: Sensor) -> str | None:
    """Why a description of a sensor cannot be used; None where it can."""
    if abs(sensor.position.latitude_deg) > 90.0:
        return f"sensor {sensor.id} needs a latitude_deg from -90 to 90"
    radar = sensor.kind == "radar"
    if radar and not sensor.coverage.max_range_m > 0.0:
        return f"radar {sensor.id} needs a coverage with max_range_m above 0"
    names = ("range_m", "azimuth_deg", "elevation_deg", "range_rate_mps") if radar else ("line_of_sight_rad",)
    if not all(getattr(sensor.sigma, name) > 0.0 for name in names):
        return f"sensor {sensor.id} needs a sigma above 0 for {', '.join(names)}"
    if not (sensor.period_s > 0.0 and 0.0 < sensor.p_detect <= 1.0 and sensor.false_detections_per_scan >= 0.0):
        return f"sensor {sensor.id} needs period_s above 0 and p_detect between 0 and 1"
    return None


def detections_file(folder: Path) -> Path:
    """The file of detections in a scenario folder. Raises ScenarioError when there is none."""
    for name in DETECTIONS:
        if (folder / name).is_file():
            return folder / name
    raise ScenarioError(f"{folder}: no detections.jsonl (or detections.jsonl.gz) in it")


def read_lines(file: Path) -> Iterator[bytes]:
    """The lines of a detections file, without their ends, each up to `LONGEST_LINE`.

    Raises ScenarioError when it cannot be read.
    """
    try:
        stream: BinaryIO
        with gzip.open(file, "rb") if file.suffix == ".gz" else file.open("rb") as stream:  # type: ignore[assignment]
            while line := stream.readline(LONGEST_LINE):
                rest = line
                while len(rest) == LONGEST_LINE and not rest.endswith(b"\n"):
                    rest = stream.readline(LONGEST_LINE)
                yield line.rstrip(b"\r\n")
    except (OSError, EOFError, zlib.error) as error:
        raise ScenarioError(f"{file}: cannot be read to its end ({error})") from None
