"""A third nation's server with its own certificate and another partner's stolen nkey, against a real link."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from pathlib import Path

import msgspec
import pytest
from nations import Lab, until
from sealed import JPN, USA, record, release, trusted

from nadhir.bus import Address, NationServer, PartnerLink
from nadhir.model import Release
from nadhir.sharing.envelope import Refused, open_envelope, seal
from nadhir.sharing.link import Link
from nadhir.sharing.link_messages import frame, subject


@pytest.mark.connected
def test_whoever_holds_another_partners_nkey_can_say_nothing_in_its_name(tmp_path: Path) -> None:
    """KOR listens; USA dials it with the seed of JPN's link: the transport takes it for JPN, the signature does not."""
    refused: Counter[str] = Counter()
    keys = trusted() | {JPN.id: msgspec.structs.replace(trusted()[USA.id], nation="JPN", public=JPN.public)}
    delivered: list[Release] = []

    def check(envelope: bytes) -> tuple[str, int] | None:
        try:
            opened = open_envelope(envelope, keys, me="KOR", mode="exercise")
        except Refused as error:
            refused[error.cause] += 1
            return None
        delivered.append(opened)
        return opened.owner, opened.sequence

    as_japan = release(1, owner="JPN", partner="KOR")
    altered = bytearray(seal(JPN, as_japan))
    altered[len(altered) // 2] ^= 1
    tries = [
        seal(USA, as_japan),
        bytes(altered),
        seal(JPN, release(1, owner="JPN", partner="USA")),
        seal(JPN, msgspec.structs.replace(as_japan, records=(record(1, owner="USA"),))),
        seal(USA, release(1, owner="USA", partner="KOR")),
        b"\x00" * 100,
    ]

    async def test() -> None:
        nations = Lab(tmp_path, ("KOR", "JPN", "USA"))
        thief = msgspec.structs.replace(
            nations.settings["USA"],
            nation="JPN",  # So it calls itself; the certificate stays USA's.
            partners=(
                PartnerLink(
                    "KOR",
                    nations.authorities["KOR"].authority_file,
                    dial=Address("127.0.0.1", nations.leaf_ports["KOR"]),
                    seed_file=tmp_path / "JPN" / "KOR.seed",
                ),
            ),
        )
        servers = [nations.servers["KOR"], NationServer(thief)]
        async with contextlib.AsyncExitStack() as stack:
            for server in servers:
                await server.start()
                stack.push_async_callback(server.stop)
            korea, stolen = await servers[0].connect("JPN"), await servers[1].connect("KOR")
            stack.push_async_callback(korea.close)
            stack.push_async_callback(stolen.close)
            link = Link(korea, "KOR", "JPN", check=check, deliver=lambda *release: None, delivered=0)
            running = asyncio.create_task(link.run())
            for _ in range(200):
                for envelope in tries:
                    stolen.publish(subject("JPN", "KOR", "impact"), frame(1, envelope))
                if link.health.refused >= 3 * len(tries):
                    break
                await asyncio.sleep(0.05)
            assert link.health.refused >= 3 * len(tries)
            assert link.health.delivered == 0
            # What JPN signed itself would pass: the refusals are those of signatures, not of a link that is not there.
            stolen.publish(subject("JPN", "KOR", "impact"), frame(1, seal(JPN, as_japan)))
            await until(lambda: link.health.delivered == 1)
            running.cancel()

    asyncio.run(asyncio.wait_for(test(), 60))
    assert set(refused) == {"owner-mismatch", "bad-signature", "wrong-partner", "damaged"}, refused
    assert {opened.owner for opened in delivered} == {"JPN", "USA"}
