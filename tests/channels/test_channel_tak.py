"""Cursor on Target: what the events say, and a channel that shows, moves, repeats and really clears them.

The server here keeps events as TAK servers do: by uid until they are stale, whatever was deleted.
"""

from __future__ import annotations

import asyncio
import datetime
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from lxml import etree
from made_up_warnings import AOMORI, IWATE, outgoing, the_end
from tak_pieces import NOW, EventStream, a_track, an_impact

from nadhir.channels.cot import deletion, ended, warning_events
from nadhir.channels.port import ChannelError, Outgoing
from nadhir.channels.tak import TakServer, tls_context


def events_of(message: Outgoing) -> dict[str, etree._Element]:
    return {uid: etree.fromstring(event) for uid, event in warning_events(message, NOW).items()}


def by_kind(message: Outgoing) -> dict[str, list[etree._Element]]:
    kinds: dict[str, list[etree._Element]] = {}
    for event in events_of(message).values():
        kinds.setdefault(event.get("type", ""), []).append(event)
    return kinds


def full() -> Outgoing:
    return outgoing(impacts=(an_impact(),), tracks=(a_track(),))


def test_each_part_of_a_warning_has_its_kind() -> None:
    kinds = {kind: len(events) for kind, events in by_kind(full()).items()}
    assert kinds == {"b-m-p-s-m": 1, "u-d-f": 2, "u-d-c-e": 1, "a-u-A": 1}


def test_every_event_has_what_the_schema_asks() -> None:
    for uid, event in events_of(full()).items():
        assert event.get("uid") == uid
        assert event.get("version") == "2.0"
        assert event.get("how") == "m-s"
        times = [datetime.datetime.fromisoformat(event.get(name, "")) for name in ("time", "start", "stale")]
        assert times[0].timestamp() == NOW
        assert times[2].timestamp() == 1_800_001_800.0
        point = event.find("point")
        assert point is not None
        assert set(point.attrib) == {"lat", "lon", "hae", "ce", "le"}
        assert all(float(value) == float(value) for value in point.attrib.values())


def test_an_area_is_drawn_as_links_and_as_a_closed_polyline() -> None:
    areas = [event for event in events_of(full()).values() if "area-JP-02" in event.get("uid", "")]
    links = [tuple(map(float, link.get("point", "").split(","))) for link in areas[0].iter("link")]
    vertices = [(float(vertex.get("lat", "")), float(vertex.get("lon", ""))) for vertex in areas[0].iter("vertex")]
    assert tuple(links) == tuple(vertices) == AOMORI
    assert areas[0].find("detail/shape/polyline").get("closed") == "true"  # type: ignore[union-attr]


def test_an_ellipse_has_its_semi_axes_and_angle() -> None:
    event = by_kind(full())["u-d-c-e"][0]
    assert dict(event.find("detail/shape/ellipse").attrib) == {  # type: ignore[union-attr]
        "major": "30000",
        "minor": "8000",
        "angle": "70.0",
    }
    assert event.find("point").get("lat") == "40.50000"  # type: ignore[union-attr]


@pytest.mark.parametrize("course", [0.5, 75.0, 181.0, 359.0])
def test_a_track_has_its_place_course_speed_and_error(course: float) -> None:
    event = by_kind(outgoing(tracks=(a_track(course),)))["a-u-A"][0]
    point, track = event.find("point"), event.find("detail/track")
    assert point is not None
    assert track is not None
    assert (point.get("lat"), point.get("lon"), point.get("hae")) == ("40.00000", "137.00000", "200000.0")
    assert point.get("ce") == "300"
    assert float(track.get("course", "")) == pytest.approx(course, abs=0.06)
    assert float(track.get("speed", "")) == pytest.approx(3000.0, abs=0.1)


def test_a_lost_track_is_called_lost() -> None:
    event = by_kind(outgoing(tracks=(a_track(lost=True),)))["a-u-A"][0]
    assert event.find("detail/contact").get("callsign", "").endswith("(lost)")  # type: ignore[union-attr]


