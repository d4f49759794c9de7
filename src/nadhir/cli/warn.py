"""`nadhir warn explain`: the numbers behind each statement of a warning."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from nadhir.model import Explanation


def register(app: typer.Typer) -> None:
    """Add the `warn` group to the `nadhir` app."""
    group = typer.Typer(no_args_is_help=True, help="Warnings: why they said what they said.")
    group.command("explain")(_explain)
    app.add_typer(group, name="warn")


def _explain(
    warning: Annotated[str, typer.Argument(help="Id of a warning, as JPN-0001")],
    products: Annotated[Path, typer.Option(help="Folder that `nadhir replay … --out` wrote")],
) -> None:
    """Print each statement of a warning with the numbers behind it."""
    import msgspec
    from rich.console import Console

    from nadhir.model import Explanation

    file = products / "explanations.jsonl"
    try:
        decoder = msgspec.json.Decoder(Explanation)
        told = [decoder.decode(line) for line in file.read_bytes().splitlines()]
    except (OSError, msgspec.DecodeError) as error:
        typer.echo(f"error: {file}: cannot be read ({error}); name the folder of a replay", err=True)
        raise typer.Exit(2) from None
    own = [one for one in told if one.warning == warning]
    if not own:
        known = ", ".join(dict.fromkeys(one.warning for one in told)) or "none"
        typer.echo(f"error: no warning {warning} in {file}; there are: {known}", err=True)
        raise typer.Exit(2)
    console = Console(highlight=False, soft_wrap=True)
    console.print(f"{warning}: {own[0].authority}, {own[0].hazard}. Not an official warning.")
    for one in own:
        for line in _lines(one):
            console.print(line, markup=False)


def _lines(one: Explanation) -> list[str]:
    reason = f", {one.reason}" if one.reason else ""
    lines = [f"\n{_clock(one.issued)} revision {one.revision}: {one.status}{reason}: {one.why}"]
    for area in one.areas:
        since = f", above since {_clock(area.above_since)}" if area.above_since is not None else ""
        since += f", below since {_clock(area.below_since)}" if area.below_since is not None else ""
        near = f", neighbour of {area.neighbour_of}" if area.neighbour_of else ""
        gone = f", {area.gone}" if area.gone else ""
        held = f", still held by {area.held_by}" if area.held_by else ""
        parts = ", ".join(f"{name} {share:.3f}" for name, share in area.by_object.items())
        lines.append(
            f"  {area.code}: {area.probability:.3f} (as stated {area.stated:.3f}; warned from {area.alert:g}, "
            f"until {area.leave:g}){since}{near}{gone}{held}{': ' if parts else ''}{parts}"
        )
    for flown in one.objects:
        fall = ""
        if flown.impact_time is not None and flown.latitude_deg is not None and flown.semi_major_m is not None:
            fall = (
                f", down {_clock(flown.impact_time)} ± {1.645 * (flown.impact_time_sigma_s or 0.0):.0f} s at "
                f"{flown.latitude_deg:.2f} {flown.longitude_deg or 0.0:.2f}, 90 % within "
                f"{flown.semi_major_m / 1e3:.1f} × {(flown.semi_minor_m or 0.0) / 1e3:.1f} km"
            )
        seen = f", seen until {_clock(flown.seen_until)}" if flown.seen_until is not None else ""
        lines.append(f"  {flown.object} ({flown.event}): {flown.phase}{seen}{fall}")
    return lines


def _clock(time: float) -> str:
    return f"{datetime.fromtimestamp(time, UTC):%H:%M:%S}"
