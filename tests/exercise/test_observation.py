"""Sensors of the simulator: noise, bias, coverage, resolution, false detections."""

import dataclasses
import math

import msgspec
import numpy as np
import pytest

from nadhir.exercise.classes import draw_flight
from nadhir.exercise.flights import Body, fly
from nadhir.exercise.observation import CLUTTER, Bias, observe
from nadhir.exercise.spec import LaunchSpec, OutageSpec
from nadhir.geo.earth import east_north_up, geodetic_to_ecef
from nadhir.geo.two_line_elements import record_of, states_at
from nadhir.model import Coverage, Position, RadarDetection, Resolution, Sensor, Sigma

RADAR = Sensor(
    id="r",
    owner="JPN",
    kind="radar",
    position=Position(38.8, 136.0, 20.0),
    period_s=1.0,
    sigma=Sigma(range_m=30.0, azimuth_deg=0.05, elevation_deg=0.04, range_rate_mps=0.8),
    coverage=Coverage(max_range_m=2000e3, min_elevation_deg=2.0),
    p_detect=0.9,
    false_detections_per_scan=0.0,
)
INFRARED = Sensor(
    id="i",
    owner="USA",
    kind="infrared",
    position=Position(0.0, 120.0, 35786e3),
    period_s=2.0,
    sigma=Sigma(line_of_sight_rad=6e-5),
    coverage=Coverage(min_height_m=9000.0),
    p_detect=1.0,
    false_detections_per_scan=0.0,
)


@pytest.fixture(scope="module")
def bodies() -> list[Body]:
    return fly(draw_flight(LaunchSpec("MRBM", style="lofted", stages=1), np.random.default_rng(5), time=1000.0))


def measured(sensor: Sensor, body: Body, time: float) -> np.ndarray:
    """Range, azimuth, elevation (degrees), range rate without errors."""
    place = (math.radians(sensor.position.latitude_deg), math.radians(sensor.position.longitude_deg))
    state = body.at(np.array([time]))[0]
    line = state[:3] - geodetic_to_ecef(*place, sensor.position.height_m)
    east, north, up = east_north_up(*place) @ line
    distance = np.linalg.norm(line)
    azimuth = math.degrees(math.atan2(east, north)) % 360.0
    return np.array([distance, azimuth, math.degrees(math.asin(up / distance)), line @ state[3:] / distance])


def errors(sensor: Sensor, body: Body, seen: list) -> np.ndarray:
    rows = []
    for one in seen:
        d = one.detection
        truth = measured(sensor, body, d.time)
        error = np.array([d.range_m, d.azimuth_deg, d.elevation_deg, d.range_rate_mps]) - truth
        error[1] = ((error[1] + 180.0) % 360.0 - 180.0) * math.cos(math.radians(truth[2]))
        rows.append(error)
    return np.array(rows)


def test_radar_errors_have_the_stated_spread_and_bias(bodies: list[Body]) -> None:
    payload = bodies[0]
    bias = Bias(range_m=50.0, azimuth_deg=0.0, elevation_deg=-0.03)
    seen = observe([payload], [RADAR], np.random.default_rng(1), 1000.0, float(payload.rows[-1, 0]), {"r": bias})
    error = errors(RADAR, payload, seen)
    sigma = np.array([30.0, 0.05, 0.04, 0.8])
    assert len(error) > 200
    assert np.std(error, axis=0) / sigma == pytest.approx(np.ones(4), abs=0.15)
    assert np.mean(error, axis=0) / sigma == pytest.approx([50 / 30, 0, -0.75, 0], abs=0.25)


def test_detections_come_in_order_of_receipt_and_each_scan_shares_its_time(bodies: list[Body]) -> None:
    seen = observe(bodies, [RADAR, INFRARED], np.random.default_rng(1), 1000.0, 1400.0)
    received = [one.detection.received for one in seen]
    assert received == sorted(received)
    for one in seen:
        delay = one.detection.received - one.detection.time
        low, high = (0.15, 0.35) if isinstance(one.detection, RadarDetection) else (0.8, 1.2)
        assert low - 1e-5 <= delay <= high + 1e-5
    phases = {round(one.detection.time % 1.0, 4) for one in seen if isinstance(one.detection, RadarDetection)}
    assert len(phases) == 1


def test_horizon_range_sector_and_outage(bodies: list[Body]) -> None:
    coverage = Coverage(max_range_m=900e3, min_elevation_deg=10.0, sector_deg=(280.0, 30.0))
    radar = msgspec.structs.replace(RADAR, coverage=coverage, sigma=Sigma(), p_detect=1.0)
    outage = OutageSpec("r", 200.0, 260.0)
    seen = observe(bodies, [radar], np.random.default_rng(1), 1000.0, 1700.0, outages=[outage])
    assert seen
    for one in seen:
        d = one.detection
        assert d.range_m <= 900e3 + 1
        assert d.elevation_deg >= 10.0 - 1e-6
        assert (d.azimuth_deg - 280.0) % 360.0 <= 110.0 + 1e-6
        assert not 1200.0 <= d.time < 1260.0


