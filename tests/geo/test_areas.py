"""Warning areas: right codes where islands are remote, exact probabilities, paths and directions, clear refusals."""

from __future__ import annotations

import csv
import gzip
import json
import math
import time
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from nadhir.geo.areas import Area, AreaError, AreaMap, default_areas, read_areas, unit_vectors
from nadhir.geo.areas_paths import UNKNOWN, GroundTrack, passages, reach
from nadhir.geo.areas_probability import area_probabilities
from nadhir.geo.earth import east_north_up
from nadhir.model import Ellipse

SHARED = Path(__file__).parents[3] / "shared" / "data"
EARTH_RADIUS_M = 6_371_008.8
OFFSHORE_M = 5e3


@pytest.mark.parametrize(
    ("place", "latitude_deg", "longitude_deg", "code"),
    [
        ("Ishigaki", 24.41, 124.17, "JP-47"),
        ("Yonaguni", 24.46, 123.00, "JP-47"),
        ("Tsushima", 34.42, 129.33, "JP-42"),
        ("Hachijo", 33.11, 139.79, "JP-13"),
        ("Chichijima, Ogasawara", 27.08, 142.21, "JP-13"),
        ("Sado", 38.02, 138.37, "JP-15"),
        ("Okushiri", 42.16, 139.47, "JP-01"),
        ("Amami", 28.30, 129.40, "JP-46"),
        ("Yoron", 27.04, 128.43, "JP-46"),
        ("Akita", 39.72, 140.12, "JP-05"),
        ("Jeju", 33.40, 126.55, "KR-49"),
        ("Ulleung", 37.50, 130.87, "KR-47"),
        ("Sejong", 36.50, 127.26, "KR-50"),
        ("Baengnyeong", 37.95, 124.67, "KR-28"),
        ("Seoul", 37.55, 126.99, "KR-11"),
        ("Pyongyang", 39.02, 125.75, "KP"),
        ("Guam", 13.45, 144.78, "GU"),
        ("Luzon", 16.5, 121.0, "PH"),
        ("Simferopol", 44.95, 34.10, "UA"),
        ("Cayenne", 4.90, -52.35, "GF"),
        ("the Sea of Japan", 39.5, 135.0, None),
        ("the Pacific", 35.0, 160.0, None),
    ],
)
def test_a_place_has_its_code(place, latitude_deg, longitude_deg, code):
    assert default_areas().code_at(latitude_deg, longitude_deg, OFFSHORE_M) == code
    assert default_areas().code_at(latitude_deg, longitude_deg + 360.0, OFFSHORE_M) == code


def test_all_prefectures_and_provinces():
    codes = set(default_areas().codes)
    assert {code for code in codes if code.startswith("JP")} == {f"JP-{n:02d}" for n in range(1, 48)}
    korea = (11, 26, 27, 28, 29, 30, 31, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50)
    assert {code for code in codes if code.startswith("KR")} == {f"KR-{n}" for n in korea}
    assert all(len(code) == 2 and code.isupper() for code in codes if code[:2] not in ("JP", "KR"))


@pytest.mark.skipif(not SHARED.is_dir(), reason="the data beside the project are absent")
def test_capitals_of_prefectures_by_an_independent_list():
    with (SHARED / "geo_japan" / "prefecturalCapital.csv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    assert len(rows) == 47
    for row in rows:
        found = default_areas().code_at(float(row["lat"]), float(row["lon"]), OFFSHORE_M)
        assert found == f"JP-{int(row['id']):02d}", row


@pytest.mark.skipif(not SHARED.is_dir(), reason="the data beside the project are absent")
def test_cities_lie_in_their_countries():
    with gzip.open(SHARED / "geo_cities" / "cities15000.csv.gz", "rt", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))[::10]
    areas = default_areas()
    found = [areas.code_at(float(row["latitude"]), float(row["longitude"]), 15e3) for row in rows]
    right = [code is not None and code[:2] == row["countrycode"] for code, row in zip(found, rows, strict=True)]
    assert np.mean(right) > 0.99
    own = [ok for ok, row in zip(right, rows, strict=True) if row["countrycode"] in ("JP", "KR")]
    assert len(own) > 100
    assert all(own)


