"""How near tracks are to the objects that fly, at each second after the warm-up."""

from __future__ import annotations

import math
from collections.abc import Iterable

import msgspec
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import KDTree

from nadhir.exercise.gospa import CUTOFF_M, ORDER, gospa
from nadhir.geo.earth import GRAVITATIONAL_PARAMETER

SEEN_S = 2.0
SETTLED_S = 5.0
"""An object counts when it gave a detection in the last two seconds, and its first one at least five seconds before."""


class Accuracy(msgspec.Struct, frozen=True):
    """Means over the seconds judged: error of tracks assigned to objects, GOSPA (alpha 2, order 2, cutoff 10 km) an
    object, and the parts of the objects that were missed and of the tracks that were false."""

    position_rms_m: float
    gospa_m: float
    missed: float
    false: float
    seconds: int


def accuracy(
    judged: Iterable[tuple[float, NDArray[np.float64]]],
    start: float,
    states: NDArray[np.float64],
    seen: NDArray[np.float64],
) -> Accuracy | None:
    """Judge tracks (n, 7) at Unix times against `states` (objects, seconds, 6) from `start`.

    `seen` (detections, 2) holds the number of an object and the time of its detection. None without anything to judge.
    """
    squares, metrics, missed, false, counts, tracked = [], [], 0, 0, 0, 0
    seconds = 0
    for now, tracks in judged:
        recent = seen[(seen[:, 1] <= now) & (seen[:, 1] > now - SEEN_S), 0]
        settled = seen[seen[:, 1] <= now - SETTLED_S, 0]
        alive = np.intersect1d(recent, settled).astype(int)
        index = round(now - start)
        if len(alive) == 0 or index >= states.shape[1]:
            continue
        # All objects can be followed, but only those that must be seen can be missed.
        errors, lost, extra = _match(states[:, index, :3], brought_to(tracks, now), alive)
        squares.append(np.square(errors))
        metrics.append(math.sqrt((np.sum(np.square(errors)) + (lost + extra) * CUTOFF_M**ORDER / 2) / len(alive)))
        missed, false, counts, tracked = missed + lost, false + extra, counts + len(alive), tracked + len(tracks)
        seconds += 1
    if seconds == 0:
        return None
    together = np.concatenate(squares)
    rms = math.sqrt(float(together.mean())) if len(together) else math.nan
    return Accuracy(rms, float(np.mean(metrics)), missed / counts, false / max(tracked, 1), seconds)


def brought_to(tracks: NDArray[np.float64], now: float) -> NDArray[np.float64]:
    """Positions (n, 3) at `now` of tracks (n, 7) a few seconds old: speed and central gravity, exact to some metres."""
    lag = now - tracks[:, :1]
    position, velocity = tracks[:, 1:4], tracks[:, 4:7]
    radius = np.linalg.norm(position, axis=1)[:, None]
    return np.asarray(position + lag * velocity - 0.5 * lag**2 * GRAVITATIONAL_PARAMETER * position / radius**3)


def _match(
    objects: NDArray[np.float64], tracks: NDArray[np.float64], alive: NDArray[np.int64]
) -> tuple[NDArray[np.float64], int, int]:
    """Errors of the pairs assigned, objects of `alive` missed, tracks false.

    What lies farther apart than the cutoff is never assigned, so each cluster of what is nearer is assigned by itself.
    """
    count = len(objects)
    if len(tracks) == 0:
        return np.empty(0), len(alive), 0
    near = KDTree(objects).sparse_distance_matrix(KDTree(tracks), CUTOFF_M, output_type="coo_matrix")
    size = count + len(tracks)
    _, cluster = connected_components(coo_array((near.data, (near.row, near.col + count)), shape=(size, size)))
    order = np.argsort(cluster, kind="stable")
    errors: list[float] = []
    found: set[int] = set()
    for members in np.split(order, np.flatnonzero(np.diff(cluster[order])) + 1):
        own, theirs = members[members < count], members[members >= count] - count
        if len(own) and len(theirs):
            distances = np.linalg.norm(objects[own][:, None] - tracks[theirs][None], axis=2)
            for row, column in gospa(distances, CUTOFF_M, ORDER)[1]:
                errors.append(float(distances[row, column]))
                found.add(int(own[row]))
    return np.array(errors), len(set(alive.tolist()) - found), len(tracks) - len(errors)
