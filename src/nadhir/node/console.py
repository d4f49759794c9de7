"""A node's console, wired: news, warnings and releases go to it, what people do comes back."""

from __future__ import annotations

import contextlib
import math
import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import get_args

import msgspec
import shapely

from nadhir.alerts.people import Desk, DeskError, Release
from nadhir.channels.ledger import Delivery as LedgerDelivery
from nadhir.channels.text import Language, area_name
from nadhir.console.board import AGAIN_S, level_of
from nadhir.console.console import Console
from nadhir.console.messages import (
    Act,
    BiasView,
    ChannelView,
    Delivery,
    HeadView,
    HopView,
    Item,
    LinkView,
    Operation,
    RealEvent,
    ReleaseGroup,
    SensorView,
    WarningState,
    WarningView,
)
from nadhir.console.port import ActRefused, Export
from nadhir.geo.areas import AreaMap
from nadhir.model import AreaWarning, LaunchProduct, Product, Record, WarningProduct
from nadhir.node.core import Explained, News
from nadhir.node.live import LiveNode
from nadhir.node.publishing import Publisher, Side
from nadhir.node.status import NodeStatus
from nadhir.report import arrange, to_geojson
from nadhir.report.czml import to_czml
from nadhir.sharing.decisions import Decision, DecisionFile
from nadhir.sharing.log import Log
from nadhir.tracks.bias import RadarBias

LANGUAGES: tuple[Language, ...] = get_args(Language)
NO_DESK = "This node has no publishing.toml: its warnings go to no channel, and there is nothing to decide on."
GONE = "Its launch was withdrawn, or this node knows it no more: there is nothing to say again."
REBUILDING = "This node still rebuilds its state from its log. Try again in a moment."
NOT_BEGUN = "The exercise has not begun."
NOT_SENT = "It was not sent: a person said no, or the exercise was suspended."
EVENTS = 500
"""Events whose releases are remembered; the oldest go first."""
LEVEL_UNKNOWN = level_of("SECRET")
"""Of a warning that is out and not public, while a node that rebuilds its state does not know what it rests on."""
ENDED = 500
"""Ended warnings that are still looked after."""


