"""Launches that radars see before, or without, any satellite."""

from __future__ import annotations

import math

import numpy as np

from nadhir.geo import ecef_to_geodetic
from nadhir.model import LaunchEstimate
from nadhir.tracks.objects import CERTAIN, Event, TrackedObject
from nadhir.tracks.picture import Picture


def is_launch(picture: Picture, candidate: TrackedObject) -> bool:
    """Whether a radar track without a seen launch must be one: it climbs steeply under thrust, out of the air."""
    pool, slot = picture.pool, candidate.slot
    weights = np.exp(pool.log_weight[slot, : pool.components[slot]])
    lit = float(weights[pool.burning[slot, : pool.components[slot]]].sum())
    best = int(np.argmax(weights))
    state = pool.state[slot, best]
    _, _, height_m = ecef_to_geodetic(state[:3])
    climb = float(state[:3] @ state[3:6] / np.linalg.norm(state[:3]))
    thrust = float(np.linalg.norm(state[7:10]))
    return lit > CERTAIN and thrust > 8.0 and climb > 100.0 and 3e3 < height_m < 400e3


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
