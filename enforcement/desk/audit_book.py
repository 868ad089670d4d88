"""The audit as it is read: filtered by person, action, case and time, newest first; or one case's story."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from enforcement.desk.audit_entry import FIELDS, AuditEntry
from enforcement.desk.desk_file import DeskFile

_SELECT = f"SELECT {', '.join(FIELDS)} FROM audit_entries"
_AT_ONCE = 2_000
# Distinct values by one look into the index for each, however many entries there are.
_DISTINCT = """
WITH RECURSIVE found(value) AS (
    SELECT min({column}) FROM audit_entries
    UNION ALL
    SELECT (SELECT min({column}) FROM audit_entries WHERE {column} > value) FROM found WHERE value IS NOT NULL
)
SELECT value FROM found WHERE value IS NOT NULL
"""


@dataclass(frozen=True)
class AuditFilter:
    """Which entries: each empty or None lets all through. ``since_ns`` is included, ``until_ns`` is not.

    ``plate`` is the keyed digest of one that was searched for, or found.
    """

    who: str = ""
    action: str = ""
    case_id: str = ""
    since_ns: int | None = None
    until_ns: int | None = None
    plate: str = ""

    def in_words(self) -> str:
        """Which entries these are, to follow "the audit"; empty where they are all."""
        parts = [f"of {self.who}"] if self.who else []
        parts += [f"that {self.action}"] if self.action else []
        parts += [f"about case {self.case_id}"] if self.case_id else []
        parts += [f"about plate {self.plate}"] if self.plate else []
        parts += [f"from {_moment(self.since_ns)} on"] if self.since_ns is not None else []
        parts += [f"before {_moment(self.until_ns)}"] if self.until_ns is not None else []
        return " ".join(parts)

    def conditions(self) -> tuple[list[str], list[str | int]]:
        """SQL conditions and what is bound to them."""
        bounds: list[tuple[str, tuple[str | int, ...]]] = []
        if self.who:
            bounds.append(("who = ?", (self.who,)))
        if self.action:
            bounds.append(("action = ?", (self.action,)))
        if self.case_id:
            # '0' is the character after '/': all that begins with the id and a slash.
            case = self.case_id
            bounds.append(("(subject = ? OR subject > ? AND subject < ?)", (case, f"{case}/", f"{case}0")))
        if self.plate:
            bounds.append(("subject LIKE ?", (f"%/plate/{self.plate}",)))
        if self.since_ns is not None:
            bounds.append(("at_ns >= ?", (self.since_ns,)))
        if self.until_ns is not None:
            bounds.append(("at_ns < ?", (self.until_ns,)))
        return [text for text, _ in bounds], [value for _, values in bounds for value in values]


def _moment(at_ns: int) -> str:
    return f"{datetime.fromtimestamp(at_ns // 10**9, UTC):%Y-%m-%d %H:%M:%S} UTC"


class AuditBook:
    """Reads the chain in a desk file. Changes nothing, checks nothing: that is ``verify_audit``."""

    def __init__(self, desk: DeskFile) -> None:
        self._desk = desk

    def page(self, wanted: AuditFilter, limit: int, before: int | None = None) -> list[AuditEntry]:
        """At most ``limit`` entries, newest first, of those before the entry ``before``."""
        conditions, values = wanted.conditions()
        if before is not None:
            conditions.append("sequence < ?")
            values.append(before)
        return self._select(conditions, values, "DESC", limit)

    def story(self, case_id: str) -> list[AuditEntry]:
        """All that was done to a case, oldest first."""
        return self._select(*AuditFilter(case_id=case_id).conditions(), "ASC", -1)

    def walk(self, wanted: AuditFilter) -> Iterator[AuditEntry]:
        """Every entry, oldest first; what is added meanwhile comes too."""
        conditions, values = wanted.conditions()
        last = 0
        while found := self._select([*conditions, "sequence > ?"], [*values, last], "ASC", _AT_ONCE):
            yield from found
            last = found[-1].sequence

    def people(self) -> list[str]:
        """Everybody who is in the audit, by name."""
        return self._distinct("who")

    def actions(self) -> list[str]:
        """Every action that is in the audit, by name."""
        return self._distinct("action")

    def _select(
        self, conditions: list[str], values: list[str | int], order: str, limit: int
    ) -> list[AuditEntry]:
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        with self._desk.reading() as database:
            rows = database.execute(
                f"{_SELECT}{where} ORDER BY sequence {order} LIMIT ?", (*values, limit)
            ).fetchall()
        return [AuditEntry(*row) for row in rows]

    def _distinct(self, column: str) -> list[str]:
        with self._desk.reading() as database:
            return [value for (value,) in database.execute(_DISTINCT.format(column=column))]
