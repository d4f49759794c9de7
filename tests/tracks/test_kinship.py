"""Whose an object is: a launch that only satellites saw, a known one that it left, or nobody's."""

from __future__ import annotations

import numpy as np
import pytest

from nadhir.geo import propagate
from nadhir.geo.earth import Vector
from nadhir.tracks.bias import RadarBiases
from nadhir.tracks.births import confirm
from nadhir.tracks.kinship import (
    give_role,
    is_beside,
    is_of_others,
    kin_of,
    settle_roles,
    under_thrust,
    unseen_vehicle_of,
)
from nadhir.tracks.layout import LOG_BETA, STATES
from nadhir.tracks.objects import Event, TrackedObject
from nadhir.tracks.picture import Picture
from nadhir.tracks.sensing import Sensing

NOW = 100.0
PLACE = np.array([-3.13e6, 3.77e6, 4.22e6])
VELOCITY = 1500.0 * PLACE / np.linalg.norm(PLACE)
ALONG, ACROSS = VELOCITY / 1500.0, np.array([0.0, 4.22, -3.77]) / np.hypot(4.22, 3.77)


def add(
    picture: Picture, apart_m: float, push: float, sigma_m: float, faster: float = 0.0, launched: bool = True
) -> TrackedObject:
    """A vehicle of a launch, or an object of none, so far beside PLACE, with a motor that pushes forward (m/s²)."""
    event = picture.new_event(NOW - 60.0) if launched else None
    added = picture.add(event, "vehicle" if launched else "unknown", confirmed=launched, time=NOW - 60.0)
    state, covariance = np.zeros(STATES), np.eye(STATES) * 1e-4
    state[:3], state[3:6], state[7:10] = PLACE + apart_m * ACROSS, VELOCITY + faster * ALONG, push * ALONG
    covariance[:3, :3], covariance[3:6, 3:6] = np.eye(3) * sigma_m**2 / 3.0, np.eye(3) * 30.0**2
    picture.set(added.slot, [(state, covariance, push != 0.0, NOW - 30.0, 1.0)], NOW)
    added.burning, added.last_seen = push > 0.0, NOW
    return added


@pytest.fixture
def picture() -> Picture:
    return Picture(RadarBiases([]))


@pytest.mark.parametrize(("push", "driven"), [(30.0, True), (2.0, False), (0.0, False), (-30.0, False)])
def test_what_drives_and_what_brakes(picture: Picture, push: float, driven: bool) -> None:
    """A stage that the air brakes looks as if a motor pushed it: backward."""
    assert under_thrust(picture, add(picture, 0.0, push, 100.0, launched=False)) == driven


def test_a_burning_track_is_the_nearest_launch_that_no_radar_has_seen(picture: Picture) -> None:
    track = add(picture, 0.0, 30.0, 100.0, launched=False)
    assert unseen_vehicle_of(picture, track) is None
    near, nearer = add(picture, 14e3, 30.0, 2e3), add(picture, 9e3, 30.0, 2e3)
    assert unseen_vehicle_of(picture, track) is nearer
    nearer.radar_hits = 3
    assert unseen_vehicle_of(picture, track) is near
    near.radar_hits = 3
    add(picture, 60e3, 30.0, 2e3)
    add(picture, 5e3, 30.0, 2e3, faster=900.0)
    assert unseen_vehicle_of(picture, track) is None
    # What no satellite has seen for longer than any motor burns may be anywhere by now, and is not this.
    old = add(picture, 1e3, 30.0, 2e3)
    assert unseen_vehicle_of(picture, track) is old
    picture.pool.time[old.slot] -= 700.0
    assert unseen_vehicle_of(picture, track) is None


def test_what_is_seen_beside_one_launch_is_not_the_unseen_vehicle_of_another(picture: Picture) -> None:
    """The air that brakes a stage looks like a motor until its direction is known; its own vehicle is right there."""
    unseen, seen = add(picture, 9e3, 30.0, 2e3), add(picture, 900.0, 0.0, 50.0)
    track = add(picture, 0.0, 30.0, 100.0, launched=False)
    assert not is_beside(picture, track, NOW)
    seen.radar_hits = 20
    assert is_beside(picture, track, NOW)
    assert not is_beside(picture, track, NOW + 10.0)
    confirm(picture, Sensing(), track, NOW)
    assert track.event is seen.event
    assert unseen in picture.objects


