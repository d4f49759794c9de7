"""A live node's edges: its nats-server, links, sockets, ticks and HTTP, around one `LiveNode`.

Everything runs in one event loop; what fails ends the node, and whoever runs it starts it again.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

import msgspec

from nadhir.alerts import Rules, default_rules, read_rules
from nadhir.alerts.people import DeskError
from nadhir.bus import Address, BusDownError, BusError, Message, NationServer, NatsBus, PartnerLink, ServerSettings
from nadhir.console.console import Console
from nadhir.console.messages import RealEvent
from nadhir.geo.areas import AreaError, AreaMap, default_areas, read_areas
from nadhir.model import Label, Sensor, WarningProduct
from nadhir.node.clock import pause
from nadhir.node.config import NodeConfig
from nadhir.node.console import NodeConsole
from nadhir.node.core import Core, News
from nadhir.node.desk import Desk
from nadhir.node.enrolment import SOON_S, Enrolled, EnrolmentError, check, installed
from nadhir.node.heads import HeadExchange
from nadhir.node.hops import Hops
from nadhir.node.ingest import Ingest
from nadhir.node.live import TICK_S, LiveNode
from nadhir.node.names import names_key
from nadhir.node.publishing import Publisher
from nadhir.node.publishing_config import make_publisher, read_publishing
from nadhir.node.real_event import RealWatch
from nadhir.node.rebuilding import rebuild
from nadhir.node.status import NodeStatus, PartnerStatus
from nadhir.node.toml import ConfigError
from nadhir.node.trust import Trust
from nadhir.node.warm import warm
from nadhir.node.web import check as check_console
from nadhir.node.web import serve
from nadhir.sensors import read_sensors_file
from nadhir.sharing.decisions import DecisionFile
from nadhir.sharing.files import replace_file
from nadhir.sharing.floor import Recipient
from nadhir.sharing.identity import Identity
from nadhir.sharing.log import Log, LogError, log_name
from nadhir.sharing.partners import Partner, authority_file, read_partners
from nadhir.sharing.release import Releases
from nadhir.sharing.release_policies import read_policies

_LOG = logging.getLogger(__name__)

KEEP_S = 0.25
"""How often heads are looked after."""
KEY_LOOKED_AT_S = 60.0
NEWS_KEPT = 20_000
DETECTIONS, PICTURE = "detections", "picture"
"""Subjects in the nation's own account: lines in, news out (JSON lines)."""
LOCAL_ACCESS = "local.json"
"""Address and nkey seed of the nation's account, for its own programs on this machine."""
WATCH_ACCESS = "watch.json"
"""The same for whoever may hear the picture and say nothing."""


