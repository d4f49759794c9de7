"""Frozen messages that the stages exchange. Imports nothing else of Nadhir."""

from nadhir.model.detections import Detection, InfraredDetection, RadarDetection
from nadhir.model.explanations import AreaNumbers, Explanation, ObjectNumbers
from nadhir.model.products import (
    CLASSES,
    AssessmentProduct,
    Ellipse,
    ImpactProduct,
    LaunchProduct,
    Parting,
    Phase,
    Product,
    TrackProduct,
)
from nadhir.model.records import SCHEMA, Body, InfraredRecord, Label, RadarRecord, Record, RecordKind, Release
from nadhir.model.sensors import Coverage, Position, Resolution, Sensor, Sigma
from nadhir.model.tracks import Component, LaunchEstimate, ObjectState, Role, TrackMessage
from nadhir.model.warnings import AreaWarning, EndReason, Hazard, Mode, WarningProduct, WarningStatus

__all__ = [
    "CLASSES",
    "SCHEMA",
    "AreaNumbers",
    "AreaWarning",
    "AssessmentProduct",
    "Body",
    "Component",
    "Coverage",
    "Detection",
    "Ellipse",
    "EndReason",
    "Explanation",
    "Hazard",
    "ImpactProduct",
    "InfraredDetection",
    "InfraredRecord",
    "Label",
    "LaunchEstimate",
    "LaunchProduct",
    "Mode",
    "ObjectNumbers",
    "ObjectState",
    "Parting",
    "Phase",
    "Position",
    "Product",
    "RadarDetection",
    "RadarRecord",
    "Record",
    "RecordKind",
    "Release",
    "Resolution",
    "Role",
    "Sensor",
    "Sigma",
    "TrackMessage",
    "TrackProduct",
    "WarningProduct",
    "WarningStatus",
]
