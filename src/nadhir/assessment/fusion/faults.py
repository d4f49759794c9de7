"""What no sound partner says. It is counted by its cause and not used."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np

from nadhir.assessment.fusion.estimates import joint_estimate_of
from nadhir.model import AssessmentProduct, ImpactProduct, LaunchProduct, TrackProduct

Fault = Literal["clock", "impossible", "unsound-covariance"]

AHEAD_S = 10.0
"""No clock of a partner is so much ahead, and nothing is measured before it happens."""
FARTHEST_S = 86_400.0
"""Nothing is told of what lies farther from when it is told: no flight takes a day."""
LEAST_AXIS_M = 1e-3
LEAST_RADIUS_M, GREATEST_RADIUS_M = 6.3e6, 1e8
GREATEST_SPEED_MPS = 15e3
GREATEST_SIGMA_M, GREATEST_SIGMA_MPS = 1e7, 1e5
ROUNDING = 1e-6
LEAST_EIGENVALUE = 1e-12
"""Of a covariance in units of its own sigmas."""


def fault_of(product: LaunchProduct | TrackProduct | ImpactProduct | AssessmentProduct, now: float) -> Fault | None:
    """Why a product cannot be used at the node's time (Unix seconds), or None."""
    if not -math.inf < product.issued <= now + AHEAD_S:
        return "clock"
    match product:
        case TrackProduct():
            return _fault_of_track(product, now)
        case LaunchProduct() | ImpactProduct():
            ellipse = product.ellipse_90
            if not _is_near(product.time, product.issued):
                return "clock"
            numbers = [product.latitude_deg, product.longitude_deg, ellipse.azimuth_deg]
            sizes = all(
                LEAST_AXIS_M <= axis <= GREATEST_SIGMA_M for axis in (ellipse.semi_minor_m, ellipse.semi_major_m)
            )
            if not sizes or not 0.0 <= product.time_sigma_s <= FARTHEST_S or not all(map(math.isfinite, numbers)):
                return "impossible"
            return None if abs(product.latitude_deg) <= 90.0 else "impossible"
        case AssessmentProduct():
            shares = [product.reaches_orbit, *product.classes.values()]
            apogee = [product.apogee_m or 0.0, product.apogee_sigma_m or 0.0]
            if product.apogee_time is not None and not _is_near(product.apogee_time, product.issued):
                return "clock"
            sound = all(-ROUNDING <= share <= 1.0 + ROUNDING for share in shares) and all(map(math.isfinite, apogee))
            return None if sound else "impossible"


def _is_near(time: float, issued: float) -> bool:
    return abs(time - issued) <= FARTHEST_S


def _fault_of_track(track: TrackProduct, now: float) -> Fault | None:
    times = [track.time] if track.burnout_time is None else [track.time, track.burnout_time]
    if not track.time <= now + AHEAD_S or not all(_is_near(time, track.issued) for time in times):
        return "clock"
    radius, speed = math.hypot(*track.position_m), math.hypot(*track.velocity_mps)
    if not (LEAST_RADIUS_M <= radius <= GREATEST_RADIUS_M and speed <= GREATEST_SPEED_MPS):
        return "impossible"
    if len(track.covariance) != 21 or not all(map(math.isfinite, track.covariance)):
        return "unsound-covariance"
    parting = track.parting
    if parting is not None:
        numbers = [*parting.velocity_mps, *parting.covariance, *parting.cross_covariance]
        if (len(parting.covariance), len(parting.cross_covariance)) != (6, 18) or not all(map(math.isfinite, numbers)):
            return "unsound-covariance"
    covariance = joint_estimate_of(track).covariance
    variances = np.diag(covariance)
    if not np.all(variances > 0.0):
        return "unsound-covariance"
    sigmas = np.sqrt(variances)
    if np.any(sigmas > ([GREATEST_SIGMA_M] * 3 + [GREATEST_SIGMA_MPS] * 6)[: len(sigmas)]):
        return "unsound-covariance"
    if not float(np.linalg.eigvalsh(covariance / np.outer(sigmas, sigmas))[0]) > LEAST_EIGENVALUE:
        return "unsound-covariance"
    return None
