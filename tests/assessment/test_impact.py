"""Where an object comes down: the ellipse against falls drawn at random from all that is unknown."""

from __future__ import annotations

import math

import numpy as np
import pytest

from nadhir.assessment import predict_fall
from nadhir.assessment.impact import LIFT_LIMIT
from nadhir.geo import east_north_up, fall, propagate
from nadhir.geo.earth import Matrix, Vector

BURNOUT = np.array([-3132169.104, 3772715.921, 4219509.656, -2483.336, -138.044, 1050.708])
"""100 km up, at the burnout of a flight of 1,000 km."""
LOG_BETA = math.log(6000.0)


def unknown(position_m: float, velocity_mps: float, log_beta_sigma: float) -> Matrix:
    return np.diag([position_m**2] * 3 + [velocity_mps**2] * 3 + [log_beta_sigma**2])


def falls_about(state: Vector, covariance: Matrix, latitude: float, longitude: float) -> Matrix:
    """Falls (600, 2) in m east and north of that of the state itself."""
    drawn = np.random.default_rng(5).multivariate_normal(state, covariance, 600)
    places = np.array([fall(one[:6], one[6])[2][:3] for one in drawn])
    return np.asarray(((places - fall(state[:6], state[6])[2][:3]) @ east_north_up(latitude, longitude).T)[:, :2])


@pytest.mark.parametrize("sigmas", [(20.0, 0.5, 0.5), (20.0, 0.5, 0.3), (300.0, 20.0, 0.5), (20.0, 2.0, 0.05)])
def test_an_ellipse_holds_nine_of_ten_falls_and_is_no_larger_than_it_must(sigmas: tuple[float, float, float]) -> None:
    state, covariance = np.append(BURNOUT, LOG_BETA), unknown(*sigmas)
    predicted = predict_fall([1.0], [state], [covariance])
    assert predicted is not None
    flown = falls_about(state, covariance, predicted.latitude, predicted.longitude)
    ellipse = predicted.covariance[:2, :2]
    squared = np.einsum("ni,ij,nj->n", flown, np.linalg.inv(ellipse), flown)
    assert 0.86 < np.mean(squared < -2.0 * math.log(0.1)) < 0.96
    largest, true = (math.sqrt(np.linalg.eigvalsh(one)[-1]) for one in (ellipse, flown.T @ flown / len(flown)))
    assert largest == pytest.approx(true, rel=0.15)


def test_what_the_motion_tells_of_the_drag_counts() -> None:
    """A faster object with more drag comes down nearer to where it would: the two are not independent any more."""
    state, covariance = np.append(BURNOUT, LOG_BETA), unknown(20.0, 1.0, 0.5)
    apart = predict_fall([1.0], [state], [covariance])
    covariance[3:6, 6] = covariance[6, 3:6] = -0.9 * 0.5 / math.sqrt(3.0) * BURNOUT[3:6] / np.linalg.norm(BURNOUT[3:6])
    together = predict_fall([1.0], [state], [covariance])
    assert apart is not None
    assert together is not None
    assert np.linalg.det(together.covariance[:2, :2]) < 0.9 * np.linalg.det(apart.covariance[:2, :2])


def test_a_mixture_is_as_wide_as_what_it_is_of() -> None:
    other = BURNOUT.copy()
    other[3:6] *= 1.05
    states = [np.append(one, LOG_BETA) for one in (BURNOUT, other)]
    covariance = unknown(10.0, 0.1, 0.01)
    alone = [fall(state[:6], state[6])[2][:3] for state in states]
    predicted = predict_fall([0.5, 0.5], states, [covariance, covariance])
    assert predicted is not None
    apart_m = float(np.linalg.norm(alone[1] - alone[0]))
    assert math.sqrt(np.linalg.eigvalsh(predicted.covariance[:2, :2])[-1]) == pytest.approx(0.5 * apart_m, rel=0.02)


def test_what_stays_up_has_no_impact() -> None:
    orbit = np.array([6778e3, 0.0, 0.0, 0.0, 7180.0, 0.0, LOG_BETA])
    assert predict_fall([1.0], [orbit], [unknown(10.0, 0.1, 0.3)]) is None
    falling = np.append(BURNOUT, LOG_BETA)
    mixed = predict_fall([0.4, 0.6], [orbit, falling], [unknown(10.0, 0.1, 0.3)] * 2)
    assert mixed is not None
    assert mixed.share == pytest.approx(0.6)


def test_lift_is_thought_of_once_the_air_acts_and_not_before() -> None:
    """Lift of one sigma moves a fall as far as its part of the region says, up to its greatest acceleration."""
    high, low = (propagate(np.append(BURNOUT, LOG_BETA), LOG_BETA, after_s) for after_s in (200.0, 465.0))
    known = unknown(1.0, 0.01, 0.001)
    falls = [predict_fall([1.0], [np.append(state, LOG_BETA)], [known]) for state in (high, low)]
    assert all(one is not None and one.time > 10.0 for one in falls)
    widths = [math.sqrt(np.linalg.eigvalsh(one.covariance[:2, :2])[0]) for one in falls if one is not None]
    assert widths[0] < 30.0
    longest = 0.5 * LIFT_LIMIT * falls[1].time ** 2  # type: ignore[union-attr]
    assert 0.1 * longest < widths[1] < longest
