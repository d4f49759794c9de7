"""From a warning to the people whom it concerns: approved, worded, signed, sent, and taken back everywhere.

    Alerts ──product──► Desks ──release──► Press ──message──► Dispatcher ──► feed, webhooks, TAK
                        people in charge   texts, CAP         every channel that carried it gets its end

A `Side` is the public side of one mode: its own press with its own key, its own channels, its own folder on disk. Live
and exercise are two sides that share nothing, and a replay has none. The press is pure; the side and the `Publisher`
are edges. What was said is on the disk before it goes out, so that a restarted node can still correct it.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Generic, NamedTuple, Self, TypeVar, get_args

import msgspec

from nadhir.alerts.people import Desk, DeskError, Desks, Release, SignedAct
from nadhir.channels.cap import Alert, Enrolment, Outlines, Signer, compose, expires_of, read, sign
from nadhir.channels.cap import Publisher as Sender
from nadhir.channels.feed import AtomFeed, feed_app
from nadhir.channels.ledger import Ledger
from nadhir.channels.port import Channel, Dispatcher, Outgoing, Retry
from nadhir.channels.serving import inner_server, listening
from nadhir.channels.text import Language, Voice, write
from nadhir.model import (
    AreaWarning,
    Hazard,
    ImpactProduct,
    Mode,
    Product,
    TrackProduct,
    WarningProduct,
    WarningStatus,
)
from nadhir.model.unreadable import UNREADABLE


class Said(msgspec.Struct, frozen=True):
    """One release and the message that it became, as they are kept on disk."""

    release: Release
    message: Outgoing


class Told(NamedTuple):
    """What was said, and its CAP alert as later ones refer to it."""

    said: Said
    alert: Alert


class Press:
    """Makes a message of a release: texts in each language, and the signed CAP alert. Pure.

    `enrolment` is the live side's; without it no message can be Actual.
    """

    def __init__(
        self,
        languages: tuple[Language, ...],
        voice: Voice,
        sender: Sender,
        signer: Signer,
        outlines: Outlines,
        enrolment: Enrolment | None = None,
    ) -> None:
        self._languages, self._voice, self._sender = languages, voice, sender
        self._signer, self._outlines, self._enrolment = signer, outlines, enrolment
        self._authority = enrolment.authority if enrolment else ""

    def message(
        self,
        release: Release,
        now: float,
        earlier: Sequence[Told] = (),
        impacts: tuple[ImpactProduct, ...] = (),
        tracks: tuple[TrackProduct, ...] = (),
    ) -> Told:
        """The message that says `release` at `now`; `earlier` are all that this warning said before.

        Raises ValueError or PermissionError, of one line, where it cannot be said.
        """
        # People may have taken their time: what they say is said now, not when it was proposed.
        warning = msgspec.structs.replace(release.product, issued=max(release.product.issued, now))
        previous = earlier[-1].said.message.warning if earlier else None
        expires = expires_of(warning)
        languages = [one for one in self._languages if not release.languages or one in release.languages]
        texts = {one: write(warning, one, self._voice, expires, previous) for one in languages}
        codes = [area.code for area in warning.areas]
        rings = self._outlines.rings(codes) if codes else ()
        by_tag = {str(one): text for one, text in texts.items()}
        alert = compose(warning, by_tag, rings, self._sender, [told.alert for told in earlier], self._enrolment)
        signed = sign(alert, self._signer, self._enrolment)
        outlines = {code: self._outlines.rings([code]) for code in codes}
        message = Outgoing(warning, expires, alert.identifier, signed, texts, outlines, impacts, tracks)
        return Told(Said(release, message), alert)

    def prepare(self, mode: Mode, codes: Sequence[str], languages: tuple[str, ...] = ()) -> None:
        """Simplify the areas, and word and sign messages that go nowhere: the first ones are slow. `languages` are
        those of a release."""
        self._outlines.prepare(codes)
        areas = [AreaWarning(code, 1.0, 0.0) for code in codes[:1]]
        statuses: tuple[WarningStatus, ...] = ("pre-alert", "alert", "update")
        for hazard, status, fallen in itertools.product(get_args(Hazard), statuses, (False, True)):
            nobody = WarningProduct(
                "none", [], [], 0.0, status, hazard, areas, mode, authority=self._authority, fallen=fallen, lost=fallen
            )
            self.message(Release(nobody, "", "", False, (), languages), 0.0)


class _Saying(NamedTuple):
    """A release that waits to be said, and with what; `now` is when it was released."""

    release: Release
    now: float
    impacts: tuple[ImpactProduct, ...]
    tracks: tuple[TrackProduct, ...]


class FeedAddress(NamedTuple):
    """A feed and where this machine serves it; port 0 takes a free one."""

    feed: AtomFeed
    host: str
    port: int


class Side:
    """The public side of one mode, as an asynchronous context: entering it starts its channels (and serves its feed, if
    `served`), and gives them again what they are still owed.

    `failures` tells, for each warning, why its last state could not be said.
    """

    def __init__(
        self,
        desk: Desk,
        press: Press,
        channels: Sequence[Channel],
        folder: Path,
        clock: Callable[[], float] = time.time,
        retry: Retry | None = None,
        served: FeedAddress | None = None,
    ) -> None:
        wrong = [channel.name for channel in channels if channel.mode != desk.mode]
        if wrong:
            raise ValueError(f"channel {wrong[0]} is not one of the {desk.mode} side: the two sides share none")
        self.desk, self._press = desk, press
        folder.mkdir(parents=True, exist_ok=True)
        self._said = _Lines(folder / "said.jsonl", Said)
        self._acts = _Lines(folder / "acts.jsonl", SignedAct)
        self._life: dict[str, list[Told]] = {}
        for said in self._said.kept:
            life = self._life.setdefault(said.message.warning.warning, [])
            life.append(Told(said, read(said.message.cap)))
        desk.restore([said.release for said in self._said.kept], self._acts.kept)
        self._ledger = Ledger(folder / "deliveries.jsonl")
        self.dispatcher = Dispatcher(channels, self._ledger, retry, clock)
        self._served = served
        self._server = inner_server(feed_app(served.feed)) if served else None
        self._serving: asyncio.Task[None] | None = None
        self.feed_port = 0
        """Where the feed is served, once it is."""
        self.failures: dict[str, str] = {}
        self._asked: dict[str, WarningProduct] = {}
        """The last state of each warning that is said or waits to be."""
        self._waiting: deque[_Saying] = deque()
        self._there, self._done = asyncio.Event(), asyncio.Event()
        self._done.set()
        self._saying: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        if self._served and self._server:
            bound = listening(self._served.host, self._served.port)
            self.feed_port = int(bound.getsockname()[1])
            self._serving = asyncio.create_task(self._server.serve([bound]), name=f"{self.desk.mode} feed")
        await self.dispatcher.__aenter__()
        for warning in self._ledger.open_warnings():
            if life := self._life.get(warning):
                self.dispatcher.deliver(life[-1].said.message)
            else:
                self.failures[warning] = "it went out, and what it said is not on this disk: end it by hand"
        self._saying = asyncio.create_task(self._say_what_waits(), name=f"{self.desk.mode} press")
        return self

    async def __aexit__(self, *error: object) -> None:
        if self._saying:
            await self._done.wait()
            self._saying.cancel()
        await self.dispatcher.__aexit__(None, None, None)
        if self._server and self._serving:
            self._server.should_exit = True
            await self._serving
        for file in (self._ledger, self._said, self._acts):
            file.close()

    @property
    def unreadable(self) -> int:
        """Lines of this side's files that could not be read at the start: cut by a crash, or damaged."""
        return self._said.unreadable + self._acts.unreadable + self._ledger.unreadable

    def knows(self, warning: WarningProduct) -> bool:
        """Whether this state of a warning, or a later one, or its end, was said already or is about to be."""
        last = self._asked.get(warning.warning)
        if last is None and (life := self._life.get(warning.warning)):
            last = life[-1].said.message.warning
        return last is not None and (last.reason is not None or last.revision >= warning.revision)

    def write_acts(self) -> None:
        """Put what people did on the disk."""
        self._acts.append(self.desk.acts[self._acts.count :])

    def say(
        self, release: Release, now: float, impacts: tuple[ImpactProduct, ...], tracks: tuple[TrackProduct, ...]
    ) -> None:
        """Word a release and hand it to every channel. What only operators may see stays here."""
        if not release.public:
            return
        self._asked[release.product.warning] = release.product
        self._waiting.append(_Saying(release, now, impacts, tracks))
        self._done.clear()
        self._there.set()

    def prepare(self, codes: Sequence[str]) -> None:
        """Do beforehand what the first message would wait for; `codes` are the areas that may be warned. Takes seconds:
        call it in a thread."""
        self._press.prepare(self.desk.mode, codes, self.desk.languages)

    def say_next(self) -> bool:
        """Say the first of what waits, here and now, in a program without this context; whether anything waited."""
        if self._waiting:
            self._said_or_not(*self._written(self._waiting[0]))
            return True
        return False

    async def idle(self) -> None:
        """Wait until all is said and no channel has anything waiting."""
        await self._done.wait()
        await self.dispatcher.idle()

    async def _say_what_waits(self) -> None:
        """One after the other, each worded, signed and written down in a thread: the node goes on meanwhile."""
        while True:
            await self._there.wait()
            while self._waiting:
                self._said_or_not(*await asyncio.to_thread(self._written, self._waiting[0]))
            self._there.clear()

    def _written(self, saying: _Saying) -> tuple[str, Told | str]:
        """The message, once it is on the disk, or why it cannot be said."""
        warning = saying.release.product.warning
        try:
            told = self._press.message(*saying[:2], self._life.get(warning, []), *saying[2:])
            self._said.append([told.said])
        except Exception as error:  # whatever it is: a person must see it, and the next warning must go out
            return warning, str(error) or type(error).__name__
        return warning, told

    def _said_or_not(self, warning: str, told: Told | str) -> None:
        saying = self._waiting.popleft()
        if self._asked.get(warning) == saying.release.product:
            del self._asked[warning]  # unless a later state of it waits
        if isinstance(told, str):
            self.failures[warning] = told
        else:
            self.failures.pop(warning, None)
            self._life[warning] = [*self._life.get(warning, []), told]
            self.dispatcher.deliver(told.said.message)
        if not self._waiting:
            self._done.set()


