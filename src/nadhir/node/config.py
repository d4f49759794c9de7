"""A node's configuration: `node.toml`, read once at start. Unknown keys are errors, so that a typing slip is not lost.

Paths in it are relative to its own folder (`nadhir init` makes both).
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec

from nadhir.model.records import Classification
from nadhir.node.toml import read_toml


class NodeSection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whose node this is. `live` is refused until an authority has enrolled the node (nadhir enrol)."""

    nation: str
    mode: Literal["exercise", "live"] = "exercise"
    identity: Path = Path()
    """Folder of the node's card, keys and partners, which `nadhir init` and `nadhir partner` keep."""
    data: Path = Path("data")


class BusSection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the nats-server listens: for this node's own programs, and for partners' links (port 0: it only dials)."""

    host: str = "127.0.0.1"
    port: int = 4222
    leaf_host: str = "0.0.0.0"
    leaf_port: int = 7422
    nats_server: Path | None = None
    """The server program; without it one is looked for."""


class SensorsSection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The node's own sensors: a sensors.json of the replay formats."""

    file: Path | None = None
    labels: dict[str, Classification] = {}
    """Classification of a sensor's detections, by its id; UNCLASSIFIED where it is not named."""


class IngestSection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where own detections come in: lines over TCP. Whoever reaches it can feed this node: leave it on this machine."""

    host: str = "127.0.0.1"
    port: int = 7400


class ReleaseSection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Folder of the release rules, *.cedar, and the labels that the floor under them holds against each other."""

    folder: Path = Path("policies")
    product_label: Classification | None = None
    """Classification of own tracks, launches, impacts and assessments; without it, the highest among the own sensors
    that have told the node anything since it started."""
    ceilings: dict[str, Classification] = {}
    """Highest classification that a partner may hold, by its code; UNCLASSIFIED where it is not named."""


class WarningSection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The nation's decision rules for warnings, and the outlines of its areas (GeoJSON); without a file, the shipped
    ones."""

    file: Path | None = None
    areas: Path | None = None


class PublishingSection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How warnings reach people: a publishing.toml. Without one they are shared and shown, and go to no channel."""

    file: Path | None = None


class RealSection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How an exercise hears of something real: the watch.json of the nation's live node. It lets nobody speak."""

    access: Path | None = None


class ConsoleSection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the operators' page, health and metrics are served. Other machines reach it over TLS only, with
    `certificate` and `key` (PEM). `names` are the host names under which it is reached, besides addresses."""

    host: str = "127.0.0.1"
    port: int = 8080
    certificate: Path | None = None
    key: Path | None = None
    names: tuple[str, ...] = ()


class NodeConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All of node.toml."""

    node: NodeSection
    bus: BusSection = BusSection()
    sensors: SensorsSection = SensorsSection()
    ingest: IngestSection = IngestSection()
    release: ReleaseSection = ReleaseSection()
    warning: WarningSection = WarningSection()
    publishing: PublishingSection = PublishingSection()
    real: RealSection = RealSection()
    console: ConsoleSection = ConsoleSection()

    @property
    def log_folder(self) -> Path:
        """The logs of the mode that this node is in: modes never share one."""
        return self.node.data / self.node.mode / "log"


def read_config(path: Path) -> NodeConfig:
    """Read a node.toml; relative paths become paths from its folder. Raises ConfigError."""
    config = read_toml(path, NodeConfig)
    folder = path.parent.absolute()
    sections = {name: _placed(section, folder) for name, section in msgspec.structs.asdict(config).items()}
    return msgspec.structs.replace(config, **sections)


def _placed(section: msgspec.Struct, folder: Path) -> msgspec.Struct:
    """A section whose default paths too are from `folder` on."""
    values = msgspec.structs.asdict(section)
    return msgspec.structs.replace(
        section, **{name: folder / value for name, value in values.items() if isinstance(value, Path)}
    )
