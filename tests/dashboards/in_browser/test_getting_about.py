"""Getting about the pages in Chromium: by key, from case to case, and through the filters."""

from __future__ import annotations

from tests.dashboards.conftest import BackOffice
from tests.dashboards.in_browser.desk import IN_CHROMIUM, Desk
from tests.dashboards.invented_passages import RED, UNKNOWN

pytestmark = IN_CHROMIUM


def test_help_opens_and_closes_by_key(desk: Desk) -> None:
    desk.open("/")
    desk.press("?")
    assert desk.page.is_visible("#help")
    desk.press("Escape")
    assert desk.page.is_hidden("#help")


def test_letters_typed_into_a_note_are_no_keys(desk: Desk, office: BackOffice) -> None:
    desk.open(f"/cases/{office.case_id(RED)}")
    desk.page.click("#note")
    desk.type("crown zoo?")
    assert desk.page.input_value("#note") == "crown zoo?"
    assert desk.page.locator(".overlay").is_visible()


def test_next_and_back_by_key(desk: Desk, office: BackOffice) -> None:
    desk.open(f"/cases/{office.case_id(RED)}")
    desk.press("n")
    desk.page.wait_for_url(f"**/cases/{office.case_id(UNKNOWN)}")  # the next in gravity
    desk.press("q")
    desk.page.wait_for_url("**/")


def test_a_filter_applies_when_it_is_chosen(desk: Desk) -> None:
    desk.open("/")
    desk.page.select_option("select[name=camera]", "demo-b7-west")
    desk.page.wait_for_url("**camera=demo-b7-west**")
    assert desk.page.locator("a.row-link").count() == 2
