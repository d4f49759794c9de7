"""What an object's motor does, in the book: cutoff, staging, another ignition, and what then leaves it."""

from __future__ import annotations

import numpy as np

from nadhir.geo.earth import Matrix, Vector
from nadhir.tracks import mixture
from nadhir.tracks.heavy_drag import suppose_heavy_drag
from nadhir.tracks.layout import LOG_BETA, SEPARATION, STAGE_LOG_BETA, STAGE_LOG_BETA_SIGMA
from nadhir.tracks.objects import CERTAIN, LEAST_THRUST, STRANGE_AT, STRANGE_BELOW, TrackedObject
from nadhir.tracks.parting import set_separation
from nadhir.tracks.partners import climbs_out_of_air, falls_into_air
from nadhir.tracks.picture import Picture

SPLIT_WINDOW_S = 5.0
FRESH_CUTOFF_S = 3.0
PUSHED_GATE = 25.0
"""Squared distance, in standard deviations, at which a relative velocity is still that of a separation."""


def advance(picture: Picture, candidate: TrackedObject, slot: int, time: float) -> None:
    """Predict what a slot holds of an object to `time` (Unix s), and fork what its motor may have done since."""
    log_beta, sigma = LOG_BETA["stage" if candidate.role == "stage" else "vehicle"]
    rate = mixture.BREACH_RATE if candidate.breached and candidate.strange else mixture.LATE_IGNITION_RATE
    may_ignite = candidate.strange or candidate.event is None
    cutoff = candidate.cutoff_time
    if candidate.role == "vehicle" and cutoff is not None and time - cutoff < mixture.IGNITION_WINDOW_S:
        may_ignite, rate = True, mixture.IGNITION_RATE
    if candidate.role == "vehicle" and candidate.cutoff_time is None:
        may_ignite, rate = True, mixture.IGNITION_RATE
    rises = candidate.role == "vehicle" and candidate.event is not None and climbs_out_of_air(picture, candidate)
    picture.pool.driven_on[slot] = rises and not candidate.strange
    mixture.advance(picture.pool, slot, time, log_beta, sigma, may_ignite, rate)


def follow_motor(picture: Picture, candidate: TrackedObject) -> None:
    """Read off the mixture what the motor has done, once it is certain."""
    pool, slot = picture.pool, candidate.slot
    count = pool.components[slot]
    weights = np.exp(pool.log_weight[slot, :count])
    thrust = np.linalg.norm(pool.state[slot, :count, 7:10], axis=1)
    burning = pool.burning[slot, :count] & (thrust > LEAST_THRUST)
    lit = float(weights[burning].sum())
    best = int(np.argmax(weights))
    since = float(pool.since[slot, best])
    candidate.strange = candidate.strangeness > (STRANGE_BELOW if candidate.strange else STRANGE_AT)
    # Right after a cutoff the tail of the thrust looks like a weak motor: it takes more to believe in another one.
    fresh = candidate.cutoff_time is not None and pool.time[slot] - candidate.cutoff_time < FRESH_CUTOFF_S
    needed = 0.9995 if fresh else CERTAIN
    if lit > needed and burning[best] and weights[burning].max() > 0.9 * lit:
        position, velocity = pool.state[slot, best, :3], pool.state[slot, best, 3:6]
        cutoff = candidate.cutoff_time
        late = cutoff is not None and since - cutoff > mixture.IGNITION_WINDOW_S
        if cutoff is not None and (late or float(position @ velocity) < 0.0):
            # No next stage lights so late, or on the way down: it does something of its own.
            candidate.relit = candidate.breached = True
        elif not candidate.burning:
            candidate.burning, candidate.burning_since, candidate.cutoff_time = True, since, None
        elif candidate.burning_since is not None and since > candidate.burning_since + 0.5:
            candidate.burning_since = since
            if candidate.role == "vehicle" and candidate.event is not None and weights[best] > CERTAIN:
                candidate.stages_dropped += 1
                expect_partner(picture, candidate, best, since, paired=False)
    elif lit < 1.0 - CERTAIN and candidate.relit:
        candidate.relit = False
    elif lit < 1.0 - CERTAIN and candidate.burning:
        candidate.burning = False
        coasting = [c for c in range(count) if not pool.burning[slot, c]] or [best]
        best = max(coasting, key=lambda c: weights[c])
        candidate.cutoff_time = float(np.average(pool.since[slot, coasting], weights=weights[coasting]))
        candidate.strangeness, candidate.breached = 4.0, False
        if candidate.event is not None and candidate.role == "vehicle":
            expect_partner(picture, candidate, best, candidate.cutoff_time, paired=True)
            suppose_heavy_drag(picture.pool, slot, best)


