from importlib.resources import files

import numpy as np
import pytest

from nadhir.report import basemap


@pytest.mark.parametrize(
    ("name", "latitude_deg", "longitude_deg", "country"),
    [
        ("Ishigaki", 24.42, 124.20, "Japan"),
        ("Tsushima", 34.40, 129.33, "Japan"),
        ("Hachijo", 33.11, 139.79, "Japan"),
        ("Chichijima, Ogasawara", 27.08, 142.21, "Japan"),
        ("Jeju", 33.38, 126.55, "South Korea"),
        ("Ulleung", 37.50, 130.87, "South Korea"),
        ("Sejong", 36.50, 127.27, "South Korea"),
        ("Pyongyang", 39.03, 125.75, "North Korea"),
        ("Akita", 39.72, 140.10, "Japan"),
        ("Maseru, Lesotho", -29.32, 27.55, "Lesotho"),
        ("Suva", -17.95, 178.0, "Fiji"),
        ("Denver", 39.74, -104.99, "the United States"),
    ],
)
def test_places_on_land_are_named(name: str, latitude_deg: float, longitude_deg: float, country: str) -> None:
    found = basemap.place(latitude_deg, longitude_deg)
    assert found.country == country, name
    assert found.offshore_m < 5e3


def test_a_place_at_sea_is_named_by_the_nearest_shore() -> None:
    found = basemap.place(38.5, 135.5)
    assert found.country == "Japan"
    assert found.words.startswith("at sea, 1")
    assert found.words.endswith("north-west of Japan")
    assert 100e3 < found.offshore_m < 200e3


def test_far_from_land_only_the_distance_is_told() -> None:
    assert basemap.place(37.3, 179.1).words == "in the open sea, 1,600 km from the United States"


def test_longitudes_either_side_of_the_dateline_agree() -> None:
    assert basemap.place(40.0, 181.0) == basemap.place(40.0, -179.0)


def test_shore_lines_do_not_follow_the_cut_at_180_degrees() -> None:
    for line in basemap.lines()[0].shapes:
        at_cut = np.abs(line[:, 0]) > 179.99
        assert not (at_cut[1:] & at_cut[:-1]).any()


def test_the_bundled_map_stays_small_and_names_its_source() -> None:
    data = files("nadhir.report").joinpath("basemap.json").read_bytes()
    assert len(data) <= 200_000
    assert b"Natural Earth" in data[:300]
    assert b"public domain" in data[:400]
