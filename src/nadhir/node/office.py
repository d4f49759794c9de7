"""The people of a nation in an exercise on one machine: accounts of the console, keys and channels of the drill."""

from __future__ import annotations

import secrets
import time
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from nadhir.console.accounts import Accounts
from nadhir.node.nations import HOST, NationNode, free_ports
from nadhir.sharing.certificates import self_signed
from nadhir.sharing.keys import NodeKey, write_private

OPERATORS, READER = ("kim", "lee"), "mori"
"""Two who decide, so that one of them is the second person, and one who only sees."""
LANGUAGES = {"KOR": ("ko", "en"), "JPN": ("ja", "en")}
"""Languages that a nation's people are warned in; English for others."""
NAMES = {"en": "Exercise office", "ko": "훈련 상황실", "ja": "訓練室"}
DAYS = 30
PUBLISHING = """\
# Made for an exercise on one machine. Not an official warning system.
languages = [{languages}]
[names]
{names}
[exercise]
sender = "drill@{nation}.example"
key = "drill.key"
certificate = "drill.pem"
acts_key = "acts.key"
operators = [{operators}]
feed = {{ address = "http://{host}:{port}/cap", title = "Exercise warnings", author = "{nation}", port = {port} }}
"""


class Office(NamedTuple):
    """Where the console of a nation is, and who may come in: every account has the one password."""

    address: str
    operators: tuple[str, ...]
    reader: str
    password: str


def open_office(node: NationNode) -> Office:
    """Give a node that has not started yet its people: they see all labels, and the drill goes out by an Atom feed."""
    key = ec.generate_private_key(ec.SECP256R1())
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    write_private(node.folder / "drill.key", private)
    certificate = self_signed(key, f"{node.nation} exercise", time.time(), DAYS)
    (node.folder / "drill.pem").write_bytes(certificate)
    NodeKey.generate().save(node.folder / "acts.key")
    (port,) = free_ports(1)
    languages = LANGUAGES.get(node.nation, ("en",))
    (node.folder / "publishing.toml").write_text(
        PUBLISHING.format(
            languages=_quoted(languages),
            names="\n".join(f'{language} = "{NAMES[language]}"' for language in languages),
            nation=node.nation,
            operators=_quoted(OPERATORS),
            host=HOST,
            port=port,
        ),
        encoding="utf-8",
    )
    with (node.folder / "node.toml").open("a", encoding="utf-8") as config:
        config.write('[publishing]\nfile = "publishing.toml"\n')
    password = secrets.token_urlsafe(12)
    accounts = Accounts(node.data / "console")
    for name in OPERATORS:
        accounts.add(name, "operator", "SECRET", password)
    accounts.add(READER, "reader", "SECRET", password)
    return Office(f"http://{HOST}:{node.console_port}/", OPERATORS, READER, password)


def _quoted(words: tuple[str, ...]) -> str:
    return ", ".join(f'"{word}"' for word in words)
