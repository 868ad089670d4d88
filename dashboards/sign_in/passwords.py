"""Passwords: Argon2id, and what a password has to be."""

from __future__ import annotations

import secrets
import threading

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from dashboards.sign_in.settings import SignInSettings

_LANES = 4
#: Each guess takes its memory; more at once than this would let a flood of them take all.
_AT_ONCE = 2


class Passwords:
    """Keeps and compares passwords at the cost that the settings name."""

    def __init__(self, settings: SignInSettings) -> None:
        self._hasher = PasswordHasher(
            time_cost=settings.passes, memory_cost=settings.memory_kib, parallelism=_LANES, type=Type.ID
        )
        self._turn = threading.BoundedSemaphore(_AT_ONCE)
        self._nobodys = self._hasher.hash(secrets.token_urlsafe(32))

    def keep(self, password: str) -> str:
        """What is kept of a password."""
        with self._turn:
            return self._hasher.hash(password)

    def fits(self, kept: str, password: str) -> bool:
        """Whether this is the password; takes as long where there is none (``kept`` empty)."""
        with self._turn:
            try:
                return self._hasher.verify(kept or self._nobodys, password) and bool(kept)
            except (VerificationError, InvalidHashError):
                return False
