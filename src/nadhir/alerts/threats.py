"""What one flying object threatens: areas it may fall on, pass over, or still reach, from its last products.

Nothing here decides anything: these are the numbers that the rules look at.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import numpy as np
from numba import njit

from nadhir.alerts.rules import AuthorityRule
from nadhir.geo import east_north_up, ecef_to_geodetic, fall
from nadhir.geo.areas import EARTH_RADIUS_M, AreaMap
from nadhir.geo.areas_paths import EARLY_SIGMAS, UNKNOWN, GroundTrack, passages, reach
from nadhir.geo.areas_probability import area_probabilities
from nadhir.geo.earth import Matrix, Vector
from nadhir.geo.flight import propagate
from nadhir.model import AssessmentProduct, Ellipse, Hazard, ImpactProduct, LaunchProduct, TrackProduct

TYPICAL_LOG_BALLISTIC_COEFFICIENT = math.log(3000.0)
"""Of the path to where it comes down (kg/m²); drag matters only near its end, which the impact product states."""
FURTHEST_M = {
    "short-range": 1.0e6,
    "medium-range": 3.0e6,
    "intermediate-range": 5.5e6,
    "intercontinental": 1.5e7,
    "space-launch": 2.0e7,
}
"""Range at its best angle of what a class may be; the others are not on their way to a place."""
TURN_SIGMA = math.radians(2.0)
"""How far the direction of a climbing vehicle may still turn: generic ascents stay in one plane."""
ACROSS_FLOOR_M = 2000.0
PATH_PERIOD_S = 5.0
"""Paths are flown again so often: they change slowly."""
PATH_STEP_S = 10.0
PATH_KNOWN_S = 60.0
"""A path is known as far as the time at which a place along it is reached has a smaller standard deviation."""
LOOK_AHEAD_S = 1500.0
"""Paths are flown for so long: what is passed later is looked at later."""
UNHEARD_S, UNSAID_DOWN_S = 60.0, 30.0
"""What is still up is spoken of every second, or lost: who says nothing for so long will say nothing. What must be down
so long is down, though nobody says so."""
LOST_EARLY_S = 120.0
"""What was last seen longer than this before it must be down is not said to have fallen anywhere."""
FASTEST_MPS2, FASTEST_MPS = 40.0, 7500.0
"""No generic ascent gains more speed than that, nor more in all: the earliest arrival of what still burns."""
STEEP, SLOW_MPS = math.radians(70.0), 3000.0
"""What climbs more steeply and is slower than this when its motor stops has another stage: free flight reaches furthest
from 45° at most (Bate, Mueller and White, section 6.2), a vehicle with more stages climbs out of the air first, and
what is flown high on purpose is faster."""
STEEPISH, LONG_RANGE, FAST_MPS = math.radians(53.0), 0.7, 5000.0
"""What is steeper than this, or burned so long that it flies more than 5,500 km, or to orbit, with this probability,
may have one, unless it is so fast already that it flies 3,500 km."""
DOUBT, DOUBT_S, FIRST_S = 5.0, 5.0, 1.0
"""A prediction so many times wider than one that was made since the motor stopped is in doubt, and what follows is for
so long: part of the tracker's mixture burns again, though most of it coasts. The first one is for a second."""


class AreaThreat(NamedTuple):
    """A hazard to one area by one object. `stated` is the probability by the prediction as stated, `probability` by the
    prediction as widened while it is young; arrival times before which it comes with probability 0.05 and 0.95."""

    probability: float
    stated: float
    arrival: float
    latest: float


class Ahead(NamedTuple):
    """An area that an object may still reach: probability of its direction and possible range, earliest arrival, and
    distance of its near edge."""

    probability: float
    arrival: float
    distance_m: float


Threats = dict[str, AreaThreat]
"""By area code."""


