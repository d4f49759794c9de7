"""The picture as it is now: the latest of each thing, and what changed lately, for streams that resume. Bounded.

Every change has a number, one more for each over all kinds, and is encoded once for all who read it. What a clearance
does not let be seen is left out here and in the history's queries alone: both take the level of whoever asks.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Literal, NamedTuple

import msgspec

from nadhir.console.messages import Basis, Item, Mark, RealEvent, Tick, WarningView
from nadhir.model import LaunchProduct, Mode, Product, WarningProduct
from nadhir.model.records import CLASSIFICATIONS, Classification

Kind = Literal["launch", "track", "impact", "assessment", "bulletin", "warning", "mark", "real"]
"""Kinds of changes; a bulletin is a partner's warning."""
ITEMS: frozenset[Kind] = frozenset({"launch", "track", "impact", "assessment", "bulletin"})

CURRENT_S = 7200.0
"""What nothing was heard of for so long is no longer in the picture; the history has it. Open warnings stay."""
RESUMED: dict[Kind, int] = {"track": 20_000}
"""Changes kept of a kind, for streams that resume; of the others `RESUMED_OTHERS`."""
RESUMED_OTHERS = 5_000
MARKS = 500
THINGS = 50_000
"""Things in the picture at most; the longest unheard go first."""
AGAIN_S = 60.0
"""A node time that goes back by more is an exercise that begins anew."""

_encoder = msgspec.json.Encoder()


class Entry(NamedTuple):
    """One change. `key` names the thing that it is the latest of, `level` the clearance that it needs; `events` and
    `object` are what the shared picture called what it is about."""

    sequence: int
    at: float | None
    kind: Kind
    key: str
    level: int
    events: tuple[str, ...]
    body: bytes
    object: str | None = None

    @property
    def frame(self) -> bytes:
        """As a server-sent event."""
        name = "item" if self.kind in ITEMS else self.kind
        return b"event: %s\nid: %d\ndata: %s\n\n" % (name.encode(), self.sequence, self.body)


def level_of(classification: Classification) -> int:
    """The order of a classification, or of a clearance: what is at most as high may be seen."""
    return CLASSIFICATIONS.index(classification)


class _State(NamedTuple):
    """A warning as it was at one time."""

    view: WarningView
    entry: Entry


