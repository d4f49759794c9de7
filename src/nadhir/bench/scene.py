"""What the tracker's bench runs on: objects that coast above the air, half in orbit and half ballistic, seen by radars.

Their flight is the simulator's (J2 to J4, no dynamics of the tracker). All lie within sight of both radars, so that
the number of objects is that of detections to explain.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from nadhir.exercise.dynamics import free_flight, integrate
from nadhir.exercise.flights import Body
from nadhir.exercise.observation import CLUTTER, observe
from nadhir.geo import east_north_up, geodetic_to_ecef
from nadhir.geo.earth import GRAVITATIONAL_PARAMETER, ROTATION_RATE
from nadhir.model import Coverage, Detection, Position, Sensor, Sigma

START = 1772323200.0
BALLISTIC_COEFFICIENT = 5000.0
CENTRE_DEG = (37.0, 122.0)
SPREAD_DEG = 5.0
"""The area where all begin, some 1,000 km off the radars: so near the horizon an azimuth's error hardly depends on the
elevation, which suits a baseline whose noise is constant."""

RADARS = [
    Sensor(
        id=name,
        owner="JPN",
        kind="radar",
        position=Position(latitude_deg, longitude_deg, 100.0),
        period_s=1.0,
        sigma=Sigma(range_m=30.0, azimuth_deg=0.05, elevation_deg=0.05, range_rate_mps=1.0),
        coverage=Coverage(max_range_m=4000e3, min_elevation_deg=2.0),
        p_detect=0.95,
        false_detections_per_scan=0.5,
    )
    for name, latitude_deg, longitude_deg in (("R-WEST", 35.0, 131.0), ("R-EAST", 38.0, 137.0))
]
"""Notional; without a limit of resolution, so that no detection is of two objects."""


@dataclass(frozen=True)
class Scene:
    """Detections in the order of receipt, which object was seen when, and each object's states.

    `seen` is (n, 2): number of an object and Unix time of its detection. `states` is (objects, seconds, 6): ECEF
    position and Earth-relative velocity at `START` and each second after it.
    """

    detections: list[Detection]
    seen: NDArray[np.float64]
    states: NDArray[np.float64]


def draw_scene(objects: int, seconds: int, seed: int = 0) -> Scene:
    """So many objects for so long."""
    rng = np.random.default_rng([seed, objects])
    bodies = [_draw(str(number), number % 2 == 0, seconds, rng) for number in range(objects)]
    observed = observe(bodies, RADARS, rng, START, START + seconds)
    seen = [(float(one.origin), one.detection.time) for one in observed if one.origin != CLUTTER]
    times = START + np.arange(seconds + 1.0)
    states = np.array([body.at(times) for body in bodies])
    return Scene([one.detection for one in observed], np.array(seen).reshape(-1, 2), states)


def write_scene(scene: Scene, folder: Path) -> None:
    """As a scenario folder, with `seen.npy` and `states.npy` beside."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "sensors.json").write_bytes(msgspec.json.format(msgspec.json.encode(RADARS), indent=1))
    encode = msgspec.json.Encoder().encode
    with (folder / "detections.jsonl").open("wb") as lines:
        for detection in scene.detections:
            lines.write(encode(detection) + b"\n")
    np.save(folder / "seen.npy", scene.seen)
    np.save(folder / "states.npy", scene.states)


def _draw(name: str, orbits: bool, seconds: int, rng: np.random.Generator) -> Body:
    latitude, longitude = np.radians(np.array(CENTRE_DEG) + rng.uniform(-SPREAD_DEG, SPREAD_DEG, 2))
    height_m = float(rng.uniform(400e3, 1200e3) if orbits else rng.uniform(350e3, 900e3))
    position = geodetic_to_ecef(latitude, longitude, height_m)
    heading = rng.uniform(0.0, 2.0 * math.pi)
    climb = 0.0 if orbits else rng.uniform(-0.4, 0.8)
    circular = math.sqrt(GRAVITATIONAL_PARAMETER / float(np.linalg.norm(position)))
    speed = circular if orbits else rng.uniform(2500.0, 5500.0)
    local = [math.cos(climb) * math.sin(heading), math.cos(climb) * math.cos(heading), math.sin(climb)]
    direction = np.array(local) @ east_north_up(latitude, longitude)
    velocity = speed * direction - np.cross([0.0, 0.0, ROTATION_RATE], position) * (1.0 if orbits else 0.0)
    start = np.concatenate([position, velocity])
    rows, _ = integrate(start, free_flight(START, seconds + 2.0, BALLISTIC_COEFFICIENT))
    rows = np.concatenate([np.concatenate([[START], start])[None, :], rows])
    return Body(name, name, "satellite", "satellite", "orbit", rows)
