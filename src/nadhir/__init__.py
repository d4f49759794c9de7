"""Nadhir: open, real-time shared early warning. It warns and shares; it never aims. Not an official warning."""

from nadhir._compiled import name_cache

__version__ = "0.1.0"

name_cache()
