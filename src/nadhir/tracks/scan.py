"""What a scan's detections are worth, and which object gave which: pure helpers of the tracker."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

from nadhir.geo.earth import Matrix, Vector
from nadhir.model import RadarDetection, Sensor
from nadhir.tracks.objects import TrackedObject

Gate = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]

GATE = 30.0
"""Squared distance, in standard deviations, beyond which a radar's detection is not an object's."""
BIRTH_PER_SCAN = 0.02
INFRARED_FIELD_SR = 0.07
RANGE_RATE_SPAN = 16000.0
LARGEST_SCORE = 50.0
"""What is so likely need not be told from what is likelier still."""


@dataclass(slots=True)
class GatedPairs:
    """Which object (row) may have given which detection (column) of a scan, and what that is worth.

    Kept pair by pair, since of many objects few are near each detection: those of row r are `starts[r]` to
    `starts[r + 1]`, in ascending columns. Of n rows and k pairs `starts` is (n + 1,), the others (k,).
    """

    starts: NDArray[np.int64]
    columns: NDArray[np.int64]
    scores: Vector
    """Gain over clutter, where it is allowed."""
    allowed: Gate

    @classmethod
    def unweighed(cls, starts: NDArray[np.int64], columns: NDArray[np.int64]) -> GatedPairs:
        """Pairs of which nothing else is known yet."""
        return cls(starts, columns, np.zeros(columns.size), np.zeros(columns.size, dtype=np.bool_))

    @property
    def rows(self) -> NDArray[np.int64]:
        """(k,)"""
        return np.repeat(np.arange(self.starts.size - 1), self.per_row)

    @property
    def per_row(self) -> NDArray[np.int64]:
        """How many pairs each row (n,) has."""
        return np.diff(self.starts)

    def of(self, row: int) -> range:
        """The pairs of a row."""
        return range(int(self.starts[row]), int(self.starts[row + 1]))

    def columns_of(self, row: int) -> list[int]:
        """Detections in an object's coarse gate."""
        return list(self.columns[self.starts[row] : self.starts[row + 1]].tolist())

    def allowed_of(self, row: int) -> list[int]:
        """The pairs of a row that are allowed."""
        return [pair for pair in self.of(row) if self.allowed[pair]]

    def allows(self, row: int, column: int) -> bool:
        """Whether an object may have given a detection."""
        return any(self.columns[pair] == column for pair in self.allowed_of(row))

    def score(self, row: int, column: int) -> float:
        """What it is worth that an object gave a detection of those in its gate."""
        return float(self.scores[self.starts[row] + self.columns_of(row).index(column)])

    def forbid(self, row: int) -> None:
        """None of a row's pairs."""
        self.allowed[self.starts[row] : self.starts[row + 1]] = False

    def assign(self) -> list[tuple[int, int]]:
        """Pairs (row, column) of greatest total score; none that is not allowed."""
        return assign(self.rows[self.allowed], self.columns[self.allowed], self.scores[self.allowed])


@dataclass(slots=True)
class RadarScan:
    """One scan of a radar on its way through: n candidates, m detections."""

    sensor: Sensor
    time: float
    now: float
    measured: Matrix
    """(m, 4), corrected by what is known of the radar's bias"""
    positions: Matrix
    """(m, 3), ECEF"""
    candidates: list[TrackedObject]
    pairs: GatedPairs
    paired: Gate
    """(n,): may be a vehicle and its stage"""
    cells: Vector
    """(n,): distance to its partner in resolution cells"""
    settled: Gate
    base: float
    """What a detection is worth over clutter before it is looked at."""
    passed: Gate
    """(m,): may be of what burns on and is too far ahead by now, or of what has had its detection of this scan"""
    taken: set[int]
    """Columns that belong to an object."""


def log_clutter_density(sensor: Sensor) -> float:
    """ln of the density of false detections and newcomers of one scan, in the units of its measurement."""
    per_scan = sensor.false_detections_per_scan + BIRTH_PER_SCAN
    if sensor.kind == "infrared":
        return math.log(per_scan / INFRARED_FIELD_SR)
    coverage = sensor.coverage
    width = 2.0 * math.pi
    if coverage.sector_deg is not None:
        width = math.radians((coverage.sector_deg[1] - coverage.sector_deg[0]) % 360.0) or width
    solid_angle = width * (1.0 - math.sin(math.radians(coverage.min_elevation_deg)))
    return math.log(per_scan / (coverage.max_range_m * solid_angle * RANGE_RATE_SPAN))


