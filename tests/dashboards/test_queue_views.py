"""Saved views, assignment, and which case comes next; without a browser."""

from __future__ import annotations

import re

import pytest
from httpx import Response

from dashboards.queue_view import Assigned, QueueView
from dashboards.sign_in.rights import Role
from enforcement.desk.assignments import Assignments
from enforcement.desk.leases import Leases
from tests.dashboards.conftest import ORIGIN, BackOffice, Officer, text_of
from tests.dashboards.invented_passages import BLUE, RED, SLOWEST, UNKNOWN, WHITE

REVIEWER = [Role.REVIEWER]


@pytest.fixture
def office(shown: BackOffice) -> BackOffice:
    """The office in which nobody decides anything; each test begins with an empty desk."""
    with shown.desk.file.transaction() as database:
        for table in ("leases", "assignments", "saved_views"):
            database.execute(f"DELETE FROM {table}")
    return shown


def send(browser: Officer, address: str, **fields: str | list[str]) -> Response:
    page = browser.client.get("/").text
    token = re.search(r'name="csrf_token" value="([^"]*)"', page)[1]  # type: ignore[index]
    return browser.client.post(
        address, data={"csrf_token": token, **fields}, headers=ORIGIN, follow_redirects=False
    )


def listed(officer: Officer, query: str = "") -> list[str]:
    """The cases on a page of the queue, in its order."""
    return re.findall(r'class="row-link" href="/cases/([^"]+)"', officer.client.get(f"/{query}").text)


def following(officer: Officer) -> str:
    return officer.client.get("/next", follow_redirects=False).headers["location"].rpartition("/")[2]


class TestAddresses:
    @pytest.mark.parametrize(
        "query",
        [
            "",
            "status=rejected&page=3",
            "camera=a+b&offence=red_light&evidence=incomplete&plate=sure&match=foreign&due=soon&assigned=me",
            "since=2026-05-01&until=2026-05-04&order=newest",
            "status=confirmed&order=priority",
        ],
    )
    def test_a_view_is_its_address(self, query: str) -> None:
        view = QueueView.from_query(query)
        assert view.query == query
        assert QueueView.from_query(view.query) == view

    @pytest.mark.parametrize(
        "query",
        [
            "status=mine",
            "order=upside-down",
            "page=-1",
            "page=0",
            "page=٣",
            "since=yesterday",
            "until=9999-99-99",
        ],
    )
    def test_what_makes_no_sense_counts_as_not_said(self, query: str) -> None:
        assert QueueView.from_query(query) == QueueView()

    @pytest.mark.parametrize(
        ("query", "status", "address", "order"),
        [
            ("", "confirmed", "/?status=confirmed", "newest"),
            ("", "second review", "/?status=second+review", "priority"),
            ("status=rejected&camera=a", "open", "/?camera=a", "priority"),
            ("order=severity", "lapsed", "/?status=lapsed&order=severity", "severity"),
            ("status=confirmed&order=priority", "rejected", "/?status=rejected&order=priority", "priority"),
        ],
    )
    def test_what_waits_is_listed_by_priority_and_what_is_settled_from_its_newest_on(
        self, query: str, status: str, address: str, order: str
    ) -> None:
        found = QueueView.from_query(query).address(status=status)
        assert found == address
        assert QueueView.from_query(found.partition("?")[2]).order == order

    def test_days_are_whole_utc_days(self) -> None:
        wanted = QueueView.from_query("since=2026-05-04&until=2026-05-04").wanted("ann", False, Assigned())
        assert wanted.since_ns is not None
        assert wanted.until_ns is not None
        assert wanted.since_ns % (24 * 3600 * 10**9) == 0
        assert wanted.until_ns - wanted.since_ns == 24 * 3600 * 10**9


class TestSavedViews:
    def test_a_view_is_kept_for_its_officer_alone(self, office: BackOffice) -> None:
        ann, ben = office.officer("Ann", REVIEWER), office.officer("Ben", REVIEWER)
        assert send(ann, "/views", name="West", query="camera=demo-b7-west").headers["location"] == (
            "/?camera=demo-b7-west"
        )
        assert 'href="/?camera=demo-b7-west">West</a>' in ann.client.get("/").text
        assert ">West</a>" not in ben.client.get("/").text
        send(ben, "/views/delete", name="West")
        assert ">West</a>" in ann.client.get("/").text
        send(ann, "/views/delete", name="West")
        assert ">West</a>" not in ann.client.get("/").text

    def test_a_supervisor_gives_one_to_everybody_and_a_reviewer_cannot(self, office: BackOffice) -> None:
        ann, sue = office.officer("Ann", REVIEWER), office.officer("Sue", [Role.SUPERVISOR])
        assert send(ann, "/views", name="Mine", query="", shared="true").status_code == 403
        send(sue, "/views", name="Unreadable plates", query="plate=unreadable", shared="true")
        assert "Unreadable plates from Sue" in ann.open("/")

    @pytest.mark.parametrize("name", ["", "   ", "x" * 41])
    def test_a_view_needs_a_name(self, office: BackOffice, name: str) -> None:
        response = send(office.officer(), "/views", name=name, query="")
        assert response.status_code == 422
        assert "Give the view a name of 1 to 40 characters." in text_of(response)


