"""`nadhir cap check`: judge CAP messages of anyone's."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nadhir.cli.terminal import printable

if TYPE_CHECKING:
    from nadhir.channels.cap.check import Judged


def register(app: typer.Typer) -> None:
    """Add the group of commands."""
    cap = typer.Typer(no_args_is_help=True, help="Common Alerting Protocol messages.")
    app.add_typer(cap, name="cap")

    @cap.callback()
    def _cap() -> None:
        """Common Alerting Protocol messages."""

    @cap.command("check")
    def _check(
        paths: Annotated[list[Path], typer.Argument(metavar="FILE…", help="CAP messages, feeds, or folders of them.")],
        as_json: Annotated[bool, typer.Option("--json", help="Print all findings as JSON.")] = False,
        trusted: Annotated[
            Path | None,
            typer.Option(metavar="PEM", help="Certificates whose signatures are believed; a message must carry one."),
        ] = None,
        at: Annotated[
            datetime | None,
            typer.Option(help="Time (UTC) at which the certificates must be valid, for archives; else now."),
        ] = None,
    ) -> None:
        """Judge CAP messages by structure, content and signature.

        Every finding names its rule and its place. Exit status: 0 all valid (warnings allowed), 1 something is wrong,
        2 something could not be read.
        """
        import msgspec

        from nadhir.channels.cap.check import Judged, Trust, files, judge
        from nadhir.channels.cap.signing import load_certificates

        try:
            certificates = load_certificates(trusted) if trusted else []
        except (OSError, ValueError) as error:
            typer.echo(f"nadhir cap check: {trusted}: not a PEM file of certificates: {error}", err=True)
            raise typer.Exit(2) from error
        trust = Trust(at=at.replace(tzinfo=UTC) if at else datetime.now(UTC), certificates=tuple(certificates))
        results: dict[Path, Judged] = {}
        for path in files(paths):
            try:
                results[path] = judge(path.read_bytes(), trust)
            except OSError as error:
                results[path] = Judged(unreadable=error.strerror or str(error))
        if as_json:
            lines = [
                {"file": str(path), "verdict": judged.verdict, "unreadable": judged.unreadable, "alerts": judged.alerts}
                for path, judged in results.items()
            ]
            typer.echo(msgspec.json.format(msgspec.json.encode(lines), indent=1).decode())
        else:
            for path, judged in results.items():
                _print(path, judged)
        verdicts = {judged.verdict for judged in results.values()}
        raise typer.Exit(2 if "unreadable" in verdicts or not results else 1 if "invalid" in verdicts else 0)


def _print(path: Path, judged: Judged) -> None:
    if judged.unreadable is not None:
        typer.echo(f"{path}: unreadable: {printable(judged.unreadable)}")
        return
    for alert in judged.alerts:
        for finding in alert.findings:
            place = f"{path}:{finding.line}: {finding.severity} {finding.rule} {finding.path}"
            typer.echo(f"{place}: {printable(finding.message)}")
    versions = sorted({alert.version or "no version of CAP" for alert in judged.alerts})
    held = f"{len(judged.alerts)} alert{'s' * (len(judged.alerts) != 1)}" if judged.alerts else "a feed without alerts"
    in_versions = f" (CAP {', '.join(versions)})" if versions else ""
    typer.echo(f"{path}: {judged.verdict}: {held}{in_versions}")
