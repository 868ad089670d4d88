"""Incomplete cases in Chromium: found by the filter, not to be confirmed by any key, and still rejected."""

from __future__ import annotations

from tests.dashboards.conftest import BackOffice
from tests.dashboards.in_browser.desk import IN_CHROMIUM, Desk
from tests.dashboards.invented_passages import INCOMPLETE

pytestmark = IN_CHROMIUM


def test_incomplete_cases_are_found_by_the_filter_and_only_rejected(desk: Desk, office: BackOffice) -> None:
    case_id = office.case_id(INCOMPLETE)
    desk.open("/")
    assert desk.page.locator(".queue .pill.warn").all_inner_texts() == ["incomplete"]
    desk.press("m")
    desk.page.select_option("select[name=evidence]", "incomplete")
    desk.page.wait_for_url(lambda url: "evidence=incomplete" in url)
    assert desk.page.locator("a.row-link .plate").all_inner_texts() == ["HGA771"]
    desk.press("j", "Enter")
    desk.page.wait_for_url(f"**/cases/{case_id}")
    assert "The evidence picture" in desk.page.inner_text("#incomplete")
    desk.press("Escape", "c")
    assert desk.focused() == "reason"  # what can be done instead
    assert desk.page.locator("#confirm").is_disabled()
    desk.page.select_option("#reason", "image_unusable")
    desk.page.click("#reject")
    desk.page.wait_for_selector("#sent .flash")
    desk.page.locator("#sent:not(:has(.pending))").wait_for(state="attached")
    assert office.status(INCOMPLETE) == "rejected"
