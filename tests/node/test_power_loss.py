"""The owner's machine loses power while its partner holds more than its disk: nothing is lost, doubled, renumbered."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from nations import until

from nadhir.bus import MemoryBus
from nadhir.model import Ellipse, ImpactProduct, Label, Record
from nadhir.node.desk import Desk, Envelope
from nadhir.node.hops import Hops
from nadhir.sharing.envelope import read_envelope, read_release
from nadhir.sharing.keys import NodeKey, TrustedKey
from nadhir.sharing.log import Log, read_log
from nadhir.sharing.segments import Frame, frames, read_segment, segment_paths

KEYS = {"KOR": NodeKey.generate(), "JPN": NodeKey.generate()}
TRUSTED = {name: {key.id: TrustedKey(name, key.public, 0.0, 4e9)} for name, key in KEYS.items()}


def impact(number: int) -> Record:
    body = ImpactProduct("a-1", "a", "coast", 1.0, 300.0, 4.0, 38.2, 134.5, Ellipse(9.1, 4.2, 31.0))
    return Record(f"KOR-{number}", "impact", "KOR", "exercise", 1.0, 1.0, Label(), body, "a")


class Machine:
    """One nation's desk for the other, between two losses of power."""

    def __init__(self, folder: Path, me: str, partner: str, take: Callable[[Envelope], None] = lambda e: None) -> None:
        self.desk = Desk(
            me,
            partner,
            "exercise",
            folder / me,
            key=lambda: KEYS[me],
            own_keys=TRUSTED[me],
            trusted=TRUSTED[partner],
            take=take,
            hops=Hops(),
        )

    def start(self, bus: MemoryBus) -> None:
        self.task = asyncio.create_task(self.desk.open_link(bus, ahead=lambda release: None).run())

    async def lose_power(self) -> int:
        """Nothing is closed, and of the logs the disk holds what an fsync had covered. Answers how much was lost."""
        await self._stop()
        return sum(cut(log) for log in (self.desk.outgoing, self.desk.incoming))

    async def end(self) -> None:
        await self._stop()
        self.desk.close()

    async def _stop(self) -> None:
        self.task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self.task


def cut(log: Log) -> int:
    (path,) = segment_paths(log.folder)
    segment, content = read_segment(path)
    kept = [f for f in frames(content, segment.start) if isinstance(f, Frame) and f.sequence > log.durable]
    if log._flush is not None:
        log._flush.done.result()  # Too late to count: the file must only stay open for it.
    os.close(log._file)
    os.close(log._lock)
    if kept:
        os.truncate(path, kept[0].offset)
    return len(kept)


def ids(folder: Path) -> list[str]:
    return [record.id for _, data in read_log(folder) for record in read_release(read_envelope(data)).records]


@pytest.fixture
def machine_starts_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Each call gives the machine another boot's name."""
    boot = tmp_path / "boot_id"
    monkeypatch.setattr("nadhir.sharing.log._BOOT", boot)
    boots = iter(range(1000))

    def anew() -> None:
        boot.write_text(f"boot-{next(boots)}\n")

    anew()
    return anew


def slow_disk(monkeypatch: pytest.MonkeyPatch, takes_s: Callable[[], float]) -> None:
    fsync = os.fsync

    def slowly(descriptor: int) -> None:
        time.sleep(takes_s())
        fsync(descriptor)

    monkeypatch.setattr("nadhir.sharing.log.os.fsync", slowly)


@pytest.mark.parametrize("seed", range(2))
def test_power_is_lost_again_and_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, machine_starts_anew: Callable[[], None], seed: int
) -> None:
    async def test() -> None:
        chance, bus, lost, number = random.Random(seed), MemoryBus(), 0, 0
        slow_disk(monkeypatch, lambda: chance.uniform(0.02, 0.1))
        japan = Machine(tmp_path, "JPN", "KOR")
        japan.start(bus)
        seen: list[bytes] = []
        for _ in range(4):
            korea = Machine(tmp_path, "KOR", "JPN")
            korea.start(bus)
            # A core makes again what its log does not have as sent, and goes on.
            for _ in range(chance.randrange(5, 60)):
                number += 1
                korea.desk.offer(impact(number), time.time())
                if chance.random() < 0.2:
                    await asyncio.sleep(0.002)
            await until(lambda: f"KOR-{number}" in ids(japan.desk.incoming.folder), 20.0)  # noqa: B023
            await asyncio.sleep(chance.uniform(0.0, 0.05))
            seen = [data for _, data in read_log(japan.desk.incoming.folder)]
            lost += await korea.lose_power()
            machine_starts_anew()
        korea = Machine(tmp_path, "KOR", "JPN")
        korea.start(bus)
        korea.desk.offer(impact(number + 1), time.time())
        await until(lambda: japan.desk.incoming.size == korea.desk.outgoing.size > len(seen))
        await korea.end()
        await japan.end()
        entries = [list(read_log(tmp_path / name / "KOR-to-JPN")) for name in ("KOR", "JPN")]
        assert entries[0] == entries[1]
        assert [data for _, data in entries[1]][: len(seen)] == seen
        assert ids(tmp_path / "JPN" / "KOR-to-JPN") == [f"KOR-{n}" for n in range(1, number + 2)]
        assert lost > 0

    asyncio.run(test())


