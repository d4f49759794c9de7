"""Error ellipses on the ground."""

from __future__ import annotations

import math

import numpy as np

from nadhir.geo.earth import Matrix
from nadhir.model import Ellipse

CHI_SQUARED_90 = 4.605170185988092
"""The 0.9 quantile of the chi-squared distribution with two degrees of freedom."""


def ellipse_90(covariance_m2: Matrix) -> Ellipse:
    """The ellipse that holds a Gaussian point with probability 0.9, from its covariance (2, 2) in (east, north) m²."""
    values, vectors = np.linalg.eigh(covariance_m2)
    minor, major = np.sqrt(np.maximum(values, 1.0) * CHI_SQUARED_90)
    azimuth_deg = math.degrees(math.atan2(vectors[0, 1], vectors[1, 1])) % 180.0
    return Ellipse(float(major), float(minor), azimuth_deg)
