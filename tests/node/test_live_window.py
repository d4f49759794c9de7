"""What was held up on its way is not taken live from anyone's hand: it comes from the owner's store, once."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest
from nations import until

from nadhir.bus import MemoryBus
from nadhir.model import Ellipse, ImpactProduct, Label, Record
from nadhir.node.desk import Desk
from nadhir.node.hops import Hops
from nadhir.sharing.keys import NodeKey, TrustedKey
from nadhir.sharing.link_messages import REPLAY, subject

KEYS = {"KOR": NodeKey.generate(), "JPN": NodeKey.generate()}
TRUSTED = {name: {key.id: TrustedKey(name, key.public, 0.0, 4e9)} for name, key in KEYS.items()}
IMPACT, STORED = subject("KOR", "JPN", "impact"), subject("KOR", "JPN", REPLAY)


class HeldUpBus(MemoryBus):
    """Somebody on the way keeps what goes under some subjects."""

    def __init__(self) -> None:
        super().__init__()
        self.holds: set[str] = set()
        self.held: list[tuple[str, bytes]] = []

    def publish(self, subject: str, data: bytes) -> None:
        if subject in self.holds:
            self.held.append((subject, data))
        else:
            super().publish(subject, data)


def impact(number: int) -> Record:
    body = ImpactProduct("a-1", "a", "coast", 1.0, 300.0, 4.0, 38.2, 134.5, Ellipse(9.1, 4.2, 31.0))
    return Record(f"KOR-{number}", "impact", "KOR", "exercise", 1.0, 1.0, Label(), body, "a")


@pytest.mark.parametrize(("passed_s", "cause"), [(10.0, "late"), (-10.0, "early")])
def test_a_release_that_was_held_up_comes_from_the_store(
    passed_s: float, cause: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def test() -> None:
        bus, taken = HeldUpBus(), []
        desks = [
            Desk(
                me,
                partner,
                "exercise",
                tmp_path / me,
                key=lambda me=me: KEYS[me],  # type: ignore[misc]
                own_keys=TRUSTED[me],
                trusted=TRUSTED[partner],
                take=lambda envelope: taken.append(envelope.release.records[0].id),
                hops=Hops(),
            )
            for me, partner in (("KOR", "JPN"), ("JPN", "KOR"))
        ]
        korea, japan = desks
        shown: list[int] = []
        running = [
            asyncio.create_task(desk.open_link(bus, ahead=lambda release: shown.append(release.sequence)).run())
            for desk in desks
        ]
        for number in range(5):
            korea.offer(impact(number), time.time())
        await until(lambda: len(taken) == 5)
        bus.holds = {IMPACT, STORED}
        korea.offer(impact(5), time.time())
        await until(lambda: any(name == IMPACT for name, _ in bus.held))
        now = time.time
        monkeypatch.setattr("nadhir.node.desk.time.time", lambda: now() + passed_s)
        bus.holds = {STORED}
        for name, data in [(name, data) for name, data in bus.held if name == IMPACT]:
            bus.publish(name, data)
        await until(lambda: japan.window.refused)
        assert japan.window.refused == {cause: 1}
        assert len(taken) == 5
        assert shown == []
        bus.holds = set()
        await until(lambda: len(taken) == 6)
        assert taken == [f"KOR-{number}" for number in range(6)]
        assert japan.incoming.size == 6
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        for desk in desks:
            desk.close()

    asyncio.run(asyncio.wait_for(test(), 30))
