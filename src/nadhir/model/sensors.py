"""Sensors as a scenario folder or a node's configuration describes them (replay formats, version 1)."""

from __future__ import annotations

from typing import Literal

import msgspec


class Position(msgspec.Struct, frozen=True):
    """Geodetic WGS-84 position."""

    latitude_deg: float
    longitude_deg: float
    height_m: float


class Sigma(msgspec.Struct, frozen=True, omit_defaults=True):
    """One-sigma measurement errors: the first four of a radar, the last of an infrared satellite (each axis).

    `azimuth_deg` is an arc on the sky: divide by the cosine of the elevation for the angle itself.
    """

    range_m: float = 0.0
    azimuth_deg: float = 0.0
    elevation_deg: float = 0.0
    range_rate_mps: float = 0.0
    line_of_sight_rad: float = 0.0


class Coverage(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a sensor can see: a radar within range, above an elevation and in a sector (clockwise from, to; or all
    round), an infrared satellite what burns above `min_height_m` (cloud tops)."""

    max_range_m: float = 0.0
    min_elevation_deg: float = 0.0
    sector_deg: tuple[float, float] | None = None
    min_height_m: float = 0.0


class Resolution(msgspec.Struct, frozen=True):
    """Two objects closer than all three give one detection between them."""

    range_m: float
    angle_deg: float
    range_rate_mps: float


class Sensor(msgspec.Struct, frozen=True, omit_defaults=True):
    """A radar or an infrared satellite, and the partner that owns it.

    An infrared satellite that moves has `two_line_elements`; its `position` is then only where it is shown on a map.
    """

    id: str
    owner: str
    kind: Literal["radar", "infrared"]
    position: Position
    period_s: float
    sigma: Sigma
    coverage: Coverage
    p_detect: float
    false_detections_per_scan: float
    resolution: Resolution | None = None
    two_line_elements: tuple[str, str] | None = None

    def __post_init__(self) -> None:
        if self.two_line_elements is None:
            return
        # Here, because few sensors have any, and everything imports this.
        from sgp4.api import Satrec
        from sgp4.io import verify_checksum

        if self.kind != "infrared":
            raise ValueError(f"sensor {self.id}: only an infrared satellite has two-line elements")
        verify_checksum(*self.two_line_elements)
        if Satrec.twoline2rv(*self.two_line_elements).error:
            raise ValueError(f"sensor {self.id}: its two-line elements are no orbit; give both lines as published")
