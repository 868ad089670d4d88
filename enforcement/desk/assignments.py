"""Whom a supervisor wants to decide a case.

An assigned case is offered to its officer before all others and to nobody else; it says nothing about who
holds the case, which only a lease does, and it may be changed at any time.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping

from enforcement.desk.audit_chain import AuditChain
from enforcement.desk.desk_file import DeskFile

#: So many at once, which is also what one officer can be given sensibly.
MOST_AT_ONCE = 500


class Assignments:
    """The assignments in a desk file; each is in the audit too."""

    def __init__(self, audit: AuditChain, clock_ns: Callable[[], int] = time.time_ns) -> None:
        self._file: DeskFile = audit.desk
        self._audit = audit
        self._clock_ns = clock_ns

    def assign(self, case_ids: Collection[str], officer: str, by: str, role: str) -> None:
        """Assign cases to ``officer``, or to nobody where that is empty: all of them, or none."""
        now_ns = self._clock_ns()
        with self._file.transaction() as database:
            for case_id in sorted(set(case_ids)):
                if officer:
                    database.execute(
                        "INSERT OR REPLACE INTO assignments VALUES (?, ?, ?, ?)",
                        (case_id, officer, by, now_ns),
                    )
                else:
                    database.execute("DELETE FROM assignments WHERE case_id = ?", (case_id,))
                self._audit.append(
                    database, by, role, "assigned", case_id, reason=f"to {officer or 'nobody'}"
                )

    def of(self, officer: str) -> frozenset[str]:
        """The cases that are assigned to ``officer``, decided ones included until they are cleared."""
        return self._ids("officer = ?", officer)

    def of_others(self, officer: str) -> frozenset[str]:
        """The cases that are assigned to somebody else."""
        return self._ids("officer != ?", officer)

    def officers(self, case_ids: Collection[str]) -> Mapping[str, str]:
        """Who has which of ``case_ids``; a case that nobody has is left out."""
        with self._file.reading() as database:
            marks = ", ".join("?" * len(case_ids))
            return dict(
                database.execute(
                    f"SELECT case_id, officer FROM assignments WHERE case_id IN ({marks})", tuple(case_ids)
                )
            )

    def clear(self, case_ids: Collection[str]) -> None:
        """Forget the assignments of cases that are decided."""
        with self._file.transaction() as database:
            database.executemany("DELETE FROM assignments WHERE case_id = ?", [(each,) for each in case_ids])

    def _ids(self, condition: str, value: str) -> frozenset[str]:
        with self._file.reading() as database:
            rows = database.execute(f"SELECT case_id FROM assignments WHERE {condition}", (value,))
            return frozenset(row[0] for row in rows)
