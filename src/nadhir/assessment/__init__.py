"""Tracks to statements: launches, impacts, orbits, classes, each with its uncertainty."""

from nadhir.assessment.assessor import Assessor
from nadhir.assessment.impact import predict_apogee, predict_fall

__all__ = ["Assessor", "predict_apogee", "predict_fall"]
