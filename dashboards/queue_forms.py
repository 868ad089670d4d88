"""What is changed on the queue: saved views, and whom cases are assigned to. Nothing here decides a case."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import RedirectResponse, Response

from dashboards.failures import Refusal
from dashboards.guard import check_form
from dashboards.office import Office
from dashboards.queue_view import QueueView
from dashboards.sign_in.asking import needs
from dashboards.sign_in.rights import Person, Right, as_roles
from enforcement.desk.assignments import MOST_AT_ONCE, Assignments
from enforcement.desk.saved_views import SavedView, SavedViews
from enforcement.errors import DeskError


def queue_forms_router(office: Office) -> APIRouter:
    """``POST /views``, ``/views/delete`` and ``/assignments``."""
    router = APIRouter()
    views, assignments = SavedViews(office.desk.file), Assignments(office.desk.audit)

    @router.post("/views")
    def save_view(
        request: Request,
        person: Annotated[Person, Depends(needs(Right.SEE_CASES))],
        name: Annotated[str, Form()] = "",
        query: Annotated[str, Form()] = "",
        shared: Annotated[bool, Form()] = False,
        csrf_token: Annotated[str, Form()] = "",
    ) -> Response:
        """Keep the view under a name; for everybody only where the person may assign."""
        check_form(request, csrf_token)
        view = QueueView.from_query(query)
        if shared and not person.may(Right.ASSIGN):
            raise Refusal(403, "Only who may assign cases can give a view to everybody.")
        kept = SavedView(person.name, " ".join(name.split()), view.address(page=1)[2:], shared)
        try:
            views.save(kept)
        except DeskError as error:
            raise Refusal(422, str(error)) from error
        return RedirectResponse(view.address(), status_code=303)

    @router.post("/views/delete")
    def delete_view(
        request: Request,
        person: Annotated[Person, Depends(needs(Right.SEE_CASES))],
        name: Annotated[str, Form()] = "",
        query: Annotated[str, Form()] = "",
        csrf_token: Annotated[str, Form()] = "",
    ) -> Response:
        """Forget one of the person's own views."""
        check_form(request, csrf_token)
        views.delete(person.name, name)
        return RedirectResponse(QueueView.from_query(query).address(), status_code=303)

    @router.post("/assignments")
    def assign(
        request: Request,
        person: Annotated[Person, Depends(needs(Right.ASSIGN))],
        case: Annotated[Sequence[str], Form()] = (),
        officer: Annotated[str, Form()] = "",
        query: Annotated[str, Form()] = "",
        csrf_token: Annotated[str, Form()] = "",
    ) -> Response:
        """Assign the ticked cases to an officer, or to nobody."""
        check_form(request, csrf_token)
        if not case:
            raise Refusal(422, "Tick the cases that you want to assign.")
        if len(case) > MOST_AT_ONCE or not all(map(_is_id, case)):
            raise Refusal(422, f"Assign at most {MOST_AT_ONCE} cases of this list at once.")
        account = office.desk.accounts.find(officer) if officer else None
        if officer and (account is None or account.is_locked or not account.person.may(Right.DECIDE)):
            raise Refusal(422, "Choose an officer who may decide cases.")
        name = account.name if account else ""
        assignments.assign(case, name, person.name, as_roles(person))
        return RedirectResponse(QueueView.from_query(query).address(), status_code=303)

    return router


def _is_id(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False
