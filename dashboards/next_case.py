"""Which case an officer is given next: what is assigned to them, then what follows in the view they work in.

The view is the one that the officer looked at last, kept by the browser. What others hold or are assigned is
left out; who really gets a case, a lease settles.
"""

from __future__ import annotations

from dataclasses import replace

from fastapi import Request, Response

from dashboards.office import Office
from dashboards.queue_view import Assigned, QueueView
from dashboards.sign_in.cookies import cookie_name, set_cookie
from dashboards.sign_in.rights import Person, Right
from enforcement.desk.assignments import Assignments
from enforcement.desk.leases import Leases

VIEW_COOKIE = "roadwitness_view"
#: So many are offered to the lease: twenty officers may ask at once.
OFFERED = 25


def next_cases(office: Office, request: Request, person: Person, after: str = "") -> list[str]:
    """Cases that this person may be given after ``after``, the first choice first."""
    view = view_of(request)
    assigned = assigned_to(office, person)
    wanted = view.wanted(person.name, person.may(Right.SETTLE), assigned)
    taken = {after} & assigned.mine | Leases(office.desk.file).unavailable_to(person.name)
    mine = (
        office.casebook.ids(
            replace(wanted, only=assigned.mine, but=frozenset(taken), match=None), view.order, OFFERED
        )
        if assigned.mine
        else []
    )
    others = replace(wanted, but=wanted.but | taken | assigned.others)
    following = office.casebook.followers(after, others, view.order, OFFERED)
    return list(dict.fromkeys([*mine, *following]))


def assigned_to(office: Office, person: Person) -> Assigned:
    """What is assigned, as this person sees it."""
    assignments = Assignments(office.desk.audit)
    return Assigned(assignments.of(person.name), assignments.of_others(person.name))


def view_of(request: Request) -> QueueView:
    """The view that this browser looked at last, as far as it was about what is to be decided."""
    query = request.cookies.get(cookie_name(request, VIEW_COOKIE), "")
    return replace(QueueView.from_query(query), status="open", page=1)


def remember_view(request: Request, response: Response, view: QueueView) -> None:
    """Let the officer go on in this view."""
    if view.status == "open":
        set_cookie(request, response, VIEW_COOKIE, replace(view, page=1).query)
