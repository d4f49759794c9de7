"""What a partner tries and must not reach, each row executed against real servers.

The partner's own server is the attacker's: in these tests it runs with every check of its own taken out.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from nations import Authority, Lab, lab, new_nkey, until

from nadhir.bus import BusDownError, Message, NationServer, NatsBus, server
from nadhir.bus.server_config import NATION_ACCOUNT, SYSTEM_ACCOUNT, configuration

pytestmark = pytest.mark.connected


@pytest.fixture
def lawless(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Names the nation whose server lets everything in and out. Our servers store nothing; here they all do, and our
    own clients may use that, so that it shows whether a partner could."""
    who: list[str] = []

    def altered(settings: Any, *rest: Any) -> dict[str, Any]:
        made = configuration(settings, *rest)
        made["jetstream"] = {"store_dir": str(settings.data / "store"), "domain": settings.nation}
        for name, account in made["accounts"].items():
            if name != SYSTEM_ACCOUNT:
                account["jetstream"] = "enabled"
            for user in account["users"]:
                if "STANDARD" in user.get("allowed_connection_types", ()) and name != NATION_ACCOUNT:
                    user["permissions"]["publish"]["allow"] += ["$JS.API.>", "$KV.>"]
                    user["permissions"]["subscribe"]["allow"].append("_INBOX.>")
        if settings.nation in who:
            for remote in made["leafnodes"]["remotes"]:
                remote["deny_imports"] = remote["deny_exports"] = []
            for account in made["accounts"].values():
                for user in account["users"]:
                    user.pop("permissions", None)
        return made

    monkeypatch.setattr(server, "configuration", altered)
    return who.append


async def store(bus: NatsBus, subject: str) -> None:
    """Put a secret into the account's store, in a stream named after the subject's last word."""
    jetstream = bus._client.jetstream()
    await jetstream.add_stream(name=_stream(subject), subjects=[subject], allow_direct=True)
    await jetstream.publish(subject, b"secret")


async def stored(bus: NatsBus, subject: str) -> list[bytes]:
    """All that the subject's stream holds."""
    jetstream, stream = bus._client.jetstream(), _stream(subject)
    last = (await jetstream.stream_info(stream)).state.last_seq
    return [(await jetstream.get_msg(stream, number)).data or b"" for number in range(1, last + 1)]


def _stream(subject: str) -> str:
    return "store_" + subject.rpartition(".")[2]


class Scene:
    """An honest nation with a partner's records in store, and the attacker on the other server."""

    def __init__(self, nations: Lab, honest: str, attacker: str, bus: NatsBus, victim: NatsBus) -> None:
        self.nations, self.honest, self.attacker, self.bus, self.victim = nations, honest, attacker, bus, victim
        self.heard: list[Message] = []

    async def ask(self, subject: str, data: bytes = b"") -> list[bytes]:
        """What comes back to the attacker, whatever inbox it names."""
        answers: list[Message] = []
        inboxes = (f"rel.{self.honest}.{self.attacker}.answer", "_INBOX.attack")
        subscriptions = [await self.bus.subscribe(inbox, answers.append) for inbox in inboxes]
        for inbox in inboxes:
            await self.bus._client.publish(subject, data, reply=inbox)
        await asyncio.sleep(0.15)
        for subscription in subscriptions:
            await subscription.close()
        # The attacker's own server answers some of it itself: only what the other side says counts. "c2Vj": base64.
        marks = (b"secret", b"c2VjcmV0", b"store_", self.victim._client._server_info["server_id"].encode())
        return [a.data for a in answers if any(mark in a.data for mark in marks)]


@contextlib.asynccontextmanager
async def scene(folder: Path, honest: str, attacker: str) -> AsyncIterator[Scene]:
    # KOR is dialled, JPN dials: both directions of attack are run.
    async with lab(folder, "KOR", "JPN", "USA") as nations:
        victim = await nations.servers[honest].connect(attacker)
        national = await nations.servers[honest].connect()
        third = await nations.servers[honest].connect("USA")
        bus = await nations.servers[attacker].connect(honest)
        made = Scene(nations, honest, attacker, bus, victim)
        for owner, place in ((victim, f"$KV.{attacker}"), (third, "$KV.USA"), (national, "det.secret")):
            await store(owner, place)
        listening: list[Message] = []
        await bus.subscribe(f"rel.{honest}.{attacker}.>", listening.append)

        async def link_is_there() -> None:
            while not listening:
                victim.publish(f"rel.{honest}.{attacker}.pulse", b"")
                await asyncio.sleep(0.02)

        await asyncio.wait_for(link_is_there(), 5)
        # All that our own clients are allowed to hear in each account.
        await national.subscribe(">", made.heard.append)
        for each, partner in ((victim, attacker), (third, "USA")):
            await each.subscribe(f"rel.{partner}.{honest}.>", made.heard.append)
            await each.subscribe("_INBOX.>", made.heard.append)
        yield made
        for each in (victim, national, third, bus):
            await each.close()


