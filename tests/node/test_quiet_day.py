"""Hours of a sky without a launch: aircraft, satellites, meteors, false detections and junk make no event."""

from __future__ import annotations

import itertools
import json
import math
from pathlib import Path

import numpy as np
import pytest
from sgp4.api import WGS72, Satrec

from nadhir.exercise.flights import Body
from nadhir.exercise.spec import Spec, load_sensors
from nadhir.exercise.traffic import Traffic, import_traffic
from nadhir.geo import east_north_up, geodetic_to_ecef
from nadhir.node import replay_folder

START = 1_772_323_200.0
HOURS = 3.0
DAYS_TO_1950 = 7306.0
"""Of 1970, as sgp4 counts its epochs."""


def aircraft(number: int, rng: np.random.Generator) -> Body:
    """It climbs from an airfield, flies on level with a slow turn, and comes down at another, at 250 m/s."""
    begin, length = float(rng.uniform(0.0, 1800.0)), float(rng.uniform(1500.0, 3000.0))
    times = np.arange(0.0, length, 5.0)
    level = float(rng.uniform(8e3, 12e3))
    height = 500.0 + np.minimum(level, np.minimum(15.0 * times, 12.0 * (length - times)))
    course = rng.uniform(0.0, 2.0 * math.pi) + rng.uniform(-3e-4, 3e-4) * times
    latitude = math.radians(rng.uniform(45.0, 48.0)) + np.cumsum(250.0 * 5.0 * np.cos(course)) / 6371e3
    longitude = math.radians(rng.uniform(4.0, 12.0)) + np.cumsum(250.0 * 5.0 * np.sin(course)) / 4400e3
    places = np.array([geodetic_to_ecef(*place) for place in zip(latitude, longitude, height, strict=True)])
    rows = np.column_stack([begin + times, places, np.gradient(places, times, axis=0)])
    return Body(f"aircraft {number}", f"{number}", "aircraft", "aircraft", "orbit", rows)


def meteor(number: int, rng: np.random.Generator) -> Body:
    """A flash of half a second, somewhere in the satellites' view."""
    begin = float(rng.uniform(0.0, 3500.0))
    latitude, longitude = np.radians([rng.uniform(-50.0, 50.0), rng.uniform(-20.0, 55.0)])
    east, north, up = east_north_up(latitude, longitude)
    heading = rng.uniform(0.0, 2.0 * math.pi)
    velocity = rng.uniform(12e3, 40e3) * (0.7 * (math.sin(heading) * east + math.cos(heading) * north) - 0.7 * up)
    times = np.linspace(0.0, 0.5, 3)
    places = geodetic_to_ecef(latitude, longitude, float(rng.uniform(40e3, 90e3))) + times[:, None] * velocity
    rows = np.column_stack([begin + times, places, np.tile(velocity, (3, 1))])
    return Body(f"meteor {number}", f"{number}", "fireball", "fireball", "orbit", rows, ((begin, begin + 0.5),))


def satellite(number: int, rng: np.random.Generator) -> Satrec:
    """A near-circular orbit, 400 to 1,400 km high."""
    record = Satrec()
    minutes = 2.0 * math.pi / math.sqrt(3.986004418e14 / (6378e3 + rng.uniform(400e3, 1400e3)) ** 3) / 60.0
    angles = rng.uniform(0.0, 2.0 * math.pi, 3)
    inclination, eccentricity = math.radians(rng.uniform(50.0, 100.0)), float(rng.uniform(1e-4, 3e-3))
    epoch = START / 86400.0 + DAYS_TO_1950
    rate = 2.0 * math.pi / minutes
    record.sgp4init(
        WGS72, "i", number, epoch, 1e-5, 0.0, 0.0, eccentricity, angles[0], inclination, angles[1], rate, angles[2]
    )
    return record


JUNK = [b"", b"{", b'{"sensor": "T-LAND"}', b"\xff\xfe\x00", b"[1, 2, 3]", b'{"sensor": "T-LAND", "time": NaN}']


def with_junk(lines: list[bytes]) -> tuple[list[bytes], int]:
    """A line of junk after every tenth."""
    junk = itertools.cycle(JUNK)
    mixed = [line for k, one in enumerate(lines) for line in ([one, next(junk)] if k % 10 == 9 else [one])]
    return mixed, len(mixed) - len(lines)


@pytest.mark.slow
def test_hours_of_traffic_and_junk_make_no_event(tmp_path: Path) -> None:
    rng = np.random.default_rng(4)
    traffic = Traffic(
        [aircraft(number, rng) for number in range(10)],
        [meteor(number, rng) for number in range(60)],
        [satellite(number, rng) for number in range(1, 61)],
    )
    folder, out = tmp_path / "sky", tmp_path / "out"
    import_traffic(traffic, load_sensors(Spec("x", sensors="traffic")), START, 3600.0 * HOURS, 4, folder)
    origins = {origin.split()[0].rstrip("0123456789") for origin in (folder / "origins.txt").read_text().splitlines()}
    assert origins == {"aircraft", "meteor", "sat", "clutter"}
    lines, junk = with_junk((folder / "detections.jsonl").read_bytes().splitlines())
    (folder / "detections.jsonl").write_bytes(b"\n".join(lines) + b"\n")

    summary = replay_folder(folder, out)

    kinds = {json.loads(line)["kind"] for line in (out / "products.jsonl").read_bytes().splitlines()}
    assert summary.events == 0
    assert kinds == {"track", "assessment"}
    assert summary.objects > 20
    assert summary.rejected == {"damaged": junk}
    assert summary.used == summary.lines - junk