class Board:
    """The picture of one node. `changed` hears every change; None: all began anew."""

    def __init__(self, nation: str, mode: Mode, changed: Callable[[Entry | None], None] = lambda entry: None) -> None:
        self.nation, self.mode = nation, mode
        # Microseconds: no number comes twice, whatever was lost before a restart.
        self.sequence = time.time_ns() // 1000
        self.at: float | None = None
        self.changed = changed
        self.real: RealEvent | None = None
        self._things: dict[str, Entry] = {}
        self._warnings: dict[str, list[_State]] = {}
        """The last state of each; before it those that need less: who may not see it goes on seeing them."""
        self._marks: deque[Entry] = deque(maxlen=MARKS)
        self._logs: dict[Kind, deque[Entry]] = {}
        self._forgotten = self.sequence
        """The newest change that a log no longer holds."""

    # What is told

    def item(
        self,
        at: float,
        basis: Basis,
        owner: str,
        classification: Classification,
        event: str | None,
        thing: str | None,
        product: Product,
    ) -> Item:
        """A product that came into the picture at the node's time; the shared picture calls its event and object so."""
        self.time(at)
        item = Item(self._next(), at, basis, owner, classification, event, thing, product)
        entry = _of_item(item)
        before = self._things.get(entry.key)
        self._keep(entry)
        if basis == "shared" and before is not None:
            # Two that had a name each are found to be one. Who told of it until then may tell of it no more.
            known = {*before.events, before.object}
            if called := {was: now for was, now in _other_names(item).items() if was in known}:
                self._go_over(called, at)
        return item

    def warning(self, view: WarningView, level: int) -> WarningView:
        """A warning of this nation as it now is; its number is given here."""
        view = msgspec.structs.replace(view, sequence=self._next())
        self._tell(self._put(view, level))
        return view

    def numbered(self, mark: Mark) -> Mark:
        """A line of the operator log with its number: it is written down before it is told."""
        return msgspec.structs.replace(mark, sequence=self._next())

    def mark(self, mark: Mark, level: int) -> None:
        """A line of the operator log, numbered."""
        entry = _of_mark(mark, level)
        self._marks.append(entry)
        self._tell(entry)

    def real_event(self, real: RealEvent | None) -> None:
        """Something real happens, or does so no more. Everybody sees it."""
        if real != self.real:
            self.real = real
            self._tell(Entry(self._next(), self.at, "real", "real", 0, (), _encoder.encode(real)))

    def time(self, now: float) -> None:
        """The node's time. One that goes back begins everything anew."""
        if self.at is not None and now < self.at - AGAIN_S:
            self._things.clear()
            self._warnings.clear()
            self._logs.clear()
            self.at = now
            self._forgotten = self._next()
            self.changed(None)
        self.at = now if self.at is None else max(self.at, now)

    def restore(self, marks: Iterable[tuple[Mark, int]], warnings: Iterable[tuple[WarningView, int]]) -> None:
        """What was known before a restart."""
        self._marks.extend(_of_mark(mark, level) for mark, level in marks)
        for view, level in warnings:
            self._put(view, level)

    def forget(self) -> None:
        """Let go of what nothing was heard of for long; called now and then."""
        if self.at is None:
            return
        since = self.at - CURRENT_S
        self._things = {key: entry for key, entry in self._things.items() if entry.at is None or entry.at >= since}
        self._warnings = {
            name: states
            for name, states in self._warnings.items()
            if states[-1].view.state != "ended" or states[-1].view.at >= since
        }

    # What is read

    def picture(self, level: int) -> bytes:
        """The `Picture` for a clearance, as JSON."""
        real = _encoder.encode(self.real)
        seen = [*self._things.values(), *(state.entry for state in self._seen(level)), *self._marks]
        return picture_json(self.nation, self.mode, self.sequence, self.at, real, seen, level)

    def current(self) -> Iterator[Entry]:
        """All that is in the picture, for whatever clearance."""
        yield from self._things.values()
        yield from (state.entry for states in self._warnings.values() for state in states)
        yield from self._marks

    def since(self, after: int, level: int) -> list[Entry] | None:
        """What changed after a number, for a clearance; None where that is not known any more."""
        if not self._forgotten <= after <= self.sequence:
            return None
        found = []
        for log in self._logs.values():
            for entry in reversed(log):
                if entry.sequence <= after:
                    break
                if entry.level <= level:
                    found.append(entry)
        return sorted(found, key=lambda entry: entry.sequence)

    def of_event(self, event: str, level: int) -> list[Entry]:
        """What is in the picture of an event."""
        entries = [*self._things.values(), *(state.entry for state in self._seen(level))]
        return [entry for entry in entries if event in entry.events and entry.level <= level]

    def warnings(self, level: int) -> dict[str, tuple[WarningView, int]]:
        """This nation's warnings in the picture, with the level that each needs."""
        return {view.warning: (view, entry.level) for view, entry in self._seen(level)}

    def level(self, subject: str, clearance: int) -> int | None:
        """The level of an event or of a warning as a clearance sees it, else the least that tells of it; None where
        neither is in the picture."""
        if self.real is not None and subject in self.real.events:
            return 0
        if subject in self._warnings:
            levels = [state.entry.level for state in self._warnings[subject]]
            return max((level for level in levels if level <= clearance), default=levels[0])
        return min((entry.level for entry in self._things.values() if subject in entry.events), default=None)

    @property
    def highest(self) -> int:
        """The clearance that sees all that is in the picture."""
        return max((entry.level for entry in self.current()), default=0)

    def tick(self) -> bytes:
        """The node's time as a server-sent event."""
        body = _encoder.encode(Tick(self.at, self.sequence))
        return b"event: time\nid: %d\ndata: %s\n\n" % (self.sequence, body)

    def _next(self) -> int:
        self.sequence += 1
        return self.sequence

    def _put(self, view: WarningView, level: int) -> Entry:
        entry = _of_warning(view, level)
        states = [state for state in self._warnings.pop(view.warning, ()) if state.entry.level < level]
        self._warnings[view.warning] = [*states, _State(view, entry)]
        return entry

    def _seen(self, level: int) -> Iterator[_State]:
        """Each warning as a clearance sees it."""
        for states in self._warnings.values():
            yield from [state for state in states if state.entry.level <= level][-1:]

    def _go_over(self, called: dict[str, str], at: float) -> None:
        """Tell again, under the names that events and objects have now, what owners told of them under others."""
        for entry in [one for one in self._things.values() if not called.keys().isdisjoint({*one.events, one.object})]:
            item = msgspec.json.decode(entry.body, type=Item)
            if item.basis != "shared":
                self._keep(_of_item(_renamed(item, called, self._next(), at)))

    def _keep(self, entry: Entry) -> None:
        self._things.pop(entry.key, None)
        if len(self._things) >= THINGS:
            del self._things[next(iter(self._things))]
        self._things[entry.key] = entry
        self._tell(entry)

    def _tell(self, entry: Entry) -> None:
        log = self._logs.get(entry.kind)
        if log is None:
            log = self._logs[entry.kind] = deque(maxlen=RESUMED.get(entry.kind, RESUMED_OTHERS))
        if len(log) == log.maxlen:
            self._forgotten = max(self._forgotten, log[0].sequence)
        log.append(entry)
        self.changed(entry)


