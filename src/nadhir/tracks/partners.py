"""A vehicle and what has just left it, in the book: while the two are one estimate, and when they part for good.

The estimate itself is in `pairs`.
"""

from __future__ import annotations

import math

import numpy as np

from nadhir.geo.earth import Vector
from nadhir.geo.flight import drag_acceleration
from nadhir.model import Sensor, TrackMessage
from nadhir.tracks import mixture
from nadhir.tracks.kernels import predict_mean
from nadhir.tracks.layout import AIR_LEFT_S, STAGE_LOG_BETA, STAGE_LOG_BETA_SIGMA
from nadhir.tracks.objects import TrackedObject
from nadhir.tracks.pairs import set_stage
from nadhir.tracks.parting import air_left_s
from nadhir.tracks.picture import Picture
from nadhir.tracks.sensing import Sensing

NEARLY_RESOLVED_CELLS = 3.0
"""Closer than this to its partner, an object may share a detection that suits neither."""
PAIR_DRAG = 1.0
"""m/s²: where a stage is braked more, the air counts. One that falls leaves its vehicle too fast for one estimate."""
AIR_LASTS = 1.6
"""A pair's estimate lets the air die away as if it climbed evenly; where that takes so much longer, it is off."""
LONGEST_PAIR_S = 400.0
"""For so long their relative motion is well described by the velocity at which they parted."""
SEEN_APART = 0.9
"""Probability at which two detections of a scan are held to be of vehicle and stage."""


def closeness(picture: Picture, candidate: TrackedObject, sensor: Sensor, constants: Vector) -> float:
    """How far an object is from its partner, in resolution cells of a radar; infinite without a partner."""
    partner = candidate.partner
    if partner is None or candidate.cutoff_time is None or sensor.resolution is None:
        return math.inf
    pool = picture.pool
    if pool.components[partner.slot] == 0 or partner.partner is not candidate:
        candidate.partner = None
        return math.inf
    own = pool.state[candidate.slot, picture.heaviest(candidate)]
    best = picture.heaviest(partner)
    other = pool.state[partner.slot, best].copy()
    # Late detections may have left the two at different times.
    predict_mean(other, pool.burning[partner.slot, best], float(pool.time[candidate.slot] - pool.time[partner.slot]))
    line = own[:3] - constants[:3]
    distance = float(np.linalg.norm(line))
    line = line / distance
    apart = own[:3] - other[:3]
    faster = own[3:6] - other[3:6]
    resolution = sensor.resolution
    along = abs(float(apart @ line))
    across = float(np.linalg.norm(apart - line * (apart @ line))) / distance
    return max(
        along / resolution.range_m,
        across / math.radians(resolution.angle_deg),
        abs(float(faster @ line)) / resolution.range_rate_mps,
    )


def may_be_pair(picture: Picture, candidate: TrackedObject) -> bool:
    """Whether what a radar sees of a vehicle may be its spent stage, or both: it burns, or has just cut off."""
    if candidate.role != "vehicle" or candidate.event is None or not candidate.radar_hits:
        return False
    if candidate.cutoff_time is not None:
        return candidate.partner is not None and candidate.partner.joint
    return not falls_into_air(picture, candidate)


def falls_into_air(picture: Picture, candidate: TrackedObject) -> bool:
    """Whether the air brakes a stage, where an object is, more and more: what a pair's estimate does not hold."""
    return _in_air(picture, candidate, climbs=False)


def climbs_out_of_air(picture: Picture, candidate: TrackedObject) -> bool:
    """Whether the air brakes a stage, where an object is, less and less."""
    return _in_air(picture, candidate, climbs=True)


def _in_air(picture: Picture, candidate: TrackedObject, climbs: bool) -> bool:
    state = picture.pool.state[candidate.slot, picture.heaviest(candidate)]
    if (float(state[:3] @ state[3:6]) > 0.0) != climbs:
        return False
    return drag_acceleration(state, 0.5 * math.exp(-STAGE_LOG_BETA)) > PAIR_DRAG


def seen_apart(vehicle: TrackedObject, name: str, apart: float) -> None:
    """What a scan told of the stage of a pair, which it saw apart from its vehicle with probability `apart`."""
    stage = vehicle.partner
    if stage is None or not stage.joint:
        return
    if apart > SEEN_APART:
        stage.hits += 1
        stage.radar_hits += 1
        stage.sensors.add(name)


def follow_pair(picture: Picture, sensing: Sensing, vehicle: TrackedObject) -> list[TrackMessage]:
    """The stage of a pair, after its vehicle; the two go their own ways once every radar tells them apart."""
    stage = vehicle.partner
    if stage is None or not stage.joint:
        return []
    if vehicle.role == "stage":
        # What lit its motor beside it is the vehicle, and this the stage that it left: there is no second one.
        stage.lost = True
        messages: list[TrackMessage] = [picture.state(stage)] if stage.confirmed else []
        picture.remove(stage)
        mixture.forget_separation(picture.pool, vehicle.slot)
        return messages
    set_stage(picture.pool, vehicle.slot, stage.slot, STAGE_LOG_BETA, STAGE_LOG_BETA_SIGMA)
    stage.last_seen, stage.last_scan = vehicle.last_seen, vehicle.last_scan
    if not stage.confirmed and stage.hits >= 2:
        stage.confirmed = True
        stage.id = picture.name_of(stage)
    cells = _cells_apart(picture, sensing, vehicle)
    if cells > NEARLY_RESOLVED_CELLS or _may_have_parted(picture, vehicle):
        stage.joint = False
        stage.apart_since = float(picture.pool.time[stage.slot])
        for o in (vehicle, stage):
            mixture.forget_separation(picture.pool, o.slot)
        if not stage.confirmed and cells < NEARLY_RESOLVED_CELLS:
            # Nobody ever saw it apart: were it held beside its vehicle, no detection would be surely of either.
            picture.remove(stage)
    return [picture.state(stage)] if stage.confirmed else []


def _cells_apart(picture: Picture, sensing: Sensing, vehicle: TrackedObject) -> float:
    """How far vehicle and stage are from each other, in cells of the radar that tells them apart worst."""
    return min(
        (
            closeness(picture, vehicle, sensing.sensors[name], sensing.constants[name])
            for name in sorted(vehicle.sensors)
        ),
        default=math.inf,
    )


def _may_have_parted(picture: Picture, vehicle: TrackedObject) -> bool:
    """Whether their relative motion is no longer that of two which left each other once and coast."""
    if vehicle.burning or vehicle.breached or vehicle.cutoff_time is None or falls_into_air(picture, vehicle):
        return True
    state = picture.pool.state[vehicle.slot, picture.heaviest(vehicle)]
    if climbs_out_of_air(picture, vehicle) and 0.0 < AIR_LASTS * state[AIR_LEFT_S] < air_left_s(state):
        return True
    return float(picture.pool.time[vehicle.slot]) - vehicle.cutoff_time > LONGEST_PAIR_S
