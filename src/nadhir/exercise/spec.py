"""What to simulate: a small JSON or TOML file, or the name of a bundled one. Described in `docs/simulator.md`."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Annotated, Literal, get_args

import msgspec

from nadhir.model import Sensor
from nadhir.model.unreadable import UNREADABLE

Probability = Annotated[float, msgspec.Meta(ge=0.0, le=1.0)]
Positive = Annotated[float, msgspec.Meta(gt=0.0)]
Interval = tuple[float, float]
ClassName = Literal["SRBM", "MRBM", "IRBM", "ICBM", "ICBM-solid", "SLV", "mixed"]
CLASS_NAMES: tuple[str, ...] = get_args(ClassName)


class SpecError(ValueError):
    """A spec that cannot be used; the message says what to change."""


class _Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    pass


class Place(_Part, frozen=True):
    """Geodetic WGS-84, degrees."""

    latitude_deg: Annotated[float, msgspec.Meta(ge=-90.0, le=90.0)]
    longitude_deg: Annotated[float, msgspec.Meta(ge=-360.0, le=360.0)]


class ManoeuvreSpec(_Part, frozen=True):
    """A generic breach of the ballistic assumption; every interval is drawn from evenly."""

    phase: Literal["coast", "reentry"]
    acceleration_mps2: Interval = (3.0, 10.0)
    start_s: Interval = (40.0, 120.0)
    duration_s: Interval = (10.0, 30.0)
    lift_to_drag: Interval = (0.1, 0.3)


class FailureSpec(_Part, frozen=True):
    """Thrust ends at a part of the powered flight; it may break up."""

    after: Interval = (0.4, 0.95)
    breaks_up: bool = False


class LaunchSpec(_Part, frozen=True):
    """`count` launches of one class within `within_s`; intervals are drawn from evenly, what is left out is drawn from
    the class. An `apogee_m`, `range_m` or `impact` pins the figure: pitch, speed and azimuth are solved for it."""

    kind: ClassName = msgspec.field(name="class")
    name: str | None = None
    count: Annotated[int, msgspec.Meta(ge=1, le=5000)] = 1
    after_s: float = 0.0
    within_s: float = 0.0
    site: Place | None = None
    azimuth_deg: Interval | None = None
    style: Literal["standard", "lofted", "depressed"] | None = None
    apogee_m: Positive | None = None
    range_m: Positive | None = None
    impact: Place | None = None
    burn_s: Interval | None = None
    stages: Annotated[int, msgspec.Meta(ge=1, le=4)] | None = None
    payload_ballistic_coefficient: Interval | None = None
    extra_objects: Annotated[int, msgspec.Meta(ge=0, le=50)] = 0
    manoeuvre: ManoeuvreSpec | None = None
    failure: FailureSpec | None = None

    @property
    def pinned(self) -> bool:
        """Whether published figures are to be met (an orbit's height is a matter of course)."""
        return self.kind != "SLV" and (self.apogee_m or self.range_m or self.impact) is not None


class SatelliteSpec(_Part, frozen=True):
    """Satellites in the background: `count` drawn ones, and those of a two-line element file (`tle`)."""

    count: Annotated[int, msgspec.Meta(ge=0)] = 0
    tle: str | None = None


class BiasSpec(_Part, frozen=True):
    """One-sigma spread of each radar's own constant bias."""

    range_m: float = 0.0
    azimuth_deg: float = 0.0
    elevation_deg: float = 0.0


class FalseDetectionSpec(_Part, frozen=True):
    """Mean false detections of each scan, in place of the sensors' own figures."""

    radar: Annotated[float, msgspec.Meta(ge=0.0)] = 0.0
    infrared: Annotated[float, msgspec.Meta(ge=0.0)] = 0.0


class OutageSpec(_Part, frozen=True):
    """A sensor (or all, as `*`) is silent from `from_s` to `to_s` after the start."""

    sensor: str
    from_s: float
    to_s: float


class DirtSpec(_Part, frozen=True):
    """Probability that a line is late (by `late_s`) or repeated, or that a line of each broken kind follows it."""

    late: Probability = 0.0
    late_s: Interval = (1.0, 70.0)
    repeated: Probability = 0.0
    damaged: Probability = 0.0
    unknown_sensor: Probability = 0.0
    impossible: Probability = 0.0
    clock: Probability = 0.0


class Spec(_Part, frozen=True):
    """A scenario. `start` is Unix time; `sensors` the name of a bundled set or a path to a `sensors.json`."""

    name: str
    note: str = ""
    start: float = 1772323200.0
    duration_s: float | None = None
    sensors: str = "notional"
    launches: tuple[LaunchSpec, ...] = ()
    satellites: SatelliteSpec = SatelliteSpec()
    false_detections: FalseDetectionSpec | None = None
    bias: BiasSpec = BiasSpec()
    outages: tuple[OutageSpec, ...] = ()
    dirt: DirtSpec | None = None
    folder: str = ""


def _bundled() -> dict[str, str]:
    files = resources.files("nadhir.exercise") / "specs"
    return {Path(file.name).stem: file.read_text() for file in files.iterdir() if file.name.endswith(".json")}


def bundled_specs() -> list[str]:
    """Names of the specs that come with the package."""
    return sorted(name for name in _bundled() if not name.endswith("-sensors"))


def load_spec(name: str) -> Spec:
    """The bundled spec of that name, or the spec in the JSON or TOML file of that path."""
    path = Path(name)
    try:
        if path.suffix in (".json", ".toml"):
            text = path.read_text()
            if path.suffix == ".toml":
                spec = msgspec.toml.decode(text, type=Spec)
            else:
                spec = msgspec.json.decode(text, type=Spec)
            spec = msgspec.structs.replace(spec, folder=str(path.parent))
        elif name in bundled_specs():
            spec = msgspec.json.decode(_bundled()[name], type=Spec)
        else:
            known = ", ".join(bundled_specs())
            raise SpecError(f"no spec {name!r}: give a .json or .toml file, or one of {known}")
    except OSError as error:
        raise SpecError(f"cannot read the spec {name}: {error.strerror}") from error
    except UNREADABLE as error:
        raise SpecError(f"{name}: {error}") from error
    if not spec.launches and spec.duration_s is None:
        raise SpecError(f"{name}: give launches, or a duration_s for a quiet sky")
    return spec


def load_sensors(spec: Spec) -> list[Sensor]:
    """The sensors of a spec, with its false detection rates."""
    try:
        text = _bundled().get(f"{spec.sensors}-sensors") or (Path(spec.folder) / spec.sensors).read_text()
        sensors = msgspec.json.decode(text, type=list[Sensor])
    except OSError as error:
        raise SpecError(f"cannot read the sensors {spec.sensors}: {error.strerror}") from error
    except UNREADABLE as error:
        raise SpecError(f"sensors {spec.sensors}: {error}") from error
    if not sensors:
        raise SpecError(f"sensors {spec.sensors}: the list is empty")
    for outage in spec.outages:
        if outage.sensor not in {"*", *(s.id for s in sensors)}:
            raise SpecError(f"outage of {outage.sensor!r}: no such sensor")
    if spec.false_detections is not None:
        rates = {"radar": spec.false_detections.radar, "infrared": spec.false_detections.infrared}
        sensors = [msgspec.structs.replace(s, false_detections_per_scan=rates[s.kind]) for s in sensors]
    return sensors
