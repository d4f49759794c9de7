"""The time window of the live path."""

from __future__ import annotations

from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nadhir.sharing.arrival import SAMPLES, LiveWindow

NOW = 1_790_000_000.0


@pytest.mark.parametrize("skew_s", [-40.0, 0.0, 0.2, 40.0])
def test_skew_is_measured_and_taken_off(skew_s: float) -> None:
    window = LiveWindow(window_s=5.0)
    assert window.skew_s is None
    for second in range(100):
        sent = NOW + second
        assert window.judge(sent, sent + skew_s + 0.01 * (second % 3)) == "in-time"
    assert window.skew_s == pytest.approx(skew_s + 0.01)
    assert window.judge(NOW + 100, NOW + 106 + skew_s) == "late"
    assert window.judge(NOW + 101, NOW + 95 + skew_s) == "early"
    assert window.refused == {"late": 1, "early": 1}


@given(st.lists(st.floats(-50.0, 50.0), min_size=1, max_size=3 * SAMPLES))
def test_skew_is_the_median_of_the_last(offsets: list[float]) -> None:
    window = LiveWindow()
    for offset in offsets:
        window.judge(0.0, offset)
    assert window.skew_s == pytest.approx(median(offsets[-SAMPLES:]))


def test_a_clock_far_off_is_said_so_at_once() -> None:
    window = LiveWindow(largest_skew_s=60.0)
    assert window.judge(NOW - 3600, NOW) == "clock"
    assert window.refused == {"clock": 1}


def test_a_step_of_the_partners_clock_is_followed() -> None:
    window = LiveWindow(window_s=5.0)
    for second in range(SAMPLES):
        window.judge(NOW + second, NOW + second)
    judged = [window.judge(NOW + second + 20, NOW + second) for second in range(SAMPLES)]
    assert judged[0] == "early"
    assert judged[-1] == "in-time"
    assert judged.count("early") <= SAMPLES // 2 + 1
