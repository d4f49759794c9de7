"""What is known beforehand of how a vehicle and the stage that it left part, which counts once however many rest on it.

Until radars tell the two apart each owner measures the middle between them, and what it does not know of their parting
puts all owners' tracks off alike. So an owner tells how its estimate hangs on the velocity at which they part; the
estimates together are then of motion and parting, with what was known beforehand of the parting counted once. (A
nuisance parameter that local estimates share: Bar-Shalom, Willett and Tian, Tracking and Data Fusion, 2011, chapter 9.)
"""

from __future__ import annotations

import numpy as np

from nadhir.assessment.fusion.estimates import STATES, Estimate
from nadhir.geo.earth import GRAVITATIONAL_PARAMETER, Vector

PARTING_MPS, PARTING_SIGMA_MPS, PARTING_SIGMA_ACROSS_MPS = 4.5, 3.3, 1.9
"""The tracker's prior of the velocity, along the path at the motor's end, with how they push each other after it."""


def beforehand(motion: Vector, since_s: float) -> Estimate:
    """Velocity of parting (3,) of what moves like this (6,) so long after its motor's end, before anything is seen."""
    along = path_at_parting(motion, since_s)
    lengthwise = (PARTING_SIGMA_MPS**2 - PARTING_SIGMA_ACROSS_MPS**2) * np.outer(along, along)
    return Estimate(PARTING_MPS * along, lengthwise + PARTING_SIGMA_ACROSS_MPS**2 * np.eye(3))


def path_at_parting(motion: Vector, since_s: float) -> Vector:
    """Direction (3,) of the path that long ago of what moves like this (6,) now."""
    position, velocity = motion[:3], motion[3:STATES]
    path = velocity + since_s * GRAVITATIONAL_PARAMETER / float(np.linalg.norm(position)) ** 3 * position
    return path / max(float(np.linalg.norm(path)), 1e-9)


def surer_than(prior: Estimate, estimate: Estimate) -> Estimate:
    """An estimate of motion and parting (9,) that is nowhere less sure of the parting than was known beforehand.

    A mixture can be: it holds that either of the two is the vehicle. There it keeps how the motion hangs on the
    parting, and of that what was known.
    """
    parting = slice(STATES, None)
    root = np.linalg.cholesky(prior.covariance)
    whitened = np.linalg.solve(root, np.linalg.solve(root, estimate.covariance[parting, parting]).T)
    variances, axes = np.linalg.eigh(whitened)
    if variances[-1] <= 1.0:
        return estimate
    axes = root @ axes
    learnt = np.linalg.solve(axes, estimate.mean[parting] - prior.mean)
    by_parting = np.linalg.solve(estimate.covariance[parting, parting], estimate.covariance[parting]).T
    mean = prior.mean + axes @ np.where(variances < 1.0, learnt, 0.0)
    less = axes @ np.diag(np.minimum(variances, 1.0) - variances) @ axes.T
    return Estimate(
        estimate.mean + by_parting @ (mean - estimate.mean[parting]),
        estimate.covariance + by_parting @ less @ by_parting.T,
        estimate.owners,
    )
