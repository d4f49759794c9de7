"""The simulator's forces against printed tables and its integrator against SciPy's DOP853."""

import math

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from nadhir.exercise import dynamics
from nadhir.geo.earth import GRAVITATIONAL_PARAMETER, SEMI_MAJOR_AXIS_M, ecef_to_geodetic


@pytest.mark.parametrize(
    ("height_m", "density"),
    # U.S. Standard Atmosphere 1976, table I, geometric heights.
    [
        (0, 1.2250),
        (5e3, 7.3643e-1),
        (11e3, 3.6480e-1),
        (30e3, 1.8410e-2),
        (50e3, 1.0269e-3),
        (80e3, 1.8458e-5),
        (100e3, 5.604e-7),
        (200e3, 2.541e-10),
        (400e3, 2.803e-12),
    ],
)
def test_density_is_that_of_the_1976_table(height_m: float, density: float) -> None:
    assert dynamics.density_and_pressure(height_m)[0] == pytest.approx(density, rel=3e-4)


def test_gravitation_is_the_gradient_of_the_zonal_potential() -> None:
    def potential(r: np.ndarray) -> float:
        radius = float(np.linalg.norm(r))
        s = r[2] / radius
        legendre = {2: (3 * s**2 - 1) / 2, 3: (5 * s**3 - 3 * s) / 2, 4: (35 * s**4 - 30 * s**2 + 3) / 8}
        harmonics = {2: dynamics.J2, 3: dynamics.J3, 4: dynamics.J4}
        sum_ = sum(harmonics[n] * (SEMI_MAJOR_AXIS_M / radius) ** n * legendre[n] for n in legendre)
        return GRAVITATIONAL_PARAMETER / radius * (1 - sum_)

    place = np.array([-3.1e6, 3.9e6, 4.6e6])
    step = 100.0
    gradient = [(potential(place + step * e) - potential(place - step * e)) / (2 * step) for e in np.eye(3)]
    assert dynamics.gravitation(*place) == pytest.approx(gradient, abs=2e-8)


@pytest.mark.parametrize("coefficient", [600.0, 9000.0])
def test_integrator_agrees_with_dop853_to_the_ground(coefficient: float) -> None:
    state = np.array([-3.15e6, 3.88e6, 4.41e6, -1000.0, 2500.0, 3000.0])
    segment = dynamics.free_flight(0.0, 5000.0, coefficient)
    rows, landed = dynamics.integrate(state, segment)
    assert landed
    assert ecef_to_geodetic(rows[-1, 1:4])[2] == pytest.approx(0.0, abs=1e-3)

    def rates(time: float, y: np.ndarray) -> np.ndarray:
        out = np.empty(6)
        dynamics.derivative(time, y, segment, out)
        return out

    other = solve_ivp(rates, (0.0, rows[-1, 0]), state, method="DOP853", rtol=1e-11, atol=1e-6).y[:, -1]
    assert np.linalg.norm(other[:3] - rows[-1, 1:4]) < 0.1
    assert np.linalg.norm(other[3:] - rows[-1, 4:]) < 0.01


def test_states_between_rows_are_as_good_as_the_rows() -> None:
    state = np.array([-3.15e6, 3.88e6, 4.41e6, -1000.0, 2500.0, 3000.0])
    rows, _ = dynamics.integrate(state, dynamics.free_flight(0.0, 300.0, 5000.0))
    middle = 0.5 * (rows[100, 0] + rows[101, 0])
    direct, _ = dynamics.integrate(state, dynamics.free_flight(0.0, middle, 5000.0))
    between = dynamics.hermite(rows, np.array([middle]))[0]
    assert np.linalg.norm(between[:3] - direct[-1, 1:4]) < 1e-3
    assert np.linalg.norm(between[3:] - direct[-1, 4:]) < 1e-2


def test_sideways_acceleration_keeps_its_bound_and_its_right_angle() -> None:
    state = np.array([-3.6e6, 4.4e6, 4.9e6, -1000.0, 2500.0, 3000.0])
    plain, turned = np.empty(6), np.empty(6)
    dynamics.derivative(0.0, state, dynamics.free_flight(0.0, 1.0, 5000.0), plain)
    dynamics.derivative(0.0, state, dynamics.free_flight(0.0, 1.0, 5000.0, 8.0, 0.0, 6.0, math.pi / 3), turned)
    extra = turned[3:] - plain[3:]
    assert np.linalg.norm(extra) == pytest.approx(6.0)
    assert abs(extra @ state[3:]) < 1e-6 * np.linalg.norm(state[3:])