class Service:
    """One node as it runs. `run` ends when `stop` is called or something fails."""

    def __init__(self, config: NodeConfig, passphrase: bytes | None = None) -> None:
        now = time.time()
        self.config = config
        self.hops = Hops()
        self._passphrase = passphrase
        self._identity = Identity(config.node.identity, now)
        self._key, self._key_looked_at = self._identity.signing_key(now, passphrase), 0.0
        self._state = "starting"
        self._stopping = asyncio.Event()
        self._news: deque[News] = deque(maxlen=NEWS_KEPT)
        self._news_dropped = 0
        self._news_there = asyncio.Event()
        if self._identity.card.nation != config.node.nation:
            raise ConfigError(f"the keys are those of {self._identity.card.nation}, not of {config.node.nation}")
        check_console(config.console)
        self._enrolled = _enrolled(config, self._identity, now)
        known = read_partners(config.node.identity / "partners")
        self.partners = {name: partner for name, partner in known.items() if not partner.revoked}
        self._trust = Trust(config.node.identity / "partners", lambda known: recipients(config, known))
        self._server = NationServer(server_settings(config, self._identity, self.partners))
        self._decisions = DecisionFile(_made(config.node.data / config.node.mode))
        nation, mode = config.node.nation, config.node.mode
        self.desks = {
            partner: Desk(
                nation,
                partner,
                mode,
                config.log_folder,
                key=lambda: self._key,
                own_keys={key.id: key for key in self._identity.own_keys},
                trusted=self._trust.keys,
                take=lambda envelope: self.node.release(envelope),
                hops=self.hops,
            )
            for partner in self.partners
        }
        self._heads = {
            partner: HeadExchange(desk, lambda: self._key, self._trust.keys) for partner, desk in self.desks.items()
        }
        self._log = Log(config.log_folder / log_name(nation, nation), fsync="called")
        sensors = _sensors(config)
        rules, areas = _rules(config), _areas(config)
        data = config.node.data / mode
        self._real_event: RealEvent | None = None
        self._real = RealWatch(config.real.access, PICTURE, self._on_real) if config.real.access else None
        # An area is simplified before it is needed: that takes up to a tenth of a second each.
        authorities = {code: rules.authority(code) for code in areas.areas}
        self._own_areas = [code for code, found in authorities.items() if found is not None and found[0] == nation]
        self._publisher = _publisher(config, rules, areas, lambda: self.node.clock.now() or time.time(), self._enrolled)
        self.console = Console(nation, mode, _made(data / "console"))
        labels = {name: Label(classification=label) for name, label in config.sensors.labels.items()}
        product_label = Label(classification=given) if (given := config.release.product_label) else None

        def new_core(anew: bool) -> Core:
            if anew:
                (data / "names.key").unlink(missing_ok=True)
            return Core(nation, mode, sensors, areas, rules, names_key(data), labels, product_label)

        self.node = LiveNode(
            nation,
            mode,
            new_core,
            self._log,
            self.desks,
            Releases(
                read_policies(config.release.folder),
                owner=nation,
                mode=mode,
                recipients=self._trust.recipients,
            ),
            self._decisions,
            key=lambda: self._key,
            audience=self._tell,
            explain=lambda explanations: self._people.explain(explanations),
            ruled=lambda record, decision: self._people.ruled(record, decision),
            hops=self.hops,
            soon=lambda act: asyncio.get_running_loop().call_soon(act),
        )

        logs = {log.folder.name: log for desk in self.desks.values() for log in (desk.outgoing, desk.incoming)}
        self._people = NodeConsole(
            self.console,
            self.node,
            self._publisher,
            areas,
            data,
            {self._log.folder.name: self._log, **logs},
            self.status,
            lambda: self.real_event,
            enrolled=self._enrolled is not None,
            own_areas=self._own_areas,
        )
        self.console.behind = self._people

    def stop(self) -> None:
        """End cleanly: what was received is taken, logged and on the disk when `run` returns."""
        self._stopping.set()

    async def run(self) -> None:
        """Start everything, say `ready`, and work until stopped."""
        ingest = Ingest(self.node)
        tasks: list[asyncio.Task[None]] = []
        buses: list[NatsBus] = []
        channels = contextlib.AsyncExitStack()
        try:
            if self._publisher is not None:
                await channels.enter_async_context(self._publisher)
            tasks.append(asyncio.create_task(self.console.run()))
            tasks.append(asyncio.create_task(serve(self.status, self.console, self.config.console)))
            self._state = "starting nats-server"
            await self._server.start()
            self._state = "warming kernels"
            await asyncio.to_thread(warm)
            if self._publisher is not None:
                await asyncio.to_thread(self._publisher.prepare, self._own_areas)
            nation_bus = await self._server.connect(name="node")
            buses.append(nation_bus)
            for partner, desk in self.desks.items():
                bus = await self._server.connect(partner, name="link")
                buses.append(bus)
                self._open_link(bus, desk)
            self._state = "rebuilding its state"
            await rebuild(self.node)
            # What was made until now stays: the collector need not walk over it while messages wait.
            gc.collect()
            gc.freeze()
            tasks += [asyncio.create_task(self._run_link(desk)) for desk in self.desks.values()]
            await self._listen(nation_bus, ingest)
            tasks.append(asyncio.create_task(self._send_news(nation_bus)))
            if self._real is not None:
                tasks.append(asyncio.create_task(self._real.run()))
            tasks.append(asyncio.create_task(self._every(TICK_S, self.node.tick)))
            tasks.append(asyncio.create_task(self._every(KEEP_S, self._keep)))
            tasks.append(asyncio.create_task(self._every(1.0, self._decide_for_people)))
            tasks.append(asyncio.create_task(self._every(KEEP_S, self._people.tick)))
            await ingest.start(self.config.ingest.host, self.config.ingest.port)
            self._write_access()
            self._state = "ready"
            _LOG.info("ready: %d inputs of before taken again", self.node.rebuilt_from)
            stopping = asyncio.create_task(self._stopping.wait())
            done, _ = await asyncio.wait([stopping, *tasks], return_when=asyncio.FIRST_COMPLETED)
            for task in done - {stopping}:
                task.result()
        finally:
            self._state = "stopping"
            await ingest.stop()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            with contextlib.suppress(LogError):
                self.node.settle(wait=True)
            await channels.aclose()
            for bus in buses:
                await bus.close()
            await self._server.stop()
            for name, desk in self.desks.items():
                desk.close()
                self._heads[name].close()
            self._log.close()
            self._decisions.close()
            self.console.close()

    @property
    def real_event(self) -> RealEvent | None:
        """Something real that this exercise has heard of, until a person resumes the exercise."""
        if self._publisher is not None and not self._publisher.desks.of(self.config.node.mode).suspended:
            return None
        return self._real_event

    def status(self) -> NodeStatus:
        """How the node is now."""
        node = self.node
        partners = {
            name: PartnerStatus(
                desk.link.health,
                desk.window.skew_s,
                desk.window.refused.copy(),
                dict(desk.refused),
                dict(desk.decided),
                desk.sent_records,
                desk.received_records,
                desk.shed_records,
                self._heads[name].fitted,
                self._heads[name].split_view,
            )
            for name, desk in self.desks.items()
            if hasattr(desk, "link")
        }
        return NodeStatus(
            nation=node.nation,
            mode=node.mode,
            ready=self._state == "ready",
            state=self._state,
            problems=self._problems(partners),
            time=node.clock.now(),
            lines=node.lines,
            rejected=dict(node.rejected),
            partner_detections_refused=dict(node.core.partner_refused),
            tracked=node.core.tracked,
            unlogged=node.unlogged,
            rebuilt_from=node.rebuilt_from,
            news_dropped=self._news_dropped,
            server_restarts=self._server.restarts,
            partners=partners,
            hops=self.hops.latencies(),
        )

    def _problems(self, partners: dict[str, PartnerStatus]) -> list[str]:
        """What a person should look at, one sentence each."""
        found = self._people.problems
        if self._enrolled is not None and (left_s := self._enrolled.enrolment.until - time.time()) < SOON_S:
            found.append(
                f"the enrolment runs out in {left_s / 86_400.0:.1f} days: ask the authority to renew it"
                if left_s > 0.0
                else "the enrolment has run out: nothing new is said live until the authority renews it"
            )
        if self._real is not None and self._real.problem:
            found.append(self._real.problem)
        if self.real_event is not None:
            found.append("something real happens: the public side of this exercise is suspended until a person resumes")
        if self._publisher is not None:
            for mode, side in self._publisher.sides.items():
                found += [f"{mode} warning {name} cannot be said: {why}" for name, why in side.failures.items()]
        if (failure := self._log.failure) is not None:
            found.append(f"the log cannot be written: {failure}")
        for name, partner in partners.items():
            if partner.split_view:
                found.append(f"{name} shows another history: {partner.split_view}")
            if name in self._trust.revoked:
                found.append(f"{name} is revoked: start the node again, and its server knows it no more")
            elif not partner.link.connected:
                found.append(f"no link with {name} for {partner.link.silent_s:.0f} s")
            window = self.desks[name].window
            if partner.skew_s is not None and abs(partner.skew_s) > window.largest_skew_s:
                found.append(
                    f"the clocks here and at {name} are {abs(partner.skew_s):.0f} s apart: nothing is taken live"
                )
            if partner.link.blocked_at is not None:
                found.append(f"release {partner.link.blocked_at} of {name} cannot be delivered")
            if partner.link.unreadable:
                found.append(f"what {name} asks for cannot be read: {partner.link.unreadable}")
            if partner.link.error:
                found.append(f"the way to {name} waits: {partner.link.error}")
        return found

    def _on_real(self, at: float, events: tuple[str, ...]) -> None:
        """The live node knows of something real: the drill ends for the public."""
        before = self.real_event
        self._real_event = RealEvent(before.since if before else at, ((*before.events, *events) if before else events))
        _LOG.warning("something real: %s; the public side of this exercise is suspended", ", ".join(events))
        if self._publisher is not None:
            self._publisher.real_event(self.node.clock.now() or time.time())

    def _open_link(self, bus: NatsBus, desk: Desk) -> None:
        desk.open_link(
            bus,
            ahead=self.node.release_ahead,
            on_note=self._heads[desk.partner].take,
            reset=lambda heard: self._server.reset_link(desk.partner, heard),
        )

    async def _run_link(self, desk: Desk) -> None:
        """Until the partner is revoked: then nothing that waits or is stored goes to it either."""
        link = asyncio.create_task(desk.link.run())
        try:
            while desk.partner not in self._trust.revoked:
                done, _ = await asyncio.wait([link], timeout=KEEP_S)
                for ended in done:
                    ended.result()
        finally:
            link.cancel()
        desk.link.health.connected = False
        await asyncio.Event().wait()

    async def _listen(self, bus: NatsBus, ingest: Ingest) -> None:
        """Hear the nation's feeders. A long rebuild may have cost the connection: it comes back."""
        while True:
            try:
                await bus.subscribe(DETECTIONS, lambda message: self._from_bus(ingest, message))
                return
            except BusDownError as error:
                _LOG.warning("detections are not heard yet: %s", error)
                await asyncio.sleep(0.1)

    def _from_bus(self, ingest: Ingest, message: Message) -> None:
        try:
            ingest.lines(message.data)
        except LogError as error:
            _LOG.error("%s", error)

    def _tell(self, news: list[News]) -> None:
        """Give the picture to consoles, and the nation's own warnings to the channels."""
        self._news_dropped += max(len(self._news) + len(news) - NEWS_KEPT, 0)
        self._news.extend(news)
        self._news_there.set()
        self._publish(news)
        self._people.tell(news)

    def _publish(self, news: list[News]) -> None:
        if self._publisher is None:
            return
        for item in news:
            if item.basis != "shared":
                continue
            if not isinstance(item.product, WarningProduct):
                self._publisher.see(item.product)
                continue
            try:
                self._publisher.take(item.product, item.at)
            except (DeskError, OSError) as error:
                _LOG.error("warning %s is not published: %s", item.product.warning, error)

    async def _send_news(self, bus: NatsBus) -> None:
        """Publish the picture as it changes, for consoles and other programs of the nation."""
        encoder = msgspec.json.Encoder()
        while True:
            await self._news_there.wait()
            self._news_there.clear()
            while self._news:
                count = min(len(self._news), 200)
                lines = encoder.encode_lines([self._news.popleft() for _ in range(count)])
                try:
                    bus.publish(PICTURE, lines)
                except BusError as error:
                    self._news_dropped += count
                    _LOG.warning("news not published: %s", error)

    async def _every(self, period_s: float, act: Callable[[], None]) -> None:
        while True:
            act()
            await pause(period_s)

    def _decide_for_people(self) -> None:
        """Let go what nobody decided on in time, where the nation's rule lets it go then."""
        now = self.node.clock.now()
        if self._publisher is not None and now is not None:
            self._publisher.tick(now)

    def _keep(self) -> None:
        """Look for revocations, sign heads, and change over to a new key on its day."""
        now = time.time()
        self._trust.look()
        for name, desk in self.desks.items():
            if hasattr(desk, "link"):
                desk.link.note = self._heads[name].note(now)
        if now - self._key_looked_at > KEY_LOOKED_AT_S:
            self._key_looked_at = now
            self._key = self._identity.signing_key(now, self._passphrase)

    def _write_access(self) -> None:
        """Let the nation's own programs in: who reads the first file may feed this node, with the other only watch."""
        folder = self.config.node.data / self.config.node.mode
        replace_file(folder / LOCAL_ACCESS, msgspec.json.encode(self._server.credentials()), mode=0o600)
        replace_file(folder / WATCH_ACCESS, msgspec.json.encode(self._server.watcher_credentials()), mode=0o600)


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _sensors(config: NodeConfig) -> list[Sensor]:
    if config.sensors.file is None:
        return []
    sensors = read_sensors_file(config.sensors.file)
    for sensor in sensors:
        if sensor.owner != config.node.nation:
            raise ConfigError(f"{config.sensors.file}: sensor {sensor.id} is {sensor.owner}'s: name own ones only")
    unknown = config.sensors.labels.keys() - {sensor.id for sensor in sensors}
    if unknown:
        raise ConfigError(f"[sensors.labels] names {', '.join(sorted(unknown))}, not among the sensors")
    return sensors


