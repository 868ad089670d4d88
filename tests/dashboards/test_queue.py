"""What the list of cases shows, filters and leaves out; without a browser."""

from __future__ import annotations

import pytest

from tests.dashboards.conftest import BackOffice, LooksOnly, Officer
from tests.dashboards.invented_passages import RED, SCENES


class TestQueue(LooksOnly):
    @pytest.mark.parametrize(
        ("query", "plates"),
        [
            ("", ["BMX135", "KFV482", "QLT660", "TRD907", "unreadable", "HGA771"]),
            ("order=priority", ["BMX135", "KFV482", "QLT660", "TRD907", "unreadable", "HGA771"]),
            ("order=oldest", ["KFV482", "TRD907", "unreadable", "BMX135", "QLT660", "HGA771"]),
            ("order=newest", ["HGA771", "QLT660", "BMX135", "unreadable", "TRD907"]),
        ],
    )
    def test_lists_open_cases_by_priority_or_as_is_wanted(
        self, officer: Officer, query: str, plates: list[str]
    ) -> None:
        table = officer.open(f"/?{query}").partition("Keeper")[2]
        places = [table.index(plate) for plate in plates]
        assert places == sorted(places)

    def test_a_line_says_what_when_where_and_how_much_over(self, officer: Officer) -> None:
        page = officer.open("/")
        line = page[page.index("KFV482") : page.index("QLT660")]
        for fact in (
            "Speeding",
            "+21.3 km/h",
            "serious",
            "allowed 80.0 km/h",
            "105.3 km/h ± 1.4 km/h",
            "101.3 km/h counts",
            "2026-05-04 08:00:12 UTC",
            "demo-a1-north",
            "K-1001",
        ):
            assert fact in line

    def test_a_passage_below_the_threshold_is_no_case(self, officer: Officer) -> None:
        assert "ZZT111" not in officer.open("/")

    @pytest.mark.parametrize(
        ("query", "listed", "left_out"),
        [
            ("camera=demo-b7-west", "QLT660", "KFV482"),
            ("camera=demo-a1-north", "KFV482", "QLT660"),
            ("offence=speeding", "KFV482", "ZZT111"),
            ("camera=demo-b7-west&offence=speeding", "HGA771", "BMX135"),
        ],
    )
    def test_filters(self, officer: Officer, query: str, listed: str, left_out: str) -> None:
        page = officer.open(f"/?{query}")
        assert listed in page
        assert left_out not in page

    def test_pages_follow_each_other(self, office: BackOffice) -> None:
        officer = office.officer(page_size=3)
        assert "Cases 1 to 3" in officer.open("/?order=oldest")
        assert "BMX135" not in officer.open("/?order=oldest")
        second = officer.open("/?order=oldest&page=2")
        assert "Cases 4 to 6" in second
        assert "BMX135" in second
        assert "Later" not in officer.open("/?page=3")

    @pytest.mark.parametrize(
        ("query", "sentence"),
        [
            ("", "No violations yet."),
            ("?status=confirmed", "No case was confirmed yet."),
            ("?camera=nowhere", "No open case fits these filters."),
            ("?page=4", "There are no cases on this page."),
        ],
    )
    def test_an_empty_list_says_why(self, empty_office: BackOffice, query: str, sentence: str) -> None:
        assert sentence in empty_office.officer().open(f"/{query}")

    def test_when_all_is_decided_it_says_so(self, empty_office: BackOffice) -> None:
        empty_office.receive(SCENES[0])
        empty_office.work()
        officer = empty_office.officer()
        response = officer.decide(empty_office.case_id(RED), "confirmed")
        assert response.headers["location"] == "/"
        assert "Every case is decided." in officer.open("/")

    def test_a_case_without_its_picture_says_so(self, officer: Officer) -> None:
        page = officer.open("/")
        assert page.count("no picture") == 1
