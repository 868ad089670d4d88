"""What is wrong with a decision by itself, whatever was decided before it."""

from __future__ import annotations

from enforcement.deadlines import LAPSED, has_lapsed
from enforcement.matching.choosing import fault_of_choice
from enforcement.reasons import IN_THE_NOTE, REASON_CODES
from enforcement.reviewing.course import ASKED
from enforcement.reviewing.facts import Facts
from streams.messages import Decision

#: What an officer checks before confirming, each by itself.
CHECKS = ("plate", "vehicle", "measurement")
_OUTCOMES = ("confirmed", "rejected", "withdrawn", "answered")
#: Writers before this version of the messages did not say what was checked, nor always why.
_CHECKED_SINCE = 3


def fault_of(decision: Decision, facts: Facts) -> str | None:
    """Why a decision cannot be accepted, as one sentence; None where it can."""
    if decision.case_id not in facts.known:
        return f"there is no case '{decision.case_id}'."
    if not decision.decision_id or not decision.officer.strip():
        return "a decision needs a decision_id and an officer."
    if decision.outcome not in _OUTCOMES:
        return f"the outcome '{decision.outcome}' is unknown; known are {', '.join(_OUTCOMES)}."
    if decision.review not in ASKED.values():
        return f"the review '{decision.review}' is unknown; known are {', '.join(ASKED.values())}."
    if decision.outcome == "withdrawn" and not decision.withdraws:
        return "a withdrawal needs the decision_id of the answer that it takes back, in withdraws."
    if decision.outcome in ("confirmed", "rejected") and has_lapsed(
        facts.due_ns.get(decision.case_id), decision.decided_at_ns
    ):
        return LAPSED
    if decision.outcome == "rejected" and decision.reason_code not in REASON_CODES:
        known_codes = ", ".join(REASON_CODES)
        return f"rejecting needs a reason code, one of {known_codes}; it was {decision.reason_code!r}."
    if decision.outcome == "rejected" and _lacks_note(decision):
        return "rejecting for another reason needs that reason in the note."
    return _fault_of_confirming(decision, facts) if decision.outcome == "confirmed" else None


def unchecked(checked: tuple[str, ...]) -> list[str]:
    """What is left to check before confirming."""
    return [check for check in CHECKS if check not in checked]


def _lacks_note(decision: Decision) -> bool:
    is_asked = decision.reason_code == IN_THE_NOTE and decision.schema_version >= _CHECKED_SINCE
    return is_asked and not decision.note.strip()


def _fault_of_confirming(decision: Decision, facts: Facts) -> str | None:
    left = unchecked(decision.checked)
    if left and (decision.checked or decision.schema_version >= _CHECKED_SINCE):
        return f"confirming needs {', '.join(CHECKS)} each checked; it lacks {', '.join(left)}."
    if decision.case_id in facts.incomplete:
        return "the case still waits for evidence; confirm it when all of it has come, or reject it."
    match, plates = facts.candidates.get(decision.case_id, ("", ()))
    return fault_of_choice(match, plates, decision.chosen_plate) if match else None
