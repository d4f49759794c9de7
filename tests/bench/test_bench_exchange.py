"""The bench of the exchange runs whole: two nations' servers and nodes, all three ways, and loses nothing of ours. Its
figures are judged on a quiet machine."""

from __future__ import annotations

import pytest

from nadhir.bench.exchange import CLIENT, NADHIR, bench_exchange
from nadhir.sharing.link_measure import BARE


@pytest.mark.connected
def test_the_bench_measures_the_bare_link_twice_and_our_way_over_it() -> None:
    result = bench_exchange(500, 1.0, 1)
    assert set(result.ways) == {BARE, CLIENT, NADHIR}
    for latency in result.ways.values():
        assert latency.sent == 500
        assert latency.received >= 495
    assert result.ways[NADHIR].received == 500
    for bare in (BARE, CLIENT):
        p50, p99 = result.own_ratios(bare)
        assert p50 * result.ways[bare].p50_us == pytest.approx(result.ways[NADHIR].p50_us - result.ways[bare].p50_us)
        assert p99 * result.ways[bare].p99_us == pytest.approx(result.ways[NADHIR].p99_us - result.ways[bare].p99_us)
