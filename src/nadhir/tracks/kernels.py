"""Compiled kernels of the filter: prediction and measurement updates of one component (its state: see `layout`).

A detection older than the state is taken by retrodiction: the state is flown back to the time of the detection and the
measurement matrix carried forward, which is exact where the process noise is negligible (coast) and is covered by a
wider measurement error where it is not (boost). Source: Bar-Shalom, IEEE Trans. AES 38 (2002), 769-778.

Radars have constant biases. With each component goes `by_bias` (13, n): how the true state lies from the estimate, by
each of the n biases. `predict` and `update` carry it on as the filter itself carries its errors. Source: Friedland,
IEEE Trans. AC 14 (1969), 359-367. With no columns nothing is carried.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from nadhir.geo.earth import Matrix, Vector, height_above_ellipsoid
from nadhir.geo.flight import acceleration_partials, drag_acceleration, step, step_limit
from nadhir.tracks.layout import (
    BIAS_COLUMN,
    BIASES,
    DELAY,
    HELD_BACK,
    MOTION_STATES,
    PARTS,
    SEPARATION,
    STATES,
    states_held,
)
from nadhir.tracks.parting import held_back, parting

LOG_TWO_PI = math.log(2.0 * math.pi)

# Process noise. While a motor burns: standard deviations of the acceleration (m/s² in a second) and of its rate
# (m/s³ in a second) at 50 m/s², growing with it; more in the air, where vehicles turn and drag comes and goes. In
# coast: spectral density of the velocity, for what drag and gravity leave out.
BOOST_ACCELERATION_NOISE, BOOST_ACCELERATION_NOISE_IN_AIR = 0.25, 0.6
BOOST_RATE_NOISE, BOOST_RATE_NOISE_IN_AIR = 0.15, 0.7
BOOST_NOISE_SCALE_M = 12e3
COAST_NOISE = 0.005**2
DRAG_NOISE_FRACTION = 0.02
BALLISTIC_COEFFICIENT_NOISE = 0.005**2
# After a cutoff the thrust takes a moment to die away, and then vehicle and stage push each other apart, both along the
# path: velocity noise in m/s in a second.
TAIL_OFF_S, TAIL_OFF_NOISE = 1.2, 6.0
PARTING_S, PARTING_NOISE, PARTING_NOISE_ACROSS = 4.5, 1.2, 0.8
LEAST_RANGE_M = 1.0
"""Nothing is divided by less: a false detection may lie in the radar itself."""


@njit(cache=True)
def normal_probability(x: float) -> float:
    """Probability that a standard normal variable is below `x`."""
    return 0.5 * math.erfc(-x / math.sqrt(2.0))


@njit(cache=True)
def _step(state: Vector, burning: bool, drag_factor: float, still: Vector, h: float) -> None:
    """Advance a state (13,) in place by one short step; `still` (3,) is zero, made once by who takes many."""
    if burning:
        step(state, state[7:10], state[10:13], drag_factor, h)
        for i in range(3):
            state[7 + i] += h * state[10 + i]
    else:
        step(state, still, still, drag_factor, h)


@njit(cache=True)
def predict_mean(state: Vector, burning: bool, duration_s: float) -> None:
    """Advance a state (13,) in place, backward for a negative duration."""
    drag_factor = 0.0 if burning else 0.5 * math.exp(-state[6])
    still = np.zeros(3)
    left = abs(duration_s)
    sign = 1.0 if duration_s >= 0.0 else -1.0
    while left > 1e-12:
        h = sign * min(left, step_limit(state, 1.0))
        _step(state, burning, drag_factor, still, h)
        left -= abs(h)


@njit(cache=True)
def _transition_step(before: Vector, after: Vector, burning: bool, drag_factor: float, h: float, phi: Matrix) -> None:
    """Transition matrix of one short step, to second order at its middle, into phi (13, 13)."""
    middle = np.empty(6)
    for i in range(3):
        middle[i] = 0.5 * (before[i] + after[i]) + 0.125 * h * (before[3 + i] - after[3 + i])
        middle[3 + i] = 1.5 * (after[i] - before[i]) / h - 0.25 * (before[3 + i] + after[3 + i])
    partials = np.empty((3, 7))
    acceleration_partials(middle, drag_factor, partials)
    phi[:, :] = 0.0
    for i in range(STATES):
        phi[i, i] = 1.0
    half = 0.5 * h * h
    for i in range(3):
        for j in range(3):
            by_position, by_velocity = partials[i, j], partials[i, 3 + j]
            phi[i, j] += half * by_position
            phi[i, 3 + j] += half * by_velocity
            second_position = 0.0
            second_velocity = by_position
            for k in range(3):
                second_position += partials[i, 3 + k] * partials[k, j]
                second_velocity += partials[i, 3 + k] * partials[k, 3 + j]
            phi[3 + i, j] += h * by_position + half * second_position
            phi[3 + i, 3 + j] += h * by_velocity + half * second_velocity
        phi[i, 3 + i] += h
        phi[i, 6] = half * partials[i, 6]
        phi[3 + i, 6] = h * partials[i, 6]
        if burning:
            phi[i, 7 + i] = half
            phi[i, 10 + i] = half * h / 3.0
            phi[3 + i, 7 + i] = h
            phi[3 + i, 10 + i] = half
            phi[7 + i, 10 + i] = h


@njit(cache=True)
def transition(state: Vector, burning: bool, duration_s: float, phi: Matrix) -> None:
    """Advance a state (13,) in place and give its transition matrix in phi (13, 13)."""
    n = STATES if burning else MOTION_STATES
    drag_factor = 0.0 if burning else 0.5 * math.exp(-state[6])
    phi[:, :] = 0.0
    for i in range(STATES):
        phi[i, i] = 1.0
    one = np.empty((STATES, STATES))
    before = np.empty(STATES)
    column = np.empty(STATES)
    still = np.zeros(3)
    left = abs(duration_s)
    sign = 1.0 if duration_s >= 0.0 else -1.0
    first = True
    while left > 1e-12:
        h = sign * min(left, step_limit(state, 2.0))
        before[:] = state
        _step(state, burning, drag_factor, still, h)
        _transition_step(before, state, burning, drag_factor, h, one)
        if first:
            phi[:, :] = one
            first = False
        else:
            for j in range(n):
                for i in range(n):
                    total = 0.0
                    for k in range(n):
                        total += one[i, k] * phi[k, j]
                    column[i] = total
                for i in range(n):
                    phi[i, j] = column[i]
        left -= abs(h)


@njit(cache=True)
def boost_noise(state: Vector) -> tuple[float, float]:
    """Spectral densities of a burning vehicle's acceleration ((m/s²)²/s) and of its rate ((m/s³)²/s)."""
    air = math.exp(-max(height_above_ellipsoid(state[0], state[1], state[2]), 0.0) / BOOST_NOISE_SCALE_M)
    magnitude = math.sqrt(state[7] ** 2 + state[8] ** 2 + state[9] ** 2)
    scale = min(max(magnitude / 50.0, 0.3), 3.0)
    acceleration_noise = scale * BOOST_ACCELERATION_NOISE + air * BOOST_ACCELERATION_NOISE_IN_AIR
    rate_noise = scale * BOOST_RATE_NOISE + air * BOOST_RATE_NOISE_IN_AIR
    return acceleration_noise**2, rate_noise**2


