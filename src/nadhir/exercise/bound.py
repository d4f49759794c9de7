"""The Cramér-Rao bound of a predicted impact: what coasting radar detections can tell at best.

Van Trees, Detection, Estimation and Modulation Theory I (1968), 2.4.3: for unbiased estimates the covariance is at
least the inverse of the information. The parameters are position, velocity and the logarithm of the ballistic
coefficient just after burnout; each unbiased detection with Gaussian errors adds HᵀR⁻¹H.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nadhir.exercise.score_input import Case, States, TrueBody
from nadhir.geo import east_north_up, fall, geodetic_to_ecef, propagate
from nadhir.model import RadarDetection, Sensor

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]

MILESTONES_S = (5, 10, 20, 30, 60, 120, 300)
LOG_BALLISTIC_COEFFICIENT_SIGMA = 0.7
SEPARATION_S = 1.0
"""The first whole second of the truth this long after burnout is where counting begins: before it a radar hardly tells
payload and spent stage apart. The `bound_km` of the public scenarios agrees with it to about one percent."""
_PERTURBATION = np.array([10.0, 10.0, 10.0, 0.01, 0.01, 0.01, 0.01])


def impact_bound_km(
    states: States,
    burnout: float,
    ballistic_coefficient: float,
    detections: Sequence[RadarDetection],
    sensors: Sequence[Sensor],
) -> dict[int, float]:
    """Root-mean-square bound (km) of the horizontal impact error at so many seconds after burnout.

    `states` (n, 7) are those of the body, `detections` those that it gave: their sensors and times count, of those
    measured after its separation (`SEPARATION_S`) and received by the milestone. `ballistic_coefficient` in kg/m². A
    milestone whose detections do not fix the state has no entry; neither has a body that does not come down.
    """
    first = int(np.searchsorted(states[:, 0], burnout + SEPARATION_S))
    if first >= len(states):
        return {}
    now = float(states[first, 0])
    flights = _perturbed(np.append(states[first, 1:], math.log(ballistic_coefficient)))
    falls = [fall(flight[:6], flight[6]) for flight in flights]
    if not all(down for down, *_ in falls):
        return {}
    impact_by_parameters = _differences(np.array([state[:3] for _, _, state, _ in falls]))
    stations = {sensor.id: _Station(sensor) for sensor in sensors if sensor.kind == "radar"}
    last = min(now + falls[0][1], burnout + MILESTONES_S[-1])
    used = sorted((d for d in detections if now < d.time < last), key=lambda detection: detection.time)
    additions: list[tuple[float, Matrix]] = []
    for detection in used:
        for flight in flights:
            flight[:6] = propagate(flight[:6], flight[6], detection.time - now, 1.0)
        now = detection.time
        additions.append((detection.received, stations[detection.sensor].information(flights)))
    bounds = {}
    for milestone in MILESTONES_S:
        information = np.zeros((7, 7))
        information[6, 6] = LOG_BALLISTIC_COEFFICIENT_SIGMA**-2
        for received, addition in additions:
            if received <= burnout + milestone:
                information += addition
        # Scaled to a unit diagonal, so that the rank does not depend on the units.
        scale = np.sqrt(np.diag(information))
        if np.any(scale == 0.0):
            continue
        scaled = information / np.outer(scale, scale)
        if np.linalg.cond(scaled) > 1e12:
            continue
        mapped = impact_by_parameters / scale
        bounds[milestone] = math.sqrt(np.trace(mapped @ np.linalg.solve(scaled, mapped.T))) / 1e3
    return bounds


def payload_bounds_km(case: Case) -> dict[str, dict[int, float]]:
    """The bound of each payload of a case that came down: the one its truth carries, or else computed here."""
    return {body.object: body.bound_km or _bound_of(case, body) for body in case.payloads if body.impact}


def _bound_of(case: Case, body: TrueBody) -> dict[int, float]:
    if body.ballistic_coefficient is None:
        return {}
    detections = case.radar_detections(body.object)
    return impact_bound_km(case.states[body.object], body.burnout, body.ballistic_coefficient, detections, case.sensors)


def _perturbed(parameters: Vector) -> Matrix:
    """The parameters (7,) themselves, then each one raised and lowered (15, 7)."""
    steps = np.diag(_PERTURBATION)
    return np.concatenate([parameters[None], parameters + steps, parameters - steps])


def _differences(values: Matrix) -> Matrix:
    """Central differences (m, 7) of `values` (15, m) at the perturbed parameters."""
    return ((values[1:8] - values[8:15]) / (2.0 * _PERTURBATION[:, None])).T


class _Station:
    """A radar's place and errors, ready for computing."""

    def __init__(self, sensor: Sensor) -> None:
        place, sigma = sensor.position, sensor.sigma
        latitude, longitude = math.radians(place.latitude_deg), math.radians(place.longitude_deg)
        self._position = geodetic_to_ecef(latitude, longitude, place.height_m)
        self._local = east_north_up(latitude, longitude)
        self._sigma = np.array(
            [sigma.range_m, math.radians(sigma.azimuth_deg), math.radians(sigma.elevation_deg), sigma.range_rate_mps]
        )

    def information(self, flights: Matrix) -> Matrix:
        """Information (7, 7) of one detection of the first of the perturbed `flights` (15, 7)."""
        offset = (flights[:, :3] - self._position) @ self._local.T
        velocity = flights[:, 3:6] @ self._local.T
        distance = np.linalg.norm(offset, axis=1)
        # Azimuth as an arc about the true direction: no wrap at north, and the sigma of the format as it is.
        direction = offset[0] / distance[0]
        horizontal = math.hypot(direction[0], direction[1])
        across = np.array([direction[1], -direction[0], 0.0]) / horizontal
        arc = np.arctan2(offset @ across, distance)
        elevation = np.arcsin(offset[:, 2] / distance)
        rate = np.sum(offset * velocity, axis=1) / distance
        jacobian = _differences(np.stack([distance, arc, elevation, rate], axis=1)) / self._sigma[:, None]
        return np.asarray(jacobian.T @ jacobian)
