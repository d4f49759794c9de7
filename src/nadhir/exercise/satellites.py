"""Satellites in the background: drawn ones, or real ones from two-line elements."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from nadhir.exercise.dynamics import free_flight, integrate
from nadhir.exercise.flights import Body
from nadhir.geo.earth import GRAVITATIONAL_PARAMETER, ROTATION_RATE, geodetic_to_ecef
from nadhir.geo.two_line_elements import states_at
from nadhir.model import Sensor

BALLISTIC_COEFFICIENT = 100.0


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


def satellites_in_sight(
    records: Sequence[Any], sensors: Sequence[Sensor], start: float, end: float, limit: int | None = None
) -> list[Body]:
    """Satellites of two-line elements that a radar can see between Unix times: at most `limit`, in their order."""
    coarse, good = states_at(records, np.arange(start, end + 20.0, 20.0))
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
    fine, _ = states_at([records[k] for k in chosen], times)
    names = [f"sat{records[k].satnum}" for k in chosen]
    return [
        Body(name, name, "satellite", "satellite", "orbit", np.concatenate([times[:, None], rows], axis=1))
        for name, rows in zip(names, fine, strict=True)
    ]
