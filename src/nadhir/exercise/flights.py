"""A flight from its description to the bodies that fly: boost with staging, separation, coast, re-entry.

A `Flight` holds all that is needed and nothing random; `fly` integrates it. Angles in radians, lengths in metres,
times in seconds after launch unless a name says otherwise. Only generic figures go in: burn times, mass ratios, exhaust
speeds and ballistic coefficients, as published flights show them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import msgspec
import numpy as np
from numba import njit
from scipy.interpolate import PchipInterpolator

from nadhir.exercise.dynamics import (
    PITCH_STEP_S,
    Array,
    Segment,
    density_and_pressure,
    free_flight,
    hermite,
    integrate,
)
from nadhir.geo.earth import (
    GRAVITATIONAL_PARAMETER,
    ROTATION_RATE,
    east_north_up,
    ecef_to_geodetic,
    geodetic_to_ecef,
)

Kind = Literal["SRBM", "MRBM", "IRBM", "ICBM", "ICBM-solid", "SLV"]
ORBIT_PERIGEE_M = 6378137.0 + 120e3
LONGEST_FALL_S = 3 * 3600.0
STACK_OVER_STAGE = 1.5
"""Ballistic coefficient of a spent stage with its payload still on, over that of the stage alone."""
BALLISTIC_COEFFICIENT = 6000.0
"""Median of payloads, kg/m²."""
STRANGE_DRAG = 3.0
"""Drag of so many times the median's, or of so small a part of it, is none that anybody expects."""
BREACH_MPS2 = 0.5
"""Lift that is less than this, or drag that is less than this beside what is expected, shows nobody anything."""


class Stage(msgspec.Struct, frozen=True):
    """One rocket stage. Mass flow is constant but for throttling and tail-off.

    `mass_ratio` is the stack's mass at ignition over that at burnout, `ballistic_coefficient` (kg/m²) that of the stack
    at ignition, `back_pressure` the part of vacuum thrust lost at sea level. From `throttle_from` (part of the burn)
    thrust is at `throttle_level`; it falls to zero linearly over the last `tail_off_s`. `separation_delay_s` after
    burnout the stage is pushed off at `separation_mps`, `coast_s` after burnout the next one ignites.
    """

    burn_s: float
    exhaust_mps: float
    mass_ratio: float
    ballistic_coefficient: float
    spent_ballistic_coefficient: float
    back_pressure: float = 0.0
    throttle_from: float = 1.0
    throttle_level: float = 1.0
    tail_off_s: float = 0.0
    separation_delay_s: float = 0.0
    separation_mps: float = 5.0
    coast_s: float = 0.0


class Manoeuvre(msgspec.Struct, frozen=True):
    """A generic breach of the ballistic assumption by the payload: bounded acceleration at right angles to its path.

    In `coast` constant for `duration_s` from `start_s` after burnout; in `reentry` `lift_to_drag` times drag from the
    highest point on. Rolled by `roll` from the vertical plane.
    """

    phase: Literal["coast", "reentry"]
    acceleration_mps2: float
    roll: float = 0.0
    start_s: float = 60.0
    duration_s: float = 20.0
    lift_to_drag: float = 0.3


class Failure(msgspec.Struct, frozen=True):
    """Thrust ends at `after` (part of the powered flight); what breaks up scatters into the flight's fragments."""

    after: float
    breaks_up: bool = False


class Fragment(msgspec.Struct, frozen=True):
    """Another object released with the payload at `velocity_mps` (ahead, right, up) relative to it."""

    ballistic_coefficient: float
    velocity_mps: tuple[float, float, float]


class Flight(msgspec.Struct, frozen=True):
    """One launch. The pitch program holds the vertical for `vertical_s`, then runs smoothly through `pitch_middle` at
    `middle_part` of the rest of the powered flight to `pitch_end` at its `end_part`, above the local horizontal, in the
    vertical plane of `azimuth` (clockwise from north). `separation_direction` (ahead, right, up) is that in which the
    payload is pushed off its last stage; `payload_share` is its part of the separation speed.
    """

    launch: str
    kind: Kind
    time: float
    latitude: float
    longitude: float
    azimuth: float
    stages: tuple[Stage, ...]
    ballistic_coefficient: float
    vertical_s: float = 8.0
    pitch_middle: float = 1.1
    pitch_end: float = 0.8
    middle_part: float = 0.45
    end_part: float = 0.9
    separation_direction: tuple[float, float, float] = (1.0, 0.0, 0.0)
    payload_share: float = 0.7
    fragments: tuple[Fragment, ...] = ()
    manoeuvre: Manoeuvre | None = None
    failure: Failure | None = None
    orbit_watch_s: float = 600.0


