"""Flights drawn from class defaults, or solved to meet published figures.

Class envelopes follow the published ranges (short to 1,000 km at the best angle, medium to 3,000, intermediate to
5,500) with a margin, so that a class means a capability and not how it was flown. Burn times and coefficients are
generic.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import msgspec
import numpy as np

from nadhir.exercise.dynamics import Array
from nadhir.exercise.flights import (
    BALLISTIC_COEFFICIENT,
    Failure,
    Flight,
    Fragment,
    Kind,
    Manoeuvre,
    Stage,
    boost,
    fly,
    powered_s,
)
from nadhir.exercise.spec import CLASS_NAMES, LaunchSpec
from nadhir.geo.earth import GRAVITATIONAL_PARAMETER, ROTATION_RATE, east_north_up, ecef_to_geodetic

MEAN_RADIUS_M = 6371008.8
PEAK_THRUST_MPS2 = 150.0
LONGEST_MOVE = 100.0
"""Most that one Newton step may move, in steps of the finite differences."""
Interval = tuple[float, float]


@dataclass(frozen=True)
class ClassDefaults:
    """Spread of one class; each interval is drawn from evenly. `burn_s` is the whole powered time without coasts,
    `split` how it is shared, `speed_split` how the speed gained is. `azimuth_deg` is the default sector."""

    kind: Kind
    best_range_m: Interval
    burn_s: Interval
    stages: tuple[tuple[float, ...], ...]
    exhaust_mps: Interval
    azimuth_deg: Interval
    loft_limit_deg: float
    vertical_s: Interval


@dataclass(frozen=True)
class _Style:
    weight: float
    low_deg: float
    high_deg: float


DEFAULTS: dict[str, ClassDefaults] = {
    "SRBM": ClassDefaults("SRBM", (250e3, 850e3), (50, 60), ((1.0,),), (2250, 2450), (50, 125), 70, (4, 7)),
    "MRBM": ClassDefaults(
        "MRBM", (1150e3, 2700e3), (80, 115), ((1.0,), (1.0,), (0.55, 0.45)), (2450, 2700), (55, 140), 82, (5, 9)
    ),
    "IRBM": ClassDefaults(
        "IRBM", (3300e3, 5200e3), (120, 150), ((1.0,), (0.6, 0.4)), (2750, 3050), (55, 110), 85, (6, 11)
    ),
    "ICBM": ClassDefaults(
        "ICBM", (6500e3, 13500e3), (240, 320), ((0.45, 0.55), (0.4, 0.33, 0.27)), (2750, 3050), (20, 100), 86, (7, 12)
    ),
    "ICBM-solid": ClassDefaults(
        "ICBM-solid", (6500e3, 13500e3), (180, 210), ((0.36, 0.33, 0.31),), (2550, 2800), (20, 100), 86, (5, 9)
    ),
    "SLV": ClassDefaults("SLV", (0, 0), (400, 500), ((0.27, 0.29, 0.44),), (2750, 3150), (165, 195), 0, (8, 12)),
}
_MIXED = (("SRBM", 0.3), ("MRBM", 0.2), ("IRBM", 0.15), ("ICBM", 0.12), ("ICBM-solid", 0.13), ("SLV", 0.1))
_STYLES = {"standard": 0.6, "lofted": 0.25, "depressed": 0.15}
BALLISTIC_COEFFICIENT_SPREAD = 0.45
"""Standard deviation of the logarithm: nine of ten payloads lie within 2,900 to 12,600 kg/m²."""
_SITES = ((38.4, 41.2), (124.6, 129.6))
"""Latitudes and longitudes (degrees) of the box that launch places are drawn from where a spec names none."""


class UnreachableError(ValueError):
    """The figures asked for do not fit together."""


def draw_flight(spec: LaunchSpec, rng: np.random.Generator, launch: str = "a", time: float = 0.0) -> Flight:
    """A flight of the class and figures of `spec`, launched at Unix `time`; what it leaves open is drawn.

    Raises `UnreachableError` where pinned figures cannot be met or, for drawn ones, after twenty draws.
    """
    for _ in range(20):
        flight, targets = _draw(spec, rng, launch, time)
        try:
            flight = targets(flight)
        except UnreachableError:
            if spec.pinned:
                raise
            continue
        return _with_extras(flight, spec, rng)
    raise UnreachableError(f"launch {launch}: no {spec.kind} flight meets this spec; widen burn_s or azimuth_deg")


def _draw(
    spec: LaunchSpec, rng: np.random.Generator, launch: str, time: float
) -> tuple[Flight, Callable[[Flight], Flight]]:
    """A flight with its engines drawn, and the function that then sets its speed, pitch and azimuth."""
    kind = str(rng.choice([k for k, _ in _MIXED], p=[w for _, w in _MIXED])) if spec.kind == "mixed" else spec.kind
    defaults = DEFAULTS[kind]
    latitude_deg, longitude_deg = (float(rng.uniform(*span)) for span in _SITES)
    if spec.site is not None:
        latitude_deg, longitude_deg = spec.site.latitude_deg, spec.site.longitude_deg
    azimuth_deg = float(rng.uniform(*(spec.azimuth_deg or defaults.azimuth_deg)))
    burn_s = float(rng.uniform(*(spec.burn_s or defaults.burn_s)))
    if kind == "SRBM" and spec.burn_s is None and rng.random() < 0.15:
        burn_s = float(rng.uniform(30, 80))
    shares = defaults.stages[int(rng.integers(len(defaults.stages)))]
    if spec.stages is not None:
        shares = tuple([1.0 / spec.stages] * spec.stages)
    spread = np.asarray(shares) * rng.uniform(0.9, 1.1, len(shares))
    stages = tuple(
        _draw_stage(number, len(shares), burn_s * float(part / spread.sum()), defaults, rng)
        for number, part in enumerate(spread)
    )
    if spec.payload_ballistic_coefficient is None:
        coefficient = math.exp(rng.normal(math.log(BALLISTIC_COEFFICIENT), BALLISTIC_COEFFICIENT_SPREAD))
    else:
        coefficient = float(rng.uniform(*spec.payload_ballistic_coefficient))
    direction = np.array([1.0, *rng.normal(0.0, 0.25, 2)])
    direction /= np.linalg.norm(direction)
    flight = Flight(
        launch=launch,
        kind=defaults.kind,
        time=time,
        latitude=math.radians(latitude_deg),
        longitude=math.radians(longitude_deg),
        azimuth=math.radians(azimuth_deg),
        stages=stages,
        ballistic_coefficient=coefficient,
        vertical_s=float(rng.uniform(*defaults.vertical_s)),
        middle_part=float(rng.uniform(0.35, 0.55)),
        end_part=float(rng.uniform(0.75, 1.0)),
        separation_direction=(float(direction[0]), float(direction[1]), float(direction[2])),
        payload_share=float(rng.uniform(0.3, 0.9)),
    )
    bend = float(rng.uniform(0.3, 0.5))
    if kind == "SLV":
        height_m = float(rng.uniform(380e3, 560e3)) if spec.apogee_m is None else spec.apogee_m
        excess = float(rng.uniform(0.0, 0.006))
        return flight, lambda f: solve_orbit(f, height_m, excess)
    if spec.pinned:
        apogee_m, range_m, impact = spec.apogee_m, spec.range_m, spec.impact
        place = None if impact is None else (math.radians(impact.latitude_deg), math.radians(impact.longitude_deg))
        return flight, lambda f: solve_figures(f, bend, apogee_m, range_m, place)
    best_range_m = float(rng.uniform(*defaults.best_range_m))
    speed_mps, best_angle = speed_for_range(best_range_m)
    style = spec.style or str(rng.choice(list(_STYLES), p=list(_STYLES.values())))
    best_deg = math.degrees(best_angle)
    offset = {"standard": (-5.0, 5.0), "lofted": (10.0, defaults.loft_limit_deg - best_deg), "depressed": (-17.0, -7.0)}
    angle = math.radians(max(13.0, best_deg + float(rng.uniform(*offset[style]))))
    return flight, lambda f: solve_burnout(f, bend, speed_mps, angle)


def _draw_stage(number: int, count: int, burn_s: float, defaults: ClassDefaults, rng: np.random.Generator) -> Stage:
    last = number + 1 == count
    # A single stage that lifts an intermediate range would end at twenty g at full thrust.
    throttled = rng.random() < (0.8 if count == 1 and burn_s > 110.0 else 0.25)
    coast_s = 0.0 if last or rng.random() < 0.4 else float(rng.uniform(0.5, 8.0))
    delay_s = float(rng.uniform(0.0, 4.0)) if last and rng.random() < 0.6 else 0.0
    return Stage(
        burn_s=burn_s,
        exhaust_mps=float(rng.uniform(*defaults.exhaust_mps)),
        mass_ratio=3.0,
        ballistic_coefficient=float(rng.uniform(9e3, 22e3)) * 0.75**number,
        spent_ballistic_coefficient=float(rng.uniform(450.0, 1600.0)),
        back_pressure=float(rng.uniform(0.08, 0.15)) if number == 0 else 0.0,
        throttle_from=float(rng.uniform(0.5, 0.85)) if throttled else 1.0,
        throttle_level=float(rng.uniform(0.6, 0.9)) if throttled else 1.0,
        tail_off_s=float(rng.uniform(0.0, 1.0)),
        separation_delay_s=delay_s if last else 0.3 * coast_s,
        separation_mps=float(rng.uniform(2.0, 10.0)),
        coast_s=coast_s,
    )


def _with_extras(flight: Flight, spec: LaunchSpec, rng: np.random.Generator) -> Flight:
    """The flight with the spec's other objects, manoeuvre and failure."""
    failure = None
    pieces, scatter_mps = spec.extra_objects, 4.0
    if spec.failure is not None:
        failure = Failure(float(rng.uniform(*spec.failure.after)), spec.failure.breaks_up)
        if spec.failure.breaks_up:
            pieces, scatter_mps = max(pieces, 3), 30.0
    fragments = []
    for _ in range(pieces):
        ahead, right, up = rng.normal(0.0, scatter_mps, 3)
        coefficient = float(np.exp(rng.uniform(math.log(100.0), math.log(3000.0))))
        fragments.append(Fragment(coefficient, (float(ahead), float(right), float(up))))
    manoeuvre = None
    if spec.manoeuvre is not None:
        manoeuvre = Manoeuvre(
            phase=spec.manoeuvre.phase,
            acceleration_mps2=float(rng.uniform(*spec.manoeuvre.acceleration_mps2)),
            roll=float(rng.uniform(0.0, 2.0 * math.pi)),
            start_s=float(rng.uniform(*spec.manoeuvre.start_s)),
            duration_s=float(rng.uniform(*spec.manoeuvre.duration_s)),
            lift_to_drag=float(rng.uniform(*spec.manoeuvre.lift_to_drag)),
        )
    return msgspec.structs.replace(flight, failure=failure, fragments=tuple(fragments), manoeuvre=manoeuvre)


