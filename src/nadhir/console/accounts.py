"""Local accounts in one file that only its owner may read. Passwords are kept as argon2id hashes (RFC 9106)."""

from __future__ import annotations

import os
import re
import stat
import tempfile
from pathlib import Path

import msgspec
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from nadhir.console.messages import Role
from nadhir.model.records import Classification
from nadhir.model.unreadable import UNREADABLE

FILE = "accounts.json"
SHORTEST = 12
"""Characters of a password."""
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_hasher = PasswordHasher()


class AccountError(ValueError):
    """Accounts that cannot be used or changed so; the message is one line and says what to do."""


class Account(msgspec.Struct, frozen=True):
    """One person at the console. `clearance`: the highest label that they may see."""

    name: str
    role: Role
    clearance: Classification
    password: str
    """Hash, with its parameters."""


class Accounts:
    """The accounts of a console's folder. What another program changes in the file counts at once."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE
        self._seen: tuple[int, ...] | None = None
        self._accounts: dict[str, Account] = {}
        # An unknown name takes as long to refuse as a known one.
        self._nobody = _hasher.hash(os.urandom(16).hex())

    def all(self) -> dict[str, Account]:
        """Accounts by name. Raises AccountError where the file is damaged, or others may read it."""
        try:
            found = self.path.stat()
        except FileNotFoundError:
            self._accounts, self._seen = {}, None
            return self._accounts
        seen = (found.st_ino, found.st_size, found.st_mtime_ns, found.st_mode)
        if seen != self._seen:
            if os.name == "posix" and stat.S_IMODE(found.st_mode) & 0o077:
                raise AccountError(f"{self.path}: others may read it; run chmod 600 on it")
            try:
                accounts = msgspec.json.decode(self.path.read_bytes(), type=list[Account])
            except (OSError, *UNREADABLE) as error:
                raise AccountError(f"{self.path}: not a list of accounts ({error}); restore it") from None
            self._accounts, self._seen = {account.name: account for account in accounts}, seen
        return self._accounts

    def find(self, name: str) -> Account | None:
        """An account by its name. Raises AccountError as `all` does."""
        return self.all().get(name)

    def opens(self, account: Account | None, password: str) -> bool:
        """Whether this is an account's password. Takes some 50 ms, also where there is no account."""
        try:
            return _hasher.verify(account.password if account else self._nobody, password) and account is not None
        except (VerificationError, InvalidHashError):
            return False

    def add(self, name: str, role: Role, clearance: Classification, password: str) -> None:
        """A new account. Raises AccountError."""
        if not _NAME.fullmatch(name):
            raise AccountError(f"{name!r} is no name: small letters, digits, dot, hyphen, underscore; up to 64")
        if name in self.all():
            raise AccountError(f"{name} has an account already")
        self._write({**self.all(), name: Account(name, role, clearance, _hashed(password))})

    def remove(self, name: str) -> None:
        """An account less; its sessions end. Raises AccountError."""
        self._write({known: account for known, account in self.all().items() if account is not self._known(name)})

    def set_password(self, name: str, password: str) -> None:
        """A new password. Raises AccountError."""
        changed = msgspec.structs.replace(self._known(name), password=_hashed(password))
        self._write({**self.all(), name: changed})

    def _known(self, name: str) -> Account:
        account = self.find(name)
        if account is None:
            raise AccountError(f"{name} has no account; those who have: {', '.join(sorted(self.all())) or 'nobody'}")
        return account

    def _write(self, accounts: dict[str, Account]) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=self.path.parent)  # readable by its owner alone
        with open(handle, "wb") as file:
            file.write(msgspec.json.format(msgspec.json.encode(list(accounts.values()))))
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, self.path)


def _hashed(password: str) -> str:
    if len(password) < SHORTEST:
        raise AccountError(f"a password has at least {SHORTEST} characters")
    return _hasher.hash(password)
