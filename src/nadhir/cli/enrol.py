"""`nadhir enrol`: an authority lets a node speak live. Keys are compared by voice, both ways."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated, NoReturn

import typer

enrol = typer.Typer(no_args_is_help=True, help="Enrolment: without an authority's consent all is an exercise.")

Node = Annotated[Path, typer.Option(help="The node's folder.")]
Compared = Annotated[
    str | None, typer.Option("--yes-fingerprint", help="The fingerprint, compared beforehand: for scripts.")
]
DAY_S = 86_400.0


def register(app: typer.Typer) -> None:
    """Add the commands to the `nadhir` application."""
    app.add_typer(enrol, name="enrol")


def _fail(error: object) -> NoReturn:
    typer.echo(f"nadhir enrol: {error}", err=True)
    raise typer.Exit(2)


def _compare(whose: str, public: bytes, compared: str | None) -> None:
    """Go on only where a person, or whoever wrote the script, has compared the fingerprint."""
    from nadhir.sharing.keys import fingerprint

    digits = fingerprint(public)
    typer.echo(f"fingerprint of {whose}: {digits}")
    if compared is not None:
        if compared.split() != digits.split():
            _fail("the fingerprint is another one: do not trust this file")
    elif not typer.confirm(f"Call {whose} on a number you know. Do they read out the same thirty digits?"):
        _fail("not done")


@enrol.command()
def authority(out: Annotated[Path, typer.Option(help="The folder to make.")]) -> None:
    """Make an authority's key: once, by the authority, on a machine of its own. NADHIR_PASSPHRASE encrypts it."""
    from nadhir.cli.init import passphrase
    from nadhir.sharing.keys import KeyFileError, NodeKey, fingerprint

    key = NodeKey.generate()
    try:
        out.mkdir(parents=True, exist_ok=True)
        key.save(out / "authority.key", passphrase())
    except (KeyFileError, OSError) as error:
        _fail(error)
    typer.echo(f"{out / 'authority.key'}: keep it to yourself; its fingerprint: {fingerprint(key.public)}")
    if passphrase() is None:
        typer.echo("it is not encrypted (NADHIR_PASSPHRASE is not set): only the file's mode guards it")


@enrol.command()
def request(
    node: Node = Path(),
    publishing: Annotated[
        Path | None, typer.Option(help="Its publishing.toml, where it is to publish: [live] names the certificate.")
    ] = None,
    out: Annotated[Path | None, typer.Argument(metavar="[FILE]", help="Where to write it.")] = None,
) -> None:
    """Write the file with which a node asks its authority for an enrolment."""
    from nadhir.cli.init import passphrase
    from nadhir.node.enrolment import make_request
    from nadhir.node.publishing_config import live_certificate, read_publishing
    from nadhir.node.toml import ConfigError
    from nadhir.sharing.identity import Identity
    from nadhir.sharing.keys import KeyFileError, fingerprint
    from nadhir.sharing.partners import PartnerError

    try:
        now = time.time()
        identity = Identity(node, now)
        key, nation = identity.signing_key(now, passphrase()), identity.card.nation
        certificate = live_certificate(read_publishing(publishing)) if publishing else ""
        out = out or Path(f"{nation}.request.json")
        out.write_bytes(make_request(key, nation, certificate))
    except (ConfigError, KeyFileError, PartnerError, OSError) as error:
        _fail(error)
    typer.echo(f"{out}: give it to the authority, then read this aloud: {fingerprint(key.public)}")
    if not certificate:
        typer.echo("it names no certificate for CAP: the node may share and show live warnings, and publish none")


@enrol.command()
def sign(
    file: Annotated[Path, typer.Argument(metavar="REQUEST", help="The file of nadhir enrol request.")],
    authority: Annotated[Path, typer.Option(help="The authority's folder.")],
    days: Annotated[float, typer.Option(min=0.0, max=3650.0, help="How long the consent runs from now.")] = 365.0,
    out: Annotated[Path | None, typer.Option(help="Where to write it.")] = None,
    yes_fingerprint: Compared = None,
) -> None:
    """As the authority: let this node speak live, until a time. The file goes back to the node."""
    from nadhir.cli.init import passphrase
    from nadhir.node.enrolment import EnrolmentError, read_request
    from nadhir.node.enrolment import enrol as consent
    from nadhir.sharing.keys import KeyFileError, NodeKey, fingerprint

    try:
        key = NodeKey.load(authority / "authority.key", passphrase())
        asked = read_request(file.read_bytes())
        _compare(f"the node of {asked.nation}", asked.public, yes_fingerprint)
        out = out or Path(f"{asked.nation}.enrolment.json")
        out.write_bytes(consent(key, asked, time.time() + days * DAY_S))
    except (EnrolmentError, KeyFileError, OSError) as error:
        _fail(error)
    typer.echo(f"{out}: give it back to the node, then read this aloud: {fingerprint(key.public)}")


@enrol.command()
def install(
    file: Annotated[Path, typer.Argument(metavar="ENROLMENT", help="The file of nadhir enrol sign.")],
    node: Node = Path(),
    yes_fingerprint: Compared = None,
) -> None:
    """As the node: keep the authority's consent. Then `mode = "live"` in its node.toml is no longer refused."""
    from nadhir.node.enrolment import EnrolmentError, check, installed, read_enrolment
    from nadhir.node.enrolment import install as keep
    from nadhir.sharing.identity import Identity
    from nadhir.sharing.keys import KeyFileError
    from nadhir.sharing.partners import PartnerError

    try:
        now = time.time()
        identity, before = Identity(node, now), installed(node)
        enrolled = read_enrolment(file.read_bytes())
        check(enrolled, identity.card.nation, frozenset(key.id for key in identity.own_keys), now)
        if before is None or before.authority_public != enrolled.authority_public:
            _compare(f"the authority of {identity.card.nation}", enrolled.authority_public, yes_fingerprint)
        keep(node, enrolled)
    except (EnrolmentError, KeyFileError, PartnerError, OSError) as error:
        _fail(error)
    typer.echo(f"enrolled until {_day(enrolled.enrolment.until)}")
    typer.echo('live is another node than an exercise: its own folder, keys, ports and mode = "live" in its node.toml')


@enrol.command()
def show(node: Node = Path()) -> None:
    """Whether this node may speak live, by whose consent, until when."""
    from nadhir.node.enrolment import EnrolmentError, check, installed
    from nadhir.sharing.identity import Identity
    from nadhir.sharing.keys import KeyFileError, fingerprint
    from nadhir.sharing.partners import PartnerError

    try:
        now = time.time()
        identity, enrolled = Identity(node, now), installed(node)
        if enrolled is None:
            typer.echo("not enrolled: this node can only hold exercises")
            raise typer.Exit(1)
        check(enrolled, identity.card.nation, frozenset(key.id for key in identity.own_keys), now)
    except (EnrolmentError, KeyFileError, PartnerError, OSError) as error:
        _fail(error)
    enrolment = enrolled.enrolment
    typer.echo(f"enrolled for {enrolment.authority} until {_day(enrolment.until)}")
    typer.echo(f"certificate for live CAP: {enrolment.certificate or 'none'}")
    typer.echo(f"fingerprint of the authority: {fingerprint(enrolled.authority_public)}")


def _day(time_s: float) -> str:
    from datetime import UTC, datetime

    return f"{datetime.fromtimestamp(time_s, UTC):%Y-%m-%d %H:%M} UTC"
