"""An officer at work in Chromium: the keyboard alone, the picture's views, and two officers at once."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import uvicorn

from tests.dashboards.conftest import BackOffice, LooksOnly
from tests.dashboards.invented_passages import SCENES

playwright_api = pytest.importorskip(
    "playwright.sync_api", reason="Playwright is missing: pip install 'roadwitness[test]'"
)

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
RED, BLUE, UNREADABLE = (scene.speed_kmh for scene in SCENES[:3])

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is missing: apt-get install -y chromium"),
]


@dataclass
class Desk:
    """One officer's browser, which notes every complaint and every request that leaves the site."""

    page: playwright_api.Page
    site: str
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on(
            "console", lambda message: self._note(message.type in ("error", "warning"), message.text)
        )
        self.page.on("pageerror", lambda error: self._note(True, str(error)))
        self.page.on(
            "request",
            lambda request: self._note(
                not request.url.startswith((self.site + "/", "data:")), f"asked for {request.url}"
            ),
        )

    def _note(self, is_complaint: bool, text: str) -> None:
        if is_complaint:
            self.complaints.append(text)

    def open(self, address: str) -> None:
        self.page.goto(self.site + address)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)

    def focused(self) -> str:
        return str(self.page.evaluate("document.activeElement.id"))

    def view_box(self) -> list[float]:
        return [float(value) for value in str(self.page.get_attribute("#picture", "viewBox")).split()]


@pytest.fixture(scope="module")
def browser() -> Iterator[playwright_api.Browser]:
    with playwright_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def site(office: BackOffice) -> Iterator[str]:
    """The pages on a free port of this machine."""
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(office.app(), log_level="warning"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)


@pytest.fixture
def desks(browser: playwright_api.Browser, site: str) -> Iterator[list[Desk]]:
    """Two officers' browsers; afterwards neither may have complained or asked elsewhere."""
    contexts = [browser.new_context(viewport={"width": 1280, "height": 900}) for _ in range(2)]
    desks = [Desk(context.new_page(), site) for context in contexts]
    yield desks
    complaints = [text for desk in desks for text in desk.complaints]
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def desk(desks: list[Desk]) -> Desk:
    return desks[0]


def test_a_case_is_reviewed_by_keyboard_alone(desk: Desk, office: BackOffice) -> None:
    desk.open("/")
    desk.press("j", "j", "k", "Enter")
    desk.page.wait_for_url(f"**/cases/{office.case_id(RED)}")
    desk.press("c")
    assert desk.focused() == "officer"  # no name yet: it is asked for first
    desk.type("A. Moreau")
    desk.press("Escape", "c")
    assert desk.focused() == "confirm"
    assert office.status(RED) == "open"  # one key alone decides nothing
    desk.press("Enter")
    desk.page.wait_for_url(f"**/cases/{office.case_id(BLUE)}")
    assert "KFV482: confirmed by A. Moreau" in desk.page.inner_text("[role=status]")
    assert desk.page.input_value("#officer") == "A. Moreau"
    assert office.status(RED) == "confirmed"


def test_enter_in_a_field_decides_nothing(desk: Desk, office: BackOffice) -> None:
    desk.open(f"/cases/{office.case_id(RED)}")
    desk.page.click("#officer")
    desk.type("A. Moreau")
    desk.press("Enter")
    desk.page.wait_for_timeout(300)
    assert desk.page.url.endswith(f"/cases/{office.case_id(RED)}")
    assert office.status(RED) == "open"


def test_a_case_is_rejected_with_a_reason_by_keyboard(desk: Desk, office: BackOffice) -> None:
    desk.open(f"/cases/{office.case_id(UNREADABLE)}")
    desk.page.fill("#officer", "B. Lund")
    desk.press("Escape", "r")
    assert desk.focused() == "reason"
    desk.type("The plate cannot")  # a list jumps to what is typed
    assert desk.page.input_value("#reason") == "plate_unreadable"
    desk.press("Tab")
    desk.type("Too dark, even close up.")
    desk.press("Tab", "Enter")
    desk.page.wait_for_selector("[role=status]")
    assert "rejected by B. Lund" in desk.page.inner_text("[role=status]")
    assert office.status(UNREADABLE) == "rejected"


