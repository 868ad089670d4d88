"""Leases: who has which case before them. Two officers never hold one case, and none is held for ever.

A lease keeps officers from doing the same work; it does not settle who decided. That does the order of the
decisions log, whatever happens to this file.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field, replace

from enforcement.desk.desk_file import DeskFile

_NANOSECONDS = 10**9


@dataclass(frozen=True)
class Lease:
    """Who holds a case, and until when (UTC ns).

    ``is_answered``: they have answered, and hold it until the worker has applied the answer, however long
    that is. ``is_new``: this call took it; what was read of the case before may be out of date.
    """

    case_id: str
    officer: str
    until_ns: int
    is_answered: bool = False
    is_new: bool = field(default=False, compare=False)


class Leases:
    """The leases in a desk file. Safe to use from several threads and processes.

    Every call that changes one is a transaction of its own that takes the file's write lock first, so of
    several officers who ask for a case at once one gets it and the others are told who.
    """

    def __init__(self, file: DeskFile, clock: Callable[[], int] = time.time_ns) -> None:
        self._file = file
        self._clock = clock

    def take(self, case_id: str, officer: str, lease_s: float) -> Lease:
        """Hold a case for ``lease_s`` seconds from now if nobody else holds it; returns who has it then.

        A case that the officer has answered stays as it is until the answer is applied.
        """
        with self._file.transaction() as database:
            return self._take(database, case_id, officer, lease_s)

    def take_first(self, case_ids: Iterable[str], officer: str, lease_s: float) -> str | None:
        """Hold the first of ``case_ids`` that nobody else holds, and return it; None where there is none."""
        with self._file.transaction() as database:
            for case_id in case_ids:
                lease = self._take(database, case_id, officer, lease_s)
                if lease.officer == officer and not lease.is_answered:
                    return case_id
        return None

    def renew(self, case_id: str, officer: str, lease_s: float) -> Lease | None:
        """Hold a case of one's own for ``lease_s`` seconds from now; None where it is no longer one's own."""
        with self._file.transaction() as database:
            now_ns = self._clock()
            database.execute(
                "UPDATE leases SET until_ns = max(until_ns, ?)"
                " WHERE case_id = ? AND officer = ? AND until_ns > ? AND NOT is_answered",
                (_end_of(now_ns, lease_s), case_id, officer, now_ns),
            )
            lease = self._holder(database, case_id)
        return lease if lease is not None and lease.officer == officer else None

    def take_over(self, case_id: str, officer: str, lease_s: float) -> Lease | None:
        """Hold a case whoever holds it; returns the lease that this ended, None where there was none."""
        with self._file.transaction() as database:
            before = self._holder(database, case_id)
            self._hold(database, case_id, officer, lease_s)
        return before if before is not None and before.officer != officer else None

    def release(self, case_id: str, officer: str, *, until_ns: int | None = None) -> None:
        """Let go of a case of one's own, unless an answer to it is being applied.

        With ``until_ns`` only of the lease that ends then, as a page knows it that is being left: the same
        case may have been opened again since.
        """
        with self._file.transaction() as database:
            database.execute(
                "DELETE FROM leases WHERE case_id = ? AND officer = ? AND NOT is_answered"
                " AND (? IS NULL OR until_ns = ?)",
                (case_id, officer, until_ns, until_ns),
            )

    def holders(self, case_ids: Collection[str]) -> dict[str, Lease]:
        """Who holds which of ``case_ids`` now; a free case is not named."""
        with self._file.reading() as database:
            rows = database.execute(
                "SELECT case_id, officer, until_ns, is_answered FROM leases WHERE until_ns > ?"
                f" AND case_id IN ({', '.join('?' * len(case_ids))})",
                (self._clock(), *case_ids),
            )
            return {
                case_id: Lease(case_id, officer, until_ns, bool(is_answered))
                for case_id, officer, until_ns, is_answered in rows
            }

    def unavailable_to(self, officer: str) -> set[str]:
        """Cases that this officer cannot be given now: others hold them, or an answer is being applied."""
        with self._file.reading() as database:
            rows = database.execute(
                "SELECT case_id FROM leases WHERE until_ns > ? AND (officer <> ? OR is_answered)",
                (self._clock(), officer),
            )
            return {case_id for (case_id,) in rows}

    def _take(self, database: sqlite3.Connection, case_id: str, officer: str, lease_s: float) -> Lease:
        held = self._holder(database, case_id)
        if held is not None and (held.officer != officer or held.is_answered):
            return held
        return replace(self._hold(database, case_id, officer, lease_s), is_new=held is None)

    def _hold(self, database: sqlite3.Connection, case_id: str, officer: str, lease_s: float) -> Lease:
        now_ns = self._clock()
        database.execute("DELETE FROM leases WHERE until_ns <= ?", (now_ns,))
        lease = Lease(case_id, officer, _end_of(now_ns, lease_s))
        database.execute(
            "INSERT OR REPLACE INTO leases VALUES (?, ?, ?, 0)", (case_id, officer, lease.until_ns)
        )
        return lease

    def _holder(self, database: sqlite3.Connection, case_id: str) -> Lease | None:
        row = database.execute(
            "SELECT officer, until_ns, is_answered FROM leases WHERE case_id = ? AND until_ns > ?",
            (case_id, self._clock()),
        ).fetchone()
        if row is None:
            return None
        holder, until_ns, is_answered = row
        return Lease(case_id, holder, until_ns, bool(is_answered))


def _end_of(now_ns: int, lease_s: float) -> int:
    return now_ns + round(lease_s * _NANOSECONDS)
