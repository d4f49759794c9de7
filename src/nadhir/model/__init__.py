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
from nadhir.model.tracks import Component, LaunchEstimate, ObjectState, Role, TrackMessage

__all__ = [
    "CLASSES",
    "AssessmentProduct",
    "Component",
    "Coverage",
    "Detection",
    "Ellipse",
    "ImpactProduct",
    "InfraredDetection",
    "LaunchEstimate",
    "LaunchProduct",
    "ObjectState",
    "Phase",
    "Position",
    "Product",
    "RadarDetection",
    "Resolution",
    "Role",
    "Sensor",
    "Sigma",
    "TrackMessage",
    "TrackProduct",
]