@dataclass(frozen=True)
class Body:
    """What flew: `rows` (n, 7) of Unix time, ECEF position and Earth-relative velocity; `burning` its powered spans.

    `fate` is `impact` or `orbit`; the last row of an impact lies on the ellipsoid. `burnout` is the last of the launch.
    """

    name: str
    launch: str
    kind: str
    part: str
    fate: Literal["impact", "orbit"]
    rows: Array
    burning: tuple[tuple[float, float], ...] = ()
    burnout: float | None = None
    ballistic_coefficient: float | None = None
    site: tuple[float, float] | None = None
    breach: float | None = None
    """When it first moved by something else than gravity and drag as payloads have it, after its burnout (Unix s)."""

    def at(self, times: Array) -> Array:
        """ECEF states (m, 6) at Unix `times` (m,), which lie inside the flight."""
        return hermite(self.rows, times)

    @property
    def heights_m(self) -> Array:
        """Heights (n,) above the ellipsoid at the rows."""
        return heights_m(self.rows[:, 1:4])


@njit(cache=True)
def heights_m(positions: Array) -> Array:
    """Heights (n,) above the ellipsoid of ECEF positions (n, 3)."""
    return np.array([ecef_to_geodetic(position)[2] for position in positions])


def powered_s(flight: Flight) -> float:
    """From launch to the last burnout, coasts between stages included."""
    return sum(stage.burn_s for stage in flight.stages) + sum(stage.coast_s for stage in flight.stages[:-1])


def _pitch_program(flight: Flight) -> Array:
    whole = powered_s(flight)
    turn = whole - flight.vertical_s
    knots = [0.0, flight.vertical_s, flight.vertical_s + flight.middle_part * turn]
    knots += [flight.vertical_s + flight.end_part * turn, whole + 10.0]
    angles = [math.pi / 2, math.pi / 2, flight.pitch_middle, flight.pitch_end, flight.pitch_end]
    return np.asarray(PchipInterpolator(knots, angles)(np.arange(0.0, whole + 5.0, PITCH_STEP_S)))


def _burn_segments(stage: Stage, ignition: float, pitch: Array, plane: Array) -> list[Segment]:
    """A burn as segments of linear level, with the mass (and so acceleration and drag) referred to each one's start."""
    tail = stage.burn_s - stage.tail_off_s
    throttled = min(stage.throttle_from * stage.burn_s, tail)
    pieces = [(0.0, throttled, 1.0, 1.0), (throttled, tail, stage.throttle_level, stage.throttle_level)]
    pieces.append((tail, stage.burn_s, stage.throttle_level if throttled < tail else 1.0, 0.0))
    impulse = sum((end - start) * 0.5 * (first + last) for start, end, first, last in pieces)
    flow = (1.0 - 1.0 / stage.mass_ratio) / impulse
    segments, mass = [], 1.0
    for start, end, first, last in pieces:
        if end - start < 1e-6:
            continue
        segments.append(
            Segment(
                start=ignition + start,
                duration_s=end - start,
                drag_m2_per_kg=1.0 / (stage.ballistic_coefficient * mass),
                thrust_mps2=flow * stage.exhaust_mps / mass,
                flow_per_s=flow / mass,
                level_start=first,
                level_end=last,
                back_pressure=stage.back_pressure,
                pitch_start=0.0,
                pitch=pitch,
                plane=plane,
                side_mps2=0.0,
                lift_to_drag=0.0,
                side_limit_mps2=0.0,
                roll=0.0,
            )
        )
        mass -= flow * (end - start) * 0.5 * (first + last)
    return segments


@dataclass(frozen=True)
class Boost:
    """Rows (n, 7) in seconds after launch up to the last burnout, burns, and where each stage is dropped.

    `drops` holds (time of separation, stage) for all stages but `last`, which burnt last.
    """

    rows: Array
    burning: tuple[tuple[float, float], ...]
    drops: tuple[tuple[float, Stage], ...]
    last: Stage