@dataclass(slots=True)
class Flying:
    """What was last said of one object, and what that means for the areas."""

    object: str
    event: str
    track: TrackProduct | None = None
    impact: ImpactProduct | None = None
    assessment: AssessmentProduct | None = None
    predicted_since: float = -math.inf
    """When the first impact product came, since it last burned."""
    first_seen: float = math.inf
    seen_until: float = -math.inf
    """Times of its first and last observed state."""
    burning_classes: dict[str, float] = field(default_factory=dict)
    """What it was while its motor burned: afterwards the classes are of what ends its thrust there."""
    burned_until: float = -math.inf
    another: Literal["no", "maybe", "surely"] = "no"
    """Time of the last state in which its motor burned; whether it flew then as what has another stage to light."""
    sharpest_m: float = math.inf
    doubted_until: float = -math.inf
    """The smallest semi-major axis that was predicted since its motor stopped, and until when its predictions are in
    doubt."""
    stays_up: bool = False
    """It was last seen in orbit: there it is, though nobody sees it any more."""
    lost_burning: bool = False
    """It was lost while its motor burned: nobody knows how long it went on, nor so where it flies."""
    heard: float = -math.inf
    """When something was last said of it."""
    unsaid: Literal["lost", "down", None] = None
    """What it must be by now, since nobody speaks of it any more."""
    news: bool = True
    """Something was said of it that was not looked at yet."""
    path_flown: float = -math.inf
    """When its path was last flown ahead."""
    falling: dict[tuple[float, float], dict[str, Threats]] = field(default_factory=dict)
    """Areas that it may come down on, by how much its ellipse was widened and by the margin (m); by authority."""
    passing: dict[str, Threats] = field(default_factory=dict)
    """Areas that it passes over, by authority."""
    ahead: dict[str, dict[str, Ahead]] = field(default_factory=dict)
    """Areas that it may still reach and that are not too far away to be told, by authority."""
    direction_known: bool = False
    concerned: dict[tuple[str, Hazard], AuthorityRule] = field(default_factory=dict)
    """The authorities and hazards that all this concerns, each with its rule."""

    @property
    def phase(self) -> str:
        """Of its last track product; of its impact where a partner shares no track of it since its motor's end."""
        if self.unsaid is not None:
            return self.unsaid
        if self.impact is not None and (self.track is None or self.track.phase == "boost"):
            return self.impact.phase
        return self.track.phase if self.track else "boost"

    @property
    def down(self) -> bool:
        """Whether it is said to be down."""
        return self.phase == "down"

    @property
    def lost(self) -> bool:
        """Whether no sensor sees it, and it is not yet said to be down."""
        return self.phase == "lost"

    @property
    def seen_s(self) -> float:
        """For how long it was seen."""
        return self.seen_until - self.first_seen

    @property
    def known(self) -> bool:
        """Whether it is known where it comes down, or that it does not."""
        return self.impact is not None or self.stays_up or self.phase == "down"

    @property
    def settled(self) -> bool:
        """The same of what is no spent stage."""
        return self.falls_as == "impact" and self.known

    @property
    def falls_as(self) -> Hazard:
        """A spent stage that comes down is debris, all else that does an impact."""
        classes = self.assessment.classes if self.assessment else {}
        return "debris" if classes.get("spent-stage", 0.0) >= 0.5 else "impact"

    def between_stages(self, now: float, pause_s: float) -> bool:
        """Whether its motor stopped less than some time ago, and another one may light."""
        paused = self.phase == "coast" and self.falls_as == "impact" and now - self.burned_until < pause_s
        return paused and self.another != "no"

    def unsettled(self, now: float, pause_s: float) -> bool:
        """Whether its prediction, between stages, is of a place where it will not come down: another stage surely
        lights, or the tracker itself doubts that it still coasts."""
        doubted = self.another == "surely" or now < self.doubted_until
        return doubted and self.between_stages(now, pause_s)

    @property
    def lost_early(self) -> bool:
        """Whether it was last seen long before it comes down."""
        return self.impact is not None and self.impact.time - self.seen_until > LOST_EARLY_S

    def take(self, product: TrackProduct | ImpactProduct | AssessmentProduct) -> None:
        """Something new is said of it."""
        self.event = product.event or self.event
        self.hear(product.issued)
        if isinstance(product, TrackProduct):
            self.take_track(product)
        elif isinstance(product, ImpactProduct):
            self.take_impact(product)
        else:
            self.assessment = product
            if self.phase == "boost":
                self.burning_classes = product.classes

    def miss(self, now: float) -> None:
        """Notice that nobody speaks of it any more, as of what only a partner saw whose link is cut: it is lost, and
        down when the latest time at which it comes down is gone for a while."""
        if self.phase == "down" or now - self.heard <= UNHEARD_S:
            return
        self.lost_burning = self.lost_burning or self.phase == "boost"
        landed = self.impact.time + EARLY_SIGMAS * self.impact.time_sigma_s if self.impact else math.inf
        unsaid: Literal["lost", "down"] = "down" if now > landed + UNSAID_DOWN_S else "lost"
        self.news, self.unsaid = self.news or unsaid != self.unsaid, unsaid

    def hear(self, issued: float) -> None:
        """Something is said of it again."""
        self.news, self.unsaid, self.heard = True, None, max(self.heard, issued)

    def take_track(self, track: TrackProduct) -> None:
        """Where it is now; what was predicted before it burned (again), or before it stayed up, holds no more."""
        if track.phase in ("boost", "orbit"):
            self.impact = None
        if track.phase == "boost":
            self.burned_until, self.another = track.time, _another_stage(track, self.burning_classes)
        if track.phase == "lost":
            self.lost_burning = self.lost_burning or self.phase == "boost"
        if track.phase not in ("lost", "down"):
            self.lost_burning, self.stays_up = False, track.phase == "orbit"
            self.first_seen = min(self.first_seen, track.time)
            self.seen_until = track.time
        self.track = track

    def take_impact(self, impact: ImpactProduct) -> None:
        """Where it comes down."""
        width_m = impact.ellipse_90.semi_major_m
        if self.impact is None:
            self.predicted_since, self.sharpest_m = impact.issued, width_m
            self.doubted_until = impact.issued + FIRST_S
        elif width_m > DOUBT * self.sharpest_m:
            self.doubted_until = impact.issued + DOUBT_S
        self.sharpest_m = min(self.sharpest_m, width_m)
        if self.track is None and impact.phase not in ("lost", "down"):
            self.first_seen = min(self.first_seen, impact.issued)
            self.seen_until = impact.issued
        self.impact = impact


