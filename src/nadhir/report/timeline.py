"""A timeline in words for a duty officer, from products as they are issued.

Pure and incremental: what a line says depends only on the products added before it. A prediction is worded as one.
A line is said when something changes for people: a launch, a sensor that joins, a phase, a separation, a prediction
that becomes twice as sharp, moves out of the region said before, or widens.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Literal

import msgspec
import numpy as np

from nadhir.geo import ecef_to_geodetic
from nadhir.model import (
    AssessmentProduct,
    Ellipse,
    ImpactProduct,
    LaunchProduct,
    Product,
    TrackProduct,
    WarningProduct,
)
from nadhir.report import words
from nadhir.report.basemap import COAST_M, EARTH_RADIUS_M, place

Severity = Literal["detail", "notice", "urgent"]

REPEAT_S = 15.0
"""A prediction that only moved or widened is said again after so long."""
RELIGHT_S = 3.0
"""Thrust that comes back is said once it has lasted so long: a tracker may doubt a burnout for a moment."""
SHARP_M = 1000.0
"""An ellipse that was said to be smaller than this is not said again for having halved."""
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


class Line(msgspec.Struct, frozen=True):
    """One line of a timeline.

    `time` is when it was issued (Unix seconds), `elapsed_s` the seconds since the event's launch as estimated by then,
    null without an event. `severity` is `urgent` for a launch and for what may come down on land.
    """

    time: float
    event: str | None
    object: str | None
    text: str
    severity: Severity
    elapsed_s: float | None = None


@dataclass
class _Event:
    launched: float | None = None
    looks: tuple[str, ...] = ()
    said: LaunchProduct | None = None
    withdrawn: bool = False
    objects: list[str] = field(default_factory=list)


@dataclass
class _Object:
    event: str | None = None
    phase: str | None = None
    relit: float | None = None
    ballistic: bool = True
    said_burning: ImpactProduct | None = None
    said: ImpactProduct | None = None
    likely_class: str | None = None
    class_certain: bool = False
    orbit: bool = False
    apogee_said: bool = False


class Timeline:
    """Turns products into lines; `add` them in the order of their issue."""

    def __init__(self) -> None:
        self._events: dict[str, _Event] = {}
        self._objects: dict[str, _Object] = {}

    def add(self, product: Product) -> list[Line]:
        """The lines that a product adds, often none."""
        if isinstance(product, WarningProduct):
            return [self._warning(product)]
        if isinstance(product, LaunchProduct):
            texts = self._launch(product)
            about = None
        else:
            about = product.object
            known = self._objects.setdefault(about, _Object())
            known.event = product.event or known.event
            if isinstance(product, TrackProduct):
                texts = self._track(product, known)
            elif isinstance(product, ImpactProduct):
                texts = self._impact(product, known)
            else:
                texts = self._assessment(product, known)
        elapsed = self._elapsed(product.event, product.issued)
        return [Line(product.issued, product.event, about, text, severity, elapsed) for text, severity in texts]

    def _elapsed(self, event: str | None, issued: float) -> float | None:
        known = self._events.get(event) if event else None
        return issued - known.launched if known and known.launched is not None else None

    def _warning(self, product: WarningProduct) -> Line:
        """What people are told; it stands beside the event where it concerns one alone."""
        event = product.events[0] if len(product.events) == 1 else None
        severity: Severity = "urgent" if product.status in ("pre-alert", "alert", "update") else "notice"
        return Line(product.issued, event, None, words.warning(product), severity, self._elapsed(event, product.issued))

    def _launch(self, product: LaunchProduct) -> list[tuple[str, Severity]]:
        event = self._events.setdefault(product.event, _Event())
        event.launched = product.time
        if product.status == "withdrawn":
            event.withdrawn = True
            return [("withdrawn: the data no longer support this launch", "notice")]
        spot = place(product.latitude_deg, product.longitude_deg).words
        where = (
            f"near {words.position(product.latitude_deg, product.longitude_deg)}, {spot} "
            f"(90 % within {words.ellipse(product.ellipse_90)})"
        )
        when = f"at {words.clock(product.time)} UTC ± {max(1.645 * product.time_sigma_s, 1):.0f} s"
        looks, joined = tuple(product.looks), [name for name in product.looks if name not in event.looks]
        event.looks = tuple(dict.fromkeys((*event.looks, *looks)))
        before, event.said = event.said, product if event.said is None else event.said
        if before is None:
            seen_by = words.listing(joined) if joined else "sensors"
            return [(f"launch seen by {seen_by} {where}, {when}", "urgent")]
        if joined:
            news = f"launch also seen by {words.listing(joined)}"
        elif product.ellipse_90.semi_major_m <= 0.5 * before.ellipse_90.semi_major_m:
            news = "launch place narrowed"
        elif product.issued - before.issued >= REPEAT_S and _moved_out(before, product):
            news = "launch place moved"
        else:
            return []
        event.said = product
        return [(f"{news}: {where}, {when}", "notice")]

    def _track(self, product: TrackProduct, known: _Object) -> list[tuple[str, Severity]]:
        texts: list[tuple[str, Severity]] = []
        before = known.phase
        if before == "down" and product.phase == "lost":
            return []
        if product.phase != "boost" or before in (None, "boost"):
            known.relit = None
        else:
            known.relit = product.time if known.relit is None else known.relit
            if product.time - known.relit < RELIGHT_S:
                return []
        known.phase = product.phase
        if before is None:
            state = _height_and_speed(product)
            texts.append((f"{self._introduce(product, known)}: {state}", "notice" if known.event else "detail"))
            if product.phase in ("lost", "down"):
                before = "coast"
        if before is not None and before != product.phase:
            texts.append(self._phase(product, before))
        if known.ballistic and not product.ballistic:
            texts.append(("breaks the ballistic assumption: the ellipse is widened", "urgent"))
        elif product.ballistic and not known.ballistic:
            texts.append(("flies ballistically again", "notice"))
        known.ballistic = product.ballistic
        if product.phase == "boost":
            known.apogee_said = False
        return texts

    def _introduce(self, product: TrackProduct, known: _Object) -> str:
        event = self._events.setdefault(known.event, _Event()) if known.event else None
        if event is None:
            return "in orbit, no launch" if product.phase == "orbit" else "seen in flight, no launch known"
        event.objects.append(product.object)
        if len(event.objects) == 1:
            return "tracked"
        number = len(event.objects)
        which = ORDINALS[number - 1] if number <= len(ORDINALS) else f"{number}th"
        return f"{which} object left the first" if number == 2 else f"{which} object separated"

    def _phase(self, product: TrackProduct, before: str) -> tuple[str, Severity]:
        state = _height_and_speed(product)
        if before == "lost" and product.phase not in ("down", "lost"):
            return f"seen again: {state}", "notice"
        if product.phase == "coast":
            if before != "boost":
                return f"coasts: {state}", "detail"
            at = f" at {words.clock(product.burnout_time)} UTC" if product.burnout_time is not None else ""
            return f"thrust ended{at}: {state}", "notice"
        if product.phase == "boost":
            return f"thrust again: {state}", "notice"
        if product.phase == "reentry":
            return f"enters the atmosphere: {state}", "notice"
        if product.phase == "orbit":
            return f"judged to be in orbit: {state}", "notice"
        if product.phase == "lost":
            return "lost: no sensor sees it any more, what follows is predicted", "notice"
        return "down by now (predicted, not observed)", "notice"

    def _impact(self, product: ImpactProduct, known: _Object) -> list[tuple[str, Severity]]:
        if product.phase == "boost":
            return self._region(product, known)
        before = known.said
        if before is None:
            news = "expected to come down"
        elif _sharper(before, product) and before.ellipse_90.semi_major_m > SHARP_M:
            much = product.ellipse_90.semi_major_m <= 0.33 * before.ellipse_90.semi_major_m
            news = f"ellipse {'much smaller' if much else 'halved'}: now expected"
        elif product.phase in ("lost", "down") or product.issued - before.issued < REPEAT_S:
            return []
        elif product.ellipse_90.semi_major_m >= 2.0 * before.ellipse_90.semi_major_m:
            news = "ellipse widened: now expected"
        elif _moved_out(before, product):
            news = "moved: now expected"
        else:
            return []
        known.said = product
        where = place(product.latitude_deg, product.longitude_deg)
        remaining = product.time - product.issued
        text = (
            f"{news} near {words.position(product.latitude_deg, product.longitude_deg)}, "
            f"{where.words}, "
            f"{f'in {words.duration(remaining)}' if remaining >= 0.5 else 'about now'} "
            f"({words.clock(product.time)} UTC ± {words.duration(max(1.645 * product.time_sigma_s, 1))}), "
            f"90 % within {words.ellipse(product.ellipse_90)}"
        )
        return [(text, "urgent" if may_fall_on_land(product) else "notice")]

    def _region(self, product: ImpactProduct, known: _Object) -> list[tuple[str, Severity]]:
        """Where it may come down whose motor still burns: no expected place, and no time to the second."""
        before = known.said_burning
        if before is not None and not _sharper(before, product) and not _moved_out(before, product):
            return []
        known.said_burning = product
        text = (
            f"still burns: may come down anywhere within {words.ellipse(product.ellipse_90)} of "
            f"{words.position(product.latitude_deg, product.longitude_deg)} (90 %), "
            f"in about {max(round((product.time - product.issued) / 60.0), 1)} min"
        )
        return [(text, "notice")]

    def _assessment(self, product: AssessmentProduct, known: _Object) -> list[tuple[str, Severity]]:
        texts: list[tuple[str, Severity]] = []
        likely, probability = max(product.classes.items(), key=lambda item: item[1])
        certain = probability >= 0.9
        news = likely != known.likely_class or (certain and not known.class_certain)
        if probability >= 0.6 and news and (known.event or likely != "satellite"):
            texts.append((f"class: {likely} ({probability:.2f})", "detail"))
            known.likely_class, known.class_certain = likely, certain
        if product.reaches_orbit >= 0.9 and not known.orbit:
            known.orbit = True
            if known.event:
                texts.append((f"expected to reach orbit ({product.reaches_orbit:.2f})", "notice"))
        elif product.reaches_orbit < 0.5 and known.orbit:
            known.orbit = False
            texts.append((f"no longer expected to reach orbit ({product.reaches_orbit:.2f})", "urgent"))
        if (
            not known.apogee_said
            and known.event
            and known.phase == "coast"
            and product.apogee_m is not None
            and product.apogee_time is not None
            and product.apogee_time > product.issued
        ):
            known.apogee_said = True
            spread = (
                f" ± {words.distance(1.645 * product.apogee_sigma_m)}" if product.apogee_sigma_m is not None else ""
            )
            texts.append(
                (
                    f"highest point expected at {words.distance(product.apogee_m)}{spread} "
                    f"in {words.duration(product.apogee_time - product.issued)}",
                    "detail",
                )
            )
        return texts


def may_fall_on_land(product: ImpactProduct) -> bool:
    """Whether land is within the ellipse's half length of the expected place, or within the coarse map's own error."""
    offshore_m = place(product.latitude_deg, product.longitude_deg).offshore_m
    return offshore_m <= max(product.ellipse_90.semi_major_m, COAST_M)


def _height_and_speed(product: TrackProduct) -> str:
    height_m = ecef_to_geodetic(np.array(product.position_m))[2]
    return f"height {words.distance(height_m)}, speed {words.speed(math.hypot(*product.velocity_mps))}"


def _sharper(before: ImpactProduct, now: ImpactProduct) -> bool:
    return now.ellipse_90.semi_major_m <= 0.5 * before.ellipse_90.semi_major_m


def _moved_out(before: LaunchProduct | ImpactProduct, now: LaunchProduct | ImpactProduct) -> bool:
    """Whether the point is clearly out of the region that was said before: half as far again, and 2 km at least."""
    north = math.radians(now.latitude_deg - before.latitude_deg) * EARTH_RADIUS_M
    turn = (now.longitude_deg - before.longitude_deg + 180.0) % 360.0 - 180.0
    east = math.radians(turn) * EARTH_RADIUS_M * math.cos(math.radians(before.latitude_deg))
    return math.hypot(east, north) > 2e3 and _distance_in(before.ellipse_90, east, north) > 1.5


def _distance_in(region: Ellipse, east_m: float, north_m: float) -> float:
    azimuth = math.radians(region.azimuth_deg)
    along = east_m * math.sin(azimuth) + north_m * math.cos(azimuth)
    across = east_m * math.cos(azimuth) - north_m * math.sin(azimuth)
    return math.hypot(along / region.semi_major_m, across / region.semi_minor_m)
