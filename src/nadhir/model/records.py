"""Records: what one partner releases to another, with the label and the facts that release rules look at.

A `Release` is what is signed and sent: one or many records from an owner to one partner, numbered for that pair alone,
so that numbering tells nothing of what was withheld.
"""

from __future__ import annotations

from typing import Literal, get_args

import msgspec

from nadhir.model.detections import InfraredDetection, RadarDetection
from nadhir.model.products import AssessmentProduct, ImpactProduct, LaunchProduct, TrackProduct
from nadhir.model.sensors import Sensor
from nadhir.model.warnings import Mode, WarningProduct

SCHEMA = 1
"""Version of these messages. Fields are only ever added, with defaults: a reader ignores those it does not know."""

RecordKind = Literal["detection", "track", "launch", "impact", "assessment", "warning"]
Classification = Literal["UNCLASSIFIED", "RESTRICTED", "CONFIDENTIAL", "SECRET"]
CLASSIFICATIONS: tuple[Classification, ...] = get_args(Classification)
"""In ascending order."""


class Label(msgspec.Struct, frozen=True):
    """Confidentiality label in the shape of STANAG 4774: policy, classification, and categories of release."""

    policy: str = "NADHIR"
    classification: Classification = "UNCLASSIFIED"
    releasable_to: tuple[str, ...] = ()
    """Owner codes; empty leaves it to the rules."""


class RadarRecord(RadarDetection, frozen=True, tag_field="kind", tag="radar"):
    """A radar detection as it is shared, with what its reader must know of the sensor to use it."""

    observer: Sensor | None = None


class InfraredRecord(InfraredDetection, frozen=True, tag_field="kind", tag="infrared"):
    """An infrared detection as it is shared, with what its reader must know of the sensor to use it."""

    observer: Sensor | None = None


Body = LaunchProduct | TrackProduct | ImpactProduct | AssessmentProduct | WarningProduct | RadarRecord | InfraredRecord
KIND_OF: dict[type[Body], RecordKind] = {
    RadarRecord: "detection",
    InfraredRecord: "detection",
    TrackProduct: "track",
    LaunchProduct: "launch",
    ImpactProduct: "impact",
    AssessmentProduct: "assessment",
    WarningProduct: "warning",
}
"""What a record is called by what it holds."""


class Record(msgspec.Struct, frozen=True):
    """One product or detection of an owner, with what its release rules look at.

    `region` is the ISO 3166 code of the area that it concerns, `object_class` the likeliest class of its object; null
    where they are not known. `derived_from` names the record that a coarsened one was made from, for its owner only:
    it never leaves the node.
    """

    id: str
    kind: RecordKind
    owner: str
    mode: Mode
    time: float
    """Of the content, Unix seconds."""
    issued: float
    label: Label
    body: Body
    event: str | None = None
    region: str | None = None
    object_class: str | None = None
    derived_from: str | None = None


class Release(msgspec.Struct, frozen=True):
    """Records from an owner to one partner. `sequence` counts from 1 for each (owner, partner)."""

    schema: int
    owner: str
    partner: str
    mode: Mode
    sequence: int
    sent: float
    records: tuple[Record, ...]
