"""Which object gave which detection: the assignment is the best there is, and only of what is allowed."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import linear_sum_assignment

from nadhir.geo.earth import Matrix
from nadhir.tracks.coarse_gate import nearby
from nadhir.tracks.mixture import empty_pool
from nadhir.tracks.scan import assign, shares_of

SHAPES = st.tuples(st.integers(0, 6), st.integers(1, 6))


@given(st.data(), SHAPES)
def test_no_assignment_is_better(data: st.DataObject, shape: tuple[int, int]) -> None:
    scores = data.draw(arrays(np.float64, shape, elements=st.floats(0.01, 50.0)))
    allowed = data.draw(arrays(np.bool_, shape))
    rows, columns = np.nonzero(allowed)
    pairs = assign(rows, columns, scores[allowed])
    assert all(allowed[row, column] for row, column in pairs)
    assert len({row for row, _ in pairs}) == len({column for _, column in pairs}) == len(pairs)
    worth = np.where(allowed, scores, 0.0)
    best = worth[linear_sum_assignment(worth, maximize=True)].sum()
    assert np.isclose(sum(scores[pair] for pair in pairs), best)


@given(st.integers(1, 12), st.integers(0, 12), st.integers(0, 2**32 - 1))
def test_the_coarse_gate_holds_what_trying_each_pair_holds(objects: int, detections: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    pool = empty_pool(2 * objects, np.zeros((0, 0)))
    slots = np.stack([np.arange(objects), np.where(random.random(objects) < 0.3, objects + np.arange(objects), -1)], 1)
    for slot in range(2 * objects):
        pool.components[slot], pool.time[slot] = random.integers(1, 4), 99.0 + random.random()
        pool.state[slot, :3, :6] = random.normal(0.0, 3e3, (3, 6))
        pool.covariance[slot, :3] = np.eye(13) * random.uniform(1.0, 500.0) ** 2
    positions, spread_m = random.normal(0.0, 3e3, (detections, 3)), random.uniform(10.0, 400.0, detections)
    starts, columns = nearby(pool, slots, 100.0, positions, spread_m)
    for row, of_row in enumerate(slots):
        expected = set()
        for slot in of_row[of_row >= 0]:
            interval = 100.0 - pool.time[slot]
            for c in range(pool.components[slot]):
                ahead = pool.state[slot, c, :3] + interval * pool.state[slot, c, 3:6]
                variance = 3.0 * pool.covariance[slot, c, 0, 0] * (1.0 + interval**2)
                reach_m = 5.0 * np.sqrt(variance) + 50.0 * interval**2 + 50.0 + 6.0 * spread_m
                expected |= set(np.flatnonzero(np.linalg.norm(positions - ahead, axis=1) < reach_m).tolist())
        assert columns[starts[row] : starts[row + 1]].tolist() == sorted(expected)


@given(arrays(np.float64, SHAPES, elements=st.floats(0.0, 80.0)), st.data())
def test_what_is_alone_gave_its_look_and_what_is_not_shares_it(scores: Matrix, data: st.DataObject) -> None:
    allowed = data.draw(arrays(np.bool_, scores.shape))
    shares = shares_of(scores, allowed)
    assert (shares[~allowed] == 0.0).all()
    assert max(shares.sum(axis=0), default=0.0) < 1.0 + 1e-9
    assert max(shares.sum(axis=1), default=0.0) < 1.0 + 1e-9


def test_two_that_explain_two_looks_alike_have_a_third_of_each() -> None:
    both = np.ones((2, 2), dtype=np.bool_)
    assert np.allclose(shares_of(np.full((2, 2), 20.0), both), 1.0 / 3.0)
    assert np.allclose(shares_of(np.array([[20.0, 0.0], [0.0, 20.0]]), both), np.eye(2), atol=1e-6)
