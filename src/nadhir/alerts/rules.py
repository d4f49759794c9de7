"""Decision rules of each nation: when an area is warned, and when a warning goes out by itself.

Configuration in TOML, one table for each authority; `rules.toml` in this package holds the defaults and shows every
setting. Probabilities are of the hazard in the area, times in seconds, lengths in metres.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, get_args

import msgspec

from nadhir.model import Hazard

Approval = Literal["automatic", "one-person", "two-person"]
ELSE = "else"
"""The rule for areas of nations that have none of their own."""


class RulesError(ValueError):
    """Rules that cannot be used; the message is one line and says what to do."""


class Threshold(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Probabilities at which an area is warned and no longer warned, and at which a neighbour of a warned area is."""

    alert: float
    leave: float
    neighbour: float
    enter_dwell_s: float = 3.0
    """How long the probability must stay at or above `alert`: against flicker."""
    far_dwell_s: float = 8.0
    far_s: float = 120.0
    """The same while it is more than `far_s` until it comes: a motor that only paused is known to burn again then."""
    leave_dwell_s: float = 15.0
    """How long it must stay below `leave`."""


class HazardRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Thresholds by level of area: a part of a country, or a whole one."""

    district: Threshold
    country: Threshold


class PreAlertRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When areas are told that something was launched and may come their way."""

    probability: float
    """That its direction and its possible range lead to the area."""
    reach_m: float
    """Areas further away are not told: they have time to wait for more."""
    enter_dwell_s: float = 2.0
    """How long the probability must stay there."""
    wait_s: float | None = None
    """For a direction; after it all areas within reach are told. None: never without a direction."""
    latest_s: float = 55.0
    """So long after its estimated time a launch waits for a direction no longer: clouds may have hidden its beginning.
    What they hid is estimated up to twenty seconds too late."""
    confirmed_s: float = 40.0
    """The same of a launch that two sensors or more saw. Most look about so old when they are first reported: all
    within reach are told at once, some ten seconds before a direction is known. A larger figure tells fewer, later."""


class ApprovalRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who decides, and what happens when nobody does within `countdown_s`."""

    district: Approval = "automatic"
    country: Approval = "automatic"
    countdown_s: float = 30.0
    then: Literal["send", "hold"] = "send"


class AuthorityRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How one authority warns its areas. A hazard without a rule is not warned of."""

    areas: tuple[str, ...] = ()
    """Codes, or beginnings before the hyphen: `JP` takes all prefectures."""
    pre_alert: PreAlertRule | None = None
    impact: HazardRule | None = None
    overflight: HazardRule | None = None
    debris: HazardRule | None = None
    approval: dict[Hazard, ApprovalRule] = {}
    margin_m: float = 1500.0
    """What comes down so near to an area endangers it as if in it: coarse outlines, and what comes off a vehicle."""
    widen: float = 1.5
    """First predictions are taken this much wider than stated ..."""
    widen_for_s: float = 10.0
    """... for so long."""
    pause_s: float = 0.0
    """For so long after a motor's last burning state a prediction brings no area into danger while it is in doubt,
    where another stage may light, and none does where one surely lights (see `threats`); what may be reached stays
    told. Pauses last up to eight seconds, and it takes some ten more until a new motor is known; the dwell comes on
    top. 0: nobody waits."""
    sanity: float = 1e-3
    """An area is warned only where the prediction as stated gives it this probability: reachable at all."""
    update_gap_s: float = 10.0
    """Between two updates that do not grow."""
    lost_wait_s: float = 30.0
    """After the latest time at which a lost object could have come, until that is said."""

    def hazard(self, hazard: Hazard) -> HazardRule | None:
        """The rule for one hazard."""
        return {"impact": self.impact, "overflight": self.overflight, "debris": self.debris}[hazard]

    def warns(self, code: str) -> bool:
        """Whether an area is this authority's."""
        return code in self.areas or code.partition("-")[0] in self.areas


class Rules:
    """All authorities' rules. An area has one authority: the first that names it, else its own country."""

    def __init__(self, authorities: dict[str, AuthorityRule]) -> None:
        self._authorities = {name: rule for name, rule in authorities.items() if name != ELSE}
        self._otherwise = authorities.get(ELSE)
        named = [code for rule in self._authorities.values() for code in rule.areas]
        twice = {code for code in named if named.count(code) > 1}
        if twice:
            raise RulesError(f"two authorities name {', '.join(sorted(twice))}; an area has one authority")

    def authority(self, code: str) -> tuple[str, AuthorityRule] | None:
        """Who warns an area, by which rule; None where nobody does."""
        for name, rule in self._authorities.items():
            if rule.warns(code):
                return name, rule
        return (code.partition("-")[0], self._otherwise) if self._otherwise else None

    def all(self) -> list[AuthorityRule]:
        """Every rule."""
        return [*self._authorities.values(), *([self._otherwise] if self._otherwise else [])]

    def with_approval(self, rule: ApprovalRule) -> Rules:
        """The same rules with one way to decide for every authority and hazard."""
        named = self._authorities | ({ELSE: self._otherwise} if self._otherwise else {})
        every: dict[Hazard, ApprovalRule] = dict.fromkeys(get_args(Hazard), rule)
        return Rules({name: msgspec.structs.replace(one, approval=every) for name, one in named.items()})

    def approval(self, authority: str, hazard: Hazard) -> ApprovalRule:
        """Who decides on a warning of an authority."""
        rule = self._authorities.get(authority, self._otherwise)
        return rule.approval.get(hazard, ApprovalRule()) if rule else ApprovalRule(then="hold")


def read_rules(file: Path) -> Rules:
    """Rules of a TOML file. Raises RulesError when it cannot be used."""
    try:
        return _parsed(file.read_text(encoding="utf-8"), str(file))
    except (OSError, UnicodeDecodeError) as error:
        raise RulesError(f"{file}: cannot be read ({error}); name a TOML file of rules") from None


def default_rules(more: Mapping[str, Any] | None = None) -> Rules:
    """The rules that come with Nadhir, and `more`: tables of further authorities, as a rules file holds them."""
    text = files("nadhir.alerts").joinpath("rules.toml").read_text(encoding="utf-8")
    return _parsed(text, "rules.toml", more or {})


def _parsed(text: str, source: str, more: Mapping[str, Any] = MappingProxyType({})) -> Rules:
    try:
        return Rules(msgspec.convert(tomllib.loads(text) | dict(more), dict[str, AuthorityRule]))
    except (tomllib.TOMLDecodeError, RecursionError, msgspec.ValidationError, RulesError) as error:
        raise RulesError(f"{source}: {error}") from None