def fall_threats(areas: AreaMap, impact: ImpactProduct, widen: float, margin_m: float) -> Threats:
    """Areas on which an object may come down, or within a margin of them; `widen` scales the stated ellipse."""
    areas = areas.widened(margin_m)
    stated = area_probabilities(areas, impact.latitude_deg, impact.longitude_deg, impact.ellipse_90)
    wide = stated
    if widen != 1.0:
        ellipse = impact.ellipse_90
        ellipse = Ellipse(ellipse.semi_major_m * widen, ellipse.semi_minor_m * widen, ellipse.azimuth_deg)
        wide = area_probabilities(areas, impact.latitude_deg, impact.longitude_deg, ellipse)
    spread = EARLY_SIGMAS * impact.time_sigma_s
    return {
        code: AreaThreat(wide.get(code, 0.0), stated.get(code, 0.0), impact.time - spread, impact.time + spread)
        for code in stated | wide
    }


def passage_threats(areas: AreaMap, track: TrackProduct, until: float | None) -> Threats:
    """Areas that an object passes over from its last state on: until it comes down, or for a while."""
    path = _ground_track(track, until)
    if path is None:
        return {}
    return {
        code: AreaThreat(passage.probability, passage.probability, passage.arrival, passage.latest)
        for code, passage in passages(areas, path).items()
    }


