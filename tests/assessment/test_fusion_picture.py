"""One picture of several owners: matching, identities, fused impacts, and what comes late, twice or wrong."""

from __future__ import annotations

import itertools
import math
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from told_tracks import LOG_BETA, SIGMAS, STAGE, START, VEHICLE, impact, launch, track, vehicles

from nadhir.assessment.fusion import Fusion, Solution, estimate_of
from nadhir.assessment.fusion import fusion as fusion_module
from nadhir.assessment.fusion.estimates import upper_triangle
from nadhir.assessment.fusion.matching import Matching
from nadhir.assessment.fusion.preferred import in_order_of_preference
from nadhir.geo import fall, geodetic_to_ecef, propagate
from nadhir.geo.earth import ecef_to_geodetic
from nadhir.model import AssessmentProduct, Ellipse, ImpactProduct, LaunchProduct, Parting, Product, TrackProduct


def test_vehicle_and_stage_of_three_owners_become_two_objects_of_one_event() -> None:
    fusion = Fusion()
    for owner, product in vehicles(30):
        fusion.take(owner, product, product.issued)
        fusion.tick(math.floor(product.issued))
    assert {fusion.object_identity(*key) for key in (("JPN", "E0001-1"), ("KOR", "E0001-2"), ("USA", "E0001-1"))} == {
        "JPN/E0001-1"
    }
    assert {fusion.object_identity(*key) for key in (("JPN", "E0001-2"), ("KOR", "E0001-1"), ("USA", "E0001-2"))} == {
        "JPN/E0001-2"
    }
    assert {fusion.identity(owner, "E0001") for owner in ("JPN", "KOR", "USA")} == {"JPN/E0001"}


def test_a_bias_does_not_swap_vehicle_and_stage() -> None:
    """A shift of one owner's tracks by more than the two are apart."""
    fusion = Fusion()
    shift = np.concatenate([2.0 * (STAGE - VEHICLE)[:3], np.zeros(3)])
    for owner, product in vehicles(20, KOR=shift):
        fusion.take(owner, product, product.issued)
        fusion.tick(math.floor(product.issued))
    assert fusion.object_identity("KOR", "E0001-2") == "JPN/E0001-1"
    assert fusion.object_identity("KOR", "E0001-1") == "JPN/E0001-2"


def test_a_track_that_goes_astray_is_left() -> None:
    fusion = Fusion()
    for second in range(3):
        for owner in ("JPN", "KOR"):
            fusion.take(owner, track(VEHICLE, START + second, owner), START + second + 0.3)
    assert fusion.object_identity("KOR", "E0001-1") == "JPN/E0001-1"
    for second in range(3, 12):
        fusion.take("JPN", track(VEHICLE, START + second, "JPN"), START + second + 0.3)
        astray = np.array([40e3 * (second - 2), 0.0, 0.0, 500.0, 0.0, 0.0])
        fusion.take("KOR", track(VEHICLE, START + second, "KOR", error=astray), START + second + 0.3)
        fusion.tick(START + second + 0.5)
    assert fusion.object_identity("KOR", "E0001-1") == "KOR/E0001-1"


def test_shared_impact_is_where_it_falls_and_surer_than_each() -> None:
    fusion = Fusion()
    shared: list[Product] = []
    rng = np.random.default_rng(5)
    errors = {owner: rng.normal(size=6) * SIGMAS for owner in ("JPN", "KOR", "USA")}
    for owner, error in errors.items():
        shared += fusion.take(owner, track(VEHICLE, START, owner, error=error), START + 0.5)
    shared += fusion.tick(START + 2.0)
    tracks = [product for product in shared if isinstance(product, TrackProduct)]
    impacts = [product for product in shared if isinstance(product, ImpactProduct)]
    assert tracks[-1].owners == ("JPN", "KOR", "USA")
    assert tracks[-1].object == impacts[-1].object == "JPN/E0001-1"
    assert tracks[-1].event == "JPN/E0001"
    error = estimate_of(tracks[-1]).mean - VEHICLE
    assert error == pytest.approx(sum(errors.values()) / 3.0, abs=1.0)
    assert np.sqrt(np.diag(estimate_of(tracks[-1]).covariance)) == pytest.approx(SIGMAS / math.sqrt(3.0), rel=0.3)
    down, elapsed, place, _ = fall(VEHICLE, LOG_BETA)
    latitude, longitude, _ = ecef_to_geodetic(place)
    assert down
    north_m = (math.radians(impacts[-1].latitude_deg) - latitude) * 6371e3
    east_m = (math.radians(impacts[-1].longitude_deg) - longitude) * 6371e3 * math.cos(latitude)
    assert math.hypot(north_m, east_m) < 1.5 * impacts[-1].ellipse_90.semi_major_m
    assert impacts[-1].time == pytest.approx(START + elapsed, abs=4.0 * impacts[-1].time_sigma_s)


