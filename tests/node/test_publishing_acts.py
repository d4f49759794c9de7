"""`nadhir warn acts`: who did what and when can be shown, and what was changed is refused."""

from __future__ import annotations

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from typer.testing import CliRunner

from nadhir.alerts.people import Desk
from nadhir.alerts.rules import ApprovalRule, AuthorityRule, Rules
from nadhir.cli import app
from nadhir.geo.areas import default_areas
from nadhir.model import AreaWarning, WarningProduct

ONE_PERSON = Rules({"JPN": AuthorityRule(areas=("JP",), approval={"impact": ApprovalRule("one-person", "one-person")})})
BEGIN = 1_700_000_000.0


@pytest.fixture
def kept(tmp_path):
    """The acts of a short story, and the public key that signed them."""
    key = Ed25519PrivateKey.generate()
    areas = default_areas().areas
    here = Desk("exercise", ONE_PERSON, areas, frozenset({"kim", "lee"}), lambda operator, act: key.sign(act))
    wrong = WarningProduct(
        "JPN-0001", ["E1"], [], BEGIN, "alert", "impact", [AreaWarning("JP-13", 0.5, 0.0)], "exercise"
    )
    wrong = msgspec.structs.replace(wrong, authority="JPN")
    right = msgspec.structs.replace(wrong, warning="JPN-0001.1", areas=[AreaWarning("JP-05", 0.5, 0.0)])
    here.propose(wrong, BEGIN)
    here.approve("JPN-0001", 0, "kim", BEGIN + 4.0)
    here.correct("JPN-0001", right, "lee", BEGIN + 61.0)
    file, public = tmp_path / "acts.jsonl", tmp_path / "acts.pem"
    file.write_bytes(msgspec.json.Encoder().encode_lines(here.acts))
    public.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return file, public


def shown(file, public):
    return CliRunner().invoke(app, ["warn", "acts", str(file), "--key", str(public)])


def test_who_did_what_and_when(kept):
    result = shown(*kept)
    assert result.exit_code == 0
    assert result.output.splitlines() == [
        "2023-11-14 22:13:24Z exercise kim: approve JPN-0001 revision 0",
        "2023-11-14 22:14:21Z exercise lee: cancel JPN-0001 revision 1",
        "2023-11-14 22:14:21Z exercise lee: correct JPN-0001.1 revision 0, instead of JPN-0001",
        "3 acts, each signed by this key, none missing before the last.",
    ]


def test_what_was_changed_or_left_out_or_is_of_another_key_is_refused(kept, tmp_path):
    file, public = kept
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join(lines[1:]))
    assert "act 0 does not follow" in shown(file, public).output
    file.write_bytes(b"".join([lines[1], lines[0], lines[2]]))
    assert shown(file, public).exit_code == 1
    file.write_bytes(b"".join(lines))
    other = tmp_path / "other.pem"
    key = Ed25519PrivateKey.generate().public_key()
    other.write_bytes(key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    assert "act 0 is not signed by this key" in shown(file, other).output


def test_files_that_cannot_be_used_are_one_error_line(kept, tmp_path):
    file, public = kept
    for where in ((file, file), (file, tmp_path / "none.pem"), (public, public), (tmp_path / "none", public)):
        result = shown(*where)
        assert result.exit_code == 2
        assert result.output.startswith("error: ")
