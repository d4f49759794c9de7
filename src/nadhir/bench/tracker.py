"""The tracker's bench: contestants on the same scenes, each in a process of its own, one after the other."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path

import msgspec
import numpy as np

from nadhir.bench.accuracy import Accuracy, accuracy
from nadhir.bench.contestants import Timing
from nadhir.bench.scene import START, draw_scene, write_scene

WARM_UP_S = 10
SECONDS = {1: 60, 10: 60, 100: 40, 1000: 25}
"""Length of a scene with at most so many objects."""
SHORTEST_S = 18
LONGEST_COST_S = {"tracker": 600.0, "replay": 900.0, "stone-soup-ukf": 120.0, "stone-soup-ekf": 120.0}
"""A contestant is stopped after so much CPU time; what it did until then counts."""
BASELINE_MOST = 1000
"""More objects than that the baseline is not given: its assignment fills a matrix of all tracks by all detections."""


def is_baseline(contestant: str) -> bool:
    """Whether a contestant is what Nadhir is compared with."""
    return contestant.startswith("stone-soup")


class BenchError(RuntimeError):
    """A bench that cannot be run; the message is one line that says what to do."""


class Case(msgspec.Struct, frozen=True):
    """One contestant on one scene. Costs are CPU time of one core; medians over the data's seconds after the warm-up,
    then over the repeats, of which `spread` is (largest − least) / median. `seconds` of data were judged."""

    contestant: str
    objects: int
    detections_per_second: float
    microseconds_per_detection: float
    spread: float
    peak_memory_mb: float
    seconds: int
    accuracy: Accuracy | None


class Result(msgspec.Struct, frozen=True):
    """All cases of a run, and what the machine did to it: `load` is the mean number of busy processes."""

    cases: list[Case]
    cores: int
    load: float

    def case(self, contestant: str, objects: int) -> Case | None:
        return next((c for c in self.cases if (c.contestant, c.objects) == (contestant, objects)), None)

    def ratios(self) -> list[str]:
        """In words: each baseline's cost over the tracker's, and the tracker's cost over its own at 100 objects."""
        lines = []
        for case in self.cases:
            own = self.case("tracker", case.objects)
            if own and is_baseline(case.contestant):
                ratio = case.microseconds_per_detection / own.microseconds_per_detection
                lines.append(f"{case.objects} objects: {case.contestant} costs {ratio:.0f} times the tracker")
        hundred = self.case("tracker", 100)
        for case in self.cases:
            if hundred and case.contestant == "tracker" and case.objects > 100:
                ratio = case.microseconds_per_detection / hundred.microseconds_per_detection
                lines.append(f"{case.objects} objects: the tracker costs {ratio:.1f} times what it costs at 100")
        return lines


def bench_tracker(
    objects: Sequence[int],
    contestants: Sequence[str],
    repeats: int = 3,
    seed: int = 0,
    watch: Callable[[str], None] = lambda text: None,
) -> Result:
    """Run each contestant `repeats` times on a scene of each number of objects; `watch` is told what begins.

    Raises BenchError where a contestant is missing or fails.
    """
    if any(map(is_baseline, contestants)) and find_spec("stonesoup") is None:
        raise BenchError("the baseline needs Stone Soup: install nadhir[judges], or give --no-baseline")
    cases = []
    with tempfile.TemporaryDirectory(prefix="nadhir-bench-") as folder:
        for count in objects:
            watch(f"drawing {count} objects")
            scene = Path(folder, str(count))
            write_scene(draw_scene(count, _seconds(count), seed), scene)
            able = [name for name in contestants if count <= BASELINE_MOST or not is_baseline(name)]
            cases += [_case(name, count, scene, repeats, watch) for name in able]
    return Result(cases, os.cpu_count() or 1, os.getloadavg()[0])


def _seconds(objects: int) -> int:
    return next((seconds for most, seconds in SECONDS.items() if objects <= most), SHORTEST_S)


def _case(name: str, objects: int, scene: Path, repeats: int, watch: Callable[[str], None]) -> Case:
    out = scene / name
    costs: list[float] = []
    memory: list[float] = []
    for repeat in range(1 if is_baseline(name) else repeats):
        watch(f"{name}, {objects} objects, run {repeat + 1}")
        timing = _run(name, scene, out)
        judged = [s for s in timing.seconds if s.time >= START + WARM_UP_S and s.detections] or timing.seconds[-1:]
        costs.append(1e6 * statistics.median(s.cost_s / max(s.detections, 1) for s in judged))
        memory.append(timing.peak_memory_mb)
    cost = statistics.median(costs)
    return Case(
        name,
        objects,
        detections_per_second=1e6 / cost,
        microseconds_per_detection=cost,
        spread=(max(costs) - min(costs)) / cost,
        peak_memory_mb=max(memory),
        seconds=len(judged),
        accuracy=_accuracy(timing, scene, out),
    )


def _run(name: str, scene: Path, out: Path) -> Timing:
    """One contestant in its own process, on one core: libraries that would take more are told not to."""
    threads = {f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL", "NUMBA")}
    command = [sys.executable, "-m", "nadhir.bench.contestants", name, str(scene), str(out), str(LONGEST_COST_S[name])]
    done = subprocess.run(command, env=os.environ | threads, capture_output=True, text=True)
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise BenchError(f"{name} failed on {scene.name} objects: {last}")
    return msgspec.json.decode((out / "timing.json").read_bytes(), type=Timing)


def _accuracy(timing: Timing, scene: Path, out: Path) -> Accuracy | None:
    """Of the contestant's last run, over the seconds after the warm-up."""
    with (out / "tracks.npy").open("rb") as stream:
        tracks = [(second.time, np.load(stream)) for second in timing.seconds]
    if all(len(rows) == 0 for _, rows in tracks):
        return None
    seen = np.load(scene / "seen.npy")
    judged = [(now, rows) for now, rows in tracks if now >= START + WARM_UP_S]
    return accuracy(judged, START, np.load(scene / "states.npy"), seen)
