"""`nadhir score`: judge products against a scenario's truth."""

from __future__ import annotations

from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.table import Table

    from nadhir.exercise.score import Score
    from nadhir.exercise.score_warnings import WarningScore


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("score")
    def _score(
        folder: Annotated[Path, typer.Argument(help="Scenario folder with truth.json and truth.npz.")],
        products: Annotated[Path, typer.Argument(help="products.jsonl, or the folder that holds it.")],
        as_json_text: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
    ) -> None:
        """Judge the products of a replay against the truth of its scenario."""
        import json

        import msgspec
        from rich.console import Console

        from nadhir.exercise.bound import payload_bounds_km
        from nadhir.exercise.score import as_json, score_case
        from nadhir.exercise.score_input import UnreadableError, read_case
        from nadhir.exercise.score_match import match_objects
        from nadhir.exercise.score_warnings import score_warnings
        from nadhir.geo.areas import default_areas

        try:
            case = read_case(folder, products)
            result = score_case(case, match_objects(case.products, case.states), payload_bounds_km(case))
            told = score_warnings(case, default_areas(), _explanations(products))
        except UnreadableError as error:
            typer.echo(f"nadhir score: {error}", err=True)
            raise typer.Exit(2) from error
        if as_json_text:
            typer.echo(json.dumps(as_json(result) | {"warned": msgspec.to_builtins(told)}, indent=1))
        else:
            console = Console()
            console.print(_figures(result))
            if result.impacts.at:
                console.print(_milestones(result))
            if told.area_minutes:
                console.print(_warnings(told))


def _explanations(products: Path) -> Path:
    return (products if products.is_dir() else products.parent) / "explanations.jsonl"


def _warnings(told: WarningScore) -> Table:
    from rich.table import Table

    table = Table(title="Warnings, judged against what happened", show_header=False)
    rows = [
        ("first word after launch", _span(told.first_word_s, "s")),
        ("alert after an area crossed its threshold", _span(told.alert_delay_s, "s")),
        ("ends", ", ".join(f"{reason} {count}" for reason, count in sorted(told.ends.items())) or "–"),
        ("… after what they tell", _span(told.end_delay_s, "s")),
        ("without an end (fallen on land: only a person ends it)", str(told.open)),
    ]
    rows += [
        (f"area-minutes of {kind}, for nothing", f"{minutes:.1f}, {told.false_area_minutes.get(kind, 0.0):.1f}")
        for kind, minutes in sorted(told.area_minutes.items())
    ]
    if told.false_areas:
        rows.append(("alerted and never in danger", ", ".join(told.false_areas)))
    for fell in told.land:
        first = "never" if fell.first_alert_before_s is None else f"{fell.first_alert_before_s:.0f} s before"
        held = f"{'with it' if fell.first_alert_holds_it else 'WITHOUT it'} and {fell.first_alert_others} others"
        end = f"{_text(fell.last_probability)}, {fell.last_others} others"
        rows.append((f"fell in {fell.area}: first alert; at the end", f"{first}, {held}; {end}"))
    for name, value in rows:
        table.add_row(name, value)
    return table


def _span(values: list[float], unit: str) -> str:
    """Median and worst."""
    return f"median {median(values):.1f} {unit}, worst {max(values):.1f} {unit} ({len(values)})" if values else "–"


def _text(value: float | None, form: str = ".2f") -> str:
    return "–" if value is None else format(value, form)


def _figures(result: Score) -> Table:
    from rich.table import Table

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
    from rich.table import Table

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
