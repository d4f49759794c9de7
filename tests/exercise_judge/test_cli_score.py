from __future__ import annotations

import json
from pathlib import Path

import typer
from synthetic_products import write_products, write_scenario
from typer.testing import CliRunner

from nadhir.cli.score import register

app = typer.Typer()
app.callback()(lambda: None)
register(app)


def test_text_and_json(tmp_path: Path) -> None:
    write_scenario(tmp_path)
    write_products(tmp_path, tmp_path / "products.jsonl")
    text = CliRunner().invoke(app, ["score", str(tmp_path), str(tmp_path)])
    assert text.exit_code == 0
    assert "launches reported, of" in text.output
    assert "GOSPA" in text.output
    figures = json.loads(CliRunner().invoke(app, ["score", str(tmp_path), str(tmp_path), "--json"]).output)
    assert figures["impacts"]["at_30s"]["n"] == 1
    assert figures["gospa"]["missed"] < 0.5


def test_a_missing_folder_is_one_line_and_status_2(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["score", str(tmp_path / "none"), str(tmp_path)])
    assert result.exit_code == 2
    assert result.output.startswith("nadhir score: ")
    assert result.output.count("\n") == 1
