"""Intake: lines of detections are read, checked, and either become a Detection or are set aside with their cause.

The causes and their order are those of the replay formats, version 1.
"""

from __future__ import annotations

import math
from collections import Counter
from hashlib import blake2b
from typing import Any, Literal, TypeGuard

import msgspec

from nadhir.geo.two_line_elements import is_known_at, record_of
from nadhir.model import Detection, InfraredDetection, RadarDetection, Sensor
from nadhir.model.unreadable import UNREADABLE

Cause = Literal["damaged", "unknown-sensor", "impossible", "clock", "repeat"]

OLDEST_S = 600.0
"""A detection received longer than this after its measurement is set aside as `clock`."""
RANGE_FACTOR = 10.0
"""A range more than this many times the sensor's is impossible."""
CALENDAR_S = 60e9
"""No calendar, and so nobody who reads a report, can name a time farther than this from 1970."""
REMEMBERED_LINES = 500_000
"""A repeat is known for at least so many lines; counted, not timed, so that a wrong clock cannot empty the memory."""
TEXT_LENGTH = 200

_RADAR_FIELDS = ("range_m", "azimuth_deg", "elevation_deg", "range_rate_mps")


class Rejection(msgspec.Struct, frozen=True):
    """A line that was set aside: its number from 1, the cause, and the beginning of its text."""

    line: int
    cause: Cause
    text: str


class Intake:
    """Reads the lines that a node receives, in order.

    `accept` returns the detection, or the rejection; `lines` and `rejected` count them.
    """

    def __init__(self, sensors: list[Sensor]) -> None:
        self._sensors: dict[str, Sensor] = {}
        self._moving: dict[str, Any] = {}
        for sensor in sensors:
            self.add_sensor(sensor)
        self._seen: set[bytes] = set()
        self._seen_before: set[bytes] = set()
        self.lines = 0
        self.rejected: Counter[str] = Counter()

    def add_sensor(self, sensor: Sensor) -> None:
        """Accept the lines of one more sensor, or of one that has moved."""
        self._sensors[sensor.id] = sensor
        self._moving.pop(sensor.id, None)
        if sensor.two_line_elements is not None:
            self._moving[sensor.id] = record_of(*sensor.two_line_elements)

    def accept(self, line: bytes) -> Detection | Rejection:
        """The detection that a line holds, or why it is set aside."""
        self.lines += 1
        result = self._read(line)
        if isinstance(result, str):
            self.rejected[result] += 1
            return Rejection(self.lines, result, line.decode("utf-8", "replace")[:TEXT_LENGTH])
        return result

    def _read(self, line: bytes) -> Detection | Cause:
        try:
            fields = msgspec.json.decode(line)
        except UNREADABLE:
            return "damaged"
        if not isinstance(fields, dict) or not isinstance(fields.get("sensor"), str):
            return "damaged"
        sensor = self._sensors.get(fields["sensor"])
        infrared = sensor.kind == "infrared" if sensor else "line_of_sight" in fields
        names = ("time", "received") if infrared else ("time", "received", *_RADAR_FIELDS)
        if not all(_is_finite_number(fields.get(name)) for name in names):
            return "damaged"
        if infrared and not _is_vector(fields.get("line_of_sight")):
            return "damaged"
        if sensor is None:
            return "unknown-sensor"
        detection = _detection(fields, infrared)
        if _is_impossible(detection, sensor):
            return "impossible"
        if not 0.0 <= detection.received - detection.time <= OLDEST_S or abs(detection.received) > CALENDAR_S:
            return "clock"
        if sensor.id in self._moving and not is_known_at(self._moving[sensor.id], detection.time):
            return "clock"
        if self._is_repeat(fields):
            return "repeat"
        return detection

    def _is_repeat(self, fields: dict[str, Any]) -> bool:
        # A digest stands for the line, which keeps the memory small.
        same = {name: _comparable(value) for name, value in fields.items() if name != "received"}
        key = blake2b(msgspec.json.encode(same, order="sorted"), digest_size=16).digest()
        if key in self._seen or key in self._seen_before:
            return True
        if len(self._seen) >= REMEMBERED_LINES:
            self._seen, self._seen_before = set(), self._seen
        self._seen.add(key)
        return False


def _detection(fields: dict[str, Any], infrared: bool) -> Detection:
    time, received = float(fields["time"]), float(fields["received"])
    if infrared:
        x, y, z = (float(component) for component in fields["line_of_sight"])
        return InfraredDetection(fields["sensor"], time, received, (x, y, z))
    return RadarDetection(fields["sensor"], time, received, *(float(fields[name]) for name in _RADAR_FIELDS))


def _is_impossible(detection: Detection, sensor: Sensor) -> bool:
    if isinstance(detection, InfraredDetection):
        return abs(math.hypot(*detection.line_of_sight) - 1.0) > 0.01
    within = 0.0 < detection.range_m <= RANGE_FACTOR * sensor.coverage.max_range_m
    return not within or abs(detection.elevation_deg) > 90.0


def _is_finite_number(value: object) -> TypeGuard[int | float]:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


def _comparable(value: Any) -> Any:
    """What is written alike for equal values: 1 and 1.0, 0.0 and -0.0, also in a vector."""
    if isinstance(value, list):
        return [float(one) + 0.0 if _is_finite_number(one) else one for one in value]
    return float(value) + 0.0 if _is_finite_number(value) else value


def _is_vector(value: object) -> bool:
    return isinstance(value, list) and len(value) == 3 and all(_is_finite_number(component) for component in value)
