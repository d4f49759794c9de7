"""Published flights, flown again: do apogee, range and flight time of a report fit together?

Figures are those stated after the tests by the Republic of Korea's Joint Chiefs, Japan's Ministry of Defense and the
state news agency; they are facts, rounded by their sources.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nadhir.exercise.classes import draw_flight
from nadhir.exercise.flights import fly
from nadhir.exercise.spec import ClassName, LaunchSpec, Place


@dataclass(frozen=True)
class Report:
    """One published flight: day, apogee and range (m), time of flight (s)."""

    day: str
    apogee_m: float
    range_m: float
    flight_s: float


REPORTS = (
    Report("2022-11-18", 6040.9e3, 999.2e3, 4135.0),
    Report("2023-02-18", 5768.5e3, 989.0e3, 4015.0),
    Report("2023-03-16", 6045.0e3, 1000.2e3, 4151.0),
    Report("2023-07-12", 6648.4e3, 1001.2e3, 4491.0),
    Report("2023-12-18", 6518.2e3, 1002.3e3, 4415.0),
    Report("2024-10-31", 7687.5e3, 1001.2e3, 5156.0),
)
DOUBTFUL = Report("2022-03-24", 6248.5e3, 1090.0e3, 4052.0)
"""The report whose figures do not fit together."""
SITE = Place(39.22, 125.67)
AZIMUTH_DEG = 67.0


BOOSTERS: tuple[tuple[ClassName, int, float], ...] = (("ICBM-solid", 3, 180.0), ("ICBM", 2, 280.0), ("ICBM", 2, 320.0))
"""Class, stages and powered time (s): generic boosters that bracket what is published of such flights."""


@dataclass(frozen=True)
class Check:
    """Times of flight (s) that a report's apogee and range need, one for each of `BOOSTERS`, and by how much the stated
    time differs from the nearest of them (part of the stated time)."""

    times_s: tuple[float, ...]
    disagreement: float


def check(report: Report, boosters: tuple[tuple[ClassName, int, float], ...] = BOOSTERS, seed: int = 0) -> Check:
    """Fly a report's apogee and range with generic boosters, and compare its time."""
    times = []
    for kind, stages, burn_s in boosters:
        spec = LaunchSpec(
            kind,
            site=SITE,
            azimuth_deg=(AZIMUTH_DEG, AZIMUTH_DEG),
            apogee_m=report.apogee_m,
            range_m=report.range_m,
            stages=stages,
            burn_s=(burn_s, burn_s),
        )
        payload = fly(draw_flight(spec, np.random.default_rng(seed)))[0]
        times.append(float(payload.rows[-1, 0]))
    return Check(tuple(times), min(abs(time - report.flight_s) for time in times) / report.flight_s)


def apogee_for_time(report: Report, seed: int = 0) -> float:
    """Apogee (m) at which a flight over the report's range with the middle booster lasts as stated, by secant steps."""

    def excess_s(apogee_m: float) -> float:
        tried = Report(report.day, apogee_m, report.range_m, report.flight_s)
        return check(tried, BOOSTERS[1:2], seed).times_s[0] - report.flight_s

    first, second = report.apogee_m, 0.95 * report.apogee_m
    before, after = excess_s(first), excess_s(second)
    while abs(after) > 1.0:
        first, second = second, second - after * (second - first) / (after - before)
        before, after = after, excess_s(second)
    return second
