"""Constant biases of the radars, learnt from what all looks say of the same flights.

The tracker's filters run as if there were no bias, and carry along how their estimates depend on the biases
(`kernels.update`). Each innovation then says something about the biases alone, and what all objects say adds up: with
its residual r, variance s and dependence S, the information grows by SᵀS/s and its vector by Sᵀr/s. This is the
two-stage filter of Friedland, IEEE Trans. AC 14 (1969), 359-367, with one bias filter for all objects.

Biases are held to be absent until the evidence for them outweighs what fitting so many of them would gain by chance
(the Bayes factor of two Gaussian hypotheses). Then the states are moved by what is known, later detections are
corrected, and what is not known widens the covariances.
"""

from __future__ import annotations

import math

import msgspec
import numpy as np
from numba import njit

from nadhir.geo.earth import Matrix, Vector
from nadhir.tracks.layout import BIASES, DETECTIONS, PARTS

PRIOR_SIGMA = (50.0, math.radians(0.04), math.radians(0.04))
"""Of each radar's bias in range (m), azimuth and elevation (rad): tens of metres, hundredths of a degree."""
PRESENT_AT, ABSENT_BELOW = 10.0, 0.0
"""Log-odds of biases against none at which they are held to be there, and to be gone."""
MEMORY_S = 2.0 * 3600.0
"""What was learnt is forgotten with this time constant: a radar may be adjusted, and a node runs for months."""


class RadarBias(msgspec.Struct, frozen=True):
    """What is known of one radar's bias: measured less true, with standard deviations."""

    sensor: str
    present: bool
    """Whether detections are corrected by it; if not, there is no good sign of biases, whatever the figures."""
    range_m: float
    range_sigma_m: float
    azimuth_deg: float
    azimuth_sigma_deg: float
    elevation_deg: float
    elevation_sigma_deg: float


@njit(cache=True)
def _add(information: Matrix, vector: Vector, innovations: Matrix, reference: Vector) -> None:
    """Add what a detection's innovations say; their residuals are those of measurements corrected by `reference`."""
    n = vector.size
    for part in range(innovations.shape[0]):
        row = innovations[part]
        residual, variance = row[n], row[n + 1]
        if variance == 0.0:
            continue
        for i in range(n):
            residual += row[i] * reference[i]
        for i in range(n):
            scaled = row[i] / variance
            if scaled != 0.0:
                vector[i] += scaled * residual
                for j in range(n):
                    information[i, j] += scaled * row[j]


def _beside(one: Matrix, other: Matrix) -> Matrix:
    """Block-diagonal of two square matrices."""
    both = np.zeros((len(one) + len(other), len(one) + len(other)))
    both[: len(one), : len(one)], both[len(one) :, len(one) :] = one, other
    return both


class RadarBiases:
    """The biases of all radars together: three each, in the order of `radars`."""

    def __init__(self, radars: list[str]) -> None:
        self._radars: list[str] = []
        self._prior = np.zeros((0, 0))
        self._information = np.zeros((0, 0))
        self._vector = np.zeros(0)
        self._settled = math.inf
        self.present = False
        self.correction = np.zeros(0)
        """What measurements are corrected by: range (m), azimuth, elevation (rad) of each radar. Zero while absent."""
        self.covariance = np.zeros((0, 0))
        """Of what is not known of the biases. Zero while absent."""
        for radar in radars:
            self.add(radar)

    def add(self, radar: str) -> bool:
        """Know one more radar, of whose biases nothing has been learnt; False where it is known already."""
        if radar in self._radars:
            return False
        self._radars.append(radar)
        prior = np.diag(1.0 / np.array(PRIOR_SIGMA) ** 2)
        unknown = np.diag(np.array(PRIOR_SIGMA) ** 2) if self.present else np.zeros((BIASES, BIASES))
        self._prior, self._information = _beside(self._prior, prior), _beside(self._information, np.zeros_like(prior))
        self._vector = np.append(self._vector, np.zeros(BIASES))
        self.correction = np.append(self.correction, np.zeros(BIASES))
        self.covariance = _beside(self.covariance, unknown)
        return True

    def columns(self, radar: str) -> slice:
        """Where a radar's three biases stand."""
        first = BIASES * self._radars.index(radar)
        return slice(first, first + BIASES)

    def blank(self, objects: int = 1) -> Matrix:
        """Room (rows, n + 2) for the innovations of so many objects' detections of a scan, for `learn`."""
        return np.zeros((objects * DETECTIONS * PARTS, len(self.correction) + 2))

    def learn(self, innovations: Matrix) -> None:
        """Take the innovations (k, n + 2) of a scan's detections of one object; rows of zeros say nothing."""
        _add(self._information, self._vector, innovations, self.correction)

    def settle(self, now: float) -> Vector:
        """Judge anew at a time (Unix s); returns by how much the correction (n,) has changed."""
        kept = math.exp(-max(now - self._settled, 0.0) / MEMORY_S)
        self._settled = now
        self._information *= kept
        self._vector *= kept
        mean, covariance = self.estimate()
        self.present = self._log_odds(mean) > (ABSENT_BELOW if self.present else PRESENT_AT)
        change = (mean if self.present else np.zeros_like(mean)) - self.correction
        self.correction = self.correction + change
        self.covariance[:] = covariance if self.present else 0.0
        return change

    def estimate(self) -> tuple[Vector, Matrix]:
        """Mean (n,) and covariance (n, n) of the biases, if there are any."""
        covariance: Matrix = np.linalg.inv(self._prior + self._information).astype(np.float64)
        return covariance @ self._vector, covariance

    def _log_odds(self, mean: Vector) -> float:
        """Of biases with their prior against none: ½ mᵀη less half the logarithm of how far the prior has shrunk."""
        _, shrunk = np.linalg.slogdet(np.eye(len(mean)) + np.linalg.solve(self._prior, self._information))
        return 0.5 * float(mean @ self._vector - shrunk)

    def by_radar(self) -> list[RadarBias]:
        """The estimate, in words for people."""
        mean, covariance = self.estimate()
        sigma = np.sqrt(np.diag(covariance))
        figures = np.stack([mean, sigma], axis=1).reshape(-1, BIASES, 2)
        figures[:, 1:] = np.degrees(figures[:, 1:])
        return [
            RadarBias(radar, self.present, *of_range, *azimuth, *elevation)
            for radar, (of_range, azimuth, elevation) in zip(self._radars, figures.tolist(), strict=True)
        ]
