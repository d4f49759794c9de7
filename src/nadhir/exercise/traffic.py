"""Real traffic as detections: aircraft, satellites and fireballs, seen by notional sensors. Nothing in it is a launch.

Three kinds of public data go in: positions of aircraft (ADS-B), two-line elements of satellites, and the fireballs that
satellites have seen. Aircraft and fireballs are moved in time to where the elements hold, aircraft begin anew when
their data end. Made and written a minute at a time, so that a day fits into memory.
"""

from __future__ import annotations

import csv
import gzip
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from nadhir.exercise.dynamics import Array
from nadhir.exercise.flights import Body
from nadhir.exercise.observation import Observed, observe
from nadhir.exercise.satellites import satellites_in_sight
from nadhir.exercise.spec import SpecError
from nadhir.geo import east_north_up, geodetic_to_ecef
from nadhir.model import Sensor

FOOT_M, KNOT_MPS = 0.3048, 1852.0 / 3600.0
PIECE_S = 60.0
"""A multiple of the sensors' periods, so that scans keep their grid from one piece to the next."""
LONGEST_GAP_S = 60.0
FASTEST_AIRCRAFT_MPS = 400.0
"""Positions that would need more are errors of the data or made up; the flight is cut there."""
FIREBALL_EVERY_S = 60.0
"""Ten thousand times as many as fall."""
FIREBALL_PATH_M = (15e3, 5e3)
"""It is seen from so far above its brightest point to so far below, at most `FIREBALL_LONGEST_S`."""
FIREBALL_LONGEST_S = 15.0
FIREBALL_SPEED_MPS, FIREBALL_HEIGHT_M = 18e3, 35e3
"""Where the data leave them out."""


@dataclass(frozen=True)
class Traffic:
    """What flies: aircraft, and fireballs for once, as bodies from time 0 on; records of two-line elements."""

    aircraft: Sequence[Body] = ()
    fireballs: Sequence[Body] = ()
    elements: Sequence[Any] = ()

    def thinned(self, keep: float, rng: np.random.Generator) -> Traffic:
        """A part of the aircraft and satellites, drawn at random."""
        aircraft = [
            body for body, drawn in zip(self.aircraft, rng.random(len(self.aircraft)), strict=True) if drawn < keep
        ]
        elements = [
            one for one, drawn in zip(self.elements, rng.random(len(self.elements)), strict=True) if drawn < keep
        ]
        return replace(self, aircraft=aircraft, elements=elements)


