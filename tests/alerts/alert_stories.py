"""Made-up products of flights, told second by second to `Alerts`: no tracker, known numbers."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from nadhir.alerts import Alerts, Decision, default_rules
from nadhir.geo import geodetic_to_ecef, propagate
from nadhir.geo.areas import default_areas
from nadhir.model import (
    CLASSES,
    AssessmentProduct,
    Ellipse,
    ImpactProduct,
    LaunchProduct,
    Mode,
    Phase,
    Product,
    TrackProduct,
    WarningProduct,
)

START = 1_700_000_000.0
SITE = (40.86, 129.67)
AKITA = (39.72, 140.20)
MID_SEA = (39.5, 135.5)
SURE = [1e4 if i == j else 0.0 for i in range(3) for j in range(i, 6)] + [1.0, 0.0, 0.0, 1.0, 0.0, 1.0]
"""Upper triangle of a covariance: 100 m and 1 m/s."""


class Story:
    """Tells products at their times and gathers what is said."""

    def __init__(self, mode: Mode = "replay") -> None:
        self.alerts = Alerts(default_areas(), default_rules(), mode)
        self.now = START
        self.decisions: list[Decision] = []

    @property
    def said(self) -> list[WarningProduct]:
        return [decision.product for decision in self.decisions]

    def of(self, hazard: str, authority: str = "JPN") -> list[WarningProduct]:
        return [w for w in self.said if (w.hazard, w.authority) == (hazard, authority)]

    def tell(self, *products: Product) -> None:
        for product in products:
            self.alerts.consider(product)

    def wait(self, seconds: int, each: Callable[[float], list[Product]] | None = None) -> None:
        """Let time pass; `each` gives the products of every second."""
        for _ in range(seconds):
            self.now += 1.0
            if each:
                self.tell(*each(self.now))
            self.decisions += self.alerts.tick(self.now)


def launch(event: str, now: float, status: str = "report", site: tuple[float, float] = SITE) -> LaunchProduct:
    return LaunchProduct(event, now, status, START, 1.0, *site, Ellipse(3e3, 3e3, 0.0), ["IR-1", "IR-2"])  # type: ignore[arg-type]


def assessment(object: str, event: str, now: float, likely: str) -> AssessmentProduct:
    classes = dict.fromkeys(CLASSES, 0.0) | {likely: 1.0}
    return AssessmentProduct(object, event, now, classes, 0.0)


def impact(
    object: str,
    event: str,
    now: float,
    place: tuple[float, float],
    time: float,
    major_m: float,
    phase: Phase = "coast",
    time_sigma_s: float = 3.0,
) -> ImpactProduct:
    ellipse = Ellipse(major_m, max(major_m / 5, 100.0), 95.0)
    return ImpactProduct(object, event, phase, now, time, time_sigma_s, *place, ellipse)


def shot(
    site: tuple[float, float], heading_deg: float, speed_mps: float, climb_deg: float, height_m: float = 60e3
) -> np.ndarray:
    """State of a vehicle above a site."""
    latitude, longitude = map(math.radians, site)
    position = geodetic_to_ecef(latitude, longitude, height_m)
    up = position / np.linalg.norm(position)
    east = np.array([-math.sin(longitude), math.cos(longitude), 0.0])
    north = np.cross(up, east)
    heading, climb = math.radians(heading_deg), math.radians(climb_deg)
    level = east * math.sin(heading) + north * math.cos(heading)
    return np.concatenate([position, speed_mps * (level * math.cos(climb) + up * math.sin(climb))])


def track(
    object: str, event: str, now: float, state: np.ndarray, phase: Phase, seen: float | None = None
) -> TrackProduct:
    x, y, z, vx, vy, vz = (float(v) for v in state)
    return TrackProduct(object, event, now, now if seen is None else seen, phase, (x, y, z), (vx, vy, vz), SURE)


def flight(state: np.ndarray, begin: float) -> Callable[[float], np.ndarray]:
    """States of unpowered flight by time."""
    return lambda now: propagate(state, math.log(3000.0), now - begin)
