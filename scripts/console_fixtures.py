"""Make the fixtures of the page's authors: what a console of JPN says through the event in examples/toward-land.

    python scripts/console_fixtures.py            writes page/fixtures/picture.json and page/fixtures/stream.jsonl

Three nations' cores run side by side; each gives its products to the others, and its infrared detections too. What is
drawn by chance is not: names come from a fixed key.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import msgspec

from nadhir.alerts import default_rules
from nadhir.alerts.people import Desk, Release
from nadhir.console.board import Board, Entry
from nadhir.console.messages import Delivery, Mark, WarningView
from nadhir.geo.areas import default_areas
from nadhir.model import Label, Record, TrackProduct, WarningProduct
from nadhir.model import Release as Records
from nadhir.node.core import Core, News
from nadhir.node.feed import own_lines
from nadhir.sensors import read_sensors

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "examples" / "toward-land"
OUT = ROOT / "page" / "fixtures"
ME = "JPN"
NATIONS = ("JPN", "KOR", "USA")
TAIL_S = 420.0
THIN_S = {"own": 30.0, "partner": 10.0, "shared": 3.0}
"""Tracks, impacts and assessments in the stream: one in so many seconds of each."""
DECIDED_AFTER_S = 8.0


def main() -> None:
    """Write both files."""
    entries: list[tuple[float, Entry]] = []
    board = Board(ME, "exercise", lambda entry: entries.append((board.at or 0.0, entry)) if entry else None)
    people = _People(board)
    kept: dict[str, float] = {}
    picture = b""
    for at, news in _news():
        for one in news:
            product = one.product
            if one.basis == "shared" and isinstance(product, WarningProduct):
                people.propose(product, at)
                continue
            thinned = THIN_S[one.basis]
            key = f"{one.basis}{one.owner}{type(product).__name__}{getattr(product, 'object', '')}"
            phase = getattr(product, "phase", "")
            key += phase
            if at - kept.get(key, -math.inf) >= thinned or not hasattr(product, "object"):
                kept[key] = at
                if isinstance(product, TrackProduct):
                    product = msgspec.structs.replace(product, covariance=[round(v, 3) for v in product.covariance])
                board.item(at, one.basis, one.owner, one.classification, one.event, one.object, product)
        people.tick(at)
        if not picture and people.open_for(at) > 90.0:
            picture = board.picture(3)
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / "picture.json").write_bytes(picture)
    lines = [
        msgspec.json.encode(
            {
                "event": entry.frame.split(b"\n", 1)[0].removeprefix(b"event: ").decode(),
                "id": entry.sequence,
                "data": msgspec.Raw(entry.body),
            }
        )
        for _, entry in entries
    ]
    (OUT / "stream.jsonl").write_bytes(b"\n".join(lines) + b"\n")
    print(f"picture.json {len(picture)} bytes; stream.jsonl {len(lines)} lines, {sum(map(len, lines))} bytes")


def _news() -> Iterator[tuple[float, list[News]]]:
    """What reaches JPN's picture, second by second."""
    sensors, areas = read_sensors(EXAMPLE), default_areas()
    label = {"USA-XBR-1": Label(classification="RESTRICTED")}
    cores = {
        nation: Core(
            nation, "exercise", [s for s in sensors if s.owner == nation], areas, default_rules(), bytes(32), label
        )
        for nation in NATIONS
    }
    owner = {sensor.id: sensor.owner for sensor in sensors}
    infrared = {sensor.id for sensor in sensors if sensor.kind == "infrared"}
    lines = list(own_lines(EXAMPLE, None))
    second, numbers = math.floor(lines[0][0]) + 1.0, dict.fromkeys(NATIONS, 0)
    end = lines[-1][0] + TAIL_S

    def give(giver: str, records: list[Record], at: float) -> list[News]:
        shared = [r for r in records if r.kind != "detection" or r.body.sensor in infrared]  # type: ignore[union-attr]
        heard: list[News] = []
        if shared:
            numbers[giver] += 1
            for nation in NATIONS:
                if nation != giver:
                    release = Records(1, giver, nation, "exercise", numbers[giver], at, tuple(shared))
                    step = cores[nation].release(release, at)
                    heard += step.news if nation == ME else []
        return heard

    def tick(now: float) -> list[News]:
        heard: list[News] = []
        for nation, core in cores.items():
            step = core.tick(now)
            heard += step.news if nation == ME else []
            heard += give(nation, step.records, now)
        return heard

    for at, line in lines:
        while second <= at:
            yield second, tick(second)
            second += 1.0
        nation = owner.get(msgspec.json.decode(line).get("sensor", ""), "")
        if nation in cores:
            step = cores[nation].line(line, at)
            heard = step.news if nation == ME else []
            yield at, heard + give(nation, step.records, at)
    while second <= end:
        yield second, tick(second)
        second += 1.0


class _People:
    """Two persons at a desk, who say yes a few seconds after they are asked."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._asked: dict[str, tuple[WarningProduct, float, float]] = {}
        self._opened: float | None = None
        self._desk = Desk(
            "exercise", default_rules(), default_areas().areas, frozenset({"kim", "lee"}), lambda who, act: b""
        )

    def open_for(self, at: float) -> float:
        """For how long a warning has been open."""
        return at - self._opened if self._opened is not None else 0.0

    def propose(self, product: WarningProduct, at: float) -> None:
        """A warning of the node."""
        known = product.warning in self._asked
        released = self._desk.propose(product, at)
        if not released and any(p.warning == product.warning for p in self._desk.pending):
            deadline = self._asked[product.warning][2] if known else at + 20.0
            self._asked[product.warning] = (product, at, deadline)
            self._board.warning(_view(product, "pending", at, deadline=deadline, needs=1), 0)
        for release in released:
            self._say(release, at)

    def tick(self, at: float) -> None:
        """Yes, after some seconds."""
        for name, (product, asked, _) in list(self._asked.items()):
            if at - asked >= DECIDED_AFTER_S and any(p.warning == name for p in self._desk.pending):
                for release in self._desk.approve(name, product.revision, "kim", at):
                    self._say(release, at)
                self._mark(Mark(0, at, at, "kim", "approve", name, product.revision, None, None, None), 0)

    def _mark(self, mark: Mark, level: int) -> None:
        self._board.mark(self._board.numbered(mark), level)

    def _say(self, release: Release, at: float) -> None:
        product = release.product
        self._opened = at if self._opened is None else self._opened
        state = "ended" if product.reason else "open"
        first = not self._board.warnings(3)
        self._board.warning(_view(product, state, at, by=release.approved_by), 0)
        if first:
            self._mark(Mark(0, at, at, "kim", "login", "", None, None, None, None), 0)
            event = product.events[0]
            self._mark(Mark(0, at, at, "kim", "acknowledge", event, None, "Seen; told the duty chief.", None, None), 0)


def _view(
    product: WarningProduct,
    state: str,
    at: float,
    by: tuple[str, ...] = (),
    deadline: float | None = None,
    needs: int = 0,
) -> WarningView:
    deliveries = () if state == "pending" else (Delivery("feed", "sent", at, ""), Delivery("city", "sent", at, ""))
    return WarningView(
        0, at, product.warning, product.revision, product, state, needs, by, deadline,  # type: ignore[arg-type]
        "send" if deadline else None, True, deliveries, None,
    )  # fmt: skip


if __name__ == "__main__":
    main()
