"""What the tracker knows of each sensor, in the form in which the kernels take it."""

from __future__ import annotations

import numpy as np

from nadhir.geo.earth import Matrix, Vector
from nadhir.model import Sensor
from nadhir.tracks.kernels import SENSOR_CONSTANTS
from nadhir.tracks.objects import sensor_constants
from nadhir.tracks.scan import log_clutter_density, resolution_cell


class Sensing:
    """Sensors by name, their constants, resolution cells, and the density of what else they see."""

    def __init__(self) -> None:
        self.sensors: dict[str, Sensor] = {}
        self.constants: dict[str, Vector] = {}
        self.cells: dict[str, Vector] = {}
        self.log_clutter: dict[str, float] = {}
        self.infrared: list[str] = []
        self.infrared_constants: Matrix = np.zeros((0, SENSOR_CONSTANTS))
        """(n, 17), in the order of `infrared`"""

    def add(self, sensor: Sensor) -> None:
        """Know one more sensor, or that one has moved."""
        name = sensor.id
        self.sensors[name], self.constants[name] = sensor, sensor_constants(sensor)
        self.cells[name], self.log_clutter[name] = resolution_cell(sensor), log_clutter_density(sensor)
        if sensor.kind == "infrared":
            if name not in self.infrared:
                self.infrared.append(name)
            self.infrared_constants = np.stack([self.constants[name] for name in self.infrared])
