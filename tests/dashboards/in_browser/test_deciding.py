"""An officer at work in Chromium: cases decided by the keyboard alone, and by two officers at once."""

from __future__ import annotations

from tests.dashboards.conftest import BackOffice
from tests.dashboards.in_browser.desk import IN_CHROMIUM, Desk
from tests.dashboards.invented_passages import BLUE, RED, UNREADABLE

pytestmark = IN_CHROMIUM


def test_a_case_is_reviewed_by_keyboard_alone(desk: Desk, office: BackOffice) -> None:
    desk.open("/?order=oldest")
    desk.press("j", "j", "k", "Enter")
    desk.page.wait_for_url(f"**/cases/{office.case_id(RED)}")
    desk.press("1", "2", "3", "c")
    assert desk.focused() == "confirm"
    assert office.status(RED) == "open"  # no key alone decides
    desk.press("Enter")
    desk.page.wait_for_url(f"**/cases/{office.case_id(BLUE)}")
    desk.told("KFV482: confirmed by A. Moreau")
    assert office.status(RED) == "confirmed"


def test_enter_in_a_field_decides_nothing(desk: Desk, office: BackOffice) -> None:
    desk.open(f"/cases/{office.case_id(RED)}")
    desk.page.click("#note")
    desk.press("Enter")
    desk.page.wait_for_timeout(300)
    assert desk.page.url.endswith(f"/cases/{office.case_id(RED)}")
    assert office.status(RED) == "open"


def test_a_case_is_rejected_with_a_reason_by_keyboard(desk: Desk, office: BackOffice) -> None:
    desk.open(f"/cases/{office.case_id(UNREADABLE)}")
    desk.press("r")
    assert desk.focused() == "reason"
    desk.type("The plate cannot")  # a list jumps to what is typed
    assert desk.page.input_value("#reason") == "plate_unreadable"
    desk.press("Tab")
    desk.type("Too dark, even close up.")
    desk.press("Tab", "Enter")
    desk.told("rejected by A. Moreau")
    assert office.status(UNREADABLE) == "rejected"


def test_rejecting_without_a_reason_asks_for_it(desk: Desk, office: BackOffice) -> None:
    desk.open(f"/cases/{office.case_id(RED)}")
    desk.page.click("#reject")
    desk.page.wait_for_selector("[role=alert]")
    assert "Choose the reason" in desk.page.inner_text("[role=alert]")
    assert office.status(RED) == "open"
    desk.complaints.clear()  # the browser reports the 422 of the page itself


def test_a_case_is_one_officers_until_they_leave_it(desks: list[Desk], office: BackOffice) -> None:
    first, second = desks
    address = f"/cases/{office.case_id(RED)}"
    first.open(address)
    second.open(address)
    assert "A. Moreau holds this case" in second.page.inner_text("main")
    assert second.page.locator("#confirm").count() == 0
    first.open("/numbers")
    second.open(address)
    second.press("1", "2", "3")
    second.page.click("#confirm")
    second.told("confirmed by B. Lund")
    first.open(address)
    assert "confirmed by b. lund" in first.page.inner_text("main").lower()
    assert first.page.locator("#confirm").count() == 0