def recipients(config: NodeConfig, partners: dict[str, Partner]) -> dict[str, Recipient]:
    """What the floor knows of each partner. A ceiling for somebody else is a slip: it would lift nothing."""
    ceilings, mode = config.release.ceilings, config.node.mode
    if unknown := ceilings.keys() - partners.keys():
        raise ConfigError(f"[release.ceilings] names {', '.join(sorted(unknown))}, not among the partners")
    return {
        name: Recipient(name, mode, ceilings.get(name, "UNCLASSIFIED"), revoked=bool(partner.revoked))
        for name, partner in partners.items()
    }


def _rules(config: NodeConfig) -> Rules:
    return default_rules() if config.warning.file is None else read_rules(config.warning.file)


def _areas(config: NodeConfig) -> AreaMap:
    """The nation's own outlines, where it names some. Raises ConfigError."""
    try:
        return default_areas() if config.warning.areas is None else read_areas(config.warning.areas)
    except AreaError as error:
        raise ConfigError(str(error)) from None


def _enrolled(config: NodeConfig, identity: Identity, now: float) -> Enrolled | None:
    """The consent of a live node's authority. Raises ConfigError where it does not hold."""
    if config.node.mode != "live":
        return None
    if config.real.access is not None:
        raise ConfigError("[real] is for an exercise, which ends for the public when something real happens")
    try:
        enrolled = installed(config.node.identity)
        if enrolled is None:
            raise EnrolmentError("an authority must enrol this node first: see nadhir enrol")
        check(enrolled, config.node.nation, frozenset(key.id for key in identity.own_keys), now)
    except EnrolmentError as error:
        raise ConfigError(f'mode "live": {error}') from None
    return enrolled


