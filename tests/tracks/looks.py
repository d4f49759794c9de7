"""A radar, a state that it sees, and what it measures of one."""

from __future__ import annotations

import numpy as np

from nadhir.geo.earth import Vector, east_north_up, geodetic_to_ecef
from nadhir.model import Coverage, Position, RadarDetection, Resolution, Sensor, Sigma

VEHICLE = np.array([-3132169.104, 3772715.921, 4219509.656, -2483.336, -138.044, 1050.708])
"""State (6,) in ECEF, in view of the radar: 100 km up, at the burnout of a flight of 1,000 km."""


def radar(sigma: Sigma, p_detect: float, false_detections: float, resolution: Resolution | None = None) -> Sensor:
    """A radar of one look a second that sees everything above a degree, 2,000 km far."""
    place, coverage = Position(40.2, 140.0, 300.0), Coverage(max_range_m=2e6, min_elevation_deg=1.0)
    return Sensor("R-1", "JPN", "radar", place, 1.0, sigma, coverage, p_detect, false_detections, resolution)


def measured(radar: Sensor, state: Vector, time: float) -> RadarDetection:
    """The detection, without error and received at once, of an object with this state (6,) in ECEF."""
    latitude, longitude = np.radians([radar.position.latitude_deg, radar.position.longitude_deg])
    offset = state[:3] - geodetic_to_ecef(latitude, longitude, radar.position.height_m)
    east, north, up = east_north_up(latitude, longitude) @ offset
    distance = float(np.linalg.norm(offset))
    return RadarDetection(
        radar.id,
        time,
        time,
        distance,
        float(np.degrees(np.arctan2(east, north))) % 360.0,
        float(np.degrees(np.arctan2(up, np.hypot(east, north)))),
        float(offset @ state[3:6] / distance),
    )
