"""Campaigns: many simulated flights through a replay, judged, kept, and put into tables.

A campaign's folder holds `campaign.json`, one file for each seed in `outcomes/`, and the tables `scenarios.parquet`,
`flights.parquet` and `samples.parquet`. What is there is not flown again; the same campaign gives the same tables.
"""

from __future__ import annotations

import multiprocessing
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import partial
from pathlib import Path
from typing import get_args, get_type_hints

import msgspec

from nadhir.exercise.calibrate_samples import Flight, Outcome, Sample, outcome_of
from nadhir.exercise.scenario import simulate
from nadhir.exercise.spec import Spec
from nadhir.model.unreadable import UNREADABLE

Replay = Callable[[Path, Path], object]
"""Reads a scenario folder, writes `products.jsonl` into another; picklable, so that other processes can run it."""


class CampaignError(ValueError):
    """A campaign that cannot be run or read; the message is one line that says what to do."""


class Campaign(msgspec.Struct, frozen=True):
    """A finished campaign: its spec, and the outcomes in the order of their seeds."""

    spec: Spec
    outcomes: list[Outcome]

    @property
    def flights(self) -> list[Flight]:
        return [flight for outcome in self.outcomes for flight in outcome.flights]

    @property
    def samples(self) -> list[Sample]:
        return [sample for outcome in self.outcomes for sample in outcome.samples]


def open_campaign(spec: Spec, seeds: range, out: Path) -> list[int]:
    """Make or reopen the folder of a campaign; returns those of the seeds that are still to fly.

    Seeds that failed before are to be tried again. Raises CampaignError where `out` holds a campaign of another spec.
    """
    header = out / "campaign.json"
    written = msgspec.json.encode(spec)
    try:
        if header.exists() and header.read_bytes() != written:
            raise CampaignError(f"{out} holds a campaign of another spec: give another folder, or remove it")
        (out / "outcomes").mkdir(parents=True, exist_ok=True)
        header.write_bytes(written)
    except OSError as error:
        raise CampaignError(f"{out} cannot hold a campaign: {error.strerror}; give another folder") from error
    return [seed for seed in seeds if not _is_done(out, seed)]


def fly_seeds(spec: Spec, seeds: Sequence[int], out: Path, replay: Replay, jobs: int = 1) -> Iterator[Outcome]:
    """Fly seeds of an opened campaign in `jobs` processes; yields each outcome once it is kept, in any order."""
    fly = partial(_fly, spec, out, replay)
    if jobs == 1:
        yield from map(fly, seeds)
        return
    # Spawned and not forked: compiled code and threads of the parent do not survive a fork safely.
    with ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("spawn")) as pool:
        for future in as_completed([pool.submit(fly, seed) for seed in seeds]):
            yield future.result()


def read_campaign(folder: Path, seeds: range | None = None) -> Campaign:
    """The campaign that a folder holds, or these seeds of it. Raises CampaignError where there is none."""
    try:
        spec = msgspec.json.decode((folder / "campaign.json").read_bytes(), type=Spec)
        files = sorted((folder / "outcomes").glob("*.json"))
        outcomes = [msgspec.json.decode(file.read_bytes(), type=Outcome) for file in files]
    except (OSError, *UNREADABLE) as error:
        raise CampaignError(f"{folder} holds no campaign that can be read: {error}") from error
    if seeds is not None:
        outcomes = [outcome for outcome in outcomes if outcome.seed in seeds]
    if not outcomes:
        raise CampaignError(f"{folder} holds no flights yet: run the campaign first")
    return Campaign(spec, outcomes)


def write_tables(campaign: Campaign, out: Path) -> list[Path]:
    """Write the campaign's tables as Parquet, in the order of seeds; returns the files.

    Raises CampaignError without pyarrow (the extra `calibration`).
    """
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as error:
        raise CampaignError("tables need pyarrow: install nadhir with its extra 'calibration'") from error
    tables: dict[str, tuple[type[msgspec.Struct], Sequence[msgspec.Struct]]] = {
        "scenarios": (Outcome, campaign.outcomes),
        "flights": (Flight, campaign.flights),
        "samples": (Sample, campaign.samples),
    }
    types = {bool: pyarrow.bool_(), int: pyarrow.int64(), float: pyarrow.float64(), str: pyarrow.string()}
    files = []
    for name, (row_type, rows) in tables.items():
        # The columns come from the type of a row and not from its values: a column of nulls stays what it is.
        fields = {
            column: next((t for t in types if t in (hint, *get_args(hint))), None)
            for column, hint in get_type_hints(row_type).items()
        }
        schema = pyarrow.schema([(column, types[kind]) for column, kind in fields.items() if kind])
        plain = [{column: getattr(row, column) for column in schema.names} for row in rows]
        files.append(out / f"{name}.parquet")
        pyarrow.parquet.write_table(pyarrow.Table.from_pylist(plain, schema), files[-1])
    return files


def _outcome_file(out: Path, seed: int) -> Path:
    return out / "outcomes" / f"{seed:06d}.json"


def _is_done(out: Path, seed: int) -> bool:
    try:
        return msgspec.json.decode(_outcome_file(out, seed).read_bytes(), type=Outcome).failure is None
    except (OSError, *UNREADABLE):
        return False


def _fly(spec: Spec, out: Path, replay: Replay, seed: int) -> Outcome:
    """Simulate, replay and judge one seed, and keep its outcome; the scenario itself is not kept."""
    with tempfile.TemporaryDirectory(prefix="nadhir-") as folder:
        scenario, products = Path(folder, "scenario"), Path(folder, "products")
        try:
            simulate(spec, seed, scenario)
            replay(scenario, products)
            outcome = outcome_of(seed, scenario, products)
        except Exception as error:
            # One flight that breaks the simulator or the tracker is a finding, not the end of a night's campaign.
            outcome = Outcome(seed, failure=f"{type(error).__name__}: {error}".splitlines()[0])
    file = _outcome_file(out, seed)
    unfinished = file.with_suffix(".unfinished")
    unfinished.write_bytes(msgspec.json.encode(outcome))
    os.replace(unfinished, file)
    return outcome