def test_data_that_may_be_shared_does_not_count_twice() -> None:
    """A partner's track that rests on my sensors too, or does not tell, makes nothing surer than the better one."""
    for owners in (("JPN", "KOR"), ()):
        fusion = Fusion()
        fusion.take("JPN", track(VEHICLE, START, "JPN"), START + 0.3)
        fusion.take("KOR", track(VEHICLE, START, "KOR", owners=owners), START + 0.4)
        shared = [product for product in fusion.tick(START + 3.0) if isinstance(product, TrackProduct)]
        assert np.sqrt(np.diag(estimate_of(shared[-1]).covariance)) == pytest.approx(SIGMAS, rel=0.01)


@settings(max_examples=8, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(0, 3))
def test_order_and_repetition_change_nothing(random_order: random.Random, seed: int) -> None:
    told: list[tuple[str, Product]] = [(owner, product) for owner, product in vehicles(3, seed)]
    told += [(owner, launch("E0001")) for owner in ("JPN", "KOR", "USA")]
    told += [("KOR", replace(impact(9e3), object="E0001-2", event="E0001"))]
    shuffled = told + random_order.choices(told, k=len(told))
    random_order.shuffle(shuffled)
    pictures = []
    for messages in (told, shuffled):
        fusion = Fusion()
        for owner, product in messages:
            fusion.take(owner, product, START + 4.0)
        fusion.tick(START + 6.0)
        keys = [(owner, f"E0001-{n}") for owner in ("JPN", "KOR", "USA") for n in (1, 2)]
        pictures.append(
            (
                [fusion.solutions(*key, START + 6.0) for key in keys],
                [fusion.object_identity(*key) for key in keys],
                fusion.identity("USA", "E0001"),
            )
        )
    assert pictures[0] == pictures[1]
    assert len(pictures[0][0][0]) >= 1


def test_every_node_finds_the_same_identity() -> None:
    """Two nodes hear the same in another order: their products have names of their own, the identity is one."""
    names, identities = set(), set()
    for order in (("KOR", "JPN", "USA"), ("USA", "KOR", "JPN")):
        fusion = Fusion()
        said = [product for owner in order for product in fusion.take(owner, launch("E0001"), 900.0)]
        fusion.tick(901.0)
        names |= {product.event for product in said if isinstance(product, LaunchProduct)}
        identities |= {fusion.identity(*name.split("/")) for name in names}
    assert names == {"KOR/E0001", "USA/E0001"}
    assert identities == {"JPN/E0001"}


def test_launches_from_one_site_minutes_apart_stay_two() -> None:
    fusion = Fusion()
    for owner, event, time in (("JPN", "E0001", 880.0), ("JPN", "E0002", 1000.0), ("KOR", "E0001", 1000.0)):
        fusion.take(owner, launch(event, time=time, issued=1020.0), 1020.0)
    fusion.take("KOR", launch("E0002", time=880.0, issued=1020.0), 1020.0)
    fusion.tick(1021.0)
    assert fusion.identity("KOR", "E0002") == "JPN/E0001"
    assert fusion.identity("KOR", "E0001") == "JPN/E0002"


