"""The folder that a replay wrote, read back and ordered by event and object."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from gzip import open as open_gzip
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from nadhir.geo import ecef_to_geodetic
from nadhir.model import AssessmentProduct, ImpactProduct, LaunchProduct, Product, Sensor, TrackProduct, WarningProduct
from nadhir.model.unreadable import UNREADABLE


class RecordError(ValueError):
    """A replay's folder that cannot be read; the message is one line and says what to do."""


@dataclass(frozen=True)
class Path3D:
    """A flown path: arrays (n,) of time (Unix s), geodetic degrees, height (m), speed (m/s), one-sigma position (m)
    and velocity (m/s) as the root of the covariance's trace, and the phase of each state."""

    time: NDArray[np.float64]
    latitude_deg: NDArray[np.float64]
    longitude_deg: NDArray[np.float64]
    height_m: NDArray[np.float64]
    speed_mps: NDArray[np.float64]
    position_sigma_m: NDArray[np.float64]
    velocity_sigma_mps: NDArray[np.float64]
    phase: tuple[str, ...]


@dataclass
class ObjectRecord:
    """All products of one object, in order of issue."""

    id: str
    event: str | None = None
    tracks: list[TrackProduct] = field(default_factory=list)
    regions: list[ImpactProduct] = field(default_factory=list)
    """Where it may come down, as said while its motor burned"""
    impacts: list[ImpactProduct] = field(default_factory=list)
    """Where it is expected to come down, by its free flight"""
    assessments: list[AssessmentProduct] = field(default_factory=list)

    @cached_property
    def path(self) -> Path3D:
        """The track products as arrays."""
        geodetic = np.array([ecef_to_geodetic(np.array(t.position_m)) for t in self.tracks]).reshape(-1, 3)
        variance = np.array([t.variances for t in self.tracks]).reshape(-1, 6)
        return Path3D(
            np.array([t.time for t in self.tracks]),
            np.degrees(geodetic[:, 0]),
            np.degrees(geodetic[:, 1]),
            geodetic[:, 2],
            np.linalg.norm(np.array([t.velocity_mps for t in self.tracks]).reshape(-1, 3), axis=1),
            np.sqrt(variance[:, :3].sum(1)),
            np.sqrt(variance[:, 3:].sum(1)),
            tuple(t.phase for t in self.tracks),
        )

    @property
    def likely_class(self) -> tuple[str, float] | None:
        """The last assessment's likeliest class and its probability."""
        if not self.assessments:
            return None
        return max(self.assessments[-1].classes.items(), key=lambda item: item[1])

    @property
    def reaches_orbit(self) -> bool:
        """Whether it was judged, at last, to stay up."""
        if self.tracks and self.tracks[-1].phase == "orbit":
            return True
        return bool(self.assessments) and self.assessments[-1].reaches_orbit >= 0.5

    @property
    def burnout_time(self) -> float | None:
        """End of thrust as the last track product has it."""
        return next((t.burnout_time for t in reversed(self.tracks) if t.burnout_time is not None), None)


@dataclass
class EventRecord:
    """One launch and what flies because of it."""

    id: str
    launches: list[LaunchProduct] = field(default_factory=list)
    objects: list[ObjectRecord] = field(default_factory=list)

    @property
    def withdrawn(self) -> bool:
        """Whether the last word on it is that there was no launch."""
        return bool(self.launches) and self.launches[-1].status == "withdrawn"

    @property
    def place(self) -> LaunchProduct | None:
        """The last word on where and when it was launched."""
        return next((p for p in reversed(self.launches) if p.status != "withdrawn"), None)

    @property
    def start(self) -> float:
        """Launch time, or the earliest time known."""
        if self.place:
            return self.place.time
        times = [t.time for o in self.objects for t in o.tracks] + [p.issued for p in self.launches]
        return min(times, default=0.0)


class Summary(msgspec.Struct, frozen=True):
    """What `summary.json` holds: lines read, used, late and unused, set aside by cause, and what came of them."""

    lines: int = 0
    used: int = 0
    unused_late: int = 0
    rejected: dict[str, int] = {}
    events: int = 0
    objects: int = 0
    seconds: float = 0.0


class SetAside(msgspec.Struct, frozen=True):
    """A line of `rejected.jsonl`."""

    line: int
    cause: str
    text: str


class Received(msgspec.Struct, frozen=True):
    """As much of a detection line as input quality needs."""

    sensor: str
    received: float


