"""Scans of radars where two objects that have parted are, for a while, one to a radar."""

from __future__ import annotations

import numpy as np
import pytest
from looks import VEHICLE, measured, radar

from nadhir.geo import propagate
from nadhir.geo.earth import Vector
from nadhir.model import ObjectState, Resolution, Sigma
from nadhir.tracks import Tracker
from nadhir.tracks.bias import RadarBiases
from nadhir.tracks.kinship import give_role
from nadhir.tracks.layout import AIR_LEFT_S, HELD_BACK, STATES
from nadhir.tracks.objects import TOLD_HITS, TrackedObject
from nadhir.tracks.parting import air_left_s
from nadhir.tracks.partners import follow_pair
from nadhir.tracks.picture import Picture
from nadhir.tracks.radar import RadarScans
from nadhir.tracks.sensing import Sensing

RADAR = radar(
    Sigma(range_m=10.0, azimuth_deg=0.01, elevation_deg=0.01, range_rate_mps=0.3),
    0.95,
    0.0,
    Resolution(range_m=60.0, angle_deg=0.4, range_rate_mps=5.0),
)
NOW = 1000.0


def parted(across_m: float) -> tuple[RadarScans, Picture, list[TrackedObject], list[Vector]]:
    """A vehicle and the stage that it left two minutes ago, well known, beside each other as the radar sees them."""
    biases, sensing = RadarBiases([RADAR.id]), Sensing()
    picture = Picture(biases)
    sensing.add(RADAR)
    line = VEHICLE[:3] - sensing.constants[RADAR.id][:3]
    across = np.cross(line, VEHICLE[3:6])
    across /= np.linalg.norm(across)
    event = picture.new_event(NOW - 200.0)
    objects, states = [], []
    for role, side in (("vehicle", 0.5), ("stage", -0.5)):
        state, covariance = np.zeros(STATES), np.zeros((STATES, STATES))
        state[:3], state[3:6], state[6] = VEHICLE[:3] + side * across_m * across, VEHICLE[3:6], 8.0
        covariance[:7, :7] = np.diag([10.0] * 3 + [0.1] * 3 + [0.5]) ** 2
        added = picture.add(event, role, confirmed=True, time=NOW - 100.0)  # type: ignore[arg-type]
        added.id, added.settled, added.cutoff_time, added.radar_hits = role, True, NOW - 120.0, 100
        picture.set(added.slot, [(state, covariance, False, NOW - 120.0, 1.0)], NOW)
        objects.append(added)
        states.append(state[:6].copy())
    objects[0].partner, objects[1].partner = objects[1], objects[0]
    return RadarScans(picture, sensing, biases), picture, objects, states


@pytest.mark.parametrize("across_m", [100.0, 800.0])
def test_one_detection_of_two_is_neither_s(across_m: float) -> None:
    scans, picture, objects, states = parted(across_m)
    for second in range(1, 11):
        both = [propagate(state, 8.0, float(second)) for state in states]
        merged = measured(RADAR, np.mean(both, axis=0), NOW + second)
        scans.scan(RADAR.id, NOW + second, [merged], NOW + second)
    assert picture.objects == objects
    assert scans.used == 10
    for one, state in zip(objects, states, strict=True):
        assert not one.strange
        assert one.last_seen == NOW + 10.0
        estimate = picture.pool.state[one.slot, 0]
        true = propagate(state, 8.0, float(picture.pool.time[one.slot] - NOW))
        assert np.linalg.norm(estimate[:3] - true[:3]) < 1.0


def test_two_detections_are_one_each() -> None:
    scans, picture, objects, states = parted(6000.0)
    for second in range(1, 6):
        both = [measured(RADAR, propagate(state, 8.0, float(second)), NOW + second) for state in states]
        scans.scan(RADAR.id, NOW + second, both[::-1], NOW + second)
    assert picture.objects == objects
    assert [one.radar_hits for one in objects] == [105, 105]


