"""Exercises: simulated flights and sensors, real flights from telemetry, scoring and calibration."""
