"""Every page is for everybody: axe-core finds nothing against WCAG 2.2 AA, and Tab reaches all of it."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import pytest

from dashboards.sign_in.rights import Role
from tests.dashboards.conftest import BackOffice, LooksOnly
from tests.dashboards.in_browser.desk import IN_CHROMIUM, sign_in
from tests.dashboards.in_browser.every_page import Place, every_page
from tests.dashboards.invented_passages import BLUE, INCOMPLETE

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [
    *IN_CHROMIUM,
    pytest.mark.skipif(
        find_spec("axe_playwright_python") is None,
        reason="axe-core is missing: pip install 'roadwitness[test]'",
    ),
]

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
#: A case weighs so much at most besides its pictures and its clip, in bytes.
HEAVIEST = 400_000
TABBED = """() => {
  const can = 'a[href], button, input, select, textarea, summary, [tabindex="0"]';
  const unreached = [...document.querySelectorAll(can)].filter((it) =>
    it.checkVisibility({ visibilityProperty: true }) && !it.disabled && it.type !== "hidden" &&
    it.type !== "radio" && it.tabIndex >= 0 && !it.dataset.reached);
  return unreached.map((it) => it.outerHTML.slice(0, 120));
}"""
#: Shows what is folded away, and the help.
UNFOLD = """() => {
  for (const details of document.querySelectorAll("details")) details.open = true;
  document.getElementById("help")?.showPopover();
}"""
#: Marks what has the focus, and says whether that can be seen; null at the end of the page.
REACHED = """() => {
  const here = document.activeElement;
  if (!here || here === document.body) return null;
  // A date has several stops, one behind the other.
  const again = Boolean(here.dataset.reached) && here !== window.reachedBefore;
  window.reachedBefore = here;
  here.dataset.reached = "yes";
  const outlined = (part) => getComputedStyle(here, part).outlineStyle !== "none";
  return { again, seen: outlined(null) || outlined("::after"), what: here.outerHTML.slice(0, 120) };
}"""


class TestEveryPage(LooksOnly):
    @pytest.fixture
    def places(self, office: BackOffice) -> list[Place]:
        return [
            *every_page(office.app(), {"case_id": office.case_id(BLUE)}),
            Place(f"/cases/{office.case_id(INCOMPLETE)}", False),
            Place("/?camera=nowhere", False),
            Place("/cases/none", False),
        ]

    @pytest.fixture
    def page(self, browser: Browser, site: str, office: BackOffice) -> Iterator[Page]:
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        sign_in(context, site, office.session("Everybody", list(Role)))
        yield context.new_page()
        context.close()

    @pytest.fixture
    def strangers_page(self, browser: Browser) -> Iterator[Page]:
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        yield context.new_page()
        context.close()

    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def test_axe_finds_nothing(
        self, page: Page, strangers_page: Page, site: str, places: list[Place], scheme: str
    ) -> None:
        from axe_playwright_python.sync_playwright import Axe

        # Only colours differ between the schemes.
        rules = {"type": "rule", "values": ["color-contrast"]} if scheme == "dark" else _all()
        found, looked_at = [], 0
        for place in places:
            here = strangers_page if place.is_public else page
            here.emulate_media(color_scheme=scheme)
            if not _opened(here, site + place.address):
                continue
            here.evaluate(UNFOLD)
            results = Axe().run(here, options={"runOnly": rules, "resultTypes": ["violations"]})
            looked_at += 1
            found += [f"{place.address}: {_told(each)}" for each in results.response["violations"]]
        assert found == []
        assert looked_at >= 6

    def test_a_fault_would_be_found(self, page: Page, site: str) -> None:
        from axe_playwright_python.sync_playwright import Axe

        page.goto(site + "/")
        page.evaluate("document.querySelector('h1').innerHTML += '<input><a tabindex=\"-1\">x</a>'")
        found = Axe().run(page, options={"runOnly": _all(), "resultTypes": ["violations"]})
        assert [each["id"] for each in found.response["violations"]] == ["label"]

    def test_all_is_reached_and_seen_by_tab(self, page: Page, site: str, places: list[Place]) -> None:
        problems = []
        for place in places:
            if place.is_public or not _opened(page, site + place.address):
                continue
            for _ in range(400):
                page.keyboard.press("Tab")
                reached = page.evaluate(REACHED)
                if reached is None:  # the end; a page that begins in a field has a part before it
                    continue
                if reached["again"]:
                    break
                if not reached["seen"]:
                    problems.append(f"{place.address}: no visible focus on {reached['what']}")
            problems += [f"{place.address}: not reached: {what}" for what in page.evaluate(TABBED)]
        assert problems == []

    def test_a_case_is_light_besides_its_pictures(self, page: Page, site: str, office: BackOffice) -> None:
        weights: dict[str, int] = {}

        def weigh(response: Any) -> None:
            kind = response.headers.get("content-type", "")
            if not kind.startswith(("image/", "video/")) or "svg" in kind:
                weights[response.url] = len(response.body())

        page.on("response", weigh)
        page.goto(f"{site}/cases/{office.case_id(BLUE)}", wait_until="networkidle")
        assert len(weights) >= 3
        assert sum(weights.values()) < HEAVIEST, weights


def _opened(page: Page, address: str) -> bool:
    """Open an address; whether it is a page for people."""
    from playwright.sync_api import Error

    try:
        response = page.goto(address)
    except Error:  # a download
        return False
    return response is not None and response.headers.get("content-type", "").startswith("text/html")


def _all() -> dict[str, Any]:
    return {"type": "tag", "values": WCAG}


def _told(violation: dict[str, Any]) -> str:
    places = "; ".join(node["html"][:150] for node in violation["nodes"][:3])
    return f"{violation['id']} ({violation['help']}) at {places}"