@njit(cache=True)
def _add_process_noise(covariance: Matrix, state: Vector, burning: bool, h: float, age_s: float) -> None:
    if burning:
        acceleration_variance, rate_variance = boost_noise(state)
        factorials = (6.0, 2.0, 1.0, 1.0)  # of 3, 2, 1, 0: integrations from the rate to each quantity
        offsets = (0, 3, 7, 10)
        for row in range(4):
            for column in range(4):
                order = (3 - row) + (3 - column) + 1
                noise = rate_variance * h**order / (factorials[row] * factorials[column] * order)
                if row < 3 and column < 3:
                    order -= 2
                    halves = (2.0, 1.0, 1.0)
                    noise += acceleration_variance * h**order / (halves[row] * halves[column] * order)
                for i in range(3):
                    covariance[offsets[row] + i, offsets[column] + i] += noise
    else:
        drag = drag_acceleration(state, 0.5 * math.exp(-state[6]))
        density = COAST_NOISE + (DRAG_NOISE_FRACTION * drag) ** 2
        for i in range(3):
            covariance[i, i] += density * h**3 / 3.0
            covariance[i, 3 + i] += density * h**2 / 2.0
            covariance[3 + i, i] += density * h**2 / 2.0
            covariance[3 + i, 3 + i] += density * h
        if age_s < PARTING_S:
            along = TAIL_OFF_NOISE if age_s < TAIL_OFF_S else PARTING_NOISE
            speed = math.sqrt(state[3] ** 2 + state[4] ** 2 + state[5] ** 2)
            for i in range(3):
                for j in range(3):
                    density = (along**2 - PARTING_NOISE_ACROSS**2) * state[3 + i] * state[3 + j] / speed**2
                    if i == j:
                        density += PARTING_NOISE_ACROSS**2
                    covariance[3 + i, 3 + j] += density * h
                    covariance[i, 3 + j] += density * h**2 / 2.0
                    covariance[3 + i, j] += density * h**2 / 2.0
                    covariance[i, j] += density * h**3 / 3.0
                    if age_s >= TAIL_OFF_S:
                        covariance[SEPARATION + i, SEPARATION + j] += density * h
        if drag > 0.1:
            covariance[6, 6] += BALLISTIC_COEFFICIENT_NOISE * h


