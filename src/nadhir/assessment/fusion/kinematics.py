"""How far apart two owners' tracks or launches are, in units of what they claim not to know."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping

import numpy as np
from scipy.spatial import KDTree

from nadhir.assessment.fusion.estimates import STATES, Estimate, estimate_of, flown
from nadhir.assessment.fusion.matching import Key
from nadhir.geo.earth import GRAVITATIONAL_PARAMETER, SEMI_MAJOR_AXIS_M, Matrix, Vector
from nadhir.geo.ellipse import CHI_SQUARED_90
from nadhir.model import Ellipse, ImpactProduct, LaunchProduct, TrackProduct

NEAR_M = 100e3
"""Tracks farther apart than this are not compared unless they were matched."""
BIAS_M, BIAS_MPS = 200.0, 2.0
"""One sigma of the constant errors between two owners' sensors: tens of metres, hundredths of a degree at some hundred
kilometres."""
BIAS = np.diag([BIAS_M**2] * 3 + [BIAS_MPS**2] * 3)
"""Their covariance, in m² and m²/s²."""
OLDEST_S, OLDEST_POWERED_S = 300.0, 5.0
"""A track so much older than the newest is not compared with it: in free flight, and where something else moves it."""
POWERED_OR_BRAKED_MPS2 = 100.0
"""Generic bound of what moves an object beside gravity while it burns, is braked, or breaks the assumption."""
LOG_BETA = math.log(2500.0)
"""ln(kg/m²), for flights of a few seconds or above the air."""
GROUND_BIAS_M, GROUND_BIAS_S = 1000.0, 1.5


def track_distances(
    tracks: Mapping[Key, TrackProduct],
    matched: Iterable[tuple[Key, Key]],
    biases: Callable[[str, str], tuple[Vector, Vector]],
) -> dict[tuple[Key, Key], float]:
    """Squared distance of the pairs that are near each other or matched: -2 ln of how likely it is that two tracks of
    one object differ so, over how likely it is that they agree where `BIAS` is allowed for.

    `biases` tells of two owners how large the errors are that they do not claim: variances (n,) in units of `BIAS`, and
    the probability of each (n,). Pairs have the lesser key first. Nothing is told of a pair of which one track is too
    old to be compared.
    """
    newest = max((track.time for track in tracks.values()), default=0.0)
    keys = sorted(key for key, track in tracks.items() if _is_comparable(track, newest))
    if not keys:
        return {}
    rough = np.array([_roughly(tracks[key], newest) for key in keys])
    near = {(keys[i], keys[j]) for i, j in KDTree(rough).query_pairs(NEAR_M) if keys[i][0] != keys[j][0]}
    pairs = sorted(near | {pair for pair in matched if pair[0] in keys and pair[1] in keys})
    if not pairs:
        return {}
    now = {key: _at(tracks[key], newest) for key in {key for pair in pairs for key in pair}}
    scale = 1.0 / np.sqrt(np.diag(BIAS))
    apart = np.array([now[one].mean - now[other].mean for one, other in pairs]) * scale
    claimed = np.array([now[one].covariance + now[other].covariance for one, other in pairs]) * np.outer(scale, scale)
    # Along the axes of a covariance an error that is alike in all directions only adds to the variances.
    variances, axes = np.linalg.eigh(claimed)
    squares = np.einsum("pij,pi->pj", axes, apart) ** 2
    unclaimed = {owners: biases(*owners) for owners in {(one[0], other[0]) for one, other in pairs}}
    distances = {}
    for pair, square, variance in zip(pairs, squares, variances, strict=True):
        added, probabilities = unclaimed[pair[0][0], pair[1][0]]
        widened = variance + added[:, None]
        logs = np.log(probabilities) - 0.5 * (square / widened + np.log(widened)).sum(axis=1)
        distances[pair] = -2.0 * float(np.logaddexp.reduce(logs)) - float(np.log(variance + 1.0).sum())
    return distances


def ground_distance(one: LaunchProduct | ImpactProduct, other: LaunchProduct | ImpactProduct) -> float:
    """Squared Mahalanobis distance (3 degrees of freedom) of two launches, or of two impacts: place and time."""
    apart = ground_offset_m(one, other)
    covariance = ground_covariance(one.ellipse_90) + ground_covariance(other.ellipse_90) + np.eye(2) * GROUND_BIAS_M**2
    variance = one.time_sigma_s**2 + other.time_sigma_s**2 + GROUND_BIAS_S**2
    return float(apart @ np.linalg.solve(covariance, apart)) + (one.time - other.time) ** 2 / variance


def ground_offset_m(one: LaunchProduct | ImpactProduct, other: LaunchProduct | ImpactProduct) -> Vector:
    """East and north (m) of one place from another, as far apart as places are that might be the same."""
    latitude = math.radians(0.5 * (one.latitude_deg + other.latitude_deg))
    east_deg = (one.longitude_deg - other.longitude_deg + 180.0) % 360.0 - 180.0
    apart_deg = np.array([east_deg * math.cos(latitude), one.latitude_deg - other.latitude_deg])
    return np.asarray(np.radians(apart_deg) * SEMI_MAJOR_AXIS_M)


def ground_covariance(ellipse: Ellipse) -> Matrix:
    """Covariance (2, 2) in (east, north) m² of a Gaussian place whose 90 % ellipse this is."""
    azimuth = math.radians(ellipse.azimuth_deg)
    along = np.array([math.sin(azimuth), math.cos(azimuth)])
    across = np.array([along[1], -along[0]])
    return np.asarray(
        ellipse.semi_major_m**2 / CHI_SQUARED_90 * np.outer(along, along)
        + ellipse.semi_minor_m**2 / CHI_SQUARED_90 * np.outer(across, across)
    )


def flies_free(track: TrackProduct) -> bool:
    """Whether only gravity and, at most, a little drag act on it. Of what was seen first after its motor's end nobody
    told the end, nor a launch."""
    seen_to_end = track.burnout_time is not None or track.event is None
    after_burnout = track.phase in ("coast", "lost") and seen_to_end
    return track.ballistic and (after_burnout or track.phase == "orbit")


def _is_comparable(track: TrackProduct, time: float) -> bool:
    oldest_s = OLDEST_S if flies_free(track) else OLDEST_POWERED_S
    return track.phase != "down" and time - track.time <= oldest_s


def _at(track: TrackProduct, time: float) -> Estimate:
    elapsed = time - track.time
    estimate = flown(estimate_of(track), LOG_BETA, elapsed)
    if flies_free(track):
        return estimate
    unknown = np.zeros(STATES)
    unknown[:3], unknown[3:] = (POWERED_OR_BRAKED_MPS2 * elapsed**2 / 2.0) ** 2, (POWERED_OR_BRAKED_MPS2 * elapsed) ** 2
    return Estimate(estimate.mean, estimate.covariance + np.diag(unknown), estimate.owners)


def _roughly(track: TrackProduct, time: float) -> list[float]:
    """Position (m): speed and central gravity, good to a few kilometres over minutes."""
    elapsed = time - track.time
    position = np.array(track.position_m)
    pull = GRAVITATIONAL_PARAMETER / float(np.linalg.norm(position)) ** 3
    flown_m = position + elapsed * np.array(track.velocity_mps) - 0.5 * elapsed**2 * pull * position
    return [float(value) for value in flown_m]
