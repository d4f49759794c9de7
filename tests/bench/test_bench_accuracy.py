"""How the bench judges tracks."""

import math

import numpy as np
import pytest

from nadhir.bench.accuracy import accuracy, brought_to
from nadhir.geo import propagate

START = 1000.0


def objects(count: int) -> np.ndarray:
    """States (count, 21, 6) of objects 100 km apart that do not move."""
    states = np.zeros((count, 21, 6))
    states[:, :, 0] = 7000e3
    states[:, :, 1] = 100e3 * np.arange(count)[:, None]
    return states


def seen(count: int) -> np.ndarray:
    return np.array([(number, START + second) for number in range(count) for second in range(21)])


def tracks(now: float, states: np.ndarray, offset_m: float) -> np.ndarray:
    rows = np.zeros((len(states), 7))
    rows[:, 0], rows[:, 1:] = now, states[:, 0]
    rows[:, 3] += offset_m
    return rows


def test_errors_misses_and_false_tracks() -> None:
    now, states = START + 12.0, objects(4)
    rows = tracks(now, states[:3], 300.0)
    rows = np.concatenate([rows, rows[:1] + np.array([0.0, 0.0, 50e3, 0.0, 0.0, 0.0, 0.0])])
    judged = accuracy([(now, rows)], START, states, seen(4))
    assert judged is not None
    assert judged.position_rms_m == pytest.approx(300.0)
    assert (judged.missed, judged.false) == (0.25, 0.25)
    # Three pairs, one missed and one false with alpha 2, of four objects.
    assert judged.gospa_m == pytest.approx(math.sqrt((3 * 300.0**2 + 2 * 10e3**2 / 2) / 4))


def test_two_tracks_of_one_object_are_one_too_many() -> None:
    now, states = START + 12.0, objects(1)
    rows = np.concatenate([tracks(now, states, 900.0), tracks(now, states, 100.0)])
    judged = accuracy([(now, rows)], START, states, seen(1))
    assert judged is not None
    assert judged.position_rms_m == pytest.approx(100.0)
    assert judged.false == 0.5


def test_what_is_no_longer_seen_is_not_missed_nor_false() -> None:
    now, states = START + 12.0, objects(2)
    only_first = seen(1)
    judged = accuracy([(now, tracks(now, states, 5.0))], START, states, only_first)
    assert judged is not None
    assert (judged.missed, judged.false) == (0.0, 0.0)
    assert accuracy([(START + 2.0, tracks(START + 2.0, states, 5.0))], START, states, only_first) is None


def test_older_tracks_are_brought_to_the_time() -> None:
    state = np.array([6900e3, 500e3, 0.0, -300.0, 6900.0, 1500.0])
    row = np.concatenate([[START], state])[None, :]
    later = propagate(state, math.log(1e9), 2.0)
    assert np.linalg.norm(brought_to(row, START + 2.0)[0] - later[:3]) < 6.0
