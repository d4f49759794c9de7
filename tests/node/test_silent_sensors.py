"""A node that hears nothing of one of its radars says so beside every warning."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from msgspec.structs import replace

from nadhir.alerts import default_rules
from nadhir.geo.areas import default_areas
from nadhir.model import Ellipse, Label, LaunchProduct, Record, Release, WarningProduct
from nadhir.node.core import Core, Step
from nadhir.node.feed import own_lines
from nadhir.sensors import read_sensors

EXAMPLE = Path(__file__).parents[2] / "examples" / "toward-land"
SITE = (40.86, 129.67)


def a_launch(event: str, now: float) -> Release:
    """What a partner with satellites releases."""
    product = LaunchProduct(event, now, "report", now - 30.0, 1.0, *SITE, Ellipse(3e3, 3e3, 0.0), ["one", "two"])
    record = Record(f"record-{event}", "launch", "USA", "exercise", now, now, Label(), product, event, "KP", None)
    return Release(1, "USA", "KOR", "exercise", 1, now, (record,))


def warned(steps: list[Step]) -> list[WarningProduct]:
    return [item.product for step in steps for item in step.news if isinstance(item.product, WarningProduct)]


@pytest.mark.parametrize(("after_s", "silent"), [(0.0, False), (600.0, True)])
def test_a_radar_that_owes_lines_stands_beside_the_next_statement(after_s: float, silent: bool) -> None:
    own = [sensor for sensor in read_sensors(EXAMPLE) if sensor.owner == "KOR"]
    busy = [replace(sensor, false_detections_per_scan=0.5) for sensor in own]
    core = Core("KOR", "exercise", busy, default_areas(), default_rules(), bytes(32))
    radar, at, line = next(
        (sensor.id, at, line)
        for at, line in own_lines(EXAMPLE, "KOR")
        for sensor in own
        if sensor.kind == "radar" and sensor.id.encode() in line
    )
    core.line(line, at)
    second = math.floor(at) + 1.0 + after_s
    assert core.is_silent(radar, second) == silent
    core.release(a_launch("first", second), second)
    said = warned([core.tick(second + k) for k in range(20)])
    assert said[0].status == "pre-alert"
    assert all(warning.unseen == ([radar] if silent else []) for warning in said)