def test_a_drill_is_marked_in_callsign_remarks_uid_and_colour() -> None:
    drill, live = by_kind(full()), by_kind(outgoing(mode="live", impacts=(an_impact(),), tracks=(a_track(),)))
    for kind in drill:
        for event, real in zip(drill[kind], live[kind], strict=True):
            assert event.find("detail/contact").get("callsign", "").startswith("EXERCISE")  # type: ignore[union-attr]
            remarks = event.findtext("detail/remarks", "")
            assert remarks.startswith("EXERCISE")
            assert remarks.endswith("EXERCISE")
            assert "EXERCISE" not in etree.tostring(real, encoding="unicode")
            assert event.get("uid") != real.get("uid")
            assert real.get("how") == "m-f"
    assert drill["u-d-f"][0].find("detail/strokeColor").get("value") != live["u-d-f"][0].find(  # type: ignore[union-attr]
        "detail/strokeColor"
    ).get("value")


def test_uids_follow_from_the_warning_alone() -> None:
    assert warning_events(full(), NOW).keys() == warning_events(full(), NOW + 60.0).keys()
    assert not warning_events(full(), NOW).keys() & warning_events(outgoing("w2"), NOW).keys()


def test_an_ended_event_is_stale_at_once_and_says_so() -> None:
    event = warning_events(outgoing(), NOW)["nadhir-exercise-JPN-w1-warning"]
    over = etree.fromstring(ended(event, "EXERCISE - All clear - EXERCISE", NOW + 5.0, NOW + 7.0))
    assert over.get("uid") == "nadhir-exercise-JPN-w1-warning"
    assert datetime.datetime.fromisoformat(over.get("stale", "")).timestamp() == NOW + 7.0
    assert over.find("detail/contact").get("callsign") == "EXERCISE - All clear - EXERCISE"  # type: ignore[union-attr]
    order = etree.fromstring(deletion(event, NOW))
    assert order.get("type") == "t-x-d-d"
    assert order.find("detail/link").get("uid") == "nadhir-exercise-JPN-w1-warning"  # type: ignore[union-attr]
    assert order.find("detail/__forcedelete") is not None


class KeepingServer:
    """A TAK server that keeps what is not stale by its own clock, and can be told to be silent."""

    def __init__(self) -> None:
        self.kept: dict[str, etree._Element] = {}
        self.heard: list[etree._Element] = []
        self.silent = False
        self.connections = 0
        self.port = 0
        self._writers: list[asyncio.StreamWriter] = []

    @property
    def shown(self) -> dict[str, etree._Element]:
        """What a late joiner is given."""
        now = time.time()
        return {uid: event for uid, event in self.kept.items() if stale_of(event) > now}

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._writers.append(writer)
        stream = EventStream()
        while data := await reader.read(65536):
            for event in stream.feed(data):
                if event.get("type") == "t-x-c-t":
                    if not self.silent:
                        writer.write(b'<event uid="takPong" type="t-x-c-t-r"/>')
                    continue
                self.heard.append(event)
                if not event.get("type", "").startswith("t-") and stale_of(event) > time.time():
                    self.kept[event.get("uid", "")] = event
        writer.close()

    def hang_up(self) -> None:
        for writer in self._writers:
            writer.close()


def stale_of(event: etree._Element) -> float:
    return datetime.datetime.fromisoformat(event.get("stale", "")).timestamp()


@asynccontextmanager
async def a_server(tls: ssl.SSLContext | None = None) -> AsyncIterator[KeepingServer]:
    keeping = KeepingServer()
    server = await asyncio.start_server(keeping.serve, "127.0.0.1", 0, ssl=tls)
    keeping.port = server.sockets[0].getsockname()[1]
    try:
        yield keeping
    finally:
        server.close()
        keeping.hang_up()


def a_channel(port: int, state: Path, **more: float) -> TakServer:
    return TakServer("tak", "exercise", "127.0.0.1", port, state, answer_s=0.5, stale_s=0.8, **more)


def test_a_warning_appears_moves_and_is_gone(tmp_path: Path) -> None:
    async def run() -> None:
        async with a_server() as server:
            channel = a_channel(server.port, tmp_path / "tak.json")
            now = time.time()
            await channel.send(outgoing(issued=now))
            assert {"nadhir-exercise-JPN-w1-area-JP-02-0", "nadhir-exercise-JPN-w1-area-JP-03-0"} < server.shown.keys()

            narrower = outgoing(status="update", revision=1, issued=now, codes=("JP-03",), outlines={"JP-03": (IWATE,)})
            await channel.send(narrower)
            await asyncio.sleep(0.9)
            assert server.shown.keys() == {"nadhir-exercise-JPN-w1-warning", "nadhir-exercise-JPN-w1-area-JP-03-0"}

            await channel.send(the_end(revision=2, issued=now))
            await asyncio.sleep(0.9)
            assert not server.shown
            deleted = {event.find("detail/link").get("uid") for event in server.heard if event.get("type") == "t-x-d-d"}  # type: ignore[union-attr]
            assert {event.get("uid") for event in server.heard if event.get("type") != "t-x-d-d"} == deleted
            await channel.close()

    asyncio.run(run())


