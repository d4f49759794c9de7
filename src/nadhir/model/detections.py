"""Detections: what a sensor measured, in the sensor's own frame (replay formats, version 1)."""

from __future__ import annotations

import msgspec


class RadarDetection(msgspec.Struct, frozen=True):
    """Range, azimuth clockwise from true north, elevation above the local horizontal, range rate positive outward.

    `time` is when it was measured and `received` when the node got it, both Unix seconds.
    """

    sensor: str
    time: float
    received: float
    range_m: float
    azimuth_deg: float
    elevation_deg: float
    range_rate_mps: float


class InfraredDetection(msgspec.Struct, frozen=True):
    """An ECEF unit vector from the sensor to the source; times as for `RadarDetection`."""

    sensor: str
    time: float
    received: float
    line_of_sight: tuple[float, float, float]


Detection = RadarDetection | InfraredDetection
