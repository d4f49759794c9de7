"""Owners whose tracks are off by more than they claim: who is found out, and what becomes of the picture."""

from __future__ import annotations

import math

import numpy as np
import pytest
from msgspec.structs import replace

from nadhir.assessment.fusion import Estimate, Fusion
from nadhir.assessment.fusion.biases import OBJECTS, Biases
from nadhir.assessment.fusion.estimates import estimate_of, upper_triangle
from nadhir.assessment.fusion.kinematics import BIAS
from nadhir.geo import geodetic_to_ecef, propagate
from nadhir.model import Product, TrackProduct

SIGMAS = {"JPN": 30.0, "KOR": 40.0, "USA": 4.0}
RADAR = geodetic_to_ecef(math.radians(40.9), math.radians(140.3), 30.0)
TURN = np.radians([0.03, -0.02, 0.03])
"""How far the radar of one owner points wrong, about the axes of the Earth: some 500 m at 700 km."""
LOG_BETA = math.log(6000.0)


def heard(
    rng: np.random.Generator,
    off: dict[str, float],
    objects: int,
    owners: tuple[str, ...] = tuple(SIGMAS),
    unknowing: frozenset[str] = frozenset(),
) -> Biases:
    """What is learnt where each owner has an error as it claims, and some another one (in units of `BIAS`)."""
    biases = Biases()
    for number in range(objects):
        estimates = {}
        for owner in owners:
            claimed = np.diag([SIGMAS[owner] ** 2] * 3 + [(SIGMAS[owner] / 50.0) ** 2] * 3)
            true = claimed + off.get(owner, 0.0) ** 2 * BIAS
            estimates[owner] = Estimate(rng.multivariate_normal(np.zeros(6), true), claimed)
        biases.hear(((owners[0], f"E{number}"),), estimates, float(number))
    biases.weigh(0.0, unknowing)
    return biases


def left_out_m(biases: Biases, owner: str) -> float:
    """One sigma of the place that an owner's track is widened by."""
    return math.sqrt(biases.widened(owner, Estimate(np.zeros(6), np.zeros((6, 6)))).covariance[0, 0])


@pytest.mark.parametrize("seed", range(6))
def test_nobody_is_off_where_all_are_as_they_claim(seed: int) -> None:
    biases = heard(np.random.default_rng(seed), {}, 20)
    estimate = Estimate(np.zeros(6), np.eye(6))
    assert biases.off == frozenset()
    assert np.array_equal(biases.widened("USA", estimate).covariance, estimate.covariance)


def unclaimed_m(biases: Biases, one: str, other: str) -> float:
    """One sigma of what two owners' tracks of one thing may be apart beside what they claim."""
    variances, probabilities = biases.of_two(one, other)
    assert probabilities.sum() == pytest.approx(1.0)
    return math.sqrt(float(variances @ probabilities) * BIAS[0, 0])


def test_what_two_may_differ_by_is_learnt() -> None:
    """Beforehand it is hundreds of metres and more; honest owners come to be held against metres."""
    rng = np.random.default_rng(1)
    assert unclaimed_m(heard(rng, {}, 0), "KOR", "USA") > 300.0
    assert unclaimed_m(heard(rng, {}, 20), "KOR", "USA") < 15.0
    one_off = heard(rng, {"JPN": 1.0}, 20)
    assert unclaimed_m(one_off, "KOR", "USA") < 30.0
    assert 100.0 < unclaimed_m(one_off, "JPN", "USA") < 400.0
    assert unclaimed_m(one_off, "JPN", "AUS") > 300.0


@pytest.mark.parametrize("who", list(SIGMAS))
def test_of_three_the_one_that_is_off_is_found_and_by_how_much(who: str) -> None:
    biases = heard(np.random.default_rng(1), {who: 1.5}, 6)
    assert biases.off == {who}
    for owner in SIGMAS:
        added = biases.widened(owner, Estimate(np.zeros(6), np.zeros((6, 6)))).covariance[0, 0]
        assert math.sqrt(added) == pytest.approx(300.0, rel=0.3) if owner == who else math.sqrt(added) < 15.0


def test_of_two_that_differ_both_are_off() -> None:
    biases = heard(np.random.default_rng(2), {"USA": 1.5}, 6, ("KOR", "USA"))
    assert biases.off == {"KOR", "USA"}
    added = [biases.widened(owner, Estimate(np.zeros(6), np.zeros((6, 6)))).covariance[0, 0] for owner in biases.off]
    assert added[0] == pytest.approx(added[1], rel=0.2)


def test_one_object_by_itself_convicts_nobody() -> None:
    assert heard(np.random.default_rng(3), {"USA": 10.0}, 1).off == frozenset()
    assert heard(np.random.default_rng(3), {"USA": 10.0}, 2).off == {"USA"}


def test_what_tracks_of_a_few_objects_say_amiss_is_not_laid_to_an_owner() -> None:
    """Such as of a stage taken for its vehicle: the rest speaks for the owner."""
    rng = np.random.default_rng(4)
    biases = heard(rng, {}, 10)
    for number in range(2):
        estimates = {
            owner: Estimate(np.full(6, 3000.0 * (owner == "KOR")), np.diag([s**2] * 3 + [(s / 50.0) ** 2] * 3))
            for owner, s in SIGMAS.items()
        }
        biases.hear((("JPN", f"wrong-{number}"),), estimates, 50.0)
    biases.weigh(0.0)
    assert biases.off == frozenset()


