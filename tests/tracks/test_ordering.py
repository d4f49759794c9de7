"""Scans in the order of their measurement, and how late each sensor usually is."""

from __future__ import annotations

import random
from itertools import pairwise
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from nadhir.model import Detection, RadarDetection, Sensor
from nadhir.sensors import read_sensors
from nadhir.tracks.ordering import LONGEST_WAIT_S, Delays, Scan, ScanOrder

SENSORS = {sensor.id: sensor for sensor in read_sensors(Path(__file__).parents[2] / "examples" / "toward-land")}
NEAR, FAR = SENSORS["JPN-SHIP-1"], SENSORS["KOR-GR-1"]


def seen(sensor: Sensor, time: float, received: float) -> Detection:
    return RadarDetection(sensor.id, time, received, 5e5, 10.0, 20.0, 1000.0)


def scans_of(arrivals: list[tuple[Sensor, float, float]], until: float) -> list[tuple[float, Scan]]:
    """Scans as they come out (when, which), of detections (sensor, time, received), with a tick each 0.1 s."""
    order = ScanOrder(Delays())
    waiting = sorted(arrivals, key=lambda arrival: arrival[2])
    out, now = [], 0.0
    while now < until:
        while waiting and waiting[0][2] <= now:
            sensor, time, received = waiting.pop(0)
            out += [(received, scan) for scan in order.due(received)]
            order.add(seen(sensor, time, received), sensor, received)
        out += [(now, scan) for scan in order.due(now)]
        now += 0.1
    assert not order
    return out


@given(st.integers(0, 1000), st.floats(0.3, 4.0), st.floats(0.0, 1.0))
def test_nothing_is_lost_or_doubled(seed: int, late_s: float, jitter: float) -> None:
    rng = random.Random(seed)
    arrivals = [(NEAR, float(t), t + 0.2) for t in range(40)]
    arrivals += [(FAR, t + 0.5, t + 0.5 + late_s * (1.0 - jitter * rng.random())) for t in range(40)]
    out = scans_of(arrivals, 60.0)
    assert sorted((scan.sensor.id, scan.time) for _, scan in out) == sorted((s.id, t) for s, t, _ in arrivals)


def test_a_punctual_sensor_waits_for_nobody() -> None:
    arrivals = [(s, t + offset, t + offset + 0.2) for t in range(30) for s, offset in ((NEAR, 0.0), (FAR, 0.5))]
    assert max(when - scan.time for when, scan in scans_of(arrivals, 40.0)) < 0.6


def test_scans_of_a_slow_line_come_in_order_once_its_delay_is_known() -> None:
    rng = random.Random(4)
    arrivals = [(NEAR, float(t), t + 0.2) for t in range(80)]
    arrivals += [(FAR, t + 0.5, t + 0.5 + rng.uniform(1.0, 4.0)) for t in range(80)]
    times = [scan.time for _, scan in scans_of(arrivals, 100.0) if scan.time > 25.0]
    backward_s = [before - after for before, after in pairwise(times) if before > after]
    assert max(backward_s, default=0.0) <= 0.5
    assert len(backward_s) < 0.1 * len(times)


def test_who_is_much_too_late_is_not_waited_for() -> None:
    arrivals = [(NEAR, float(t), t + 0.2) for t in range(80)]
    arrivals += [(FAR, t + 0.5, t + 0.7 + 2.0 * LONGEST_WAIT_S) for t in range(60)]
    assert max(when - scan.time for when, scan in scans_of(arrivals, 90.0) if scan.sensor is NEAR) < 0.6


def test_two_detections_of_a_scan_that_overtook_its_successor_stay_together() -> None:
    order = ScanOrder(Delays())
    order.add(seen(NEAR, 11.0, 12.0), NEAR, 12.0)
    order.add(seen(NEAR, 10.0, 12.1), NEAR, 12.1)
    assert not [scan for scan in order.due(12.15) if scan.time == 10.0]
    order.add(seen(NEAR, 10.0, 12.15), NEAR, 12.15)
    assert [len(scan.detections) for scan in order.due(13.0)] == [2, 1]
