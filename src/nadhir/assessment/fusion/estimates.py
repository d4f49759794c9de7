"""Estimates of one object by several owners, brought together without counting anything twice.

An estimate that rests on the sensors of some owners alone is independent of one that rests on others': their
information adds, which for an object in free flight is what one filter of all detections would have found (Bar-Shalom,
Willett and Tian, Tracking and Data Fusion, 2011, section 9.2). Only the latest estimate of each owner is ever used: it
holds all that the owner knows, so that nothing comes round twice and neither order, loss nor repetition matters. Where
two estimates may rest on the same data, covariance intersection is right whatever they share (Julier and Uhlmann,
Proc. American Control Conference, 1997, 2369-2373).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.optimize import brentq

from nadhir.geo import propagate
from nadhir.geo.earth import Matrix, Vector
from nadhir.model import TrackProduct

STATES = 6
INTERSECTION_TOLERANCE = 1e-4
"""The logarithm of the determinant is minimised to within so much; any weights are consistent."""
INTERSECTION_STEPS = 100
FREE_FLIGHT_NOISE = 0.005**2
"""m²/s³: what the flight model leaves out, as a growth of the velocity's variance."""
_STEP = np.array([10.0, 10.0, 10.0, 0.1, 0.1, 0.1])
"""m, m/s: for derivatives of a flight, which is all but linear over such differences."""
_UPPER = np.triu_indices(STATES)


class Estimate(NamedTuple):
    """Mean (n,) and covariance (n, n) of a state, and the owners whose sensors it rests on (empty: not told).

    A state is position and velocity (6,), or those and the velocity at which vehicle and stage part (9,).
    """

    mean: Vector
    covariance: Matrix
    owners: frozenset[str] = frozenset()

    @property
    def motion(self) -> Estimate:
        """Position and velocity alone."""
        return Estimate(self.mean[:STATES], self.covariance[:STATES, :STATES], self.owners)

    def widened(self, covariance: Matrix) -> Estimate:
        """The estimate whose motion has an error of this covariance (6, 6) more."""
        wider = self.covariance.copy()
        wider[:STATES, :STATES] += covariance
        return self._replace(covariance=wider)


class Combined(NamedTuple):
    """What several estimates say together.

    `disagreement` is the weighted sum of squares of the estimates about it for each degree of freedom: 1 where they
    differ as they should, 0 where there is but one to go by.
    """

    estimate: Estimate
    disagreement: float


def estimate_of(track: TrackProduct) -> Estimate:
    """Position and velocity of a track, at its time."""
    covariance = np.zeros((STATES, STATES))
    covariance[_UPPER] = track.covariance
    covariance = covariance + np.triu(covariance, 1).T
    return Estimate(np.array([*track.position_m, *track.velocity_mps]), covariance, frozenset(track.owners))


def joint_estimate_of(track: TrackProduct) -> Estimate:
    """Position and velocity of a track, at its time, with the velocity of parting where it tells that."""
    motion, parting = estimate_of(track), track.parting
    if parting is None:
        return motion
    upper = np.zeros((3, 3))
    upper[np.triu_indices(3)] = parting.covariance
    cross = np.array(parting.cross_covariance).reshape(STATES, 3)
    covariance = np.block([[motion.covariance, cross], [cross.T, upper + np.triu(upper, 1).T]])
    return Estimate(np.append(motion.mean, parting.velocity_mps), covariance, motion.owners)


def upper_triangle(covariance: Matrix) -> list[float]:
    """The 21 numbers of a covariance (6, 6) as a track carries them."""
    return [float(value) for value in covariance[_UPPER]]


def flown(estimate: Estimate, log_ballistic_coefficient: float, duration_s: float) -> Estimate:
    """An estimate after so much more of unpowered flight; what is known of a parting stays as it is."""
    if duration_s == 0.0:
        return estimate
    motion = estimate.mean[:STATES]
    transition = np.eye(len(estimate.mean))
    for i in range(STATES):
        ahead, behind = motion.copy(), motion.copy()
        ahead[i] += _STEP[i]
        behind[i] -= _STEP[i]
        difference = propagate(ahead, log_ballistic_coefficient, duration_s) - propagate(
            behind, log_ballistic_coefficient, duration_s
        )
        transition[:STATES, i] = difference / (2.0 * _STEP[i])
    covariance = transition @ estimate.covariance @ transition.T
    elapsed = abs(duration_s)
    for i in range(3):
        covariance[i, i] += FREE_FLIGHT_NOISE * elapsed**3 / 3.0
        covariance[3 + i, 3 + i] += FREE_FLIGHT_NOISE * elapsed
    mean = np.append(propagate(motion, log_ballistic_coefficient, duration_s), estimate.mean[STATES:])
    return Estimate(mean, covariance, estimate.owners)


