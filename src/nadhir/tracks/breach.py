"""Whether a radar's detection that suits no object would be one's if something had pushed it, or one's that is two.

Kernels on the heaviest component alone: what an object does besides is not asked where it may have broken out of it.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from nadhir.geo.earth import Matrix, Vector
from nadhir.tracks.kernels import predict_mean, update
from nadhir.tracks.layout import NO, PARTS, STATES
from nadhir.tracks.mixture import Pool


@njit(cache=True)
def _heaviest_sees(
    pool: Pool, slot: int, time: float, sensor: Vector, measured: Vector, offset: Vector, spread: Matrix
) -> tuple[float, float]:
    """As `likelihood`, of the heaviest component alone, with position and velocity moved by `offset` (6,) and known
    less well by `spread` (6, 6)."""
    best = np.argmax(pool.log_weight[slot, : pool.components[slot]])
    state, covariance = pool.state[slot, best].copy(), pool.covariance[slot, best].copy()
    state[:6] += offset
    covariance[:6, :6] += spread
    none = np.empty((STATES, 0))
    return update(
        state,
        covariance,
        none,
        pool.bias_covariance,
        pool.burning[slot, best],
        pool.time[slot] - time,
        sensor,
        measured,
        NO,
        0.0,
        0.0,
        np.empty((PARTS, len(pool.bias_covariance) + 2)),
    )


@njit(cache=True)
def pushed_likelihood(
    pool: Pool, slot: int, time: float, sensor: Vector, measured: Vector, push: float, since_s: float
) -> tuple[float, float]:
    """As `likelihood` of a radar's detection, if something else than gravity and drag acts on an object since `since_s`
    ago: a constant acceleration of one sigma `push` (m/s²) in each axis."""
    spread = np.zeros((6, 6))
    for i in range(3):
        spread[i, i] = (0.5 * push * since_s**2) ** 2
        spread[3 + i, 3 + i] = (push * since_s) ** 2
        spread[i, 3 + i] = spread[3 + i, i] = 0.5 * push**2 * since_s**3
    return _heaviest_sees(pool, slot, time, sensor, measured, np.zeros(6), spread)


@njit(cache=True)
def squared_between(pool: Pool, slot: int, other: int, time: float, sensor: Vector, measured: Vector) -> float:
    """Squared innovation of a radar's detection that may be of any point between two objects that it cannot tell apart.

    The point is uniform between the two, matched in its first two moments.
    """
    best = np.argmax(pool.log_weight[other, : pool.components[other]])
    partner = pool.state[other, best].copy()
    # Late detections may have left the two at different times.
    predict_mean(partner, pool.burning[other, best], pool.time[slot] - pool.time[other])
    own = pool.state[slot, np.argmax(pool.log_weight[slot, : pool.components[slot]]), :6]
    apart = partner[:6] - own
    spread = np.outer(apart, apart) / 12.0 + pool.covariance[other, best, :6, :6]
    return _heaviest_sees(pool, slot, time, sensor, measured, 0.5 * apart, spread)[1]
