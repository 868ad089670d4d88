"""What an officer is asked on the page of a case: the form, or why there is none; what may be taken back."""

from __future__ import annotations

import time
from dataclasses import dataclass

from dashboards.office import Office
from dashboards.sign_in.rights import Person, Right
from enforcement.case_event import CaseEvent
from enforcement.casebook import Case
from enforcement.deadlines import LAPSED, has_lapsed
from enforcement.desk.leases import Lease, Leases
from enforcement.desk.nominations import Nominations
from enforcement.reviewing.course import ASKED, may_answer, may_withdraw

_NANOSECONDS = 10**9


@dataclass(frozen=True)
class DecisionView:
    """What stands on the page.

    ``asked`` is the question that this person may answer: first, second or supervisor; empty: none.
    ``lease`` is theirs, ``held`` somebody else's. ``undo`` is the id of the answer that they may take back,
    until ``undo_until_ns`` (UTC ns); ``said`` is why nothing is asked, as a sentence. ``answers`` are those
    that a supervisor settles.
    """

    asked: str = ""
    lease: Lease | None = None
    lease_s: float = 0.0
    held: Lease | None = None
    may_take_over: bool = False
    undo: str = ""
    undo_until_ns: int = 0
    said: str = ""
    answers: tuple[CaseEvent, ...] = ()


def hold(office: Office, person: Person, case: Case) -> tuple[Case, Lease | None]:
    """Hold ``case`` for this person where they may answer it; who holds it then, None where nothing is asked.

    An answer may have been recorded after the case was read and before it was held, this person's own too, so
    a case that was free and has been answered is read again. One that asks nothing is left to others.
    """
    leases, case_id = Leases(office.desk.file), case.summary.case_id
    if asked_of(person, case, time.time_ns()):
        lease = leases.take(case_id, person.name, case.answered.terms.lease_s)
        if lease.is_new and office.casebook.answered(case_id) != case.answered:
            case = office.find(case_id, person)
        if not lease.is_new or asked_of(person, case, time.time_ns()):
            return case, lease
    leases.release(case_id, person.name)
    return case, None


def view_decision(office: Office, person: Person, case: Case, lease: Lease | None) -> DecisionView:
    """What this person finds on the page of ``case``, which is held by ``lease`` (as :func:`hold` says)."""
    now_ns = time.time_ns()
    terms, course = case.answered.terms, case.answered.course
    asked = asked_of(person, case, now_ns) if lease else ""
    is_mine = lease is not None and lease.officer == person.name and not lease.is_answered
    mine, held = (lease, None) if is_mine else (None, lease)
    undo = undo_of(office, person, case, now_ns)
    return DecisionView(
        asked,
        mine,
        terms.lease_s,
        held,
        held is not None and held.officer != person.name and person.may(Right.ASSIGN),
        undo,
        course.first.at_ns + round(terms.undo_s * _NANOSECONDS) if undo and course.first else 0,
        "" if asked else _why_nothing(person, case, now_ns),
        tuple(event for event in case.events if event.review and event.kind in ("confirmed", "rejected"))
        if asked == "supervisor"
        else (),
    )


def asked_of(person: Person, case: Case, at_ns: int) -> str:
    """The question that this person may answer at this time; empty where there is none."""
    course = case.answered.course
    asked = ASKED.get(course.status, "")
    right = Right.SETTLE if asked == "supervisor" else Right.DECIDE
    if not asked or not person.may(right) or not may_answer(course, person.name):
        return ""
    return "" if has_lapsed(case.summary.due_at_ns, at_ns) else asked


def undo_of(office: Office, person: Person, case: Case, at_ns: int) -> str:
    """The id of the answer that this person may take back at this time; empty where there is none."""
    course, terms = case.answered.course, case.answered.terms
    if course.first is None or not may_withdraw(course, person.name, terms, at_ns):
        return ""
    other = Leases(office.desk.file).holders([case.summary.case_id]).get(case.summary.case_id)
    has_begun = other is not None and other.officer != person.name
    has_gone_out = bool(Nominations(office.desk.audit).of_case(case.summary.case_id))
    return "" if has_begun or has_gone_out else course.first.decision_id


def _why_nothing(person: Person, case: Case, at_ns: int) -> str:
    course = case.answered.course
    if course.status == "lapsed" or (course.status in ASKED and has_lapsed(case.summary.due_at_ns, at_ns)):
        return LAPSED
    if course.status == "second review" and person.name in course.reviewers:
        return "You have answered. Another officer looks at the case next, without seeing your answer."
    if course.status == "disputed":
        return "Two officers came to different answers. A supervisor who is neither of them decides."
    if course.status in ASKED:
        return "Your account may look at this case, not decide it."
    return ""
