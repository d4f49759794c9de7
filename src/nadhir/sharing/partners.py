"""Partners: the one file that a nation gives to another, and what this node keeps of each.

A card names a nation's keys, the authority of its link certificates and where it can be reached, and is signed by every
key that it names. Two people compare the fingerprint of its first key by voice; that key answers for the rest. A later
card that an already trusted key has signed needs no comparing: so keys are rotated and links moved.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, NamedTuple

import msgspec

from nadhir.model.unreadable import UNREADABLE
from nadhir.sharing import dsse
from nadhir.sharing.certificates import CertificateError, check_authority
from nadhir.sharing.files import replace_file
from nadhir.sharing.keys import NodeKey, TrustedKey, fingerprint, key_id

CARD_TYPE = "application/vnd.nadhir.partner+json"
LARGEST_CARD_BYTES = 64 << 10
LARGEST_ISSUED_AHEAD_S = 3600.0

_NATION = re.compile(r"[A-Z][A-Z0-9]{1,7}")

# What is read aloud, shown and put into the server's configuration is plain before anybody sees it.
_HOST = r"^[A-Za-z0-9.:-]{0,253}\Z"
_Host = Annotated[str, msgspec.Meta(pattern=_HOST)]
_Port = Annotated[int, msgspec.Meta(ge=0, le=65535)]
_Nkey = Annotated[str, msgspec.Meta(pattern=r"^U[A-Z2-7]{55}\Z")]


class PartnerError(Exception):
    """A card or partner that is not accepted; the message says why and what to do."""


class CardKey(msgspec.Struct, frozen=True):
    """A public key and the time for which it signs, Unix seconds."""

    public: bytes
    not_before: float
    not_after: float


class Card(msgspec.Struct, frozen=True):
    """What a nation tells its partners about itself."""

    nation: str
    issued: float
    """Unix seconds; an older card never replaces a newer one."""
    keys: Annotated[tuple[CardKey, ...], msgspec.Meta(min_length=1, max_length=4)]
    """The first is the one to compare by voice."""
    authority: str
    """Certificate (PEM) of the authority for its links."""
    host: _Host
    """Where partners dial it; empty where it only dials."""
    port: _Port
    link_nkey: _Nkey
    """Public nkey with which it dials."""


class Partner(msgspec.Struct, frozen=True):
    """What is kept of a partner: its last card, and every key it ever had, so that old logs can be read."""

    card: Card
    keys: tuple[TrustedKey, ...]

    @property
    def nation(self) -> str:
        """Code of the nation."""
        return self.card.nation

    @property
    def revoked(self) -> bool:
        """Whether nothing of this partner is accepted any more."""
        return all(key.revoked is not None for key in self.keys)


class Proposal(NamedTuple):
    """A partner as it would be kept, and whether a key that is already trusted vouches for it."""

    partner: Partner
    fingerprint: str
    vouched: bool


def check_nation(nation: str) -> str:
    """A nation's code as it is. Raises PartnerError."""
    if not _NATION.fullmatch(nation):
        raise PartnerError(f"nation {nation!r}: use two to eight capital letters and digits, such as KOR")
    return nation


def check_host(host: str) -> str:
    """A host as it is. Raises PartnerError."""
    if not re.match(_HOST, host):
        raise PartnerError(f"host {host!r}: use a name such as node.example.kr, or an address")
    return host


def sign_card(keys: Sequence[NodeKey], card: Card) -> bytes:
    """The card as the file to give away: a DSSE envelope in JSON, signed by all keys that the card names."""
    envelope = dsse.sign(keys, CARD_TYPE, msgspec.json.encode(card))
    return msgspec.json.format(msgspec.json.encode(envelope)) + b"\n"


def read_card(data: bytes, now: float) -> tuple[Card, set[str]]:
    """A card and the ids of the keys that signed it, which are at least its own. Raises PartnerError."""
    if len(data) > LARGEST_CARD_BYTES:
        raise PartnerError("this is no partner file: it is too large")
    try:
        envelope = msgspec.json.decode(data, type=dsse.Envelope)
        card = msgspec.json.decode(envelope.payload, type=Card)
    except UNREADABLE as error:
        raise PartnerError(f"this is no partner file: {error}") from None
    if envelope.payload_type != CARD_TYPE:
        raise PartnerError("this is no partner file: it was signed for another purpose")
    check_nation(card.nation)
    own = {key_id(key.public): key.public for key in card.keys}
    signers = {
        signature.keyid
        for signature in envelope.signatures
        if signature.keyid in own and dsse.signed_by(envelope, signature, own[signature.keyid])
    }
    if len(signers) < len(card.keys):
        raise PartnerError(f"this file was altered, or {card.nation} does not hold every key in it: ask for a new one")
    if card.issued > now + LARGEST_ISSUED_AHEAD_S:
        raise PartnerError(f"the file of {card.nation} comes from the future: check the clocks on both sides")
    try:
        check_authority(card.authority.encode(), card.nation, card.host, now)
    except CertificateError as error:
        raise PartnerError(str(error)) from None
    return card, signers


