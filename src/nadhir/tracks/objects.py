"""Book-keeping of objects and events: what is not Gaussian."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from nadhir.geo.earth import Matrix, Vector, east_north_up, geodetic_to_ecef
from nadhir.model import Role, Sensor
from nadhir.tracks.ascent import LOOK_COLUMNS, Ascent, launch_point
from nadhir.tracks.layout import SENSOR_CONSTANTS

CERTAIN = 0.98
"""Probability at which a change of motor is held to have happened."""

LEAST_THRUST = 5.0
"""m/s²: a motor that pushes less is a coasting object whose model does not quite hold."""

LIKELY = 8.0
"""Log-odds at which something is held to exist."""
STRANGE_AT, STRANGE_BELOW = 11.0, 6.5
"""Running mean of the squared innovation at which a model is held not to hold, and to hold again."""

TOLD_HITS = 10
"""From so many detections on, an object of no known launch is spoken of: by then it would be, if it were of one."""

ASCENT_WINDOW_S = 40.0
"""Looks of so long after the first one place the launch; later ones add nothing that the generic ascent can use."""
LOOKS_KEPT = 64


def sensor_constants(sensor: Sensor) -> Vector:
    """The kernels' constants (17,) of a sensor: position, local axes, standard deviations."""
    position = sensor.position
    latitude, longitude = math.radians(position.latitude_deg), math.radians(position.longitude_deg)
    constants = np.zeros(SENSOR_CONSTANTS)
    constants[:3] = geodetic_to_ecef(latitude, longitude, position.height_m)
    constants[3:12] = east_north_up(latitude, longitude).ravel()
    sigma = sensor.sigma
    if sensor.kind == "infrared":
        constants[12] = sigma.line_of_sight_rad
    else:
        constants[12:16] = (
            sigma.range_m,
            math.radians(sigma.azimuth_deg),
            math.radians(sigma.elevation_deg),
            sigma.range_rate_mps,
        )
    return constants


class LaunchPoint(NamedTuple):
    """Where and when something was launched."""

    latitude: float
    """rad"""
    longitude: float
    """rad"""
    time: float
    """Unix seconds"""
    covariance: Matrix
    """(3, 3) of east (m), north (m), time (s)"""


@dataclass(slots=True, eq=False)
class Event:
    """A launch, seen or supposed."""

    id: str
    first_time: float
    ascent: Ascent | None = None
    first_place: Vector | None = None
    """(3,) ECEF: where a satellite saw it first"""
    by_radar: LaunchPoint | None = None
    """Where it was launched by radars' tracks, while no satellite has seen it."""
    looks: list[Vector] = field(default_factory=list)
    """Rows of the ascent fit, in the order of receipt."""
    looks_worth: float = 0.0
    """How many of them are its own, as far as those of launches side by side can be told apart."""
    cloud: list[Vector] = field(default_factory=list)
    sensors: list[str] = field(default_factory=list)
    confirmed: bool = False
    score: float = 0.0
    """Log-odds that it is real."""
    named: int = 0
    """How many of its objects have a name."""
    last_look: float = -math.inf
    next_look: dict[str, float] = field(default_factory=dict)
    """Satellite -> when its next look at this event is due."""
    withdrawn: bool = False
    seen_burning: bool = True
    """Whether anybody saw its motor, and so the vehicle and its stages part."""
    objects: list[TrackedObject] = field(default_factory=list)
    """All that is of this launch, in the order in which it began."""

    @property
    def launch(self) -> LaunchPoint | None:
        """Where and when it was launched, by the best that has seen it."""
        if self.ascent is None:
            return self.by_radar
        latitude, longitude, time, covariance = launch_point(self.ascent)
        return LaunchPoint(latitude, longitude, time, covariance * (len(self.looks) / self.looks_worth))

    def rows(self) -> Matrix:
        """Looks (n, LOOK_COLUMNS) in ascending time."""
        if not self.looks:
            return np.zeros((0, LOOK_COLUMNS))
        rows = np.array(self.looks)
        return rows[np.argsort(rows[:, 0], kind="stable")]


@dataclass(slots=True, eq=False)
class TrackedObject:
    """An object and its slot in the pool."""

    id: str
    number: int
    """In the order in which objects began."""
    slot: int
    event: Event | None
    role: Role
    confirmed: bool
    score: float
    """Log-odds that it exists, while it is not confirmed."""
    first_time: float
    last_seen: float
    lowest_m: float = -math.inf
    """Height above which its first detection surely was, where a radar gave it."""
    hits: int = 0
    radar_hits: int = 0
    steady_hits: int = 0
    """Radar hits since it was last lost."""
    parent: TrackedObject | None = None
    partner: TrackedObject | None = None
    """The other half of a pair that radars may not yet tell apart."""
    joint: bool = False
    """A stage that is estimated as part of its partner's state, until every radar tells the two apart."""
    apart_since: float | None = None
    """When this left its parent."""
    cutoff_time: float | None = None
    burning_since: float | None = None
    burning: bool = False
    relit: bool = False
    """Whether it is under thrust again though its flight was over: a breach of the ballistic assumption."""
    stages_dropped: int = 0
    strangeness: float = 4.0
    """Running mean of the squared innovation: 4 where the model holds."""
    strange: bool = False
    breached: bool = False
    """Whether anything else than gravity and drag ever moved it after its cutoff, as far as is known."""
    settled: bool = False
    """Only coasts, as far as is known: taken with all others of its kind at once."""
    told: float = -math.inf
    """Time of what was last said of it, while it is settled."""
    last_scan: tuple[str, float] | None = None
    """Sensor and time of the last detection: no object gives two in one scan."""
    overlooked: int = 0
    """Scans of radars that have its place in view, while none of them has seen it."""
    shadowed: int = 0
    """Scans in a row in which another object took the only detection that this one could have given."""
    lost: bool = False
    rivals: Rivals | None = None
    """This and another one the other way round, while that may be."""
    sensors: set[str] = field(default_factory=set)

    @property
    def is_told(self) -> bool:
        """Whether it is spoken of, and so has a name that others know."""
        return self.event is not None or self.radar_hits >= TOLD_HITS

    @property
    def log_doubt(self) -> float:
        """Log-probability that it is there to give a detection."""
        if self.lost:
            # Not seen for long, it may be anywhere, and clutter then fits it: found again, it is surely that one.
            return -LIKELY
        return 0.0 if self.confirmed else min(self.score, 0.0) - 2.0


@dataclass(slots=True, eq=False)
class Rivals:
    """Two objects that may be two others: each with the detections that one radar gave to the other."""

    objects: tuple[TrackedObject, TrackedObject]
    sensor: str
    """The radar whose detections are exchanged."""
    slots: list[int]
    """Of each of them the other way round."""
    since: float
    gain: float
    """Log-likelihood ratio against the way in which they are held."""