def test_an_object_in_common_joins_events_and_its_history_is_kept() -> None:
    fusion = Fusion()
    fusion.take("KOR", track(VEHICLE, START, "KOR", "E0007-1"), START + 0.3)
    assert fusion.identity("KOR", "E0007") == "KOR/E0007"
    fusion.take("JPN", track(VEHICLE, START, "JPN"), START + 0.4)
    assert fusion.identity("KOR", "E0007") == "JPN/E0001"
    assert [(c.owner, c.name, c.was, c.now) for c in fusion.changes] == [
        ("KOR", "E0007", "KOR/E0007", "JPN/E0001"),
        ("KOR", "E0007-1", "KOR/E0007-1", "JPN/E0001-1"),
    ]
    # The name under which this node began is kept.
    later = fusion.take("JPN", track(VEHICLE, START + 2.0, "JPN"), START + 2.4)
    assert {product.event for product in later if isinstance(product, TrackProduct)} == {"KOR/E0007"}


def test_a_withdrawn_launch_is_withdrawn_when_no_owner_stands_by_it() -> None:
    fusion = Fusion()
    fusion.take("JPN", launch("E0001"), 900.0)
    fusion.take("KOR", launch("E0001"), 901.0)
    withdrawn = replace(launch("E0001", issued=905.0), status="withdrawn")
    said = fusion.take("JPN", withdrawn, 905.0) + fusion.tick(906.0)
    assert said == []
    (ended,) = fusion.take("KOR", withdrawn, 907.0)
    assert isinstance(ended, LaunchProduct)
    assert (ended.event, ended.status) == ("JPN/E0001", "withdrawn")
    assert fusion.tick(908.0) == []


def test_who_sees_the_assumption_broken_is_heeded() -> None:
    fusion = Fusion()
    fusion.take("JPN", track(VEHICLE, START, "JPN"), START + 0.3)
    fusion.take("JPN", replace(impact(1e3), object="E0001-1", event="E0001"), START + 0.3)
    fusion.take("KOR", replace(track(VEHICLE, START, "KOR"), ballistic=False), START + 0.4)
    fusion.take("KOR", replace(impact(200e3), object="E0001-1", event="E0001"), START + 0.4)
    assert fusion.object_identity("KOR", "E0001-1") == "JPN/E0001-1"
    assert [solution.owners for solution in fusion.solutions("JPN", "E0001-1", START + 1.0)] == [("KOR",)]


@pytest.mark.parametrize(
    "covariance", [[1.0] * 21, [0.0] * 21, [1.0] * 20, [math.nan] * 21, upper_triangle(-np.eye(6)), [1e308] * 21]
)
def test_a_covariance_that_is_none_is_counted(covariance: list[float]) -> None:
    fusion = Fusion()
    assert fusion.take("JPN", replace(track(VEHICLE, START, "JPN"), covariance=covariance), START) == []
    assert fusion.rejected == {"unsound-covariance": 1}
    assert fusion.tick(START + 1.0) == []


def test_a_clock_far_ahead_and_what_cannot_fly_are_counted() -> None:
    fusion = Fusion()
    sound = track(VEHICLE, START, "JPN")
    classed = AssessmentProduct("O1", "E1", START, {"SRBM": 1.0}, 0.0, 200e3, 1e3, START + 100.0)
    for product in (
        track(VEHICLE, START + 60.0, "JPN"),
        replace(sound, time=math.nan),
        replace(sound, issued=START + 1e9),
        replace(sound, position_m=(0.0, 0.0, 0.0)),
        replace(sound, velocity_mps=(math.inf, 0.0, 0.0)),
        replace(impact(1e3), latitude_deg=91.0),
        replace(launch("E1", issued=START), ellipse_90=Ellipse(math.nan, 1.0, 0.0)),
        replace(sound, issued=-math.inf),
        replace(sound, time=-math.inf),
        replace(sound, burnout_time=math.nan),
        replace(impact(1e3), time=1e300),
        replace(impact(1e3), ellipse_90=Ellipse(1e3, 0.0, 0.0)),
        replace(launch("E1", issued=START), time=START - 1e6),
        replace(classed, reaches_orbit=math.nan),
        replace(classed, classes={"SRBM": 2.0}),
        replace(classed, apogee_m=math.inf),
        replace(classed, apogee_time=math.nan),
    ):
        assert fusion.take("JPN", product, START) == [], product
    assert fusion.rejected == {"clock": 9, "impossible": 8}


