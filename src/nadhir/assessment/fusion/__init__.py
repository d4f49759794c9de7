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

__all__ = [
    "Combined",
    "Estimate",
    "combined",
    "covariance_intersection",
    "estimate_of",
    "flown",
    "information_sum",
]
