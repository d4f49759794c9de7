"""Made-up products of one flight: the timeline and pages need their form, not their physics."""

from __future__ import annotations

import json
import math
from pathlib import Path

import msgspec
import numpy as np

from nadhir.geo import geodetic_to_ecef
from nadhir.model import (
    CLASSES,
    AssessmentProduct,
    Ellipse,
    ImpactProduct,
    LaunchProduct,
    Product,
    TrackProduct,
)
from nadhir.model.products import Phase

LAUNCHED = 1_772_499_600.0
BURNOUT_S, FLIGHT_S = 60.0, 300.0
SITE, FALL = (40.86, 129.67), (39.72, 140.10)


def ellipse(major_m: float) -> Ellipse:
    return Ellipse(major_m, 0.4 * major_m, 70.0)


def classes(name: str, probability: float) -> dict[str, float]:
    rest = (1.0 - probability) / (len(CLASSES) - 1)
    return {c: probability if c == name else rest for c in CLASSES}


def state(
    second: float,
    phase: Phase,
    name: str = "E1/1",
    event: str | None = "E1",
    fall: tuple[float, float] = FALL,
    **more: object,
) -> TrackProduct:
    """A state on a straight ground track with a parabola of height."""

    def at(t: float) -> np.ndarray:
        share = t / FLIGHT_S
        latitude, longitude = (a + share * (b - a) for a, b in zip(SITE, fall, strict=True))
        return geodetic_to_ecef(math.radians(latitude), math.radians(longitude), 1e6 * share * (1 - share))

    time = LAUNCHED + second
    covariance = [0.0] * 21
    for k in (0, 6, 11):
        covariance[k] = 100.0**2
    for k in (15, 18, 20):
        covariance[k] = 5.0**2
    position, velocity = at(second), at(second + 0.5) - at(second - 0.5)
    burnout = LAUNCHED + BURNOUT_S if phase != "boost" else None
    return msgspec.convert(
        {
            "kind": "track",
            "object": name,
            "event": event,
            "issued": time + 0.4,
            "time": time,
            "phase": phase,
            "position_m": position.tolist(),
            "velocity_mps": velocity.tolist(),
            "covariance": covariance,
            "burnout_time": burnout,
            **more,
        },
        TrackProduct,
    )


def launch(
    second: float, major_m: float, status: str = "report", looks: tuple[str, ...] = ("IR-1",), event: str = "E1"
) -> LaunchProduct:
    fields = (event, LAUNCHED + second, status, LAUNCHED, 2.0, *SITE, ellipse(major_m), [*looks])
    return LaunchProduct(*fields)


def impact(
    second: float, major_m: float, phase: Phase = "coast", name: str = "E1/1", fall: tuple[float, float] = FALL
) -> ImpactProduct:
    return ImpactProduct(
        name,
        "E1",
        phase,
        LAUNCHED + second,
        LAUNCHED + FLIGHT_S,
        2.0,
        fall[0],
        (fall[1] + 180.0) % 360.0 - 180.0,
        ellipse(major_m),
    )


def assessment(
    second: float, name: str, probability: float, orbit: float = 0.01, flown: str = "E1/1"
) -> AssessmentProduct:
    top = (300e3, 2e3, LAUNCHED + 150.0) if second > BURNOUT_S else (None, None, None)
    return AssessmentProduct(flown, "E1", LAUNCHED + second, classes(name, probability), orbit, *top)


def one_flight(fall: tuple[float, float] = FALL) -> list[Product]:
    """Launch, boost, burnout, a spent stage, re-entry, the end."""
    products: list[Product] = [
        launch(30, 12e3),
        launch(32, 8e3, "update", ("IR-1", "IR-2")),
        launch(40, 3e3, "update", ("IR-1", "IR-2")),
    ]
    for second in range(42, 290, 2):
        phase: Phase = (
            "boost" if second < BURNOUT_S else "coast" if second < 250 else "reentry" if second < 280 else "lost"
        )
        products.append(state(second, phase, fall=fall))
        if second >= 62:
            products.append(impact(second, 80e3 / (1 + (second - 62) / 4) + 1e3, phase, fall=fall))
        if second % 10 == 0:
            products.append(assessment(second, "medium-range", 0.7 if second < 80 else 0.95))
        if 90 <= second < 250:
            products.append(state(second, "coast", "E1/2", fall=fall))
            products.append(assessment(second, "spent-stage", 0.9, flown="E1/2"))
    products.append(state(FLIGHT_S, "down", fall=fall))
    return sorted(products, key=lambda p: p.issued)


SENSORS = [
    {
        "id": "RADAR-1", "owner": "JPN", "kind": "radar", "period_s": 1.0, "p_detect": 0.9,
        "false_detections_per_scan": 0.1,
        "position": {"latitude_deg": 40.2, "longitude_deg": 140.0, "height_m": 300.0},
        "sigma": {"range_m": 30.0, "azimuth_deg": 0.05, "elevation_deg": 0.05, "range_rate_mps": 5.0},
        "coverage": {"max_range_m": 1.5e6, "min_elevation_deg": 2.0, "sector_deg": [200, 360]},
    },
    {
        "id": "IR-1", "owner": "USA", "kind": "infrared", "period_s": 2.0, "p_detect": 0.9,
        "false_detections_per_scan": 0.0,
        "position": {"latitude_deg": 0.0, "longitude_deg": 95.0, "height_m": 35786035.0},
        "sigma": {"line_of_sight_rad": 3e-5}, "coverage": {"min_height_m": 9000.0},
    },
]  # fmt: skip


def write_replay(folder: Path, products: list[Product], rejected: int = 3) -> tuple[Path, Path]:
    """A replay's folder and its scenario's, under `folder`."""
    out, scenario = folder / "out", folder / "toward-land"
    out.mkdir()
    scenario.mkdir()
    (out / "products.jsonl").write_bytes(b"".join(msgspec.json.encode(p) + b"\n" for p in products))
    lines = [{"line": k + 1, "cause": "damaged", "text": '{"sensor": <b>'} for k in range(rejected)]
    (out / "rejected.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    counts = {"lines": 100, "used": 90, "unused_late": 7, "rejected": {"damaged": rejected}, "events": 1, "objects": 2}
    (out / "summary.json").write_text(json.dumps({**counts, "seconds": 270.0}))
    (scenario / "sensors.json").write_text(json.dumps(SENSORS))
    detection = {"sensor": "RADAR-1", "time": LAUNCHED, "received": LAUNCHED + 0.3}
    (scenario / "detections.jsonl").write_text(json.dumps(detection) + "\n" + '{"sensor": "IR-1", "ti')
    return out, scenario
