"""Flight over the rotating Earth for the simulator, sharing no dynamics with the tracker.

Cartesian states are ECEF position (m) and velocity relative to the rotating Earth (m/s). Forces: central gravity with
the zonal harmonics J2 to J4, centrifugal and Coriolis terms, drag by the US Standard Atmosphere 1976, thrust of a
constant mass flow with loss by back pressure, and a bounded sideways acceleration. Integration is the classical
Runge-Kutta method of order four with steps of 0.1 s in the atmosphere and in boost, 1 s above; the tests hold it
against SciPy's DOP853.

Sources: zonal harmonics of EGM96 (NASA/TP-1998-206861), gradient in Vallado, Fundamentals of Astrodynamics, 4th ed.,
section 8.7.1; densities in U.S. Standard Atmosphere, 1976 (NOAA-S/T 76-1562), equation 33 and table I.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from nadhir.geo.earth import (
    GRAVITATIONAL_PARAMETER,
    ROTATION_RATE,
    SEMI_MAJOR_AXIS_M,
    ecef_to_geodetic,
    height_above_ellipsoid,
)

Array = NDArray[np.float64]

J2, J3, J4 = 1.08262668e-3, -2.53265649e-6, -1.61962159e-6
EARTH_RADIUS_1976_M = 6356766.0
SEA_LEVEL_PRESSURE_PA = 101325.0
HYDROSTATIC_K_PER_M = 9.80665 * 0.0289644 / 8.31432
GAS_CONSTANT_AIR = 8.31432 / 0.0289644

# Layers to 86 km: geopotential height of the base (m), temperature there (K), its gradient (K/m); then base pressures.
_LAYER_BASE_M = np.array([0.0, 11e3, 20e3, 32e3, 47e3, 51e3, 71e3])
_LAYER_TEMPERATURE_K = np.array([288.15, 216.65, 216.65, 228.65, 270.65, 270.65, 214.65])
_LAYER_GRADIENT = np.array([-6.5e-3, 0.0, 1e-3, 2.8e-3, 0.0, -2.8e-3, -2e-3])
_LAYER_PRESSURE_PA = np.array([101325.0, 22632.06, 5474.889, 868.0187, 110.9063, 66.93887, 3.956420])
# Table I above 86 km: geometric height (km) and density (kg/m³), interpolated in its logarithm.
_UPPER_KM = np.array(
    [86, 90, 95, 100, 110, 120, 130, 140, 150, 160, 180, 200, 250, 300, 350, 400, 450, 500, 600, 700, 800, 900, 1000.0]
)
# fmt: off
_UPPER_LOG_DENSITY = np.log([
    6.958e-6, 3.416e-6, 1.393e-6, 5.604e-7, 9.708e-8, 2.222e-8, 8.152e-9, 3.831e-9, 2.076e-9, 1.233e-9, 5.194e-10,
    2.541e-10, 6.073e-11, 1.916e-11, 7.014e-12, 2.803e-12, 1.184e-12, 5.215e-13, 1.137e-13, 3.070e-14, 1.136e-14,
    5.759e-15, 3.561e-15,
])
# fmt: on


class Segment(NamedTuple):
    """What acts on a body besides gravity, from `start` for `duration_s`; levels vary linearly between their ends.

    `thrust_mps2` is vacuum thrust over the mass at `start`, `flow_per_s` the mass flow over it, both at level 1;
    `drag_m2_per_kg` is C_D·A over that mass (one over the ballistic coefficient). `plane` is the unit normal of the
    vertical plane of the pitch program, `pitch` the angle above the local horizontal (rad) at each half second since
    `pitch_start`. `side_mps2` is a sideways acceleration and `lift_to_drag` one proportional to drag (both at most
    `side_limit_mps2`), at right angles to the velocity and rolled from the vertical plane by `roll`.
    """

    start: float
    duration_s: float
    drag_m2_per_kg: float
    thrust_mps2: float
    flow_per_s: float
    level_start: float
    level_end: float
    back_pressure: float
    pitch_start: float
    pitch: Array
    plane: Array
    side_mps2: float
    lift_to_drag: float
    side_limit_mps2: float
    roll: float


PITCH_STEP_S = 0.5
_NO_PITCH = np.zeros(2)
_NO_PLANE = np.array([0.0, 0.0, 1.0])


def free_flight(
    start: float,
    duration_s: float,
    ballistic_coefficient: float,
    side_mps2: float = 0.0,
    lift_to_drag: float = 0.0,
    side_limit_mps2: float = 0.0,
    roll: float = 0.0,
) -> Segment:
    """A segment without thrust; ballistic coefficient in kg/m²."""
    drag = 1.0 / ballistic_coefficient
    sideways = (side_mps2, lift_to_drag, side_limit_mps2, roll)
    return Segment(start, duration_s, drag, 0.0, 0.0, 0.0, 0.0, 0.0, start, _NO_PITCH, _NO_PLANE, *sideways)


@njit(cache=True)
def density_and_pressure(height_m: float) -> tuple[float, float]:
    """Density (kg/m³) and pressure (Pa, zero above 86 km) at a geometric height."""
    if height_m >= 86e3:
        kilometres = height_m * 1e-3
        if kilometres > 1000.0:
            return 0.0, 0.0
        return math.exp(np.interp(kilometres, _UPPER_KM, _UPPER_LOG_DENSITY)), 0.0
    geopotential = EARTH_RADIUS_1976_M * height_m / (EARTH_RADIUS_1976_M + height_m)
    layer = 0
    while layer < 6 and geopotential >= _LAYER_BASE_M[layer + 1]:
        layer += 1
    base, gradient, above = _LAYER_TEMPERATURE_K[layer], _LAYER_GRADIENT[layer], geopotential - _LAYER_BASE_M[layer]
    temperature = base + gradient * above
    if gradient == 0.0:
        pressure = _LAYER_PRESSURE_PA[layer] * math.exp(-HYDROSTATIC_K_PER_M * above / base)
    else:
        pressure = _LAYER_PRESSURE_PA[layer] * (base / temperature) ** (HYDROSTATIC_K_PER_M / gradient)
    return pressure / (GAS_CONSTANT_AIR * temperature), pressure


@njit(cache=True)
def gravitation(x: float, y: float, z: float) -> tuple[float, float, float]:
    """Gravitation (m/s²) with J2, J3 and J4, without the centrifugal term."""
    squared = x * x + y * y + z * z
    radius = math.sqrt(squared)
    s = z / radius
    s2 = s * s
    a = SEMI_MAJOR_AXIS_M / radius
    a2 = a * a
    horizontal = (
        1.0
        - 1.5 * J2 * a2 * (5.0 * s2 - 1.0)
        - 2.5 * J3 * a2 * a * (7.0 * s2 - 3.0) * s
        - 1.875 * J4 * a2 * a2 * (21.0 * s2 * s2 - 14.0 * s2 + 1.0)
    )
    vertical = (
        s * (1.0 - 1.5 * J2 * a2 * (5.0 * s2 - 3.0))
        - 0.5 * J3 * a2 * a * (35.0 * s2 * s2 - 30.0 * s2 + 3.0)
        - 0.625 * J4 * a2 * a2 * s * (63.0 * s2 * s2 - 70.0 * s2 + 15.0)
    )
    central = -GRAVITATIONAL_PARAMETER / squared
    return central * horizontal * x / radius, central * horizontal * y / radius, central * vertical


@njit(cache=True)
def _cross(a: Array, b: Array) -> Array:
    return np.array([a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]])


@njit(cache=True)
def _thrust_direction(position: Array, segment: Segment, time: float) -> Array:
    """Unit vector at the pitch angle of the program above the local horizontal, in the plane of the program."""
    place = max(0.0, (time - segment.pitch_start) / PITCH_STEP_S)
    index = min(int(place), segment.pitch.shape[0] - 2)
    part = min(place - index, 1.0)
    pitch = segment.pitch[index] * (1.0 - part) + segment.pitch[index + 1] * part
    latitude, longitude, _ = ecef_to_geodetic(position)
    up = np.array(
        [math.cos(latitude) * math.cos(longitude), math.cos(latitude) * math.sin(longitude), math.sin(latitude)]
    )
    ahead = _cross(segment.plane, up)
    ahead /= math.sqrt(np.sum(ahead * ahead))
    return math.cos(pitch) * ahead + math.sin(pitch) * up


@njit(cache=True)
def derivative(time: float, state: Array, segment: Segment, rates: Array) -> None:
    """Rates (6,) of an ECEF state (6,) under all forces of a segment."""
    x, y, z, vx, vy, vz = state
    gx, gy, gz = gravitation(x, y, z)
    ax = gx + ROTATION_RATE * (ROTATION_RATE * x + 2.0 * vy)
    ay = gy + ROTATION_RATE * (ROTATION_RATE * y - 2.0 * vx)
    az = gz
    height = height_above_ellipsoid(x, y, z)
    density, pressure = density_and_pressure(height)
    speed = math.sqrt(vx * vx + vy * vy + vz * vz)
    elapsed = time - segment.start
    mass = 1.0
    if segment.thrust_mps2 > 0.0:
        slope = (segment.level_end - segment.level_start) / segment.duration_s
        level = segment.level_start + slope * elapsed
        mass = 1.0 - segment.flow_per_s * elapsed * (segment.level_start + 0.5 * slope * elapsed)
        loss = segment.back_pressure * pressure / SEA_LEVEL_PRESSURE_PA
        thrust = segment.thrust_mps2 * max(0.0, level - loss) / mass
        direction = _thrust_direction(state[:3], segment, time)
        ax += thrust * direction[0]
        ay += thrust * direction[1]
        az += thrust * direction[2]
    drag = 0.5 * density * speed * segment.drag_m2_per_kg / mass
    ax -= drag * vx
    ay -= drag * vy
    az -= drag * vz
    sideways = min(segment.side_mps2 + segment.lift_to_drag * drag * speed, segment.side_limit_mps2)
    if sideways > 0.0 and speed > 1.0:
        along = state[3:] / speed
        right = _cross(along, state[:3])
        right /= math.sqrt(np.sum(right * right))
        lift = _cross(right, along)
        direction = math.cos(segment.roll) * lift + math.sin(segment.roll) * right
        ax += sideways * direction[0]
        ay += sideways * direction[1]
        az += sideways * direction[2]
    rates[0], rates[1], rates[2] = vx, vy, vz
    rates[3], rates[4], rates[5] = ax, ay, az


@njit(cache=True)
def _runge_kutta(time: float, state: Array, step_s: float, segment: Segment) -> Array:
    k1, k2, k3, k4 = np.empty(6), np.empty(6), np.empty(6), np.empty(6)
    derivative(time, state, segment, k1)
    derivative(time + 0.5 * step_s, state + 0.5 * step_s * k1, segment, k2)
    derivative(time + 0.5 * step_s, state + 0.5 * step_s * k2, segment, k3)
    derivative(time + step_s, state + step_s * k3, segment, k4)
    return state + step_s / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)


@njit(cache=True)
def integrate(state: Array, segment: Segment) -> tuple[Array, bool]:
    """Fly one segment: rows (n, 7) of time and state after each step, and whether the flight ended on the ground.

    The ground is height 0 above the ellipsoid, met while descending; the last row lies on it to a millimetre.
    """
    high_m, high_step_s, low_step_s = 135e3, 1.0, 0.1
    capacity = int(segment.duration_s / low_step_s) + 8
    if segment.thrust_mps2 == 0.0:
        capacity = min(capacity, 200_000)
    rows = np.empty((capacity, 7))
    time, end, count = segment.start, segment.start + segment.duration_s, 0
    current = state.copy()
    while time < end - 1e-9 and count < capacity:
        aloft = segment.thrust_mps2 == 0.0 and height_above_ellipsoid(current[0], current[1], current[2]) > high_m
        step_s = min(high_step_s if aloft else low_step_s, end - time)
        following = _runge_kutta(time, current, step_s, segment)
        _, _, height = ecef_to_geodetic(following[:3])
        if height < 0.0 and np.sum(following[:3] * following[3:]) < 0.0:
            short, long = 0.0, step_s
            for _ in range(30):
                middle = 0.5 * (short + long)
                following = _runge_kutta(time, current, middle, segment)
                _, _, height = ecef_to_geodetic(following[:3])
                if height < 0.0:
                    long = middle
                else:
                    short = middle
            rows[count, 0] = time + long
            rows[count, 1:] = following
            return rows[: count + 1].copy(), True
        time += step_s
        current = following
        rows[count, 0] = time
        rows[count, 1:] = current
        count += 1
    return rows[:count].copy(), False


def hermite(rows: Array, times: Array) -> Array:
    """States (m, 6) at `times` (m,) inside the span of `rows` (n, 7): cubic position and its derivative."""
    index = np.clip(np.searchsorted(rows[:, 0], times), 1, len(rows) - 1)
    before, after = rows[index - 1], rows[index]
    step = after[:, 0] - before[:, 0]
    u = (times - before[:, 0]) / step
    u, step = u[:, None], step[:, None]
    position = (
        (1 + 2 * u) * (1 - u) ** 2 * before[:, 1:4]
        + u * (1 - u) ** 2 * step * before[:, 4:]
        + u * u * (3 - 2 * u) * after[:, 1:4]
        + u * u * (u - 1) * step * after[:, 4:]
    )
    velocity = (
        6 * u * (u - 1) * (before[:, 1:4] - after[:, 1:4]) / step
        + (1 - u) * (1 - 3 * u) * before[:, 4:]
        + u * (3 * u - 2) * after[:, 4:]
    )
    return np.concatenate([position, velocity], axis=1)
