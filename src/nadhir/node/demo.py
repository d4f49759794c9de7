"""The exercise of several nations on one machine: a node for each, its own sensors' detections, one event.

Each nation's node is a process with a nats-server, keys and certificates of its own. The demo only feeds detections,
listens to the pictures, and at the end reads the logs as an outsider.
"""

from __future__ import annotations

import asyncio
import math
import shutil
import time
import tomllib
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

import msgspec

from nadhir.bus import Message, NatsBus
from nadhir.model import ImpactProduct, LaunchProduct, Mode
from nadhir.node.core import News
from nadhir.node.feed import LEAD_S, Pace, feed, first_time, own_lines
from nadhir.node.nations import HOST, NationNode, make_nations
from nadhir.node.office import Office, open_office
from nadhir.node.reckoning import PairReckoning, reckon
from nadhir.node.service import PICTURE
from nadhir.node.status import NodeStatus
from nadhir.sensors import ScenarioError, read_sensors
from nadhir.sharing.audit import Finding, verify_logs
from nadhir.sharing.identity import Identity
from nadhir.sharing.partners import read_partners, trusted_keys

MODE: Mode = "exercise"
TAIL_S = 90.0
"""So long the exercise's clock goes on after the last line (of the data's time)."""
SETTLED_WITHIN_S = 60.0
USEFUL_M = 100e3
"""An impact is known once the ellipse's half length is below this: before, it could be almost anywhere."""
COMPARED_AFTER_S = 60.0
"""Both pictures are compared so long after the nation would first have known of the impact alone."""
FRESH_S = 10.0
EARTH_RADIUS_M = 6_371_008.8


class Known(msgspec.Struct, frozen=True):
    """When something was known, seconds after the true launch, and how far off it then was."""

    after_s: float
    off_m: float


class Knowledge(msgspec.Struct, frozen=True):
    """What a nation knew from its own sensors alone, and from all that it had. None: not at all."""

    nation: str
    launch_alone: Known | None
    launch_shared: Known | None
    impact_alone: Known | None
    impact_shared: Known | None
    later_alone: Known | None
    """A minute after the impact was first known alone; for the shared picture at the same moment."""
    later_shared: Known | None

    @property
    def gained(self) -> bool:
        """Whether the shared picture was earlier or nearer the truth in anything, and later in nothing."""
        pairs = ((self.launch_alone, self.launch_shared), (self.impact_alone, self.impact_shared))
        if any(alone and (shared is None or shared.after_s > alone.after_s + 0.5) for alone, shared in pairs):
            return False
        earlier = any(shared and (alone is None or shared.after_s < alone.after_s - 0.5) for alone, shared in pairs)
        alone, shared = self.later_alone, self.later_shared
        return earlier or bool(shared and (alone is None or shared.off_m < alone.off_m))


class Outcome(msgspec.Struct, frozen=True):
    """All that the demo found."""

    statuses: dict[str, NodeStatus]
    knowledge: list[Knowledge]
    pairs: list[PairReckoning]
    findings: list[Finding]
    exit_statuses: dict[str, int | None]

    @property
    def faultless(self) -> bool:
        """Whether nothing was lost, doubled, disordered or leaked, and the audit found nothing."""
        ended = all(status == 0 for status in self.exit_statuses.values())
        return ended and not self.findings and all(pair.faultless for pair in self.pairs)


class _Flown(msgspec.Struct):
    part: str
    start: float
    site: dict[str, float]
    impact: dict[str, float] | None = None


class _Truth(msgspec.Struct):
    objects: list[_Flown]


async def run_demo(
    scenario: Path,
    out: Path,
    pace: float,
    *,
    stage: Callable[[str], None],
    hear: Callable[[str, News], None],
    opened: Callable[[Mapping[str, Office]], None],
    stay: Callable[[], Awaitable[None]],
) -> Outcome:
    """Run the exercise; `stage` hears what it is at, `hear` each piece of news with the nation in whose picture it is.

    `opened` is told where the nations' consoles are, once they are; `stay` ends when they may close.

    Raises ScenarioError where the folder is no scenario with rules for its nations, RuntimeError where a node does not
    start.
    """
    shutil.rmtree(out, ignore_errors=True)
    nations = _make(scenario, out)
    offices = {nation: open_office(node) for nation, node in nations.items()}
    pictures: dict[str, list[News]] = {nation: [] for nation in nations}
    consoles: list[NatsBus] = []
    try:
        stage(f"starting the nodes of {', '.join(nations)}: keys, certificates, nats-servers, mutual TLS")
        for node in nations.values():
            await node.start()
        for node in nations.values():
            await node.until_ready()
        opened(offices)
        for nation, node in nations.items():
            console = await node.connect()
            consoles.append(console)
            await console.subscribe(PICTURE, _listener(nation, pictures[nation], hear))
        await _until(nations, _linked, 20.0)
        stage(f"all linked; the exercise runs at {pace:g} times its own speed")
        course = Pace(first_time(scenario) - LEAD_S, pace, len(nations))
        end = max(at for at, _ in own_lines(scenario, None)) + TAIL_S
        await asyncio.gather(
            *(
                feed(own_lines(scenario, nation), HOST, node.ingest_port, course, end=end)
                for nation, node in nations.items()
            )
        )
        stage("everything is fed; waiting until the links are empty")
        statuses = await _until(nations, _empty, SETTLED_WITHIN_S)
        await stay()
    finally:
        for console in consoles:
            await console.close()
        ended = {nation: await node.stop() for nation, node in nations.items()}
    stage("nodes stopped; reading their logs as an outsider")
    pairs = [
        reckon(one.data, other.data, one.nation, other.nation)
        for one in nations.values()
        for other in nations.values()
        if one is not other
    ]
    knowledge = [_knowledge(scenario, nation, news) for nation, news in pictures.items()]
    return Outcome(statuses, knowledge, pairs, _audit(nations), ended)


