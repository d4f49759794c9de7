"""Made-up records whose withheld content can be recognised in bytes, and a record maker for the release tests."""

from __future__ import annotations

import random
import struct
from typing import Any

from nadhir.model import (
    AreaWarning,
    AssessmentProduct,
    Body,
    Ellipse,
    ImpactProduct,
    InfraredRecord,
    Label,
    LaunchProduct,
    RadarRecord,
    Record,
    TrackProduct,
    WarningProduct,
)

NOW = 1_795_000_000.0
SENSOR, LAUNCH_AREA, PARENT = "hidden-sensor", "hidden-area", "hidden-parent"


def body(kind: str, rng: random.Random, mode: str = "exercise") -> Body:
    """Content of a kind, with random numbers that do not lie on any grid."""
    t = NOW - rng.uniform(0.0, 200.0)
    where = (rng.uniform(-80.0, 80.0), rng.uniform(-180.0, 180.0))
    ellipse = Ellipse(rng.uniform(2e3, 2e4), rng.uniform(5e2, 2e3), rng.uniform(0.0, 180.0))
    match kind:
        case "launch":
            return LaunchProduct("event", NOW - 0.123, "report", t, 1.7, *where, ellipse, [SENSOR])
        case "impact":
            return ImpactProduct("object", "event", "coast", NOW - 0.123, t + 300.0, 2.3, *where, ellipse)
        case "assessment":
            return AssessmentProduct("object", "event", NOW - 0.123, {"other": 1.0}, 0.1, rng.uniform(2e5, 9e5), 3e3, t)
        case "warning":
            area = AreaWarning("JP-13", 0.6, t + 200.0)
            return WarningProduct(
                "warning",
                ["event"],
                ["object"],
                NOW - 0.123,
                "alert",
                "impact",
                [area],
                mode,  # type: ignore[arg-type]
                launch_time=t,
                launch_area=LAUNCH_AREA,
                latest_arrival=t + 400.0,
                unseen=[SENSOR],
            )
        case "detection":
            if rng.random() < 0.5:
                return InfraredRecord(SENSOR, t, NOW - 0.123, (0.6, 0.0, 0.8))
            return RadarRecord(SENSOR, t, NOW - 0.123, rng.uniform(1e5, 1e6), 33.3, 22.2, -555.5)
        case _:
            x, y, z = (rng.gauss(0.0, 1.0) for _ in range(3))
            scale = rng.uniform(6.45e6, 7.5e6) / (x * x + y * y + z * z) ** 0.5
            velocity = (rng.uniform(-3e3, 3e3), rng.uniform(-3e3, 3e3), rng.uniform(-3e3, 3e3))
            covariance = [1e4 if i in (0, 6, 11) else 1e2 if i in (15, 18, 20) else 0.0 for i in range(21)]
            phase = rng.choice(["boost", "coast", "reentry"])
            position = (x * scale, y * scale, z * scale)
            return TrackProduct("object", "event", NOW - 0.123, t, phase, position, velocity, covariance)  # type: ignore[arg-type]


def record(kind: str = "track", rng: random.Random | None = None, **fields: Any) -> Record:
    """An own, unlabelled exercise record of KOR, unless fields say otherwise."""
    rng = rng or random.Random(7)
    defaults: dict[str, Any] = {
        "id": f"record-{rng.randrange(10**12)}",
        "kind": kind,
        "owner": "KOR",
        "mode": "exercise",
        "time": NOW - 5.25,
        "issued": NOW - 0.125,
        "label": Label(),
        "body": fields.get("body") or body(kind, rng, fields.get("mode", "exercise")),
    }
    return Record(**(defaults | fields))


def exact_numbers(content: Body) -> list[float]:
    """Numbers of a body that tell where something is exactly."""
    match content:
        case TrackProduct(position_m=position, velocity_mps=velocity):
            return [*position, *velocity]
        case LaunchProduct() | ImpactProduct():
            return [content.latitude_deg, content.longitude_deg]
        case AssessmentProduct(apogee_m=float(apogee_m)):
            return [apogee_m]
        case _:
            return []


def exact_times(content: Body) -> list[float]:
    """Numbers of a body that tell when something is or was exactly."""
    names = ("time", "issued", "launch_time", "latest_arrival", "apogee_time", "burnout_time")
    times = [value for name in names if (value := getattr(content, name, None)) is not None]
    return times + [area.arrival for area in getattr(content, "areas", [])]


def as_bytes(number: float) -> bytes:
    """A number as MessagePack writes it."""
    return struct.pack(">d", number)