class Publisher:
    """All that a node says in public, as an asynchronous context.

    A node has the one side of its own mode. `take` is given every warning product of the node's alerts, in order and at
    its time; giving one again does no harm, so that a node which rebuilds its state gives all. `tick` comes once a
    second. For acts of people, `publish` what `desks` give:
    `publisher.publish(publisher.desks.of("exercise").cancel(warning, operator, now), now)`; when a person ends a
    warning, tell it to `Alerts.end` too. What they ended by mistake: `Alerts.reissue` gives the product for
    `Desk.reissue`, which must have it before `take` does.
    """

    def __init__(self, *sides: Side) -> None:
        self.desks = Desks(*(side.desk for side in sides))
        self.sides: dict[Mode, Side] = {side.desk.mode: side for side in sides}
        self.released: Callable[[Release, float], None] = lambda release, now: None
        """Hears each release as it goes out: a console shows it."""
        self._impacts: dict[str, ImpactProduct] = {}
        self._tracks: dict[str, TrackProduct] = {}
        self._open = AsyncExitStack()

    async def __aenter__(self) -> Self:
        for side in self.sides.values():
            await self._open.enter_async_context(side)
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._open.aclose()

    def see(self, product: Product) -> None:
        """Take in a product of the picture. Displays show it beside a warning, and desks end by it what a person
        worded."""
        for desk in self.desks.by_mode.values():
            desk.see(product)
        if isinstance(product, ImpactProduct):
            self._impacts[product.object] = product
        elif isinstance(product, TrackProduct):
            self._tracks[product.object] = product

    def take(self, warning: WarningProduct, now: float) -> None:
        """Propose a warning of this node, and send what may go out at once.

        Raises DeskError for one of a mode that this node has no side for. What its own desk refuses, as when the
        enrolment ran out, stands in the side's `failures`.
        """
        self.desks.of(warning.mode)
        side = self.sides[warning.mode]
        if side.knows(warning):
            return
        try:
            released = self.desks.propose(warning, now)
        except DeskError as error:
            side.failures[warning.warning] = str(error)
            return
        self.publish(released, now)

    def real_event(self, now: float) -> None:
        """Something real happens: what is public of an exercise is taken back, and nothing more of it is public."""
        self.publish(self.desks.real_event(now), now)

    def prepare(self, codes: Sequence[str]) -> None:
        """Do beforehand what the first messages would wait for. Takes seconds: call it in a thread."""
        for side in self.sides.values():
            side.prepare(codes)

    def tick(self, now: float) -> None:
        """Send what nobody decided on in time, where the nation's rule sends it then."""
        self.publish(self.desks.tick(now), now)

    def publish(self, releases: Iterable[Release], now: float) -> None:
        """Write down what led here, then send what desks released."""
        for side in self.sides.values():
            side.write_acts()
        for release in releases:
            objects = release.product.objects
            impacts = tuple(self._impacts[name] for name in objects if name in self._impacts)
            tracks = tuple(self._tracks[name] for name in objects if name in self._tracks)
            self.sides[release.product.mode].say(release, now, impacts, tracks)
            self.released(release, now)

    async def idle(self) -> None:
        """Wait until all is said and no channel has anything waiting."""
        await asyncio.gather(*(side.idle() for side in self.sides.values()))


_Kept = TypeVar("_Kept", bound=msgspec.Struct)


class _Lines(Generic[_Kept]):
    """Messages on disk, one a line: `kept` are those of before; what `append` was given is there when it returns."""

    def __init__(self, path: Path, form: type[_Kept]) -> None:
        self.unreadable = 0
        self.kept: list[_Kept] = []
        before = path.read_bytes() if path.exists() else b""
        decoder = msgspec.json.Decoder(form)
        for line in before.splitlines():
            try:
                self.kept.append(decoder.decode(line))
            except UNREADABLE:
                self.unreadable += 1
        self.count = len(self.kept)
        self._file = path.open("ab")
        if before and not before.endswith(b"\n"):
            self._file.write(b"\n")

    def append(self, messages: Sequence[_Kept]) -> None:
        if messages:
            self._file.write(msgspec.json.Encoder().encode_lines(messages))
            self._file.flush()
            os.fsync(self._file.fileno())
            self.count += len(messages)

    def close(self) -> None:
        self._file.close()
