"""Looks of satellites that are of no launch, though each satellite's own would pass for one."""

from __future__ import annotations

import math

import msgspec
import numpy as np
import pytest

from nadhir.geo import geodetic_to_ecef
from nadhir.model import Coverage, InfraredDetection, LaunchEstimate, Position, Sensor, Sigma
from nadhir.tracks import Tracker

START = 1772323200.0
SATELLITES = [
    Sensor(
        id=name,
        owner="USA",
        kind="infrared",
        position=Position(0.0, longitude_deg, 35786e3),
        period_s=2.0,
        sigma=Sigma(line_of_sight_rad=6e-5),
        coverage=Coverage(min_height_m=9e3),
        p_detect=0.97,
        false_detections_per_scan=0.02,
    )
    for name, longitude_deg in (("IR-W", 95.0), ("IR-E", 168.0))
]


def looks_of(height_m: float, climb: float, silent: str | None = None) -> list[InfraredDetection]:
    """What both satellites, but a silent one, see of something bright that goes up and to the east."""
    rng = np.random.default_rng(1)
    looks = []
    for count in range(9):
        for lag, satellite in enumerate(SATELLITES):
            since = 2.0 * count + 0.8 * lag
            place = geodetic_to_ecef(
                math.radians(40.0), math.radians(127.0 + 0.01 * since), height_m + since * (climb + 6.0 * since)
            )
            position = satellite.position
            origin = geodetic_to_ecef(0.0, math.radians(position.longitude_deg), position.height_m)
            line = (place - origin) / np.linalg.norm(place - origin) + rng.normal(0.0, 6e-5, 3)
            x, y, z = (line / np.linalg.norm(line)).tolist()
            if satellite.id != silent:
                time = START + since
                looks.append(InfraredDetection(satellite.id, time, time + 0.3, (x, y, z)))
    return looks


def launches(tracker: Tracker, height_m: float, climb: float, silent: str | None = None) -> set[str]:
    """Events reported while they look."""
    looks = looks_of(height_m, climb, silent)
    messages = [message for look in looks for message in tracker.receive(look)]
    messages += [message for second in range(20, 30) for message in tracker.tick(START + second)]
    return {m.event for m in messages if isinstance(m, LaunchEstimate) and not m.withdrawn}


def test_what_leaves_the_clouds_before_both_satellites_is_one_launch() -> None:
    assert len(launches(Tracker(SATELLITES), height_m=9.5e3, climb=300.0)) == 1


def test_what_one_satellite_sees_and_another_at_work_does_not_is_no_launch() -> None:
    """Far above the clouds: where each satellite takes it to be just out of them, the other one sees nothing."""
    assert not launches(Tracker(SATELLITES), height_m=200e3, climb=900.0)


def test_a_satellite_that_sees_nothing_at_all_has_no_say() -> None:
    assert len(launches(Tracker(SATELLITES), height_m=9.5e3, climb=300.0, silent="IR-E")) == 1


def test_a_look_that_comes_late_places_its_launch_and_begins_none() -> None:
    looks = looks_of(9.5e3, 300.0)
    late = [msgspec.structs.replace(look, received=look.time + 12.0) for look in looks[4:10:2]]
    on_time = [look for number, look in enumerate(looks) if number not in (4, 6, 8)]
    tracker = Tracker(SATELLITES)
    messages = [m for look in sorted(on_time + late, key=lambda look: look.received) for m in tracker.receive(look)]
    messages += [m for second in range(20, 30) for m in tracker.tick(START + second)]
    assert len({m.event for m in messages if isinstance(m, LaunchEstimate)}) == 1
    assert (tracker.used, tracker.unused_late) == (len(looks), 0)
    x, y, z = looks[9].line_of_sight
    elsewhere = InfraredDetection("IR-E", START + 15.0, START + 31.0, (x, z, y))
    tracker.receive(elsewhere)
    assert not [m for second in range(32, 40) for m in tracker.tick(START + second) if isinstance(m, LaunchEstimate)]
    assert (tracker.used, tracker.unused_late) == (len(looks), 1)


def climbs(seed: int, at_s: float, latitude_deg: float, longitude_deg: float) -> list[InfraredDetection]:
    """What both satellites see for 24 s of something that leaves the clouds at a time and place."""
    rng = np.random.default_rng(seed)
    looks = []
    for number, satellite in enumerate(SATELLITES):
        origin = geodetic_to_ecef(0.0, math.radians(satellite.position.longitude_deg), satellite.position.height_m)
        for seen in np.arange(at_s + 0.8 * number, at_s + 24.0, satellite.period_s):
            since = seen - at_s
            place = geodetic_to_ecef(
                math.radians(latitude_deg + 0.006 * since),
                math.radians(longitude_deg + 0.004 * since),
                9.5e3 + since * (300.0 + 7.0 * since),
            )
            line = (place - origin) / np.linalg.norm(place - origin) + rng.normal(0.0, 6e-5, 3)
            x, y, z = (line / np.linalg.norm(line)).tolist()
            looks.append(InfraredDetection(satellite.id, START + seen, START + seen + 0.3, (x, y, z)))
    return looks


@pytest.mark.parametrize(("north_deg", "east_deg"), [(0.3, 0.3), (0.0, 0.0)])
def test_what_has_burned_out_takes_no_looks_of_what_is_launched_later(north_deg: float, east_deg: float) -> None:
    """No radar has seen it since: it may be anywhere. But where something was launched more is to be expected."""
    for seed in range(5):
        looks = climbs(seed, 0.0, 40.0, 127.0) + climbs(seed + 50, 60.0, 40.0 + north_deg, 127.0 + east_deg)
        tracker = Tracker(SATELLITES)
        messages = []
        for second in range(100):
            for look in looks:
                if second - 1 <= look.received - START < second:
                    messages += tracker.receive(look)
            messages += tracker.tick(START + second)
        assert len({m.event for m in messages if isinstance(m, LaunchEstimate) and not m.withdrawn}) == 2


def test_who_rises_beside_another_is_placed_less_surely() -> None:
    """Some of its looks may be the other one's."""

    def widest_m2(looks: list[InfraredDetection]) -> float:
        tracker, newest = Tracker(SATELLITES), dict[str, LaunchEstimate]()
        for second in range(50):
            due = [look for look in looks if second - 1 <= look.received - START < second]
            messages = [m for look in sorted(due, key=lambda look: look.received) for m in tracker.receive(look)]
            messages += tracker.tick(START + second)
            newest |= {m.event: m for m in messages if isinstance(m, LaunchEstimate) and not m.withdrawn}
        return max(float(np.trace(launch.covariance[:2, :2])) for launch in newest.values())

    first, second = climbs(1, 0.0, 40.0, 127.0), climbs(2, 8.0, 40.0, 127.0)
    far = climbs(2, 8.0, 36.0, 120.0)
    assert widest_m2(first + second) > 1.2 * widest_m2(first + far)
