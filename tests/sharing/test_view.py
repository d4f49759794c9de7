"""The view: it answers from the logs, keeps up with them, and can be lost."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from msgspec.structs import replace
from sealed import KOR, START, USA, record, release
from typer.testing import CliRunner

from nadhir.cli import app
from nadhir.model import Record
from nadhir.sharing.envelope import seal
from nadhir.sharing.keys import NodeKey
from nadhir.sharing.log import Log
from nadhir.sharing.view import View


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    folder = tmp_path / "log"
    with Log(folder / "KOR-to-JPN") as log:
        both = replace(release(1), records=(record(1), record(2, event="e2")))
        log.append_all([seal(KOR, both), seal(KOR, release(2)), b"a tick"])
    with Log(folder / "USA-to-JPN") as log:
        log.append(seal(USA, release(3, owner="USA")))
    return folder


def ids(view: View, **asked: object) -> list[str]:
    return [found.record.id for found in view.find(**asked)]  # type: ignore[arg-type]


def test_questions(logs: Path, tmp_path: Path) -> None:
    with View(tmp_path / "view.sqlite") as view:
        assert view.catch_up(logs) == 4
        assert view.skipped == 1
        assert ids(view) == ["KOR-1", "KOR-2", "KOR-2", "USA-3"]
        assert ids(view, kind="impact") == ["KOR-1", "USA-3"]
        assert ids(view, owner="USA") == ["USA-3"]
        assert ids(view, event="e2") == ["KOR-2"]
        assert ids(view, log="KOR-to-JPN", kind="track", event="e1") == ["KOR-2"]
        assert ids(view, record="KOR-1") == ["KOR-1"]
        assert ids(view, since=START + 2, until=START + 2) == ["KOR-2", "KOR-2"]
        assert ids(view, limit=1) == ["KOR-1"]
        (first, *_) = view.find()
        assert first == ("KOR-to-JPN", 1, record(1))
        assert isinstance(first.record, Record)


def test_it_keeps_up_and_takes_nothing_twice(logs: Path, tmp_path: Path) -> None:
    with View(tmp_path / "view.sqlite") as view:
        view.catch_up(logs)
        assert view.catch_up(logs) == 0
        with Log(logs / "KOR-to-JPN") as log:
            log.append(seal(KOR, release(5)))
        assert view.catch_up(logs) == 1
        assert ids(view)[-1] == "KOR-5"
    with View(tmp_path / "view.sqlite") as view:
        assert view.catch_up(logs) == 0
        assert len(ids(view)) == 5


def test_a_replaced_log_is_read_again(logs: Path, tmp_path: Path) -> None:
    with View(tmp_path / "view.sqlite") as view:
        view.catch_up(logs)
        for path in (logs / "KOR-to-JPN").glob("*.log"):
            path.unlink()
        with Log(logs / "KOR-to-JPN") as log:
            log.append_all([seal(KOR, release(number)) for number in (7, 9, 11, 13)])
        assert view.catch_up(logs) == 4
        assert ids(view, owner="KOR") == ["KOR-7", "KOR-9", "KOR-11", "KOR-13"]


@pytest.mark.parametrize("left", [None, b"not a database, though long enough to be looked at" * 40])
def test_it_can_be_lost(logs: Path, tmp_path: Path, left: bytes | None) -> None:
    path = tmp_path / "view.sqlite"
    with View(path) as view:
        view.catch_up(logs)
    path.unlink()
    if left:
        path.write_bytes(left)
    with View(path) as view:
        assert view.catch_up(logs) == 4


def run(*arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, ["audit", *arguments])
    assert result.exit_code == code, result.output
    return result.output


def test_commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    node = tmp_path / "KOR"
    assert CliRunner().invoke(app, ["init", "--nation", "KOR", "--out", str(node)]).exit_code == 0
    assert "has logged nothing" in run("verify", str(node), code=2)
    (key,) = (node / "keys").glob("signing-*")
    own = NodeKey.load(key)
    with Log(node / "data" / "exercise" / "log" / "KOR-to-JPN") as log:
        log.append_all([seal(own, release(number)) for number in (1, 2, 3)])
    assert "nothing was changed" in run("verify", str(node))
    lines = [json.loads(line) for line in run("find", str(node), "--kind", "impact").splitlines()]
    assert [(line["sequence"], line["record"]["id"]) for line in lines] == [(1, "KOR-1"), (3, "KOR-3")]
    assert "use one of detection" in run("find", str(node), "--kind", "impacts", code=2)
    (path,) = (node / "data" / "exercise" / "log" / "KOR-to-JPN").glob("*.log")
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    assert "altered: KOR-to-JPN, entry 2: " in run("verify", str(node), code=1)
    (node / "data" / "exercise" / "view.sqlite").unlink()
    assert "is damaged at byte" in run("find", str(node), code=2)
