"""Simplified areas cover everyone, within the limits of cell broadcast."""

from __future__ import annotations

import math

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import MultiPoint, MultiPolygon, Point, Polygon, box

from nadhir.channels.cap.polygons import (
    DECIMALS,
    MOST_POINTS,
    MOST_POLYGONS,
    MOST_SETS_KEPT,
    Outlines,
    cover,
    overshoot,
    rings,
)
from nadhir.channels.cap.rules import crosses_itself


def _keeps_the_limits(
    polygons: list[Polygon], most_polygons: int = MOST_POLYGONS, most_points: int = MOST_POINTS
) -> bool:
    written = rings(polygons)
    return (
        len(written) <= most_polygons
        and all(4 <= len(ring) <= most_points and ring[0] == ring[-1] for ring in written)
        and all(abs(latitude) <= 90 and abs(longitude) <= 180 for ring in written for latitude, longitude in ring)
        and all(value == round(value, DECIMALS) for ring in written for point in ring for value in point)
        and not any(crosses_itself(ring) for ring in written)
    )


def _star(longitude: float, latitude: float, radius: float, points: int, depth: float) -> Polygon:
    """A wild coast: a star of so many points, its bays as deep as so much of the radius."""
    corners = []
    for index in range(2 * points):
        reach = radius if index % 2 == 0 else radius * (1 - depth)
        angle = math.pi * index / points
        north = max(-90.0, min(90.0, latitude + reach * math.sin(angle)))
        corners.append((longitude + reach * math.cos(angle), north))
    return Polygon(corners)


stars = st.builds(
    _star,
    st.floats(-185, 185),
    st.floats(-89.9, 89.9),
    st.floats(0.001, 5),
    st.integers(3, 150),
    st.floats(0, 0.9),
)
boxes = st.tuples(st.floats(-200, 200), st.floats(-90, 89), st.floats(1e-6, 30), st.floats(1e-6, 1)).map(
    lambda one: box(one[0], one[1], one[0] + one[2], one[1] + one[3])
)
dots = st.tuples(st.floats(-180, 180), st.floats(-90, 90)).map(Point)
geometries = st.lists(stars | boxes | dots, min_size=1, max_size=25)


def _turned(geometry: shapely.Geometry) -> list[shapely.Geometry]:
    """A geometry as it stands within ±180 degrees."""
    whole = shapely.make_valid(geometry)
    world = box(-180, -90, 180, 90)
    turned = (shapely.affinity.translate(whole, turn).intersection(world) for turn in (-360, 0, 360))
    return [part for one in turned for part in shapely.get_parts(one) if not part.is_empty]


@settings(max_examples=25, deadline=None)
@given(geometries, st.data())
def test_no_endangered_point_is_uncovered(areas: list[shapely.Geometry], data: st.DataObject) -> None:
    polygons = cover(areas)
    assert _keeps_the_limits(polygons)
    for area in areas:
        for part in _turned(area):
            corners = shapely.get_coordinates(part)
            picked = data.draw(st.lists(st.integers(0, len(corners) - 1), min_size=1, max_size=20))
            inside = [tuple(corners[index]) for index in picked] + [part.representative_point().coords[0]]
            for longitude, latitude in inside:
                # Cutting at the date line computes new points, to the last bit: a hair is allowed there.
                hair = 1e-9 if area.bounds[0] < -180 or area.bounds[2] > 180 else 0.0
                same = {longitude, -longitude} if abs(longitude) == 180 else {longitude}
                assert min(one.distance(Point(east, latitude)) for one in polygons for east in same) <= hair


@settings(max_examples=25, deadline=None)
@given(stars.filter(lambda star: star.bounds[0] >= -180 and star.bounds[2] <= 180 and star.is_valid))
def test_one_area_is_covered_whole_and_not_much_more(star: Polygon) -> None:
    (polygon,) = cover([star])
    assert polygon.covers(star)
    assert star.convex_hull.buffer(0.01).buffer(0.5 * math.sqrt(star.convex_hull.area)).covers(polygon)


def test_what_is_simple_enough_is_left_as_it_is() -> None:
    square = box(126.5, 33.25, 127, 33.5)
    assert cover([square]) == [square]
    assert overshoot(cover([square]), [square]) == 0


