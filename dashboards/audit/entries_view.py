"""Entries of the audit as a page shows them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from enforcement.desk.audit_entry import AuditEntry
from enforcement.plate_search import PURPOSES

_CASE = re.compile(r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:/(.*))?", re.DOTALL)
_DIGEST = re.compile(r"[0-9a-f]{32,}")
_SHOWN_DIGITS = 12
#: What a case's story counts by person, and what each counts.
COUNTED = {
    "saw": frozenset({"looked", "found"}),
    "opened": frozenset({"opened"}),
    "decided": frozenset({"decided", "confirmed", "rejected", "undid", "withdrew"}),
    "exported": frozenset({"exported"}),
}


@dataclass(frozen=True)
class ShownEntry:
    """One entry: ``case_id`` is that of its subject, if any, and ``what`` the rest of it."""

    entry: AuditEntry
    case_id: str
    what: str
    purpose: str


@dataclass(frozen=True)
class Part:
    """What one person did to a case: how often each of ``COUNTED``, and how often anything else."""

    who: str
    counts: Mapping[str, int]
    others: int
    first_ns: int
    last_ns: int


def shown(entries: Iterable[AuditEntry]) -> list[ShownEntry]:
    """The entries with their subjects taken apart."""
    return [_shown(entry) for entry in entries]


def parts_in(story: Sequence[AuditEntry]) -> list[Part]:
    """Who did what to a case, in the order in which they first came to it."""
    people = dict.fromkeys(entry.who for entry in story)
    return [_part(who, [entry for entry in story if entry.who == who]) for who in people]


def _shown(entry: AuditEntry) -> ShownEntry:
    found = _CASE.fullmatch(entry.subject)
    case_id, what = (found[1], found[2] or "") if found else ("", entry.subject)
    what = _DIGEST.sub(lambda digest: f"{digest[0][:_SHOWN_DIGITS]}…", what)
    return ShownEntry(entry, case_id, what, PURPOSES.get(entry.purpose, entry.purpose))


def _part(who: str, entries: Sequence[AuditEntry]) -> Part:
    actions = Counter(entry.action for entry in entries)
    counts = {name: sum(actions[action] for action in of) for name, of in COUNTED.items()}
    others = len(entries) - sum(counts.values())
    return Part(who, counts, others, entries[0].at_ns, entries[-1].at_ns)
