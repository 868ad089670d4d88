"""The evidence picture in Chromium: closer, moved, brighter, without its overlay; and the clip."""

from __future__ import annotations

import pytest

from detectors.clip_coding import can_encode
from tests.dashboards.conftest import BackOffice, LooksOnly
from tests.dashboards.in_browser.desk import IN_CHROMIUM, Desk
from tests.dashboards.invented_passages import RED, WHITE

pytestmark = IN_CHROMIUM

FILTER = "getComputedStyle(document.querySelector('#picture image')).filter"
TOUCH = """([kind, id, x, y]) => document.getElementById('picture').dispatchEvent(new PointerEvent(kind, {
  pointerId: id, pointerType: 'touch', clientX: x, clientY: y, bubbles: true, isPrimary: id === 11 }))"""

# A finger of a test is not one that the browser knows, so it cannot be captured.
FORGIVING_CAPTURE = """
const capture = Element.prototype.setPointerCapture;
Element.prototype.setPointerCapture = function (id) { try { capture.call(this, id); } catch { } };
"""


def said(desk: Desk, name: str) -> str:
    return str(desk.page.evaluate(f"document.getElementById('{name}').value"))


def until(desk: Desk, condition: str) -> None:
    """Wait, 5 s at most: the pages let no test evaluate a text by itself."""
    for _ in range(100):
        if desk.page.evaluate(condition):
            return
        desk.page.wait_for_timeout(50)
    raise AssertionError(condition)


class TestThePicture(LooksOnly):
    @pytest.fixture(autouse=True)
    def _open(self, desk: Desk, office: BackOffice) -> None:
        desk.page.add_init_script(FORGIVING_CAPTURE)
        desk.open(f"/cases/{office.case_id(RED)}")

    def middle(self, desk: Desk) -> tuple[float, float]:
        box = desk.page.locator("#picture").bounding_box()
        assert box is not None
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def test_the_overlay_can_be_taken_off(self, desk: Desk) -> None:
        overlay = desk.page.locator(".overlay")
        assert overlay.is_visible()
        desk.press("o")
        assert overlay.is_hidden()
        desk.press("o")
        assert overlay.is_visible()
        desk.page.click("label.switch")
        assert overlay.is_hidden()

    def test_the_evidence_picture_is_really_shown(self, desk: Desk) -> None:
        desk.page.wait_for_load_state("networkidle")
        assert desk.page.evaluate("document.querySelector('img.crop').naturalWidth") > 0
        assert (
            desk.page.evaluate("document.querySelector('#picture image').getBoundingClientRect().width") > 600
        )
        desk.page.click("text=with its overlay")
        assert desk.page.evaluate("document.images[0].naturalWidth") == 1280
        desk.page.go_back()
        desk.page.click("text=Open the picture alone")
        assert desk.page.evaluate("document.images[0].naturalWidth") == 1280

    def test_it_comes_closer_by_keys_and_buttons(self, desk: Desk) -> None:
        whole = desk.view_box()
        desk.press("z")
        vehicle = desk.view_box()
        desk.press("z")
        assert whole[2] > vehicle[2] > desk.view_box()[2]
        desk.press("0")
        assert desk.view_box() == whole
        desk.press("+", "+")
        closer = desk.view_box()
        assert closer[2] == pytest.approx(whole[2] / 1.4**2)
        assert said(desk, "closer-by") == "196 %"
        desk.page.click("#further")
        desk.page.click("#further")
        desk.page.click("#further")
        assert desk.view_box() == whole

    def test_a_click_brings_a_place_closer_and_the_next_moves_it_to_the_middle(self, desk: Desk) -> None:
        whole = desk.view_box()
        desk.page.click("#picture", position={"x": 5, "y": 5})
        assert desk.view_box()[:2] == [0, 0]
        assert desk.view_box()[2] == pytest.approx(whole[2] / 3)
        box = desk.page.locator("#picture").bounding_box()
        assert box is not None
        desk.page.click("#picture", position={"x": box["width"] - 5, "y": box["height"] / 2})
        moved = desk.view_box()
        assert moved[2] == pytest.approx(whole[2] / 3)
        assert moved[0] == pytest.approx(whole[2] / 6, rel=0.1)

    def test_it_is_dragged_and_never_out_of_sight(self, desk: Desk) -> None:
        desk.press("+", "+", "+")
        before, (x, y) = desk.view_box(), self.middle(desk)
        desk.page.mouse.move(x, y)
        desk.page.mouse.down()
        desk.page.mouse.move(x + 60, y + 20, steps=3)
        desk.page.mouse.up()
        after = desk.view_box()
        assert after[0] < before[0]
        assert after[1] < before[1]
        assert after[2] == pytest.approx(before[2])
        desk.page.mouse.move(x, y)
        desk.page.mouse.down()
        desk.page.mouse.move(x + 3000, y + 3000, steps=2)
        desk.page.mouse.up()
        assert desk.view_box()[:2] == [0, 0]

    def test_the_wheel_scrolls_the_page_until_the_picture_has_the_focus(self, desk: Desk) -> None:
        whole, (x, y) = desk.view_box(), self.middle(desk)
        desk.page.mouse.move(x, y)
        desk.page.mouse.wheel(0, -120)
        desk.page.wait_for_timeout(100)
        assert desk.view_box() == whole
        desk.page.focus("#picture")
        desk.page.mouse.move(*self.middle(desk))
        desk.page.mouse.wheel(0, -120)
        until(desk, "document.getElementById('picture').viewBox.baseVal.width < 1200")

    def test_arrows_move_it_where_it_has_the_focus(self, desk: Desk) -> None:
        desk.press("+", "+", "+")
        before = desk.view_box()
        desk.page.focus("#picture")
        desk.press("ArrowRight", "ArrowDown")
        after = desk.view_box()
        assert after[0] == pytest.approx(before[0] + 0.15 * before[2])
        assert after[1] == pytest.approx(before[1] + 0.15 * before[3])
        desk.press("Home")
        assert desk.view_box()[:2] == [0, 0]

    def test_two_fingers_bring_it_closer(self, desk: Desk) -> None:
        whole, (x, y) = desk.view_box(), self.middle(desk)
        for kind, finger, across in (
            ("pointerdown", 11, -40),
            ("pointerdown", 12, 40),
            ("pointermove", 11, -80),
            ("pointermove", 12, 80),
            ("pointerup", 11, -80),
            ("pointerup", 12, 80),
        ):
            desk.page.evaluate(TOUCH, [kind, finger, x + across, y])
        assert desk.view_box()[2] == pytest.approx(whole[2] / 2, rel=0.02)

    def test_brightness_and_contrast_are_of_the_view_alone(self, desk: Desk, office: BackOffice) -> None:
        digest = office.passages[RED].evidence[0].digest
        assert desk.page.evaluate(FILTER) == "none"
        desk.press("]", "]", "}")
        assert desk.page.evaluate(FILTER) == "brightness(1.2) contrast(1.1)"
        assert said(desk, "brightness-value") == "120 %"
        assert desk.page.get_attribute("#picture image", "href") == f"/evidence/{digest}"
        desk.page.focus("#contrast")
        desk.press("ArrowRight")
        assert said(desk, "contrast-value") == "115 %"
        desk.page.click("#as-taken")
        assert desk.page.evaluate(FILTER) == "none"
        assert desk.page.is_disabled("#as-taken")


