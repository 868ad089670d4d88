"""Signing in with a second factor in Chromium, by keyboard alone, and how those pages look."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pyotp
import pytest
import uvicorn

from dashboards.sign_in.desk import Desk as SignInDesk
from dashboards.sign_in.rights import Role
from dashboards.sign_in.settings import SignInSettings
from tests.dashboards.conftest import BackOffice, opened
from tests.dashboards.in_browser.desk import IN_CHROMIUM, Desk, sign_in
from tests.dashboards.in_browser.test_look import FAINT_TEXTS

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = IN_CHROMIUM

FIRST, OWN = "one-time-word-7x", "quiet lamp river oak"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BackOffice]:
    """Strict, as it is unless somebody says otherwise, but for the cost of a password."""
    with opened(Path(tmp_path_factory.mktemp("signing_in")), "signing_in") as office:
        own = office.desk
        settings = SignInSettings(memory_kib=64, passes=1)
        office.desk = SignInDesk(own.file, own.audit, settings, keys=own.keys)
        yield office


@pytest.fixture(scope="module")
def site(office: BackOffice) -> Iterator[str]:
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(office.app(), log_level="warning", log_config=None))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(10)


@pytest.fixture
def desk(browser: Browser, site: str) -> Iterator[Desk]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    desk = Desk(context.new_page(), site)
    yield desk
    context.close()
    assert desk.complaints == []


def is_legible(desk: Desk) -> None:
    for scheme in ("light", "dark"):
        desk.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        assert desk.page.evaluate(FAINT_TEXTS) == []
    for width in (820, 1280):
        desk.page.set_viewport_size({"width": width, "height": 900})
        assert desk.page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_first_sign_in_and_the_next_by_keyboard_alone(desk: Desk, office: BackOffice) -> None:
    kept = office.desk.passwords.keep(FIRST)
    office.desk.accounts.add("ada.m", [Role.REVIEWER], password=kept, must_change=True)
    desk.open("/")
    desk.page.wait_for_selector("input[name=name]:focus")
    is_legible(desk)
    desk.type("ada.m")
    desk.press("Tab")
    desk.type(FIRST)
    desk.press("Enter")

    desk.page.wait_for_selector("input[name=old]:focus")
    is_legible(desk)
    for text in (FIRST, OWN):
        desk.type(text)
        desk.press("Tab")
    desk.type(OWN)
    desk.press("Enter")

    desk.page.wait_for_selector("input[name=code]:focus")
    is_legible(desk)
    codes = pyotp.TOTP(desk.page.inner_text("#secret").replace(" ", ""))
    desk.type(codes.now())
    desk.press("Enter")

    desk.page.wait_for_selector(".codes")
    is_legible(desk)
    recovery = desk.page.locator(".codes code").first.inner_text()
    desk.press("Enter")
    desk.page.wait_for_selector("text=No violations yet.")

    desk.open("/account")
    is_legible(desk)
    desk.page.focus("text=Sign out >> nth=0")
    desk.press("Enter")
    desk.page.wait_for_selector("input[name=name]:focus")
    desk.type("ada.m")
    desk.press("Tab")
    desk.type(OWN)
    desk.press("Enter")
    desk.page.wait_for_selector("input[name=code]:focus")
    is_legible(desk)
    desk.type(recovery)
    desk.press("Enter")
    desk.page.wait_for_selector("text=No violations yet.")


def test_an_account_is_made_by_keyboard_alone(desk: Desk, office: BackOffice, site: str) -> None:
    office.desk.accounts.add("root.keeper", [Role.ADMINISTRATOR])
    office.desk.second_factor.set_up("root.keeper", "A" * 32, pyotp.TOTP("A" * 32).now())
    token = office.desk.sessions.begin("root.keeper", "a test", is_proven=True)
    sign_in(desk.page.context, site, token)
    desk.open("/accounts")
    is_legible(desk)
    desk.page.focus("input[name=name]:not([type=hidden])")
    desk.type("bob.l")
    desk.press("Tab", "Tab", "Space", "Enter")
    desk.page.wait_for_selector("#password")
    is_legible(desk)
    assert len(desk.page.inner_text("#password")) == 19
    assert office.desk.accounts.get("bob.l").roles == {Role.REVIEWER}
