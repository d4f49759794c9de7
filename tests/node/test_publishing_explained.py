"""`nadhir warn explain` of a node that runs: from the history that its console keeps."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from nadhir.cli import app
from nadhir.console.history import History, Told
from nadhir.model import AreaNumbers, Explanation


@pytest.fixture
def history(tmp_path):
    history = History(tmp_path / "exercise" / "console")
    yield history
    history.close()


def explanation(warning: str, revision: int, issued: float, probability: float) -> Explanation:
    numbers = AreaNumbers("JP-05", probability, probability, 0.05, 0.01, True)
    why = "an area's probability is at its threshold"
    return Explanation(warning, revision, issued, "JPN", "impact", "alert", None, why, [numbers], [])


def test_a_running_node_explains_its_warnings(history, tmp_path):
    for warning, revision, probability in (("8f2e", 0, 0.061), ("8f2e", 1, 0.402), ("77aa", 2, 0.9)):
        told = explanation(warning, revision, 100.0 + revision, probability)
        history.put(Told("explanation", warning, told.issued, 4, told))
    history.settle()
    folder = str(tmp_path / "exercise")
    said = CliRunner().invoke(app, ["warn", "explain", "8f2e", "--data", folder])
    assert said.exit_code == 0, said.output
    assert said.output.index("JP-05: 0.061") < said.output.index("JP-05: 0.402")
    assert "0.900" not in said.output
    missing = CliRunner().invoke(app, ["warn", "explain", "JPN-0001", "--data", folder])
    assert missing.exit_code == 2
    assert "there are: 8f2e, 77aa" in missing.output


def test_a_folder_without_a_history_is_one_clear_line(tmp_path):
    refused = CliRunner().invoke(app, ["warn", "explain", "8f2e", "--data", str(tmp_path)])
    assert refused.exit_code == 2
    assert "name the data folder of a node with a console" in refused.output
    assert refused.output.count("\n") == 1
