"""Where compiled kernels are kept: one folder for each state of the sources.

Numba sees a change of a kernel's own file only, not of the kernels that it calls from other files, and would go on
with the old ones. So the folder's name holds a hash of all sources. NUMBA_CACHE_DIR, when set, is left alone.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

ROOMS = ("geo", "tracks", "assessment", "exercise")
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
    root = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    if not os.access(root if root.exists() else root.parent, os.W_OK):
        root = Path(tempfile.gettempdir())
    os.environ["NUMBA_CACHE_DIR"] = str(root / "nadhir" / "kernels" / digest.hexdigest()[:16])
