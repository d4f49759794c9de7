"""The Atom feed: its form, its bytes, conditional requests, two weeks, a restart, and a real server."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import httpx
import pytest
from litestar.testing import TestClient
from lxml import etree
from made_up_warnings import outgoing, the_end

from nadhir.channels.feed import KEPT_S, AtomFeed, feed_app
from nadhir.channels.port import ChannelError, Outgoing
from nadhir.channels.serving import inner_server
from nadhir.model import Mode

ATOM = "{http://www.w3.org/2005/Atom}"
ISSUED = 1_800_000_000.0
ADDRESS = "https://warn.example/cap"


def a_feed(folder: Path, now: float = ISSUED, mode: Mode = "exercise") -> AtomFeed:
    return AtomFeed("feed", mode, folder, ADDRESS, "Warnings of a node", "A node", clock=lambda: now)


def put(feed: AtomFeed, *messages: Outgoing) -> AtomFeed:
    for message in messages:
        asyncio.run(feed.send(message))
    return feed


def parsed(feed: AtomFeed) -> etree._Element:
    return etree.fromstring(feed.document().body)


def test_what_rfc_4287_asks_of_a_feed_and_its_entries(tmp_path: Path) -> None:
    root = parsed(put(a_feed(tmp_path), outgoing(), the_end()))
    assert root.tag == f"{ATOM}feed"
    for element in (root, *root.iter(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            assert len(element.findall(f"{ATOM}{name}")) == 1
        assert datetime.fromisoformat(element.findtext(f"{ATOM}updated", "")).tzinfo
    assert root.findtext(f"{ATOM}author/{ATOM}name") == "A node"
    ids = [element.text for element in root.iter(f"{ATOM}id")]
    assert len(ids) == len(set(ids)) == 3
    assert all(str(address).startswith(ADDRESS) for address in ids)
    links = [link.attrib for link in root.iter(f"{ATOM}link")]
    assert [link["rel"] for link in links] == ["self", "alternate", "alternate"]
    assert {link["type"] for link in links[1:]} == {"application/cap+xml"}


def test_a_drill_is_marked_in_the_feed_itself(tmp_path: Path) -> None:
    root = parsed(put(a_feed(tmp_path / "drill"), outgoing()))
    for title in root.iter(f"{ATOM}title"):
        assert str(title.text).startswith("EXERCISE")
    live = parsed(put(a_feed(tmp_path / "live", mode="live"), outgoing(mode="live")))
    assert "EXERCISE" not in etree.tostring(live, encoding="unicode")


def test_alerts_are_served_byte_for_byte_with_conditional_requests(tmp_path: Path) -> None:
    feed = put(a_feed(tmp_path), outgoing())
    with TestClient(feed_app(feed)) as client:
        whole = client.get("/cap")
        assert whole.status_code == 200
        assert whole.headers["content-type"].startswith("application/atom+xml")
        address = etree.fromstring(whole.content).find(f"{ATOM}entry/{ATOM}link").get("href")  # type: ignore[union-attr]
        path = str(address).removeprefix("https://warn.example")
        one = client.get(path)
        assert one.content == outgoing().cap
        assert one.headers["content-type"].startswith("application/cap+xml")
        for reply in (whole, one):
            where = "/cap" if reply is whole else path
            etag = reply.headers["etag"]
            for known in (etag, f'"other", W/{etag}', "*"):
                again = client.get(where, headers={"if-none-match": known})
                assert again.status_code == 304
                assert again.content == b""
                assert again.headers["etag"] == etag
            assert client.get(where, headers={"if-none-match": '"other"'}).status_code == 200
        put(feed, the_end())
        assert client.get("/cap", headers={"if-none-match": whole.headers["etag"]}).status_code == 200
        assert client.get("/cap/nothing.xml").status_code == 404
        assert client.get("/cap/..%2Fentries.jsonl").status_code == 404


def test_old_alerts_stay_two_weeks_and_those_in_force_longer(tmp_path: Path) -> None:
    def left(at: float) -> list[str | None]:
        root = parsed(a_feed(tmp_path, at))
        return [element.findtext(f"{ATOM}title") for element in root.iter(f"{ATOM}entry")]

    put(a_feed(tmp_path), outgoing("w1"), outgoing("w2", valid_s=KEPT_S + 100.0))
    assert len(left(ISSUED + KEPT_S)) == 2
    assert len(left(ISSUED + KEPT_S + 1801.0)) == 1
    assert len(left(ISSUED + 2 * KEPT_S + 101.0)) == 0


def test_dropped_alerts_leave_no_file(tmp_path: Path) -> None:
    put(a_feed(tmp_path), outgoing())
    put(a_feed(tmp_path, ISSUED + 3 * KEPT_S), outgoing("w2", issued=ISSUED + 3 * KEPT_S))
    assert len(list(tmp_path.glob("*.xml"))) == 1


def test_a_restarted_feed_is_the_same_feed(tmp_path: Path) -> None:
    before = put(a_feed(tmp_path), outgoing(), the_end()).document()
    assert a_feed(tmp_path).document() == before


def test_damaged_entries_and_missing_alerts_are_counted(tmp_path: Path) -> None:
    put(a_feed(tmp_path), outgoing(), the_end())
    path = tmp_path / "entries.jsonl"
    path.write_bytes(path.read_bytes() + b'{"identifier": 3}\n')
    next(tmp_path.glob("*.xml")).unlink()
    feed = a_feed(tmp_path)
    assert feed.unreadable == 2
    assert len(list(parsed(feed).iter(f"{ATOM}entry"))) == 1


def test_saying_it_twice_changes_nothing(tmp_path: Path) -> None:
    feed = put(a_feed(tmp_path), outgoing())
    before = feed.document()
    assert put(feed, outgoing()).document() == before


def test_a_full_disk_is_a_failure_that_may_pass(tmp_path: Path) -> None:
    feed = a_feed(tmp_path / "feed")
    (tmp_path / "feed").rmdir()
    with pytest.raises(ChannelError) as failure:
        put(feed, outgoing())
    assert not failure.value.final
    (tmp_path / "feed").mkdir()
    assert len(list(parsed(put(feed, outgoing())).iter(f"{ATOM}entry"))) == 1


@contextmanager
def served(feed: AtomFeed) -> Iterator[str]:
    """The feed on a real server of this machine."""
    server = inner_server(feed_app(feed), port=0)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        deadline = time.monotonic() + 10.0
        while not server.started:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10.0)
    assert not thread.is_alive()


def test_a_real_server_serves_and_stops(tmp_path: Path) -> None:
    with served(put(a_feed(tmp_path), outgoing())) as address, httpx.Client(trust_env=False) as client:
        reply = client.get(f"{address}/cap")
        assert reply.status_code == 200
        assert client.get(f"{address}/cap", headers={"if-none-match": reply.headers["etag"]}).status_code == 304
        assert client.post(f"{address}/cap").status_code == 405
