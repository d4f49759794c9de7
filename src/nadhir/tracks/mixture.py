"""Gaussian mixtures over what an object may be doing: burning, or coasting since some time.

Each object holds a few components in a `Pool`. At each detection the heaviest burning component forks "thrust ended"
and "stage dropped, the next one burns" over the interval since the last one, and a lately coasting one forks "a motor
lit"; the data choose. The unknown moment within the interval is part of a fork's covariance (uniform, matched in its
second moment).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from nadhir.geo.earth import Matrix, Vector, height_above_ellipsoid
from nadhir.tracks.kernels import normal_probability, predict, predict_mean, transition, update
from nadhir.tracks.layout import COAST_STATES, DRAG, NO, PARTS, SEPARATION, STATES, YES
from nadhir.tracks.parting import set_separation

COMPONENTS = 8
KEPT = 5
"""After housekeeping at most so many remain, which leaves room for the three forks."""
SMALLEST_WEIGHT = 1e-5
TELLING_WEIGHT = 0.98
"""A hypothesis of less weight tells nothing of the radars' biases."""

# Prior rates (1/s) of what a motor may do, and what is expected of the motor that lights.
CUTOFF_RATE = 1.0 / 80.0
STAGING_RATE = 1.0 / 150.0
IGNITION_RATE = 1.0 / 100.0
IGNITION_WINDOW_S = 30.0
LATE_IGNITION_RATE = 1.0 / 3000.0
BREACH_RATE = 0.5
"""Of what already does something else than it should."""
LEAST_PUSH = 3.0
"""m/s² along its path at which a vehicle's motor drives it on at least: what brakes it is the air."""
STAGING_ACCELERATION, STAGING_SIGMA, STAGING_SIGMA_ACROSS = 32.0, 20.0, 5.0
IGNITION_SIGMA = 20.0
RATE_SIGMA = 1.0
CUTOFF_VELOCITY_SIGMA = 1.0
"""Tail-off and separation push a vehicle by about so many m/s at cutoff."""


class Pool(NamedTuple):
    """Mixtures of all objects, as arrays for the kernels: slots first, then components."""

    state: NDArray[np.float64]
    """(slots, COMPONENTS, 13)"""
    covariance: NDArray[np.float64]
    """(slots, COMPONENTS, 13, 13), as if no radar had a bias"""
    by_bias: NDArray[np.float64]
    """(slots, COMPONENTS, 13, n): how the true state lies from the estimate, by each bias of the radars"""
    bias_covariance: NDArray[np.float64]
    """(n, n) of what is not known of the biases; zero while none is held to be there"""
    log_weight: NDArray[np.float64]
    """(slots, COMPONENTS)"""
    burning: NDArray[np.bool_]
    """(slots, COMPONENTS)"""
    since: NDArray[np.float64]
    """(slots, COMPONENTS): when the motor lit or its thrust ended, Unix seconds"""
    components: NDArray[np.int64]
    """(slots,): how many of them are in use"""
    driven_on: NDArray[np.bool_]
    """(slots,): whether a motor that burns drives it on along its path: a vehicle that climbs out of the air"""
    time: NDArray[np.float64]
    """(slots,): time of the states, Unix seconds"""


def empty_pool(slots: int, bias_covariance: Matrix) -> Pool:
    """A pool with room for so many objects."""
    return Pool(
        np.zeros((slots, COMPONENTS, STATES)),
        np.zeros((slots, COMPONENTS, STATES, STATES)),
        np.zeros((slots, COMPONENTS, STATES, len(bias_covariance))),
        bias_covariance,
        np.full((slots, COMPONENTS), -np.inf),
        np.zeros((slots, COMPONENTS), dtype=np.bool_),
        np.zeros((slots, COMPONENTS)),
        np.zeros(slots, dtype=np.int64),
        np.zeros(slots, dtype=np.bool_),
        np.zeros(slots),
    )


