"""How far does an impact point move when the gravity field is cut short? The experiment behind docs/adr/0002.

    python design/gravity_terms.py [EGM96 file with lines "n m C S ..." of fully normalised coefficients]

Free flights without drag from burnout to the WGS-84 ellipsoid, integrated with SciPy's DOP853 in the rotating frame.
Every field starts from the same state, so the shifts are those of a prediction made at burnout by a perfect tracker.
Without a file the reference is degree and order 4, whose coefficients stand below (EGM96, Lemoine and others 1998,
NASA/TP-1998-206861); with one it is the whole file. The acceleration is Cunningham's recursion as in Montenbruck and
Gill, Satellite Orbits, equations 3.29 to 3.33.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import solve_ivp
from scipy.optimize import least_squares

Coefficients = dict[tuple[int, int], tuple[float, float]]
Vector = NDArray[np.float64]

GM = 3.986004415e14  # EGM96, m³/s²
REFERENCE_RADIUS = 6378136.3  # EGM96, m
ROTATION = 7.292115e-5  # rad/s
A, F = 6378137.0, 1 / 298.257223563
E2 = F * (2 - F)

EGM96_DEGREE_4: Coefficients = {
    (2, 0): (-0.484165371736e-3, 0.0),
    (2, 1): (-0.186987635955e-9, 0.119528012031e-8),
    (2, 2): (0.243914352398e-5, -0.140016683654e-5),
    (3, 0): (0.957254173792e-6, 0.0),
    (3, 1): (0.202998882184e-5, 0.248513158716e-6),
    (3, 2): (0.904627768605e-6, -0.619025944205e-6),
    (3, 3): (0.721072657057e-6, 0.141435626958e-5),
    (4, 0): (0.539873863789e-6, 0.0),
    (4, 1): (-0.536321616971e-6, -0.473440265853e-6),
    (4, 2): (0.350694105785e-6, 0.662671572540e-6),
    (4, 3): (0.990771803829e-6, -0.200928369177e-6),
    (4, 4): (-0.188560802735e-6, 0.308853169333e-6),
}


def read_coefficients(path: Path) -> Coefficients:
    """Fully normalised coefficients of degree 2 and above."""
    rows = (line.split()[:4] for line in path.read_text().splitlines() if line.strip())
    return {(int(n), int(m)): (float(c), float(s)) for n, m, c, s in rows if int(n) >= 2}


def field(coefficients: Coefficients) -> Callable[[Vector], Vector]:
    """The gravitational acceleration of a spherical-harmonic field, ECEF, m/s²."""
    degree = max((n for n, _ in coefficients), default=0)
    terms = [(0, 0, 1.0, 0.0)]
    for (n, m), (c, s) in coefficients.items():
        scale = math.sqrt((1 if m == 0 else 2) * (2 * n + 1) * math.factorial(n - m) / math.factorial(n + m))
        terms.append((n, m, c * scale, s * scale))

    def acceleration(position: Vector) -> Vector:
        r2 = float(position @ position)
        x, y, z = (float(p) * REFERENCE_RADIUS / r2 for p in position)
        rho = REFERENCE_RADIUS**2 / r2
        v = np.zeros((degree + 2, degree + 2), dtype=complex)  # V + iW
        v[0, 0] = REFERENCE_RADIUS / math.sqrt(r2)
        for m in range(degree + 2):
            if m:
                v[m, m] = (2 * m - 1) * complex(x, y) * v[m - 1, m - 1]
            for n in range(m + 1, degree + 2):
                v[n, m] = (2 * n - 1) / (n - m) * z * v[n - 1, m]
                if n > m + 1:
                    v[n, m] -= (n + m - 1) / (n - m) * rho * v[n - 2, m]
        total = np.zeros(3)
        for n, m, c, s in terms:
            up = v[n + 1, m + 1]
            if m == 0:
                total += (-c * up.real, -c * up.imag, -(n + 1) * c * v[n + 1, 0].real)
                continue
            down = v[n + 1, m - 1] * ((n - m + 2) * (n - m + 1))
            total += (
                0.5 * (-c * up.real - s * up.imag + c * down.real + s * down.imag),
                0.5 * (-c * up.imag + s * up.real - c * down.imag + s * down.real),
                (n - m + 1) * (-c * v[n + 1, m].real - s * v[n + 1, m].imag),
            )
        return total * GM / REFERENCE_RADIUS**2

    return acceleration


def to_ecef(latitude: float, longitude: float, height: float) -> Vector:
    n = A / math.sqrt(1 - E2 * math.sin(latitude) ** 2)
    across = (n + height) * math.cos(latitude)
    up = (n * (1 - E2) + height) * math.sin(latitude)
    return np.array([across * math.cos(longitude), across * math.sin(longitude), up])


def height(position: Vector) -> float:
    """Height above the ellipsoid along its normal, by Newton's method from the equatorial plane."""
    across, up = math.hypot(position[0], position[1]), float(position[2])
    latitude = math.atan2(up, across * (1 - E2))
    for _ in range(6):
        n = A / math.sqrt(1 - E2 * math.sin(latitude) ** 2)
        latitude = math.atan2(up + E2 * n * math.sin(latitude), across)
    n = A / math.sqrt(1 - E2 * math.sin(latitude) ** 2)
    return across * math.cos(latitude) + up * math.sin(latitude) - n * (1 - E2 * math.sin(latitude) ** 2)