def test_what_the_partner_has_is_not_sent_again_where_the_core_makes_it_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, machine_starts_anew: Callable[[], None]
) -> None:
    async def test() -> None:
        bus = MemoryBus()
        slow_disk(monkeypatch, lambda: 0.2)
        japan, korea = Machine(tmp_path, "JPN", "KOR"), Machine(tmp_path, "KOR", "JPN")
        japan.start(bus)
        korea.start(bus)
        for number in range(1, 6):
            korea.desk.offer(impact(number), time.time())
        await until(lambda: japan.desk.incoming.size == 5)
        assert await korea.lose_power() == 5
        machine_starts_anew()
        korea = Machine(tmp_path, "KOR", "JPN")
        korea.start(bus)
        # The own log, on the disk sooner, says that these were decided on and not that they were sent.
        for number in range(1, 8):
            korea.desk.offer(impact(number), time.time())
        await until(lambda: japan.desk.incoming.size == 7)
        assert ids(japan.desk.incoming.folder) == [f"KOR-{n}" for n in range(1, 8)]
        assert korea.desk.link.health.taken_back == 5
        await korea.end()
        await japan.end()

    asyncio.run(test())


def test_both_machines_lose_power_and_no_number_stands_for_two_things(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, machine_starts_anew: Callable[[], None]
) -> None:
    async def test() -> None:
        bus = MemoryBus()
        slow_disk(monkeypatch, lambda: 0.05)
        for life in range(3):
            japan, korea = Machine(tmp_path, "JPN", "KOR"), Machine(tmp_path, "KOR", "JPN")
            japan.start(bus)
            korea.start(bus)
            for number in range(20):
                korea.desk.offer(impact(100 * life + number), time.time())
            await until(lambda: f"KOR-{100 * life + 19}" in ids(japan.desk.incoming.folder))  # noqa: B023
            await asyncio.sleep(0.03 * life)
            await korea.lose_power()
            await japan.lose_power()
            machine_starts_anew()
        japan, korea = Machine(tmp_path, "JPN", "KOR"), Machine(tmp_path, "KOR", "JPN")
        japan.start(bus)
        korea.start(bus)
        korea.desk.offer(impact(999), time.time())
        await until(lambda: "KOR-999" in ids(japan.desk.incoming.folder))
        await korea.end()
        await japan.end()
        entries = [list(read_log(tmp_path / name / "KOR-to-JPN")) for name in ("KOR", "JPN")]
        assert entries[0] == entries[1]

    asyncio.run(test())


def test_a_log_knows_whether_it_can_have_lost_anything(tmp_path: Path, machine_starts_anew: Callable[[], None]) -> None:
    def opened(folder: Path = tmp_path / "log") -> Log:
        return Log(folder, fsync="called")

    def killed(log: Log) -> None:
        os.close(log._file)
        os.close(log._lock)

    log = opened()
    assert not log.is_whole  # New: somebody may hold what was here once.
    killed(log)
    log = opened()
    assert not log.is_whole  # Nobody has told it since.
    log.found_whole()
    log.append(b"one")
    killed(log)
    log = opened()
    assert log.is_whole  # kill -9: the machine still has every write.
    log.close()
    machine_starts_anew()
    log = opened()
    assert log.is_whole  # Closed before the machine ended.
    killed(log)
    machine_starts_anew()
    log = opened()
    assert not log.is_whole  # Power lost.
    log.found_whole()
    copy = tmp_path / "copy"
    copy.mkdir()
    for path in (tmp_path / "log").iterdir():
        (copy / path.name).write_bytes(path.read_bytes())
    log.close()
    assert not opened(copy).is_whole  # Put back from a backup, which may be older than what partners hold.


def test_a_log_whose_fsync_failed_once_is_never_sure_of_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(descriptor: int) -> None:
        raise OSError(5, "Input/output error")

    log = Log(tmp_path, fsync="called")
    log.found_whole()
    log.append(b"one")
    with monkeypatch.context() as broken:
        broken.setattr("nadhir.sharing.log.os.fsync", fails)
        with pytest.raises(Exception, match="did not reach the disk"):
            asyncio.run(log.sync_beside())
    with pytest.raises(Exception, match="did not reach the disk"):
        log.sync()  # The kernel would say now that all is well.
    assert log.durable == 0
    log.close()
    assert not Log(tmp_path).is_whole
