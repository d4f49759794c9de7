"""`nadhir node`: one nation's node, until it is told to stop."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command to the `nadhir` application."""
    app.command("node")(node)


def node(
    config: Annotated[Path, typer.Option(help="The node's configuration, which nadhir init makes.")] = Path(
        "node.toml"
    ),
) -> None:
    """Run a node: take detections, track, warn, and share what the release rules let go. Logs are JSON lines.

    It ends cleanly on SIGTERM or Ctrl-C, and may be killed at any time: it rebuilds its state from its log.
    """
    import asyncio
    import signal
    import sys

    from nadhir.alerts import RulesError
    from nadhir.bus import BusError, ProgramError
    from nadhir.cli.init import passphrase
    from nadhir.node.config import read_config
    from nadhir.node.service import Service
    from nadhir.node.structured_log import log_to
    from nadhir.node.toml import ConfigError
    from nadhir.sensors import ScenarioError
    from nadhir.sharing.keys import KeyFileError
    from nadhir.sharing.log import LogError
    from nadhir.sharing.partners import PartnerError
    from nadhir.sharing.release_policies import PolicyError

    async def run() -> None:
        service = Service(read_config(config), passphrase())
        loop = asyncio.get_running_loop()
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, service.stop)
        await service.run()

    log_to(sys.stderr)
    run_loop = asyncio.run
    if sys.platform != "win32":
        import uvloop

        run_loop = uvloop.run
    try:
        run_loop(run())
    except (
        ConfigError, KeyFileError, PartnerError, PolicyError, ScenarioError, RulesError, LogError, BusError,
        ProgramError, OSError,
    ) as error:  # fmt: skip
        typer.echo(f"nadhir node: {error}", err=True)
        raise typer.Exit(2) from None