@dataclass(frozen=True)
class Record:
    """Everything a replay wrote: products in order, events in order of launch, and objects without an event."""

    products: list[Product]
    events: list[EventRecord]
    others: list[ObjectRecord]
    summary: Summary | None
    set_aside: list[SetAside]


class _Kind(msgspec.Struct, frozen=True):
    kind: str


def read_products(folder: Path) -> list[Product]:
    """The products of a replay's folder, in order; kinds that are none of ours yet are passed over.

    Raises RecordError when there is no `products.jsonl` or a line of it cannot be read.
    """
    file = folder / "products.jsonl"
    if not file.is_file():
        raise RecordError(f"{file}: no such file; name the folder that `nadhir replay … --out` wrote")
    kind, product = msgspec.json.Decoder(_Kind), msgspec.json.Decoder(Product)
    products: list[Product] = []
    for number, line in enumerate(file.read_bytes().splitlines(), 1):
        try:
            if line and kind.decode(line).kind in ("launch", "track", "impact", "assessment", "warning"):
                products.append(product.decode(line))
        except UNREADABLE as error:
            raise RecordError(f"{file}, line {number}: not a product ({error}); run the replay again") from None
    return products


def arrange(products: list[Product]) -> tuple[list[EventRecord], list[ObjectRecord]]:
    """Events in order of launch, each with its objects in order of appearance, and the objects without an event.

    An object belongs to the event that its last products name. Warnings belong to areas, not to one object: they are
    passed over here.
    """
    events: dict[str, EventRecord] = {}
    objects: dict[str, ObjectRecord] = {}
    for product in products:
        if isinstance(product, WarningProduct):
            continue
        if isinstance(product, LaunchProduct):
            events.setdefault(product.event, EventRecord(product.event)).launches.append(product)
            continue
        record = objects.setdefault(product.object, ObjectRecord(product.object))
        record.event = product.event or record.event
        if isinstance(product, TrackProduct):
            record.tracks.append(product)
        elif isinstance(product, ImpactProduct):
            (record.regions if product.phase == "boost" else record.impacts).append(product)
        else:
            record.assessments.append(product)
    for record in objects.values():
        if record.event:
            events.setdefault(record.event, EventRecord(record.event)).objects.append(record)
    return sorted(events.values(), key=lambda e: e.start), [o for o in objects.values() if not o.event]


def read_record(folder: Path) -> Record:
    """A replay's folder. A missing summary or list of rejected lines is no error. Raises RecordError as above."""
    products = read_products(folder)
    events, others = arrange(products)
    try:
        summary_file, rejected_file = folder / "summary.json", folder / "rejected.jsonl"
        summary = msgspec.json.decode(summary_file.read_bytes(), type=Summary) if summary_file.is_file() else None
        lines = rejected_file.read_bytes().splitlines() if rejected_file.is_file() else []
        set_aside = [msgspec.json.decode(line, type=SetAside) for line in lines if line]
    except UNREADABLE as error:
        raise RecordError(f"{folder}: its summary or list of rejected lines is damaged ({error})") from None
    return Record(products, events, others, summary, set_aside)


def read_sensors(scenario: Path) -> list[Sensor]:
    """The sensors of a scenario folder, none where it is no longer there."""
    file = scenario / "sensors.json"
    try:
        return msgspec.json.decode(file.read_bytes(), type=list[Sensor]) if file.is_file() else []
    except UNREADABLE as error:
        raise RecordError(f"{file}: not a valid list of sensors ({error})") from None


def count_lines(scenario: Path) -> dict[str, tuple[int, float, float]]:
    """Readable lines of each sensor of a scenario folder, with when the first and the last came."""
    lines: Counter[str] = Counter()
    span: dict[str, tuple[float, float]] = {}
    for received in _received(scenario):
        lines[received.sensor] += 1
        first, last = span.get(received.sensor, (received.received, received.received))
        span[received.sensor] = min(first, received.received), max(last, received.received)
    return {name: (count, *span[name]) for name, count in lines.items()}


def _received(scenario: Path) -> Iterator[Received]:
    plain, packed = scenario / "detections.jsonl", scenario / "detections.jsonl.gz"
    if not plain.is_file() and not packed.is_file():
        return
    decoder = msgspec.json.Decoder(Received)
    with plain.open("rb") if plain.is_file() else open_gzip(packed) as stream:
        for line in stream:
            try:
                yield decoder.decode(line)
            except UNREADABLE:
                continue
