"""Who says what an object is and when its motor ended, and what owners cannot know of how it parted from its stage."""

from __future__ import annotations

import math

import numpy as np
import pytest
from msgspec.structs import replace
from told_tracks import BURNOUT, OTHER, SIGMAS, STAGE, START, VEHICLE, told_as, track

from nadhir.assessment.fusion import Fusion, estimate_of
from nadhir.assessment.fusion.estimates import upper_triangle
from nadhir.model import AssessmentProduct, Parting, Phase, Product, TrackProduct


@pytest.mark.parametrize(
    ("since_s", "kinds", "share"),
    [
        (10.0, {}, 0.5),
        (10.0, {"KOR": "medium-range"}, 0.5),
        (10.0, {"JPN": "medium-range", "KOR": "medium-range", "USA": "medium-range"}, 0.5),
        (10.0, {"JPN": "spent-stage", "KOR": "spent-stage", "USA": "medium-range"}, 1.0),
        (30.0, {}, 1.0),
    ],
)
def test_what_owners_cannot_know_of_a_parting_does_not_put_the_shared_track_off(
    since_s: float, kinds: dict[str, str], share: float
) -> None:
    """Two owners see the middle between a vehicle and its stage, a third sees how they part: 3 m/s faster than is
    supposed. Nothing is made of it by those who take it for the stage, nor long after the motor's end."""
    path = VEHICLE[3:] / np.linalg.norm(VEHICLE[3:])
    hangs = 0.5 * np.vstack([since_s * np.eye(3), np.eye(3)])
    errors = []
    for tells in (True, False):
        fusion = Fusion()
        for owner, sigma, unknown in (("JPN", 3.0, 3.0), ("KOR", 3.0, 3.0), ("USA", 0.3, 0.0)):
            spread = sigma**2 * np.eye(3)
            x, y, z = ((7.5 - unknown) * path).tolist()
            parting = Parting((x, y, z), spread[np.triu_indices(3)].tolist(), (hangs @ spread).ravel().tolist())
            product = replace(
                track(VEHICLE, START, owner, error=-hangs @ (unknown * path)),
                covariance=upper_triangle(np.diag(SIGMAS**2) + hangs @ spread @ hangs.T),
                burnout_time=START - since_s,
                parting=parting if tells else None,
            )
            fusion.take(owner, product, START)
            if owner in kinds:
                fusion.take(owner, told_as("E0001-1", kinds[owner]), START)
        shared = [p for p in fusion.tick(START + 1.0) if isinstance(p, TrackProduct)][-1]
        errors.append(float(np.linalg.norm(np.array(shared.velocity_mps) - VEHICLE[3:])))
    assert errors[0] <= share * errors[1]


def test_what_it_is_is_said_by_who_knows_its_motion_best() -> None:
    """A stage is surely a stage: whoever takes the vehicle for one would be surer of it than anybody of its class."""
    fusion = Fusion()
    said = []
    for second in range(12):
        wide = track(VEHICLE, START + second, "JPN")
        narrow = replace(track(VEHICLE, START + second, "KOR"), covariance=upper_triangle(np.diag((0.3 * SIGMAS) ** 2)))
        for owner, one, classes in (
            ("JPN", wide, {"spent-stage": 0.95, "medium-range": 0.05}),
            ("KOR", narrow, {"medium-range": 0.86, "spent-stage": 0.14}),
        ):
            now = one.issued
            products = fusion.take(owner, one, now)
            products += fusion.take(owner, AssessmentProduct("E0001-1", "E0001", now, classes, 0.0), now)
            products += fusion.tick(now)
            said += [(second, p.classes) for p in products if isinstance(p, AssessmentProduct)]
    likeliest = [(second, max(classes, key=lambda name: classes[name])) for second, classes in said]
    assert likeliest[-1][1] == "medium-range"
    assert all(name == "medium-range" for second, name in likeliest if second > 2)


def tell_of_a_pair(
    fusion: Fusion, owner: str, kinds: tuple[str, str], shift: np.ndarray, sigmas: np.ndarray = SIGMAS
) -> None:
    """An owner tells of the vehicle as E0001-1 and of the stage as E0001-2, both off by the same."""
    covariance = upper_triangle(np.diag(sigmas**2))
    for name, state, kind in zip(("E0001-1", "E0001-2"), (VEHICLE, STAGE), kinds, strict=True):
        fusion.take(owner, told_as(name, kind), START)
        fusion.take(owner, replace(track(state, START, owner, name, shift), covariance=covariance), START + 0.3)


