"""Satellites in the background: drawn ones, or real ones from a file of two-line elements (with sgp4)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np

from nadhir.exercise.dynamics import Array, free_flight, integrate
from nadhir.exercise.flights import Body
from nadhir.exercise.spec import SpecError
from nadhir.geo.earth import GRAVITATIONAL_PARAMETER, ROTATION_RATE, geodetic_to_ecef
from nadhir.model import Sensor

BALLISTIC_COEFFICIENT = 100.0
_UNIX_EPOCH_JD = 2440587.5


def draw_satellites(
    count: int, sensors: Sequence[Sensor], rng: np.random.Generator, start: float, end: float
) -> list[Body]:
    """Near-circular orbits, 400 to 1,200 km high, that pass within 12° of a radar between Unix `start` and `end`."""
    radars = [sensor for sensor in sensors if sensor.kind == "radar"] or list(sensors)
    return [_draw(f"sat{number}", radars, rng, start, end) for number in range(count)]


def _draw(name: str, radars: Sequence[Sensor], rng: np.random.Generator, start: float, end: float) -> Body:
    place = radars[int(rng.integers(len(radars)))].position
    latitude = math.radians(place.latitude_deg + rng.uniform(-12.0, 12.0))
    longitude = math.radians(place.longitude_deg + rng.uniform(-12.0, 12.0))
    overhead = geodetic_to_ecef(latitude, longitude, float(rng.uniform(400e3, 1200e3)))
    radius = float(np.linalg.norm(overhead))
    outward = overhead / radius
    east = np.cross([0.0, 0.0, 1.0], outward)
    east /= np.linalg.norm(east)
    heading = float(rng.uniform(0.0, 2.0 * math.pi))
    along = math.sin(heading) * east + math.cos(heading) * np.cross(outward, east)
    # Back along the orbit, and back with the turning Earth, from the overhead pass to the start.
    elapsed = float(rng.uniform(0.0, end - start))
    rate = math.sqrt(GRAVITATIONAL_PARAMETER / radius**3)
    angle, turn = -rate * elapsed, ROTATION_RATE * elapsed
    spin = np.array([[math.cos(turn), -math.sin(turn), 0.0], [math.sin(turn), math.cos(turn), 0.0], [0.0, 0.0, 1.0]])
    position = spin @ (radius * (math.cos(angle) * outward + math.sin(angle) * along))
    velocity = spin @ (radius * rate * (math.cos(angle) * along - math.sin(angle) * outward))
    state = np.concatenate([position, velocity - np.cross([0.0, 0.0, ROTATION_RATE], position)])
    rows, _ = integrate(state, free_flight(start, end - start + 1.0, BALLISTIC_COEFFICIENT))
    rows = np.concatenate([np.concatenate([[start], state])[None, :], rows])
    return Body(name=name, launch=name, kind="satellite", part="satellite", fate="orbit", rows=rows)


def satellites_from_elements(
    path: Path, sensors: Sequence[Sensor], start: float, end: float, limit: int | None = None
) -> list[Body]:
    """Objects of a two-line element file (two or three lines each) that a radar can see between Unix times.

    At most `limit` of them, in the order of the file. TEME is turned by mean sidereal time; polar motion is left out
    (some ten metres). Raises `SpecError` where the file or sgp4 is missing.
    """
    try:
        from sgp4.api import Satrec, SatrecArray
    except ImportError as error:
        raise SpecError("two-line elements need sgp4: install nadhir[calibration]") from error
    try:
        lines = path.read_text().splitlines()
    except OSError as error:
        raise SpecError(f"cannot read the two-line elements {path}: {error.strerror}") from error
    pairs = [(a, b) for a, b in pairwise(lines) if a.startswith("1 ") and b.startswith("2 ")]
    records = [Satrec.twoline2rv(a, b) for a, b in pairs]
    if not records:
        raise SpecError(f"{path}: no two-line elements found")

    def states(chosen: list[Satrec], times: Array) -> tuple[Array, Array]:
        """ECEF states (k, n, 6) and which of the records were good throughout."""
        days = times / 86400.0
        whole = np.floor(days)
        errors, position, velocity = SatrecArray(chosen).sgp4(_UNIX_EPOCH_JD + whole, days - whole)
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

    coarse, good = states(records, np.arange(start, end + 20.0, 20.0))
    visible = np.zeros(len(records), dtype=bool)
    for sensor in sensors:
        if sensor.kind == "radar":
            at = sensor.position
            place = geodetic_to_ecef(math.radians(at.latitude_deg), math.radians(at.longitude_deg), at.height_m)
            line = coarse[..., :3] - place
            distance = np.linalg.norm(line, axis=2)
            above = line @ (place / np.linalg.norm(place)) > 0.0
            visible |= np.any((distance < sensor.coverage.max_range_m) & above, axis=1)
    chosen = np.flatnonzero(visible & good)[:limit]
    if len(chosen) == 0:
        return []
    times = np.arange(start, end + 2.0, 1.0)
    fine, _ = states([records[k] for k in chosen], times)
    names = [f"sat{records[k].satnum}" for k in chosen]
    return [
        Body(name, name, "satellite", "satellite", "orbit", np.concatenate([times[:, None], rows], axis=1))
        for name, rows in zip(names, fine, strict=True)
    ]


def _sidereal_angle(times: Array) -> Array:
    """Greenwich mean sidereal time (rad) at Unix times, UT1 taken as UTC. Source: IAU 1982, as in Vallado eq. 3-47."""
    centuries = (times / 86400.0 + _UNIX_EPOCH_JD - 2451545.0) / 36525.0
    seconds = 67310.54841 + (876600.0 * 3600.0 + 8640184.812866) * centuries
    seconds += 0.093104 * centuries**2 - 6.2e-6 * centuries**3
    return np.asarray(np.radians(seconds % 86400.0 / 240.0))