def local_axes(latitude: float, longitude: float) -> Vector:
    """Rows east, north, up."""
    sa, ca, so, co = math.sin(latitude), math.cos(latitude), math.sin(longitude), math.cos(longitude)
    return np.array([[-so, co, 0.0], [-sa * co, -sa * so, ca], [ca * co, ca * so, sa]])


def fly(gravity: Callable[[Vector], Vector], state: Vector) -> tuple[Vector, float, float]:
    """Impact point (ECEF, m), flight time (s) and apogee height (m) of a free flight in the rotating frame."""

    def rates(_: float, y: Vector) -> Vector:
        a = gravity(y[:3])
        a[0] += ROTATION**2 * y[0] + 2 * ROTATION * y[4]
        a[1] += ROTATION**2 * y[1] - 2 * ROTATION * y[3]
        return np.concatenate([y[3:], a])

    def ground(_: float, y: Vector) -> float:
        return height(y[:3])

    ground.terminal, ground.direction = True, -1  # type: ignore[attr-defined]
    solved = solve_ivp(
        rates, (0, 9000), state, method="DOP853", rtol=1e-11, atol=1e-5, events=ground, dense_output=True
    )
    time = float(solved.t_events[0][0])
    apogee = max(height(solved.sol(t)[:3]) for t in np.linspace(0, time, 800))
    return solved.y_events[0][0][:3], time, apogee


def burnout(azimuth: float, speed: float, elevation: float) -> Vector:
    """A burnout 100 km up over 40.9° N 129.7° E."""
    latitude, longitude = math.radians(40.9), math.radians(129.7)
    ce = math.cos(elevation)
    direction = np.array([ce * math.sin(azimuth), ce * math.cos(azimuth), math.sin(elevation)])
    return np.concatenate(
        [to_ecef(latitude, longitude, 100e3), speed * direction @ local_axes(latitude, longitude)],
    )


def burnout_of(azimuth: float, apogee_m: float, range_m: float, speed: float, elevation: float) -> Vector:
    """The burnout state whose free flight in a J2 field has this apogee and range along the ground."""
    gravity = field({(2, 0): EGM96_DEGREE_4[2, 0]})

    def miss(x: Vector) -> Vector:
        state = burnout(azimuth, float(x[0]) * 1e3, float(x[1]))
        impact, _, apogee = fly(gravity, state)
        start = state[:3] / np.linalg.norm(state[:3])
        angle = math.acos(float(start @ impact) / float(np.linalg.norm(impact)))
        return np.array([(apogee - apogee_m) / 1e3, (6371e3 * angle - range_m) / 1e3])

    x = least_squares(miss, [speed / 1e3, elevation], xtol=1e-6, ftol=1e-6, diff_step=1e-4).x
    return burnout(azimuth, float(x[0]) * 1e3, float(x[1]))


def main() -> None:
    reference = read_coefficients(Path(sys.argv[1])) if len(sys.argv) > 1 else EGM96_DEGREE_4
    fields = {
        "point mass": {},
        "J2": {(2, 0): EGM96_DEGREE_4[2, 0]},
        "J2 to J4": {k: v for k, v in EGM96_DEGREE_4.items() if k[1] == 0},
        "degree 2": {k: v for k, v in EGM96_DEGREE_4.items() if k[0] == 2},
        "degree 4": EGM96_DEGREE_4,
        f"degree {max(n for n, _ in reference)}": reference,
    }
    flights = {
        "1,000 km, apogee 300 km": (300e3, 1000e3, 2900.0, math.radians(45)),
        "4,500 km, apogee 970 km": (970e3, 4500e3, 5400.0, math.radians(38)),
        "1,000 km, apogee 6,500 km": (6500e3, 1000e3, 7800.0, math.radians(86)),
    }
    for name, figures in flights.items():
        miss: dict[str, list[float]] = {label: [] for label in fields}
        delay: dict[str, list[float]] = {label: [] for label in fields}
        for azimuth in np.radians(np.arange(5, 360, 45)):
            state = burnout_of(float(azimuth), *figures)
            impact, time, _ = fly(field(reference), state)
            for label, coefficients in fields.items():
                there, then, _ = fly(field(coefficients), state)
                miss[label].append(float(np.linalg.norm(there - impact)))
                delay[label].append(abs(then - time))
        print(f"{name}, {time:.0f} s: impact shift in m (mean and largest of eight azimuths), largest shift in s")
        for label in fields:
            print(f"  {label:12}{np.mean(miss[label]):9.0f}{np.max(miss[label]):9.0f}{np.max(delay[label]):9.3f}")


if __name__ == "__main__":
    main()