def copy(pool: Pool, source: int, target: int) -> None:
    """Put all that one slot holds into another; components that are not in use stay unwritten, and take no memory."""
    used = int(pool.components[source])
    for name, array in pool._asdict().items():
        if name != "bias_covariance":
            part = (slice(used),) if array.ndim > 1 else ()
            array[(target, *part)] = array[(source, *part)]


@njit(cache=True)
def _heaviest(pool: Pool, slot: int, burning: bool) -> int:
    best = -1
    for c in range(pool.components[slot]):
        if pool.burning[slot, c] == burning and (best < 0 or pool.log_weight[slot, c] > pool.log_weight[slot, best]):
            best = c
    return best


@njit(cache=True)
def forget_separation(pool: Pool, slot: int) -> None:
    """Drop the separation of an object's coasting components: it has parted from its partner for good."""
    for c in range(pool.components[slot]):
        if not pool.burning[slot, c]:
            pool.state[slot, c, SEPARATION:] = 0.0
            pool.by_bias[slot, c, SEPARATION:] = 0.0
            pool.covariance[slot, c, SEPARATION:] = 0.0
            pool.covariance[slot, c, :, SEPARATION:] = 0.0
    reduce(pool, slot)


@njit(cache=True)
def _coast_after_cutoff(
    pool: Pool, slot: int, source: int, target: int, interval_s: float, log_beta: float, log_beta_sigma: float
) -> None:
    """Component `target`: the burning `source` (not yet predicted) whose thrust ended within the coming interval."""
    state = pool.state[slot, target]
    covariance = pool.covariance[slot, target]
    by_bias = pool.by_bias[slot, target]
    state[:] = pool.state[slot, source]
    covariance[:, :] = pool.covariance[slot, source]
    by_bias[:, :] = pool.by_bias[slot, source]
    predict(state, covariance, by_bias, YES, interval_s, 0.0)
    state[:] = pool.state[slot, source]
    predict_mean(state, YES, 0.5 * interval_s)
    magnitude = math.sqrt(state[7] ** 2 + state[8] ** 2 + state[9] ** 2)
    spread = np.zeros(6)
    if magnitude > 0.0:
        for i in range(3):
            spread[3 + i] = state[7 + i] * interval_s / math.sqrt(12.0)
            spread[i] = spread[3 + i] * 0.5 * interval_s
    state[6] = log_beta
    for i in range(7, STATES):
        state[i] = 0.0
    predict_mean(state, NO, 0.5 * interval_s)
    for i in range(6):
        for j in range(6):
            covariance[i, j] += spread[i] * spread[j]
    for i in range(6, STATES):
        for j in range(STATES):
            covariance[i, j] = 0.0
            covariance[j, i] = 0.0
    by_bias[6:] = 0.0
    covariance[6, 6] = log_beta_sigma**2
    set_separation(state, covariance)
    for i in range(3):
        covariance[3 + i, 3 + i] += CUTOFF_VELOCITY_SIGMA**2


@njit(cache=True)
def _set_motor(
    state: Vector, covariance: Matrix, mean: Vector, along: Vector, sigma: float, sigma_across: float, age_s: float
) -> None:
    """Give a component a motor that lit about `age_s` ago, of acceleration `mean` and a spread along a direction."""
    for i in range(7, STATES):
        for j in range(STATES):
            covariance[i, j] = 0.0
            covariance[j, i] = 0.0
    for i in range(3):
        state[7 + i] = mean[i]
        state[10 + i] = 0.0
        for j in range(3):
            variance = (sigma**2 - sigma_across**2) * along[i] * along[j]
            if i == j:
                variance += sigma_across**2
            covariance[7 + i, 7 + j] = variance
            covariance[3 + i, 7 + j] += variance * age_s
            covariance[7 + j, 3 + i] = covariance[3 + i, 7 + j]
            covariance[3 + i, 3 + j] += variance * age_s * age_s
        covariance[10 + i, 10 + i] = RATE_SIGMA**2


