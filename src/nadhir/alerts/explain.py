"""A decision of the alerts with the numbers behind it, so that anyone entitled can ask why."""

from __future__ import annotations

from typing import NamedTuple

from nadhir.model import WarningProduct
from nadhir.model.explanations import AreaNumbers, Explanation, ObjectNumbers

__all__ = ["AreaNumbers", "Decision", "Explanation", "ObjectNumbers"]


class Decision(NamedTuple):
    """A warning product and the numbers behind it."""

    product: WarningProduct
    explanation: Explanation
