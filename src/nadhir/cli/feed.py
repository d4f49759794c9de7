"""`nadhir feed` and `nadhir validate`: detections into a node, and a look at lines before they go there."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the commands to the `nadhir` application."""
    app.command("feed")(feed)
    app.command("validate")(validate)


def feed(
    scenario: Annotated[Path, typer.Argument(help="A scenario folder: sensors.json, detections.jsonl (or .jsonl.gz)")],
    node: Annotated[str, typer.Option(help="HOST:PORT where the node takes detections")] = "127.0.0.1:7400",
    owner: Annotated[str | None, typer.Option(help="Only the lines of this nation's sensors, such as KOR")] = None,
    pace: Annotated[float, typer.Option(min=0.01, help="So many times faster than the data's own time")] = 1.0,
) -> None:
    """Play a scenario's detections into a node in exercise, and set its clock to the scenario's time."""
    import asyncio

    from nadhir.node.feed import LEAD_S, Pace, first_time, own_lines
    from nadhir.node.feed import feed as play
    from nadhir.sensors import ScenarioError, read_sensors

    host, _, port = node.rpartition(":")
    if not (port.isdecimal() and 0 < int(port) < 2**16):
        raise typer.BadParameter("give HOST:PORT, such as 127.0.0.1:7400", param_hint="--node")

    def waits(why: str) -> None:
        typer.echo(f"nadhir feed: waiting for the node at {node} ({why}); Ctrl-C ends", err=True)

    try:
        owners = {sensor.owner for sensor in read_sensors(scenario)}
        if owner is not None and owner not in owners:
            raise ScenarioError(
                f"{scenario} has no sensors of {owner}, only of {', '.join(sorted(owners)) or 'nobody'}"
            )
        lines = own_lines(scenario, owner)
        start = first_time(scenario) - LEAD_S

        async def run() -> int:
            return await play(lines, host or "127.0.0.1", int(port), Pace(start, pace), waits=waits)

        taken = asyncio.run(run())
    except ScenarioError as error:
        typer.echo(f"nadhir feed: {error}", err=True)
        raise typer.Exit(2) from None
    except KeyboardInterrupt:
        raise typer.Exit(130) from None
    typer.echo(f"{taken} lines taken by the node at {node}")


def validate(
    file: Annotated[Path, typer.Argument(help="Lines of detections (.jsonl or .jsonl.gz), or a scenario folder")],
    sensors: Annotated[Path | None, typer.Option(help="The sensors.json; without it the one beside the file")] = None,
) -> None:
    """Say which lines a node would set aside, and why. Exit status 1 if there are any."""
    from nadhir.cli.terminal import printable
    from nadhir.sensors import Intake, Rejection, ScenarioError, detections_file, read_lines, read_sensors_file

    try:
        if not file.exists():
            raise ScenarioError(f"{file}: no such file; name lines of detections or a scenario folder")
        lines = read_lines(detections_file(file) if file.is_dir() else file)
        intake = Intake(read_sensors_file(sensors or (file if file.is_dir() else file.parent) / "sensors.json"))
        for line in lines:
            result = intake.accept(line)
            if isinstance(result, Rejection):
                typer.echo(f"line {result.line}: {result.cause}: {printable(result.text)}")
    except ScenarioError as error:
        typer.echo(f"nadhir validate: {error}", err=True)
        raise typer.Exit(2) from None
    aside = intake.rejected.total()
    typer.echo(f"{intake.lines} lines, {intake.lines - aside} good, {aside} set aside")
    if aside:
        raise typer.Exit(1)
