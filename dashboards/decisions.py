"""An officer's answer: checked, published on the decisions topic, and waited for; and taken back.

The pages write nothing to the store. The order of the decisions log settles who was first, so an answer
that comes second changes nothing, and its officer is told so: by whom and what only once the case is decided.
"""

from __future__ import annotations

import time
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import RedirectResponse, Response

from dashboards.answering import Answer, decision_of, problem_with, withdrawal_of
from dashboards.auditing import note as enter
from dashboards.cases import show_case
from dashboards.decision_view import asked_of, undo_of
from dashboards.failures import Refusal
from dashboards.flash import describe
from dashboards.guard import check_form
from dashboards.next_case import next_cases
from dashboards.office import Office
from dashboards.pieces import lacking, list_pieces
from dashboards.rendering import remember_decided
from dashboards.sign_in.asking import needs
from dashboards.sign_in.rights import Person, Right
from enforcement.case_event import CaseEvent
from enforcement.casebook import Case
from enforcement.desk.assignments import Assignments
from enforcement.desk.leases import Leases
from enforcement.reviewing.course import UNDECIDED
from enforcement.reviewing.terms import USUAL
from streams.encoding import encode
from streams.messages import Decision
from streams.topics import Topic

Decider = Annotated[Person, Depends(needs(Right.DECIDE))]


def decisions_router(office: Office) -> APIRouter:
    """``POST /cases/{id}/decision``, ``POST /cases/{id}/undo`` and ``GET /next``."""
    router = APIRouter()

    @router.post("/cases/{case_id}/decision")
    def decide(
        request: Request,
        case_id: str,
        person: Decider,
        form_id: Annotated[str, Form()] = "",
        review: Annotated[str, Form()] = "",
        outcome: Annotated[str, Form()] = "",
        checked: Annotated[list[str] | None, Form()] = None,
        chosen_plate: Annotated[str, Form()] = "",
        reason_code: Annotated[str, Form()] = "",
        note: Annotated[str, Form()] = "",
        csrf_token: Annotated[str, Form()] = "",
    ) -> Response:
        """Record the answer, wait until it is applied, and go on to the next case."""
        check_form(request, csrf_token)
        case = office.find(case_id, person)
        answer = Answer(
            form_id,
            person.name,
            review,
            outcome,
            tuple(checked or ()),
            chosen_plate,
            reason_code,
            note.strip(),
        )
        decision = decision_of(case_id, answer)
        event = office.casebook.wait_for_decision(case_id, decision.decision_id, 0.0)
        if event is None:
            refused = _refused(office, request, person, case, answer)
            if refused is not None:
                return refused
            enter(request, office, "decided", case_id)
            event = _publish(office, person, case, decision)
        if event is not None and event.kind == "conflict":
            return _too_late(office, request, office.find(case_id, person), answer)
        response = _to_next(office, request, person, case_id)
        remember_decided(request, response, case_id)
        return response

    @router.post("/cases/{case_id}/undo")
    def undo(
        request: Request,
        case_id: str,
        person: Decider,
        withdraws: Annotated[str, Form()] = "",
        csrf_token: Annotated[str, Form()] = "",
    ) -> Response:
        """Take back one's own answer, and show the case, which is open again."""
        check_form(request, csrf_token)
        case = office.find(case_id, person)
        now_ns = time.time_ns()
        # Whoever would be asked second cannot begin meanwhile.
        lease = Leases(office.desk.file).take(case_id, person.name, case.answered.terms.lease_s)
        if (
            lease.officer != person.name
            or not withdraws
            or undo_of(office, person, case, now_ns) != withdraws
        ):
            raise Refusal(
                409,
                "This answer can no longer be taken back: its time is over, another officer has begun to "
                "look at the case, or a notice has gone out.",
            )
        enter(request, office, "undid", case_id)
        _publish(office, person, case, withdrawal_of(case_id, person.name, withdraws, now_ns))
        response = RedirectResponse(f"/cases/{case_id}", status_code=303)
        remember_decided(request, response, case_id)
        return response

    @router.get("/next")
    def go_on(request: Request, person: Decider, after: str = "") -> Response:
        """Hold the next case, and go there; back to the queue where there is none."""
        return _to_next(office, request, person, after)

    return router


def _refused(office: Office, request: Request, person: Person, case: Case, answer: Answer) -> Response | None:
    """The page that says why this answer is not recorded; None where it can be."""
    case_id = case.summary.case_id
    if case.summary.status not in UNDECIDED:
        return _too_late(office, request, case, answer)
    if answer.review != asked_of(person, case, time.time_ns()):
        return _too_late(office, request, case, answer)
    lease = Leases(office.desk.file).take(case_id, person.name, case.answered.terms.lease_s)
    if lease.officer != person.name or lease.is_answered:
        problem = "Your answer was not recorded: another officer holds this case now."
        return show_case(office, request, case, answer, problem=problem, status=409)
    problem = problem_with(answer, lacking(list_pieces(office, case)), case.matched)
    return show_case(office, request, case, answer, problem=problem, status=422) if problem else None


def _publish(office: Office, person: Person, case: Case, decision: Decision) -> CaseEvent | None:
    """Publish a decision and wait for it; until it is applied nobody is given the case."""
    case_id, leases = decision.case_id, Leases(office.desk.file)
    office.bus.publish(Topic.DECISIONS, case_id, encode(decision))
    leases.answered(case_id, person.name, case.answered.terms.lease_s)
    event = office.casebook.wait_for_decision(case_id, decision.decision_id, office.wait_s)
    if event is not None:
        leases.release(case_id, person.name, applied=True)
        if event.status_after not in UNDECIDED:
            Assignments(office.desk.audit).clear([case_id])
    return event


def _to_next(office: Office, request: Request, person: Person, after: str) -> Response:
    wanted = next_cases(office, request, person, after)
    following = Leases(office.desk.file).take_first(wanted, person.name, USUAL.lease_s)
    return RedirectResponse(f"/cases/{following}" if following else "/", status_code=303)


def _too_late(office: Office, request: Request, case: Case, answer: Answer) -> Response:
    if case.ruling is not None:
        first = f"this case was already {describe(case.ruling)}"
    else:
        first = "another officer answered while you looked at the case. Look at what is asked now."
    problem = f"Your answer changed nothing: {first}"
    return show_case(office, request, case, answer, problem=problem, status=409)
