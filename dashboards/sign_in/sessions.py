"""Sessions: a random token in the browser, and here only what recognises it and when it ends."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dashboards.sign_in.settings import SignInSettings
from enforcement.desk.desk_file import DeskFile

_SECOND_NS = 10**9
#: How often it is written down that a session is in use: each time is a write to the disk.
_NOTED_EVERY_S = 60.0


@dataclass(frozen=True)
class Session:
    """One signed-in browser. ``handle`` names it without being able to use it.

    ``is_proven``: whether all that the account has to show was shown, its second factor included.
    """

    handle: str
    name: str
    is_proven: bool
    client: str
    began_at_ns: int
    seen_at_ns: int


class Sessions:
    """The sessions of a desk."""

    def __init__(
        self, file: DeskFile, settings: SignInSettings, clock: Callable[[], int] = time.time_ns
    ) -> None:
        """``clock`` tells the time in nanoseconds since 1970."""
        self._file = file
        self._settings = settings
        self._clock = clock

    def begin(self, name: str, client: str, *, is_proven: bool) -> str:
        """A new session's token. ``client`` is how its owner will recognise it: browser and address."""
        token = secrets.token_urlsafe(32)
        now = self._clock()
        ends = now + round(self._settings.longest_s * _SECOND_NS)
        with self._file.transaction() as database:
            database.execute("DELETE FROM sessions WHERE ends_at_ns <= ? OR seen_at_ns <= ?", self._past(now))
            database.execute(
                "INSERT INTO sessions VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (_digest(token), secrets.token_hex(8), name, is_proven, client[:200], now, now, ends),
            )
        return token

    def find(self, token: str) -> Session | None:
        """The session of this token, from now on in use; None where there is none any more."""
        now = self._clock()
        ended, idle = self._past(now)
        digest = _digest(token)
        with self._file.reading() as database:
            row = database.execute(
                "SELECT handle, name, is_proven, client, began_at_ns, seen_at_ns FROM sessions"
                " WHERE token_sha256 = ? AND ends_at_ns > ? AND seen_at_ns > ?",
                (digest, ended, idle),
            ).fetchone()
        if row is None:
            return None
        if now - row[5] > _NOTED_EVERY_S * _SECOND_NS:
            with self._file.transaction() as database:
                database.execute("UPDATE sessions SET seen_at_ns = ? WHERE token_sha256 = ?", (now, digest))
        return Session(row[0], row[1], bool(row[2]), row[3], row[4], row[5])

    def of(self, name: str) -> Sequence[Session]:
        """Every session of an account that has not ended, the newest first."""
        with self._file.reading() as database:
            rows = database.execute(
                "SELECT handle, name, is_proven, client, began_at_ns, seen_at_ns FROM sessions"
                " WHERE name = ? AND ends_at_ns > ? AND seen_at_ns > ? ORDER BY began_at_ns DESC",
                (name, *self._past(self._clock())),
            ).fetchall()
        return [Session(row[0], row[1], bool(row[2]), row[3], row[4], row[5]) for row in rows]

    def end(self, token: str) -> None:
        """End the session of this token."""
        with self._file.transaction() as database:
            database.execute("DELETE FROM sessions WHERE token_sha256 = ?", (_digest(token),))

    def end_one(self, name: str, handle: str) -> None:
        """End one session of an account."""
        with self._file.transaction() as database:
            database.execute("DELETE FROM sessions WHERE name = ? AND handle = ?", (name, handle))

    def end_all(self, name: str) -> None:
        """End every session of an account."""
        with self._file.transaction() as database:
            database.execute("DELETE FROM sessions WHERE name = ?", (name,))

    def _past(self, now_ns: int) -> tuple[int, int]:
        """Sessions are over whose end, and whose last use, are not after these times."""
        return now_ns, now_ns - round(self._settings.idle_s * _SECOND_NS)


def _digest(token: str) -> bytes:
    # Plain SHA-256 is enough: a token has 256 bits, so there is nothing to guess.
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()
