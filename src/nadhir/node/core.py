"""The part of a node that is rebuilt from its log: inputs in, records to share and news for the picture out. Pure.

Two pipelines run side by side. What is shared comes from the one that sees own sensors alone: so nothing that a partner
gave ever goes back to it, and nobody counts a measurement twice. The other one also takes the detections that partners
share. The nation's picture, by which its people are warned, is the fusion of both with the products of partners.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import msgspec
from msgspec.structs import replace

from nadhir.alerts import Alerts, Decision, Rules
from nadhir.assessment.fusion import Fusion
from nadhir.geo.areas import AreaMap
from nadhir.model import (
    AssessmentProduct,
    Detection,
    EndReason,
    Explanation,
    ImpactProduct,
    InfraredRecord,
    Label,
    LaunchProduct,
    Mode,
    Product,
    RadarDetection,
    RadarRecord,
    Record,
    RecordKind,
    Release,
    Sensor,
    TrackProduct,
    WarningProduct,
)
from nadhir.model.records import CLASSIFICATIONS, Classification
from nadhir.node.names import Names
from nadhir.node.own_objects import OwnObjects
from nadhir.node.pipeline import Pipeline
from nadhir.sensors import Intake, Rejection, wrong_with
from nadhir.tracks.bias import RadarBias

COAST_M = 20e3
"""A place so near to an area concerns it."""
SILENT_S, SILENT_SCANS, SILENT_LINES = 30.0, 10.0, 10.0
"""A radar is silent after so long, so many scans, and so many false detections that it owes; whatever is longest."""
REGIONS = 10_000
"""Objects whose likeliest class and region are remembered."""

Basis = Literal["own", "shared", "partner"]


class News(msgspec.Struct, frozen=True):
    """One thing in a nation's picture.

    `basis`: from own sensors alone, from all that the nation has, or a partner's own product; `owner` says whose
    product it is. `at` is the node's time when it was known here, Unix seconds. `event` and `object` are what the
    shared picture calls what it is about; None where it does not know that.
    """

    at: float
    basis: Basis
    owner: str
    product: Product
    classification: Classification = "UNCLASSIFIED"
    event: str | None = None
    object: str | None = None


class Explained(NamedTuple):
    """The numbers behind a warning, and the label of what they rest on."""

    explanation: Explanation
    classification: Classification


@dataclass
class Step:
    """What one input led to."""

    records: list[Record] = field(default_factory=list)
    news: list[News] = field(default_factory=list)
    explanations: list[Explained] = field(default_factory=list)
    rejection: Rejection | None = None


class Core:
    """State of one nation's node.

    `labels` gives the label of a sensor's detections where it is not the usual one. `product_label` is what the nation
    gives its own products; where it says nothing, they carry the highest label of what went into them. Warnings are for
    the public.
    """

    def __init__(
        self,
        nation: str,
        mode: Mode,
        sensors: list[Sensor],
        areas: AreaMap,
        rules: Rules,
        names_key: bytes,
        labels: dict[str, Label] | None = None,
        product_label: Label | None = None,
    ) -> None:
        self.own_sensors = {sensor.id: sensor for sensor in sensors}
        self.partner_refused: Counter[str] = Counter()
        """Detections of partners that could not be taken, by cause."""
        self.partner_sensors: dict[str, Sensor] = {}
        self.partner_labels: dict[str, Classification] = {}
        self.heard: dict[str, float] = {}
        """When the last usable line of each sensor came, by the node's time."""
        self.intake = Intake(sensors)
        self._nation = nation
        self._mode: Mode = mode
        self._areas = areas
        self._labels = labels or {}
        self._product_label = product_label
        # Where what still burns may come down is hundreds of kilometres wide: that is for a replay's report. In the
        # picture and at partners a fall stands from the moment on when it has a place.
        self._own = Pipeline(sensors, powered_falls=False)
        self._together = Pipeline(sensors, powered_falls=False)
        self._fusion = Fusion()
        self._own_objects = OwnObjects()
        self._alerts = Alerts(areas, rules, mode)
        self._owners: tuple[str, ...] = (nation,)
        self._warnings: dict[str, str] = {}
        """Inner names of the own warnings by their public ones."""
        self._own_level: Classification = "UNCLASSIFIED"
        self._shared_level: Classification = "UNCLASSIFIED"
        """Highest label of what has gone into the own products, and into the shared picture."""
        self._partner_intake = Intake([])
        self._own_names = Names(names_key, "own")
        self._together_names = Names(names_key, "together")
        self._about: dict[str, tuple[str | None, str | None]] = {}

    @property
    def idle(self) -> bool:
        """Whether no tick could change anything."""
        return self._own.idle and self._together.idle and not self._alerts.unfinished

    @property
    def tracked(self) -> int:
        """How many objects were tracked from all detections."""
        return self._together.assessor.objects

    def line(self, line: bytes, at: float) -> Step:
        """Take a line of an own sensor at the node's time."""
        accepted = self.intake.accept(line)
        if isinstance(accepted, Rejection):
            return Step(rejection=accepted)
        step = Step([self._detection(accepted, at)])
        self.heard[accepted.sensor] = at
        label = self._labels.get(accepted.sensor, Label()).classification
        self._own_level = _higher(self._own_level, label)
        self._shared_level = _higher(self._shared_level, label)
        self._add_own(step, self._own.receive(accepted, at), at)
        self._add_together(step, self._together.receive(accepted, at), at)
        return step

    def release(self, release: Release, at: float) -> Step:
        """Take what a partner released: detections into the tracker, its own products into the fusion."""
        step = Step()
        for record in release.records:
            body = record.body
            self._shared_level = _higher(self._shared_level, record.label.classification)
            if isinstance(body, RadarRecord | InfraredRecord):
                self._add_together(step, self._partner_detection(release.owner, body, record.label, at), at)
                continue
            heard = body
            if isinstance(body, TrackProduct):
                # It rests on its owner's sensors at least, whatever the partner says; more may be said.
                heard = replace(body, owners=tuple(sorted({release.owner, *body.owners})) if body.owners else ())
            shown = self._fusion.take(release.owner, heard, at)
            step.news.append(self._told(at, "partner", release.owner, body, record.label.classification))
            self._add_picture(step, shown, at)
        return step

    def tick(self, second: float) -> Step:
        """Let time pass to a whole second."""
        step = Step()
        self._add_own(step, self._own.tick(second), second)
        self._add_together(step, self._together.tick(second), second)
        self._add_picture(step, self._fusion.tick(second), second)
        self._own_objects.match(second, self.first_name)
        self._alerts.sensors_silent(name for name in self.own_sensors if self.is_silent(name, second))
        for decision in self._alerts.tick(second):
            self._add_warning(step, decision, second)
        return step

    def end_warning(self, warning: str, reason: EndReason, at: float) -> Step:
        """A person ended a warning; that is news and goes to partners. Nothing where it is not open any more."""
        step = Step()
        if (inner := self._warnings.get(warning)) is not None:
            with contextlib.suppress(KeyError):
                self._add_warning(step, self._alerts.end(inner, reason, at), at)
        return step

    def may_reissue(self, warning: str) -> bool:
        """Whether a person ended such a warning and it may be said again."""
        return self._alerts.may_reissue(self._warnings.get(warning, ""))

    def reissue_warning(self, warning: str, at: float) -> Step:
        """A person ended a warning by mistake: it is news again, under a new name. Nothing where it may not be said
        again, or where another warning of the same launch names its areas from the next tick on."""
        step = Step()
        if self.may_reissue(warning) and (decision := self._alerts.reissue(self._warnings[warning], at)) is not None:
            self._add_warning(step, decision, at)
        return step

    def worded(self, warning: WarningProduct, at: float) -> Step:
        """A warning that a person worded went out, or went on: it goes to partners, to whom the wrong one went too."""
        return Step(records=[self._for_partners(warning, at)])

    def shared_event(self, event: str) -> str:
        """What the shared picture calls an event of the own sensors."""
        return self._fusion.called(self._nation, event, None)[0] or f"{self._nation}/{event}"

    def biases(self) -> list[RadarBias]:
        """What is known of the radars' constant errors."""
        return self._together.tracker.biases

    def is_silent(self, sensor: str, now: float) -> bool:
        """Whether a radar that was heard before owes lines. One without false detections may see nothing and say
        nothing, and so may an infrared satellite: that they are silent tells nothing."""
        about, heard = self.own_sensors.get(sensor) or self.partner_sensors[sensor], self.heard.get(sensor)
        if heard is None or about.kind == "infrared" or about.false_detections_per_scan <= 0.0:
            return False
        scans = max(SILENT_SCANS, SILENT_LINES / about.false_detections_per_scan)
        return now - heard > max(SILENT_S, scans * about.period_s)

    def level_of(self, sensor: str) -> Classification:
        """The label of a sensor's detections; of a partner's the highest that came."""
        return self.partner_labels.get(sensor) or self._labels.get(sensor, Label()).classification

    def _add_warning(self, step: Step, decision: Decision, at: float) -> None:
        """Each nation warns its own people, and hears of others' from them."""
        warning = decision.product
        if warning.authority != self._nation:
            return
        name = self._own_names.warning(warning.warning, at)
        self._warnings[name] = warning.warning
        named = replace(warning, warning=name)
        areas = [
            replace(area, held_by=self._own_names.warning(area.held_by, at)) if area.held_by else area
            for area in decision.explanation.areas
        ]
        explanation = replace(decision.explanation, warning=name, areas=areas)
        step.explanations.append(Explained(explanation, self._shared_level))
        step.news.append(News(at, "shared", self._nation, named, self._shared_level))
        step.records.append(self._for_partners(named, at))

    def _for_partners(self, warning: WarningProduct, at: float) -> Record:
        """Partners are told of events and objects as every node calls them, not as this one happened to name them
        first."""
        events = [self._fusion.identity(*_owned(name)) for name in warning.events]
        objects = [self._fusion.object_identity(*_owned(name)) for name in warning.objects]
        told = replace(warning, events=list(dict.fromkeys(events)), objects=list(dict.fromkeys(objects)))
        return self._product(told, at)

    def _partner_detection(
        self, owner: str, body: RadarRecord | InfraredRecord, label: Label, at: float
    ) -> list[Product]:
        sensor = body.observer
        cause = _refusal(owner, body, self.own_sensors, self.partner_sensors)
        if cause is not None or sensor is None:
            self.partner_refused[cause or "no-sensor"] += 1
            return []
        if self.partner_sensors.get(sensor.id) != sensor:
            self.partner_sensors[sensor.id] = sensor
            self._partner_intake.add_sensor(sensor)
            self._together.tracker.add_sensor(sensor)
            self._owners = tuple(sorted({*self._owners, owner}))
        # Received here, now: what it was on its way is part of how late it is.
        detection = replace(body, received=max(at, body.time))
        accepted = self._partner_intake.accept(msgspec.json.encode(detection))
        if isinstance(accepted, Rejection):
            self.partner_refused[accepted.cause] += 1
            return []
        self.heard[sensor.id] = at
        before = self.partner_labels.get(sensor.id, "UNCLASSIFIED")
        self.partner_labels[sensor.id] = _higher(before, label.classification)
        return self._together.receive(accepted, at)

    def _add_own(self, step: Step, products: list[Product], at: float) -> None:
        """Products of own sensors alone: they are shared."""
        for inner in products:
            product = _resting_on(self._own_names.product(inner), (self._nation,))
            # Where there is more to go by, own sensors alone add nothing but their name for a launch.
            heard = len(self._owners) == 1 or isinstance(product, LaunchProduct)
            shown = self._fusion.take(self._nation, product, at) if heard else []
            step.news.append(self._told(at, "own", self._nation, product, self._own_level))
            step.records.append(self._product(product, at))
            self._add_picture(step, shown, at)

    def _add_together(self, step: Step, products: list[Product], at: float) -> None:
        """Products of all detections. In the fusion they stand under a name that sorts after every nation's: so the
        identity of an event, the least of its names, is the same at every node."""
        for inner in products if len(self._owners) > 1 else ():
            product = _resting_on(self._together_names.product(inner), self._owners)
            self._add_picture(step, self._fusion.take(f"~{self._nation}", product, at), at)

    def _add_picture(self, step: Step, products: list[Product], at: float) -> None:
        for product in products:
            self._alerts.consider(product)
            step.news.append(self._told(at, "shared", self._nation, product, self._shared_level))

    def _told(self, at: float, basis: Basis, owner: str, product: Product, classification: Classification) -> News:
        """A product as news, with what the shared picture calls its event and object."""
        if isinstance(product, WarningProduct):
            return News(at, basis, owner, product, classification)
        event, name = product.event, None if isinstance(product, LaunchProduct) else product.object
        if basis == "shared":
            event, name = event and self.first_name(event), name and self.first_name(name)
        else:
            event, called = self._fusion.called(owner, event, name)
            name = called or (self._own_objects.called(name) if name and basis == "own" else None)
        if isinstance(product, TrackProduct) and basis == "own":
            self._own_objects.own(product)
        elif isinstance(product, TrackProduct) and basis == "shared" and name:
            self._own_objects.shared(name, product)
        return News(at, basis, owner, product, classification, event, name)

    def first_name(self, name: str) -> str:
        """The first name of an event or an object of the shared picture, which goes on under every name that it gave
        something before it knew that two are one."""
        owner, inner = _owned(name)
        event, thing = self._fusion.called(owner, inner, inner)
        return thing or event or name

    def _detection(self, detection: Detection, at: float) -> Record:
        sensor = self.own_sensors[detection.sensor]
        fields = msgspec.structs.asdict(detection)
        radar = isinstance(detection, RadarDetection)
        body = RadarRecord(**fields, observer=sensor) if radar else InfraredRecord(**fields, observer=sensor)
        label = self._labels.get(sensor.id, Label())
        return self._record("detection", detection.time, at, body, label)

    def _product(self, product: Product, at: float) -> Record:
        region = object_class = None
        event: str | None
        if isinstance(product, WarningProduct):
            event = product.events[0] if len(product.events) == 1 else None
            region = product.areas[0].code if product.areas else None
            return self._record("warning", product.issued, at, product, Label(), event, region)
        label = self._product_label or Label(classification=self._own_level)
        if isinstance(product, LaunchProduct):
            region = self._areas.code_at(product.latitude_deg, product.longitude_deg, COAST_M)
            return self._record("launch", product.time, at, product, label, product.event, region)
        region, object_class = self._about.get(product.object, (None, None))
        kind: RecordKind = "assessment"
        time = product.issued
        if isinstance(product, TrackProduct):
            kind, time = "track", product.time
        elif isinstance(product, ImpactProduct):
            kind, time = "impact", product.time
            region = self._areas.code_at(product.latitude_deg, product.longitude_deg, COAST_M)
        else:
            object_class = max(product.classes, key=lambda name: product.classes[name])
        if isinstance(product, ImpactProduct | AssessmentProduct):
            if len(self._about) >= REGIONS:
                del self._about[next(iter(self._about))]
            self._about[product.object] = region, object_class
        return self._record(kind, time, at, product, label, product.event, region, object_class)

    def _record(
        self,
        kind: RecordKind,
        time: float,
        at: float,
        body: Product | RadarRecord | InfraredRecord,
        label: Label,
        event: str | None = None,
        region: str | None = None,
        object_class: str | None = None,
    ) -> Record:
        name = self._own_names.record(at)
        return Record(name, kind, self._nation, self._mode, time, at, label, body, event, region, object_class)


def _owned(name: str) -> tuple[str, str]:
    """Owner, and its name for the event or object that the shared picture calls so."""
    owner, _, inner = name.partition("/")
    return owner, inner


def _refusal(
    owner: str, body: RadarRecord | InfraredRecord, own: dict[str, Sensor], known: dict[str, Sensor]
) -> str | None:
    """Why a partner's detection cannot be used, before it is looked at as a line; a known sensor was sound."""
    sensor = body.observer
    if sensor is None or sensor.id != body.sensor:
        return "no-sensor"
    if sensor.owner != owner or sensor.id in own:
        return "not-its-sensor"
    if (sensor.kind == "radar") != isinstance(body, RadarDetection):
        return "not-its-sensor"
    return "impossible-sensor" if known.get(sensor.id) != sensor and wrong_with(sensor) else None


def _higher(one: Classification, other: Classification) -> Classification:
    return max(one, other, key=CLASSIFICATIONS.index)


def _resting_on(product: Product, owners: tuple[str, ...]) -> Product:
    """A track with the owners whose sensors it rests on."""
    return replace(product, owners=owners) if isinstance(product, TrackProduct) else product
