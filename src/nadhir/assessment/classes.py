"""What an object is: probabilities of generic classes from energy, burn time, staging and what it does.

The classes are those of published ranges (1,000, 3,000 and 5,500 km at the best angle). A vehicle's best range comes
from its energy at burnout: the longest free flight that its speed there allows, with the gravity losses of a steeper
climb given back. No more about a vehicle than that.
"""

from __future__ import annotations

import math

import numpy as np

from nadhir.geo.earth import GRAVITATIONAL_PARAMETER, Vector
from nadhir.model import CLASSES

EARTH_RADIUS_M = 6371e3
RANGE_SIGMA = 0.12
"""One sigma of ln(best range): what energy alone does not tell."""
BOOST_RANGE = 1.08
"""A flight's whole range over that of its unpowered part."""
LEAST_SHARE, LEAST_SHARE_SIGMA = 0.5, 0.25
"""Tests often fly below a vehicle's reach: half the lowest range of its class is still ordinary."""

# Median and spread of ln of the powered time (s) of published flights, for the vehicles' classes.
BURN_S = {
    "short-range": (58.0, 0.25),
    "medium-range": (98.0, 0.18),
    "intermediate-range": (138.0, 0.17),
    "intercontinental": (220.0, 0.28),
    "space-launch": (450.0, 0.35),
}
RANGE_LIMITS_M = {
    "short-range": (30e3, 1000e3),
    "medium-range": (1000e3, 3000e3),
    "intermediate-range": (3000e3, 5500e3),
    "intercontinental": (5500e3, 20000e3),
}


def best_range_m(state: Vector, burn_s: float | None) -> float:
    """Greatest ground range (m) of an unpowered state's energy, over all angles, on a still round Earth.

    Source: the free-flight range equation, Bate, Mueller and White, Fundamentals of Astrodynamics, section 6.2.
    """
    position, velocity = state[:3], state[3:6]
    radius = float(np.linalg.norm(position))
    speed = float(np.linalg.norm(velocity))
    if burn_s is not None and speed > 0.0:
        climb = max(float(position @ velocity) / (radius * speed), 0.0)
        speed += 0.35 * 9.8 * min(burn_s, 200.0) * max(climb - 0.6, 0.0)
    energy = 0.5 * speed**2 - GRAVITATIONAL_PARAMETER / radius
    if energy >= 0.0:
        return math.pi * EARTH_RADIUS_M
    angles = np.radians(np.arange(0.0, 60.0, 1.0))
    momentum = radius * speed * np.cos(angles)
    parameter = momentum**2 / GRAVITATIONAL_PARAMETER
    eccentricity = np.sqrt(np.maximum(1.0 + 2.0 * energy * parameter / GRAVITATIONAL_PARAMETER, 1e-12))
    start = np.arccos(np.clip((parameter / radius - 1.0) / eccentricity, -1.0, 1.0))
    end = (parameter / EARTH_RADIUS_M - 1.0) / eccentricity
    if (end < -1.0).any() and perigee_above_ground(energy, float(momentum.max())):
        return math.pi * EARTH_RADIUS_M
    end = np.arccos(np.clip(end, -1.0, 1.0))
    # From the ascending start through the apogee (true anomaly pi) down to the ground.
    flown = (math.pi - start) + (math.pi - end)
    return float(np.max(np.where(np.isfinite(flown), flown, 0.0))) * EARTH_RADIUS_M * BOOST_RANGE


def perigee_above_ground(energy: float, momentum: float) -> bool:
    """Whether an orbit of this specific energy and angular momentum misses the Earth."""
    eccentricity = math.sqrt(max(0.0, 1.0 + 2.0 * energy * momentum**2 / GRAVITATIONAL_PARAMETER**2))
    return -GRAVITATIONAL_PARAMETER / (2.0 * energy) * (1.0 - eccentricity) > EARTH_RADIUS_M


def vehicle_classes(
    range_m: float | None, burn_s: float | None, burning: bool, stages_dropped: int, reaches_orbit: float
) -> dict[str, float]:
    """Probabilities over `CLASSES` for the vehicle of a launch.

    `range_m` is its best range once its motor has stopped; while it burns only the time so far speaks.
    """
    weights = dict.fromkeys(CLASSES, 0.0)
    for name, (median_s, spread) in BURN_S.items():
        weight = 1.0
        if burn_s is not None:
            ratio = math.log(max(burn_s, 1.0) / median_s) / spread
            # Still burning: it burns at least so long. Stopped: it burnt about so long.
            weight *= 0.5 * math.erfc(ratio / math.sqrt(2.0)) if burning else math.exp(-0.5 * ratio**2) / spread
        if range_m is not None and not burning:
            if name == "space-launch":
                weight *= 0.02 + (0.3 if stages_dropped >= 1 and range_m > 3000e3 else 0.0)
            else:
                low, high = RANGE_LIMITS_M[name]
                weight *= _within(range_m, low, high)
        if stages_dropped >= 1 and name == "short-range":
            weight *= 0.1
        if name == "space-launch" and stages_dropped == 0:
            weight *= 0.3
        weights[name] = weight
    total = sum(weights.values())
    if total <= 0.0:
        return {name: 1.0 if name == "other" else 0.0 for name in CLASSES}
    up = reaches_orbit if not burning else 0.0
    other = 0.02
    result = {name: (1.0 - up) * (1.0 - other) * weight / total for name, weight in weights.items()}
    result["space-launch"] += up * (1.0 - other)
    result["other"] = other
    return result


def other_classes(role: str, reaches_orbit: float) -> dict[str, float]:
    """Probabilities over `CLASSES` for a spent stage, or for what belongs to no launch."""
    result = dict.fromkeys(CLASSES, 0.0)
    if role == "stage":
        result["spent-stage"], result["other"] = 0.95, 0.05
    else:
        result["satellite"] = 0.98 * reaches_orbit
        result["other"] = 1.0 - result["satellite"]
    return result


def _within(range_m: float, low_m: float, high_m: float) -> float:
    """How well a flight of this best range suits a class: hardly above its limits, well below them at times."""
    above = 0.5 * math.erfc(math.log(range_m / high_m) / (RANGE_SIGMA * math.sqrt(2.0)))
    below = 0.5 * math.erfc(-math.log(range_m / (LEAST_SHARE * low_m)) / (LEAST_SHARE_SIGMA * math.sqrt(2.0)))
    return max(above * below, 1e-6)
