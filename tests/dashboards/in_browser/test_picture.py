"""The evidence picture in Chromium: it is there, comes closer, and its overlay comes off."""

from __future__ import annotations

import pytest

from tests.dashboards.conftest import BackOffice
from tests.dashboards.in_browser.desk import IN_CHROMIUM, Desk
from tests.dashboards.invented_passages import RED

pytestmark = IN_CHROMIUM


def test_the_overlay_can_be_taken_off(desk: Desk, office: BackOffice) -> None:
    desk.open(f"/cases/{office.case_id(RED)}")
    overlay = desk.page.locator(".overlay")
    assert overlay.is_visible()
    desk.press("o")
    assert overlay.is_hidden()
    desk.press("o")
    assert overlay.is_visible()
    desk.page.click("label.switch")
    assert overlay.is_hidden()


def test_the_evidence_picture_is_really_shown(desk: Desk, office: BackOffice) -> None:
    desk.open(f"/cases/{office.case_id(RED)}")
    desk.page.wait_for_load_state("networkidle")
    assert desk.page.evaluate("document.querySelector('img.crop').naturalWidth") > 0
    assert desk.page.evaluate("document.querySelector('#picture image').getBoundingClientRect().width") > 600
    desk.page.click("text=open the picture alone")
    assert desk.page.evaluate("document.images[0].naturalWidth") == 1280


def test_the_picture_comes_closer_by_key_and_by_click(desk: Desk, office: BackOffice) -> None:
    desk.open(f"/cases/{office.case_id(RED)}")
    whole = desk.view_box()
    desk.press("z")
    vehicle = desk.view_box()
    desk.press("z")
    plate = desk.view_box()
    assert whole[2] > vehicle[2] > plate[2]
    desk.press("z")
    assert desk.view_box() == whole
    desk.page.click("#picture", position={"x": 5, "y": 5})
    assert desk.view_box()[:2] == [0, 0]
    assert desk.view_box()[2] == pytest.approx(whole[2] / 3)
    desk.page.click("#picture")
    assert desk.view_box() == whole
