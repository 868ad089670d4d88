"""The keepers' page in Chromium: by keyboard alone, without scripts, and nothing that axe-core finds."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest

from enforcement.desk.nominations import Nominations
from tests.dashboards.conftest import BackOffice
from tests.dashboards.in_browser.conftest import site
from tests.dashboards.in_browser.desk import IN_CHROMIUM, Desk, chromium
from tests.dashboards.in_browser.test_accessible import WCAG
from tests.dashboards.nominations.conftest import FOLDED, TYPED, Letters

if TYPE_CHECKING:
    from playwright.sync_api import Browser

__all__ = ["site"]
pytestmark = IN_CHROMIUM


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def office(letters: Letters) -> BackOffice:
    return letters.office


@pytest.fixture
def desk(browser: Browser, site: str) -> Iterator[Desk]:
    """A keeper's browser, which runs no scripts of pages."""
    context = browser.new_context(viewport={"width": 820, "height": 1100}, locale="de-DE")
    desk = Desk(context.new_page(), site)
    yield desk
    context.close()
    # A refused form is answered with 422, which Chromium notes.
    assert [text for text in desk.complaints if "422" not in text] == []


def test_an_answer_is_sent_by_keyboard_alone(letters: Letters, desk: Desk) -> None:
    case_id = letters.confirm(TYPED)
    number, code = letters.letter(case_id)
    desk.open("/nomination")
    desk.page.focus("#number")
    desk.type(number)
    desk.press("Tab")
    desk.type(code)
    desk.press("Enter")
    desk.page.wait_for_url("**/nomination/answer?language=de")
    desk.page.focus("input[value=driver]")
    desk.press("ArrowDown", "Tab")
    assert desk.focused() == "name"
    desk.type("Jana Wölfe")
    desk.press("Tab")
    desk.type("Ulmenweg 7, 12345 Simfurt")
    desk.press("Tab", "Tab", "Enter")
    desk.page.wait_for_url("**/nomination/done?language=de")
    assert desk.page.inner_text("h1") == "Vielen Dank"
    letter = Nominations(letters.office.desk.audit).of_case(case_id)[0]
    assert letter.answer is not None
    assert (letter.answer.kind, letter.answer.name) == ("other", "Jana Wölfe")


def test_fields_of_other_answers_are_out_of_the_way(letters: Letters, desk: Desk) -> None:
    desk.open("/nomination")
    enter(desk, *letters.letter(letters.confirm(FOLDED)))
    assert not desk.page.is_visible("#name")
    desk.page.check("input[value=other]")
    assert desk.page.is_visible("#name")
    assert not desk.page.is_visible("#dispute")


@pytest.mark.skipif(find_spec("axe_playwright_python") is None, reason="axe-core is missing")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_from_the_first_page_to_the_last(letters: Letters, desk: Desk, scheme: str) -> None:
    dark = scheme == "dark"
    desk.page.emulate_media(color_scheme=scheme)
    desk.open("/nomination?language=ru")
    found = axe(desk, dark)
    enter(desk, "1", "2")
    found += axe(desk, dark)
    enter(desk, *letters.letter(letters.confirm(FOLDED)))
    for kind in ("other", "dispute"):
        desk.page.check(f"input[value={kind}]")
        desk.page.click("button[type=submit]")
        found += axe(desk, dark)
    desk.open("/nomination/done")
    assert found + axe(desk, dark) == []


def enter(desk: Desk, number: str, code: str) -> None:
    desk.page.fill("#number", number)
    desk.page.fill("#code", code)
    desk.page.click("button[type=submit]")
    desk.page.wait_for_load_state()


def axe(desk: Desk, dark: bool) -> list[str]:
    """What axe-core has against the page as it is."""
    from axe_playwright_python.sync_playwright import Axe

    rules = {"type": "tag", "values": WCAG}
    if dark:  # only colours differ
        rules = {"type": "rule", "values": ["color-contrast"]}
    results = Axe().run(desk.page, options={"runOnly": rules, "resultTypes": ["violations"]})
    return [f"{desk.page.url}: {each['id']}" for each in results.response["violations"]]
