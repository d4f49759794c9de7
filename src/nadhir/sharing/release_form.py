"""The form in which a record may go: how coarse, how late, how seldom, and which owner-only things with it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, get_args

import msgspec

Right = Literal["launch-point", "sensor-positions"]
RIGHTS: frozenset[str] = frozenset(get_args(Right))
"""Owner-only things that a policy may add with `@with("…")`."""


class Form(msgspec.Struct, frozen=True):
    """What the annotations of permits ask for; zero means: as it is."""

    coarsen_m: float = 0.0
    """Width of the cell to which a position is rounded."""
    coarsen_s: float = 0.0
    """Length of the interval to which times are rounded."""
    delay_s: float = 0.0
    thin_s: float = 0.0
    """At most one record about the same thing in so many seconds."""
    rights: frozenset[Right] = frozenset()


def strictest(forms: Iterable[Form]) -> Form:
    """The largest of each number and only the rights that every form gives. At least one form is needed."""
    every = tuple(forms)
    return Form(
        coarsen_m=max(form.coarsen_m for form in every),
        coarsen_s=max(form.coarsen_s for form in every),
        delay_s=max(form.delay_s for form in every),
        thin_s=max(form.thin_s for form in every),
        rights=frozenset.intersection(*(form.rights for form in every)),
    )
