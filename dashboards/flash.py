"""The message after a decision: a cookie names the case, the record says what became of it."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import Request

from dashboards.formatting import utc_text
from dashboards.office import Office
from dashboards.rendering import decided_case
from dashboards.sign_in.asking import person_of
from enforcement.case_event import CaseEvent
from enforcement.reasons import REASON_CODES

#: What an officer's answer led to where it did not decide, by the case's status after it.
_SO_FAR = {
    "second review": "your answer is recorded; another officer looks at the case next.",
    "disputed": "your answer is recorded; it differs from the first one, so a supervisor decides.",
}
_TAKEN_BACK = "your answer is taken back, and the case is open again."


@dataclass(frozen=True)
class Flash:
    """A message about the case ``case_id`` at the top of a page; ``tone`` is done or pending."""

    tone: str
    text: str
    case_id: str


def flash_for(office: Office, request: Request) -> Flash | None:
    """What became of the case that this browser decided just before this page, None where there is none."""
    case_id = decided_case(request)
    if not case_id:
        return None
    person = person_of(request)
    case = office.casebook.case(case_id, person.name)
    if case is None:
        return None
    plate = case.summary.plate or "the unreadable plate"
    if case.ruling is not None:
        return Flash("done", f"{plate}: {describe(case.ruling)}", case_id)
    own = [event for event in case.events if event.officer == person.name]
    if not own:
        return Flash("pending", f"Your decision on {plate} is recorded and being applied.", case_id)
    return Flash("done", f"{plate}: {_SO_FAR.get(own[-1].status_after, _TAKEN_BACK)}", case_id)


def describe(event: CaseEvent) -> str:
    """A decision as a sentence: who, what, when and why."""
    reason = f" Reason: {REASON_CODES.get(event.reason_code, event.reason_code)}" if event.reason_code else ""
    return f"{event.kind} by {event.officer or 'an unnamed officer'} at {utc_text(event.at_ns)}.{reason}"