RIGHT, WRONG = ("short-range", "spent-stage"), ("spent-stage", "short-range")


@pytest.mark.parametrize("kinds", [RIGHT, WRONG])
def test_which_of_two_is_which_is_told_by_who_is_ahead_whatever_their_owner_says(kinds: tuple[str, str]) -> None:
    """KOR's radars are off by as much as vehicle and stage are apart, so that its vehicle lies on JPN's stage."""
    fusion = Fusion()
    tell_of_a_pair(fusion, "JPN", RIGHT, np.zeros(6))
    tell_of_a_pair(fusion, "KOR", kinds, STAGE - VEHICLE)
    products = fusion.tick(START + 1.0)
    assert [fusion.object_identity("KOR", name) for name in ("E0001-1", "E0001-2")] == ["JPN/E0001-1", "JPN/E0001-2"]
    said = {
        one.object: max(one.classes, key=one.classes.__getitem__)
        for one in products
        if isinstance(one, AssessmentProduct)
    }
    assert said.get("JPN/E0001-1", "short-range") == "short-range"
    assert said.get("JPN/E0001-2", "spent-stage") == "spent-stage"


@pytest.mark.parametrize("phase", ["coast", "reentry"])
def test_a_stage_that_the_air_has_held_back_is_known_for_one_though_its_owner_says_otherwise(phase: Phase) -> None:
    fusion = Fusion()
    path = VEHICLE[3:] / np.linalg.norm(VEHICLE[3:])
    products: list[Product] = []
    for time in (START, START + 1.0, START + 2.0):
        for name, kind, error in (
            ("E0001-1", "spent-stage", np.zeros(6)),
            ("E0001-2", "short-range", -np.concatenate([4e3 * path, 180.0 * path])),
        ):
            products += fusion.take("KOR", told_as(name, kind), time)
            products += fusion.take("KOR", track(VEHICLE, time, "KOR", name, error, phase), time + 0.3)
        products += fusion.tick(time + 0.9)
    classes = {one.object: one.classes for one in products if isinstance(one, AssessmentProduct)}
    assert classes == {"KOR/E0001-1": {"short-range": 1.0}, "KOR/E0001-2": {"spent-stage": 1.0}}


def test_of_what_only_one_owner_has_beside_the_vehicle_of_others_it_is_said_that_it_is_the_stage() -> None:
    """KOR's radars cannot see who is ahead, and it has the two the wrong way round."""
    fusion = Fusion()
    for owner in ("JPN", "USA"):
        fusion.take(owner, told_as("E0001-1", "short-range"), START)
        fusion.take(owner, track(VEHICLE, START, owner), START + 0.3)
    far = np.concatenate([1e3 * (STAGE - VEHICLE)[:3] / np.linalg.norm((STAGE - VEHICLE)[:3]), np.zeros(3)])
    covariance = upper_triangle(np.diag(np.array([20.0, 20.0, 20.0, 50.0, 50.0, 50.0]) ** 2))
    products: list[Product] = []
    for name, kind, error in (("E0001-1", "spent-stage", np.zeros(6)), ("E0001-2", "short-range", far)):
        fusion.take("KOR", told_as(name, kind), START)
        products += fusion.take("KOR", replace(track(VEHICLE, START, "KOR", name, error), covariance=covariance), START)
    products += fusion.tick(START + 12.0)
    assert fusion.object_identity("KOR", "E0001-1") == "JPN/E0001-1"
    classes = {one.object: one.classes for one in products if isinstance(one, AssessmentProduct)}
    assert classes["KOR/E0001-2"] == {"spent-stage": 1.0}


def test_a_stage_is_what_was_left_behind_where_its_vehicle_burnt_on() -> None:
    """KOR saw no more of it than that it coasts, and takes it for a launch of its own."""
    fusion = Fusion()
    left = replace(track(OTHER, START, "JPN", "E0001-2"), burnout_time=BURNOUT - 60.0)
    products: list[Product] = []
    for owner, product, kind in (
        ("JPN", track(VEHICLE, START, "JPN"), "short-range"),
        ("JPN", left, "spent-stage"),
        ("KOR", replace(left, object="E0002-1", event="E0002"), "short-range"),
    ):
        products += fusion.take(owner, replace(told_as(product.object, kind), event=product.event), START)
        products += fusion.take(owner, product, START + 0.3)
    products += fusion.tick(START + 12.0)
    assert fusion.object_identity("KOR", "E0002-1") == "JPN/E0001-2"
    said = [one for one in products if isinstance(one, AssessmentProduct) and one.object == "JPN/E0001-2"]
    assert said[-1].classes == {"spent-stage": 1.0}


