"""Partners: cards, rotation, revocation, and the commands over them."""

from __future__ import annotations

import base64
import json
import shutil
import stat
import time
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner

from nadhir.cli import app
from nadhir.model import Release
from nadhir.sharing.certificates import make_authority
from nadhir.sharing.envelope import Refused, open_envelope, seal
from nadhir.sharing.identity import Identity
from nadhir.sharing.keys import KeyFileError, NodeKey, fingerprint
from nadhir.sharing.partners import (
    Card,
    CardKey,
    PartnerError,
    Proposal,
    propose,
    read_card,
    read_partners,
    remove_partner,
    revoke_partner,
    sign_card,
    trusted_keys,
    write_partner,
)

NOW = time.time()
DAY = 86_400.0


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Nodes of three nations, made once."""
    folder = tmp_path_factory.mktemp("nodes")
    for nation in ("KOR", "JPN", "USA"):
        Identity.create(folder / nation, nation, "127.0.0.1", 7422, NOW)
    return {nation: folder / nation for nation in ("KOR", "JPN", "USA")}


@pytest.fixture
def nodes(made: dict[str, Path], tmp_path: Path) -> dict[str, Path]:
    """The same, to change."""
    return {nation: Path(shutil.copytree(folder, tmp_path / nation)) for nation, folder in made.items()}


def add(node: Path, card: bytes, me: str = "JPN", now: float = NOW) -> Proposal:
    proposal = propose(card, read_partners(node / "partners"), me=me, now=now)
    write_partner(node / "partners", proposal.partner)
    return proposal


def opens(node: Path, key: NodeKey, sent: float) -> bool:
    """Whether JPN's node opens what KOR signs with this key."""
    release = Release(1, "KOR", "JPN", "exercise", 1, sent, ())
    try:
        trusted = trusted_keys(read_partners(node / "partners").values())
        return open_envelope(seal(key, release), trusted, me="JPN", mode="exercise") == release
    except Refused:
        return False


def test_a_card_tells_all_that_a_partner_needs(nodes: dict[str, Path]) -> None:
    korea = Identity(nodes["KOR"], NOW)
    proposal = add(nodes["JPN"], korea.card_bytes)
    assert not proposal.vouched
    assert proposal.fingerprint == fingerprint(korea.signing_key(NOW).public)
    (partner,) = read_partners(nodes["JPN"] / "partners").values()
    assert partner.card == korea.card
    assert partner.card.link_nkey.startswith("U")
    assert (nodes["JPN"] / "partners" / "KOR.ca.pem").read_bytes() == (nodes["KOR"] / "authority.pem").read_bytes()
    assert opens(nodes["JPN"], korea.signing_key(NOW), NOW)
    for path in (nodes["KOR"] / "keys").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE((nodes["KOR"] / "keys").stat().st_mode) == 0o700


def test_an_altered_card_is_refused(nodes: dict[str, Path]) -> None:
    envelope = json.loads(Identity(nodes["KOR"], NOW).card_bytes)
    payload = base64.b64decode(envelope["payload"]).replace(b"7422", b"7423")
    envelope["payload"] = base64.b64encode(payload).decode()
    with pytest.raises(PartnerError, match="altered"):
        read_card(json.dumps(envelope).encode(), NOW)


def card(nation: str, *keys: NodeKey, issued: float = NOW, host: str = "") -> Card:
    authority, _ = make_authority(nation, host, NOW)
    named = tuple(CardKey(key.public, NOW - DAY, NOW + DAY) for key in keys)
    return Card(nation, issued, named, authority.decode(), host, 7422, "U" + "A" * 55)


def test_a_card_must_be_signed_by_every_key_that_it_names() -> None:
    mine, stolen_name = NodeKey.generate(), NodeKey.generate()
    assert read_card(sign_card([mine, stolen_name], card("KOR", mine, stolen_name)), NOW)[1] == {
        mine.id,
        stolen_name.id,
    }
    with pytest.raises(PartnerError, match="does not hold every key"):
        read_card(sign_card([mine], card("KOR", mine, stolen_name)), NOW)
    with pytest.raises(PartnerError, match="does not hold every key"):
        read_card(sign_card([mine, mine], card("KOR", mine, stolen_name)), NOW)


