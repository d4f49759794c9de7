"""A partner that may sign can still say what is no number, or no time: the node goes on without it."""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from test_live_core import core, lines, run

from nadhir.model import Record, Release

FINITE = (0.0, -1.0, 5e-324, 1e-9, 90.0, -90.0, 1e5, 1e9, 1e18, 1e300, -1e300)
NUMBERS = (*FINITE, math.nan, math.inf, -math.inf)


@cache
def told() -> tuple[float, list[Record]]:
    """The last of each kind of record that USA makes of the example, and when; of a radar's and a satellite's
    detections each."""
    steps = run(core("USA"), lines("USA", 90.0))
    latest = {type(record.body): record for _, step in steps for record in step.records}
    assert len(latest) >= 6
    return max(record.issued for record in latest.values()), list(latest.values())


def changed(plain: Any, where: int, number: float) -> Any:
    """The same with another number in one place, if there is one there; every field has its turn."""
    if isinstance(plain, dict | list) and plain:
        keys = list(plain) if isinstance(plain, dict) else range(len(plain))
        key = keys[where % len(keys)]
        plain[key] = changed(plain[key], where // len(keys), number)
        return plain
    return number if isinstance(plain, int | float) and not isinstance(plain, bool) else plain


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5000), st.sampled_from(NUMBERS)), min_size=1, max_size=3))
def test_whatever_number_a_partner_tells_the_node_goes_on(changes: list[tuple[int, int, float]]) -> None:
    at, records = told()
    bad = list(records)
    for which, where, number in changes:
        body = changed(msgspec.to_builtins(bad[which].body), where, number)
        bad[which] = msgspec.structs.replace(bad[which], body=msgspec.convert(body, type(bad[which].body)))
    nation = core("KOR")
    for sequence, tellings in enumerate((bad, records), 1):
        nation.release(Release(1, "USA", "KOR", "exercise", sequence, at, tuple(tellings)), at)
        for second in range(5):
            nation.tick(math.ceil(at) + 5.0 * sequence + second)
