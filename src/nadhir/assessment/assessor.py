"""Track messages in, products out: launch, track, impact, assessment. Pure: time reaches it as an argument."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from nadhir.assessment.classes import best_range_m, other_classes, vehicle_classes
from nadhir.assessment.impact import Apogee, Fall, predict_apogee, predict_fall, sigma_points
from nadhir.assessment.orbit import stays_up
from nadhir.assessment.powered import predict_powered_fall
from nadhir.geo import ecef_to_geodetic, ellipse_90, propagate
from nadhir.geo.earth import Matrix, Vector
from nadhir.model import (
    AssessmentProduct,
    Component,
    Ellipse,
    ImpactProduct,
    LaunchEstimate,
    LaunchProduct,
    ObjectState,
    Parting,
    Phase,
    Product,
    TrackMessage,
    TrackProduct,
)

UPPER_TRIANGLE, UPPER_TRIANGLE_OF_PARTING = np.triu_indices(6), np.triu_indices(3)
MOTION, PARTING = slice(6), slice(7, 10)
"""Elements of a coasting component: position and velocity, and the velocity at which it parts from its stage."""
PERIOD_S = 1.0
"""At most one track and one impact a second for each object, besides changes of phase."""
ASSESSMENT_PERIOD_S = 10.0
CLIMB_ASSESSMENT_PERIOD_S = 2.0
"""While it climbs after its cutoff, the expected apogee is news."""
ASSESSMENT_CHANGE = 0.05
SETTLING_S = 1.0
"""After the thrust ended, time for the data to tell it from a stage change."""
REENTRY_TOP_M = 100e3
WIDEST_M = 2000e3
"""An impact region larger than this says nothing and is not given."""
NEGLIGIBLE = 0.03
"""What an object is less likely to be doing than this does not widen its impact region."""
BREACH_S = 15.0
"""An object that breaks the ballistic assumption may go on so for so long: its impact region is widened by that."""
IMPACT_FLOOR_M = 40.0
"""Winds, higher gravity terms and the height of the ground, which no state knows."""
PARTING_S = 20.0
"""So long after the thrust ended tracks tell how they hang on the parting of vehicle and stage. Later an owner that has
the two wrong would put the others off by it, as far as they have flown apart: measured over simulated flights."""
YOUNG_DOUBT, YOUNG_DOUBT_S = 0.12, 45.0
"""Measured over simulated flights: while vehicle and stage part, states are surer of themselves than they should be."""
HEAVY_DRAG_LOG_BETA, HEAVY_DRAG_DOUBT = math.log(2500.0), 1.5
"""A vehicle with more drag than vehicles have is understood less in other ways too, such as how it left its stage: its
region is wider by this for each unit of the logarithm. Measured over simulated flights."""
LAUNCH_FLOOR_M = 100.0
"""What a generic ascent never knows of the place of a launch."""
LAUNCH_TIME_FLOOR_S = 1.5


@dataclass(slots=True)
class _Known:
    """What was last said of an object."""

    state: ObjectState
    phase: Phase | None = None
    issued: float = -math.inf
    impact_time: float | None = None
    impact_sigma_s: float = 0.0
    assessed: float = -math.inf
    classes: dict[str, float] | None = None
    reaches_orbit: float = 0.0
    best_range_m: float | None = None
    cut_off: bool = False


class Assessor:
    """Turns what the tracker says into products.

    `assess` takes one message, `tick` says that time has passed; `unfinished` tells whether an object is still on its
    way down. `powered_falls` is whether it is to tell, too, of the region in which what still burns may come down.
    """

    def __init__(self, powered_falls: bool = True) -> None:
        self._powered_falls = powered_falls
        self._known: dict[str, _Known] = {}
        self._named: dict[str, str | None] = {}
        self._reported: set[str] = set()
        self._withdrawn: set[str] = set()

    @property
    def unfinished(self) -> bool:
        """Whether an object of an event is still expected to come down."""
        return any(known.impact_time is not None and known.phase != "down" for known in self._known.values())

    @property
    def events(self) -> int:
        """How many launches were reported and not withdrawn."""
        return len(self._reported - self._withdrawn)

    @property
    def objects(self) -> int:
        """How many objects were tracked."""
        return len(self._named)

    def assess(self, message: TrackMessage, now: float) -> list[Product]:
        """Products of one message, issued `now`."""
        if isinstance(message, LaunchEstimate):
            return self._launch(message, now)
        return self._object(message, now)

    def tick(self, now: float) -> list[Product]:
        """Products that come of time alone: an object that must be down by now."""
        products: list[Product] = []
        for known in self._known.values():
            if known.impact_time is None or known.phase == "down":
                continue
            if now > known.impact_time + max(2.0 * known.impact_sigma_s, 2.0) and now > known.state.time + 2.0:
                products.append(self._down(known, now))
        return products

    def _launch(self, estimate: LaunchEstimate, now: float) -> list[Product]:
        if estimate.withdrawn:
            if estimate.event not in self._reported:
                return []
            self._withdrawn.add(estimate.event)
            self._known = {name: known for name, known in self._known.items() if known.state.event != estimate.event}
            self._named = {name: event for name, event in self._named.items() if event != estimate.event}
        status = "withdrawn" if estimate.withdrawn else "update" if estimate.event in self._reported else "report"
        self._reported.add(estimate.event)
        covariance = estimate.covariance[:2, :2] + np.eye(2) * LAUNCH_FLOOR_M**2
        return [
            LaunchProduct(
                estimate.event,
                now,
                status,  # type: ignore[arg-type]
                estimate.time,
                math.hypot(math.sqrt(float(estimate.covariance[2, 2])), LAUNCH_TIME_FLOOR_S),
                math.degrees(estimate.latitude),
                math.degrees(estimate.longitude),
                ellipse_90(covariance),
                list(estimate.looks),
            )
        ]

    def _object(self, state: ObjectState, now: float) -> list[Product]:
        self._named[state.object] = state.event
        known = self._known.setdefault(state.object, _Known(state))
        if known.phase == "down" and state.time <= known.state.time:
            return []  # nothing new was seen of it
        known.state = state
        mean, covariance = _moments(state.components)
        burning = sum(c.weight for c in state.components if c.burning)
        boosting = state.cutoff_time is None and burning > 0.5
        due = now - known.issued >= PERIOD_S - 1e-6
        if due or known.phase is None:
            known.reaches_orbit = 0.0 if boosting else _stays_up(state.components)
        phase = self._phase(state, mean, boosting, known.reaches_orbit)
        if phase == known.phase and not due:
            return []
        changed = phase != known.phase
        known.phase, known.issued = phase, now
        products: list[Product] = [_track(state, now, phase, mean, covariance)]
        settled = state.cutoff_time is not None and state.time - state.cutoff_time >= SETTLING_S
        if phase in ("coast", "reentry", "lost") and (settled or state.event is None) and known.reaches_orbit < 0.9:
            products += self._impact(known, now, phase)
        elif phase in ("boost", "orbit"):
            known.impact_time = None
            products += _powered_impact(state, now) if phase == "boost" and self._powered_falls else []
        products += self._assessment(known, now, boosting, changed)
        if phase == "lost" and state.event is None:
            # Nothing more will be said of it; the states of days of satellites and aircraft must not add up.
            del self._known[state.object]
        return products

    def _phase(self, state: ObjectState, mean: Vector, boosting: bool, reaches_orbit: float) -> Phase:
        if state.lost:
            return "lost"
        if boosting:
            return "boost"
        if reaches_orbit > 0.9:
            return "orbit"
        _, _, height_m = ecef_to_geodetic(mean[:3])
        descending = float(mean[:3] @ mean[3:6]) < 0.0
        return "reentry" if descending and height_m < REENTRY_TOP_M else "coast"

    def _impact(self, known: _Known, now: float, phase: Phase) -> list[Product]:
        state = known.state
        fall = _fall(state)
        if fall is None:
            return []
        ellipse = ellipse_90(_doubt(state) ** 2 * fall.covariance[:2, :2] + np.eye(2) * IMPACT_FLOOR_M**2)
        if ellipse.semi_major_m > WIDEST_M:
            return []
        known.impact_time = state.time + fall.time
        known.impact_sigma_s = math.sqrt(float(fall.covariance[2, 2]))
        return [_impact_product(state, now, phase, fall, ellipse)] if state.event is not None else []

    def _assessment(self, known: _Known, now: float, boosting: bool, changed: bool) -> list[Product]:
        state = known.state
        heaviest = state.components[0]
        if state.role == "vehicle":
            launched = state.launch_time
            end = state.cutoff_time if state.cutoff_time is not None else state.time
            burn_s = max(end - launched, 1.0) if launched is not None else None
            if not boosting and known.phase in ("coast", "orbit"):
                known.best_range_m = best_range_m(heaviest.state, burn_s)
            orbit = known.reaches_orbit
            classes = vehicle_classes(known.best_range_m, burn_s, boosting, state.stages_dropped, orbit)
            if boosting:
                known.reaches_orbit = 0.8 * classes["space-launch"]
        else:
            classes = other_classes(state.role, known.reaches_orbit)
        moved = known.classes is None or max(abs(classes[n] - known.classes[n]) for n in classes) > ASSESSMENT_CHANGE
        known.cut_off = known.cut_off or state.cutoff_time is not None
        climbing = known.cut_off and float(heaviest.state[:3] @ heaviest.state[3:6]) > 0.0
        period_s = CLIMB_ASSESSMENT_PERIOD_S if climbing and state.role == "vehicle" else ASSESSMENT_PERIOD_S
        if not (changed or moved or now - known.assessed >= period_s - 1e-6):
            return []
        known.assessed, known.classes = now, classes
        apogee = None
        if climbing and known.phase in ("boost", "coast"):
            apogee = predict_apogee(heaviest.state, _widened(heaviest, state.ballistic))
        return [_assessment(state, now, classes, known.reaches_orbit, apogee)]

    def _down(self, known: _Known, now: float) -> Product:
        state = known.state
        assert known.impact_time is not None
        known.phase, known.issued = "down", now
        coasting = [c for c in state.components if not c.burning] or list(state.components)
        elapsed = min(known.impact_time, now) - state.time
        points = np.concatenate([sigma_points(c.state, c.covariance) for c in coasting[:1]])
        flown = np.array([propagate(point[:6].copy(), float(point[6]), elapsed) for point in points])
        mean = flown.mean(axis=0)
        covariance = (flown - mean).T @ (flown - mean) / len(flown)
        return _track(state, now, "down", mean, covariance, min(known.impact_time, now))


def _fall(state: ObjectState) -> Fall | None:
    weights, states, covariances = [], [], []
    for component in state.components:
        if component.weight < NEGLIGIBLE:
            continue
        weights.append(component.weight)
        states.append(component.state)
        covariances.append(_widened(component, state.ballistic))
    return predict_fall(weights, states, covariances)


def _doubt(state: ObjectState) -> float:
    """How much wider an impact region is than the covariance of the fall says."""
    doubt, heaviest = 1.0, state.components[0]
    if state.event is not None and state.cutoff_time is not None:
        doubt += YOUNG_DOUBT * math.exp(-max(state.time - state.cutoff_time, 0.0) / YOUNG_DOUBT_S)
    if state.role == "vehicle" and not heaviest.burning:
        doubt += HEAVY_DRAG_DOUBT * max(HEAVY_DRAG_LOG_BETA - float(heaviest.state[6]), 0.0)
    return doubt


def _powered_impact(state: ObjectState, now: float) -> list[Product]:
    """Where a vehicle may come down whose motor still burns, if that says anything."""
    if state.role != "vehicle" or state.event is None or state.launch_time is None:
        return []
    burning = max((c for c in state.components if c.burning), key=lambda c: c.weight)
    burnt_s = max(state.time - state.launch_time, 1.0)
    fall = predict_powered_fall(burning.state, burning.covariance, burnt_s, state.stages_dropped)
    if fall is None:
        return []
    ellipse = ellipse_90(fall.covariance[:2, :2])
    return [_impact_product(state, now, "boost", fall, ellipse)] if ellipse.semi_major_m <= WIDEST_M else []


def _impact_product(state: ObjectState, now: float, phase: Phase, fall: Fall, ellipse: Ellipse) -> ImpactProduct:
    return ImpactProduct(
        state.object,
        state.event,
        phase,
        now,
        state.time + fall.time,
        math.sqrt(float(fall.covariance[2, 2])),
        math.degrees(fall.latitude),
        math.degrees(fall.longitude),
        ellipse,
    )


def _widened(component: Component, ballistic: bool) -> Matrix:
    """Covariance (13, 13) of a component; where it does not fly as it should, with what may go on for a while."""
    covariance = component.covariance
    if component.burning or not ballistic:
        thrust = float(np.linalg.norm(component.state[7:10])) if component.burning else 0.0
        push = max(thrust, 5.0) * BREACH_S
        covariance = covariance.copy()
        covariance[3:6, 3:6] += np.eye(3) * push**2 / 3.0
    return covariance


def _moments(components: tuple[Component, ...]) -> tuple[Vector, Matrix]:
    """Mean (6,) and covariance (6, 6) of a mixture's position and velocity."""
    if len(components) == 1:
        return components[0].state[:6], components[0].covariance[:6, :6]
    mean = np.sum([c.weight * c.state[:6] for c in components], axis=0)
    covariance = np.zeros((6, 6))
    for c in components:
        off = c.state[:6] - mean
        covariance += c.weight * (c.covariance[:6, :6] + np.outer(off, off))
    return mean, covariance


