"""One contestant over one scene, in a process of its own: `python -m nadhir.bench.contestants NAME SCENE OUT SECONDS`.

What is timed is the contestant alone, in CPU time of its process, so that other work on the machine tells little. It
stops at the end of the scene, or once it has taken SECONDS.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import groupby
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from nadhir.bench.runs import FRESH_S, Run, Second
from nadhir.model import Detection, ObjectState, RadarDetection
from nadhir.node import Replay
from nadhir.sensors import read_lines, read_sensors
from nadhir.tracks import Tracker


class Timing(msgspec.Struct, frozen=True):
    """A contestant's run; `peak_memory_mb` is that of its whole process."""

    seconds: list[Second]
    peak_memory_mb: float


def by_second(scene: Path) -> Iterator[tuple[float, list[Detection]]]:
    """The detections of a scene in the order of receipt, a data second at a time, with the second's end."""
    decode = msgspec.json.Decoder(RadarDetection).decode
    lines = (decode(line) for line in read_lines(scene / "detections.jsonl"))
    for second, detections in groupby(lines, key=lambda detection: int(detection.received)):
        yield second + 1.0, list(detections)


def tracker_alone(scene: Path) -> Run:
    """`Tracker.receive` of each detection, and a tick a second."""
    tracker = Tracker(read_sensors(scene))
    newest: dict[str, ObjectState] = {}
    for now, detections in by_second(scene):
        begin = time.process_time()
        messages = [message for detection in detections for message in tracker.receive(detection)]
        messages += tracker.tick(now)
        cost_s = time.process_time() - begin
        newest |= {message.object: message for message in messages if isinstance(message, ObjectState)}
        newest = {name: state for name, state in newest.items() if not state.lost and state.time > now - FRESH_S}
        rows = [np.append(s.time, mean_of(s)) for s in newest.values()]
        yield Second(now, len(detections), cost_s), np.array(rows).reshape(-1, 7)


def mean_of(state: ObjectState) -> NDArray[np.float64]:
    """Position and velocity (6,), over all that the object may be doing."""
    weights = [component.weight for component in state.components]
    return np.asarray(np.average([component.state[:6] for component in state.components], axis=0, weights=weights))


def whole_replay(scene: Path) -> Run:
    """Lines in, products out as bytes, as `nadhir replay` does it."""
    replay = Replay(scene)
    encode = msgspec.json.Encoder().encode
    size = (scene / "detections.jsonl").stat().st_size
    begin, lines, second = time.process_time(), 0, 0
    for product in replay:
        encode(product)
        if int(replay.now) == second and replay.bytes_read < size:
            continue
        elapsed, so_far = time.process_time() - begin, replay.summary.lines
        second = int(replay.now)
        yield Second(float(second), so_far - lines, elapsed), np.empty((0, 7))
        if replay.bytes_read >= size:
            return
        lines, begin = so_far, time.process_time()


def stone_soup(scene: Path, unscented: bool) -> Run:
    """The baseline; imported only here, because it is an extra."""
    from nadhir.bench.stone_soup import run

    return run(by_second(scene), read_sensors(scene), unscented)


CONTESTANTS: dict[str, Callable[[Path], Run]] = {
    "tracker": tracker_alone,
    "replay": whole_replay,
    "stone-soup-ukf": partial(stone_soup, unscented=True),
    "stone-soup-ekf": partial(stone_soup, unscented=False),
}


def peak_memory_mb() -> float:
    """Of this process since it began. `ru_maxrss` would count the parent's too, on Linux, where it is kept by exec."""
    status = Path("/proc/self/status")
    if status.exists():
        kilobytes = next(line.split()[1] for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return float(kilobytes) / 1024.0
    import resource

    unit = 2**20 if sys.platform == "darwin" else 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def main(name: str, scene: Path, out: Path, longest_s: float) -> None:
    """Write `timing.json` and `tracks.npy` (one array after the other, one a second) into `out`."""
    out.mkdir(parents=True, exist_ok=True)
    seconds: list[Second] = []
    with (out / "tracks.npy").open("wb") as tracks:
        for second, rows in CONTESTANTS[name](scene):
            seconds.append(second)
            np.save(tracks, rows)
            if sum(s.cost_s for s in seconds) > longest_s:
                break
    (out / "timing.json").write_bytes(msgspec.json.encode(Timing(seconds, peak_memory_mb())))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), float(sys.argv[4]))
