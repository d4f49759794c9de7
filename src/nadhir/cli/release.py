"""`nadhir release`: check an owner's release rules, and say why a record went to a partner or did not."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from nadhir.sharing.decisions import Decision

ANYBODY = "any other"
_FAR = {"sent": "sent, and stored for {partner}", "acknowledged": "acknowledged: {partner} has it"}


def register(app: typer.Typer) -> None:
    """Add the commands."""
    release = typer.Typer(no_args_is_help=True, help="Release rules: check them, and explain what they decided.")
    app.add_typer(release, name="release")

    @release.command("check")
    def _check(
        folder: Annotated[Path, typer.Argument(help="Folder with *.cedar files.")],
        partner: Annotated[list[str] | None, typer.Option(help="Show this partner too; may be repeated.")] = None,
        owner: Annotated[str, typer.Option(help="Whose rules these are.")] = "OWN",
        live: Annotated[bool, typer.Option("--live", help="Ask about live records, not those of an exercise.")] = False,
        region: Annotated[str | None, typer.Option(help="Region that the sample records concern (ISO 3166).")] = None,
    ) -> None:
        """Check release rules, and show which kinds of record they would let go to whom."""
        import time

        from rich.console import Console
        from rich.table import Table

        from nadhir.model import Mode
        from nadhir.sharing.floor import Recipient
        from nadhir.sharing.release import Releases
        from nadhir.sharing.release_policies import PolicyError, read_policies
        from nadhir.sharing.release_samples import sample_records

        try:
            policies = read_policies(folder)
        except PolicyError as error:
            for problem in error.problems:
                typer.echo(f"nadhir release check: {problem}", err=True)
            raise typer.Exit(2) from error
        mode: Mode = "live" if live else "exercise"
        partners = [*sorted({*policies.partners(), *(partner or [])}), ANYBODY]
        releases = Releases(
            policies, owner=owner, mode=mode, recipients={code: Recipient(code, mode) for code in partners}
        )
        now = time.time()
        table = Table(title=f"What {owner} would release ({mode})", show_lines=True)
        for title in ("", *partners):
            table.add_column(title)
        for name, record in sample_records(owner, mode, now, region).items():
            table.add_row(name, *(_cell(releases.decide(record, code, now).decision) for code in partners))
        table.caption = (
            f"{len(policies.by_id)} policies without an error. Samples: unclassified, two seconds old, in coast."
        )
        Console().print(table)

    @release.command("explain")
    def _explain(
        record: Annotated[str, typer.Argument(help="Id of a record: the owner's, or the one under which it went.")],
        partner: Annotated[str, typer.Argument(help="The partner's code.")],
        data: Annotated[Path, typer.Option(help="The node's data folder.")],
    ) -> None:
        """Say why a record went to a partner or did not, and how far it got."""
        import sqlite3
        from datetime import UTC, datetime

        from nadhir.sharing.decisions import DecisionFile

        def clock(seconds: float) -> str:
            return datetime.fromtimestamp(seconds, UTC).isoformat(" ", "milliseconds").replace("+00:00", " UTC")

        try:
            decisions, deliveries = DecisionFile(data, read_only=True).find(record, partner)
        except (FileNotFoundError, sqlite3.Error) as error:
            typer.echo(f"nadhir release explain: {error}", err=True)
            raise typer.Exit(2) from error
        if not decisions:
            typer.echo(f"nadhir release explain: nothing was decided about {record} and {partner}", err=True)
            raise typer.Exit(2)
        typer.echo(
            "Decided at the node's time, in an exercise that of its data; sent and acknowledged by the wall clock."
        )
        for decision in decisions:
            typer.echo(f"{clock(decision.decided)}  {decision.sentence}")
            if decision.sent_as not in (None, decision.record):
                typer.echo(f"{'':27}{decision.record} goes as {decision.sent_as}")
            if decision.not_before is not None and decision.not_before > decision.decided:
                typer.echo(f"{'':27}not before {clock(decision.not_before)}")
        for delivery in deliveries:
            typer.echo(f"{clock(delivery.time)}  {_FAR[delivery.state].format(partner=partner)}")
        if not deliveries and any(decision.sent_as for decision in decisions):
            typer.echo(f"{'':27}not sent yet")


def _cell(decision: Decision) -> str:
    form = decision.form
    if form is None:
        return {"forbidden": f"no: forbidden by {', '.join(decision.policies)}", "not-permitted": "no"}.get(
            decision.outcome, f"no: {decision.floor or decision.outcome}"
        )
    parts = [
        f"cells of {form.coarsen_m:g} m" if form.coarsen_m else "",
        f"times to {form.coarsen_s:g} s" if form.coarsen_s else "",
        f"{form.delay_s:g} s later" if form.delay_s else "",
        f"one in {form.thin_s:g} s" if form.thin_s else "",
    ]
    return "\n".join([f"yes: {', '.join(decision.policies)}", *(part for part in parts if part)])
