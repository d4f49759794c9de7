"""What the terminal shows while Numba compiles: when a kernel is first called and not yet in the cache."""

from __future__ import annotations

from numba.core import event

from nadhir.report import TerminalView


class Compilation(event.Listener):
    """Tells a view that kernels are being compiled, and when that is over."""

    def __init__(self, view: TerminalView) -> None:
        self._view = view
        self._depth = 0

    def on_start(self, event: object) -> None:
        self._depth += 1
        self._view.compiling(True)

    def on_end(self, event: object) -> None:
        self._depth -= 1
        self._view.compiling(self._depth > 0)
