"""`nadhir audit`: prove that a node's logs are as they were written, and ask what they hold."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, NoReturn

import typer

audit = typer.Typer(no_args_is_help=True, help="Logs: prove that nothing was changed, and ask what they hold.")

Mode = Annotated[str, typer.Option(help="Logs of which mode: live, exercise or replay.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the `nadhir` application."""
    app.add_typer(audit, name="audit")


def _fail(error: Exception) -> NoReturn:
    typer.echo(f"nadhir audit: {error}", err=True)
    raise typer.Exit(2)


def _logs(node: Path, mode: str) -> Path:
    """The folder of a node's logs."""
    from nadhir.node.config import read_config

    folder = read_config(node / "node.toml").node.data / mode / "log"
    if not folder.is_dir():
        raise FileNotFoundError(f"{folder} is not there: this node has logged nothing in mode {mode}")
    return folder


@audit.command()
def verify(
    node: Annotated[Path, typer.Argument(metavar="DIR", help="The node's folder.")],
    against: Annotated[
        Path | None, typer.Option(help="A partner's node folder: compare the logs that both keep.")
    ] = None,
    mode: Mode = "exercise",
) -> None:
    """Find any change, loss, reordering or split view, and say where. Exit status 1 where there is one."""
    import time

    from rich.console import Console
    from rich.table import Table

    from nadhir.node.toml import ConfigError
    from nadhir.sharing.audit import verify_logs
    from nadhir.sharing.identity import Identity
    from nadhir.sharing.keys import KeyFileError
    from nadhir.sharing.partners import PartnerError, read_partners, trusted_keys

    try:
        own = {key.id: key for key in Identity(node, time.time()).own_keys}
        trusted = {**trusted_keys(read_partners(node / "partners").values()), **own}
        report = verify_logs(_logs(node, mode), trusted, _logs(against, mode) if against else None)
    except (ConfigError, KeyFileError, PartnerError, OSError) as error:
        _fail(error)
    table = Table("log", "entries", "root", "heads", "covered by a head", "set aside")
    for state in report.logs:
        root = state.root.hex()[:16] if state.root else "not whole"
        row = (state.log, state.entries, root, state.heads, state.covered, state.set_aside)
        table.add_row(*map(str, row))
    Console().print(table)
    for finding in report.findings:
        at = f", entry {finding.sequence}" if finding.sequence else ""
        place = f" ({finding.place})" if finding.place else ""
        typer.echo(f"{finding.cause}: {finding.log}{at}: {finding.sentence}{place}")
    if report.findings:
        raise typer.Exit(1)
    typer.echo("nothing was changed, lost, reordered or shown otherwise")


@audit.command()
def find(
    node: Annotated[Path, typer.Argument(metavar="DIR", help="The node's folder.")],
    kind: Annotated[str | None, typer.Option(help="detection, track, launch, impact, assessment or warning.")] = None,
    event: Annotated[str | None, typer.Option(help="Of this event.")] = None,
    owner: Annotated[str | None, typer.Option(help="Of this nation.")] = None,
    record: Annotated[str | None, typer.Option(help="With this id.")] = None,
    log: Annotated[str | None, typer.Option(help="In this log only, such as KOR-to-JPN.")] = None,
    since: Annotated[float | None, typer.Option(help="Not before this time of the content, Unix seconds.")] = None,
    until: Annotated[float | None, typer.Option(help="Not after it.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10**9, help="At most so many.")] = 1000,
    mode: Mode = "exercise",
) -> None:
    """Print records from the logs, one JSON object a line."""
    from typing import cast, get_args

    import msgspec

    from nadhir.model import RecordKind
    from nadhir.node.toml import ConfigError
    from nadhir.sharing.log import LogError
    from nadhir.sharing.view import View

    try:
        if kind is not None and kind not in get_args(RecordKind):
            raise ConfigError(f"no kind {kind!r}: use one of {', '.join(get_args(RecordKind))}")
        logs = _logs(node, mode)
        with View(logs.parent / "view.sqlite") as view:
            view.catch_up(logs)
            asked = {"log": log, "event": event, "owner": owner, "record": record}
            found = view.find(kind=cast("RecordKind | None", kind), since=since, until=until, limit=limit, **asked)
    except (ConfigError, LogError, OSError) as error:
        _fail(error)
    for hit in found:
        line = {"log": hit.log, "sequence": hit.sequence, "record": hit.record}
        typer.echo(msgspec.json.encode(line).decode())
