"""Failed sign-ins: after a few, each next one under that name has to wait longer.

Counted under what was typed, whether there is such an account or not. A try is counted before it is judged,
so that many at once are not judged as if they were the first.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable

from dashboards.sign_in.accounts import as_typed
from enforcement.desk.desk_file import DeskFile

#: So many failures cost no waiting.
FREE = 6
_FIRST_WAIT_S = 2.0
#: Nobody is kept out for longer: a stranger must not be able to shut an officer out for the day.
_LONGEST_WAIT_S = 15 * 60.0
_FORGOTTEN_AFTER_S = 24 * 3600.0
_SECOND_NS = 10**9


class Tries:
    """The failed sign-ins of a desk."""

    def __init__(self, file: DeskFile, clock: Callable[[], int] = time.time_ns) -> None:
        """``clock`` tells the time in nanoseconds since 1970."""
        self._file = file
        self._clock = clock

    def may_try(self, typed: str) -> bool:
        """Whether a try under this name is judged now; if so it counts as failed until :meth:`succeeded`."""
        now = self._clock()
        key = _key(typed)
        with self._file.transaction() as database:
            database.execute(
                "DELETE FROM failed_sign_ins WHERE last_at_ns < ?", (now - _ns(_FORGOTTEN_AFTER_S),)
            )
            failures, last = database.execute(
                "SELECT failures, last_at_ns FROM failed_sign_ins WHERE typed_sha256 = ?", (key,)
            ).fetchone() or (0, 0)
            if now < last + _ns(wait_s(failures)):
                return False
            database.execute(
                "INSERT OR REPLACE INTO failed_sign_ins VALUES (?, ?, ?)", (key, failures + 1, now)
            )
            return True

    def succeeded(self, name: str) -> None:
        """Forget what failed before under this name."""
        with self._file.transaction() as database:
            database.execute("DELETE FROM failed_sign_ins WHERE typed_sha256 = ?", (_key(name),))


def wait_s(failures: int) -> float:
    """How long the next try has to wait after so many failures, in seconds.

    >>> [wait_s(failures) for failures in (0, 5, 6, 7, 8, 30)]
    [0.0, 0.0, 2.0, 4.0, 8.0, 900.0]
    """
    if failures < FREE:
        return 0.0
    return min(_FIRST_WAIT_S * 2.0 ** min(failures - FREE, 32), _LONGEST_WAIT_S)


def _key(typed: str) -> bytes:
    # What was typed may be a password in the wrong field: it is not kept as it is.
    return hashlib.sha256(as_typed(typed).encode("utf-8", "replace")).digest()


def _ns(seconds: float) -> int:
    return round(seconds * _SECOND_NS)
