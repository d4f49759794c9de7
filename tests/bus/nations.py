"""Nations for tests: certificates, keys, servers on free ports, and a link that can be cut."""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import ipaddress
import os
from collections.abc import AsyncIterator
from pathlib import Path
from statistics import median
from typing import NamedTuple

import nkeys
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from nadhir.bus import Address, BusError, NationServer, NatsBus, PartnerLink, ServerSettings
from nadhir.node.nations import free_ports


def free_port() -> int:
    return free_ports(1)[0]


class Authority:
    """A nation's certificate authority, and one certificate that serves for listening and dialling."""

    def __init__(self, nation: str, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"{nation} authority")])
        certificate = (
            self._builder(self._name)
            .public_key(self._key.public_key())
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .sign(self._key, hashes.SHA256())
        )
        self.authority_file = folder / "authority.pem"
        self.authority_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        self.certificate_file, self.key_file = self.issue(nation)

    def _builder(self, subject: x509.Name) -> x509.CertificateBuilder:
        now = datetime.datetime.now(datetime.UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(hours=1))
            .not_valid_after(now + datetime.timedelta(days=1))
        )

    def issue(self, nation: str) -> tuple[Path, Path]:
        key = ec.generate_private_key(ec.SECP256R1())
        names = [x509.DNSName(f"{nation.lower()}.nadhir"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
        both = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
        certificate = (
            self._builder(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"{nation.lower()}.nadhir")]))
            .public_key(key.public_key())
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .add_extension(x509.ExtendedKeyUsage(both), critical=False)
            .sign(self._key, hashes.SHA256())
        )
        certificate_file, key_file = self.folder / f"{nation}.pem", self.folder / f"{nation}.key"
        certificate_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        key_file.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        return certificate_file, key_file


def new_nkey() -> tuple[str, str]:
    """Seed and public key."""
    seed: str = nkeys.encode_seed(os.urandom(32), nkeys.PREFIX_BYTE_USER).decode()
    public: str = nkeys.from_seed(bytearray(seed.encode())).public_key.decode()
    return seed, public


class Wire:
    """A TCP proxy between two nations: it can be cut, refuse, or swallow everything and say nothing."""

    def __init__(self, port: int, to_port: int) -> None:
        self.port = port
        self._to_port = to_port
        self._server: asyncio.Server | None = None
        self._pairs: set[asyncio.StreamWriter] = set()
        self._swallowed: set[asyncio.StreamWriter] = set()
        self._passing = asyncio.Event()
        self._passing.set()
        self._accepting = True
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._on_connection, "127.0.0.1", self.port)

    async def _on_connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self._accepting:
            writer.close()
            return
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._to_port)
        except OSError:
            writer.close()
            return
        self._pairs |= {writer, far_writer}
        for source, sink in ((reader, far_writer), (far_reader, writer)):
            task = asyncio.create_task(self._pump(source, sink))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await source.read(65536):
                await self._passing.wait()
                if sink in self._swallowed:
                    continue
                sink.write(data)
                await sink.drain()
        sink.close()

    def cut(self) -> None:
        """Every connection breaks, and new ones are refused."""
        self._accepting = False
        self.reset()

    def reset(self) -> None:
        """Every connection breaks; new ones are accepted."""
        for writer in self._pairs:
            writer.transport.abort()
        self._pairs.clear()

    def swallow(self) -> None:
        """Connections stay, nothing passes: a half-open link."""
        self._passing.clear()

    def swallow_connected(self) -> None:
        """What is connected now never passes anything again; new connections pass."""
        self._swallowed |= self._pairs

    def restore(self) -> None:
        self._accepting = True
        self._passing.set()

    async def stop(self) -> None:
        self.reset()
        for task in tuple(self._tasks):
            task.cancel()
        if self._server is not None:
            self._server.close()


