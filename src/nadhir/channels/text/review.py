"""Sign-off of a language's texts by a native reviewer: without it nothing goes out live in that language.

A sign-off file is TOML and belongs to the authority that runs the node; none is shipped:

    [[review]]
    language = "ko"
    sha256 = "…"           # of the Fluent file that was read: `source_hash("ko")`
    reviewer = "name and office"
    date = 2026-11-22

A changed text has another hash, so it must be read again.
"""

from __future__ import annotations

import datetime
import hashlib
from pathlib import Path

import msgspec

from nadhir.channels.text.catalogue import LANGUAGES, Language, source
from nadhir.model.unreadable import UNREADABLE


class Review(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One sign-off."""

    language: Language
    sha256: str
    reviewer: str
    date: datetime.date


class SignOff(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All sign-offs of a node."""

    review: tuple[Review, ...] = ()


def source_hash(language: Language) -> str:
    """SHA-256 of a language's Fluent file, hexadecimal."""
    return hashlib.sha256(source(language)).hexdigest()


def read_sign_off(path: Path) -> SignOff:
    """The sign-off file at `path`; ValueError says what is wrong with it."""
    try:
        return msgspec.toml.decode(path.read_bytes(), type=SignOff)
    except OSError as error:
        raise ValueError(f"{path}: cannot be read ({error.strerror}); name the file of the texts' reviewers") from error
    except UNREADABLE as error:
        raise ValueError(f"{path}: not a sign-off file: {error}") from error


def reviewed(language: Language, sign_off: SignOff) -> bool:
    """Whether a named reviewer has signed off this language's texts as they are now."""
    return any(
        review.language == language and review.sha256.lower() == source_hash(language) and review.reviewer.strip()
        for review in sign_off.review
    )


def reviewed_languages(sign_off: SignOff) -> frozenset[Language]:
    """The languages that may go out live."""
    return frozenset(language for language in LANGUAGES if reviewed(language, sign_off))
