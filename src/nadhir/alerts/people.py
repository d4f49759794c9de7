"""People in charge: who approves what, countdowns, prepared corrections, live and exercise kept apart. Pure.

A `Desk` belongs to one mode. It takes proposals (warning products) and acts of operators and gives `Release`s: what
goes out, on which subject, with which banner. Live and exercise are two desks with two keys, two subjects and two
banners; no act of one reaches the other, and a product of another mode is refused. A live desk exists only for a node
that an authority has enrolled. Every act, also the node's own, is a record chained to the one before and signed.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import msgspec

from nadhir.alerts.corrections import Corrections
from nadhir.alerts.rules import Approval, ApprovalRule, Rules
from nadhir.geo.areas import Area
from nadhir.model import EndReason, Mode, Product, WarningProduct
from nadhir.model.unreadable import UNREADABLE

What = Literal[
    "approve",
    "reject",
    "cancel",
    "clear",
    "correct",
    "reissue",
    "automatic",
    "countdown",
    "superseded",
    "suspend",
    "resume",
]
NODE = "node"
"""The operator of what happens by rule."""
BANNERS: dict[Mode, str] = {"live": "WARNING", "exercise": "EXERCISE EXERCISE EXERCISE"}
STRICTNESS: tuple[Approval, ...] = ("automatic", "one-person", "two-person")


class DeskError(ValueError):
    """An act that is refused; the message is one line and says why. Nothing has changed."""


class Act(msgspec.Struct, frozen=True):
    """Who did what and when. `previous` is the SHA-256 of the act before, so that none can be left out; `instead_of` is
    the warning that a correction, or one that is said again, stands for."""

    number: int
    time: float
    operator: str
    what: What
    mode: Mode
    warning: str
    revision: int
    previous: str
    instead_of: str = ""


class SignedAct(msgspec.Struct, frozen=True):
    """An act's exact bytes and their signature by the key of the desk's side."""

    act: bytes
    signature: bytes


def check_acts(acts: Iterable[SignedAct], verifies: Callable[[bytes, bytes], bool]) -> list[Act]:
    """What people did, in order. `verifies` tells whether a signature (first) is one of these bytes (second).

    Raises DeskError where an act was changed, left out, or signed by another key.
    """
    found: list[Act] = []
    previous = ""
    for number, signed in enumerate(acts):
        if not verifies(signed.signature, signed.act):
            raise DeskError(f"act {number} is not signed by this key, or was changed")
        act = msgspec.json.decode(signed.act, type=Act)
        if (act.number, act.previous) != (number, previous):
            raise DeskError(f"act {number} does not follow the one before it: acts are missing or out of order")
        previous = hashlib.sha256(signed.act).hexdigest()
        found.append(act)
    return found


class Release(msgspec.Struct, frozen=True):
    """What goes out. `subject` and `banner` tell live from exercise; `public` is false for a suspended exercise, which
    only operators see. `languages` are those whose texts may be used, all where it is empty."""

    product: WarningProduct
    subject: str
    banner: str
    public: bool
    approved_by: tuple[str, ...]
    languages: tuple[str, ...]


class Enrolment(msgspec.Struct, frozen=True):
    """That an authority lets a node warn its people, until a time (Unix seconds). The signature is the authority's.

    `authority` is the code of whose people these are, `node_key` the id of the node's key, `certificate` the SHA-256 of
    the one that signs live CAP messages (empty: none does).
    """

    authority: str
    node_key: str
    certificate: str
    until: float
    signature: bytes = b""


class SignOff(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """That a native reader has reviewed the texts of a language: the SHA-256 of the file that was reviewed."""

    language: str
    sha256: str
    reviewer: str
    date: str


def read_sign_offs(file: Path, texts: Mapping[str, bytes]) -> tuple[str, ...]:
    """Languages whose present texts (file contents by language) were reviewed, by a JSON file of sign-offs.

    Raises DeskError when the file cannot be read. A text that was changed since is not signed off.
    """
    try:
        signed = msgspec.json.decode(file.read_bytes(), type=list[SignOff])
    except (OSError, *UNREADABLE) as error:
        raise DeskError(f"{file}: no list of sign-offs ({error}); live texts need a native reader's review") from None
    digests = {language: hashlib.sha256(text).hexdigest() for language, text in texts.items()}
    return tuple(sorted({s.language for s in signed if s.reviewer and digests.get(s.language) == s.sha256}))


@dataclass(slots=True)
class Waiting:
    """A proposal that waits for `needs` persons until `deadline`, when it is sent or held; who said yes already."""

    product: WarningProduct
    needs: int
    deadline: float
    then: Literal["send", "hold"]
    approved_by: list[str] = field(default_factory=list)


class Desk:
    """One mode's approvals. `sign` signs an operator's (or the node's) act; `areas` tells the level of an area.

    A live desk needs an enrolment that `verify` accepts, and sends only in `signed_off` languages.
    """

    def __init__(
        self,
        mode: Mode,
        rules: Rules,
        areas: Mapping[str, Area],
        operators: frozenset[str],
        sign: Callable[[str, bytes], bytes],
        enrolment: Enrolment | None = None,
        verify: Callable[[Enrolment], bool] = lambda enrolment: False,
        signed_off: tuple[str, ...] = (),
    ) -> None:
        if mode == "replay":
            raise DeskError("a replay reaches nothing outside: it has no desk")
        if mode == "live":
            if enrolment is None or not verify(enrolment):
                raise DeskError("this node is not enrolled with an authority's key: it can only hold exercises")
            if not signed_off:
                raise DeskError("no text is signed off by a native reader: nothing can be sent live")
        self.mode = mode
        self._rules, self._areas, self._operators, self._sign = rules, areas, operators, sign
        self._until = enrolment.until if enrolment and mode == "live" else math.inf
        self.languages = signed_off if mode == "live" else ()
        """The only languages that it sends in; where there are none, each."""
        self._pending: dict[str, Waiting] = {}
        self._open: dict[str, Release] = {}
        self._ended_by_people: dict[str, WarningProduct] = {}
        """What was out when a person ended it: it may be said again."""
        self._corrections: set[str] = set()
        """What a person worded: corrections, and corrections that were said again."""
        self._flights = Corrections(areas, rules)
        self._previous = ""
        self.acts: list[SignedAct] = []
        self.suspended = False

    def restore(self, released: Iterable[Release], acts: Sequence[SignedAct]) -> None:
        """Go on where a node that stopped left off: every release in order, and every act so far.

        What waited for a person is not kept: it is proposed again.
        """
        out: set[str] = set()
        for release in released:
            out.add(release.product.warning)
            if release.product.reason is None:
                self._open[release.product.warning] = release
            else:
                self._close(release)
        self.acts = list(acts)
        said_again: set[str] = set()
        for signed in acts:
            self._previous = hashlib.sha256(signed.act).hexdigest()
            act = msgspec.json.decode(signed.act, type=Act)
            self.suspended = act.what == "suspend" or (self.suspended and act.what != "resume")
            self._note_correction(act.what, act.warning, act.instead_of)
            if act.what in ("cancel", "clear"):
                said_again.discard(act.warning)
            elif act.what == "reissue" and act.warning in out:
                said_again.add(act.instead_of)
        for warning in said_again:
            self._ended_by_people.pop(warning, None)

    @property
    def waiting(self) -> list[Waiting]:
        """What waits for a person, and how."""
        return list(self._pending.values())

    @property
    def released(self) -> list[Release]:
        """The last release of each warning that is not ended."""
        return list(self._open.values())

    @property
    def pending(self) -> list[WarningProduct]:
        """What waits for a person."""
        return [waiting.product for waiting in self._pending.values()]

    @property
    def ended_by_people(self) -> list[WarningProduct]:
        """What was out when a person ended it, and was not said again."""
        return list(self._ended_by_people.values())

    @property
    def open(self) -> list[WarningProduct]:
        """What was released and not ended."""
        return [release.product for release in self._open.values()]

    def propose(self, product: WarningProduct, now: float) -> list[Release]:
        """A warning product of this node: released at once, or kept until it is approved.

        What was approved covers its updates that add no area, and its end; nothing that was never released is ended
        in public. A newer revision takes the place of one that still waits: its approvals begin anew, its countdown
        does not.
        """
        sent = self._open.get(product.warning)
        self._check(product, now, ends=sent is not None and product.reason is not None)
        if product.reason is not None:
            if self._pending.pop(product.warning, None):
                self._record(now, NODE, "superseded", product)
            return [self._release(product, (NODE,), now, "automatic")] if sent else []
        covered = sent is not None and _codes(product) <= _codes(sent.product)
        needs, rule = self._needs(product)
        before = self._pending.get(product.warning)
        if before is not None and before.product == product:
            return []
        if needs == 0 or covered:
            if self._pending.pop(product.warning, None):
                self._record(now, NODE, "superseded", product)
            return [self._release(product, (NODE,), now, "automatic")]
        deadline = before.deadline if before else now + rule.countdown_s
        self._pending[product.warning] = Waiting(product, needs, deadline, rule.then)
        return []

    def approve(self, warning: str, revision: int, operator: str, now: float) -> list[Release]:
        """One person's yes to what they have seen: this revision and no other."""
        waiting = self._waiting(warning, operator)
        if waiting.product.revision != revision:
            raise DeskError(f"{warning} has changed since revision {revision}: look at it again")
        if operator in waiting.approved_by:
            raise DeskError(f"{operator} has approved {warning} already: the second yes is another person's")
        self._check(waiting.product, now)
        waiting.approved_by.append(operator)
        self._record(now, operator, "approve", waiting.product)
        if len(waiting.approved_by) < waiting.needs:
            return []
        del self._pending[warning]
        return [self._release(waiting.product, tuple(waiting.approved_by), now, None)]

    def reject(self, warning: str, operator: str, now: float) -> None:
        """One person's no: it is not sent. What is out already stays out until it is ended in public."""
        waiting = self._waiting(warning, operator)
        self._record(now, operator, "reject", waiting.product)
        del self._pending[warning]

    def see(self, product: Product) -> None:
        """Take in a product of the nation's picture: by these what a person worded ends."""
        self._flights.see(product)

    def tick(self, now: float) -> list[Release]:
        """What nobody decided on in time, where the rule sends it then; and how what a person worded goes on."""
        due = [w for w in self._pending.values() if w.then == "send" and now >= w.deadline and now <= self._until]
        for waiting in due:
            del self._pending[waiting.product.warning]
        sent = [self._release(waiting.product, (NODE,), now, "countdown") for waiting in due]
        worded = [release.product for name, release in self._open.items() if name in self._corrections]
        moves = [move for product in worded if (move := self._flights.next(product, now)) is not None]
        return sent + [self._moved(move, now) for move in moves if move.reason is not None or now <= self._until]

    def cancel(self, warning: str, operator: str, now: float) -> list[Release]:
        """Take back what was issued in error, by one person, in one prepared step."""
        return [self._end(warning, "error", operator, now, "cancel")]

    def clear(self, warning: str, reason: EndReason, operator: str, now: float) -> list[Release]:
        """Say that the danger is over: the only end of an impact on land."""
        if reason == "error":
            raise DeskError("what was issued in error is cancelled, not cleared")
        return [self._end(warning, reason, operator, now, "clear")]

    def correct(self, warning: str, replacement: WarningProduct, operator: str, now: float) -> list[Release]:
        """Cancel a wrong warning and send the right one, under a new id, as one step of one person."""
        self._check(replacement, now)
        if replacement.warning == warning or replacement.warning in self._open or replacement.reason is not None:
            raise DeskError("a correction is a new warning: give it an id of its own")
        ended = self._end(warning, "error", operator, now, "cancel")
        self._record(now, operator, "correct", replacement, warning)
        return [ended, self._release(replacement, (operator,), now, None)]

    def is_correction(self, warning: str) -> bool:
        """Whether a person worded it: no rule changes its areas, and the facts end it (see `corrections`)."""
        return warning in self._corrections

    def to_reissue(self, ended: str, operator: str, now: float) -> WarningProduct:
        """What was out when a person ended it, where this operator may have it said again. Raises DeskError."""
        self._known(operator)
        if (was := self._ended_by_people.get(ended)) is None:
            raise DeskError(f"{ended} was not ended by a person: there is nothing to say again")
        self._check(was, now)
        return was

    def reissue(self, ended: str, product: WarningProduct, operator: str, now: float) -> list[Release]:
        """Say again, under a new id, what a person ended by mistake: `product` is its present state, of no other areas.

        One person's step; where the nation's rule asks for two, it waits for the other one as any warning does.
        """
        was = self.to_reissue(ended, operator, now)
        self._check(product, now)
        if product.warning == ended or product.warning in self._open or product.reason is not None:
            raise DeskError("what is said again is a new warning: give it an id of its own")
        if (product.authority, product.hazard) != (was.authority, was.hazard) or not _codes(product) <= _codes(was):
            raise DeskError(f"{ended} did not say that: what is said again holds no other areas and no other hazard")
        del self._ended_by_people[ended]
        needs, rule = self._needs(product)
        self._record(now, operator, "reissue", product, ended)
        if needs < 2:
            self._pending.pop(product.warning, None)
            return [self._release(product, (operator,), now, None)]
        self._pending[product.warning] = Waiting(product, needs, now + rule.countdown_s, rule.then, [operator])
        return []

    def suspend(self, now: float) -> list[Release]:
        """A real event: nothing of this exercise is public from now on, and what is public of it is taken back."""
        if self.mode == "live":
            raise DeskError("only an exercise is suspended")
        if self.suspended:
            return []
        self._pending.clear()
        self._record(now, NODE, "suspend", None)
        public = [name for name, release in self._open.items() if release.public]
        ended = [self._end(name, "error", NODE, now, "suspend") for name in public]
        self.suspended = True
        return ended

    def resume(self, operator: str, now: float) -> None:
        """A person lets the exercise be public again."""
        self._known(operator)
        if self.suspended:
            self.suspended = False
            self._record(now, operator, "resume", None)

    def _moved(self, product: WarningProduct, now: float) -> Release:
        """What a person worded goes on by rule."""
        if product.reason is not None:
            product = self._without_held(product)
        return self._release(product, (NODE,), now, "automatic")

    def _without_held(self, end: WarningProduct) -> WarningProduct:
        """An end that clears no area which another warning still holds."""
        others = (one for one in self.open if one.authority == end.authority and one.warning != end.warning)
        held = {code for other in others for code in _codes(other)}
        return msgspec.structs.replace(end, areas=[area for area in end.areas if area.code not in held])

    def _end(self, warning: str, reason: EndReason, operator: str, now: float, what: What) -> Release:
        if operator != NODE:
            self._known(operator)
        sent = self._open.get(warning)
        if sent is None:
            raise DeskError(f"{warning} is not out: there is nothing to end")
        self._pending.pop(warning, None)
        last = sent.product
        ended = msgspec.structs.replace(
            last,
            status="cancel" if reason == "error" else "all-clear",
            reason=reason,
            issued=now,
            revision=last.revision + 1,
        )
        return self._release(self._without_held(ended), (operator,), now, what)

    def _release(self, product: WarningProduct, by: tuple[str, ...], now: float, what: What | None) -> Release:
        if what is not None:
            self._record(now, by[0], what, product)
        if product.status == "update" and product.warning not in self._open:
            # It changed while it waited: to the people it is the first word.
            product = msgspec.structs.replace(product, status="alert")
        subject = f"nadhir.{self.mode}.warning.{product.authority}"
        release = Release(product, subject, BANNERS[self.mode], not self.suspended, by, self.languages)
        if product.reason is None:
            self._open[product.warning] = release
        else:
            # The end goes wherever the warning went: a drill that was public is ended in public.
            release = msgspec.structs.replace(release, public=self._open[product.warning].public)
            self._close(release)
        return release

    def _close(self, end: Release) -> None:
        """Note that a warning has ended."""
        sent = self._open.pop(end.product.warning, None)
        if sent is not None and end.approved_by != (NODE,):
            self._ended_by_people[end.product.warning] = sent.product

    def _needs(self, product: WarningProduct) -> tuple[int, ApprovalRule]:
        """How many persons must approve, by the strictest of the areas' levels."""
        rule = self._rules.approval(product.authority, product.hazard)
        levels = {self._areas[code].level if code in self._areas else "country" for code in _codes(product)}
        asked = [STRICTNESS.index(rule.district if level == "district" else rule.country) for level in levels]
        return max(asked, default=0), rule

    def _waiting(self, warning: str, operator: str) -> Waiting:
        self._known(operator)
        waiting = self._pending.get(warning)
        if waiting is None:
            raise DeskError(f"{warning} waits for nobody")
        return waiting

    def _known(self, operator: str) -> None:
        if operator not in self._operators:
            raise DeskError(f"{operator} is no operator of the {self.mode} desk")

    def _check(self, product: WarningProduct, now: float, ends: bool = False) -> None:
        if product.mode != self.mode:
            raise DeskError(f"{product.warning} is of mode {product.mode}: the {self.mode} desk does not touch it")
        # What was said under an enrolment may still be ended after it: nothing ends by silence.
        if now > self._until and not ends:
            raise DeskError("the enrolment has run out: nothing goes out live until the authority renews it")

    def _record(
        self, now: float, operator: str, what: What, product: WarningProduct | None, instead_of: str = ""
    ) -> None:
        warning, revision = (product.warning, product.revision) if product else ("", 0)
        self._note_correction(what, warning, instead_of)
        act = Act(len(self.acts), now, operator, what, self.mode, warning, revision, self._previous, instead_of)
        raw = msgspec.json.encode(act)
        self._previous = hashlib.sha256(raw).hexdigest()
        self.acts.append(SignedAct(raw, self._sign(operator, raw)))

    def _note_correction(self, what: What, warning: str, instead_of: str) -> None:
        if what == "correct" or (what == "reissue" and instead_of in self._corrections):
            self._corrections.add(warning)


class Desks:
    """The desks of a program, one for each mode: a node has that of its own mode. A real warning suspends an exercise
    beside it by itself."""

    def __init__(self, *desks: Desk) -> None:
        self.by_mode: dict[Mode, Desk] = {desk.mode: desk for desk in desks}
        if len(self.by_mode) != len(desks):
            raise DeskError("two desks of one mode")

    def of(self, mode: Mode) -> Desk:
        """The desk of a mode. Raises DeskError where there is none."""
        if (desk := self.by_mode.get(mode)) is None:
            raise DeskError(f"this node has no {mode} desk")
        return desk

    def propose(self, product: WarningProduct, now: float) -> list[Release]:
        """To the desk of its mode. Raises DeskError where there is none."""
        desk = self.of(product.mode)
        suspended = self.real_event(now) if product.mode == "live" else []
        return [*suspended, *desk.propose(product, now)]

    def real_event(self, now: float) -> list[Release]:
        """Something real happens: the public side of an exercise ends now."""
        return self.by_mode["exercise"].suspend(now) if "exercise" in self.by_mode else []

    def tick(self, now: float) -> list[Release]:
        """Countdowns that ran out on any desk."""
        return [release for desk in self.by_mode.values() for release in desk.tick(now)]


def _codes(product: WarningProduct) -> set[str]:
    return {area.code for area in product.areas}
