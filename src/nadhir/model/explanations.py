"""The numbers behind each warning, kept beside the products so that anyone entitled can ask why."""

from __future__ import annotations

import msgspec

from nadhir.model.warnings import EndReason, Hazard, WarningStatus


class AreaNumbers(msgspec.Struct, frozen=True, omit_defaults=True):
    """One area as the rule saw it: probability as used and as stated, the thresholds, and each object's part."""

    code: str
    probability: float
    stated: float
    alert: float
    leave: float
    warned: bool
    by_object: dict[str, float] = {}
    neighbour_of: str | None = None
    above_since: float | None = None
    below_since: float | None = None
    gone: str | None = None
    held_by: str | None = None
    """Another warning that still holds this area, so that this end does not clear it."""


class ObjectNumbers(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was last said of an object when the decision was made."""

    object: str
    event: str
    phase: str
    seen_until: float | None = None
    impact_time: float | None = None
    impact_time_sigma_s: float | None = None
    latitude_deg: float | None = None
    longitude_deg: float | None = None
    semi_major_m: float | None = None
    semi_minor_m: float | None = None
    classes: dict[str, float] = {}


class Explanation(msgspec.Struct, frozen=True):
    """Why a warning said what it said: one for each WarningProduct, by its id and revision."""

    warning: str
    revision: int
    issued: float
    authority: str
    hazard: Hazard
    status: WarningStatus
    reason: EndReason | None
    why: str
    areas: list[AreaNumbers]
    objects: list[ObjectNumbers]
