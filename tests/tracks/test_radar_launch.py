"""Launches that radars see before any satellite: what surely climbs under thrust, and has climbed since it was seen."""

from __future__ import annotations

import numpy as np
import pytest

from nadhir.geo.earth import east_north_up, geodetic_to_ecef
from nadhir.tracks.bias import RadarBiases
from nadhir.tracks.layout import STATES
from nadhir.tracks.picture import Picture
from nadhir.tracks.radar_launch import is_launch

NOW = 1000.0


def launched(seen_for_s: float, risen_m: float, climb_mps: float = 220.0, thrust_mps2: float = 20.0) -> bool:
    """Whether an object at 12 km that seems to climb so is held for a launch."""
    picture = Picture(RadarBiases([]))
    latitude, longitude = np.radians([46.7, 10.4])
    up = east_north_up(latitude, longitude)[2]
    state, covariance = np.zeros(STATES), np.zeros((STATES, STATES))
    state[:3], state[3:6], state[7:10] = (
        geodetic_to_ecef(latitude, longitude, 12e3),
        climb_mps * up,
        thrust_mps2 * up,
    )
    covariance[:] = np.diag([100.0] * 3 + [50.0] * 3 + [0.5] + [5.0] * 3 + [1.0] * 3) ** 2
    seen = picture.add(None, "unknown", confirmed=True, time=NOW - seen_for_s)
    seen.lowest_m = 12e3 - risen_m
    picture.set(seen.slot, [(state, covariance, True, NOW - seen_for_s, 1.0)], NOW)
    return is_launch(picture, seen)


@pytest.mark.parametrize(("seen_for_s", "risen_m"), [(4.0, 500.0), (15.0, 2e3), (50.0, 9e3)])
def test_what_has_risen_since_it_was_seen_is_a_launch(seen_for_s: float, risen_m: float) -> None:
    assert launched(seen_for_s, risen_m)


def test_an_aircraft_that_seems_to_climb_for_once_is_none() -> None:
    assert not launched(50.0, 800.0)


def test_neither_without_thrust_nor_without_climb() -> None:
    assert not launched(4.0, 500.0, thrust_mps2=10.0)
    assert not launched(4.0, 500.0, climb_mps=150.0)
