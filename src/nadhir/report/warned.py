"""Warnings for people who look back: which areas were warned of what, and how each warning went."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import shapely

from nadhir.geo.areas import default_areas
from nadhir.model import Hazard, Product, WarningProduct
from nadhir.report import words
from nadhir.report.shapes import Points

GRAVEST: tuple[Hazard, ...] = ("overflight", "debris", "impact")
"""An area that was warned of several is drawn as the last of these."""


class WarnedArea(NamedTuple):
    """An area that was alerted, the gravest hazard, and its highest probability."""

    code: str
    hazard: Hazard
    probability: float

    @property
    def outlines(self) -> list[Points]:
        """Its outer rings by the default outlines; none where those do not have it."""
        area = default_areas().areas.get(self.code)
        if area is None:
            return []
        return [shapely.get_coordinates(shapely.get_exterior_ring(p)) for p in shapely.get_parts(area.geometry)]


def warnings_of(products: Sequence[Product]) -> dict[str, list[WarningProduct]]:
    """Each warning's statements in order."""
    found: dict[str, list[WarningProduct]] = {}
    for product in products:
        if isinstance(product, WarningProduct):
            found.setdefault(product.warning, []).append(product)
    return found


def alerted_areas(products: Sequence[Product]) -> list[WarnedArea]:
    """Areas that were alerted at any time, pre-alerts aside."""
    found: dict[str, WarnedArea] = {}
    for said in warnings_of(products).values():
        for product in said:
            for area in product.areas if product.status in ("alert", "update") else ():
                before = found.get(area.code, WarnedArea(area.code, product.hazard, 0.0))
                hazard = max(before.hazard, product.hazard, key=GRAVEST.index)
                found[area.code] = WarnedArea(area.code, hazard, max(before.probability, area.probability))
    return sorted(found.values())


def summary_rows(products: Sequence[Product]) -> list[tuple[str, ...]]:
    """For each warning: id, authority, hazard, when it began and as what, when it was an alert, last areas, end."""
    rows: list[tuple[str, ...]] = []
    for name, said in warnings_of(products).items():
        first, last = said[0], said[-1]
        alert = next((p for p in said if p.status in ("alert", "update")), None)
        named = next((p for p in reversed(said) if p.reason is None), last)
        end = "open: only a person clears it" if last.fallen else "open"
        if last.reason is not None:
            end = f"{words.clock(last.issued)}: {words.ENDS[last.reason]}"
        began = f"{words.clock(first.issued)} as {first.status}"
        alerted = words.clock(alert.issued) if alert else "never"
        rows.append((name, last.authority, last.hazard, began, alerted, words.areas(named), end))
    return rows
