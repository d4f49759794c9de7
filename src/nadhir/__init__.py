"""Nadhir: open, real-time shared early warning. It warns and shares; it never aims. Not an official warning."""

__version__ = "0.1.0"
