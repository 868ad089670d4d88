"""An officer's answer: checked, published on the decisions topic, and waited for.

The pages write nothing to the store. The order of the decisions log settles who was first, so an answer
that comes second changes nothing, and its officer is told who was first and what they decided.
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import RedirectResponse, Response

from dashboards.cases import Answer, show_case
from dashboards.flash import describe, ruling_of
from dashboards.guard import check_form
from dashboards.office import Office
from dashboards.pieces import lacking, list_pieces
from dashboards.rendering import remember_decided
from dashboards.sign_in.asking import needs
from dashboards.sign_in.rights import Person, Right
from enforcement.casebook import Case
from enforcement.reasons import REASON_CODES
from streams.encoding import encode
from streams.identity import identify
from streams.messages import Decision
from streams.topics import Topic

MAX_NOTE = 2000
_FORM_ID = re.compile(r"[0-9a-f]{32}")


def decisions_router(office: Office) -> APIRouter:
    """``POST /cases/{id}/decision``."""
    router = APIRouter()

    @router.post("/cases/{case_id}/decision")
    def decide(
        request: Request,
        case_id: str,
        person: Annotated[Person, Depends(needs(Right.DECIDE))],
        form_id: Annotated[str, Form()] = "",
        outcome: Annotated[str, Form()] = "",
        reason_code: Annotated[str, Form()] = "",
        note: Annotated[str, Form()] = "",
        csrf_token: Annotated[str, Form()] = "",
    ) -> Response:
        """Record the answer, wait until it is applied, and go on to the next open case."""
        check_form(request, csrf_token)
        case = office.find(case_id)
        answer = Answer(form_id, person.name, outcome, reason_code, note.strip())
        problem = problem_with(answer, lacking(list_pieces(office, case)))
        if problem:
            return show_case(office, request, case, answer, problem=problem, status=422)
        decision = _decision(case_id, answer)
        event = office.casebook.wait_for_decision(case_id, decision.decision_id, 0.0)
        if event is None and ruling_of(case) is not None:
            return _too_late(office, request, case, answer)
        if event is None:
            office.bus.publish(Topic.DECISIONS, case_id, encode(decision))
            event = office.casebook.wait_for_decision(case_id, decision.decision_id, office.wait_s)
        if event is not None and event.kind == "conflict":
            return _too_late(office, request, office.find(case_id), answer)
        following = office.casebook.next_open(case_id)
        response = RedirectResponse(f"/cases/{following}" if following else "/", status_code=303)
        remember_decided(request, response, case_id)
        return response

    return router


def problem_with(answer: Answer, missing: Sequence[str]) -> str:
    """What keeps this answer from being recorded, as a sentence; empty when nothing does."""
    if not _FORM_ID.fullmatch(answer.form_id):
        return "This form was not complete; decide again on this page."
    if len(answer.note) > MAX_NOTE:
        return f"Shorten the note to {MAX_NOTE} characters."
    if answer.outcome == "confirmed":
        if missing:
            return f"This case cannot be confirmed because it is incomplete: {'; '.join(missing)}."
        return (
            "A reason belongs to a rejection; clear it to confirm, or reject." if answer.reason_code else ""
        )
    if answer.outcome == "rejected":
        if answer.reason_code not in REASON_CODES:
            return "Choose the reason for rejecting this case."
        if answer.reason_code == "other" and not answer.note:
            return "Write the reason into the note, since you chose another reason."
        return ""
    return "Choose whether to confirm or to reject this case."


def _decision(case_id: str, answer: Answer) -> Decision:
    identity = (answer.form_id, answer.officer, answer.outcome, answer.reason_code, answer.note)
    return Decision(
        decision_id=identify("decision", case_id, *identity),
        case_id=case_id,
        officer=answer.officer,
        outcome=answer.outcome,
        decided_at_ns=time.time_ns(),
        reason_code=answer.reason_code or None,
        note=answer.note,
    )


def _too_late(office: Office, request: Request, case: Case, answer: Answer) -> Response:
    ruling = ruling_of(case)
    first = f"this case was already {describe(ruling)}" if ruling else "another decision came first."
    problem = f"Your answer changed nothing: {first}"
    return show_case(office, request, case, answer, problem=problem, status=409)