def covariance_intersection(estimates: Sequence[Estimate]) -> Estimate:
    """The estimate that is consistent whatever the correlations between the given ones, of least determinant.

    The weights maximise the logarithm of the determinant of the weighted information. That is the D-optimal design
    problem: weight goes from the estimate of least to that of greatest share of the trace, by an exact search along the
    exchange, until the greatest share bounds what is left to gain (Silvey, Titterington and Torsney, Communications in
    Statistics A 7 (1978), 1379-1389).
    """
    informations = np.linalg.inv(np.array([estimate.covariance for estimate in estimates]))
    size = informations.shape[1]
    weights = np.zeros(len(estimates))
    weights[np.argmax(np.linalg.slogdet(informations)[1])] = 1.0
    for _ in range(INTERSECTION_STEPS):
        covariance = np.linalg.inv(np.tensordot(weights, informations, 1))
        traces = np.einsum("ij,kji->k", covariance, informations)
        most = int(np.argmax(traces))
        if traces[most] - size < INTERSECTION_TOLERANCE:
            break
        least = int(np.argmin(np.where(weights > 0.0, traces, np.inf)))
        root = np.linalg.cholesky(covariance)
        gains = np.linalg.eigvalsh(root.T @ (informations[most] - informations[least]) @ root)
        moved = _best_exchange(gains, float(weights[least]))
        weights[most] += moved
        weights[least] -= moved
    vector = sum(w * y @ e.mean for w, y, e in zip(weights, informations, estimates, strict=True))
    return Estimate(covariance @ vector, _symmetric(covariance), _owners(estimates))


def _best_exchange(gains: Vector, most: float) -> float:
    """The weight w in [0, most] that maximises the sum of log(1 + w gain), which grows at 0."""
    # With all of that weight gone, rounding alone makes the information that is left singular.
    gains = np.maximum(gains, (1e-9 - 1.0) / most)

    def growth(weight: float) -> float:
        return float(np.sum(gains / (1.0 + weight * gains)))

    return most if growth(most) >= 0.0 else float(brentq(growth, 0.0, most, xtol=1e-9))


def information_sum(estimates: Sequence[Estimate], beforehand: Estimate | None = None) -> Combined:
    """The motion of least variance from independent estimates.

    `beforehand` is what all that tell of the parting took as known of it: it counts once. Where the estimates differ by
    more than their covariances allow (biases, a state that claims too much) the covariance grows by the disagreement:
    Birge's ratio (Physical Review 40 (1932), 207-227).
    """
    size = max(len(estimate.mean) for estimate in estimates)
    told = [(slice(len(e.mean)), e, np.linalg.inv(e.covariance)) for e in estimates]
    again = sum(len(estimate.mean) > STATES for estimate in estimates) - 1
    if beforehand is not None and again > 0:
        known = -again * np.linalg.inv(beforehand.covariance)
        told.append((slice(STATES, size), beforehand, known))
    total, vector = np.zeros((size, size)), np.zeros(size)
    for part, estimate, information in told:
        total[part, part] += information
        vector[part] += information @ estimate.mean
    covariance = np.asarray(np.linalg.inv(total))
    mean = covariance @ vector
    squares = 0.0
    for part, estimate, information in told:
        off = estimate.mean - mean[part]
        squares += float(off @ information @ off)
    freedom = min(size, STATES) * (len(estimates) - 1)
    disagreement = squares / freedom if freedom else 0.0
    together = Estimate(mean, _symmetric(covariance) * max(1.0, disagreement), _owners(estimates))
    return Combined(together.motion, disagreement)


def combined(estimates: Sequence[Estimate], beforehand: Estimate | None = None) -> Combined:
    """The estimates of several owners at one time as one: those that may share data by covariance intersection, what
    shares none by the sum of information. `beforehand`: see `information_sum`."""
    groups = _sharing_data(estimates)
    return information_sum(
        [
            group[0] if len(group) == 1 else covariance_intersection([estimate.motion for estimate in group])
            for group in groups
        ],
        beforehand,
    )


def _sharing_data(estimates: Sequence[Estimate]) -> list[list[Estimate]]:
    """Groups of estimates that may rest on the same data; one that does not tell may share with any."""
    groups: list[list[Estimate]] = []
    for estimate in estimates:
        apart: list[list[Estimate]] = []
        joined = [estimate]
        for group in groups:
            if any(not e.owners or not estimate.owners or e.owners & estimate.owners for e in group):
                joined = group + joined
            else:
                apart.append(group)
        groups = [*apart, joined]
    return groups


def _owners(estimates: Sequence[Estimate]) -> frozenset[str]:
    told = [estimate.owners for estimate in estimates]
    return frozenset().union(*told) if all(told) else frozenset()


def _symmetric(covariance: Matrix) -> Matrix:
    return 0.5 * (covariance + covariance.T)
