"""A nation's own nats-server: configured, started, watched, stopped."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import time
from pathlib import Path
from typing import Literal

import msgspec
import nkeys

from nadhir.bus.nats import Credentials, NatsBus
from nadhir.bus.port import BusDownError, BusError
from nadhir.bus.program import find_program
from nadhir.bus.server_config import (
    NATION_ACCOUNT,
    SYSTEM_ACCOUNT,
    WATCHER,
    ServerSettings,
    check_settings,
    configuration,
    partner_account,
)
from nadhir.model.unreadable import UNREADABLE

_LOG = logging.getLogger(__name__)

_READY_WITHIN_S = 10.0
_FIRST_PAUSE_S = 0.05
_LONGEST_PAUSE_S = 10.0
_FIRST_RESTART_PAUSE_S = 60.0
_LONGEST_RESTART_PAUSE_S = 3600.0
_STEADY_S = 30.0
"""A server that lived this long is started again without a pause."""
_DIALLED_WITHIN_S = 0.75
"""A partner that answers is dialled and let in within this, if it is dialled at all (`reconnect_interval`)."""

Reset = Literal["kicked", "restarted", "nothing"]


class NationServer:
    """The nats-server of one nation as a child process; started again, with growing pauses, whenever it dies."""

    def __init__(self, settings: ServerSettings) -> None:
        check_settings(settings)
        self.restarts = 0
        """How often it had to be started again."""
        self._settings = settings
        self._config_file = settings.data / "nats-server.json"
        self._process: asyncio.subprocess.Process | None = None
        self._watch: asyncio.Task[None] | None = None
        accounts = [NATION_ACCOUNT, WATCHER, SYSTEM_ACCOUNT, *(partner_account(p.nation) for p in settings.partners)]
        # Keys of our own clients live as long as this object: nothing to store, nothing to steal.
        self._seeds = {account: _new_seed() for account in accounts}
        self._given_up: dict[str, _GivenUp] = {}
        self._pause_s = _FIRST_PAUSE_S

    @property
    def process_id(self) -> int | None:
        """Of the server that runs now."""
        return None if self._process is None else self._process.pid

    def credentials(self, partner: str | None = None) -> Credentials:
        """For the nation's account, or for the one that is shared with a partner."""
        return self._credentials(NATION_ACCOUNT if partner is None else partner_account(partner))

    def watcher_credentials(self) -> Credentials:
        """For whoever may only hear what is `watched`."""
        return self._credentials(WATCHER)

    async def start(self) -> None:
        """Start it and wait until it answers. Raises `ProgramError` or `BusError`, saying what to do."""
        settings = self._settings
        program = await asyncio.to_thread(find_program, settings.program)
        settings.data.mkdir(parents=True, exist_ok=True)
        await asyncio.to_thread(_end_orphan, settings.data / "nats-server.pid", self._config_file)
        authorities_file = settings.data / "authorities.pem"
        diallers = [partner for partner in settings.partners if partner.dial is None]
        authorities_file.write_text("".join(p.authority_file.read_text().strip() + "\n" for p in diallers))
        public = {account: _public_nkey(seed) for account, seed in self._seeds.items()}
        self._config_file.touch(mode=0o600)
        self._config_file.chmod(0o600)
        content = configuration(settings, public, authorities_file)
        self._config_file.write_bytes(msgspec.json.format(msgspec.json.encode(content)))
        await self._spawn(program)
        self._watch = asyncio.create_task(self._keep_alive(program))

    async def stop(self) -> None:
        """Stop it: politely, after five seconds by force."""
        if self._watch is not None:
            self._watch.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._watch
            self._watch = None
        await self._end_process()

    async def connect(self, partner: str | None = None, *, name: str = "nadhir") -> NatsBus:
        """A bus on the nation's account, or on the one that is shared with a partner."""
        return await NatsBus.connect(self.credentials(partner), name=name)

    async def reset_link(self, partner: str, heard: bool = False) -> Reset:
        """Get a leaf link going again that has fallen silent. `heard`: the partner was, since this was last asked.

        A link that the server believes in is cut, so that it is dialled anew: it may be half open. A link that we dial,
        and that does not come about although the partner's port answers, is one that the server has given up: it does
        so where a connection breaks in the middle of its handshake (nats-server issue 7615). Then the server is started
        again, which costs every link a moment. Where that has not helped, the next time is a minute off, then two, up
        to an hour. Else the partner is away.
        """
        try:
            system = await NatsBus.connect(self._credentials(SYSTEM_ACCOUNT))
        except BusDownError:
            return "nothing"
        try:
            found = await _leafs(system, partner)
            for link in found.data.leafs:
                await system.request(f"$SYS.REQ.SERVER.{found.server.id}.KICK", msgspec.json.encode({"cid": link.id}))
            if found.data.leafs:
                return "kicked"
            given_up = self._given_up.setdefault(partner, _GivenUp())
            if heard:
                self._given_up[partner] = given_up = _GivenUp()
            if time.monotonic() < given_up.not_before or not await self._port_answers(partner):
                return "nothing"
            await asyncio.sleep(_DIALLED_WITHIN_S)
            if (await _leafs(system, partner)).data.leafs or not await self._port_answers(partner):
                return "nothing"
        except (BusError, *UNREADABLE) as error:
            _LOG.warning("link with %s: the server did not answer: %s", partner, error)
            return "nothing"
        finally:
            await system.close()
        given_up.not_before = time.monotonic() + given_up.pause_s
        given_up.pause_s = min(2 * given_up.pause_s, _LONGEST_RESTART_PAUSE_S)
        _LOG.warning("link with %s is not dialled any more: starting nats-server again", partner)
        # It did not die: nothing has to be waited for.
        self._pause_s = 0.0
        await self._end_process()
        return "restarted"

    async def _port_answers(self, partner: str) -> bool:
        dial = next((p.dial for p in self._settings.partners if p.nation == partner), None)
        if dial is None:
            return False
        try:
            async with asyncio.timeout(2.0):
                _, writer = await asyncio.open_connection(dial.host, dial.port)
        except (OSError, TimeoutError):
            return False
        writer.close()
        return True

    def _credentials(self, account: str) -> Credentials:
        return Credentials(f"nats://{self._settings.client}", self._seeds[account])

    async def _spawn(self, program: Path) -> None:
        self._process = await asyncio.create_subprocess_exec(
            program,
            "--config",
            self._config_file,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            # A Ctrl-C at the terminal is for the node, which stops the server when it has finished with it.
            start_new_session=True,
        )
        try:
            async with asyncio.timeout(_READY_WITHIN_S):
                await self._ready()
        except TimeoutError:
            await self._end_process()
            raise BusError(f"nats-server does not answer on {self._settings.client}; {self._log_tail()}") from None

    async def _ready(self) -> None:
        """Wait for the greeting of a server that is still ours."""
        assert self._process is not None
        while True:
            if self._process.returncode is not None:
                said = await self._process.stderr.read() if self._process.stderr else b""
                raise BusError(f"nats-server ended: {said.decode(errors='replace').strip()[-400:] or self._log_tail()}")
            with contextlib.suppress(OSError):
                reader, writer = await asyncio.open_connection(self._settings.client.host, self._settings.client.port)
                greeting = await reader.readline()
                writer.close()
                if greeting.startswith(b"INFO"):
                    return
            await asyncio.sleep(0.005)

    async def _keep_alive(self, program: Path) -> None:
        while True:
            assert self._process is not None
            since = time.monotonic()
            await self._process.wait()
            if time.monotonic() - since > _STEADY_S:
                self._pause_s = _FIRST_PAUSE_S
            _LOG.warning("nats-server ended with %s; starting it again", self._process.returncode)
            while True:
                self.restarts += 1
                await asyncio.sleep(self._pause_s)
                self._pause_s = min(max(2 * self._pause_s, _FIRST_PAUSE_S), _LONGEST_PAUSE_S)
                try:
                    await self._spawn(program)
                    break
                except (BusError, OSError) as error:
                    _LOG.error("%s", error)

    async def _end_process(self) -> None:
        process = self._process
        if process is None or process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        try:
            async with asyncio.timeout(5.0):
                await process.wait()
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    def _log_tail(self) -> str:
        try:
            lines = (self._settings.data / "nats-server.log").read_text(errors="replace").splitlines()
        except OSError:
            lines = []
        last = lines[-3:]
        fatal = [why for _, _, why in (line.partition("[FTL] ") for line in last) if why]
        return "; ".join(fatal or last) or "it wrote no log"


