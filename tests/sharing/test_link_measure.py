"""The measurement of the exchange runs and loses nothing; its figures are judged on a quiet machine by the bench."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from nations import lab

from nadhir.bus import Bus
from nadhir.sharing.link_measure import BARE, BareWay, Exchange, HandOver, Latency, PlainWay, measure

BUSY_S = 0.1


class BusyWay(BareWay):
    """The bare link of an owner whose loop is once busy with something else."""

    @asynccontextmanager
    async def sending(self, bus: Bus) -> AsyncIterator[HandOver]:
        async with super().sending(bus) as send:
            is_first = True

            async def hand_over(number: int) -> None:
                nonlocal is_first
                if is_first:
                    time.sleep(BUSY_S)
                    is_first = False
                await send(number)

            yield hand_over


@pytest.mark.connected
def test_the_exchange_is_measured(tmp_path: Path) -> None:
    async def test() -> dict[str, Latency]:
        async with lab(tmp_path, "KOR", "JPN") as nations:
            exchange = Exchange(
                owner="KOR",
                partner="JPN",
                sender=nations.servers["KOR"].credentials("JPN"),
                receiver=nations.servers["JPN"].credentials("KOR"),
                ways={"link": PlainWay("KOR", "JPN", 300), "busy": BusyWay("KOR", "JPN", 300)},
                turn_s=1.0,
                turns=1,
            )
            return await asyncio.to_thread(measure, exchange)

    measured = asyncio.run(asyncio.wait_for(test(), 40))
    print(measured)
    for latency in measured.values():
        assert latency.sent == 1000
        assert latency.received >= 990
        assert 10 < latency.p50_us <= latency.p99_us
    assert set(measured) == {BARE, "link", "busy"}
    assert measured["link"].received == 1000
    # What comes while the loop is busy waits: the first hundred of a thousand, up to so long.
    assert measured["busy"].p99_us > 0.5e6 * BUSY_S
