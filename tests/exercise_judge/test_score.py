from __future__ import annotations

import gzip
import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest
from synthetic_products import write_products, write_scenario

from nadhir.exercise.score import as_json, score
from nadhir.exercise.score_input import UnreadableError

SHARED = Path(__file__).parents[3] / "shared"
with_shared = pytest.mark.skipif(not (SHARED / "score.py").exists(), reason="needs the public judge and scenarios")


def public_judge() -> Any:
    spec = importlib.util.spec_from_file_location("public_judge", SHARED / "score.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def assert_same(ours: Any, theirs: Any, where: str = "") -> None:
    """Every figure of the public judge stands in ours, under the same name."""
    if isinstance(theirs, dict):
        for name, value in theirs.items():
            assert str(name) in ours, f"{where}/{name} is missing"
            assert_same(ours[str(name)], value, f"{where}/{name}")
    elif isinstance(theirs, list | tuple):
        assert len(ours) == len(theirs), where
        for number, value in enumerate(theirs):
            assert_same(ours[number], value, f"{where}/{number}")
    elif isinstance(theirs, float):
        assert ours == pytest.approx(theirs, rel=1e-9, abs=1e-9), where
    else:
        assert ours == theirs, where


@with_shared
@pytest.mark.parametrize(
    "name",
    ["toward-land", "toward-land-dirty", "overflight-2022-10-04", "orbit-2023-11-21", "salvo-2022-06-05", "quiet-sky"],
)
def test_same_figures_as_the_public_judge(name: str, tmp_path: Path) -> None:
    products = tmp_path / "products.jsonl"
    write_products(SHARED / "scenarios" / name, products, every_s=5)
    theirs, their_table = public_judge().score(SHARED / "scenarios" / name, products)
    ours = json.loads(json.dumps(as_json(score(SHARED / "scenarios" / name, products))))
    assert_same(ours, json.loads(json.dumps(theirs, default=float)))
    for body, row in json.loads(json.dumps(their_table, default=float)).items():
        mine = ours["table"][body]
        assert mine["first_after_burnout_s"] == row.pop("first_after_burnout_s")
        assert {m: {k: v for k, v in p.items() if k in row[m] and v is not None} for m, p in mine["at"].items()} == {
            m: pytest.approx({k: v for k, v in p.items() if k not in ("ratio", "size")}) for m, p in row.items()
        }


def test_a_scenario_of_our_own_is_scored_with_its_bound(tmp_path: Path) -> None:
    write_scenario(tmp_path)
    write_products(tmp_path, tmp_path / "products.jsonl")
    result = score(tmp_path, tmp_path)
    assert (result.launches.true, result.launches.reported, result.launches.false, result.launches.withdrawn) == (
        1,
        1,
        1,
        1,
    )
    assert result.launches.late == 0
    assert result.tracks.on_truth == 1
    assert result.tracks.nees_inside_95 == pytest.approx(0.95, abs=0.04)
    assert result.impacts.predicted == 1
    assert result.impacts.at[30].median_error_over_bound is not None
    assert result.classes.class_right_60_s_after_burnout == 1
    assert result.gospa is not None
    assert result.gospa.localisation_m == pytest.approx(200 * 3**0.5, rel=0.2)
    assert result.gospa.false == 0.0


def test_a_packed_scenario_is_judged_alike(tmp_path: Path) -> None:
    write_scenario(tmp_path)
    write_products(tmp_path, tmp_path / "products.jsonl")
    before = as_json(score(tmp_path, tmp_path))
    plain = tmp_path / "detections.jsonl"
    (tmp_path / "detections.jsonl.gz").write_bytes(gzip.compress(plain.read_bytes()))
    plain.unlink()
    assert as_json(score(tmp_path, tmp_path)) == before


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("truth.json", None, "cannot be read"),
        ("truth.json", "{}", "not in the format"),
        ("sensors.json", "[", "not in the format"),
        ("truth.npz", "no archive", "no readable"),
        ("truth.npz", "PK\x03\x04 cut short", "no readable"),
        ("detections.jsonl.gz", "no gzip", "no readable"),
        ("products.jsonl", '{"kind": "launch"}', "line 1"),
        ("products.jsonl", None, "cannot be read"),
    ],
)
def test_what_cannot_be_read_is_one_clear_line(name: str, content: str | None, message: str, tmp_path: Path) -> None:
    write_scenario(tmp_path)
    write_products(tmp_path, tmp_path / "products.jsonl")
    if name.endswith(".gz"):
        (tmp_path / "detections.jsonl").unlink()
    if content is None:
        (tmp_path / name).unlink()
    else:
        (tmp_path / name).write_text(content)
    with pytest.raises(UnreadableError, match=message) as caught:
        score(tmp_path, tmp_path)
    assert "\n" not in str(caught.value)
