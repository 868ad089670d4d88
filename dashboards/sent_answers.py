"""What became of the answers that an officer sent: asked for by open pages, and put away when it was seen."""

from __future__ import annotations

import re
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import RedirectResponse, Response

from dashboards.flash import flashes_for
from dashboards.guard import check_form
from dashboards.office import Office
from dashboards.sign_in.asking import needs
from dashboards.sign_in.rights import Person, Right
from enforcement.desk.sent_answers import SentAnswers

_A_CASE = re.compile(r"/cases/[0-9a-f-]+")

Decider = Annotated[Person, Depends(needs(Right.DECIDE))]


def sent_answers_router(office: Office) -> APIRouter:
    """``GET /answers`` and ``POST /answers/{decision_id}/seen``."""
    router = APIRouter()

    @router.get("/answers")
    def answers(request: Request, person: Decider) -> Response:
        """The messages alone, for a page that is open already."""
        return office.pages.render(request, "sent_answers.html", {"flashes": flashes_for(office, request)})

    @router.post("/answers/{decision_id}/seen")
    def seen(
        request: Request, decision_id: str, person: Decider, csrf_token: Annotated[str, Form()] = ""
    ) -> Response:
        """Say no more of an answer that was refused."""
        check_form(request, csrf_token)
        SentAnswers(office.desk.file).seen(person.name, [decision_id])
        return RedirectResponse(_back(request), status_code=303)

    return router


def _back(request: Request) -> str:
    """The case or the queue that the button was pressed on."""
    path = urlsplit(request.headers.get("referer", "")).path
    return path if _A_CASE.fullmatch(path) else "/"