@njit(cache=True)
def predict(
    state: Vector, covariance: Matrix, by_bias: Matrix, burning: bool, duration_s: float, age_s: float = 1e9
) -> None:
    """Advance a state (13,), its covariance (13, 13) and `by_bias` (13, n) in place by a positive duration.

    `age_s` is how long ago the thrust of a coasting one ended.
    """
    n = states_held(covariance, burning)
    moving = STATES if burning else MOTION_STATES
    left = duration_s
    phi = np.empty((STATES, STATES))
    product = np.empty((STATES, STATES))
    column = np.empty(STATES)
    while left > 1e-12:
        h = min(left, 10.0)
        transition(state, burning, h, phi)
        for i in range(moving):
            for j in range(n):
                total = 0.0
                for k in range(moving):
                    total += phi[i, k] * covariance[k, j]
                product[i, j] = total
        for i in range(moving):
            for j in range(i, moving):
                total = 0.0
                for k in range(moving):
                    total += product[i, k] * phi[j, k]
                covariance[i, j] = total
                covariance[j, i] = total
            for j in range(moving, n):
                covariance[i, j] = product[i, j]
                covariance[j, i] = product[i, j]
        for j in range(by_bias.shape[1]):
            if not by_bias[:moving, j].any():
                continue
            for i in range(moving):
                total = 0.0
                for k in range(moving):
                    total += phi[i, k] * by_bias[k, j]
                column[i] = total
            for i in range(moving):
                by_bias[i, j] = column[i]
        _add_process_noise(covariance, state, burning, h, age_s)
        age_s += h
        left -= h


@njit(cache=True)
def _scalar_update(state: Vector, covariance: Matrix, n: int, row: Vector, residual: float, variance: float) -> float:
    """One scalar Kalman update in place; returns the normalised squared innovation, its variance goes to row[-1]."""
    gain = np.empty(STATES)
    innovation_variance = variance
    for i in range(n):
        total = 0.0
        for k in range(n):
            total += covariance[i, k] * row[k]
        gain[i] = total
        innovation_variance += row[i] * total
    for i in range(n):
        scaled = gain[i] / innovation_variance
        state[i] += scaled * residual
        for j in range(i, n):
            covariance[i, j] -= scaled * gain[j]
            covariance[j, i] = covariance[i, j]
    row[STATES] = innovation_variance
    return residual * residual / innovation_variance


