"""Launches that radars see before any satellite: what surely climbs under thrust, and has climbed since it was seen."""

from __future__ import annotations

import numpy as np
import pytest

from nadhir.geo.earth import east_north_up, geodetic_to_ecef
from nadhir.model import Coverage, Position, Sensor, Sigma
from nadhir.tracks.bias import RadarBiases
from nadhir.tracks.births import ABOVE_CLOUDS_M, as_launch
from nadhir.tracks.layout import STATES
from nadhir.tracks.objects import Event, LaunchPoint, TrackedObject
from nadhir.tracks.picture import Picture
from nadhir.tracks.radar_launch import is_launch
from nadhir.tracks.sensing import Sensing

NOW = 1000.0
SATELLITE = Sensor(
    id="IR",
    owner="ITA",
    kind="infrared",
    position=Position(0.0, 10.0, 35786e3),
    period_s=2.0,
    sigma=Sigma(line_of_sight_rad=6e-5),
    coverage=Coverage(min_height_m=9e3),
    p_detect=0.97,
    false_detections_per_scan=0.02,
)


def climbing(
    picture: Picture, seen_for_s: float, climb_mps: float, thrust_mps2: float, height_m: float = 12e3
) -> TrackedObject:
    """An object that seems to climb so."""
    latitude, longitude = np.radians([46.7, 10.4])
    up = east_north_up(latitude, longitude)[2]
    state, covariance = np.zeros(STATES), np.zeros((STATES, STATES))
    state[:3], state[3:6], state[7:10] = (
        geodetic_to_ecef(latitude, longitude, height_m),
        climb_mps * up,
        thrust_mps2 * up,
    )
    covariance[:] = np.diag([100.0] * 3 + [50.0] * 3 + [0.5] + [5.0] * 3 + [1.0] * 3) ** 2
    seen = picture.add(None, "unknown", confirmed=True, time=NOW - seen_for_s)
    picture.set(seen.slot, [(state, covariance, True, NOW - seen_for_s, 1.0)], NOW)
    return seen


def launched(seen_for_s: float, risen_m: float, climb_mps: float = 220.0, thrust_mps2: float = 20.0) -> bool:
    """Whether an object at 12 km that seems to climb so is held for a launch."""
    picture = Picture(RadarBiases([]))
    seen = climbing(picture, seen_for_s, climb_mps, thrust_mps2)
    seen.lowest_m = 12e3 - risen_m
    return is_launch(picture, seen)


@pytest.mark.parametrize(("seen_for_s", "risen_m"), [(4.0, 500.0), (15.0, 2e3), (50.0, 9e3)])
def test_what_has_risen_since_it_was_seen_is_a_launch(seen_for_s: float, risen_m: float) -> None:
    assert launched(seen_for_s, risen_m)


def test_an_aircraft_that_seems_to_climb_for_once_is_none() -> None:
    assert not launched(50.0, 800.0)


def test_neither_without_thrust_nor_without_climb() -> None:
    assert not launched(4.0, 500.0, thrust_mps2=10.0)
    assert not launched(4.0, 500.0, climb_mps=150.0)


def launch_with(picture: Picture, north_m: float, is_burning: bool) -> Event:
    """A known launch so far north of where the climbing object rises, and its vehicle."""
    event = picture.new_event(NOW - 60.0)
    event.confirmed = True
    latitude, longitude = np.radians([46.7, 10.4])
    place = LaunchPoint(latitude + north_m / 6371e3, longitude, NOW - 100.0, np.diag([2e3, 2e3, 4.0]) ** 2)
    event.by_radar = place
    vehicle = climbing(picture, 60.0, climb_mps=250.0, thrust_mps2=25.0)
    vehicle.role, vehicle.burning = "vehicle", is_burning
    picture.give(vehicle, event)
    return event


@pytest.mark.parametrize(("height_m", "is_watched"), [(30e3, True), (30e3, False), (12e3, True)])
@pytest.mark.parametrize("has_idle", [True, False])
def test_where_satellites_look_what_burns_is_of_a_launch_that_they_know(
    height_m: float, is_watched: bool, has_idle: bool
) -> None:
    """Rather of one whose vehicle does not burn before radars' eyes, since that is held for something else. What has
    just left the clouds may be one that they will tell of."""
    picture, sensing = Picture(RadarBiases([])), Sensing()
    sensing.add(SATELLITE)
    for second in (4.0, 2.0) if is_watched else (60.0, 58.0):
        sensing.note_look(SATELLITE.id, NOW - second)
    known = launch_with(picture, 0.0, is_burning=True)
    if has_idle:
        known = launch_with(picture, 3e3, is_burning=False)
    track = climbing(picture, 10.0, climb_mps=250.0, thrust_mps2=25.0, height_m=height_m)
    as_launch(picture, sensing, track)
    assert (track.event is known) == (is_watched and height_m > ABOVE_CLOUDS_M)


@pytest.mark.parametrize(("ahead_m", "is_left"), [(6.25e3, True), (0.0, False), (-6.25e3, False), (30e3, False)])
def test_a_vehicle_is_of_the_launch_of_which_only_the_stage_that_it_left_was_known(
    ahead_m: float, is_left: bool
) -> None:
    """Twenty-five seconds of 20 m/s² make 500 m/s and 6.25 km. Without satellites the stage, which coasts, may be known
    for a launch before the vehicle's thrust is sure."""
    picture, sensing = Picture(RadarBiases([])), Sensing()
    stage = climbing(picture, 20.0, climb_mps=1500.0, thrust_mps2=0.0, height_m=60e3)
    picture.pool.burning[stage.slot, 0] = False
    as_launch(picture, sensing, stage)
    event = stage.event
    assert event is not None
    assert not event.seen_burning
    track = climbing(picture, 20.0, climb_mps=2000.0, thrust_mps2=20.0, height_m=60e3 + ahead_m)
    told = as_launch(picture, sensing, track)
    assert (track.event is event) == is_left
    assert event.seen_burning == is_left
    assert len(picture.events) == (1 if is_left else 2)
    if is_left:
        assert (track.role, stage.role) == ("vehicle", "stage")
    else:
        assert told
