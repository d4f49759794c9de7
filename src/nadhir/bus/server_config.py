"""The configuration of a nation's nats-server: who may say and hear what.

One account for the nation, and one for each partner in which only the two meet. A leaf link joins a partner's account
here with ours there, over mutual TLS and with an nkey of that pair. What may cross is `rel.<from>.<to>.>` in each
direction and nothing else: no JetStream or system request, no reply inbox. The side that is dialled holds that with
the permissions of the partner's nkey, a list of what is allowed. The side that dials can only list what is denied to
the link; there the permissions of our own clients see to it that nothing else is said or heard in that account. The
server itself stores nothing.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import msgspec

from nadhir.bus.port import BusError

NATION_ACCOUNT = "NATION"
SYSTEM_ACCOUNT = "SYSTEM"
WATCHER = "WATCHER"
"""Not an account: the key that hears some subjects of the nation's account and says nothing in it."""

_NEVER_CROSSES = ("$JS.>", "$SYS.>", "$SRV.>", "$KV.>", "$O.>", "_INBOX.>")
"""Requests to a server or its store, and answers to requests. For the side that dials: the other lists
what may cross. `rel.<us>.>` cannot be denied as an import: nats-server 2.15 then denies its export too."""

_NATION = re.compile(r"[A-Z][A-Z0-9]{1,7}")


class Address(msgspec.Struct, frozen=True):
    """Where to listen, or whom to dial."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


class PartnerLink(msgspec.Struct, frozen=True):
    """One partner. Of a pair one side dials: it has `dial` and `seed_file`; the other knows the dialler's `nkey`."""

    nation: str
    authority_file: Path
    """The partner's certificate authority (PEM): our side trusts it for this link."""
    dial: Address | None = None
    seed_file: Path | None = None
    """Our nkey seed for this pair."""
    nkey: str | None = None
    """The partner's public nkey for this pair, `U…`."""


class Quotas(msgspec.Struct, frozen=True):
    """Limits that the server itself holds."""

    max_payload: int = 1_048_576
    max_connections: int = 64
    """Local clients altogether."""


class ServerSettings(msgspec.Struct, frozen=True):
    """A nation's server. Files are PEM; certificate and key serve for listening and for dialling."""

    nation: str
    data: Path
    """Folder for configuration and log."""
    client: Address
    """Local clients; loopback unless there is a reason."""
    certificate_file: Path
    key_file: Path
    leaf: Address | None = None
    """Where partners dial us; not opened where we only dial."""
    partners: tuple[PartnerLink, ...] = ()
    watched: tuple[str, ...] = ()
    """Subjects of the nation's account that a watcher may hear."""
    quotas: Quotas = Quotas()
    program: Path | None = None


def partner_account(partner: str) -> str:
    """Name of the account in which only this partner and we meet."""
    return f"PARTNER_{partner}"


def check_settings(settings: ServerSettings) -> None:
    """Raise `BusError`, saying what to correct."""
    nations = [settings.nation, *(partner.nation for partner in settings.partners)]
    for nation in nations:
        if not _NATION.fullmatch(nation):
            raise BusError(f"nation {nation!r}: two to eight capital letters and digits, such as KOR")
    if len(set(nations)) < len(nations):
        raise BusError("each nation can be named once, and none is its own partner")
    for partner in settings.partners:
        if partner.dial is None and (partner.nkey is None or settings.leaf is None):
            raise BusError(f"partner {partner.nation} dials us: its nkey and an address to listen on are needed")
        if partner.dial is not None and partner.seed_file is None:
            raise BusError(f"partner {partner.nation} is dialled: the seed of our nkey for it is needed")


def configuration(settings: ServerSettings, local_nkeys: dict[str, str], authorities_file: Path) -> dict[str, Any]:
    """What nats-server reads, as JSON. `local_nkeys`: public nkey of our own clients by account, and the watcher's."""
    quotas = settings.quotas
    accounts: dict[str, Any] = {
        NATION_ACCOUNT: {
            "users": [{"nkey": local_nkeys[NATION_ACCOUNT]}, _watching_user(settings, local_nkeys[WATCHER])],
        },
        SYSTEM_ACCOUNT: {"users": [{"nkey": local_nkeys[SYSTEM_ACCOUNT]}]},
    }
    for partner in settings.partners:
        account = partner_account(partner.nation)
        users = [_local_user(settings.nation, partner.nation, local_nkeys[account])]
        if partner.dial is None:
            users.append(_dialling_user(settings.nation, partner))
        accounts[account] = {"users": users, "limits": {"max_subscriptions": 256}}
    return {
        "server_name": settings.nation,
        "listen": str(settings.client),
        "max_payload": quotas.max_payload,
        "max_connections": quotas.max_connections,
        "max_pending": 16 << 20,
        "write_deadline": "2s",
        # The default needs six minutes to notice a dead link.
        "ping_interval": "3s",
        "ping_max": 2,
        "lame_duck_grace_period": "1s",
        "lame_duck_duration": "30s",
        "accounts": accounts,
        "system_account": SYSTEM_ACCOUNT,
        "leafnodes": _leafnodes(settings, authorities_file),
        "log_file": str(settings.data / "nats-server.log"),
        "logfile_size_limit": 16 << 20,
        "logfile_max_num": 3,
        "pid_file": str(settings.data / "nats-server.pid"),
    }


def _watching_user(settings: ServerSettings, nkey: str) -> dict[str, Any]:
    return {
        "nkey": nkey,
        "allowed_connection_types": ["STANDARD"],
        "permissions": {
            "publish": {"deny": [">"]},
            "subscribe": {"allow": list(settings.watched)} if settings.watched else {"deny": [">"]},
        },
    }


def _local_user(nation: str, partner: str, nkey: str) -> dict[str, Any]:
    return {
        "nkey": nkey,
        "allowed_connection_types": ["STANDARD"],
        "permissions": {
            "publish": {"allow": [f"rel.{nation}.{partner}.>"]},
            "subscribe": {"allow": [f"rel.{partner}.{nation}.>"]},
        },
    }


def _dialling_user(nation: str, partner: PartnerLink) -> dict[str, Any]:
    return {
        "nkey": partner.nkey,
        "allowed_connection_types": ["LEAFNODE"],
        "permissions": {
            "publish": {"allow": [f"rel.{partner.nation}.{nation}.>"]},
            "subscribe": {"allow": [f"rel.{nation}.{partner.nation}.>"]},
        },
    }


def _leafnodes(settings: ServerSettings, authorities_file: Path) -> dict[str, Any]:
    files = {"cert_file": str(settings.certificate_file), "key_file": str(settings.key_file)}
    remotes = []
    for partner in settings.partners:
        if partner.dial is None or partner.seed_file is None:
            continue
        remotes.append(
            {
                "urls": [f"tls://{partner.dial}"],
                "account": partner_account(partner.nation),
                "nkey": partner.seed_file.read_text().strip(),
                "tls": {**files, "ca_file": str(partner.authority_file)},
                "deny_imports": list(_NEVER_CROSSES),
                "deny_exports": list(_NEVER_CROSSES),
            }
        )
    leafnodes: dict[str, Any] = {"reconnect": "250ms", "no_advertise": True, "remotes": remotes}
    if settings.leaf is not None and any(partner.dial is None for partner in settings.partners):
        leafnodes |= {
            "listen": str(settings.leaf),
            "tls": {**files, "ca_file": str(authorities_file), "verify": True, "timeout": 3},
        }
    return leafnodes
