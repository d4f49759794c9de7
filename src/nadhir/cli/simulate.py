"""`nadhir simulate`: flights and notional sensors from a spec, as a scenario folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command to the `nadhir` app."""
    app.command("simulate")(_simulate)


def _simulate(
    spec: Annotated[str, typer.Argument(help="A JSON or TOML file, or a bundled name such as single-mixed or raid")],
    out: Annotated[Path, typer.Option(help="Folder to write the scenario into")],
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same scenario")] = 0,
) -> None:
    """Simulate flights seen by notional sensors: an exercise, with truth beside it."""
    from nadhir.exercise.classes import UnreachableError
    from nadhir.exercise.scenario import simulate
    from nadhir.exercise.spec import SpecError, load_spec

    try:
        truth = simulate(load_spec(spec), seed, out)
    except (SpecError, UnreachableError, OSError) as error:
        typer.echo(f"error: {error}", err=True)
        raise typer.Exit(2) from None
    typer.echo(f"{out}: {len(truth['objects'])} objects, {truth['detections']} detections (exercise, notional sensors)")
