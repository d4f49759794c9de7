"""`nadhir calibrate`: many simulated flights, and whether the ellipses are honest."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from nadhir.exercise.calibrate import Campaign


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("calibrate")
    def _calibrate(
        spec: Annotated[str, typer.Argument(help="A spec file, or the name of a bundled spec.")],
        flights: Annotated[int, typer.Option(min=1, help="How many seeds to fly.")],
        first: Annotated[
            int, typer.Option(min=1, help="The first of them. A tracker is judged by seeds that nobody tuned it on.")
        ] = 1,
        out: Annotated[
            Path | None,
            typer.Option(help="Folder of the campaign, by default calibrations/SPEC; a rerun goes on in it."),
        ] = None,
        jobs: Annotated[int | None, typer.Option(min=1, help="Processes; all cores where not given.")] = None,
        compare: Annotated[Path | None, typer.Option(help="Folder of another campaign to set beside this one.")] = None,
    ) -> None:
        """Fly many seeds of a spec, judge each, and write tables and one page."""
        import os

        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        from nadhir.exercise.calibrate import CampaignError, fly_seeds, open_campaign, read_campaign, write_tables
        from nadhir.exercise.calibrate_statistics import by_breach, coverage, headline
        from nadhir.exercise.spec import SpecError, load_spec
        from nadhir.node.replay import replay_folder

        console = Console(stderr=True)
        out = out or Path("calibrations", Path(spec).stem)
        if missing := [package for package in ("matplotlib", "pyarrow") if find_spec(package) is None]:
            typer.echo(f"nadhir calibrate: needs {' and '.join(missing)}: install nadhir[calibration]", err=True)
            raise typer.Exit(2)
        from nadhir.exercise.calibration_page import write_page

        try:
            other = read_campaign(compare) if compare else None
            wanted, asked = load_spec(spec), range(first, first + flights)
            seeds = open_campaign(wanted, asked, out)
            columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
            with Progress(*columns, console=console) as progress:
                task = progress.add_task("flights", total=flights, completed=flights - len(seeds))
                for outcome in fly_seeds(wanted, seeds, out, replay_folder, jobs or os.cpu_count() or 1):
                    progress.advance(task)
                    if outcome.failure:
                        progress.console.print(f"seed {outcome.seed} failed: {outcome.failure}", markup=False)
            campaign = read_campaign(out, asked)
            files = write_tables(campaign, out)
            page = write_page(campaign, out / "calibration.html", other)
        except (CampaignError, SpecError) as error:
            typer.echo(f"nadhir calibrate: {error}", err=True)
            raise typer.Exit(2) from error
        held = coverage("", [s.distance_squared for s in headline(campaign.samples) if s.distance_squared is not None])
        if held.of:
            typer.echo(
                f"impact coverage {held.share:.3f} ({held.held} of {held.of}, {held.low:.3f} to {held.high:.3f})"
            )
        for row in by_breach(campaign.samples):
            typer.echo(f"impact coverage {row.group} {row.share:.3f} ({row.held} of {row.of})")
        typer.echo(_warned(campaign))
        typer.echo(f"tables: {', '.join(file.name for file in files)}; page: {page}")


def _warned(campaign: Campaign) -> str:
    """How the warnings of a campaign went, in one line."""
    flown = [outcome for outcome in campaign.outcomes if outcome.failure is None]
    words = [outcome.first_word_s for outcome in flown if outcome.first_word_s is not None]
    ends = [outcome.end_delay_s for outcome in flown if outcome.end_delay_s is not None]
    false = sum(outcome.false_alert_area_minutes for outcome in flown)
    minutes = sum(outcome.alert_area_minutes for outcome in flown)
    pre_false = sum(outcome.false_pre_alert_area_minutes for outcome in flown)
    well, landfalls = sum(o.landfalls_well_told for o in flown), sum(o.landfalls for o in flown)
    return (
        f"warnings: first word {median(words) if words else 0.0:.0f} s after launch ({len(words)} of {len(flown)}),"
        f" ends {median(ends) if ends else 0.0:.0f} s after the fact; area-minutes for nothing: {false:.1f} of"
        f" {minutes:.1f} alerted, {pre_false:.1f} pre-alerted; {well} of {landfalls} landfalls well told"
    )