@pytest.mark.skipif(not can_encode(), reason="PyAV has no libx264 here: pip install av")
class TestTheClip(LooksOnly):
    def test_it_plays_goes_to_the_moment_and_frame_by_frame(self, desk: Desk, office: BackOffice) -> None:
        desk.open(f"/cases/{office.case_id(WHITE)}")
        until(desk, "document.getElementById('clip').readyState >= 1")
        at = "document.getElementById('clip').currentTime"
        assert desk.page.evaluate("document.getElementById('clip').duration") == pytest.approx(1.04, abs=0.1)
        desk.press("m")
        assert desk.page.evaluate(at) == pytest.approx(0.52, abs=0.01)
        desk.press(".", ".", ",")
        assert desk.page.evaluate(at) == pytest.approx(0.60, abs=0.01)
        desk.press("p")
        until(desk, f"{at} > 0.7")


class TestWithoutScripts(LooksOnly):
    def test_the_page_shows_everything_but_what_needs_a_script(
        self, desk: Desk, office: BackOffice, site: str
    ) -> None:
        browser = desk.page.context.browser
        assert browser is not None
        context = browser.new_context(java_script_enabled=False)
        context.add_cookies(desk.page.context.cookies())
        page = context.new_page()
        page.goto(f"{site}/cases/{office.case_id(WHITE)}")
        assert page.locator("#picture image").is_visible()
        for tool in ("#brightness", "#closer", "#to-moment"):
            assert not page.locator(tool).is_visible()
        page.click("label.switch")
        assert page.locator(".overlay").is_hidden()
        page.click("text=Vehicle >> nth=0")
        assert float(str(page.get_attribute("#picture", "viewBox")).split()[2]) < 1280
        context.close()
