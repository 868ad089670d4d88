"""Take pictures of invented cases and of an invented site: ``python -m docs.pictures.take_invented OUT``.

Writes the case of every offence, the queue, and the two pages of a site, each in light and dark, on a desktop
and a tablet, as PNG into OUT; everything in them is invented. The pictures of ``docs/pages.md`` are parts of
these, written into OUT/parts. Needs what ``take.py`` needs.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from dashboards.sites.app import create_sites_app
from docs.pictures.take import ARGUMENTS, CHROMIUM, SCREENS, shrink
from roadwitness.listening import bind
from roadwitness.web_server import WebServer
from tests.dashboards.conftest import BackOffice, opened
from tests.dashboards.invented_cases import keep_cases
from tests.dashboards.invented_offences import OFFENCES
from tests.dashboards.invented_roads import JUNCTION, ROADS
from tests.dashboards.invented_scene import WIDTH, to_picture
from tests.dashboards.invented_site import make_site, open_desk, surveyed

#: Parts of pages that the documentation shows: their name, the offence, and the section's heading.
PARTS = (
    ("case-red-light-road", "red_light", "plan-heading"),
    ("case-red-light-lamps", "red_light", "phases-heading"),
)


@contextmanager
def served() -> Iterator[tuple[BackOffice, str, str]]:
    """The invented cases and the invented site, with the addresses of their pages."""
    with tempfile.TemporaryDirectory() as folder, opened(Path(folder), "pictures") as office:
        keep_cases(office.store, office.evidence, OFFENCES)
        desk = open_desk(make_site(Path(folder) / "site"))
        desk.save_calibration(JUNCTION, surveyed())
        servers = [WebServer(office.app(roads=ROADS), bind(0)), WebServer(create_sites_app(desk), bind(0))]
        for server in servers:
            server.start()
        yield office, servers[0].url, servers[1].url
        for server in servers:
            server.stop()


def take(out: Path) -> None:
    """Take all pictures into ``out``."""
    (out / "parts").mkdir(parents=True, exist_ok=True)
    with served() as (office, cases, site), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for screen in SCREENS:
            for scheme in ("light", "dark"):
                page = _page(browser, screen, scheme)
                for scene in OFFENCES:
                    page.goto(f"{cases}/cases/{office.case_of(scene.offence)}")
                    _shoot(page, out / f"{scene.offence}-{screen}-{scheme}.png")
                page.goto(cases)
                _shoot(page, out / f"offences-{screen}-{scheme}.png")
                _calibration(page, site, out / f"calibration-{screen}-{scheme}.png")
                _road(page, site, out / f"road-{screen}-{scheme}.png")
                page.close()
        _parts(browser, office, cases, out / "parts")
        browser.close()


def _page(browser: Browser, screen: str, scheme: str) -> Page:
    width, height = SCREENS[screen]
    return browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)  # type: ignore[arg-type]


def _shoot(page: Page, path: Path) -> None:
    page.wait_for_load_state("networkidle")
    page.screenshot(path=path, full_page=True)
    shrink(path)


def _parts(browser: Browser, office: BackOffice, cases: str, out: Path) -> None:
    page = _page(browser, "desktop", "light")
    for name, offence, heading in PARTS:
        page.goto(f"{cases}/cases/{office.case_of(offence)}")
        page.locator(f"section[aria-labelledby={heading}] svg").screenshot(path=out / f"{name}.png")
        shrink(out / f"{name}.png")
    page.close()


def _calibration(page: Page, site: str, path: Path) -> None:
    page.goto(f"{site}/sites/{JUNCTION}/calibration")
    page.wait_for_selector(".grid polyline")
    page.hover("#picture", position=_at(page, 2.4, 24.0))
    page.wait_for_selector(".doubt polygon")
    _shoot(page, path)


def _road(page: Page, site: str, path: Path) -> None:
    page.goto(f"{site}/sites/{JUNCTION}/road")
    page.wait_for_selector(".grid polyline")
    for kind, places in (
        ("lane", [(0.1, 14.0), (5.3, 14.0), (5.3, 25.8), (0.1, 25.8)]),
        ("junction", [(-6.0, 26.0), (6.0, 26.0), (6.0, 40.0), (-6.0, 40.0)]),
        ("stop", [(0.2, 22.0), (5.2, 22.0)]),
    ):
        page.click(f"[data-kind={kind}]")
        for place in [*places, places[-1]]:
            page.click("#picture", position=_at(page, *place))
    page.fill("#shape-signal", "K1")
    page.keyboard.press("Tab")
    page.evaluate("scrollTo(0, 0)")
    _shoot(page, path)


def _at(page: Page, x_m: float, y_m: float) -> dict[str, float]:
    """Where a place of the road is on the shown picture, px."""
    box = page.locator("#picture").bounding_box()
    assert box is not None
    x_px, y_px = to_picture(x_m, y_m)
    return {"x": x_px * box["width"] / WIDTH, "y": y_px * box["width"] / WIDTH}


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    take(Path(sys.argv[1]))
