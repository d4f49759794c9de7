"""How far off impacts are from each owner's sensors alone, from owners' tracks together, and from all detections."""

from __future__ import annotations

import heapq
import math
import os
from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np
from msgspec.structs import replace

from nadhir.assessment import Assessor
from nadhir.assessment.fusion import Fusion, estimate_of
from nadhir.exercise.score_input import Case, TrueBody, UnreadableError, read_case, state_at
from nadhir.exercise.score_match import ellipse_distance_squared, great_circle_km, match_objects
from nadhir.model import AssessmentProduct, Detection, ImpactProduct, Product, TrackProduct
from nadhir.sensors import Intake, Rejection, detections_file, read_lines, read_sensors
from nadhir.tracks import Tracker

AGES_S = (10, 30, 60, 120)
AROUND = 0.2
"""Impacts issued within so large a part of an age count for it."""
NEES_FROM_S, NEES_TO_S = 10.0, 150.0
SHARED, ALL = "shared tracks", "all detections"

Issued = list[tuple[float, Product]]


class Errors(msgspec.Struct, frozen=True):
    """Of one contestant over all payloads: median error of impacts (km) by seconds after burnout, the share of 90 %
    ellipses that held the true place, and the median normalised squared error of tracks in free flight (5.3 where they
    are honest). Medians, since one stray track of an owner would hide all others."""

    contestant: str
    error_km: dict[int, float]
    inside: float
    nees: float
    impacts: int


def bench_fusion(folders: list[Path]) -> list[Errors]:
    """Measure scenarios that have a truth. Raises UnreadableError or ScenarioError where one cannot be read."""
    parts: dict[str, list[_Part]] = {}
    for folder in folders:
        case = read_case(folder, Path(os.devnull))
        for contestant, issued in _contestants(folder):
            parts.setdefault(contestant, []).append(_judge(case, [product for _, product in issued]))
    if not any(part.errors for part in parts[ALL]):
        raise UnreadableError("no payload of these scenarios has an impact after its burnout; give others")
    return [_together(contestant, found) for contestant, found in parts.items()]


def shared_over_all(errors: list[Errors]) -> dict[int, float]:
    """By seconds after burnout: error of the shared tracks over that of all detections."""
    by_name = {one.contestant: one.error_km for one in errors}
    return {age: by_name[SHARED][age] / km for age, km in by_name[ALL].items() if age in by_name[SHARED]}


class _Part(msgspec.Struct, frozen=True):
    errors: list[tuple[int, float]]
    inside: list[bool]
    nees: list[float]


def _contestants(folder: Path) -> Iterator[tuple[str, Issued]]:
    sensors = read_sensors(folder)
    intake = Intake(sensors)
    accepted = [intake.accept(line) for line in read_lines(detections_file(folder))]
    detections = [one for one in accepted if not isinstance(one, Rejection)]
    alone = {}
    for owner in sorted({sensor.owner for sensor in sensors}):
        own = {sensor.id for sensor in sensors if sensor.owner == owner}
        tracker = Tracker([sensor for sensor in sensors if sensor.id in own])
        alone[owner] = list(_run(tracker, [one for one in detections if one.sensor in own]))
        yield f"{owner} alone", alone[owner]
    yield SHARED, _shared(alone)
    yield ALL, list(_run(Tracker(sensors), detections))


def _run(tracker: Tracker, detections: list[Detection]) -> Iterator[tuple[float, Product]]:
    """Products of a tracker and an assessor as a node runs them, with the node's time."""
    assessor = Assessor(powered_falls=False)
    now = -math.inf
    for detection in detections:
        while math.isfinite(now) and math.floor(now) + 1.0 <= detection.received:
            now = math.floor(now) + 1.0
            for message in tracker.tick(now):
                yield from ((now, product) for product in assessor.assess(message, now))
            yield from ((now, product) for product in assessor.tick(now))
        now = max(now, detection.received)
        for message in tracker.receive(detection):
            yield from ((now, product) for product in assessor.assess(message, now))


def _shared(alone: dict[str, Issued]) -> Issued:
    """What one node makes of all owners' products, without their detections."""
    fusion = Fusion()
    shared: Issued = []
    streams = ([(now, owner, product) for now, product in issued] for owner, issued in alone.items())
    before = math.inf
    for now, owner, product in heapq.merge(*streams, key=lambda one: one[:2]):
        for second in range(math.ceil(before), math.floor(now) + 1) if before < now else ():
            shared += [(second, one) for one in fusion.tick(second)]
        before = now
        told = replace(product, owners=(owner,)) if isinstance(product, TrackProduct) else product
        shared += [(now, one) for one in fusion.take(owner, told, now)]
    return shared


def _judge(case: Case, products: list[Product]) -> _Part:
    """What is told of a payload is what is told of the objects that follow its launch and are held for the vehicle."""
    errors, inside, nees = [], [], []
    launches = {body.object: body.launch for body in case.bodies}
    for body in case.payloads:
        # What an object is, is asked of the time that is judged: later it may be lost, or taken for its stage.
        judged = [p for p in products if 0.0 <= p.issued - body.burnout <= NEES_TO_S]
        matched = match_objects(judged, case.states)  # type: ignore[arg-type]
        followed = {name for name, near in matched.items() if near is not None and launches[near] == body.launch}
        stages: set[str] = set()
        for product in products:
            if isinstance(product, AssessmentProduct) and product.issued - body.burnout <= NEES_TO_S:
                held = stages.add if product.classes.get("spent-stage", 0.0) > 0.5 else stages.discard
                held(product.object)
            if not isinstance(product, TrackProduct | ImpactProduct) or product.object not in followed - stages:
                continue
            if not 0.0 <= product.issued - body.burnout <= NEES_TO_S:
                continue
            if isinstance(product, ImpactProduct) and body.impact is not None:
                ages = _ages(product.issued - body.burnout)
                if ages:
                    errors += [(age, great_circle_km(product, body.impact)) for age in ages]
                    inside.append(ellipse_distance_squared(product, body.impact) <= 1.0)
            elif isinstance(product, TrackProduct) and _is_judged(product, body):
                estimate = estimate_of(product)
                error = estimate.mean - state_at(case.states[body.object], product.time)
                nees.append(float(error @ np.linalg.solve(estimate.covariance, error)))
    return _Part(errors, inside, nees)


def _ages(age_s: float) -> list[int]:
    return [age for age in AGES_S if abs(age_s - age) <= AROUND * age]


def _is_judged(track: TrackProduct, body: TrueBody) -> bool:
    return track.phase == "coast" and NEES_FROM_S <= track.time - body.burnout <= NEES_TO_S


def _together(contestant: str, parts: list[_Part]) -> Errors:
    errors = [error for part in parts for error in part.errors]
    inside = [one for part in parts for one in part.inside]
    nees = [one for part in parts for one in part.nees]
    by_age = {age: [km for at, km in errors if at == age] for age in AGES_S}
    return Errors(
        contestant,
        {age: float(np.median(found)) for age, found in by_age.items() if found},
        float(np.mean(inside)) if inside else math.nan,
        float(np.median(nees)) if nees else math.nan,
        len(inside),
    )