class NodeConsole:
    """The node behind a `Console`. All of it runs on the event loop's thread, but for what may take a moment."""

    def __init__(
        self,
        console: Console,
        node: LiveNode,
        publisher: Publisher | None,
        areas: AreaMap,
        data: Path,
        logs: Mapping[str, Log],
        status: Callable[[], NodeStatus],
        real_event: Callable[[], RealEvent | None],
        enrolled: bool,
        own_areas: Sequence[str],
    ) -> None:
        self.enrolled, self.languages, self.own_areas = enrolled, LANGUAGES, tuple(own_areas)
        self.unsound = 0
        """Products of partners that are not shown, since they hold what is no number."""
        self._console, self._node, self._areas, self._data = console, node, areas, data
        self._logs, self._status, self._real_event = logs, status, real_event
        self._publisher = publisher
        self._side: Side | None = publisher.sides[node.mode] if publisher else None
        self._at = float("-inf")
        self._latest: dict[str, WarningProduct] = {}
        self._levels: dict[str, int] = {}
        self._ended: dict[str, Release] = {}
        self._shown = console.board.warnings(level_of("SECRET"))
        """Warnings as they were last told, also before a restart, with the level that each needs."""
        self._releases: dict[str, dict[tuple[str, str, str, str], ReleaseGroup]] = {}
        if publisher is not None:
            publisher.released = self._released

    # What the node tells

    def tell(self, news: list[News]) -> None:
        """News of the picture; own warnings are shown as the desk has them."""
        self._follow(news[-1].at)
        warned = False
        for one in news:
            product = one.product
            if one.basis == "shared" and isinstance(product, WarningProduct):
                self._remember(product, level_of(one.classification))
                warned = True
            elif one.basis == "partner" and not _is_sound(product):
                self.unsound += 1
            else:
                if isinstance(product, WarningProduct):
                    product = self._with_first_names(product)
                self._console.item(one.at, one.basis, one.owner, one.classification, one.event, one.object, product)
        if warned:
            self._show_warnings(news[-1].at)

    def explain(self, explanations: list[Explained]) -> None:
        """The numbers behind warnings."""
        for explanation, classification in explanations:
            self._console.explanation(explanation, level_of(classification))

    def ruled(self, record: Record, decision: Decision) -> None:
        """What was decided on a record and a partner."""
        if record.event is None:
            return
        core = self._node.core
        event = core.first_name(record.event) if record.kind == "warning" else core.shared_event(record.event)
        groups = self._releases.get(event)
        if groups is None:
            if len(self._releases) >= EVENTS:
                del self._releases[next(iter(self._releases))]
            groups = self._releases[event] = {}
        key = (record.kind, decision.partner, decision.outcome, decision.sentence)
        count = groups[key].count + 1 if key in groups else 1
        groups[key] = ReleaseGroup(
            record.id,
            record.kind,
            decision.partner,
            decision.outcome,
            decision.sentence,
            decision.sent_as,
            None,
            decision.decided,
            count,
        )

    def tick(self) -> None:
        """Let time pass, and show how warnings fare on their channels."""
        now = self._node.clock.now()
        if now is not None:
            self._follow(now)
            self._console.time(now)
            self._show_warnings(now)
        self._console.real_event(self._real_event())

    @property
    def problems(self) -> list[str]:
        """What a person should look at, one sentence each."""
        unsound = [f"{self.unsound} products of partners hold what is no number: they are not shown"]
        return [*self._console.problems, *(unsound if self.unsound else [])]

    # What the console asks: see `console.port.Behind`

    def now(self) -> float | None:
        """The node's time."""
        return self._node.clock.now()

    def act(self, act: Act, operator: str) -> Sequence[WarningView]:
        """Do what an operator says. Raises ActRefused."""
        if self._publisher is None or self._side is None:
            raise ActRefused(NO_DESK)
        if self._node.is_rebuilding:
            raise ActRefused(REBUILDING)
        now = self._node.clock.now()
        if now is None:
            raise ActRefused(NOT_BEGUN)
        before = dict(self._shown)
        try:
            if act.what == "reissue":
                self._reissue(self._publisher, self._side.desk, act.subject, operator, now)
            else:
                self._publisher.publish(self._acted(self._side.desk, act, operator, now), now)
        except DeskError as error:
            raise ActRefused(f"{error}.") from None
        except OSError as error:
            raise ActRefused(f"It cannot be written down: {error}.") from None
        if act.what in ("cancel", "correct"):
            self._node.end_warning(act.subject, "error")
        elif act.what == "clear" and act.reason is not None:
            self._node.end_warning(act.subject, act.reason)
        self._show_warnings(now)
        return [view for name, (view, level) in self._shown.items() if before.get(name) != (view, level)]

    def operation(self) -> Operation:
        """How the node is."""
        status, now = self._status(), time.time()
        statuses = self._side.dispatcher.statuses if self._side else ()
        return Operation(
            state=status.state,
            ready=status.ready,
            at=status.time,
            problems=tuple(status.problems),
            lines=status.lines,
            rejected=status.rejected,
            tracked=status.tracked,
            news_dropped=status.news_dropped,
            server_restarts=status.server_restarts,
            links=tuple(_link(status, name) for name in status.partners),
            hops=tuple(HopView(hop, one.count, one.p50_s, one.p99_s) for hop, one in status.hops.items()),
            channels=tuple(
                ChannelView(one.channel, one.mode, one.waiting, one.sent, one.failed, one.last_error)
                for one in statuses
            ),
            heads=tuple(HeadView(name, log.size, log.root().hex(), now) for name, log in self._logs.items()),
        )

    def sensors(self, level: int) -> Sequence[SensorView]:
        """Sensors whose label a clearance reaches."""
        core = self._node.core
        biases = {bias.sensor: bias for bias in core.biases()}
        known, now = {**core.own_sensors, **core.partner_sensors}, self.now()
        return [
            SensorView(
                sensor,
                sensor.owner,
                core.heard.get(name),
                now is not None and core.is_silent(name, now),
                _bias(biases.get(name)),
            )
            for name, sensor in known.items()
            if level_of(core.level_of(name)) <= level
        ]

    def areas(self) -> bytes:
        """Warning areas as GeoJSON, outer rings counter-clockwise as RFC 7946 asks."""
        features = [
            {
                "type": "Feature",
                "properties": {
                    "code": code,
                    "level": area.level,
                    "name": area.name,
                    "names": {language: area_name(code, language) for language in LANGUAGES},
                },
                "geometry": msgspec.Raw(shapely.to_geojson(shapely.orient_polygons(area.geometry)).encode()),
            }
            for code, area in self._areas.areas.items()
        ]
        return msgspec.json.encode({"type": "FeatureCollection", "features": features})

    def releases(self, event: str) -> Sequence[ReleaseGroup]:
        """What of an event went to partners, and how far the last of it got."""
        groups = list(self._releases.get(event, {}).values())
        found = []
        with contextlib.closing(DecisionFile(self._data, read_only=True)) as decisions:
            for group in groups:
                state = None
                if group.outcome == "released":
                    with contextlib.suppress(sqlite3.Error):
                        _, deliveries = decisions.find(group.record, group.partner)
                        state = deliveries[-1].state if deliveries else "queued"
                found.append(msgspec.structs.replace(group, state=state))
        return sorted(found, key=lambda group: (group.partner, group.kind, group.at))

    def export(self, form: Export, event: str, items: Sequence[Item]) -> bytes:
        """An event of the shared picture for other tools."""
        events, others = arrange(_once(event, [item for item in items if item.basis == "shared"]))
        written = to_geojson if form == "geojson" else to_czml
        return written([one for one in events if one.id == event], others, self._node.mode)

    # Within

    def _follow(self, now: float) -> None:
        """An exercise that begins anew leaves nothing of the one before but what is still out."""
        if now < self._at - AGAIN_S:
            for kept in (self._latest, self._levels, self._ended, self._shown, self._releases):
                kept.clear()
        self._at = now

    def _acted(self, desk: Desk, act: Act, operator: str, now: float) -> list[Release]:
        """What an operator's act lets go out. Raises DeskError, ActRefused."""
        subject = act.subject
        match act.what:
            case "approve":
                if act.revision is None:
                    raise ActRefused("Say which revision you have seen.", 400)
                return desk.approve(subject, act.revision, operator, now)
            case "reject":
                desk.reject(subject, operator, now)
                return []
            case "cancel":
                return desk.cancel(subject, operator, now)
            case "clear":
                if act.reason is None:
                    raise ActRefused("Say why the danger is over: passed, fell-at-sea or will-not-arrive.", 400)
                return desk.clear(subject, act.reason, operator, now)
            case "correct":
                return desk.correct(subject, self._corrected(desk, act, now), operator, now)
            case _:
                desk.resume(operator, now)
                return []

    def _reissue(self, publisher: Publisher, desk: Desk, warning: str, operator: str, now: float) -> None:
        """Say again what a person ended by mistake. Raises DeskError, ActRefused."""
        was = desk.to_reissue(warning, operator, now)
        if desk.is_correction(warning):
            name = self._new_name(desk, warning)
            again = msgspec.structs.replace(was, warning=name, issued=now, revision=0, status=_again(was))
            self._remember(again, self._levels[name])
            publisher.publish(desk.reissue(warning, again, operator, now), now)
            return
        if not self._node.core.may_reissue(warning):
            raise ActRefused(GONE)
        out = {area.code for area in was.areas}

        def release(product: WarningProduct) -> None:
            # What waited for approval when it was ended was never out: it is proposed anew, as any warning is.
            if {area.code for area in product.areas} <= out:
                publisher.publish(desk.reissue(warning, product, operator, now), now)

        self._node.reissue_warning(warning, release)

    def _corrected(self, desk: Desk, act: Act, now: float) -> WarningProduct:
        """The right warning in the place of a wrong one: other areas, all else as it was."""
        wrong = next((one for one in desk.open if one.warning == act.subject), None)
        if wrong is None:
            raise ActRefused("It is not out: there is nothing to correct.")
        codes = list(dict.fromkeys(act.areas or ()))
        if unknown := [code for code in codes if code not in self._areas.areas]:
            raise ActRefused(f"There is no area {unknown[0]}.", 400)
        if not codes:
            raise ActRefused("Name the areas that are in danger.", 400)
        known = {area.code: area for area in wrong.areas}
        probability = max((area.probability for area in wrong.areas), default=1.0)
        arrival = min((area.arrival for area in wrong.areas), default=now)
        areas = [known.get(code) or AreaWarning(code, probability, arrival) for code in codes]
        name = self._new_name(desk, wrong.warning)
        return msgspec.structs.replace(wrong, warning=name, areas=areas, issued=now, revision=0, status="alert")

    def _new_name(self, desk: Desk, warning: str) -> str:
        """An id for what stands for a warning, shown to those who may see that one."""
        taken = self._latest.keys() | self._ended.keys() | {one.warning for one in desk.open}
        name = next(f"{warning}.{n}" for n in range(1, len(taken) + 2) if f"{warning}.{n}" not in taken)
        self._levels[name] = self._levels.get(warning, 0)
        return name

    def _remember(self, product: WarningProduct, level: int) -> None:
        self._latest[product.warning] = product
        self._levels[product.warning] = max(level, self._levels.get(product.warning, 0))

    def _released(self, release: Release, now: float) -> None:
        if release.product.reason is not None:
            self._ended[release.product.warning] = release
        if self._side is not None and self._side.desk.is_correction(release.product.warning):
            self._node.worded(release.product)

    def _show_warnings(self, now: float) -> None:
        """Tell the console what changed of the warnings since it was last told."""
        for view in map(self._named, self._views(now)):
            known, known_level = self._shown.get(view.warning, (None, LEVEL_UNKNOWN))
            level = self._levels.get(view.warning, known_level)
            if view.public and view.state != "pending":
                # What everybody outside was told is no secret inside.
                level = 0
            if known is not None:
                view = msgspec.structs.replace(view, at=known.at, sequence=known.sequence)
            if (view, level) != (known, known_level):
                view = msgspec.structs.replace(view, at=now)
                self._shown[view.warning] = self._console.warning(view, level), level
        self._forget()

    def _named(self, view: WarningView) -> WarningView:
        """A warning with the first names of its events and objects, as everything else in the picture has them."""
        again = self._with_first_names(view.again) if view.again else None
        return msgspec.structs.replace(view, product=self._with_first_names(view.product), again=again)

    def _with_first_names(self, product: WarningProduct) -> WarningProduct:
        first_name = self._node.core.first_name
        events, objects = (list(dict.fromkeys(map(first_name, names))) for names in (product.events, product.objects))
        return msgspec.structs.replace(product, events=events, objects=objects)

    def _views(self, now: float) -> list[WarningView]:
        if self._side is None:
            return [_view(product, now) for product in self._latest.values()]
        desk, failures = self._side.desk, self._side.failures
        deliveries: dict[str, list[LedgerDelivery]] = {}
        for delivery in self._side.dispatcher.deliveries:
            deliveries.setdefault(delivery.warning, []).append(delivery)
        waiting = {one.product.warning: one for one in desk.waiting}
        again = {
            one.warning: _again(one)
            for one in desk.ended_by_people
            if desk.is_correction(one.warning) or self._node.core.may_reissue(one.warning)
        }
        released = {one.product.warning: one for one in desk.released}
        views = []
        for name in {**self._latest, **self._ended, **released}:
            shown = self._shown.get(name)
            release = released.get(name) or self._ended.get(name)
            told = tuple(map(_delivery, deliveries.get(name, ())))
            failure = failures.get(name)
            if name in waiting:
                one = waiting[name]
                view = msgspec.structs.replace(
                    _view(one.product, now, "pending"),
                    needs=one.needs,
                    approved_by=tuple(one.approved_by),
                    deadline=one.deadline,
                    then=one.then,
                    public=not desk.suspended,
                )
            elif release is not None:
                view = _view(release.product, now)
                view = msgspec.structs.replace(view, approved_by=release.approved_by, public=release.public)
            elif shown is not None and shown[0].state == "ended":
                # A node that rebuilds its state hears again how it was before.
                views.append(msgspec.structs.replace(shown[0], again=again.get(name)))
                continue
            else:
                view = _view(self._latest[name], now, "ended")
                failure = failure or (None if view.product.reason else NOT_SENT)
            views.append(msgspec.structs.replace(view, deliveries=told, failure=failure, again=again.get(name)))
        return views

    def _forget(self) -> None:
        """Let go of the oldest warnings that have ended."""
        ended = [name for name, (view, _) in self._shown.items() if view.state == "ended"]
        for name in ended[:-ENDED]:
            for kept in (self._latest, self._levels, self._ended, self._shown):
                kept.pop(name, None)


