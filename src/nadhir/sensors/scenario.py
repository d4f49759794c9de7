"""Scenario folders: sensors.json and detections.jsonl, plain or gzipped (replay formats, version 1)."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec

from nadhir.model import Sensor
from nadhir.model.unreadable import UNREADABLE

DETECTIONS = ("detections.jsonl", "detections.jsonl.gz")
LONGEST_LINE = 8 * 1024 * 1024
"""Bytes of a line that are read; a longer one is nothing that a sensor wrote, and must not fill the memory."""

GREATEST = 1e9
"""Of any number of a sensor, in its unit."""
LEAST_SIGMA = 1e-9
"""Of a sigma, in its unit: what is smaller is no measurement's, and its square is lost beside the others."""
PERIOD_LIMITS_S = 0.01, 86_400.0


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
    except UNREADABLE as error:
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
    if not all(abs(number) <= GREATEST for number in _numbers(sensor)):
        return f"sensor {sensor.id} has a number that is none, or beyond {GREATEST:g}"
    if abs(sensor.position.latitude_deg) > 90.0:
        return f"sensor {sensor.id} needs a latitude_deg from -90 to 90"
    radar = sensor.kind == "radar"
    if radar and not sensor.coverage.max_range_m > 0.0:
        return f"radar {sensor.id} needs a coverage with max_range_m above 0"
    names = ("range_m", "azimuth_deg", "elevation_deg", "range_rate_mps") if radar else ("line_of_sight_rad",)
    if not all(getattr(sensor.sigma, name) >= LEAST_SIGMA for name in names):
        return f"sensor {sensor.id} needs a sigma above 0 for {', '.join(names)}"
    if sensor.resolution is not None and not min(msgspec.structs.astuple(sensor.resolution)) > 0.0:
        return f"radar {sensor.id} needs a resolution above 0 for range_m, angle_deg, range_rate_mps"
    shortest, longest = PERIOD_LIMITS_S
    if not (shortest <= sensor.period_s <= longest):
        return f"sensor {sensor.id} needs a period_s above 0, from {shortest:g} to {longest:g}"
    if not (0.0 < sensor.p_detect <= 1.0 and sensor.false_detections_per_scan >= 0.0):
        return f"sensor {sensor.id} needs p_detect between 0 and 1, and no less than 0 false_detections_per_scan"
    return None


def _numbers(described: msgspec.Struct) -> Iterator[float]:
    """All numbers of a description."""
    for value in msgspec.structs.astuple(described):
        if isinstance(value, msgspec.Struct):
            yield from _numbers(value)
        else:
            yield from (one for one in (value if isinstance(value, tuple) else (value,)) if isinstance(one, float))


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
