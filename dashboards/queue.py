"""The queue: which cases wait for this officer, and what became of the others, a page at a time."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from dashboards.auditing import note
from dashboards.flash import flashes_for
from dashboards.formatting import due_text
from dashboards.next_case import assigned_to, remember_view
from dashboards.office import Office
from dashboards.queue_view import ASSIGNED, LAST_PAGE, QueueView
from dashboards.sign_in.asking import needs
from dashboards.sign_in.rights import Person, Right
from enforcement.case_filter import MATCHES, PLATES
from enforcement.desk.assignments import Assignments
from enforcement.desk.leases import Leases
from enforcement.desk.saved_views import SavedViews
from enforcement.desk.sent_answers import SentAnswers

PAGE_SIZE = 50
#: Orders, as they are chosen and as the list says them.
ORDER_NAMES = {
    "priority": "by priority",
    "deadline": "first due first",
    "severity": "gravest first",
    "oldest": "oldest first",
    "newest": "newest first",
}
#: Tabs that stand there although nothing is behind them.
_ALWAYS = ("open", "confirmed", "rejected")


def queue_router(office: Office, page_size: int = PAGE_SIZE) -> APIRouter:
    """``/``."""
    router = APIRouter()
    leases, views = Leases(office.desk.file), SavedViews(office.desk.file)
    sent = SentAnswers(office.desk.file)
    assignments = Assignments(office.desk.audit)

    @router.get("/")
    def queue(
        request: Request,
        person: Annotated[Person, Depends(needs(Right.SEE_CASES))],
        page: Annotated[int, Query(ge=1, le=LAST_PAGE)] = 1,
    ) -> Response:
        """The list of cases; the filters are those of a ``QueueView``."""
        book = office.casebook
        view = replace(QueueView.read(request.query_params), page=page)
        assigned = assigned_to(office, person)
        wanted = view.wanted(person.name, person.may(Right.SETTLE), assigned)
        if view.status == "open":
            wanted = replace(wanted, but=wanted.but | sent.case_ids())
        note(request, office, "looked", "queue", reason=view.query)
        found = book.listed(wanted, view.order, limit=page_size + 1, offset=(view.page - 1) * page_size)
        shown = [case.case_id for case in found[:page_size]]
        cameras, offences = book.cameras_and_offences()
        lacks = book.gaps(shown)
        counts = book.waiting(person.name, person.may(Right.SETTLE))
        context = {
            "view": view,
            "cases": found[:page_size],
            "lacks": lacks,
            "pictured": {
                case.case_id
                for case in found
                if case.thumbnail_digest and case.thumbnail_digest not in lacks.get(case.case_id, ())
            },
            "has_more": len(found) > page_size,
            "first_number": (view.page - 1) * page_size + 1,
            "tabs": _tabs(view, counts),
            "has_any": any(counts.values()),
            "cameras": (known := sorted({*cameras, view.camera} - {""})),
            "camera_names": {name: name for name in known},
            "offences": sorted({*offences, view.offence} - {""}),
            "plates": PLATES,
            "matches": MATCHES,
            "assigned": ASSIGNED,
            "orders": ORDER_NAMES,
            "due": lambda due_ns: due_text(due_ns, time.time_ns()),
            "views": views.of(person.name),
            "may_decide": person.may(Right.DECIDE),
            "may_assign": person.may(Right.ASSIGN),
            "officers": _deciders(office) if person.may(Right.ASSIGN) else {},
            "held_by": {id_: lease.officer for id_, lease in leases.holders(shown).items()},
            "assigned_to": assignments.officers(shown),
            "names": _names(office),
            "flashes": flashes_for(office, request),
        }
        response = office.pages.render(request, "queue.html", context)
        remember_view(request, response, view)
        return response

    return router


@dataclass(frozen=True)
class Tab:
    """A link above the list: what it is called, where it leads, how many cases are there."""

    name: str
    address: str
    count: int
    is_shown: bool


def _tabs(view: QueueView, counts: Mapping[str, int]) -> list[Tab]:
    """The tabs; those that are seldom of use stand there only when there is something behind them."""
    tabs = []
    for name, count in counts.items():
        is_foreign = name == "foreign"
        is_shown = (view.match == "foreign") == is_foreign and view.status == ("open" if is_foreign else name)
        if count or is_shown or name in _ALWAYS:
            status, match = ("open", "foreign") if is_foreign else (name, "")
            tabs.append(Tab(name, view.address(status=status, match=match), count, is_shown))
    return tabs


def _names(office: Office) -> Mapping[str, str]:
    """What each account's person is called."""
    return {account.person.name: account.person.shown_as for account in office.desk.accounts.all()}


def _deciders(office: Office) -> Mapping[str, str]:
    """Who may be given cases."""
    people = (account.person for account in office.desk.accounts.all() if not account.is_locked)
    return {person.name: person.shown_as for person in people if person.may(Right.DECIDE)}
