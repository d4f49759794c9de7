"""For tests of links: envelopes that name their owner and sequence, and two ends with what an outside reader noted."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from typing import NamedTuple

from nadhir.bus import Bus
from nadhir.model.records import RecordKind
from nadhir.sharing.link import Link, LinkSettings
from nadhir.sharing.link_messages import KINDS


def envelope(owner: str, sequence: int, text: str = "") -> bytes:
    return f"{owner}:{sequence}:{text}".encode()


def check(data: bytes) -> tuple[str, int] | None:
    owner, _, rest = data.decode(errors="replace").partition(":")
    sequence, mark, _ = rest.partition(":")
    return (owner, int(sequence)) if mark and sequence.isdigit() else None


class Sealed(NamedTuple):
    sequence: int
    kind: RecordKind
    envelope: bytes


class End:
    """One end of a link: a log of what was sealed, and of what was delivered, as files would hold them."""

    def __init__(self, me: str, partner: str, settings: LinkSettings | None = None) -> None:
        self.me, self.partner, self.settings = me, partner, settings
        self.sealed: list[Sealed] = []
        self.delivered: list[tuple[int, bytes]] = []
        self.delivered_at: dict[int, float] = {}
        self.shown: list[int] = []
        self.stored: list[int] = []
        self.notes: list[bytes] = []
        self.fail_deliveries = 0
        self.secured = 0
        self.fail_secures = 0
        self.disk_takes_s = 0.0
        self.is_whole = True
        self.damage = ""
        self.link: Link | None = None

    @property
    def health(self) -> object:
        assert self.link is not None
        return self.link.health

    def offer(self, kind: RecordKind = "track", text: str = "") -> None:
        assert self.link is not None

        def seal(sequence: int) -> bytes:
            assert sequence == len(self.sealed) + 1
            data = envelope(self.me, sequence, text or kind)
            self.sealed.append(Sealed(sequence, kind, data))
            return data

        self.link.offer(kind, seal)

    def _deliver(self, owner: str, sequence: int, data: bytes) -> None:
        assert owner == self.partner
        if self.fail_deliveries:
            self.fail_deliveries -= 1
            raise OSError("no space left on device")
        self.delivered.append((sequence, data))
        self.delivered_at[sequence] = asyncio.get_running_loop().time()

    async def _secure(self) -> None:
        sealed = len(self.sealed)
        await asyncio.sleep(self.disk_takes_s)
        if self.fail_secures:
            self.fail_secures -= 1
            raise OSError("the disk does not answer")
        self.secured = sealed

    def read(self, first: int) -> Iterator[tuple[int, bytes]]:
        if self.damage:
            raise OSError(self.damage)
        return iter([(sealed.sequence, sealed.envelope) for sealed in self.sealed[first - 1 :]])

    def lose_power(self) -> None:
        """What the disk had not taken is gone."""
        del self.sealed[self.secured :]
        self.is_whole = False

    def _take_back(self, sequence: int, data: bytes) -> None:
        assert sequence == len(self.sealed) + 1
        if check(data) != (self.me, sequence):
            raise ValueError("not signed by us as this")
        kind = data.decode().split(":")[2]
        self.sealed.append(Sealed(sequence, kind if kind in KINDS else "track", data))  # type: ignore[arg-type]

    def _found_whole(self) -> None:
        self.is_whole = True

    @contextlib.asynccontextmanager
    async def running(self, bus: Bus, reset: object = None) -> AsyncIterator[Link]:
        """A node's life on this end: it may be had several times, each goes on from the logs."""
        self.link = Link(
            bus,
            self.me,
            self.partner,
            check=check,
            deliver=self._deliver,
            delivered=len(self.delivered),
            ahead=lambda owner, sequence, data: self.shown.append(sequence),
            sealed=len(self.sealed),
            is_whole=self.is_whole,
            take_back=self._take_back,
            found_whole=self._found_whole,
            held=lambda first: iter(self.delivered[first - 1 :]),
            secure=self._secure,
            stored=lambda upto: self.stored.extend(range(len(self.stored) + 1, upto + 1)),
            log=self.read,
            on_note=self.notes.append,
            reset=reset,  # type: ignore[arg-type]
            settings=self.settings,
        )
        task = asyncio.create_task(self.link.run())
        try:
            yield self.link
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task


def in_order_exactly_once(sender: End, receiver: End) -> bool:
    """The reckoning of an outside reader of both logs."""
    return [(s.sequence, s.envelope) for s in sender.sealed] == receiver.delivered