def reachable(
    areas: AreaMap, launch: LaunchProduct | None, track: TrackProduct | None, classes: dict[str, float], now: float
) -> tuple[bool, dict[str, Ahead]]:
    """Areas that an object under thrust may still come down on, with probability and earliest arrival.

    Whether the direction is known; areas by the probability that direction and possible range lead to them. Nearer
    areas than where it would fall if its thrust ended now are passed over already.
    """
    heading, sigma, from_m, speed = 0.0, math.inf, 0.0, 0.0
    if track is not None:
        latitude, longitude, _ = ecef_to_geodetic(np.array(track.position_m))
        heading, sigma, speed = _heading(track, latitude, longitude)
        place = math.degrees(latitude), math.degrees(longitude)
        from_m = _falls_after_m(track, latitude, longitude)
    elif launch is not None:
        place = launch.latitude_deg, launch.longitude_deg
    else:
        return False, {}
    known = sigma < UNKNOWN
    possible = {name: classes.get(name, 0.0) if classes else 1.0 for name in FURTHEST_M}
    total = sum(possible.values())
    if total <= 0.0:
        return known, {}
    furthest = max((FURTHEST_M[name] for name, p in possible.items() if p > 0.02 * total), default=0.0)
    there = reach(areas, *place, heading, sigma, from_m, furthest)
    far_enough = sum(p * (FURTHEST_M[name] >= there.distance_m) for name, p in possible.items()) / total
    arrival = now + _earliest_s(there.distance_m, speed)
    numbers = zip((there.probability * far_enough).tolist(), arrival.tolist(), there.distance_m.tolist(), strict=True)
    return known, dict(zip(there.codes, map(Ahead._make, numbers), strict=True))


def _heading(track: TrackProduct, latitude: float, longitude: float) -> tuple[float, float, float]:
    """Direction over the ground (rad, clockwise from north), its sigma, and the ground speed (m/s)."""
    local = east_north_up(latitude, longitude)
    east, north, _ = local @ np.array(track.velocity_mps)
    speed = max(math.hypot(east, north), 1.0)
    aside = np.array([north, -east, 0.0]) / speed
    variance = float(aside @ local @ _matrix(track)[3:, 3:] @ local.T @ aside)
    return math.atan2(east, north), math.hypot(math.sqrt(max(variance, 0.0)) / speed, TURN_SIGMA), speed


def _another_stage(track: TrackProduct, classes: dict[str, float]) -> Literal["no", "maybe", "surely"]:
    """Whether what burns has another stage to light if its motor stops now."""
    position, velocity = np.array(track.position_m), np.array(track.velocity_mps)
    speed = float(np.linalg.norm(velocity))
    climb = math.asin(float(position @ velocity) / float(np.linalg.norm(position)) / max(speed, 1.0))
    if speed < SLOW_MPS and climb > STEEP:
        return "surely"
    long_range = classes.get("intercontinental", 0.0) + classes.get("space-launch", 0.0) >= LONG_RANGE
    return "maybe" if speed < FAST_MPS and (climb > STEEPISH or long_range) else "no"


def _falls_after_m(track: TrackProduct, latitude: float, longitude: float) -> float:
    """Distance over the ground to where it falls if its thrust ends now, less a tenth; 0 where it does not fall."""
    down, _, state, _ = fall(_state(track), TYPICAL_LOG_BALLISTIC_COEFFICIENT)
    if not down:
        return 0.0
    there, across, _ = ecef_to_geodetic(state[:3])
    cosine = math.sin(latitude) * math.sin(there) + math.cos(latitude) * math.cos(there) * math.cos(across - longitude)
    return 0.9 * EARTH_RADIUS_M * math.acos(min(max(cosine, -1.0), 1.0))


def _earliest_s(distance_m: Vector, speed_mps: float) -> Vector:
    """Seconds to distances over the ground for the fastest ascent."""
    gain_s = max(FASTEST_MPS - speed_mps, 0.0) / FASTEST_MPS2
    gained_m = (speed_mps + 0.5 * FASTEST_MPS2 * gain_s) * gain_s
    gaining = (np.sqrt(speed_mps**2 + 2.0 * FASTEST_MPS2 * distance_m) - speed_mps) / FASTEST_MPS2
    return np.where(distance_m > gained_m, gain_s + (distance_m - gained_m) / max(FASTEST_MPS, speed_mps), gaining)


