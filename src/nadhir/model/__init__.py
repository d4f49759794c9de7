"""Frozen messages that the stages exchange. Imports nothing else of Nadhir."""

from nadhir.model.detections import Detection, InfraredDetection, RadarDetection
from nadhir.model.products import (
    CLASSES,
    AssessmentProduct,
    Ellipse,
    ImpactProduct,
    LaunchProduct,
    Phase,
    Product,
    TrackProduct,
)
from nadhir.model.sensors import Coverage, Position, Resolution, Sensor, Sigma

__all__ = [
    "CLASSES",
    "AssessmentProduct",
    "Coverage",
    "Detection",
    "Ellipse",
    "ImpactProduct",
    "InfraredDetection",
    "LaunchProduct",
    "Phase",
    "Position",
    "Product",
    "RadarDetection",
    "Resolution",
    "Sensor",
    "Sigma",
    "TrackProduct",
]
