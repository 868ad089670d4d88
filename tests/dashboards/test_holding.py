"""Holding a case: whoever is asked nothing about it keeps it from nobody, whatever was read when."""

from __future__ import annotations

import re
import time

import pytest

from dashboards.decision_view import hold
from dashboards.office import Office
from dashboards.rendering import Pages
from dashboards.sign_in.rights import Person, Role
from enforcement.casebook import Case
from enforcement.desk.leases import Leases
from enforcement.reviewing.terms import REVIEW_TERMS
from tests.dashboards.conftest import ORIGIN, BackOffice
from tests.dashboards.invented_passages import RED

LUND, BERG = "A. Lund", "B. Berg"
REVIEWER = frozenset({Role.REVIEWER})


@pytest.fixture
def read_before(office: BackOffice) -> Case:
    """A case that needs two officers, as it was read before A. Lund's answer was recorded."""
    case_id = office.case_id(RED)
    office.store.insert("review_terms", REVIEW_TERMS, [(case_id, ["share"], 600.0, 600.0)])
    case = office.book.case(case_id)
    assert case is not None
    lund = office.officer(LUND, REVIEWER)
    lund.decide(case_id, "confirmed")
    assert "recorded" in lund.told()
    until_s = time.monotonic() + 10
    while holder_of(office, case_id) is not None and time.monotonic() < until_s:
        time.sleep(0.05)
    return case


def holder_of(office: BackOffice, case_id: str) -> str | None:
    lease = Leases(office.desk.file).holders([case_id]).get(case_id)
    return lease.officer if lease else None


def test_a_page_that_was_read_before_ones_own_answer_was_recorded_holds_nothing(
    office: BackOffice, read_before: Case
) -> None:
    pages = Office(office.book, office.evidence, office.bus, office.desk, Pages("Test", None), 0.0)
    case, lease = hold(pages, Person(LUND, LUND, REVIEWER), read_before)
    assert (case.answered.course.status, lease) == ("second review", None)
    assert holder_of(office, case.summary.case_id) is None


def test_a_page_that_was_read_before_anothers_answer_was_recorded_asks_what_is_open_now(
    office: BackOffice, read_before: Case
) -> None:
    pages = Office(office.book, office.evidence, office.bus, office.desk, Pages("Test", None), 0.0)
    case, lease = hold(pages, Person(BERG, BERG, REVIEWER), read_before)
    assert case.answered.course.status == "second review"
    assert lease is not None
    assert lease.officer == BERG


def test_a_case_that_one_was_given_and_is_not_asked_about_is_left_to_others_when_it_is_opened(
    office: BackOffice, read_before: Case
) -> None:
    case_id = read_before.summary.case_id
    Leases(office.desk.file).take(case_id, LUND, 600)  # out of a list that was read before
    assert "You have answered." in office.officer(LUND, REVIEWER).open(f"/cases/{case_id}")
    assert holder_of(office, case_id) is None


def test_taking_back_what_cannot_be_taken_back_holds_nothing(office: BackOffice, read_before: Case) -> None:
    case_id, lund = read_before.summary.case_id, office.officer(LUND, REVIEWER)
    token = re.search(r'name="csrf_token" value="([^"]*)"', lund.client.get("/").text)
    assert token
    fields = {"csrf_token": token[1], "withdraws": "another answer"}
    refused = lund.client.post(f"/cases/{case_id}/undo", data=fields, headers=ORIGIN)
    assert refused.status_code == 409
    assert holder_of(office, case_id) is None