def test_neighbours():
    assert default_areas().neighbours("JP-05") == {"JP-02", "JP-03", "JP-04", "JP-06"}
    assert default_areas().neighbours("KR-50") == {"KR-30", "KR-43", "KR-44"}
    assert default_areas().neighbours("JP-47") == frozenset()


def shares(areas: AreaMap, latitude_deg: float, longitude_deg: float, ellipse: Ellipse) -> dict[str, float]:
    """The same by ninety thousand evenly stratified Gaussian points, placed on the sphere one by one."""
    n = 300
    radius, angle = np.meshgrid((np.arange(n) + 0.5) / n, 2 * np.pi * (np.arange(n) + 0.5) / n)
    distance = np.sqrt(-2.0 * np.log(1.0 - radius)).ravel() / math.sqrt(4.605170185988092)
    along, across = (
        distance * np.cos(angle).ravel() * ellipse.semi_major_m,
        distance * np.sin(angle).ravel() * ellipse.semi_minor_m,
    )
    bearing = np.arctan2(across, along) + np.radians(ellipse.azimuth_deg)
    arc, latitude = np.hypot(along, across) / EARTH_RADIUS_M, np.radians(latitude_deg)
    sine = np.sin(latitude) * np.cos(arc) + np.cos(latitude) * np.sin(arc) * np.cos(bearing)
    turn = np.arctan2(np.sin(bearing) * np.sin(arc) * np.cos(latitude), np.cos(arc) - np.sin(latitude) * sine)
    x, y = (longitude_deg + np.degrees(turn) + 180.0) % 360.0 - 180.0, np.degrees(np.arcsin(sine))
    return {
        code: float(shapely.contains_xy(area.geometry, x, y).mean())
        for code, area in areas.areas.items()
        if shapely.box(x.min(), y.min(), x.max(), y.max()).intersects(area.geometry)
    }


@pytest.mark.parametrize(
    ("latitude_deg", "longitude_deg", "ellipse"),
    [
        (39.70, 140.10, Ellipse(27e3, 2e3, 97.0)),
        (37.50, 127.00, Ellipse(80e3, 30e3, 20.0)),
        (35.00, 137.00, Ellipse(400e3, 100e3, 60.0)),
        (52.00, 179.90, Ellipse(900e3, 400e3, 10.0)),
        (60.00, 100.00, Ellipse(2000e3, 1500e3, 0.0)),
    ],
)
def test_probability_is_that_of_many_points(latitude_deg, longitude_deg, ellipse):
    areas = default_areas()
    expected = shares(areas, latitude_deg, longitude_deg, ellipse)
    found = area_probabilities(areas, latitude_deg, longitude_deg, ellipse)
    assert found
    for code in expected.keys() | found.keys():
        assert found.get(code, 0.0) == pytest.approx(expected.get(code, 0.0), abs=0.01), code


@settings(max_examples=40, deadline=None)
@given(
    latitude_deg=st.floats(-60, 60),
    longitude_deg=st.floats(-180, 180),
    major_m=st.floats(50, 800e3),
    ratio=st.floats(0.01, 1.0),
    azimuth_deg=st.floats(0, 360),
)
def test_parts_of_a_tiled_plane_add_up(latitude_deg, longitude_deg, major_m, ratio, azimuth_deg):
    west, south = longitude_deg - 40.0, max(latitude_deg - 30.0, -89.0)
    columns, rows = np.linspace(west, west + 80.0, 6), np.linspace(south, min(latitude_deg + 30.0, 89.0), 6)
    tiles = [
        Area(f"X-{i}{j}", "", shapely.box(columns[i], rows[j], columns[i + 1], rows[j + 1]))
        for i in range(5)
        for j in range(5)
    ]
    ellipse = Ellipse(major_m, max(major_m * ratio, 10.0), azimuth_deg)
    found = area_probabilities(AreaMap(tiles), latitude_deg, longitude_deg, ellipse)
    assert all(0.0 < p <= 1.0 for p in found.values())
    assert sum(found.values()) == pytest.approx(1.0, abs=3e-3)


