"""What people get wrong on the command line ends in a line or two that say what is wrong, and never in a traceback."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from nadhir.cli import app

EXAMPLE = Path(__file__).parents[2] / "examples" / "toward-land"
NOBODY = "127.0.0.1:1"
DEEP = b"[" * 100_000


def told(*arguments: object) -> str:
    """What a command says that ends with a status other than 0."""
    result = CliRunner().invoke(app, [str(argument) for argument in arguments], catch_exceptions=False)
    assert result.exit_code in (1, 2), result.output
    assert len(result.output.splitlines()) <= 8, result.output
    return " ".join(result.output.replace("│", " ").split())


@pytest.fixture
def node(tmp_path: Path) -> Path:
    """A node's folder."""
    assert CliRunner().invoke(app, ["init", "--nation", "KOR", "--out", str(tmp_path / "KOR")]).exit_code == 0
    return tmp_path / "KOR"


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    """A scenario of one line that is no detection and would colour a terminal."""
    folder = tmp_path / "scenario"
    folder.mkdir()
    shutil.copy(EXAMPLE / "sensors.json", folder)
    (folder / "detections.jsonl").write_bytes(b'{"sensor": "\x1b[31m"}\n')
    return folder


def test_a_report_that_cannot_be_written(scenario: Path, tmp_path: Path) -> None:
    for report in (tmp_path, scenario / "sensors.json" / "report.html"):
        said = told("replay", scenario, "--out", tmp_path / "out", "--quiet", "--report", report)
        assert f"{report}: cannot be written" in said


def test_lines_that_are_quoted_obey_no_terminal(scenario: Path) -> None:
    assert "\x1b" not in told("validate", scenario)


def test_a_file_of_lines_that_is_not_there(tmp_path: Path) -> None:
    assert f"{tmp_path / 'none.jsonl'}: no such file" in told("validate", tmp_path / "none.jsonl")


@pytest.mark.parametrize("port", ["0", "65536", "x"])
def test_a_feed_to_no_port(scenario: Path, port: str) -> None:
    assert "HOST:PORT" in told("feed", scenario, "--node", f"127.0.0.1:{port}")


def test_a_feed_of_a_nation_that_has_no_sensors(scenario: Path) -> None:
    assert "no sensors of XXX, only of JPN, KOR, USA" in told("feed", scenario, "--owner", "XXX", "--node", NOBODY)


@pytest.mark.parametrize("address", ["http://[::1", "http://127.0.0.1:99999", "127.0.0.1:8080", ""])
def test_the_status_of_what_is_no_address(address: str) -> None:
    assert "no node answers" in told("status", "--once", "--node", address)


@pytest.mark.parametrize("days", ["nan", "-1", "1e30"])
def test_days_that_are_none(node: Path, days: str) -> None:
    assert "--in-days" in told("renew", "--key", "--in-days", days, "--node", node)
    assert "--days" in told("enrol", "sign", node / "card.json", "--authority", node, "--days", days)


@pytest.mark.parametrize("content", [b"", b"\xff\x00", DEEP])
def test_a_nodes_own_files_that_are_damaged(node: Path, content: bytes) -> None:
    (node / "own-keys.json").write_bytes(content)
    assert "own-keys.json cannot be read" in told("renew", "--key", "--node", node)
    assert "own-keys.json cannot be read" in told("audit", "verify", node)
    (node / "authority.pem").write_bytes(content)
    assert "authority.pem is no certificate" in told("renew", "--node", node)


@pytest.mark.parametrize("limit", ["0", "99999999999999999999"])
def test_a_limit_that_is_none(node: Path, limit: str) -> None:
    assert "--limit" in told("audit", "find", node, "--limit", limit)


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", DEEP])
def test_traffic_of_files_that_hold_none(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "file"
    file.write_bytes(content)
    for kind in ("aircraft", "fireballs", "elements"):
        assert str(file) in told("import", "traffic", "--out", tmp_path / "out", f"--{kind}", file)
    assert str(file) in told("import", "telemetry", file, "--site", "1,2", "--azimuth", 90, "--out", tmp_path / "out")
    assert "no place" in told("import", "telemetry", file, "--site", "nan,2", "--azimuth", 90, "--out", tmp_path)


@pytest.mark.parametrize("content", [b'{"kind": "\xff"}\n', b'{"kind": "launch", "x": ' + DEEP])
def test_products_that_are_damaged(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "products.jsonl").write_bytes(content)
    (tmp_path / "explanations.jsonl").write_bytes(content)
    assert "line 1: not a product" in told("export", tmp_path, "--out", tmp_path / "x", "--format", "csv")
    assert "cannot be read" in told("warn", "explain", "JPN-0001", "--products", tmp_path)


@pytest.mark.parametrize("content", [b"", b"\xff", b"[node]\nnation = 1\n", b"x = " + DEEP])
def test_a_configuration_that_is_none(node: Path, content: bytes) -> None:
    (node / "node.toml").write_bytes(content)
    assert f"{node / 'node.toml'}: " in told("node", "--config", node / "node.toml")
