"""Where satellites are, from two-line elements: ECEF states at Unix times, by SGP4 (the package sgp4).

TEME is turned by mean sidereal time; polar motion is left out (some ten metres). Elements are good to a kilometre or
two at their epoch and lose about as much a day.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sgp4.api import Satrec, SatrecArray
from sgp4.io import verify_checksum

from nadhir.geo.earth import ROTATION_RATE, Vector

_UNIX_EPOCH_JD = 2440587.5


class ElementsError(ValueError):
    """Two-line elements that cannot be used; the message is one line."""


def record_of(first: str, second: str) -> Any:
    """Record of sgp4 for a pair of lines. Raises ElementsError where they cannot be read."""
    try:
        verify_checksum(first, second)
        record = Satrec.twoline2rv(first, second)
    except ValueError as error:
        raise ElementsError(f"two-line elements that cannot be read: {str(error).splitlines()[0]}") from None
    if record.error:
        raise ElementsError("two-line elements that are no orbit: give both lines as they were published")
    return record


def read_elements(path: Path) -> list[Any]:
    """Records of a file of two-line elements (two or three lines each). Raises ElementsError where there are none."""
    try:
        lines = path.read_text().splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ElementsError(f"cannot read the two-line elements {path}: {error}") from error
    records = [record_of(a, b) for a, b in pairwise(lines) if a.startswith("1 ") and b.startswith("2 ")]
    if not records:
        raise ElementsError(f"{path}: no two-line elements found")
    return records


def states_at(records: Sequence[Any], times: Vector) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """ECEF states (records, times, 6) at Unix times, and which of the records were good throughout."""
    days = times / 86400.0
    whole = np.floor(days)
    errors, position, velocity = SatrecArray(list(records)).sgp4(_UNIX_EPOCH_JD + whole, days - whole)
    angle = _sidereal_angle(times)
    cosine, sine = np.cos(angle), np.sin(angle)
    out = np.empty((*position.shape[:2], 6))
    for first, vectors in ((0, position), (3, velocity)):
        out[..., first] = 1e3 * (cosine * vectors[..., 0] + sine * vectors[..., 1])
        out[..., first + 1] = 1e3 * (cosine * vectors[..., 1] - sine * vectors[..., 0])
        out[..., first + 2] = 1e3 * vectors[..., 2]
    out[..., 3] += ROTATION_RATE * out[..., 1]
    out[..., 4] -= ROTATION_RATE * out[..., 0]
    return out, np.all(errors == 0, axis=1)


def is_known_at(record: Any, time: float) -> bool:
    """Whether elements still tell of a Unix time: those of an orbit that has decayed by then do not."""
    return bool(states_at([record], np.array([time]))[1][0])


def _sidereal_angle(times: Vector) -> Vector:
    """Greenwich mean sidereal time (rad) at Unix times, UT1 taken as UTC. Source: IAU 1982, as in Vallado eq. 3-47."""
    centuries = (times / 86400.0 + _UNIX_EPOCH_JD - 2451545.0) / 36525.0
    seconds = 67310.54841 + (876600.0 * 3600.0 + 8640184.812866) * centuries
    seconds += 0.093104 * centuries**2 - 6.2e-6 * centuries**3
    return np.asarray(np.radians(seconds % 86400.0 / 240.0))
