"""`nadhir export`: a replay's events as CSV or GeoJSON."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Form(StrEnum):
    """The file formats."""

    csv = "csv"
    geojson = "geojson"


def register(app: typer.Typer) -> None:
    """Add the command to the `nadhir` application."""
    app.command("export")(export)


def export(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder that `nadhir replay … --out` wrote.")],
    out: Annotated[Path, typer.Option(help="The file to write.")],
    form: Annotated[Form, typer.Option("--format", help="A table of states and predictions, or shapes for a map.")],
    event: Annotated[str | None, typer.Option(help="Only this event; without it, everything.")] = None,
) -> None:
    """Write the events of a replay as CSV or GeoJSON for other tools."""
    from nadhir.report import RecordError, arrange, choose, read_products, to_csv, to_geojson

    try:
        events, others = choose(*arrange(read_products(folder)), event)
        text = to_csv(events, others).encode() if form is Form.csv else to_geojson(events, others)
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_bytes(text)
    except (RecordError, OSError) as error:
        typer.echo(f"nadhir export: {error}", err=True)
        raise typer.Exit(2) from None
