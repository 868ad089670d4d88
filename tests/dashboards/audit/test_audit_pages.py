"""The auditor's pages."""

from __future__ import annotations

import csv
import io
import re

import pytest

from dashboards.audit.asked import Asked
from dashboards.sign_in.rights import Right, Role
from tests.dashboards.conftest import BackOffice, LooksOnly, Officer, text_of
from tests.dashboards.invented_passages import BLUE, RED
from tests.dashboards.on_the_record import entries, nothing_entered, send

PAGES = ("/audit", "/audit/chain")


class TestAuditPages(LooksOnly):
    @pytest.fixture
    def auditor(self, office: BackOffice) -> Officer:
        return office.officer("A. Uditor", [Role.AUDITOR])

    @pytest.fixture(autouse=True)
    def _looked(self, office: BackOffice) -> None:
        """Something that the audit tells of."""
        if not entries(office, who="B. Lund"):
            office.officer("B. Lund").open(f"/cases/{office.case_id(RED)}")
            office.desk.audit.write("B. Lund", "reviewer", "exported", f"{office.case_id(RED)}/package")

    @pytest.mark.parametrize("role", [role for role in Role if role is not Role.AUDITOR])
    def test_nobody_else_reads_it(self, office: BackOffice, role: Role) -> None:
        officer = office.officer(f"One {role}", [role])
        for page in (*PAGES, f"/audit/cases/{office.case_id(RED)}"):
            assert officer.client.get(page).status_code == 403
        assert entries(office, who=f"One {role}", action="refused")[0].subject.startswith(Right.READ_AUDIT)

    def test_looking_is_an_entry_that_comes_first(self, office: BackOffice, auditor: Officer) -> None:
        page = auditor.open("/audit?who=B.+Lund&since=2026-01-01")
        looked = entries(office, who="A. Uditor")[-1]
        assert (looked.action, looked.subject) == ("looked", "audit")
        assert looked.reason == "of B. Lund from 2026-01-01 00:00:00 UTC on"
        assert f" {looked.sequence} " not in page, "it is not B. Lund's"
        assert f" {looked.sequence + 1} " in auditor.open("/audit")

    @pytest.mark.parametrize("page", PAGES)
    def test_what_cannot_be_entered_is_not_shown(
        self, office: BackOffice, auditor: Officer, page: str
    ) -> None:
        with nothing_entered(office):
            answer = auditor.client.get(page)
        assert answer.status_code == 503
        assert "B. Lund" not in answer.text

    def test_filters_narrow_the_list(self, office: BackOffice, auditor: Officer) -> None:
        red, blue = office.case_id(RED), office.case_id(BLUE)
        for query, number in (
            ("who=B.+Lund&action=exported", 1),
            (f"case={red}&who=B.+Lund", 2),
            (f"case={blue}&who=B.+Lund", 0),
            ("who=B.+Lund&until=2001-01-01", 0),
            ("who=B.+Lund&since=1.+May&until=tomorrow", len(entries(office, who="B. Lund"))),
        ):
            page = auditor.client.get(f"/audit?{query}").text
            assert page.count('<td class="subject">') == number, query

    def test_a_long_list_has_pages(self, office: BackOffice, auditor: Officer) -> None:
        for number in range(101):
            office.desk.audit.write("C. Many", "reviewer", "looked", f"thing {number}")
        first = auditor.client.get("/audit?who=C.+Many").text
        assert "thing 100<" in first
        assert "thing 0<" not in first
        older = re.search(r'href="(/audit\?[^"]*before=\d+)"', first)
        assert older
        second = auditor.client.get(older[1].replace("&amp;", "&")).text
        assert "thing 0<" in second
        assert "before=" not in second

    def test_a_case_has_its_whole_story(self, office: BackOffice, auditor: Officer) -> None:
        page = auditor.open(f"/audit/cases/{office.case_id(RED)}")
        assert re.search(r"B\. Lund 1 – – 1 –", page), "saw, opened, decided, exported, other"
        assert "looked the case" in page
        assert "exported package" in page
        assert entries(office, who="A. Uditor")[-1].subject == f"{office.case_id(RED)}/audit"

    def test_an_unknown_case_has_none(self, auditor: Officer) -> None:
        assert auditor.client.get("/audit/cases/none").status_code == 404

    def test_an_export_is_an_entry_and_holds_what_was_asked_for(
        self, office: BackOffice, auditor: Officer
    ) -> None:
        office.desk.audit.write("=CMD()", "reviewer", "looked", "+1", reason='-x, "quoted"\nand on')
        answer = send(auditor, "/audit", "/audit/export", who="=CMD()")
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        assert answer.headers["cache-control"] == "no-store"
        (line,) = csv.DictReader(io.StringIO(answer.text))
        assert (line["who"], line["subject"], line["reason"]) == ("'=CMD()", "'+1", '\'-x, "quoted"\nand on')
        assert entries(office, who="A. Uditor", action="exported")[-1].reason == "of =CMD()"

    @pytest.mark.parametrize("address", ["/audit/export", "/audit/chain"])
    def test_a_form_from_elsewhere_does_nothing(
        self, office: BackOffice, auditor: Officer, address: str
    ) -> None:
        before = len(entries(office))
        assert auditor.client.post(address, headers={"origin": "http://elsewhere"}).status_code == 403
        assert len(entries(office)) == before


def test_the_chain_can_be_checked_on_the_page(office: BackOffice) -> None:
    auditor = office.officer("A. Uditor", [Role.AUDITOR])
    assert "nothing yet" in auditor.open("/audit/chain")
    assert "entries were checked and are whole" in text_of(send(auditor, "/audit/chain", "/audit/chain"))
    with office.desk.file.transaction() as database:
        database.execute("DROP TRIGGER audit_entries_are_not_changed")
        database.execute("UPDATE audit_entries SET who = 'nobody' WHERE sequence = 1")
    page = text_of(send(auditor, "/audit/chain", "/audit/chain"))
    assert "The audit is not whole: 2 faults" in page
    assert "Entry 1 was changed: its digest is not that of its fields." in page


@pytest.mark.parametrize(
    ("given", "query"),
    [
        ({}, ""),
        ({"who": " ada ", "since": "2026-05-04"}, "who=ada&since=2026-05-04"),
        ({"since": "today", "until": "0001-01-01", "other": "x"}, ""),
        ({"case": "x" * 200}, f"case={'x' * 100}"),
    ],
)
def test_an_address_is_read_as_far_as_it_makes_sense(given: dict[str, str], query: str) -> None:
    assert Asked.read(given).query == query