def _ground_track(track: TrackProduct, until: float | None) -> GroundTrack | None:
    """The path over the ground with its spread, by flying sigma points of the state."""
    if until is None:
        down, elapsed, _, _ = fall(_state(track), TYPICAL_LOG_BALLISTIC_COEFFICIENT)
        until = track.time + elapsed if down else math.inf
    duration = min(until - track.time, LOOK_AHEAD_S)
    if duration < PATH_STEP_S:
        return None
    count = math.ceil(duration / PATH_STEP_S)
    points = _sigma_points(track)
    flown = _fly(points, count, duration / count)
    mean = flown.mean(axis=1)
    radius = np.linalg.norm(mean[:, :3], axis=1)
    up = mean[:, :3] / radius[:, None]
    level = mean[:, 3:] - np.sum(mean[:, 3:] * up, axis=1)[:, None] * up
    speed = np.maximum(np.linalg.norm(level, axis=1), 1.0)
    forward = level / speed[:, None]
    off = flown[:, :, :3] - mean[:, None, :3]
    aside = np.sqrt(np.mean(np.einsum("knc,kc->kn", off, np.cross(up, forward)) ** 2, axis=1))
    along = np.sqrt(np.mean(np.einsum("knc,kc->kn", off, forward) ** 2, axis=1))
    ground = np.array([ecef_to_geodetic(p)[:2] for p in mean[:, :3]])
    latitude, longitude = ground.T
    time_sigma: Vector = along / speed
    unknown = np.flatnonzero(time_sigma > PATH_KNOWN_S)
    known = int(unknown[0]) if len(unknown) else count + 1
    if known < 2:
        return None
    ahead_s = np.arange(count + 1) * duration / count
    if track.phase == "boost":
        # It may go on burning: as early as the fastest ascent, as late as if its thrust ended now.
        flown_m = np.concatenate([[0.0], np.cumsum(speed[:-1] * EARTH_RADIUS_M / radius[:-1] * duration / count)])
        soonest = _earliest_s(flown_m, float(speed[0]))
        time_sigma = np.asarray(np.hypot(time_sigma, np.maximum(ahead_s - soonest, 0.0) / EARLY_SIGMAS))
    points_below = np.stack(
        [np.cos(latitude) * np.cos(longitude), np.cos(latitude) * np.sin(longitude), np.sin(latitude)], axis=-1
    )
    across = np.hypot(aside * EARTH_RADIUS_M / radius, ACROSS_FLOOR_M)
    return GroundTrack((track.time + ahead_s)[:known], points_below[:known], across[:known], time_sigma[:known])


@njit(cache=True)
def _fly(points: Matrix, count: int, step_s: float) -> Matrix:
    """States (count + 1, n, 6) of some states (n, 6) at equal steps."""
    flown = np.empty((count + 1, points.shape[0], 6))
    flown[0] = points
    for k in range(count):
        for n in range(points.shape[0]):
            flown[k + 1, n] = propagate(flown[k, n], TYPICAL_LOG_BALLISTIC_COEFFICIENT, step_s)
    return flown


def _sigma_points(track: TrackProduct) -> Matrix:
    """Cubature points (12, 6) of a state; see `nadhir.assessment.impact`, which does the same with drag."""
    covariance = _matrix(track)
    values, vectors = np.linalg.eigh(covariance)
    root = vectors * np.sqrt(np.maximum(values, 0.0) * 6.0)
    return np.concatenate([_state(track) + root.T, _state(track) - root.T])


def _state(track: TrackProduct) -> Vector:
    return np.array([*track.position_m, *track.velocity_mps])


def _matrix(track: TrackProduct) -> Matrix:
    upper = np.zeros((6, 6))
    upper[np.triu_indices(6)] = track.covariance
    return upper + np.triu(upper, 1).T
