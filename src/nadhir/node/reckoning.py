"""The reckoning of an outside reader: what two nations' stores and logs say of each other, with nothing of either's
program running. Lost, doubled and disordered are counted from bytes on disk."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import msgspec

from nadhir.model import Release
from nadhir.sharing.decisions import DecisionFile
from nadhir.sharing.envelope import read_envelope, read_release
from nadhir.sharing.log import log_name, read_log


class PairReckoning(msgspec.Struct, frozen=True):
    """What became of one owner's records for one partner."""

    owner: str
    partner: str
    released: int
    """Records that the owner's rules let go."""
    withheld: dict[str, int]
    """Records kept back, by the rule of the floor or by what the policies said."""
    releases: int
    """Envelopes in the partner's log."""
    delivered: int
    """Records in the partner's log."""
    lost: int
    """Released records that the partner's log does not hold, and envelopes of the owner's log that it lacks."""
    doubled: int
    """Records that the partner's log holds more than once, and numbers that stand in it twice."""
    disordered: int
    """Envelopes that are not byte for byte what the owner logged under the same number, in the same order."""
    leaked: int
    """Records in the partner's log that no decision released."""

    @property
    def faultless(self) -> bool:
        """Whether everything released arrived, once, in order, and nothing else did."""
        return not (self.lost or self.doubled or self.disordered or self.leaked)


def reckon(owner_data: Path, partner_data: Path, owner: str, partner: str) -> PairReckoning:
    """Hold an owner's decisions and log against a partner's log; the data folders are those of one mode."""
    name = log_name(owner, partner)
    ours = [data for _, data in read_log(owner_data / "log" / name)]
    theirs = [data for _, data in read_log(partner_data / "log" / name)]
    releases = [_release(data) for data in theirs]
    arrived = Counter(record.id for release in releases for record in release.records)
    store = DecisionFile(owner_data, read_only=True)
    decisions = [decision for decision in store.read() if decision.partner == partner]
    store.close()
    released = {decision.sent_as for decision in decisions if decision.released and decision.sent_as}
    numbers = Counter(release.sequence for release in releases)
    return PairReckoning(
        owner=owner,
        partner=partner,
        released=len(released),
        withheld=dict(Counter(d.floor or d.outcome for d in decisions if not d.released)),
        releases=len(theirs),
        delivered=arrived.total(),
        lost=len(released - arrived.keys()) + max(len(ours) - len(theirs), 0),
        doubled=sum(count - 1 for count in arrived.values()) + sum(count - 1 for count in numbers.values()),
        disordered=sum(a != b for a, b in zip(ours, theirs, strict=False)) + max(len(theirs) - len(ours), 0),
        leaked=len(arrived.keys() - released),
    )


def _release(data: bytes) -> Release:
    return read_release(read_envelope(data))