def test_cards_that_are_not_taken(nodes: dict[str, Path]) -> None:
    key = NodeKey.generate()
    cases = {
        "no partner file": b"{}",
        "too large": bytes(100_000),
        "own file": Identity(nodes["JPN"], NOW).card_bytes,
        "capital letters": sign_card([key], card("kor", key)),
        "future": sign_card([key], card("KOR", key, issued=NOW + 2 * DAY)),
        "not its own": sign_card(
            [key], msgspec.structs.replace(card("USA", key), nation="KOR", authority=card("USA", key).authority)
        ),
        "`str` matching regex": sign_card([key], msgspec.structs.replace(card("KOR", key), host="a\x1b[2Jb")),
        "<= 65535": sign_card([key], msgspec.structs.replace(card("KOR", key), port=70_000)),
        "no certificate": sign_card([key], msgspec.structs.replace(card("KOR", key), authority="")),
    }
    for why, data in cases.items():
        with pytest.raises(PartnerError, match=why):
            propose(data, {}, me="JPN", now=NOW)


def test_a_key_belongs_to_one_nation(nodes: dict[str, Path]) -> None:
    key = NodeKey.generate()
    add(nodes["JPN"], sign_card([key], card("KOR", key)))
    with pytest.raises(PartnerError, match="already that of KOR"):
        add(nodes["JPN"], sign_card([key], card("USA", key)))


def test_rotation_without_a_call_and_without_a_gap(nodes: dict[str, Path]) -> None:
    korea = Identity(nodes["KOR"], NOW)
    old, old_card = korea.signing_key(NOW), korea.card_bytes
    add(nodes["JPN"], old_card)
    korea.rotate_key(NOW + 1, NOW + 7 * DAY)
    proposal = propose(korea.card_bytes, read_partners(nodes["JPN"] / "partners"), me="JPN", now=NOW + 2)
    assert proposal.vouched
    write_partner(nodes["JPN"] / "partners", proposal.partner)
    again = Identity(nodes["KOR"], NOW + DAY)
    assert again.signing_key(NOW + 6.9 * DAY).id == old.id
    new = again.signing_key(NOW + 7.1 * DAY)
    assert new.id != old.id
    assert [opens(nodes["JPN"], old, NOW + days * DAY) for days in (6.0, 7.5, 8.5)] == [True, True, False]
    assert [opens(nodes["JPN"], new, NOW + days * DAY) for days in (6.0, 7.5, 8.5)] == [False, True, True]
    with pytest.raises(PartnerError, match="older"):
        add(nodes["JPN"], old_card)
    # A year and a half on, the next rotation no longer names the first key.
    again.rotate_key(NOW + 500 * DAY, NOW + 507 * DAY)
    assert len(again.card.keys) == 2
    assert {key.id for key in again.own_keys} >= {old.id, new.id}
    assert len(again.own_keys) == 3


def test_revocation_is_final(nodes: dict[str, Path]) -> None:
    korea = Identity(nodes["KOR"], NOW)
    key = korea.signing_key(NOW)
    folder = nodes["JPN"] / "partners"
    add(nodes["JPN"], korea.card_bytes)
    assert revoke_partner(folder, "KOR", NOW + 1).revoked
    assert not opens(nodes["JPN"], key, NOW)
    with pytest.raises(PartnerError, match="final"):
        add(nodes["JPN"], korea.card_bytes)
    korea.rotate_key(NOW + 2, NOW + 3)
    with pytest.raises(PartnerError, match="final"):
        add(nodes["JPN"], korea.card_bytes)
    with pytest.raises(PartnerError, match="stays on file"):
        remove_partner(folder, "KOR")
    # With a key of its own and a call, the nation comes back; the revoked key does not.
    fresh = NodeKey.generate()
    proposal = add(nodes["JPN"], sign_card([fresh], card("KOR", fresh, issued=NOW + 5)), now=NOW + 6)
    assert not proposal.vouched
    assert opens(nodes["JPN"], fresh, NOW)
    assert not opens(nodes["JPN"], key, NOW)
    with pytest.raises(PartnerError, match="stays on file"):
        remove_partner(folder, "KOR")
    assert revoke_partner(folder, "KOR", NOW + 7).keys[-1].revoked == NOW + 1


