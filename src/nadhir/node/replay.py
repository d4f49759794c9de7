"""Replay: a scenario folder through the same cores as a live node, in the data's own time.

Lines come in file order; the node's time is the largest time of receipt so far; a tick comes at each whole second of
it and goes on after the last line until everything is down and every warning has ended (but for those that only a
person ends), at most an hour. Nothing depends on a later line, and the same input gives the same bytes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec

from nadhir.alerts import Alerts, Rules, default_rules
from nadhir.geo.areas import AreaMap, default_areas
from nadhir.model import Explanation, Product
from nadhir.node.pipeline import Pipeline
from nadhir.sensors import Intake, Rejection, detections_file, read_lines, read_sensors

LONGEST_TAIL_S = 3600.0


class Summary(msgspec.Struct, frozen=True):
    """Counts of a run, as written to summary.json."""

    lines: int
    used: int
    unused_late: int
    rejected: dict[str, int]
    events: int
    objects: int
    seconds: float


class Replay:
    """One run over a scenario folder. Iterating gives the products; `summary` holds the counts so far.

    `set_aside` is told of each line that is, `explain` why each warning says what it says, both as it comes: a day of
    data fits into memory because nothing of it is kept. Areas and decision rules are those that come with Nadhir,
    unless others are given. Raises ScenarioError when the folder cannot be read at all.
    """

    def __init__(
        self,
        folder: Path,
        areas: AreaMap | None = None,
        rules: Rules | None = None,
        set_aside: Callable[[Rejection], object] = lambda rejection: None,
        explain: Callable[[Explanation], object] = lambda explanation: None,
    ) -> None:
        self._file = detections_file(folder) if folder.is_dir() else folder
        self.sensors = read_sensors(folder)
        self._intake = Intake(self.sensors)
        self._pipeline = Pipeline(self.sensors, Alerts(areas or default_areas(), rules or default_rules()), explain)
        self._set_aside = set_aside
        self._start: float | None = None
        self.now = -math.inf
        self.bytes_read = 0

    def __iter__(self) -> Iterator[Product]:
        for line in read_lines(self._file):
            self.bytes_read += len(line) + 1
            accepted = self._intake.accept(line)
            if isinstance(accepted, Rejection):
                self._set_aside(accepted)
                continue
            if self._start is None:
                self._start = self.now = accepted.received
            yield from self._ticks(accepted.received)
            self.now = max(self.now, accepted.received)
            yield from self._pipeline.receive(accepted, self.now)
        if self._start is not None:
            yield from self._ticks(self.now + LONGEST_TAIL_S, until_done=True)

    def _ticks(self, end: float, until_done: bool = False) -> Iterator[Product]:
        """A tick at each whole second after the node's time, up to `end`; none where nothing can change."""
        second = math.floor(self.now) + 1.0
        # What is no longer tracked may still be on its way down, and what was warned must be ended.
        while second <= end and not self._pipeline.idle:
            if until_done and not self._pipeline.unfinished and second > self.now + 30.0:
                return
            yield from self._pipeline.tick(second)
            if not until_done:
                self.now = second
            second += 1.0

    @property
    def summary(self) -> Summary:
        """Counts so far."""
        return Summary(
            self._intake.lines,
            self._pipeline.tracker.used,
            self._pipeline.tracker.unused_late,
            dict(sorted(self._intake.rejected.items())),
            self._pipeline.assessor.events,
            self._pipeline.assessor.objects,
            0.0 if self._start is None else self.now - self._start,
        )


def replay_folder(
    folder: Path,
    out: Path,
    watch: Callable[[Replay, Product], None] | None = None,
    areas: AreaMap | None = None,
    rules: Rules | None = None,
) -> Summary:
    """Run a scenario folder and write products.jsonl, explanations.jsonl, rejected.jsonl and summary.json into `out`.

    Each line is written as it comes, summary.json when all is read. `watch` is called after each product is written.
    Raises ScenarioError when the folder cannot be read at all; then nothing is written.
    """
    encoder = msgspec.json.Encoder()

    def write(file: BinaryIO, message: msgspec.Struct) -> None:
        file.write(encoder.encode(message) + b"\n")

    # The files are opened below, once it is known that there is something to read.
    replay = Replay(
        folder, areas, rules, set_aside=lambda line: write(rejected, line), explain=lambda told: write(explained, told)
    )
    out.mkdir(parents=True, exist_ok=True)
    (out / "summary.json").unlink(missing_ok=True)
    with (
        (out / "products.jsonl").open("wb") as products,
        (out / "explanations.jsonl").open("wb") as explained,
        (out / "rejected.jsonl").open("wb") as rejected,
    ):
        for product in replay:
            write(products, product)
            if watch is not None:
                watch(replay, product)
    (out / "summary.json").write_bytes(msgspec.json.format(encoder.encode(replay.summary), indent=1) + b"\n")
    return replay.summary
