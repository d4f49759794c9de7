"""What a scan's detections are worth, and which object gave which: pure helpers of the tracker."""

from __future__ import annotations

import math

import numpy as np
from scipy.optimize import linear_sum_assignment

from nadhir.geo.earth import Matrix, Vector
from nadhir.model import RadarDetection, Sensor

Gate = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]

BIRTH_PER_SCAN = 0.02
INFRARED_FIELD_SR = 0.07
RANGE_RATE_SPAN = 16000.0


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


def assign(scores: Matrix, allowed: Gate) -> list[tuple[int, int]]:
    """Pairs (row, column) of greatest total score; none that is not allowed."""
    rows, columns = np.nonzero(allowed)
    if rows.size == 0:
        return []
    # Most pairs leave no choice; the rest is solved jointly.
    clear = (np.bincount(rows)[rows] == 1) & (np.bincount(columns)[columns] == 1)
    pairs = list(zip(rows[clear].tolist(), columns[clear].tolist(), strict=True))
    if not clear.all():
        open_rows, open_columns = np.unique(rows[~clear]), np.unique(columns[~clear])
        block = np.ix_(open_rows, open_columns)
        chosen = linear_sum_assignment(np.where(allowed[block], -scores[block], 0.0))
        for r, c in zip(open_rows[chosen[0]].tolist(), open_columns[chosen[1]].tolist(), strict=True):
            if allowed[r, c]:
                pairs.append((r, c))
    return sorted(pairs)


def look_row(time: float, place: Vector, measured: Vector, sigma: float) -> Vector:
    return np.array([time, *place, *measured[:3], sigma])


def cloud_row(sensor: Sensor, time: float) -> Vector:
    return np.array([time, sensor.coverage.min_height_m, sensor.period_s, 500.0])
