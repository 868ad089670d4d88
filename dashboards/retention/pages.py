"""What is erased when, and what a person may say about it: hold a case, or that it is finished."""

from __future__ import annotations

from collections import Counter
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import RedirectResponse, Response

from dashboards.auditing import note
from dashboards.guard import check_form
from dashboards.office import Office
from dashboards.sign_in.asking import needs
from dashboards.sign_in.rights import Person, Right
from enforcement.erasing.marks import MARKS, held_cases, mark_case, mark_of
from enforcement.erasing.periods import periods_of
from enforcement.erasing.tombstone import read_tombstones
from enforcement.errors import RetentionError

RETENTION = "/retention"
#: What each rule counts from.
RULES = {
    "rejected": "Rejected cases, from the decision",
    "lapsed": "Lapsed cases, from the deadline",
    "finished": "Confirmed cases, from when they were paid or closed",
    "old": "All others, from when they were stored",
}
_SHOWN = 20
Keeps = Annotated[Person, Depends(needs(Right.KEEP_CASES))]
Text = Annotated[str, Form()]


def retention_router(office: Office) -> APIRouter:
    """``/retention`` with ``/mark``."""
    router = APIRouter(prefix=RETENTION)
    store = office.casebook.store

    def show(request: Request, *, case_id: str = "", reason: str = "", problem: str = "") -> Response:
        note(request, office, "looked", "retention")
        stones = read_tombstones(store)
        context = {
            "rules": RULES,
            "periods": periods_of(store),
            "erased": Counter(stone.rule for stone in stones),
            "stones": stones[: -_SHOWN - 1 : -1],
            "held": held_cases(store),
            "marks": MARKS,
            "case_id": case_id,
            "reason": reason,
            "problem": problem,
        }
        return office.pages.render(request, "retention.html", context, 422 if problem else 200)

    @router.get("")
    def retention_page(request: Request, person: Keeps, case: str = "") -> Response:
        """Periods, holds and the newest tombstones; ``case`` fills in the form."""
        return show(request, case_id=case[:64])

    @router.post("/mark")
    def mark(
        request: Request,
        person: Keeps,
        case_id: Text = "",
        mark: Text = "",
        reason: Text = "",
        csrf_token: Text = "",
    ) -> Response:
        """Set a mark on a case."""
        check_form(request, csrf_token)
        try:
            chosen = mark_of(mark)
            note(request, office, chosen, case_id.strip()[:36])
            mark_case(store, case_id.strip(), chosen, person.name, reason)
        except RetentionError as error:
            text = str(error)
            return show(request, case_id=case_id, reason=reason, problem=text[:1].upper() + text[1:])
        return RedirectResponse(RETENTION, 303)

    return router
