"""Outside formats to detections: scenario folders, and lines that are checked before anything else sees them."""

from nadhir.sensors.intake import Intake, Rejection
from nadhir.sensors.scenario import (
    ScenarioError,
    detections_file,
    read_lines,
    read_sensors,
    read_sensors_file,
    wrong_with,
)

__all__ = [
    "Intake",
    "Rejection",
    "ScenarioError",
    "detections_file",
    "read_lines",
    "read_sensors",
    "read_sensors_file",
    "wrong_with",
]
