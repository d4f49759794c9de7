"""A replay on a terminal: progress through the data, and the timeline line by line."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from nadhir.report import words
from nadhir.report.timeline import Line

COMPILING = "compiling kernels (first run only, about a minute)"
STYLES = {"detail": "dim", "notice": "default", "urgent": "bold red"}


class TerminalView:
    """Shows lines as they come, with a bar below them on a terminal; plain lines where there is none.

    A context manager: the bar lives while it is open.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._progress = Progress(
            TextColumn("[bold]{task.description}[/]"),
            BarColumn(bar_width=None),
            TextColumn("{task.percentage:>3.0f} %  data time {task.fields[data_time]} UTC"),
            TimeElapsedColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task = self._progress.add_task("replay", total=1.0, data_time="--:--:--")
        self._compiling = False

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._progress.stop()

    def compiling(self, busy: bool) -> None:
        """Show that kernels are being compiled, or no longer; said once where there is no terminal."""
        if busy and not self._compiling and not self._console.is_terminal:
            self._console.print(f"{COMPILING} …", highlight=False, soft_wrap=True)
        self._compiling = self._compiling or busy
        self._progress.update(self._task, description=COMPILING if busy else "replay")

    def progress(self, fraction: float, data_time: float) -> None:
        """Show how far the replay is (0 to 1) and the data's own time (Unix seconds)."""
        self._progress.update(self._task, completed=fraction, data_time=words.clock(data_time))

    def line(self, line: Line) -> None:
        """Show one line of the timeline; on a terminal, continued lines are indented under the text."""
        who = line.object or line.event or ""
        since = f"+{line.elapsed_s:.0f} s" if line.elapsed_s is not None else ""
        head = f"{words.clock(line.time)}  {since:>7}  {who:<10}  "
        if not self._console.is_terminal:
            self._console.print(head + line.text, markup=False, highlight=False, soft_wrap=True)
            return
        room = max(self._console.width - len(head), 30)
        shown = Text(head, style="cyan")
        for number, part in enumerate(Text(line.text).wrap(self._console, room)):
            shown.append("\n" + " " * len(head) if number else "")
            shown.append(part.plain.rstrip(), style=STYLES[line.severity])
        self._console.print(shown, highlight=False)
