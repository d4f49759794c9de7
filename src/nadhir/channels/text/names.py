"""Names of areas in each language, and the time zone that people there live by.

Subdivisions have their names in `names.toml`; countries have CLDR's (through Babel). What has neither is called by its
country, else by its code.
"""

from __future__ import annotations

import tomllib
from datetime import datetime
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from babel import Locale
from babel.core import get_global
from babel.dates import get_timezone_name

from nadhir.channels.text.catalogue import Language

# A country with one time only; for the others the subdivisions that matter here. What is not listed has UTC.
ZONES = {
    "CN": "Asia/Shanghai",
    "GU": "Pacific/Guam",
    "JP": "Asia/Tokyo",
    "KP": "Asia/Pyongyang",
    "KR": "Asia/Seoul",
    "MP": "Pacific/Guam",
    "PH": "Asia/Manila",
    "PW": "Pacific/Palau",
    "TW": "Asia/Taipei",
    "US-AK": "America/Anchorage",
    "US-HI": "Pacific/Honolulu",
}
# Abbreviations that mean one zone only around the Pacific; CST and PST do not, and an offset is said instead.
UNAMBIGUOUS = frozenset({"JST", "KST", "HST", "ChST", "AKST", "AKDT", "UTC"})


@cache
def _subdivisions() -> dict[str, dict[str, str]]:
    return tomllib.loads(files(__package__).joinpath("names.toml").read_text(encoding="utf-8"))


@cache
def _territories(language: Language) -> dict[str, str]:
    return dict(Locale.parse(language).territories)


def country_name(code: str, language: Language) -> str:
    """The name of a country by its ISO 3166-1 code of two or three letters; the code itself where nobody knows it."""
    two_letters = get_global("territory_aliases").get(code, [code])[0]
    return _territories(language).get(two_letters, code)


def area_name(code: str, language: Language) -> str:
    """The name of an area by its ISO 3166-2 or 3166-1 code.

    >>> area_name("JP-02", "en"), area_name("KP", "en"), area_name("FR-75", "en")
    ('Aomori', 'North Korea', 'France (FR-75)')
    """
    if names := _subdivisions().get(code):
        return names[language]
    country = country_name(code.partition("-")[0], language)
    return country if "-" not in code else f"{country} ({code})"


def zone_of(code: str) -> ZoneInfo:
    """The time zone of an area (ISO 3166-2 or 3166-1 code), UTC where none is known."""
    return ZoneInfo(ZONES.get(code) or ZONES.get(code.partition("-")[0], "UTC"))


def zone_name(moment: datetime, language: Language) -> str:
    """CLDR's name of the zone that `moment` is in: Japan Standard Time, 日本標準時."""
    return get_timezone_name(moment, "long", locale=language)


def zone_abbreviation(moment: datetime) -> str:
    """A short name of the zone that nobody can mistake: KST, else the offset as UTC+8."""
    if (name := moment.tzname()) in UNAMBIGUOUS:
        return str(name)
    offset = moment.utcoffset()
    minutes = round(offset.total_seconds() / 60) if offset else 0
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours}" + (f":{rest:02d}" if rest else "")