def test_what_leaves_a_vehicle_coasts_unless_the_vehicle_is_gone(picture: Picture) -> None:
    vehicle = add(picture, 3e3, 30.0, 100.0)
    vehicle.radar_hits, vehicle.burning_since = 20, NOW - 20.0
    dropped = add(picture, 0.0, 0.0, 100.0, launched=False)
    assert kin_of(picture, dropped, False, NOW) is vehicle
    assert kin_of(picture, dropped, True, NOW) is None
    assert kin_of(picture, dropped, True, NOW + 5.0) is vehicle
    far = add(picture, 200e3, 0.0, 100.0, launched=False)
    assert kin_of(picture, far, False, NOW) is None
    # Nearer to a burning vehicle than two launches come: one of the two is the stage of the other.
    beside = add(picture, 2e3, 30.0, 100.0, launched=False)
    assert kin_of(picture, beside, True, NOW) is vehicle


@pytest.mark.parametrize(("apart_m", "after_s", "kin"), [(12e3, 12.0, True), (16e3, 12.0, False), (40e3, 60.0, False)])
def test_a_next_motor_drives_away_from_its_stage(picture: Picture, apart_m: float, after_s: float, kin: bool) -> None:
    stage = add(picture, 0.0, 0.0, 100.0)
    stage.radar_hits, stage.cutoff_time = 20, NOW - after_s
    lit = add(picture, apart_m, 30.0, 100.0, launched=False)
    assert (kin_of(picture, lit, True, NOW) is stage) == kin


def priors() -> tuple[tuple[float, float], tuple[float, float]]:
    return LOG_BETA["stage"], LOG_BETA["vehicle"]


def learnt(mean: float, sigma: float, seen: float, seen_sigma: float) -> tuple[float, float]:
    """A prior and one look at ln(ballistic coefficient)."""
    information = sigma**-2 + seen_sigma**-2
    return (mean * sigma**-2 + seen * seen_sigma**-2) / information, information**-0.5


@pytest.mark.parametrize("seen_sigma", [1e3, 2.0, 0.3, 0.02])
def test_a_new_role_brings_its_own_prior_and_keeps_what_was_learnt(picture: Picture, seen_sigma: float) -> None:
    stage, vehicle = priors()
    added = add(picture, 0.0, 0.0, 100.0)
    added.role = "stage"
    pool, slot = picture.pool, added.slot
    pool.state[slot, 0, 6], sigma = learnt(*stage, 7.5, seen_sigma)
    pool.covariance[slot, 0, 6, 6] = sigma**2
    give_role(picture, added, "vehicle", [])
    mean, sigma = learnt(*vehicle, 7.5, seen_sigma)
    assert pool.state[slot, 0, 6] == pytest.approx(mean)
    assert pool.covariance[slot, 0, 6, 6] == pytest.approx(sigma**2)
    give_role(picture, added, "stage", [])
    assert pool.state[slot, 0, 6] == pytest.approx(learnt(*stage, 7.5, seen_sigma)[0])


def test_a_velocity_that_hangs_together_with_the_drag_follows_a_new_prior(picture: Picture) -> None:
    """As if the other prior had been there from the beginning."""
    stage, vehicle = priors()
    added = add(picture, 0.0, 0.0, 100.0)
    added.role = "stage"
    pool, slot = picture.pool, added.slot
    before = pool.state[slot, 0, 3:6].copy()
    slope = np.array([4.0, -2.0, 1.0])
    pool.state[slot, 0, 6] = stage[0]
    pool.covariance[slot, 0, 6, 6] = stage[1] ** 2
    pool.covariance[slot, 0, 3:6, 6] = pool.covariance[slot, 0, 6, 3:6] = slope * stage[1] ** 2
    give_role(picture, added, "vehicle", [])
    assert pool.state[slot, 0, 3:6] - before == pytest.approx(slope * (vehicle[0] - stage[0]))
    assert pool.covariance[slot, 0, 3:6, 6] == pytest.approx(slope * vehicle[1] ** 2)


