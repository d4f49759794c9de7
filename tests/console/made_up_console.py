"""A console with a made-up node behind it, for the tests beside it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx
from argon2 import PasswordHasher
from console_visitors import PASSWORD

from nadhir.console import accounts as accounts_module
from nadhir.console import history as history_module
from nadhir.console.accounts import Account
from nadhir.console.app import console_app
from nadhir.console.console import Console
from nadhir.console.messages import (
    Act,
    Basis,
    Delivery,
    HeadView,
    Item,
    Operation,
    ReleaseGroup,
    SensorView,
    WarningView,
)
from nadhir.console.port import ActRefused, Export
from nadhir.model import (
    AreaNumbers,
    AreaWarning,
    Ellipse,
    Explanation,
    LaunchProduct,
    Product,
    TrackProduct,
    WarningProduct,
)
from nadhir.model.records import Classification

NOW = 1_800_000_000.0
ADDRESS = "http://127.0.0.1:8080"
# Quick ones: what is tested here is neither how dear a guess is nor how much is written at once.
history_module.BATCH_S = 0.01
accounts_module._hasher = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
_HASH: dict[str, str] = {}


class MadeUpNode:
    """What a console asks for, from nothing. An act on "refused" is refused."""

    enrolled = False
    languages = ("en", "ko", "ja", "ar")
    own_areas = ("KR-11", "KR-26")

    def __init__(self) -> None:
        self.time: float | None = NOW
        self.acts: list[tuple[str, Act]] = []

    def now(self) -> float | None:
        return self.time

    def act(self, act: Act, operator: str) -> Sequence[WarningView]:
        if act.what == "approve" and act.revision is None:
            raise ActRefused("Say which revision you have seen.", 400)
        self.acts.append((operator, act))
        return [a_view(act.subject, [])]

    def operation(self) -> Operation:
        head = HeadView("KOR", 3, "00", NOW)
        return Operation("ready", True, self.time, (), 0, {}, 0, 0, 0, (), (), (), (head,))

    def sensors(self, level: int) -> Sequence[SensorView]:
        return []

    def areas(self) -> bytes:
        return b'{"type":"FeatureCollection","features":[]}'

    def releases(self, event: str) -> Sequence[ReleaseGroup]:
        return [ReleaseGroup("r", "track", "JPN", "released", "Released.", "r", "sent", NOW, 1)]

    def export(self, form: Export, event: str, items: Sequence[Item]) -> bytes:
        return repr([item.product for item in items]).encode()


def a_console(folder: Path, **clearances: Classification) -> Console:
    """A console; accounts by name: one whose name begins with o is an operator. Hashing once is enough."""
    console = Console("KOR", "exercise", folder)
    console.behind = MadeUpNode()
    hashed = _HASH.setdefault(PASSWORD, accounts_module._hashed(PASSWORD))
    made = {
        name: Account(name, "operator" if name.startswith("o") else "reader", clearance, hashed)
        for name, clearance in clearances.items()
    }
    console.accounts._write(made)
    return console


def a_browser(console: Console, **options: Any) -> httpx.AsyncClient:
    """A client of the console's application."""
    transport = httpx.ASGITransport(console_app(console, **options), client=("127.0.0.1", 50_000))
    return httpx.AsyncClient(transport=transport, base_url=ADDRESS)


def a_launch(event: str, status: str = "report", at: float = NOW) -> LaunchProduct:
    return LaunchProduct(event, at, status, at - 20.0, 2.0, 39.0, 127.0, Ellipse(9e3, 4e3, 30.0), ["S"])  # type: ignore[arg-type]


def a_track(thing: str, event: str | None, phase: str = "boost", at: float = NOW) -> TrackProduct:
    return TrackProduct(thing, event, at, at, phase, (-3e6, 4e6, 4e6), (1.0, 2.0, 3.0), [0.0] * 21)  # type: ignore[arg-type]


def a_view(warning: str, events: list[str], state: str = "open", note: str | None = None) -> WarningView:
    areas = [AreaWarning("JP-05", 0.4, NOW + 300.0)]
    product = WarningProduct(warning, events, [], NOW, "alert", "impact", areas, "exercise")
    told = (Delivery("feed", "sent", NOW, ""),)
    return WarningView(0, NOW, warning, 0, product, state, 0, ("node",), None, None, True, told, note)  # type: ignore[arg-type]


def an_explanation(warning: str, why: str) -> Explanation:
    numbers = AreaNumbers("JP-05", 0.4, 0.4, 0.05, 0.01, True)
    return Explanation(warning, 0, NOW, "JPN", "impact", "alert", None, why, [numbers], [])


def tell(
    console: Console,
    product: Product,
    classification: Classification = "UNCLASSIFIED",
    basis: Basis = "shared",
    owner: str = "KOR",
    at: float | None = None,
) -> None:
    """A product under the names that it has."""
    event = getattr(product, "event", None)
    console.item(
        product.issued if at is None else at,
        basis,
        owner,
        classification,
        event,
        getattr(product, "object", None),
        product,
    )
