"""What several owners' tracks of one object say together: a track and an impact of their own."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence

import numpy as np

from nadhir.assessment.assessor import IMPACT_FLOOR_M, PARTING_S, WIDEST_M, YOUNG_DOUBT, YOUNG_DOUBT_S
from nadhir.assessment.fusion.estimates import (
    STATES,
    Estimate,
    combined,
    estimate_of,
    flown,
    joint_estimate_of,
    upper_triangle,
)
from nadhir.assessment.fusion.kinematics import flies_free
from nadhir.assessment.fusion.parting import beforehand, surer_than
from nadhir.assessment.impact import predict_fall
from nadhir.geo import ellipse_90
from nadhir.model import AssessmentProduct, ImpactProduct, TrackProduct

SETTLED_S = 5.0
"""So long after the thrust ended, what the motor and the parting stage did to the object is common to all tracks of it,
and makes their errors alike."""
SAME_END_S = 10.0
"""Owners' times of one motor's end differ by less."""
PARTED_MPS = 3.0
"""One sigma of the velocity at which a vehicle leaves what two that part look like to who does not know that they do:
half the speed at which they part, or all of it."""
SEEN_S = 20.0
"""Who has seen it so lately sees it: it is lost only when nobody does."""
OLDEST_S = 120.0
"""A track so much older than the newest adds nothing that is sure."""
LOG_BETA = {"vehicle": (math.log(6000.0), 0.5), "stage": (math.log(850.0), 0.45), "unknown": (math.log(2500.0), 1.0)}
"""Mean and sigma of ln(ballistic coefficient in kg/m²): the tracker's priors, since tracks do not carry it."""
SURE = 0.5


def fit_to_combine(tracks: Mapping[str, TrackProduct]) -> dict[str, TrackProduct]:
    """Those of the latest tracks of one object, by owner, that are of a settled free flight, not much older than the
    newest. Who did not see the motor's end has it from the others."""
    ended = _ended(tracks.values())
    settled = {
        owner: track
        for owner, track in tracks.items()
        if flies_free(track) and track.time - _ended_by(track, ended) >= SETTLED_S
    }
    newest = max((track.time for track in settled.values()), default=0.0)
    return {owner: track for owner, track in settled.items() if newest - track.time <= OLDEST_S}


def at_one_time(tracks: Mapping[str, TrackProduct], role: str, alike: Container[str]) -> dict[str, Estimate]:
    """What each owner's track says for the time of the newest, and of the parting unless its owner takes the object for
    the other half of the pair (who does not is in `alike`). Who followed it through an end that others saw does not
    allow for what parted then, and may have followed the middle of the two since."""
    newest = _newest(tracks.values()).time
    log_beta, _ = LOG_BETA[role]
    ended = _ended(tracks.values())
    estimates = {}
    for owner, track in tracks.items():
        estimate = flown(joint_estimate_of(track), log_beta, newest - track.time)
        if _followed_through(track, ended):
            estimate = _parted(estimate.motion, newest - ended)
        estimates[owner] = estimate if owner in alike else estimate.motion
    return estimates


def _ended(tracks: Iterable[TrackProduct]) -> float:
    """When the last motor ended, by all tracks of one object; infinite where nobody tells."""
    return max((track.burnout_time for track in tracks if track.burnout_time is not None), default=math.inf)


def _ended_by(track: TrackProduct, ended: float) -> float:
    """When the motor ended, by a track; as the others have it where its owner did not see that."""
    return ended if track.burnout_time is None or _followed_through(track, ended) else track.burnout_time


def _followed_through(track: TrackProduct, ended: float) -> bool:
    """Whether a track was followed through a burn and its end, and does not know: others tell of a later end."""
    return track.burnout_time is not None and ended - track.burnout_time >= SAME_END_S


def _parted(estimate: Estimate, since_s: float) -> Estimate:
    """An estimate that may be of the middle of two that have parted for so long."""
    path = np.concatenate([np.eye(3) * since_s, np.eye(3)])
    return estimate.widened(PARTED_MPS**2 * path @ path.T)