@settings(max_examples=60, deadline=None)
@given(
    code=st.sampled_from(["JP-05", "JP-47", "KR-49", "RU", "CA", "FJ"]),
    place=st.floats(0, 1),
    bearing=st.floats(0, 2 * math.pi),
    margin_m=st.sampled_from([1.5e3, 20e3]),
)
def test_a_widened_area_holds_all_that_is_within_its_margin(code, place, bearing, margin_m):
    areas = default_areas()
    wide = areas.widened(margin_m).areas[code].geometry
    parts = shapely.get_parts(areas.areas[code].geometry)
    shore = shapely.get_exterior_ring(parts[int(place * (len(parts) - 1))])
    point = shapely.line_interpolate_point(shore, place, normalized=True)
    centre = unit_vectors(np.array([[point.x, point.y]]))[0]
    east, north, up = east_north_up(math.radians(point.y), math.radians(point.x))
    assert centre @ up == pytest.approx(1.0)

    def away(metres):
        angle = metres / EARTH_RADIUS_M
        x, y, z = math.cos(angle) * up + math.sin(angle) * (math.sin(bearing) * east + math.cos(bearing) * north)
        longitude_deg = math.degrees(math.atan2(y, x))
        turned = longitude_deg + 360.0 * round((point.x - longitude_deg) / 360.0)
        return shapely.Point(turned, math.degrees(math.asin(z)))

    assert wide.covers(away(0.99 * margin_m))
    if abs(point.y) < 65.0:
        far = away(2.5 * margin_m)
        apart_m = math.radians(shapely.distance(far, areas.areas[code].geometry)) * EARTH_RADIUS_M
        assert not wide.covers(far) or apart_m < 1.7 * margin_m / math.cos(math.radians(point.y))


def test_a_fall_near_an_area_endangers_it_up_to_its_margin():
    areas, ellipse = default_areas(), Ellipse(200.0, 100.0, 0.0)
    near, beyond = (39.72, 139.95), (39.72, 139.85)  # 9 km and 15 km off Akita's coast
    assert area_probabilities(areas, *near, ellipse) == {}
    assert area_probabilities(areas.widened(10e3), *near, ellipse)["JP-05"] > 0.999
    assert area_probabilities(areas.widened(10e3), *beyond, ellipse) == {}
    assert areas.widened(10e3) is areas.widened(10e3)


def test_a_thousand_areas_at_once():
    tiles = [
        Area(f"X-{i}.{j}", "", shapely.box(130 + i * 0.25, 30 + j * 0.25, 130.25 + i * 0.25, 30.25 + j * 0.25))
        for i in range(40)
        for j in range(25)
    ]
    areas = AreaMap(tiles)
    area_probabilities(areas, 33.0, 135.0, Ellipse(900e3, 800e3, 10.0))
    start = time.process_time()
    found = area_probabilities(areas, 33.0, 135.0, Ellipse(900e3, 800e3, 10.0))
    assert time.process_time() - start < 0.2
    assert len(found) == 1000


def eastward(latitude_deg: float, from_deg: float, to_deg: float, across_m: float) -> GroundTrack:
    longitude = np.arange(from_deg, to_deg, 0.3)
    points = unit_vectors(np.stack([longitude, np.full(len(longitude), latitude_deg)], axis=-1))
    when = 1000.0 + (longitude - from_deg) * 20.0
    return GroundTrack(when, points, np.full(len(when), across_m), np.full(len(when), 2.0))


