"""Where an object that still burns will come down: a wide region, from generic ascents that go on as this one began.

What is known is its state and for how long it has burned. What is not known is for how long it goes on, at which
thrust and in which direction. Each of some samples of the state is continued to some burn times, with the motor that
burns as the last one (its thrust constant, its acceleration growing as propellant burns) or with others after it (what
it gained so far being the usual share of the whole by then). A continuation weighs as much as its burn time, its best
range, the acceleration at its end and the turn of its path so far suit the published classes and a generic ascent; it
falls on a Kepler orbit. The region is that of the weighted falls. Nothing in it is of a particular vehicle.

The shape of generic ascents and the share that the ellipse holds were set on simulated flights, and held against those
of another simulator (docs/calibration.md). Angles in radians, speeds in m/s, inertial frame of the state's moment.
"""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from nadhir.assessment.classes import BURN_S, RANGE_LIMITS_M
from nadhir.assessment.impact import Fall
from nadhir.geo.earth import (
    ECCENTRICITY_SQUARED,
    GRAVITATIONAL_PARAMETER,
    ROTATION_RATE,
    Matrix,
    Vector,
    east_north_up,
    geodetic_to_ecef,
)
from nadhir.geo.ellipse import CHI_SQUARED_90

EARTH_RADIUS_M = 6371e3

# A motor and its end.
EXHAUST_MPS, EXHAUST_SPREAD = 2700.0, 0.12
"""Effective exhaust speed of solid and storable liquid motors, and the spread of its logarithm."""
END_MPS2, END_SPREAD = 90.0, 0.35
"""Acceleration by the last motor when it ends, and the spread of its logarithm: most end at 6 to 13 g."""
MOST_MPS2 = 140.0
"""No more than this: the vehicle is throttled, or staged."""
NEXT_MOTOR_S, NEXT_MOTOR_SPREAD_S = 25.0, 8.0
"""Where another motor follows, the burn goes on for this long at least."""
ANOTHER_MOTOR = {
    "short-range": (0.0, 0.0),
    "medium-range": (0.33, 0.1),
    "intermediate-range": (0.5, 0.2),
    "intercontinental": (0.9, 0.5),
}
"""Probability that the motor that burns is not the last: before a stage was dropped, and after."""
ANOTHER_DOUBT = 0.5
"""How well a burn suits that goes on with other motors, beside one that ends with a usual acceleration."""

# A generic ascent, as a whole burn.
PROPELLANT = 0.75
"""Part of its mass that a vehicle of several stages burns, seen as one motor of constant thrust."""
SPEED_SPREAD = 0.12
"""Of the logarithm of the speed that is still gained."""
LEVELLED = 0.9
"""Part of the burn by which the thrust has its last direction."""
TURN_LAG = 0.93
"""How far the velocity has turned from the vertical at the end, over how far the thrust has."""
TURN, TURN_SPREAD = math.radians(55.0), math.radians(20.0)
"""By how much the thrust turns from the vertical in all."""
TURN_SIGMA, PATH_SIGMA = math.radians(7.0), math.radians(6.0)
"""How well the turn of thrust and of velocity follow a generic ascent."""
YAW_SIGMA = math.radians(1.0)
UNNOTICED_S = 2.0
"""An end of the burn so long ago does not show in a state yet."""
CLASS_BURN_SPREAD = 0.08
"""More spread of the logarithm of the burn time than in the classes: the launch time is not known well."""
BEYOND_RANGE, BELOW_RANGE = 0.12, 0.2
"""Spread of ln(range) at the upper and the lower limit of a class."""
LEAST_RANGE = 0.7
"""A flight that ends below this part of the least range of its class is rare."""

# A launch to orbit.
ORBIT_SPEED_MPS = 9500.0
"""Speed to be gained, losses included."""
ORBIT_PRIOR = 0.5
ORBIT_TURN, ORBIT_TURN_POWER, ORBIT_TURN_SIGMA = math.radians(88.0), 1.3, math.radians(9.0)

LEAST_SHARE = 0.5
"""Nothing is said of what rather goes to orbit,"""
IN_SIGHT, IN_SIGHT_S = 0.8, 40.0
"""nor before the burn ends within this time with this probability: until then a first motor of several looks like
the last one of a vehicle of shorter range."""
SHARE = 0.85
"""Of the weight that the ellipse holds. Measured: it then holds the true place with probability 0.9."""
FLOOR_M = 2000.0
"""What air and the form of the Earth change in a fall."""
HARDLY_IN_SIGHT = 0.4
"""With less than this before the ranges are known, the end of the burn never came into sight: no need to fly."""
NEGLIGIBLE = 3e-3
"""Continuations of less weight than this part of the greatest are not flown."""

