"""Launches that radars see before, or without, any satellite."""

from __future__ import annotations

import math

import numpy as np

from nadhir.geo import ecef_to_geodetic
from nadhir.model import LaunchEstimate
from nadhir.tracks.objects import CERTAIN, LEAST_THRUST, Event, TrackedObject
from nadhir.tracks.picture import Picture

LEAST_CLIMB = 100.0
"""m/s: no aircraft climbs faster for long."""
LEAST_MEAN_CLIMB = 50.0
"""The same since its first detection: of many aircraft that are seen for long, one will seem to climb at some time."""
SURELY = 2.0
"""Standard deviations."""


def is_launch(picture: Picture, candidate: TrackedObject) -> bool:
    """Whether a radar track without a seen launch must be one: it surely climbs steeply under thrust, out of the air.

    Surely: at the lower end of what is known of its climb and thrust, since a new track's velocity is wide.
    """
    pool, slot = picture.pool, candidate.slot
    burning = pool.burning[slot, : pool.components[slot]]
    if not burning.any():
        return False
    weights = np.exp(pool.log_weight[slot, : pool.components[slot]])
    best = int(np.argmax(weights))
    if float(weights[burning].sum()) <= CERTAIN or not burning[best]:
        return False
    state, covariance = pool.state[slot, best], pool.covariance[slot, best]
    _, _, height_m = ecef_to_geodetic(state[:3])
    if height_m - candidate.lowest_m < LEAST_MEAN_CLIMB * (float(pool.time[slot]) - candidate.first_time):
        return False
    up = state[:3] / np.linalg.norm(state[:3])
    thrust = float(np.linalg.norm(state[7:10]))
    push = state[7:10] / max(thrust, 1e-9)
    least_climb = float(up @ state[3:6]) - SURELY * math.sqrt(float(up @ covariance[3:6, 3:6] @ up))
    least_thrust = thrust - SURELY * math.sqrt(float(push @ covariance[7:10, 7:10] @ push))
    return least_thrust > LEAST_THRUST and least_climb > LEAST_CLIMB and 3e3 < height_m < 400e3


def launch_from_track(picture: Picture, candidate: TrackedObject, event: Event) -> LaunchEstimate:
    """The launch behind a vehicle that only radars saw: back along a vertical rise of the same mean thrust."""
    pool, slot = picture.pool, candidate.slot
    best = int(np.argmax(pool.log_weight[slot, : pool.components[slot]]))
    state = pool.state[slot, best]
    latitude, longitude, height_m = ecef_to_geodetic(state[:3])
    speed = float(np.linalg.norm(state[3:6]))
    up = state[:3] / np.linalg.norm(state[:3])
    level = state[3:6] - up * float(up @ state[3:6])
    climb = max(float(up @ state[3:6]), 50.0)
    # A constant acceleration from rest covers the height in 2 h / climb; the downrange part grows later.
    elapsed = 2.2 * height_m / climb
    east = np.array([-math.sin(longitude), math.cos(longitude), 0.0])
    north = np.cross(up, east)
    back = level * elapsed / 3.0
    event.ascent = None
    sigma_m = 2e3 + 0.35 * float(np.linalg.norm(back)) + 0.1 * height_m
    covariance = np.diag([sigma_m**2, sigma_m**2, (4.0 + 0.2 * elapsed) ** 2])
    place_latitude = latitude - float(back @ north) / 6371e3
    place_longitude = longitude - float(back @ east) / (6371e3 * math.cos(latitude))
    launched = float(pool.time[slot]) - min(elapsed, 4.0 * height_m / max(speed, 100.0) + 30.0)
    return LaunchEstimate(event.id, False, place_latitude, place_longitude, launched, covariance, tuple(event.sensors))
