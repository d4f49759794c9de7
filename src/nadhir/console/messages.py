"""What the console's API says and takes. Times are node times in Unix seconds unless a field says otherwise."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from nadhir.model import Mode, Product, Sensor, WarningProduct
from nadhir.model.records import Classification

Role = Literal["reader", "operator"]
Basis = Literal["own", "shared", "partner"]
WarningState = Literal["pending", "open", "ended"]
What = Literal[
    "acknowledge", "shelve", "unshelve", "note", "hand-over", "login", "logout", "approve", "reject", "cancel",
    "clear", "correct", "reissue", "resume",
]  # fmt: skip
"""What the operator log tells of."""
Deed = Literal[
    "acknowledge", "shelve", "unshelve", "note", "hand-over", "approve", "reject", "cancel", "clear", "correct",
    "reissue", "resume",
]  # fmt: skip
"""What an operator may do."""

Name = Annotated[str, msgspec.Meta(max_length=200)]
Text = Annotated[str, msgspec.Meta(max_length=4000)]
Time = Annotated[float, msgspec.Meta(ge=0.0, le=1e11)]


class Credentials(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who wants in."""

    name: Annotated[str, msgspec.Meta(max_length=64)]
    password: Annotated[str, msgspec.Meta(max_length=1024)]


class Session(msgspec.Struct, frozen=True):
    """Who is logged in, and at which node. `csrf` goes into the header X-Nadhir-CSRF of whatever changes something.

    `enrolled`: an authority lets this node warn its people; all else is no official warning. `languages`: of its texts.
    `own_areas`: codes of the areas that its nation warns.
    """

    name: str
    role: Role
    clearance: Classification
    csrf: str
    nation: str
    mode: Mode
    enrolled: bool
    languages: tuple[str, ...]
    own_areas: tuple[str, ...]


class Item(msgspec.Struct, frozen=True):
    """One product in the nation's picture; `at` is when it was known here.

    `basis`: from own sensors alone, from all that the nation has, or a partner's own product. `event` and `object` are
    what the shared picture calls the event and the object that the product is about, whoever's it is; null where it
    does not know them. The names within `product` are its owner's.
    """

    sequence: int
    at: float
    basis: Basis
    owner: str
    classification: Classification
    event: str | None
    object: str | None
    product: Product


class Delivery(msgspec.Struct, frozen=True):
    """How far the last state of a warning got on one channel. `at` is wall-clock time; `detail` tells what is wrong."""

    channel: str
    state: Literal["waiting", "sending", "sent", "superseded", "expired", "failed"]
    at: float
    detail: str


class WarningView(msgspec.Struct, frozen=True):
    """A warning of this nation as people handle it.

    While it is pending, `needs` persons must approve `revision`; by `deadline` it is sent or held as `then` says.
    `public`: it went, or would go, to the channels. `failure`: why its last state could not be said. `again`: what a
    `reissue` says again, where a person ended it and it may be taken back; an end names no area that another warning
    holds.
    """

    sequence: int
    at: float
    warning: str
    revision: int
    product: WarningProduct
    state: WarningState
    needs: int = 0
    approved_by: tuple[str, ...] = ()
    deadline: float | None = None
    then: Literal["send", "hold"] | None = None
    public: bool = False
    deliveries: tuple[Delivery, ...] = ()
    failure: str | None = None
    again: WarningProduct | None = None


class Mark(msgspec.Struct, frozen=True):
    """One line of the operator log. `time` is wall-clock time, `at` the node's time then; `until` of a shelving is node
    time. `refused`: why it was not done."""

    sequence: int
    time: float
    at: float | None
    operator: str
    what: What
    subject: str
    revision: int | None
    note: str | None
    until: float | None
    refused: str | None


class RealEvent(msgspec.Struct, frozen=True):
    """Something real happens while this node holds an exercise: since when (Unix seconds, the live node's time), and
    the names of its events there."""

    since: float
    events: tuple[str, ...]


class Picture(msgspec.Struct, frozen=True):
    """All that is needed to draw the picture, now or as it was known at a time."""

    sequence: int
    at: float | None
    mode: Mode
    nation: str
    real_event: RealEvent | None
    items: tuple[Item, ...]
    warnings: tuple[WarningView, ...]
    marks: tuple[Mark, ...]


class Tick(msgspec.Struct, frozen=True):
    """The node's time, once a second."""

    at: float | None
    sequence: int


class History(msgspec.Struct, frozen=True):
    """A part of what was known, in order; `next` is the `after` of the following part, null at the end."""

    items: tuple[Item, ...]
    warnings: tuple[WarningView, ...]
    marks: tuple[Mark, ...]
    next: int | None


