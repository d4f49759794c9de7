"""Derive the coarse world outlines that reports draw, `src/nadhir/report/basemap.json`, from a registry package.

    npm pack world-atlas@2.0.2 && tar xzf world-atlas-2.0.2.tgz
    python scripts/derive_basemap.py package/countries-10m.json src/nadhir/report/basemap.json

world-atlas holds Natural Earth 4.1 as TopoJSON: the outlines are public domain, the packaging is ISC. The result is
TopoJSON too: shared borders once, Douglas-Peucker in degrees of arc, integers on a grid of a hundredth of a degree.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np

GRID_DEG = 0.01
FINE_REGION_DEG = (115.0, 22.0, 150.0, 50.0)  # west, south, east, north: where the carried examples fly
TOLERANCE_DEG, FINE_TOLERANCE_DEG = 0.14, 0.02
SMALLEST_DEG, SMALLEST_COUNTRY_DEG = 0.4, 0.05  # of an island, a tenth of that in the fine region; of a lone one
FULL_NAMES = {
    "Antigua and Barb.": "Antigua and Barbuda",
    "Bosnia and Herz.": "Bosnia and Herzegovina",
    "Br. Indian Ocean Ter.": "British Indian Ocean Territory",
    "Cayman Is.": "the Cayman Islands",
    "Central African Rep.": "the Central African Republic",
    "Cook Is.": "the Cook Islands",
    "Dem. Rep. Congo": "the Democratic Republic of the Congo",
    "Dominican Rep.": "the Dominican Republic",
    "Eq. Guinea": "Equatorial Guinea",
    "Faeroe Is.": "the Faroe Islands",
    "Falkland Is.": "the Falkland Islands",
    "Fr. Polynesia": "French Polynesia",
    "Fr. S. Antarctic Lands": "French Southern and Antarctic Lands",
    "Heard I. and McDonald Is.": "Heard Island and McDonald Islands",
    "Indian Ocean Ter.": "Indian Ocean Territories",
    "Macedonia": "North Macedonia",
    "Marshall Is.": "the Marshall Islands",
    "N. Cyprus": "northern Cyprus",
    "N. Mariana Is.": "the Northern Mariana Islands",
    "Pitcairn Is.": "the Pitcairn Islands",
    "S. Geo. and the Is.": "South Georgia",
    "S. Sudan": "South Sudan",
    "Solomon Is.": "the Solomon Islands",
    "St. Kitts and Nevis": "Saint Kitts and Nevis",
    "St. Pierre and Miquelon": "Saint Pierre and Miquelon",
    "St. Vin. and Gren.": "Saint Vincent and the Grenadines",
    "Turks and Caicos Is.": "the Turks and Caicos Islands",
    "U.S. Virgin Is.": "the US Virgin Islands",
    "Bahamas": "the Bahamas",
    "Maldives": "the Maldives",
    "Netherlands": "the Netherlands",
    "Philippines": "the Philippines",
    "United Arab Emirates": "the United Arab Emirates",
    "United Kingdom": "the United Kingdom",
    "United States of America": "the United States",
    "W. Sahara": "Western Sahara",
    "Wallis and Futuna Is.": "Wallis and Futuna",
}


def is_fine(points: np.ndarray) -> np.ndarray:
    """Which of (n, 2) longitudes and latitudes lie in the region of finer outlines."""
    west, south, east, north = FINE_REGION_DEG
    return (points[:, 0] > west) & (points[:, 0] < east) & (points[:, 1] > south) & (points[:, 1] < north)


def simplify(points: np.ndarray) -> np.ndarray:
    """Douglas-Peucker on (n, 2) longitude and latitude, longitudes scaled to arc; both ends stay."""
    coarse = np.clip(np.ptp(points, axis=0).max() / 8, FINE_TOLERANCE_DEG, TOLERANCE_DEG)  # small islands keep a form
    tolerance = np.where(is_fine(points), FINE_TOLERANCE_DEG, coarse)
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
        excess = distance / tolerance[first + 1 : last]
        worst = int(excess.argmax())
        if excess[worst] > 1.0:
            keep[first + 1 + worst] = True
            spans += [(first, first + 1 + worst), (first + 1 + worst, last)]
    return points[keep]


def main(source: Path, target: Path) -> None:
    world = json.loads(source.read_text())
    scale, translate = np.array(world["transform"]["scale"]), np.array(world["transform"]["translate"])
    arcs = []
    for arc in world["arcs"]:
        points = np.cumsum(arc, axis=0) * scale + translate
        arcs.append(np.round(simplify(points) / GRID_DEG).astype(int))

    used: dict[int, int] = {}

    def size_deg(polygon: list[list[int]]) -> float:
        points = np.concatenate([arcs[k if k >= 0 else ~k] for k in polygon[0]])
        enough = len(np.unique(points, axis=0)) >= 3
        return float(np.ptp(points, axis=0).max()) * GRID_DEG * enough * (10 if is_fine(points * GRID_DEG).any() else 1)

    def numbered(ring: list[int]) -> list[int]:
        numbers = [used.setdefault(k if k >= 0 else ~k, len(used)) for k in ring]
        return [n if k >= 0 else ~n for k, n in zip(ring, numbers, strict=True)]

    countries = []
    for country in world["objects"]["countries"]["geometries"]:
        polygons = country["arcs"] if country["type"] == "MultiPolygon" else [country["arcs"]]
        sizes = [size_deg(polygon) for polygon in polygons]
        smallest = min(SMALLEST_DEG, max(max(sizes), SMALLEST_COUNTRY_DEG))
        rings = [
            [numbered(r) for r in polygon] for polygon, size in zip(polygons, sizes, strict=True) if size >= smallest
        ]
        name = country["properties"]["name"]
        if rings:
            named = {"name": FULL_NAMES.get(name, name)}
            countries.append({"type": "MultiPolygon", "properties": named, "arcs": rings})
    deltas = [np.diff(arcs[k], axis=0, prepend=[[0, 0]]) for k in used]
    outlines = {
        "type": "Topology",
        "source": "Natural Earth 4.1, 1:10m countries, by the npm package world-atlas 2.0.2",
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
