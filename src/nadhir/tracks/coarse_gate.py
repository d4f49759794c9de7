"""The coarse gate: which objects could have given which detections, before any of them is predicted."""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from nadhir.geo.earth import Matrix, Vector
from nadhir.tracks.mixture import Pool


@njit(cache=True)
def nearby(
    pool: Pool, slots: NDArray[np.int64], time: float, positions: Matrix, spread_m: Vector
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Which objects could have given which detections (m, 3; ECEF).

    `slots` (n, k) are the slots of each object, -1 where it has fewer; `spread_m` (m,) is the size of a detection's own
    error. The detections of row r are `columns[starts[r] : starts[r + 1]]`, ascending; returns `starts` (n + 1,) and
    `columns`. Along the axis on which the detections lie furthest apart they are looked up, not tried one by one.
    """
    starts = np.zeros(len(slots) + 1, dtype=np.int64)
    columns = np.empty(max(2 * len(slots), 16), dtype=np.int64)
    count = len(positions)
    if count == 0:
        return starts, columns[:0]
    axis, widest = 0, -1.0
    for i in range(3):
        extent = positions[:, i].max() - positions[:, i].min()
        if extent > widest:
            axis, widest = i, extent
    order = np.argsort(positions[:, axis])
    along = positions[order, axis]
    largest_m = spread_m.max()
    seen = np.full(count, -1)
    total = 0
    for row in range(len(slots)):
        first = total
        for slot in slots[row]:
            if slot < 0:
                continue
            interval = time - pool.time[slot]
            for c in range(pool.components[slot]):
                state = pool.state[slot, c]
                covariance = pool.covariance[slot, c]
                variance = 0.0
                ahead = np.empty(3)
                for i in range(3):
                    variance += covariance[i, i] + interval * (
                        2.0 * covariance[i, 3 + i] + interval * covariance[3 + i, 3 + i]
                    )
                    if pool.burning[slot, c]:
                        variance += 0.25 * interval**4 * covariance[7 + i, 7 + i]
                    motor = state[7 + i] if pool.burning[slot, c] else 0.0
                    ahead[i] = state[i] + interval * (state[3 + i] + 0.5 * interval * motor)
                slack = 5.0 * math.sqrt(max(variance, 0.0)) + 50.0 * interval * interval + 50.0
                reach = slack + 6.0 * largest_m
                k = np.searchsorted(along, ahead[axis] - reach)
                while k < count and along[k] <= ahead[axis] + reach:
                    m = order[k]
                    k += 1
                    if seen[m] == row:
                        continue
                    squared = 0.0
                    for i in range(3):
                        squared += (positions[m, i] - ahead[i]) ** 2
                    if squared < (slack + 6.0 * spread_m[m]) ** 2:
                        seen[m] = row
                        if total == columns.size:
                            columns = np.concatenate((columns, np.empty_like(columns)))
                        columns[total] = m
                        total += 1
        if total - first > 1:
            columns[first:total].sort()
        starts[row + 1] = total
    return starts, columns[:total]
