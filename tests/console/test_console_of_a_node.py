"""The console of a real node: an event from launch to its end, by people over HTTP."""

from __future__ import annotations

import asyncio
import ssl
import time
from importlib.resources import files
from itertools import takewhile
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
import shapely
from console_visitors import Person, events
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from made_up_console import a_console

from nadhir.channels.serving import listening
from nadhir.console.accounts import Accounts
from nadhir.node.config import ConsoleSection
from nadhir.node.feed import LEAD_S, Pace, feed, first_time, own_lines
from nadhir.node.nations import HOST, NationNode, free_ports, make_nations
from nadhir.node.office import open_office
from nadhir.node.toml import ConfigError
from nadhir.node.web import check, serve
from nadhir.sensors import read_sensors
from nadhir.sharing.certificates import self_signed
from nadhir.sharing.keys import write_private

pytestmark = pytest.mark.connected

EXAMPLE = Path(__file__).parents[2] / "examples" / "toward-land"
SECONDS = 130.0
"""After the first line: JPN's own radars have told where it comes down."""


def make_node(folder: Path) -> tuple[NationNode, str]:
    """JPN's node and its password: two persons approve what may come down; park is an operator whom the desk does not
    know."""
    policies = {"JPN": {"JPN.cedar": (EXAMPLE / "nations" / "JPN.cedar").read_text()}}
    node = make_nations(folder, read_sensors(EXAMPLE), policies)["JPN"]
    office = open_office(node)
    rules = (files("nadhir.alerts") / "rules.toml").read_text()
    automatic = 'impact = { district = "automatic", country = "automatic" }'
    asked = 'impact = { district = "two-person", country = "two-person", countdown_s = 900.0, then = "hold" }'
    (node.folder / "warning.toml").write_text(rules.replace(automatic, asked, 1))
    with (node.folder / "node.toml").open("a") as config:
        config.write('\n[warning]\nfile = "warning.toml"\n')
    Accounts(node.data / "console").add("park", "operator", "SECRET", office.password)
    return node, office.password


async def until(person: Person, state: str, warning: str | None = None, within_s: float = 30.0) -> dict[str, Any]:
    """The first warning in a state, or this one."""
    async with asyncio.timeout(within_s):
        while True:
            for view in (await person.get("/api/picture"))["warnings"]:
                if view["state"] == state and warning in (None, view["warning"]):
                    return dict(view)
            await asyncio.sleep(0.1)