def speed_for_range(range_m: float) -> tuple[float, float]:
    """Least speed (m/s) and its angle (rad) that carry `range_m` over a sphere without air, from the ground.

    Source: Bate, Mueller, White, Fundamentals of Astrodynamics (1971), section 6.2.
    """
    half = 0.5 * range_m / MEAN_RADIUS_M
    parameter = 2.0 * math.sin(half) / (1.0 + math.sin(half))
    return math.sqrt(parameter * GRAVITATIONAL_PARAMETER / MEAN_RADIUS_M), 0.25 * (math.pi - 2.0 * half)


def _with_speed(flight: Flight, gain_mps: float) -> Flight:
    """The flight with mass ratios that give `gain_mps` without losses, shared by burn time and exhaust speed."""
    weights = np.array([stage.exhaust_mps * stage.burn_s**0.3 for stage in flight.stages])
    gains = gain_mps * weights / weights.sum()
    stages = tuple(
        msgspec.structs.replace(stage, mass_ratio=math.exp(gain / stage.exhaust_mps))
        for stage, gain in zip(flight.stages, gains, strict=True)
    )
    return msgspec.structs.replace(flight, stages=stages)


def _with_pitch(flight: Flight, pitch_end: float, bend: float) -> Flight:
    middle = pitch_end + bend * (math.pi / 2 - pitch_end)
    return msgspec.structs.replace(flight, pitch_end=pitch_end, pitch_middle=middle)


