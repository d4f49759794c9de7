"""Limits of cell broadcast: what a text costs in the alphabet of the network.

3GPP TS 23.038 section 6.2.1 (7-bit default alphabet and its extension table), TS 23.041 (up to 15 pages of 82 octets:
93 characters of 7 bits or 41 of UCS-2), and 47 CFR 10.430 (WEA: 360 characters).
"""

from __future__ import annotations

WEA_CHARACTERS = 360
PAGES = 15
GSM_PAGE = 93
UCS2_PAGE = 41

_DEFAULT = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = frozenset("\f^{}\\[~]|€")


def is_gsm7(text: str) -> bool:
    """Whether `text` can be sent in the 7-bit default alphabet."""
    return all(character in _DEFAULT or character in _EXTENSION for character in text)


def length(text: str) -> int:
    """Characters that `text` takes: septets in the 7-bit alphabet (an extension costs two), else UCS-2 units."""
    if is_gsm7(text):
        return len(text) + sum(character in _EXTENSION for character in text)
    return len(text.encode("utf-16-be")) // 2


def pages(text: str) -> int:
    """Cell broadcast pages that `text` takes; more than `PAGES` cannot be sent."""
    return -(-length(text) // (GSM_PAGE if is_gsm7(text) else UCS2_PAGE))
