"""What the pages refuse from elsewhere, and what they tell a browser not to do."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from dashboards.app import create_app
from dashboards.sign_in.desk import Desk
from streams.metrics import REGISTRY
from tests.dashboards.conftest import AT_EASE, BackOffice, LooksOnly, Officer, decisions_on, text_of
from tests.dashboards.invented_passages import RED


class TestProtection(LooksOnly):
    @pytest.mark.parametrize(
        "headers",
        [
            {"origin": "http://evil.example"},
            {"origin": "null"},
            {"origin": "http://testserver:81"},
            {"origin": "http://testserver", "sec-fetch-site": "cross-site"},
            {"origin": "http://testserver", "sec-fetch-site": "same-site"},
            {"sec-fetch-site": "none"},
            {},
        ],
    )
    def test_a_form_from_elsewhere_is_refused(
        self, office: BackOffice, officer: Officer, headers: dict[str, str]
    ) -> None:
        case_id = office.case_id(RED)
        fields = {**officer.form(case_id), "outcome": "confirmed"}
        response = officer.send(case_id, fields, headers)
        assert response.status_code == 403
        assert "not sent from this site's own page" in text_of(response)
        assert decisions_on(office) == []

    @pytest.mark.parametrize("token", ["", "x", "A" * 43, "ü" * 43])
    def test_a_form_without_the_browsers_own_token_is_refused(
        self, office: BackOffice, officer: Officer, token: str
    ) -> None:
        case_id = office.case_id(RED)
        fields = {
            **officer.form(case_id),
            "outcome": "confirmed",
            "csrf_token": token,
        }
        response = officer.send(case_id, fields)
        assert response.status_code == 403
        assert "This form has expired" in text_of(response)
        assert decisions_on(office) == []

    def test_a_token_of_another_session_is_refused(self, office: BackOffice, officer: Officer) -> None:
        case_id = office.case_id(RED)
        fields = {**officer.form(case_id), "outcome": "confirmed"}
        assert office.officer("A. Moreau").send(case_id, fields).status_code == 403
        assert decisions_on(office) == []

    def test_an_outsized_form_is_refused_unread(self, office: BackOffice, officer: Officer) -> None:
        response = officer.send(office.case_id(RED), {"note": "x" * 70_000})
        assert response.status_code == 413

    @pytest.mark.parametrize(
        "address", ["/", "/numbers", "/cases/{case}", "/cases/none", "/health", "/static/style.css"]
    )
    def test_every_answer_carries_the_security_headers(
        self, office: BackOffice, officer: Officer, address: str
    ) -> None:
        headers = officer.client.get(address.format(case=office.case_id(RED))).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "same-origin"

    @pytest.mark.parametrize("address", ["/", "/numbers", "/cases/{case}", "/cases/none"])
    def test_no_page_has_inline_code_or_loads_from_elsewhere(
        self, office: BackOffice, officer: Officer, address: str
    ) -> None:
        markup = officer.client.get(address.format(case=office.case_id(RED))).text
        assert not re.search(r"\sstyle=|\son[a-z]+=|javascript:|<style", markup)
        assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", markup))
        assert all(link.startswith(("/", "#", "?")) for link in re.findall(r'(?:href|src)="([^"]*)"', markup))

    @pytest.mark.parametrize(
        ("host", "status"),
        [("127.0.0.1:8080", 200), ("localhost", 200), ("rebound.example:8080", 400), ("[::1", 400)],
    )
    def test_only_allowed_host_names_are_served(
        self, empty_office: BackOffice, host: str, status: int
    ) -> None:
        officer = empty_office.officer(allowed_hosts=["127.0.0.1", "localhost"])
        assert officer.client.get("/health", headers={"host": host}).status_code == status

    @pytest.mark.parametrize(
        ("host", "status"),
        [("desk.example", 200), ("answers.example", 200), ("localhost:8080", 200), ("rebound.example", 400)],
    )
    def test_behind_a_proxy_the_keepers_page_may_have_a_host_of_its_own(
        self, office: BackOffice, host: str, status: int
    ) -> None:
        settings = replace(AT_EASE, address="https://desk.example", hosts=("answers.example",))
        desk = Desk(office.desk.file, office.desk.audit, settings, keys=office.desk.keys)
        client = TestClient(create_app(office.book, office.evidence, office.bus, desk))
        assert client.get("/nomination", headers={"host": host}).status_code == status

    def test_behind_a_proxy_each_page_is_timed_under_its_own_route(self, office: BackOffice) -> None:
        settings = replace(AT_EASE, address="https://testserver")
        desk = Desk(office.desk.file, office.desk.audit, settings, keys=office.desk.keys)
        client = TestClient(create_app(office.book, office.evidence, office.bus, desk))
        of_page = {"route": "/sign-in", "status": "200"}
        before = REGISTRY.get_sample_value("roadwitness_page_seconds_count", of_page) or 0
        client.get("/sign-in")
        assert REGISTRY.get_sample_value("roadwitness_page_seconds_count", of_page) == before + 1
