"""What is one thing is one for people: own tracks under the shared picture's name, several names under the first."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from nadhir.alerts import Decision, default_rules
from nadhir.geo.areas import default_areas
from nadhir.model import AreaWarning, Explanation, Label, Product, Record, Release, TrackProduct, WarningProduct
from nadhir.node.core import Core, News
from nadhir.node.own_objects import OwnObjects

VARIANCES_M2, VARIANCES_M2PS2 = 50.0**2, 5.0**2
VELOCITY_MPS = (1200.0, -900.0, 2000.0)


def track(name: str, time: float, off_m: Sequence[float] = (0.0, 0.0, 0.0), event: str | None = None) -> TrackProduct:
    place = (-3.10e6, 3.75e6, 4.40e6)
    position = tuple(p + o + v * (time - 1000.0) for p, o, v in zip(place, off_m, VELOCITY_MPS, strict=True))
    covariance = [0.0] * 21
    for index in (0, 6, 11):
        covariance[index] = VARIANCES_M2
    for index in (15, 18, 20):
        covariance[index] = VARIANCES_M2PS2
    return TrackProduct(name, event, time, time, "coast", position, VELOCITY_MPS, covariance, burnout_time=900.0)  # type: ignore[arg-type]


def as_it_is(name: str) -> str:
    return name


def both(objects: OwnObjects, time: float, apart_m: float) -> None:
    """A vehicle and its stage, own and shared; what is shared is a second older and 60 m off."""
    for name, along_m in (("1", 0.0), ("2", apart_m)):
        objects.own(track(f"own-{name}", time, (along_m, 0.0, 0.0)))
        objects.shared(f"USA/s-{name}", track("any", time - 1.0, (along_m + 60.0, 0.0, 0.0)))
    objects.match(time, as_it_is)


def test_each_own_track_is_the_shared_one_beside_it() -> None:
    objects = OwnObjects()
    for second in range(5):
        both(objects, 1000.0 + second, 800.0)
    assert (objects.called("own-1"), objects.called("own-2")) == ("USA/s-1", "USA/s-2")
    assert objects.called("own-3") is None


def test_what_is_far_from_all_stays_alone_and_two_are_never_one() -> None:
    objects = OwnObjects()
    objects.shared("USA/s-1", track("any", 1000.0))
    objects.own(track("own-1", 1000.0))
    objects.own(track("own-2", 1000.0, (150.0, 0.0, 0.0)))
    objects.own(track("own-3", 1000.0, (20e3, 0.0, 0.0)))
    objects.match(1000.0, as_it_is)
    assert [objects.called(f"own-{n}") for n in (1, 2, 3)] == ["USA/s-1", None, None]


def test_a_name_stays_while_nothing_is_seen_and_while_another_comes_near() -> None:
    objects = OwnObjects()
    both(objects, 1000.0, 5e3)
    objects.match(1200.0, as_it_is)
    assert objects.called("own-2") == "USA/s-2"
    objects.own(track("own-2", 1300.0))
    objects.shared("USA/s-2", track("any", 1300.0, (300.0, 0.0, 0.0)))
    objects.shared("USA/s-9", track("any", 1300.0))
    objects.match(1300.0, as_it_is)
    assert objects.called("own-2") == "USA/s-2"
    objects.match(1300.0 + 3700.0, as_it_is)
    assert objects.called("own-2") is None


def test_a_track_that_takes_over_gets_the_name_too() -> None:
    objects = OwnObjects()
    both(objects, 1000.0, 5e3)
    for second in range(10, 15):
        objects.own(track("own-9", 1000.0 + second))
        objects.shared("USA/s-1", track("any", 1000.0 + second, (60.0, 0.0, 0.0)))
        objects.match(1000.0 + second, as_it_is)
    assert (objects.called("own-1"), objects.called("own-9")) == ("USA/s-1", "USA/s-1")


def test_an_own_track_follows_the_thing_to_the_name_that_it_has_now() -> None:
    """What the shared picture calls no more was left behind on the page, seen by own sensors alone."""
    objects = OwnObjects()
    both(objects, 1000.0, 800.0)
    first = {"USA/s-1": "KOR/k-1"}
    objects.match(1001.0, lambda name: first.get(name, name))
    assert objects.called("own-1") is None  # nothing is told under the new name yet
    objects.own(track("own-1", 1002.0))
    objects.shared("KOR/k-1", track("any", 1001.0, (60.0, 0.0, 0.0)))
    objects.match(1002.0, lambda name: first.get(name, name))
    assert (objects.called("own-1"), objects.called("own-2")) == ("KOR/k-1", "USA/s-2")
    # Also what is not seen any more, such as the stage.
    objects.shared("KOR/k-2", track("any", 1050.0, (5e3, 0.0, 0.0)))
    objects.match(1100.0, lambda name: {**first, "USA/s-2": "KOR/k-2"}.get(name, name))
    assert (objects.called("own-1"), objects.called("own-2")) == ("KOR/k-1", "KOR/k-2")


@pytest.fixture
def core() -> Core:
    return Core("JPN", "exercise", [], default_areas(), default_rules(), bytes(32))


def told(core: Core, owner: str, product: TrackProduct, at: float) -> list[News]:
    record = Record(f"{owner}-{at}", "track", owner, "exercise", at, at, Label(), product)
    return core.release(Release(1, owner, "JPN", "exercise", int(at), at, (record,)), at).news


def test_the_shared_picture_says_under_one_name_what_it_goes_on_saying_under_two(core: Core) -> None:
    names: list[set[str | None]] = []
    for second in range(40):
        at = 1000.0 + second
        # KOR has it elsewhere at first: both have a name before it is known that they are one.
        off_m = 20e3 if second < 5 else 0.0
        news = told(core, "USA", track("u-1", at), at) + told(core, "KOR", track("k-1", at, (off_m, 0.0, 0.0)), at)
        news += core.tick(at + 0.5).news
        names.append({one.object for one in news if one.basis == "shared"})
    assert {"USA/u-1", "KOR/k-1"} <= set().union(*names[:5])
    products: list[Product] = [one.product for one in news if one.basis == "shared"]
    assert len(names[-1]) == 1
    assert {product.object for product in products if isinstance(product, TrackProduct)} == {"USA/u-1", "KOR/k-1"}
    assert core.first_name("KOR/k-1") == core.first_name("USA/u-1") == names[-1].pop()
    assert core.first_name("GBR/never-heard") == "GBR/never-heard"


def test_partners_are_told_of_an_event_as_every_node_calls_it(core: Core, monkeypatch: pytest.MonkeyPatch) -> None:
    """A node may have named it first from all detections, by a name that nobody else has."""
    for second in range(10):
        at = 1000.0 + second
        core._fusion.take("~JPN", track("z-1", at, event="z"), at)
        told(core, "USA", track("u-1", at, event="u"), at)
        core.tick(at + 0.5)
    assert core.first_name("USA/u-1") == "~JPN/z-1"
    areas = [AreaWarning("JP-05", 0.9, 1300.0)]
    product = WarningProduct(
        "W1", ["~JPN/z"], ["~JPN/z-1"], 1010.0, "alert", "impact", areas, "exercise", authority="JPN"
    )
    decision = Decision(product, Explanation("W1", 0, 1010.0, "JPN", "impact", "alert", None, "", [], []))
    monkeypatch.setattr(core._alerts, "tick", lambda now: [decision])
    step = core.tick(1010.0)
    (here,) = [one.product for one in step.news if isinstance(one.product, WarningProduct)]
    (there,) = [record.body for record in step.records if isinstance(record.body, WarningProduct)]
    assert (here.events, here.objects) == (["~JPN/z"], ["~JPN/z-1"])
    assert (there.events, there.objects) == (["USA/u"], ["USA/u-1"])
    assert here.warning == there.warning
