"""What one simulated flight contributes to a calibration: a few samples, so that flights and not scans are counted.

Products of one flight hang together: a thousand of them say little more than one. Each flight therefore gives one
sample at each of a few moments.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec
import numpy as np

from nadhir.exercise.bound import payload_bounds_km
from nadhir.exercise.score import assessments_by_body, likeliest_class, newest_assessment, normalised_error_squared
from nadhir.exercise.score_impacts import newest_prediction, predictions_by_launch
from nadhir.exercise.score_input import Case, TrueBody, read_case, state_at
from nadhir.exercise.score_launches import LaunchReport, report_launches, second_looks
from nadhir.exercise.score_match import ellipse_distance_squared, great_circle_km, match_objects
from nadhir.exercise.score_warnings import score_warnings
from nadhir.geo.areas import default_areas
from nadhir.model import TrackProduct

AFTER_BURNOUT_S = (-20, -10, 5, 10, 20, 30, 60, 120, 300)
BEFORE_IMPACT_S = (60, 20)
FRESH_S = 2.0


def _about_burnout(after_s: int) -> str:
    return f"burnout {'−' if after_s < 0 else '+'} {abs(after_s)} s"


def _before_impact(before_s: int) -> str:
    return f"impact − {before_s} s"


MOMENTS = [*map(_about_burnout, AFTER_BURNOUT_S), *map(_before_impact, BEFORE_IMPACT_S)]
"""Labels of all moments, in the order of a flight."""


class Moment(msgspec.Struct, frozen=True):
    """When a flight is sampled: `after_burnout_s` is null for the moments that count back from impact."""

    label: str
    time: float
    after_burnout_s: int | None


class Sample(msgspec.Struct, frozen=True):
    """A payload at one moment: its predicted impact against the true one, and the NEES of its newest state.

    `distance_squared` is that of the true impact from the predicted one in units of the 90 % ellipse. `breached_s` is
    how long something else than gravity and drag had moved it by then, negative before it did.
    `launch_distance_squared` is that of the true launch place from the newest report of it, in units of its ellipse.
    Fields are null where there was no prediction, no fresh track, no bound, no breach, no report.
    """

    seed: int
    object: str
    kind: str
    moment: str
    after_burnout_s: int | None = None
    phase: str | None = None
    error_km: float | None = None
    time_error_s: float | None = None
    time_sigma_s: float | None = None
    distance_squared: float | None = None
    major_km: float | None = None
    minor_km: float | None = None
    bound_km: float | None = None
    breached_s: float | None = None
    launch_distance_squared: float | None = None
    nees: float | None = None
    track_phase: str | None = None


class Flight(msgspec.Struct, frozen=True):
    """A payload's launch report and assessment. Distances are squared, in units of the 90 % ellipse; `said_class` and
    `reaches_orbit` stood 60 s after burnout."""

    seed: int
    object: str
    kind: str
    fate: str
    reported: bool
    late: bool | None = None
    delay_s: float | None = None
    first_distance_squared: float | None = None
    last_distance_squared: float | None = None
    last_error_km: float | None = None
    last_major_km: float | None = None
    said_class: str | None = None
    reaches_orbit: float | None = None


class Outcome(msgspec.Struct, frozen=True):
    """All that is kept of one seed; `failure` says in one line why there is nothing else.

    Fields of warnings are those of `score_warnings`, the worst of each list; `landfalls_well_told` counts payloads
    whose first alert held the right area and at most eight others, and whose last gave it more than 0.9.
    """

    seed: int
    failure: str | None = None
    false_reports: int = 0
    withdrawn_reports: int = 0
    objects: int = 0
    objects_on_no_body: int = 0
    first_word_s: float | None = None
    alert_delay_s: float | None = None
    end_delay_s: float | None = None
    warnings_open: int = 0
    alert_area_minutes: float = 0.0
    false_alert_area_minutes: float = 0.0
    pre_alert_area_minutes: float = 0.0
    false_pre_alert_area_minutes: float = 0.0
    landfalls: int = 0
    landfalls_well_told: int = 0
    flights: list[Flight] = []
    samples: list[Sample] = []


def outcome_of(seed: int, folder: Path, products: Path) -> Outcome:
    """Judge the products of one seed's scenario folder."""
    case = read_case(folder, products)
    matched = match_objects(case.products, case.states)
    reports, false, withdrawn = report_launches(case, second_looks(case))
    assessments = assessments_by_body(case, matched)
    flights = []
    for body in case.payloads:
        flight = Flight(seed, body.object, body.kind, body.fate, reported=body.launch in reports)
        if (report := reports.get(body.launch or "")) and body.site:
            first, last = report.products[0], report.products[-1]
            flight = msgspec.structs.replace(
                flight,
                late=report.late,
                delay_s=first.issued - body.start,
                first_distance_squared=ellipse_distance_squared(first, body.site),
                last_distance_squared=ellipse_distance_squared(last, body.site),
                last_error_km=great_circle_km(last, body.site),
                last_major_km=last.ellipse_90.semi_major_m / 1e3,
            )
        if assessment := newest_assessment(assessments.get(body.object, []), body):
            flight = msgspec.structs.replace(
                flight, said_class=likeliest_class(assessment), reaches_orbit=assessment.reaches_orbit
            )
        flights.append(flight)
    told = score_warnings(case, default_areas(), products / "explanations.jsonl")
    return Outcome(
        seed,
        false_reports=len(false),
        withdrawn_reports=len(withdrawn),
        objects=len(matched),
        objects_on_no_body=sum(body is None for body in matched.values()),
        first_word_s=max(told.first_word_s, default=None),
        alert_delay_s=max(told.alert_delay_s, default=None),
        end_delay_s=max(told.end_delay_s, default=None),
        warnings_open=told.open,
        alert_area_minutes=told.area_minutes.get("alert", 0.0),
        false_alert_area_minutes=told.false_area_minutes.get("alert", 0.0),
        pre_alert_area_minutes=told.area_minutes.get("pre-alert", 0.0),
        false_pre_alert_area_minutes=told.false_area_minutes.get("pre-alert", 0.0),
        landfalls=len(told.land),
        landfalls_well_told=sum(
            fell.first_alert_holds_it and fell.first_alert_others <= 8 and fell.last_probability > 0.9
            for fell in told.land
        ),
        flights=flights,
        samples=_samples(seed, case, matched, reports),
    )


