"""The tracker's bench: its scenes, its contestants, its words."""

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from nadhir.bench import contestants, tracker
from nadhir.bench.contestants import Timing, by_second, peak_memory_mb
from nadhir.bench.runs import Second
from nadhir.bench.scene import START, draw_scene, write_scene
from nadhir.bench.tracker import BenchError, Case, Result, bench_tracker, is_baseline
from nadhir.cli import app
from nadhir.sensors import read_sensors


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bench") / "6"
    write_scene(draw_scene(6, 15), folder)
    return folder


def test_a_scene_repeats_and_all_of_it_is_seen(scene: Path) -> None:
    again = draw_scene(6, 15)
    assert np.array_equal(np.load(scene / "states.npy"), again.states)
    assert again.states.shape == (6, 16, 6)
    # Two radars, Pd 0.95, fifteen seconds.
    assert np.bincount(again.seen[:, 0].astype(int)) == pytest.approx(np.full(6, 28.5), abs=5.0)
    assert not np.array_equal(draw_scene(6, 15, seed=1).states, again.states)
    assert [sensor.id for sensor in read_sensors(scene)] == ["R-WEST", "R-EAST"]


def test_each_second_holds_what_was_received_in_it(scene: Path) -> None:
    seconds = list(by_second(scene))
    assert sum(len(detections) for _, detections in seconds) == len(
        (scene / "detections.jsonl").read_text().splitlines()
    )
    assert all(now - 1.0 <= one.received < now for now, detections in seconds for one in detections)


def test_the_tracker_follows_all_of_them(scene: Path) -> None:
    *_, (last, rows) = contestants.tracker_alone(scene)
    truth = np.load(scene / "states.npy")[:, -1, :3]
    assert last.time >= START + 15.0
    nearest = np.linalg.norm(truth[:, None] - rows[None, :, 1:4], axis=2).min(axis=1)
    assert nearest.max() < 20e3


def test_a_replay_gives_every_line_to_a_second(scene: Path) -> None:
    seconds = [second for second, _ in contestants.whole_replay(scene)]
    lines = len((scene / "detections.jsonl").read_text().splitlines())
    assert 0 <= lines - sum(second.detections for second in seconds) < 30
    assert all(second.cost_s > 0.0 for second in seconds)


def test_stone_soup_follows_most_of_them(scene: Path) -> None:
    pytest.importorskip("stonesoup")
    *_, (_, rows) = contestants.CONTESTANTS["stone-soup-ukf"](scene)
    truth = np.load(scene / "states.npy")[:, -1, :3]
    nearest = np.linalg.norm(truth[:, None] - rows[None, :, 1:4], axis=2).min(axis=1)
    assert np.sum(nearest < 20e3) >= 5


def test_costs_are_medians_after_the_warm_up(scene: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    costs = iter([2e-3, 4e-3, 3e-3])

    def run(name: str, folder: Path, out: Path) -> Timing:
        out.mkdir(exist_ok=True)
        cost_s = next(costs)
        seconds = [Second(START + k, 10, 1.0 if k < tracker.WARM_UP_S else cost_s) for k in range(15)]
        with (out / "tracks.npy").open("wb") as stream:
            for _ in seconds:
                np.save(stream, np.empty((0, 7)))
        return Timing(seconds, 123.0)

    monkeypatch.setattr(tracker, "_run", run)
    result = bench_tracker([3], ["tracker"], repeats=3)
    (case,) = result.cases
    assert case.microseconds_per_detection == pytest.approx(300.0)
    assert case.spread == pytest.approx(200.0 / 300.0)
    assert (case.peak_memory_mb, case.accuracy) == (123.0, None)


def test_ratios_are_against_the_same_run() -> None:
    def case(name: str, objects: int, cost: float) -> Case:
        return Case(name, objects, 1e6 / cost, cost, 0.0, 100.0, 10, None)

    result = Result(
        [case("tracker", 100, 10.0), case("stone-soup-ukf", 100, 2500.0), case("tracker", 1000, 15.0)], 2, 1.0
    )
    assert result.ratios() == [
        "100 objects: stone-soup-ukf costs 250 times the tracker",
        "1000 objects: the tracker costs 1.5 times what it costs at 100",
    ]


def test_a_missing_baseline_is_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracker, "find_spec", lambda name: None)
    with pytest.raises(BenchError, match="--no-baseline"):
        bench_tracker([1], ["tracker", "stone-soup-ukf"])
    assert not is_baseline("tracker")


def test_peak_memory_is_this_process_alone() -> None:
    assert 20.0 < peak_memory_mb() < 4000.0


def test_numbers_of_objects_are_checked() -> None:
    assert CliRunner().invoke(app, ["bench", "tracker", "--objects", "ten"]).exit_code == 2


@pytest.mark.slow
def test_the_command_tells_figures_as_json() -> None:
    command = ["bench", "tracker", "--objects", "2", "--repeats", "1", "--no-baseline", "--json"]
    done = CliRunner().invoke(app, command)
    assert done.exit_code == 0, done.output
    cases = json.loads(done.stdout)["cases"]
    assert [case["contestant"] for case in cases] == ["tracker", "replay"]
    assert cases[0]["accuracy"]["missed"] < 0.5
