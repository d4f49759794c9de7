"""`nadhir incident`: warnings that went wrong, beside what Nadhir does in the same case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from nadhir.exercise.incidents import Incident
    from nadhir.node.incidents import Line

FLIGHT = "The flight is a generic class that meets the published figures; its noise is one draw."
TIMES = (
    "Times then are rounded to the minute by their sources.",
    "No network and no siren: the time is that at which the message is ready.",
)


def register(app: typer.Typer) -> None:
    """Add the command to the `nadhir` app."""
    app.command("incident")(_incident)


def _incident(
    name: Annotated[str | None, typer.Argument(help="Name of an incident; without it they are listed")] = None,
    one_satellite: Annotated[bool, typer.Option("--one-satellite", help="With one infrared satellite only")] = False,
    two_persons: Annotated[bool, typer.Option("--two-persons", help="Two persons approve what is said")] = False,
) -> None:
    """Fly a public incident again: what happened then beside what Nadhir does. Not an official warning."""
    from rich.console import Console

    from nadhir.exercise.incidents import incidents, sources_of

    console, known = Console(highlight=False), incidents()
    if name is None:
        for each, incident in known.items():
            console.print(f"{each:18} {incident.title}")
        return
    if name not in known:
        typer.echo(f"error: no incident {name!r}; there are: {', '.join(known)}", err=True)
        raise typer.Exit(2)
    incident = known[name]
    console.print(f"[bold]{name}: {incident.title}[/]")
    console.print(f"Rule: {incident.rule}")
    if incident.figures:
        figures = incident.figures
        for number, key in enumerate(sources_of(incident), 1):
            figures = figures.replace(f"({key})", rf"\[{number}]")
        console.print(f"Flown again: {figures}; notional sensors; exercise, not an official warning.")
    lines = _told(console, name, incident, one_satellite, two_persons)
    _compare(console, incident, lines)
    _notes(console, incident, lines, one_satellite, two_persons)


def _told(console: Console, name: str, incident: Incident, one_satellite: bool, two_persons: bool) -> list[Line]:
    """Run it, and show while it runs how far it is."""
    from numba.core import event

    from nadhir.node.incidents import clock, run_incident

    lines = []
    with console.status("simulating the flight …") as status:

        class Compilation(event.Listener):
            def on_start(self, event: object) -> None:
                status.update("compiling kernels (first run only, about a minute) …")

            def on_end(self, event: object) -> None:
                status.update("replaying …")

        with event.install_listener("numba:compile", Compilation()):
            for line in run_incident(name, incident, one_satellite, two_persons):
                lines.append(line)
                status.update(f"replaying, {clock(line.after_s)} …")
    return lines


def _compare(console: Console, incident: Incident, lines: list[Line]) -> None:
    from rich.table import Table

    from nadhir.exercise.incidents import sources_of
    from nadhir.node.incidents import clock

    keys = sources_of(incident)
    rows = [(fact.after_s, f"{fact.said} [{keys.index(fact.source) + 1}]", "") for fact in incident.facts]
    rows += [(line.after_s, "", line.said if line.who == "nadhir" else f"(the flight {line.said})") for line in lines]
    table = Table("after", "then", "Nadhir", show_lines=False)
    table.columns[0].justify = "right"
    for after_s, then, now in sorted(rows, key=lambda row: row[0]):
        table.add_row(clock(after_s), then.replace("[", r"\["), now)
    console.print(table)


def _notes(console: Console, incident: Incident, lines: list[Line], one_satellite: bool, two_persons: bool) -> None:
    from nadhir.exercise.incidents import sources, sources_of
    from nadhir.node.incidents import LOOKS_S, texts_of

    warnings = [line.warning for line in lines if line.warning is not None]
    if warnings:
        console.print("One typed event in each language: " + "; ".join(texts_of(warnings[-1]).values()))
    console.print("Sources:")
    for number, key in enumerate(sources_of(incident), 1):
        console.print(rf"  \[{number}] {sources()[key]}")
    console.print("What differs:")
    seen_by = "one infrared satellite sees" if one_satellite else "two infrared satellites see"
    sensors = f"Sensors are notional, and {seen_by} every launch; who warned then had what they had."
    people = (
        f"Each of two persons looks at what is shown, until {LOOKS_S[0]:.0f} s and {LOOKS_S[1]:.0f} s."
        if two_persons
        else "People take no time."
    )
    flown = (sensors, FLIGHT, people) if incident.launches else ()
    for words in (*flown, *TIMES, *incident.differs):
        console.print(f"  - {words}")
