"""CZML: paths in the Earth's frame, places while they were valid, marked as what they are."""

from __future__ import annotations

import msgspec
import pytest
from made_up_flights import one_flight

from nadhir.model import ImpactProduct, TrackProduct
from nadhir.report import arrange
from nadhir.report.czml import to_czml
from nadhir.report.words import iso


def test_a_flight_as_czml() -> None:
    flight = one_flight()
    packets = msgspec.json.decode(to_czml(*arrange(flight), "exercise"))
    assert packets[0]["id"] == "document"
    assert packets[0]["name"].startswith("EXERCISE")
    states = [product for product in flight if isinstance(product, TrackProduct)]
    name = states[0].object
    states = [state for state in states if state.object == name]
    kinds = {packet["id"].partition("/")[0] for packet in packets[1:]}
    assert kinds == {"launch", "track", "impact"}
    position = next(packet["position"] for packet in packets if packet["id"] == f"track/{name}")
    assert (position["referenceFrame"], position["epoch"]) == ("FIXED", iso(states[0].time))
    assert position["cartesian"][1:4] == pytest.approx(states[0].position_m, abs=0.06)
    assert len(position["cartesian"]) == 4 * len({state.time for state in states})
    last = [product for product in flight if isinstance(product, ImpactProduct) and product.object == name][-1]
    impacts = [packet for packet in packets if packet["id"].startswith(f"impact/{name}-")]
    longitude, latitude, _ = impacts[-1]["position"]["cartographicDegrees"]
    assert (longitude, latitude) == (last.longitude_deg, last.latitude_deg)
    for packet in packets[1:]:
        begin, end = packet["availability"].split("/")
        assert begin <= end


def test_nothing_to_show_is_a_document_all_the_same() -> None:
    assert [packet["id"] for packet in msgspec.json.decode(to_czml([], []))] == ["document"]
