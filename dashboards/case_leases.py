"""Holding a case while its page is open: renewed, let go of, and taken over by who assigns cases."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from dashboards.auditing import note
from dashboards.guard import check_form
from dashboards.office import Office
from dashboards.sign_in.asking import needs
from dashboards.sign_in.rights import Person, Right
from enforcement.desk.leases import Leases

_LAST_NS = 2**63

Decider = Annotated[Person, Depends(needs(Right.DECIDE))]


def case_leases_router(office: Office) -> APIRouter:
    """``POST /cases/{id}/lease``, ``…/lease/released`` and ``…/lease/taken-over``."""
    router = APIRouter()

    @router.post("/cases/{case_id}/lease")
    def renew(
        request: Request, case_id: str, person: Decider, csrf_token: Annotated[str, Form()] = ""
    ) -> Response:
        """Hold the case longer: until when (UTC ns, as text); 409 where it is no longer held."""
        check_form(request, csrf_token)
        lease_s = office.find(case_id, person).answered.terms.lease_s
        lease = Leases(office.desk.file).renew(case_id, person.name, lease_s)
        if lease is None:
            return JSONResponse({"held": False}, 409)
        return JSONResponse({"held": True, "until_ns": str(lease.until_ns)})

    @router.post("/cases/{case_id}/lease/released", status_code=204)
    def release(
        request: Request,
        case_id: str,
        person: Decider,
        until_ns: Annotated[str, Form()] = "",
        csrf_token: Annotated[str, Form()] = "",
    ) -> Response:
        """Let go of the case, if the lease is still the one that the page knows."""
        check_form(request, csrf_token)
        is_time = until_ns.isascii() and until_ns.isdigit() and len(until_ns) <= len(str(_LAST_NS))
        if is_time and int(until_ns) < _LAST_NS:
            Leases(office.desk.file).release(case_id, person.name, until_ns=int(until_ns))
        return Response(status_code=204)

    @router.post("/cases/{case_id}/lease/taken-over")
    def take_over(
        request: Request,
        case_id: str,
        person: Annotated[Person, Depends(needs(Right.ASSIGN))],
        csrf_token: Annotated[str, Form()] = "",
    ) -> Response:
        """Hold the case in place of who holds it, and show it."""
        check_form(request, csrf_token)
        case = office.find(case_id, person)
        leases = Leases(office.desk.file)
        holder = leases.holders([case_id]).get(case_id)
        if holder is not None and holder.officer != person.name:
            note(request, office, "took over", case_id, reason=f"held by {holder.officer}")
        leases.take_over(case_id, person.name, case.answered.terms.lease_s)
        return RedirectResponse(f"/cases/{case_id}", status_code=303)

    return router
