"""The audit as CSV, for people and their spreadsheets; a program that checks the chain takes JSON lines."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from enforcement.desk.audit_entry import AuditEntry

_HEADER = ("entry", "at (UTC)", "who", "roles", "action", "subject", "purpose", "reason", "digest")
# A spreadsheet takes a cell that begins so for a formula, and people write reasons.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_lines(entries: Iterable[AuditEntry]) -> Iterator[str]:
    """The header and a line for each entry."""
    yield _line(_HEADER)
    for entry in entries:
        at = datetime.fromtimestamp(entry.at_ns // 10**9, UTC)
        yield _line(
            (
                str(entry.sequence),
                f"{at:%Y-%m-%d %H:%M:%S}.{entry.at_ns % 10**9 // 10**6:03d}",
                entry.who,
                entry.role,
                entry.action,
                entry.subject,
                entry.purpose,
                entry.reason,
                entry.digest,
            )
        )


def _line(cells: Iterable[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in cells)
    return out.getvalue()
