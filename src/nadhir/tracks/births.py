"""Where objects and launches of radars begin, and whose they are: from one detection to a name."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from nadhir.geo.earth import GRAVITATIONAL_PARAMETER, SEMI_MAJOR_AXIS_M, Vector, height_above_ellipsoid
from nadhir.model import LaunchEstimate
from nadhir.tracks import mixture
from nadhir.tracks.bias import RadarBiases
from nadhir.tracks.kinship import give_role, has_left, is_beside, kin_of, under_thrust, unseen_vehicle_of
from nadhir.tracks.layout import DELAY, STATES, UNKNOWN_LOG_BETA, UNKNOWN_LOG_BETA_SIGMA, VEHICLE_LOG_BETA
from nadhir.tracks.motors import expect_partner
from nadhir.tracks.objects import Event, LaunchPoint, TrackedObject
from nadhir.tracks.parting import set_separation
from nadhir.tracks.picture import Picture
from nadhir.tracks.radar_launch import SURELY, coast_began, launch_by_radar
from nadhir.tracks.scan import BIRTH_PER_SCAN, position_partials
from nadhir.tracks.sensing import Sensing

LAUNCH_GATE = 16.0
"""Squared distance of two launches in place and time (three degrees of freedom) within which they may be one."""
UNRESOLVED_S = 100.0
"""So long after they parted, vehicle and stage are far enough from each other for most radars."""
UNSEEN_CUTOFF_SIGMA_S = 20.0
"""How far off the cutoff may be that only a coasting path tells of."""
ABOVE_CLOUDS_M = 20e3
"""What rises higher has left any clouds for so long that satellites at work have told of it."""
ADDED_ENERGY = 3e5
"""J/kg: a next motor adds more than this, and the push of separation less."""


def start(
    picture: Picture, biases: RadarBiases, name: str, constants: Vector, time: float, measured: Vector, position: Vector
) -> None:
    """An unassigned radar detection may be the first of an object: coasting, or under a motor's thrust."""
    state = np.zeros(STATES)
    line = (position - constants[:3]) / measured[0]
    state[:3], state[3:6], state[6] = position, measured[3] * line, UNKNOWN_LOG_BETA
    covariance = np.zeros((STATES, STATES))
    along = np.outer(line, line)
    across = np.eye(3) - along
    angle = max(constants[13], constants[14]) * measured[0]
    covariance[:3, :3] = along * constants[12] ** 2 + across * angle**2
    covariance[3:6, 3:6] = along * constants[15] ** 2 + across * 3500.0**2
    covariance[6, 6] = UNKNOWN_LOG_BETA_SIGMA**2
    lit_covariance = covariance.copy()
    lit_covariance[7:10, 7:10] = np.eye(3) * 30.0**2
    lit_covariance[10:13, 10:13] = np.eye(3) * 1.0**2
    started = picture.add(None, "unknown", confirmed=False, time=time)
    started.score = math.log(BIRTH_PER_SCAN) - math.log(BIRTH_PER_SCAN + 1.0) - 4.0
    started.lowest_m = height_above_ellipsoid(*position) - SURELY * angle
    started.hits = started.radar_hits = started.steady_hits = 1
    started.sensors.add(name)
    picture.set(started.slot, [(state, covariance, False, time, 0.5), (state, lit_covariance, True, time, 0.5)], time)
    columns = biases.columns(name)
    picture.pool.by_bias[started.slot, :2, :3, columns] = -position_partials(measured, constants)


def confirm(picture: Picture, sensing: Sensing, candidate: TrackedObject, now: float) -> None:
    """A radar track that is real: part of a known launch, a launch of its own, or something else that flies."""
    candidate.confirmed = True
    burning = under_thrust(picture, candidate)
    may_be_one = burning and not is_beside(picture, candidate, now)
    vehicle = unseen_vehicle_of(picture, candidate) if may_be_one else None
    if vehicle is not None:
        become(picture, sensing, candidate, vehicle)
        return
    adopt(picture, candidate, burning, now)
    candidate.id = picture.name_of(candidate)


def become(picture: Picture, sensing: Sensing, candidate: TrackedObject, vehicle: TrackedObject) -> None:
    """What radars see is a launch's vehicle that only satellites saw: the same object under its name."""
    assert vehicle.event is not None
    picture.give(candidate, vehicle.event)
    candidate.id = vehicle.id
    candidate.stages_dropped, candidate.first_time = vehicle.stages_dropped, vehicle.first_time
    candidate.burning, candidate.burning_since = under_thrust(picture, candidate), vehicle.burning_since
    if not candidate.burning:
        candidate.cutoff_time = vehicle.cutoff_time or vehicle.last_seen
    give_role(picture, candidate, "vehicle", [])
    picture.remove(vehicle)
    _pair_with_stage(picture, sensing, candidate)


def adopt(picture: Picture, candidate: TrackedObject, burning: bool, now: float) -> None:
    """Give an object to the launch that it may have left."""
    kin = kin_of(picture, candidate, burning, now)
    if kin is not None:
        assert kin.event is not None
        picture.give(candidate, kin.event)
        give_role(picture, candidate, "stage", [])
        candidate.cutoff_time = kin.cutoff_time if kin.cutoff_time is not None else candidate.first_time


