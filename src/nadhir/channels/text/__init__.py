"""Texts of a warning in English, Korean, Japanese and Arabic, each from the typed warning alone.

`write` makes a `WarningText`; `Voice` says who speaks. Names of areas: `area_name`, `zone_of`. Sign-off of a language
by its native reviewer, needed for live use: `read_sign_off`, `reviewed`, `reviewed_languages`, `source_hash`. The
Japanese, Korean and Arabic texts have not been reviewed by native speakers yet.
"""

from nadhir.channels.text.catalogue import LANGUAGES, RIGHT_TO_LEFT, CatalogueError, Language, strip_isolates
from nadhir.channels.text.names import area_name, zone_of
from nadhir.channels.text.review import Review, SignOff, read_sign_off, reviewed, reviewed_languages, source_hash
from nadhir.channels.text.writer import NotReleasedError, Voice, WarningText, write

__all__ = [
    "LANGUAGES",
    "RIGHT_TO_LEFT",
    "CatalogueError",
    "Language",
    "NotReleasedError",
    "Review",
    "SignOff",
    "Voice",
    "WarningText",
    "area_name",
    "read_sign_off",
    "reviewed",
    "reviewed_languages",
    "source_hash",
    "strip_isolates",
    "write",
    "zone_of",
]
