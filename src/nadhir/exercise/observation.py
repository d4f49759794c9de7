"""What notional sensors measure of bodies that fly: detections in the order of receipt, each with its origin.

Radars: Gaussian noise, a constant bias of their own, horizon, sector, limited resolution, misses, false detections
evenly over their coverage in range and angle. Infrared satellites, which may move by two-line elements, see what burns
above the cloud tops, and little else.
Propagation is along straight lines (no refraction).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from nadhir.exercise.dynamics import Array
from nadhir.exercise.flights import Body, heights_m
from nadhir.exercise.spec import BiasSpec, OutageSpec, SpecError
from nadhir.geo.earth import east_north_up, geodetic_to_ecef
from nadhir.geo.two_line_elements import record_of, states_at
from nadhir.model import Detection, InfraredDetection, RadarDetection, Sensor

CLUTTER = "clutter"
CLUTTER_TOP_DEG = 60.0
CLUTTER_RANGE_RATE_MPS = 1500.0
RADAR_LATENCY_S = (0.15, 0.05, 0.35)
INFRARED_LATENCY_S = (0.80, 0.10, 1.20)
"""Least, half-normal spread, most."""


@dataclass(frozen=True)
class Observed:
    """A detection and the name of the body behind it, or `clutter`."""

    detection: Detection
    origin: str


@dataclass(frozen=True)
class Bias:
    """Constant error of one radar."""

    range_m: float = 0.0
    azimuth_deg: float = 0.0
    elevation_deg: float = 0.0


def draw_biases(sensors: Sequence[Sensor], spread: BiasSpec, rng: np.random.Generator) -> dict[str, Bias]:
    """A bias for each radar where any spread is given."""
    if not (spread.range_m or spread.azimuth_deg or spread.elevation_deg):
        return {}
    sigma = (spread.range_m, spread.azimuth_deg, spread.elevation_deg)
    return {s.id: Bias(*(float(x) for x in rng.normal(0.0, sigma))) for s in sensors if s.kind == "radar"}


def observe(
    bodies: Sequence[Body],
    sensors: Sequence[Sensor],
    rng: np.random.Generator,
    start: float,
    end: float,
    biases: dict[str, Bias] | None = None,
    outages: Sequence[OutageSpec] = (),
    phases: Mapping[str, float] | None = None,
) -> list[Observed]:
    """All detections between Unix times `start` and `end`, sorted by receipt; outages are relative to `start`.

    A sensor's first scan is drawn within its period, or comes `phases` (seconds) after `start`.
    """
    seen: list[Observed] = []
    for sensor in sensors:
        first = start + (float(rng.uniform(0.0, sensor.period_s)) if phases is None else phases[sensor.id])
        times = np.round(np.arange(first, end, sensor.period_s), 6)
        for outage in outages:
            if outage.sensor in ("*", sensor.id):
                times = times[(times < start + outage.from_s) | (times >= start + outage.to_s)]
        if sensor.kind == "radar":
            seen += _radar(sensor, times, bodies, (biases or {}).get(sensor.id, Bias()), rng)
        else:
            seen += _infrared(sensor, times, bodies, rng)
    seen.sort(key=lambda observed: observed.detection.received)
    return seen


def _place(sensor: Sensor) -> tuple[Array, Array]:
    latitude, longitude = math.radians(sensor.position.latitude_deg), math.radians(sensor.position.longitude_deg)
    return geodetic_to_ecef(latitude, longitude, sensor.position.height_m), east_north_up(latitude, longitude)


def _received(times: Array, latency: tuple[float, float, float], rng: np.random.Generator) -> Array:
    least, spread, most = latency
    delay = np.minimum(least + np.abs(rng.normal(0.0, spread, len(times))), most)
    return np.asarray(np.round(times + delay, 6))


@dataclass(frozen=True)
class _Returns:
    """Noise-free returns: scan number, body number, and (range, azimuth, elevation, range rate) in m, rad, m/s."""

    scan: NDArray[np.int64]
    body: NDArray[np.int64]
    measured: Array


def _radar_returns(sensor: Sensor, times: Array, bodies: Sequence[Body]) -> _Returns:
    position, axes = _place(sensor)
    limits = sensor.coverage
    scans, numbers, measured = [np.empty(0, int)], [np.empty(0, int)], [np.empty((0, 4))]
    for number, body in enumerate(bodies):
        low, high = np.searchsorted(times, (body.rows[0, 0], body.rows[-1, 0]))
        if low >= high:
            continue
        states = body.at(times[low:high])
        local = (states[:, :3] - position) @ axes.T
        distance = np.linalg.norm(local, axis=1)
        elevation = np.arcsin(local[:, 2] / distance)
        azimuth = np.arctan2(local[:, 0], local[:, 1]) % (2.0 * math.pi)
        rate = np.sum(local * (states[:, 3:] @ axes.T), axis=1) / distance
        visible = (distance <= limits.max_range_m) & (elevation >= math.radians(limits.min_elevation_deg))
        if limits.sector_deg is not None:
            begin, width = _sector(limits.sector_deg)
            visible &= (np.degrees(azimuth) - begin) % 360.0 <= width
        scans.append(np.flatnonzero(visible) + low)
        numbers.append(np.full(int(visible.sum()), number))
        measured.append(np.stack([distance, azimuth, elevation, rate], axis=1)[visible])
    scan = np.concatenate(scans)
    order = np.argsort(scan, kind="stable")
    return _Returns(scan[order], np.concatenate(numbers)[order], np.concatenate(measured)[order])


def _sector(sector_deg: tuple[float, float] | None) -> tuple[float, float]:
    """Where a sector begins and its width, degrees clockwise."""
    if sector_deg is None:
        return 0.0, 360.0
    return sector_deg[0], (sector_deg[1] - sector_deg[0]) % 360.0 or 360.0


@njit(cache=True)
def _groups(
    scan: NDArray[np.int64], measured: Array, range_m: float, angle: float, range_rate_mps: float
) -> NDArray[np.int64]:
    """For each row (sorted by scan) the first row that the radar cannot tell it from, through neighbours."""
    label = np.arange(len(scan))
    begin = 0
    for row in range(len(scan)):
        if scan[row] != scan[begin]:
            begin = row
        for other in range(begin, row):
            if (
                abs(measured[row, 0] - measured[other, 0]) >= range_m
                or abs(measured[row, 3] - measured[other, 3]) >= range_rate_mps
            ):
                continue
            a, b = measured[row], measured[other]
            cosine = math.sin(a[2]) * math.sin(b[2]) + math.cos(a[2]) * math.cos(b[2]) * math.cos(a[1] - b[1])
            if cosine > math.cos(angle) and label[row] != label[other]:
                kept, gone = min(label[row], label[other]), max(label[row], label[other])
                for k in range(begin, row + 1):
                    if label[k] == gone:
                        label[k] = kept
    return label


def _resolved(sensor: Sensor, returns: _Returns, rng: np.random.Generator) -> _Returns:
    """The returns as the radar tells them apart: a group gives one at a random point between its members (weights of
    Dirichlet's distribution), under the number of the body that weighs most."""
    limit = sensor.resolution
    if limit is None or len(returns.scan) == 0:
        return returns
    angle = math.radians(limit.angle_deg)
    label = _groups(returns.scan, returns.measured, limit.range_m, angle, limit.range_rate_mps)
    first, group, count = np.unique(label, return_inverse=True, return_counts=True)
    strength = rng.gamma(2.0, size=len(label))
    weight = strength / np.bincount(group, strength)[group]
    offset = returns.measured - returns.measured[first][group]
    offset[:, 1] = (offset[:, 1] + math.pi) % (2.0 * math.pi) - math.pi
    shift = np.stack([np.bincount(group, weight * column) for column in offset.T], axis=1)
    strongest = np.lexsort((strength, group))[np.cumsum(count) - 1]
    return _Returns(returns.scan[first], returns.body[strongest], returns.measured[first] + shift)


def _radar(
    sensor: Sensor, times: Array, bodies: Sequence[Body], bias: Bias, rng: np.random.Generator
) -> list[Observed]:
    returns = _resolved(sensor, _radar_returns(sensor, times, bodies), rng)
    detected = rng.random(len(returns.scan)) <= sensor.p_detect
    truth = returns.measured[detected]
    origins = [bodies[number].name for number in returns.body[detected]]
    sigma = sensor.sigma
    noise = rng.normal(size=truth.shape)
    distance = truth[:, 0] + bias.range_m + sigma.range_m * noise[:, 0]
    arc = np.cos(truth[:, 2])
    azimuth = np.degrees(truth[:, 1]) + bias.azimuth_deg + sigma.azimuth_deg * noise[:, 1] / arc
    elevation = np.degrees(truth[:, 2]) + bias.elevation_deg + sigma.elevation_deg * noise[:, 2]
    rate = truth[:, 3] + sigma.range_rate_mps * noise[:, 3]

    false_counts = rng.poisson(sensor.false_detections_per_scan, len(times))
    count = int(false_counts.sum())
    begin, width = _sector(sensor.coverage.sector_deg)
    limits = sensor.coverage
    when = np.concatenate([times[returns.scan[detected]], np.repeat(times, false_counts)])
    distance = np.concatenate([distance, limits.max_range_m * rng.uniform(0.05, 1.0, count)])
    azimuth = np.concatenate([azimuth, begin + width * rng.random(count)])
    elevation = np.concatenate([elevation, rng.uniform(limits.min_elevation_deg, CLUTTER_TOP_DEG, count)])
    rate = np.concatenate([rate, rng.normal(0.0, CLUTTER_RANGE_RATE_MPS, count)])
    origins += [CLUTTER] * count
    received = _received(when, RADAR_LATENCY_S, rng)
    columns = (
        when,
        received,
        np.round(distance, 2),
        np.round(azimuth % 360.0, 6) % 360.0,
        np.round(np.clip(elevation, -90.0, 90.0), 6),
        np.round(rate, 3),
    )
    return [
        Observed(RadarDetection(sensor.id, *values), origin)
        for *values, origin in zip(*(column.tolist() for column in columns), origins, strict=True)
    ]


def _infrared(sensor: Sensor, times: Array, bodies: Sequence[Body], rng: np.random.Generator) -> list[Observed]:
    places = _places(sensor, times)
    looks, sources, origins = [np.empty(0, int)], [np.empty((0, 3))], []
    for body in bodies:
        for ignition, burnout in body.burning:
            lit = (times >= max(ignition, body.rows[0, 0])) & (times < min(burnout, body.rows[-1, 0]))
            scan = np.flatnonzero(lit)
            if len(scan) == 0:
                continue
            source = body.at(times[scan])[:, :3]
            above_limb = np.sum(source * (places[scan] - source), axis=1) > 0.0
            seen = (
                (heights_m(source) >= sensor.coverage.min_height_m)
                & above_limb
                & (rng.random(len(scan)) < sensor.p_detect)
            )
            looks.append(scan[seen])
            sources.append(source[seen])
            origins += [body.name] * int(seen.sum())
    false_counts = rng.poisson(sensor.false_detections_per_scan, len(times))
    count = int(false_counts.sum())
    looks.append(np.repeat(np.arange(len(times)), false_counts))
    look = np.concatenate(looks)
    sources.append(_background(sensor, places[looks[-1]], bodies, rng))
    origins += [CLUTTER] * count
    sight = np.concatenate(sources) - places[look]
    sight /= np.linalg.norm(sight, axis=1)[:, None]
    # Two axes across each line of sight, from the Earth's axis or, where the sight nearly runs along it, another.
    along = np.abs(sight[:, 2:]) > 0.99
    first = np.cross(sight, np.where(along, [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]))
    first /= np.linalg.norm(first, axis=1)[:, None]
    noise = rng.normal(0.0, sensor.sigma.line_of_sight_rad, (len(sight), 2))
    sight = sight + noise[:, :1] * first + noise[:, 1:] * np.cross(sight, first)
    sight = np.round(sight / np.linalg.norm(sight, axis=1)[:, None], 9)
    when = times[look]
    received = _received(when, INFRARED_LATENCY_S, rng)
    rows = zip(when.tolist(), received.tolist(), sight.tolist(), origins, strict=True)
    return [
        Observed(InfraredDetection(sensor.id, time, got, (x, y, z)), origin) for time, got, (x, y, z), origin in rows
    ]


def _places(sensor: Sensor, times: Array) -> Array:
    """ECEF positions (n, 3) of an infrared satellite at Unix times."""
    if sensor.two_line_elements is None:
        return np.tile(_place(sensor)[0], (len(times), 1))
    states, good = states_at([record_of(*sensor.two_line_elements)], times)
    if not good.all():
        raise SpecError(f"sensor {sensor.id}: its two-line elements do not reach to the time of the scenario")
    return np.asarray(states[0, :, :3])


def _background(sensor: Sensor, places: Array, bodies: Sequence[Body], rng: np.random.Generator) -> Array:
    """Sources of false infrared detections seen from `places` (n, 3): even over 30° by 50° of the ground around the
    launches or, without any, around the satellite's own meridian at 38° north (below it, where it moves)."""
    sites = [body.site for body in bodies if body.site is not None]
    spread = np.radians(rng.uniform((-15.0, -25.0), (15.0, 25.0), (len(places), 2)))
    longitudes = np.arctan2(places[:, 1], places[:, 0])
    latitudes = np.full(len(places), math.radians(38.0))
    if sensor.two_line_elements is not None:
        latitudes = np.arcsin(places[:, 2] / np.linalg.norm(places, axis=1))
    if sites:
        latitudes[:], longitudes[:] = np.mean(sites, axis=0)
    ground = zip(latitudes + spread[:, 0], longitudes + spread[:, 1], strict=True)
    return np.array([geodetic_to_ecef(latitude, longitude, 0.0) for latitude, longitude in ground]).reshape(-1, 3)
