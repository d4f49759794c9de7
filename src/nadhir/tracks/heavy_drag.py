"""The supposition, beside the usual one, that a vehicle has far more drag than vehicles have.

Until radars tell vehicle and stage apart, what the air does to the middle between them is as well the stage's doing,
and one Gaussian about the usual coefficients is too far from a fifth of them to be moved there. So where the air acts
at the cutoff, a second coasting component holds that the vehicle has a coefficient like a stage's; the data choose.
"""

from __future__ import annotations

import math

import numpy as np

from nadhir.tracks.layout import (
    COAST_STATES,
    DRAG,
    HELD_BACK,
    STAGE_LOG_BETA,
    VEHICLE_LOG_BETA,
    VEHICLE_LOG_BETA_SIGMA,
)
from nadhir.tracks.mixture import COMPONENTS, Pool, reduce
from nadhir.tracks.parting import HELD_BACK_LOG, HELD_BACK_SIGMA, slowed_by_air_mps

HEAVY_SHARE = 0.005
"""Of vehicles."""
HEAVY_LOG_BETA = math.log(1400.0)
HEAVY_HELD_BACK_LOG = math.log(math.exp(-STAGE_LOG_BETA) - math.exp(-HEAVY_LOG_BETA))
LEAST_SLOWED_MPS = 3.0
"""Where the air holds a stage back by less than this, it does not tell one drag from another."""


def suppose_heavy_drag(pool: Pool, slot: int, component: int) -> None:
    """Add what a vehicle's coasting component, whose cutoff has just become certain, is under that supposition.

    Its priors of the vehicle's coefficient and of what holds the stage back are exchanged for ones as wide about other
    means. That moves all that hangs on them; the evidence so far, by the same exchange, is part of the weight.
    """
    new = int(pool.components[slot])
    state, covariance = pool.state[slot, component], pool.covariance[slot, component]
    if new == COMPONENTS or pool.burning[slot, component] or slowed_by_air_mps(state) < LEAST_SLOWED_MPS:
        return
    of_drag = [DRAG, HELD_BACK]
    sigma = np.array([VEHICLE_LOG_BETA_SIGMA, HELD_BACK_SIGMA])
    moved = np.array([HEAVY_LOG_BETA - VEHICLE_LOG_BETA, HEAVY_HELD_BACK_LOG - HELD_BACK_LOG])
    # Of what holds the stage back hardly anything is known so soon: it stands where its prior put it.
    learnt = np.array([state[DRAG] - VEHICLE_LOG_BETA, 0.0])
    push = moved / sigma**2
    evidence = push @ learnt + 0.5 * (push @ covariance[np.ix_(of_drag, of_drag)] @ push - push @ moved)
    for array in (pool.state, pool.covariance, pool.by_bias, pool.burning, pool.since):
        array[slot, new] = array[slot, component]
    pool.state[slot, new, :COAST_STATES] += covariance[:COAST_STATES, of_drag] @ push
    pool.log_weight[slot, new] = pool.log_weight[slot, component] + math.log(HEAVY_SHARE) + evidence
    pool.components[slot] = new + 1
    reduce(pool, slot)
