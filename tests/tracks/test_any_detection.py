"""Whatever the intake lets through, the tracker goes on: a radar's false detection may lie anywhere, also in itself."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from looks import VEHICLE, measured, radar

from nadhir.geo import propagate
from nadhir.model import Detection, ObjectState, RadarDetection, Sigma
from nadhir.tracks import Tracker

RADAR = radar(Sigma(range_m=10.0, azimuth_deg=0.05, elevation_deg=0.05, range_rate_mps=0.5), 0.95, 0.5)
NOW = 1000.0


def states(extra: list[tuple[float, float, float, float, float]]) -> Iterator[ObjectState]:
    """What is told of a vehicle that coasts, seen once a second, among further detections of the same scans."""
    tracker = Tracker([RADAR])
    for second in range(20):
        at = NOW + second
        detections: list[Detection] = [measured(RADAR, propagate(VEHICLE, 8.0, float(second)), at)]
        for share, *values in extra[second::20]:
            detections.append(RadarDetection(RADAR.id, at + 0.5 * share, at + 0.6, *values))
        for detection in detections:
            yield from (told for told in tracker.receive(detection) if isinstance(told, ObjectState))
        yield from (told for told in tracker.tick(at + 1.0) if isinstance(told, ObjectState))


def goes_on(extra: list[tuple[float, float, float, float, float]]) -> None:
    told = list(states(extra))
    assert any(np.linalg.norm(one.components[0].state[:3] - VEHICLE[:3]) < 200e3 for one in told)
    assert all(np.isfinite(component.state).all() for one in told for component in one.components)


@pytest.mark.parametrize("range_m", [5e-324, 1e-9, 1e-3])
def test_a_false_detection_in_the_radar_itself(range_m: float) -> None:
    goes_on([(0.0, range_m, 30.0, 10.0, 0.0)] * 60)


finite = st.floats(allow_nan=False, allow_infinity=False)
anywhere = st.tuples(
    st.floats(0.0, 1.0), st.floats(0.0, 2e7, exclude_min=True), finite, st.floats(-90.0, 90.0), finite
)  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(st.lists(anywhere, max_size=60))
def test_any_detections_beside_a_real_one(extra: list[tuple[float, float, float, float, float]]) -> None:
    goes_on(extra)
