"""One made-up record of each kind: what `nadhir release check` asks policies about."""

from __future__ import annotations

from typing import cast

from nadhir.model import (
    AreaWarning,
    AssessmentProduct,
    Body,
    Ellipse,
    ImpactProduct,
    InfraredRecord,
    Label,
    LaunchProduct,
    Mode,
    RadarRecord,
    Record,
    RecordKind,
    TrackProduct,
    WarningProduct,
)

AGE_S = 2.0
"""Age of the samples' content when they are issued."""


def sample_records(owner: str, mode: Mode, time: float, region: str | None = None) -> dict[str, Record]:
    """Unlabelled records of an owner, issued at a time (Unix seconds), by a name for each: its kind, or its sensor."""
    measured = time - AGE_S
    region_90 = Ellipse(4000.0, 1500.0, 35.0)
    bodies: dict[str, Body] = {
        "warning": WarningProduct(
            warning="warning",
            events=["event"],
            objects=["object"],
            issued=time,
            status="alert",
            hazard="impact",
            areas=[AreaWarning(region or "XX", 0.7, time + 300.0)],
            mode=mode,
            authority=owner,
            launch_area="XX",
            unseen=["silent sensor"],
        ),
        "launch": LaunchProduct("event", time, "report", measured - 60.0, 2.0, 39.0, 127.0, region_90, ["radar"]),
        "impact": ImpactProduct("object", "event", "coast", time, time + 300.0, 4.0, 38.0, 134.0, region_90),
        "assessment": AssessmentProduct("object", "event", time, {"medium-range": 1.0}, 0.0, 3e5, 2e3, time + 120.0),
        "track": TrackProduct(
            object="object",
            event="event",
            issued=time,
            time=measured,
            phase="coast",
            position_m=(-3.1e6, 4.1e6, 4.2e6),
            velocity_mps=(1500.0, 900.0, 800.0),
            covariance=[1e4 if place in (0, 6, 11) else 1e2 if place in (15, 18, 20) else 0.0 for place in range(21)],
            burnout_time=measured - 10.0,
        ),
        "radar detection": RadarRecord("radar", measured, time, 4e5, 80.0, 30.0, -900.0),
        "infrared detection": InfraredRecord("satellite", measured, time, (0.6, 0.0, 0.8)),
    }
    return {
        name: Record(
            id=name,
            kind=cast(RecordKind, name.split()[-1]),
            owner=owner,
            mode=mode,
            time=measured,
            issued=time,
            label=Label(),
            body=body,
            event="event",
            region=region,
            object_class="medium-range",
        )
        for name, body in bodies.items()
    }
