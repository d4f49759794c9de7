"""Real flights: reported time, speed and height become a smooth, physically consistent trajectory.

Webcast telemetry is coarse (speed to 1 km/h, height to 0.1 or 1 km), with glitches and gaps; taken as it is, it would
hold accelerations that no vehicle had. So it is not smoothed but *flown*: the unknowns are the specific force (ahead
and up, linear between knots every few seconds) where the vehicle is powered or steers in thick air, and one ballistic
coefficient where it is not. Gravity, rotation and drag do the rest, and all data are fitted at once by robust least
squares. Unpowered arcs are then truly ballistic, and position and velocity are continuous, by construction.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numba import njit
from scipy.signal import savgol_filter

from nadhir.exercise.classes import MEAN_RADIUS_M
from nadhir.exercise.dynamics import Array, density_and_pressure, free_flight, gravitation, integrate
from nadhir.exercise.flights import LONGEST_FALL_S, ORBIT_PERIGEE_M, Body, perigee_radius_m
from nadhir.exercise.observation import observe
from nadhir.exercise.scenario import write_scenario
from nadhir.exercise.telemetry_burns import STEERED_BELOW_M, Burns, Span, find_burns
from nadhir.exercise.telemetry_reading import Telemetry, read_events, read_telemetry
from nadhir.geo.earth import (
    ROTATION_RATE,
    east_north_up,
    ecef_to_geodetic,
    geodetic_to_ecef,
    height_above_ellipsoid,
)
from nadhir.model import Coverage, Position, Resolution, Sensor, Sigma

KNOT_S = 4.0
STEP_S = 0.5
ORBIT_WATCH_S = 600.0
ORBIT_BALLISTIC_COEFFICIENT = 200.0
LOG_BALLISTIC_COEFFICIENT, LOG_BALLISTIC_COEFFICIENT_SIGMA = math.log(2000.0), 0.25
"""Prior of a spent booster's, kg/m². Fits of arcs that fix it give 1,900 to 2,300; the short ones before a burn do not,
and would take what is left of the burn for drag."""


@njit(cache=True)
def _rates(state: Array, ahead_mps2: float, up_mps2: float, drag_m2_per_kg: float, plane: Array, out: Array) -> None:
    x, y, z, vx, vy, vz = state
    gx, gy, gz = gravitation(x, y, z)
    radius = math.sqrt(x * x + y * y + z * z)
    ux, uy, uz = x / radius, y / radius, z / radius
    ax, ay, az = plane[1] * uz - plane[2] * uy, plane[2] * ux - plane[0] * uz, plane[0] * uy - plane[1] * ux
    drag = 0.0
    if drag_m2_per_kg > 0.0:
        density, _ = density_and_pressure(height_above_ellipsoid(x, y, z))
        drag = 0.5 * density * math.sqrt(vx * vx + vy * vy + vz * vz) * drag_m2_per_kg
    out[0], out[1], out[2] = vx, vy, vz
    out[3] = gx + ROTATION_RATE * (ROTATION_RATE * x + 2.0 * vy) - drag * vx + ahead_mps2 * ax + up_mps2 * ux
    out[4] = gy + ROTATION_RATE * (ROTATION_RATE * y - 2.0 * vx) - drag * vy + ahead_mps2 * ay + up_mps2 * uy
    out[5] = gz - drag * vz + ahead_mps2 * az + up_mps2 * uz


@njit(cache=True)
def _flown(
    grid: Array, states: Array, start_force: Array, end_force: Array, drag: Array, plane: Array, first: int
) -> Array:
    """States (n, 6) on `grid` (n,), integrated from row `first` of `states` on; forces (n - 1, 2) ahead and up at both
    ends of each step, `drag` (n - 1,) in m²/kg."""
    out = states.copy()
    k1, k2, k3, k4 = np.empty(6), np.empty(6), np.empty(6), np.empty(6)
    for k in range(first, len(grid) - 1):
        h = grid[k + 1] - grid[k]
        ahead, up = start_force[k]
        ahead_end, up_end = end_force[k]
        ahead_middle, up_middle = 0.5 * (ahead + ahead_end), 0.5 * (up + up_end)
        s = out[k]
        _rates(s, ahead, up, drag[k], plane, k1)
        _rates(s + 0.5 * h * k1, ahead_middle, up_middle, drag[k], plane, k2)
        _rates(s + 0.5 * h * k2, ahead_middle, up_middle, drag[k], plane, k3)
        _rates(s + h * k3, ahead_end, up_end, drag[k], plane, k4)
        out[k + 1] = s + h / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)
    return out


@njit(cache=True)
def _observed(states: Array) -> Array:
    """Speed (m/s), height (m), latitude and longitude (rad) of ECEF states (n, 6), as rows (n, 4)."""
    out = np.empty((len(states), 4))
    for k in range(len(states)):
        out[k, 0] = math.sqrt(np.sum(states[k, 3:] ** 2))
        out[k, 2], out[k, 3], out[k, 1] = ecef_to_geodetic(states[k, :3])
    return out


@dataclass(frozen=True)
class _Forces:
    """Linear maps (steps, knots) from forces at the knots to both ends of each step of `grid`, where drag acts, and
    which knots follow each other in one span."""

    grid: Array
    start: Array
    end: Array
    ballistic: Array
    knots: Array
    chains: list[slice]


def _forces(telemetry: Telemetry, spans: list[Span]) -> _Forces:
    last = float(telemetry.time_s[-1])
    free = [(a, min(b, last)) for a, b in spans]
    # Unpowered flight in thick air on the way down steers too.
    peak = int(np.argmax(telemetry.height_m))
    low = telemetry.time_s[peak:][telemetry.height_m[peak:] < STEERED_BELOW_M]
    if len(low) and last - low[0] > 3.0 * KNOT_S:
        begin = min([float(low[0]), *(a for a, b in free if a < low[0] < b)])
        free = [*(span for span in sorted(free) if span[1] <= begin), (begin, last)]
    edges = np.array([edge for span in free for edge in span])
    grid = np.unique(np.round(np.concatenate([np.arange(0.0, last, STEP_S), telemetry.time_s, edges, [0.0, last]]), 6))
    middle = 0.5 * (grid[1:] + grid[:-1])
    starts, ends, places, chains, count = [], [], [], [], 0
    ballistic = np.ones(len(middle), dtype=bool)
    for begin, finish in free:
        inner = np.arange(begin + 1.0, finish - 1.0, KNOT_S)
        knots = np.unique(np.concatenate([[begin], inner, [max(finish - 1.0, 0.5 * (begin + finish)), finish]]))
        inside = (middle > begin) & (middle < finish)
        ballistic &= ~inside
        chains.append(slice(count, count + len(knots)))
        count += len(knots)
        places.append(knots)
        for unit in np.eye(len(knots)):
            starts.append(np.where(inside, np.interp(grid[:-1], knots, unit), 0.0))
            ends.append(np.where(inside, np.interp(grid[1:], knots, unit), 0.0))
    return _Forces(grid, np.array(starts).T, np.array(ends).T, ballistic, np.concatenate(places), chains)


def _guess(telemetry: Telemetry, knots: Array, coarse: bool, turned_back: bool) -> Array:
    """Forces (knots, 2) ahead and up from differences of the smoothed data."""
    time_s = telemetry.time_s

    def smooth(values: Array) -> Array:
        fine = savgol_filter(values, 5, 1)
        return np.where((telemetry.height_m > 100e3) & coarse, savgol_filter(values, 21, 2), fine)

    rise = np.gradient(smooth(telemetry.height_m), time_s)
    level = telemetry.horizontal_mps
    if level is None:
        level = np.sqrt(np.maximum(smooth(telemetry.speed_mps) ** 2 - rise**2, 0.0))
        if turned_back:
            level = np.where(np.arange(len(level)) > _slowest(level), -level, level)
    radius = MEAN_RADIUS_M + telemetry.height_m
    gravity = 9.81 * (MEAN_RADIUS_M / radius) ** 2
    ahead = np.gradient(smooth(level), time_s) + level * rise / radius
    up = np.gradient(smooth(rise), time_s) + gravity - level**2 / radius
    return np.stack([np.interp(knots, time_s, smooth(ahead)), np.interp(knots, time_s, smooth(up))], axis=1)


def _huber(residual: Array, threshold: float) -> float:
    """Huber's loss: square up to the threshold, then linear."""
    size = np.abs(residual)
    return float(np.sum(np.where(size < threshold, 0.5 * size**2, threshold * (size - 0.5 * threshold))))