def resolution_cell(sensor: Sensor) -> Vector:
    """Range (m), angle (rad) and range rate (m/s) within all of which a radar gives one detection of two objects."""
    if sensor.resolution is None:
        return np.zeros(3)
    resolution = sensor.resolution
    return np.array([resolution.range_m, math.radians(resolution.angle_deg), resolution.range_rate_mps])


def radar_vector(detection: RadarDetection) -> tuple[float, float, float, float]:
    return (
        detection.range_m,
        math.radians(detection.azimuth_deg),
        math.radians(detection.elevation_deg),
        detection.range_rate_mps,
    )


def positions_of(measured: Matrix, constants: Vector) -> tuple[Matrix, Vector]:
    """ECEF positions (n, 3) of radar measurements (n, 4), and the sizes (n,) of their errors in metres."""
    distance, azimuth, elevation = measured[:, 0], measured[:, 1], measured[:, 2]
    local = np.stack(
        [np.sin(azimuth) * np.cos(elevation), np.cos(azimuth) * np.cos(elevation), np.sin(elevation)], axis=1
    )
    positions = constants[:3] + distance[:, None] * (local @ constants[3:12].reshape(3, 3))
    return positions, constants[12] + distance * max(constants[13], constants[14])


def position_partials(measured: Vector, constants: Vector) -> Matrix:
    """Partial derivatives (3, 3) of the ECEF position by range, azimuth and elevation of a radar measurement (4,)."""
    distance, azimuth, elevation = measured[:3]
    level, up = math.cos(elevation), math.sin(elevation)
    east, north = math.sin(azimuth), math.cos(azimuth)
    by_range = (east * level, north * level, up)
    by_azimuth = (distance * north * level, -distance * east * level, 0.0)
    by_elevation = (-distance * east * up, -distance * north * up, distance * level)
    axes = constants[3:12].reshape(3, 3)
    partials: Matrix = axes.T @ np.array([by_range, by_azimuth, by_elevation]).T
    return partials


def assign(rows: NDArray[np.int64], columns: NDArray[np.int64], scores: Vector) -> list[tuple[int, int]]:
    """Of allowed pairs, each with a score above zero, those (row, column) of greatest total score."""
    if rows.size == 0:
        return []
    # Most pairs leave no choice; the rest is solved jointly, in groups that have nothing in common.
    clear = (np.bincount(rows)[rows] == 1) & (np.bincount(columns)[columns] == 1)
    pairs = list(zip(rows[clear].tolist(), columns[clear].tolist(), strict=True))
    left = zip(rows[~clear].tolist(), columns[~clear].tolist(), scores[~clear].tolist(), strict=True)
    for group in _connected(left):
        group_rows = sorted({row for row, _, _ in group})
        group_columns = sorted({column for _, column, _ in group})
        cost = np.zeros((len(group_rows), len(group_columns)))
        for row, column, score in group:
            cost[group_rows.index(row), group_columns.index(column)] = -score
        for r, c in zip(*scipy.optimize.linear_sum_assignment(cost), strict=True):
            if cost[r, c] < 0.0:
                pairs.append((group_rows[r], group_columns[c]))
    return sorted(pairs)


def shares_of(scores: Matrix, allowed: Gate) -> Matrix:
    """Probabilities (n, m) that rows gave columns, each at most one, from log-likelihood ratios to nobody's (n, m).

    Source: Fitzgerald, Development of Practical PDA Logic for Multitarget Tracking by Microprocessor (1986), which
    spares weighing each joint assignment.
    """
    gain = np.where(allowed, np.exp(np.minimum(scores, LARGEST_SCORE)), 0.0)
    return np.asarray(gain / (1.0 + gain.sum(axis=0) + gain.sum(axis=1)[:, None] - gain))


def _connected(pairs: Iterable[tuple[int, int, float]]) -> list[list[tuple[int, int, float]]]:
    """Groups of pairs (row, column, score) that share rows or columns with no other group."""
    of_row: dict[int, list[tuple[int, int, float]]] = {}
    of_column: dict[int, list[tuple[int, int, float]]] = {}
    for pair in pairs:
        one, other = of_row.get(pair[0], []), of_column.get(pair[1], [])
        if one is not other:
            if len(one) < len(other):
                one, other = other, one
            one += other
            for row, column, _ in other:
                of_row[row] = of_column[column] = one
        one.append(pair)
        of_row[pair[0]] = of_column[pair[1]] = one
    return list({id(group): group for group in of_row.values()}.values())


def look_row(time: float, place: Vector, measured: Vector, sigma: float) -> Vector:
    return np.array([time, *place, *measured[:3], sigma])


def cloud_row(sensor: Sensor, time: float) -> Vector:
    return np.array([time, sensor.coverage.min_height_m, sensor.period_s, 500.0])