def independent(tracks: Mapping[str, TrackProduct]) -> list[str]:
    """The owners who see the object now, each by sensors that are in nobody else's track; nobody where there is one."""
    newest = _newest(tracks.values()).time
    seeing = {o: track for o, track in tracks.items() if track.phase != "lost" and newest - track.time <= SEEN_S}
    used = Counter(owner for track in seeing.values() for owner in track.owners)
    alone = [o for o, track in seeing.items() if track.owners and all(used[owner] == 1 for owner in track.owners)]
    return alone if len(alone) > 1 else []


def shared_track(
    tracks: Sequence[TrackProduct], estimates: Sequence[Estimate], name: str, event: str | None, now: float
) -> TrackProduct:
    """One track of several that are fit to combine, from what they say for the time of the newest."""
    newest = _newest(tracks)
    together = _together(estimates, newest.time - _ended(tracks))
    x, y, z, vx, vy, vz = (float(value) for value in together.mean)
    seen = [track for track in tracks if track.phase != "lost" and newest.time - track.time <= SEEN_S]
    burnouts = [track.burnout_time for track in tracks if track.burnout_time is not None]
    return TrackProduct(
        name,
        event,
        now,
        newest.time,
        max(seen, key=lambda track: track.time).phase if seen else newest.phase,
        (x, y, z),
        (vx, vy, vz),
        upper_triangle(together.covariance),
        True,
        max(burnouts, default=None),
        tuple(sorted(together.owners)),
    )


def _together(estimates: Sequence[Estimate], since_s: float) -> Estimate:
    """Motion by all estimates, so long after the motor's end; what was known of the parting beforehand counts once, as
    long as owners tell how they hang on it."""
    telling = [estimate for estimate in estimates if len(estimate.mean) > STATES]
    if len(telling) < 2 or since_s > PARTING_S:
        return combined([estimate.motion for estimate in estimates]).estimate
    known = beforehand(telling[0].mean, since_s)
    sure = [surer_than(known, estimate) if len(estimate.mean) > STATES else estimate for estimate in estimates]
    return combined(sure, known).estimate


def shared_impact(track: TrackProduct, role: str) -> ImpactProduct | None:
    """Where a shared track comes down, its drag unknown within its role; None where it does not or nobody can say."""
    log_beta, log_beta_sigma = LOG_BETA[role]
    estimate = estimate_of(track)
    covariance = np.zeros((7, 7))
    covariance[:6, :6] = estimate.covariance
    covariance[6, 6] = log_beta_sigma**2
    fall = predict_fall([1.0], [np.append(estimate.mean, log_beta)], [covariance])
    if fall is None or track.burnout_time is None:
        return None
    doubt = 1.0 + YOUNG_DOUBT * math.exp(-(track.time - track.burnout_time) / YOUNG_DOUBT_S)
    ellipse = ellipse_90(doubt**2 * fall.covariance[:2, :2] + np.eye(2) * IMPACT_FLOOR_M**2)
    if ellipse.semi_major_m > WIDEST_M:
        return None
    return ImpactProduct(
        track.object,
        track.event,
        track.phase,
        track.issued,
        track.time + fall.time,
        math.sqrt(float(fall.covariance[2, 2])),
        math.degrees(fall.latitude),
        math.degrees(fall.longitude),
        ellipse,
    )


def _newest(tracks: Iterable[TrackProduct]) -> TrackProduct:
    return max(tracks, key=lambda track: (track.time, track.issued))


def role_of(assessments: Sequence[AssessmentProduct]) -> str:
    """Vehicle or stage, by the mean of what the owners say; unknown where they do not tell."""
    if not assessments:
        return "unknown"
    means = {
        name: sum(a.classes.get(name, 0.0) for a in assessments) / len(assessments)
        for name in ("spent-stage", "satellite", "other")
    }
    if means["spent-stage"] > SURE:
        return "stage"
    return "unknown" if means["satellite"] + means["other"] > SURE else "vehicle"
