"""`nadhir import`: flights recorded elsewhere, as scenario folders."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated

import typer

LATEST_S = 4e9
"""Of a scenario's begin: in the year 2096."""
_import = typer.Typer(no_args_is_help=True, help="Turn flights recorded elsewhere into scenario folders.")


def register(app: typer.Typer) -> None:
    """Add the group of commands to the `nadhir` app."""
    app.add_typer(_import, name="import")


@_import.callback()
def _group() -> None:
    """Turn flights recorded elsewhere into scenario folders."""


def _place(text: str) -> tuple[float, float]:
    try:
        latitude_deg, longitude_deg = (float(part) for part in text.split(","))
    except ValueError:
        raise typer.BadParameter("give latitude and longitude in degrees, as 28.6,-80.6") from None
    if not (abs(latitude_deg) <= 90.0 and abs(longitude_deg) <= 360.0):
        raise typer.BadParameter(f"{text} is no place: latitude comes first, -90 to 90")
    return latitude_deg, longitude_deg


@_import.command("telemetry")
def _telemetry(
    file: Annotated[
        Path,
        typer.Argument(
            help="JSON (or .json.gz) or CSV: time, velocity, altitude; units as in velocity_kmh, else s, m/s, km"
        ),
    ],
    site: Annotated[str, typer.Option(help="Launch site, LAT,LON in degrees")],
    azimuth: Annotated[float, typer.Option(help="Launch azimuth in degrees clockwise from north")],
    out: Annotated[Path, typer.Option(help="Folder to write the scenario into")],
    cutoff: Annotated[
        float | None, typer.Option(help="First cutoff, seconds after launch (else from the data)")
    ] = None,
    start: Annotated[float, typer.Option(min=0.0, max=LATEST_S, help="Launch time, Unix seconds")] = 1772323200.0,
    kind: Annotated[str, typer.Option(help="Kind written into truth.json")] = "SLV",
    seed: Annotated[int, typer.Option(min=0, help="Seed of the sensors' noise")] = 0,
) -> None:
    """A real flight from its telemetry, seen by notional radars and infrared satellites."""
    from nadhir.exercise.telemetry import import_telemetry
    from nadhir.exercise.telemetry_reading import TelemetryError

    latitude, longitude = (math.radians(value) for value in _place(site))
    try:
        fitted = import_telemetry(file, latitude, longitude, math.radians(azimuth), out, cutoff, start, seed, kind)
    except (TelemetryError, OSError) as error:
        typer.echo(f"error: {error}", err=True)
        raise typer.Exit(2) from None
    typer.echo(
        f"{out}: telemetry fitted to {fitted.speed_residual_mps:.1f} m/s in speed, "
        f"{fitted.height_residual_m:.0f} m in height"
    )
    if fitted.unfinished:
        typer.echo(
            "note: the data end while the motor burns; the scenario's last cutoff is their end, not the real one"
        )


@_import.command("traffic")
def _traffic(
    out: Annotated[Path, typer.Option(help="Folder to write the scenario into")],
    aircraft: Annotated[Path | None, typer.Option(help="JSON or .json.gz of positions (ADS-B)")] = None,
    elements: Annotated[Path | None, typer.Option(help="Two-line elements of satellites")] = None,
    fireballs: Annotated[Path | None, typer.Option(help="CSV of fireballs (CNEOS)")] = None,
    hours: Annotated[float, typer.Option(min=0.01, help="How long the sensors look")] = 1.0,
    keep: Annotated[float, typer.Option(min=0.0, max=1.0, help="Part of the aircraft and satellites to keep")] = 1.0,
    sensors: Annotated[str, typer.Option(help="A sensors.json, or a bundled set: traffic, notional")] = "traffic",
    start: Annotated[
        float | None,
        typer.Option(min=0.0, max=LATEST_S, help="Unix time; else the elements' own, or 2026-03-01"),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the sensors' noise and of what is kept")] = 0,
) -> None:
    """Real aircraft, satellites and fireballs, seen by notional sensors: a sky without a launch."""
    import numpy as np
    from rich.console import Console

    from nadhir.exercise.spec import Spec, SpecError, load_sensors
    from nadhir.exercise.traffic import Traffic, epoch_of, import_traffic, read_aircraft, read_fireballs
    from nadhir.geo.two_line_elements import ElementsError, read_elements

    try:
        traffic = Traffic(
            read_aircraft(aircraft) if aircraft else (),
            read_fireballs(fireballs) if fireballs else (),
            read_elements(elements) if elements else (),
        ).thinned(keep, np.random.default_rng([seed, 1]))
        layout = load_sensors(Spec("traffic", sensors=sensors))
        if start is None:
            start = math.floor(epoch_of(traffic.elements)) if traffic.elements else 1772323200.0
        with Console(stderr=True).status("") as status:
            begin = start

            def watch(now: float) -> None:
                status.update(f"{(now - begin) / 3600.0:.2f} of {hours:g} hours")

            lines = import_traffic(traffic, layout, begin, hours * 3600.0, seed, out, watch)
    except (SpecError, ElementsError, OSError) as error:
        typer.echo(f"error: {error}", err=True)
        raise typer.Exit(2) from None
    typer.echo(
        f"{out}: {lines} detections of {len(traffic.aircraft)} flights, {len(traffic.elements)} satellites, "
        f"{len(traffic.fireballs)} fireballs and clutter (real traffic, notional sensors)"
    )
