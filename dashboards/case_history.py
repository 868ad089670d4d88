"""What happened to a case, in the order of time: its events, and out of the audit what officers may know.

Everybody who sees the case sees who was assigned and what was handed out. Who looked at it and when is for
auditors, on pages of their own: a second officer must not learn from it what the first one did.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from dashboards.office import Office
from enforcement.casebook import Case
from enforcement.desk.audit_book import AuditBook, AuditFilter
from enforcement.desk.audit_entry import AuditEntry

_FOR_ALL = frozenset({"assigned", "exported", "erased"})
_MOST = 200
_DIGEST = re.compile(r"[0-9a-f]{32,}")
_KINDS = {
    "conflict": "came too late, changed nothing",
    "answered": "a letter was answered",
    "lapsed": "lapsed",
    "withdrawn": "taken back",
    "in review": "answered, not to be known before your own answer",
}


@dataclass(frozen=True)
class HistoryEntry:
    """One line: ``tone`` is the event's kind, for its colour; ``times`` it happened without a break."""

    at_ns: int
    tone: str
    title: str
    who: str
    detail: str = ""
    reason_code: str = ""
    note: str = ""
    times: int = 1


def history_of(office: Office, case: Case) -> list[HistoryEntry]:
    """The history of a case, oldest first."""
    lines = [
        HistoryEntry(
            at_ns=event.at_ns,
            tone=event.kind.replace(" ", "-"),
            title=_KINDS.get(event.kind, event.kind),
            who=event.officer or "",
            detail="" if event.review in ("", "first") else f"{event.review} review",
            reason_code=event.reason_code or "",
            note="" if event.note == case.finding.explanation else event.note,
        )
        for event in case.events
    ]
    wanted = AuditFilter(case_id=case.summary.case_id)
    for entry in reversed(AuditBook(office.desk.file).page(wanted, _MOST)):
        if entry.action in _FOR_ALL:
            lines.append(_line_of(entry, case.summary.case_id))
    return _together(sorted(lines, key=lambda line: line.at_ns))


def _line_of(entry: AuditEntry, case_id: str) -> HistoryEntry:
    what = _DIGEST.sub(lambda digest: f"{digest[0][:12]}…", entry.subject.removeprefix(case_id).lstrip("/"))
    said = "; ".join(filter(None, (what, entry.purpose)))
    return HistoryEntry(entry.at_ns, "noted", entry.action, entry.who, said, note=entry.reason)


def _together(lines: list[HistoryEntry]) -> list[HistoryEntry]:
    """Lines that say the same thing one after the other as one, at the time of the last."""
    kept: list[HistoryEntry] = []
    for line in lines:
        if kept and replace(kept[-1], at_ns=line.at_ns, times=1) == line:
            kept[-1] = replace(line, times=kept[-1].times + 1)
        else:
            kept.append(line)
    return kept