@pytest.mark.parametrize(
    "parting",
    [
        Parting((4.0, 0.0, 0.0), [1.0] * 5, [0.0] * 18),
        Parting((4.0, 0.0, 0.0), [9.0, 0.0, 0.0, 4.0, 0.0, 4.0], [0.0] * 17),
        Parting((math.nan, 0.0, 0.0), [9.0, 0.0, 0.0, 4.0, 0.0, 4.0], [0.0] * 18),
        Parting((4.0, 0.0, 0.0), [9.0, 0.0, 0.0, -4.0, 0.0, 4.0], [0.0] * 18),
        Parting((4.0, 0.0, 0.0), [9.0, 0.0, 0.0, 4.0, 0.0, 4.0], [1e3] * 18),
    ],
)
def test_a_parting_that_is_none_is_counted(parting: Parting) -> None:
    fusion = Fusion()
    assert fusion.take("JPN", replace(track(VEHICLE, START, "JPN"), parting=parting), START) == []
    assert fusion.rejected == {"unsound-covariance": 1}


numbers = st.floats(allow_nan=False) | st.sampled_from([0.0, 1.0, 6.4e6, 7e6, START])
hostile_tracks = st.builds(
    TrackProduct,
    st.sampled_from(["a", "b"]),
    st.sampled_from([None, "E1"]),
    st.floats(0.0, START + 5.0),
    st.floats(0.0, START + 5.0) | numbers,
    st.sampled_from(["boost", "coast", "reentry", "orbit", "lost", "down"]),
    st.tuples(st.floats(6.3e6, 7e6), st.floats(-1e6, 1e6), st.floats(-1e6, 1e6)) | st.tuples(numbers, numbers, numbers),
    st.tuples(*[st.floats(-8e3, 8e3)] * 3) | st.tuples(numbers, numbers, numbers),
    st.lists(numbers, min_size=21, max_size=21)
    | st.lists(st.floats(1e-3, 1e12), min_size=6, max_size=6).map(lambda v: upper_triangle(np.diag(v))),
    st.booleans(),
    st.none() | numbers,
    st.sampled_from([(), ("JPN",), ("KOR",)]),
    st.booleans(),
    st.none()
    | st.builds(
        Parting,
        st.tuples(*[st.floats(-10.0, 10.0)] * 3) | st.tuples(numbers, numbers, numbers),
        st.lists(st.floats(1e-3, 1e3), min_size=3, max_size=3).map(lambda v: [v[0], 0.0, 0.0, v[1], 0.0, v[2]])
        | st.lists(numbers, min_size=6, max_size=6),
        st.lists(st.floats(-1e-3, 1e-3), min_size=18, max_size=18) | st.lists(numbers, max_size=18),
    ),
)
hostile_impacts = st.builds(
    ImpactProduct,
    st.sampled_from(["a", "b"]),
    st.sampled_from([None, "E1"]),
    st.just("coast"),
    st.floats(0.0, START + 5.0),
    numbers,
    numbers,
    numbers,
    numbers,
    st.builds(Ellipse, numbers, numbers, numbers),
)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["JPN", "KOR"]), hostile_tracks | hostile_impacts), max_size=8))
def test_no_partner_can_stop_it(messages: list[tuple[str, Product]]) -> None:
    fusion = Fusion()
    for owner, product in messages:
        fusion.take(owner, product, START)
    fusion.tick(START + 2.0)
    fusion.take("USA", track(VEHICLE, START + 1.0, "USA"), START + 2.0)
    said = [product for product in fusion.tick(START + 4.0) if isinstance(product, TrackProduct)]
    assert fusion.object_identity("USA", "E0001-1").endswith(("/E0001-1", "/a", "/b"))
    assert all(np.all(np.isfinite(estimate_of(one).covariance)) for one in said)