def test_one_key_revoked_and_a_partner_forgotten(nodes: dict[str, Path]) -> None:
    korea = Identity(nodes["KOR"], NOW)
    old = korea.signing_key(NOW)
    korea.rotate_key(NOW, NOW)
    new = korea.signing_key(NOW + 1)
    folder = nodes["JPN"] / "partners"
    add(nodes["JPN"], korea.card_bytes)
    assert not revoke_partner(folder, "KOR", NOW + 1, old.id).revoked
    assert not opens(nodes["JPN"], old, NOW)
    assert opens(nodes["JPN"], new, NOW + 1)
    with pytest.raises(PartnerError, match="no key"):
        revoke_partner(folder, "KOR", NOW, "f" * 32)
    with pytest.raises(PartnerError, match="no partner USA"):
        remove_partner(folder, "USA")
    add(nodes["JPN"], Identity(nodes["USA"], NOW).card_bytes)
    remove_partner(folder, "USA")
    assert set(read_partners(folder)) == {"KOR"}
    assert not (folder / "USA.ca.pem").exists()


def test_link_renewal_keeps_the_authority(nodes: dict[str, Path]) -> None:
    before = (nodes["KOR"] / "link.pem").read_bytes()
    Identity(nodes["KOR"], NOW).renew_link(NOW + 300 * DAY)
    assert (nodes["KOR"] / "link.pem").read_bytes() != before
    assert stat.S_IMODE((nodes["KOR"] / "keys" / "link.key").stat().st_mode) == 0o600


def test_no_valid_key_and_no_node(nodes: dict[str, Path], tmp_path: Path) -> None:
    with pytest.raises(KeyFileError, match="renew --key"):
        Identity(nodes["KOR"], NOW).signing_key(NOW + 1000 * DAY)
    with pytest.raises(KeyFileError, match="nadhir init"):
        Identity(tmp_path / "nothing", NOW)
    with pytest.raises(KeyFileError, match="node already"):
        Identity.create(nodes["KOR"], "KOR", "", 7422, NOW)


def run(*arguments: str, code: int = 0, answer: str | None = None) -> str:
    result = CliRunner().invoke(app, list(arguments), input=answer)
    assert result.exit_code == code, result.output
    return " ".join(result.output.split())


def test_commands_from_init_to_revocation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("NADHIR_PASSPHRASE", "over the sea")
    for nation in ("KOR", "JPN"):
        shown = run("init", "--nation", nation, "--out", str(tmp_path / nation), "--host", "127.0.0.1")
        assert "compare by voice" in shown
    assert b"ENCRYPTED" in next((tmp_path / "KOR" / "keys").glob("signing-*")).read_bytes()
    korea, japan, file = str(tmp_path / "KOR"), str(tmp_path / "JPN"), str(tmp_path / "KOR.partner.json")
    digits = run("partner", "export", file, "--node", korea)[-35:]
    assert "no partners" in run("partner", "list", "--node", japan)
    assert "another one" in run("partner", "add", file, "--node", japan, "--yes-fingerprint", "1", code=2)
    assert "not added" in run("partner", "add", file, "--node", japan, code=2, answer="n\n")
    assert "no partners" in run("partner", "list", "--node", japan)
    assert "KOR is trusted" in run("partner", "add", file, "--node", japan, answer="y\n")
    assert "KOR is trusted" in run("partner", "add", file, "--node", japan, "--yes-fingerprint", digits)
    assert "a new key signs from" in run("renew", "--key", "--node", korea)
    assert "valid until" in run("renew", "--node", korea)
    run("partner", "export", file, "--node", korea)
    assert "nothing to compare" in run("partner", "add", file, "--node", japan)
    listed = run("partner", "list", "--node", japan)
    assert digits in listed
    assert "trusted" in listed
    assert "revoked altogether" in run("partner", "revoke", "KOR", "--node", japan)
    assert "final" in run("partner", "add", file, "--node", japan, code=2)
    assert "stays on file" in run("partner", "remove", "KOR", "--node", japan, code=2)
    assert "no partner" in run("partner", "revoke", "USA", "--node", japan, code=2)
    monkeypatch.setenv("NADHIR_PASSPHRASE", "wrong")
    assert "passphrase" in run("renew", "--key", "--node", korea, code=2)
    assert "node already" in run("init", "--nation", "KOR", "--out", korea, code=2)
    assert "capital letters" in run("init", "--nation", "Korea", "--out", str(tmp_path / "x"), code=2)
    for host, why in (("two words", "use a name"), ("jpn.nadhir", "not its name")):
        assert why in run("init", "--nation", "KOR", "--out", str(tmp_path / "x"), "--host", host, code=2)
    assert not (tmp_path / "x").exists()
