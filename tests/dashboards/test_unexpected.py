"""An error that nobody thought of: its page is protected like any other, and its text goes nowhere."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from starlette.responses import StreamingResponse
from starlette.testclient import TestClient

from dashboards.app import create_app
from tests.dashboards.conftest import BackOffice, LooksOnly, text_of

PLATE = "XX99XXX"


def failing() -> None:
    raise ValueError(f"nobody thought of {PLATE}")


def breaking_off() -> StreamingResponse:
    def pieces() -> Iterator[str]:
        yield "half"
        failing()

    return StreamingResponse(pieces())


def app_of(office: BackOffice) -> FastAPI:
    """The pages with two that fail."""
    app = create_app(office.book, office.evidence, office.bus, office.desk)
    app.add_api_route("/failing", failing)
    app.add_api_route("/breaking-off", breaking_off)
    return app


class TestUnexpected(LooksOnly):
    def test_its_page_carries_the_security_headers_and_only_a_reference(
        self, office: BackOffice, caplog: pytest.LogCaptureFixture
    ) -> None:
        response = TestClient(app_of(office)).get("/failing")
        assert response.status_code == 500
        assert "give your administrator the reference" in text_of(response)
        assert PLATE not in response.text
        assert response.headers["cache-control"] == "no-store"
        assert "default-src 'none'" in response.headers["content-security-policy"]
        assert [record.message for record in caplog.records if record.levelno >= logging.ERROR] == [
            "page-failed"
        ]

    def test_an_answer_that_has_begun_is_broken_off(self, office: BackOffice) -> None:
        with pytest.raises(ValueError, match="nobody thought of"):
            TestClient(app_of(office)).get("/breaking-off")
