"""Ascent fit: where and when something was launched, from the first looks at its powered flight.

A batch estimate (maximum a posteriori, Gauss-Newton with Levenberg's damping) of a generic powered ascent: it rises
straight up, then its thrust tilts smoothly in one direction, while the acceleration grows as propellant burns and as
the air gets thinner, which holds it back and presses on its nozzle. The priors are wide enough for any large rocket;
two satellites' looks, or one satellite's with the height of the cloud tops, do the rest. Parameters, each scaled to
about one prior sigma or a handy unit:

    0, 1  east and north offset of the launch place from a reference point (km)
    2     launch time relative to a reference time (s)
    3     ln of the acceleration by the motor at launch (m/s²)
    4     ln of its relative growth for each metre per second gained (s/m): of one over the exhaust speed
    5, 6  final tilt of the thrust toward east and north (rad)
    7     when the tilt begins after launch (s)
    8     ln of the speed (m/s) that the first acceleration would give while the tilting lasts: what accelerates faster
          is of a shorter flight, and tilts sooner

Air and nozzle: Sutton and Biblarz, Rocket Propulsion Elements, 9th ed., sections 3.3 and 4.3.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit

from nadhir.geo.atmosphere import STANDARD_GRAVITY, density_and_gradient
from nadhir.geo.earth import Matrix, Vector, east_north_up, geodetic_to_ecef, height_above_ellipsoid
from nadhir.geo.flight import step

PARAMETERS = 9
PRIOR_MEAN = np.array([0.0, 0.0, 0.0, math.log(23.0), math.log(3.9e-4), 0.0, 0.0, 7.0, math.log(1100.0)])
PRIOR_SIGMA = np.array([2000.0, 2000.0, 200.0, 0.38, 0.3, 0.65, 0.65, 2.5, 0.4])
_DIFFERENCE = np.array([0.05, 0.05, 0.02, 1e-3, 1e-2, 2e-3, 2e-3, 0.05, 1e-2])
BACK_PRESSURE = 0.12
"""Part of the thrust above the air that a nozzle loses at sea level."""
BALLISTIC_COEFFICIENT = 14e3
"""kg/m², of the whole vehicle at launch; it falls with the mass."""
LEAST_MASS = 0.1
"""Part of the mass at launch."""
SEA_LEVEL_DENSITY = 1.225
"""kg/m³, of the US Standard Atmosphere 1976"""
LEAST_INITIAL_LOG = math.log(11.5)
"""ln(m/s²): with less thrust nothing lifts off."""
LONGEST_ASCENT_S = 200.0
SOON_SEEN_S = 60.0
"""A vehicle that left the ground longer before its first look is rare: a fit that says so may be a wrong minimum."""
_STEP_S = 1.0

LOOK_TIME, LOOK_FROM, LOOK_SIGHT, LOOK_SIGMA = 0, 1, 4, 7
"""Columns of a look: time, where the satellite then was (3, ECEF), line of sight (3), its standard deviation (rad)."""
LOOK_COLUMNS = 8


class Ascent(NamedTuple):
    """Result of a fit."""

    parameters: Vector
    """(9,)"""
    covariance: Matrix
    """(9, 9)"""
    cost: float
    """Sum of squared normalised residuals, of looks and of the prior"""
    reference: Vector
    """Latitude and longitude (rad) of the reference point, and the reference time (Unix s)"""


@njit(cache=True)
def _push(parameters: Vector, elapsed: float, frame: Matrix, height_m: float, velocity: Vector) -> Vector:
    """Acceleration by motor and air (ECEF, m/s²) at so many seconds after launch."""
    initial = math.exp(parameters[3])
    mass = max(1.0 - math.exp(parameters[4]) * initial * elapsed, LEAST_MASS)
    density, _ = density_and_gradient(height_m)
    # Pressure on the nozzle falls with height about as density does.
    nozzle = (1.0 - BACK_PRESSURE * density / SEA_LEVEL_DENSITY) / (1.0 - BACK_PRESSURE)
    magnitude = initial * nozzle / mass
    share = (elapsed - parameters[7]) * math.exp(parameters[3] - parameters[8])
    share = min(max(share, 0.0), 1.0)
    share = share * share * (3.0 - 2.0 * share)
    tilt = math.hypot(parameters[5], parameters[6])
    angle = min(tilt * share, 1.5)
    level = math.sin(angle) / tilt if tilt > 1e-9 else 0.0
    speed = math.sqrt(velocity[0] ** 2 + velocity[1] ** 2 + velocity[2] ** 2)
    drag = 0.5 * density * speed / (BALLISTIC_COEFFICIENT * mass)
    result = np.empty(3)
    for i in range(3):
        thrust = level * (parameters[5] * frame[0, i] + parameters[6] * frame[1, i]) + math.cos(angle) * frame[2, i]
        result[i] = magnitude * thrust - drag * velocity[i]
    return result


@njit(cache=True)
def _fly(parameters: Vector, reference: Vector, times: Vector, states: Matrix) -> None:
    """States (n, 9: position, velocity, push of motor and air) at ascending Unix times; before launch, at rest."""
    latitude = reference[0] + parameters[1] * 1e3 / 6371e3
    longitude = reference[1] + parameters[0] * 1e3 / (6371e3 * math.cos(reference[0]))
    frame = east_north_up(latitude, longitude)
    state = np.zeros(6)
    state[:3] = geodetic_to_ecef(latitude, longitude, 0.0)
    launched = reference[2] + parameters[2]
    elapsed = height_m = 0.0
    push = _push(parameters, elapsed, frame, height_m, state[3:])
    ahead = np.empty(3)
    for row in range(times.size):
        target = min(times[row] - launched, LONGEST_ASCENT_S)
        while elapsed < target - 1e-9:
            h = min(_STEP_S, target - elapsed)
            climb = 0.0
            for i in range(3):
                ahead[i] = state[3 + i] + h * (push[i] - STANDARD_GRAVITY * frame[2, i])
                climb += 0.5 * h * (state[3 + i] + ahead[i]) * frame[2, i]
            then = _push(parameters, elapsed + h, frame, height_m + climb, ahead)
            step(state, push, (then - push) / h, 0.0, h)
            elapsed += h
            height_m = height_above_ellipsoid(state[0], state[1], state[2])
            push = _push(parameters, elapsed, frame, height_m, state[3:])
        states[row, :6] = state
        states[row, 6:9] = push


@njit(cache=True)
def _residuals(parameters: Vector, reference: Vector, looks: Matrix, cloud: Matrix, out: Vector) -> None:
    """Normalised residuals of looks (two each), of the heights at first look, and of the prior."""
    states = np.zeros((looks.shape[0], 9))
    _fly(parameters, reference, looks[:, LOOK_TIME], states)
    for row in range(looks.shape[0]):
        line = states[row, :3] - looks[row, LOOK_FROM : LOOK_FROM + 3]
        distance = math.sqrt(line[0] ** 2 + line[1] ** 2 + line[2] ** 2)
        level = max(math.hypot(line[0], line[1]), 1e-9)
        first_x, first_y = -line[1] / level, line[0] / level
        second_x = -line[2] * first_y / distance
        second_y = line[2] * first_x / distance
        second_z = (line[0] * first_y - line[1] * first_x) / distance
        u, v, w = looks[row, LOOK_SIGHT], looks[row, LOOK_SIGHT + 1], looks[row, LOOK_SIGHT + 2]
        out[2 * row] = (u * first_x + v * first_y) / looks[row, LOOK_SIGMA]
        out[2 * row + 1] = (u * second_x + v * second_y + w * second_z) / looks[row, LOOK_SIGMA]
    base = 2 * looks.shape[0]
    for row in range(cloud.shape[0]):
        # Seen for the first time: it left the clouds within the last revisit.
        state = states[np.searchsorted(looks[:, LOOK_TIME], cloud[row, 0])]
        height = height_above_ellipsoid(state[0], state[1], state[2])
        radius = math.sqrt(state[0] ** 2 + state[1] ** 2 + state[2] ** 2)
        climb = 0.0
        for i in range(3):
            climb += state[i] * state[3 + i] / radius
        climb = max(climb, 50.0)
        expected = cloud[row, 1] + 0.5 * climb * cloud[row, 2]
        out[base + row] = (height - expected) / (0.35 * climb * cloud[row, 2] + cloud[row, 3])
    base += cloud.shape[0]
    for i in range(PARAMETERS):
        out[base + i] = (parameters[i] - PRIOR_MEAN[i]) / PRIOR_SIGMA[i]


@njit(cache=True)
def _fit(
    start: Vector, reference: Vector, looks: Matrix, cloud: Matrix, iterations: int
) -> tuple[Vector, Matrix, float]:
    size = 2 * looks.shape[0] + cloud.shape[0] + PARAMETERS
    parameters = start.copy()
    residuals = np.empty(size)
    moved = np.empty(size)
    jacobian = np.empty((size, PARAMETERS))
    _residuals(parameters, reference, looks, cloud, residuals)
    cost = float(np.sum(residuals * residuals))
    damping = 1e-3
    normal = np.zeros((PARAMETERS, PARAMETERS))
    for _ in range(iterations):
        for p in range(PARAMETERS):
            trial = parameters.copy()
            trial[p] += _DIFFERENCE[p]
            _residuals(trial, reference, looks, cloud, moved)
            for row in range(size):
                jacobian[row, p] = (moved[row] - residuals[row]) / _DIFFERENCE[p]
        normal = jacobian.T @ jacobian
        gradient = jacobian.T @ residuals
        improved = False
        for _ in range(6):
            damped = normal.copy()
            for p in range(PARAMETERS):
                damped[p, p] *= 1.0 + damping
            trial = parameters - np.linalg.solve(damped, gradient)
            trial[3], trial[7] = max(trial[3], LEAST_INITIAL_LOG), max(trial[7], 0.0)
            _residuals(trial, reference, looks, cloud, moved)
            trial_cost = float(np.sum(moved * moved))
            if trial_cost < cost:
                gained = cost - trial_cost
                parameters, cost = trial, trial_cost
                residuals[:] = moved
                damping = max(damping * 0.2, 1e-9)
                improved = gained > 1e-3
                break
            damping *= 8.0
        if not improved:
            break
    covariance: Matrix = np.linalg.inv(normal).astype(np.float64)
    return parameters, covariance, cost


@njit(cache=True)
def _states_with_sensitivity(parameters: Vector, reference: Vector, time: float) -> tuple[Vector, Matrix]:
    """State (9,) at a time and its sensitivity (9, 9) to the parameters."""
    times = np.array([time])
    middle = np.zeros((1, 9))
    moved = np.zeros((1, 9))
    _fly(parameters, reference, times, middle)
    sensitivity = np.empty((9, PARAMETERS))
    for p in range(PARAMETERS):
        trial = parameters.copy()
        trial[p] += _DIFFERENCE[p]
        _fly(trial, reference, times, moved)
        sensitivity[:, p] = (moved[0] - middle[0]) / _DIFFERENCE[p]
    return middle[0], sensitivity


def fit_ascent(
    looks: Matrix, cloud: Matrix, start: Ascent | None, latitude: float, longitude: float, time: float
) -> Ascent:
    """Fit a powered ascent to looks (n, LOOK_COLUMNS) in ascending time.

    `cloud` (k, 4) holds, for each satellite's first look: its time, height of the cloud tops (m), revisit time (s),
    further sigma of the height (m). `start` is an earlier fit of the same event; without one,
    the reference is the place (rad) and time under the first look.
    """
    anew = PRIOR_MEAN.copy()
    anew[2] = -30.0
    if start is None:
        reference = np.array([latitude, longitude, time])
        result = _fit(anew, reference, looks, cloud, 25)
    else:
        reference = start.reference
        result = _fit(start.parameters, reference, looks, cloud, 6)
        if result[0][2] < -SOON_SEEN_S:
            result = min(result, _fit(anew, reference, looks, cloud, 25), key=lambda one: one[2])
    return Ascent(result[0], result[1], result[2], reference)


def launch_point(ascent: Ascent) -> tuple[float, float, float, Matrix]:
    """Latitude, longitude (rad), Unix time of the launch, and their covariance (3, 3) in (east m, north m, time s)."""
    latitude = ascent.reference[0] + ascent.parameters[1] * 1e3 / 6371e3
    longitude = ascent.reference[1] + ascent.parameters[0] * 1e3 / (6371e3 * math.cos(ascent.reference[0]))
    scale = np.diag([1e3, 1e3, 1.0])
    covariance = scale @ ascent.covariance[:3, :3] @ scale
    return latitude, longitude, float(ascent.reference[2] + ascent.parameters[2]), covariance


def place_at(ascent: Ascent, time: float) -> Vector:
    """Where (3,) it is at a time (ECEF, m)."""
    state = np.zeros((1, 9))
    _fly(ascent.parameters, ascent.reference, np.array([time]), state)
    return state[0, :3]


def burning_state(ascent: Ascent, time: float) -> tuple[Vector, Matrix]:
    """State (13,) and covariance (13, 13) of the burning vehicle at a time, for the tracker's mixture."""
    middle, sensitivity = _states_with_sensitivity(ascent.parameters, ascent.reference, time)
    ahead, _ = _states_with_sensitivity(ascent.parameters, ascent.reference, time + 1.0)
    state = np.zeros(13)
    state[:6] = middle[:6]
    state[7:10] = middle[6:9]
    state[10:13] = ahead[6:9] - middle[6:9]
    spread = sensitivity @ ascent.covariance @ sensitivity.T
    covariance = np.zeros((13, 13))
    order = [0, 1, 2, 3, 4, 5, 7, 8, 9]
    covariance[np.ix_(order, order)] = spread
    # What the generic ascent cannot know: its own shape errors, as an unknown acceleration and rate.
    covariance[3:6, 3:6] += np.eye(3) * 30.0**2
    covariance[:3, :3] += np.eye(3) * 300.0**2
    covariance[7:10, 7:10] += np.eye(3) * 7.0**2
    covariance[10:13, 10:13] += np.eye(3) * 1.0**2
    covariance[6, 6] = 1.0
    return state, covariance
