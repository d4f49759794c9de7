"""US Standard Atmosphere 1976 to the digits that its tables print (NOAA-S/T 76-1562, tables I and III)."""

from __future__ import annotations

import math

import pytest

from nadhir.geo.atmosphere import density_and_gradient, standard_atmosphere

# Geometric height (km), temperature (K), pressure (Pa), density (kg/m³).
TABLE = """
-2 301.15 1.2778e5 1.4782
0 288.15 1.0132e5 1.2250
2 275.15 7.9501e4 1.0066
4 262.17 6.1660e4 8.1935e-1
6 249.19 4.7218e4 6.6011e-1
8 236.22 3.5652e4 5.2579e-1
10 223.25 2.6500e4 4.1351e-1
12 216.65 1.9399e4 3.1194e-1
16 216.65 1.0353e4 1.6647e-1
20 216.65 5.5293e3 8.8910e-2
24 220.56 2.9717e3 4.6938e-2
28 224.53 1.6162e3 2.5076e-2
32 228.49 8.8906e2 1.3555e-2
36 239.28 4.9852e2 7.2579e-3
40 250.35 2.8714e2 3.9957e-3
44 261.40 1.6950e2 2.2589e-3
48 270.65 1.0230e2 1.3167e-3
52 269.03 6.2215e1 8.0562e-4
56 258.02 3.7362e1 5.0445e-4
60 247.02 2.1959e1 3.0968e-4
64 236.04 1.2606e1 1.8605e-4
68 225.07 7.0529 1.0917e-4
72 214.26 3.8363 6.2373e-5
76 206.45 2.0333 3.4311e-5
80 198.64 1.0525 1.8458e-5
84 190.84 5.3104e-1 9.6939e-6
86 186.95 3.7338e-1 6.9578e-6
"""
ROWS = [tuple(map(float, line.split())) for line in TABLE.split("\n") if line]

# Above 86 km: geometric height (km), density (kg/m³).
UPPER = [(90, 3.416e-6), (100, 5.604e-7), (120, 2.222e-8), (150, 2.076e-9), (200, 2.541e-10), (500, 5.215e-13)]


def last_digit(value: float, digits: int) -> float:
    """One unit of the last of so many printed digits."""
    return 10.0 ** (math.floor(math.log10(value)) + 1 - digits)


# Half a unit of the last printed digit, and the little by which the tables of 1976 were themselves rounded otherwise.
HALF = 0.53


@pytest.mark.parametrize(("height_km", "temperature", "pressure", "density"), ROWS)
def test_layers_give_the_printed_digits(height_km, temperature, pressure, density):
    computed = standard_atmosphere(height_km * 1e3)
    assert computed[0] == pytest.approx(temperature, abs=HALF * 0.01)
    assert computed[1] == pytest.approx(pressure, abs=HALF * last_digit(pressure, 5))
    assert computed[2] == pytest.approx(density, abs=HALF * last_digit(density, 5))


@pytest.mark.parametrize(("height_km", "density"), UPPER)
def test_density_above_the_layers_is_the_printed_one(height_km, density):
    assert density_and_gradient(height_km * 1e3)[0] == pytest.approx(density, abs=HALF * last_digit(density, 4))


@pytest.mark.parametrize("height_km", [0.1, 11.3, 25.1, 47.6, 60.1, 79.9, 88.1, 130.1])
def test_quick_density_follows_the_layers(height_km):
    density, gradient = density_and_gradient(height_km * 1e3)
    if height_km < 86:
        assert density == pytest.approx(standard_atmosphere(height_km * 1e3)[2], rel=2e-4)
    higher, lower = density_and_gradient(height_km * 1e3 + 1)[0], density_and_gradient(height_km * 1e3 - 1)[0]
    assert gradient == pytest.approx(math.log(higher / lower) / 2, rel=1e-6)
    assert gradient < 0


def test_nothing_is_claimed_outside_the_layers():
    with pytest.raises(ValueError, match="from -5 to 86 km"):
        standard_atmosphere(86001.0)
    assert density_and_gradient(1001e3) == (0.0, 0.0)