def test_rejecting_without_a_reason_asks_for_it(desk: Desk, office: BackOffice) -> None:
    desk.open(f"/cases/{office.case_id(RED)}")
    desk.page.fill("#officer", "B. Lund")
    desk.page.click("#reject")
    desk.page.wait_for_selector("[role=alert]")
    assert "Choose the reason" in desk.page.inner_text("[role=alert]")
    assert office.status(RED) == "open"
    desk.complaints.clear()  # the browser reports the 422 of the page itself


def test_the_second_officer_is_told_who_was_first(desks: list[Desk], office: BackOffice) -> None:
    first, second = desks
    for desk in desks:
        desk.open(f"/cases/{office.case_id(RED)}")
    first.page.fill("#officer", "A. Moreau")
    first.page.click("#confirm")
    first.page.wait_for_selector("[role=status]")
    second.page.fill("#officer", "B. Lund")
    second.page.select_option("#reason", "plate_wrong")
    second.page.click("#reject")
    second.page.wait_for_selector("[role=alert]")
    told = second.page.inner_text("[role=alert]")
    assert "Your answer changed nothing: this case was already confirmed by A. Moreau" in told
    assert second.page.locator("#confirm").count() == 0
    assert office.status(RED) == "confirmed"
    second.complaints.clear()  # the browser reports the 409 of the page itself


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
    desk.page.wait_for_url(f"**/cases/{office.case_id(BLUE)}")
    desk.press("q")
    desk.page.wait_for_url("**/")


def test_a_filter_applies_when_it_is_chosen(desk: Desk) -> None:
    desk.open("/")
    desk.page.select_option("select[name=camera]", "demo-b7-west")
    desk.page.wait_for_url("**camera=demo-b7-west**")
    assert desk.page.locator("a.row-link").count() == 2


class TestLook(LooksOnly):
    @pytest.mark.parametrize("scheme", ["light", "dark"])
    @pytest.mark.parametrize("address", ["/", "/numbers", "/cases/{case}", "/cases/none"])
    def test_text_stands_out_from_its_ground(
        self, browser: playwright_api.Browser, site: str, office: BackOffice, address: str, scheme: str
    ) -> None:
        """WCAG AA: 4.5 to 1 for every text, 3 to 1 for large ones, in both colour schemes."""
        page = browser.new_page(color_scheme=scheme)
        page.goto(site + address.format(case=office.case_id(BLUE)))
        faint = page.evaluate(_FAINT_TEXTS)
        page.close()
        assert faint == []

    @pytest.mark.parametrize("width", [768, 820, 1024, 1440])
    @pytest.mark.parametrize("address", ["/", "/numbers", "/cases/{case}"])
    def test_no_page_is_wider_than_the_screen(
        self, desk: Desk, office: BackOffice, address: str, width: int
    ) -> None:
        desk.page.set_viewport_size({"width": width, "height": 1000})
        desk.open(address.format(case=office.case_id(BLUE)))
        assert desk.page.evaluate("document.documentElement.scrollWidth") <= width


_FAINT_TEXTS = """() => {
  const parse = (text) => {
    const v = text.match(/[\\d.]+/g).map(Number);
    return v.length < 4 ? [...v, 1] : v;
  };
  const light = (c) => c.slice(0, 3).map((v) => v / 255)
    .map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (node) => {
    for (let at = node; at; at = at.parentElement) {
      const colour = parse(getComputedStyle(at).backgroundColor);
      if (colour[3] > 0.99) return colour;
    }
    return [255, 255, 255, 1];
  };
  const faint = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || !node.checkVisibility()) continue;
    if (node.closest("svg, :disabled, option, .sr, .skip")) continue;
    const style = getComputedStyle(node);
    const [a, b] = [light(parse(style.color)), light(ground(node))].sort((p, q) => q - p);
    const ratio = (a + 0.05) / (b + 0.05);
    const large = parseFloat(style.fontSize) >= 24 ||
      (parseFloat(style.fontSize) >= 18.66 && style.fontWeight >= 700);
    const text = walker.currentNode.textContent.trim();
    if (ratio < (large ? 3 : 4.5)) faint.push(`${text}: ${ratio.toFixed(2)}`);
  }
  return faint;
}"""
