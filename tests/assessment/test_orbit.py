"""Whether an object stays up, where hardly anything is known of it."""

from __future__ import annotations

import numpy as np
import pytest

from nadhir.assessment.orbit import stays_up


@pytest.mark.parametrize("sigma_mps", [10.0, 3e3, 1e5])
def test_a_probability_whatever_is_known_of_the_velocity(sigma_mps: float) -> None:
    state = np.zeros(13)
    state[:6] = 6771e3, 0.0, 0.0, 0.0, 7000.0, 1000.0
    covariance = np.diag([1e3**2] * 3 + [sigma_mps**2] * 3 + [1.0] * 7)
    assert 0.0 <= stays_up(state, covariance) <= 1.0