class Lab:
    """Servers of some nations, each pair joined by a wire. The nation that is named first listens."""

    def __init__(self, folder: Path, nations: tuple[str, ...]) -> None:
        self.folder = folder
        self.nations = nations
        self.authorities = {nation: Authority(nation, folder / nation / "certificates") for nation in nations}
        self.leaf_ports = {nation: free_port() for nation in nations}
        self.seeds: dict[tuple[str, str], str] = {}
        self.wires: dict[tuple[str, str], Wire] = {}
        links: dict[str, list[PartnerLink]] = {nation: [] for nation in nations}
        for number, listener in enumerate(nations):
            for dialler in nations[number + 1 :]:
                seed, public = new_nkey()
                seed_file = folder / dialler / f"{listener}.seed"
                seed_file.write_text(seed)
                wire = Wire(free_port(), self.leaf_ports[listener])
                self.seeds[(listener, dialler)] = seed
                self.wires[(listener, dialler)] = wire
                links[listener].append(PartnerLink(dialler, self.authorities[dialler].authority_file, nkey=public))
                links[dialler].append(
                    PartnerLink(
                        listener,
                        self.authorities[listener].authority_file,
                        dial=Address("127.0.0.1", wire.port),
                        seed_file=seed_file,
                    )
                )
        self.settings = {
            nation: ServerSettings(
                nation=nation,
                data=folder / nation / "bus",
                client=Address("127.0.0.1", free_port()),
                certificate_file=self.authorities[nation].certificate_file,
                key_file=self.authorities[nation].key_file,
                leaf=Address("127.0.0.1", self.leaf_ports[nation]),
                partners=tuple(links[nation]),
            )
            for nation in nations
        }
        self.servers = {nation: NationServer(settings) for nation, settings in self.settings.items()}

    async def start(self) -> None:
        for wire in self.wires.values():
            await wire.start()
        for server in self.servers.values():
            await server.start()

    async def stop(self) -> None:
        for server in self.servers.values():
            await server.stop()
        for wire in self.wires.values():
            await wire.stop()


@contextlib.asynccontextmanager
async def lab(folder: Path, *nations: str) -> AsyncIterator[Lab]:
    made = Lab(folder, nations)
    try:
        await made.start()
        yield made
    finally:
        await made.stop()


class BareLink(NamedTuple):
    """What the leaf link does by itself, of nothing that is ours: a yardstick for what is."""

    returned: float
    """When the first plain message crossed; the event loop's time."""
    crossing_s: float
    """Median time in which one crosses."""

    def resumed_in_time(self, at: float, since: float, within_s: float = 2.0) -> bool:
        """Whether all was there soon enough at a time: counted from when the link was back, and on a busy machine with
        as much patience more as a plain message takes longer than 5 ms (at rest it takes less than one)."""
        took_s = at - max(since, self.returned)
        print(f"\nresumed {took_s:.2f} s after the link's return; a plain message takes {self.crossing_s * 1e3:.1f} ms")
        return took_s < within_s * max(self.crossing_s / 0.005, 1.0)


async def bare_link(servers: dict[str, NationServer], sender: str, receiver: str, crossings: int = 21) -> BareLink:
    """Have plain messages cross from one nation's server to the other's, one after the other."""
    sending = await NatsBus.connect(servers[sender].credentials(receiver))
    receiving = await NatsBus.connect(servers[receiver].credentials(sender))
    loop, arrived, took = asyncio.get_running_loop(), asyncio.Event(), []
    subject = f"rel.{sender}.{receiver}.probe"
    await receiving.subscribe(subject, lambda message: arrived.set())
    returned = 0.0
    while len(took) < crossings:
        arrived.clear()
        begun = loop.time()
        with contextlib.suppress(BusError, TimeoutError):  # While the link is not back.
            sending.publish(subject, b"")
            await asyncio.wait_for(arrived.wait(), 2.0 if took else 0.1)
            took.append(loop.time() - begun)
            returned = returned or loop.time()
        await asyncio.sleep(0.01)
    await sending.close()
    await receiving.close()
    return BareLink(returned, median(took))


async def until(condition: object, within_s: float = 8.0) -> float:
    """Wait for a condition (a callable); returns the seconds that it took."""
    assert callable(condition)
    loop = asyncio.get_running_loop()
    start = loop.time()
    while not condition():
        assert loop.time() - start < within_s, "did not come about in time"
        await asyncio.sleep(0.005)
    return loop.time() - start
