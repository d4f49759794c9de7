"""`nadhir score`: judge products against a scenario's truth."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from nadhir.exercise.score import Score, as_json, score
from nadhir.exercise.score_input import UnreadableError


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("score")
    def _score(
        folder: Annotated[Path, typer.Argument(help="Scenario folder with truth.json and truth.npz.")],
        products: Annotated[Path, typer.Argument(help="products.jsonl, or the folder that holds it.")],
        as_json_text: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
    ) -> None:
        """Judge the products of a replay against the truth of its scenario."""
        try:
            result = score(folder, products)
        except UnreadableError as error:
            typer.echo(f"nadhir score: {error}", err=True)
            raise typer.Exit(2) from error
        if as_json_text:
            typer.echo(json.dumps(as_json(result), indent=1))
        else:
            console = Console()
            console.print(_figures(result))
            if result.impacts.at:
                console.print(_milestones(result))


def _text(value: float | None, form: str = ".2f") -> str:
    return "–" if value is None else format(value, form)


def _figures(result: Score) -> Table:
    table = Table(title=f"{result.scenario}: judged against truth", show_header=False)
    launches, tracks, impacts, classes = result.launches, result.tracks, result.impacts, result.classes
    late = "not known" if launches.late is None else str(launches.late)
    rows = [
        ("launches reported, of", f"{launches.reported} of {launches.true}"),
        ("false, withdrawn, late", f"{launches.false}, {launches.withdrawn}, {late}"),
        ("launch ellipse holds the site, first and last", f"{launches.first_inside}, {launches.last_inside}"),
        ("true bodies tracked, of", f"{tracks.truth_seen} of {tracks.truth_bodies}"),
        ("objects, following no body", f"{tracks.objects}, {tracks.objects - tracks.on_truth}"),
        ("median position error", f"{_text(tracks.median_position_m, '.0f')} m"),
        ("median NEES, share inside its 95 %", f"{_text(tracks.nees_median)}, {_text(tracks.nees_inside_95)}"),
        ("impacts predicted, of", f"{impacts.predicted} of {impacts.payloads}"),
        ("impact ellipses that hold the true place", f"{_text(impacts.coverage_90)} of {impacts.samples}"),
        ("… while the motor burns", f"{_text(impacts.coverage_90_in_boost)} of {impacts.samples_in_boost}"),
        ("class right 60 s after burnout", f"{classes.class_right_60_s_after_burnout} of {classes.payloads}"),
        ("orbit or fall right then", f"{classes.orbit_right_60_s_after_burnout} of {classes.payloads}"),
        ("orbiting objects alerted, of", f"{result.orbits.alerted} of {result.orbits.objects}"),
        ("warnings, left without an end", f"{sum(result.warnings.values())}, {result.warnings_not_ended}"),
    ]
    if gospa := result.gospa:
        rows += [
            (f"GOSPA (α 2, p {gospa.order:.0f}, cutoff {gospa.cutoff_m / 1e3:.0f} km)", f"{gospa.mean_m:.0f} m"),
            ("… localisation", f"{gospa.localisation_m:.0f} m"),
            ("… missed, false (mean count)", f"{gospa.missed:.2f}, {gospa.false:.2f}"),
        ]
    for name, value in rows:
        table.add_row(name, value)
    return table


def _milestones(result: Score) -> Table:
    table = Table(title="Predicted impact of payloads, by time after burnout")
    for title in ("after", "flights", "median km", "worst km", "error/bound", "ellipse/bound", "held", "good"):
        table.add_column(title, justify="right")
    for after_s, milestone in result.impacts.at.items():
        held, of = result.impacts.inside_at[after_s]
        table.add_row(
            f"{after_s} s",
            str(milestone.n),
            f"{milestone.median_km:.2f}",
            f"{milestone.worst_km:.2f}",
            _text(milestone.median_error_over_bound),
            _text(milestone.median_ellipse_over_bound),
            f"{held} of {of}",
            _text(milestone.within_1_5_bounds_and_500_m),
        )
    table.caption = "good: share of payloads due whose error is within 1.5 bounds and 500 m"
    return table
