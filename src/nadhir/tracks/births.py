"""Where objects and launches of radars begin, and whose they are: from one detection to a name."""

from __future__ import annotations

import math

import numpy as np

from nadhir.geo.earth import Vector, height_above_ellipsoid
from nadhir.model import LaunchEstimate
from nadhir.tracks.bias import RadarBiases
from nadhir.tracks.kinship import give_role, is_beside, kin_of, under_thrust, unseen_vehicle_of
from nadhir.tracks.layout import STATES, UNKNOWN_LOG_BETA, UNKNOWN_LOG_BETA_SIGMA, VEHICLE_LOG_BETA
from nadhir.tracks.objects import TrackedObject
from nadhir.tracks.picture import Picture
from nadhir.tracks.radar_launch import SURELY, launch_from_track
from nadhir.tracks.scan import BIRTH_PER_SCAN, position_partials


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
    started.hits = started.radar_hits = 1
    started.sensors.add(name)
    picture.set(started.slot, [(state, covariance, False, time, 0.5), (state, lit_covariance, True, time, 0.5)], time)
    columns = biases.columns(name)
    picture.pool.by_bias[started.slot, :2, :3, columns] = -position_partials(measured, constants)


def confirm(picture: Picture, candidate: TrackedObject, now: float) -> None:
    """A radar track that is real: part of a known launch, a launch of its own, or something else that flies."""
    candidate.confirmed = True
    burning = under_thrust(picture, candidate)
    may_be_one = burning and not is_beside(picture, candidate, now)
    vehicle = unseen_vehicle_of(picture, candidate) if may_be_one else None
    if vehicle is not None:
        become(picture, candidate, vehicle)
        return
    adopt(picture, candidate, burning, now)
    candidate.id = picture.name_of(candidate)


def become(picture: Picture, candidate: TrackedObject, vehicle: TrackedObject) -> None:
    """What radars see is a launch's vehicle that only satellites saw: the same object under its name."""
    candidate.event, candidate.id = vehicle.event, vehicle.id
    candidate.stages_dropped, candidate.first_time = vehicle.stages_dropped, vehicle.first_time
    candidate.burning, candidate.burning_since = True, vehicle.burning_since
    give_role(picture, candidate, "vehicle", [])
    picture.remove(vehicle)


def adopt(picture: Picture, candidate: TrackedObject, burning: bool, now: float) -> None:
    """Give an object to the launch that it may have left."""
    kin = kin_of(picture, candidate, burning, now)
    if kin is not None:
        candidate.event = kin.event
        give_role(picture, candidate, "stage", [])
        candidate.cutoff_time = kin.cutoff_time if kin.cutoff_time is not None else candidate.first_time


def as_launch(picture: Picture, candidate: TrackedObject) -> LaunchEstimate:
    """A radar track that shows a motor's ascent and belongs to no known launch is one."""
    event = picture.new_event(candidate.first_time)
    event.confirmed = True
    event.sensors += sorted(candidate.sensors)
    candidate.event, candidate.role = event, "vehicle"
    candidate.id = picture.name_of(candidate)
    for c in range(int(picture.pool.components[candidate.slot])):
        picture.pool.state[candidate.slot, c, 6] = VEHICLE_LOG_BETA
    return launch_from_track(picture, candidate, event)
