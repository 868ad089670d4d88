"""Every route is asked as every role, as nobody and with a session that is over: who gets how far."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from httpx import Response
from starlette.testclient import TestClient

from dashboards.sign_in.declaring import OpenTo, Route, declared
from dashboards.sign_in.rights import Right, Role
from tests.conftest import REPOSITORY
from tests.dashboards.conftest import SESSION_COOKIE, BackOffice
from tests.dashboards.sign_in.who_may_what import PAGE, as_page, may

#: Files and figures: everything else that is open to all is a page of signing in or of a keeper's answer.
PUBLIC = {
    "/sign-in",
    "/sign-in/link/{token}",
    "/sign-out",
    "/health",
    "/ready",
    "/favicon.ico",
    "/static/…",
    "/nomination",
    "/nomination/answer",
    "/nomination/picture.jpg",
    "/nomination/done",
}
_REFUSED = "Your account may not"


@pytest.fixture(scope="module")
def routes(bare_office: BackOffice) -> list[Route]:
    return list(declared(bare_office.app()))


def ask(client: TestClient, route: Route) -> Response:
    """Ask a route for something that is not there, from elsewhere: nothing may come of it in any case."""
    path = re.sub(r"\{[^}]*\}", "none", route.path)
    data = None if route.method == "GET" else {"until_ns": "1"}
    return client.request(route.method, path, data=data, follow_redirects=False)


def is_refused(response: Response) -> bool:
    return response.status_code == 403 and _REFUSED in response.text


class TestMatrix:
    @pytest.fixture
    def office(self, bare_office: BackOffice) -> BackOffice:
        return bare_office

    @pytest.fixture(params=[*Role, "nobody", "session over"])
    def visitor(self, request: pytest.FixtureRequest, office: BackOffice) -> Iterator[tuple[str, TestClient]]:
        if request.param in list(Role):
            yield request.param, office.officer(f"only {request.param}", [request.param]).client
        elif request.param == "nobody":
            yield request.param, office.stranger().client
        else:
            client = office.stranger().client
            token = office.session("once here", list(Role))
            client.cookies.set(SESSION_COOKIE, token)
            office.desk.sessions.end_all("once here")
            yield request.param, client

    def test_each_route_lets_through_whom_it_says(
        self, visitor: tuple[str, TestClient], routes: list[Route]
    ) -> None:
        who, client = visitor
        wrong = []
        for route in routes:
            response = ask(client, route)
            if who in list(Role):
                right = is_refused(response) is not may(Role(who), route.to)
            elif route.to is OpenTo.ALL:
                right = response.headers.get("location", "") != "/sign-in" or route.path == "/sign-out"
            else:
                location = response.headers.get("location", "")
                right = (
                    response.status_code == 401
                    if route.method != "GET"
                    else response.status_code == 303 and location.startswith("/sign-in")
                )
            if not right:
                wrong.append((route.method, route.path, response.status_code))
        assert wrong == []

    def test_no_form_from_elsewhere_is_taken(self, office: BackOffice, routes: list[Route]) -> None:
        client = office.officer("all roles", list(Role)).client
        taken = []
        for route in routes:
            if route.method != "GET":
                response = ask(client, route)
                over = response.headers.get("location", "").startswith("/nomination?over")
                if response.status_code != 403 and not over:
                    taken.append((route.path, response.status_code))
        assert taken == []

    def test_a_refusal_is_in_the_audit(self, office: BackOffice) -> None:
        office.officer("a curious one", [Role.ANALYST]).client.get("/cases/none")
        with office.desk.file.reading() as database:
            last = database.execute(
                "SELECT who, action, subject FROM audit_entries ORDER BY sequence DESC LIMIT 1"
            ).fetchone()
        assert last == ("a curious one", "refused", "see cases: GET /cases/{case_id}")


def test_only_a_few_addresses_are_open_to_all(routes: list[Route]) -> None:
    assert {route.path for route in routes if route.to is OpenTo.ALL} == PUBLIC


def test_nobody_both_decides_and_keeps_accounts_or_reads_the_audit() -> None:
    for role in Role:
        assert not may(role, Right.DECIDE) or not (
            may(role, Right.KEEP_ACCOUNTS) or may(role, Right.READ_AUDIT)
        )


def test_a_route_that_declares_nothing_keeps_the_application_from_starting(bare_office: BackOffice) -> None:
    app = bare_office.app(page_size=7)  # one of its own
    app.add_api_route("/forgotten", lambda: None)
    with pytest.raises(RuntimeError, match="/forgotten has to declare one right"):
        list(declared(app))


def test_the_page_of_who_may_what_is_up_to_date(routes: list[Route]) -> None:
    assert PAGE.read_text(encoding="utf-8") == as_page(routes), (
        f"write {PAGE.relative_to(REPOSITORY)} anew: python -m tests.dashboards.sign_in.who_may_what"
    )
