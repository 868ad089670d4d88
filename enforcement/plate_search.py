"""Searching for a plate among cases: the whole plate, some time back, a handful of results."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from enforcement.register import normalise
from enforcement.store import Store

#: Stands for one character that nobody could make out.
UNKNOWN: Final = "?"
_FEWEST_KNOWN, _LONGEST = 4, 12

#: What a search may be for: codes, as the audit keeps them, and as people choose them.
PURPOSES = {
    "objection": "The keeper objects, or asks about a case of theirs",
    "court": "A court or prosecutor asks for it",
    "duplicate": "The same vehicle may have two cases for one offence",
    "misread": "A plate may have been read wrongly",
    "stolen": "The vehicle or its plates are reported stolen",
    "data-subject": "The keeper asks which data there are about them",
}


@dataclass(frozen=True)
class FoundCase:
    """A case with the plate that was searched for."""

    case_id: str
    plate: str
    occurred_at_ns: int
    camera_id: str
    offence: str
    status: str


def pattern_of(text: str) -> str:
    """What is searched for: capital letters, digits, and ``UNKNOWN``; empty for what may not be."""
    kept = "".join(UNKNOWN if part == UNKNOWN else normalise(part) for part in text)
    return kept if not fault_of_pattern(kept) else ""


def fault_of_pattern(pattern: str) -> str:
    """Why this is not searched for, as a sentence; empty when it may be."""
    if len(pattern) > _LONGEST:
        return f"A plate has at most {_LONGEST} characters; write one plate."
    if pattern.count(UNKNOWN) > 1 or len(pattern) - pattern.count(UNKNOWN) < _FEWEST_KNOWN:
        return (
            f"Write the whole plate, at least {_FEWEST_KNOWN} letters and digits; one that nobody could make "
            f"out may be a {UNKNOWN}."
        )
    return ""


def cases_with_plate(store: Store, pattern: str, since_ns: int, limit: int) -> list[FoundCase]:
    """Cases whose plate is this one, newest first, at most ``limit``, from ``since_ns`` (UTC) on.

    ``pattern`` is one of :func:`pattern_of`. Only cases are searched: passages have no plates. Those that
    were invented to test reviews are of no vehicle.

    Raises:
        StoreError: when the store cannot be asked.
    """
    rows = store.query(
        """SELECT toString(case_id), plate, toUnixTimestamp64Nano(occurred_at), camera_id, offence,
            toString(status)
        FROM cases FINAL
        WHERE NOT seeded AND occurred_at >= fromUnixTimestamp64Nano({since:Int64}, 'UTC')
            AND upper(replaceRegexpAll(ifNull(plate, ''), '[^\\\\p{L}\\\\p{N}]', '')) LIKE {pattern:String}
        ORDER BY occurred_at DESC, case_id LIMIT {limit:UInt32}""",
        {"since": since_ns, "pattern": pattern.replace(UNKNOWN, "_"), "limit": limit},
    )
    return [FoundCase(*row) for row in rows]
