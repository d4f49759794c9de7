"""What owners tell of a vehicle and of what flies about it."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from nadhir.assessment.fusion.estimates import upper_triangle
from nadhir.geo import geodetic_to_ecef, propagate
from nadhir.model import AssessmentProduct, Ellipse, ImpactProduct, LaunchProduct, Phase, TrackProduct

START = 1000.0
BURNOUT = START - 20.0
LOG_BETA = math.log(6000.0)
VEHICLE = np.concatenate([geodetic_to_ecef(math.radians(39.5), math.radians(133.0), 200e3), [-2200.0, -800.0, 1500.0]])
STAGE = VEHICLE + np.array([60.0, 20.0, -40.0, 2.0, 1.0, -2.5])
OTHER = VEHICLE + np.array([20e3, -5e3, 3e3, 0.0, 50.0, 0.0])
SIGMAS = np.array([30.0] * 3 + [0.7] * 3)


def track(
    state: np.ndarray,
    time: float,
    owner: str,
    name: str = "E0001-1",
    error: np.ndarray | None = None,
    phase: Phase = "coast",
    owners: tuple[str, ...] | None = None,
) -> TrackProduct:
    flown = propagate(state, LOG_BETA, time - START) + (np.zeros(6) if error is None else error)
    x, y, z, vx, vy, vz = flown.tolist()
    return TrackProduct(
        name,
        name.split("-")[0],
        time + 0.3,
        time,
        phase,
        (x, y, z),
        (vx, vy, vz),
        upper_triangle(np.diag(SIGMAS**2)),
        burnout_time=BURNOUT,
        owners=(owner,) if owners is None else owners,
    )


def launch(event: str, longitude_deg: float = 126.0, time: float = 880.0, issued: float = 900.0) -> LaunchProduct:
    return LaunchProduct(event, issued, "report", time, 2.0, 40.0, longitude_deg, Ellipse(3e3, 2e3, 30.0), [event])


def impact(semi_major_m: float, issued: float = START, longitude_deg: float = 140.0) -> ImpactProduct:
    ellipse = Ellipse(semi_major_m, semi_major_m / 2.0, 90.0)
    return ImpactProduct("o", "e", "coast", issued, START + 300.0, 2.0, 38.0, longitude_deg, ellipse)


def vehicles(seconds: int, seed: int = 1, **bias: np.ndarray) -> Iterator[tuple[str, TrackProduct]]:
    """Each second a track of the vehicle and one of its stage, from three owners with names of their own."""
    rng = np.random.default_rng(seed)
    errors = {(owner, n): rng.normal(size=6) * SIGMAS for owner in ("JPN", "KOR", "USA") for n in (0, 1)}
    for second in range(seconds):
        for owner, names in (("JPN", (1, 2)), ("KOR", (2, 1)), ("USA", (1, 2))):
            for n, state in enumerate((VEHICLE, STAGE)):
                error = errors[owner, n] * 0.3 + bias.get(owner, np.zeros(6))
                yield owner, track(state, START + second, owner, f"E0001-{names[n]}", error)


def told_as(name: str, kind: str, event: str | None = "E0001") -> AssessmentProduct:
    return AssessmentProduct(name, event, START, {kind: 1.0}, 0.0)