@njit(cache=True)
def advance(
    pool: Pool, slot: int, time: float, log_beta: float, log_beta_sigma: float, may_ignite: bool, ignition_rate: float
) -> None:
    """Predict an object's components to `time`, and fork what its motor may have done since.

    `log_beta` and its sigma are the prior of the ballistic coefficient after cutoff. A time before the state's changes
    nothing: the detection is then taken by retrodiction.
    """
    interval = time - pool.time[slot]
    if interval <= 0.0:
        return
    middle = pool.time[slot] + 0.5 * interval
    known = pool.components[slot]
    burning = _heaviest(pool, slot, YES)
    coasting = _heaviest(pool, slot, NO)
    count = known
    across = np.zeros(3)
    if interval > 0.005 and burning >= 0 and count + 2 <= COMPONENTS:
        end = count
        _coast_after_cutoff(pool, slot, burning, end, interval, log_beta, log_beta_sigma)
        pool.burning[slot, end] = False
        pool.since[slot, end] = middle
        pool.log_weight[slot, end] = pool.log_weight[slot, burning] + math.log(1.0 - math.exp(-CUTOFF_RATE * interval))
        source = pool.state[slot, burning]
        magnitude = math.sqrt(source[7] ** 2 + source[8] ** 2 + source[9] ** 2)
        count += 1
        if magnitude > 1.0:
            drop = count
            pool.state[slot, drop] = pool.state[slot, end]
            pool.covariance[slot, drop] = pool.covariance[slot, end]
            pool.by_bias[slot, drop] = pool.by_bias[slot, end]
            direction = source[7:10] / magnitude
            mean = direction * STAGING_ACCELERATION
            state = pool.state[slot, drop]
            for i in range(3):
                state[i] += mean[i] * interval**2 / 8.0
                state[3 + i] += mean[i] * 0.5 * interval
            state[6] = pool.state[slot, burning, 6]
            _set_motor(
                state, pool.covariance[slot, drop], mean, direction, STAGING_SIGMA, STAGING_SIGMA_ACROSS, 0.5 * interval
            )
            pool.burning[slot, drop] = True
            pool.since[slot, drop] = middle
            pool.log_weight[slot, drop] = pool.log_weight[slot, burning] + math.log(
                1.0 - math.exp(-STAGING_RATE * interval)
            )
            count += 1
    for c in range(known):
        age = pool.time[slot] - pool.since[slot, c]
        predict(
            pool.state[slot, c], pool.covariance[slot, c], pool.by_bias[slot, c], pool.burning[slot, c], interval, age
        )
    if may_ignite and interval > 0.005 and coasting >= 0 and count < COMPONENTS:
        lit = count
        pool.state[slot, lit] = pool.state[slot, coasting]
        pool.covariance[slot, lit] = pool.covariance[slot, coasting]
        pool.by_bias[slot, lit] = pool.by_bias[slot, coasting]
        pool.by_bias[slot, lit, 7:] = 0.0
        across[:] = 0.0
        _set_motor(
            pool.state[slot, lit],
            pool.covariance[slot, lit],
            across,
            across,
            IGNITION_SIGMA,
            IGNITION_SIGMA,
            0.5 * min(interval, 2.0),
        )
        pool.burning[slot, lit] = True
        pool.since[slot, lit] = middle
        pool.log_weight[slot, lit] = pool.log_weight[slot, coasting] + math.log(
            1.0 - math.exp(-ignition_rate * interval)
        )
        count += 1
    pool.components[slot] = count
    pool.time[slot] = time
    _normalise(pool, slot)


