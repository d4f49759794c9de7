"""`nadhir warn`: the numbers behind each statement of a warning, and who did what about warnings."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from nadhir.model import Explanation


def register(app: typer.Typer) -> None:
    """Add the `warn` group to the `nadhir` app."""
    group = typer.Typer(no_args_is_help=True, help="Warnings: why they said what they said, and who decided.")
    group.command("explain")(_explain)
    group.command("acts")(_acts)
    app.add_typer(group, name="warn")


def _explain(
    warning: Annotated[str, typer.Argument(help="Id of a warning, as JPN-0001")],
    products: Annotated[Path, typer.Option(help="Folder that `nadhir replay … --out` wrote")] = Path(),
    data: Annotated[
        Path | None, typer.Option(help="Instead, the data folder of a node's mode, as JPN/data/exercise")
    ] = None,
) -> None:
    """Print each statement of a warning with the numbers behind it."""
    import sqlite3

    from rich.console import Console

    from nadhir.model.unreadable import UNREADABLE

    file = data / "console" / "history.sqlite" if data else products / "explanations.jsonl"
    try:
        own, known = _of_node(file, warning) if data else _of_replay(file, warning)
    except (OSError, sqlite3.Error, *UNREADABLE) as error:
        what = "the data folder of a node with a console" if data else "the folder of a replay"
        typer.echo(f"error: {file}: cannot be read ({error}); name {what}", err=True)
        raise typer.Exit(2) from None
    if not own:
        typer.echo(f"error: no warning {warning} in {file}; there are: {', '.join(known) or 'none'}", err=True)
        raise typer.Exit(2)
    console = Console(highlight=False, soft_wrap=True)
    console.print(f"{warning}: {own[0].authority}, {own[0].hazard}. Not an official warning.")
    for one in own:
        for line in _lines(one):
            console.print(line, markup=False)


def _of_replay(file: Path, warning: str) -> tuple[list[Explanation], list[str]]:
    """The statements of a warning, and the ids of all warnings."""
    import msgspec

    from nadhir.model import Explanation

    decoder = msgspec.json.Decoder(Explanation)
    told = [decoder.decode(line) for line in file.read_bytes().splitlines()]
    return [one for one in told if one.warning == warning], list(dict.fromkeys(one.warning for one in told))


def _of_node(file: Path, warning: str) -> tuple[list[Explanation], list[str]]:
    """The same of a node's history. It is only read: the node may go on meanwhile."""
    import sqlite3
    from contextlib import closing

    import msgspec

    from nadhir.model import Explanation

    with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True, timeout=10.0)) as history:
        rows = history.execute("SELECT body FROM explanation WHERE warning = ? ORDER BY at, rowid", (warning,))
        own = [msgspec.json.decode(body, type=Explanation) for (body,) in rows]
        known = [name for (name,) in history.execute("SELECT DISTINCT warning FROM explanation ORDER BY at")]
    return own, known


def _acts(
    file: Annotated[Path, typer.Argument(help="acts.jsonl of a node's public side")],
    key: Annotated[Path, typer.Option(help="Public half of its acts_key (PEM): openssl pkey -in KEY -pubout")],
) -> None:
    """Print who did what and when, if each act is signed by this key and none is missing. Exit status 1 if not."""
    import msgspec
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    from nadhir.alerts.people import DeskError, SignedAct, check_acts
    from nadhir.model.unreadable import UNREADABLE
    from nadhir.sharing.keys import verifies

    try:
        public = load_pem_public_key(key.read_bytes())
        if not isinstance(public, Ed25519PublicKey):
            raise ValueError("it is no Ed25519 key")
    except (OSError, ValueError) as error:
        typer.echo(f"error: {key}: no public key ({error}); write it with openssl pkey -in KEY -pubout", err=True)
        raise typer.Exit(2) from None
    raw = public.public_bytes_raw()
    try:
        signed = [msgspec.json.decode(line, type=SignedAct) for line in file.read_bytes().splitlines()]
    except (OSError, *UNREADABLE) as error:
        typer.echo(f"error: {file}: cannot be read ({error}); name the acts.jsonl of a node's side", err=True)
        raise typer.Exit(2) from None
    try:
        acts = check_acts(signed, lambda signature, act: verifies(raw, signature, act))
    except DeskError as error:
        typer.echo(f"error: {file}: {error}", err=True)
        raise typer.Exit(1) from None
    for act in acts:
        about = f" {act.warning} revision {act.revision}" if act.warning else ""
        instead = f", instead of {act.instead_of}" if act.instead_of else ""
        when = datetime.fromtimestamp(act.time, UTC)
        typer.echo(f"{when:%Y-%m-%d %H:%M:%S}Z {act.mode} {act.operator}: {act.what}{about}{instead}")
    typer.echo(f"{len(acts)} acts, each signed by this key, none missing before the last.")


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