def test_preference_agreement_then_freshness_then_ellipse_then_owner() -> None:
    near, wide = Solution(("USA",), impact(2e3)), Solution(("KOR",), impact(20e3))
    astray = Solution(("JPN",), impact(500.0, longitude_deg=150.0))
    assert in_order_of_preference([astray, wide, near]) == (near, wide, astray)
    old = Solution(("JPN",), impact(1e3, issued=START - 60.0))
    assert in_order_of_preference([old, wide, near]) == (near, wide, old)
    twin = Solution(("JPN",), near.product)
    assert in_order_of_preference([near, twin]) == (twin, near)


def test_matching_is_one_to_one_and_changes_only_for_a_clearly_better_one() -> None:
    matching = Matching(join=20.0, keep=40.0, preference=4.0)
    a, b1, b2 = ("A", "1"), ("B", "1"), ("B", "2")
    assert matching.update([a, b1, b2], {(a, b1): 5.0, (a, b2): 6.0}) == [(a, b1), (b2,)]
    assert matching.update([a, b1, b2], {(a, b1): 8.0, (a, b2): 5.0}) == [(a, b1), (b2,)]
    assert matching.update([a, b1, b2], {(a, b1): 12.0, (a, b2): 5.0}) == [(a, b2), (b1,)]
    assert matching.update([a, b2], {(a, b2): 30.0}) == [(a, b2)]
    assert matching.update([a, b2], {}) == [(a, b2)]
    assert matching.update([a, b2], {(a, b2): 50.0}) == [(a,), (b2,)]
    assert matching.update([a, b2], {(a, b2): 30.0}) == [(a,), (b2,)]


def test_who_cannot_be_compared_any_more_parts_nobody() -> None:
    """A third owner of whom nothing can be told made those who stayed look farther off than those who did not."""
    matching = Matching(join=20.0, keep=40.0, preference=4.0)
    a, b, c1, c2 = ("A", "1"), ("B", "1"), ("C", "1"), ("C", "2")
    assert matching.update([a, b, c1], {(a, b): 2.0, (a, c1): 2.0, (b, c1): 2.0}) == [(a, b, c1)]
    for second in range(6):
        # C has two now, and both are as near; of B nothing is heard.
        near = {(a, c1): 2.0 + second % 2, (a, c2): 2.0 + (second + 1) % 2}
        assert matching.update([a, b, c1, c2], near) == [(a, b, c1), (c2,)]


def test_what_is_told_of_no_more_stays_with_what_it_was_and_leaves_its_place() -> None:
    matching = Matching(join=20.0, keep=40.0, preference=4.0)
    a1, a9, b = ("A", "1"), ("A", "9"), ("B", "1")
    assert matching.update([a1, b], {(a1, b): 5.0}) == [(a1, b)]
    assert matching.update([a1, a9, b], {(a1, b): 9.0, (a9, b): 5.0}) == [(a1, b), (a9,)]
    assert matching.update([a1, a9, b], {(a1, b): 9.0, (a9, b): 5.0}, {a1}) == [(a1, a9, b)]
    # Told of again, only one of the two can be it.
    assert matching.update([a1, a9, b], {(a1, b): 19.0, (a9, b): 5.0}) == [(a1,), (a9, b)]
    # What was never one with the others does not join where its owner sees something else.
    assert matching.update([a1, a9, b], {(a1, b): 19.0, (a9, b): 5.0}, {a1}) == [(a1,), (a9, b)]


@pytest.mark.parametrize("forget_s", [fusion_module.FORGET_S, 30.0])
def test_a_thing_keeps_its_name_when_its_first_owner_leaves_it(
    monkeypatch: pytest.MonkeyPatch, forget_s: float
) -> None:
    """USA names it above the air and sees it no more; JPN sees how the air brakes it, far behind where USA had it."""
    monkeypatch.setattr(fusion_module, "FORGET_S", forget_s)
    fusion = Fusion()
    down = np.concatenate([geodetic_to_ecef(math.radians(39.5), math.radians(138.0), 160e3), [0.0, 0.0, 0.0]])
    down[3:] = -2500.0 * down[:3] / np.linalg.norm(down[:3])
    names = set()
    for second in range(75):
        time = START + second
        flown = propagate(down, math.log(1500.0), second)
        if second < 10:
            products = fusion.take("USA", replace(track(flown, START, "USA", "u-1"), time=time, issued=time), time)
        else:
            products = []
        seen = replace(track(flown, START, "JPN", "j-1"), time=time, issued=time)
        if second > 50:
            seen = replace(seen, phase="reentry")
        products += fusion.take("JPN", seen, time) + fusion.tick(time + 0.5)
        names |= {(product.object, fusion.called("JPN", None, "j-1")[1]) for product in products}  # type: ignore[union-attr]
    assert names == {("USA/u-1", "USA/u-1")}


