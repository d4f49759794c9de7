"""A fixed grid over the Earth, to whose cell centres positions are rounded.

The grid depends on the width of its cells alone. The same place therefore always gives the same centre: any number of
records about it tell no more than one. Rows run along parallels, and each row has a whole number of cells around the
Earth; no cell is wider than asked for, and none is cut to a sliver that would give a place away.
"""

from __future__ import annotations

import math

from nadhir.geo.earth import ECCENTRICITY_SQUARED, SEMI_MAJOR_AXIS_M

LARGEST_RADIUS_M = SEMI_MAJOR_AXIS_M / math.sqrt(1.0 - ECCENTRICITY_SQUARED)
"""Radius of curvature at the poles: no arc on the ellipsoid curves less."""


def cell_centre(latitude: float, longitude: float, height_m: float, width_m: float) -> tuple[float, float]:
    """Latitude and longitude (rad) of the centre of the cell that holds a place; height above the ellipsoid in metres.

    `width_m` is the largest width of a cell at that height.
    """
    radius_m = LARGEST_RADIUS_M + max(height_m, 0.0)
    rows = max(1, math.ceil(math.pi * radius_m / width_m))
    row_height = math.pi / rows
    row = min(rows - 1, math.floor((latitude + math.pi / 2.0) / row_height))
    south = row * row_height - math.pi / 2.0
    north = south + row_height
    widest = 1.0 if south <= 0.0 <= north else max(math.cos(south), math.cos(north))
    cells = max(1, math.ceil(2.0 * math.pi * radius_m * widest / width_m))
    cell_width = 2.0 * math.pi / cells
    cell = math.floor((longitude + math.pi) / cell_width) % cells
    return south + row_height / 2.0, (cell + 0.5) * cell_width - math.pi


def interval_centre(value: float, width: float) -> float:
    """Centre of the interval of that width that holds a value; intervals begin at whole multiples of the width."""
    return (math.floor(value / width) + 0.5) * width


def interval_start(value: float, width: float) -> float:
    """Start of the interval of that width that holds a value."""
    return math.floor(value / width) * width


def rounding_variance(width: float) -> float:
    """Variance of the error made by rounding to the centre of an interval, in which the value may be anywhere."""
    return width * width / 12.0
