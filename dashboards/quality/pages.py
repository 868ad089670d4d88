"""The page of quality; on it a supervisor suspends a rule at a camera, or allows it again."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import RedirectResponse, Response

from dashboards.failures import Refusal
from dashboards.guard import check_form
from dashboards.office import Office
from dashboards.quality.noting import note_policy
from dashboards.quality.view import rule_lines
from dashboards.sign_in.asking import needs
from dashboards.sign_in.rights import Person, Right
from enforcement.errors import QualityError
from enforcement.quality.reviews import Reviews
from enforcement.quality.suspensions import Suspensions
from enforcement.quality.watching import looked_at
from enforcement.reasons import REASON_CODES

#: What the figures of the reviewers may be about, in days.
SPANS = {7: "Last 7 days", 28: "Last 4 weeks", 91: "Last 3 months"}
_USUAL_DAYS = 28
#: Reasons are kept for good and shown in one line.
LONGEST_REASON = 300


def quality_router(office: Office) -> APIRouter:
    """``/quality`` and ``POST /quality/suspensions``."""
    router = APIRouter()
    store = office.casebook.store

    @router.get("/quality")
    def quality(
        request: Request,
        person: Annotated[Person, Depends(needs(Right.SEE_QUALITY))],
        days: int = _USUAL_DAYS,
    ) -> Response:
        """How far reviewers agree, how long a case takes, and which rules are doubted at which cameras."""
        days = days if days in SPANS else _USUAL_DAYS
        reviews = Reviews(store, days)
        found, changes = looked_at(store)
        note_policy(office, changes)
        office.desk.note(person, "looked", "quality")
        lines = rule_lines(found, changes)
        context = {
            "days": days,
            "spans": SPANS,
            "agreement": reviews.agreement(),
            "reviewers": reviews.reviewers(),
            "settlings": reviews.settlings(),
            "known": reviews.known(),
            "lines": lines,
            "doubted": [line for line in lines if line.is_doubted],
            "reasons": REASON_CODES,
            "names": {each.name: each.shown_as for each in office.desk.accounts.all()},
            "may_suspend": person.may(Right.SUSPEND),
        }
        return office.pages.render(request, "quality.html", context)

    @router.post("/quality/suspensions")
    def suspend(
        request: Request,
        person: Annotated[Person, Depends(needs(Right.SUSPEND))],
        camera: Annotated[str, Form()] = "",
        offence: Annotated[str, Form()] = "",
        wanted: Annotated[str, Form()] = "",
        reason: Annotated[str, Form()] = "",
        csrf_token: Annotated[str, Form()] = "",
    ) -> Response:
        """Suspend a rule at a camera (``wanted`` is suspended), or allow it again (``allowed``)."""
        check_form(request, csrf_token)
        found, changes = looked_at(store)
        if not any(line.is_about(camera, offence) for line in rule_lines(found, changes)):
            raise Refusal(404, "No case of this rule was decided at this camera lately; look again.")
        if wanted not in ("suspended", "allowed") or len(reason) > LONGEST_REASON:
            raise Refusal(422, f"Say what is wanted, and why in {LONGEST_REASON} characters at most.")
        if not reason.strip():
            raise Refusal(422, "Write why, so that others know what has to be seen to.")
        office.desk.note(person, wanted, f"rule/{offence}/{camera}", reason=reason.strip())
        try:
            Suspensions(store).set(camera, offence, wanted == "suspended", person.name, reason)
        except QualityError as error:
            raise Refusal(409, str(error)) from error
        return RedirectResponse("/quality", status_code=303)

    return router