@njit(cache=True)
def _normalise(pool: Pool, slot: int) -> None:
    count = pool.components[slot]
    largest = -np.inf
    for c in range(count):
        largest = max(largest, pool.log_weight[slot, c])
    total = 0.0
    for c in range(count):
        total += math.exp(pool.log_weight[slot, c] - largest)
    shift = largest + math.log(total)
    for c in range(count):
        pool.log_weight[slot, c] -= shift


@njit(cache=True)
def shift(pool: Pool, change: Vector) -> None:
    """Move all states by what the biases (n,) of the radars are now held to be more than before."""
    for slot in range(pool.components.size):
        for c in range(pool.components[slot]):
            for i in range(STATES):
                for j in range(change.size):
                    pool.state[slot, c, i] += pool.by_bias[slot, c, i, j] * change[j]


@njit(cache=True)
def bias_held(pool: Pool) -> bool:
    """Whether radars are held to have biases, so that their uncertainty counts in what a detection is judged by."""
    return len(pool.bias_covariance) > 0 and pool.bias_covariance[0, 0] > 0.0


@njit(cache=True)
def likelihood(
    pool: Pool, slot: int, time: float, sensor: Vector, measured: Vector, infrared: bool
) -> tuple[float, float]:
    """Log-likelihood of a detection under an object's mixture, and the least squared innovation of its components.

    Infrared light comes only from components that burn.
    """
    total = -np.inf
    least = np.inf
    biased = bias_held(pool)
    innovations = np.empty((PARTS, len(pool.bias_covariance) + 2))
    none = np.empty((STATES, 0))
    for c in range(pool.components[slot]):
        if infrared and not pool.burning[slot, c]:
            continue
        state = pool.state[slot, c].copy()
        covariance = pool.covariance[slot, c].copy()
        by_bias = pool.by_bias[slot, c].copy() if biased else none
        one, squared = update(
            state,
            covariance,
            by_bias,
            pool.bias_covariance,
            pool.burning[slot, c],
            pool.time[slot] - time,
            sensor,
            measured,
            infrared,
            0.0,
            max(time - pool.since[slot, c], 0.0),
            innovations,
        )
        one += pool.log_weight[slot, c]
        if squared < least:
            least = squared
        if one > total:
            total, one = one, total
        total += math.log1p(math.exp(one - total)) if one > -np.inf else 0.0
    return total, least


@njit(cache=True)
def log_pushed(pool: Pool, slot: int, state: Vector, covariance: Matrix) -> float:
    """Log-probability that a burning component's motor drives its object on, where it must; else 0.

    Without it a vehicle that coasts through the air is as well explained by a motor that pushes it backwards.
    """
    if not pool.driven_on[slot]:
        return 0.0
    speed = max(math.sqrt(state[3] ** 2 + state[4] ** 2 + state[5] ** 2), 1e-9)
    push = 0.0
    variance = 1e-9
    for i in range(3):
        push += state[7 + i] * state[3 + i] / speed
        for j in range(3):
            variance += state[3 + i] * state[3 + j] * covariance[7 + i, 7 + j] / speed**2
    return math.log(max(normal_probability((push - LEAST_PUSH) / math.sqrt(variance)), 1e-12))


