"""Whose an object is: which launch it left, and which of a launch's objects is the vehicle."""

from __future__ import annotations

import math

import numpy as np

from nadhir.geo.earth import Matrix, Vector
from nadhir.model import Role
from nadhir.tracks.kernels import predict_mean
from nadhir.tracks.layout import LOG_BETA
from nadhir.tracks.mixture import Pool
from nadhir.tracks.objects import LEAST_THRUST, Event, TrackedObject
from nadhir.tracks.parting import path_at_parting, slowed_by_air_mps
from nadhir.tracks.picture import Picture

ROLE_WINDOW_S = 400.0
"""So long after a cutoff the push of separation still tells which of a pair is the vehicle."""
ROLE_SIGMAS = 3.0
SAME_END_S = 10.0
"""Ends of motors that are further apart than this are not one."""
LEAST_HELD_BACK = 10.0
"""m/s by which the air must have held back one of two, to tell which is the stage."""
PARTED_SINCE = 0.2, 1.3
"""Distance of two that parted when the motor ended, over what their drift would have made since: less, as it grew."""
ASIDE, ASIDE_M = 0.3, 300.0
"""They are not further apart across their path than this part of that distance and so many metres."""
AS_MUCH = 0.2, 5.0
"""Drift of a vehicle and its stage over what the air commonly makes of it."""
KIN_DISTANCE_M, KIN_SPEED = 150e3, 2500.0
FASTEST = 12e3
"""m/s: nothing that left a launch flies faster."""
VEHICLE_NEAR_M, VEHICLE_SPEED = 15e3, 400.0
UNSEEN_S = 600.0
"""No motor burns on for longer than this after the last look of any satellite."""
SEEN_LATELY_S = 3.0
KIN_NEAR_M, KIN_DRIFT = 5e3, 400.0
"""What left a vehicle is not further from it than this, plus so many m/s since."""
KIN_THRUST, KIN_THRUST_S = 50.0, 20.0
"""m/s² at which a next motor drives it away besides, and for how long at most before radars see it."""
KIN_BESIDE_M = 1500.0
"""Two that radars see nearer to each other than this did not leave the ground as two."""
LEFT_SPEED, LEFT_S = 100.0, 150.0
"""m/s by which a vehicle must be faster than what it left to tell it by its path, and how long ago that was at most."""
LEFT_PART, LEFT_M = 0.5, 1000.0
"""How far it may be from where its thrust would have brought it since, as a part of the way, and besides."""
SAME_SITE_M = 15e3
"""First looks of two from one site are not further apart."""
LEAST_LEFT = 0.05
"""A prior that is taken out leaves this part of the information at least, whatever rounding did to it."""


def settle_roles(picture: Picture, event: Event, now: float) -> None:
    """Which of an event's objects is the vehicle: the one that burns or burnt last, else the one ahead."""
    objects = [o for o in event.objects if o.confirmed]
    if len(objects) < 2:
        return
    vehicles = [o for o in objects if o.role == "vehicle"]
    vehicle = vehicles[0] if vehicles else objects[0]
    burning = [o for o in objects if o.burning]
    if burning:
        if vehicle not in burning:
            vehicle = max(burning, key=lambda o: o.hits)
    else:
        vehicle = next((o for o in objects if o is not vehicle and _leads(picture, o, vehicle, now)), vehicle)
    for o in objects:
        give_role(picture, o, "vehicle" if o is vehicle else "stage", vehicles)


