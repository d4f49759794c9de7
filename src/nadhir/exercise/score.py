"""Judge the products of a run against a scenario's truth.

The figures are those of the format's public judge, under the same names in `as_json`; GOSPA and bounds are added here.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from nadhir.exercise.bound import payload_bounds_km
from nadhir.exercise.gospa import GospaScore, gospa_over_time
from nadhir.exercise.score_impacts import ImpactScore, PayloadRow, score_impacts
from nadhir.exercise.score_input import Case, TrueBody, WarningProduct, read_case, state_at
from nadhir.exercise.score_launches import LaunchScore, score_launches
from nadhir.exercise.score_match import match_objects
from nadhir.model import AssessmentProduct, TrackProduct

NEES_95 = (1.24, 14.45)
"""Central 95 % of the chi-squared distribution with six degrees of freedom."""
CLASS_AFTER_BURNOUT_S = 60.0
SURE_OF_ORBIT = 0.9
CLASS_OF_KIND = {
    "SRBM": "short-range",
    "MRBM": "medium-range",
    "IRBM": "intermediate-range",
    "ICBM": "intercontinental",
    "ICBM-solid": "intercontinental",
    "SLV": "space-launch",
    "satellite": "satellite",
    "other": "other",
}


class TrackScore(msgspec.Struct, frozen=True):
    """Tracks: how many follow a true body, how far they are from it, and whether their covariance says so.

    NEES is the squared error of a six-dimensional state in its own covariance.
    """

    objects: int
    on_truth: int
    truth_seen: int
    truth_bodies: int
    ids_per_payload: dict[str, int]
    median_position_m: float | None
    nees_median: float | None
    nees_inside_95: float | None


class ClassScore(msgspec.Struct, frozen=True):
    """What was said of each payload 60 s after its burnout: its class, and whether it stays in orbit."""

    payloads: int
    class_right_60_s_after_burnout: int
    orbit_right_60_s_after_burnout: int


class OrbitScore(msgspec.Struct, frozen=True):
    """Bodies that reach orbit, and how many of them an impact alert named."""

    objects: int
    alerted: int


class Told(msgspec.Struct, frozen=True):
    """What the people of the area where a payload comes down were told."""

    area: str
    first_after_launch_s: float | None
    before_impact_s: float | None
    areas_in_first_alert: int
    ever_alerted: int
    areas_at_the_end: int
    probability_at_the_end: float


class Score(msgspec.Struct, frozen=True, rename={"classes": "class"}):
    """All figures of one run; `table` has the predictions of each payload's impact."""

    scenario: str
    products: dict[str, int]
    launches: LaunchScore
    tracks: TrackScore
    impacts: ImpactScore
    classes: ClassScore
    orbits: OrbitScore
    warnings: dict[str, int]
    warnings_not_ended: int
    told: dict[str, Told]
    gospa: GospaScore | None
    table: dict[str, PayloadRow]


def score(folder: Path, products: Path) -> Score:
    """Judge `products` (a `products.jsonl` or the folder that holds it) against the truth of a scenario folder.

    Raises UnreadableError where either cannot be read.
    """
    case = read_case(folder, products)
    return score_case(case, match_objects(case.products, case.states), payload_bounds_km(case))


def score_case(case: Case, matched: Mapping[str, str | None], bounds_km: Mapping[str, dict[int, float]]) -> Score:
    """Judge a case whose objects are matched to bodies, with the bound of each payload by seconds after burnout."""
    impacts, table = score_impacts(case, matched, bounds_km)
    warnings = [product for product in case.products if isinstance(product, WarningProduct)]
    return Score(
        scenario=case.name,
        products=dict(Counter(str(product.__struct_config__.tag) for product in case.products)),
        launches=score_launches(case),
        tracks=_score_tracks(case, matched),
        impacts=impacts,
        classes=_score_classes(case, matched),
        orbits=_score_orbits(case, matched, warnings),
        warnings=dict(Counter(warning.status for warning in warnings)),
        warnings_not_ended=_not_ended(case, warnings),
        told={
            body.object: _told(body.area, body.start, body.impact.time, warnings)
            for body in case.bodies
            if body.area and body.impact
        },
        gospa=gospa_over_time(
            (product for product in case.products if isinstance(product, TrackProduct)), case.states, case.sensors
        ),
        table=table,
    )


def as_json(score: Score) -> dict[str, Any]:
    """The score in plain types, each milestone of the impacts as `at_30s` beside the other impact figures."""
    plain: dict[str, Any] = msgspec.to_builtins(score, str_keys=True)
    milestones = plain["impacts"].pop("at")
    plain["impacts"] |= {f"at_{after_s}s": milestone for after_s, milestone in milestones.items()}
    return plain


