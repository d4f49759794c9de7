"""Which channel carried which warning: JSON lines that survive a restart.

A warning that has ever been sent on a channel stays open there until its end has been delivered on that very channel.
The line is written before the first attempt: what may have got out counts as carried.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

import msgspec

from nadhir.model.unreadable import UNREADABLE

DeliveryState = Literal["waiting", "sending", "sent", "superseded", "expired", "failed"]


class Delivery(msgspec.Struct, frozen=True):
    """The delivery of one message on one channel, as it stood at `time` (Unix seconds)."""

    channel: str
    warning: str
    revision: int
    ends: bool
    state: DeliveryState
    time: float
    attempts: int = 0
    error: str = ""
    """Why the last attempt failed."""


class Ledger:
    """Deliveries as they happen, appended to a file and remembered where they leave a warning open.

    `unreadable` counts the lines of an existing file that could not be read; the last may have been cut by a crash.
    """

    def __init__(self, path: Path) -> None:
        self.unreadable = 0
        self._carried: dict[str, set[str]] = {}
        if path.exists():
            for line in path.read_bytes().splitlines():
                try:
                    self._remember(msgspec.json.decode(line, type=Delivery))
                except UNREADABLE:
                    self.unreadable += 1
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("ab")
        if self.unreadable and not path.read_bytes().endswith(b"\n"):
            self._file.write(b"\n")

    def note(self, delivery: Delivery) -> None:
        """Write `delivery` down; what changes where a warning is open is on the disk when this returns."""
        self._file.write(msgspec.json.encode(delivery) + b"\n")
        self._file.flush()
        if self._remember(delivery):
            os.fsync(self._file.fileno())

    def carried(self, warning: str) -> frozenset[str]:
        """The channels on which `warning` may still be shown."""
        return frozenset(self._carried.get(warning, ()))

    def open_warnings(self) -> dict[str, frozenset[str]]:
        """Every warning that has not ended everywhere, with the channels that owe its end."""
        return {warning: frozenset(channels) for warning, channels in self._carried.items()}

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _remember(self, delivery: Delivery) -> bool:
        """Keep what `delivery` says about where its warning is open; whether that changed."""
        channels = self._carried.get(delivery.warning, set())
        if delivery.state == "sending" and delivery.channel not in channels:
            self._carried[delivery.warning] = channels | {delivery.channel}
            return True
        if delivery.state == "sent" and delivery.ends and delivery.channel in channels:
            self._carried[delivery.warning] = channels - {delivery.channel}
            if not self._carried[delivery.warning]:
                del self._carried[delivery.warning]
            return True
        return False