def moments(body: TrueBody) -> list[Moment]:
    """The moments at which a payload is sampled: about burnout until its impact, and before that since burnout."""
    found = [
        Moment(_about_burnout(after_s), body.burnout + after_s, after_s)
        for after_s in AFTER_BURNOUT_S
        if body.impact is None or body.burnout + after_s < body.impact.time
    ]
    if body.impact:
        found += [
            Moment(_before_impact(before_s), body.impact.time - before_s, None)
            for before_s in BEFORE_IMPACT_S
            if body.impact.time - before_s > body.burnout
        ]
    return found


def _samples(
    seed: int, case: Case, matched: Mapping[str, str | None], reports: Mapping[str, LaunchReport]
) -> list[Sample]:
    families = predictions_by_launch(case, matched)
    bounds = payload_bounds_km(case)
    samples = []
    for body in case.payloads:
        tracks = [
            product
            for product in case.products
            if isinstance(product, TrackProduct) and matched[product.object] == body.object
        ]
        issued = np.array([track.issued for track in tracks])
        family = families.get(body.launch or "", {})
        own = {name: said for name, said in family.items() if matched[name] == body.object}
        report = reports.get(body.launch or "")
        for moment in moments(body):
            breached_s = moment.time - body.breach if body.breach is not None else None
            said = [launch for launch in report.products if launch.issued <= moment.time] if report else []
            placed = ellipse_distance_squared(said[-1], body.site) if said and body.site else None
            sample = Sample(
                seed,
                body.object,
                body.kind,
                moment.label,
                moment.after_burnout_s,
                breached_s=breached_s,
                launch_distance_squared=placed,
            )
            # Before burnout a dropped stage's fall says nothing of the payload's.
            prediction = newest_prediction(own if moment.time < body.burnout else family, body, moment.time)
            if prediction and body.impact:
                bound = bounds[body.object].get(moment.after_burnout_s) if moment.after_burnout_s else None
                sample = msgspec.structs.replace(
                    sample,
                    phase=prediction.phase,
                    error_km=great_circle_km(prediction, body.impact),
                    time_error_s=prediction.time - body.impact.time,
                    time_sigma_s=prediction.time_sigma_s,
                    distance_squared=ellipse_distance_squared(prediction, body.impact),
                    major_km=prediction.ellipse_90.semi_major_m / 1e3,
                    minor_km=prediction.ellipse_90.semi_minor_m / 1e3,
                    bound_km=bound,
                )
            newest = int(np.searchsorted(issued, moment.time, side="right")) - 1
            if newest >= 0 and tracks[newest].time > moment.time - FRESH_S:
                track = tracks[newest]
                true = state_at(case.states[body.object], track.time)
                sample = msgspec.structs.replace(
                    sample, nees=normalised_error_squared(track, true), track_phase=track.phase
                )
            samples.append(sample)
    return samples