def test_a_wild_coast_costs_little() -> None:
    coast = Polygon(
        [
            (
                127 + (2 + 0.05 * math.sin(40 * angle)) * math.cos(angle),
                37 + (2 + 0.05 * math.cos(31 * angle)) * math.sin(angle),
            )
            for angle in (math.tau * step / 5000 for step in range(5000))
        ]
    )
    (polygon,) = cover([coast])
    assert len(polygon.exterior.coords) <= MOST_POINTS
    assert overshoot([polygon], [coast]) < 0.06


def test_islands_are_put_together_with_their_neighbours() -> None:
    groups = [(128.0, 34.0), (129.3, 34.4), (142.2, 27.0), (139.8, 33.1)]
    islands = [Point(x + dx / 20, y + dy / 20).buffer(0.02) for x, y in groups for dx in range(4) for dy in range(4)]
    mainland = box(135, 34, 140, 37)
    polygons = cover([*islands, mainland], most_polygons=5)
    assert len(polygons) == 5
    assert any(mainland.equals(polygon) for polygon in polygons)
    assert all(any(polygon.covers(island) for polygon in polygons) for island in islands)
    assert overshoot(polygons, [*islands, mainland]) < 0.05


def test_across_the_date_line_it_is_cut_there() -> None:
    fiji = box(177, -19, 182, -16)
    polygons = cover([fiji])
    assert sorted(polygon.bounds for polygon in polygons) == [(-180, -19, -178, -16), (177, -19, 180, -16)]
    many = [Point(180 + step / 100, -17 + (step % 7) / 10).buffer(0.004) for step in range(-100, 100, 5)]
    west, east = (box(*polygon.bounds) for polygon in cover(many, most_polygons=2))
    assert west.area < 2
    assert east.area < 2


def test_at_the_poles() -> None:
    cap = box(-180, 85, 180, 90)
    assert cover([cap]) == [cap]
    (polygon,) = cover([_star(0, 89, 3, 200, 0.5)])
    assert polygon.bounds[3] <= 90


def test_holes_and_what_is_in_them_are_covered() -> None:
    ring = Polygon(box(0, 0, 4, 4).exterior, [box(1, 1, 3, 3).exterior])
    (polygon,) = cover([ring, box(1.5, 1.5, 2.5, 2.5)])
    assert polygon.equals(box(0, 0, 4, 4))


@pytest.mark.parametrize("bad", [Point(math.nan, 3), Point(3, 91), Point(math.inf, 0), Point(541, 0)])
def test_what_is_not_on_the_earth_is_refused(bad: Point) -> None:
    with pytest.raises(ValueError, match="must be finite"):
        cover([bad])


def test_nothing_needs_no_polygon() -> None:
    assert cover([]) == []
    assert cover([Polygon(), MultiPolygon()]) == []
    assert len(cover([MultiPoint([(1, 1), (2, 2)])])) == 2


def test_a_bow_tie_is_covered_too() -> None:
    bow = Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])
    assert shapely.union_all(cover([bow])).covers(shapely.make_valid(bow))


def test_outlines_by_code_are_kept() -> None:
    areas = {"KR-49": _star(126.5, 33.4, 0.5, 200, 0.3), "JP-47": _star(127.9, 26.5, 0.4, 200, 0.3)}
    outlines = Outlines(areas)
    together = outlines.rings(["KR-49", "JP-47", "XX-00"])
    assert len(together) == 2
    assert outlines.rings({"JP-47", "KR-49", "XX-00"}) is together
    covered = shapely.union_all([Polygon([(x, y) for y, x in ring]) for ring in together])
    assert all(covered.covers(area) for area in areas.values())
    assert outlines.rings([]) == ()


def test_many_areas_one_by_one_do_not_push_out_what_was_put_together():
    names = [f"A{number}" for number in range(MOST_SETS_KEPT + 1)]
    outlines = Outlines({name: shapely.box(0.1 * n, 0.0, 0.1 * n + 0.05, 0.05) for n, name in enumerate(names)})
    together = outlines.rings(names[:2])
    assert all(len(outlines.rings([name])) == 1 for name in names)
    assert outlines.rings(names[:2]) is together
