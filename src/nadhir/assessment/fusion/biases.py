"""Whose tracks are off by more than they claim, learnt from all objects that several owners see.

A radar that points wrong by hundredths of a degree shifts all tracks of its owner, who with one radar cannot find that
out: it claims metres where it is off by hundreds. An owner may therefore have, beside the error that it claims, one of
covariance tau² `BIAS`, the same for all of its tracks. What is asked is who has it (nobody, or one, two or all owners)
and how large tau is. Each answer is judged by how the owners' tracks of each object differ, whatever its true state
(restricted likelihood: Patterson and Thompson, Biometrika 58 (1971), 545-554), and any object may be one that tells
nothing, such as a pair that is not resolved yet. Nobody is held to be off until that is the likelier answer, and that
takes two objects. Of two owners who differ it is said of both; where a third agrees with one of them, of the other.

Where an owner says that it found its own radars biased, and allows for it, the others' are held to be so too, by some
tens of metres as radars commonly are: who has one radar cannot find it. How much is weighed in the same way.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

import numpy as np

from nadhir.assessment.fusion.estimates import STATES, Estimate
from nadhir.assessment.fusion.kinematics import BIAS
from nadhir.assessment.fusion.matching import Cluster
from nadhir.geo.earth import Matrix, Vector

TAUS = 0.05 * 2.0 ** np.arange(10)
"""In units of `BIAS`: from 10 m and 0.1 m/s to 5 km and 50 m/s."""
NOBODY = 0.99
"""Prior probability that no owner is off."""
EXPECTED = 0.9
"""Prior probability, beside an owner that found its radars biased, that all who have not are off."""
COMMON, UNCOMMON = 1.0, 1e-3
"""Up to what tau a radar's biases are common, and the prior probability of more beside radars that are biased."""
TELLS_NOTHING = 0.1
"""Prior probability that how the tracks of an object differ has another reason."""
HONEST = 0.5
"""Prior probability that nobody is off where it is asked which tracks are of one object: who is off has to be found."""
MOST_LOG = 500.0
"""Logarithms of probabilities are kept below this, so that they stay numbers."""
OBJECTS = 64
"""So many objects are remembered, the latest."""

Group = frozenset[str]
"""Owners that are off."""
NONE: Group = frozenset()


class Biases:
    """What owners' tracks leave out: `hear` how they differ, `weigh` it, and have them `widened` by it."""

    def __init__(self) -> None:
        self._heard: dict[Cluster, tuple[float, dict[Group, Vector]]] = {}
        self._variances: dict[str, float] = {}
        """Mean tau² of each owner; none while nobody is off."""
        self._owners: Group = NONE
        """Those of whom something was heard."""
        self._likely: dict[Group, Vector] = {}
        """How likely each group of them is off, by each of `TAUS`, over nobody being off."""
        self.off: Group = NONE
        """The owners that are more likely off than not."""

    def heard_of(self, objects: Cluster) -> float:
        """When (Unix seconds) something was last heard of a thing; -inf if never."""
        return self._heard[objects][0] if objects in self._heard else -math.inf

    def hear(self, objects: Cluster, estimates: Mapping[str, Estimate], now: float) -> None:
        """Take independent estimates of one thing at one time, by owner, instead of what was heard of it before."""
        self._heard = {known: told for known, told in self._heard.items() if not set(known) & set(objects)}
        self._heard[objects] = now, _evidence(estimates)
        while len(self._heard) > OBJECTS:
            del self._heard[next(iter(self._heard))]

    def weigh(self, oldest: float, unknowing: Group = NONE) -> None:
        """Decide who is off, by what was heard since a time. The `unknowing` are: another found its own radars biased,
        and they have not. They are widened by what that makes likely, and not held to be off by that alone."""
        self._heard = {known: told for known, told in self._heard.items() if told[0] >= oldest}
        told = [evidence for _, evidence in self._heard.values()]
        self._variances, self.off = _weighed(told, NONE)
        self._owners = NONE.union(*(group for evidence in told for group in evidence))
        self._likely = _likely(told, self._owners)
        if unknowing:
            self._variances, _ = _weighed(told, unknowing)

    def of_two(self, one: str, other: str) -> tuple[Vector, Vector]:
        """What two owners' tracks of one object may differ by beside what they claim: variances (n,) in units of
        `BIAS`, and the probability of each (n,)."""
        likely = self._likely if {one, other} <= self._owners else _likely((), frozenset((one, other)))
        off = np.array([len(group & {one, other}) for group in likely])
        variances = np.append(0.0, np.outer(off, TAUS**2))
        probabilities = np.append(HONEST, (1.0 - HONEST) * np.array(list(likely.values())))
        return variances, probabilities / probabilities.sum()

    def widened(self, owner: str, estimate: Estimate) -> Estimate:
        """An owner's estimate with what it leaves out."""
        return estimate.widened(self._variances.get(owner, 0.0) * BIAS)


