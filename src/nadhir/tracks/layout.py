"""What the arrays of the kernels hold: a component's state with what is expected of its drag, a sensor's constants, the
parts of a measurement.

A component's state has thirteen elements: ECEF position (m), velocity (m/s, relative to the rotating Earth), the
natural logarithm of the ballistic coefficient (kg/m²), then the acceleration by the motor (m/s²) and its rate (m/s³).
While a motor burns, drag is part of its acceleration. In a coasting component the place of the acceleration is taken
by something else: the velocity of the vehicle relative to the spent stage that it left, how long after the cutoff it
did so (s), and the logarithm of the deceleration (m/s²) by which the air at the cutoff holds the stage back against it.
Until a radar tells the two apart it measures the middle between them, so these are estimated along with the rest. The
last element is the time (s) in which that deceleration dies away as they climb; it is known well enough.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from nadhir.geo.earth import Matrix
from nadhir.model import Role

STATES = 13
COAST_STATES = 12
MOTION_STATES = 7
"""So many change while coasting; the others are constants."""
NO, YES = np.array([False, True])
"""Flags for kernels that are called from kernels: a literal would have each of them compiled once more."""
DRAG = 6
"""Index of the natural logarithm of the ballistic coefficient."""
SEPARATION = 7
"""Index at which the separation velocity of a coasting component begins."""
DELAY = 10
"""Index of the time from a coasting component's cutoff to the separation."""
HELD_BACK = 11
"""Index of ln(deceleration of a stage against its vehicle by the air at a coasting component's cutoff)."""
AIR_LEFT_S = 12
"""Index of the time in which that falls to 1/e of itself; 0 where there is no air."""

# Priors of the natural logarithm of the ballistic coefficient (kg/m²): re-entry vehicles of published flights lie
# mostly between about 2,500 and 14,000, empty stages between 400 and 1,800.
VEHICLE_LOG_BETA, VEHICLE_LOG_BETA_SIGMA = math.log(5500.0), 0.45
STAGE_LOG_BETA, STAGE_LOG_BETA_SIGMA = math.log(850.0), 0.45
UNKNOWN_LOG_BETA, UNKNOWN_LOG_BETA_SIGMA = math.log(2500.0), 1.0

LOG_BETA: dict[Role, tuple[float, float]] = {
    "vehicle": (VEHICLE_LOG_BETA, VEHICLE_LOG_BETA_SIGMA),
    "stage": (STAGE_LOG_BETA, STAGE_LOG_BETA_SIGMA),
    "unknown": (UNKNOWN_LOG_BETA, UNKNOWN_LOG_BETA_SIGMA),
}
"""Mean and sigma of ln(ballistic coefficient) by what an object is."""

# A sensor's constants: ECEF position (0-2), its axes east (3-5), north (6-8) and up (9-11), then the standard
# deviations of range, azimuth arc, elevation and range rate (12-15), or of a line of sight (12), and the first of the
# three columns of a radar's own biases (16).
SENSOR_CONSTANTS = 17
BIAS_COLUMN = 16
BIASES = 3
"""Of each radar: range (m), azimuth and elevation (rad)."""
PARTS = 4
"""Of a radar measurement."""
DETECTIONS = 2
"""At most so many of one scan are of one object: a pair's."""


@njit(cache=True)
def states_held(covariance: Matrix, burning: bool) -> int:
    """How many elements of a component are estimated: one that coasts alone has no separation."""
    if burning:
        return STATES
    return COAST_STATES if covariance[DELAY, DELAY] > 0.0 else MOTION_STATES
