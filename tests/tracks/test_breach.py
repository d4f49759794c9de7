"""A vehicle that stops being ballistic while a stage flies beside it: it is noticed, and told under its own name."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from nadhir.exercise.scenario import simulate
from nadhir.exercise.spec import LaunchSpec, ManoeuvreSpec, Spec
from nadhir.model import Product, TrackProduct
from nadhir.node import Replay

PUSHED = ManoeuvreSpec("coast", acceleration_mps2=(8.0, 8.0), start_s=(50.0, 50.0), duration_s=(20.0, 20.0))
NOTICED_S = 4.0


def flown(folder: Path, manoeuvre: ManoeuvreSpec | None) -> tuple[list[Product], float]:
    """Products of a flight until half a minute after its manoeuvre begins, or would, and when that is."""
    spec = Spec("breach", launches=(LaunchSpec("SRBM", after_s=20.0, style="standard", manoeuvre=manoeuvre),))
    simulate(spec, 3, folder)
    payload = next(o for o in json.loads((folder / "truth.json").read_text())["objects"] if o["part"] == "payload")
    begins = payload["burnout"] + 50.0
    products = []
    replay = Replay(folder)
    for product in replay:
        if replay.now > begins + 30.0:
            break
        products.append(product)
    return products, begins


@pytest.fixture(scope="module")
def pushed(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Product], float]:
    return flown(tmp_path_factory.mktemp("pushed"), PUSHED)


def tracks(products: list[Product]) -> list[TrackProduct]:
    return [product for product in products if isinstance(product, TrackProduct) and product.event]


def test_a_breach_shows_within_seconds_and_not_before(pushed: tuple[list[Product], float]) -> None:
    products, begins = pushed
    late = [track for track in tracks(products) if track.issued > begins - 20.0]
    assert 0.0 < min(track.issued - begins for track in late if not track.ballistic) < NOTICED_S


def test_what_breaks_out_keeps_its_name(pushed: tuple[list[Product], float]) -> None:
    products, begins = pushed
    known = {track.object for track in tracks(products) if track.issued < begins}
    assert {track.object for track in tracks(products) if not track.ballistic} <= known


def test_a_flight_that_keeps_to_gravity_and_drag_never_shows_one(tmp_path: Path) -> None:
    products, begins = flown(tmp_path, None)
    late = [track for track in tracks(products) if track.issued > begins - 20.0]
    assert late
    assert all(track.ballistic for track in late), msgspec.to_builtins([t for t in late if not t.ballistic][:1])
