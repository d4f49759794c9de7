"""A process that appends to a log, says what was acknowledged, and kills itself at a chosen step.

Arguments: folder, file of acknowledgements, file of what reached the disk, seed, point (before-write, in-write,
before-fsync, before-acknowledgement). The log's own calls of the operating system are watched, not replaced.
"""

from __future__ import annotations

import os
import random
import signal
import sys
from pathlib import Path

from nadhir.sharing.log import Log


def entry(sequence: int) -> bytes:
    """Entry of a sequence: its number, then bytes of it, of a length that varies."""
    return b"%d:" % sequence + random.Random(sequence).randbytes(sequence * 37 % 900)


def main(folder: Path, acknowledged: Path, on_disk: Path, seed: int, point: str) -> None:
    """Append until the chosen step."""
    chance = random.Random(seed)
    countdown = chance.randint(3, 60)
    true_write, true_fsync = os.write, os.fsync

    def due() -> bool:
        nonlocal countdown
        countdown -= 1
        return countdown <= 0

    def die() -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def write(file: int, data: memoryview) -> int:
        if point == "before-write" and due():
            die()
        if point == "in-write" and due():
            true_write(file, data[: chance.randint(1, max(1, len(data) - 1))])
            die()
        # A write may take only a part.
        return true_write(file, data[: chance.randint(1, len(data))] if chance.random() < 0.2 else data)

    def fsync(file: int) -> None:
        if point == "before-fsync" and due():
            die()
        true_fsync(file)
        name = os.readlink(f"/proc/self/fd/{file}")
        with on_disk.open("a") as told:
            told.write(f"{os.path.basename(name)} {os.fstat(file).st_size}\n")

    log = Log(folder, segment_bytes=6000)
    os.write, os.fsync = write, fsync  # type: ignore[assignment]
    told = acknowledged.open("a", buffering=1)
    while True:
        batch = chance.randint(1, 5)
        last = log.append_all([entry(log.size + 1 + index) for index in range(batch)])
        if point == "before-acknowledgement" and due():
            die()
        told.write(f"{last}\n")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]), int(sys.argv[4]), sys.argv[5])
