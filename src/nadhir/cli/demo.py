"""`nadhir demo`: nations share in real time on one machine, and what that gives each of them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.console import Console

    from nadhir.node.core import News
    from nadhir.node.demo import Known, Outcome
    from nadhir.node.office import Office
    from nadhir.report import Timeline


def register(app: typer.Typer) -> None:
    """Add the command to the `nadhir` application."""
    app.command("demo")(demo)


def demo(
    scenario: Annotated[Path, typer.Argument(help="A scenario folder with nations/: release rules by nation")] = Path(
        "examples/toward-land"
    ),
    out: Annotated[Path, typer.Option(help="Folder for the nodes; what is in it goes")] = Path("out/demo/nations"),
    pace: Annotated[float, typer.Option(min=0.1, help="So many times faster than the data's own time")] = 10.0,
    stay: Annotated[
        bool | None,
        typer.Option(help="Leave the consoles open at the end until Enter is pressed; without, where a person watches"),
    ] = None,
) -> None:
    """Three nations' nodes on this machine share one event, each by its own rules. An exercise, not a warning.

    Each nation has a console in the browser, which can look back at any moment of the event.

    Exit status 1 if anything was lost, doubled, disordered or leaked, by the reckoning of an outside reader.
    """
    import asyncio
    import sys

    from numba.core import event
    from rich.console import Console

    from nadhir.cli.compiling import Compilation
    from nadhir.node.demo import run_demo
    from nadhir.node.warm import warm
    from nadhir.report import TerminalView
    from nadhir.sensors import ScenarioError

    console = Console()
    console.print("[bold]EXERCISE[/], not an official warning.", highlight=False)
    with TerminalView(console) as view, event.install_listener("numba:compile", Compilation(view)):
        warm()
    story = _Story(console)
    try:
        outcome = asyncio.run(
            run_demo(
                scenario,
                out,
                pace,
                stage=lambda text: console.print(f"[dim]{text}[/]"),
                hear=story.hear,
                opened=lambda offices: _show(console, offices),
                stay=lambda: _stay(console, sys.stdin.isatty() and sys.stdout.isatty() if stay is None else stay),
            )
        )
    except (ScenarioError, RuntimeError) as error:
        typer.echo(f"nadhir demo: {error}", err=True)
        raise typer.Exit(2) from None
    _tell(console, outcome)
    if not outcome.faultless:
        raise typer.Exit(1)


def _show(console: Console, offices: Mapping[str, Office]) -> None:
    """Say where the consoles are, and open them where there is a screen."""
    import os
    import sys
    import webbrowser

    console.print("")
    for nation, office in offices.items():
        line = f"Console of {nation}: [bold]{office.address}[/]  password [bold]{office.password}[/]"
        console.print(line, highlight=False)
    first = next(iter(offices.values()))
    console.print(f"Operators {' and '.join(first.operators)}, reader {first.reader}.", highlight=False)
    console.print("")
    if sys.stdout.isatty() and (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") or os.name == "nt"):
        for office in offices.values():
            webbrowser.open(office.address)


async def _stay(console: Console, wanted: bool) -> None:
    """Leave the consoles open until somebody has seen enough."""
    import asyncio
    import sys

    if wanted:
        console.print("[bold]The event is over. The consoles stay open: press Enter for the reckoning.[/]")
        await asyncio.to_thread(sys.stdin.readline)


class _Story:
    """The event as it goes, in a line for each thing that changes for people in one nation's picture."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._timelines: dict[tuple[str, str], Timeline] = {}
        self._said: set[tuple[object, ...]] = set()

    def hear(self, nation: str, news: News) -> None:
        """Show what is new: launches, impacts of the nation's own picture, and warnings when their state changes."""
        from nadhir.model import ImpactProduct, LaunchProduct, WarningProduct
        from nadhir.report import Timeline, words

        product = news.product
        if news.basis == "own" or (news.basis == "partner" and isinstance(product, ImpactProduct)):
            return
        if isinstance(product, WarningProduct):
            change: tuple[object, ...] = (nation, product.warning, product.status, product.reason, product.fallen)
            if not self._is_new(change):
                return
        elif not isinstance(product, LaunchProduct | ImpactProduct):
            return
        source = "" if news.owner == nation else f"(from {news.owner}) "
        for line in self._timelines.setdefault((nation, news.owner), Timeline()).add(product):
            if line.severity != "detail" and self._is_new((nation, line.text)):
                style = "bold red" if line.severity == "urgent" else "default"
                text = f"{words.clock(news.at)}  {nation}  {source}{line.text}"
                self._console.print(text, style=style, highlight=False)

    def _is_new(self, what: tuple[object, ...]) -> bool:
        new = what not in self._said
        self._said.add(what)
        return new


def _tell(console: Console, outcome: Outcome) -> None:
    from rich.table import Table

    known = Table(title="After the launch: when each nation knew, and how far off it was", box=None)
    for name in ("", "launch: alone", "shared", "impact: alone", "shared", "a minute later: alone", "shared"):
        known.add_column(name, justify="right")
    for row in outcome.knowledge:
        firsts = (row.launch_alone, row.launch_shared, row.impact_alone, row.impact_shared)
        later = ("not known" if k is None else f"{k.off_m / 1e3:.1f} km" for k in (row.later_alone, row.later_shared))
        known.add_row(row.nation, *(_known(first) for first in firsts), *later)
    hops = Table(title="Latency by hop, p50 / p99, milliseconds", box=None)
    for name in ("", *outcome.statuses):
        hops.add_column(name, justify="right" if name else "left")
    for hop in dict.fromkeys(hop for status in outcome.statuses.values() for hop in status.hops):
        latencies = [status.hops.get(hop) for status in outcome.statuses.values()]
        hops.add_row(hop, *("" if t is None else f"{1e3 * t.p50_s:.1f} / {1e3 * t.p99_s:.1f}" for t in latencies))
    pairs = Table(title="Records, by an outside reader of both sides' stores and logs", box=None)
    for name in ("from → to", "let go", "held back", "arrived", "lost", "twice", "disordered", "leaked"):
        pairs.add_column(name, justify="right")
    held: Counter[str] = Counter()
    for pair in outcome.pairs:
        held.update(pair.withheld)
        figures = (pair.released, sum(pair.withheld.values()), pair.delivered)
        faults = (pair.lost, pair.doubled, pair.disordered, pair.leaked)
        pairs.add_row(f"{pair.owner} → {pair.partner}", *map(str, (*figures, *faults)))
    for table in (known, hops, pairs):
        console.print("")
        console.print(table)
    console.print(f"Held back: {', '.join(f'{count} {rule}' for rule, count in held.items())}.", highlight=False)
    for finding in outcome.findings:
        console.print(f"[red]audit: {finding.log}: {finding.cause}: {finding.sentence}[/]")
    gained = [row.nation for row in outcome.knowledge if row.gained]
    console.print(f"The shared picture was earlier or better for {', '.join(gained) or 'nobody'}.", highlight=False)
    found = "zero lost, zero twice, and the audit found nothing"
    if not outcome.faultless:
        found = "[bold red]something is lost, doubled, leaked or altered[/]"
    console.print(f"Outside reader: {found}.")


def _known(known: Known | None) -> str:
    return "not known" if known is None else f"+{known.after_s:.0f} s, {known.off_m / 1e3:.1f} km"