_SAMPLES, _TIMES, _LONGEST_S = 32, 16, 200.0
_KNOWN = np.array([0, 1, 2, 3, 4, 5, 7, 8, 9])
"""Elements of a state that are drawn: position, velocity, acceleration by the motor."""
_EXHAUST, _TURN, _YAW = 9, 10, 11
"""Columns of the draws beside those."""


def _normal_draws(count: int, dimensions: int) -> Matrix:
    """Draws (count, dimensions) of mean 0 and covariance 1: an additive recurrence in pairs, and no randomness.

    Source: Roberts, The unreasonable effectiveness of quasirandom sequences (2018): powers of the inverse of the root
    of x^(d+1) = x + 1.
    """
    root = 2.0
    for _ in range(60):
        root = (1.0 + root) ** (1.0 / (dimensions + 1))
    shares = np.mod(0.5 + np.outer(np.arange(1, count // 2 + 1), root ** -np.arange(1.0, dimensions + 1)), 1.0)
    half = np.vectorize(NormalDist().inv_cdf)(shares)
    draws = np.concatenate([half, -half])
    whitened: Matrix = np.linalg.solve(np.linalg.cholesky(draws.T @ draws / count), draws.T).T
    return whitened


_DRAWS = _normal_draws(_SAMPLES, len(_KNOWN) + 3)
_STEPS = (np.arange(_TIMES) + 0.5) / _TIMES
_LEFT_S, _INTERVAL_S = _LONGEST_S * _STEPS**2, 2.0 * _LONGEST_S * _STEPS / _TIMES
"""Burn times from now on, and the interval that each stands for: dense where the end is near."""
_INTERVAL_S[0] += UNNOTICED_S
_PARTS, _PART_WEIGHTS = (0.5 * (a + b) for a, b in zip(np.polynomial.legendre.leggauss(3), (1.0, 0.0), strict=True))
"""Gauss-Legendre points of the time from now to the end."""


def predict_powered_fall(state: Vector, covariance: Matrix, burnt_s: float, stages_dropped: int) -> Fall | None:
    """The fall of a vehicle that burns, as seconds from its state's time; None where nothing useful can be said.

    `state` (13,) and `covariance` (13, 13) are those of a burning component, `burnt_s` the time since launch. The
    covariance of the fall is scaled so that its 90 % ellipse holds the true place with probability 0.9.
    """
    position, velocity, thrust = _drawn(state, covariance)
    thrust_mps2 = np.maximum(_norm(thrust), 8.0)
    speed = _norm(velocity)
    up = position / _norm(position)[:, None]
    climb = np.clip(_dot(velocity, up) / speed, -1.0, 1.0)
    thrust_turn = np.arccos(np.clip(_dot(thrust, up) / thrust_mps2, -1.0, 1.0))
    path_turn = np.arccos(climb)
    # What gravity took of the speed gained so far: all of its pull at first, less as the path turns.
    gained = speed + 9.6 * burnt_s * (0.5 + 0.5 * np.maximum(climb, 0.0))

    burn_s = burnt_s + _LEFT_S
    part = burnt_s / burn_s
    last, end_mps2 = _last_motor(thrust_mps2[:, None])
    gain = np.stack([last, _further_motors(gained[:, None], part)])
    of_end = np.stack(
        [
            np.exp(-0.5 * (np.log(end_mps2 / END_MPS2) / END_SPREAD) ** 2),
            np.broadcast_to(ANOTHER_DOUBT * _rises((_LEFT_S - NEXT_MOTOR_S) / NEXT_MOTOR_SPREAD_S), end_mps2.shape),
        ]
    )
    turn, turn_sigma, of_turn = _turn(thrust_turn[:, None], path_turn[:, None], part)
    of_classes = _burn_weights(burn_s, stages_dropped)
    weights = _INTERVAL_S * of_turn * of_end * of_classes.sum(axis=1)[:, None]
    if weights[:, :, _LEFT_S < IN_SIGHT_S].sum() < HARDLY_IN_SIGHT * weights.sum():
        return None
    which, sample, time = np.nonzero(weights > NEGLIGIBLE * weights.max())

    left_s = _LEFT_S[time]
    heading = _headings(velocity, thrust, up)[sample]
    turn_end = turn[sample, time] + turn_sigma[time] * _DRAWS[sample, _TURN]
    ended, moving = _continued(
        position[sample],
        velocity[sample] + _rotation(position[sample]),
        up[sample],
        heading,
        gain[which, sample, time],
        thrust_turn[sample],
        turn_end,
        part[time],
        left_s,
    )
    falls, place, fall_s = _kepler_fall(ended, moving, _ground_radius_m(state))
    of_range = _range_weights(_best_range_m(ended, moving))
    weight = (_INTERVAL_S * of_turn)[sample, time] * of_end[which, sample, time]
    weight = weight * np.einsum("ck,ck->k", of_classes[which, :, time].T, of_range)
    down = weight * falls
    total = float(weight.sum()) + _orbit_weight(gained, path_turn, burnt_s)
    if float(down.sum()) < LEAST_SHARE * total or float(down[left_s < IN_SIGHT_S].sum()) < IN_SIGHT * float(down.sum()):
        return None
    return _region(
        _turned_with_earth(place, fall_s + left_s), fall_s + left_s, down / down.sum(), float(down.sum()) / total
    )


def _drawn(state: Vector, covariance: Matrix) -> tuple[Matrix, Matrix, Matrix]:
    block = covariance[np.ix_(_KNOWN, _KNOWN)]
    block = block + np.diag(1e-9 + 1e-9 * np.diag(block))
    drawn = state[_KNOWN] + _DRAWS[:, : len(_KNOWN)] @ np.linalg.cholesky(block).T
    return drawn[:, :3], drawn[:, 3:6], drawn[:, 6:]


def _last_motor(thrust_mps2: Matrix) -> tuple[Matrix, Matrix]:
    """Speed gained and acceleration (samples, times) at the end of a motor of constant thrust and mass flow."""
    exhaust_mps = EXHAUST_MPS * np.exp(EXHAUST_SPREAD * _DRAWS[:, _EXHAUST, None])
    spent = thrust_mps2 * _LEFT_S / exhaust_mps
    growth = np.maximum(MOST_MPS2 / thrust_mps2, 1.0)
    throttled = np.maximum(spent - (1.0 - 1.0 / growth), 0.0) * growth
    grown = np.minimum(1.0 / np.maximum(1.0 - spent, 1e-3), growth)
    return exhaust_mps * (np.log(grown) + throttled), thrust_mps2 * grown * np.exp(throttled)


def _further_motors(gained: Matrix, part: Vector) -> Matrix:
    """Speed (samples, times) that a burn of several motors still gains after this part of its time."""
    done = np.log1p(-PROPELLANT * part) / math.log1p(-PROPELLANT)
    spread: Matrix = np.exp(SPEED_SPREAD * _DRAWS[:, _EXHAUST, None])
    return gained * (1.0 / done - 1.0) * spread


def _thrust_turned(part: Matrix) -> Matrix:
    """Which share of its turn the thrust of a generic ascent has made after a part of the burn."""
    return np.sin(0.5 * math.pi * np.minimum(part / LEVELLED, 1.0)) ** 2


def _turn(thrust_turn: Matrix, path_turn: Matrix, part: Vector) -> tuple[Matrix, Vector, Matrix]:
    """The whole turn of the thrust (samples, times), its sigma (times), and the density (rad⁻²) of the turns so far.

    A Gaussian prior of the whole turn, of which thrust and velocity have each made their share by now.
    """
    thrust_share, path_share = _thrust_turned(part), TURN_LAG * np.sin(0.5 * math.pi * part) ** 2
    precision = TURN_SPREAD**-2 + (thrust_share / TURN_SIGMA) ** 2 + (path_share / PATH_SIGMA) ** 2
    told = thrust_share * thrust_turn / TURN_SIGMA**2 + path_share * path_turn / PATH_SIGMA**2
    turn = (TURN / TURN_SPREAD**2 + told) / precision
    misfit = ((thrust_turn - turn * thrust_share) / TURN_SIGMA) ** 2 + (
        (path_turn - turn * path_share) / PATH_SIGMA
    ) ** 2
    misfit += ((turn - TURN) / TURN_SPREAD) ** 2
    scale = 2.0 * math.pi * TURN_SIGMA * PATH_SIGMA * TURN_SPREAD * np.sqrt(precision)
    return turn, 1.0 / np.sqrt(precision), np.exp(-0.5 * misfit) / scale


def _burn_weights(burn_s: Vector, stages_dropped: int) -> NDArray[np.float64]:
    """Density (1/s) of whole burn times, (2, classes, times): by the motor that burns, and with others after it."""
    weights = np.empty((2, len(RANGE_LIMITS_M), len(burn_s)))
    for row, name in enumerate(RANGE_LIMITS_M):
        median_s, spread = BURN_S[name]
        spread = math.hypot(spread, CLASS_BURN_SPREAD)
        density = np.exp(-0.5 * (np.log(burn_s / median_s) / spread) ** 2) / (
            math.sqrt(2.0 * math.pi) * spread * burn_s
        )
        another = ANOTHER_MOTOR[name][1 if stages_dropped else 0]
        if stages_dropped and name == "short-range":
            density *= 0.1
        weights[:, row] = np.outer([1.0 - another, another], density)
    return weights


def _range_weights(range_m: Vector) -> Matrix:
    """How well best ranges (m) suit the classes, (classes, n)."""
    low, high = np.log(np.array([*RANGE_LIMITS_M.values()])).T[:, :, None]
    logarithm = np.log(range_m)
    return _rises((logarithm - low - math.log(LEAST_RANGE)) / BELOW_RANGE) * _rises((high - logarithm) / BEYOND_RANGE)


def _orbit_weight(gained: Vector, path_turn: Vector, burnt_s: float) -> float:
    """How well a launch to orbit suits, beside the continuations that come down."""
    done = np.minimum(gained / ORBIT_SPEED_MPS, 0.99)
    part = -np.expm1(done * math.log1p(-PROPELLANT)) / PROPELLANT
    median_s, spread = BURN_S["space-launch"]
    of_time = np.exp(-0.5 * (np.log(burnt_s / part / median_s) / spread) ** 2)
    expected = ORBIT_TURN * np.sin(0.5 * math.pi * part) ** ORBIT_TURN_POWER
    of_turn = np.exp(-0.5 * ((path_turn - expected) / ORBIT_TURN_SIGMA) ** 2)
    return float(np.sum(of_time * of_turn)) * ORBIT_PRIOR / (2.0 * math.pi * ORBIT_TURN_SIGMA * TURN_SPREAD)


def _headings(velocity: Matrix, thrust: Matrix, up: Matrix) -> Matrix:
    """Level unit vectors (samples, 3) of the direction in which each ascent goes on."""
    along = velocity / _norm(velocity)[:, None] + thrust / _norm(thrust)[:, None]
    along -= _dot(along, up)[:, None] * up
    along /= _norm(along)[:, None]
    yaw = YAW_SIGMA * _DRAWS[:, _YAW, None]
    headings: Matrix = np.cos(yaw) * along + np.sin(yaw) * np.cross(along, up)
    return headings


def _continued(
    position: Matrix,
    velocity: Matrix,
    up: Matrix,
    heading: Matrix,
    gain: Vector,
    turn: Vector,
    turn_end: Vector,
    part: Vector,
    left_s: Vector,
) -> tuple[Matrix, Matrix]:
    """Position and velocity (n, 3) at the end of burns that go on for `left_s` and gain `gain` more speed."""
    parts = part[:, None] + (1.0 - part)[:, None] * _PARTS
    turned = _thrust_turned(part)[:, None]
    done = (_thrust_turned(parts) - turned) / np.maximum(1.0 - turned, 1e-6)
    angle = turn[:, None] + (turn_end - turn)[:, None] * done
    growth = _PART_WEIGHTS / (1.0 - PROPELLANT * parts)
    pushed = gain[:, None] * growth / growth.sum(axis=1)[:, None]
    lasting = pushed * left_s[:, None] * (1.0 - _PARTS)
    level, upward = np.sin(angle), np.cos(angle)
    left = left_s[:, None]
    middle = position + 0.5 * left * velocity
    gravity = middle * (-GRAVITATIONAL_PARAMETER / _norm(middle) ** 3)[:, None]
    ended = position + (velocity + 0.5 * gravity * left) * left
    ended += _dot(level, lasting)[:, None] * heading + _dot(upward, lasting)[:, None] * up
    moving = velocity + gravity * left
    moving += _dot(level, pushed)[:, None] * heading + _dot(upward, pushed)[:, None] * up
    return ended, moving


def _kepler_fall(position: Matrix, velocity: Matrix, ground_m: float) -> tuple[NDArray[np.bool_], Matrix, Vector]:
    """Which inertial states (n, 3) come down to a sphere, where (n, 3), and after how many seconds.

    Source: Bate, Mueller and White, Fundamentals of Astrodynamics, chapters 2 and 4.
    """
    radius, climb = _norm(position), _dot(position, velocity)
    squared = _dot(velocity, velocity)
    inverse = 2.0 / radius - squared / GRAVITATIONAL_PARAMETER
    momentum_squared = radius**2 * squared - climb**2
    parameter = momentum_squared / GRAVITATIONAL_PARAMETER
    eccentricity = np.sqrt(np.maximum(1.0 - parameter * inverse, 1e-12))
    falls = (inverse > 0.0) & (parameter < ground_m * (1.0 + eccentricity))
    semi_major = 1.0 / np.where(falls, inverse, 1e-7)
    start = np.arctan2(climb * np.sqrt(parameter / GRAVITATIONAL_PARAMETER), parameter - radius)
    end = 2.0 * math.pi - np.arccos(np.clip((parameter / ground_m - 1.0) / eccentricity, -1.0, 1.0))
    ratio = np.sqrt(np.maximum(1.0 - eccentricity, 0.0) / (1.0 + eccentricity))
    first, then = (2.0 * np.arctan2(ratio * np.sin(0.5 * a), np.cos(0.5 * a)) for a in (start, end))
    mean = then - first - eccentricity * (np.sin(then) - np.sin(first))
    seconds = np.sqrt(semi_major**3 / GRAVITATIONAL_PARAMETER) * mean
    across = np.sin(end - start) * radius / np.sqrt(np.maximum(momentum_squared, 1.0))
    along = np.cos(end - start) / radius - across * climb / radius**2
    return falls, along[:, None] * position + across[:, None] * velocity, np.where(falls, seconds, 0.0)


def _best_range_m(position: Matrix, velocity: Matrix) -> Vector:
    """Greatest ground range of the energy of inertial states (n, 3). Source: Bate, Mueller and White, section 6.2."""
    energy_ratio = _dot(velocity, velocity) * _norm(position) / GRAVITATIONAL_PARAMETER
    ranges: Vector = (
        2.0 * EARTH_RADIUS_M * np.arcsin(np.clip(energy_ratio / np.maximum(2.0 - energy_ratio, 1e-3), 1e-6, 1.0))
    )
    return ranges


def _turned_with_earth(place: Matrix, seconds: Vector) -> Matrix:
    """Geodetic unit vectors (n, 3) on the Earth as it has turned, of inertial places (n, 3) after so many seconds."""
    sine, cosine = np.sin(ROTATION_RATE * seconds), np.cos(ROTATION_RATE * seconds)
    x, y, z = place.T
    normals = np.stack([x * cosine + y * sine, y * cosine - x * sine, z / (1.0 - ECCENTRICITY_SQUARED)], axis=-1)
    unit: Matrix = normals / _norm(normals)[:, None]
    return unit


def _region(place: Matrix, seconds: Vector, weights: Vector, share: float) -> Fall:
    """Mean and scaled covariance of weighted places (n, 3) on a map that is equidistant about their middle."""
    middle = weights @ place
    frame = east_north_up(math.atan2(middle[2], math.hypot(middle[0], middle[1])), math.atan2(middle[1], middle[0]))
    across = place @ frame.T
    level = np.hypot(across[:, 0], across[:, 1])
    stretch = EARTH_RADIUS_M * np.arctan2(level, across[:, 2]) / np.maximum(level, 1e-12)
    points = np.column_stack([across[:, 0] * stretch, across[:, 1] * stretch, seconds])
    mean = weights @ points
    off = points - mean
    covariance = (off * weights[:, None]).T @ off + np.diag([FLOOR_M**2, FLOOR_M**2, 1.0])
    squared = np.einsum("ki,ki->k", off[:, :2], np.linalg.solve(covariance[:2, :2], off[:, :2].T).T)
    order = np.argsort(squared)
    held = min(int(np.searchsorted(np.cumsum(weights[order]), SHARE)), len(order) - 1)
    centre = frame[2] + (mean[0] * frame[0] + mean[1] * frame[1]) / EARTH_RADIUS_M
    return Fall(
        math.atan2(centre[2], math.hypot(centre[0], centre[1])),
        math.atan2(centre[1], centre[0]),
        float(mean[2]),
        covariance * float(squared[order[held]]) / CHI_SQUARED_90,
        share,
    )


def _ground_radius_m(state: Vector) -> float:
    """Radius of the ellipsoid about below a state."""
    latitude = math.atan2(state[2], math.hypot(state[0], state[1]))
    return float(np.linalg.norm(geodetic_to_ecef(latitude, 0.0, 0.0)))


def _rotation(position: Matrix) -> Matrix:
    """Velocity (n, 3) of the rotating Earth at places."""
    return ROTATION_RATE * np.stack([-position[:, 1], position[:, 0], np.zeros(len(position))], axis=-1)


def _rises(z: Matrix) -> Matrix:
    """The logistic curve that is closest to the cumulative normal one."""
    return 1.0 / (1.0 + np.exp(-1.702 * z))


def _dot(one: Matrix, other: Matrix) -> Vector:
    product: Vector = np.einsum("ki,ki->k", one, other)
    return product


def _norm(vectors: Matrix) -> Vector:
    return np.sqrt(_dot(vectors, vectors))