def normalised_error_squared(track: TrackProduct, true_state: np.ndarray[Any, np.dtype[np.float64]]) -> float:
    """NEES of a track product against the true state (6,); infinite where its covariance is singular."""
    upper = np.zeros((6, 6))
    upper[np.triu_indices(6)] = track.covariance
    error = np.concatenate([track.position_m, track.velocity_mps]) - true_state
    try:
        return float(error @ np.linalg.solve(upper + np.triu(upper, 1).T, error))
    except np.linalg.LinAlgError:
        return float("inf")


def _score_tracks(case: Case, matched: Mapping[str, str | None]) -> TrackScore:
    distances_m, nees = [], []
    for track in case.products:
        if not isinstance(track, TrackProduct) or (body := matched[track.object]) is None:
            continue
        flown = case.states[body]
        if flown[0, 0] <= track.time <= flown[-1, 0]:
            true = state_at(flown, track.time)
            distances_m.append(float(np.linalg.norm(np.array(track.position_m) - true[:3])))
            nees.append(normalised_error_squared(track, true))
    bodies = [body for body in matched.values() if body]
    return TrackScore(
        objects=len(matched),
        on_truth=len(bodies),
        truth_seen=len(set(bodies)),
        truth_bodies=len(case.states),
        ids_per_payload=dict(Counter(body for body in bodies if body.endswith("payload"))),
        median_position_m=float(np.median(distances_m)) if distances_m else None,
        nees_median=float(np.median(nees)) if nees else None,
        nees_inside_95=float(np.mean([NEES_95[0] <= value <= NEES_95[1] for value in nees])) if nees else None,
    )


def assessments_by_body(case: Case, matched: Mapping[str, str | None]) -> dict[str, list[AssessmentProduct]]:
    """Assessments of each true body, in the order of the file."""
    said: dict[str, list[AssessmentProduct]] = defaultdict(list)
    for product in case.products:
        if isinstance(product, AssessmentProduct) and (body := matched.get(product.object)):
            said[body].append(product)
    return said


def newest_assessment(said: list[AssessmentProduct], payload: TrueBody) -> AssessmentProduct | None:
    """The assessment that stands 60 s after burnout, or None."""
    by_then = [product for product in said if product.issued <= payload.burnout + CLASS_AFTER_BURNOUT_S]
    return by_then[-1] if by_then else None


def likeliest_class(assessment: AssessmentProduct) -> str:
    """The class with the greatest probability."""
    return max(assessment.classes, key=assessment.classes.__getitem__)


def _score_classes(case: Case, matched: Mapping[str, str | None]) -> ClassScore:
    said = assessments_by_body(case, matched)
    assessed = [body for body in case.payloads if body.object in said]
    newest = [(body, newest_assessment(said[body.object], body)) for body in assessed]
    return ClassScore(
        payloads=len(assessed),
        class_right_60_s_after_burnout=sum(
            last is not None and likeliest_class(last) == CLASS_OF_KIND.get(body.kind) for body, last in newest
        ),
        orbit_right_60_s_after_burnout=sum(
            last is not None and (last.reaches_orbit > SURE_OF_ORBIT) == (body.fate == "orbit") for body, last in newest
        ),
    )


def _alerts(warnings: list[WarningProduct]) -> list[WarningProduct]:
    return [w for w in warnings if w.status in ("alert", "update") and w.hazard == "impact"]


def _score_orbits(case: Case, matched: Mapping[str, str | None], warnings: list[WarningProduct]) -> OrbitScore:
    up = {body.object for body in case.bodies if body.fate == "orbit"}
    named = {name for warning in _alerts(warnings) for name in warning.objects}
    return OrbitScore(objects=len(up), alerted=sum(matched.get(name) in up for name in named))


def _not_ended(case: Case, warnings: list[WarningProduct]) -> int:
    """Warnings without an end, but for those of impacts on land: only a person clears these."""
    ended = {warning.warning for warning in warnings if warning.status in ("all-clear", "cancel")}
    return len({warning.warning for warning in warnings} - ended) - sum(bool(body.area) for body in case.bodies)


def _told(area_code: str, start: float, impact_time: float, warnings: list[WarningProduct]) -> Told:
    alerts = _alerts(warnings)
    own = [alert for alert in alerts if any(area.code == area_code for area in alert.areas)]
    last = [alert for alert in alerts if alert.issued < impact_time][-1:]
    return Told(
        area=area_code,
        first_after_launch_s=own[0].issued - start if own else None,
        before_impact_s=impact_time - own[0].issued if own else None,
        areas_in_first_alert=len(alerts[0].areas) if alerts else 0,
        ever_alerted=len({area.code for alert in alerts for area in alert.areas}),
        areas_at_the_end=len(last[0].areas) if last else 0,
        probability_at_the_end=max(
            (area.probability for alert in last for area in alert.areas if area.code == area_code), default=0.0
        ),
    )
