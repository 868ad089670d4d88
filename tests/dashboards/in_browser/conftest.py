"""Chromium, the pages on a real port, and two officers' desks."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
import uvicorn

from tests.dashboards.conftest import BackOffice
from tests.dashboards.in_browser.desk import Desk, chromium, sign_in

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def site(office: BackOffice) -> Iterator[str]:
    """The pages on a free port of this machine."""
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(office.app(), log_level="warning", log_config=None))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)


@pytest.fixture
def officers(office: BackOffice) -> list[str]:
    """The sessions of two officers."""
    return [office.session("A. Moreau"), office.session("B. Lund")]


@pytest.fixture
def desks(browser: Browser, site: str, officers: list[str]) -> Iterator[list[Desk]]:
    """Two officers' browsers; afterwards neither may have complained or asked elsewhere."""
    contexts = [browser.new_context(viewport={"width": 1280, "height": 900}) for _ in officers]
    for context, token in zip(contexts, officers, strict=True):
        sign_in(context, site, token)
    desks = [Desk(context.new_page(), site) for context in contexts]
    yield desks
    complaints = [text for desk in desks for text in desk.complaints]
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def desk(desks: list[Desk]) -> Desk:
    return desks[0]
