"""Products of a node: launch, track, impact, assessment (replay formats, version 1).

Times are Unix seconds, positions ECEF WGS-84 in metres, velocities relative to the rotating Earth, latitude and
longitude geodetic. `issued` is the node's time at release; `time` is that of the content. Fields after the fixed ones
are Nadhir's own additions, which the format allows.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from nadhir.model.warnings import WarningProduct

LaunchStatus = Literal["report", "update", "withdrawn"]
Phase = Literal["boost", "coast", "reentry", "orbit", "lost", "down"]

CLASSES = (
    "short-range",
    "medium-range",
    "intermediate-range",
    "intercontinental",
    "space-launch",
    "spent-stage",
    "satellite",
    "other",
)


class Ellipse(msgspec.Struct, frozen=True):
    """The region that holds the true point with probability 0.9; azimuth of the major axis clockwise from north."""

    semi_major_m: float
    semi_minor_m: float
    azimuth_deg: float


class LaunchProduct(msgspec.Struct, frozen=True, tag_field="kind", tag="launch"):
    """Where and when something was launched."""

    event: str
    issued: float
    status: LaunchStatus
    time: float
    time_sigma_s: float
    latitude_deg: float
    longitude_deg: float
    ellipse_90: Ellipse
    looks: list[str]


class Parting(msgspec.Struct, frozen=True):
    """How an estimate hangs on the velocity at which a vehicle and the stage that it left part.

    Until radars tell the two apart they measure the middle between them, so that an error in it is common to all
    owners' tracks. `velocity_mps` is the vehicle's relative to the stage, at the motor's end; `covariance` is the upper
    triangle by rows of its 3x3 matrix, `cross_covariance` the 6x3 matrix, by rows, of position and velocity with it.
    """

    velocity_mps: tuple[float, float, float]
    covariance: list[float]
    cross_covariance: list[float]


class TrackProduct(msgspec.Struct, frozen=True, tag_field="kind", tag="track"):
    """State of one object; `covariance` is the upper triangle by rows of the 6x6 matrix of position and velocity.

    `ballistic` is false while the object breaks the assumption that only gravity and drag act on it after burnout.
    `owners` are those whose sensors' data are in it; empty where that is not told. `biased` tells that radars behind it
    were found to have constant biases; the covariance allows for what is left of them. `parting` is told while
    vehicle and stage part, if they are not tracked apart.
    """

    object: str
    event: str | None
    issued: float
    time: float
    phase: Phase
    position_m: tuple[float, float, float]
    velocity_mps: tuple[float, float, float]
    covariance: list[float]
    ballistic: bool = True
    burnout_time: float | None = None
    owners: tuple[str, ...] = ()
    biased: bool = False
    parting: Parting | None = None

    @property
    def variances(self) -> list[float]:
        """The diagonal of the covariance (6,): of position (m²), then of velocity (m²/s²)."""
        return [self.covariance[index] for index in (0, 6, 11, 15, 18, 20)]


class ImpactProduct(msgspec.Struct, frozen=True, tag_field="kind", tag="impact"):
    """Where and when one object comes down, with all that is unknown."""

    object: str
    event: str | None
    phase: Phase
    issued: float
    time: float
    time_sigma_s: float
    latitude_deg: float
    longitude_deg: float
    ellipse_90: Ellipse


class AssessmentProduct(msgspec.Struct, frozen=True, tag_field="kind", tag="assessment"):
    """What an object is, whether it comes down, and how high it flies.

    `classes` is written as `class`: probabilities over `CLASSES` that sum to 1. The apogee fields are the highest
    point of the free flight, null where it is already past or not known.
    """

    object: str
    event: str | None
    issued: float
    classes: dict[str, float] = msgspec.field(name="class")
    reaches_orbit: float
    apogee_m: float | None = None
    apogee_sigma_m: float | None = None
    apogee_time: float | None = None


Product = LaunchProduct | TrackProduct | ImpactProduct | AssessmentProduct | WarningProduct
