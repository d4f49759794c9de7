"""`nadhir account`: who may come into a node's console."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from nadhir.console.accounts import Accounts

Node = Annotated[Path, typer.Option("--node", help="The node's folder, with its node.toml.")]
Name = Annotated[str, typer.Argument(metavar="NAME", help="Small letters, digits, dot, hyphen, underscore.")]
PasswordFile = Annotated[
    Path | None, typer.Option(help="Read the password from this file's first line; without, it is asked for.")
]


class RoleName(StrEnum):
    """What an account may do."""

    operator = "operator"
    reader = "reader"


class ClearanceName(StrEnum):
    """The highest label that an account sees."""

    unclassified = "UNCLASSIFIED"
    restricted = "RESTRICTED"
    confidential = "CONFIDENTIAL"
    secret = "SECRET"


def register(app: typer.Typer) -> None:
    """Add the commands to the `nadhir` application."""
    account = typer.Typer(no_args_is_help=True, help="Accounts of a node's console. A running node heeds them at once.")
    app.add_typer(account, name="account")
    account.command("add")(add)
    account.command("list")(show)
    account.command("remove")(remove)
    account.command("password")(password)


def add(
    name: Name,
    role: Annotated[RoleName, typer.Option(help="Operators act, readers only see.")],
    node: Node = Path(),
    clearance: Annotated[
        ClearanceName, typer.Option(case_sensitive=False, help="The highest label that is shown to them.")
    ] = ClearanceName.unclassified,
    password_file: PasswordFile = None,
) -> None:
    """Make an account. An operator who decides on warnings must also stand in publishing.toml."""
    with _accounts("add", node) as accounts:
        accounts.add(name, role.value, clearance.value, _password(password_file))
    typer.echo(f"{name}: {role.value}, sees up to {clearance.value}")


def show(node: Node = Path()) -> None:
    """List the accounts."""
    with _accounts("list", node) as accounts:
        for account in sorted(accounts.all().values(), key=lambda one: one.name):
            typer.echo(f"{account.name:24} {account.role:10} {account.clearance}")


def remove(name: Name, node: Node = Path()) -> None:
    """Remove an account. Whoever is logged in with it is logged out."""
    with _accounts("remove", node) as accounts:
        accounts.remove(name)
    typer.echo(f"{name} has no account any more")


def password(name: Name, node: Node = Path(), password_file: PasswordFile = None) -> None:
    """Give an account a new password. Whoever is logged in with it is logged out."""
    with _accounts("password", node) as accounts:
        accounts.set_password(name, _password(password_file))
    typer.echo(f"{name} has a new password")


@contextmanager
def _accounts(command: str, node: Path) -> Iterator[Accounts]:
    from nadhir.console.accounts import AccountError, Accounts
    from nadhir.node.config import read_config
    from nadhir.node.toml import ConfigError

    try:
        config = read_config(node / "node.toml")
        yield Accounts(config.node.data / config.node.mode / "console")
    except (AccountError, ConfigError, OSError, UnicodeDecodeError) as error:
        typer.echo(f"nadhir account {command}: {error}", err=True)
        raise typer.Exit(2) from None


def _password(file: Path | None) -> str:
    if file is not None:
        return file.read_text(encoding="utf-8").partition("\n")[0].rstrip("\r")
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))