def _leads(picture: Picture, one: TrackedObject, other: TrackedObject, now: float) -> bool:
    """Whether of two that parted when a motor ended `one` is surely the vehicle, by how they fly since."""
    if one.joint or one.cutoff_time is None or other.cutoff_time is None:
        return False
    since_s, is_pair = now - other.cutoff_time, other.partner is one
    if not 0.0 < since_s < ROLE_WINDOW_S or (is_pair and (one.breached or other.breached)):
        return False
    if not is_pair and abs(one.cutoff_time - other.cutoff_time) > SAME_END_S:
        return False
    pool = picture.pool
    first, second = picture.heaviest(one), picture.heaviest(other)
    state, stage = pool.state[one.slot, first], pool.state[other.slot, second].copy()
    predict_mean(stage, bool(pool.burning[other.slot, second]), float(pool.time[one.slot] - pool.time[other.slot]))
    spread = pool.covariance[one.slot, first, :6, :6] + pool.covariance[other.slot, second, :6, :6]
    surely = _is_pushed_ahead if is_pair else _is_held_back
    return surely(stage, state[:6] - stage[:6], spread, since_s)


def _is_pushed_ahead(stage: Vector, apart: Vector, spread: Matrix, since_s: float) -> bool:
    """Whether the rest of a pair, so far apart and so much faster (6,), was surely pushed ahead of its stage.

    How far apart they are tells of it as well as how fast they drift: the push is fitted to both, by least squares.
    """
    to_path = _to_path(stage, since_s)
    pushed = np.array([since_s, 1.0])
    information = np.linalg.solve(to_path @ spread @ to_path.T, pushed)
    return float(information @ to_path @ apart) > ROLE_SIGMAS * math.sqrt(float(information @ pushed))


def _is_held_back(stage: Vector, apart: Vector, spread: Matrix, since_s: float) -> bool:
    """Whether the air surely held a stage back against what flies so far ahead and so much faster (6,).

    The two need not be known for a pair: nothing else parts two so fast that were together when a motor ended.
    """
    to_path = _to_path(stage, since_s)
    ahead_m, drift_mps = map(float, to_path @ apart)
    sigma_mps = math.sqrt(float(to_path[1] @ spread @ to_path[1]))
    if drift_mps < max(LEAST_HELD_BACK, ROLE_SIGMAS * sigma_mps):
        return False
    aside_m = float(np.linalg.norm(apart[:3] - ahead_m * to_path[0, :3]))
    were_together = PARTED_SINCE[0] < ahead_m / (drift_mps * since_s) < PARTED_SINCE[1]
    if not were_together or aside_m > ASIDE * ahead_m + ASIDE_M:
        return False
    parted = stage.copy()
    predict_mean(parted, False, -since_s)
    return AS_MUCH[0] < drift_mps / max(slowed_by_air_mps(parted), 1e-3) < AS_MUCH[1]


def _to_path(state: Vector, since_s: float) -> Matrix:
    """Takes the parts along the path out of a difference of two states (6,): its distance and its speed (2, 6)."""
    to_path = np.zeros((2, 6))
    to_path[0, :3] = to_path[1, 3:] = path_at_parting(state, since_s)
    return to_path


def give_role(picture: Picture, candidate: TrackedObject, role: Role, vehicles: list[TrackedObject]) -> None:
    if candidate.role == role:
        return
    was, now = LOG_BETA[candidate.role], LOG_BETA[role]
    candidate.role = role
    if role == "vehicle":
        candidate.stages_dropped = max([candidate.stages_dropped, *(v.stages_dropped for v in vehicles)])
    for c in range(int(picture.pool.components[candidate.slot])):
        _exchange_prior(picture.pool, candidate.slot, c, was, now)


def _exchange_prior(pool: Pool, slot: int, component: int, was: tuple[float, float], now: tuple[float, float]) -> None:
    """Take one prior of ln(ballistic coefficient) out of a component and put another in; what it learnt stays.

    In information form, where a prior is one term of a sum: Maybeck, Stochastic Models, Estimation, and Control 1
    (1979), 5.7. `was` and `now` are mean and sigma.
    """
    state, covariance = pool.state[slot, component], pool.covariance[slot, component]
    by_bias = pool.by_bias[slot, component]
    information = now[1] ** -2 - was[1] ** -2
    pulled = now[0] * now[1] ** -2 - was[0] * was[1] ** -2
    gain = covariance[:, 6] / max(1.0 + information * covariance[6, 6], LEAST_LEFT)
    covariance -= information * np.outer(gain, covariance[6])
    by_bias -= information * np.outer(gain, by_bias[6])
    state += gain * (pulled - information * state[6])


