"""An officer's answer: checked, published on the decisions topic, and gone on from; and taken back.

The pages write nothing to the store, and do not wait until the worker does: an answer is safe as soon as the
log has it. The order of the log settles who was first, so an answer that comes second changes nothing. Its
officer is told what became of it on the pages that follow.
"""

from __future__ import annotations

import time
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.background import BackgroundTask
from starlette.responses import RedirectResponse, Response

from dashboards.answer_words import CHANGED_NOTHING, who_was_first
from dashboards.answering import Answer, decision_of, problem_with, withdrawal_of
from dashboards.auditing import note as enter
from dashboards.cases import show_case
from dashboards.decision_view import asked_of, undo_of
from dashboards.failures import Refusal
from dashboards.guard import check_form
from dashboards.next_case import next_cases
from dashboards.office import Office
from dashboards.pieces import lacking, list_pieces
from dashboards.sign_in.asking import needs
from dashboards.sign_in.rights import Person, Right
from enforcement.case_event import CaseEvent
from enforcement.casebook import Case
from enforcement.desk.leases import Leases
from enforcement.desk.sent_answers import SentAnswer, SentAnswers
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
        """Send the answer, and go on to the next case."""
        check_form(request, csrf_token)
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
        if not SentAnswers(office.desk.file).is_sent(decision.decision_id):
            plate = _plate_of_open_form(office, person, case_id, answer)
            if plate is None:
                case = office.find(case_id, person)
                before = next(
                    (each for each in case.events if each.decision_id == decision.decision_id), None
                )
                refused = _refused(office, request, person, case, answer, before)
                if refused is not None:
                    return refused
                plate = case.summary.plate or "" if before is None else None
            if plate is not None:
                enter(request, office, "decided", case_id)
                _send(office, decision, plate)
        background = BackgroundTask(office.settling.wait, decision.decision_id, office.wait_s)
        return _to_next(office, request, person, case_id, background)

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
        leases = Leases(office.desk.file)
        lease = leases.take(case_id, person.name, case.answered.terms.lease_s)
        if (
            lease.officer != person.name
            or not withdraws
            or undo_of(office, person, case, now_ns) != withdraws
        ):
            if lease.is_new:
                leases.release(case_id, person.name)
            raise Refusal(
                409,
                "This answer can no longer be taken back: its time is over, another officer has begun to "
                "look at the case, or a notice has gone out.",
            )
        enter(request, office, "undid", case_id)
        withdrawal = withdrawal_of(case_id, person.name, withdraws, now_ns)
        _send(office, withdrawal, case.summary.plate or "")
        office.settling.wait(withdrawal.decision_id, office.wait_s)
        return RedirectResponse(f"/cases/{case_id}", status_code=303)

    @router.get("/next")
    def go_on(request: Request, person: Decider, after: str = "") -> Response:
        """Hold the next case, and go there; back to the queue where there is none."""
        return _to_next(office, request, person, after)

    return router


def _plate_of_open_form(office: Office, person: Person, case_id: str, answer: Answer) -> str | None:
    """The plate of the case where this answers a form that is open; None where the case has to be read."""
    form = office.forms.take(person.name, case_id)
    lease = Leases(office.desk.file).holders([case_id]).get(case_id)
    if form is None or lease is None or lease.officer != person.name or lease.is_answered:
        return None
    if form.asked == "supervisor" and not person.may(Right.SETTLE):
        return None
    return form.plate if form.allows(answer, time.time_ns()) else None


def _refused(
    office: Office, request: Request, person: Person, case: Case, answer: Answer, before: CaseEvent | None
) -> Response | None:
    """The page that says why this answer is not recorded; None where it can be, or was (``before``)."""
    if before is not None:
        return _too_late(office, request, case, answer) if before.kind == "conflict" else None
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


def _send(office: Office, decision: Decision, plate: str) -> None:
    """Publish a decision; once this returns it is safe, and nobody is given the case until it is applied."""
    office.bus.publish(Topic.DECISIONS, decision.case_id, encode(decision))
    SentAnswers(office.desk.file).send(
        SentAnswer(
            decision.decision_id,
            decision.case_id,
            decision.officer,
            decision.outcome,
            plate,
            time.time_ns(),
        )
    )


def _to_next(
    office: Office, request: Request, person: Person, after: str, background: BackgroundTask | None = None
) -> Response:
    wanted = next_cases(office, request, person, after)
    following = Leases(office.desk.file).take_first(wanted, person.name, USUAL.lease_s)
    address = f"/cases/{following}" if following else "/"
    return RedirectResponse(address, status_code=303, background=background)


def _too_late(office: Office, request: Request, case: Case, answer: Answer) -> Response:
    problem = f"{CHANGED_NOTHING}: {who_was_first(case.ruling)}"
    return show_case(office, request, case, answer, problem=problem, status=409)