def propose(data: bytes, known: dict[str, Partner], *, me: str, now: float) -> Proposal:
    """What taking this card would mean. Raises PartnerError where it cannot be taken at all."""
    card, signers = read_card(data, now)
    if card.nation == me:
        raise PartnerError("that is this node's own file: give it to your partner, and ask for theirs")
    held = {key.id: key for partner in known.values() for key in partner.keys}
    for key in card.keys:
        holder = held.get(key_id(key.public))
        if holder and holder.nation != card.nation:
            raise PartnerError(f"a key in the file of {card.nation} is already that of {holder.nation}")
        if holder and holder.revoked is not None:
            raise PartnerError(f"key {holder.id} of {card.nation} was revoked, which is final: ask for a new file")
    before = known.get(card.nation)
    if before and card.issued < before.card.issued:
        raise PartnerError(f"the file of {card.nation} is older than the one that is held: ask for the latest")
    new = {key_id(key.public): TrustedKey(card.nation, key.public, key.not_before, key.not_after) for key in card.keys}
    kept = [key for key in before.keys if key.id not in new] if before else []
    # Signers are keys of the card, of which none is revoked.
    vouched = any(
        key.id in signers and key.not_before <= now <= key.not_after for key in (before.keys if before else ())
    )
    return Proposal(Partner(card, (*new.values(), *kept)), fingerprint(card.keys[0].public), vouched)


def read_partners(folder: Path) -> dict[str, Partner]:
    """All partners of a node by nation. Raises PartnerError."""
    partners = {}
    for path in sorted(folder.glob("*.json")):
        try:
            partner = msgspec.json.decode(path.read_bytes(), type=Partner)
        except (*UNREADABLE, OSError) as error:
            raise PartnerError(f"{path} cannot be read: restore it, or add the partner again ({error})") from None
        partners[partner.nation] = partner
    return partners


def write_partner(folder: Path, partner: Partner) -> None:
    """Keep a partner, and its authority where the server reads it."""
    folder.mkdir(parents=True, exist_ok=True)
    replace_file(authority_file(folder, partner.nation), partner.card.authority.encode())
    replace_file(folder / f"{partner.nation}.json", msgspec.json.format(msgspec.json.encode(partner)) + b"\n")


def remove_partner(folder: Path, nation: str) -> None:
    """Forget a partner. Raises PartnerError for a revoked key: forgetting it would make it acceptable again."""
    partner = _known(folder, nation)
    if any(key.revoked is not None for key in partner.keys):
        raise PartnerError(f"{nation} has revoked keys and stays on file, so that they stay refused")
    (folder / f"{nation}.json").unlink()
    authority_file(folder, nation).unlink(missing_ok=True)


def revoke_partner(folder: Path, nation: str, now: float, only: str | None = None) -> Partner:
    """Refuse all keys of a partner, or one, from now on and for good. Raises PartnerError."""
    partner = _known(folder, nation)
    if only is not None and only not in {key.id for key in partner.keys}:
        raise PartnerError(f"{nation} has no key {only}: see nadhir partner list")
    keys = tuple(
        msgspec.structs.replace(key, revoked=now) if key.revoked is None and only in (None, key.id) else key
        for key in partner.keys
    )
    revoked = msgspec.structs.replace(partner, keys=keys)
    write_partner(folder, revoked)
    return revoked


def trusted_keys(partners: Iterable[Partner]) -> dict[str, TrustedKey]:
    """Every key of these partners by its id, revoked ones too: they are refused by name."""
    return {key.id: key for partner in partners for key in partner.keys}


def authority_file(folder: Path, nation: str) -> Path:
    """The authority certificate (PEM) of a partner, for the server's links."""
    return folder / f"{nation}.ca.pem"


def _known(folder: Path, nation: str) -> Partner:
    partner = read_partners(folder).get(nation)
    if partner is None:
        raise PartnerError(f"no partner {nation}: see nadhir partner list")
    return partner
