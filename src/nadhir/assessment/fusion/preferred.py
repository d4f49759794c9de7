"""Which of several impact solutions of one object is preferred. The others are kept."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np

from nadhir.assessment.fusion.kinematics import ground_covariance, ground_offset_m
from nadhir.model import ImpactProduct

FRESH_S = 10.0
"""A solution issued so much before the newest one stands behind it."""
AGREE = 13.8
"""The 0.999 quantile of the chi-squared distribution with two degrees of freedom."""


class Solution(msgspec.Struct, frozen=True):
    """Where one object comes down, as told by one owner, or by several owners' tracks together."""

    owners: tuple[str, ...]
    product: ImpactProduct


def in_order_of_preference(solutions: Sequence[Solution]) -> tuple[Solution, ...]:
    """The preferred one first: those that agree with more than half of the others, then those with just half, then
    fresh ones, then the smallest ellipse, then the latest, then the order of the owners' names.

    Two owners who disagree each agree with the wide solution of their tracks together only, and that comes first.
    """
    newest = max((solution.product.issued for solution in solutions), default=0.0)

    def key(solution: Solution) -> tuple[int, bool, float, float, tuple[str, ...]]:
        product = solution.product
        others = [other for other in solutions if other is not solution]
        agreeing = sum(_agree(product, other.product) for other in others)
        ellipse = product.ellipse_90
        return (
            0 if 2 * agreeing > len(others) or not others else 1 if 2 * agreeing == len(others) else 2,
            product.issued < newest - FRESH_S,
            ellipse.semi_major_m * ellipse.semi_minor_m,
            -product.issued,
            solution.owners,
        )

    return tuple(sorted(solutions, key=key))


def _agree(one: ImpactProduct, other: ImpactProduct) -> bool:
    apart = ground_offset_m(one, other)
    covariance = ground_covariance(one.ellipse_90) + ground_covariance(other.ellipse_90) + np.eye(2)
    return float(apart @ np.linalg.solve(covariance, apart)) < AGREE
