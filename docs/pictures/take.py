"""Take the pictures of the documentation from running review pages: ``python …/take.py LINK OUT``.

LINK is the address that ``roadwitness demo`` or ``scripts/cluster-local`` prints, which signs in once.
Writes queue, case and numbers, each in light and dark, on a desktop and a tablet, as PNG into OUT. Use it on
simulated data only. Needs Playwright and Debian's Chromium (``apt-get install chromium``).
"""

from __future__ import annotations

import sys
from pathlib import Path
from urllib.parse import urlsplit

from PIL import Image
from playwright.sync_api import Browser, StorageState, sync_playwright

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
MAX_BYTES = 400_000
SCREENS = {"desktop": (1440, 900), "tablet": (820, 1180)}


def take(link: str, out: Path) -> list[Path]:
    """Take all pictures of the pages that ``link`` signs in to into ``out``."""
    url = "{0.scheme}://{0.netloc}".format(urlsplit(link))
    out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        entrance = browser.new_context()
        entrance.new_page().goto(link)
        session = entrance.storage_state()
        taken = [
            picture
            for screen in SCREENS
            for scheme in ("light", "dark")
            for picture in _take_screen(browser, session, url, out, screen, scheme)
        ]
        browser.close()
    return taken


def _take_screen(
    browser: Browser, session: StorageState, url: str, out: Path, screen: str, scheme: str
) -> list[Path]:
    width, height = SCREENS[screen]
    page = browser.new_page(
        viewport={"width": width, "height": height},
        color_scheme=scheme,  # type: ignore[arg-type]
        storage_state=session,
    )
    taken = []
    for name in ("queue", "case", "numbers"):
        page.goto(url + ("/numbers" if name == "numbers" else "/"))
        if name == "case":
            page.locator("a.row-link").first.click()
        page.wait_for_load_state("networkidle")
        path = out / f"{name}-{screen}-{scheme}.png"
        page.screenshot(path=path, full_page=name == "case" and screen == "tablet")
        shrink(path)
        taken.append(path)
    page.close()
    return taken


def shrink(path: Path) -> None:
    """Give a picture that is too large for the repository a palette of 256 colours."""
    if path.stat().st_size > MAX_BYTES:
        with Image.open(path) as picture:
            small = picture.convert("RGB").quantize(256, method=Image.Quantize.MEDIANCUT)
        small.save(path, optimize=True)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    for picture in take(sys.argv[1], Path(sys.argv[2])):
        print(picture)
