"""What an officer has filled in on the page of a case: what is wrong with it, and the message it becomes."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass

from enforcement.matching import Matched
from enforcement.matching.choosing import choice_of_form, fault_of_choice
from enforcement.reasons import IN_THE_NOTE, REASON_CODES
from enforcement.reviewing.faults import unchecked
from streams.identity import identify
from streams.messages import Decision

MAX_NOTE = 2000
_FORM_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Answer:
    """What is filled in so far; ``form_id`` makes sending one form twice one decision.

    ``review`` is the question that the form asked, ``chosen_plate`` what it sends of the register's
    candidates: a plate, ``none``, or nothing.
    """

    form_id: str
    officer: str
    review: str = "first"
    outcome: str = ""
    checked: tuple[str, ...] = ()
    chosen_plate: str = ""
    reason_code: str = ""
    note: str = ""


def problem_with(answer: Answer, missing: Sequence[str], matched: Matched) -> str:
    """What keeps this answer from being recorded, as a sentence; empty when nothing does.

    Args:
        answer: as it was filled in.
        missing: what the case lacks, sentences without their full stop.
        matched: what the register says of the plate.
    """
    if not _FORM_ID.fullmatch(answer.form_id):
        return "This form was not complete; decide again on this page."
    if len(answer.note) > MAX_NOTE:
        return f"Shorten the note to {MAX_NOTE} characters."
    if answer.outcome == "confirmed":
        return _problem_with_confirming(answer, missing, matched)
    if answer.outcome == "rejected":
        if answer.reason_code not in REASON_CODES:
            return "Choose the reason for rejecting this case."
        if answer.reason_code == IN_THE_NOTE and not answer.note.strip():
            return "Write the reason into the note, since you chose another reason."
        return ""
    return "Choose whether to confirm or to reject this case."


def decision_of(case_id: str, answer: Answer) -> Decision:
    """The message; the same answer on the same form is the same decision."""
    filled_in = (
        answer.review,
        answer.outcome,
        " ".join(answer.checked),
        answer.chosen_plate,
        answer.reason_code,
        answer.note,
    )
    is_confirmed = answer.outcome == "confirmed"
    return Decision(
        decision_id=identify("decision", case_id, answer.form_id, answer.officer, *filled_in),
        case_id=case_id,
        officer=answer.officer,
        outcome=answer.outcome,
        decided_at_ns=time.time_ns(),
        reason_code=answer.reason_code or None,
        note=answer.note,
        checked=answer.checked,
        chosen_plate=choice_of_form(answer.chosen_plate) if is_confirmed else None,
        review=answer.review,
    )


def withdrawal_of(case_id: str, officer: str, withdraws: str, at_ns: int) -> Decision:
    """The message that takes an answer back; one for each answer, however often it is asked for."""
    return Decision(
        decision_id=identify("withdrawal", case_id, withdraws),
        case_id=case_id,
        officer=officer,
        outcome="withdrawn",
        decided_at_ns=at_ns,
        withdraws=withdraws,
    )


def _problem_with_confirming(answer: Answer, missing: Sequence[str], matched: Matched) -> str:
    if missing:
        return f"This case cannot be confirmed because it is incomplete: {'; '.join(missing)}."
    if answer.reason_code:
        return "A reason belongs to a rejection; clear it to confirm, or reject."
    if left := unchecked(answer.checked):
        return f"Check and tick before confirming: {', '.join(left)}."
    plates = [candidate.plate for candidate in matched.candidates]
    fault = fault_of_choice(matched.match, plates, choice_of_form(answer.chosen_plate))
    return fault[:1].upper() + fault[1:] if fault else ""
