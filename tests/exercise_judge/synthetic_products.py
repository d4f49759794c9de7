"""Products made from truth with known errors, and a small scenario that needs no sibling folder."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np

from nadhir.exercise.score_input import Judged, TrueBody, WarnedArea, WarningProduct, read_case
from nadhir.geo import ecef_to_geodetic, fall, geodetic_to_ecef, propagate
from nadhir.model import AssessmentProduct, Ellipse, ImpactProduct, LaunchProduct, TrackProduct

CLASS = {"SRBM": "short-range", "MRBM": "medium-range", "IRBM": "intermediate-range", "SLV": "space-launch"}
POSITION_SIGMA_M, VELOCITY_SIGMA_MPS = 200.0, 5.0
DEGREE_SIGMA = 0.03
ELLIPSE = Ellipse(9000.0, 5000.0, 70.0)
COVARIANCE = np.diag([POSITION_SIGMA_M**2] * 3 + [VELOCITY_SIGMA_MPS**2] * 3)[np.triu_indices(6)].tolist()


def write_products(scenario: Path, file: Path, seed: int = 1, every_s: int = 1) -> None:
    """Products for each body of a scenario, with Gaussian errors of the stated size, and two stray events."""
    file.write_text("")
    case = read_case(scenario, file)
    rng = np.random.default_rng(seed)
    products: list[Judged] = []
    for number, body in enumerate(case.bodies):
        name, event = f"o{number}", f"e-{body.launch}" if body.launch else None
        products += _tracks(case.states[body.object][20::every_s], name, event, rng)
        if body.launch and body.part == "payload":
            products += _said_of_payload(body, name, f"e-{body.launch}", rng)
        products += _impacts(body, name, event, rng, max(2, every_s))
        products += _warnings(body, name, f"w{number}")
    start = min(states[0, 0] for states in case.states.values())
    for event, status, issued in (
        ("wrong", "report", 20),
        ("taken back", "report", 20),
        ("taken back", "withdrawn", 30),
    ):
        products.append(LaunchProduct(event, start + issued, status, start, 1.0, 0.0, 0.0, ELLIPSE, []))  # type: ignore[arg-type]
    products.sort(key=lambda product: product.issued)
    file.write_bytes(b"".join(msgspec.json.encode(product, enc_hook=float) + b"\n" for product in products))


def _tracks(rows: np.ndarray, name: str, event: str | None, rng: np.random.Generator) -> Iterator[TrackProduct]:
    for row in rows:
        position = (row[1:4] + rng.normal(0, POSITION_SIGMA_M, 3)).tolist()
        velocity = (row[4:7] + rng.normal(0, VELOCITY_SIGMA_MPS, 3)).tolist()
        yield TrackProduct(name, event, row[0] + 0.4, row[0], "coast", position, velocity, COVARIANCE)


def _said_of_payload(body: TrueBody, name: str, event: str, rng: np.random.Generator) -> Iterator[Judged]:
    assert body.site
    for after in (15, 40):
        latitude, longitude = rng.normal([body.site.latitude_deg, body.site.longitude_deg], DEGREE_SIGMA)
        time = body.start + rng.normal(0, 2)
        yield LaunchProduct(event, body.start + after, "update", time, 2.0, latitude, longitude, ELLIPSE, ["a"])
    classes = {CLASS.get(body.kind, "other"): 0.8, "satellite": 0.2}
    for after in (5, 50):
        yield AssessmentProduct(name, event, body.burnout + after, classes, 0.97 if body.fate == "orbit" else 0.02)


def _impacts(
    body: TrueBody, name: str, event: str | None, rng: np.random.Generator, every_s: int
) -> Iterator[ImpactProduct]:
    if body.impact:
        for issued in np.arange(body.burnout - 10, body.impact.time, every_s):
            latitude, longitude = rng.normal([body.impact.latitude_deg, body.impact.longitude_deg], DEGREE_SIGMA)
            time = body.impact.time + rng.normal(0, 1)
            yield ImpactProduct(name, event, "coast", issued, time, 1.0, latitude, longitude, ELLIPSE)


def _warnings(body: TrueBody, name: str, warning: str) -> Iterator[WarningProduct]:
    if body.impact:
        areas = [WarnedArea(body.area or "JP-01", 0.6), WarnedArea("JP-02", 0.1)]
        yield WarningProduct(warning, body.start + 60, "alert", "impact", [name], areas)
        yield WarningProduct(warning, body.start + 90, "update", "impact", [name], areas[:1])
        if not body.area:
            yield WarningProduct(warning, body.impact.time + 9, "all-clear", "impact", [name], areas)


def write_scenario(folder: Path) -> None:
    """A single short flight that coasts from 100 km height, seen by one radar each second and by two satellites."""
    epoch, ballistic_coefficient, climb_s = 1.7e9, 5000.0, 60
    latitude, longitude = math.radians(39.0), math.radians(127.5)
    site = geodetic_to_ecef(latitude, longitude, 0.0)
    east = np.array([-math.sin(longitude), math.cos(longitude), 0.0])
    up = site / np.linalg.norm(site)
    burnout = np.concatenate([geodetic_to_ecef(latitude, longitude + 0.01, 100e3), 1800 * east + 1500 * up])
    _, coast_s, down, _ = fall(burnout, math.log(ballistic_coefficient))
    impact = np.degrees(ecef_to_geodetic(down[:3])[:2])
    # The climb is a straight line: only its ends matter here.
    climb = (burnout[:3] - site) / climb_s
    rows = [np.concatenate([[epoch + k], site + climb * k, climb]) for k in range(climb_s)]
    for k in range(int(coast_s)):
        state = propagate(burnout, math.log(ballistic_coefficient), float(k))
        rows.append(np.concatenate([[epoch + climb_s + k], state]))
    radar = {
        "id": "R",
        "owner": "JPN",
        "kind": "radar",
        "position": {"latitude_deg": 37.0, "longitude_deg": 132.0, "height_m": 10.0},
        "period_s": 1.0,
        "sigma": {"range_m": 30.0, "azimuth_deg": 0.04, "elevation_deg": 0.04, "range_rate_mps": 1.0},
        "coverage": {"max_range_m": 1e6, "min_elevation_deg": 2.0, "sector_deg": None},
        "p_detect": 1.0,
        "false_detections_per_scan": 0.0,
    }
    measured = {"range_m": 5e5, "azimuth_deg": 0.0, "elevation_deg": 9.0, "range_rate_mps": 0.0}
    lines: list[dict[str, object]] = [
        {"sensor": f"I{k % 2}", "time": epoch + 10 + k, "received": epoch + 11 + k, "line_of_sight": [1.0, 0.0, 0.0]}
        for k in range(20)
    ]
    lines += [{"sensor": "R", "time": row[0], "received": row[0] + 0.2} | measured for row in rows[climb_s:]]
    body = {
        "object": "a/payload",
        "launch": "a",
        "kind": "SRBM",
        "part": "payload",
        "fate": "impact",
        "start": epoch,
        "end": epoch + climb_s + coast_s,
        "burnout": epoch + climb_s,
        "ballistic_coefficient": ballistic_coefficient,
        "site": {"latitude_deg": 39.0, "longitude_deg": 127.5},
        "impact": {"time": epoch + climb_s + coast_s, "latitude_deg": impact[0], "longitude_deg": impact[1]},
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "sensors.json").write_text(json.dumps([radar]))
    (folder / "detections.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    (folder / "truth.json").write_text(json.dumps({"name": "synthetic", "objects": [body]}))
    origin = np.array(["a/payload"] * len(lines))
    np.savez(folder / "truth.npz", allow_pickle=False, **{"origin": origin, "a/payload": np.array(rows)})
