"""What the tracker knows of each sensor, in the form in which the kernels take it."""

from __future__ import annotations

from typing import Any

import numpy as np

from nadhir.geo.earth import Vector
from nadhir.geo.two_line_elements import record_of, states_at
from nadhir.model import Sensor
from nadhir.tracks.objects import sensor_constants
from nadhir.tracks.scan import log_clutter_density, resolution_cell


class Sensing:
    """Sensors by name, their constants, resolution cells, and the density of what else they see."""

    def __init__(self) -> None:
        self.sensors: dict[str, Sensor] = {}
        self.constants: dict[str, Vector] = {}
        self.cells: dict[str, Vector] = {}
        self.log_clutter: dict[str, float] = {}
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
