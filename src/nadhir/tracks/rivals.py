"""Two objects side by side may be two others: each of what one radar saw of it and another one saw of its neighbour.

Where two leave each other a scan may suit them either way round, and whichever way it was taken is kept by all that
follows, since the next scan of the same radar fits it. Where scans of two radars were taken in unlike ways, two ghosts
fly on, hundreds of metres off, whose motion no thrust and no drag explains for long. So the two are also followed the
other way round, each in a slot of its own, until the data tell which way it is.

Source: branches of joint hypotheses as in Reid, An Algorithm for Tracking Multiple Targets (1979); here two of them,
for two objects.
"""

from __future__ import annotations

import numpy as np

from nadhir.geo.earth import Matrix, Vector
from nadhir.tracks import mixture
from nadhir.tracks.motors import advance
from nadhir.tracks.objects import Rivals, TrackedObject
from nadhir.tracks.picture import Picture
from nadhir.tracks.scan import GATE, RadarScan

CLEAR, REFUTED = 8.0, -12.0
"""Log-likelihood ratios at which the other way round is taken for the right one, and at which it is dropped."""
LONGEST_S = 20.0
"""After so long without an answer the two stay as they are."""


def follow_rivals(picture: Picture, scan: RadarScan, constants: Vector, assigned: dict[int, int], told: Matrix) -> None:
    """Take a scan the other way round too, before it is taken as `assigned` (row -> column) says.

    `constants` are the radar's; `told` is room for what an update tells of biases.
    """
    candidates, pairs = scan.candidates, scan.pairs
    rows = {id(candidate): row for row, candidate in enumerate(candidates)}
    for rivals in _rivals_of(candidates):
        own = [rows.get(id(o), -1) for o in rivals.objects]
        columns = [assigned.get(row) for row in own]
        if columns == [None, None]:
            continue
        rivals.gain -= sum(
            pairs.score(row, column) for row, column in zip(own, columns, strict=True) if column is not None
        )
        if scan.sensor.id == rivals.sensor:
            columns.reverse()
        worth = np.zeros((2, 2))
        for k, (slot, o) in enumerate(zip(rivals.slots, rivals.objects, strict=True)):
            advance(picture, o, slot, scan.time)
            for i, column in enumerate(columns):
                if column is not None:
                    measured = scan.measured[column]
                    log_likelihood, squared = mixture.likelihood(
                        picture.pool, slot, scan.time, constants, measured, False
                    )
                    worth[k, i] = max(log_likelihood + scan.base + o.log_doubt, 0.0) if squared < GATE else 0.0
        if worth[0, 1] + worth[1, 0] > worth[0, 0] + worth[1, 1] + CLEAR:
            columns.reverse()
            worth = worth[:, ::-1]
        rivals.gain += float(worth.trace())
        for k, column in enumerate(columns):
            if column is not None and worth[k, k] > 0.0:
                measured = scan.measured[column]
                mixture.absorb(picture.pool, rivals.slots[k], scan.time, constants, measured, False, 0.0, told)
    owners = {column: row for row, column in assigned.items()}
    for row, column in assigned.items():
        for theirs in _exchangeable(scan, owners, row, column):
            other = owners[theirs]
            gain = pairs.score(row, theirs) + pairs.score(other, column)
            gain -= pairs.score(row, column) + pairs.score(other, theirs)
            if gain > REFUTED and candidates[row].rivals is None and candidates[other].rivals is None:
                rivals = picture.oppose(candidates[row], candidates[other], scan.sensor.id, scan.time, gain)
                for slot, exchanged in zip(rivals.slots, (theirs, column), strict=True):
                    measured = scan.measured[exchanged]
                    mixture.absorb(picture.pool, slot, scan.time, constants, measured, False, 0.0, told)


def settle_rivals(picture: Picture, candidates: list[TrackedObject], time: float) -> None:
    """After a scan: exchange what the data say is the other way round, and drop what they have refuted."""
    for rivals in _rivals_of(candidates):
        bound = any(map(_is_bound, rivals.objects))
        if rivals.gain > (0.0 if bound else CLEAR):
            for k, o in enumerate(rivals.objects):
                o.slot, rivals.slots[k] = rivals.slots[k], o.slot
                o.strangeness, o.strange, o.relit, o.breached = 4.0, False, False, False
        elif rivals.gain > REFUTED and time - rivals.since < LONGEST_S and not bound:
            continue
        picture.unite(rivals)


def _rivals_of(candidates: list[TrackedObject]) -> list[Rivals]:
    return list({id(one.rivals): one.rivals for one in candidates if one.rivals is not None}.values())


def _exchangeable(scan: RadarScan, owners: dict[int, int], row: int, column: int) -> list[int]:
    """Detections of objects further down, perhaps of the same launch, that one may have given and they its own."""
    pairs, one = scan.pairs, scan.candidates[row]
    others = [int(pairs.columns[pair]) for pair in pairs.allowed_of(row)]
    return [
        theirs
        for theirs in others
        if owners.get(theirs, -1) > row
        and _may_be_kin(one, scan.candidates[owners[theirs]])
        and pairs.allows(owners[theirs], column)
    ]


def _may_be_kin(one: TrackedObject, other: TrackedObject) -> bool:
    return one.event is other.event or one.event is None or other.event is None


def _is_bound(candidate: TrackedObject) -> bool:
    """Whether it is half of an estimate of two, which weighs both ways itself, or is no longer in doubt."""
    return candidate.settled or candidate.joint or (candidate.partner is not None and candidate.partner.joint)
