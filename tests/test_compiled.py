"""The folder of compiled kernels changes with the sources that they are made of, and with nothing else."""

from __future__ import annotations

import ast
import os
import shutil
from pathlib import Path

import pytest

from nadhir import _compiled


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the rooms that hold kernels, and no folder named."""
    for room in _compiled.ROOMS:
        shutil.copytree(Path(_compiled.__file__).parent / room, tmp_path / "nadhir" / room)
    monkeypatch.setattr(_compiled, "__file__", str(tmp_path / "nadhir" / "_compiled.py"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("NUMBA_CACHE_DIR", "")
    return tmp_path / "nadhir"


def folder() -> Path:
    os.environ.pop("NUMBA_CACHE_DIR")
    _compiled.name_cache()
    return Path(os.environ["NUMBA_CACHE_DIR"])


def test_it_follows_every_kernel_source_and_only_those(package):
    first = folder()
    assert first.parent == package.parent / "cache" / "nadhir" / "kernels"
    assert folder() == first
    with (package / "tracks" / "tracker.py").open("a") as source:
        source.write("# no kernels here\n")
    assert folder() == first
    with (package / "geo" / "gravity.py").open("a") as source:
        source.write("# called by kernels of other files\n")
    assert folder() != first


def test_every_room_with_kernels_is_known():
    package = Path(_compiled.__file__).parent
    rooms = {file.parent.name for file in package.glob("*/*.py") if "@njit" in file.read_text()}
    assert rooms == set(_compiled.ROOMS)


def test_what_kernels_use_is_in_files_that_hold_kernels():
    """A constant from any other file would be compiled in, and its change not seen."""
    package = Path(_compiled.__file__).parent
    for file in package.glob("*/*.py"):
        tree = ast.parse(file.read_text())
        foreign = {
            alias.asname or alias.name
            for node in tree.body
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("nadhir.")
            for alias in node.names
            if "@njit" not in _source(package, str(node.module))
        }
        for kernel in tree.body:
            if isinstance(kernel, ast.FunctionDef) and "njit" in "".join(map(ast.unparse, kernel.decorator_list)):
                used = {node.id for part in kernel.body for node in ast.walk(part) if isinstance(node, ast.Name)}
                assert not used & foreign, f"{file.name}: {kernel.name} uses {used & foreign}"


def _source(package: Path, module: str) -> str:
    path = package.joinpath(*module.split(".")[1:])
    return (path / "__init__.py" if path.is_dir() else path.with_suffix(".py")).read_text()


def test_a_named_folder_is_left_alone(package, monkeypatch):
    monkeypatch.setenv("NUMBA_CACHE_DIR", "/somewhere/else")
    _compiled.name_cache()
    assert os.environ["NUMBA_CACHE_DIR"] == "/somewhere/else"


def test_without_a_writable_home_it_is_temporary_and_our_own(package, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    monkeypatch.setattr(_compiled.tempfile, "tempdir", str(package.parent))
    ours = folder()
    assert ours == folder()
    assert ours.is_relative_to(package.parent / f"nadhir-{os.getuid()}")
    assert (package.parent / f"nadhir-{os.getuid()}").stat().st_mode & 0o077 == 0


def test_a_folder_that_somebody_else_laid_out_is_not_used(package, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    monkeypatch.setattr(_compiled.tempfile, "tempdir", str(package.parent))
    user = os.getuid()
    (package.parent / f"nadhir-{user + 1}").mkdir()
    monkeypatch.setattr(os, "getuid", lambda: user + 1)
    assert not folder().is_relative_to(package.parent / f"nadhir-{user + 1}")
