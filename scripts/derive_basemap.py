"""Derive the coarse world outlines that reports draw, `src/nadhir/report/basemap.json`, from a registry package.

    npm pack world-atlas@2.0.2 && tar xzf world-atlas-2.0.2.tgz
    python scripts/derive_basemap.py package/countries-50m.json src/nadhir/report/basemap.json

world-atlas holds Natural Earth 4.1 as TopoJSON: the outlines are public domain, the packaging is ISC. The result is
TopoJSON too: shared borders once, Douglas-Peucker in degrees of arc, integers on a grid of a hundredth of a degree.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np

GRID_DEG = 0.01
TOLERANCE_DEG = 0.08
FINE_TOLERANCE_DEG = 0.025
FINE_REGION_DEG = (115.0, 22.0, 150.0, 50.0)  # west, south, east, north: where the carried examples fly
SMALLEST_RING_DEG = 0.04
FULL_NAMES = {
    "Antigua and Barb.": "Antigua and Barbuda",
    "Bosnia and Herz.": "Bosnia and Herzegovina",
    "Br. Indian Ocean Ter.": "British Indian Ocean Territory",
    "Cayman Is.": "Cayman Islands",
    "Central African Rep.": "Central African Republic",
    "Cook Is.": "Cook Islands",
    "Dem. Rep. Congo": "Democratic Republic of the Congo",
    "Dominican Rep.": "Dominican Republic",
    "Eq. Guinea": "Equatorial Guinea",
    "Faeroe Is.": "Faroe Islands",
    "Falkland Is.": "Falkland Islands",
    "Fr. Polynesia": "French Polynesia",
    "Fr. S. Antarctic Lands": "French Southern and Antarctic Lands",
    "Heard I. and McDonald Is.": "Heard Island and McDonald Islands",
    "Indian Ocean Ter.": "Indian Ocean Territories",
    "Macedonia": "North Macedonia",
    "Marshall Is.": "Marshall Islands",
    "N. Cyprus": "northern Cyprus",
    "N. Mariana Is.": "Northern Mariana Islands",
    "Pitcairn Is.": "Pitcairn Islands",
    "S. Geo. and the Is.": "South Georgia",
    "S. Sudan": "South Sudan",
    "Solomon Is.": "Solomon Islands",
    "St. Kitts and Nevis": "Saint Kitts and Nevis",
    "St. Pierre and Miquelon": "Saint Pierre and Miquelon",
    "St. Vin. and Gren.": "Saint Vincent and the Grenadines",
    "Turks and Caicos Is.": "Turks and Caicos Islands",
    "U.S. Virgin Is.": "US Virgin Islands",
    "United States of America": "United States",
    "W. Sahara": "Western Sahara",
    "Wallis and Futuna Is.": "Wallis and Futuna",
}


def simplify(points: np.ndarray, tolerance_deg: float) -> np.ndarray:
    """Douglas-Peucker on (n, 2) longitude and latitude, longitudes scaled to arc; both ends stay."""
    flat = points * [np.cos(np.radians(points[:, 1].mean())), 1.0]
    keep = np.zeros(len(points), bool)
    keep[[0, -1]] = True
    spans = [(0, len(points) - 1)]
    while spans:
        first, last = spans.pop()
        if last - first < 2:
            continue
        chord, offset = flat[last] - flat[first], flat[first + 1 : last] - flat[first]
        length = np.hypot(*chord)
        distance = np.abs(chord[0] * offset[:, 1] - chord[1] * offset[:, 0]) / length if length else np.hypot(*offset.T)
        worst = int(distance.argmax())
        if distance[worst] > tolerance_deg:
            keep[first + 1 + worst] = True
            spans += [(first, first + 1 + worst), (first + 1 + worst, last)]
    return points[keep]


def main(source: Path, target: Path) -> None:
    world = json.loads(source.read_text())
    scale, translate = np.array(world["transform"]["scale"]), np.array(world["transform"]["translate"])
    arcs = []
    for arc in world["arcs"]:
        points = np.cumsum(arc, axis=0) * scale + translate
        inside = (points.min(0) >= FINE_REGION_DEG[:2]).all() and (points.max(0) <= FINE_REGION_DEG[2:]).all()
        simple = simplify(points, FINE_TOLERANCE_DEG if inside else TOLERANCE_DEG)
        arcs.append(np.round(simple / GRID_DEG).astype(int))

    used: dict[int, int] = {}

    def kept(ring: list[int]) -> list[int] | None:
        points = np.concatenate([arcs[k if k >= 0 else ~k] for k in ring])
        if len(np.unique(points, axis=0)) < 3 or np.ptp(points, axis=0).max() < SMALLEST_RING_DEG / GRID_DEG:
            return None
        number = [used.setdefault(k if k >= 0 else ~k, len(used)) for k in ring]
        return [n if k >= 0 else ~n for k, n in zip(ring, number, strict=True)]

    countries = []
    for country in world["objects"]["countries"]["geometries"]:
        polygons = country["arcs"] if country["type"] == "MultiPolygon" else [country["arcs"]]
        rings = [[ring for ring in map(kept, polygon) if ring] for polygon in polygons]
        name = country["properties"]["name"]
        if any(rings):
            countries.append(
                {
                    "type": "MultiPolygon",
                    "properties": {"name": FULL_NAMES.get(name, name)},
                    "arcs": [polygon for polygon in rings if polygon],
                }
            )
    deltas = [np.diff(arcs[k], axis=0, prepend=[[0, 0]]) for k in used]
    outlines = {
        "type": "Topology",
        "source": "Natural Earth 4.1, 1:50m countries, by the npm package world-atlas 2.0.2",
        "simplified": f"to {TOLERANCE_DEG} degrees of arc, {FINE_TOLERANCE_DEG} around Korea and Japan",
        "licence": "public domain (Natural Earth); packaging ISC, (c) 2013-2019 Michael Bostock",
        "transform": {"scale": [GRID_DEG, GRID_DEG], "translate": [0, 0]},
        "objects": {"countries": {"type": "GeometryCollection", "geometries": countries}},
        "arcs": [delta.tolist() for delta in deltas],
    }
    target.write_text(json.dumps(outlines, separators=(",", ":"), ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: derive_basemap.py COUNTRIES_TOPOJSON OUT")
    main(Path(sys.argv[1]), Path(sys.argv[2]))
