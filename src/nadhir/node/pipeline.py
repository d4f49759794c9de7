"""The stages one after the other: detections and ticks in, products out. Pure: time comes as an argument.

A replay has one pipeline, a live node two: one for what it may share, which sees own sensors alone, and one for its
own picture, which also sees what partners share.
"""

from __future__ import annotations

from collections.abc import Callable

from nadhir.alerts import Alerts
from nadhir.assessment import Assessor
from nadhir.model import Detection, Explanation, Product, Sensor
from nadhir.tracks import Tracker


class Pipeline:
    """Tracker, assessor and, where there is one, the alerts; `explain` is told why each warning says what it says.

    `powered_falls`: see `Assessor`.
    """

    def __init__(
        self,
        sensors: list[Sensor],
        alerts: Alerts | None = None,
        explain: Callable[[Explanation], object] = lambda explanation: None,
        *,
        powered_falls: bool = True,
    ) -> None:
        self.tracker = Tracker(sensors)
        self.assessor = Assessor(powered_falls)
        self._alerts = alerts
        self._explain = explain

    @property
    def unfinished(self) -> bool:
        """Whether something is still on its way down, or a warning waits for its end."""
        return self.assessor.unfinished or (self._alerts is not None and self._alerts.unfinished)

    @property
    def idle(self) -> bool:
        """Whether no tick could change anything."""
        return not (self.tracker.live or self.unfinished)

    def receive(self, detection: Detection, now: float) -> list[Product]:
        """Take one detection at the node's time."""
        products: list[Product] = []
        for message in self.tracker.receive(detection):
            products += self._considered(self.assessor.assess(message, now))
        return products

    def tick(self, now: float) -> list[Product]:
        """Let time pass to `now` (Unix seconds): call it at each whole second."""
        products: list[Product] = []
        for message in self.tracker.tick(now):
            products += self._considered(self.assessor.assess(message, now))
        products += self._considered(self.assessor.tick(now))
        for decision in self._alerts.tick(now) if self._alerts else ():
            self._explain(decision.explanation)
            products.append(decision.product)
        return products

    def _considered(self, products: list[Product]) -> list[Product]:
        if self._alerts is not None:
            for product in products:
                self._alerts.consider(product)
        return products