@njit(cache=True)
def absorb(
    pool: Pool,
    slot: int,
    time: float,
    sensor: Vector,
    measured: Vector,
    infrared: bool,
    dark: float,
    told: Matrix,
) -> tuple[float, float]:
    """Update an object's mixture with a detection; returns its log-likelihood and least squared innovation.

    `dark` is the log-likelihood of an infrared detection where nothing burns (a false one): coasting components keep
    their state and take that. `told` takes the innovations (see `update`) of the component that is certain; where none
    is, or it took none, it is zero.
    """
    innovations = np.zeros((COMPONENTS, PARTS, told.shape[1]))
    age = pool.time[slot] - time
    least = np.inf
    best = -np.inf
    skipped = 0
    for c in range(pool.components[slot]):
        burning = pool.burning[slot, c]
        if age > 0.0 and time < pool.since[slot, c]:
            # Measured before this component's motor changed: it says nothing for or against the change.
            skipped += 1
        elif infrared and not burning:
            pool.log_weight[slot, c] += dark
        else:
            pushed = log_pushed(pool, slot, pool.state[slot, c], pool.covariance[slot, c]) if burning else 0.0
            one, squared = update(
                pool.state[slot, c],
                pool.covariance[slot, c],
                pool.by_bias[slot, c],
                pool.bias_covariance,
                burning,
                age,
                sensor,
                measured,
                infrared,
                0.0,
                max(time - pool.since[slot, c], 0.0),
                innovations[c],
            )
            if burning:
                one += log_pushed(pool, slot, pool.state[slot, c], pool.covariance[slot, c]) - pushed
            pool.log_weight[slot, c] += one
            least = min(least, squared)
            best = max(best, one)
    if skipped > 0 and best > -np.inf:
        for c in range(pool.components[slot]):
            if age > 0.0 and time < pool.since[slot, c]:
                pool.log_weight[slot, c] += best
    total = 0.0
    heaviest = np.argmax(pool.log_weight[slot, : pool.components[slot]])
    largest = pool.log_weight[slot, heaviest]
    for c in range(pool.components[slot]):
        total += math.exp(pool.log_weight[slot, c] - largest)
    told[:] = 0.0
    if 1.0 / total > TELLING_WEIGHT:
        told[:PARTS] = innovations[heaviest]
    reduce(pool, slot)
    return largest + math.log(total), least


@njit(cache=True)
def unseen(pool: Pool, slot: int, burning_log_likelihood: float) -> None:
    """Weigh an infrared scan that should have seen the object if it burnt, and did not."""
    for c in range(pool.components[slot]):
        if pool.burning[slot, c]:
            pool.log_weight[slot, c] += burning_log_likelihood
    reduce(pool, slot)


@njit(cache=True)
def _move(pool: Pool, slot: int, source: int, target: int) -> None:
    if source != target:
        pool.state[slot, target] = pool.state[slot, source]
        pool.covariance[slot, target] = pool.covariance[slot, source]
        pool.by_bias[slot, target] = pool.by_bias[slot, source]
        pool.log_weight[slot, target] = pool.log_weight[slot, source]
        pool.burning[slot, target] = pool.burning[slot, source]
        pool.since[slot, target] = pool.since[slot, source]


@njit(cache=True)
def keep_heaviest(pool: Pool, slot: int) -> None:
    """Drop all of an object's components but the heaviest."""
    _move(pool, slot, int(np.argmax(pool.log_weight[slot, : pool.components[slot]])), 0)
    pool.components[slot] = 1
    pool.log_weight[slot, 0] = 0.0


@njit(cache=True)
def _merge(pool: Pool, slot: int, into: int, other: int) -> None:
    first, second = math.exp(pool.log_weight[slot, into]), math.exp(pool.log_weight[slot, other])
    total = first + second
    share = second / total
    n = STATES if pool.burning[slot, into] else COAST_STATES
    difference = pool.state[slot, other] - pool.state[slot, into]
    for i in range(n):
        for j in range(n):
            pool.covariance[slot, into, i, j] = (
                (1.0 - share) * pool.covariance[slot, into, i, j]
                + share * pool.covariance[slot, other, i, j]
                + share * (1.0 - share) * difference[i] * difference[j]
            )
    for i in range(n):
        pool.state[slot, into, i] += share * difference[i]
    pool.by_bias[slot, into] += share * (pool.by_bias[slot, other] - pool.by_bias[slot, into])
    if share > 0.5:
        pool.since[slot, into] = pool.since[slot, other]
    pool.log_weight[slot, into] = math.log(total)
    _move(pool, slot, pool.components[slot] - 1, other)
    pool.components[slot] -= 1