def test_an_owners_next_name_for_a_thing_is_the_same_thing() -> None:
    """A tracker that loses a vehicle and finds it again calls it otherwise: for all others it is the one that flew."""
    fusion = Fusion()
    named: dict[str, set[float]] = {}
    for second in range(90):
        now = START + second
        said = fusion.tick(now)
        name = "E0001-1" if second < 30 else "E0001-7"
        said += fusion.take(
            "JPN", track(VEHICLE, now, "JPN", name, phase="lost" if second == 29 else "coast"), now + 0.3
        )
        said += fusion.take("KOR", track(VEHICLE, now, "KOR"), now + 0.4) if second > 2 else []
        for product in said:
            if isinstance(product, TrackProduct):
                named.setdefault(product.object, set()).add(product.issued)
    first = "JPN/E0001-1"
    assert fusion.object_identity("JPN", "E0001-7") == fusion.object_identity("KOR", "E0001-1") == first
    assert fusion.called("JPN", None, "E0001-7") == (None, first)
    times = sorted(named[first])
    assert max(later - sooner for sooner, later in itertools.pairwise(times)) < 2.0
    assert times[-1] > START + 88.0


def test_a_fall_that_is_told_without_a_track_is_the_same_fall() -> None:
    """USA tells where vehicle and stage come down, and of neither how it flies: nothing falls twice."""
    fusion = Fusion()
    vehicle, stage = {"medium-range": 0.9, "spent-stage": 0.1}, {"spent-stage": 0.9, "medium-range": 0.1}
    for owner in ("JPN", "USA"):
        fusion.take(owner, launch("E0001"), 900.0)
    for second in range(20):
        now = START + second
        fusion.tick(now)
        # The stage is braked more. USA counts the two otherwise.
        for state, classes, late_s, names in ((VEHICLE, vehicle, 0.0, "12"), (STAGE, stage, 50.0, "21")):
            fusion.take("JPN", track(state, now, "JPN", f"E0001-{names[0]}"), now + 0.3)
            for owner, name in zip(("JPN", "USA"), names, strict=True):
                fell = replace(impact(2e3, issued=now), time=START + 300.0 + late_s)
                about = f"E0001-{name}"
                fusion.take(owner, AssessmentProduct(about, "E0001", now, classes, 0.0), now + 0.3)
                fusion.take(owner, replace(fell, object=about, event="E0001"), now + 0.3)
    assert fusion.object_identity("USA", "E0001-2") == fusion.object_identity("JPN", "E0001-1") == "JPN/E0001-1"
    assert fusion.object_identity("USA", "E0001-1") == fusion.object_identity("JPN", "E0001-2") == "JPN/E0001-2"
    assert [one.owners for one in fusion.solutions("JPN", "E0001-1", START + 20.0)] == [("JPN",), ("USA",)]


def test_role_of_a_stage_widens_its_fall() -> None:
    """The drag of an empty stage is far more than a vehicle's: it falls short of it, by several kilometres."""
    places = {}
    for kind in ("medium-range", "spent-stage"):
        fusion = Fusion()
        for owner in ("JPN", "KOR"):
            classes = AssessmentProduct("E0001-1", "E0001", START, {kind: 1.0}, 0.0)
            fusion.take(owner, classes, START + 0.3)
            fusion.take(owner, track(VEHICLE, START, owner), START + 0.3)
        (best,) = fusion.solutions("KOR", "E0001-1", START + 1.0)
        assert best.owners == ("JPN", "KOR")
        places[kind] = best.product
    assert places["spent-stage"].time > places["medium-range"].time + 5.0
    assert places["spent-stage"].ellipse_90.semi_major_m > places["medium-range"].ellipse_90.semi_major_m
