"""A revocation counts while the node runs."""

from __future__ import annotations

import time
from pathlib import Path

from nadhir.model import Ellipse, ImpactProduct, Label, Record, Release
from nadhir.node.nations import NationNode
from nadhir.node.trust import Trust
from nadhir.sharing.envelope import Refused, open_envelope, seal
from nadhir.sharing.floor import Recipient
from nadhir.sharing.identity import Identity
from nadhir.sharing.partners import Partner, revoke_partner
from nadhir.sharing.release import Releases
from nadhir.sharing.release_policies import default_policies, parse_policies


def recipients(known: dict[str, Partner]) -> dict[str, Recipient]:
    return {name: Recipient(name, "exercise", revoked=partner.revoked) for name, partner in known.items()}


def impact() -> Record:
    body = ImpactProduct("a-1", "a", "coast", 1.0, 300.0, 4.0, 38.2, 134.5, Ellipse(9.1, 4.2, 31.0))
    return Record("KOR-1", "impact", "KOR", "exercise", 1.0, 1.0, Label(), body, "a")


def outcome(envelope: bytes, trust: Trust) -> str:
    try:
        open_envelope(envelope, trust.keys, me="KOR", mode="exercise")
    except Refused as refused:
        return refused.cause
    return "taken"


def trusted(tmp_path: Path) -> tuple[NationNode, Path, Trust]:
    """JPN, KOR's folder of partners, and whom KOR trusts by it."""
    nodes = {name: NationNode(name, tmp_path / name) for name in ("KOR", "JPN")}
    for node in nodes.values():
        node.prepare([], {"default.cedar": default_policies()}, {})
    nodes["KOR"].trust(nodes["JPN"])
    folder = nodes["KOR"].folder / "partners"
    return nodes["JPN"], folder, Trust(folder, recipients)


def test_a_revoked_partner_gets_and_gives_nothing_from_then_on(tmp_path: Path) -> None:
    partner, folder, trust = trusted(tmp_path)
    policies = parse_policies({"default.cedar": default_policies()})
    releases = Releases(policies, owner="KOR", mode="exercise", recipients=trust.recipients)
    now = time.time()
    key = Identity(partner.folder, now).signing_key(now)
    envelope = seal(key, Release(1, "JPN", "KOR", "exercise", 1, now, ()))

    trust.look()
    assert (outcome(envelope, trust), trust.revoked) == ("taken", set())
    assert releases.decide(impact(), "JPN", 1.0).decision.outcome == "released"

    revoke_partner(folder, "JPN", now)
    trust.look()
    assert (outcome(envelope, trust), trust.revoked) == ("revoked", {"JPN"})
    assert releases.decide(impact(), "JPN", 1.0).decision.outcome == "refused-by-floor"


def test_files_that_cannot_be_read_leave_everything_as_it_was(tmp_path: Path) -> None:
    _, folder, trust = trusted(tmp_path)
    keys = dict(trust.keys)
    for path in folder.glob("*.json"):
        path.write_text("{")
    trust.look()
    assert trust.keys == keys
