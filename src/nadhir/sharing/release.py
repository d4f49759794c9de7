"""Release: whether a record goes to a partner, and in what form. Default deny; the owner decides once, at publication.

The owner's policies decide, and beneath them a floor that no policy can lift. Pure: time comes as an argument.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from nadhir.model import (
    AssessmentProduct,
    ImpactProduct,
    InfraredRecord,
    LaunchProduct,
    Mode,
    RadarRecord,
    Record,
    TrackProduct,
    WarningProduct,
)
from nadhir.model.records import KIND_OF
from nadhir.sharing.decisions import Decision, Outcome
from nadhir.sharing.floor import FLOOR, Case, Floor, Recipient, Strip, parted, refusal, strips
from nadhir.sharing.redaction import coarsened, renamed
from nadhir.sharing.release_form import Form
from nadhir.sharing.release_policies import Policies, Question

_WITH_PHASE = (TrackProduct, ImpactProduct)
_REMEMBERED = 10_000
"""Last releases of thinned things that are kept before old ones are looked for; verdicts that are kept."""


class Ruling(msgspec.Struct, frozen=True):
    """A decision, and where it is to release: the record that leaves the node, and the one for the owner's own log.

    The two differ in `derived_from`, by which the owner's copy names the record that a redacted one was made from.
    """

    decision: Decision
    outgoing: Record | None = None
    kept: Record | None = None


class _Verdict(NamedTuple):
    """What policies and floor say of all records of which they cannot tell one from another. No form: nothing goes."""

    outcome: Outcome
    sentence: str
    policies: tuple[str, ...] = ()
    floor: str | None = None
    form: Form | None = None
    strips: tuple[Strip, ...] = ()


class Releases:
    """Decides for each record of an owner and each partner.

    `recipients` is looked into at every decision, so that a revocation counts from the next record on.
    """

    def __init__(
        self,
        policies: Policies,
        *,
        owner: str,
        mode: Mode,
        recipients: Mapping[str, Recipient],
        floor: Floor = FLOOR,
    ) -> None:
        self._policies = policies
        self._owner = owner
        self._mode: Mode = mode
        self._recipients = recipients
        self._refusals, self._withholdings = parted(floor)
        self._judged = lru_cache(_REMEMBERED)(self._judge)
        self._last: dict[tuple[str, str, str], tuple[str, float, float]] = {}
        self._look_at = _REMEMBERED

    def decide(self, record: Record, partner: str, now: float) -> Ruling:
        """The ruling on one record and one partner at a time (Unix seconds). What cannot be decided is not released."""
        try:
            return self._decide(record, partner, now)
        except (ValueError, OverflowError) as error:
            return _kept_back(record, partner, now, _not_released(partner, "failed", str(error)))

    def _decide(self, record: Record, partner: str, now: float) -> Ruling:
        body, recipient = record.body, self._recipients.get(partner)
        question = self._policies.told_apart(self._question(record, partner, recipient, now))
        mode_inside = body.mode if isinstance(body, WarningProduct) else record.mode
        verdict = self._judged(question, recipient, KIND_OF[type(body)], mode_inside)
        form = verdict.form
        if form is None:
            return _kept_back(record, partner, now, verdict)
        if form.thin_s and not self._due(record, partner, now, form.thin_s):
            reason = f"one went less than {form.thin_s:g} s ago"
            return _kept_back(record, partner, now, _not_released(partner, "thinned", reason, verdict.policies))
        copy = coarsened(record, form)
        for strip in verdict.strips:
            copy = strip(copy, form)
        kept = renamed(copy, record, form)
        outgoing = copy if copy is kept else replace(copy, id=kept.id)
        decision = Decision(
            record=record.id,
            partner=partner,
            kind=record.kind,
            decided=now,
            outcome="released",
            sentence=verdict.sentence,
            policies=verdict.policies,
            form=form,
            sent_as=kept.id,
            not_before=now + form.delay_s,
        )
        return Ruling(decision, outgoing, kept)

    def _judge(self, question: Question, recipient: Recipient | None, holds: str, mode_inside: str) -> _Verdict:
        """What policies and floor say; they look at nothing else."""
        partner, answer = question.partner, self._policies.ask(question)
        case = Case(
            kind=question.kind,
            holds=holds,
            owner=question.owner,
            mode=question.mode,
            mode_inside=mode_inside,
            label=question.label,
            partner=partner,
            recipient=recipient,
            own=self._owner,
            own_mode=self._mode,
            form=answer.form,
        )
        if (against := refusal(self._refusals, case)) is not None:
            rule, reason = against
            return _not_released(partner, "refused-by-floor", reason, answer.policies, rule)
        if answer.form is not None:
            sentence = f"Released to {partner} by {self._named(answer.policies)}{_described(answer.form)}."
            taken_out = strips(self._withholdings, holds)
            return _Verdict("released", sentence, answer.policies, form=answer.form, strips=taken_out)
        if answer.outcome == "forbidden":
            reason = f"it is forbidden by {self._named(answer.policies)}"
            return _not_released(partner, "forbidden", reason, answer.policies)
        if answer.outcome == "failed":
            return _not_released(partner, "failed", "a policy failed while it was evaluated")
        return _not_released(partner, "not-permitted", "no policy permits it")

    def _question(self, record: Record, partner: str, recipient: Recipient | None, now: float) -> Question:
        body = record.body
        return Question(
            partner=partner,
            kind=record.kind,
            owner=record.owner,
            mode=record.mode,
            label=record.label,
            region=record.region,
            object_class=record.object_class,
            phase=body.phase if isinstance(body, _WITH_PHASE) else None,
            age_s=math.floor(now - record.time),
            own_mode=self._mode,
            partner_mode="" if recipient is None else recipient.mode,
            time=math.floor(now),
        )

    def _named(self, policies: tuple[str, ...]) -> str:
        notes = ((name, self._policies.by_id[name].note) for name in policies)
        return ", ".join(f"{name} ({note})" if note else name for name, note in notes)

    def _due(self, record: Record, partner: str, now: float, thin_s: float) -> bool:
        """Whether enough time has passed, or a change must be told at once. Remembers that it was told."""
        thing, state = _thing_and_state(record)
        if thing is None:
            return True
        key = (partner, record.kind, thing)
        last = self._last.get(key)
        if last is not None and last[0] == state and now - last[1] < thin_s:
            return False
        self._last[key] = (state, now, now + thin_s)
        if len(self._last) > self._look_at:
            self._last = {name: entry for name, entry in self._last.items() if entry[2] > now}
            self._look_at = max(_REMEMBERED, 2 * len(self._last))
        return True


def _not_released(
    partner: str, outcome: Outcome, reason: str, policies: tuple[str, ...] = (), floor: str | None = None
) -> _Verdict:
    return _Verdict(outcome, f"Not released to {partner}: {reason}.", policies, floor)


def _kept_back(record: Record, partner: str, now: float, verdict: _Verdict) -> Ruling:
    decision = Decision(
        record=record.id,
        partner=partner,
        kind=record.kind,
        decided=now,
        outcome=verdict.outcome,
        sentence=verdict.sentence,
        policies=verdict.policies,
        floor=verdict.floor,
    )
    return Ruling(decision)


def _thing_and_state(record: Record) -> tuple[str | None, str]:
    """What a record is about, and the state of it that must be told when it changes.

    Every state of a warning must be told, so that nothing that was announced ends by silence.
    """
    match record.body:
        case TrackProduct(object=name, phase=phase) | ImpactProduct(object=name, phase=phase):
            return name, phase
        case AssessmentProduct(object=name):
            return name, ""
        case LaunchProduct(event=name, status=status):
            return name, status
        case RadarRecord(sensor=name) | InfraredRecord(sensor=name):
            return name, ""
        case _:
            return None, ""


def _described(form: Form) -> str:
    parts = [
        f"position to cells of {form.coarsen_m:g} m" if form.coarsen_m else "",
        f"times to {form.coarsen_s:g} s" if form.coarsen_s else "",
        f"{form.delay_s:g} s later" if form.delay_s else "",
        f"at most once in {form.thin_s:g} s" if form.thin_s else "",
        f"with {' and '.join(sorted(form.rights))}" if form.rights else "",
    ]
    return "".join(f"; {part}" for part in parts if part)
