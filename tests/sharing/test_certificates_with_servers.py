"""Folders that `nadhir init` and `nadhir partner` made, as real servers use them: two nations link up, a third cannot
pass for one of them."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from nadhir.bus import Address, Message, NationServer, PartnerLink, ServerSettings
from nadhir.node.nations import free_ports
from nadhir.sharing.certificates import issue_link
from nadhir.sharing.identity import Identity
from nadhir.sharing.partners import authority_file, propose, read_partners, write_partner

pytestmark = pytest.mark.connected
NOW = time.time()


def free_port() -> int:
    return free_ports(1)[0]


def settings(node: Path, other: str, dials: bool) -> ServerSettings:
    """A node's server, from its folder alone."""
    me = Identity(node, NOW).card
    partner = read_partners(node / "partners")[other].card
    link = PartnerLink(
        other,
        authority_file(node / "partners", other),
        dial=Address(partner.host, partner.port) if dials else None,
        seed_file=node / "keys" / "link.seed" if dials else None,
        nkey=None if dials else partner.link_nkey,
    )
    return ServerSettings(
        nation=me.nation,
        data=node / "bus",
        client=Address("127.0.0.1", free_port()),
        certificate_file=node / "link.pem",
        key_file=node / "keys" / "link.key",
        leaf=None if dials else Address("127.0.0.1", me.port),
        partners=(link,),
    )


async def hears(listener: NationServer, dialler: NationServer, seconds: float) -> bool:
    """Whether what KOR publishes for JPN arrives there within a time."""
    heard: list[Message] = []
    try:
        await listener.start()
        await dialler.start()
        korea, japan = await listener.connect("JPN"), await dialler.connect("KOR")
        await japan.subscribe("rel.KOR.JPN.>", heard.append)
        end = time.monotonic() + seconds
        while not heard and time.monotonic() < end:
            korea.publish("rel.KOR.JPN.track", b"hello")
            await asyncio.sleep(0.1)
        await korea.close()
        await japan.close()
    finally:
        await dialler.stop()
        await listener.stop()
    return bool(heard)


@pytest.mark.parametrize("forged", [False, True])
def test_a_link_between_folders(tmp_path: Path, forged: bool) -> None:
    nodes = {nation: tmp_path / nation for nation in ("KOR", "JPN")}
    cards = {
        nation: Identity.create(node, nation, "127.0.0.1", free_port(), NOW).card_bytes
        for nation, node in nodes.items()
    }
    for nation, other in (("KOR", "JPN"), ("JPN", "KOR")):
        proposal = propose(cards[other], {}, me=nation, now=NOW)
        write_partner(nodes[nation] / "partners", proposal.partner)
    if forged:
        # Whoever has Japan's authority makes a certificate for another name with it.
        node = nodes["JPN"]
        key = (node / "keys" / "authority.key").read_bytes()
        link, link_key = issue_link((node / "authority.pem").read_bytes(), key, "USA", "127.0.0.1", NOW)
        (node / "link.pem").write_bytes(link)
        (node / "keys" / "link.key").write_bytes(link_key)
    korea = NationServer(settings(nodes["KOR"], "JPN", dials=False))
    japan = NationServer(settings(nodes["JPN"], "KOR", dials=True))
    assert asyncio.run(hears(korea, japan, 2.0 if forged else 8.0)) is not forged
