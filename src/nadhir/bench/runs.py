"""What every contestant gives: for each second of the data its cost, and the tracks that it holds."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import numpy as np
from numpy.typing import NDArray

FRESH_S = 2.0
"""A track counts when it was updated within so long."""


class Second(msgspec.Struct, frozen=True):
    """What a contestant did with the detections received up to `time`."""

    time: float
    detections: int
    cost_s: float


Tracks = NDArray[np.float64]
"""(n, 7): Unix time, ECEF position, Earth-relative velocity of the tracks that are fresh."""
Run = Iterator[tuple[Second, Tracks]]
