"""The measurement of the exchange runs and loses nothing; its figures are judged on a quiet machine by the bench."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from nations import lab

from nadhir.sharing.link_measure import BARE, CLIENT, Exchange, Latency, PlainWay, measure


@pytest.mark.connected
def test_the_exchange_is_measured(tmp_path: Path) -> None:
    async def test() -> dict[str, Latency]:
        async with lab(tmp_path, "KOR", "JPN") as nations:
            exchange = Exchange(
                owner="KOR",
                partner="JPN",
                sender=nations.servers["KOR"].credentials("JPN"),
                receiver=nations.servers["JPN"].credentials("KOR"),
                ways={"link": PlainWay("KOR", "JPN", 300)},
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
    assert set(measured) == {BARE, CLIENT, "link"}
    assert measured["link"].received == 1000