def test_passages_over_a_strip():
    strip = Area("X-1", "", shapely.box(140.0, 39.0, 142.0, 41.0))
    aside = Area("X-2", "", shapely.box(140.0, 41.0, 142.0, 43.0))
    behind = Area("X-3", "", shapely.box(120.0, 39.0, 122.0, 41.0))
    areas = AreaMap([strip, aside, behind])
    found = passages(areas, eastward(40.0, 130.0, 150.0, 111e3))
    assert found["X-1"].probability == pytest.approx(0.68, abs=0.03)
    assert found["X-2"].probability == pytest.approx(0.157, abs=0.03)
    assert found["X-1"].arrival == pytest.approx(1000.0 + 10 * 20.0 - 1.645 * 2.0, abs=4.0)
    assert found["X-1"].latest == pytest.approx(1000.0 + 12 * 20.0 + 1.645 * 2.0, abs=4.0)
    assert "X-3" not in found
    assert "X-1" not in passages(areas, eastward(40.0, 130.0, 139.0, 20e3))
    assert passages(areas, eastward(20.0, 130.0, 150.0, 20e3)) == {}


@pytest.mark.parametrize(("south_deg", "begins_deg", "ends_deg"), [(39.9, 137.0, 139.0), (30.0, 137.0, 139.0)])
def test_a_passage_is_timed_where_the_outline_is_crossed(south_deg, begins_deg, ends_deg):
    """A cape reaches across the path; the land behind it, or none, goes on far beside it."""
    land = shapely.union(shapely.box(131.0, 30.0, 149.0, 38.0), shapely.box(137.0, south_deg, 139.0, 40.5))
    found = passages(AreaMap([Area("X-1", "", land)]), eastward(40.0, 130.0, 150.0, 10e3))["X-1"]
    assert found.probability > 0.85
    assert found.arrival == pytest.approx(1000.0 + (begins_deg - 130.0) * 20.0, abs=6.0)
    assert found.latest == pytest.approx(1000.0 + (ends_deg - 130.0) * 20.0, abs=6.0)


@pytest.mark.parametrize("off_deg", [0.0, 0.2, 0.4, 0.5, 0.6, 0.8])
def test_a_small_island_between_two_points_of_a_path_is_passed(off_deg):
    island = Area("X-1", "", shapely.box(135.0 + off_deg, 39.97, 135.1 + off_deg, 40.07))
    found = passages(AreaMap([island]), eastward(40.0, 130.0, 150.0, 2e3))
    assert found["X-1"].probability > 0.9


def test_reach_of_a_direction():
    ahead = Area("X-1", "", shapely.box(140.0, 39.0, 142.0, 41.0))
    north = Area("X-2", "", shapely.box(129.0, 50.0, 131.0, 52.0))
    areas = AreaMap([ahead, north])
    found = reach(areas, 40.0, 130.0, math.radians(87.0), math.radians(3.0), 0.0, 3000e3)
    assert found.codes == ["X-1"]
    assert found.probability[0] > 0.9
    assert found.distance_m[0] == pytest.approx(852e3, rel=0.02)
    assert reach(areas, 40.0, 130.0, math.radians(87.0), 0.05, 0.0, 500e3).codes == []
    assert reach(areas, 40.0, 130.0, math.radians(87.0), 0.05, 1500e3, 3000e3).codes == []
    wide = reach(areas, 40.0, 130.0, 0.0, UNKNOWN, 0.0, 3000e3)
    assert wide.codes == ["X-1", "X-2"]
    assert wide.probability[0] == pytest.approx(2 * math.atan(1.0 / 7.67) / (2 * math.pi), rel=0.2)


