"""The auditor's pages: the list, a case's story, the chain's state. Looking at them is an entry too."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from starlette.responses import Response, StreamingResponse

from dashboards.audit.asked import Asked
from dashboards.audit.chain_state import check_chain, state_of_chain
from dashboards.audit.entries_view import COUNTED, parts_in, shown
from dashboards.auditing import note
from dashboards.failures import Refusal
from dashboards.guard import check_form
from dashboards.office import Office
from dashboards.sign_in.asking import needs
from dashboards.sign_in.rights import Right
from enforcement.desk.audit_book import AuditBook
from enforcement.desk.audit_csv import csv_lines

PAGE_SIZE = 100
_MAY_READ = [Depends(needs(Right.READ_AUDIT))]


def audit_router(office: Office, page_size: int = PAGE_SIZE) -> APIRouter:
    """``/audit`` and what is below it."""
    router = APIRouter(dependencies=_MAY_READ)
    book = AuditBook(office.desk.file)

    @router.get("/audit")
    def entries(request: Request, before: Annotated[int | None, Query(ge=1, le=2**62)] = None) -> Response:
        """Entries, newest first, filtered by person, action, case and time."""
        asked = Asked.read(request.query_params)
        wanted = asked.wanted()
        note(request, office, "looked", "audit", reason=wanted.in_words())
        found = book.page(wanted, page_size + 1, before)
        context = {
            "asked": asked,
            "entries": shown(found[:page_size]),
            "people": book.people(),
            "actions": book.actions(),
            "older": asked.address(found[page_size - 1].sequence) if len(found) > page_size else "",
            "newest": asked.address() if before is not None else "",
        }
        return office.pages.render(request, "audit.html", context)

    @router.get("/audit/cases/{case_id}")
    def story(request: Request, case_id: str) -> Response:
        """All that was done to one case, by whom, in order."""
        told = book.story(case_id)
        if not told:
            raise Refusal(404, "The audit has nothing about a case of this number; check the number.")
        note(request, office, "looked", f"{case_id}/audit")
        context = {"case_id": case_id, "entries": shown(told), "people": parts_in(told), "counted": COUNTED}
        return office.pages.render(request, "audit_case.html", context)

    @router.get("/audit/chain")
    def chain(request: Request) -> Response:
        """How far the chain, its mirror and its signed heads are."""
        note(request, office, "looked", "audit/chain")
        context = {"state": state_of_chain(office), "verdict": None}
        return office.pages.render(request, "audit_chain.html", context)

    @router.post("/audit/chain")
    def check(request: Request, csrf_token: Annotated[str, Form()] = "") -> Response:
        """Check every entry now, against the mirror and the signed heads."""
        check_form(request, csrf_token)
        note(request, office, "checked", "audit/chain")
        context = {"state": state_of_chain(office), "verdict": check_chain(office)}
        return office.pages.render(request, "audit_chain.html", context)

    @router.post("/audit/export")
    def export(
        request: Request,
        who: Annotated[str, Form()] = "",
        action: Annotated[str, Form()] = "",
        case: Annotated[str, Form()] = "",
        since: Annotated[str, Form()] = "",
        until: Annotated[str, Form()] = "",
        csrf_token: Annotated[str, Form()] = "",
    ) -> Response:
        """The entries of a filter as CSV, oldest first; that they were taken out is an entry before."""
        check_form(request, csrf_token)
        given = {"who": who, "action": action, "case": case, "since": since, "until": until}
        wanted = Asked.read(given).wanted()
        note(request, office, "exported", "audit", reason=wanted.in_words())
        return StreamingResponse(
            csv_lines(book.walk(wanted)),
            media_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": 'attachment; filename="audit.csv"'},
        )

    return router
