"""What the assessor keeps of objects, and for how long."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec.structs import replace

from nadhir.assessment import Assessor
from nadhir.model import Component, ObjectState, TrackProduct

NOW = 1_000.0


def state(time: float, event: str | None, lost: bool = False) -> ObjectState:
    elements = np.zeros(13)
    elements[:7] = 7.2e6, 0.0, 0.0, 0.0, 7.4e3, 0.0, 8.0
    component = Component(1.0, False, NOW - 100.0, elements, np.eye(13))
    return ObjectState("O1", event, time, (component,), "unknown", None, None, 0, True, lost)


@pytest.mark.parametrize("event", [None, "E1"])
def test_what_is_lost_and_of_no_launch_is_forgotten_and_still_counted(event: str | None) -> None:
    assessor = Assessor()
    assert assessor.assess(state(NOW, event), NOW)
    lost = assessor.assess(state(NOW + 1.0, event, lost=True), NOW + 1.0)
    assert [p.phase for p in lost if isinstance(p, TrackProduct)] == ["lost"]
    assert assessor.objects == 1
    # What is still known does not say the same again at once.
    assert bool(assessor.assess(state(NOW + 1.2, event, lost=True), NOW + 1.2)) == (event is None)
    assert assessor.objects == 1


def test_a_track_tells_that_radars_behind_it_were_found_biased() -> None:
    for biased in (False, True):
        told = Assessor().assess(replace(state(NOW, "E1"), biased=biased), NOW)
        assert [p.biased for p in told if isinstance(p, TrackProduct)] == [biased]