def _newton(residual: Callable[[Array], Array], guess: Array, step: Array, what: str, rounds: int = 14) -> Array:
    """Root of `residual` (scaled so that 1 is good enough a hundred times over) by damped Newton steps."""
    point, value = guess, residual(guess)
    for _ in range(rounds):
        if np.max(np.abs(value)) < 0.01:
            return point
        jacobian = np.stack(
            [(residual(point + step * unit) - value) / step[k] for k, unit in enumerate(np.eye(len(guess)))], axis=1
        )
        try:
            move = -np.linalg.solve(jacobian, value)
        except np.linalg.LinAlgError:
            break
        move *= min(1.0, float(np.min(LONGEST_MOVE * step / np.maximum(np.abs(move), 1e-12))))
        trial = residual(point + move)
        for _ in range(5):
            if np.linalg.norm(trial) < np.linalg.norm(value):
                break
            move *= 0.5
            trial = residual(point + move)
        point, value = point + move, trial
    if np.max(np.abs(value)) < 1.0:
        return point
    raise UnreachableError(
        f"{what}: the figures asked for do not fit together by {np.max(np.abs(value)):.0f} tolerances"
    )


def _burnout(flight: Flight) -> tuple[Array, float, float]:
    """ECEF state at the last burnout, its height, and its flight-path angle relative to the Earth.

    Raises `UnreachableError` where thrust cannot lift it off, or passes `PEAK_THRUST_MPS2`.
    """
    first = flight.stages[0]
    lift_off = thrust_mps2(first) * (1.0 - first.back_pressure)
    if lift_off < 11.5:
        raise UnreachableError(
            f"launch {flight.launch}: {lift_off:.1f} m/s² of thrust do not lift it; shorten burn_s or the range"
        )
    peak = max(thrust_mps2(stage) * stage.throttle_level * stage.mass_ratio for stage in flight.stages)
    if peak > PEAK_THRUST_MPS2:
        raise UnreachableError(
            f"launch {flight.launch}: thrust would reach {peak:.0f} m/s²; lengthen burn_s or add stages"
        )
    state = boost(flight).rows[-1, 1:]
    latitude, longitude, height_m = ecef_to_geodetic(state[:3])
    up = east_north_up(latitude, longitude)[2]
    return state, height_m, math.asin(float(state[3:] @ up) / float(np.linalg.norm(state[3:])))