def test_who_saw_it_first_after_its_burnout_counts_and_does_not_say_what_it_is() -> None:
    """A radar that sees it minutes after the launch knows neither its event nor its motor's end."""
    fusion = Fusion()
    products: list[Product] = []
    for second in range(4):
        time = START + second
        late = replace(track(VEHICLE, time, "JPN", "O0001"), event=None, burnout_time=None)
        for owner, name, event, kind, product in (
            ("JPN", "O0001", None, "other", late),
            ("KOR", "E0001-1", "E0001", "short-range", track(VEHICLE, time, "KOR")),
        ):
            products += fusion.take(owner, told_as(name, kind, event), time)
            products += fusion.take(owner, product, time + 0.3)
        products += fusion.tick(time + 0.9)
    tracks = [product for product in products if isinstance(product, TrackProduct)]
    assert tracks[-1].owners == ("JPN", "KOR")
    assert np.sqrt(np.diag(estimate_of(tracks[-1]).covariance)) == pytest.approx(SIGMAS / math.sqrt(2.0), rel=0.1)
    alone = Fusion()
    alone.take("KOR", told_as("E0001-1", "short-range"), START)
    for owner in ("KOR", "USA"):
        alone.take(owner, track(VEHICLE, START + 3.0, owner), START + 3.3)
    (of_two,) = alone.solutions("KOR", "E0001-1", START + 4.0)
    (with_late,) = fusion.solutions("KOR", "E0001-1", START + 4.0)
    assert with_late.product.ellipse_90.semi_major_m == pytest.approx(of_two.product.ellipse_90.semi_major_m, rel=0.05)


def test_who_did_not_see_the_burnout_waits_for_the_latest_that_anybody_saw() -> None:
    """A motor may have burnt until a moment ago: what it did then is common to all."""
    fusion = Fusion()
    late = replace(track(VEHICLE, START, "JPN", "O0001"), event=None, burnout_time=None)
    fusion.take("JPN", late, START + 0.3)
    fusion.take("KOR", track(VEHICLE, START, "KOR"), START + 0.3)
    fusion.take("USA", replace(track(VEHICLE, START, "USA"), burnout_time=START - 4.0), START + 0.3)
    tracks = [product for product in fusion.tick(START + 2.0) if isinstance(product, TrackProduct)]
    assert {product.owners for product in tracks} <= {("JPN",), ("KOR",), ("USA",)}


def test_who_followed_it_through_a_burn_that_others_saw_does_not_pull_it_off() -> None:
    """JPN's radar took it for a thing that coasts since the stage before, and follows the middle of what parted."""
    middle = np.concatenate([2.25 * 20.0 * VEHICLE[3:], 2.25 * VEHICLE[3:]]) / np.linalg.norm(VEHICLE[3:])
    errors = {}
    for earlier in (0.0, 60.0):
        fusion = Fusion()
        products: list[Product] = []
        late = replace(track(VEHICLE, START, "JPN", error=-middle), burnout_time=BURNOUT - earlier)
        sure = replace(late, covariance=upper_triangle(np.diag(SIGMAS**2) / 25.0))
        for owner, product in (("JPN", sure), ("KOR", track(VEHICLE, START, "KOR"))):
            products += fusion.take(owner, product, START + 0.5)
        products += fusion.tick(START + 2.0)
        shared = [product for product in products if isinstance(product, TrackProduct)][-1]
        assert shared.owners == ("JPN", "KOR")
        errors[earlier] = float(np.linalg.norm(estimate_of(shared).mean[3:] - VEHICLE[3:]))
    assert errors[0.0] > 1.5
    assert errors[60.0] < 0.6


def test_who_followed_it_through_a_burn_waits_for_its_end() -> None:
    fusion = Fusion()
    fusion.take("JPN", replace(track(VEHICLE, START, "JPN"), burnout_time=BURNOUT - 60.0), START + 0.3)
    fusion.take("KOR", replace(track(VEHICLE, START, "KOR"), burnout_time=START - 4.0), START + 0.3)
    tracks = [product for product in fusion.tick(START + 2.0) if isinstance(product, TrackProduct)]
    assert {product.owners for product in tracks} <= {("JPN",), ("KOR",)}