def read_aircraft(path: Path) -> list[Body]:
    """Flights from JSON (or .json.gz), a list of rows or an object of columns: `timestamp` (ms since 1970 or ISO 8601),
    `latitude`, `longitude`, `altitude` (feet), `icao24`. Rows without a position are left out; a flight is cut at a gap
    and where it would have to jump. The first position of all is at time 0. Raises SpecError."""
    try:
        text = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        table = msgspec.json.decode(text)
        if isinstance(table, dict):
            columns = [list(column.values()) for column in table.values()]
            table = [dict(zip(table, row, strict=True)) for row in zip(*columns, strict=True)]
        rows = [row for row in table if None not in (row["latitude"], row["longitude"], row["altitude"])]
        flights: dict[str, list[tuple[float, Array]]] = {}
        for row in rows:
            latitude, longitude = math.radians(float(row["latitude"])), math.radians(float(row["longitude"]))
            place = geodetic_to_ecef(latitude, longitude, float(row["altitude"]) * FOOT_M)
            flights.setdefault(str(row["icao24"]), []).append((_seconds(row["timestamp"]), place))
    except (OSError, EOFError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise SpecError(f"cannot read aircraft from {path}: {type(error).__name__} {error}") from error
    if not flights:
        raise SpecError(f"{path}: no positions of aircraft found")
    begin = min((time for flight in flights.values() for time, _ in flight), default=0.0)
    return [body for name, flight in flights.items() for body in _pieces(name, flight, begin)]


def _seconds(timestamp: float | str) -> float:
    """Milliseconds since 1970, or ISO 8601, as Unix seconds."""
    if isinstance(timestamp, str):
        return datetime.fromisoformat(timestamp).replace(tzinfo=UTC).timestamp()
    return timestamp / 1e3


def _pieces(name: str, flight: list[tuple[float, Array]], begin: float) -> Iterator[Body]:
    """A flight's positions at times since `begin`, with speeds from their differences, cut where they do not hang
    together."""
    flight = sorted(((time - begin, place) for time, place in flight), key=lambda point: point[0])
    piece = flight[:1]
    for before, after in pairwise(flight):
        step_s = after[0] - before[0]
        if step_s <= 0.0:
            continue
        if step_s > LONGEST_GAP_S or float(np.linalg.norm(after[1] - before[1])) > FASTEST_AIRCRAFT_MPS * step_s:
            yield from _body(name, piece)
            piece = []
        piece.append(after)
    yield from _body(name, piece)


def _body(name: str, piece: list[tuple[float, Array]]) -> Iterator[Body]:
    if len(piece) < 3:
        return
    times, places = np.array([time for time, _ in piece]), np.array([place for _, place in piece])
    rows = np.concatenate([times[:, None], places, np.gradient(places, times, axis=0)], axis=1)
    yield Body(f"aircraft {name}", name, "aircraft", "aircraft", "orbit", rows)


def read_fireballs(path: Path) -> list[Body]:
    """Fireballs of a table of the Center for Near Earth Object Studies, those with a place, one each minute in the
    order of the file: straight paths, bright all the way. Velocities are Earth-fixed. Raises SpecError."""
    try:
        with path.open(newline="") as stream:
            rows = [row for row in csv.reader(stream) if len(row) >= 8 and row[1] and row[2]][1:]
        found = [_fireball(number, row) for number, row in enumerate(rows)]
    except (OSError, ValueError, csv.Error) as error:
        raise SpecError(f"cannot read fireballs from {path}: {error}") from error
    if not found:
        raise SpecError(f"{path}: no fireballs found")
    return found


def _fireball(number: int, row: list[str]) -> Body:
    when, latitude_deg, longitude_deg, height_km, _, *velocity_kmps = row[:8]
    latitude, longitude = _signed(latitude_deg, "NS"), _signed(longitude_deg, "EW")
    height_m = float(height_km) * 1e3 if height_km else FIREBALL_HEIGHT_M
    brightest = geodetic_to_ecef(latitude, longitude, height_m)
    up = east_north_up(latitude, longitude)[2]
    velocity = -FIREBALL_SPEED_MPS * up
    if all(velocity_kmps):
        velocity = np.array([float(part) * 1e3 for part in velocity_kmps])
    descent = max(-float(velocity @ up), 1e3)
    lead, rest = (min(path / descent, 0.5 * FIREBALL_LONGEST_S) for path in FIREBALL_PATH_M)
    middle = (number + 0.5) * FIREBALL_EVERY_S
    times = np.linspace(middle - lead, middle + rest, 5)
    places = brightest + (times - middle)[:, None] * velocity
    rows = np.concatenate([times[:, None], places, np.tile(velocity, (5, 1))], axis=1)
    burning = ((float(times[0]), float(times[-1])),)
    return Body(f"fireball {when}", when, "fireball", "fireball", "orbit", rows, burning)


def _signed(angle: str, letters: str) -> float:
    """Radians of degrees with a letter, as 12.9S."""
    if angle[-1] not in letters:
        raise ValueError(f"{angle} is no angle of {letters}")
    return math.radians(float(angle[:-1])) * (1.0 if angle[-1] == letters[0] else -1.0)


def epoch_of(elements: Sequence[Any]) -> float:
    """Median epoch (Unix time) of records of two-line elements."""
    return float(np.median([(one.jdsatepoch + one.jdsatepochF - 2440587.5) * 86400.0 for one in elements]))


def observe_traffic(
    traffic: Traffic, sensors: Sequence[Sensor], start: float, duration_s: float, rng: np.random.Generator
) -> Iterator[Observed]:
    """What the sensors see of it from Unix time `start` on, in the order of receipt."""
    phases = {sensor.id: float(rng.uniform(0.0, sensor.period_s)) for sensor in sensors}
    late: list[Observed] = []
    for begin in np.arange(start, start + duration_s, PIECE_S).tolist():
        end = min(begin + PIECE_S, start + duration_s)
        bodies = [*_repeated(traffic.aircraft, start, begin, end), *_repeated(traffic.fireballs, start, begin, end)]
        if traffic.elements:
            bodies += satellites_in_sight(traffic.elements, sensors, begin, end)
        seen = late + observe(bodies, sensors, rng, begin, end, phases=phases)
        seen.sort(key=lambda one: one.detection.received)
        yield from (one for one in seen if one.detection.received < end)
        late = [one for one in seen if one.detection.received >= end]
    yield from late


def _repeated(bodies: Sequence[Body], start: float, begin: float, end: float) -> list[Body]:
    """The bodies that fly between Unix times, of a programme that begins at `start` and again whenever it has ended."""
    if not bodies:
        return []
    length = math.ceil(max(float(body.rows[-1, 0]) for body in bodies) / PIECE_S) * PIECE_S
    shift = start + (begin - start) // length * length
    return [
        _moved(body, shift) for body in bodies if body.rows[0, 0] + shift < end and body.rows[-1, 0] + shift >= begin
    ]


def _moved(body: Body, shift: float) -> Body:
    rows = body.rows.copy()
    rows[:, 0] += shift
    return replace(body, rows=rows, burning=tuple((lit + shift, out + shift) for lit, out in body.burning))


def import_traffic(
    traffic: Traffic,
    sensors: Sequence[Sensor],
    start: float,
    duration_s: float,
    seed: int,
    out: Path,
    watch: Callable[[float], None] = lambda time: None,
) -> int:
    """Write `sensors.json`, `detections.jsonl`, a `truth.json` without launches, and `origins.txt` (what is behind each
    line); returns the number of lines. `watch` is told the data's time now and then."""
    out.mkdir(parents=True, exist_ok=True)
    (out / "sensors.json").write_bytes(msgspec.json.format(msgspec.json.encode(list(sensors)), indent=1))
    encode = msgspec.json.Encoder().encode
    count = 0
    with (out / "detections.jsonl").open("wb") as lines, (out / "origins.txt").open("w") as origins:
        for one in observe_traffic(traffic, sensors, start, duration_s, np.random.default_rng(seed)):
            lines.write(encode(one.detection) + b"\n")
            origins.write(one.origin + "\n")
            count += 1
            if count % 10_000 == 0:
                watch(one.detection.received)
    header = {"name": "traffic", "note": "an exercise: real traffic, notional sensors", "epoch": start, "seed": seed}
    truth = header | {"objects": [], "detections": count, "sensor_bias": {}}
    (out / "truth.json").write_bytes(msgspec.json.format(msgspec.json.encode(truth), indent=1))
    return count
