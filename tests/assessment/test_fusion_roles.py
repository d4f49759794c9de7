"""Who says what an object is and when its motor ended, and what owners cannot know of how it parted from its stage."""

from __future__ import annotations

import math

import numpy as np
import pytest
from msgspec.structs import replace
from told_tracks import BURNOUT, SIGMAS, STAGE, START, VEHICLE, told_as, track

from nadhir.assessment.fusion import Fusion, estimate_of
from nadhir.assessment.fusion.estimates import upper_triangle
from nadhir.model import AssessmentProduct, Parting, Product, TrackProduct


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
            said += [(second, p.classes) for p in products if isinstance(p, AssessmentProduct)]
    likeliest = [(second, max(classes, key=lambda name: classes[name])) for second, classes in said]
    assert likeliest[-1][1] == "medium-range"
    assert all(name == "medium-range" for second, name in likeliest if second > 2)


def test_of_two_that_fly_close_the_vehicles_are_one_though_tracks_lie_nearer_to_the_stage() -> None:
    """KOR's errors are as large as vehicle and stage are apart, and the other way round."""
    identities = []
    for roles in (False, True):
        fusion = Fusion()
        for owner, kinds in (("JPN", (VEHICLE, STAGE)), ("KOR", (STAGE, VEHICLE))):
            for name, state, kind in zip(("E0001-1", "E0001-2"), kinds, ("short-range", "spent-stage"), strict=True):
                if roles:
                    fusion.take(owner, told_as(name, kind), START)
                fusion.take(owner, track(state, START, owner, name), START + 0.3)
        fusion.tick(START + 1.0)
        identities.append([fusion.object_identity("KOR", name) for name in ("E0001-1", "E0001-2")])
    assert identities == [["JPN/E0001-2", "JPN/E0001-1"], ["JPN/E0001-1", "JPN/E0001-2"]]


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


def test_roles_of_an_owner_that_is_off_count_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """KOR's radars are off and take the two for each other: by place they are matched as they are."""
    shift = np.concatenate([3.0 * (STAGE - VEHICLE)[:3], np.zeros(3)])
    identities = []
    for off in (frozenset(), frozenset({"KOR"})):
        fusion = Fusion()
        monkeypatch.setattr(fusion._biases, "weigh", lambda *told: None)
        fusion._biases.off = off
        for owner, kinds, error in (
            ("JPN", ("short-range", "spent-stage"), np.zeros(6)),
            ("KOR", ("spent-stage", "short-range"), shift),
        ):
            for name, state, kind in zip(("E0001-1", "E0001-2"), (VEHICLE, STAGE), kinds, strict=True):
                fusion.take(owner, told_as(name, kind), START)
                fusion.take(owner, track(state, START, owner, name, error), START + 0.3)
        fusion.tick(START + 1.0)
        identities.append(fusion.object_identity("KOR", "E0001-1"))
    assert identities == ["JPN/E0001-2", "JPN/E0001-1"]
