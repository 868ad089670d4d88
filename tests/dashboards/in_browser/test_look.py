"""How the pages look in Chromium: legible in both colour schemes, and no wider than the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.dashboards.conftest import BackOffice, LooksOnly
from tests.dashboards.in_browser.desk import IN_CHROMIUM, Desk, sign_in
from tests.dashboards.invented_passages import BLUE, INCOMPLETE

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = IN_CHROMIUM


def fill(address: str, office: BackOffice) -> str:
    return address.format(case=office.case_id(BLUE), lacking=office.case_id(INCOMPLETE))


class TestLook(LooksOnly):
    @pytest.mark.parametrize("scheme", ["light", "dark"])
    @pytest.mark.parametrize("address", ["/", "/numbers", "/cases/{case}", "/cases/{lacking}", "/cases/none"])
    def test_text_stands_out_from_its_ground(
        self, browser: Browser, site: str, office: BackOffice, address: str, scheme: str
    ) -> None:
        """WCAG AA: 4.5 to 1 for every text, 3 to 1 for large ones, in both colour schemes."""
        page = browser.new_page(color_scheme=scheme)
        sign_in(page.context, site, office.session())
        page.goto(site + fill(address, office))
        faint = page.evaluate(FAINT_TEXTS)
        page.close()
        assert faint == []

    @pytest.mark.parametrize("width", [768, 820, 1024, 1440])
    @pytest.mark.parametrize("address", ["/", "/numbers", "/cases/{case}", "/cases/{lacking}"])
    def test_no_page_is_wider_than_the_screen(
        self, desk: Desk, office: BackOffice, address: str, width: int
    ) -> None:
        desk.page.set_viewport_size({"width": width, "height": 1000})
        desk.open(fill(address, office))
        assert desk.page.evaluate("document.documentElement.scrollWidth") <= width

    @pytest.mark.parametrize("address", ["/", "/numbers", "/cases/{case}"])
    def test_a_long_name_breaks_before_it_widens_a_page(
        self, desk: Desk, office: BackOffice, address: str
    ) -> None:
        desk.page.set_viewport_size({"width": 820, "height": 1000})
        desk.open(fill(address, office))
        assert desk.page.evaluate(LENGTHEN, ["demo-a1-north", "Waldenburgshausen" * 4]) >= 1
        assert desk.page.evaluate("document.documentElement.scrollWidth") <= 820


#: Puts a longer name in the place of another, wherever it stands as text; how often.
LENGTHEN = """([name, longer]) => {
  const walker = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  let times = 0;
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (!node.textContent.includes(name) || node.parentElement.closest("option, svg")) continue;
    node.textContent = node.textContent.replaceAll(name, longer);
    times += 1;
  }
  return times;
}"""

FAINT_TEXTS = """() => {
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