@njit(cache=True)
def _alike(pool: Pool, slot: int, first: int, second: int) -> bool:
    """Whether two components say the same: means within half a standard deviation, variances within a factor of three.

    A wide component merged into a narrow one would widen it at every step. Coasting ones whose drag differs by more
    than a standard deviation are others: they say the same only until the air, or a stage, tells them apart.
    """
    if not pool.burning[slot, first]:
        drags = pool.state[slot, first, DRAG] - pool.state[slot, second, DRAG]
        if drags * drags > min(pool.covariance[slot, first, DRAG, DRAG], pool.covariance[slot, second, DRAG, DRAG]):
            return False
    total = 0.0
    for i in range(10):
        if i == DRAG:
            continue
        one, other = pool.covariance[slot, first, i, i] + 1e-6, pool.covariance[slot, second, i, i] + 1e-6
        if one > 3.0 * other or other > 3.0 * one:
            return False
        difference = pool.state[slot, first, i] - pool.state[slot, second, i]
        total += difference * difference / min(one, other)
    return total < 0.5


@njit(cache=True)
def reduce(pool: Pool, slot: int) -> None:
    """Normalise, drop what weighs nothing, merge what is alike, and keep at most `KEPT` components."""
    _normalise(pool, slot)
    c = 0
    while c < pool.components[slot]:
        if pool.log_weight[slot, c] < math.log(SMALLEST_WEIGHT):
            _move(pool, slot, pool.components[slot] - 1, c)
            pool.components[slot] -= 1
        else:
            c += 1
    first = 0
    while first < pool.components[slot]:
        second = first + 1
        while second < pool.components[slot]:
            same = pool.burning[slot, first] == pool.burning[slot, second]
            if same and _alike(pool, slot, first, second):
                _merge(pool, slot, first, second)
            else:
                second += 1
        first += 1
    while pool.components[slot] > KEPT:
        least = 0
        for c in range(1, pool.components[slot]):
            if pool.log_weight[slot, c] < pool.log_weight[slot, least]:
                least = c
        _move(pool, slot, pool.components[slot] - 1, least)
        pool.components[slot] -= 1
    _normalise(pool, slot)


@njit(cache=True)
def undisturbed(
    pool: Pool, slots: NDArray[np.int64], time: float, least_height_m: float, quiet_s: Vector
) -> NDArray[np.bool_]:
    """Which objects (k,), as is likeliest of each, are above a height and changed their motor `quiet_s` (k,) ago."""
    out = np.empty(slots.size, dtype=np.bool_)
    for k in range(slots.size):
        slot = slots[k]
        best = np.argmax(pool.log_weight[slot, : pool.components[slot]])
        state = pool.state[slot, best]
        high = height_above_ellipsoid(state[0], state[1], state[2]) > least_height_m
        out[k] = high and time - pool.since[slot, best] >= quiet_s[k]
    return out


@njit(cache=True)
def separated(
    pool: Pool, slot: int, component: int, time: float, log_beta: float, log_beta_sigma: float
) -> tuple[Vector, Matrix, Matrix]:
    """State (13,), covariance (13, 13) and `by_bias` (13, n), now, of what left a component's object at `time`.

    Flown back with the component to that time, then forward unpowered; without the velocity of separation.
    """
    age = pool.time[slot] - time
    phi = np.empty((STATES, STATES))
    state = pool.state[slot, component].copy()
    transition(state, pool.burning[slot, component], -age, phi)
    covariance = phi @ pool.covariance[slot, component] @ phi.T
    by_bias = phi @ pool.by_bias[slot, component]
    by_bias[6:] = 0.0
    for i in range(6, STATES):
        state[i] = 0.0
        for j in range(STATES):
            covariance[i, j] = 0.0
            covariance[j, i] = 0.0
    state[6] = log_beta
    covariance[6, 6] = log_beta_sigma**2
    predict(state, covariance, by_bias, NO, age, 0.0)
    return state, covariance, by_bias
