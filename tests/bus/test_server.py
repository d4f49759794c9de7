"""Finding the program, checking settings, starting, dying and starting again."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import stat
from pathlib import Path

import msgspec
import pytest
from nations import Lab, lab, until

from nadhir.bus import (
    Address,
    BusDownError,
    BusError,
    NationServer,
    PartnerLink,
    ProgramError,
    ServerSettings,
    find_program,
    program,
)


def fake(folder: Path, version: str) -> Path:
    made = folder / "nats-server"
    made.write_text(f"#!/bin/sh\necho nats-server: v{version}\n")
    made.chmod(0o755)
    return made


def test_a_named_program_must_exist_run_and_be_recent(tmp_path: Path) -> None:
    assert find_program(fake(tmp_path, "2.11.0")) == tmp_path / "nats-server"
    with pytest.raises(ProgramError, match=r"2\.11 or newer"):
        find_program(fake(tmp_path, "2.9.10"))
    with pytest.raises(ProgramError, match="does not exist"):
        find_program(tmp_path / "none")


def test_one_on_the_path_comes_before_the_packaged_one_if_it_is_recent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    fake(tmp_path, "2.9.10")
    assert find_program() == program.packaged_program()
    fake(tmp_path, "2.12.1")
    assert find_program() == tmp_path / "nats-server"


def test_an_altered_binary_of_the_package_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packaged = program.packaged_program()
    assert packaged is not None
    program.check_packaged(packaged)
    altered = fake(tmp_path, "2.15.1")
    with pytest.raises(ProgramError, match="not the published"):
        program.check_packaged(altered)
    # On a platform that is not listed, what the package records is what counts.
    monkeypatch.setattr(program, "KNOWN_SHA256", {})
    program.check_packaged(packaged)
    with pytest.raises(ProgramError, match="records no SHA-256"):
        program.check_packaged(altered)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"nation": "kor"}, "capital letters"),
        ({"partners": (PartnerLink("KOR", Path("a"), nkey="U"),)}, "own partner"),
        ({"partners": (PartnerLink("JPN", Path("a")),)}, "dials us"),
        ({"partners": (PartnerLink("JPN", Path("a"), dial=Address("h", 1)),)}, "seed"),
        ({"partners": (PartnerLink("J.>", Path("a"), nkey="U"),)}, "capital letters"),
    ],
)
def test_wrong_settings_are_one_clear_line(change: dict[str, object], says: str) -> None:
    right = ServerSettings(
        "KOR", Path("d"), Address("127.0.0.1", 1), Path("c"), Path("k"), leaf=Address("127.0.0.1", 2)
    )
    NationServer(right)
    with pytest.raises(BusError, match=says):
        NationServer(msgspec.structs.replace(right, **change))


@pytest.mark.connected
def test_it_starts_again_and_its_configuration_is_private(tmp_path: Path) -> None:
    async def test() -> None:
        async with lab(tmp_path, "KOR", "JPN") as nations:
            server = nations.servers["JPN"]
            config = nations.settings["JPN"].data / "nats-server.json"
            assert stat.S_IMODE(config.stat().st_mode) == 0o600
            bus = await server.connect()
            for restarts in (1, 2):
                killed = server.process_id
                assert killed is not None
                os.kill(killed, signal.SIGKILL)
                await until(lambda restarts=restarts: server.restarts == restarts and not bus.connected)
                await until(lambda: bus.connected)
            await bus.close()

    asyncio.run(asyncio.wait_for(test(), 15))


@pytest.mark.connected
def test_a_server_that_a_killed_node_left_behind_is_ended(tmp_path: Path) -> None:
    async def test() -> None:
        nations = Lab(tmp_path, ("KOR",))
        left = nations.servers["KOR"]
        await left.start()
        orphan = left.process_id
        assert left._watch is not None
        left._watch.cancel()
        nations.servers["KOR"] = NationServer(nations.settings["KOR"])
        await nations.start()
        assert nations.servers["KOR"].process_id != orphan
        await until(lambda: left._process.returncode is not None)
        await nations.stop()

    asyncio.run(asyncio.wait_for(test(), 15))


@pytest.mark.connected
def test_a_server_that_cannot_start_says_why(tmp_path: Path) -> None:
    async def test() -> None:
        nations = Lab(tmp_path, ("KOR",))
        broken = msgspec.structs.replace(nations.settings["KOR"], program=fake(tmp_path, "2.15.1"))
        with pytest.raises(BusError, match="nats-server ended"):
            await NationServer(broken).start()

    asyncio.run(asyncio.wait_for(test(), 15))


@pytest.mark.connected
def test_a_port_that_is_taken_is_said_in_a_line(tmp_path: Path) -> None:
    async def test() -> None:
        settings = Lab(tmp_path, ("KOR",)).settings["KOR"]
        taken = socket.create_server((settings.client.host, settings.client.port))
        with taken, pytest.raises(BusError, match="address already in use") as caught:
            await NationServer(settings).start()
        assert "[INF]" not in str(caught.value)

    asyncio.run(asyncio.wait_for(test(), 25))


@pytest.mark.connected
def test_a_link_that_is_not_dialled_any_more_is_brought_back_by_a_new_start(tmp_path: Path) -> None:
    """The partner's port answers and no link comes about: seen here with a port that is no server."""

    async def test() -> None:
        async with lab(tmp_path, "KOR", "JPN") as nations:
            await asyncio.sleep(1)
            assert await nations.servers["JPN"].reset_link("KOR") == "kicked"
            await nations.servers["KOR"].stop()
            await asyncio.sleep(0.5)
            server = nations.servers["JPN"]
            assert await server.reset_link("KOR") == "restarted"
            await until(lambda: server.restarts == 1)
            assert await server.reset_link("KOR") == "nothing"
            # Where the link was there since, a new start helped, and the next one need not wait.
            assert await server.reset_link("KOR", heard=True) == "restarted"
            await until(lambda: server.restarts == 2)
            nations.wires["KOR", "JPN"].cut()

    asyncio.run(asyncio.wait_for(test(), 15))


@pytest.mark.connected
def test_what_no_server_takes_is_refused_and_the_connection_stays(tmp_path: Path) -> None:
    async def test() -> None:
        async with lab(tmp_path, "KOR") as nations:
            bus = await nations.servers["KOR"].connect()
            heard: list[bytes] = []
            await bus.subscribe("a", lambda message: heard.append(message.data))
            with pytest.raises(BusError, match="more than the 1048576 that go"):
                bus.publish("a", bytes((1 << 20) + 1))
            for subject in ("", "a b", "a\r\nPUB b"):
                with pytest.raises(ValueError, match="no subject"):
                    bus.publish(subject, b"x")
            bus.publish("a", bytes(1 << 20))
            bus.publish("a", b"\r\nPUB a 1\r\nx\r\n")
            await until(lambda: len(heard) == 2)
            assert heard[1] == b"\r\nPUB a 1\r\nx\r\n"
            assert bus.connected
            await bus.close()
            with pytest.raises(BusDownError):
                bus.publish("a", b"x")

    asyncio.run(test())
