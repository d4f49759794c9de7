"""The picture at any time, streams that resume, restarts, and an exercise that begins anew."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up_console import NOW, MadeUpNode, a_console, a_launch, a_track, a_view, tell

from nadhir.console import board as board_module
from nadhir.console.board import Board
from nadhir.console.console import Console
from nadhir.console.history import FILE, History
from nadhir.console.streams import BEHIND_BYTES, RESET
from nadhir.model import Ellipse, ImpactProduct


def shown(picture: bytes) -> dict[str, Any]:
    """What a picture shows: the latest of each thing by its name."""
    seen = msgspec.json.decode(picture)
    things = {
        (item["basis"], item["product"]["kind"], item["product"].get("object") or item["product"]["event"]): item["at"]
        for item in seen["items"]
    }
    return things | {view["warning"]: view["state"] for view in seen["warnings"]}


changes = st.lists(
    st.tuples(st.sampled_from(["launch", "track", "warning", "ended", "time"]), st.integers(0, 3), st.integers(0, 50)),
    min_size=1,
    max_size=40,
)


@settings(max_examples=25, deadline=None)
@given(told=changes)
def test_the_picture_of_then_is_what_it_was_then(tmp_path_factory: Any, told: list[tuple[str, int, int]]) -> None:
    console = a_console(tmp_path_factory.mktemp("console"))
    now, pictures = NOW, {}
    for kind, name, step_s in told:
        now += step_s
        if kind == "launch":
            tell(console, a_launch(f"E{name}", at=now))
        elif kind == "track":
            tell(console, a_track(f"E{name}-1", f"E{name}", at=now))
        elif kind != "time":
            view = msgspec.structs.replace(a_view(f"W{name}", [f"E{name}"]), at=now)
            console.warning(msgspec.structs.replace(view, state="ended" if kind == "ended" else "open"), 0)
        console.time(now)
        pictures[now] = shown(console.board.picture(0))
    console.history.settle()
    for at, picture in pictures.items():
        assert shown(console.history.picture("KOR", "exercise", at, 0)) == picture
    console.close()


def test_a_stream_resumes_where_it_was_or_begins_anew(tmp_path: Path) -> None:
    async def test() -> None:
        console = a_console(tmp_path)
        board, streams = console.board, console.streams
        tell(console, a_launch("E1"))
        seen = board.sequence
        tell(console, a_launch("E2"))
        console.warning(a_view("W", ["E2"]), 0)

        async def first(after: int | None) -> bytes:
            stream = streams.open(after, 0, lambda: True)
            piece = await stream.next()
            streams.close(stream)
            assert piece is not None
            return piece

        missed = await first(seen)
        assert b"E1" not in missed
        assert missed.index(b"event: item") < missed.index(b"event: warning") < missed.index(b"event: time")
        assert not (await first(seen)).startswith(RESET)
        assert (await first(board.sequence)).startswith(b"event: time")
        assert (await first(1)).startswith(RESET)
        assert (await first(board.sequence + 5)).startswith(RESET)
        console.close()

    asyncio.run(test())


def test_tracks_never_push_warnings_out(monkeypatch: Any) -> None:
    monkeypatch.setattr(board_module, "RESUMED", {"track": 10})
    board = Board("KOR", "exercise")
    board.warning(a_view("W", ["E"]), 0)
    after = board.sequence - 1
    for k in range(10):
        board.item(NOW + k, "shared", "KOR", "UNCLASSIFIED", "E", "E-1", a_track("E-1", "E", at=NOW + k))
    kinds = [entry.kind for entry in board.since(after, 0) or []]
    assert kinds == ["warning"] + ["track"] * 10
    board.item(NOW + 11, "shared", "KOR", "UNCLASSIFIED", "E", "E-1", a_track("E-1", "E", at=NOW + 11))
    assert board.since(after, 0) is None, "a track is not known any more: the whole picture is to be fetched"
    assert [view["warning"] for view in msgspec.json.decode(board.picture(0))["warnings"]] == ["W"]


def test_a_browser_that_does_not_keep_up_is_cut_off(tmp_path: Path) -> None:
    async def test() -> None:
        console = a_console(tmp_path)
        slow = console.streams.open(None, 0, lambda: True)
        quick = console.streams.open(None, 0, lambda: True)
        told = 0
        while not slow.closed:
            tell(console, a_track("E-1", "E", at=NOW + told))
            told += 1
            console.streams._flush()
            assert await quick.next()
        assert told * 300 > BEHIND_BYTES / 5
        assert await slow.next() is None
        assert not quick.closed
        console.close()

    asyncio.run(test())


def test_a_session_that_ends_ends_its_stream(tmp_path: Path) -> None:
    async def test() -> None:
        console = a_console(tmp_path)
        running = asyncio.create_task(console.run())
        lasting = [True]
        stream = console.streams.open(None, 0, lambda: lasting[0])
        assert b"event: time" in (await stream.next() or b"")
        lasting[0] = False
        async with asyncio.timeout(10.0):
            while await stream.next() is not None:
                pass
        running.cancel()
        console.close()

    asyncio.run(test())


def test_what_a_restart_takes_again_is_there_once(tmp_path: Path) -> None:
    def session(count: int) -> Console:
        console = a_console(tmp_path)
        for k in range(count):
            tell(console, a_track("E-1", "E", ("boost", "coast")[k // 10 % 2], at=NOW + k))
        return console

    first = session(30)
    first.note("olga", "note", "E", note="kept")
    first.warning(msgspec.structs.replace(a_view("W", ["E"], "ended"), at=NOW + 29), 0)
    last = first.board.sequence
    first.close()
    again = session(40)
    again.history.settle()
    assert again.board.sequence > last
    found = again.history.between(0.0, 1e11, 0, 5000, 0)
    assert [entry.at for entry in found.entries if entry.kind == "track"] == [NOW + k for k in range(40)]
    assert [entry.at for entry in again.history.timeline("E", 0) if entry.key == "timeline-phase"] == [
        NOW, NOW + 10, NOW + 20, NOW + 30,
    ]  # fmt: skip
    seen = msgspec.json.decode(again.board.picture(0))
    assert [mark["note"] for mark in seen["marks"]] == ["kept"]
    assert [view["state"] for view in seen["warnings"]] == ["ended"]
    again.close()


def test_an_exercise_that_begins_anew(tmp_path: Path) -> None:
    console = a_console(tmp_path)
    tell(console, a_launch("E1", at=NOW + 5000.0))
    console.note("olga", "note", "E1", note="kept")
    stream = console.streams.open(None, 0, lambda: True)
    tell(console, a_launch("E2", at=NOW))
    console.history.settle()
    console.streams._flush()
    seen = msgspec.json.decode(console.board.picture(0))
    assert [item["product"]["event"] for item in seen["items"]] == ["E2"]
    assert [mark["note"] for mark in seen["marks"]] == ["kept"]
    assert console.history.span(0).last == NOW

    async def piece() -> bytes:
        return await stream.next() or b""

    said = asyncio.run(piece())
    assert RESET in said
    assert said.index(RESET) < said.index(b"E2")
    console.close()


def test_what_is_long_unheard_leaves_the_picture_and_open_warnings_stay(tmp_path: Path) -> None:
    console = a_console(tmp_path)
    tell(console, a_launch("E1"))
    console.warning(a_view("W1", ["E1"]), 0)
    console.warning(a_view("W2", ["E1"], "ended"), 0)
    console.time(NOW + board_module.CURRENT_S + 1.0)
    seen = msgspec.json.decode(console.board.picture(0))
    assert not seen["items"]
    assert [view["warning"] for view in seen["warnings"]] == ["W1"]
    console.close()


def test_a_damaged_history_begins_anew(tmp_path: Path) -> None:
    (tmp_path / "history.sqlite").write_bytes(b"no database at all" * 100)
    history = History(tmp_path)
    assert history.span(0).first is None
    history.close()


def test_a_warning_that_another_version_wrote_keeps_no_console_from_starting(tmp_path: Path) -> None:
    console = a_console(tmp_path)
    for name in ("W1", "W2"):
        console.warning(a_view(name, ["E"]), 0)
    console.close()
    with closing(sqlite3.connect(tmp_path / FILE)) as database, database:
        database.execute(
            "UPDATE change SET body = json_set(body, '$.again', 'alert') WHERE kind = 'warning' AND key = 'W1'"
        )
    again = a_console(tmp_path)
    assert [view.warning for view, _ in again.history.last_warnings()] == ["W2"]
    again.close()


def test_old_history_is_let_go(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr("nadhir.console.history.KEPT_S", 1000.0)
    console = a_console(tmp_path)
    for k in range(0, 3000, 100):
        tell(console, a_launch("E", at=NOW + k))
    console.history.settle()
    tell(console, a_launch("E", at=NOW + 3000))
    console.history.settle()
    span = console.history.span(0)
    assert (span.first, span.last) == (NOW + 2000, NOW + 3000)
    assert isinstance(console.behind, MadeUpNode)
    console.close()


def test_what_was_found_to_be_another_thing_stands_on_the_events_page_under_that_one(tmp_path: Path) -> None:
    """Also what is not said again since: it was left there as an object of its own."""

    async def test() -> None:
        console = a_console(tmp_path)
        impact = ImpactProduct("K-1", "E", "coast", NOW, NOW + 300.0, 2.0, 39.7, 140.1, Ellipse(1e3, 1e3, 0.0))
        said = [(NOW, "K-1", impact), (NOW, "K-1", a_track("K-1", "E")), (NOW, "U-1", a_track("U-1", "E"))]
        said += [(NOW + 1.0, "U-1", a_track(name, "E", at=NOW + 1.0)) for name in ("K-1", "U-1")]
        for at, thing, product in said:
            console.item(at, "shared", "KOR", "UNCLASSIFIED", "E", thing, product)
        detail = await console.event("E", 0)
        assert detail is not None
        assert [(one.object, len(one.preferred)) for one in detail.objects] == [("U-1", 2)]
        console.close()

    asyncio.run(test())
