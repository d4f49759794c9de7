"""`nadhir init` and `nadhir renew`: a node's keys, certificates and configuration, and later new ones."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

CONFIG = """\
# Configuration of a Nadhir node. Paths are relative to this file. Unknown keys are errors.
# Not an official warning system.

[node]
nation = "{nation}"
mode = "exercise"        # "live" only once the authority that may warn has enrolled this node: nadhir enrol
data = "data"            # logs and stores: the folder to back up, together with keys/

[bus]
host = "127.0.0.1"       # for this node's own programs: leave it on this machine
port = 4222
leaf_host = "0.0.0.0"    # where partners' links come in
leaf_port = {port}
# nats_server = "/usr/local/bin/nats-server"    # 2.11 or newer; without this line one is looked for

[sensors]
# file = "sensors.json"  # own sensors, as a scenario folder describes them; without any, only partners' data are used

# [sensors.labels]       # detections are UNCLASSIFIED but for sensors named here; what is above a partner never goes
# "KOR-GR-1" = "RESTRICTED"

[ingest]
host = "127.0.0.1"       # own detections come in here, line by line: whoever reaches it can feed this node
port = 7400

[release]
folder = "policies"      # what partners get: check it with nadhir release check policies
# product_label = "UNCLASSIFIED" # of own tracks, launches, impacts; without it, the highest of the sensors behind them

# [release.ceilings]     # the highest label that a partner may hold: UNCLASSIFIED but for those named here
# JPN = "RESTRICTED"

[warning]
# file = "warning.toml"  # the nation's decision rules; without it the shipped ones
# areas = "areas.geojson" # its areas: polygons with a property `code`; without it the shipped outlines

[publishing]
# file = "publishing.toml" # channels, languages, keys of public messages; without it, warnings go to no channel

[real]
# access = "../live/data/live/watch.json" # the nation's live node: something real ends this exercise for the public

[console]
port = 8080              # the operators' page; make accounts with nadhir account add
# host = "0.0.0.0"       # for other machines, which takes TLS:
# certificate = "console.pem"
# key = "keys/console.key"
# names = ["console.example"]    # host names under which it is reached, besides addresses
"""


def register(app: typer.Typer) -> None:
    """Add the commands to the `nadhir` application."""
    app.command("init")(init)
    app.command("renew")(renew)


def passphrase() -> bytes | None:
    """The passphrase of the node's keys, from the environment; None where they have none."""
    return os.environ.get("NADHIR_PASSPHRASE", "").encode() or None


def init(
    nation: Annotated[str, typer.Option(help="Code of the nation, such as KOR.")],
    out: Annotated[Path, typer.Option(help="The folder to make.")],
    host: Annotated[
        str, typer.Option(help="Name or address where partners reach this node; empty: it only dials.")
    ] = "",
    port: Annotated[int, typer.Option(help="Port for partners' links.")] = 7422,
) -> None:
    """Make a node: keys, certificates, its card for partners, release rules and a commented node.toml.

    With NADHIR_PASSPHRASE set, the signing key and the authority's key are encrypted with it.
    """
    import time
    from importlib.resources import files

    from nadhir.sharing.identity import Identity
    from nadhir.sharing.keys import KeyFileError, fingerprint
    from nadhir.sharing.partners import PartnerError

    try:
        identity = Identity.create(out, nation, host, port, time.time(), passphrase())
        (out / "partners").mkdir(exist_ok=True)
        (out / "policies").mkdir(exist_ok=True)
        rules = files("nadhir.sharing") / "policies" / "default.cedar"
        (out / "policies" / "default.cedar").write_bytes(rules.read_bytes())
        (out / "node.toml").write_text(CONFIG.format(nation=nation, port=port))
    except (KeyFileError, PartnerError, OSError) as error:
        typer.echo(f"nadhir init: {error}", err=True)
        raise typer.Exit(2) from None
    typer.echo(f"{nation} node in {out}: read node.toml, and keep keys/ to yourself")
    typer.echo(f"fingerprint to compare by voice: {fingerprint(identity.card.keys[0].public)}")
    if passphrase() is None:
        typer.echo("keys are not encrypted (NADHIR_PASSPHRASE is not set): only the file's mode guards them")


def renew(
    node: Annotated[Path, typer.Option(help="The node's folder.")] = Path(),
    key: Annotated[
        bool, typer.Option("--key", help="Add a new signing key; without it, renew the certificate.")
    ] = False,
    in_days: Annotated[
        float,
        typer.Option(min=0.0, max=365.0, help="When the new key takes over: partners need the new card by then."),
    ] = 7.0,
) -> None:
    """Renew the link certificate, or rotate the signing key."""
    import time
    from datetime import UTC, datetime

    from nadhir.sharing.certificates import CertificateError, expires
    from nadhir.sharing.identity import Identity
    from nadhir.sharing.keys import KeyFileError
    from nadhir.sharing.partners import PartnerError

    now = time.time()
    try:
        identity = Identity(node, now)
        if key:
            begins = now + in_days * 86_400.0
            identity.rotate_key(now, begins, passphrase())
            day = datetime.fromtimestamp(begins, UTC)
            typer.echo(f"a new key signs from {day:%Y-%m-%d %H:%M} UTC: give partners card.json before then")
        else:
            identity.renew_link(now, passphrase())
            day = datetime.fromtimestamp(expires((node / "link.pem").read_bytes()), UTC)
            typer.echo(f"link certificate valid until {day:%Y-%m-%d}: start the node again to use it")
    except (KeyFileError, PartnerError, CertificateError, OSError) as error:
        typer.echo(f"nadhir renew: {error}", err=True)
        raise typer.Exit(2) from None
