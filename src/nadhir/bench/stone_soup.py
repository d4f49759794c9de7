"""The baseline: Stone Soup (Dstl, MIT licence; the extra `judges`), set up as one who knows it would for this scene.

Range rate and gravity with J2 (a motion model of ours: it has straight lines and turns only), one scan of one radar at
a time, detections looked up in a tree, gate, two-dimensional assignment, three detections to begin a track, deletion
after five seconds. Its measurement noise is constant, so the azimuth's is that at the scene's middle elevation. The
filter is an unscented one, or an extended one, which is cheaper but loses many objects: range rate times an unknown
velocity across the line of sight is too crooked for it.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation
from stonesoup.base import Property
from stonesoup.dataassociator.tree import DetectionKDTreeGNN2D
from stonesoup.deleter.time import UpdateTimeDeleter
from stonesoup.hypothesiser.distance import DistanceHypothesiser
from stonesoup.initiator.simple import MultiMeasurementInitiator, SinglePointMeasurementInitiator
from stonesoup.measures import Mahalanobis
from stonesoup.models.base import TimeVariantModel
from stonesoup.models.measurement.nonlinear import CartesianToElevationBearingRangeRate
from stonesoup.models.transition.nonlinear import GaussianTransitionModel
from stonesoup.predictor.kalman import ExtendedKalmanPredictor, UnscentedKalmanPredictor
from stonesoup.tracker.simple import MultiTargetTracker
from stonesoup.types.angle import Bearing, Elevation
from stonesoup.types.array import StateVector
from stonesoup.types.detection import Detection as StoneSoupDetection
from stonesoup.types.state import GaussianState
from stonesoup.types.update import Update
from stonesoup.updater.kalman import ExtendedKalmanUpdater, UnscentedKalmanUpdater

from nadhir.bench.runs import FRESH_S, Run, Second
from nadhir.geo import east_north_up, geodetic_to_ecef
from nadhir.geo.earth import GRAVITATIONAL_PARAMETER, ROTATION_RATE, SEMI_MAJOR_AXIS_M
from nadhir.model import Detection, RadarDetection, Sensor

J2 = 1.08262668e-3
NOISE_M2_PER_S3 = 0.01
"""Spectral density of the acceleration that its motion model leaves out: little, for its gravity is nearly all."""
GATE = 5.0
TREE_DISTANCE = 3000.0
"""In the measurement's own units: so far in range (m), since angles in radians weigh nothing beside it."""
MIDDLE_ELEVATION = math.radians(25.0)
POSITIONS, VELOCITIES = (0, 1, 2), (3, 4, 5)


class Gravity(GaussianTransitionModel, TimeVariantModel):  # type: ignore[misc]
    """Free fall over the turning Earth (central gravity and J2) by one Runge-Kutta step, and its linearisation."""

    noise: float = Property(default=NOISE_M2_PER_S3)

    @property
    def ndim_state(self) -> int:
        return 6

    def function(self, state: Any, noise: Any = False, **kwargs: Any) -> Any:
        x = np.asarray(state.state_vector, dtype=float)
        h = kwargs["time_interval"].total_seconds()
        k1 = _rates(x)
        k2 = _rates(x + 0.5 * h * k1)
        k3 = _rates(x + 0.5 * h * k2)
        k4 = _rates(x + h * k3)
        moved = x + h / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)
        return moved.view(type(state.state_vector))

    def jacobian(self, state: Any, **kwargs: Any) -> NDArray[np.float64]:
        position = np.asarray(state.state_vector, dtype=float)[:3, 0]
        h = kwargs["time_interval"].total_seconds()
        radius = float(np.linalg.norm(position))
        rates = np.zeros((6, 6))
        rates[:3, 3:] = np.eye(3)
        unit = position / radius
        rates[3:, :3] = GRAVITATIONAL_PARAMETER / radius**3 * (3.0 * np.outer(unit, unit) - np.eye(3))
        rates[3, 0] += ROTATION_RATE**2
        rates[4, 1] += ROTATION_RATE**2
        rates[3, 4], rates[4, 3] = 2.0 * ROTATION_RATE, -2.0 * ROTATION_RATE
        return np.asarray(np.eye(6) + h * rates + 0.5 * h * h * rates @ rates)

    def covar(self, **kwargs: Any) -> NDArray[np.float64]:
        h = kwargs["time_interval"].total_seconds()
        block = np.array([[h**3 / 3.0, h**2 / 2.0], [h**2 / 2.0, h]])
        return np.asarray(self.noise * np.kron(block, np.eye(3)))


