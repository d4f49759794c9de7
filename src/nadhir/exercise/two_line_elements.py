"""Where satellites are, from two-line elements: ECEF states at Unix times, by SGP4 (the package sgp4).

TEME is turned by mean sidereal time; polar motion is left out (some ten metres).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nadhir.exercise.dynamics import Array
from nadhir.exercise.spec import SpecError
from nadhir.geo.earth import ROTATION_RATE

_UNIX_EPOCH_JD = 2440587.5


def elements_of(pairs: Sequence[tuple[str, str]]) -> list[Any]:
    """Records of sgp4 for pairs of lines. Raises SpecError where sgp4 is missing or a pair cannot be read."""
    try:
        from sgp4.api import Satrec
    except ImportError as error:
        raise SpecError("two-line elements need sgp4: install nadhir[calibration]") from error
    try:
        return [Satrec.twoline2rv(first, second) for first, second in pairs]
    except ValueError as error:
        raise SpecError(f"two-line elements that cannot be read: {str(error).splitlines()[0]}") from error


def read_elements(path: Path) -> list[Any]:
    """Records of a file of two-line elements (two or three lines each). Raises SpecError where there are none."""
    try:
        lines = path.read_text().splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SpecError(f"cannot read the two-line elements {path}: {error}") from error
    records = elements_of([(a, b) for a, b in pairwise(lines) if a.startswith("1 ") and b.startswith("2 ")])
    if not records:
        raise SpecError(f"{path}: no two-line elements found")
    return records


def states_at(records: Sequence[Any], times: Array) -> tuple[Array, NDArray[np.bool_]]:
    """ECEF states (records, times, 6) at Unix times, and which of the records were good throughout."""
    from sgp4.api import SatrecArray

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


def _sidereal_angle(times: Array) -> Array:
    """Greenwich mean sidereal time (rad) at Unix times, UT1 taken as UTC. Source: IAU 1982, as in Vallado eq. 3-47."""
    centuries = (times / 86400.0 + _UNIX_EPOCH_JD - 2451545.0) / 36525.0
    seconds = 67310.54841 + (876600.0 * 3600.0 + 8640184.812866) * centuries
    seconds += 0.093104 * centuries**2 - 6.2e-6 * centuries**3
    return np.asarray(np.radians(seconds % 86400.0 / 240.0))
