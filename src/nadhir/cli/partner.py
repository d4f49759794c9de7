"""`nadhir partner`: one file each way, compared by voice; who is trusted, and who no longer is."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated, NoReturn

import typer

partner = typer.Typer(no_args_is_help=True, help="Partners: exchange cards, see who is trusted, revoke.")

Node = Annotated[Path, typer.Option(help="The node's folder.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the `nadhir` application."""
    app.add_typer(partner, name="partner")


def _fail(error: Exception) -> NoReturn:
    typer.echo(f"nadhir partner: {error}", err=True)
    raise typer.Exit(2)


@partner.command()
def export(
    out: Annotated[Path | None, typer.Argument(metavar="[FILE]", help="Where to write it.")] = None, node: Node = Path()
) -> None:
    """Write this node's card: the one file to give to each partner."""
    from nadhir.sharing.identity import Identity
    from nadhir.sharing.keys import KeyFileError, fingerprint
    from nadhir.sharing.partners import PartnerError

    try:
        identity = Identity(node, time.time())
        out = out or Path(f"{identity.card.nation}.partner.json")
        out.write_bytes(identity.card_bytes)
    except (KeyFileError, PartnerError, OSError) as error:
        _fail(error)
    typer.echo(f"{out}: hand it over in any way, then read this aloud: {fingerprint(identity.card.keys[0].public)}")


@partner.command()
def add(
    file: Annotated[Path, typer.Argument(help="The card that the partner exported.")],
    node: Node = Path(),
    yes_fingerprint: Annotated[
        str | None, typer.Option(help="The fingerprint, compared beforehand: for scripts, nothing is asked.")
    ] = None,
) -> None:
    """Trust a partner, or take its renewed card."""
    from nadhir.sharing.identity import Identity
    from nadhir.sharing.keys import KeyFileError
    from nadhir.sharing.partners import PartnerError, propose, read_partners, write_partner

    folder = node / "partners"
    try:
        now = time.time()
        me = Identity(node, now).card.nation
        proposal = propose(file.read_bytes(), read_partners(folder), me=me, now=now)
    except (KeyFileError, PartnerError, OSError) as error:
        _fail(error)
    card = proposal.partner.card
    reach = f"reached at {card.host}:{card.port}" if card.host else "which dials us"
    typer.echo(f"{card.nation}, {reach}; fingerprint {proposal.fingerprint}")
    if proposal.vouched:
        typer.echo("signed by a key of theirs that is trusted already: nothing to compare")
    elif yes_fingerprint is not None:
        if yes_fingerprint.split() != proposal.fingerprint.split():
            _fail(PartnerError("the fingerprint is another one: do not trust this file"))
    elif not typer.confirm(f"Call {card.nation} on a number you know. Do they read out the same thirty digits?"):
        _fail(PartnerError("not added"))
    try:
        write_partner(folder, proposal.partner)
    except OSError as error:
        _fail(error)
    typer.echo(f"{card.nation} is trusted")


@partner.command("list")
def list_(node: Node = Path()) -> None:
    """Show each partner's keys, validity and revocation."""
    from datetime import UTC, datetime

    from rich.console import Console
    from rich.table import Table

    from nadhir.sharing.certificates import expires
    from nadhir.sharing.keys import fingerprint
    from nadhir.sharing.partners import PartnerError, read_partners

    try:
        partners = read_partners(node / "partners")
    except PartnerError as error:
        _fail(error)
    table = Table("nation", "reached at", "key", "valid until", "state", "fingerprint")
    now = time.time()
    for known in partners.values():
        reach = f"{known.card.host}:{known.card.port}" if known.card.host else "dials us"
        authority_ends = expires(known.card.authority.encode())
        for key in known.keys:
            state = "trusted"
            if key.revoked is not None:
                state = f"revoked {datetime.fromtimestamp(key.revoked, UTC):%Y-%m-%d}"
            elif now > key.not_after:
                state = "expired"
            elif now < key.not_before:
                state = f"from {datetime.fromtimestamp(key.not_before, UTC):%Y-%m-%d}"
            elif now > authority_ends:
                state = "authority expired"
            until = f"{datetime.fromtimestamp(key.not_after, UTC):%Y-%m-%d}"
            table.add_row(known.nation, reach, key.id, until, state, fingerprint(key.public))
    Console().print(table if partners else "no partners: nadhir partner add FILE")


@partner.command()
def remove(nation: Annotated[str, typer.Argument(metavar="NATION")], node: Node = Path()) -> None:
    """Forget a partner with which all is well; one that is not trusted any more is revoked."""
    from nadhir.sharing.partners import PartnerError, remove_partner

    try:
        remove_partner(node / "partners", nation)
    except (PartnerError, OSError) as error:
        _fail(error)
    typer.echo(f"{nation} is forgotten: start the node again")


@partner.command()
def revoke(
    nation: Annotated[str, typer.Argument(metavar="NATION")],
    node: Node = Path(),
    key: Annotated[str | None, typer.Option(help="Only this key (its id); without it, all that they have.")] = None,
) -> None:
    """Refuse a partner's keys for good: stolen, or no longer trusted. New keys need a new card and a call."""
    from nadhir.sharing.partners import PartnerError, revoke_partner

    try:
        revoked = revoke_partner(node / "partners", nation, time.time(), key)
    except (PartnerError, OSError) as error:
        _fail(error)
    what = "is revoked altogether" if revoked.revoked else f"key {key} is revoked"
    typer.echo(f"{nation} {what}, for good: start the node again")