def thrust_mps2(stage: Stage) -> float:
    """Vacuum thrust over mass at ignition, throttling aside."""
    return stage.exhaust_mps * (1.0 - 1.0 / stage.mass_ratio) / stage.burn_s


def solve_burnout(flight: Flight, bend: float, ground_speed_mps: float, angle: float) -> Flight:
    """The flight with speed gain and pitch such that it burns out with the energy of `ground_speed_mps` at the ground
    and a flight-path angle `angle` (rad)."""

    def shaped(x: Array) -> Flight:
        return _with_pitch(_with_speed(flight, float(x[0])), float(x[1]), bend)

    def residual(x: Array) -> Array:
        state, height_m, path_angle = _burnout(shaped(x))
        speed = float(np.linalg.norm(state[3:]))
        energy_speed = math.sqrt(speed**2 + 2.0 * 9.8 * height_m * MEAN_RADIUS_M / (MEAN_RADIUS_M + height_m))
        return np.array([(energy_speed - ground_speed_mps) / 5.0, (path_angle - angle) / 0.005])

    guess = np.array([ground_speed_mps + 6.5 * powered_s(flight) + 100.0, angle])
    return shaped(_newton(residual, guess, np.array([10.0, 0.01]), f"launch {flight.launch}"))


def solve_figures(
    flight: Flight, bend: float, apogee_m: float | None, range_m: float | None, impact: tuple[float, float] | None
) -> Flight:
    """The flight with speed gain, pitch (and azimuth, for an `impact` place) such that it meets published figures.

    Without a range or an impact the pitch is that of the best angle; without an apogee the burnout angle is.
    """
    site = (flight.latitude, flight.longitude)
    wanted_m = range_m if impact is None else great_circle_m(site, impact)
    if impact is not None:
        flight = msgspec.structs.replace(flight, azimuth=bearing(site, impact))
    first = _first_guess(flight, bend, apogee_m, wanted_m)

    def shaped(x: Array) -> Flight:
        turned = msgspec.structs.replace(flight, azimuth=flight.azimuth + float(x[2])) if impact else flight
        return _with_pitch(_with_speed(turned, float(x[0])), float(x[1]), bend)

    def residual(x: Array) -> Array:
        candidate = shaped(x)
        _, _, angle = _burnout(candidate)
        payload = fly(candidate)[0]
        if payload.fate == "orbit":
            raise UnreachableError(f"launch {flight.launch}: the figures asked for lead to orbit")
        fall = ecef_to_geodetic(payload.rows[-1, 1:4])[:2]
        out = []
        if apogee_m is not None:
            out.append((float(payload.heights_m.max()) - apogee_m) / 200.0)
        elif wanted_m is not None:
            out.append((angle - speed_for_range(wanted_m)[1]) / 0.005)
        if impact is not None and wanted_m is not None:
            off, course = great_circle_m(site, fall), bearing(site, fall) - bearing(site, impact)
            out += [(off - wanted_m) / 200.0, math.remainder(course, 2.0 * math.pi) * wanted_m / 200.0]
        elif wanted_m is not None:
            out.append((great_circle_m(site, fall) - wanted_m) / 200.0)
        else:
            out.append((angle - 0.6) / 0.005)
        return np.array(out)

    guess = np.array([*first, 0.0]) if impact is not None else first
    step = np.array([2.0, 0.002, 0.002])[: len(guess)]
    return shaped(_newton(residual, guess, step, f"launch {flight.launch}"))


