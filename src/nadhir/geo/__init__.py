"""WGS-84, frames, gravity, atmosphere, unpowered flight, ellipses. SI units and radians.

Warning areas stand in `geo.areas`, `geo.areas_probability` and `geo.areas_paths`, to be imported where they are needed:
they load Shapely and SciPy.
"""

from nadhir.geo.atmosphere import density_and_gradient, standard_atmosphere
from nadhir.geo.earth import east_north_up, ecef_to_geodetic, geodetic_to_ecef, height_above_ellipsoid
from nadhir.geo.ellipse import ellipse_90
from nadhir.geo.flight import fall, propagate

__all__ = [
    "density_and_gradient",
    "east_north_up",
    "ecef_to_geodetic",
    "ellipse_90",
    "fall",
    "geodetic_to_ecef",
    "height_above_ellipsoid",
    "propagate",
    "standard_atmosphere",
]
