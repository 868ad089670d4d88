"""What a page says when it has nothing to show, and whether the site is ready."""

from __future__ import annotations

import pytest

from tests.dashboards.conftest import BackOffice, Officer, text_of
from tests.dashboards.invented_passages import RED


class TestFailures:
    @pytest.mark.parametrize(
        ("address", "status", "sentence"),
        [
            ("/cases/none", 404, "There is no case under this address"),
            ("/nowhere", 404, "There is no such page"),
            ("/?page=minus", 422, "holds a value that this page cannot use"),
            ("/?page=0", 422, "holds a value that this page cannot use"),
            ("/evidence/short", 404, "not the digest of a piece of evidence"),
            ("/evidence/" + "0" * 64, 404, "has not arrived yet or was discarded"),
            ("/docs", 404, "There is no such page"),
        ],
    )
    def test_a_failure_is_a_page_with_one_sentence(
        self, empty_office: BackOffice, address: str, status: int, sentence: str
    ) -> None:
        response = empty_office.officer().client.get(address)
        assert response.status_code == status
        assert sentence in text_of(response)
        assert response.headers["content-type"].startswith("text/html")

    def test_a_decision_on_no_case_is_not_found(self, office: BackOffice, officer: Officer) -> None:
        fields = {**officer.form(office.case_id(RED)), "outcome": "confirmed"}
        assert officer.send("none", fields).status_code == 404

    def test_a_store_that_does_not_answer_is_said_in_a_sentence(self, empty_office: BackOffice) -> None:
        officer = empty_office.officer()
        empty_office.store.command("DROP TABLE cases")
        response = officer.client.get("/")
        assert response.status_code == 503
        assert "The cases cannot be looked at just now" in text_of(response)
        assert "DB::Exception" not in response.text
        ready = officer.client.get("/ready")
        assert (ready.status_code, ready.json()) == (503, {"status": "not ready"})
        assert officer.client.get("/health").json() == {"status": "ok"}


def test_strangers_learn_that_the_pages_are_ready_and_no_figure(office: BackOffice) -> None:
    assert office.stranger().client.get("/ready").json() == {"status": "ready"}