def boost(flight: Flight) -> Boost:
    """Integrate the powered flight."""
    axes = east_north_up(flight.latitude, flight.longitude)
    heading = math.sin(flight.azimuth) * axes[0] + math.cos(flight.azimuth) * axes[1]
    plane = np.cross(axes[2], heading)
    pitch = _pitch_program(flight)
    state = np.zeros(6)
    state[:3] = geodetic_to_ecef(flight.latitude, flight.longitude, 0.0)
    end = powered_s(flight) * (flight.failure.after if flight.failure else 1.0)
    parts: list[Array] = [np.concatenate([[0.0], state])[None, :]]
    burning: list[tuple[float, float]] = []
    drops: list[tuple[float, Stage]] = []
    ignition, last = 0.0, flight.stages[0]
    for number, stage in enumerate(flight.stages):
        if ignition >= end:
            break
        last = stage
        burnt = min(ignition + stage.burn_s, end)
        burning.append((ignition, burnt))
        segments = _burn_segments(stage, ignition, pitch, plane)
        if number + 1 < len(flight.stages) and stage.coast_s > 0.0:
            above = flight.stages[number + 1].ballistic_coefficient
            segments.append(free_flight(ignition + stage.burn_s, stage.coast_s, above))
        for segment in segments:
            if segment.start >= end:
                break
            rows, _ = integrate(state, _cut(segment, end))
            state = rows[-1, 1:].copy()
            parts.append(rows)
        ignition += stage.burn_s + stage.coast_s
        if number + 1 < len(flight.stages) and ignition < end:
            delay = min(stage.separation_delay_s, stage.coast_s)
            drops.append((ignition - stage.coast_s + delay, stage))
    return Boost(np.concatenate(parts), tuple(burning), tuple(drops), last)


def _cut(segment: Segment, end: float) -> Segment:
    """The segment ended at `end` where that comes first, its slope of thrust kept."""
    duration = end - segment.start
    if duration >= segment.duration_s:
        return segment
    slope = (segment.level_end - segment.level_start) / segment.duration_s
    return segment._replace(duration_s=duration, level_end=segment.level_start + slope * duration)


def _frame(state: Array) -> Array:
    """Rows: unit vectors ahead (along the velocity), right and up of a state (6,)."""
    ahead = state[3:] / np.linalg.norm(state[3:])
    right = np.cross(ahead, state[:3])
    right /= np.linalg.norm(right)
    return np.array([ahead, right, np.cross(right, ahead)])


def perigee_radius_m(state: Array) -> float:
    """Perigee of the osculating orbit of an ECEF state (6,); negative infinity where it does not come back."""
    position = state[:3]
    velocity = state[3:] + np.cross([0.0, 0.0, ROTATION_RATE], position)
    radius, speed_squared = float(np.linalg.norm(position)), float(velocity @ velocity)
    semi_major = 1.0 / (2.0 / radius - speed_squared / GRAVITATIONAL_PARAMETER)
    momentum_squared = float(np.sum(np.cross(position, velocity) ** 2))
    eccentricity = math.sqrt(max(0.0, 1.0 - momentum_squared / (GRAVITATIONAL_PARAMETER * semi_major)))
    return semi_major * (1.0 - eccentricity)


def _coast(
    start: float, state: Array, ballistic_coefficient: float, watch_s: float, manoeuvre: Manoeuvre | None
) -> tuple[Array, Literal["impact", "orbit"]]:
    """Rows (n, 7) of the free flight from `start`, with the first row at it, until the ground or for `watch_s`."""
    orbit = perigee_radius_m(state) > ORBIT_PERIGEE_M
    longest = watch_s if orbit else LONGEST_FALL_S
    plan = [free_flight(start, longest, ballistic_coefficient)]
    if manoeuvre is not None and manoeuvre.phase == "coast":
        begin, side = start + manoeuvre.start_s, manoeuvre.acceleration_mps2
        plan = [
            free_flight(start, manoeuvre.start_s, ballistic_coefficient),
            free_flight(begin, manoeuvre.duration_s, ballistic_coefficient, side, 0.0, side, manoeuvre.roll),
            free_flight(begin + manoeuvre.duration_s, longest, ballistic_coefficient),
        ]
    elif manoeuvre is not None:
        limit, lift = manoeuvre.acceleration_mps2, manoeuvre.lift_to_drag
        rows, _ = integrate(state, plan[0])
        highest = float(rows[np.argmax(heights_m(rows[:, 1:4])), 0])
        plan = [
            free_flight(start, highest - start, ballistic_coefficient),
            free_flight(highest, longest, ballistic_coefficient, 0.0, lift, limit, manoeuvre.roll),
        ]
    parts = [np.concatenate([[start], state])[None, :]]
    for segment in plan:
        rows, landed = integrate(parts[-1][-1, 1:], segment)
        parts.append(rows)
        if landed:
            return np.concatenate(parts), "impact"
    return np.concatenate(parts), "orbit"