def test_an_event_is_decided_on_by_people(tmp_path: Path) -> None:
    node, password = make_node(tmp_path)
    address = f"http://{HOST}:{node.console_port}"

    async def fed(until: float, since: float = 0.0) -> None:
        begin = first_time(EXAMPLE) - LEAD_S
        course, end = Pace(begin + since, 20.0, 1), begin + until
        early = takewhile(lambda line: line[0] <= end, own_lines(EXAMPLE, "JPN"))
        lines = [line for line in early if line[0] >= course.start]
        await feed(lines, HOST, node.ingest_port, course, end=end)

    async def test() -> None:
        await node.start()
        await node.until_ready(300.0)
        async with (
            httpx.AsyncClient(base_url=address) as one,
            httpx.AsyncClient(base_url=address) as two,
            httpx.AsyncClient(base_url=address) as three,
            httpx.AsyncClient(base_url=address) as four,
        ):
            kim, lee, park, mori = Person(one), Person(two), Person(three), Person(four)
            for person, name in ((kim, "kim"), (lee, "lee"), (park, "park"), (mori, "mori")):
                assert (await person.log_in(name, password)).status_code == 200
            heard: list[str] = []
            listening = asyncio.create_task(listen(mori, heard))
            await fed(SECONDS)
            view = await until(kim, "pending")
            warning, revision = view["warning"], view["revision"]
            assert (view["needs"], view["then"], view["approved_by"]) == (2, "hold", [])
            assert (await mori.act("approve", warning, revision=revision)).status_code == 403
            assert "no operator" in (await park.act("approve", warning, revision=revision)).json()["detail"]
            assert (await kim.act("approve", warning)).status_code == 400
            assert "changed" in (await kim.act("approve", warning, revision=revision + 7)).json()["detail"]
            first = await kim.act("approve", warning, revision=revision)
            assert [one["approved_by"] for one in first.json()["warnings"] if one["warning"] == warning] == [["kim"]]
            assert "another person" in (await kim.act("approve", warning, revision=revision)).json()["detail"]
            second = await lee.act("approve", warning, revision=revision)
            # A delivery of another warning may have changed that one meanwhile.
            assert [one["state"] for one in second.json()["warnings"] if one["warning"] == warning] == ["open"]
            assert "nothing to say again" in (await kim.act("reissue", warning)).json()["detail"]
            assert (await kim.act("acknowledge", warning, note="Seen.")).status_code == 200
            async with asyncio.timeout(10.0):
                while not [d for d in (await until(kim, "open"))["deliveries"] if d["state"] == "sent"]:
                    await asyncio.sleep(0.1)
            await look_at_everything(mori, warning)
            code = view["product"]["areas"][0]["code"]
            out = codes_of(await until(kim, "open", warning))
            corrected = (await kim.act("correct", warning, areas=[code])).json()
            assert sorted(one["state"] for one in corrected["warnings"]) == ["ended", "open"]
            new = next(one["warning"] for one in corrected["warnings"] if one["state"] == "open")
            assert (await lee.act("cancel", new)).json()["warnings"][0]["product"]["status"] == "cancel"
            assert (await lee.act("cancel", new)).status_code == 409
            again = await say_again(warning, out, kim, lee, reader=mori, stranger=park)
            assert (await lee.act("cancel", again)).status_code == 200
            log = [(mark["operator"], mark["what"], mark["refused"] is None) for mark in await mori.get("/api/log")]
            assert ("lee", "approve", True) in log
            assert ("mori", "approve", False) in log
            assert {"item", "warning", "mark", "time"} <= set(heard)
            listening.cancel()
            before = await kim.get("/api/picture")
        assert await node.stop() == 0
        # What was decided and noted is there after a restart.
        await node.start()
        await node.until_ready(300.0)
        async with httpx.AsyncClient(base_url=address) as client:
            kim = Person(client)
            assert (await kim.client.get("/api/picture")).status_code == 401
            await kim.log_in("kim", password)
            after = await kim.get("/api/picture")
            states = {view["warning"]: view["state"] for view in after["warnings"]}
            assert states[warning] == states[new] == states[again] == "ended"
            # Only what a person ended and nobody said again may be, also after a restart, and also a correction.
            said_again = {view["warning"]: view["again"]["status"] for view in after["warnings"] if view["again"]}
            assert said_again == {again: "alert", new: "alert"}
            await fed(SECONDS + 2.0, since=SECONDS)
            [correction] = await changed(kim, "reissue", new, "pending")
            assert (correction["approved_by"], correction["product"]["areas"][0]["code"]) == (["kim"], code)
            assert [one["approved_by"] for one in await changed(kim, "reissue", again, "pending")] == [["kim"]]
            assert {mark["note"] for mark in after["marks"]} >= {"Seen."}
            things = {(item["basis"], item["product"]["kind"]) for item in before["items"]}
            assert {(item["basis"], item["product"]["kind"]) for item in after["items"]} == things
            assert after["sequence"] > before["sequence"]
            repeated = (await kim.get("/api/history", since=0, limit=5000))["items"]
            seen = [(item["at"], item["basis"], str(item["product"])) for item in repeated]
            assert len(seen) == len(set(seen))

    run(node, test())


async def changed(person: Person, what: str, warning: str, state: str, **more: Any) -> list[dict[str, Any]]:
    """The warnings in a state that an act has changed."""
    answer = await person.act(what, warning, **more)
    assert answer.status_code == 200, answer.text
    return [view for view in answer.json()["warnings"] if view["state"] == state]


def codes_of(view: dict[str, Any]) -> set[str]:
    return {area["code"] for area in view["product"]["areas"]}


async def say_again(ended: str, out: set[str], one: Person, two: Person, reader: Person, stranger: Person) -> str:
    """Two persons take back the end of a warning, which was out in these areas; its new name."""
    assert (await reader.act("reissue", ended)).status_code == 403
    assert "no operator" in (await stranger.act("reissue", ended)).json()["detail"]
    before = {view["warning"]: view for view in (await one.get("/api/picture"))["warnings"]}
    assert before[ended]["again"]["status"] == "alert"
    [view] = await changed(one, "reissue", ended, "pending")
    assert view["warning"] not in before
    assert (view["needs"], view["approved_by"], view["product"]["status"]) == (2, ["kim"], "alert")
    assert codes_of(view) == out
    assert codes_of(before[ended]) <= out  # without those where another warning still holds
    assert (await one.act("reissue", ended)).status_code == 409  # once is enough
    assert "another person" in (await one.act("approve", view["warning"], revision=0)).json()["detail"]
    opened = await changed(two, "approve", view["warning"], "open", revision=0)
    assert [one["approved_by"] for one in opened if one["warning"] == view["warning"]] == [["kim", "lee"]]
    return str(view["warning"])


async def listen(person: Person, heard: list[str]) -> None:
    async with person.client.stream("GET", "/api/stream", timeout=60.0) as answer:
        async for event in events(answer.aiter_lines()):
            heard.append(event.event)  # noqa: PERF401 (it is looked at while it grows)


