"""Whatever a request holds, the console answers and does not fail: schemathesis over the API's own description."""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import Iterator
from pathlib import Path

import httpx
import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_up_console import ADDRESS, NOW, a_browser, a_console, a_launch, a_track, a_view, an_explanation, tell

from nadhir.console.console import Console
from nadhir.console.messages import Act
from nadhir.console.openapi import document

schemathesis = pytest.importorskip("schemathesis")


@pytest.fixture(params=["reader", "operator", "nobody"])
def browser(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Console, httpx.AsyncClient, str]]:
    """A console with something in it, a browser at it, and the session's token; limits do not end the test."""
    console = a_console(tmp_path, olga="SECRET", rita="UNCLASSIFIED")
    console.acts_by_name.take = lambda key: True  # type: ignore[method-assign]
    console.tries_by_name.take = console.tries_by_address.take = lambda key: True  # type: ignore[method-assign]
    tell(console, a_launch("E"))
    tell(console, a_track("E-1", "E"))
    console.warning(a_view("W", ["E"]), 0)
    console.explanation(an_explanation("W", "numbers"), 0)
    console.history.settle()
    client = a_browser(console)
    csrf = ""
    account = console.accounts.find({"reader": "rita", "operator": "olga"}.get(request.param, ""))
    if account is not None:
        secret, login = console.sessions.begin(account)
        client.cookies.set("nadhir-KOR-exercise", secret)
        csrf = login.csrf
    yield console, client, csrf
    console.close()


def fuzz(browser: tuple[Console, httpx.AsyncClient, str], examples: int) -> int:
    """Requests of schemathesis to every operation; how many there were."""
    _, client, csrf = browser
    schema = schemathesis.openapi.from_dict(msgspec.json.decode(document()))
    loop = asyncio.new_event_loop()
    sent = 0
    for result in schema.get_all_operations():
        operation = result.ok()
        if operation.path == "/api/stream" or (operation.method == "delete" and operation.path == "/api/session"):
            continue

        @settings(
            max_examples=examples,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=schemathesis.GenerationMode.POSITIVE))
        def positive(case: schemathesis.Case) -> None:
            send(case)

        @settings(max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy(generation_mode=schemathesis.GenerationMode.NEGATIVE))
        def negative(case: schemathesis.Case) -> None:
            send(case)

        def send(case: schemathesis.Case) -> None:
            nonlocal sent
            sent += 1
            request = case.as_transport_kwargs(base_url=ADDRESS)
            request["headers"] = {**dict(request.get("headers") or {}), "origin": ADDRESS, "x-nadhir-csrf": csrf}
            request.pop("cookies", None)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                content = request.pop("data", None)
                answer = loop.run_until_complete(client.request(**request, content=content))
            assert answer.status_code < 500, (case.method, case.path, answer.text)
            if answer.status_code >= 400:
                assert msgspec.json.decode(answer.content).keys() == {"detail"}

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            positive()
            if operation.query or operation.body:
                negative()
    loop.close()
    return sent


def test_no_request_makes_it_fail_quickly(browser: tuple[Console, httpx.AsyncClient, str]) -> None:
    assert fuzz(browser, 3) > 20


@pytest.mark.slow
def test_no_request_makes_it_fail(browser: tuple[Console, httpx.AsyncClient, str]) -> None:
    assert fuzz(browser, 150) > 1000


acts = st.builds(
    Act,
    what=st.sampled_from(["acknowledge", "shelve", "approve", "clear", "correct", "resume", "hand-over"]),
    subject=st.sampled_from(["", "E", "W", "none", "\x00", "x" * 200]),
    revision=st.none() | st.integers(0, 10**9),
    note=st.none() | st.text(max_size=100),
    until=st.none() | st.floats(0.0, 1e11),
)


@settings(max_examples=20, deadline=None)
@given(act=acts)
def test_every_act_is_answered_and_written_down(tmp_path_factory: pytest.TempPathFactory, act: Act) -> None:
    console = a_console(tmp_path_factory.mktemp("console"), olga="SECRET")
    tell(console, a_launch("E"))
    console.warning(a_view("W", ["E"]), 0)
    account = console.accounts.find("olga")
    assert account is not None
    secret, login = console.sessions.begin(account)

    async def test() -> None:
        async with a_browser(console) as client:
            client.cookies.set("nadhir-KOR-exercise", secret)
            headers = {"origin": ADDRESS, "x-nadhir-csrf": login.csrf}
            answer = await client.post("/api/acts", content=msgspec.json.encode(act), headers=headers)
        assert answer.status_code in (200, 400, 404, 409)
        assert len(console.operators.lines) == 1
        mark = console.operators.lines[0].mark
        assert (mark.refused is None) is (answer.status_code == 200)
        assert (mark.what, mark.operator, mark.at) == (act.what, "olga", NOW)

    asyncio.run(test())
    console.close()
