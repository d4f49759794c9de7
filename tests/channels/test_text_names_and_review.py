"""Names and zones of areas, the cost of a cell broadcast, and the sign-off of texts."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from nadhir.channels.text import (
    LANGUAGES,
    area_name,
    read_sign_off,
    reviewed,
    reviewed_languages,
    source_hash,
    zone_of,
)
from nadhir.channels.text import cell_broadcast as broadcast
from nadhir.channels.text.names import zone_abbreviation

KOREA = [f"KR-{number}" for number in (11, 26, 27, 28, 29, 30, 31, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50)]


def test_all_prefectures_and_provinces_have_their_own_name_in_each_language() -> None:
    codes = [f"JP-{number:02d}" for number in range(1, 48)] + KOREA
    assert len(codes) == 64
    for language in LANGUAGES:
        names = [area_name(code, language) for code in codes]
        assert len(set(names)) == 64
        assert not any("(" in name for name in names)
    for first, second in itertools.combinations(LANGUAGES, 2):
        assert not {area_name(code, first) for code in codes} & {area_name(code, second) for code in codes}


def test_japanese_names_carry_the_right_kind_of_area() -> None:
    endings = {area_name(f"JP-{number:02d}", "ja")[-1] for number in range(1, 48)}
    assert endings == {"道", "都", "府", "県"}
    assert [area_name(code, "ja") for code in ("JP-01", "JP-13", "JP-26", "JP-27")] == [
        "北海道",
        "東京都",
        "京都府",
        "大阪府",
    ]


def test_countries_and_what_nobody_knows() -> None:
    assert [area_name("KP", language) for language in LANGUAGES] == [
        "North Korea",
        "북한",
        "北朝鮮",
        "كوريا الشمالية",
    ]
    assert area_name("FR-75", "en") == "France (FR-75)"
    assert area_name("XQ", "en") == "XQ"
    assert area_name("XQ-1", "ja") == "XQ (XQ-1)"


def test_zones() -> None:
    assert zone_of("JP-47") == ZoneInfo("Asia/Tokyo")
    assert zone_of("US-HI") == ZoneInfo("Pacific/Honolulu")
    assert zone_of("US-CA") == zone_of("XQ") == zone_of("") == ZoneInfo("UTC")


@pytest.mark.parametrize(
    ("zone", "name"),
    [("Asia/Tokyo", "JST"), ("Asia/Manila", "UTC+8"), ("Asia/Kolkata", "UTC+5:30"), ("America/New_York", "UTC-5")],
)
def test_short_names_of_zones_cannot_be_mistaken(zone: str, name: str) -> None:
    assert zone_abbreviation(datetime(2027, 1, 15, tzinfo=UTC).astimezone(ZoneInfo(zone))) == name


def test_cell_broadcast_pages() -> None:
    assert broadcast.length("[a]") == 5
    assert broadcast.pages("a" * 93) == 1
    assert broadcast.pages("a" * 94) == 2
    assert broadcast.pages("a" * 1395) == broadcast.PAGES
    assert broadcast.pages("ま" * 615) == broadcast.PAGES
    assert broadcast.pages("ま" * 616) == broadcast.PAGES + 1
    assert broadcast.length("😀") == 2


def test_sign_off(tmp_path: Path) -> None:
    path = tmp_path / "sign-off.toml"
    path.write_text(
        f"""
        [[review]]
        language = "ko"
        sha256 = "{source_hash("ko")}"
        reviewer = "A reviewer, a ministry"
        date = 2026-11-22

        [[review]]
        language = "ja"
        sha256 = "{"0" * 64}"
        reviewer = "Of an older file"
        date = 2026-11-22

        [[review]]
        language = "ar"
        sha256 = "{source_hash("ar")}"
        reviewer = " "
        date = 2026-11-22
        """
    )
    sign_off = read_sign_off(path)
    assert reviewed("ko", sign_off)
    assert reviewed_languages(sign_off) == {"ko"}


@pytest.mark.parametrize("text", ["nonsense", '[[review]]\nlanguage = "xx"', "[[reviews]]\n"])
def test_a_wrong_sign_off_file_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "sign-off.toml"
    path.write_text(text)
    with pytest.raises(ValueError, match="not a sign-off file"):
        read_sign_off(path)


def test_a_missing_sign_off_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="cannot be read"):
        read_sign_off(tmp_path / "none.toml")
