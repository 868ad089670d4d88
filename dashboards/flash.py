"""The message after a decision: a cookie names the case, the record says what became of it."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import Request

from dashboards.formatting import utc_text
from dashboards.office import Office
from dashboards.rendering import decided_case
from enforcement.casebook import Case, CaseEvent
from enforcement.reasons import REASON_CODES


@dataclass(frozen=True)
class Flash:
    """A message about the case ``case_id`` at the top of a page; ``tone`` is done or pending."""

    tone: str
    text: str
    case_id: str


def flash_for(office: Office, request: Request) -> Flash | None:
    """What became of the case that this browser decided just before this page, None where there is none."""
    case_id = decided_case(request)
    case = office.casebook.case(case_id) if case_id else None
    if case is None:
        return None
    plate = case.summary.plate or "the unreadable plate"
    ruling = ruling_of(case)
    if ruling is None:
        return Flash("pending", f"Your decision on {plate} is recorded and being applied.", case_id)
    return Flash("done", f"{plate}: {describe(ruling)}", case_id)


def ruling_of(case: Case) -> CaseEvent | None:
    """The event that decided the case, None while it is open."""
    return next((event for event in case.events if event.kind in ("confirmed", "rejected")), None)


def describe(event: CaseEvent) -> str:
    """A decision as a sentence: who, what, when and why."""
    reason = f" Reason: {REASON_CODES.get(event.reason_code, event.reason_code)}" if event.reason_code else ""
    return f"{event.kind} by {event.officer or 'an unnamed officer'} at {utc_text(event.at_ns)}.{reason}"