def fly_on(
    picture: Picture, event: Event, role: str, start: Vector, log_beta: float, since_s: float, sigma_mps: float
) -> TrackedObject:
    """An object held for `role`, `since_s` after its motor ended at `start` (6,), known to 50 m and so many m/s."""
    added = picture.add(event, role, confirmed=True, time=NOW - since_s)  # type: ignore[arg-type]
    state, covariance = np.zeros(STATES), np.eye(STATES) * 1e-4
    state[:6], state[6] = propagate(start, log_beta, since_s), log_beta
    covariance[:3, :3], covariance[3:6, 3:6] = np.eye(3) * 50.0**2, np.eye(3) * sigma_mps**2
    picture.set(added.slot, [(state, covariance, False, NOW - since_s, 1.0)], NOW)
    added.cutoff_time, added.last_seen = NOW - since_s, NOW
    return added


def end_of_motor(height_m: float) -> Vector:
    """State (6,) of a short-range vehicle as its motor ends at a height, climbing at 45 degrees."""
    up = PLACE / np.linalg.norm(PLACE)
    return np.concatenate([(6369.5e3 + height_m) * up, 1000.0 * (up + np.cross(ACROSS, up))])


@pytest.mark.parametrize(
    ("height_m", "since_s", "turned"),
    [(30e3, 40.0, True), (40e3, 60.0, True), (30e3, 1.0, False), (100e3, 40.0, False)],
)
def test_the_air_tells_which_of_two_is_the_stage(
    picture: Picture, height_m: float, since_s: float, turned: bool
) -> None:
    """Not known for a pair, and each held for the other."""
    event = picture.new_event(NOW - 100.0)
    start, (stage, _), (vehicle, _) = end_of_motor(height_m), *priors()
    ahead = fly_on(picture, event, "stage", start, vehicle, since_s, 2.0)
    behind = fly_on(picture, event, "vehicle", start, stage, since_s, 2.0)
    settle_roles(picture, event, NOW)
    assert (ahead.role, behind.role) == (("vehicle", "stage") if turned else ("stage", "vehicle"))
    settle_roles(picture, event, NOW)
    assert (ahead.role == "vehicle") == turned


def test_what_was_ahead_when_the_motor_ended_is_another_launchs(picture: Picture) -> None:
    event = picture.new_event(NOW - 100.0)
    start, (beta, _) = end_of_motor(30e3), priors()[1]
    vehicle = fly_on(picture, event, "vehicle", start, beta, 40.0, 2.0)
    other = start.copy()
    other[:3] += 6e3 * start[3:] / np.linalg.norm(start[3:])
    other[3:] *= 1.03
    fly_on(picture, event, "stage", other, beta, 40.0, 2.0)
    settle_roles(picture, event, NOW)
    assert vehicle.role == "vehicle"


@pytest.mark.parametrize(("since_s", "turned"), [(10.0, False), (100.0, True)])
def test_how_far_a_pair_is_apart_tells_who_was_pushed_ahead(picture: Picture, since_s: float, turned: bool) -> None:
    """How fast it drifts is known too badly to tell."""
    event = picture.new_event(NOW - 200.0)
    start, (beta, _) = end_of_motor(120e3), priors()[1]
    pushed = start.copy()
    pushed[3:] += 4.0 * start[3:] / np.linalg.norm(start[3:])
    ahead = fly_on(picture, event, "stage", pushed, beta, since_s, 5.0)
    behind = fly_on(picture, event, "vehicle", start, beta, since_s, 5.0)
    ahead.partner, behind.partner = behind, ahead
    settle_roles(picture, event, NOW)
    assert (ahead.role == "vehicle") == turned


@pytest.mark.parametrize(
    ("apart_m", "other_until_s", "of_others"), [(3e3, 30.0, True), (40e3, 30.0, False), (3e3, 5.0, False)]
)
def test_looks_that_end_may_have_been_of_a_launch_beside(
    picture: Picture, apart_m: float, other_until_s: float, of_others: bool
) -> None:
    """One from the same site, which was seen before and is seen afterwards."""
    event, other = picture.new_event(NOW), picture.new_event(NOW - 8.0)
    event.last_look, other.last_look = NOW + 10.0, NOW + other_until_s
    event.confirmed = other.confirmed = True
    assert not is_of_others(picture, event)
    event.first_place, other.first_place = PLACE, PLACE + apart_m * ACROSS
    assert is_of_others(picture, event) == of_others