def has_truth(scenario: Path) -> bool:
    """Whether what was known can be compared with what was flown."""
    return (scenario / "truth.json").is_file()


def _make(scenario: Path, out: Path) -> dict[str, NationNode]:
    folder = scenario / "nations"
    policies = {path.stem: {path.name: path.read_text()} for path in sorted(folder.glob("*.cedar"))}
    if len(policies) < 2:
        raise ScenarioError(f"{folder}: needs release rules of at least two nations, such as KOR.cedar and JPN.cedar")
    labels_file = folder / "nations.toml"
    labels = tomllib.loads(labels_file.read_text()).get("labels", {}) if labels_file.is_file() else {}
    return make_nations(out, read_sensors(scenario), policies, labels)


def _listener(nation: str, picture: list[News], hear: Callable[[str, News], None]) -> Callable[[Message], None]:
    decoder = msgspec.json.Decoder(News)

    def on_message(message: Message) -> None:
        for news in decoder.decode_lines(message.data):
            picture.append(news)
            hear(nation, news)

    return on_message


def _linked(statuses: Mapping[str, NodeStatus]) -> bool:
    return all(partner.link.connected for status in statuses.values() for partner in status.partners.values())


def _empty(statuses: Mapping[str, NodeStatus]) -> bool:
    """Whether everything that a nation sealed was delivered, by the word of both sides."""
    for nation, status in statuses.items():
        for name, partner in status.partners.items():
            link, other = partner.link, statuses[name].partners[nation].link
            if link.queued or link.unstored or not link.stored == link.acknowledged == other.delivered:
                return False
    return True


async def _until(
    nations: Mapping[str, NationNode], condition: Callable[[Mapping[str, NodeStatus]], bool], within_s: float
) -> dict[str, NodeStatus]:
    """Wait for a condition, at most so long; returns the last statuses."""
    deadline = time.monotonic() + within_s
    while True:
        statuses = {nation: status for nation, node in nations.items() if (status := await node.status()) is not None}
        if (len(statuses) == len(nations) and condition(statuses)) or time.monotonic() > deadline:
            return statuses
        await asyncio.sleep(0.2)


def _audit(nations: Mapping[str, NationNode]) -> list[Finding]:
    findings: list[Finding] = []
    names = list(nations)
    for index, nation in enumerate(names):
        node, other = nations[nation], nations[names[index - 1]]
        known = read_partners(node.folder / "partners").values()
        own = {key.id: key for key in Identity(node.folder, time.time()).own_keys}
        report = verify_logs(node.data / "log", trusted_keys(known) | own, other.data / "log")
        findings += report.findings
    return findings


def _knowledge(scenario: Path, nation: str, picture: list[News]) -> Knowledge:
    if not has_truth(scenario):
        return Knowledge(nation, None, None, None, None, None, None)
    truth = msgspec.json.decode((scenario / "truth.json").read_bytes(), type=_Truth)
    vehicle = next(flown for flown in truth.objects if flown.part == "payload")
    launches = [(news, news.product) for news in picture if isinstance(news.product, LaunchProduct)]
    # What is named first of an event is its vehicle.
    impacts = [
        (news, news.product)
        for news in picture
        if isinstance(news.product, ImpactProduct)
        and news.product.object.endswith("-1")
        and news.product.ellipse_90.semi_major_m <= USEFUL_M
    ]
    alone = [(news, product) for news, product in impacts if news.basis == "own"]
    shared = [(news, product) for news, product in impacts if news.basis != "own"]
    later = alone[0][0].at + COMPARED_AFTER_S if alone else None
    fallen = vehicle.impact or {}

    def first_launch(own: bool) -> Known | None:
        found = next(((news, p) for news, p in launches if (news.basis == "own") is own), None)
        return _known(found, vehicle.start, vehicle.site) if found else None

    return Knowledge(
        nation,
        first_launch(True),
        first_launch(False),
        _known(alone[0], vehicle.start, fallen) if alone else None,
        _known(shared[0], vehicle.start, fallen) if shared else None,
        _known(_best(alone, later), vehicle.start, fallen) if later else None,
        _known(_best(shared, later), vehicle.start, fallen) if later else None,
    )


def _best(impacts: list[tuple[News, ImpactProduct]], at: float) -> tuple[News, ImpactProduct] | None:
    """Of what was fresh at a time, the prediction with the smallest ellipse."""
    fresh = [item for item in impacts if at - FRESH_S <= item[0].at <= at]
    return min(fresh, key=lambda i: i[1].ellipse_90.semi_major_m * i[1].ellipse_90.semi_minor_m, default=None)


def _known(
    found: tuple[News, LaunchProduct | ImpactProduct] | None, launched: float, true: Mapping[str, float]
) -> Known | None:
    if found is None or not true:
        return None
    news, product = found
    return Known(news.at - launched, _apart_m(product, true))


def _apart_m(product: LaunchProduct | ImpactProduct, true: Mapping[str, float]) -> float:
    """Great-circle distance (haversine)."""
    a, b = math.radians(product.latitude_deg), math.radians(true["latitude_deg"])
    turn = math.radians(product.longitude_deg - true["longitude_deg"])
    half = math.sin((a - b) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(turn / 2) ** 2
    return 2 * EARTH_RADIUS_M * math.asin(math.sqrt(half))
