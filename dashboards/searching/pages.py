"""The page of the plate search: purpose, case and plate in, a handful of cases out, noted before."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import Response

from dashboards.failures import Refusal
from dashboards.guard import check_form
from dashboards.office import Office
from dashboards.searching.limits import SearchLimits
from dashboards.searching.recording import Searches
from dashboards.sign_in.asking import needs
from dashboards.sign_in.rights import Person, Right
from enforcement.plate_search import PURPOSES, FoundCase, cases_with_plate, fault_of_pattern, pattern_of

_DAY_NS = 24 * 3600 * 10**9
MaySearch = Annotated[Person, Depends(needs(Right.SEARCH_PLATES))]


@dataclass(frozen=True)
class Wish:
    """What a person has filled in."""

    plate: str = ""
    case_id: str = ""
    purpose: str = ""


def searching_router(office: Office, limits: SearchLimits) -> APIRouter:
    """``/search``."""
    router = APIRouter()
    searches = Searches(office.desk, limits)

    def show(
        request: Request,
        person: Person,
        wish: Wish,
        *,
        found: list[FoundCase] | None = None,
        problem: str = "",
        status: int = 200,
    ) -> Response:
        context = {
            "wish": wish,
            "purposes": PURPOSES,
            "days": limits.days_for(person),
            "per_hour": limits.per_hour,
            "most": limits.most,
            "found": found[: limits.most] if found is not None else None,
            "has_more": found is not None and len(found) > limits.most,
            "problem": problem,
        }
        return office.pages.render(request, "search.html", context, status)

    @router.get("/search")
    def form(request: Request, person: MaySearch, case: str = "") -> Response:
        """The empty form; ``case`` is the case that the search is for, where it comes from its page."""
        return show(request, person, Wish(case_id=case[:64]))

    # A plate belongs in no address: addresses are kept by browsers and in logs.
    @router.post("/search")
    def search(
        request: Request,
        person: MaySearch,
        plate: Annotated[str, Form()] = "",
        case_id: Annotated[str, Form()] = "",
        purpose: Annotated[str, Form()] = "",
        csrf_token: Annotated[str, Form()] = "",
    ) -> Response:
        """Search, once it is in the audit who does, what for and for which case."""
        check_form(request, csrf_token)
        wish = Wish(plate.strip()[:40], case_id.strip()[:64], purpose)
        pattern = pattern_of(wish.plate)
        if problem := _problem(office, wish, pattern):
            return show(request, person, wish, problem=problem, status=422)
        try:
            searched = searches.begin(person, pattern, wish.case_id, purpose)
        except Refusal as refusal:
            return show(request, person, wish, problem=str(refusal), status=refusal.status)
        since_ns = time.time_ns() - limits.days_for(person) * _DAY_NS
        found = cases_with_plate(office.casebook.store, pattern, since_ns, limits.most + 1)
        searches.end(person, searched, [each.case_id for each in found[: limits.most]])
        return show(request, person, wish, found=found)

    return router


def _problem(office: Office, wish: Wish, pattern: str) -> str:
    """What keeps this from being searched for, as a sentence; empty when nothing does."""
    if wish.purpose not in PURPOSES:
        return "Choose what the search is for."
    if not wish.case_id or office.casebook.case(wish.case_id) is None:
        return "Give the number of the case that the search is for, as it stands on the case's page."
    return "" if pattern else fault_of_pattern(wish.plate) or fault_of_pattern("")
