"""The floor under the release rules: what no policy can lift.

A refusal keeps a whole record back; a withholding takes owner-only content out of one that goes. `FLOOR` holds them all
by name. Each stands alone: none relies on another having looked first.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, get_args

import msgspec
from msgspec.structs import replace

from nadhir.model import Label, LaunchProduct, Mode, Record, WarningProduct
from nadhir.model.records import Classification, RecordKind
from nadhir.sharing.release_form import Form

CLASSIFICATIONS: tuple[str, ...] = get_args(Classification)
"""From the lowest to the highest."""


class Recipient(msgspec.Struct, frozen=True):
    """What the floor must know of a partner."""

    code: str
    mode: Mode
    ceiling: Classification = "UNCLASSIFIED"
    """The highest classification that it may hold."""
    revoked: bool = False


class Case(msgspec.Struct, frozen=True):
    """What refusals look at of a record on its way to a partner, and nothing else: what they say of one record holds
    for every other of the same case."""

    kind: str
    """As the record calls itself."""
    holds: str
    """The kind of its content."""
    owner: str
    mode: str
    mode_inside: str
    """Of the warning in it; that of the record where it holds none."""
    label: Label
    partner: str
    recipient: Recipient | None
    """Null for a partner that is not known."""
    own: str
    """Whose node this is."""
    own_mode: Mode
    form: Form | None
    """As the policies permit it; null if they do not."""


Strip = Callable[[Record, Form], Record]


class Refusal(NamedTuple):
    """A rule that keeps a record back: `says` gives the reason, or null where it has nothing against it."""

    name: str
    says: Callable[[Case], str | None]


class Withholding(NamedTuple):
    """A rule that takes owner-only content out of a record in a given form; only records of `kinds` can hold any."""

    name: str
    kinds: tuple[RecordKind, ...]
    strip: Strip


Floor = tuple[Refusal | Withholding, ...]


def _known_partner(case: Case) -> str | None:
    return f"{case.partner} is no partner of this node" if case.recipient is None else None


def _not_revoked(case: Case) -> str | None:
    return f"{case.partner} is revoked" if case.recipient is not None and case.recipient.revoked else None


def _own_records(case: Case) -> str | None:
    if case.owner == case.own:
        return None
    return f"it belongs to {case.owner}: a partner's records are never passed on"


def _kind_of_body(case: Case) -> str | None:
    """The kind, by which policies go, is that of the content."""
    return None if case.kind == case.holds else f"it is called a {case.kind} and holds a {case.holds}"


def _own_mode(case: Case) -> str | None:
    """The record, and the warning inside it, are of the mode of this node."""
    modes = {case.mode, case.mode_inside}
    if modes == {case.own_mode}:
        return None
    return f"its mode is {' and '.join(sorted(modes))}, this node's is {case.own_mode}"


def _partner_mode(case: Case) -> str | None:
    if case.recipient is None or case.recipient.mode == case.mode:
        return None
    return f"its mode is {case.mode}, {case.partner}'s is {case.recipient.mode}"


def _replay_stays(case: Case) -> str | None:
    return "a replay reaches nothing outside" if case.mode == "replay" else None


def _releasable_to(case: Case) -> str | None:
    listed = case.label.releasable_to
    if not listed or case.partner in listed:
        return None
    return f"its label releases it to {', '.join(listed)} only"


def _ceiling(case: Case) -> str | None:
    if case.recipient is None:
        return None
    classification, ceiling = case.label.classification, case.recipient.ceiling
    if CLASSIFICATIONS.index(classification) <= CLASSIFICATIONS.index(ceiling):
        return None
    return f"it is {classification}, {case.partner} may hold up to {ceiling}"


def _launch_point(case: Case) -> str | None:
    if case.form is None or case.holds != "launch" or "launch-point" in case.form.rights:
        return None
    return 'a launch point is owner-only: every permit that applies needs @with("launch-point")'


def _sensor_positions(case: Case) -> str | None:
    if case.form is None or case.holds != "detection" or "sensor-positions" in case.form.rights:
        return None
    return 'a detection tells of its sensor: every permit that applies needs @with("sensor-positions")'


def _launch_area(record: Record, form: Form) -> Record:
    if "launch-point" in form.rights or not isinstance(record.body, WarningProduct):
        return record
    return replace(record, body=replace(record.body, launch_area=None))


def _sensor_names(record: Record, form: Form) -> Record:
    """Sensors that saw or are silent become their owner's code: that one of its sensors did is not hidden."""
    if "sensor-positions" in form.rights:
        return record
    body = record.body
    if isinstance(body, LaunchProduct) and body.looks:
        return replace(record, body=replace(body, looks=[record.owner]))
    if isinstance(body, WarningProduct) and body.unseen:
        return replace(record, body=replace(body, unseen=[record.owner]))
    return record


def _derived_from(record: Record, form: Form) -> Record:
    return replace(record, derived_from=None) if record.derived_from is not None else record


FLOOR: Floor = (
    Refusal("known-partner", _known_partner),
    Refusal("not-revoked", _not_revoked),
    Refusal("own-records", _own_records),
    Refusal("kind-of-body", _kind_of_body),
    Refusal("own-mode", _own_mode),
    Refusal("partner-mode", _partner_mode),
    Refusal("replay-stays", _replay_stays),
    Refusal("releasable-to", _releasable_to),
    Refusal("classification-ceiling", _ceiling),
    Refusal("launch-point", _launch_point),
    Refusal("sensor-positions", _sensor_positions),
    Withholding("launch-area", ("warning",), _launch_area),
    Withholding("sensor-names", ("launch", "warning"), _sensor_names),
    Withholding("derived-from", get_args(RecordKind), _derived_from),
)


def parted(floor: Floor) -> tuple[tuple[Refusal, ...], tuple[Withholding, ...]]:
    """The rules that keep a record back, and those that take something out of it, in their order."""
    refusals = tuple(rule for rule in floor if isinstance(rule, Refusal))
    return refusals, tuple(rule for rule in floor if isinstance(rule, Withholding))


def refusal(refusals: tuple[Refusal, ...], case: Case) -> tuple[str, str] | None:
    """Name and reason of the first rule that keeps a record back."""
    for name, says in refusals:
        if (reason := says(case)) is not None:
            return name, reason
    return None


def strips(withholdings: tuple[Withholding, ...], kind: str) -> tuple[Strip, ...]:
    """What takes owner-only content out of a record that holds this kind, in its order."""
    return tuple(rule.strip for rule in withholdings if kind in rule.kinds)
