"""Detections to tracks: a pure tracker for launches, their stages and all else that flies."""

from nadhir.tracks.tracker import Tracker

__all__ = ["Tracker"]
