"""Coarse copies: as coarse as asked for, no surer than they may be, and the same however often one asks."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from numpy.typing import NDArray
from release_cases import NOW, body, record

from nadhir.geo import ecef_to_geodetic, geodetic_to_ecef
from nadhir.model import Ellipse, ImpactProduct, Parting, Record, TrackProduct, WarningProduct
from nadhir.sharing.redaction import coarsened, renamed
from nadhir.sharing.redaction_grid import cell_centre
from nadhir.sharing.release_form import Form

Vector = NDArray[np.float64]
LATITUDES = st.floats(-90.0, 90.0).map(math.radians)
LONGITUDES = st.floats(-180.0, 180.0).map(math.radians)
WIDTHS = st.floats(100.0, 300_000.0)


@settings(deadline=None, max_examples=150)
@given(LATITUDES, LONGITUDES, st.floats(0.0, 2e6), WIDTHS)
def test_a_place_lies_in_its_cell_and_a_centre_is_its_own(
    latitude: float, longitude: float, height_m: float, width_m: float
) -> None:
    centre = cell_centre(latitude, longitude, height_m, width_m)
    apart = geodetic_to_ecef(latitude, longitude, height_m) - geodetic_to_ecef(*centre, height_m)
    assert np.linalg.norm(apart) <= width_m / math.sqrt(2.0) * 1.001
    assert cell_centre(*centre, height_m, width_m) == centre


@settings(deadline=None, max_examples=120)
@given(LATITUDES, LONGITUDES, WIDTHS, st.floats(0.0, 2.0 * math.pi))
def test_no_cell_is_a_sliver(latitude: float, longitude: float, width_m: float, bearing: float) -> None:
    centre = cell_centre(latitude, longitude, 0.0, width_m)
    reach = 0.2 * width_m / 6.4e6
    near = (
        centre[0] + reach * math.cos(bearing),
        centre[1] + reach * math.sin(bearing) / max(math.cos(centre[0]), 1e-12),
    )
    assert cell_centre(*near, 0.0, width_m) == centre


def test_many_records_about_one_place_tell_no_more_than_one() -> None:
    rng = np.random.default_rng(1)
    place = np.radians([38.123456, 127.654321])
    form = Form(coarsen_m=5000.0)
    seen = set()
    for _ in range(300):
        # The owner's own estimates of one place, exact to ten metres, half a cell away from the next edge or more.
        centre = cell_centre(*place, 0.0, 5000.0)
        latitude, longitude = np.degrees(np.array(centre) + rng.uniform(-3e-4, 3e-4, 2))
        item = record("launch")
        item = replace(item, body=replace(item.body, latitude_deg=latitude, longitude_deg=longitude))
        coarse = coarsened(item, form).body
        seen.add((coarse.latitude_deg, coarse.longitude_deg))  # type: ignore[union-attr]
    assert len(seen) == 1
    still = record("track")
    assert isinstance(still.body, TrackProduct)
    copies = [coarsened(replace(still, issued=NOW + second), form).body for second in range(50)]
    assert len({copy.position_m for copy in copies}) == 1  # type: ignore[union-attr]


def full(upper: list[float]) -> Vector:
    matrix = np.zeros((6, 6))
    matrix[np.triu_indices(6)] = upper
    return matrix + np.triu(matrix, 1).T


def nees(track: TrackProduct, truth: Vector) -> float:
    error = np.array([*track.position_m, *track.velocity_mps]) - truth
    return float(error @ np.linalg.solve(full(track.covariance), error))


def flown(state: Vector, seconds: float, motor_mps2: float) -> Vector:
    """Central gravity, the rotating frame, and a motor along the velocity; by its own Runge-Kutta steps."""
    spin = np.array([0.0, 0.0, 7.292115e-5])

    def slope(s: Vector) -> Vector:
        p, v = s[:3], s[3:]
        pull = -3.986004418e14 * p / np.linalg.norm(p) ** 3
        turn = -2.0 * np.cross(spin, v) - np.cross(spin, np.cross(spin, p))
        return np.concatenate([v, pull + turn + motor_mps2 * v / np.linalg.norm(v)])

    steps = max(1, math.ceil(seconds / 5.0))
    h = seconds / steps
    for _ in range(steps):
        a = slope(state)
        b = slope(state + h / 2 * a)
        c = slope(state + h / 2 * b)
        d = slope(state + h * c)
        state = state + h / 6 * (a + 2 * b + 2 * c + d)
    return state


def made_up_track(
    rng: np.random.Generator, sigma_m: float, period_s: float, motor_mps2: float
) -> tuple[Record, Vector]:
    """A record with a consistent covariance, and the true state at the start of its interval of time."""
    direction = rng.normal(size=3)
    position = direction / np.linalg.norm(direction) * rng.uniform(6.45e6, 7.4e6)
    true_start = np.concatenate([position, rng.normal(size=3) * 2500.0])
    start = period_s * round(NOW / period_s) if period_s else NOW
    seconds = rng.uniform(0.0, period_s)
    true_now = flown(true_start, seconds, motor_mps2)
    mix = rng.normal(size=(6, 6)) * np.array([sigma_m] * 3 + [sigma_m / 50.0] * 3)[:, None]
    covariance = mix @ mix.T / 6.0 + np.diag([sigma_m**2 * 0.1] * 3 + [(sigma_m / 50.0) ** 2 * 0.1] * 3)
    estimate = rng.multivariate_normal(true_now, covariance)
    track = TrackProduct(
        object="object",
        event=None,
        issued=start + seconds,
        time=start + seconds,
        phase="boost" if motor_mps2 else "coast",
        position_m=tuple(estimate[:3].tolist()),
        velocity_mps=tuple(estimate[3:].tolist()),
        covariance=covariance[np.triu_indices(6)].tolist(),
    )
    return record("track", body=track, time=track.time), true_start


@pytest.mark.parametrize("form", [Form(coarsen_m=500.0), Form(coarsen_s=10.0), Form()])
def test_a_coarse_track_tells_nothing_of_a_parting(form: Form) -> None:
    """It is told as finely as the state was, and would give away what was coarsened."""
    item, _ = made_up_track(np.random.default_rng(5), 20.0, 0.0, 0.0)
    assert isinstance(item.body, TrackProduct)
    parting = Parting((4.0, 1.0, 0.0), [9.0, 0.0, 0.0, 4.0, 0.0, 4.0], [0.5] * 18)
    item = replace(item, body=replace(item.body, parting=parting))
    coarse = coarsened(item, form).body
    assert isinstance(coarse, TrackProduct)
    assert coarse.parting == (parting if form == Form() else None)


@pytest.mark.parametrize(
    ("sigma_m", "width_m", "period_s", "motor_mps2"),
    [
        (200.0, 500.0, 0.0, 0.0),
        (200.0, 5000.0, 0.0, 0.0),
        (5000.0, 500.0, 0.0, 0.0),
        (50.0, 50_000.0, 0.0, 0.0),
        (200.0, 0.0, 10.0, 0.0),
        (20.0, 0.0, 30.0, 0.0),
        (200.0, 0.0, 10.0, 80.0),
        (200.0, 5000.0, 10.0, 0.0),
    ],
)
def test_a_coarse_track_is_as_consistent_as_before(
    sigma_m: float, width_m: float, period_s: float, motor_mps2: float
) -> None:
    rng = np.random.default_rng(5)
    form = Form(coarsen_m=width_m, coarsen_s=period_s)
    values = []
    for _ in range(400):
        item, truth = made_up_track(rng, sigma_m, period_s, motor_mps2)
        coarse = coarsened(item, form).body
        assert isinstance(coarse, TrackProduct)
        assert coarse.time <= coarse.issued
        assert np.linalg.eigvalsh(full(coarse.covariance))[0] > 0.0
        values.append(nees(coarse, truth))
    # Six degrees of freedom: mean 6 (sigma of this mean 0.17), and 95 % below 12.59. Where the bound of an unknown
    # acceleration rules, the copy is more careful than it need be, and still worth sending.
    assert np.mean(values) <= 6.5
    assert np.mean(np.array(values) < 12.59) >= 0.93
    assert np.mean(values) >= 1.0


@pytest.mark.parametrize("width_m", [300.0, 3000.0, 30_000.0, 300_000.0])
def test_a_coarse_ellipse_still_holds_the_place(width_m: float) -> None:
    rng = np.random.default_rng(6)
    inside = 0
    for _ in range(1000):
        latitude, longitude = math.asin(rng.uniform(-0.99, 0.99)), rng.uniform(-math.pi, math.pi)
        azimuth = rng.uniform(0.0, math.pi)
        along, across = rng.normal(size=2) * np.array([3000.0, 800.0])
        north = along * math.cos(azimuth) - across * math.sin(azimuth)
        east = along * math.sin(azimuth) + across * math.cos(azimuth)
        root = math.sqrt(4.605170185988092)
        item = record("impact")
        assert isinstance(item.body, ImpactProduct)
        estimate = replace(
            item.body,
            latitude_deg=math.degrees(latitude + north / 6.371e6),
            longitude_deg=math.degrees(longitude + east / 6.371e6 / math.cos(latitude)),
            ellipse_90=Ellipse(3000.0 * root, 800.0 * root, math.degrees(azimuth)),
        )
        coarse = coarsened(replace(item, body=estimate), Form(coarsen_m=width_m)).body
        assert isinstance(coarse, ImpactProduct)
        inside += holds(coarse, latitude, longitude)
    assert inside / 1000 >= 0.875  # 0.9, less three times its sampling error


def holds(impact: ImpactProduct, latitude: float, longitude: float) -> bool:
    """Whether an ellipse holds a place, on the plane that touches the Earth at its centre."""
    here, there = math.radians(impact.latitude_deg), math.radians(impact.longitude_deg)
    apart = geodetic_to_ecef(latitude, longitude, 0.0) - geodetic_to_ecef(here, there, 0.0)
    east = np.array([-math.sin(there), math.cos(there), 0.0])
    up = np.array([math.cos(here) * math.cos(there), math.cos(here) * math.sin(there), math.sin(here)])
    x, y = float(apart @ east), float(apart @ np.cross(up, east))
    azimuth = math.radians(impact.ellipse_90.azimuth_deg)
    along = x * math.sin(azimuth) + y * math.cos(azimuth)
    across = x * math.cos(azimuth) - y * math.sin(azimuth)
    return (along / impact.ellipse_90.semi_major_m) ** 2 + (across / impact.ellipse_90.semi_minor_m) ** 2 <= 1.0


@settings(deadline=None, max_examples=100)
@given(st.integers(0, 10**6), st.floats(200.0, 100_000.0), st.floats(0.5, 60.0))
def test_no_track_is_told_finer_than_its_cell(seed: int, width_m: float, period_s: float) -> None:
    item = record("track", random.Random(seed))
    coarse = coarsened(item, Form(coarsen_m=width_m, coarsen_s=period_s)).body
    assert isinstance(coarse, TrackProduct)
    latitude, longitude, height_m = ecef_to_geodetic(np.array(coarse.position_m))
    assert math.isclose(height_m / width_m % 1.0, 0.5, abs_tol=1e-4)
    layer_top_m = height_m + width_m / 2.0
    centre = cell_centre(latitude, longitude, layer_top_m, width_m)
    assert np.allclose(centre, (latitude, longitude), atol=1e-9)
    assert all(math.isclose(v * 100.0 / width_m, round(v * 100.0 / width_m), abs_tol=1e-6) for v in coarse.velocity_mps)
    assert math.isclose(coarse.time / period_s, round(coarse.time / period_s), abs_tol=1e-6)
    assert full(coarse.covariance)[0, 0] > width_m**2 / 12.0


@settings(deadline=None, max_examples=100)
@given(st.integers(0, 10**6), st.floats(0.5, 300.0))
def test_a_coarse_warning_errs_to_the_safe_side(seed: int, period_s: float) -> None:
    exact = body("warning", random.Random(seed))
    assert isinstance(exact, WarningProduct)
    coarse = coarsened(record("warning", body=exact), Form(coarsen_s=period_s)).body
    assert isinstance(coarse, WarningProduct)
    assert exact.areas[0].arrival - period_s <= coarse.areas[0].arrival <= exact.areas[0].arrival
    assert exact.latest_arrival is not None
    assert coarse.latest_arrival is not None
    assert exact.latest_arrival <= coarse.latest_arrival <= exact.latest_arrival + period_s
    assert coarsened(record("warning", body=exact), Form(coarsen_m=5000.0)).body == exact


def test_a_copy_has_the_same_name_whenever_it_is_made_and_another_in_another_form() -> None:
    item, form = record("track"), Form(coarsen_m=500.0, rights=frozenset({"launch-point", "sensor-positions"}))
    copy = renamed(coarsened(item, form), item, form)
    assert copy == renamed(coarsened(item, form), item, form)
    assert item.id not in copy.id
    assert copy.derived_from == item.id
    finer = Form(coarsen_m=400.0)
    assert renamed(coarsened(item, finer), item, finer).id != copy.id
    assert renamed(item, item, Form()) is item