def _of_item(item: Item) -> Entry:
    product = item.product
    kind, name = _place(product)
    events = tuple(product.events) if isinstance(product, WarningProduct) else (item.event,) if item.event else ()
    key = f"{kind}|{item.basis}|{item.owner}|{name}"
    level = level_of(item.classification)
    return Entry(item.sequence, item.at, kind, key, level, events, _encoder.encode(item), item.object)


def _other_names(item: Item) -> dict[str, str]:
    """The names in a product of the shared picture that are not the first ones of its event and object, with those."""
    product = item.product
    if isinstance(product, WarningProduct):
        return {}
    own = (product.event, None if isinstance(product, LaunchProduct) else product.object)
    return {was: now for was, now in zip(own, (item.event, item.object), strict=True) if was and now and was != now}


def _renamed(item: Item, called: dict[str, str], sequence: int, at: float) -> Item:
    """An item with what its event and object are called now."""
    product, event, thing = item.product, item.event, item.object
    if isinstance(product, WarningProduct):
        events, objects = (
            list(dict.fromkeys(called.get(name, name) for name in names)) for names in (product.events, product.objects)
        )
        product = msgspec.structs.replace(product, events=events, objects=objects)
    event, thing = event and called.get(event, event), thing and called.get(thing, thing)
    return msgspec.structs.replace(item, sequence=sequence, at=at, event=event, object=thing, product=product)


def _of_warning(view: WarningView, level: int) -> Entry:
    events = tuple(view.product.events)
    return Entry(view.sequence, view.at, "warning", view.warning, level, events, _encoder.encode(view))


def _of_mark(mark: Mark, level: int) -> Entry:
    return Entry(mark.sequence, mark.at, "mark", f"mark|{mark.sequence}", level, (), _encoder.encode(mark))


def picture_json(
    nation: str,
    mode: Mode,
    sequence: int,
    at: float | None,
    real: bytes,
    entries: Iterable[Entry],
    level: int,
) -> bytes:
    """A `Picture` for a clearance from what was encoded already."""
    seen = sorted((entry for entry in entries if entry.level <= level), key=lambda entry: entry.sequence)
    return _encoder.encode(
        {
            "sequence": sequence,
            "at": at,
            "mode": mode,
            "nation": nation,
            "real_event": msgspec.Raw(real),
            "items": [msgspec.Raw(entry.body) for entry in seen if entry.kind in ITEMS],
            "warnings": [msgspec.Raw(entry.body) for entry in seen if entry.kind == "warning"],
            "marks": [msgspec.Raw(entry.body) for entry in seen if entry.kind == "mark"],
        }
    )


def _place(product: Product) -> tuple[Kind, str]:
    """Kind and name of the thing that a product is about, as its owner calls it."""
    if isinstance(product, WarningProduct):
        return "bulletin", product.warning
    if isinstance(product, LaunchProduct):
        return "launch", product.event
    kind: Kind = product.__struct_config__.tag  # type: ignore[assignment]
    return kind, product.object
