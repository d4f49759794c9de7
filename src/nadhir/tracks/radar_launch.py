"""Launches that radars see before, or without, any satellite: under thrust, or only once the motor has stopped."""

from __future__ import annotations

import math

import numpy as np

from nadhir.geo import ecef_to_geodetic
from nadhir.geo.earth import Vector, height_above_ellipsoid
from nadhir.geo.orbit import perigee_m, perigee_sigma_m
from nadhir.tracks.kernels import predict_mean
from nadhir.tracks.objects import CERTAIN, LEAST_THRUST, LaunchPoint, TrackedObject
from nadhir.tracks.picture import Picture

LEAST_CLIMB = 100.0
"""m/s: no aircraft climbs faster for long."""
LEAST_MEAN_CLIMB = 50.0
"""The same since its first detection: of many aircraft that are seen for long, one will seem to climb at some time."""
SURELY = 2.0
"""Standard deviations."""
LEAST_HEIGHT_M, LEAST_HEIGHT_FALLING_M = 25e3, 100e3
"""No aircraft flies higher; what falls and is not slowed yet at such a height is no meteor that the air has slowed."""
DEEPEST_PERIGEE_M = -300e3
"""What is coming back from an orbit does not dive deeper than this."""
BURNOUT_HEIGHT_S, LONGEST_COAST_S = 30.0, 3600.0
"""The motors of published flights stop at about so many metres for each m/s; no flight that falls lasts longer."""


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


def was_launched(picture: Picture, candidate: TrackedObject) -> bool:
    """Whether a radar track that only coasts must be of a vehicle that left the ground, or of its stage.

    Surely above the air, and on an orbit that surely dives deep below the surface: no satellite, meteor or aircraft.
    """
    pool, slot = picture.pool, candidate.slot
    best = picture.heaviest(candidate)
    if pool.burning[slot, best] or math.exp(pool.log_weight[slot, best]) <= CERTAIN:
        return False
    state, covariance = pool.state[slot, best], pool.covariance[slot, best]
    up = state[:3] / np.linalg.norm(state[:3])
    climb, unsure_climb = float(up @ state[3:6]), SURELY * math.sqrt(float(up @ covariance[3:6, 3:6] @ up))
    least_m = height_above_ellipsoid(*state[:3]) - SURELY * math.sqrt(float(up @ covariance[:3, :3] @ up))
    if least_m < (LEAST_HEIGHT_M if climb - unsure_climb > LEAST_CLIMB else LEAST_HEIGHT_FALLING_M):
        return False
    return perigee_m(state) + SURELY * perigee_sigma_m(state, covariance) < DEEPEST_PERIGEE_M


def coast_began(picture: Picture, candidate: TrackedObject) -> tuple[Vector, float]:
    """State (as the pool's) and time at which the motor of something that coasts is likely to have stopped.

    Back along its path, down to the height at which published flights end their burn at such a speed.
    """
    pool, slot = picture.pool, candidate.slot
    state, step_s = pool.state[slot, picture.heaviest(candidate)].copy(), 2.0
    time = float(pool.time[slot])
    earliest = time - LONGEST_COAST_S
    while time > earliest:
        height_m = height_above_ellipsoid(*state[:3])
        if float(state[:3] @ state[3:6]) > 0.0 and height_m < BURNOUT_HEIGHT_S * float(np.linalg.norm(state[3:6])):
            break
        predict_mean(state, False, -step_s)
        time -= step_s
    return state, time


def launch_by_radar(state: Vector, time: float) -> LaunchPoint:
    """The launch behind a vehicle that only radars saw: back along a vertical rise of the same mean thrust.

    `state` as the pool's, of the vehicle under thrust or just after, at `time`.
    """
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
    sigma_m = 2e3 + 0.35 * float(np.linalg.norm(back)) + 0.1 * height_m
    covariance = np.diag([sigma_m**2, sigma_m**2, (4.0 + 0.2 * elapsed) ** 2])
    place_latitude = latitude - float(back @ north) / 6371e3
    place_longitude = longitude - float(back @ east) / (6371e3 * math.cos(latitude))
    launched = time - min(elapsed, 4.0 * height_m / max(speed, 100.0) + 30.0)
    return LaunchPoint(place_latitude, place_longitude, launched, covariance)
