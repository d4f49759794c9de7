"""What people see: a timeline in words, a page for a replay, files for other tools. Reads the fixed products only."""

from nadhir.report.export import choose, to_csv, to_geojson
from nadhir.report.page import write_report
from nadhir.report.record import RecordError, arrange, read_products
from nadhir.report.terminal import TerminalView
from nadhir.report.timeline import Line, Timeline

__all__ = [
    "Line",
    "RecordError",
    "TerminalView",
    "Timeline",
    "arrange",
    "choose",
    "read_products",
    "to_csv",
    "to_geojson",
    "write_report",
]