def expect_partner(picture: Picture, parent: TrackedObject, component: int, time: float, paired: bool) -> None:
    """What left its vehicle at `time`: held as a possible object until detections show it."""
    known = _expected(picture, parent, time)
    joint = paired and not falls_into_air(picture, parent)
    if known is not None:
        if paired and known.partner is None:
            parent.apart_since, parent.partner, known.partner = time, known, parent
            known.joint = joint and (not known.confirmed or _as_pushed(picture, parent, component, known))
        return
    pool = picture.pool
    state, covariance, by_bias = mixture.separated(
        pool, parent.slot, component, time, STAGE_LOG_BETA, STAGE_LOG_BETA_SIGMA
    )
    now = float(pool.time[parent.slot])
    age = now - time + 0.2
    set_separation(state, covariance)
    # What left moves against the separation velocity, which is the vehicle's relative to it.
    velocity, spread = state[7:10].copy(), covariance[7:10, 7:10].copy()
    state[:3] -= velocity * age
    state[3:6] -= velocity
    covariance[:3, :3] += spread * age**2
    covariance[:3, 3:6] += spread * age
    covariance[3:6, :3] += spread * age
    covariance[3:6, 3:6] += spread
    covariance[7:10, :3] = covariance[:3, 7:10] = -spread * age
    covariance[7:10, 3:6] = covariance[3:6, 7:10] = -spread
    partner = picture.add(parent.event, "stage", confirmed=False, time=now)
    partner.parent, partner.apart_since, partner.cutoff_time = parent, time, time
    if paired:
        parent.apart_since, parent.partner, partner.partner = time, partner, parent
        partner.joint = joint
    picture.set(partner.slot, [(state, covariance, False, time, 1.0)], now)
    picture.pool.by_bias[partner.slot, 0] = by_bias


def _as_pushed(picture: Picture, parent: TrackedObject, component: int, part: TrackedObject) -> bool:
    """Whether a part moves away from its vehicle as the push of separation makes it, as far as is known."""
    pool = picture.pool
    state, covariance = pool.state[parent.slot, component].copy(), pool.covariance[parent.slot, component].copy()
    set_separation(state, covariance)
    other = picture.heaviest(part)
    apart = state[3:6] - pool.state[part.slot, other, 3:6] - state[SEPARATION : SEPARATION + 3]
    pushed = covariance[SEPARATION : SEPARATION + 3, SEPARATION : SEPARATION + 3]
    spread = covariance[3:6, 3:6] + pool.covariance[part.slot, other, 3:6, 3:6] + pushed
    return float(apart @ np.linalg.solve(spread, apart)) < PUSHED_GATE


def may_split(picture: Picture, candidate: TrackedObject, time: float) -> bool:
    """Whether a second detection beside its own may be of something that just left this vehicle."""
    if not candidate.confirmed or candidate.event is None or candidate.role != "vehicle":
        return False
    lately = candidate.cutoff_time is not None and time - candidate.cutoff_time < SPLIT_WINDOW_S
    return (candidate.burning or lately) and candidate.radar_hits > 2 and not _expected(picture, candidate, time)


def _expected(picture: Picture, parent: TrackedObject, time: float) -> TrackedObject | None:
    """What is already supposed, or known, to have left a vehicle at about this time."""
    if parent.rivals is not None:
        one, other = parent.rivals.objects
        return other if one is parent else one
    for other in picture.objects:
        since = other.apart_since
        if other.parent is parent and since is not None and abs(since - time) < SPLIT_WINDOW_S:
            return other
    return None


def split(
    picture: Picture, parent: TrackedObject, time: float, constants: Vector, measured: Vector, told: Matrix
) -> tuple[TrackedObject, float]:
    """Two detections where one vehicle was: all that the first might be doing, seen at the second's place.

    With the log-likelihood of that.
    """
    part = picture.add(parent.event, "stage", confirmed=False, time=time)
    pool = picture.pool
    mixture.copy(pool, parent.slot, part.slot)
    pool.driven_on[part.slot] = False
    part.parent, part.apart_since, part.cutoff_time = parent, time, time
    part.hits = part.radar_hits = part.steady_hits = 1
    log_likelihood, _ = mixture.absorb(pool, part.slot, time, constants, measured, False, 0.0, told)
    return part, log_likelihood


def separate(picture: Picture, partner: TrackedObject) -> None:
    """The data show two objects where one was followed."""
    partner.confirmed = True
    partner.id = picture.name_of(partner)
    follow_motor(picture, partner)
