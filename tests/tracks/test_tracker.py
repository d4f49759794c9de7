"""The tracker and the assessment on cuts of the carried scenario: what must hold whatever the sensors miss."""

from __future__ import annotations

import gzip
import json
import math
import random
import shutil
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

from nadhir.model import ImpactProduct, LaunchProduct, Product, TrackProduct
from nadhir.node import Replay

EXAMPLE = Path(__file__).parents[2] / "examples" / "toward-land"
SITE_DEG = (40.86, 129.67)
LAUNCHED = 1772499600.0


def replay(
    folder: Path, keep: Callable[[dict[str, Any]], bool], extra: list[dict[str, Any]] | None = None
) -> list[Product]:
    """Products of the lines of the example that are kept, after some extra ones."""
    folder.mkdir(exist_ok=True)
    shutil.copy(EXAMPLE / "sensors.json", folder)
    with gzip.open(EXAMPLE / "detections.jsonl.gz", "rt") as lines:
        kept = [line for line in lines if keep(json.loads(line))]
    (folder / "detections.jsonl").write_text("".join(json.dumps(line) + "\n" for line in extra or []) + "".join(kept))
    return list(Replay(folder))


def distance_km(launch: LaunchProduct) -> float:
    """Of a launch product from the true site."""
    north = (launch.latitude_deg - SITE_DEG[0]) * 111.2
    east = (launch.longitude_deg - SITE_DEG[1]) * 111.2 * math.cos(math.radians(SITE_DEG[0]))
    return math.hypot(north, east)


def test_one_satellite_alone_gives_a_coarser_launch(tmp_path: Path) -> None:
    products = replay(tmp_path / "one", lambda line: line["sensor"] == "USA-IR-W")
    launches = [p for p in products if isinstance(p, LaunchProduct)]
    assert {p.event for p in launches} == {"E0001"}
    assert launches[0].issued - LAUNCHED < 50.0
    assert distance_km(launches[-1]) < 10.0
    assert launches[-1].ellipse_90.semi_major_m < 15e3


def test_a_few_looks_and_then_nothing_are_withdrawn(tmp_path: Path) -> None:
    products = replay(tmp_path / "few", lambda line: "line_of_sight" in line and line["time"] < LAUNCHED + 38.0)
    launches = [p for p in products if isinstance(p, LaunchProduct)]
    assert launches
    assert launches[-1].status == "withdrawn"
    assert products[-1] is launches[-1]  # nothing more is said of it


def test_radars_alone_give_a_launch_and_an_impact(tmp_path: Path) -> None:
    products = replay(tmp_path / "radars", lambda line: "range_m" in line and line["time"] < LAUNCHED + 160.0)
    launches = [p for p in products if isinstance(p, LaunchProduct)]
    impacts = [p for p in products if isinstance(p, ImpactProduct)]
    assert {p.event for p in launches} == {"E0001"}
    assert min(abs(p.longitude_deg - 140.100) + abs(p.latitude_deg - 39.720) for p in impacts) < 0.1


def test_a_clock_far_ahead_does_not_hold_up_the_run(tmp_path: Path) -> None:
    ahead = LAUNCHED + 1e7
    stray = {"sensor": "KOR-GR-1", "time": ahead, "received": ahead + 0.2}
    stray |= {"range_m": 4e5, "azimuth_deg": 40.0, "elevation_deg": 20.0, "range_rate_mps": 10.0}
    products = replay(tmp_path / "ahead", lambda line: line["time"] < LAUNCHED + 45.0, [stray])
    assert not [p for p in products if isinstance(p, TrackProduct) and p.time > ahead + 1.0]


def test_the_end_of_thrust_is_found_to_half_a_second(tmp_path: Path) -> None:
    products = replay(tmp_path / "cutoff", lambda line: line["time"] < LAUNCHED + 100.0)
    cutoffs = [p.burnout_time for p in products if isinstance(p, TrackProduct) and p.burnout_time is not None]
    assert cutoffs
    assert abs(cutoffs[-1] - (LAUNCHED + 94.455)) < 0.5


def test_partners_who_are_seconds_late_tell_of_two_objects(tmp_path: Path) -> None:
    """One vehicle and its stage, though all but Japan's own lines come one to four seconds late, each its own way."""
    rng = random.Random(1)
    delays: dict[tuple[str, float], float] = {}
    with gzip.open(EXAMPLE / "detections.jsonl.gz", "rt") as text:
        lines = [line for line in map(json.loads, text) if line["time"] < LAUNCHED + 130.0]
    for line in lines:
        if not line["sensor"].startswith("JPN"):
            line["received"] += delays.setdefault((line["sensor"], line["time"]), rng.uniform(1.0, 4.0))
    (tmp_path / "detections.jsonl").write_text(
        "".join(json.dumps(line) + "\n" for line in sorted(lines, key=lambda line: float(line["received"])))
    )
    shutil.copy(EXAMPLE / "sensors.json", tmp_path)
    tracks = [p for p in Replay(tmp_path) if isinstance(p, TrackProduct) and p.event]
    assert 2 <= len({track.object for track in tracks}) <= 3
    vehicle = [track.phase for track in tracks if track.object == "E0001-1" and track.phase != "lost"]
    changes = sum(before != after for before, after in pairwise(vehicle))
    assert changes <= 3
