"""How good the predicted impacts of payloads are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

import msgspec
import numpy as np

from nadhir.exercise.bound import MILESTONES_S
from nadhir.exercise.score_input import Case, TrueBody
from nadhir.exercise.score_match import ellipse_distance_squared, great_circle_km
from nadhir.model import ImpactProduct

RMS_TO_ELLIPSE = 2.146
"""Semi-major axis of a circle that holds 0.9 of a two-dimensional Gaussian, in its sigma: it sets an ellipse beside a
bound."""
SAMPLE_S = 10.0


class Prediction(msgspec.Struct, frozen=True):
    """The newest prediction of an impact at some time after burnout."""

    error_km: float
    time_error_s: float
    major_km: float
    bound_km: float | None = None

    @property
    def error_over_bound(self) -> float | None:
        return self.error_km / self.bound_km if self.bound_km else None

    @property
    def ellipse_over_bound(self) -> float | None:
        return self.major_km / (RMS_TO_ELLIPSE * self.bound_km) if self.bound_km else None


class PayloadRow(msgspec.Struct, frozen=True):
    """Predictions of one payload's impact, by seconds after burnout."""

    first_after_burnout_s: float | None
    at: dict[int, Prediction]


class Milestone(msgspec.Struct, frozen=True, omit_defaults=True):
    """Predictions of all payloads at one time after burnout. The share within 1.5 bounds and 500 m is of those due."""

    n: int
    median_km: float
    worst_km: float
    median_error_over_bound: float | None = None
    median_ellipse_over_bound: float | None = None
    within_1_5_bounds_and_500_m: float | None = None


class ImpactScore(msgspec.Struct, frozen=True):
    """Predicted impacts. Coverage is the share of 90 % ellipses, one each ten seconds, that held the true point;
    `inside_at` counts those at the milestones (held, of)."""

    payloads: int
    predicted: int
    coverage_90: float | None
    samples: int
    coverage_90_in_boost: float | None
    samples_in_boost: int
    inside_at: dict[int, tuple[int, int]]
    at: dict[int, Milestone]


def newest_prediction(
    family: Mapping[str, list[ImpactProduct]], payload: TrueBody, time: float
) -> ImpactProduct | None:
    """Of the newest prediction of each object of a launch the one nearest the payload's true impact.

    Right after separation nobody can say which of the two objects is the payload: either prediction warns the same
    people. None before the first, and once it is down.
    """
    impact = payload.impact
    if impact is None or time >= impact.time:
        return None
    newest = [said[-1] for predictions in family.values() if (said := [p for p in predictions if p.issued <= time])]
    return min(newest, key=lambda prediction: great_circle_km(prediction, impact), default=None)


def predictions_by_launch(case: Case, matched: Mapping[str, str | None]) -> dict[str, dict[str, list[ImpactProduct]]]:
    """Impact products of each launch, by object, in the order of issue."""
    families: dict[str, dict[str, list[ImpactProduct]]] = defaultdict(lambda: defaultdict(list))
    for product in case.products:
        if isinstance(product, ImpactProduct) and (body := matched.get(product.object)):
            families[body.split("/")[0]][product.object].append(product)
    return families


def score_impacts(
    case: Case, matched: Mapping[str, str | None], bounds: Mapping[str, dict[int, float]]
) -> tuple[ImpactScore, dict[str, PayloadRow]]:
    """Score the predicted impacts, in all and for each payload that came down."""
    families = predictions_by_launch(case, matched)
    rows: dict[str, PayloadRow] = {}
    held: dict[int, list[bool]] = {milestone: [] for milestone in MILESTONES_S}
    coasting: list[bool] = []
    boosting: list[bool] = []
    for payload in case.payloads:
        if payload.impact is None:
            continue
        family = families.get(payload.launch or "", {})
        at = {}
        for milestone in MILESTONES_S:
            if prediction := newest_prediction(family, payload, payload.burnout + milestone):
                held[milestone].append(ellipse_distance_squared(prediction, payload.impact) <= 1.0)
                at[milestone] = Prediction(
                    error_km=great_circle_km(prediction, payload.impact),
                    time_error_s=prediction.time - payload.impact.time,
                    major_km=prediction.ellipse_90.semi_major_m / 1e3,
                    bound_km=bounds[payload.object].get(milestone),
                )
        own = [p for name, said in family.items() if matched[name] == payload.object for p in said]
        own.sort(key=lambda prediction: prediction.issued)
        last = -np.inf
        for prediction in own:
            if prediction.issued - last >= SAMPLE_S and prediction.issued < payload.impact.time:
                last = prediction.issued
                inside = ellipse_distance_squared(prediction, payload.impact) <= 1.0
                (coasting if prediction.issued > payload.burnout + 1 else boosting).append(inside)
        delays = [p.issued - payload.burnout for p in own if p.issued >= payload.burnout]
        rows[payload.object] = PayloadRow(min(delays, default=None), at)
    score = ImpactScore(
        payloads=len(rows),
        predicted=sum(row.first_after_burnout_s is not None for row in rows.values()),
        coverage_90=float(np.mean(coasting)) if coasting else None,
        samples=len(coasting),
        coverage_90_in_boost=float(np.mean(boosting)) if boosting else None,
        samples_in_boost=len(boosting),
        inside_at={milestone: (sum(inside), len(inside)) for milestone, inside in held.items()},
        at=_milestones(case, rows, bounds),
    )
    return score, rows


def _milestones(
    case: Case, rows: Mapping[str, PayloadRow], bounds: Mapping[str, dict[int, float]]
) -> dict[int, Milestone]:
    milestones = {}
    for milestone in MILESTONES_S:
        predictions = [row.at[milestone] for row in rows.values() if milestone in row.at]
        if not predictions:
            continue
        errors = [prediction.error_km for prediction in predictions]
        summary = Milestone(len(errors), round(float(np.median(errors)), 2), round(max(errors), 2))
        bounded = [(p.error_km, p.major_km, p.bound_km) for p in predictions if p.bound_km]
        if bounded:
            error, major, bound = np.array(bounded).T
            due = sum(
                bool(bounds[body.object]) and body.burnout + milestone < body.impact.time
                for body in case.payloads
                if body.impact
            )
            summary = msgspec.structs.replace(
                summary,
                median_error_over_bound=round(float(np.median(error / bound)), 2),
                median_ellipse_over_bound=round(float(np.median(major / (RMS_TO_ELLIPSE * bound))), 2),
                within_1_5_bounds_and_500_m=round(int(np.sum(error <= 1.5 * bound + 0.5)) / due, 3),
            )
        milestones[milestone] = summary
    return milestones