def _once(event: str, items: Sequence[Item]) -> list[Product]:
    """Products of the shared picture about an event, of each thing once and under its last name: what was said under
    another name counts up to the first that was said under that one."""
    called: dict[str, str] = {}
    begun: dict[tuple[str, type], float] = {}
    for item in items:
        if not isinstance(item.product, WarningProduct | LaunchProduct):
            called[item.product.object] = item.object or item.product.object
            begun.setdefault((item.product.object, type(item.product)), item.at)
    products: list[Product] = []
    for item in items:
        product = item.product
        if isinstance(product, WarningProduct | LaunchProduct):
            products.append(product)
            continue
        name = called[product.object]
        if product.object == name or item.at < begun.get((name, type(product)), math.inf):
            products.append(msgspec.structs.replace(product, object=name, event=event))
    return products


def _is_sound(product: Product) -> bool:
    """Whether JSON can hold a product: what a partner signs may hold infinities."""
    try:
        msgspec.json.decode(msgspec.json.encode(product), type=Product)
    except msgspec.DecodeError:
        return False
    return True


def _view(product: WarningProduct, now: float, state: WarningState | None = None) -> WarningView:
    """A warning as it is where nobody decides: it is shown, and goes to no channel."""
    state = state or ("ended" if product.reason else "open")
    return WarningView(0, now, product.warning, product.revision, product, state)


