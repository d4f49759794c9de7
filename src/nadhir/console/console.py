"""One node's console: what the node tells it, what people do, and what each of them may see of it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from nadhir.console.accounts import Account, AccountError, Accounts
from nadhir.console.board import Board, Entry, level_of
from nadhir.console.history import History, Keyframe, Told
from nadhir.console.messages import (
    Act,
    ActResult,
    Basis,
    EventDetail,
    Item,
    Mark,
    ObjectDetail,
    RealEvent,
    WarningView,
    What,
)
from nadhir.console.operators import OperatorLog
from nadhir.console.port import ActRefused, Behind
from nadhir.console.sessions import Limit, Sessions
from nadhir.console.streams import Streams
from nadhir.console.timeline import Happened, Timeline
from nadhir.model import AssessmentProduct, Explanation, LaunchProduct, Mode, Product, WarningProduct
from nadhir.model.records import Classification

KEYFRAME_S = 60.0
LONGEST_SHELVED_S = 12 * 3600.0
"""Nothing is put aside for longer than a shift."""
ON_PAPER = ("acknowledge", "shelve", "unshelve", "note", "hand-over")
"""Acts that change nothing but the log; the others are the node's to do."""
WITHOUT_SUBJECT = ("hand-over", "resume")


class Console:
    """Everything behind the API. `behind` is set once the node is there. Tell it on the event loop's thread."""

    behind: Behind

    def __init__(self, nation: str, mode: Mode, folder: Path) -> None:
        self.nation, self.mode = nation, mode
        self.accounts = Accounts(folder)
        self.operators = OperatorLog(folder)
        self.history = History(folder)
        self.board = Board(nation, mode, self._changed)
        self.streams = Streams(self.board)
        self.sessions = Sessions()
        self.tries_by_name = Limit(10, 10.0)
        self.tries_by_address = Limit(30, 2.0)
        self.acts_by_name = Limit(30, 1.0)
        self._timeline = Timeline()
        self._keyframe_at = float("-inf")
        marks = [(line.mark, line.level) for line in self.operators.lines[-500:]]
        self.board.restore(marks, self.history.last_warnings())

    @property
    def problems(self) -> list[str]:
        """What a person should look at, one sentence each."""
        found = [f"the operator log does not hold together: {self.operators.damage}"] if self.operators.damage else []
        try:
            self.accounts.all()
        except AccountError as error:
            found.append(f"nobody can log in: {error}")
        if self.history.failure:
            found.append(f"the console's history cannot be written: {self.history.failure}")
        return found

    # What the node tells

    def item(
        self,
        at: float,
        basis: Basis,
        owner: str,
        classification: Classification,
        event: str | None,
        thing: str | None,
        product: Product,
    ) -> None:
        """A product that came into the picture; `event` and `thing` as the shared picture calls them."""
        item = self.board.item(at, basis, owner, classification, event, thing, product)
        self._happened(self._timeline.item(item), at, level_of(classification))

    def warning(self, view: WarningView, level: int) -> WarningView:
        """A warning of this nation as it now is; its number is given here."""
        view = self.board.warning(view, level)
        self._happened(self._timeline.warning(view), view.at, level)
        return view

    def explanation(self, explanation: Explanation, level: int) -> None:
        """The numbers behind a warning."""
        self.history.put(Told("explanation", explanation.warning, explanation.issued, level, explanation))

    def real_event(self, real: RealEvent | None) -> None:
        """Something real happens while this is an exercise, or does so no more."""
        self.board.real_event(real)

    def time(self, now: float) -> None:
        """The node's time."""
        self.board.time(now)
        if now >= self._keyframe_at + KEYFRAME_S:
            self._keyframe_at = now
            self.board.forget()
            numbers = [entry.sequence for entry in self.board.current()]
            self.history.put(Keyframe(now, self.board.sequence, numbers))

    async def run(self) -> None:
        """Serve the streams until cancelled."""
        try:
            await self.streams.run()
        finally:
            self.streams.close_all()

    def close(self) -> None:
        """Write down what is not on the disk yet."""
        self.history.close()
        self.operators.close()

    # What people do

    def note(
        self,
        operator: str,
        what: What,
        subject: str = "",
        level: int = 0,
        *,
        revision: int | None = None,
        note: str | None = None,
        until: float | None = None,
        refused: str | None = None,
    ) -> Mark:
        """Put into the operator log who did what, and show it. Raises OSError where it cannot be written down."""
        now = time.time()
        mark = Mark(0, now, self.behind.now(), operator, what, subject, revision, note, until, refused)
        mark = self.board.numbered(mark)
        self.operators.append(mark, level)
        self.board.mark(mark, level)
        known = self.board.warnings(level).get(subject)
        events = tuple(known[0].product.events) if known else (subject,) if subject else ()
        if what not in ("login", "logout"):
            self._happened(self._timeline.mark(mark, events), self.board.at or 0.0, level)
        return mark

    async def act(self, account: Account, act: Act) -> ActResult:
        """Do what an operator says. Raises ActRefused; that too is in the log."""
        clearance = level_of(account.clearance)
        level = None
        try:
            level = await self._level(act, clearance)
            if account.role != "operator":
                raise ActRefused("Readers see, and change nothing.", 403)
            if not self.acts_by_name.take(account.name):
                raise ActRefused("Too many acts in a short time; wait a few seconds.", 429)
            changed: Sequence[WarningView] = ()
            if act.what in ON_PAPER:
                self._check_paper(act)
            else:
                changed = self.behind.act(act, account.name)
        except ActRefused as refusal:
            self.note(
                account.name, act.what, act.subject if level is not None else "", level or 0, refused=str(refusal)
            )
            raise
        mark = self.note(
            account.name, act.what, act.subject, level, revision=act.revision, note=act.note, until=act.until
        )
        return ActResult(mark, tuple(changed))

    async def _level(self, act: Act, clearance: int) -> int:
        """The clearance that an act's subject needs. What one may not see is not there."""
        if not act.subject:
            if act.what not in WITHOUT_SUBJECT:
                raise ActRefused("Name the event or the warning that this is about.", 400)
            # A shift is handed over to all who see what there is.
            return min(clearance, self.board.highest)
        level = self.board.level(act.subject, clearance)
        if level is None:
            level = await asyncio.to_thread(self.history.level_of, act.subject)
        if level is None or level > clearance:
            raise ActRefused("There is no such event or warning.", 404)
        return level

    def _check_paper(self, act: Act) -> None:
        if act.what == "shelve":
            now, until = self.behind.now(), act.until
            if now is None or until is None or not now < until <= now + LONGEST_SHELVED_S:
                raise ActRefused("Say until when it is put aside: at most twelve hours of the node's clock on.", 400)
        if act.what in ("note", "hand-over") and not (act.note or "").strip():
            raise ActRefused("Write what is to be known.", 400)

    # What is seen

    async def event(self, event: str, level: int) -> EventDetail | None:
        """An event's page for a clearance; None where there is nothing of it to be seen."""
        launches = await asyncio.to_thread(self.history.items_of, event, level, ("launch",))
        entries = self.board.of_event(event, level)
        items = [msgspec.json.decode(entry.body, type=Item) for entry in entries if entry.kind != "warning"]
        warnings = tuple(entry.key for entry in entries if entry.kind == "warning")
        if not (items or launches or warnings):
            return None
        timeline, releases = await asyncio.gather(
            asyncio.to_thread(self.history.timeline, event, level),
            asyncio.to_thread(self.behind.releases, event),
        )
        shown = tuple(item for item in launches if item.basis == "shared")
        return EventDetail(event, shown, _objects(items), tuple(timeline), warnings, tuple(releases))

    # Within

    def _changed(self, entry: Entry | None) -> None:
        self.streams.changed(entry)
        if entry is None:
            self.history.clear()
            self._timeline.clear()
            self._keyframe_at = float("-inf")
        else:
            self.history.put(entry)

    def _happened(self, happened: Iterable[Happened], at: float, level: int) -> None:
        for event, entry in happened:
            self.history.put(Told("timeline", event, at, level, entry))


def _objects(items: list[Item]) -> tuple[ObjectDetail, ...]:
    """Items by what the shared picture calls their object; what it does not know stands under its owner's name."""
    about = [
        (item, item.product.object) for item in items if not isinstance(item.product, LaunchProduct | WarningProduct)
    ]
    # What was found to be another thing goes there with all that was said of it.
    last = {(item.basis, item.owner, name): item.object for item, name in about}
    named: dict[str, list[Item]] = {}
    for item, name in about:
        called = last[item.basis, item.owner, name] or f"{item.owner}/{name}"
        named.setdefault(called, []).append(item)
    details = []
    for name, said in sorted(named.items()):
        # What the shared picture says under another name of the same object stands there once more.
        preferred = tuple({type(item.product): item for item in said if item.basis == "shared"}.values())
        classes = next((i.product.classes for i in preferred if isinstance(i.product, AssessmentProduct)), {})
        others = tuple(item for item in said if item.basis != "shared")
        details.append(ObjectDetail(name, preferred, others, classes))
    return tuple(details)
