"""Where compiled kernels are kept: one folder for each state of the sources.

Numba sees a change of a kernel's own file only, not of the kernels that it calls from other files, and would go on
with the old ones. So the folder's name holds a hash of all sources. NUMBA_CACHE_DIR, when set, is left alone.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

ROOMS = ("geo", "tracks", "assessment", "alerts", "exercise")
"""The rooms that hold kernels."""


def name_cache() -> None:
    """Name the folder of compiled kernels, before Numba is first imported."""
    if "NUMBA_CACHE_DIR" in os.environ:
        return
    here = Path(__file__).parent
    digest = hashlib.sha256()
    for room in ROOMS:
        for source in sorted((here / room).glob("*.py")):
            text = source.read_bytes()
            if b"@njit" in text:
                digest.update(source.name.encode() + text)
    os.environ["NUMBA_CACHE_DIR"] = str(_root() / "kernels" / digest.hexdigest()[:16])


def _root() -> Path:
    """A folder that only this user writes to, since Numba loads code from it."""
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    if os.access(home if home.exists() else home.parent, os.W_OK):
        return home / "nadhir"
    shared = Path(tempfile.gettempdir(), f"nadhir-{os.getuid()}")
    shared.mkdir(mode=0o700, exist_ok=True)
    return shared if shared.lstat().st_uid == os.getuid() else Path(tempfile.mkdtemp(prefix="nadhir-"))