def _likely(told: Sequence[Mapping[Group, Vector]], owners: Group) -> dict[Group, Vector]:
    """Probability by group of owners that is off, and each of `TAUS`, over that of nobody, both alike beforehand."""
    groups = _groups(owners)
    logs = {group: np.log(_prior_of_taus(False) / len(groups)) for group in groups}
    for evidence in told:
        seen = NONE.union(*evidence)
        for group in groups:
            if there := group & seen:
                logs[group] = logs[group] + evidence[there]
    return {group: np.exp(np.minimum(found, MOST_LOG)) for group, found in logs.items()}


def _weighed(told: Sequence[Mapping[Group, Vector]], unknowing: Group) -> tuple[dict[str, float], Group]:
    """Mean tau² of each owner, none where nobody is off, and those that are more likely off than not."""
    owners = sorted(unknowing.union(*(group for evidence in told for group in evidence)))
    groups = _groups(owners)
    if not groups:
        return {}, NONE
    nobody = 0.0 if unknowing else NOBODY
    logs = np.log((1.0 - nobody) * np.outer(_prior_of_groups(groups, unknowing), _prior_of_taus(bool(unknowing))))
    for evidence in told:
        seen = frozenset().union(*evidence)
        for row, group in zip(logs, groups, strict=True):
            if there := group & seen:
                row += evidence[there]
    weights = np.exp(logs - logs.max())
    if weights.sum() < nobody * math.exp(-min(logs.max(), MOST_LOG)):
        return {}, NONE
    weights /= weights.sum()
    among = np.array([[owner in group for group in groups] for owner in owners])
    variances = dict(zip(owners, (among @ weights @ TAUS**2).tolist(), strict=True))
    return variances, frozenset(np.array(owners)[among @ weights.sum(axis=1) > 0.5].tolist())


def _prior_of_groups(groups: list[Group], unknowing: Group) -> Vector:
    expected = np.array([unknowing <= group for group in groups])
    if expected.all():
        return np.full(len(groups), 1.0 / len(groups))
    return np.asarray(np.where(expected, EXPECTED / expected.sum(), (1.0 - EXPECTED) / (~expected).sum()))


def _prior_of_taus(beside_biased: bool) -> Vector:
    if not beside_biased:
        return np.full(len(TAUS), 1.0 / len(TAUS))
    common = TAUS <= COMMON
    return np.asarray(np.where(common, (1.0 - UNCOMMON) / common.sum(), UNCOMMON / (~common).sum()))


def _groups(owners: Iterable[str]) -> list[Group]:
    everybody = frozenset(owners)
    some = [frozenset(group) for size in (1, 2) for group in combinations(sorted(everybody), size)]
    return some if len(everybody) <= 2 else [*some, everybody]


def _evidence(estimates: Mapping[str, Estimate]) -> dict[Group, Vector]:
    """By who is off, for each of `TAUS`: logarithm of the likelihood over that where nobody is."""
    owners = sorted(estimates)
    groups = _groups(owners)
    scale = 1.0 / np.sqrt(np.diag(BIAS))
    means = np.array([estimates[owner].mean - estimates[owners[0]].mean for owner in owners]) * scale
    claimed = np.array([estimates[owner].covariance for owner in owners]) * np.outer(scale, scale)
    added = [[owner in group for owner in owners] for group in groups]
    variances = np.einsum("go,t->gto", added, TAUS**2).reshape(-1, len(owners))
    likelihoods = _log_likelihoods(means, claimed, np.concatenate([np.zeros((1, len(owners))), variances]))
    gains = (likelihoods[1:] - likelihoods[0]).reshape(len(groups), len(TAUS))
    other_reason = math.log(TELLS_NOTHING) + np.logaddexp.reduce(gains, axis=None) - math.log(gains.size)
    telling = math.log(1.0 - TELLS_NOTHING)
    told = np.logaddexp(telling + gains, other_reason) - np.logaddexp(telling, other_reason)
    return dict(zip(groups, told, strict=True))


def _log_likelihoods(means: Vector, claimed: Matrix, variances: Matrix) -> Vector:
    """Of means (owners, 6) with covariances (owners, 6, 6) to which variances (cases, owners) are added."""
    informations = np.linalg.inv(claimed + variances[:, :, None, None] * np.eye(STATES))
    together = informations.sum(axis=1)
    vectors = np.einsum("koij,oj->ki", informations, means)
    best = np.linalg.solve(together, vectors[..., None])[..., 0]
    squares = np.einsum("oi,koij,oj->k", means, informations, means) - np.einsum("ki,ki->k", best, vectors)
    determinants = np.linalg.slogdet(together)[1] - np.linalg.slogdet(informations)[1].sum(axis=1)
    return np.asarray(-0.5 * (squares + determinants))
