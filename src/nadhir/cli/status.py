"""`nadhir status`: a node's links, gaps, queues and latencies, live in the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.console import RenderableType

    from nadhir.node.status import NodeStatus


def register(app: typer.Typer) -> None:
    """Add the command to the `nadhir` application."""
    app.command("status")(status)


def status(
    node: Annotated[str, typer.Option(help="Address of the node's console port")] = "http://127.0.0.1:8080",
    once: Annotated[bool, typer.Option("--once", help="Show it once; without, it is kept up to date")] = False,
) -> None:
    """Show how a node is. With --once, the exit status is 1 while something needs a person."""
    import time

    from rich.console import Console
    from rich.live import Live

    console = Console()
    try:
        if once:
            now = _read(node)
            console.print(_shown(now))
            raise typer.Exit(0 if now.ready and not now.problems else 1)
        with Live(_shown(_read(node)), console=console, auto_refresh=False) as live:
            while True:
                time.sleep(0.5)
                live.update(_shown(_read(node)), refresh=True)
    except _AwayError as error:
        typer.echo(f"nadhir status: {error}", err=True)
        raise typer.Exit(2) from None
    except KeyboardInterrupt:
        raise typer.Exit(0) from None


class _AwayError(Exception):
    pass


def _read(node: str) -> NodeStatus:
    import httpx
    import msgspec

    from nadhir.model.unreadable import UNREADABLE
    from nadhir.node.status import NodeStatus

    try:
        answer = httpx.get(f"{node}/status", timeout=3.0)
        return msgspec.json.decode(answer.content, type=NodeStatus)
    except (httpx.HTTPError, httpx.InvalidURL, *UNREADABLE) as error:
        raise _AwayError(f"no node answers at {node}: {error or type(error).__name__}") from None


def _shown(now: NodeStatus) -> RenderableType:
    from rich.console import Group
    from rich.table import Table

    from nadhir.report.words import clock

    when = "not begun" if now.time is None else f"{clock(now.time)} UTC"
    head = f"[bold]{now.nation}[/] {now.mode.upper()} · {now.state} · time {when} · {now.lines} lines"
    aside = ", ".join(f"{count} {cause}" for cause, count in now.rejected.items()) or "none"
    titles = (
        "partner", "link", "clock\nbehind", "records\nsent", "held\nback", "releases\nstored", "it has", "waiting",
        "taken\nfrom it", "of", "gaps", "late", "refused",
    )  # fmt: skip
    links = Table(*titles, box=None)
    for name, partner in now.partners.items():
        link = partner.link
        links.add_row(
            name,
            "up" if link.connected else f"silent {link.silent_s:.0f} s",
            "" if partner.skew_s is None else f"{1e3 * partner.skew_s:.1f} ms",
            f"{partner.sent_records}",
            f"{sum(count for outcome, count in partner.decided.items() if outcome != 'released')}",
            f"{link.stored}",
            f"{link.acknowledged}",
            f"{link.queued + link.unstored}",
            f"{link.delivered}",
            f"{link.offered}",
            f"{link.gaps}",
            f"{sum(partner.late.values())}",
            f"{sum(partner.refused.values())}",
        )
    hops = Table("hop", "p50", "p99", "n", box=None)
    for hop, latency in now.hops.items():
        hops.add_row(hop, f"{1e3 * latency.p50_s:.2f} ms", f"{1e3 * latency.p99_s:.2f} ms", f"{latency.count}")
    problems = [f"[bold red]{problem}[/]" for problem in now.problems] or ["nothing needs a person"]
    return Group(head, f"set aside: {aside}", links, hops, *problems)