def _parts(state: ObjectState, phase: Phase) -> bool:
    """Whether its motor ended so lately that what is not known of the parting is most of what is not known of it."""
    return phase in ("coast", "lost") and state.cutoff_time is not None and state.time - state.cutoff_time <= PARTING_S


def _parting(components: tuple[Component, ...], mean: Vector) -> Parting | None:
    """How position and velocity, of this mean (6,), hang on how vehicle and stage part; None where none part.

    Moments of the mixture. What burns tells nothing of a parting, and has it as the others do.
    """
    coasting = [c for c in components if not c.burning]
    if not coasting or not all(c.covariance[PARTING, PARTING].any() for c in coasting):
        return None
    total = sum(c.weight for c in coasting)
    velocity = np.sum([c.weight / total * c.state[PARTING] for c in coasting], axis=0)
    covariance, cross = np.zeros((3, 3)), np.zeros((6, 3))
    for c in coasting:
        off = c.state[PARTING] - velocity
        covariance += c.weight / total * (c.covariance[PARTING, PARTING] + np.outer(off, off))
        cross += c.weight * (c.covariance[MOTION, PARTING] + np.outer(c.state[MOTION] - mean, off))
    x, y, z = velocity.tolist()
    return Parting((x, y, z), covariance[UPPER_TRIANGLE_OF_PARTING].tolist(), cross.ravel().tolist())


def _stays_up(components: tuple[Component, ...]) -> float:
    return sum(c.weight * stays_up(c.state, c.covariance) for c in components if not c.burning)


def _track(
    state: ObjectState, now: float, phase: Phase, mean: Vector, covariance: Matrix, time: float | None = None
) -> TrackProduct:
    x, y, z, vx, vy, vz = (float(value) for value in mean)
    return TrackProduct(
        state.object,
        state.event,
        now,
        state.time if time is None else time,
        phase,
        (x, y, z),
        (vx, vy, vz),
        covariance[UPPER_TRIANGLE].tolist(),
        state.ballistic,
        state.cutoff_time,
        biased=state.biased,
        parting=_parting(state.components, mean) if _parts(state, phase) else None,
    )


def _assessment(
    state: ObjectState, now: float, classes: dict[str, float], reaches_orbit: float, apogee: Apogee | None
) -> AssessmentProduct:
    return AssessmentProduct(
        state.object,
        state.event,
        now,
        classes,
        reaches_orbit,
        apogee.height_m if apogee else None,
        apogee.sigma_m if apogee else None,
        state.time + apogee.time if apogee else None,
    )
