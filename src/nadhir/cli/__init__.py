"""The `nadhir` command: one module a group of commands, each thin over the packages that do the work.

A command imports these inside its function, so that `nadhir` answers at once.
"""

from __future__ import annotations

import typer

from nadhir.cli import (
    account,
    audit,
    bench,
    calibrate,
    cap,
    demo,
    enrol,
    export,
    feed,
    import_,
    incident,
    init,
    node,
    partner,
    release,
    replay,
    score,
    simulate,
    status,
    warn,
)

app = typer.Typer(
    name="nadhir",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Open, real-time shared early warning. It warns and shares; it never aims. Not an official warning.",
)

COMMANDS = (
    replay, demo, node, feed, status, export, import_, simulate, score, calibrate, release, cap, bench, init, partner,
    enrol, audit, warn, incident, account,
)  # fmt: skip

for commands in COMMANDS:
    commands.register(app)


def main() -> None:
    """Entry point of the `nadhir` command."""
    app()
