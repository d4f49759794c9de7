"""Unpowered flight over the rotating Earth: gravity, Coriolis and centrifugal acceleration, drag.

States are ECEF position (m) and velocity relative to the rotating Earth (m/s). Drag is that of a constant ballistic
coefficient m/(Cd A) in kg/m², given by its natural logarithm, in still air of the US Standard Atmosphere 1976.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from nadhir.geo.atmosphere import density_and_gradient
from nadhir.geo.earth import GRAVITATIONAL_PARAMETER, ROTATION_RATE, Matrix, Vector, height_above_ellipsoid
from nadhir.geo.gravity import gravitation

DRAG_TOP_M = 200e3
"""Above this drag is left out: it changes a fall by less than a metre."""
MAXIMUM_FLIGHT_S = 12000.0


@njit(cache=True)
def acceleration(
    x: float, y: float, z: float, vx: float, vy: float, vz: float, drag_factor: float
) -> tuple[float, float, float]:
    """Acceleration (m/s²) in the rotating frame; `drag_factor` is 1/(2 beta) in m²/kg, 0 for none."""
    ax, ay, az = gravitation(x, y, z)
    ax += 2.0 * ROTATION_RATE * vy + ROTATION_RATE * ROTATION_RATE * x
    ay += -2.0 * ROTATION_RATE * vx + ROTATION_RATE * ROTATION_RATE * y
    if drag_factor > 0.0:
        height = height_above_ellipsoid(x, y, z)
        if height < DRAG_TOP_M:
            density, _ = density_and_gradient(height)
            factor = drag_factor * density * math.sqrt(vx * vx + vy * vy + vz * vz)
            ax -= factor * vx
            ay -= factor * vy
            az -= factor * vz
    return ax, ay, az


@njit(cache=True)
def step(state: Vector, thrust: Vector, thrust_rate: Vector, drag_factor: float, duration_s: float) -> None:
    """Advance `state` (at least 6 long, in place) by one fourth-order Runge-Kutta step.

    `thrust` (3,) is a further acceleration in ECEF that grows by `thrust_rate` (3,) each second.
    """
    x, y, z, vx, vy, vz = state[0], state[1], state[2], state[3], state[4], state[5]
    h = duration_s
    sx = sy = sz = 0.0
    svx = svy = svz = 0.0
    kx = ky = kz = 0.0
    kvx = kvy = kvz = 0.0
    for stage in range(4):
        if stage == 0:
            lead, weight = 0.0, 1.0
        elif stage == 3:
            lead, weight = h, 1.0
        else:
            lead, weight = 0.5 * h, 2.0
        px, py, pz = x + lead * kx, y + lead * ky, z + lead * kz
        ux, uy, uz = vx + lead * kvx, vy + lead * kvy, vz + lead * kvz
        ax, ay, az = acceleration(px, py, pz, ux, uy, uz, drag_factor)
        kx, ky, kz = ux, uy, uz
        kvx = ax + thrust[0] + lead * thrust_rate[0]
        kvy = ay + thrust[1] + lead * thrust_rate[1]
        kvz = az + thrust[2] + lead * thrust_rate[2]
        sx += weight * kx
        sy += weight * ky
        sz += weight * kz
        svx += weight * kvx
        svy += weight * kvy
        svz += weight * kvz
    sixth = h / 6.0
    state[0] = x + sixth * sx
    state[1] = y + sixth * sy
    state[2] = z + sixth * sz
    state[3] = vx + sixth * svx
    state[4] = vy + sixth * svy
    state[5] = vz + sixth * svz


@njit(cache=True)
def acceleration_partials(state: Vector, drag_factor: float, partials: Matrix) -> None:
    """Partial derivatives of the acceleration by position, velocity and ln(beta), into `partials` (3, 7).

    Central gravity, rotation and drag; the gradient of the oblate term is a thousandth of the central one's.
    """
    x, y, z = state[0], state[1], state[2]
    radius_squared = x * x + y * y + z * z
    radius = math.sqrt(radius_squared)
    central = GRAVITATIONAL_PARAMETER / (radius_squared * radius)
    rotation_squared = ROTATION_RATE * ROTATION_RATE
    for i in range(3):
        for j in range(3):
            partials[i, j] = 3.0 * central * state[i] * state[j] / radius_squared
            partials[i, 3 + j] = 0.0
        partials[i, i] -= central
        partials[i, 6] = 0.0
    partials[0, 0] += rotation_squared
    partials[1, 1] += rotation_squared
    partials[0, 4] = 2.0 * ROTATION_RATE
    partials[1, 3] = -2.0 * ROTATION_RATE
    if drag_factor > 0.0:
        height = height_above_ellipsoid(x, y, z)
        if height < DRAG_TOP_M:
            density, log_gradient = density_and_gradient(height)
            speed = math.sqrt(state[3] ** 2 + state[4] ** 2 + state[5] ** 2)
            factor = drag_factor * density * speed
            for i in range(3):
                drag = -factor * state[3 + i]
                for j in range(3):
                    partials[i, j] += drag * log_gradient * state[j] / radius
                    if speed > 0.0:
                        partials[i, 3 + j] += drag * state[3 + j] / (speed * speed)
                partials[i, 3 + i] -= factor
                partials[i, 6] = -drag


@njit(cache=True)
def drag_acceleration(state: Vector, drag_factor: float) -> float:
    """Magnitude (m/s²) of what the air takes from a state (at least 6 long); `drag_factor` is 1/(2 beta) in m²/kg."""
    height = height_above_ellipsoid(state[0], state[1], state[2])
    if height >= DRAG_TOP_M:
        return 0.0
    density, _ = density_and_gradient(height)
    factor = drag_factor * density * math.sqrt(state[3] ** 2 + state[4] ** 2 + state[5] ** 2)
    return math.sqrt((factor * state[3]) ** 2 + (factor * state[4]) ** 2 + (factor * state[5]) ** 2)


@njit(cache=True)
def step_limit(state: Vector, longest_s: float) -> float:
    """Longest sound integration step: short where the air density changes quickly along the path."""
    height = height_above_ellipsoid(state[0], state[1], state[2])
    if height > DRAG_TOP_M + 50e3:
        return longest_s
    radius = math.sqrt(state[0] ** 2 + state[1] ** 2 + state[2] ** 2)
    climb = abs(state[0] * state[3] + state[1] * state[4] + state[2] * state[5]) / radius
    scale_m = 2000.0 if height < 100e3 else 10000.0
    limit: float = min(longest_s, max(0.05, scale_m / (climb + 200.0)))
    return limit


@njit(cache=True)
def propagate(
    state: Vector, log_ballistic_coefficient: float, duration_s: float, longest_step_s: float = 10.0
) -> Vector:
    """State (6,) after `duration_s` seconds (negative: before) of unpowered flight."""
    now = state[:6].copy()
    still = np.zeros(3)
    drag_factor = 0.5 * math.exp(-log_ballistic_coefficient)
    left = abs(duration_s)
    sign = 1.0 if duration_s >= 0.0 else -1.0
    while left > 0.0:
        h = min(left, step_limit(now, longest_step_s))
        step(now, still, still, drag_factor, sign * h)
        left -= h
    return now


@njit(cache=True)
def fall(state: Vector, log_ballistic_coefficient: float, ground_m: float = 0.0) -> tuple[bool, float, Vector, float]:
    """Fly a state (6,) on until it comes down to the height `ground_m` above the ellipsoid.

    Returns whether it comes down within `MAXIMUM_FLIGHT_S`, the seconds until then, the state (6,) there, and the
    greatest height on the way (m).
    """
    now = state[:6].copy()
    before = now.copy()
    still = np.zeros(3)
    drag_factor = 0.5 * math.exp(-log_ballistic_coefficient)
    elapsed = 0.0
    height = height_above_ellipsoid(now[0], now[1], now[2]) - ground_m
    highest = height
    while elapsed < MAXIMUM_FLIGHT_S:
        if height <= 0.0:
            # Below the ground already (a noisy state just before impact): it is down here.
            return True, elapsed, now, highest + ground_m
        h = step_limit(now, 10.0)
        before[:] = now
        step(now, still, still, drag_factor, h)
        after = height_above_ellipsoid(now[0], now[1], now[2]) - ground_m
        if after <= 0.0:
            low, high = 0.0, h
            for _ in range(40):
                middle = low + (high - low) * 0.5
                now[:] = before
                step(now, still, still, drag_factor, middle)
                if height_above_ellipsoid(now[0], now[1], now[2]) - ground_m > 0.0:
                    low = middle
                else:
                    high = middle
                if high - low < 1e-6:
                    break
            return True, elapsed + high, now, highest + ground_m
        height = after
        highest = max(highest, height)
        elapsed += h
    return False, elapsed, now, highest + ground_m
