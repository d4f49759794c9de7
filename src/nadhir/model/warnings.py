"""Warnings: which areas are in danger from one hazard, and how that ends (replay formats, version 1).

One `WarningProduct` is one state of a warning's life; every text and message in every language is made from it alone.
"""

from __future__ import annotations

from typing import Literal

import msgspec

Mode = Literal["live", "exercise", "replay"]
Hazard = Literal["impact", "overflight", "debris"]
WarningStatus = Literal["pre-alert", "alert", "update", "all-clear", "cancel"]
EndReason = Literal["passed", "fell-at-sea", "will-not-arrive", "error"]


class AreaWarning(msgspec.Struct, frozen=True):
    """One area in danger: ISO 3166-2 code where areas are known, else ISO 3166-1.

    `arrival` (Unix seconds) is the time before which the hazard comes with probability 0.05.
    """

    code: str
    probability: float
    arrival: float


class WarningProduct(msgspec.Struct, frozen=True, tag_field="kind", tag="warning"):
    """One state of a warning: for each event and hazard, or for several events that threaten the same areas together.

    Fields after `reason` are Nadhir's own additions, which the format allows.
    """

    warning: str
    events: list[str]
    objects: list[str]
    issued: float
    status: WarningStatus
    hazard: Hazard
    areas: list[AreaWarning]
    mode: Mode
    reason: EndReason | None = None
    """For ends: all-clear (passed, fell-at-sea, will-not-arrive) or cancel (error)."""
    revision: int = 0
    """0 for the first message of this warning, then one more for each."""
    authority: str = ""
    """Who warns these areas: the owner's code (KOR, JPN, ...)."""
    launch_time: float | None = None
    launch_area: str | None = None
    """Area code of the launch point, where one is known."""
    latest_arrival: float | None = None
    """The time before which the hazard comes with probability 0.95, over all areas."""
    fallen: bool = False
    """It has come down on land: stay in shelter; only a person clears it."""
    lost: bool = False
    """It is not seen any more: what is said of it is a prediction from its last track."""
    unseen: list[str] = []
    """Sensors that are silent, shown beside every statement."""