def _breach(rows: Array, ballistic_coefficient: float, manoeuvre: Manoeuvre | None) -> float | None:
    """When a manoeuvre begins, in coast as told; with lift or drag that nobody expects, as it passes `BREACH_MPS2`."""
    times = rows[:, 0]
    if manoeuvre is not None and manoeuvre.phase == "coast":
        begin = float(times[0]) + manoeuvre.start_s
        return begin if begin < times[-1] else None
    densities = np.array([density_and_pressure(height)[0] for height in heights_m(rows[:, 1:4])])
    pressure = 0.5 * densities * np.sum(rows[:, 4:] ** 2, axis=1)
    if manoeuvre is not None:
        falls = np.sum(rows[:, 1:4] * rows[:, 4:], axis=1) < 0.0
        unexpected = falls * manoeuvre.lift_to_drag * pressure / ballistic_coefficient
    elif not 1.0 / STRANGE_DRAG < ballistic_coefficient / BALLISTIC_COEFFICIENT < STRANGE_DRAG:
        unexpected = pressure * abs(1.0 / ballistic_coefficient - 1.0 / BALLISTIC_COEFFICIENT)
    else:
        return None
    shown = np.flatnonzero(unexpected > BREACH_MPS2)
    return float(times[shown[0]]) if len(shown) else None


def fly(flight: Flight) -> list[Body]:
    """All bodies of a launch: the payload first (with its powered flight), spent stages, other objects.

    At a separation both sides part with the stage's separation speed; a lower stage takes all of it, the last one
    shares it with the payload. A failed flight keeps its last stage on unless it breaks up.
    """
    powered = boost(flight)
    last = powered.last
    ended, state = float(powered.rows[-1, 0]), powered.rows[-1, 1:]
    rising = powered.rows
    if flight.failure is None and last.separation_delay_s > 0.0:
        attached = free_flight(ended, last.separation_delay_s, STACK_OVER_STAGE * last.spent_ballistic_coefficient)
        joined, _ = integrate(state, attached)
        rising, state = np.concatenate([rising, joined]), joined[-1, 1:]
    release, frame = float(rising[-1, 0]), _frame(state)

    def pushed(velocity_mps: Array) -> Array:
        """The state at release, changed by a velocity (ahead, right, up)."""
        return np.concatenate([state[:3], state[3:] + velocity_mps @ frame])

    starts: list[tuple[str, float, Array, float]] = []
    coefficient = flight.ballistic_coefficient
    if flight.failure is None:
        push = last.separation_mps * np.asarray(flight.separation_direction)
        starts.append(("payload", release, pushed(flight.payload_share * push), coefficient))
        rest = pushed((flight.payload_share - 1.0) * push)
        starts.append((f"stage{len(flight.stages)}", release, rest, last.spent_ballistic_coefficient))
    else:
        if not flight.failure.breaks_up:
            coefficient = STACK_OVER_STAGE * last.spent_ballistic_coefficient
        starts.append(("payload", release, state, coefficient))
    for number, (dropped, stage) in enumerate(powered.drops, start=1):
        below = hermite(powered.rows, np.array([dropped]))[0]
        below[3:] -= stage.separation_mps * _frame(below)[0]
        starts.append((f"stage{number}", dropped, below, stage.spent_ballistic_coefficient))
    for number, fragment in enumerate(flight.fragments, start=1):
        fragment_state = pushed(np.asarray(fragment.velocity_mps))
        starts.append((f"object{number}", release, fragment_state, fragment.ballistic_coefficient))

    bodies = []
    for part, start, initial, coefficient in starts:
        payload = part == "payload"
        manoeuvre = flight.manoeuvre if payload else None
        rows, fate = _coast(start, initial, coefficient, flight.orbit_watch_s, manoeuvre)
        # What stays on a failed flight's stage has a stage's drag, which surprises nobody.
        is_whole = payload and flight.failure is None
        breach = _breach(rows, coefficient, manoeuvre) if is_whole or manoeuvre is not None else None
        if payload:
            rows = np.concatenate([rising[:-1], rows])
        rows[:, 0] += flight.time
        bodies.append(
            Body(
                name=f"{flight.launch}/{part}",
                launch=flight.launch,
                kind=flight.kind,
                part=part,
                fate=fate,
                rows=rows,
                burning=tuple((flight.time + a, flight.time + b) for a, b in powered.burning) if payload else (),
                burnout=flight.time + ended,
                ballistic_coefficient=coefficient,
                site=(flight.latitude, flight.longitude),
                breach=None if breach is None else flight.time + breach,
            )
        )
    return bodies
