"""Wires the stages: the only room that knows them all."""

from nadhir.node.replay import Replay, Summary, replay_folder

__all__ = ["Replay", "Summary", "replay_folder"]
