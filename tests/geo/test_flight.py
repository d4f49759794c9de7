"""The propagator against a textbook, an independent package, an independent integrator, and what must stay constant."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from nadhir.geo.atmosphere import standard_atmosphere
from nadhir.geo.earth import (
    GRAVITATIONAL_PARAMETER,
    ROTATION_RATE,
    SEMI_MAJOR_AXIS_M,
    ecef_to_geodetic,
    geodetic_to_ecef,
)
from nadhir.geo.flight import drag_acceleration, fall, propagate
from nadhir.geo.gravity import J2

NO_DRAG = 60.0  # natural logarithm of a ballistic coefficient that no air slows
SPIN = np.array([0.0, 0.0, ROTATION_RATE])

# Flights given by name: ECEF state (m, m/s), seconds, ECEF state after them. Computed by brahe 1.8.0: its propagator
# (DP54, relative tolerance 1e-13) on its zonal gravity of degree 2 in the inertial frame, turned back by 7.292115e-5
# rad/s times the seconds.
BRAHE = {
    "1,000 km": (
        (-3132169.104, 3772715.921, 4219509.656, -2483.336, -138.044, 1050.708),
        400.0,
        (-3759228.471, 3331752.3, 4163868.805, -619.710712, -2034.967774, -1313.588343),
    ),
    "4,500 km": (
        (-2921819.349, 4021539.328, 4217777.096, -5056.986, -251.585, 1877.125),
        1000.0,
        (-5826112.756, 2047166.789, 3679464.27, -514.750663, -3267.913206, -2632.269358),
    ),
    "lofted": (
        (-3069019.428, 4270992.472, 4262359.664, -3766.127, 4387.406, 4932.236),
        3900.0,
        (-4136993.128, 6309363.533, 6460890.304, 1841.181551, -2925.528837, -2910.120194),
    ),
}


def inertial(state: np.ndarray, seconds: float = 0.0) -> np.ndarray:
    """State in the inertial frame that coincides with the Earth-fixed one at zero seconds."""
    angle = ROTATION_RATE * seconds
    turn = np.array([[math.cos(angle), -math.sin(angle), 0.0], [math.sin(angle), math.cos(angle), 0.0], [0, 0, 1.0]])
    return np.concatenate([turn @ state[:3], turn @ (state[3:] + np.cross(SPIN, state[:3]))])


@pytest.mark.parametrize("name", BRAHE)
def test_agrees_with_an_independent_package(name):
    start, seconds, end = BRAHE[name]
    flown = propagate(np.array(start), NO_DRAG, seconds)
    assert flown[:3] == pytest.approx(end[:3], abs=0.2)
    assert flown[3:] == pytest.approx(end[3:], abs=1e-4)


@pytest.mark.parametrize("name", BRAHE)
def test_flying_back_returns_to_the_start(name):
    start, seconds, _ = BRAHE[name]
    there = propagate(np.array(start), NO_DRAG, seconds)
    assert propagate(there, NO_DRAG, -seconds)[:3] == pytest.approx(start[:3], abs=1e-3)


@pytest.mark.parametrize("name", BRAHE)
def test_energy_and_axial_angular_momentum_are_kept(name):
    start, seconds, _ = BRAHE[name]

    def constants(state):
        """Energy of the inertial motion in the J2 field, and angular momentum about the axis, for each kilogram."""
        position, velocity = np.split(inertial(state), 2)
        radius = np.linalg.norm(position)
        legendre = 1.5 * (position[2] / radius) ** 2 - 0.5
        potential = -GRAVITATIONAL_PARAMETER / radius * (1 - J2 * (SEMI_MAJOR_AXIS_M / radius) ** 2 * legendre)
        return 0.5 * velocity @ velocity + potential, np.cross(position, velocity)[2]

    before = constants(np.array(start))
    for part in (0.3, 0.6, 1.0):
        assert constants(propagate(np.array(start), NO_DRAG, part * seconds)) == pytest.approx(before, rel=1e-8)


# Bate, Mueller and White, Fundamentals of Astrodynamics (1971), chapter 6, worked examples (page, burnout radius, speed
# and flight-path angle in canonical units and degrees, free-flight range angle in degrees). On page 294 the book rounds
# the closed form's 129.6 degrees to 129; on page 295 8,000 nautical miles are its 2.32 radians.
DISTANCE_UNIT_M = 6378145.0
TIME_UNIT_S = 806.8118744
TEXTBOOK = [
    ("p290", 1.2, 2 / 3, 51.31781, 36.4, 0.1),
    ("p291", 1.025, 1.0817, 39.36, 128.682, 0.3),
    ("p294", 1.075, 0.9402, (180 - 129.58) / 4, 129.58, 0.4),
    ("p295", 1.1, 0.933, (180 - math.degrees(2.32)) / 4, math.degrees(2.32), 0.4),
]


def textbook_state(radius_du, speed_du, path_angle_deg, latitude_deg=0.0, longitude_deg=60.0, azimuth_deg=30.0):
    """Earth-fixed state of a burnout that the book gives for an Earth that does not turn."""
    latitude, longitude, azimuth, path = map(math.radians, (latitude_deg, longitude_deg, azimuth_deg, path_angle_deg))
    east = np.array([-math.sin(longitude), math.cos(longitude), 0.0])
    up = np.array(
        [math.cos(latitude) * math.cos(longitude), math.cos(latitude) * math.sin(longitude), math.sin(latitude)]
    )
    level = math.sin(azimuth) * east + math.cos(azimuth) * np.cross(up, east)
    position = radius_du * DISTANCE_UNIT_M * up
    velocity = speed_du * DISTANCE_UNIT_M / TIME_UNIT_S * (math.cos(path) * level + math.sin(path) * up)
    return np.concatenate([position, velocity - np.cross(SPIN, position)])


def fly_to_burnout_radius(state):
    """Inertial path, as rows of seconds and state, until the flight is back at the radius where it began."""
    radius = np.linalg.norm(state[:3])
    rows = [(0.0, inertial(state))]
    while np.linalg.norm(rows[-1][1][:3]) >= radius * (1 - 1e-12) or len(rows) < 3:
        seconds = rows[-1][0] + 2.0
        rows.append((seconds, inertial(propagate(state, NO_DRAG, seconds), seconds)))
    return rows


@pytest.mark.parametrize(("page", "radius", "speed", "path_angle_deg", "range_deg", "tolerance_deg"), TEXTBOOK)
def test_free_flight_range_of_the_textbook(page, radius, speed, path_angle_deg, range_deg, tolerance_deg):
    rows = fly_to_burnout_radius(textbook_state(radius, speed, path_angle_deg))
    start, end = rows[0][1][:3], rows[-1][1][:3]
    angle = math.degrees(math.acos(start @ end / np.linalg.norm(start) / np.linalg.norm(end)))
    assert angle == pytest.approx(range_deg, abs=tolerance_deg), page


def test_apogee_of_the_textbook():
    """Page 290: apogee at 1.5 distance units with a third of a speed unit."""
    rows = fly_to_burnout_radius(textbook_state(1.2, 2 / 3, 51.31781))
    highest = max((row[1] for row in rows), key=lambda s: np.linalg.norm(s[:3]))
    assert np.linalg.norm(highest[:3]) / DISTANCE_UNIT_M == pytest.approx(1.5, abs=0.002)
    assert np.linalg.norm(highest[3:]) * TIME_UNIT_S / DISTANCE_UNIT_M == pytest.approx(1 / 3, abs=0.001)


def test_textbook_flight_from_place_to_place():
    """Page 291: from 30 N 60 E to 30 S 60 W over 128.68 degrees; the azimuth follows from the two places."""
    rows = fly_to_burnout_radius(textbook_state(1.025, 1.0817, 39.36, 30.0, 60.0, 253.9))
    x, y, z = rows[-1][1][:3]
    assert math.degrees(math.asin(z / math.hypot(x, y, z))) == pytest.approx(-30.0, abs=0.5)
    assert math.degrees(math.atan2(y, x)) == pytest.approx(-60.0, abs=0.5)


def exact_fall(state, ballistic_coefficient):
    """Impact time, position and apogee by SciPy's DOP853 in the inertial frame, with the layers' own density."""

    def rates(seconds, y):
        position, velocity = y[:3], y[3:]
        radius = np.linalg.norm(position)
        polar = 5 * (position[2] / radius) ** 2
        oblate = 1.5 * J2 * (SEMI_MAJOR_AXIS_M / radius) ** 2
        factors = 1 + oblate * (np.array([1.0, 1.0, 3.0]) - polar)
        acceleration = -GRAVITATIONAL_PARAMETER / radius**3 * factors * position
        height = ecef_to_geodetic(position)[2]
        if height < 86e3:
            wind = velocity - np.cross(SPIN, position)
            density = standard_atmosphere(max(height, -5e3))[2]
            acceleration = acceleration - 0.5 * density / ballistic_coefficient * np.linalg.norm(wind) * wind
        return np.concatenate([velocity, acceleration])

    def ground(seconds, y):
        return ecef_to_geodetic(y[:3])[2]

    def top(seconds, y):
        return y[:3] @ y[3:]

    ground.terminal, ground.direction, top.direction = True, -1, -1
    flown = solve_ivp(
        rates, (0, 9000), inertial(state), method="DOP853", rtol=1e-10, atol=1e-4, max_step=5, events=(ground, top)
    )
    seconds = float(flown.t_events[0][0])
    angle = -ROTATION_RATE * seconds
    x, y, z = flown.y_events[0][0][:3]
    impact = np.array([x * math.cos(angle) - y * math.sin(angle), x * math.sin(angle) + y * math.cos(angle), z])
    return seconds, impact, ecef_to_geodetic(flown.y_events[1][0][:3])[2]


@pytest.mark.parametrize("name", BRAHE)
@pytest.mark.parametrize("ballistic_coefficient", [700.0, 5000.0])
def test_fall_agrees_with_an_independent_integrator(name, ballistic_coefficient):
    start = np.array(BRAHE[name][0])
    seconds, impact, apogee_m = exact_fall(start, ballistic_coefficient)
    down, flown_s, state, highest_m = fall(start, math.log(ballistic_coefficient))
    assert down
    # The thin air from 86 to 200 km, which the layers do not hold, is worth metres to the lighter body.
    assert flown_s == pytest.approx(seconds, abs=0.1)
    assert np.linalg.norm(state[:3] - impact) < (2.0 if ballistic_coefficient > 1000 else 12.0)
    # The greatest height is that of the highest integration step: at most five seconds from the apogee.
    assert highest_m == pytest.approx(apogee_m, abs=125.0)


def test_what_is_in_orbit_does_not_come_down():
    radius = SEMI_MAJOR_AXIS_M + 500e3
    circular = math.sqrt(GRAVITATIONAL_PARAMETER / radius)
    state = np.array([radius, 0.0, 0.0, 0.0, 0.0, circular])
    assert not fall(state, math.log(100.0))[0]


def test_what_is_below_the_ground_is_down():
    state = np.concatenate([geodetic_to_ecef(0.6, 2.2, -30.0), [0.0, 0.0, -100.0]])
    assert fall(state, NO_DRAG)[:2] == (True, 0.0)


@pytest.mark.parametrize("height_m", [0.0, 20e3, 90e3, 199e3, 201e3])
def test_drag_is_what_the_air_takes_from_a_flight(height_m):
    """Of two flights from one state, one without air, the other is slower by the drag times the seconds."""
    beta = 800.0
    state = np.concatenate([geodetic_to_ecef(0.7, 2.4, height_m), [-1200.0, 300.0, -2500.0]])
    seconds = 1e-4
    lost = propagate(state, NO_DRAG, seconds)[3:] - propagate(state, math.log(beta), seconds)[3:]
    assert drag_acceleration(state, 0.5 / beta) == pytest.approx(np.linalg.norm(lost) / seconds, rel=1e-3, abs=1e-9)
