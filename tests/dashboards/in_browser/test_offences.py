"""The case of every offence in Chromium: legible in both schemes, whole on a tablet, pictures there."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
import uvicorn

from tests.dashboards.conftest import BackOffice
from tests.dashboards.in_browser.desk import IN_CHROMIUM, Desk, sign_in
from tests.dashboards.in_browser.test_look import FAINT_TEXTS
from tests.dashboards.invented_offences import OFFENCES
from tests.dashboards.invented_roads import ROADS

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = IN_CHROMIUM


@pytest.fixture(scope="module")
def site(every_offence: BackOffice) -> Iterator[str]:
    """The pages with one case of every offence, on a free port of this machine."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(
        uvicorn.Config(every_offence.app(roads=ROADS), log_level="warning", log_config=None)
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(10)


@pytest.mark.parametrize("offence", [scene.offence for scene in OFFENCES])
def test_a_case_is_legible_and_no_wider_than_the_screen(
    browser: Browser, site: str, every_offence: BackOffice, offence: str
) -> None:
    page = browser.new_page(viewport={"width": 820, "height": 1180})
    sign_in(page.context, site, every_offence.session())
    desk = Desk(page, site)
    desk.open(f"/cases/{every_offence.case_of(offence)}")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        assert page.evaluate(FAINT_TEXTS) == []
        assert page.evaluate(_CROWDED_NAMES) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 820
    page.close()
    assert desk.complaints == []


@pytest.mark.parametrize("width", [768, 1024, 1440])
def test_the_queue_of_all_offences_is_no_wider_than_the_screen(
    browser: Browser, site: str, every_offence: BackOffice, width: int
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 1000})
    sign_in(page.context, site, every_offence.session())
    page.goto(site)
    assert page.locator("a.row-link").count() == len(OFFENCES)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


def test_both_positions_are_really_shown(browser: Browser, site: str, every_offence: BackOffice) -> None:
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    sign_in(page.context, site, every_offence.session())
    page.goto(f"{site}/cases/{every_offence.case_of('red_light')}")
    page.wait_for_load_state("networkidle")
    widths = page.evaluate(
        "[...document.querySelectorAll('.positions image')].map((one) => one.getBoundingClientRect().width)"
    )
    assert len(widths) == 2
    assert min(widths) > 300
    page.close()


#: Names in the drawing that stand on each other, or reach out of it.
_CROWDED_NAMES = """() => {
  const plan = document.querySelector(".plan");
  const edge = plan.getBoundingClientRect();
  const shown = [...plan.querySelectorAll(".place-name")];
  const names = shown.map((one) => [one.textContent, one.getBoundingClientRect()]);
  const isOut = ([, { left, right, top, bottom }]) =>
    left < edge.left || right > edge.right || top < edge.top || bottom > edge.bottom;
  const isOver = ([, a], [, b]) =>
    a.left < b.right && b.left < a.right && a.top + 3 < b.bottom - 3 && b.top + 3 < a.bottom - 3;
  const over = names.filter((one, at) => names.slice(at + 1).some((other) => isOver(one, other)));
  return [...names.filter(isOut), ...over].map(([text]) => text);
}"""