def _slowest(level: Array) -> int:
    """Where the horizontal speed is least between its highest value and the middle of what follows: the turn of a
    boostback, if there was one."""
    top = int(np.argmax(level))
    return top + int(np.argmin(level[top : top + max(1, (len(level) - top) // 2)]))


@dataclass(frozen=True)
class Reconstruction:
    """Rows (n, 7) of time after launch and ECEF state, the fitted ballistic coefficient (kg/m²), the standard
    deviations of what is left of speed (m/s) and height (m), and whether the data end while the last stage burns: its
    cutoff is then their end, not the real one."""

    rows: Array
    ballistic_coefficient: float
    speed_residual_mps: float
    height_residual_m: float
    unfinished: bool


def reconstruct(
    telemetry: Telemetry, latitude: float, longitude: float, azimuth: float, burns: Burns
) -> Reconstruction:
    """Fly the telemetry: fit forces and drag to speed, height and (loosely) downrange. Angles in radians."""
    axes = east_north_up(latitude, longitude)
    plane = np.cross(axes[2], math.sin(azimuth) * axes[0] + math.cos(azimuth) * axes[1])
    heading = np.cross(plane, axes[2])
    forces = _forces(telemetry, burns.spans)
    states = np.zeros((len(forces.grid), 6))
    states[0, :3] = geodetic_to_ecef(latitude, longitude, 0.0)
    samples = np.searchsorted(forces.grid, np.round(telemetry.time_s, 6))
    coarse = bool(np.all(telemetry.height_m[telemetry.height_m > 100e3] % 1e3 == 0.0))
    height_sigma = np.where((telemetry.height_m > 100e3) & coarse, 300.0, 60.0)
    count = len(forces.knots)
    first_step = [int(np.flatnonzero(forces.start[:, k] + forces.end[:, k])[0]) for k in range(count)]

    def fly(x: Array, base: Array, first: int) -> Array:
        push = x[:-1].reshape(count, 2)
        drag = np.where(forces.ballistic, math.exp(-x[-1]), 0.0)
        return np.asarray(_flown(forces.grid, base, forces.start @ push, forces.end @ push, drag, plane, first))

    def residual(x: Array, flown: Array | None = None) -> Array:
        state = (fly(x, states, 0) if flown is None else flown)[samples]
        seen = _observed(state)
        parts = [seen[:, 0] - telemetry.speed_mps, (seen[:, 1] - telemetry.height_m) / height_sigma]
        if telemetry.downrange_m is not None:
            ahead, above = state[:, :3] @ heading, state[:, :3] @ axes[2]
            arc = MEAN_RADIUS_M * np.arctan2(ahead, above)
            parts.append((arc - telemetry.downrange_m) / (2e3 + 0.03 * np.abs(telemetry.downrange_m)))
        push = x[:-1].reshape(count, 2)
        parts.append(push.ravel() / 150.0)
        parts += [np.diff(push[chain], n=2, axis=0).ravel() / 1.5 for chain in forces.chains]
        parts.append(np.array([(x[-1] - LOG_BALLISTIC_COEFFICIENT) / LOG_BALLISTIC_COEFFICIENT_SIGMA]))
        return np.concatenate(parts)

    def jacobian(x: Array) -> Array:
        base = fly(x, states, 0)
        value = residual(x, base)
        columns = []
        for k in range(len(x)):
            moved = x.copy()
            moved[k] += 1e-3
            first = first_step[k // 2] if k < 2 * count else 0
            columns.append((residual(moved, fly(moved, base, first)) - value) / 1e-3)
        return np.stack(columns, axis=1)

    def fit(turned_back: bool) -> tuple[float, Array]:
        """Gauss-Newton with Huber's weights: wide while the forces settle, then narrow against glitches."""
        guess = _guess(telemetry, forces.knots, coarse, turned_back)
        x = np.append(guess.ravel(), LOG_BALLISTIC_COEFFICIENT)
        for threshold in (100.0, 20.0, 5.0):
            for _ in range(12):
                value, slopes = residual(x), jacobian(x)
                weighted = slopes.T * np.minimum(1.0, threshold / np.maximum(np.abs(value), 1e-9))
                move = np.linalg.solve(weighted @ slopes + 1e-9 * np.eye(len(x)), weighted @ value)
                move *= min(1.0, 0.5 / max(abs(move[-1]), 1e-9))
                loss = _huber(value, threshold)
                for _ in range(6):
                    moved = _huber(residual(x - move), threshold)
                    if moved <= loss:
                        break
                    move *= 0.4
                x = x - move
                if moved > 0.98 * loss:
                    break
        return _huber(residual(x), 5.0), x

    # Speed and height alone do not tell whether the vehicle turned back: fit both and keep the better.
    both = telemetry.horizontal_mps is None and len(burns.spans) > 1
    _, best = min((fit(turned_back) for turned_back in ((False, True) if both else (False,))), key=lambda f: f[0])
    flown = fly(best, states, 0)
    left = residual(best, flown)
    n = len(samples)
    return Reconstruction(
        rows=np.concatenate([forces.grid[:, None], flown], axis=1),
        ballistic_coefficient=math.exp(best[-1]),
        speed_residual_mps=float(np.std(left[:n])),
        height_residual_m=float(np.std(left[n : 2 * n] * height_sigma)),
        unfinished=burns.unfinished,
    )


def fly_out(fitted: Reconstruction, name: str, kind: str, start: float, burns: Burns) -> Body:
    """The flight as a body launched at Unix time `start`; past the end of the data it flies on unpowered."""
    heights_m = _observed(fitted.rows[:, 1:])[:, 1]
    under = np.flatnonzero((heights_m < 0.0) & (fitted.rows[:, 0] > burns.burnout_s))
    rows = fitted.rows[: under[0] if len(under) else None].copy()
    end, state = float(rows[-1, 0]), rows[-1, 1:]
    orbit = perigee_radius_m(state) > ORBIT_PERIGEE_M
    coefficient = ORBIT_BALLISTIC_COEFFICIENT if orbit else fitted.ballistic_coefficient
    onward, landed = integrate(state, free_flight(end, ORBIT_WATCH_S if orbit else LONGEST_FALL_S, coefficient))
    rows = np.concatenate([rows, onward])
    rows[:, 0] += start
    latitude, longitude, _ = ecef_to_geodetic(rows[0, 1:4])
    return Body(
        name=f"{name}/payload",
        launch=name,
        kind=kind,
        part="payload",
        fate="impact" if landed else "orbit",
        rows=rows,
        burning=tuple((start + a, start + b) for a, b in burns.spans),
        burnout=start + burns.burnout_s,
        ballistic_coefficient=coefficient,
        site=(latitude, longitude),
    )


def notional_sensors(latitude: float, longitude: float, azimuth: float) -> list[Sensor]:
    """Four notional radars along a flight from a site (angles in radians) and two infrared satellites that see it."""
    radars = []
    for number, (ahead_m, right_m, sigma_range_m, sigma_deg, reach_m) in enumerate(_RADARS, start=1):
        bearing = azimuth + math.atan2(right_m, ahead_m)
        place = _along(latitude, longitude, bearing, math.hypot(ahead_m, right_m) / MEAN_RADIUS_M)
        radars.append(
            Sensor(
                id=f"N-RADAR-{number}",
                owner="USA",
                kind="radar",
                position=Position(math.degrees(place[0]), math.degrees(place[1]), 20.0),
                period_s=1.0,
                sigma=Sigma(range_m=sigma_range_m, azimuth_deg=sigma_deg, elevation_deg=sigma_deg, range_rate_mps=1.0),
                coverage=Coverage(max_range_m=reach_m, min_elevation_deg=2.0),
                p_detect=0.95,
                false_detections_per_scan=0.0,
                resolution=Resolution(range_m=60.0, angle_deg=1.0, range_rate_mps=5.0),
            )
        )
    satellites = [
        Sensor(
            id=f"N-IR-{side}",
            owner="USA",
            kind="infrared",
            position=Position(0.0, math.remainder(math.degrees(longitude) + offset_deg, 360.0), 35786e3),
            period_s=2.0,
            sigma=Sigma(line_of_sight_rad=6e-5),
            coverage=Coverage(min_height_m=9000.0),
            p_detect=0.97,
            false_detections_per_scan=0.0,
        )
        for side, offset_deg in (("W", -35.0), ("E", 35.0))
    ]
    return [*satellites, *radars]


_RADARS = (
    (-40e3, -30e3, 40.0, 0.04, 1200e3),
    (150e3, 120e3, 60.0, 0.06, 900e3),
    (350e3, -150e3, 25.0, 0.03, 1200e3),
    (600e3, 200e3, 25.0, 0.04, 1500e3),
)
"""Metres ahead of the site and to the right of the flight, sigma of range (m) and angles (deg), reach (m)."""


def _along(latitude: float, longitude: float, bearing: float, arc: float) -> tuple[float, float]:
    """Where a great circle leads after `arc` radians."""
    sine = math.sin(latitude) * math.cos(arc) + math.cos(latitude) * math.sin(arc) * math.cos(bearing)
    east = math.sin(bearing) * math.sin(arc) * math.cos(latitude)
    return math.asin(sine), longitude + math.atan2(east, math.cos(arc) - math.sin(latitude) * sine)


def import_telemetry(
    path: Path,
    latitude: float,
    longitude: float,
    azimuth: float,
    out: Path,
    cutoff_s: float | None = None,
    start: float = 1772323200.0,
    seed: int = 0,
    kind: str = "SLV",
) -> Reconstruction:
    """Write the scenario of a real flight seen by notional sensors into the folder `out`. Angles in radians."""
    telemetry = read_telemetry(path)
    burns = find_burns(telemetry, read_events(path), cutoff_s)
    fitted = reconstruct(telemetry, latitude, longitude, azimuth, burns)
    body = fly_out(fitted, "a", kind, start, burns)
    sensors = notional_sensors(latitude, longitude, azimuth)
    observed = observe([body], sensors, np.random.default_rng(seed), start - 5.0, float(body.rows[-1, 0]) + 1.0)
    note = "a real flight from its published telemetry, seen by notional sensors"
    header = {"name": path.parent.name or path.stem, "note": note, "epoch": start, "seed": seed}
    write_scenario(out, header, sensors, [body], observed, {})
    return fitted
