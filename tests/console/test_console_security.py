"""Who comes in, how often, from where; what every answer carries; what is written down about it."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx
import msgspec
import pytest
from console_visitors import PASSWORD, Person
from made_up_console import ADDRESS, NOW, MadeUpNode, a_browser, a_console, a_launch, tell

from nadhir.console.accounts import AccountError, Accounts
from nadhir.console.console import Console
from nadhir.console.guard import HEADERS
from nadhir.console.messages import RealEvent
from nadhir.console.operators import OperatorLog
from nadhir.console.sessions import IDLE_S, LONGEST_S, Limit, Sessions


def with_console(folder: Path, test: Callable[[Console, httpx.AsyncClient], Awaitable[None]]) -> None:
    async def run() -> None:
        console = a_console(folder, olga="SECRET", rita="UNCLASSIFIED")
        try:
            async with a_browser(console) as browser:
                await test(console, browser)
        finally:
            console.close()

    asyncio.run(run())


PATHS = (
    "/api/session", "/api/picture", "/api/stream", "/api/history", "/api/span", "/api/event?event=x",
    "/api/event.geojson?event=x", "/api/event.czml?event=x", "/api/explanation?warning=x", "/api/areas",
    "/api/sensors", "/api/operation", "/api/log",
)  # fmt: skip


@pytest.mark.parametrize("body", [b"", b"{", b"null", b"[" * 20_000, b'{"x": ' + b"[" * 20_000, b'{"name": "\xff"}'])
def test_a_body_that_cannot_be_read_is_the_senders_fault(tmp_path: Path, body: bytes) -> None:
    async def test(console: Console, browser: httpx.AsyncClient) -> None:
        headers = {"Origin": ADDRESS, "Content-Type": "application/json"}
        for path in ("/api/session", "/api/acts"):
            answer = await browser.post(path, content=body, headers=headers)
            assert answer.status_code in (400, 401), answer.text
            assert answer.json().keys() == {"detail"}

    with_console(tmp_path, test)


def test_nothing_is_seen_without_a_session(tmp_path: Path) -> None:
    async def test(console: Console, browser: httpx.AsyncClient) -> None:
        for path in PATHS:
            answer = await browser.get(path)
            assert answer.status_code == 401, path
            assert answer.json() == {"detail": "Log in first."}
            assert {name: answer.headers[name] for name in HEADERS} == HEADERS
            assert answer.headers["cache-control"] == "no-store"
        answer = await browser.post("/api/acts", json={"what": "note"}, headers={"Origin": ADDRESS})
        assert answer.status_code == 401

    with_console(tmp_path, test)


def test_a_session_by_a_cookie_that_scripts_cannot_read(tmp_path: Path) -> None:
    async def test(console: Console, browser: httpx.AsyncClient) -> None:
        olga = Person(browser)
        answer = await olga.log_in("olga")
        cookie = answer.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=strict" in cookie
        assert "Path=/" in cookie
        session = await olga.get("/api/session")
        assert session | {"csrf": ""} == {
            "name": "olga", "role": "operator", "clearance": "SECRET", "csrf": "", "nation": "KOR",
            "mode": "exercise", "enrolled": False, "languages": ["en", "ko", "ja", "ar"],
            "own_areas": ["KR-11", "KR-26"],
        }  # fmt: skip
        headers = {"Origin": ADDRESS, "X-Nadhir-CSRF": session["csrf"]}
        assert (await browser.delete("/api/session", headers={"Origin": ADDRESS})).status_code == 403
        assert (await browser.delete("/api/session", headers=headers)).status_code == 204
        assert (await browser.get("/api/session")).status_code == 401
        marks = [line.mark for line in console.operators.lines]
        assert [(mark.operator, mark.what) for mark in marks] == [("olga", "login"), ("olga", "logout")]

    with_console(tmp_path, test)


@pytest.mark.parametrize("origin", [None, "https://evil.example", "http://127.0.0.1:8081", "null"])
def test_what_changes_something_comes_from_the_page(tmp_path: Path, origin: str | None) -> None:
    async def test(console: Console, browser: httpx.AsyncClient) -> None:
        olga = Person(browser)
        await olga.log_in("olga")
        headers = {"X-Nadhir-CSRF": olga.csrf} | ({"Origin": origin} if origin else {})
        act = {"what": "hand-over", "note": "All quiet."}
        assert (await browser.post("/api/acts", json=act, headers=headers)).status_code == 403
        assert (await browser.post("/api/acts", json=act, headers={"Origin": ADDRESS})).status_code == 403
        assert (await olga.act("hand-over", note="All quiet.")).status_code == 200

    with_console(tmp_path, test)


@pytest.mark.parametrize(
    ("host", "served"),
    [
        ("127.0.0.1:8080", True), ("localhost:8080", True), ("[::1]:8080", True), ("10.0.0.7", True),
        ("evil.example", False), ("evil.example:8080", False), ("", False), ("127.0.0.1.evil.example", False),
        ("console.example", False),
    ],
)  # fmt: skip
def test_other_names_are_not_served(tmp_path: Path, host: str, served: bool) -> None:
    async def test(console: Console, browser: httpx.AsyncClient) -> None:
        answer = await browser.get("/api/session", headers={"Host": host})
        assert (answer.status_code == 401) is served
        async with a_browser(console, names=frozenset({"console.example"})) as named:
            answer = await named.get("/api/session", headers={"Host": "Console.example:80"})
            assert answer.status_code == 401

    with_console(tmp_path, test)


def test_passwords_cannot_be_tried_for_long(tmp_path: Path) -> None:
    async def test(console: Console, browser: httpx.AsyncClient) -> None:
        console.accounts.opens = lambda account, password: False  # type: ignore[method-assign]
        console.tries_by_name = Limit(10, 10.0, lambda: 0.0)
        console.tries_by_address = Limit(30, 2.0, lambda: 0.0)
        person = Person(browser)
        codes = [(await person.log_in("olga", "wrong")).status_code for _ in range(12)]
        assert codes == [401] * 10 + [429] * 2
        codes = [(await person.log_in(f"n{k}", "wrong")).status_code for k in range(25)]
        assert codes.count(401) == 18
        refused = [line.mark for line in console.operators.lines]
        assert {mark.operator for mark in refused} == {"olga", ""}, "an unknown name may be a password"
        assert all(mark.refused for mark in refused)

    with_console(tmp_path, test)


def test_an_unknown_name_is_refused_as_a_wrong_password_is(tmp_path: Path) -> None:
    checked: list[str] = []

    async def test(console: Console, browser: httpx.AsyncClient) -> None:
        opens = console.accounts.opens

        def counted(account: object, password: str) -> bool:
            checked.append(password)
            return opens(account, password)  # type: ignore[arg-type]

        console.accounts.opens = counted  # type: ignore[method-assign]
        person = Person(browser)
        answers = [await person.log_in("olga", "wrong"), await person.log_in("nobody", "wrong")]
        assert {answer.status_code for answer in answers} == {401}
        assert answers[0].content == answers[1].content
        assert len(checked) == 2

    with_console(tmp_path, test)


def test_a_changed_account_is_logged_out(tmp_path: Path) -> None:
    async def test(console: Console, browser: httpx.AsyncClient) -> None:
        olga = Person(browser)
        await olga.log_in("olga")
        Accounts(tmp_path).remove("rita")
        assert (await browser.get("/api/session")).status_code == 200
        Accounts(tmp_path).set_password("olga", "another long password")
        assert (await browser.get("/api/session")).status_code == 401
        assert (await olga.log_in("olga", "another long password")).status_code == 200

    with_console(tmp_path, test)


def test_sessions_end() -> None:
    now = 0.0
    sessions = Sessions(lambda: now)
    account = msgspec.json.decode(b'["olga"]', type=tuple[str])[0]
    secret, login = sessions.begin(account)  # type: ignore[arg-type]
    assert sessions.find(secret) is login
    assert sessions.find(secret + "x") is None
    now += IDLE_S - 1.0
    assert sessions.find(secret) is login
    now += IDLE_S + 1.0
    assert sessions.find(secret) is None
    secret, login = sessions.begin(account)  # type: ignore[arg-type]
    for _ in range(int(LONGEST_S // 600.0)):
        now += 600.0
        assert sessions.find(secret) is login
    now += 1.0
    assert sessions.find(secret) is None


def test_a_limit_lets_through_what_it_says() -> None:
    now = 0.0
    limit = Limit(3, 10.0, lambda: now)
    assert [limit.take("a") for _ in range(5)] == [True, True, True, False, False]
    assert limit.take("b")
    now = 10.0
    assert [limit.take("a") for _ in range(2)] == [True, False]
    now = 1000.0
    assert [limit.take("a") for _ in range(4)] == [True, True, True, False]


def test_readers_change_nothing(tmp_path: Path) -> None:
    async def test(console: Console, browser: httpx.AsyncClient) -> None:
        tell(console, a_launch("E"))
        rita = Person(browser)
        await rita.log_in("rita")
        for what in ("acknowledge", "approve", "cancel", "reissue", "note"):
            answer = await rita.act(what, "E", note="x")
            assert answer.status_code == 403
        assert (await rita.act("hand-over", note="x")).status_code == 403
        assert not console.behind.acts  # type: ignore[attr-defined]
        refusals = [line.mark.refused for line in console.operators.lines if line.mark.what != "login"]
        assert len(refusals) == 6
        assert all(refusals)

    with_console(tmp_path, test)


def test_marks_of_operators(tmp_path: Path) -> None:
    async def test(console: Console, browser: httpx.AsyncClient) -> None:
        tell(console, a_launch("E"))
        olga = Person(browser)
        await olga.log_in("olga")
        assert (await olga.act("acknowledge", "E", note="Seen.")).json()["mark"]["note"] == "Seen."
        assert (await olga.act("shelve", "E", until=NOW - 1.0)).status_code == 400
        assert (await olga.act("shelve", "E")).status_code == 400
        assert (await olga.act("shelve", "E", until=NOW + 600.0)).status_code == 200
        assert (await olga.act("note", "E", note="  ")).status_code == 400
        assert (await olga.act("acknowledge", "F")).status_code == 404
        # What the live node tells of is not in this picture, and yet somebody has seen it.
        console.real_event(RealEvent(NOW, ("F",)))
        assert (await olga.act("acknowledge", "F")).status_code == 200
        console.real_event(None)
        assert (await olga.act("acknowledge", "F")).status_code == 404
        assert (await olga.act("acknowledge")).status_code == 400
        assert (await olga.act("approve", "E")).status_code == 400
        assert (await olga.act("suspend", "E")).status_code == 400
        answer = await browser.post("/api/acts", content=b"{", headers={"Origin": ADDRESS, "X-Nadhir-CSRF": olga.csrf})
        assert answer.status_code == 400
        marks = (await olga.get("/api/picture"))["marks"]
        assert [mark["what"] for mark in marks if not mark["refused"]] == [
            "login",
            "acknowledge",
            "shelve",
            "acknowledge",
        ]
        assert marks == await olga.get("/api/log")

    with_console(tmp_path, test)


def test_the_operator_log_shows_what_was_changed_in_it(tmp_path: Path) -> None:
    console = a_console(tmp_path, olga="SECRET")
    for note in ("one", "two", "three"):
        console.note("olga", "note", "", note=note)
    console.close()
    path = tmp_path / "operators.jsonl"
    lines = path.read_bytes().splitlines()
    assert not OperatorLog(tmp_path).damage
    assert hashlib.sha256(lines[0]).hexdigest().encode() in lines[1]
    path.write_bytes(b"\n".join([lines[0], lines[2]]) + b"\n")
    assert "line 2" in OperatorLog(tmp_path).damage
    path.write_bytes(b"\n".join([lines[0], lines[1].replace(b"two", b"too"), lines[2]]) + b"\n")
    assert "line 3" in OperatorLog(tmp_path).damage
    path.write_bytes(b"\n".join(lines) + b"\n" + lines[0][:20])
    log = OperatorLog(tmp_path)
    assert "line 4" in log.damage
    assert [line.mark.note for line in log.lines] == ["one", "two", "three"]


def test_accounts_are_for_their_owner_alone(tmp_path: Path) -> None:
    accounts = Accounts(tmp_path)
    accounts.add("olga", "operator", "SECRET", PASSWORD)
    assert accounts.path.stat().st_mode & 0o077 == 0
    assert b"argon2id" in accounts.path.read_bytes()
    assert PASSWORD.encode() not in accounts.path.read_bytes()
    olga = accounts.find("olga")
    assert accounts.opens(olga, PASSWORD)
    assert not accounts.opens(olga, PASSWORD + " ")
    assert not accounts.opens(None, PASSWORD)
    for name, password, wrong in (("olga", PASSWORD, "already"), ("Olga!", PASSWORD, "no name"), ("x", "short", "12")):
        with pytest.raises(AccountError, match=wrong):
            accounts.add(name, "reader", "SECRET", password)
    accounts.path.chmod(0o644)
    with pytest.raises(AccountError, match="chmod 600"):
        Accounts(tmp_path).all()
    accounts.path.chmod(0o600)
    accounts.path.write_text("[")
    with pytest.raises(AccountError, match="not a list"):
        Accounts(tmp_path).all()


def test_broken_files_are_a_problem_and_let_nobody_in(tmp_path: Path) -> None:
    async def test(console: Console, browser: httpx.AsyncClient) -> None:
        olga = Person(browser)
        await olga.log_in("olga")
        assert not console.problems
        console.accounts.path.chmod(0o644)
        for answer in (await browser.get("/api/picture"), await olga.log_in("olga")):
            assert answer.status_code == 503
            assert str(tmp_path) not in answer.text
        assert "chmod 600" in console.problems[0]

    with_console(tmp_path, test)


def test_a_node_that_has_not_begun(tmp_path: Path) -> None:
    async def test(console: Console, browser: httpx.AsyncClient) -> None:
        assert isinstance(console.behind, MadeUpNode)
        console.behind.time = None
        olga = Person(browser)
        await olga.log_in("olga")
        assert (await olga.get("/api/picture"))["at"] is None
        assert await olga.get("/api/span") == {"first": None, "last": None}
        assert (await olga.act("hand-over", note="Quiet.")).status_code == 200

    with_console(tmp_path, test)