def test_objects_that_cannot_be_told_apart_give_one_detection(bodies: list[Body]) -> None:
    resolution = Resolution(range_m=60.0, angle_deg=1.0, range_rate_mps=5.0)
    radar = msgspec.structs.replace(RADAR, sigma=Sigma(), p_detect=1.0, resolution=resolution)
    seen = observe(bodies, [radar], np.random.default_rng(1), 1000.0, float(bodies[0].rows[-1, 0]))
    both = {body.name: body for body in bodies}
    merged = apart = 0
    for time in sorted({one.detection.time for one in seen}):
        if not all(body.rows[0, 0] < time < body.rows[-1, 0] for body in bodies):
            continue
        scan = [one for one in seen if one.detection.time == time]
        first, second = (measured(radar, both[body.name], time) for body in bodies)
        close = abs(first[0] - second[0]) < 60.0 and abs(first[3] - second[3]) < 5.0
        if close:
            merged += 1
            assert len(scan) == 1
            low, high = sorted((first[0], second[0]))
            assert low - 0.1 <= scan[0].detection.range_m <= high + 0.1
        elif min(first[2], second[2]) > 2.1:
            apart += 1
            assert len(scan) == 2
    assert merged > 3
    assert apart > 50


def test_infrared_sees_what_burns_above_the_clouds(bodies: list[Body]) -> None:
    seen = observe(bodies, [INFRARED], np.random.default_rng(1), 1000.0, 1700.0)
    ignition, burnout = bodies[0].burning[0]
    place = geodetic_to_ecef(0.0, math.radians(120.0), 35786e3)
    angles = []
    for one in seen:
        assert one.origin == bodies[0].name
        assert ignition < one.detection.time < burnout
        line = bodies[0].at(np.array([one.detection.time]))[0, :3] - place
        across = np.cross(line / np.linalg.norm(line), one.detection.line_of_sight)
        angles.append(np.linalg.norm(across))
    assert 20 < len(seen) < 60
    assert np.sqrt(np.mean(np.square(angles))) == pytest.approx(math.sqrt(2) * 6e-5, rel=0.25)


def test_false_detections_are_even_over_the_coverage() -> None:
    radar = msgspec.structs.replace(RADAR, false_detections_per_scan=2.0)
    seen = observe([], [radar], np.random.default_rng(1), 0.0, 600.0)
    assert {one.origin for one in seen} == {CLUTTER}
    assert len(seen) == pytest.approx(1200, abs=120)
    ranges = np.array([one.detection.range_m for one in seen])
    assert np.histogram(ranges, bins=4, range=(100e3, 2000e3))[0] == pytest.approx(np.full(4, len(seen) / 4), rel=0.2)


def test_an_infrared_satellite_moves_by_its_two_line_elements(bodies: list[Body]) -> None:
    # An invented orbit, high and inclined; the flight is set to its epoch.
    lines = (
        "1 99001U 64063A   26060.00000000  .00000000  00000-0  00000-0 0  9992",
        "2 99001  63.0000  60.0000 6800000 270.0000 140.0000  2.00000000    06",
    )
    moving = msgspec.structs.replace(INFRARED, two_line_elements=lines)
    start = 1772323200.0
    rows = bodies[0].rows.copy()
    rows[:, 0] += start - rows[0, 0]
    burning = tuple((a + start - bodies[0].rows[0, 0], b + start - bodies[0].rows[0, 0]) for a, b in bodies[0].burning)
    body = dataclasses.replace(bodies[0], rows=rows, burning=burning)
    seen = observe([body], [moving], np.random.default_rng(1), start, start + 200.0)
    assert len(seen) > 20
    times = np.array([one.detection.time for one in seen])
    places = states_at([record_of(*lines)], times)[0][0]
    sights = np.array([one.detection.line_of_sight for one in seen])
    true = body.at(times)[:, :3] - places[:, :3]
    true /= np.linalg.norm(true, axis=1)[:, None]
    assert np.linalg.norm(sights - true, axis=1).max() < 5.0 * 6e-5
    assert np.linalg.norm(places[-1, :3] - places[0, :3]) > 30e3


def test_phases_keep_a_sensor_on_its_grid_over_pieces(bodies: list[Body]) -> None:
    rng = np.random.default_rng(2)
    pieces = [observe(bodies, [RADAR], rng, start, start + 20.0, phases={"r": 0.25}) for start in (1100.0, 1120.0)]
    times = sorted({one.detection.time for piece in pieces for one in piece})
    assert np.all(np.diff(times) % 1.0 == pytest.approx(0.0, abs=1e-6))
    assert times[0] % 1.0 == pytest.approx(0.25)
