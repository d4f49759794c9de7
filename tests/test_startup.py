"""The command line answers at once: what a command needs is imported by that command alone."""

from __future__ import annotations

import subprocess
import sys

HEAVY = {"numpy", "numba", "scipy", "shapely", "litestar", "cryptography", "httpx", "babel", "rich.console"}
LOOK = "import sys, nadhir.cli; print(*sys.modules)"


def test_nothing_heavy_is_imported_before_a_command_is_known() -> None:
    loaded = subprocess.run([sys.executable, "-c", LOOK], capture_output=True, text=True, check=True, timeout=60)
    modules = set(loaded.stdout.split())
    assert "nadhir.cli.replay" in modules
    assert not modules & HEAVY


def test_a_replay_begins_without_what_only_crowds_and_impacts_need() -> None:
    look = "import sys, nadhir.node; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True, timeout=60)
    assert not set(loaded.stdout.split()) & {"scipy.optimize", "scipy.special"}