@njit(cache=True)
def _bias_update(
    covariance: Matrix, by_bias: Matrix, n: int, row: Vector, variance: float, own: int, size: float, innovation: Vector
) -> None:
    """Carry `by_bias` through a scalar update that was made with measurement matrix `row` and this variance.

    The measurement itself moves by `size` with bias `own` (none where it is negative). How the innovation depends on
    all biases goes to `innovation` (n + 2).
    """
    biases = by_bias.shape[1]
    for j in range(biases):
        total = size if j == own else 0.0
        for i in range(n):
            total += row[i] * by_bias[i, j]
        innovation[j] = total
    for i in range(n):
        # The gain, from the covariance after the update.
        gain = 0.0
        for k in range(n):
            gain += covariance[i, k] * row[k]
        gain /= variance
        for j in range(biases):
            by_bias[i, j] -= gain * innovation[j]


@njit(cache=True)
def _bias_variance(innovation: Vector, bias_covariance: Matrix) -> float:
    """What the uncertainty of the biases adds to the variance of an innovation."""
    total = 0.0
    for i in range(bias_covariance.shape[0]):
        if innovation[i] != 0.0:
            for j in range(bias_covariance.shape[1]):
                total += innovation[i] * bias_covariance[i, j] * innovation[j]
    return total


@njit(cache=True)
def _radar_component(
    seen: Vector, sensor: Vector, measured: Vector, part: int, sensitivity: Vector
) -> tuple[float, float]:
    """Residual and variance of one part of a radar measurement, and its sensitivity (6,) to position and velocity.

    Parts in the order in which they are taken: azimuth (as an arc), elevation, range, range rate. Angles first, so that
    the range is linearised where the object is; range rate last, after the position, since it is what a wide velocity
    prior would make inconsistent.
    """
    dx, dy, dz = seen[0] - sensor[0], seen[1] - sensor[1], seen[2] - sensor[2]
    distance = max(math.sqrt(dx * dx + dy * dy + dz * dz), LEAST_RANGE_M)
    east = dx * sensor[3] + dy * sensor[4] + dz * sensor[5]
    north = dx * sensor[6] + dy * sensor[7] + dz * sensor[8]
    up = dx * sensor[9] + dy * sensor[10] + dz * sensor[11]
    horizontal = max(math.hypot(east, north), 1e-6 * distance)
    sensitivity[:] = 0.0
    if part == 0:
        cosine = horizontal / distance
        difference = measured[1] - math.atan2(east, north)
        difference -= 2.0 * math.pi * math.floor(difference / (2.0 * math.pi) + 0.5)
        for i in range(3):
            sensitivity[i] = (north * sensor[3 + i] - east * sensor[6 + i]) / (horizontal * distance)
        return difference * cosine, sensor[13] ** 2
    if part == 1:
        for i in range(3):
            level = (east * sensor[3 + i] + north * sensor[6 + i]) / horizontal
            sensitivity[i] = (horizontal * sensor[9 + i] - up * level) / (distance * distance)
        return measured[2] - math.atan2(up, horizontal), sensor[14] ** 2
    if part == 2:
        sensitivity[0], sensitivity[1], sensitivity[2] = dx / distance, dy / distance, dz / distance
        return measured[0] - distance, sensor[12] ** 2
    rate = (dx * seen[3] + dy * seen[4] + dz * seen[5]) / distance
    sensitivity[3], sensitivity[4], sensitivity[5] = dx / distance, dy / distance, dz / distance
    for i in range(3):
        sensitivity[i] = (seen[3 + i] - rate * sensitivity[3 + i]) / distance
    return measured[3] - rate, sensor[15] ** 2


@njit(cache=True)
def _measured_place(sensor: Vector, measured: Vector) -> Vector:
    """Where a radar's range and angles place what it saw."""
    distance = max(measured[0], LEAST_RANGE_M)
    level, up = distance * math.cos(measured[2]), distance * math.sin(measured[2])
    east, north = level * math.sin(measured[1]), level * math.cos(measured[1])
    place = np.empty(3)
    for i in range(3):
        place[i] = sensor[i] + east * sensor[3 + i] + north * sensor[6 + i] + up * sensor[9 + i]
    return place


@njit(cache=True)
def _is_far(seen: Vector, place: Vector, sensor: Vector, measured: Vector) -> bool:
    """Whether a detection lies so far from where its object was expected that an angle linearised there would be wrong
    by more than half its noise."""
    squared = 0.0
    for i in range(3):
        squared += (place[i] - seen[i]) ** 2
    return bool(squared > measured[0] ** 2 * min(sensor[13], sensor[14]))