def test_beside_an_owner_that_found_its_radars_biased_the_others_are_held_to_be_so() -> None:
    """USA claims metres, the others know theirs to tens of metres: how they differ cannot tell what it leaves out."""
    unknowing = frozenset({"USA"})
    first = heard(np.random.default_rng(9), {}, 0, unknowing=unknowing)
    assert 50.0 < left_out_m(first, "USA") < 250.0
    assert left_out_m(first, "KOR") < 100.0
    agreeing = heard(np.random.default_rng(9), {}, 20, unknowing=unknowing)
    assert 5.0 < left_out_m(agreeing, "USA") < 30.0
    assert left_out_m(agreeing, "JPN") < 10.0
    by_far = heard(np.random.default_rng(9), {"USA": 6.0}, 6, unknowing=unknowing)
    assert left_out_m(by_far, "USA") == pytest.approx(1200.0, rel=0.4)


def test_an_owners_word_that_its_radars_are_biased_widens_those_who_give_none() -> None:
    state = np.concatenate(
        [geodetic_to_ecef(math.radians(39.5), math.radians(133.0), 200e3), [-2200.0, -800.0, 1500.0]]
    )
    sigmas_m = []
    for biased in (frozenset[str](), frozenset({"KOR"}), frozenset({"KOR", "USA"})):
        fusion, said = Fusion(), []
        for second in range(3):
            now = 1000.0 + second
            for owner in ("KOR", "USA"):
                x, y, z, vx, vy, vz = propagate(state, LOG_BETA, float(second)).tolist()
                covariance = upper_triangle(np.diag([SIGMAS[owner] ** 2] * 3 + [0.5] * 3))
                told = TrackProduct("E1-1", "E1", now, now, "coast", (x, y, z), (vx, vy, vz), covariance, True, 900.0)
                told = replace(told, owners=(owner,), biased=owner in biased)
                said += fusion.take(owner, told, now)
            said += fusion.tick(now + 0.5)
        tracks = [product for product in said if isinstance(product, TrackProduct)]
        assert tracks[-1].owners == ("KOR", "USA")
        sigmas_m.append(math.sqrt(tracks[-1].variances[0]))
    assert sigmas_m[0] == sigmas_m[2] < 5.0
    assert sigmas_m[1] > 15.0


def test_what_is_heard_anew_of_a_thing_replaces_what_was_and_old_things_are_forgotten() -> None:
    biases = heard(np.random.default_rng(5), {"USA": 1.5}, 4)
    assert biases.off == {"USA"}
    again = heard(np.random.default_rng(6), {}, 1)
    honest = {owner: Estimate(np.zeros(6), np.diag([s**2] * 3 + [(s / 50.0) ** 2] * 3)) for owner, s in SIGMAS.items()}
    for number in range(4):
        # Under another name of the same cluster.
        biases.hear((("JPN", f"E{number}"), ("KOR", "E9")), honest, 100.0)
    biases.weigh(0.0)
    assert biases.off == again.off == frozenset()
    old = heard(np.random.default_rng(5), {"USA": 1.5}, 4)
    old.weigh(10.0)
    assert old.off == frozenset()


def test_what_is_remembered_is_bounded() -> None:
    biases = heard(np.random.default_rng(7), {}, OBJECTS + 20)
    assert biases.heard_of((("JPN", "E0"),)) == -math.inf
    assert biases.heard_of((("JPN", f"E{OBJECTS + 19}"),)) == OBJECTS + 19


def test_the_picture_is_honest_beside_an_owner_whose_radar_points_wrong() -> None:
    """Five objects; one owner claims a tenth of the others' errors and is turned by hundredths of a degree."""
    rng = np.random.default_rng(8)
    turn = np.eye(3) + np.array([[0, -TURN[2], TURN[1]], [TURN[2], 0, -TURN[0]], [-TURN[1], TURN[0], 0]])
    place = geodetic_to_ecef(math.radians(39.5), math.radians(133.0), 200e3)
    starts = [
        np.concatenate([place + np.array([0, 3e4 * i, 2e4 * i]), [-2200.0 + 40 * i, -800.0, 1500.0]]) for i in range(5)
    ]
    fusion = Fusion()
    errors: list[float] = []
    for second in range(40):
        now = 1000.0 + second
        said: list[Product] = []
        for number, start in enumerate(starts):
            state = propagate(start, LOG_BETA, float(second))
            for owner, sigma in SIGMAS.items():
                sigmas = np.array([sigma] * 3 + [sigma / 50.0] * 3)
                mean = state + sigmas * rng.normal(size=6)
                if owner == "USA":
                    mean = np.concatenate([RADAR + turn @ (mean[:3] - RADAR), turn @ mean[3:]])
                told = TrackProduct(
                    f"E000{number}-1",
                    f"E000{number}",
                    now,
                    now,
                    "coast",
                    tuple(mean[:3].tolist()),
                    tuple(mean[3:].tolist()),
                    upper_triangle(np.diag(sigmas**2)),
                    burnout_time=980.0,
                    owners=(owner,),
                )
                said += fusion.take(owner, told, now)
        for product in [*said, *fusion.tick(now + 0.5)]:
            if isinstance(product, TrackProduct) and second >= 10:
                told_of = int(product.object.split("E000")[1][0])
                estimate = estimate_of(product)
                error = estimate.mean - propagate(starts[told_of], LOG_BETA, product.time - 1000.0)
                errors.append(float(error @ np.linalg.solve(estimate.covariance, error)))
    assert len(errors) > 100
    # 95 % of a chi-squared distribution with six degrees of freedom lie between these.
    assert np.mean([1.24 <= one <= 14.45 for one in errors]) > 0.8
    assert np.median(errors) < 9.0
