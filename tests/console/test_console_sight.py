"""What a clearance may not see never leaves the server: in no answer, at no time, by no way."""

from __future__ import annotations

import asyncio
import itertools
import tempfile
from pathlib import Path

import httpx
from console_visitors import Person
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up_console import (
    NOW,
    a_browser,
    a_console,
    a_launch,
    a_track,
    a_view,
    an_explanation,
    tell,
)

from nadhir.console.board import level_of
from nadhir.console.console import Console
from nadhir.model.records import CLASSIFICATIONS, Classification

_numbers = itertools.count()

things = st.lists(
    st.tuples(
        st.sampled_from(["launch", "track", "partner", "warning", "explanation", "mark", "refused"]),
        st.sampled_from(CLASSIFICATIONS),
        st.sampled_from(["E1", "E2", None]),
    ),
    min_size=1,
    max_size=12,
)


async def tell_all(console: Console, told: list[tuple[str, Classification, str | None]]) -> dict[str, int]:
    """Tell of things that each hold a word of their own; the level that each word needs."""
    words: dict[str, int] = {}
    for number, (kind, label, event) in enumerate(told):
        word, at, level = f"w{next(_numbers):06d}w", NOW + number, level_of(label)
        words[word] = level
        match kind:
            case "launch":
                tell(console, a_launch(word, at=at), label)
            case "track":
                tell(console, a_track(word, event, at=at), label)
            case "partner":
                tell(console, a_track(word, event, at=at), label, "partner", "JPN", at)
            case "warning":
                console.warning(a_view(word, [event or "E1"]), level)
            case "explanation":
                console.explanation(an_explanation("W", word), level)
            case "mark":
                tell(console, a_launch(f"L{word}", at=at), label)
                words[f"L{word}"] = level
                mark = console.note("olga", "note", f"L{word}", level, note=word)
                assert mark.note == word
            case _:
                tell(console, a_launch(word, at=at), label)
                account = console.accounts.find("olga")
                assert account is not None
                console.note("olga", "cancel", word, level, refused="No.")
    return words


async def everything(person: Person, words: dict[str, int]) -> str:
    """All that somebody can get to see."""
    said = []
    for path in ("picture", "log", "sensors", "operation", "span", "history?limit=5000", "explanation?warning=W"):
        answer = await person.client.get(f"/api/{path}")
        assert answer.status_code == 200, answer.text
        said.append(answer.text)
    said.append((await person.client.get("/api/picture", params={"at": NOW + 60.0})).text)
    for event in ("E1", "E2", *words):
        for form in ("event", "event.geojson", "event.czml"):
            answer = await person.client.get(f"/api/{form}", params={"event": event})
            # A name that was asked for may be said again only where there is something of it.
            said.append(answer.text if answer.status_code == 200 else "")
    return "\n".join(said)


async def streamed(console: Console, level: int, after: int) -> str:
    stream = console.streams.open(after, level, lambda: True)
    piece = await stream.next()
    console.streams.close(stream)
    return (piece or b"").decode()


@settings(max_examples=12, deadline=None)
@given(told=things)
def test_what_is_above_a_clearance_never_leaves(told: list[tuple[str, Classification, str | None]]) -> None:
    async def test(console: Console) -> None:
        before = console.board.sequence
        live = {level: console.streams.open(None, level, lambda: True) for level in range(len(CLASSIFICATIONS))}
        words = await tell_all(console, told)
        console.time(NOW + 30.0)
        console.history.settle()
        console.streams._flush()
        for name, clearance in zip(("ulla", "rita", "cleo", "olga"), CLASSIFICATIONS, strict=True):
            level = level_of(clearance)
            async with a_browser(console) as browser:
                person = Person(browser)
                await log_in(console, browser, name)
                said = await everything(person, words)
            said += await streamed(console, level, before)
            said += ((await live[level].next()) or b"").decode()
            for word, needed in words.items():
                assert (word in said) is (needed <= level), (word, needed, clearance)

    with tempfile.TemporaryDirectory() as folder:
        console = a_console(Path(folder), ulla="UNCLASSIFIED", rita="RESTRICTED", cleo="CONFIDENTIAL", olga="SECRET")
        try:
            asyncio.run(test(console))
        finally:
            console.close()


async def log_in(console: Console, browser: httpx.AsyncClient, name: str) -> None:
    """A session without its password: hashing it is not what is tested here."""
    account = console.accounts.find(name)
    assert account is not None
    secret, _ = console.sessions.begin(account)
    browser.cookies.set("nadhir-KOR-exercise", secret)


def test_nothing_is_done_to_what_is_not_seen(tmp_path: Path) -> None:
    async def test() -> None:
        console = a_console(tmp_path, ogden="UNCLASSIFIED", olga="SECRET")
        tell(console, a_launch("E"), "SECRET")
        console.warning(a_view("W", ["E"]), level_of("SECRET"))
        async with a_browser(console) as browser:
            person = Person(browser)
            await person.log_in("ogden")
            for subject in ("E", "W", "none"):
                answer = await person.act("acknowledge", subject)
                assert answer.status_code == 404
                assert answer.json() == {"detail": "There is no such event or warning."}
            assert (await person.act("cancel", "W")).status_code == 404
            assert {mark["subject"] for mark in await person.get("/api/log")} == {""}
        assert not console.behind.acts  # type: ignore[attr-defined]
        console.close()

    asyncio.run(test())
