"""A vehicle and the spent stage that it left, as one estimate until radars tell them apart.

They part at a few metres a second, so for a minute or more a radar gives one detection of the middle between them, or
two without saying which is which, while a finer one next to it sees both. A coasting component carries the velocity at
which the two part (see `kernels`), so each of these is a measurement of one joint state: `share` 0 of the vehicle, 0.5
of the middle, 1 of the stage. Each detection, or two of one scan, is taken under every hypothesis that may hold,
weighted by the probability that this radar tells the two apart at all; what survives stays in the mixture.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from nadhir.geo.earth import Matrix, Vector
from nadhir.tracks.kernels import normal_probability, update
from nadhir.tracks.layout import DELAY, DETECTIONS, HELD_BACK, NO, PARTS, SEPARATION, STATES
from nadhir.tracks.mixture import COMPONENTS, SMALLEST_WEIGHT, TELLING_WEIGHT, Pool, bias_held, log_pushed, reduce
from nadhir.tracks.parting import air_behind, path_at_parting, to_partner

VEHICLE, MIDDLE, STAGE = 0.0, 0.5, 1.0
PAIR_COASTS = 3
"""Of one detection: it is the vehicle's, of the middle, or the stage's."""
BEHIND = 0.1
"""Probability of being ahead below which what is held for the vehicle is the stage."""
HYPOTHESES = 5
"""Those, and for two detections: vehicle and stage, stage and vehicle."""


@njit(cache=True)
def unresolved_probability(state: Vector, covariance: Matrix, sensor: Vector, cell: Vector, apart_s: float) -> float:
    """Probability that a radar gives one detection of a pair which parted `apart_s` ago.

    `cell` (3,) is its resolution in range (m), angle (rad) and range rate (m/s): closer than all three is one.
    """
    line = np.empty(3)
    distance = 0.0
    for i in range(3):
        line[i] = state[i] - sensor[i]
        distance += line[i] ** 2
    distance = math.sqrt(distance)
    rate = 0.0
    speed_squared = 0.0
    variance = 0.0
    behind, slower, _, _ = air_behind(state, apart_s)
    along = path_at_parting(state, apart_s)
    facing = 0.0
    for i in range(3):
        facing += line[i] * along[i] / distance
        rate += line[i] * state[SEPARATION + i] / distance
        speed_squared += state[SEPARATION + i] ** 2
        for j in range(3):
            variance += line[i] * line[j] * covariance[SEPARATION + i, SEPARATION + j] / distance**2
    across = math.sqrt(max(speed_squared - rate * rate, 0.0)) * apart_s
    across += math.sqrt(max(1.0 - facing**2, 0.0)) * behind
    if across / distance > cell[1]:
        return 0.0
    # Of the rate at which they left each other, what keeps both their distance and their rate within a cell.
    lasted = max(apart_s, 1e-3)
    lowest = max((-cell[0] - behind * facing) / lasted, -cell[2] - slower * facing)
    highest = min((cell[0] - behind * facing) / lasted, cell[2] - slower * facing)
    if lowest >= highest:
        return 0.0
    sigma = math.sqrt(max(variance + (slower * facing) ** 2 * covariance[HELD_BACK, HELD_BACK], 1e-6))
    return normal_probability((highest - rate) / sigma) - normal_probability((lowest - rate) / sigma)


@njit(cache=True)
def _ahead_probability(state: Vector, covariance: Matrix, apart_s: float) -> float:
    """Probability that the vehicle is the faster of the two: what pushes them apart pushes the vehicle forward."""
    path = path_at_parting(state, apart_s)
    along = 0.0
    variance = 1e-9
    for i in range(3):
        along += state[SEPARATION + i] * path[i]
        for j in range(3):
            variance += path[i] * path[j] * covariance[SEPARATION + i, SEPARATION + j]
    return max(normal_probability(along / math.sqrt(variance)), 1e-12)


@njit(cache=True)
def _exchange(state: Vector, covariance: Matrix, by_bias: Matrix, apart_s: float) -> None:
    """Call the vehicle of a pair its stage, and the stage the vehicle. In vacuum both fit all detections alike."""
    jacobian = to_partner(state, apart_s)
    for i in range(SEPARATION, DELAY):
        jacobian[i, i] = -1.0
        state[i] = -state[i]
    covariance[:, :] = jacobian @ covariance @ jacobian.T
    by_bias[:, :] = jacobian @ by_bias


@njit(cache=True)
def _take(
    state: Vector,
    covariance: Matrix,
    by_bias: Matrix,
    bias_covariance: Matrix,
    hypothesis: int,
    age_s: float,
    sensor: Vector,
    detections: Matrix,
    apart_s: float,
    innovations: Matrix,
) -> tuple[float, float]:
    """Update a coasting component under a hypothesis; its log-likelihood and normalised squared innovation."""
    before = _ahead_probability(state, covariance, apart_s)
    share = (VEHICLE, MIDDLE, STAGE, VEHICLE, STAGE)[hypothesis]
    total, squared = update(
        state,
        covariance,
        by_bias,
        bias_covariance,
        NO,
        age_s,
        sensor,
        detections[0],
        NO,
        share,
        apart_s,
        innovations[:PARTS],
    )
    if hypothesis >= PAIR_COASTS:
        other, other_squared = update(
            state,
            covariance,
            by_bias,
            bias_covariance,
            NO,
            age_s,
            sensor,
            detections[1],
            NO,
            STAGE - share,
            apart_s,
            innovations[PARTS:],
        )
        total += other
        squared = 0.5 * (squared + other_squared)
    return total + math.log(_ahead_probability(state, covariance, apart_s) / before), squared


@njit(cache=True)
def _log_prior(
    hypothesis: int, unresolved: float, log_detect: float, log_miss: float, log_clutter: float, count: int
) -> float:
    """Log-probability of a hypothesis, with the density of what it leaves unexplained."""
    resolved = max(1.0 - unresolved, 1e-9)
    if hypothesis >= PAIR_COASTS:
        return math.log(resolved) + 2.0 * log_detect
    rest = log_clutter if count > 1 else 0.0
    if hypothesis == 1:
        return math.log(max(unresolved, 1e-9)) + log_detect + rest
    return math.log(resolved) + log_detect + log_miss + rest


@njit(cache=True)
def pair_likelihood(
    pool: Pool, slot: int, time: float, sensor: Vector, cell: Vector, p_detect: float, measured: Vector
) -> tuple[float, float]:
    """As `mixture.likelihood`, for one detection of a vehicle that may have parted from its stage."""
    total = -np.inf
    least = np.inf
    detections = measured.reshape(1, 4)
    log_detect = math.log(p_detect)
    log_miss = math.log(1.0 - min(p_detect, 0.999))
    age = pool.time[slot] - time
    biased = bias_held(pool)
    none = np.empty((STATES, 0))
    innovations = np.empty((PARTS, len(pool.bias_covariance) + 2))
    for c in range(pool.components[slot]):
        apart = max(time - pool.since[slot, c], 0.0)
        unresolved = 1.0
        hypotheses = 1
        if not pool.burning[slot, c]:
            hypotheses = PAIR_COASTS
            unresolved = unresolved_probability(pool.state[slot, c], pool.covariance[slot, c], sensor, cell, apart)
        for hypothesis in range(hypotheses):
            state, covariance = pool.state[slot, c].copy(), pool.covariance[slot, c].copy()
            by_bias = pool.by_bias[slot, c].copy() if biased else none
            if pool.burning[slot, c]:
                one, squared = update(
                    state,
                    covariance,
                    by_bias,
                    pool.bias_covariance,
                    pool.burning[slot, c],
                    age,
                    sensor,
                    measured,
                    NO,
                    VEHICLE,
                    apart,
                    innovations,
                )
            else:
                one, squared = _take(
                    state,
                    covariance,
                    by_bias,
                    pool.bias_covariance,
                    hypothesis,
                    age,
                    sensor,
                    detections,
                    apart,
                    innovations,
                )
                one += _log_prior(hypothesis, unresolved, log_detect, log_miss, 0.0, 1) - log_detect
            one += pool.log_weight[slot, c]
            least = min(least, squared)
            if one > total:
                total, one = one, total
            total += math.log1p(math.exp(one - total)) if one > -np.inf else 0.0
    return total, least


@njit(cache=True)
def absorb_pair(
    pool: Pool,
    slot: int,
    time: float,
    sensor: Vector,
    cell: Vector,
    p_detect: float,
    log_clutter: float,
    detections: Matrix,
    dropped: float,
    told: Matrix,
) -> tuple[float, float, float]:
    """Update a vehicle's mixture with one or two detections (1 or 2, 4) of a scan, of it, its stage, or both.

    `dropped` is the log-density of the second detection as that of a stage which a burning vehicle has just dropped.
    Returns the log-likelihood, the least squared innovation, and the probability that both are seen apart. `told` takes
    the innovations as in `mixture.absorb`, four rows for each detection.
    """
    count = detections.shape[0]
    log_detect = math.log(p_detect)
    log_miss = math.log(1.0 - min(p_detect, 0.999))
    age = pool.time[slot] - time
    room = COMPONENTS * HYPOTHESES
    innovations = np.zeros((room, DETECTIONS * PARTS, told.shape[1]))
    by_biases = np.empty((room, STATES, len(pool.bias_covariance)))
    states = np.empty((room, STATES))
    covariances = np.empty((room, STATES, STATES))
    weights = np.full(room, -np.inf)
    source = np.zeros(room, dtype=np.int64)
    apart_seen = np.zeros(room, dtype=np.bool_)
    untouched = np.zeros(room, dtype=np.bool_)
    least = np.inf
    best = -np.inf
    used = 0
    for c in range(pool.components[slot]):
        burning = pool.burning[slot, c]
        since = pool.since[slot, c]
        hypotheses = 1 if burning else (HYPOTHESES if count > 1 else PAIR_COASTS)
        apart = max(time - since, 0.0)
        early = age > 0.0 and time < since
        unresolved = 1.0
        if early:
            hypotheses = 1
        elif not burning:
            unresolved = unresolved_probability(pool.state[slot, c], pool.covariance[slot, c], sensor, cell, apart)
        for hypothesis in range(hypotheses):
            states[used] = pool.state[slot, c]
            covariances[used] = pool.covariance[slot, c]
            by_biases[used] = pool.by_bias[slot, c]
            source[used] = c
            if early:
                # Measured before this component's motor changed: it says nothing for or against the change.
                untouched[used] = True
                one = 0.0
            elif burning:
                pushed = log_pushed(pool, slot, states[used], covariances[used])
                one, squared = update(
                    states[used],
                    covariances[used],
                    by_biases[used],
                    pool.bias_covariance,
                    pool.burning[slot, c],
                    age,
                    sensor,
                    detections[0],
                    NO,
                    VEHICLE,
                    apart,
                    innovations[used, :PARTS],
                )
                one += log_detect + (max(log_clutter, dropped) if count > 1 else 0.0)
                one += log_pushed(pool, slot, states[used], covariances[used]) - pushed
                least = min(least, squared)
                best = max(best, one)
            else:
                one, squared = _take(
                    states[used],
                    covariances[used],
                    by_biases[used],
                    pool.bias_covariance,
                    hypothesis,
                    age,
                    sensor,
                    detections,
                    apart,
                    innovations[used],
                )
                one += _log_prior(hypothesis, unresolved, log_detect, log_miss, log_clutter, count)
                least = min(least, squared)
                best = max(best, one)
                apart_seen[used] = hypothesis >= PAIR_COASTS
            weights[used] = pool.log_weight[slot, c] + one
            used += 1
    if best > -np.inf:
        for k in range(used):
            if untouched[k]:
                weights[k] += best
    largest = weights[:used].max()
    total = 0.0
    seen_apart = 0.0
    for k in range(used):
        share = math.exp(weights[k] - largest)
        total += share
        if apart_seen[k]:
            seen_apart += share
    order = np.argsort(-weights[:used])
    told[:] = 0.0
    if 1.0 / total > TELLING_WEIGHT:
        told[:] = innovations[order[0]]
    since_before = pool.since[slot].copy()
    burning_before = pool.burning[slot].copy()
    kept = 0
    for k in order:
        if kept == COMPONENTS or weights[k] < largest + math.log(SMALLEST_WEIGHT):
            break
        pool.state[slot, kept] = states[k]
        pool.covariance[slot, kept] = covariances[k]
        pool.by_bias[slot, kept] = by_biases[k]
        pool.log_weight[slot, kept] = weights[k]
        pool.burning[slot, kept] = burning_before[source[k]]
        pool.since[slot, kept] = since_before[source[k]]
        kept += 1
    pool.components[slot] = kept
    _put_vehicles_ahead(pool, slot)
    reduce(pool, slot)
    return largest + math.log(total) - log_detect, least, seen_apart / total


@njit(cache=True)
def _put_vehicles_ahead(pool: Pool, slot: int) -> None:
    """Exchange vehicle and stage where a component has them the wrong way round.

    Its mirror image fits the detections as well, and was dropped when it was not yet clear which of the two is faster.
    """
    for c in range(pool.components[slot]):
        apart = pool.time[slot] - pool.since[slot, c]
        if pool.burning[slot, c] or apart <= 0.0:
            continue
        behind, _, _, _ = air_behind(pool.state[slot, c], apart)
        if behind > np.linalg.norm(pool.state[slot, c, SEPARATION:DELAY]) * apart:
            # In the air the two are no mirror images: what is held back more is the stage.
            continue
        ahead = _ahead_probability(pool.state[slot, c], pool.covariance[slot, c], apart)
        if ahead < BEHIND:
            _exchange(pool.state[slot, c], pool.covariance[slot, c], pool.by_bias[slot, c], apart)
            pool.log_weight[slot, c] += math.log((1.0 - ahead) / ahead)


@njit(cache=True)
def set_stage(pool: Pool, vehicle: int, stage: int, log_beta: float, log_beta_sigma: float) -> None:
    """Put what the vehicle's coasting components say of the stage into the stage's slot."""
    kept = 0
    for c in range(pool.components[vehicle]):
        if pool.burning[vehicle, c]:
            continue
        state, covariance = pool.state[stage, kept], pool.covariance[stage, kept]
        state[:] = pool.state[vehicle, c]
        jacobian = to_partner(state, max(pool.time[vehicle] - pool.since[vehicle, c], 0.0))
        covariance[:, :] = jacobian @ pool.covariance[vehicle, c] @ jacobian.T
        pool.by_bias[stage, kept] = jacobian @ pool.by_bias[vehicle, c]
        pool.by_bias[stage, kept, 6] = 0.0
        covariance[6, :] = 0.0
        covariance[:, 6] = 0.0
        state[6] = log_beta
        covariance[6, 6] = log_beta_sigma**2
        pool.log_weight[stage, kept] = pool.log_weight[vehicle, c]
        pool.burning[stage, kept] = False
        pool.since[stage, kept] = pool.since[vehicle, c]
        kept += 1
    if kept > 0:
        pool.components[stage] = kept
        pool.time[stage] = pool.time[vehicle]
        reduce(pool, stage)