@pytest.mark.parametrize("falls", [True, False])
def test_a_stage_that_nobody_saw_apart_goes_where_the_air_would_part_them(falls: bool) -> None:
    """Were it kept beside its vehicle, each detection might be of either, and a motor that lights would not be seen."""
    scans, picture, (vehicle, stage), _ = parted(0.0)
    start = VEHICLE.copy()
    up = start[:3] / np.linalg.norm(start[:3])
    if falls:
        start[:3] -= 55e3 * up
        start[3:6] -= 2.0 * (start[3:6] @ up) * up
    for one in (vehicle, stage):
        one.settled, one.joint = False, one is stage
        picture.pool.state[one.slot, 0, :6] = start
        picture.pool.covariance[one.slot, 0, 10:, 10:] = np.eye(3)
    stage.confirmed, stage.parent = False, vehicle
    for second in range(1, 6):
        coasts = propagate(start, 8.0, float(second))
        scans.scan(RADAR.id, NOW + second, [measured(RADAR, coasts, NOW + second)], NOW + second)
    assert picture.objects == ([vehicle] if falls else [vehicle, stage])
    assert vehicle.radar_hits == 105
    for second in range(6, 12):
        coasts = propagate(start, 8.0, float(second))
        pushed = coasts + np.append(15.0 * (second - 5.0) ** 2, 30.0 * (second - 5.0)).repeat(3) / np.sqrt(3.0)
        scans.scan(RADAR.id, NOW + second, [measured(RADAR, pushed, NOW + second)], NOW + second)
    assert vehicle.strange


def test_a_vehicle_that_turns_out_to_be_the_stage_has_left_none_itself() -> None:
    """Its next motor lit beside it: another object is the vehicle, and nothing would ever correct a second stage."""
    _, picture, (vehicle, stage), _ = parted(0.0)
    stage.joint, stage.parent = True, vehicle
    give_role(picture, vehicle, "stage", [])
    sensing = Sensing()
    sensing.add(RADAR)
    told = follow_pair(picture, sensing, vehicle)
    assert [(one.object, one.lost) for one in told if isinstance(one, ObjectState)] == [(stage.id, True)]
    assert picture.objects == [vehicle]


@pytest.mark.parametrize(("slower", "parts"), [(1.0, False), (2.0, True)])
def test_a_pair_parts_where_the_air_lasts_longer_than_its_estimate_lets_it(slower: float, parts: bool) -> None:
    """One that climbs less and less stays in the air, which goes on to hold its stage back."""
    scans, picture, (vehicle, stage), _ = parted(0.0)
    start = VEHICLE.copy()
    up = start[:3] / np.linalg.norm(start[:3])
    start[:3] -= (np.linalg.norm(start[:3]) - 6371e3 - 32e3) * up
    start[3:6] += (700.0 - start[3:6] @ up) * up
    for one in (vehicle, stage):
        one.settled, one.joint = False, one is stage
        picture.pool.state[one.slot, 0, :6] = start
        picture.pool.state[one.slot, 0, AIR_LEFT_S] = air_left_s(picture.pool.state[one.slot, 0]) / slower
        picture.pool.state[one.slot, 0, HELD_BACK] = -20.0
        picture.pool.covariance[one.slot, 0, 10:, 10:] = np.eye(3)
    stage.parent = vehicle
    scans.scan(RADAR.id, NOW + 0.1, [measured(RADAR, propagate(start, 8.0, 0.1), NOW + 0.1)], NOW + 0.1)
    assert stage.joint != parts


def test_what_is_of_no_launch_is_spoken_of_from_its_tenth_detection_on() -> None:
    """A vehicle that radars see before satellites are sure of its launch would have two names."""
    tracker = Tracker([RADAR])
    told = []
    for second in range(15):
        look = measured(RADAR, propagate(VEHICLE, 9.0, float(second)), NOW + second)
        messages = tracker.receive(look) + tracker.tick(NOW + second + 0.9)
        told += [second for message in messages if isinstance(message, ObjectState)]
    assert told == list(range(TOLD_HITS - 1, 15))
    silent = tracker.tick(NOW + 60.0)
    assert [message.lost for message in silent if isinstance(message, ObjectState)] == [True]


def test_what_was_never_spoken_of_is_not_lost() -> None:
    tracker = Tracker([RADAR])
    messages = []
    for second in range(TOLD_HITS - 2):
        messages += tracker.receive(measured(RADAR, propagate(VEHICLE, 9.0, float(second)), NOW + second))
        messages += tracker.tick(NOW + second + 0.9)
    assert not messages + tracker.tick(NOW + 60.0)
