"""Links that sign their owner in once, in place of a password."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable

from enforcement.desk.desk_file import DeskFile

_SECOND_NS = 10**9


class Links:
    """The links of a desk that were not used yet."""

    def __init__(self, file: DeskFile, clock: Callable[[], int] = time.time_ns) -> None:
        """``clock`` tells the time in nanoseconds since 1970."""
        self._file = file
        self._clock = clock

    def make(self, name: str, valid_s: float) -> str:
        """The path of a link for the account ``name`` that works once, for so many seconds.

        An earlier one of the same account stops working.
        """
        token = secrets.token_urlsafe(32)
        ends_at_ns = self._clock() + round(valid_s * _SECOND_NS)
        with self._file.transaction() as database:
            database.execute("DELETE FROM sign_in_links WHERE name = ?", (name,))
            database.execute("INSERT INTO sign_in_links VALUES (?, ?, ?)", (_digest(token), name, ends_at_ns))
        return f"/sign-in/link/{token}"

    def use(self, token: str) -> str:
        """The account that a link is for, which has then been used; empty where it does not work."""
        with self._file.transaction() as database:
            row = database.execute(
                "DELETE FROM sign_in_links WHERE token_sha256 = ? RETURNING name, ends_at_ns",
                (_digest(token),),
            ).fetchone()
        return str(row[0]) if row and row[1] > self._clock() else ""


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()