def _rates(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Rates (6, n) of ECEF states (6, n)."""
    radius = np.sqrt(np.sum(x[:3] ** 2, axis=0))
    flattening = 1.5 * J2 * (SEMI_MAJOR_AXIS_M / radius) ** 2
    s2 = 5.0 * (x[2] / radius) ** 2
    central = -GRAVITATIONAL_PARAMETER / radius**3
    out = np.empty_like(x)
    out[:3] = x[3:]
    out[3] = central * x[0] * (1.0 + flattening * (1.0 - s2)) + ROTATION_RATE * (ROTATION_RATE * x[0] + 2.0 * x[4])
    out[4] = central * x[1] * (1.0 + flattening * (1.0 - s2)) + ROTATION_RATE * (ROTATION_RATE * x[1] - 2.0 * x[3])
    out[5] = central * x[2] * (1.0 + flattening * (3.0 - s2))
    return out


def measurement_model(sensor: Sensor) -> Any:
    """A radar, its axes east, north, up: bearings count from east to north."""
    place = sensor.position
    latitude, longitude = math.radians(place.latitude_deg), math.radians(place.longitude_deg)
    x, y, z = Rotation.from_matrix(east_north_up(latitude, longitude)).as_euler("XYZ")
    sigma = sensor.sigma
    errors = [
        math.radians(sigma.elevation_deg),
        math.radians(sigma.azimuth_deg) / math.cos(MIDDLE_ELEVATION),
        sigma.range_m,
        sigma.range_rate_mps,
    ]
    return CartesianToElevationBearingRangeRate(
        ndim_state=6,
        mapping=POSITIONS,
        velocity_mapping=VELOCITIES,
        noise_covar=np.diag(np.square(errors)),
        translation_offset=StateVector(geodetic_to_ecef(latitude, longitude, place.height_m)),
        rotation_offset=StateVector([-x, y, -z]),
    )


def measurement(detection: RadarDetection, model: Any) -> Any:
    """A detection in Stone Soup's terms."""
    return StoneSoupDetection(
        StateVector(
            [
                Elevation(math.radians(detection.elevation_deg)),
                Bearing(0.5 * math.pi - math.radians(detection.azimuth_deg)),
                detection.range_m,
                detection.range_rate_mps,
            ]
        ),
        timestamp=datetime.fromtimestamp(detection.time, UTC),
        measurement_model=model,
    )


def make_tracker(unscented: bool) -> Any:
    """All its parts put together."""
    predictor = (UnscentedKalmanPredictor if unscented else ExtendedKalmanPredictor)(Gravity())
    updater = (UnscentedKalmanUpdater if unscented else ExtendedKalmanUpdater)(force_symmetric_covariance=True)
    hypothesiser = DistanceHypothesiser(predictor, updater, Mahalanobis(), missed_distance=GATE)
    associator = DetectionKDTreeGNN2D(hypothesiser, predictor, updater, max_distance=TREE_DISTANCE)
    deleter = UpdateTimeDeleter(timedelta(seconds=5))
    prior = GaussianState(np.zeros((6, 1)), np.diag([1e4**2] * 3 + [5e3**2] * 3))
    initiator = MultiMeasurementInitiator(
        prior_state=None,
        deleter=deleter,
        data_associator=associator,
        updater=updater,
        min_points=3,
        initiator=SinglePointMeasurementInitiator(prior, updater=updater),
    )
    return MultiTargetTracker(initiator, deleter, None, associator, updater)


def run(seconds: Iterable[tuple[float, list[Detection]]], sensors: list[Sensor], unscented: bool) -> Run:
    """Each scan of each radar through the tracker, once all of it has come."""
    models = {sensor.id: measurement_model(sensor) for sensor in sensors}
    tracker = make_tracker(unscented)
    held: list[Detection] = []
    for now, detections in seconds:
        begin = time.process_time()
        held += detections
        ready = [d for d in held if d.time < now - 1.0]
        held = [d for d in held if d.time >= now - 1.0]
        for scan in _scans(ready):
            given = {measurement(d, models[d.sensor]) for d in scan if isinstance(d, RadarDetection)}
            tracker.update_tracker(datetime.fromtimestamp(scan[0].time, UTC), given)
        cost_s = time.process_time() - begin
        yield Second(now, len(ready), cost_s), _fresh(tracker.tracks, now)


def _scans(detections: list[Detection]) -> Iterator[list[Detection]]:
    ordered = sorted(detections, key=lambda d: (d.time, d.sensor))
    for _, scan in groupby(ordered, key=lambda d: (d.time, d.sensor)):
        yield list(scan)


def _fresh(tracks: Iterable[Any], now: float) -> NDArray[np.float64]:
    rows = []
    for track in tracks:
        updated = next((s.timestamp.timestamp() for s in reversed(track.states) if isinstance(s, Update)), -math.inf)
        if updated > now - 1.0 - FRESH_S:
            state = track.state
            rows.append([state.timestamp.timestamp(), *np.asarray(state.state_vector, dtype=float).ravel()])
    return np.array(rows).reshape(-1, 7)
