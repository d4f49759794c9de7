"""Whole scans at once for objects that only coast: satellites, and what left its motor long ago.

Such an object has one component, no partner that it may be confused with, and a motor that is not expected to light.
Most of what a radar sees in a crowded sky is of this kind, and costs one call of each of these kernels a scan.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from nadhir.geo.earth import Matrix, Vector
from nadhir.tracks.kernels import predict
from nadhir.tracks.mixture import Pool, absorb, likelihood


@njit(cache=True)
def score(
    pool: Pool,
    slots: NDArray[np.int64],
    rows: NDArray[np.int64],
    time: float,
    sensor: Vector,
    measured: Matrix,
    infrared: bool,
    base: float,
    gate_squared: float,
    starts: NDArray[np.int64],
    columns: NDArray[np.int64],
    scores: Vector,
    allowed: NDArray[np.bool_],
) -> None:
    """Predict the objects of `rows` to `time` and weigh the detections (m, 4) in their coarse gate (see `GatedPairs`).

    `slots` are of all rows of the gate; `scores` and `allowed` (k,) take the gain over clutter where it is positive.
    """
    for row in rows:
        slot = slots[row]
        interval = time - pool.time[slot]
        if interval > 0.0:
            predict(
                pool.state[slot, 0],
                pool.covariance[slot, 0],
                pool.by_bias[slot, 0],
                pool.burning[slot, 0],
                interval,
                1e9,
            )
            pool.time[slot] = time
        for pair in range(starts[row], starts[row + 1]):
            log_likelihood, squared = likelihood(pool, slot, time, sensor, measured[columns[pair]], infrared)
            if squared < gate_squared and log_likelihood + base > 0.0:
                scores[pair] = log_likelihood + base
                allowed[pair] = True


@njit(cache=True)
def absorb_all(
    pool: Pool,
    slots: NDArray[np.int64],
    columns: NDArray[np.int64],
    time: float,
    sensor: Vector,
    measured: Matrix,
    infrared: bool,
    told: Matrix,
    telling: NDArray[np.bool_],
) -> tuple[Vector, Vector]:
    """Update each object of `slots` with its detection; log-likelihoods and squared innovations (k,).

    `told` (k * rows, n + 2) takes the innovations as in `mixture.absorb`, zero where `telling` is false.
    """
    count = slots.size
    log_likelihoods, squared = np.empty(count), np.empty(count)
    size = told.shape[0] // max(count, 1)
    for k in range(count):
        rows = told[k * size : (k + 1) * size]
        log_likelihoods[k], squared[k] = absorb(pool, slots[k], time, sensor, measured[columns[k]], infrared, 0.0, rows)
        if not telling[k]:
            rows[:] = 0.0
    return log_likelihoods, squared
