"""What the assessor keeps of objects, and for how long."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec.structs import replace

from nadhir.assessment import Assessor
from nadhir.model import Component, Ellipse, ImpactProduct, ObjectState, TrackProduct

NOW = 1_000.0


def state(time: float, event: str | None, lost: bool = False) -> ObjectState:
    elements = np.zeros(13)
    elements[:7] = 7.2e6, 0.0, 0.0, 0.0, 7.4e3, 0.0, 8.0
    component = Component(1.0, False, NOW - 100.0, elements, np.eye(13))
    return ObjectState("O1", event, time, (component,), "unknown", None, None, 0, True, lost)


@pytest.mark.parametrize("event", [None, "E1"])
def test_what_is_lost_and_of_no_launch_is_forgotten_and_still_counted(event: str | None) -> None:
    assessor = Assessor()
    assert assessor.assess(state(NOW, event), NOW)
    lost = assessor.assess(state(NOW + 1.0, event, lost=True), NOW + 1.0)
    assert [p.phase for p in lost if isinstance(p, TrackProduct)] == ["lost"]
    assert assessor.objects == 1
    # What is still known does not say the same again at once.
    assert bool(assessor.assess(state(NOW + 1.2, event, lost=True), NOW + 1.2)) == (event is None)
    assert assessor.objects == 1


def test_a_track_tells_that_radars_behind_it_were_found_biased() -> None:
    for biased in (False, True):
        told = Assessor().assess(replace(state(NOW, "E1"), biased=biased), NOW)
        assert [p.biased for p in told if isinstance(p, TrackProduct)] == [biased]


def part(weight: float, burning: bool, parting_mps: float, sigma_mps: float) -> Component:
    """A component that knows so much of how vehicle and stage part, and whose velocity hangs on half of it."""
    elements, covariance = np.zeros(13), np.eye(13)
    elements[:7] = 7.2e6, 0.0, 0.0, 0.0, 3.0e3, 0.0, 8.0
    elements[8] = parting_mps
    covariance[7:10, 7:10] = sigma_mps**2 * np.eye(3)
    covariance[3:6, 7:10] = covariance[7:10, 3:6] = 0.5 * sigma_mps**2 * np.eye(3)
    covariance[3:6, 3:6] = 0.25 * sigma_mps**2 * np.eye(3) + np.eye(3)
    return Component(weight, burning, NOW - 100.0, elements, covariance)


def told(*components: Component) -> TrackProduct:
    message = replace(state(NOW, "E1"), components=components, cutoff_time=NOW - 10.0)
    return next(p for p in Assessor().assess(message, NOW) if isinstance(p, TrackProduct))


def test_a_track_tells_how_it_hangs_on_the_parting_of_vehicle_and_stage() -> None:
    parting = told(part(0.6, False, 4.0, 2.0), part(0.3, False, 7.0, 2.0), part(0.1, True, 50.0, 2.0)).parting
    assert parting is not None
    assert parting.velocity_mps == pytest.approx((0.0, 5.0, 0.0))
    # Between the two that coast: 2/3 and 1/3 at 1 and 2 m/s from the mean.
    assert parting.covariance == pytest.approx([4.0, 0.0, 0.0, 4.0 + 2.0, 0.0, 4.0])
    cross = np.array(parting.cross_covariance).reshape(6, 3)
    assert cross[3:] == pytest.approx(0.9 * 2.0 * np.eye(3))
    assert cross[:3] == pytest.approx(0.0)


def test_a_track_tells_no_parting_long_after_the_motors_end() -> None:
    for since_s, tells in ((15.0, True), (25.0, False)):
        message = replace(state(NOW, "E1"), components=(part(1.0, False, 4.0, 2.0),), cutoff_time=NOW - since_s)
        track = next(p for p in Assessor().assess(message, NOW) if isinstance(p, TrackProduct))
        assert (track.parting is not None) == tells


def test_a_track_tells_no_parting_where_nothing_parts_or_a_motor_burns() -> None:
    assert told(part(1.0, False, 0.0, 0.0)).parting is None
    assert told(part(1.0, True, 4.0, 2.0)).parting is None
    assert told(part(0.9, False, 4.0, 2.0), part(0.1, False, 0.0, 0.0)).parting is None


def region(role: str, ballistic_coefficient: float) -> Ellipse:
    """Of an object whose motor ended long ago."""
    seen = part(1.0, False, 0.0, 0.0)
    seen.state[6] = np.log(ballistic_coefficient)
    seen.covariance[:3, :3] = np.eye(3) * 1e6
    message = replace(state(NOW, "E1"), components=(seen,), cutoff_time=NOW - 1_000.0, role=role)
    return next(p for p in Assessor().assess(message, NOW) if isinstance(p, ImpactProduct)).ellipse_90


@pytest.mark.parametrize(
    ("ballistic_coefficient", "wider"), [(6000.0, 1.0), (2500.0, 1.0), (1250.0, 2.04), (900.0, 2.53)]
)
def test_a_vehicle_with_more_drag_than_vehicles_have_is_told_with_a_wider_region(
    ballistic_coefficient: float, wider: float
) -> None:
    vehicle, stage = region("vehicle", ballistic_coefficient), region("stage", ballistic_coefficient)
    assert vehicle.semi_major_m / stage.semi_major_m == pytest.approx(wider, rel=0.01)
    assert vehicle.semi_minor_m / stage.semi_minor_m == pytest.approx(wider, rel=0.01)