class Span(msgspec.Struct, frozen=True):
    """From when to when there is history; null while there is none."""

    first: float | None
    last: float | None


class TimelineEntry(msgspec.Struct, frozen=True):
    """One thing that happened; `key` is a Fluent id, with its arguments."""

    at: float
    key: str
    arguments: dict[str, str | float]


class ObjectDetail(msgspec.Struct, frozen=True):
    """One object: the shared picture's latest of each kind, and what each owner says."""

    object: str
    preferred: tuple[Item, ...]
    others: tuple[Item, ...]
    classes: dict[str, float]


class ReleaseGroup(msgspec.Struct, frozen=True):
    """Records of one kind about an event for which a partner's release rules said the same thing for the same reason.

    `record` is the last of them, `released_as` its name there, `state` how far it got, `at` when it was decided.
    """

    record: str
    kind: str
    partner: str
    outcome: str
    reason: str
    released_as: str | None
    state: str | None
    at: float
    count: int


class EventDetail(msgspec.Struct, frozen=True):
    """An event's page."""

    event: str
    launches: tuple[Item, ...]
    objects: tuple[ObjectDetail, ...]
    timeline: tuple[TimelineEntry, ...]
    warnings: tuple[str, ...]
    releases: tuple[ReleaseGroup, ...]


class BiasView(msgspec.Struct, frozen=True):
    """What is known of a radar's constant errors (measured less true), with standard deviations; `corrected`: whether
    detections are corrected by it."""

    corrected: bool
    range_m: float
    range_sigma_m: float
    azimuth_deg: float
    azimuth_sigma_deg: float
    elevation_deg: float
    elevation_sigma_deg: float


class SensorView(msgspec.Struct, frozen=True):
    """A sensor, when its last line came, whether it has fallen silent, and how it seems to point."""

    sensor: Sensor
    owner: str
    last_line: float | None
    silent: bool
    bias: BiasView | None


class LinkView(msgspec.Struct, frozen=True):
    """The link with one partner. `refused`: its envelopes that were not accepted, by cause; `decided`: own records by
    what the release rules said; `split_view`: why its log does not fit ours, empty while it does."""

    partner: str
    connected: bool
    silent_s: float
    skew_s: float | None
    waiting: int
    sent_records: int
    received_records: int
    shed_records: int
    delivered: int
    offered: int
    acknowledged: int
    gaps: int
    refused: dict[str, int]
    decided: dict[str, int]
    heads: int
    split_view: str
    error: str


class ChannelView(msgspec.Struct, frozen=True):
    """One way to the people."""

    name: str
    mode: Mode
    waiting: int
    delivered: int
    failed: int
    last_error: str


class HeadView(msgspec.Struct, frozen=True):
    """Size and Merkle root (hexadecimal) of a log; `at` is wall-clock time."""

    log: str
    size: int
    root: str
    at: float


class HopView(msgspec.Struct, frozen=True):
    """Latency of the last passages of one hop, seconds."""

    hop: str
    count: int
    p50_s: float
    p99_s: float


class Operation(msgspec.Struct, frozen=True):
    """How the node is; `problems` are one sentence each."""

    state: str
    ready: bool
    at: float | None
    problems: tuple[str, ...]
    lines: int
    rejected: dict[str, int]
    tracked: int
    news_dropped: int
    server_restarts: int
    links: tuple[LinkView, ...]
    hops: tuple[HopView, ...]
    channels: tuple[ChannelView, ...]
    heads: tuple[HeadView, ...]


class Act(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an operator does. `subject` is an event's or a warning's id, empty for a hand-over or a resumption.

    `approve` needs the `revision` that was seen, `shelve` an `until` (node time), `clear` a `reason`, `correct` the
    codes of the right `areas`.
    """

    what: Deed
    subject: Name = ""
    revision: Annotated[int, msgspec.Meta(ge=0, le=10**9)] | None = None
    note: Text | None = None
    until: Time | None = None
    reason: Literal["passed", "fell-at-sea", "will-not-arrive"] | None = None
    areas: Annotated[list[Annotated[str, msgspec.Meta(max_length=10)]], msgspec.Meta(max_length=1000)] | None = None


class ActResult(msgspec.Struct, frozen=True):
    """The line in the operator log, and the warnings that it changed."""

    mark: Mark
    warnings: tuple[WarningView, ...]


class Problem(msgspec.Struct, frozen=True):
    """Why a request was refused, in one sentence."""

    detail: str