def test_a_restarted_node_clears_what_the_one_before_has_shown(tmp_path: Path) -> None:
    async def run() -> None:
        async with a_server() as server:
            now = time.time()
            before = a_channel(server.port, tmp_path / "tak.json")
            await before.send(outgoing(issued=now))
            await before.close()
            after = a_channel(server.port, tmp_path / "tak.json")
            # The end names no area: what was shown is known from the state file alone.
            await after.send(the_end(issued=now, codes=(), outlines={}))
            await asyncio.sleep(0.9)
            assert not server.shown
            await after.close()

    asyncio.run(run())


def test_an_end_clears_even_where_nothing_is_remembered(tmp_path: Path) -> None:
    async def run() -> None:
        async with a_server() as server:
            now = time.time()
            before = a_channel(server.port, tmp_path / "tak.json")
            await before.send(outgoing(issued=now))
            await before.close()
            (tmp_path / "tak.json").write_text("{damaged")
            after = a_channel(server.port, tmp_path / "tak.json")
            assert after.state_unreadable
            await after.send(the_end(issued=now))
            await asyncio.sleep(0.9)
            assert not server.shown
            await after.close()

    asyncio.run(run())


def test_what_is_in_force_is_repeated_also_to_a_server_that_forgot(tmp_path: Path) -> None:
    async def run() -> None:
        async with a_server() as server:
            channel = a_channel(server.port, tmp_path / "tak.json", repeat_s=0.1)
            await channel.send(outgoing(issued=time.time()))
            server.kept.clear()
            server.hang_up()
            async with asyncio.timeout(5.0):
                while len(server.shown) < 3:
                    await asyncio.sleep(0.02)
            assert server.connections == 2
            await channel.close()

    asyncio.run(run())


def test_a_server_that_does_not_answer_has_not_got_it(tmp_path: Path) -> None:
    async def run() -> None:
        async with a_server() as server:
            server.silent = True
            channel = a_channel(server.port, tmp_path / "tak.json")
            with pytest.raises(ChannelError, match="no answer"):
                await channel.send(outgoing(issued=time.time()))
            server.silent = False
            await channel.send(outgoing(issued=time.time()))
            await channel.close()
        with pytest.raises(ChannelError):
            await channel.send(outgoing(issued=time.time()))
        await channel.close()

    asyncio.run(run())


def certificates(folder: Path) -> None:
    """An authority, a server and a client, PEM."""
    names = ("authority", "server", "client")
    keys = {name: ec.generate_private_key(ec.SECP256R1()) for name in names}
    today = datetime.datetime.now(datetime.UTC)
    for name in names:
        builder = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)]))
            .issuer_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "authority")]))
            .public_key(keys[name].public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(today - datetime.timedelta(days=1))
            .not_valid_after(today + datetime.timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=name == "authority", path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        )
        certificate = builder.sign(keys["authority"], hashes.SHA256())
        (folder / f"{name}.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        (folder / f"{name}.key").write_bytes(
            keys[name].private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )


def test_over_mutual_tls(tmp_path: Path) -> None:
    certificates(tmp_path)
    server_side = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(tmp_path / "authority.pem"))
    server_side.verify_mode = ssl.CERT_REQUIRED
    server_side.load_cert_chain(tmp_path / "server.pem", tmp_path / "server.key")

    async def run() -> None:
        async with a_server(server_side) as server:
            tls = tls_context(tmp_path / "authority.pem", tmp_path / "client.pem", tmp_path / "client.key")
            channel = TakServer("tak", "exercise", "localhost", server.port, tmp_path / "tak.json", tls)
            await channel.send(outgoing(issued=time.time()))
            assert server.shown
            await channel.close()
            unknown = TakServer(
                "tak",
                "exercise",
                "localhost",
                server.port,
                tmp_path / "other.json",
                ssl.create_default_context(),
                answer_s=0.5,
            )
            with pytest.raises(ChannelError):
                await unknown.send(outgoing(issued=time.time()))
            await unknown.close()

    asyncio.run(run())
