"""Officers' decisions: checked, and added to their cases as events."""

from __future__ import annotations

from enforcement.batch import Batch, Refusal
from enforcement.engine import quote
from enforcement.reasons import REASON_CODES
from enforcement.rows import CASE_EVENTS, decision_row
from enforcement.store import Store
from streams.messages import Decision


def accept_decisions(store: Store, batch: Batch) -> int:
    """Store the decisions of ``batch`` as case events; returns how many.

    Which decision counts is not settled here: the log's order is stored with each, and the first counts. One
    that is not complete, or whose case does not exist, is added to ``batch.refused``.
    """
    if not batch.decisions:
        return 0
    known = _known_cases(store, {decision.case_id for _, decision in batch.decisions})
    rows = []
    for record, decision in batch.decisions:
        reason = _fault(decision, known)
        if reason is None:
            rows.append(decision_row(decision, record.offset))
        else:
            batch.refused.append(Refusal(record, "no-decision", reason))
    store.insert("case_events", CASE_EVENTS, rows)
    mark_decided(store, {row[0] for row in rows})
    return len(rows)


def mark_decided(store: Store, case_ids: set[str]) -> None:
    """Give these cases what their events say of the first decision; doing it again changes nothing."""
    if not case_ids:
        return
    named = ", ".join(map(quote, sorted(case_ids)))
    store.command(
        f"""INSERT INTO cases
        SELECT cases.* REPLACE (
            decided.kind AS status, decided.precedence AS precedence, decided.at AS decided_at,
            decided.officer AS officer, decided.reason_code AS reason_code
        )
        FROM (SELECT * FROM cases FINAL WHERE case_id IN ({named})) AS cases
        INNER JOIN
        (
            SELECT case_id, kind, precedence, at, officer, reason_code FROM case_events FINAL
            WHERE case_id IN ({named}) AND kind IN ('confirmed', 'rejected')
        ) AS decided ON decided.case_id = toString(cases.case_id)"""
    )


def _fault(decision: Decision, known: set[str]) -> str | None:
    if decision.case_id not in known:
        return f"there is no case '{decision.case_id}'."
    if not decision.decision_id or not decision.officer.strip():
        return "a decision needs a decision_id and an officer."
    if decision.outcome not in ("confirmed", "rejected"):
        return f"the outcome '{decision.outcome}' is neither confirmed nor rejected."
    if decision.outcome == "rejected" and decision.reason_code not in REASON_CODES:
        known_codes = ", ".join(REASON_CODES)
        return f"rejecting needs a reason code, one of {known_codes}; it was {decision.reason_code!r}."
    return None


def _known_cases(store: Store, case_ids: set[str]) -> set[str]:
    rows = store.query(
        "SELECT DISTINCT violation_id FROM violations WHERE violation_id IN {cases:Array(String)}",
        {"cases": sorted(case_ids)},
    )
    return {str(row[0]) for row in rows}
