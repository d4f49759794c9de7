from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from synthetic_products import write_products

from nadhir.exercise.calibrate import CampaignError, fly_seeds, open_campaign, read_campaign, write_tables
from nadhir.exercise.calibrate_samples import MOMENTS, Outcome, outcome_of
from nadhir.exercise.calibration_page import write_page
from nadhir.exercise.scenario import simulate
from nadhir.exercise.spec import load_spec

SPEC = load_spec("single-short")


def noisy_replay(scenario: Path, out: Path) -> None:
    """Stands for a tracker: truth with noise of the stated size."""
    out.mkdir()
    write_products(scenario, out / "products.jsonl")


def broken_replay(scenario: Path, out: Path) -> None:
    raise ArithmeticError("no such flight\nin this test")


def run(out: Path, flights: int, jobs: int = 1) -> list[int]:
    seeds = open_campaign(SPEC, range(1, flights + 1), out)
    assert sorted(outcome.seed for outcome in fly_seeds(SPEC, seeds, out, noisy_replay, jobs)) == seeds
    return seeds


@pytest.fixture(scope="module")
def flown(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("campaign")
    run(out, 3)
    return out


def test_each_flight_gives_one_sample_a_moment(flown: Path) -> None:
    campaign = read_campaign(flown)
    assert [outcome.seed for outcome in campaign.outcomes] == [1, 2, 3]
    assert [outcome.failure for outcome in campaign.outcomes] == [None] * 3
    for outcome in campaign.outcomes:
        assert outcome.false_reports == 1
        assert [flight.reported for flight in outcome.flights] == [True]
        labels = [sample.moment for sample in outcome.samples]
        assert labels == [label for label in MOMENTS if label in labels]
        at_30 = next(sample for sample in outcome.samples if sample.after_burnout_s == 30)
        assert at_30.distance_squared is not None
        assert at_30.bound_km is not None
        assert at_30.nees is not None
        assert at_30.launch_distance_squared == outcome.flights[0].last_distance_squared


def test_a_dropped_stage_is_no_prediction_of_the_payload_before_burnout(tmp_path: Path) -> None:
    spec = load_spec("single-intercontinental")
    simulate(spec, 1, tmp_path)
    write_products(tmp_path, tmp_path / "products.jsonl")
    # The synthetic replay predicts each body from ten seconds before the payload's burnout; keep only the stages'.
    lines = (tmp_path / "products.jsonl").read_bytes().splitlines()
    kept = [line for line in lines if b'"kind":"impact"' not in line or b'"object":"o0"' not in line]
    (tmp_path / "products.jsonl").write_bytes(b"\n".join(kept))
    samples = outcome_of(1, tmp_path, tmp_path).samples
    assert {s.after_burnout_s: s.distance_squared is None for s in samples if s.after_burnout_s in (-10, 5)} == {
        -10: True,
        5: False,
    }


def test_the_same_campaign_gives_the_same_tables_and_page(flown: Path, tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    run(tmp_path / "again", 3)
    for one, other in zip(
        write_tables(read_campaign(flown), flown),
        write_tables(read_campaign(tmp_path / "again"), tmp_path),
        strict=True,
    ):
        assert one.name == other.name
        assert one.read_bytes() == other.read_bytes()
    first = write_page(read_campaign(flown), tmp_path / "first.html").read_bytes()
    assert first == write_page(read_campaign(tmp_path / "again"), tmp_path / "second.html").read_bytes()


def test_tables_keep_their_columns_without_values(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    open_campaign(SPEC, range(1, 2), tmp_path)
    list(fly_seeds(SPEC, [1], tmp_path, broken_replay))
    files = {file.stem: parquet.read_table(file) for file in write_tables(read_campaign(tmp_path), tmp_path)}
    assert files["scenarios"].to_pylist()[0]["failure"] == "ArithmeticError: no such flight"
    assert str(files["samples"].schema.field("bound_km").type) == "double"
    assert files["samples"].num_rows == 0


def test_a_campaign_goes_on_where_it_stopped(flown: Path, tmp_path: Path) -> None:
    open_campaign(SPEC, range(1, 3), tmp_path)
    (tmp_path / "outcomes" / "000001.json").write_bytes((flown / "outcomes" / "000001.json").read_bytes())
    (tmp_path / "outcomes" / "000002.json").write_text('{"seed": 2, "fail')
    assert run(tmp_path, 2) == [2]
    assert open_campaign(SPEC, range(1, 3), tmp_path) == []
    assert (tmp_path / "outcomes" / "000002.json").read_bytes() == (flown / "outcomes" / "000002.json").read_bytes()


def test_a_campaign_can_begin_at_any_seed(flown: Path) -> None:
    assert open_campaign(SPEC, range(3, 6), flown) == [4, 5]
    assert [outcome.seed for outcome in read_campaign(flown, range(2, 6)).outcomes] == [2, 3]
    with pytest.raises(CampaignError, match="no flights yet"):
        read_campaign(flown, range(4, 6))


def test_a_failed_seed_is_kept_shown_and_tried_again(tmp_path: Path) -> None:
    open_campaign(SPEC, range(1, 2), tmp_path)
    [outcome] = fly_seeds(SPEC, [1], tmp_path, broken_replay)
    assert outcome == Outcome(1, failure="ArithmeticError: no such flight")
    page = write_page(read_campaign(tmp_path), tmp_path / "page.html").read_text()
    assert "no such flight" in page
    assert open_campaign(SPEC, range(1, 2), tmp_path) == [1]


def test_another_spec_is_refused(flown: Path) -> None:
    with pytest.raises(CampaignError, match="another spec"):
        open_campaign(msgspec.structs.replace(SPEC, note="changed"), range(1, 4), flown)


def test_a_folder_without_a_campaign_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(CampaignError, match="holds no campaign") as caught:
        read_campaign(tmp_path)
    assert "\n" not in str(caught.value)
    open_campaign(SPEC, range(1, 2), tmp_path)
    with pytest.raises(CampaignError, match="no flights yet"):
        read_campaign(tmp_path)


def test_the_page_stands_alone_and_compares(flown: Path, tmp_path: Path) -> None:
    campaign = read_campaign(flown)
    page = write_page(campaign, tmp_path / "page.html", campaign).read_text()
    assert page.count("<svg") == 5
    assert "not an official warning" in page
    assert "other run" in page
    for outside in ("<script", "<link", "src=", "url(http", "@import"):
        assert outside not in page


@pytest.mark.slow
def test_two_processes_give_what_one_gives(flown: Path, tmp_path: Path) -> None:
    run(tmp_path, 3, jobs=2)
    assert read_campaign(tmp_path) == read_campaign(flown)
