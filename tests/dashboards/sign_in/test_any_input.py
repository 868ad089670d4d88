"""Nonsense of every kind to every route, from a person who may use it: none answers 500."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from dashboards.sign_in.limits import Limits
from dashboards.sign_in.rights import Role
from tests.dashboards.conftest import ORIGIN, SESSION_COOKIE, BackOffice, opened
from tests.dashboards.invented_passages import SCENES

HEADERS = {
    "content-security-policy": "default-src 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=()",
}
#: Headers by which a server tells what it is made of.
TELLING = ("server", "x-powered-by")
EACH = settings(
    max_examples=4,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BackOffice]:
    with opened(tmp_path_factory.mktemp("any_input"), "any_input") as office:
        office.receive(SCENES[0])
        yield office


def check(response: Any, what: str) -> None:
    assert response.status_code != 500, what
    for name, value in HEADERS.items():
        assert value in response.headers.get(name, ""), f"{what}: {name}"
    assert not set(TELLING) & {name.lower() for name in response.headers}, what
    if response.headers.get("content-type", "").startswith("text/html"):
        assert not re.search(r"\sstyle=|\son[a-z]+=\"|<style|Traceback", response.text), what


def test_no_route_fails(office: BackOffice) -> None:
    (case_id,) = (case.case_id for case in office.book.queue(None))
    for found in schemathesis.openapi.from_dict(office.app().openapi()).get_all_operations():
        visitor = Visitor(office, case_id)

        @EACH
        @given(case=found.ok().as_strategy(), is_real=st.booleans(), visitor=st.just(visitor))
        def ask(case: Any, is_real: bool, visitor: Visitor) -> None:
            visitor.ask(case, is_real)

        ask()


class Visitor:
    """Somebody with every role, in a browser that knows its form token, with nothing asked yet."""

    def __init__(self, office: BackOffice, case_id: str) -> None:
        office.desk.limits = Limits()
        self._case_id = case_id
        self._client = TestClient(office.app(), raise_server_exceptions=False, follow_redirects=False)
        self._client.cookies.set(SESSION_COOKIE, office.session("everything", list(Role)))
        token = re.search(r'name="csrf_token" value="(\w+)"', self._client.get("/account").text)
        assert token
        self._token = token[1]

    def ask(self, case: Any, is_real: bool) -> None:
        """Send what was made up; about the one case that there is if ``is_real``."""
        path = case.path
        parameters = {**case.path_parameters, **({"case_id": self._case_id} if is_real else {})}
        for name, value in parameters.items():
            path = path.replace(f"{{{name}}}", quote(str(value), safe=""))
        query = {name: str(value) for name, value in (case.query or {}).items()}
        body = case.body if isinstance(case.body, dict) else {}
        form = {**{name: str(value) for name, value in body.items()}, "csrf_token": self._token}
        data = None if case.method.upper() == "GET" else form
        response = self._client.request(case.method, path, params=query, data=data, headers=ORIGIN)
        check(response, f"{case.method} {path} {query} {data}")


@pytest.mark.parametrize(
    "address", ["/", "/sign-in", "/nowhere", "/static/style.css", "/static/none", "/health", "/a%00b"]
)
def test_every_answer_carries_its_headers_also_to_strangers(office: BackOffice, address: str) -> None:
    check(office.stranger().client.get(address, follow_redirects=False), address)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"])
def test_other_methods_do_nothing(office: BackOffice, method: str) -> None:
    response = office.officer(roles=list(Role)).client.request(method, "/accounts", content=b"x")
    assert response.status_code == 405


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"transfer-encoding": "chunked"}, 411),
        ({"content-length": "65537"}, 413),
        ({"content-length": "x"}, 411),
    ],
)
def test_a_form_without_a_length_or_with_a_great_one_is_not_read(
    office: BackOffice, headers: dict[str, str], status: int
) -> None:
    assert (
        office.stranger().client.post("/sign-in", content=iter([b"x"]), headers=headers).status_code == status
    )


def test_browsers_are_told_to_stay_with_https(
    tmp_path_factory: pytest.TempPathFactory, office: BackOffice
) -> None:
    plain = office.stranger().client.get("/sign-in")
    assert "strict-transport-security" not in plain.headers
    client = TestClient(office.app(), base_url="https://testserver")
    assert client.get("/sign-in").headers["strict-transport-security"] == "max-age=31536000"


def test_the_interface_is_described_to_nobody(office: BackOffice) -> None:
    client = office.officer(roles=list(Role)).client
    for address in ("/openapi.json", "/docs", "/redoc"):
        assert client.get(address).status_code == 404