def _first_guess(flight: Flight, bend: float, apogee_m: float | None, range_m: float | None) -> Array:
    """Speed gain and pitch for an apogee and a range on a sphere without air, from the ground."""
    if range_m is None or apogee_m is None:
        speed, angle = speed_for_range(range_m or 3.0 * (apogee_m or 100e3))
    else:
        half, apogee_radius = 0.5 * range_m / MEAN_RADIUS_M, MEAN_RADIUS_M + apogee_m
        # An ellipse through the ground at half the range from its apogee: r = p / (1 - e cos half).
        eccentricity = (apogee_radius - MEAN_RADIUS_M) / (apogee_radius - MEAN_RADIUS_M * math.cos(half))
        parameter = apogee_radius * (1.0 - eccentricity)
        semi_major = apogee_radius / (1.0 + eccentricity)
        speed = math.sqrt(GRAVITATIONAL_PARAMETER * (2.0 / MEAN_RADIUS_M - 1.0 / semi_major))
        angle = math.acos(min(1.0, math.sqrt(GRAVITATIONAL_PARAMETER * parameter) / (MEAN_RADIUS_M * speed)))
    solved = solve_burnout(flight, bend, speed, angle)
    gain = sum(stage.exhaust_mps * math.log(stage.mass_ratio) for stage in solved.stages)
    return np.array([gain, solved.pitch_end])


def solve_orbit(flight: Flight, height_m: float, excess: float) -> Flight:
    """The flight with speed gain and pitch program such that it burns out level at `height_m`, faster than a circular
    orbit by the part `excess`."""

    def shaped(x: Array) -> Flight:
        return msgspec.structs.replace(
            _with_speed(flight, float(x[0])), pitch_middle=float(x[1]), pitch_end=float(x[2])
        )

    def residual(x: Array) -> Array:
        state, height, angle = _burnout(shaped(x))
        inertial = state[3:] + np.cross([0.0, 0.0, ROTATION_RATE], state[:3])
        circular = math.sqrt(GRAVITATIONAL_PARAMETER / float(np.linalg.norm(state[:3])))
        speed = float(np.linalg.norm(inertial))
        return np.array([(height - height_m) / 500.0, (speed - circular * (1 + excess)) / 3.0, angle / 0.0005])

    guess = np.array([9800.0, 0.6, 0.0])
    return shaped(_newton(residual, guess, np.array([5.0, 0.003, 0.003]), f"launch {flight.launch}", rounds=25))


def great_circle_m(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Distance over a sphere of mean radius between two (latitude, longitude) in radians."""
    sine = math.sin(0.5 * (b[0] - a[0])) ** 2 + math.cos(a[0]) * math.cos(b[0]) * math.sin(0.5 * (b[1] - a[1])) ** 2
    return 2.0 * MEAN_RADIUS_M * math.asin(math.sqrt(sine))


def bearing(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Initial course from `a` to `b`, radians clockwise from north."""
    east = math.sin(b[1] - a[1]) * math.cos(b[0])
    north = math.cos(a[0]) * math.sin(b[0]) - math.sin(a[0]) * math.cos(b[0]) * math.cos(b[1] - a[1])
    return math.atan2(east, north)


assert set(DEFAULTS) | {"mixed"} == set(CLASS_NAMES)
