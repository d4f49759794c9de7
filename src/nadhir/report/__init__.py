"""What people see: a timeline in words, a page for a replay, files for other tools. Reads the fixed products only."""

from nadhir.report.page import write_report
from nadhir.report.record import RecordError
from nadhir.report.terminal import TerminalView
from nadhir.report.timeline import Line, Timeline

__all__ = ["Line", "RecordError", "TerminalView", "Timeline", "write_report"]