def _again(product: WarningProduct) -> WarningProduct:
    """What was out when a person ended it, as it is said again."""
    return msgspec.structs.replace(product, status="pre-alert" if product.status == "pre-alert" else "alert")


def _delivery(delivery: LedgerDelivery) -> Delivery:
    return Delivery(delivery.channel, delivery.state, delivery.time, delivery.error)


def _link(status: NodeStatus, name: str) -> LinkView:
    partner = status.partners[name]
    link = partner.link
    return LinkView(
        partner=name,
        connected=link.connected,
        silent_s=link.silent_s,
        skew_s=partner.skew_s,
        waiting=link.queued + link.unstored,
        sent_records=partner.sent_records,
        received_records=partner.received_records,
        shed_records=partner.shed_records,
        delivered=link.delivered,
        offered=link.offered,
        acknowledged=link.acknowledged,
        gaps=link.gaps,
        refused=partner.refused,
        decided=partner.decided,
        heads=partner.heads,
        split_view=partner.split_view,
        error=link.error,
    )


def _bias(bias: RadarBias | None) -> BiasView | None:
    if bias is None:
        return None
    return BiasView(
        bias.present,
        bias.range_m,
        bias.range_sigma_m,
        bias.azimuth_deg,
        bias.azimuth_sigma_deg,
        bias.elevation_deg,
        bias.elevation_sigma_deg,
    )