def is_of_others(picture: Picture, event: Event) -> bool:
    """Whether its looks may have been of launches from the same site, one of which was seen before and after."""
    if event.first_place is None:
        return False
    for other in picture.events:
        if other is event or not other.confirmed or other.first_place is None:
            continue
        near = float(np.linalg.norm(other.first_place - event.first_place)) < SAME_SITE_M
        if near and other.first_time < event.last_look < other.last_look:
            return True
    return False


def under_thrust(picture: Picture, candidate: TrackedObject) -> bool:
    """Whether an object is rather driven by a motor than not: what only brakes it is the air."""
    pool, slot = picture.pool, candidate.slot
    count = int(pool.components[slot])
    velocity, push = pool.state[slot, :count, 3:6], pool.state[slot, :count, 7:10]
    size = np.linalg.norm(push, axis=1)
    braked = np.einsum("ci,ci->c", velocity, push) < -0.3 * size * np.linalg.norm(velocity, axis=1)
    driven = pool.burning[slot, :count] & (size > LEAST_THRUST) & ~braked
    return bool(np.exp(pool.log_weight[slot, :count])[driven].sum() > 0.5)


def unseen_vehicle_of(picture: Picture, candidate: TrackedObject) -> TrackedObject | None:
    """The vehicle of a launch that no radar has seen and that this burning radar track must be: the nearest.

    Satellites alone leave a vehicle's path uncertain, and more so where many rise together, so that its radar track may
    begin outside the gate.
    """
    pool = picture.pool
    own = pool.state[candidate.slot, picture.heaviest(candidate)]
    nearest, found = math.inf, None
    for other in picture.objects:
        if other.event is None or other.radar_hits or not other.confirmed or other.role != "vehicle":
            continue
        best = picture.heaviest(other)
        state, covariance = pool.state[other.slot, best].copy(), pool.covariance[other.slot, best]
        elapsed = float(pool.time[candidate.slot] - pool.time[other.slot])
        if elapsed > UNSEEN_S:
            continue
        predict_mean(state, bool(pool.burning[other.slot, best]), elapsed)
        spread = VEHICLE_NEAR_M + 3.0 * math.sqrt(float(np.trace(covariance[:3, :3])))
        spread += abs(elapsed) * 3.0 * math.sqrt(float(np.trace(covariance[3:6, 3:6])))
        apart = float(np.linalg.norm(own[:3] - state[:3]))
        faster = float(np.linalg.norm(own[3:6] - state[3:6]))
        too_fast = VEHICLE_SPEED + 3.0 * math.sqrt(float(np.trace(covariance[3:6, 3:6])))
        if apart < min(spread, nearest) and faster < too_fast:
            nearest, found = apart, other
    return found


def has_left(picture: Picture, candidate: TrackedObject, other: TrackedObject) -> bool:
    """Whether one under thrust is as far from another, which coasts, as its thrust would bring it while it gains so
    much speed on that: so flies a vehicle that lit its next motor where it left a stage."""
    pool = picture.pool
    first, second = picture.heaviest(candidate), picture.heaviest(other)
    own, state = pool.state[candidate.slot, first], pool.state[other.slot, second].copy()
    if pool.burning[other.slot, second]:
        return False
    predict_mean(state, False, float(pool.time[candidate.slot] - pool.time[other.slot]))
    apart, faster = own[:3] - state[:3], own[3:6] - state[3:6]
    gained = float(np.linalg.norm(faster))
    since_s = gained / max(float(np.linalg.norm(own[7:10])), LEAST_THRUST)
    way = 0.5 * since_s * faster
    covariance = pool.covariance[candidate.slot, first, :3, :3] + pool.covariance[other.slot, second, :3, :3]
    unsure_m = LEFT_PART * float(np.linalg.norm(way)) + LEFT_M + 3.0 * math.sqrt(float(np.trace(covariance)))
    return gained > LEFT_SPEED and since_s < LEFT_S and float(np.linalg.norm(apart - way)) < unsure_m