@njit(cache=True)
def _place_component(
    seen: Vector, place: Vector, sensor: Vector, measured: Vector, part: int, sensitivity: Vector
) -> tuple[float, float]:
    """As `_radar_component`, for angles and range taken as a place, in axes at the place itself: so they are linear in
    the state, however far off it is. What only one satellite has seen may be a hundred kilometres off.

    Source: the converted measurement, Lerro and Bar-Shalom, IEEE Transactions on Aerospace and Electronic Systems 29
    (1993), 1015-1022. Their correction for its bias, of half the range times the squared angle noise, is left out: that
    is a part of the noise as small as the angle noise itself.
    """
    _, variance = _radar_component(place, sensor, measured, part, sensitivity)
    residual = 0.0
    for i in range(3):
        residual += sensitivity[i] * (place[i] - seen[i])
    return residual, variance


@njit(cache=True)
def _infrared_component(
    seen: Vector, sensor: Vector, measured: Vector, part: int, sensitivity: Vector
) -> tuple[float, float]:
    """As `_radar_component`, for the two axes across a line of sight (the first horizontal at the Earth's axis)."""
    line = np.empty(3)
    for i in range(3):
        line[i] = seen[i] - sensor[i]
    distance = math.sqrt(line[0] ** 2 + line[1] ** 2 + line[2] ** 2)
    for i in range(3):
        line[i] /= distance
    level = max(math.hypot(line[0], line[1]), 1e-9)
    axis = np.empty(3)
    axis[0], axis[1], axis[2] = -line[1] / level, line[0] / level, 0.0
    if part == 1:
        first = axis.copy()
        axis[0] = line[1] * first[2] - line[2] * first[1]
        axis[1] = line[2] * first[0] - line[0] * first[2]
        axis[2] = line[0] * first[1] - line[1] * first[0]
    sensitivity[:] = 0.0
    residual = 0.0
    for i in range(3):
        sensitivity[i] = axis[i] / distance
        residual += measured[i] * axis[i]
    return residual, sensor[12] ** 2


@njit(cache=True)
def _range_rate_curvature(seen: Vector, sensor: Vector, covariance: Matrix, sensitivity: Vector) -> float:
    """Second-order variance of a range rate, where position and velocity are both wide.

    The rate is bilinear in them with the matrix B = (I - u u^T) / distance: tr(B Pvv B Ppp) + tr(B Pvp B Pvp). Source:
    the second-order filter, Bar-Shalom, Li and Kirubarajan, Estimation with Applications (2001), section 10.3.
    """
    distance = math.sqrt((seen[0] - sensor[0]) ** 2 + (seen[1] - sensor[1]) ** 2 + (seen[2] - sensor[2]) ** 2)
    distance = max(distance, LEAST_RANGE_M)
    position = np.zeros((3, 3))
    velocity = np.zeros((3, 3))
    cross = np.zeros((3, 3))
    for i in range(3):
        for k in range(3):
            bilinear = ((1.0 if i == k else 0.0) - sensitivity[3 + i] * sensitivity[3 + k]) / distance
            for j in range(3):
                position[i, j] += bilinear * covariance[k, j]
                velocity[i, j] += bilinear * covariance[3 + k, 3 + j]
                cross[i, j] += bilinear * covariance[3 + k, j]
    total = 0.0
    for i in range(3):
        for j in range(3):
            total += velocity[i, j] * position[j, i] + cross[i, j] * cross[j, i]
    return max(total, 0.0)


