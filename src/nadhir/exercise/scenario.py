"""From a spec and a seed to a scenario folder in the fixed replay format, with truth beside it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from nadhir.exercise.classes import draw_flight
from nadhir.exercise.dirt import soil
from nadhir.exercise.dynamics import Array
from nadhir.exercise.flights import Body, fly
from nadhir.exercise.observation import Bias, Observed, draw_biases, observe
from nadhir.exercise.satellites import draw_satellites, satellites_in_sight
from nadhir.exercise.spec import DirtSpec, Spec, SpecError, load_sensors
from nadhir.geo.earth import ecef_to_geodetic
from nadhir.geo.two_line_elements import ElementsError, read_elements
from nadhir.model import Sensor


def simulate(spec: Spec, seed: int, out: Path) -> dict[str, Any]:
    """Write the scenario of a spec and a seed into the folder `out`; returns what went into `truth.json`.

    Flights, satellites, sensors and dirt draw from streams of their own, so that a change to one leaves the rest.
    Raises `SpecError` or `UnreachableError` for specs that cannot be met.
    """
    flight_rng, satellite_rng, sensor_rng, dirt_rng = (
        np.random.default_rng(child) for child in np.random.SeedSequence(seed).spawn(4)
    )
    sensors = load_sensors(spec)
    bodies = draw_bodies(spec, flight_rng)
    end = spec.start + (spec.duration_s or 0.0)
    if spec.duration_s is None:
        end = max(float(body.rows[-1, 0]) for body in bodies) + 1.0
    wanted = spec.satellites
    if wanted.tle is not None:
        path = Path(spec.folder) / wanted.tle
        try:
            bodies += satellites_in_sight(read_elements(path), sensors, spec.start, end, wanted.count or None)
        except ElementsError as error:
            raise SpecError(str(error)) from error
    else:
        bodies += draw_satellites(wanted.count, sensors, satellite_rng, spec.start, end)
    biases = draw_biases(sensors, spec.bias, sensor_rng)
    observed = observe(bodies, sensors, sensor_rng, spec.start, end, biases, spec.outages)
    header = {"name": spec.name, "note": spec.note, "epoch": spec.start, "seed": seed}
    return write_scenario(out, header, sensors, bodies, observed, biases, spec.dirt, dirt_rng)


def draw_bodies(spec: Spec, rng: np.random.Generator) -> list[Body]:
    """All bodies of the launches of a spec; a launch is named by its spec and number, or `a`, `b`, ..."""
    bodies: list[Body] = []
    number = 0
    for launches in spec.launches:
        for index in range(launches.count):
            name = _letters(number)
            if launches.name is not None:
                name = launches.name if launches.count == 1 else f"{launches.name}{index:02d}"
            time = spec.start + launches.after_s + float(rng.uniform(0.0, 1.0)) * launches.within_s
            bodies += fly(draw_flight(launches, rng, name, time))
            number += 1
    return bodies


def _letters(number: int) -> str:
    text = ""
    while True:
        text = chr(ord("a") + number % 26) + text
        number = number // 26 - 1
        if number < 0:
            return text


def write_scenario(
    folder: Path,
    header: dict[str, Any],
    sensors: Sequence[Sensor],
    bodies: Sequence[Body],
    observed: Sequence[Observed],
    biases: dict[str, Bias],
    dirt: DirtSpec | None = None,
    rng: np.random.Generator | None = None,
) -> dict[str, Any]:
    """Write `sensors.json`, `detections.jsonl`, `truth.json` and `truth.npz`; returns what went into `truth.json`.

    `header` holds `name`, `note`, `epoch` and `seed`. With `dirt` (which needs `rng`) the lines are no longer one to
    one with `origin`, as the format foresees.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lines = [msgspec.json.encode(one.detection) for one in observed]
    if dirt is not None and rng is not None:
        lines = soil(observed, dirt, rng)
    (folder / "detections.jsonl").write_bytes(b"".join(line + b"\n" for line in lines))
    (folder / "sensors.json").write_bytes(msgspec.json.format(msgspec.json.encode(sensors), indent=1))
    truth = header | {
        "objects": [truth_object(body) for body in bodies],
        "detections": len(lines),
        "sensor_bias": {
            sensor: {"azimuth_deg": b.azimuth_deg, "elevation_deg": b.elevation_deg, "range_m": b.range_m}
            for sensor, b in biases.items()
        },
    }
    (folder / "truth.json").write_bytes(msgspec.json.format(msgspec.json.encode(truth), indent=1))
    arrays: dict[str, Any] = {body.name: each_second(body) for body in bodies}
    np.savez_compressed(folder / "truth.npz", origin=np.array([one.origin for one in observed], dtype=str), **arrays)
    return truth


def each_second(body: Body) -> Array:
    """Rows (n, 7) of Unix time and ECEF state at each second since the body's start."""
    start, end = body.rows[0, 0], body.rows[-1, 0]
    times = start + np.arange(math.floor(end - start) + 1.0)
    return np.concatenate([times[:, None], body.at(times)], axis=1)


def truth_object(body: Body) -> dict[str, Any]:
    """The entry of a body in `truth.json`."""
    if body.kind == "satellite":
        return {"object": body.name, "kind": body.kind, "part": body.part, "fate": body.fate}
    impact = None
    if body.fate == "impact":
        latitude, longitude, _ = ecef_to_geodetic(body.rows[-1, 1:4])
        impact = {"time": float(body.rows[-1, 0]), **_degrees((latitude, longitude))}
    return {
        "object": body.name,
        "launch": body.launch,
        "kind": body.kind,
        "part": body.part,
        "fate": body.fate,
        "start": float(body.rows[0, 0]),
        "end": float(body.rows[-1, 0]),
        "burnout": body.burnout,
        "breach": body.breach,
        "apogee_m": float(body.heights_m.max()),
        "ballistic_coefficient": body.ballistic_coefficient,
        "site": _degrees(body.site) if body.site else None,
        "impact": impact,
    }


def _degrees(place: tuple[float, float]) -> dict[str, float]:
    return {"latitude_deg": math.degrees(place[0]), "longitude_deg": math.degrees(place[1])}