async def look_at_everything(person: Person, warning: str) -> None:
    """Every answer holds what it should, in mid-event."""
    picture = await person.get("/api/picture")
    event = next(item["event"] for item in picture["items"] if item["basis"] == "shared" and item["event"])
    async with asyncio.timeout(10.0):
        # The timeline is read from the history, which is written in batches.
        keys: list[str] = []
        while "timeline-warning" not in keys:
            await asyncio.sleep(0.1)
            detail = await person.get("/api/event", event=event)
            keys = [entry["key"] for entry in detail["timeline"]]
    assert detail["launches"]
    assert detail["objects"][0]["preferred"]
    assert keys[0] == "timeline-launch"
    assert {"timeline-phase", "timeline-impact", "timeline-warning-pending"} <= set(keys)
    assert warning in detail["warnings"]
    explanations = await person.get("/api/explanation", warning=warning)
    assert {one["revision"] for one in explanations} >= {0}
    assert explanations[0]["areas"][0]["alert"] > 0.0
    areas = await person.get("/api/areas")
    names = next(one["properties"]["names"] for one in areas["features"] if one["properties"]["code"] == "JP-05")
    assert names["en"] == "Akita"
    assert len(set(names.values())) == 4
    parts = shapely.get_parts(shapely.from_geojson([msgspec.json.encode(one["geometry"]) for one in areas["features"]]))
    assert all(part.exterior.is_ccw for part in parts)
    sensors = await person.get("/api/sensors")
    assert sensors
    assert any(one["last_line"] for one in sensors)
    operation = await person.get("/api/operation")
    assert operation["ready"]
    assert operation["channels"][0]["delivered"] >= 1
    assert operation["heads"][0]["size"] > 0
    geojson = await person.get("/api/event.geojson", event=event)
    assert geojson["mode"] == "exercise"
    assert {feature["properties"]["kind"] for feature in geojson["features"]} >= {"launch", "path", "impact"}
    czml = await person.get("/api/event.czml", event=event)
    assert czml[0]["name"].startswith("EXERCISE")
    assert len(czml) > 3
    span = await person.get("/api/span")
    middle = (span["first"] + span["last"]) / 2
    then = await person.get("/api/picture", at=middle)
    assert then["items"]
    assert all(item["at"] <= middle for item in then["items"])
    part = await person.get("/api/history", since=middle, until=span["last"], limit=50)
    following = await person.get("/api/history", since=middle, until=span["last"], limit=50, after=part["next"])
    assert max(item["sequence"] for item in part["items"]) < min(item["sequence"] for item in following["items"])


def test_other_machines_are_served_over_tls_alone(tmp_path: Path) -> None:
    private = ec.generate_private_key(ec.SECP256R1())
    pem, key = tmp_path / "page.pem", tmp_path / "page.key"
    pem.write_bytes(self_signed(private, "page", time.time(), 1))
    write_private(key, private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    for section in (ConsoleSection(host="0.0.0.0"), ConsoleSection(certificate=pem), ConsoleSection(key=key)):
        with pytest.raises(ConfigError, match="certificate and key"):
            check(section)
    [port] = free_ports(1)
    section = ConsoleSection(host="0.0.0.0", port=port, certificate=pem, key=key)
    check(section)

    async def test() -> None:
        console = a_console(tmp_path / "console", olga="SECRET")
        serving = asyncio.create_task(serve(lambda: None, console, section))  # type: ignore[arg-type,return-value]
        trusted = ssl.create_default_context(cafile=str(pem))
        trusted.check_hostname = False
        async with httpx.AsyncClient(base_url=f"https://{HOST}:{port}", verify=trusted) as client:
            async with asyncio.timeout(30.0):
                while True:
                    try:
                        answer = await Person(client).log_in("olga")
                        break
                    except httpx.TransportError:
                        await asyncio.sleep(0.1)
            cookie = answer.headers["set-cookie"]
            assert cookie.startswith("__Host-")
            assert "Secure" in cookie
            assert "strict-transport-security" in answer.headers
            assert (await client.get("/api/session")).status_code == 200
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)
        console.close()

    asyncio.run(test())


def run(node: NationNode, test: Any) -> None:
    async def whole() -> None:
        try:
            await asyncio.wait_for(test, 600)
        finally:
            ended = await node.stop()
        assert ended == 0

    asyncio.run(whole())


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_a_port_that_is_taken_is_an_error_and_no_exit(tmp_path: Path, host: str) -> None:
    console = a_console(tmp_path / "console", olga="SECRET")
    with listening(host, 0) as taken:
        section = ConsoleSection(host=host, port=taken.getsockname()[1])
        with pytest.raises(OSError, match="in use"):
            asyncio.run(serve(lambda: None, console, section))  # type: ignore[arg-type,return-value]
    console.close()
