"""`nadhir replay`: a scenario folder through the tracker, with a timeline in words and a report to look at."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from nadhir.model import Product
    from nadhir.node import Replay


def register(app: typer.Typer) -> None:
    """Add the command to the `nadhir` app."""
    app.command("replay")(_replay)


def _replay(
    folder: Annotated[Path, typer.Argument(help="A scenario folder: sensors.json and detections.jsonl (or .jsonl.gz)")],
    out: Annotated[Path, typer.Option(help="Folder to write products.jsonl, rejected.jsonl and summary.json into")],
    report: Annotated[Path | None, typer.Option(help="Also write one self-contained HTML page")] = None,
    pace: Annotated[
        float, typer.Option(min=0.0, help="So many times faster than the data's own time; 0: as fast as it goes")
    ] = 0.0,
    areas: Annotated[Path | None, typer.Option(help="Warning areas: GeoJSON polygons with a property `code`")] = None,
    rules: Annotated[Path | None, typer.Option(help="Decision rules of the nations (TOML)")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="No timeline, only the closing lines")] = False,
) -> None:
    """Replay what sensors measured: launches, paths, impacts. Not an official warning."""
    import time

    from numba.core import event
    from rich.console import Console

    from nadhir.alerts import RulesError, read_rules
    from nadhir.cli.compiling import Compilation
    from nadhir.geo.areas import AreaError, read_areas
    from nadhir.node import replay_folder
    from nadhir.report import RecordError, TerminalView, Timeline, write_report
    from nadhir.sensors import ScenarioError

    console, told = Console(), Console(quiet=quiet)
    try:
        size = _size(folder)
        outlines = read_areas(areas) if areas else None
        decisions = read_rules(rules) if rules else None
        with TerminalView(told) as view, event.install_listener("numba:compile", Compilation(view)):
            timeline = Timeline()
            started: tuple[float, float] | None = None

            def watch(replay: Replay, product: Product) -> None:
                nonlocal started
                if pace > 0.0:
                    started = started or (time.monotonic(), product.issued)
                    ahead = (product.issued - started[1]) / pace - (time.monotonic() - started[0])
                    if ahead > 0.0:
                        time.sleep(min(ahead, 5.0))
                for line in timeline.add(product):
                    view.line(line)
                view.progress(min(replay.bytes_read / size, 1.0) if size else 1.0, product.issued)

            told.print("REPLAY, not an official warning.")
            summary = replay_folder(folder, out, watch, outlines, decisions)
    except (ScenarioError, AreaError, RulesError) as error:
        typer.echo(f"error: {error}", err=True)
        raise typer.Exit(2) from None
    except OSError as error:
        typer.echo(f"error: {out}: cannot be written ({error.strerror}); name another --out", err=True)
        raise typer.Exit(2) from None
    set_aside = sum(summary.rejected.values())
    console.print(
        f"{summary.events} launches, {summary.objects} objects from {summary.lines} lines"
        f" ({set_aside} set aside, {summary.unused_late} too late); products in {out}",
        highlight=False,
        soft_wrap=True,
    )
    if report is not None:
        try:
            write_report(out, folder, report)
        except (RecordError, OSError) as error:
            typer.echo(f"error: {report}: cannot be written ({error}); name another --report", err=True)
            raise typer.Exit(2) from None
        console.print(f"report: {report}", highlight=False, soft_wrap=True)


def _size(folder: Path) -> int:
    """Bytes of the detections, unpacked: a compressed file says so in its last four bytes (RFC 1952)."""
    from nadhir.sensors import detections_file

    if not folder.is_dir():
        return 0
    file = detections_file(folder)
    if file.suffix != ".gz":
        return file.stat().st_size
    return int.from_bytes(file.read_bytes()[-4:], "little")
