"""How a vehicle and the stage that it left part: the push at which they do so, and what gravity and air make of it.

A coasting component carries this along with its motion (see `layout`): until a radar tells the two apart it measures
the middle between them.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from nadhir.geo.atmosphere import density_and_gradient
from nadhir.geo.earth import GRAVITATIONAL_PARAMETER, ROTATION_RATE, Matrix, Vector, height_above_ellipsoid
from nadhir.tracks.layout import AIR_LEFT_S, DELAY, HELD_BACK, SEPARATION, STAGE_LOG_BETA, STATES, VEHICLE_LOG_BETA

SEPARATION_SPEED, SEPARATION_SIGMA, SEPARATION_SIGMA_ACROSS = 4.5, 2.5, 1.2
"""At what speed vehicle and spent stage leave each other, m/s."""
DELAY_S, DELAY_SIGMA_S = 0.8, 1.4
"""How long after the cutoff they do so."""
HELD_BACK_LOG, HELD_BACK_SIGMA = math.log(math.exp(-STAGE_LOG_BETA) - math.exp(-VEHICLE_LOG_BETA)), 0.5
"""Of the difference between a stage's and a vehicle's inverse ballistic coefficient, m²/kg."""
AIR_TOP_M, LEAST_CLIMB = 120e3, 50.0
"""Above this height, or climbing slower (m/s), the air does not count in how vehicle and stage part."""


@njit(cache=True)
def _held_back(state: Vector) -> tuple[float, float]:
    """What the air does to a stage that parts from its vehicle here: elements `HELD_BACK` and `AIR_LEFT_S`."""
    height = height_above_ellipsoid(state[0], state[1], state[2])
    climb = (state[0] * state[3] + state[1] * state[4] + state[2] * state[5]) / math.sqrt(
        state[0] ** 2 + state[1] ** 2 + state[2] ** 2
    )
    if height > AIR_TOP_M or climb < LEAST_CLIMB:
        return 0.0, 0.0
    density, log_gradient = density_and_gradient(max(height, 0.0))
    pressure = 0.5 * density * (state[3] ** 2 + state[4] ** 2 + state[5] ** 2)
    return math.log(pressure) + HELD_BACK_LOG, -1.0 / (log_gradient * climb)


def air_left_s(state: Vector) -> float:
    """Time in which the air falls to 1/e of itself for what climbs as a state does; 0 where it does not count."""
    return float(_held_back(state)[1])


def slowed_by_air_mps(state: Vector) -> float:
    """Speed by which the air holds a stage back, in the end, that parts from its vehicle here."""
    log_deceleration, left_s = _held_back(state)
    return math.exp(log_deceleration) * left_s


@njit(cache=True)
def set_separation(state: Vector, covariance: Matrix) -> None:
    """Give a coasting component the prior of its separation: along its path from a stage behind, soon after cutoff."""
    speed = max(math.sqrt(state[3] ** 2 + state[4] ** 2 + state[5] ** 2), 1e-9)
    covariance[SEPARATION:] = 0.0
    covariance[:, SEPARATION:] = 0.0
    state[DELAY] = DELAY_S
    covariance[DELAY, DELAY] = DELAY_SIGMA_S**2
    state[HELD_BACK], state[AIR_LEFT_S] = _held_back(state)
    covariance[HELD_BACK, HELD_BACK] = HELD_BACK_SIGMA**2
    for i in range(3):
        state[SEPARATION + i] = SEPARATION_SPEED * state[3 + i] / speed
        for j in range(3):
            variance = (SEPARATION_SIGMA**2 - SEPARATION_SIGMA_ACROSS**2) * state[3 + i] * state[3 + j] / speed**2
            if i == j:
                variance += SEPARATION_SIGMA_ACROSS**2
            covariance[SEPARATION + i, SEPARATION + j] = variance


@njit(cache=True)
def parting(state: Vector, apart_s: float, position: Matrix, velocity: Matrix) -> None:
    """What a separation velocity has become `apart_s` after the cutoff: matrices (3, 3) to the distance and to the
    velocity.

    Relative motion in the gravity gradient and the rotating frame, to the third order in time (the equations of Hill,
    Am. J. Math. 1 (1878), written for a general path). The separation came later than the cutoff by the state's delay.
    """
    radius = math.sqrt(state[0] ** 2 + state[1] ** 2 + state[2] ** 2)
    gradient = GRAVITATIONAL_PARAMETER / radius**3
    for i in range(3):
        for j in range(3):
            tide = 3.0 * gradient * state[i] * state[j] / radius**2
            if i == j:
                tide -= gradient
            position[i, j] = tide * apart_s**3 / 6.0
            velocity[i, j] = tide * apart_s**2 / 2.0
        position[i, i] += apart_s
        velocity[i, i] += 1.0
    # Coriolis: -2 omega x w.
    position[0, 1] += ROTATION_RATE * apart_s**2
    position[1, 0] -= ROTATION_RATE * apart_s**2
    velocity[0, 1] += 2.0 * ROTATION_RATE * apart_s
    velocity[1, 0] -= 2.0 * ROTATION_RATE * apart_s
    # So short a delay moves the distance by the velocity.
    for i in range(3):
        for j in range(3):
            position[i, j] -= state[DELAY] * velocity[i, j]


@njit(cache=True)
def air_behind(state: Vector, apart_s: float) -> tuple[float, float, float, float]:
    """How far (m) and by how much (m/s) the air has held a stage back against its vehicle, and both by the delay.

    The deceleration dies away exponentially on the way up through an isothermal atmosphere.
    """
    scale = state[AIR_LEFT_S]
    since = apart_s - state[DELAY]
    if scale <= 0.0 or since <= 0.0:
        return 0.0, 0.0, 0.0, 0.0
    deceleration = math.exp(state[HELD_BACK] - state[DELAY] / scale)
    left = math.exp(-since / scale)
    slower = scale * (1.0 - left)
    behind = scale * (since - slower)
    return (
        deceleration * behind,
        deceleration * slower,
        -deceleration * (behind / scale + slower),
        -deceleration * (slower / scale + left),
    )


@njit(cache=True)
def path_at_parting(state: Vector, apart_s: float) -> Vector:
    """Direction (3,) of a coasting object's path `apart_s` ago, from the fall since in the present gravity."""
    radius = math.sqrt(state[0] ** 2 + state[1] ** 2 + state[2] ** 2)
    direction = state[3:6] + apart_s * GRAVITATIONAL_PARAMETER / radius**3 * state[:3]
    return direction / max(math.sqrt((direction**2).sum()), 1e-9)