class TestAssigning:
    def test_a_supervisor_assigns_several_at_once_and_each_is_in_the_audit(self, office: BackOffice) -> None:
        ann = office.officer("Ann", REVIEWER)
        sue = office.officer("Sue", [Role.SUPERVISOR])
        cases = [office.case_id(RED), office.case_id(SLOWEST)]
        assert send(sue, "/assignments", case=cases, officer="Ann").status_code == 303
        assert set(listed(ann, "?assigned=me")) == set(cases)
        assert set(listed(sue, "?assigned=others")) == set(cases)
        assert not set(listed(sue, "?assigned=nobody")) & set(cases)
        assert "for you" in ann.open("/")
        with office.desk.file.reading() as database:
            entries = database.execute(
                "SELECT who, subject, reason FROM audit_entries WHERE action = 'assigned' ORDER BY sequence"
            ).fetchall()
        assert sorted(entries[-2:]) == sorted(("Sue", case, "to Ann") for case in cases)
        send(sue, "/assignments", case=cases[:1], officer="")
        assert listed(ann, "?assigned=me") == cases[1:]

    @pytest.mark.parametrize(
        ("fields", "sentence"),
        [
            ({"officer": "A. Moreau"}, "Tick the cases that you want to assign."),
            ({"case": ["nothing"], "officer": "A. Moreau"}, "at most 500 cases of this list"),
            (
                {"case": ["6522f37e-0c92-57ad-be07-275c1f30ea18"], "officer": "Ada"},
                "Choose an officer who may",
            ),
            (
                {"case": ["6522f37e-0c92-57ad-be07-275c1f30ea18"], "officer": "nobody"},
                "Choose an officer who may",
            ),
        ],
    )
    def test_what_cannot_be_meant_is_refused(
        self, office: BackOffice, fields: dict[str, str | list[str]], sentence: str
    ) -> None:
        office.session("Ada", [Role.AUDITOR])
        response = send(office.officer(), "/assignments", **fields)
        assert response.status_code == 422
        assert sentence in text_of(response)

    def test_a_reviewer_assigns_nothing(self, office: BackOffice) -> None:
        ann = office.officer("Ann", REVIEWER)
        assert send(ann, "/assignments", case=[office.case_id(RED)], officer="Ann").status_code == 403
        assert 'name="case"' not in ann.client.get("/").text


class TestNext:
    def test_the_gravest_comes_first_and_then_what_follows_it(self, office: BackOffice) -> None:
        ann = office.officer("Ann", REVIEWER)
        assert following(ann) == office.case_id(WHITE)
        ben = office.officer("Ben", REVIEWER)
        assert following(ben) == office.case_id(RED), "Ann holds the first"

    def test_it_comes_from_the_view_in_which_the_officer_works(self, office: BackOffice) -> None:
        ann = office.officer("Ann", REVIEWER)
        ann.open("/?camera=demo-b7-west")
        assert following(ann) == office.case_id(UNKNOWN)

    def test_what_is_assigned_comes_first_and_what_others_are_assigned_not_at_all(
        self, office: BackOffice
    ) -> None:
        ann, ben = office.officer("Ann", REVIEWER), office.officer("Ben", REVIEWER)
        assignments = Assignments(office.desk.audit)
        assignments.assign([office.case_id(SLOWEST)], "Ann", "Sue", "supervisor")
        assignments.assign([office.case_id(WHITE)], "Ben", "Sue", "supervisor")
        assert following(ann) == office.case_id(SLOWEST)
        Leases(office.desk.file).release(office.case_id(SLOWEST), "Ann")
        assignments.assign([office.case_id(SLOWEST)], "", "Sue", "supervisor")
        assert following(ann) == office.case_id(RED)
        assert following(ben) == office.case_id(WHITE)

    def test_the_list_says_who_holds_what(self, office: BackOffice) -> None:
        ann, ben = office.officer("Ann", REVIEWER), office.officer("Ben", REVIEWER)
        ann.open(f"/cases/{office.case_id(BLUE)}")
        assert "in your hands" in ann.open("/")
        assert "with Ann" in ben.open("/")