def _publisher(
    config: NodeConfig, rules: Rules, areas: AreaMap, clock: Callable[[], float], enrolled: Enrolled | None
) -> Publisher | None:
    if config.publishing.file is None:
        return None
    folder = _made(config.node.data / "publishing")
    publishing = read_publishing(config.publishing.file)
    return make_publisher(publishing, config.node.mode, folder, rules, areas, clock, enrolled)


def server_settings(config: NodeConfig, identity: Identity, partners: dict[str, Partner]) -> ServerSettings:
    """Of a pair in which both can be reached, the one whose code comes later dials."""
    me, folder, bus = identity.card, config.node.identity, config.bus
    links = []
    for name, partner in partners.items():
        card = partner.card
        dials = bool(card.host) and (not me.host or not bus.leaf_port or name < me.nation)
        links.append(
            PartnerLink(
                name,
                authority_file(folder / "partners", name).absolute(),
                dial=Address(card.host, card.port) if dials else None,
                seed_file=(folder / "keys" / "link.seed").absolute() if dials else None,
                nkey=None if dials else card.link_nkey,
            )
        )
    return ServerSettings(
        nation=me.nation,
        data=config.node.data.absolute() / config.node.mode / "bus",
        client=Address(bus.host, bus.port),
        certificate_file=(folder / "link.pem").absolute(),
        key_file=(folder / "keys" / "link.key").absolute(),
        leaf=Address(bus.leaf_host, bus.leaf_port) if bus.leaf_port and me.host else None,
        partners=tuple(links),
        watched=(PICTURE,),
        program=bus.nats_server,
    )