DIRECTIONS = pytest.mark.parametrize(("honest", "attacker"), [("KOR", "JPN"), ("JPN", "KOR")])


@DIRECTIONS
def test_only_the_partners_own_words_cross(
    honest: str, attacker: str, lawless: Callable[[str], None], tmp_path: Path
) -> None:
    lawless(attacker)

    async def test() -> None:
        async with scene(tmp_path, honest, attacker) as on:
            seen: list[Message] = []
            everything = await on.bus.subscribe(">", seen.append)
            # Reading anything else: the honest side publishes in each of its accounts.
            national = await on.nations.servers[honest].connect()
            third = await on.nations.servers[honest].connect("USA")
            for bus in (national, third):
                for subject in (f"rel.{honest}.USA.track", f"rel.{honest}.{attacker}.track", "det.radar"):
                    bus.publish(subject, b"secret")
            on.victim.publish(f"$KV.{attacker}", b"secret")
            on.victim.publish(f"rel.{honest}.USA.track", b"secret")
            on.victim.publish("anything", b"secret")
            await asyncio.sleep(0.3)
            assert [m for m in seen if b"secret" in m.data] == []
            await everything.close()
            on.heard.clear()
            # Publishing as another, into a store, into an inbox. The last word must arrive, or the test shows nothing.
            for subject in (
                f"rel.{honest}.{attacker}.track",
                f"rel.USA.{honest}.track",
                f"rel.{attacker}.USA.track",
                f"$KV.{attacker}",
                "det.secret",
                "_INBOX.x",
                "warning",
                f"rel.{attacker}.{honest}.track",
            ):
                on.bus.publish(subject, b"forged")
            await until(lambda: any(m.data == b"forged" for m in on.heard))
            await asyncio.sleep(0.2)
            reached = {m.subject for m in on.heard if m.data == b"forged"}
            assert reached == {f"rel.{attacker}.{honest}.track"}
            for bus, place in ((on.victim, f"$KV.{attacker}"), (third, "$KV.USA"), (national, "det.secret")):
                assert set(await stored(bus, place)) == {b"secret"}
            await national.close()
            await third.close()

    asyncio.run(asyncio.wait_for(test(), 60))


@DIRECTIONS
def test_no_request_to_server_or_store_is_answered(
    honest: str, attacker: str, lawless: Callable[[str], None], tmp_path: Path
) -> None:
    lawless(attacker)

    async def test() -> None:
        async with scene(tmp_path, honest, attacker) as on:
            stream = f"store_{attacker}"
            get = msgspec.json.encode({"seq": 1})
            for prefix in ("$JS.API", f"$JS.{honest}.API"):
                for request, data in (
                    ("INFO", b""),
                    ("STREAM.NAMES", b""),
                    (f"STREAM.INFO.{stream}", b""),
                    (f"STREAM.PURGE.{stream}", b""),
                    (f"STREAM.DELETE.{stream}", b""),
                    (f"STREAM.MSG.GET.{stream}", get),
                    (f"DIRECT.GET.{stream}", get),
                    ("STREAM.MSG.GET.store_USA", get),
                    ("STREAM.PURGE.store_USA", b""),
                    ("DIRECT.GET.store_USA", get),
                    ("DIRECT.GET.store_secret", get),
                    (f"CONSUMER.CREATE.{stream}.c", msgspec.json.encode({"stream_name": stream, "config": {}})),
                ):
                    assert await on.ask(f"{prefix}.{request}", data) == [], request
            for request in ("$SYS.REQ.SERVER.PING", "$SYS.REQ.SERVER.PING.CONNZ", "$SYS.REQ.ACCOUNT.NATION.INFO"):
                assert await on.ask(request) == [], request
            # Nothing was purged or deleted.
            for partner in (attacker, "USA"):
                bus = await on.nations.servers[honest].connect(partner)
                assert await stored(bus, f"$KV.{partner}") == [b"secret"]
                await bus.close()

    asyncio.run(asyncio.wait_for(test(), 90))


