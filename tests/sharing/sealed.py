"""Keys and releases that the tests of this folder share."""

from __future__ import annotations

from nadhir.model import Ellipse, ImpactProduct, Label, Mode, Record, Release, TrackProduct
from nadhir.sharing.keys import NodeKey, TrustedKey

KOR, JPN, USA = NodeKey.generate(), NodeKey.generate(), NodeKey.generate()
START = 1_790_000_000.0
END = START + 86_400.0


def trusted(*, revoked: float | None = None) -> dict[str, TrustedKey]:
    """What JPN's node trusts: KOR's and USA's keys."""
    return {
        KOR.id: TrustedKey("KOR", KOR.public, START, END, revoked),
        USA.id: TrustedKey("USA", USA.public, START, END),
    }


def record(number: int = 1, *, owner: str = "KOR", mode: Mode = "exercise", event: str = "e1") -> Record:
    """A record of an impact or, at even numbers, of a track."""
    body: ImpactProduct | TrackProduct
    if number % 2:
        ellipse = Ellipse(4000.0 + number, 900.0, 31.0)
        body = ImpactProduct("o1", event, "coast", START + 1, START + 400, 2.0, 38.5, 134.2, ellipse)
    else:
        position, velocity = (-3.1e6 + number, 4.0e6, 4.2e6), (1200.0, -900.0, 2500.0)
        body = TrackProduct("o1", event, START + 1, START, "coast", position, velocity, [1.5] * 21)
    kind = "impact" if number % 2 else "track"
    return Record(f"{owner}-{number}", kind, owner, mode, START + number, START + number, Label(), body, event)


def release(sequence: int = 1, *, owner: str = "KOR", partner: str = "JPN", mode: Mode = "exercise") -> Release:
    """A release of one record."""
    records = (record(sequence, owner=owner, mode=mode),)
    return Release(1, owner, partner, mode, sequence, START + sequence, records)
