"""Compile the kernels, or load them from the cache, before a node says that it is ready: by a flight made for that."""

from __future__ import annotations

import gzip
from importlib import resources

import msgspec

from nadhir.alerts import Alerts, default_rules
from nadhir.geo.areas import default_areas
from nadhir.model import Sensor
from nadhir.node.pipeline import Pipeline
from nadhir.sensors import Intake, Rejection


class _Flight(msgspec.Struct):
    sensors: list[Sensor]
    lines: list[str]


def warm() -> None:
    """Run a flight of two minutes through every stage. Takes a second; a minute where nothing is compiled yet."""
    packed = resources.files("nadhir.node").joinpath("warm.json.gz").read_bytes()
    flight = msgspec.json.decode(gzip.decompress(packed), type=_Flight)
    intake = Intake(flight.sensors)
    pipeline = Pipeline(flight.sensors, Alerts(default_areas(), default_rules()))
    second = 0.0
    for line in flight.lines:
        detection = intake.accept(line.encode())
        assert not isinstance(detection, Rejection)
        second = second or detection.received
        while second < detection.received:
            pipeline.tick(second)
            second += 1.0
        pipeline.receive(detection, detection.received)