def test_reach_of_an_area_in_several_parts():
    parts = [shapely.box(140.0, 39.0, 142.0, 40.0), shapely.box(143.0, 39.8, 145.0, 41.0)]
    whole, south, north = (shapely.union_all(parts), *parts)
    areas = AreaMap([Area("X-1", "", whole), Area("X-2", "", south), Area("X-3", "", north)])
    found = reach(areas, 40.0, 130.0, math.radians(87.0), math.radians(3.0), 0.0, 3000e3)
    one, other, third = found.probability
    assert max(other, third) < one < other + third - 0.01, "bearings that both parts fill count once"
    assert found.distance_m[0] == found.distance_m[1] < found.distance_m[2]


def test_a_part_of_a_map():
    areas = default_areas()
    part = areas.part(["JP-05", "KR-49"])
    assert part is not None
    assert set(part.codes) == {"JP-05", "KR-49"}
    assert part is areas.part(["KR-49", "JP-05"])
    assert areas.part([]) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "not a GeoJSON feature collection"),
        ('{"type": "FeatureCollection", "features": []}', "no area with a code"),
        ('{"features": [{"geometry": null, "properties": {"name": "x"}}]}', "no property `code`"),
        (
            '{"features": [{"geometry": {"type": "Point", "coordinates": [1, 2]}, "properties": {"code": "A"}}]}',
            "polygon",
        ),
        ('{"features": [{"geometry": null, "properties": {"code": "A"}}]}', "not a"),
    ],
)
def test_outlines_that_cannot_be_used(tmp_path, text, said):
    file = tmp_path / "areas.geojson"
    file.write_text(text)
    with pytest.raises(AreaError, match=said) as refused:
        read_areas(file)
    assert "\n" not in str(refused.value)
    with pytest.raises(AreaError, match="cannot be read"):
        read_areas(tmp_path / "none.geojson")


def test_the_users_own_outlines(tmp_path):
    file = tmp_path / "areas.geojson"
    square = {
        "type": "Polygon",
        "coordinates": [[[0, 0], [2, 0], [2, 2], [0, 2], [0, 0]], [[1, 1], [1, 1.5], [1.5, 1.5], [1, 1]]],
    }
    file.write_text(
        json.dumps(
            {
                "type": "FeatureCollection",
                "features": [{"type": "Feature", "geometry": square, "properties": {"code": "QQ-1", "name": "One"}}],
            }
        )
    )
    areas = read_areas(file)
    assert areas.areas["QQ-1"].name == "One"
    assert areas.areas["QQ-1"].level == "district"
    assert areas.code_at(0.5, 0.5) == "QQ-1"
    assert areas.code_at(1.4, 1.2) is None
    assert area_probabilities(areas, 1.4, 1.2, Ellipse(2e3, 2e3, 0.0)) == {}


@given(
    st.floats(-70.0, 70.0),
    st.floats(-180.0, 180.0),
    st.floats(-math.pi, math.pi),
    st.floats(0.0, 5e6),
    st.floats(1e4, 1e7),
)
@settings(max_examples=25, deadline=None)
def test_rings_that_are_passed_over_unseen_have_no_corner_ahead(
    latitude_deg: float, longitude_deg: float, heading: float, from_m: float, width_m: float
) -> None:
    areas = default_areas()
    centre = unit_vectors(np.array([[longitude_deg, latitude_deg]]))[0]
    latitude, longitude = math.radians(latitude_deg), math.radians(longitude_deg)
    east, north, _ = east_north_up(latitude, longitude)
    direction = math.sin(heading) * east + math.cos(heading) * north
    kept = areas.rings_before(centre, direction, from_m, from_m + width_m)
    away_m = EARTH_RADIUS_M * np.arccos(np.clip(areas.corners @ centre, -1.0, 1.0))
    ahead = (areas.corners @ direction > 1e-9) & (away_m > from_m + 1.0) & (away_m < from_m + width_m - 1.0)
    needed = np.flatnonzero(np.add.reduceat(ahead, areas.ring_start[:-1]))
    assert set(needed) <= set(kept)
