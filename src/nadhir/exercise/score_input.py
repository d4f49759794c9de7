"""What a judge reads: the truth of a scenario and the products of a run (replay formats, version 1)."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar
from zipfile import BadZipFile

import msgspec
import numpy as np
from numpy.typing import NDArray

from nadhir.model import AssessmentProduct, ImpactProduct, LaunchProduct, RadarDetection, Sensor, TrackProduct
from nadhir.model.unreadable import UNREADABLE

States = NDArray[np.float64]
"""States of one body, one row a second: Unix time, then ECEF position (m) and velocity (m/s)."""


_Form = TypeVar("_Form")


class UnreadableError(ValueError):
    """A folder or file cannot be judged; the message is one line that says what to do."""


class Site(msgspec.Struct, frozen=True):
    """A geodetic place on the ground."""

    latitude_deg: float
    longitude_deg: float


class TrueImpact(msgspec.Struct, frozen=True):
    """Where and when a body really came down."""

    time: float
    latitude_deg: float
    longitude_deg: float


class TrueBody(msgspec.Struct, frozen=True):
    """One body that flew: a payload, a spent stage or a satellite. Satellites have neither launch nor burnout."""

    object: str
    kind: str
    fate: str
    part: str
    launch: str | None = None
    start: float = 0.0
    burnout: float = 0.0
    ballistic_coefficient: float | None = None
    site: Site | None = None
    impact: TrueImpact | None = None
    area: str | None = None
    bound_km: dict[int, float] = {}
    breach: float | None = None
    """When something else than gravity and drag began to move it after its burnout."""


class _Truth(msgspec.Struct, frozen=True):
    name: str
    objects: list[TrueBody]


class WarnedArea(msgspec.Struct, frozen=True):
    """One area of a warning."""

    code: str
    probability: float


class WarningProduct(msgspec.Struct, frozen=True, tag_field="kind", tag="warning"):
    """As much of a warning as is judged."""

    warning: str
    issued: float
    status: Literal["pre-alert", "alert", "update", "all-clear", "cancel"]
    hazard: str
    objects: list[str] = []
    areas: list[WarnedArea] = []
    events: list[str] = []
    reason: str | None = None


Judged = LaunchProduct | TrackProduct | ImpactProduct | AssessmentProduct | WarningProduct


@dataclass(frozen=True)
class Case:
    """A scenario and what a run said of it.

    `states` has an entry for each true body, `origin` names the body behind each of `lines` (as `launch/part`, or
    `clutter`); it is empty where damage has shifted the lines.
    """

    name: str
    bodies: list[TrueBody]
    states: dict[str, States]
    sensors: list[Sensor]
    lines: list[bytes]
    origin: list[str]
    products: list[Judged]

    @property
    def payloads(self) -> list[TrueBody]:
        """The payloads, in the order of the truth."""
        return [body for body in self.bodies if body.part == "payload"]

    def radar_detections(self, body: str) -> list[RadarDetection]:
        """The radar detections that `body` gave, in the order in which they were received."""
        decoder = msgspec.json.Decoder(RadarDetection)
        lines = (line for line, name in zip(self.lines, self.origin, strict=bool(self.origin)) if name == body)
        return [decoder.decode(line) for line in lines if b'"range_m"' in line]


def read_case(folder: Path, products: Path) -> Case:
    """Read a scenario folder with its truth, and the products of a run (`products.jsonl` or the folder that holds it).

    Raises UnreadableError where a file is missing or not in the format.
    """
    truth = _decoded(folder / "truth.json", _Truth)
    sensors = _decoded(folder / "sensors.json", list[Sensor])
    try:
        lines = _detections(folder).splitlines()
        with np.load(folder / "truth.npz") as arrays:
            states = {name: arrays[name] for name in arrays.files if name != "origin"}
            origin = [str(name) for name in arrays["origin"]]
    except (OSError, EOFError, KeyError, ValueError, zlib.error, BadZipFile) as error:
        raise UnreadableError(f"{folder} has no readable detections.jsonl and truth.npz: {error}") from error
    if len(origin) != len(lines):
        origin = []
    if products.is_dir():
        products = products / "products.jsonl"
    return Case(truth.name, truth.objects, states, sensors, lines, origin, list(_products(products)))


def _detections(folder: Path) -> bytes:
    """The detections of a scenario folder, plain or gzipped."""
    plain, packed = folder / "detections.jsonl", folder / "detections.jsonl.gz"
    return plain.read_bytes() if plain.is_file() or not packed.is_file() else gzip.decompress(packed.read_bytes())


def _decoded(file: Path, form: type[_Form]) -> _Form:
    try:
        return msgspec.json.decode(file.read_bytes(), type=form)
    except OSError as error:
        raise UnreadableError(f"{file} cannot be read: {error.strerror}; give a scenario folder with truth") from error
    except UNREADABLE as error:
        raise UnreadableError(f"{file} is not in the format: {error}") from error


def _products(file: Path) -> Iterator[Judged]:
    decoder = msgspec.json.Decoder(Judged)
    try:
        lines = file.read_bytes().splitlines()
    except OSError as error:
        raise UnreadableError(
            f"{file} cannot be read: {error.strerror}; give the folder that a replay wrote"
        ) from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield decoder.decode(line)
        except UNREADABLE as error:
            raise UnreadableError(f"{file}, line {number}, is no product: {error}") from error


def state_at(states: States, time: float | NDArray[np.float64]) -> NDArray[np.float64]:
    """Position and velocity (..., 6) at `time` (...) by cubic Hermite interpolation between the one-second states.

    The velocity is the derivative of the cubic, so that the two agree.
    """
    place = np.clip(np.searchsorted(states[:, 0], time), 1, len(states) - 1)
    before, after = states[place - 1], states[place]
    start, span = before[..., :1], after[..., :1] - before[..., :1]
    u = (np.asarray(time)[..., None] - start) / span
    r0, v0, r1, v1 = before[..., 1:4], before[..., 4:7], after[..., 1:4], after[..., 4:7]
    position = (
        (1 + 2 * u) * (1 - u) ** 2 * r0
        + u * (1 - u) ** 2 * span * v0
        + u**2 * (3 - 2 * u) * r1
        + u**2 * (u - 1) * span * v1
    )
    velocity = 6 * u * (1 - u) * (r1 - r0) / span + (1 - u) * (1 - 3 * u) * v0 + u * (3 * u - 2) * v1
    return np.concatenate([position, velocity], axis=-1)