@njit(cache=True)
def held_back(state: Vector, apart_s: float, position: Matrix, velocity: Matrix) -> Matrix:
    """What the air has put between a vehicle and its stage: rows distance, velocity, and both by the delay (4, 3).

    It gives them a velocity along the path at the cutoff, which then changes as that of the separation does:
    `position` and `velocity` are those of `parting`.
    """
    along = path_at_parting(state, apart_s)
    behind, slower, behind_by_delay, slower_by_delay = air_behind(state, apart_s)
    since = apart_s - state[DELAY]
    # The velocity came bit by bit: so much less than had it been there from the first.
    short = slower * since - behind
    short_by_delay = slower_by_delay * since - slower - behind_by_delay
    held = np.zeros((4, 3))
    for i in range(3):
        for j in range(3):
            held[0, i] += slower * position[i, j] * along[j]
            held[1, i] += slower * velocity[i, j] * along[j]
            held[2, i] += (slower_by_delay * position[i, j] - slower * velocity[i, j]) * along[j]
            held[3, i] += slower_by_delay * velocity[i, j] * along[j]
        held[0, i] -= short * along[i]
        held[2, i] -= short_by_delay * along[i]
    return held


@njit(cache=True)
def to_partner(state: Vector, apart_s: float) -> Matrix:
    """Move a coasting state in place to what its object left `apart_s` after the cutoff; the Jacobian (13, 13)."""
    jacobian = np.eye(STATES)
    position, velocity = np.empty((3, 3)), np.empty((3, 3))
    parting(state, apart_s, position, velocity)
    held = held_back(state, apart_s, position, velocity)
    for i in range(3):
        jacobian[i, HELD_BACK] = -held[0, i]
        jacobian[3 + i, HELD_BACK] = -held[1, i]
        jacobian[i, DELAY] = -held[2, i]
        jacobian[3 + i, DELAY] = -held[3, i]
        for j in range(3):
            jacobian[i, SEPARATION + j] = -position[i, j]
            jacobian[3 + i, SEPARATION + j] = -velocity[i, j]
            jacobian[i, DELAY] += velocity[i, j] * state[SEPARATION + j]
    for i in range(3):
        state[i] -= held[0, i]
        state[3 + i] -= held[1, i]
        for j in range(3):
            state[i] -= position[i, j] * state[SEPARATION + j]
            state[3 + i] -= velocity[i, j] * state[SEPARATION + j]
    return jacobian
