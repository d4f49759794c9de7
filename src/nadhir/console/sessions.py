"""Who is logged in, and how often somebody may try. In memory: a restart of the node logs everybody out."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass

from nadhir.console.accounts import Account

IDLE_S = 3600.0
"""A session ends so long after its last request. An open stream is one: a screen on the wall stays."""
LONGEST_S = 12 * 3600.0
"""A session ends after a shift whatever is done."""
SESSIONS = 500
"""Sessions at most; the oldest go first."""


@dataclass(slots=True)
class Login:
    """One session, of an account as it was at the login. `begun` and `used` are monotonic seconds."""

    account: Account
    csrf: str
    begun: float
    used: float
    ended: bool = False

    def holds(self, csrf: str) -> bool:
        """Whether this is the session's token."""
        return hmac.compare_digest(self.csrf.encode(), csrf.encode())


class Sessions:
    """Sessions by the hash of their secret: who reads this memory cannot log in with it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._logins: dict[bytes, Login] = {}

    def begin(self, account: Account) -> tuple[str, Login]:
        """A new session: its secret, for the cookie, and the session."""
        if len(self._logins) >= SESSIONS:
            self.end(next(iter(self._logins.values())))
        secret, now = secrets.token_urlsafe(32), self._clock()
        login = self._logins[_hash(secret)] = Login(account, secrets.token_urlsafe(32), now, now)
        return secret, login

    def find(self, secret: str) -> Login | None:
        """The session of a secret, if it has not ended. To be found is to be used."""
        login = self._logins.get(_hash(secret))
        if login is None or not self.lasts(login):
            return None
        login.used = self._clock()
        return login

    def touch(self, login: Login) -> None:
        """A session is used, if it has not ended."""
        if self.lasts(login):
            login.used = self._clock()

    def lasts(self, login: Login) -> bool:
        """Whether a session has not ended, been idle too long, or lasted too long."""
        now = self._clock()
        if now - login.used > IDLE_S or now - login.begun > LONGEST_S:
            self.end(login)
        return not login.ended

    def end(self, login: Login) -> None:
        """Log out."""
        login.ended = True
        self._logins = {key: other for key, other in self._logins.items() if not other.ended}


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


class Limit:
    """How often something may be done: `burst` at once, then once in `every_s`, for each key."""

    def __init__(self, burst: int, every_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._burst, self._every_s, self._clock = burst, every_s, clock
        self._free_at: dict[Hashable, float] = {}

    def take(self, key: Hashable) -> bool:
        """Whether it may be done once more now; if so it is counted (generic cell rate algorithm)."""
        now = self._clock()
        free_at = max(self._free_at.pop(key, now), now)
        allowed = free_at + self._every_s - now <= self._burst * self._every_s + 1e-9
        self._free_at[key] = free_at + self._every_s if allowed else free_at
        if len(self._free_at) > 10_000:
            self._free_at = {known: at for known, at in self._free_at.items() if at > now}
        return allowed
