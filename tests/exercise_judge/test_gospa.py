from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from synthetic_products import write_products, write_scenario

from nadhir.exercise.gospa import CUTOFF_M, gospa, gospa_over_time
from nadhir.exercise.score_input import read_case
from nadhir.model import TrackProduct


def test_a_pair_a_miss_and_a_false_track() -> None:
    metric, pairs = gospa(np.array([[3.0, 90.0], [80.0, 20.0]]), 10.0, 2.0)
    assert pairs == [(0, 0)]
    assert metric == pytest.approx((3.0**2 + 2 * 10.0**2 / 2) ** 0.5)


@pytest.mark.parametrize(("bodies", "tracks"), [(0, 3), (3, 0), (0, 0)])
def test_only_misses_or_only_false_tracks(bodies: int, tracks: int) -> None:
    metric, pairs = gospa(np.zeros((bodies, tracks)), 10.0, 2.0)
    assert pairs == []
    assert metric == pytest.approx(((bodies + tracks) * 50.0) ** 0.5)


places = arrays(np.float64, st.tuples(st.integers(0, 4), st.just(2)), elements=st.floats(-30, 30))


def between(one: np.ndarray, other: np.ndarray) -> float:
    return gospa(np.linalg.norm(one[:, None] - other[None], axis=2), 10.0, 2.0)[0]


@given(places, places, places)
def test_it_is_a_metric(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> None:
    assert between(a, a) == 0.0
    assert between(a, b) == pytest.approx(between(b, a))
    assert between(a, c) <= between(a, b) + between(b, c) + 1e-9


def test_lost_and_second_tracks_show_as_missed_and_false(tmp_path: Path) -> None:
    write_scenario(tmp_path)
    write_products(tmp_path, tmp_path / "products.jsonl")
    case = read_case(tmp_path, tmp_path)
    tracks = [product for product in case.products if isinstance(product, TrackProduct)]
    whole = gospa_over_time(tracks, case.states, case.sensors)
    half = gospa_over_time(tracks[::40], case.states, case.sensors)
    away = (7e6, 0.0, 0.0)
    doubled = gospa_over_time(
        tracks + [TrackProduct("x", None, t.issued, t.time, "coast", away, (0, 0, 0), t.covariance) for t in tracks],
        case.states,
        case.sensors,
    )
    assert whole
    assert half
    assert doubled
    assert half.missed > whole.missed + 0.5
    assert doubled.false == pytest.approx(1.0, abs=0.15)
    assert doubled.mean_m == pytest.approx(CUTOFF_M / 2**0.5, rel=0.2)


def test_nothing_to_see_has_no_score() -> None:
    assert gospa_over_time([], {}, []) is None
