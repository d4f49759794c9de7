"""What the console asks of its node. The node wires it; tests have one of their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol

from nadhir.console.messages import Act, Item, Operation, ReleaseGroup, SensorView, WarningView

Export = Literal["geojson", "czml"]


class ActRefused(Exception):  # noqa: N818 (an answer, not a fault)
    """An act that is not done; the message is one sentence and says why. Nothing has changed. `status` is HTTP's."""

    def __init__(self, message: str, status: int = 409) -> None:
        super().__init__(message)
        self.status = status


class Behind(Protocol):
    """The node behind a console."""

    @property
    def enrolled(self) -> bool:
        """Whether an authority lets this node warn its people."""

    @property
    def languages(self) -> tuple[str, ...]:
        """Languages in which this node warns."""

    @property
    def own_areas(self) -> tuple[str, ...]:
        """Codes of the areas that the node's nation warns."""

    def now(self) -> float | None:
        """The node's time."""

    def act(self, act: Act, operator: str) -> Sequence[WarningView]:
        """Do what an operator says about warnings, and give those that changed. Raises ActRefused."""

    def operation(self) -> Operation:
        """How the node is."""

    def sensors(self, level: int) -> Sequence[SensorView]:
        """Sensors whose detections a clearance may see."""

    def areas(self) -> bytes:
        """Warning areas as GeoJSON, with `code`, `level`, `name` and `names` by language. May take a moment."""

    def releases(self, event: str) -> Sequence[ReleaseGroup]:
        """What of an event went to partners, and why. May take a moment."""

    def export(self, form: Export, event: str, items: Sequence[Item]) -> bytes:
        """An event as a file for other tools. May take a moment."""
