"""GOSPA: one figure for how well a set of tracks stands for the set of bodies that fly, split into its causes.

Rahmathullah, García-Fernández and Svensson, "Generalized optimal sub-pattern assignment metric", Fusion 2017, with
alpha 2: the metric of a time is the p-th root of the p-th powers of the distances of assigned pairs, and half of the
cutoff's p-th power for each body that was missed and each track that is false.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from nadhir.exercise.score_input import States, state_at
from nadhir.geo import east_north_up, geodetic_to_ecef
from nadhir.model import Sensor, TrackProduct

CUTOFF_M = 10e3
ORDER = 2.0
INTERVAL_S = 10.0
FRESH_S = 2.0
"""A track counts at a time when it has a product of the last two seconds."""


class GospaScore(msgspec.Struct, frozen=True):
    """Means over the sampled times: the metric, localisation error of a track, bodies missed and tracks false."""

    mean_m: float
    localisation_m: float
    missed: float
    false: float
    times: int
    cutoff_m: float = CUTOFF_M
    order: float = ORDER


def gospa(distances_m: NDArray[np.float64], cutoff_m: float, order: float) -> tuple[float, list[tuple[int, int]]]:
    """The metric (m) of `distances_m` (true bodies, tracks), and the pairs assigned: those nearer than the cutoff.

    With alpha 2 the best assignment is that of the distances cut off: a pair at the cutoff costs as much as its body
    missed and its track false.
    """
    bodies, tracks = distances_m.shape
    rows, columns = linear_sum_assignment(np.minimum(distances_m, cutoff_m) ** order)
    pairs = [(int(i), int(j)) for i, j in zip(rows, columns, strict=True) if distances_m[i, j] < cutoff_m]
    unassigned = bodies + tracks - 2 * len(pairs)
    total = sum(distances_m[pair] ** order for pair in pairs) + unassigned * cutoff_m**order / 2
    return float(total ** (1 / order)), pairs


def gospa_over_time(
    tracks: Iterable[TrackProduct], states: Mapping[str, States], sensors: Sequence[Sensor]
) -> GospaScore | None:
    """Score the tracks each `INTERVAL_S` of a scenario; None where there was never a track nor a body to see.

    A track is compared with each body at the time of its own state. A body that no radar covers counts only where a
    track lies within the cutoff: what cannot be seen is not missed, and one who still follows it is not wrong.
    """
    if not states:
        return None
    ordered = sorted((track for track in tracks if track.phase not in ("lost", "down")), key=lambda track: track.time)
    times = [track.time for track in ordered]
    radars = [_Radar(sensor) for sensor in sensors if sensor.kind == "radar"]
    first = min(flown[0, 0] for flown in states.values())
    last = max(flown[-1, 0] for flown in states.values())
    totals, errors, missed, false = [], [], [], []
    for time in np.arange(first, last, INTERVAL_S):
        begin, end = np.searchsorted(times, [time - FRESH_S, time], side="right")
        fresh = list({track.object: track for track in ordered[begin:end]}.values())
        flying = [flown for flown in states.values() if flown[0, 0] <= time <= flown[-1, 0]]
        stated = np.array([track.position_m for track in fresh]).reshape(-1, 3)
        own_times = np.array([track.time for track in fresh])
        distances = np.array(
            [np.linalg.norm(state_at(flown, own_times)[:, :3] - stated, axis=1) for flown in flying]
        ).reshape(len(flying), len(fresh))
        near = distances.min(axis=1, initial=math.inf) < CUTOFF_M
        counted = [
            bool(near[row]) or any(radar.covers(state_at(flown, float(time))[:3]) for radar in radars)
            for row, flown in enumerate(flying)
        ]
        distances = distances[np.array(counted, dtype=bool)]
        if not distances.shape[0] and not fresh:
            continue
        metric, pairs = gospa(distances, CUTOFF_M, ORDER)
        totals.append(metric)
        errors += [distances[pair] for pair in pairs]
        missed.append(distances.shape[0] - len(pairs))
        false.append(distances.shape[1] - len(pairs))
    if not totals:
        return None
    return GospaScore(
        mean_m=float(np.mean(totals)),
        localisation_m=float(np.mean(np.power(errors, ORDER)) ** (1 / ORDER)) if errors else 0.0,
        missed=float(np.mean(missed)),
        false=float(np.mean(false)),
        times=len(totals),
    )


class _Radar:
    """What a radar can see."""

    def __init__(self, sensor: Sensor) -> None:
        place = sensor.position
        latitude, longitude = math.radians(place.latitude_deg), math.radians(place.longitude_deg)
        self._position = geodetic_to_ecef(latitude, longitude, place.height_m)
        self._local = east_north_up(latitude, longitude)
        self._coverage = sensor.coverage

    def covers(self, position_m: NDArray[np.float64]) -> bool:
        east, north, up = self._local @ (position_m - self._position)
        distance = math.hypot(east, north, up)
        if distance > self._coverage.max_range_m:
            return False
        if math.degrees(math.asin(up / distance)) < self._coverage.min_elevation_deg:
            return False
        if self._coverage.sector_deg is None:
            return True
        begin, end = self._coverage.sector_deg
        return (math.degrees(math.atan2(east, north)) - begin) % 360 <= (end - begin) % 360
