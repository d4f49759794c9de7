"""What happened in an event, told as Fluent keys with arguments: the page words it. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from nadhir.console.messages import Item, Mark, TimelineEntry, WarningView
from nadhir.model import AssessmentProduct, ImpactProduct, LaunchProduct, TrackProduct

SURE = 0.5
"""A class is told of once it is so probable."""
EVENTS = 2000
"""Events that are remembered; the oldest go first."""

Happened = tuple[str, TimelineEntry]


@dataclass(slots=True)
class _Known:
    """What was told of one event."""

    launched: str = ""
    partners: set[str] = field(default_factory=set)
    phases: dict[str, str] = field(default_factory=dict)
    classes: dict[str, str] = field(default_factory=dict)
    impacts_m: dict[str, float] = field(default_factory=dict)
    warnings: dict[str, tuple[int, str]] = field(default_factory=dict)


class Timeline:
    """Hears all that changes and gives what is worth telling, with the event that it is of."""

    def __init__(self) -> None:
        self._events: dict[str, _Known] = {}

    def item(self, item: Item) -> Iterator[Happened]:
        """A product: of the shared picture what is new in it, of a partner that it speaks of this event."""
        if item.event is None:
            return
        known, product = self._known(item.event), item.product
        if item.basis == "partner" and item.owner not in known.partners:
            known.partners.add(item.owner)
            yield item.event, TimelineEntry(item.at, "timeline-partner", {"owner": item.owner})
        if item.basis != "shared":
            return
        told: Iterator[TimelineEntry] = iter(())
        if isinstance(product, LaunchProduct):
            told = _launch(known, item, product)
        elif isinstance(product, TrackProduct):
            told = _track(known, item, product)
        elif isinstance(product, ImpactProduct):
            told = _impact(known, item, product)
        elif isinstance(product, AssessmentProduct):
            told = _assessment(known, item, product)
        for entry in told:
            yield item.event, entry

    def warning(self, view: WarningView) -> Iterator[Happened]:
        """A state of a warning: each revision, that it waits, that it ended."""
        product = view.product
        about: dict[str, str | float] = {"warning": view.warning, "revision": view.revision}
        if view.state == "pending":
            entry = TimelineEntry(view.at, "timeline-warning-pending", about)
        elif view.state == "ended":
            ended: dict[str, str | float] = {"warning": view.warning, "reason": product.reason or ""}
            entry = TimelineEntry(view.at, "timeline-warning-ended", ended)
        else:
            about |= {"status": product.status, "hazard": product.hazard, "areas": len(product.areas)}
            entry = TimelineEntry(view.at, "timeline-warning", about)
        for event in product.events:
            warnings = self._known(event).warnings
            if warnings.get(view.warning) != (view.revision, view.state):
                warnings[view.warning] = view.revision, view.state
                yield event, entry

    def mark(self, mark: Mark, events: tuple[str, ...]) -> Iterator[Happened]:
        """What somebody did about an event."""
        said: dict[str, str | float] = {"operator": mark.operator, "what": mark.what, "note": mark.note or ""}
        for event in events if mark.refused is None else ():
            yield event, TimelineEntry(mark.at or 0.0, "timeline-act", said)

    def clear(self) -> None:
        """An exercise begins anew."""
        self._events.clear()

    def _known(self, event: str) -> _Known:
        known = self._events.get(event)
        if known is None:
            if len(self._events) >= EVENTS:
                del self._events[next(iter(self._events))]
            known = self._events[event] = _Known()
        return known


def _launch(known: _Known, item: Item, product: LaunchProduct) -> Iterator[TimelineEntry]:
    if product.status == "withdrawn" and known.launched != "withdrawn":
        yield TimelineEntry(item.at, "timeline-launch-withdrawn", {"owner": item.owner})
    elif product.status != "withdrawn" and known.launched in ("", "withdrawn"):
        place: dict[str, str | float] = {"latitude_deg": product.latitude_deg, "longitude_deg": product.longitude_deg}
        yield TimelineEntry(item.at, "timeline-launch", {"owner": item.owner, **place})
    known.launched = product.status


def _track(known: _Known, item: Item, product: TrackProduct) -> Iterator[TimelineEntry]:
    name = item.object or product.object
    if known.phases.get(name) != product.phase:
        known.phases[name] = product.phase
        yield TimelineEntry(item.at, "timeline-phase", {"object": name, "phase": product.phase})


def _impact(known: _Known, item: Item, product: ImpactProduct) -> Iterator[TimelineEntry]:
    name, size_m = item.object or product.object, product.ellipse_90.semi_major_m
    about: dict[str, str | float] = {"object": name, "semi_major_m": size_m, "time": product.time}
    before_m = known.impacts_m.get(name)
    if before_m is None:
        about |= {"latitude_deg": product.latitude_deg, "longitude_deg": product.longitude_deg}
        yield TimelineEntry(item.at, "timeline-impact", about)
    elif size_m <= before_m / 2:
        yield TimelineEntry(item.at, "timeline-impact-narrowed", about)
    else:
        return
    known.impacts_m[name] = size_m


def _assessment(known: _Known, item: Item, product: AssessmentProduct) -> Iterator[TimelineEntry]:
    name = item.object or product.object
    likeliest, probability = max(product.classes.items(), key=lambda one: one[1], default=("", 0.0))
    if probability >= SURE and known.classes.get(name) != likeliest:
        known.classes[name] = likeliest
        about: dict[str, str | float] = {"object": name, "class": likeliest, "probability": probability}
        yield TimelineEntry(item.at, "timeline-class", about)
