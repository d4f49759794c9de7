"""How warnings that people worded end: a correction names its areas by hand, and no prediction takes them away.

    open ──► fallen: update, stay in shelter; only a person ends it
      └────► ended: passed, fell-at-sea, will-not-arrive (all that flies is over), or error (the launch was withdrawn)

Pure: products reach it as messages, time is an argument.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import shapely
from msgspec.structs import replace

from nadhir.alerts.life import PASSING_S, VANISHED
from nadhir.alerts.rules import AuthorityRule, Rules
from nadhir.alerts.threats import PATH_PERIOD_S, Flying, fall_threats, passage_threats
from nadhir.geo.areas import Area, AreaMap
from nadhir.model import EndReason, ImpactProduct, LaunchProduct, Product, WarningProduct

KEPT_S = 6 * 3600.0
"""What nobody spoke of for so long is forgotten at the next launch."""
UNKNOWN_S = 1800.0
"""What is not known to come down anywhere is over so long after it was last seen: the flight of all but lofted ones."""


class Corrections:
    """What is known of the flights that people's own words are about.

    `see` takes products; `next` gives what a worded warning says next, if anything: that it has fallen, or its end.
    """

    def __init__(self, areas: Mapping[str, Area], rules: Rules) -> None:
        self._areas, self._rules = areas, rules
        self._flying: dict[str, Flying] = {}
        self._withdrawn: set[str] = set()
        self._flown: dict[tuple[str, str], float] = {}
        """When the path of an object was last flown ahead, by warning and object."""
        self._latest: dict[tuple[str, str], float] = {}
        """The latest time at which it is still over the warning's areas, by the last path that led there."""
        self._ahead: set[tuple[str, str]] = set()
        """Whose last path leads there still."""

    def see(self, product: Product) -> None:
        """Take in a product of the nation's picture."""
        if isinstance(product, LaunchProduct):
            if product.status == "withdrawn":
                self._withdrawn.add(product.event)
            since = product.issued - KEPT_S
            self._flying = {name: flying for name, flying in self._flying.items() if flying.heard >= since}
        elif isinstance(product, ImpactProduct) and product.phase == "boost":
            pass  # far too wide to say anything by
        elif not isinstance(product, WarningProduct) and product.event is not None:
            self._flying.setdefault(product.object, Flying(product.object, product.event)).take(product)

    def next(self, said: WarningProduct, now: float) -> WarningProduct | None:
        """What a worded warning says next; None while it stands as it is, and where only a person may end it."""
        authority = self._rules.authority(said.areas[0].code) if said.areas else None
        if said.fallen or authority is None:
            return None
        if said.events and self._withdrawn.issuperset(said.events):
            return _ended(said, "error", now)
        about = [one for one in self._flying.values() if one.event in said.events]
        if said.hazard != "overflight":
            about = [one for one in about if one.falls_as == said.hazard]
        for flying in about:
            flying.miss(now)
        if said.hazard != "overflight" and any(self._fell_there(flying, said, authority[1]) for flying in about):
            return replace(said, status="update", fallen=True, issued=now, revision=said.revision + 1)
        if not about:
            last_s = max(_due(said), said.issued) + UNKNOWN_S
            return _ended(said, "will-not-arrive", now) if now > last_s else None
        passes = said.hazard == "overflight"
        reasons = [self._passed(one, said, authority[1], now) if passes else _fell(one, now) for one in about]
        if None in reasons:
            return None
        # Where several came down or passed, the strongest words hold only if they are true of each that did.
        told = set(reasons) - {"will-not-arrive"}
        return _ended(said, "passed" if "passed" in told else self._at_sea(about, told), now)

    def _at_sea(self, about: list[Flying], told: set[EndReason | None]) -> EndReason:
        """Whether all that came down fell into the sea: on other land it did not arrive, but it did not fall at sea."""
        places = [one.impact for one in about if one.down and one.impact is not None and not one.lost_early]
        on_land = any(
            shapely.intersects_xy(area.geometry, place.longitude_deg, place.latitude_deg)
            for place in places
            for area in self._areas.values()
        )
        return "fell-at-sea" if told and not on_land else "will-not-arrive"

    def _fell_there(self, flying: Flying, said: WarningProduct, rule: AuthorityRule) -> bool:
        """Whether an object is down, and on an area of the warning by its last prediction."""
        hazard = rule.hazard(said.hazard)
        if not flying.down or flying.impact is None or hazard is None:
            return False
        threats = fall_threats(self._map_of(said), flying.impact, 1.0, rule.margin_m)
        if flying.lost_early and sum(threat.probability for threat in threats.values()) < VANISHED:
            return False
        levels = {"district": hazard.district, "country": hazard.country}
        return any(threat.probability >= levels[self._areas[code].level].leave for code, threat in threats.items())

    def _passed(self, flying: Flying, said: WarningProduct, rule: AuthorityRule, now: float) -> EndReason | None:
        """How an object's passage is over; None while it is not. Seen beyond the areas it has passed; where no path
        leads over them, the person's word stands until the time that was said is gone."""
        key = said.warning, flying.object
        seen = flying.phase in ("boost", "coast", "reentry")
        if seen and flying.track is not None and now - self._flown.get(key, -math.inf) >= PATH_PERIOD_S:
            self._flown[key] = now
            until = flying.impact.time if flying.impact else None
            threats = passage_threats(self._map_of(said), flying.track, until)
            self._ahead.discard(key)
            if threats:
                self._ahead.add(key)
                self._latest[key] = max(threat.latest for threat in threats.values())
        if seen and (key in self._ahead or flying.phase == "boost"):
            return None
        latest = self._latest.get(key)
        if latest is not None and flying.seen_until >= latest - PASSING_S:
            return "passed"
        return "will-not-arrive" if now > (latest or _due(said)) + rule.lost_wait_s or flying.down else None

    def _map_of(self, said: WarningProduct) -> AreaMap:
        return AreaMap(self._areas[area.code] for area in said.areas if area.code in self._areas)


def _fell(flying: Flying, now: float) -> EndReason | None:
    """How the fall of an object is over; None while it is not."""
    if flying.down:
        return "will-not-arrive" if flying.lost_early else "fell-at-sea"
    if flying.stays_up:
        return "will-not-arrive"
    lost = flying.lost and flying.impact is None
    return "will-not-arrive" if lost and now > flying.seen_until + UNKNOWN_S else None


def _due(said: WarningProduct) -> float:
    """The latest time that was said, or at least the latest of the first arrivals."""
    return max([area.arrival for area in said.areas] + ([said.latest_arrival] if said.latest_arrival else []))


def _ended(said: WarningProduct, reason: EndReason, now: float) -> WarningProduct:
    status = "cancel" if reason == "error" else "all-clear"
    return replace(said, status=status, reason=reason, issued=now, revision=said.revision + 1)