class _GivenUp(msgspec.Struct):
    """When the server may be started again for the sake of one partner, and for how long not after that."""

    not_before: float = 0.0
    pause_s: float = _FIRST_RESTART_PAUSE_S


class _ServerInfo(msgspec.Struct):
    id: str


class _Leaf(msgspec.Struct):
    id: int


class _Leafs(msgspec.Struct):
    leafs: list[_Leaf] = []


class _LeafAnswer(msgspec.Struct):
    server: _ServerInfo
    data: _Leafs


async def _leafs(system: NatsBus, partner: str) -> _LeafAnswer:
    """The leaf links that the server has with a partner now."""
    asked = msgspec.json.encode({"account": partner_account(partner)})
    return msgspec.json.decode(await system.request("$SYS.REQ.SERVER.PING.LEAFZ", asked), type=_LeafAnswer)


def _new_seed() -> str:
    seed: bytes = nkeys.encode_seed(os.urandom(32), nkeys.PREFIX_BYTE_USER)
    return seed.decode()


def _public_nkey(seed: str) -> str:
    public: bytes = nkeys.from_seed(bytearray(seed.encode())).public_key
    return public.decode()


def _end_orphan(pid_file: Path, config_file: Path) -> None:
    """Stop a server that a killed node left behind: it holds our ports and store."""
    try:
        process_id = int(pid_file.read_text())
        command = Path(f"/proc/{process_id}/cmdline").read_bytes()
    except (OSError, ValueError):
        return
    if os.fsencode(config_file) not in command:
        return
    _LOG.warning("stopping the nats-server (process %s) that an earlier run left behind", process_id)
    with contextlib.suppress(ProcessLookupError):
        os.kill(process_id, signal.SIGTERM)
        deadline = time.monotonic() + 5.0
        while time.monotonic() < deadline:
            os.kill(process_id, 0)
            time.sleep(0.02)
        os.kill(process_id, signal.SIGKILL)