@pytest.mark.parametrize("credentials", ["own", "other authority", "no certificate", "unknown nkey", "plain text"])
def test_who_may_dial(credentials: str, tmp_path: Path) -> None:
    """The first row shows that the test would see a link. A certificate with another pair's nkey is not among the
    rows: the transport accepts it, and the signature on each envelope is what refuses it."""

    async def test() -> None:
        nations = Lab(tmp_path, ("KOR", "JPN"))
        japan = nations.settings["JPN"]
        link = japan.partners[0]
        if credentials == "other authority":
            certificate, key = Authority("JPN", tmp_path / "other").issue("JPN")
            japan = msgspec.structs.replace(japan, certificate_file=certificate, key_file=key)
        elif credentials == "unknown nkey":
            assert link.seed_file is not None
            link.seed_file.write_text(new_nkey()[0])
        nations.servers["JPN"] = NationServer(japan)
        try:
            await nations.wires["KOR", "JPN"].start()
            await nations.servers["KOR"].start()
            if credentials in ("no certificate", "plain text"):
                with pytest.MonkeyPatch.context() as patch:
                    patch.setattr(server, "configuration", _without_certificate(credentials))
                    await nations.servers["JPN"].start()
            else:
                await nations.servers["JPN"].start()
            korea, bus = await nations.servers["KOR"].connect("JPN"), await nations.servers["JPN"].connect("KOR")
            heard: list[Message] = []
            await korea.subscribe("rel.JPN.KOR.*", heard.append)
            # As long as a link takes on a busy machine, where there should be one.
            for _ in range(500 if credentials == "own" else 60):
                if heard:
                    break
                bus.publish("rel.JPN.KOR.track", b"")
                await asyncio.sleep(0.02)
            assert bool(heard) is (credentials == "own")
            for each in (korea, bus):
                await each.close()
        finally:
            await nations.stop()

    asyncio.run(asyncio.wait_for(test(), 60))


def _without_certificate(credentials: str) -> Callable[..., dict[str, Any]]:
    def altered(*settings: Any) -> dict[str, Any]:
        made = configuration(*settings)
        for remote in made["leafnodes"]["remotes"]:
            if credentials == "plain text":
                del remote["tls"]
                remote["urls"] = [url.replace("tls://", "nats://") for url in remote["urls"]]
            else:
                remote["tls"] = {"ca_file": remote["tls"]["ca_file"]}
        return made

    return altered


def test_a_listener_of_another_authority_is_not_dialled(tmp_path: Path) -> None:
    async def test() -> None:
        nations = Lab(tmp_path, ("KOR", "JPN"))
        certificate, key = Authority("KOR", tmp_path / "other").issue("KOR")
        nations.servers["KOR"] = NationServer(
            msgspec.structs.replace(nations.settings["KOR"], certificate_file=certificate, key_file=key)
        )
        try:
            await nations.start()
            korea, bus = await nations.servers["KOR"].connect("JPN"), await nations.servers["JPN"].connect("KOR")
            heard: list[Message] = []
            await korea.subscribe("rel.JPN.KOR.*", heard.append)
            for _ in range(50):
                bus.publish("rel.JPN.KOR.track", b"")
                await asyncio.sleep(0.02)
            assert heard == []
            for each in (korea, bus):
                await each.close()
        finally:
            await nations.stop()

    asyncio.run(asyncio.wait_for(test(), 60))


def test_a_local_client_without_our_key_is_refused(tmp_path: Path) -> None:
    async def test() -> None:
        async with lab(tmp_path, "KOR", "JPN") as nations:
            own = nations.servers["KOR"].credentials("JPN")
            # The key of the link is for the link: it opens no local connection.
            for seed in (new_nkey()[0], nations.seeds["KOR", "JPN"]):
                with pytest.raises(BusDownError):
                    await NatsBus.connect(msgspec.structs.replace(own, seed=seed))
                # Our own opens one at the same time: it is the key that is refused, and not a server that is slow.
                await (await NatsBus.connect(own)).close()

    # Each refusal takes as long as a connection may take: on a busy machine all of this is slow.
    asyncio.run(asyncio.wait_for(test(), 60))
