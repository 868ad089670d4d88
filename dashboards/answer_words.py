"""What became of an officer's answer, in words."""

from __future__ import annotations

from dashboards.formatting import utc_text
from enforcement.case_event import CaseEvent
from enforcement.reasons import REASON_CODES

#: What an officer's answer led to where it did not decide, by the case's status after it.
_SO_FAR = {
    "second review": "your answer is recorded; another officer looks at the case next.",
    "disputed": "your answer is recorded; it differs from the first one, so a supervisor decides.",
}
_TAKEN_BACK = "your answer is taken back, and the case is open again."
CHANGED_NOTHING = "Your answer changed nothing"


def describe(event: CaseEvent) -> str:
    """A decision as a sentence: who, what, when and why."""
    reason = f" Reason: {REASON_CODES.get(event.reason_code, event.reason_code)}" if event.reason_code else ""
    return f"{event.kind} by {event.officer or 'an unnamed officer'} at {utc_text(event.at_ns)}.{reason}"


def what_it_did(event: CaseEvent) -> str:
    """What an answer that counted led to, for the officer who gave it."""
    if event.kind in ("confirmed", "rejected") and event.status_after in ("confirmed", "rejected"):
        return describe(event)
    return _SO_FAR.get(event.status_after, _TAKEN_BACK)


def who_was_first(ruling: CaseEvent | None) -> str:
    """Why an answer came too late; ``ruling`` decided the case, None where nothing has."""
    if ruling is None:
        return "another officer answered while you looked at the case. Look at what is asked now."
    return f"this case was already {describe(ruling)}"
