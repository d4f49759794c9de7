"""A node's own identity on disk: keys, certificates and the card that partners get.

keys/       signing-<id>.key, authority.key, link.key, link.seed: mode 0600, nobody else's business
authority.pem, link.pem
card.json   the file for partners
partners/   theirs
"""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import nkeys

from nadhir.model.unreadable import UNREADABLE
from nadhir.sharing.certificates import CLOCK_ALLOWANCE_S, DAY_S, issue_link, make_authority
from nadhir.sharing.files import replace_file
from nadhir.sharing.keys import KeyFileError, NodeKey, TrustedKey, key_id, read_private, write_private
from nadhir.sharing.partners import Card, CardKey, check_host, check_nation, read_card, sign_card

OWN_KEYS = "own-keys.json"
KEY_DAYS = 730
KEY_OVERLAP_S = DAY_S
"""The old key goes on so long after the new one begins, for clocks that differ and for what was still on its way."""


class Identity:
    """Who this node is. Raises KeyFileError or PartnerError where its folder is not what `create` made."""

    def __init__(self, folder: Path, now: float) -> None:
        self.folder = folder
        try:
            self.card_bytes = (folder / "card.json").read_bytes()
        except OSError as error:
            raise KeyFileError(f"{folder} is no node's folder ({error.strerror}): make one with nadhir init") from None
        self.card, _ = read_card(self.card_bytes, now)

    @property
    def own_keys(self) -> tuple[TrustedKey, ...]:
        """Every key that this node ever signed with, to verify its own logs. Raises KeyFileError."""
        file = self.folder / OWN_KEYS
        try:
            return msgspec.json.decode(file.read_bytes(), type=tuple[TrustedKey, ...])
        except (OSError, *UNREADABLE) as error:
            raise KeyFileError(f"{file} cannot be read ({error}): put it back from the backup") from None

    @classmethod
    def create(
        cls, folder: Path, nation: str, host: str, port: int, now: float, passphrase: bytes | None = None
    ) -> Identity:
        """Make keys, certificates and card in a folder that holds none. Raises KeyFileError, PartnerError."""
        check_nation(nation)
        check_host(host)
        if (folder / "card.json").exists():
            raise KeyFileError(f"{folder} is a node already: its keys are not replaced; see nadhir renew")
        authority, authority_key = make_authority(nation, host, now, passphrase)
        link, link_key = issue_link(authority, authority_key, nation, host, now, passphrase)
        seed: bytes = nkeys.encode_seed(os.urandom(32), nkeys.PREFIX_BYTE_USER)
        nkey: bytes = nkeys.from_seed(bytearray(seed)).public_key
        key = NodeKey.generate()
        first = CardKey(key.public, now - CLOCK_ALLOWANCE_S, now + KEY_DAYS * DAY_S)
        card = sign_card([key], Card(nation, now, (first,), authority.decode(), host, port, nkey.decode()))
        read_card(card, now)  # What partners would refuse is refused here, before anything is written.
        keys = folder / "keys"
        keys.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_private(keys / "authority.key", authority_key)
        write_private(keys / "link.key", link_key)
        write_private(keys / "link.seed", seed)
        key.save(_key_path(folder, key.id), passphrase)
        replace_file(folder / "authority.pem", authority)
        replace_file(folder / "link.pem", link)
        _write_card(folder, card, [_trusted(nation, first)])
        return cls(folder, now)

    def signing_key(self, now: float, passphrase: bytes | None = None) -> NodeKey:
        """The newest key that is valid now. Raises KeyFileError."""
        valid = [key for key in self.card.keys if key.not_before <= now <= key.not_after]
        if not valid:
            raise KeyFileError("no signing key is valid now: run nadhir renew --key, and give partners the new card")
        newest = max(valid, key=lambda key: key.not_before)
        return NodeKey.load(_key_path(self.folder, key_id(newest.public)), passphrase)

    def renew_link(self, now: float, passphrase: bytes | None = None) -> None:
        """A new link certificate of the same authority: partners need nothing new."""
        authority = (self.folder / "authority.pem").read_bytes()
        authority_key = read_private(self.folder / "keys" / "authority.key")
        card = self.card
        link, link_key = issue_link(authority, authority_key, card.nation, card.host, now, passphrase)
        replace_file(self.folder / "keys" / "link.key", link_key, mode=0o600)
        replace_file(self.folder / "link.pem", link)

    def rotate_key(self, now: float, begins: float, passphrase: bytes | None = None) -> None:
        """Add a signing key that takes over at `begins`, and write the card that tells partners so beforehand.

        The card is signed by the old keys too, so partners take it without comparing fingerprints.
        """
        ends = begins + KEY_OVERLAP_S
        old = [
            msgspec.structs.replace(key, not_after=min(key.not_after, ends))
            for key in self.card.keys
            if key.not_after > now
        ]
        signers = [NodeKey.load(_key_path(self.folder, key_id(key.public)), passphrase) for key in old]
        new = NodeKey.generate()
        new.save(_key_path(self.folder, new.id), passphrase)
        keys = (CardKey(new.public, begins, begins + KEY_DAYS * DAY_S), *old)
        self.card = msgspec.structs.replace(self.card, issued=now, keys=keys)
        self.card_bytes = sign_card([new, *signers], self.card)
        named = [_trusted(self.card.nation, key) for key in keys]
        past = [key for key in self.own_keys if key.id not in {key.id for key in named}]
        _write_card(self.folder, self.card_bytes, [*named, *past])


def _trusted(nation: str, key: CardKey) -> TrustedKey:
    return TrustedKey(nation, key.public, key.not_before, key.not_after)


def _write_card(folder: Path, card: bytes, own_keys: list[TrustedKey]) -> None:
    """The keys first: a card never names one that is not kept."""
    replace_file(folder / OWN_KEYS, msgspec.json.format(msgspec.json.encode(own_keys)) + b"\n")
    replace_file(folder / "card.json", card)


def _key_path(folder: Path, key: str) -> Path:
    return folder / "keys" / f"signing-{key}.key"
