"""What the tracker knows of each sensor, in the form in which the kernels take it."""

from __future__ import annotations

from collections import deque
from typing import Any

import numpy as np

from nadhir.geo.earth import Vector
from nadhir.geo.two_line_elements import record_of, states_at
from nadhir.model import Sensor
from nadhir.tracks.objects import sensor_constants
from nadhir.tracks.scan import log_clutter_density, resolution_cell

BLANK_SCANS = 2
"""What a satellite has not seen in so many scans in which it saw something else, it would not miss again."""
AT_WORK_PERIODS = 4.0
"""A satellite whose last scans are within so many of its revisits is at work."""


class Sensing:
    """Sensors by name, their constants, resolution cells, and the density of what else they see."""

    def __init__(self) -> None:
        self.sensors: dict[str, Sensor] = {}
        self.constants: dict[str, Vector] = {}
        self.cells: dict[str, Vector] = {}
        self.log_clutter: dict[str, float] = {}
        self.looked: dict[str, deque[float]] = {}
        """Satellite -> times of its last scans in which it saw anything."""
        self._moving: dict[str, Any] = {}

    def add(self, sensor: Sensor) -> None:
        """Know one more sensor, or that one has moved."""
        name = sensor.id
        self.sensors[name], self.constants[name] = sensor, sensor_constants(sensor)
        self.cells[name], self.log_clutter[name] = resolution_cell(sensor), log_clutter_density(sensor)
        self._moving.pop(name, None)
        if sensor.two_line_elements is not None:
            self._moving[name] = record_of(*sensor.two_line_elements)

    def at(self, name: str, time: float) -> Vector:
        """The constants (17,) of a sensor at a Unix time: of a satellite that moves, with its place then."""
        if name not in self._moving:
            return self.constants[name]
        constants = self.constants[name].copy()
        states, _ = states_at([self._moving[name]], np.array([time]))
        constants[:3] = states[0, 0, :3]
        return constants

    def note_look(self, name: str, time: float) -> None:
        """A satellite saw something in a scan at a time."""
        self.looked.setdefault(name, deque(maxlen=BLANK_SCANS)).append(time)

    def has_in_view(self, name: str, place: Vector) -> bool:
        """Whether the Earth did not hide a place (3,; ECEF) from a satellite when it looked last."""
        return float((self.at(name, self.looked[name][-1])[:3] - place) @ place) > 0.0

    def is_watched(self, place: Vector, time: float) -> bool:
        """Whether a satellite at work has looked at a place (3,; ECEF), again and again, by a time."""
        return any(
            len(times) == BLANK_SCANS
            and time - times[0] < AT_WORK_PERIODS * self.sensors[name].period_s
            and self.has_in_view(name, place)
            for name, times in self.looked.items()
        )