def is_beside(picture: Picture, candidate: TrackedObject, now: float, of_launch: bool = True) -> bool:
    """Whether radars see an object (`of_launch`: of a known one) right beside this one: it left that one, or is it."""
    pool = picture.pool
    own = pool.state[candidate.slot, picture.heaviest(candidate)]
    for other in picture.objects:
        seen = other.radar_hits > 0 and now - other.last_seen < SEEN_LATELY_S
        if other is candidate or (of_launch and other.event is None) or not other.confirmed or not seen:
            continue
        state = pool.state[other.slot, picture.heaviest(other)]
        lag = float(pool.time[candidate.slot] - pool.time[other.slot])
        if float(np.linalg.norm(own[:3] - state[:3] - lag * state[3:6])) < KIN_BESIDE_M:
            return True
    return False


def _ahead_of_relit(own: Vector, vehicle: TrackedObject, state: Vector, now: float) -> bool:
    """Whether a next motor lit so lately that a vehicle's track may follow the stage, and one ahead is the vehicle."""
    since, path = vehicle.burning_since, own[3:6]
    lately = vehicle.partner is not None and since is not None and now - since < KIN_THRUST_S
    return lately and float((own[:3] - state[:3]) @ path) > 0.0 and float((own[3:6] - state[3:6]) @ path) > 0.0


def _of_launches_near(picture: Picture, candidate: TrackedObject) -> list[TrackedObject]:
    """Objects of known launches that are not far too far away from one."""
    pool = picture.pool
    others = [o for o in picture.objects if o.event is not None and o.confirmed and o is not candidate]
    slots = np.array([o.slot for o in others], dtype=np.int64)
    apart = np.linalg.norm(pool.state[slots, 0, :3] - pool.state[candidate.slot, 0, :3], axis=1)
    # Twice as far: by another one of its hypotheses, or by the motion since, it may be nearer.
    near = apart < 2.0 * KIN_DISTANCE_M + FASTEST * np.abs(pool.time[slots] - pool.time[candidate.slot])
    return [others[k] for k in np.flatnonzero(near).tolist()]


def kin_of(picture: Picture, candidate: TrackedObject, burning: bool, now: float) -> TrackedObject | None:
    """The nearest object of a known launch that this one may have left: near it, and about as fast.

    One under thrust is of a launch only where that one's vehicle does not burn itself before radars' eyes, or has only
    just lit its next motor, or burns so near that what is held for it may be the stage that it left.
    """
    pool = picture.pool
    own = pool.state[candidate.slot, picture.heaviest(candidate)]
    nearest, kin = KIN_DISTANCE_M, None
    for other in _of_launches_near(picture, candidate):
        best = picture.heaviest(other)
        state = pool.state[other.slot, best].copy()
        elapsed = float(pool.time[candidate.slot] - pool.time[other.slot])
        predict_mean(state, bool(pool.burning[other.slot, best]), elapsed)
        apart = float(np.linalg.norm(own[:3] - state[:3]))
        parted = other.cutoff_time if other.cutoff_time is not None else other.burning_since
        since_s = max(float(pool.time[candidate.slot]) - (parted or 0.0), 0.0)
        reach = KIN_NEAR_M + KIN_DRIFT * since_s
        both_burn = burning and other.burning and now - other.last_seen < SEEN_LATELY_S
        if both_burn and not _ahead_of_relit(own, other, state, now):
            reach = KIN_BESIDE_M
        elif burning:
            reach += 0.5 * KIN_THRUST * min(since_s, KIN_THRUST_S) ** 2
        if apart < min(nearest, reach) and float(np.linalg.norm(own[3:6] - state[3:6])) < KIN_SPEED:
            nearest, kin = apart, other
    return kin
