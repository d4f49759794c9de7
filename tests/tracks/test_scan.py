"""Which object gave which detection: the assignment is the best there is, and only of what is allowed."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import linear_sum_assignment

from nadhir.tracks.scan import assign

SHAPES = st.tuples(st.integers(0, 6), st.integers(1, 6))


@given(st.data(), SHAPES)
def test_no_assignment_is_better(data: st.DataObject, shape: tuple[int, int]) -> None:
    scores = data.draw(arrays(np.float64, shape, elements=st.floats(0.01, 50.0)))
    allowed = data.draw(arrays(np.bool_, shape))
    pairs = assign(scores, allowed)
    assert all(allowed[row, column] for row, column in pairs)
    assert len({row for row, _ in pairs}) == len({column for _, column in pairs}) == len(pairs)
    worth = np.where(allowed, scores, 0.0)
    best = worth[linear_sum_assignment(worth, maximize=True)].sum()
    assert np.isclose(sum(scores[pair] for pair in pairs), best)
