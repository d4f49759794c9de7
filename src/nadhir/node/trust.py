"""Whom a node believes and what each may hold, as `nadhir partner` leaves it on file: looked at while the node runs."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from nadhir.node.toml import ConfigError
from nadhir.sharing.floor import Recipient
from nadhir.sharing.keys import TrustedKey
from nadhir.sharing.partners import Partner, PartnerError, read_partners, trusted_keys

_LOG = logging.getLogger(__name__)


class Trust:
    """Keys by their ids and recipients by their nations, both brought up to date in place by `look`.

    A revocation counts at once, and so does a key that a partner has changed to. A new partner needs a new start: its
    link is in the server's configuration. Raises PartnerError where the files cannot be read at first.
    """

    def __init__(self, folder: Path, recipients: Callable[[dict[str, Partner]], dict[str, Recipient]]) -> None:
        self.keys: dict[str, TrustedKey] = {}
        self.recipients: dict[str, Recipient] = {}
        self.revoked: set[str] = set()
        """Nations of which no key is good any more."""
        self._folder = folder
        self._make_recipients = recipients
        self._seen = self._stamps()
        self._take()

    def look(self) -> None:
        """Read the files again where they have changed. What cannot be read leaves everything as it was."""
        stamps = self._stamps()
        if stamps == self._seen:
            return
        before = self.revoked
        try:
            self._take()
        except (PartnerError, ConfigError, OSError) as error:
            _LOG.error("partners cannot be read again: %s", error)
            return
        self._seen = stamps
        for nation in sorted(self.revoked - before):
            _LOG.warning("%s is revoked: nothing goes to it, and nothing of it is taken any more", nation)

    def _take(self) -> None:
        known = read_partners(self._folder)
        recipients = self._make_recipients(known)
        # Never empty in between: whoever is asked meanwhile is not refused for it.
        self.keys.update(trusted_keys(known.values()))
        self.recipients.update(recipients)
        self.revoked = {name for name, partner in known.items() if partner.revoked}

    def _stamps(self) -> list[tuple[str, int]]:
        if not self._folder.is_dir():
            return []
        return sorted((path.name, path.stat().st_mtime_ns) for path in self._folder.iterdir())
