"""One picture from several owners' products: which of them are about the same thing, and what they say together.

`Fusion` is the whole; `covariance_intersection`, `information_sum` and `combined` are its arithmetic.
"""

from nadhir.assessment.fusion.estimates import (
    Combined,
    Estimate,
    combined,
    covariance_intersection,
    estimate_of,
    flown,
    information_sum,
)
from nadhir.assessment.fusion.fusion import Fusion
from nadhir.assessment.fusion.identities import Change
from nadhir.assessment.fusion.preferred import Solution

__all__ = [
    "Change",
    "Combined",
    "Estimate",
    "Fusion",
    "Solution",
    "combined",
    "covariance_intersection",
    "estimate_of",
    "flown",
    "information_sum",
]
