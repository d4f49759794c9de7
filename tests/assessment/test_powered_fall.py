"""Where a vehicle will come down whose motor still burns: held against simulated flights, whose code it shares not."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nadhir.assessment import Assessor
from nadhir.assessment.assessor import WIDEST_M
from nadhir.assessment.powered import predict_powered_fall
from nadhir.exercise.classes import draw_flight
from nadhir.exercise.flights import Body, fly
from nadhir.exercise.spec import LaunchSpec
from nadhir.geo import ecef_to_geodetic, ellipse_90
from nadhir.geo.earth import Vector
from nadhir.geo.flight import acceleration
from nadhir.model import Component, Ellipse, ImpactProduct, ObjectState
from nadhir.model.tracks import Role

KNOWN = np.diag([100.0**2] * 3 + [8.0**2] * 3 + [0.5**2] + [1.5**2] * 3 + [0.3**2] * 3)
"""What a radar knows of a vehicle that burns."""


@cache
def flight(kind: str, seed: int) -> Body:
    return fly(draw_flight(LaunchSpec(kind), np.random.default_rng(seed)))[0]  # type: ignore[arg-type]


def state_of(body: Body, time: float) -> Vector:
    """State (13,) at a time of the burn: acceleration by the motor is what gravity and rotation leave over."""
    before, now, after = body.at(np.array([time - 0.5, time, time + 0.5]))
    free = np.array(acceleration(*(float(x) for x in now), 0.0))
    state = np.zeros(13)
    state[:6], state[6], state[7:10] = now, math.log(6000.0), after[3:] - before[3:] - free
    return state


def distance_in(ellipse: Ellipse, place: tuple[float, float], true: tuple[float, float]) -> float:
    """Squared distance of a true place in units of the ellipse."""
    north_m = (true[0] - place[0]) * 6371e3
    east_m = (true[1] - place[1]) * 6371e3 * math.cos(place[0])
    azimuth = math.radians(ellipse.azimuth_deg)
    along = east_m * math.sin(azimuth) + north_m * math.cos(azimuth)
    across = east_m * math.cos(azimuth) - north_m * math.sin(azimuth)
    return (along / ellipse.semi_major_m) ** 2 + (across / ellipse.semi_minor_m) ** 2


@cache
def region(body_of: tuple[str, int], before_s: float, blur: float = 1.0) -> tuple[float, Ellipse] | None:
    """Squared distance of the true fall, and the ellipse, so long before the burnout; None where nothing is said."""
    body, covariance = flight(*body_of), KNOWN * blur**2
    assert body.burnout is not None
    time = body.burnout - before_s
    state = state_of(body, time)
    drawn = np.random.default_rng(7).multivariate_normal(state, covariance)
    fall = predict_powered_fall(drawn, covariance, time - float(body.rows[0, 0]), 0)
    if fall is None:
        return None
    ellipse = ellipse_90(fall.covariance[:2, :2])
    if ellipse.semi_major_m > WIDEST_M:
        return None
    true = ecef_to_geodetic(body.rows[-1, 1:4])[:2]
    return distance_in(ellipse, (fall.latitude, fall.longitude), true), ellipse


def test_it_holds_where_the_payload_really_falls() -> None:
    flights = [(kind, seed) for kind in ("SRBM", "MRBM") for seed in range(10)]
    said = [[region(one, before_s) for one in flights] for before_s in (20.0, 10.0, 4.0)]
    given = [one for ones in said for one in ones if one is not None]
    assert len(given) >= 15
    assert np.mean([squared <= 1.0 for squared, _ in given]) >= 0.85


@pytest.mark.parametrize("seed", [1, 2])
def test_a_launch_to_orbit_has_none_once_that_is_likely(seed: int) -> None:
    assert [region(("SLV", seed), before_s) for before_s in (250.0, 150.0, 80.0, 20.0, 5.0)] == [None] * 5


@settings(max_examples=15, deadline=None)
@given(st.floats(-math.pi, math.pi))
def test_it_turns_with_the_globe(angle: float) -> None:
    body = flight("SRBM", 2)
    state = state_of(body, float(body.burnout or 0.0) - 8.0)
    turn = np.array(
        [[math.cos(angle), -math.sin(angle), 0.0], [math.sin(angle), math.cos(angle), 0.0], [0.0, 0.0, 1.0]]
    )
    turned = state.copy()
    for first in (0, 3, 7):
        turned[first : first + 3] = turn @ state[first : first + 3]
    here, there = (predict_powered_fall(one, KNOWN * 1e-6, 48.0, 0) for one in (state, turned))
    assert here is not None
    assert there is not None
    assert there.latitude == pytest.approx(here.latitude, abs=2e-4)
    assert math.remainder(there.longitude - here.longitude - angle, 2.0 * math.pi) == pytest.approx(0.0, abs=2e-4)
    assert there.time == pytest.approx(here.time, rel=1e-2)


def test_less_is_said_of_what_is_known_less() -> None:
    sharp, blurred = region(("SRBM", 2), 4.0), region(("SRBM", 2), 4.0, blur=20.0)
    assert sharp is not None
    assert blurred is not None
    assert blurred[1].semi_minor_m > 1.5 * sharp[1].semi_minor_m


def burning(body: Body, role: Role, launched: float | None, cutoff: float | None = None) -> ObjectState:
    assert body.burnout is not None
    time = body.burnout - 5.0
    component = Component(1.0, cutoff is None, time - 40.0, state_of(body, time), KNOWN)
    return ObjectState("O1", "E1", time, (component,), role, cutoff, launched, 0, True, False)


def test_only_a_vehicle_of_a_known_launch_has_one_and_it_says_that_it_burns() -> None:
    body = flight("SRBM", 2)
    launched = float(body.rows[0, 0])

    def impacts(state: ObjectState, powered_falls: bool = True) -> list[ImpactProduct]:
        products = Assessor(powered_falls).assess(state, state.time + 0.5)
        return [p for p in products if isinstance(p, ImpactProduct)]

    (said,) = impacts(burning(body, "vehicle", launched))
    assert said.phase == "boost"
    assert said.ellipse_90.semi_major_m > 50e3
    assert said.time > body.rows[-1, 0] - 200.0
    assert not impacts(burning(body, "vehicle", launched), powered_falls=False)
    assert not impacts(burning(body, "stage", launched))
    assert not impacts(burning(body, "vehicle", None))
    (after,) = impacts(burning(body, "vehicle", launched, cutoff=launched + 40.0))
    assert [after] == impacts(burning(body, "vehicle", launched, cutoff=launched + 40.0), powered_falls=False)
    assert after.phase == "coast"
    assert after.ellipse_90.semi_major_m < 0.3 * said.ellipse_90.semi_major_m


def test_a_region_while_it_burns_does_not_wait_for_its_fall() -> None:
    body = flight("SRBM", 2)
    assessor = Assessor()
    state = burning(body, "vehicle", float(body.rows[0, 0]))
    assessor.assess(state, state.time + 0.5)
    assert not assessor.unfinished
    assert not assessor.tick(state.time + 3600.0)
