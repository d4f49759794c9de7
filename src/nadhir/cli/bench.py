"""`nadhir bench`: how fast, how exact, beside a baseline in the same run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from nadhir.bench.tracker import Result
    from nadhir.model import RecordKind

_bench = typer.Typer(no_args_is_help=True, help="Measure speed and exactness beside a baseline, in the same run.")


def register(app: typer.Typer) -> None:
    """Add the group of commands to the `nadhir` app."""
    app.add_typer(_bench, name="bench")


@_bench.callback()
def _group() -> None:
    """Measure speed and exactness beside a baseline, in the same run."""


@_bench.command("tracker")
def _tracker(
    objects: Annotated[str, typer.Option(help="Numbers of objects, with commas")] = "1,10,100,1000,10000",
    repeats: Annotated[int, typer.Option(min=1, help="Runs of Nadhir's contestants; their median counts")] = 3,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the scenes")] = 0,
    baseline: Annotated[bool, typer.Option(help="Also run Stone Soup (nadhir[judges]) on the same detections")] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Every figure as JSON")] = False,
) -> None:
    """The tracker alone and the whole replay on objects that coast, against Stone Soup on the same detections."""
    import msgspec
    from rich.console import Console

    from nadhir.bench.contestants import CONTESTANTS
    from nadhir.bench.tracker import BenchError, bench_tracker, is_baseline

    try:
        counts = [int(part) for part in objects.split(",")]
    except ValueError:
        counts = []
    if not counts or min(counts) < 1:
        raise typer.BadParameter("give numbers of objects such as 1,10,100", param_hint="--objects")
    console = Console(stderr=True)
    contestants = [name for name in CONTESTANTS if baseline or not is_baseline(name)]
    try:
        with console.status("") as status:
            result = bench_tracker(counts, contestants, repeats, seed, status.update)
    except BenchError as error:
        typer.echo(f"error: {error}", err=True)
        raise typer.Exit(2) from None
    if as_json:
        typer.echo(msgspec.json.encode(result))
        return
    _tell(result)


@_bench.command("fusion")
def _fusion(
    folders: Annotated[list[Path], typer.Argument(help="Scenario folders with their truth, such as simulate writes")],
    as_json: Annotated[bool, typer.Option("--json", help="Every figure as JSON")] = False,
) -> None:
    """Errors of impacts from each owner's sensors alone, from owners' tracks together, and from all detections."""
    import msgspec
    from rich.console import Console
    from rich.table import Column, Table

    from nadhir.bench.fusion import AGES_S, bench_fusion, shared_over_all
    from nadhir.exercise.score_input import UnreadableError
    from nadhir.sensors import ScenarioError

    try:
        with Console(stderr=True).status("tracking for each owner and for all"):
            errors = bench_fusion(folders)
    except (UnreadableError, ScenarioError) as error:
        typer.echo(f"error: {error}", err=True)
        raise typer.Exit(2) from None
    if as_json:
        typer.echo(msgspec.json.encode(errors))
        return
    figures = [*(f"km at {age} s" for age in AGES_S), "in ellipse", "NEES"]
    table = Table("impact error from", *(Column(name, justify="right") for name in figures), box=None)
    for one in errors:
        kilometres = [f"{one.error_km[age]:.2f}" if age in one.error_km else "" for age in AGES_S]
        table.add_row(one.contestant, *kilometres, f"{one.inside:.0%}", f"{one.nees:.1f}")
    Console(width=110).print(table)
    ratios = ", ".join(f"{ratio:.2f} at {age} s" for age, ratio in shared_over_all(errors).items())
    typer.echo(f"shared tracks over all detections: {ratios}. Medians; seconds after burnout; an honest NEES is 5.3.")


@_bench.command("exchange")
def _exchange(
    rate: Annotated[int, typer.Option(min=100, help="Records a second")] = 1000,
    seconds: Annotated[float, typer.Option(min=1.0, help="Length of each turn")] = 3.0,
    turns: Annotated[int, typer.Option(min=1, help="Turns of each way, one after the other")] = 3,
    kind: Annotated[
        str, typer.Option(help="impact: each signed by itself; track: those that come together under one signature")
    ] = "impact",
    real_time: Annotated[
        bool, typer.Option("--real-time", help="Before all other work of the machine, both ways; needs the right to it")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Every figure as JSON")] = False,
) -> None:
    """From a detection at one nation's node to the impact at another's, signed and released, beside the bare link."""
    import msgspec
    from rich.console import Console
    from rich.table import Column, Table

    from nadhir.bench.exchange import CLIENT, bench_exchange
    from nadhir.bus import BusError
    from nadhir.sharing.link_measure import BARE

    if kind not in ("impact", "track"):
        raise typer.BadParameter("give impact or track", param_hint="--kind")
    try:
        with Console(stderr=True).status("two nations' servers, turn by turn"):
            chosen: RecordKind = "track" if kind == "track" else "impact"
            result = bench_exchange(rate, seconds, turns, chosen, real_time=real_time)
    except PermissionError:
        typer.echo("error: --real-time is not allowed here: run as root, or with a limit rtprio of 5", err=True)
        raise typer.Exit(2) from None
    except (BusError, ValueError, TimeoutError) as error:
        typer.echo(f"error: {error}", err=True)
        raise typer.Exit(2) from None
    if as_json:
        typer.echo(msgspec.json.encode(result))
        return
    table = Table("one way", *(Column(name, justify="right") for name in ("p50 µs", "p99 µs", "arrived")), box=None)
    for name, latency in result.ways.items():
        table.add_row(name, f"{latency.p50_us:.0f}", f"{latency.p99_us:.0f}", f"{latency.received} of {latency.sent}")
    Console(width=110).print(table)
    for bare in (BARE, CLIENT):
        p50, p99 = result.own_ratios(bare)
        typer.echo(f"own time over that of the {bare}, {rate} {kind}s a second: {p50:.2f} at p50, {p99:.2f} at p99")
    typer.echo(f"the disk alone takes {result.fsync_us:.0f} µs; {result.load:.1f} processes busy at the end")


def _tell(result: Result) -> None:
    from rich.console import Console
    from rich.table import Column, Table

    figures = ["objects", "µs/detection", "detections/s", "spread", "peak MB", "RMS m", "GOSPA m", "missed", "false"]
    table = Table("contestant", *(Column(name, justify="right") for name in figures), box=None)
    for case in result.cases:
        judged = case.accuracy
        table.add_row(
            case.contestant,
            f"{case.objects}",
            f"{case.microseconds_per_detection:.1f}",
            f"{case.detections_per_second:.0f}",
            f"{case.spread:.0%}",
            f"{case.peak_memory_mb:.0f}",
            f"{judged.position_rms_m:.0f}" if judged else "",
            f"{judged.gospa_m:.0f}" if judged else "",
            f"{judged.missed:.1%}" if judged else "",
            f"{judged.false:.1%}" if judged else "",
        )
    Console(width=110).print(table)
    for ratio in result.ratios():
        typer.echo(ratio)
    typer.echo(
        "CPU time of one core, median of the data's seconds after a warm-up, median of repeats; spread is theirs."
    )
    typer.echo(f"{result.cores} cores, {result.load:.1f} processes busy at the end.")