def as_launch(picture: Picture, sensing: Sensing, candidate: TrackedObject) -> list[LaunchEstimate]:
    """A radar track that left the ground under nobody's eyes is of a launch: of a known one, or one of its own.

    It keeps the name under which it was told.
    """
    pool, slot = picture.pool, candidate.slot
    if under_thrust(picture, candidate):
        state, now = pool.state[slot, picture.heaviest(candidate)], float(pool.time[slot])
        launch, known = launch_by_radar(state, now), _launch_of_its_stage(picture, candidate)
        above_clouds = height_above_ellipsoid(*state[:3]) > ABOVE_CLOUDS_M
        if known is None and above_clouds and sensing.is_watched(state[:3], now):
            # Satellites would have told of another launch. It is of a known one, rather of one whose vehicle burns no
            # more before radars' eyes: that is held for something else.
            idle = [e for e in picture.events if not any(o.burning and o.role == "vehicle" for o in e.objects)]
            known = _known_launch(idle, launch) or _known_launch(picture.events, launch)
    else:
        state, candidate.cutoff_time = coast_began(picture, candidate)
        launch = launch_by_radar(state, candidate.cutoff_time)
        known = _known_launch(picture.events, launch)
    if known is not None:
        return _also_of(picture, sensing, known, candidate, launch)
    event = picture.new_event(candidate.first_time)
    event.confirmed, event.by_radar, event.seen_burning = True, launch, candidate.cutoff_time is None
    event.sensors += sorted(candidate.sensors)
    candidate.role = "vehicle"
    picture.give(candidate, event)
    for c in range(int(pool.components[slot])):
        pool.state[slot, c, 6] = VEHICLE_LOG_BETA
    _pair_with_stage(picture, sensing, candidate)
    return [picture.estimate(event)]


def _launch_of_its_stage(picture: Picture, candidate: TrackedObject) -> Event | None:
    """The launch of which nothing was known but what this vehicle under thrust has left."""
    unseen = [e for e in picture.events if e.confirmed and e.ascent is None and not e.seen_burning]
    left = (e for e in unseen if any(o.confirmed and has_left(picture, candidate, o) for o in e.objects))
    return next(left, None)


def _known_launch(events: Iterable[Event], launch: LaunchPoint) -> Event | None:
    """The known launch that this is likely to be, by place and time."""
    nearest, found = LAUNCH_GATE, None
    for event in events:
        other = event.launch
        if not event.confirmed or other is None:
            continue
        north_m = (launch.latitude - other.latitude) * SEMI_MAJOR_AXIS_M
        east_m = (launch.longitude - other.longitude) * SEMI_MAJOR_AXIS_M * math.cos(launch.latitude)
        off = np.array([east_m, north_m, launch.time - other.time])
        squared = float(off @ np.linalg.solve(launch.covariance + other.covariance, off))
        if squared < nearest:
            nearest, found = squared, event
    return found


def _also_of(
    picture: Picture, sensing: Sensing, event: Event, candidate: TrackedObject, launch: LaunchPoint
) -> list[LaunchEstimate]:
    """One more object of a launch, which may say more of where that was, or be its vehicle."""
    picture.give(candidate, event)
    vehicles = [o for o in event.objects if o.confirmed and o.role == "vehicle"]
    faster = all(_energy(picture, candidate) > _energy(picture, o) + ADDED_ENERGY for o in vehicles)
    if not event.seen_burning and faster:
        for o in vehicles:
            give_role(picture, o, "stage", [])
        give_role(picture, candidate, "vehicle", vehicles)
        _pair_with_stage(picture, sensing, candidate)
    else:
        give_role(picture, candidate, "stage", [])
    event.seen_burning = event.seen_burning or candidate.cutoff_time is None
    if event.by_radar is None or event.ascent is not None or not _narrower(launch, event.by_radar):
        return []
    event.by_radar = launch
    return [picture.estimate(event)]


def _narrower(launch: LaunchPoint, than: LaunchPoint) -> bool:
    return float(np.trace(launch.covariance[:2, :2])) < float(np.trace(than.covariance[:2, :2]))


def _energy(picture: Picture, candidate: TrackedObject) -> float:
    """Of a kilogram (J), in the frame that turns with the Earth."""
    state = picture.pool.state[candidate.slot, picture.heaviest(candidate)]
    return 0.5 * float(state[3:6] @ state[3:6]) - GRAVITATIONAL_PARAMETER / float(np.linalg.norm(state[:3]))


def _pair_with_stage(picture: Picture, sensing: Sensing, candidate: TrackedObject) -> None:
    """What radars see of a vehicle that has just stopped may be its stage, or both, unless they tell the two apart."""
    pool, slot = picture.pool, candidate.slot
    now = float(pool.time[slot])
    if candidate.cutoff_time is None or now - candidate.cutoff_time > UNRESOLVED_S:
        return
    limited = any(sensing.sensors[name].resolution is not None for name in candidate.sensors)
    if not limited or is_beside(picture, candidate, now, of_launch=False):
        return
    mixture.keep_heaviest(pool, slot)
    pool.since[slot, 0] = candidate.cutoff_time
    set_separation(pool.state[slot, 0], pool.covariance[slot, 0])
    pool.covariance[slot, 0, DELAY, DELAY] = UNSEEN_CUTOFF_SIGMA_S**2
    expect_partner(picture, candidate, 0, candidate.cutoff_time, paired=True)
