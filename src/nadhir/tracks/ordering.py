"""Scans in the order in which they were measured, as far as waiting for slow lines is worth it.

Detections of one revisit come one by one, and the lines of some sensors or partners are seconds slower than others. Out
of order they are worth little while a motor burns, since what it has done since is not known. So a scan waits until
those of sensors that are usually a little slower can have come. Who is later than that is not waited for.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

from nadhir.model import Detection, Sensor

SCAN_SPREAD_S = {"radar": 0.2, "infrared": 0.45}
"""Detections of one revisit arrive within so long of each other."""
SHORTEST_SPREAD_S = min(SCAN_SPREAD_S.values())
ORDINARY_DELAY_S = {"radar": 0.3, "infrared": 1.1}
"""Detections that are so much older than the newest do no harm, and are not waited for."""
LONGEST_WAIT_S = 5.0
"""A sensor that is usually later than the fastest one by more than this is not waited for."""
REMEMBERED_SCANS = 20
USUAL_SHARE, BEYOND = 0.9, 0.25
"""The usual delay of a sensor: what this share of its scans kept to, and this part of how far that is from the middle
one for the rest of them (all of it, where delays are spread evenly)."""
SILENT_S = 10.0
"""Who has said nothing for so long is not waited for."""


class Delays:
    """How late each sensor's scans usually come."""

    def __init__(self) -> None:
        self._last: dict[str, deque[float]] = {}
        self._usual_s: dict[str, float] = {}
        self._heard: dict[str, tuple[float, str]] = {}

    def note(self, sensor: Sensor, delay_s: float, now: float) -> None:
        """A scan of a sensor began to come `now`, so long after its measurement."""
        last = self._last.setdefault(sensor.id, deque(maxlen=REMEMBERED_SCANS))
        last.append(delay_s)
        ordered = sorted(last)
        middle_s, most_s = ordered[len(ordered) // 2], ordered[int(USUAL_SHARE * (len(ordered) - 1))]
        self._usual_s[sensor.id] = most_s + BEYOND * (most_s - middle_s)
        self._heard[sensor.id] = (now, sensor.kind)

    def usual_s(self, sensor: str) -> float:
        """So late the scans of a sensor are at most, as a rule; 0 where none has come."""
        return self._usual_s.get(sensor, 0.0)

    def wait_s(self, now: float) -> float:
        """How long after its measurement a scan is kept, so that those of slower sensors can come before it."""
        usual = {
            sensor: (self._usual_s[sensor], kind)
            for sensor, (heard, kind) in self._heard.items()
            if now - heard <= SILENT_S
        }
        fastest_s = min((usual_s for usual_s, _ in usual.values()), default=0.0)
        return max(
            (
                usual_s - ORDINARY_DELAY_S[kind]
                for usual_s, kind in usual.values()
                if usual_s - fastest_s <= LONGEST_WAIT_S
            ),
            default=0.0,
        )


@dataclass(slots=True)
class Scan:
    """Detections of one revisit of a sensor."""

    sensor: Sensor
    time: float
    """Of the measurement, Unix seconds."""
    opened: float
    """When the first of them was received."""
    detections: list[Detection]


class ScanOrder:
    """Gathers detections to scans and gives them back by the time of measurement."""

    def __init__(self, delays: Delays) -> None:
        self._delays = delays
        self._open: dict[tuple[str, float], Scan] = {}
        self._first_opened = math.inf

    def __bool__(self) -> bool:
        return bool(self._open)

    def add(self, detection: Detection, sensor: Sensor, now: float) -> None:
        """Take a detection that is received `now`."""
        key = (sensor.id, detection.time)
        scan = self._open.get(key)
        if scan is None:
            self._open[key] = Scan(sensor, detection.time, now, [detection])
            self._delays.note(sensor, now - detection.time, now)
            self._first_opened = min(self._first_opened, now)
        else:
            scan.detections.append(detection)

    def due(self, now: float) -> list[Scan]:
        """Scans that wait no longer, by the time of measurement."""
        if now - self._first_opened < SHORTEST_SPREAD_S:
            return []
        latest = now - self._delays.wait_s(now)
        due = [
            key
            for key, scan in self._open.items()
            if scan.time <= latest and now - scan.opened >= SCAN_SPREAD_S[scan.sensor.kind]
        ]
        scans = [self._open.pop(key) for key in sorted(due, key=lambda key: (key[1], key[0]))]
        if scans:
            self._first_opened = min((scan.opened for scan in self._open.values()), default=math.inf)
        return scans
