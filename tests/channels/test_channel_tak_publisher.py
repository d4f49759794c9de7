"""A node's publisher and a real TAK server: what is decided appears, moves, and is gone for late joiners."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
import shapely
from cap_signers import a_signer, write_signer
from made_up_warnings import AOMORI, IWATE
from tak_pieces import a_track, an_impact
from test_channel_tak_server import Display, late_joiner, latitude_of, port, taky  # noqa: F401

from nadhir.alerts import default_rules
from nadhir.geo.areas import Area, AreaMap
from nadhir.model import AreaWarning, EndReason, TrackProduct, WarningProduct, WarningStatus
from nadhir.node.publishing_config import make_publisher, read_publishing
from nadhir.sharing.keys import NodeKey

pytestmark = pytest.mark.connected

AREAS = AreaMap(
    [
        Area(code, code, shapely.Polygon([(lon, lat) for lat, lon in ring]))
        for code, ring in (("JP-02", AOMORI), ("JP-03", IWATE))
    ]
)


def publishing(folder: Path, tak_port: int) -> Path:
    """Keys of a drill, and a publishing.toml with a TAK server."""
    write_signer(a_signer("drill", datetime.now(UTC)), folder / "drill.key", folder / "drill.pem")
    NodeKey.generate().save(folder / "acts.key")
    file = folder / "publishing.toml"
    file.write_text(f"""
languages = ["en", "ja"]
[exercise]
sender = "drill@warn.example"
key = "drill.key"
certificate = "drill.pem"
acts_key = "acts.key"
operators = ["kim"]
tak = [{{ name = "field", host = "127.0.0.1", port = {tak_port} }}]
""")
    return file


def a_warning(
    status: WarningStatus, revision: int, now: float, codes: tuple[str, ...], reason: EndReason | None = None
) -> WarningProduct:
    areas = [AreaWarning(code, 0.7, now + 300.0) for code in codes]
    return WarningProduct(
        "w1", ["e1"], ["o1"], now, status, "impact", areas, "exercise", reason, revision, "JPN", now - 60.0, "KP"
    )


def as_it_comes(track: TrackProduct) -> TrackProduct:
    """With plain numbers, as a node's tracks have."""
    return msgspec.structs.replace(
        track,
        position_m=tuple(float(value) for value in track.position_m),
        velocity_mps=tuple(float(value) for value in track.velocity_mps),
    )


def test_what_the_publisher_says_appears_moves_and_is_gone(port: int, tmp_path: Path) -> None:  # noqa: F811
    config = read_publishing(publishing(tmp_path, port))

    async def run() -> None:
        display = Display()
        await display.join(port, "early")
        await asyncio.sleep(0.3)
        now = time.time()
        async with make_publisher(config, "exercise", tmp_path / "data", default_rules(), AREAS) as publisher:
            publisher.prepare(list(AREAS.areas))
            publisher.see(an_impact())
            publisher.see(as_it_comes(a_track()))
            publisher.take(a_warning("alert", 0, now, ("JP-02", "JP-03")), now)
            parts = {"warning", "area-JP-02-0", "area-JP-03-0", "impact-o1", "track-o1"}
            await publisher.idle()
            assert not publisher.sides["exercise"].failures
            await display.until(parts)
            assert latitude_of(display, "impact-o1") == 40.5
            assert (await late_joiner(port, "second")).warned == parts

            publisher.see(an_impact(39.6, 141.2))
            publisher.take(a_warning("update", 1, now, ("JP-03",)), now)
            async with asyncio.timeout(10.0):
                while latitude_of(display, "impact-o1") != 39.6:
                    await asyncio.sleep(0.02)
            await publisher.idle()
            assert "nadhir-exercise-JPN-w1-area-JP-02-0" in display.deleted

        # A node that was stopped in between still takes back what it showed.
        async with make_publisher(config, "exercise", tmp_path / "data", default_rules(), AREAS) as publisher:
            publisher.take(a_warning("all-clear", 2, now, ("JP-03",), "passed"), now)
            await publisher.idle()
            assert not publisher.sides["exercise"].failures
            assert not publisher.desks.of("exercise").open
        await asyncio.sleep(2.1)
        assert (await late_joiner(port, "third")).warned == set()
        assert {f"nadhir-exercise-JPN-w1-{part}" for part in parts} <= display.deleted
        await display.leave()

    asyncio.run(asyncio.wait_for(run(), 60))
