"""What a radar measures of a state."""

from __future__ import annotations

import numpy as np

from nadhir.geo.earth import Vector, east_north_up, geodetic_to_ecef
from nadhir.model import RadarDetection, Sensor


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
