"""What the commands print of others' words."""

from __future__ import annotations


def printable(words: str) -> str:
    """Without characters that a terminal would obey: lines and messages of anyone's are quoted."""
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in words)