@njit(cache=True)
def update(
    state: Vector,
    covariance: Matrix,
    by_bias: Matrix,
    bias_covariance: Matrix,
    burning: bool,
    age_s: float,
    sensor: Vector,
    measured: Vector,
    infrared: bool,
    share: float,
    apart_s: float,
    innovations: Matrix,
) -> tuple[float, float]:
    """Update a component in place with a detection measured `age_s` seconds before the state's time.

    `share` tells what the detection is of: 0, the object itself; 1, a slower partner that left it `apart_s` before the
    detection; 0.5, the middle between the two.
    The state is updated as if there were no bias. `bias_covariance` (n, n) only widens what the detection is judged by.
    `innovations` (4, n + 2) takes, for each part: its dependence on the biases, the residual, the innovation variance.
    Returns the log-likelihood and the normalised squared innovation (4 degrees of freedom; 2 for infrared).
    """
    n = states_held(covariance, burning)
    parts = 2 if infrared else PARTS
    biases = by_bias.shape[1]
    row = np.empty(STATES + 1)
    sensitivity = np.empty(6)
    phi = np.empty((STATES, STATES))
    seen = state.copy()
    prior = state.copy()
    origin = state.copy()
    late = abs(age_s) > 1e-9
    extra_position = 0.0
    extra_velocity = 0.0
    if late:
        transition(origin, burning, -age_s, phi)
        if burning:
            # What the acceleration may have done since, unknown to the state of then.
            extra_velocity = boost_noise(state)[0] * abs(age_s) ** 3 / 3.0
            extra_position = extra_velocity * age_s**2
    apart = np.empty((3, 3))
    faster = np.empty((3, 3))
    held = np.zeros((4, 3))
    if share != 0.0 and not burning:
        parting(state, apart_s, apart, faster)
    place = seen[:3] if infrared else _measured_place(sensor, measured)
    far = False
    log_likelihood = 0.0
    squared = 0.0
    for part in range(parts):
        for i in range(6):
            seen[i] = origin[i]
            if late:
                for k in range(n):
                    seen[i] += phi[i, k] * (state[k] - prior[k])
            else:
                seen[i] = state[i]
        if share != 0.0 and not burning:
            held = held_back(state, apart_s, apart, faster)
            for i in range(3):
                seen[i] -= share * held[0, i]
                seen[3 + i] -= share * held[1, i]
                for j in range(3):
                    seen[i] -= share * apart[i, j] * state[SEPARATION + j]
                    seen[3 + i] -= share * faster[i, j] * state[SEPARATION + j]
        if infrared:
            residual, variance = _infrared_component(seen, sensor, measured, part, sensitivity)
        elif part < 3 and (far or (part == 0 and _is_far(seen, place, sensor, measured))):
            far = True
            residual, variance = _place_component(seen, place, sensor, measured, part, sensitivity)
        else:
            residual, variance = _radar_component(seen, sensor, measured, part, sensitivity)
            if part == 3:
                variance += _range_rate_curvature(seen, sensor, covariance, sensitivity)
        if late:
            for k in range(n):
                total = 0.0
                for i in range(6):
                    total += sensitivity[i] * phi[i, k]
                row[k] = total
            for i in range(3):
                variance += sensitivity[i] ** 2 * extra_position + sensitivity[3 + i] ** 2 * extra_velocity
        else:
            row[:] = 0.0
            for k in range(6):
                row[k] = sensitivity[k]
        if share != 0.0 and not burning:
            for i in range(3):
                row[HELD_BACK] -= share * (sensitivity[i] * held[0, i] + sensitivity[3 + i] * held[1, i])
                row[DELAY] -= share * (sensitivity[i] * held[2, i] + sensitivity[3 + i] * held[3, i])
                for j in range(3):
                    row[SEPARATION + j] -= share * (sensitivity[i] * apart[i, j] + sensitivity[3 + i] * faster[i, j])
                    row[DELAY] += share * sensitivity[i] * faster[i, j] * state[SEPARATION + j]
        one = _scalar_update(state, covariance, n, row, residual, variance)
        expected = row[STATES]
        if biases > 0:
            own, size = -1, 0.0
            if not infrared and part < BIASES:
                own = int(sensor[BIAS_COLUMN]) + (part + 1) % BIASES
                size = math.cos(measured[2]) if part == 0 else 1.0
            _bias_update(covariance, by_bias, n, row, variance, own, size, innovations[part])
            innovations[part, biases], innovations[part, biases + 1] = residual, expected
            if bias_covariance[0, 0] > 0.0:
                expected += _bias_variance(innovations[part], bias_covariance)
                one = residual * residual / expected
        squared += one
        log_likelihood -= 0.5 * (one + math.log(expected) + LOG_TWO_PI)
    return log_likelihood, squared
