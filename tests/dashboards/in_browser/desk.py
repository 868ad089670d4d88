"""An officer's desk: a page in Chromium, what is pressed and typed there, and what it complains of."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.dashboards.conftest import SESSION_COOKIE

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

CHROMIUM = Path("/usr/bin/chromium")

#: The marks of a test module that needs a browser.
IN_CHROMIUM = [
    pytest.mark.browser,
    pytest.mark.skipif(
        find_spec("playwright") is None, reason="Playwright is missing: pip install 'roadwitness[test]'"
    ),
    pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is missing: apt-get install -y chromium"),
]


_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@contextmanager
def chromium() -> Iterator[Browser]:
    """Chromium without a window; one at a time in a process."""
    from playwright.sync_api import sync_playwright  # not everybody has it

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=_ARGUMENTS)
        yield browser
        browser.close()


def sign_in(context: BrowserContext, site: str, token: str) -> None:
    """Put a session (``office.session(…)``) into a browser."""
    context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": site, "httpOnly": True}])


@dataclass
class Desk:
    """One officer's browser, which notes every complaint and every request that leaves the site."""

    page: Page
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

    def told(self, text: str) -> None:
        """Wait until the page says this of an answer."""
        self.page.locator("#sent", has_text=text).wait_for()

    def focused(self) -> str:
        return str(self.page.evaluate("document.activeElement.id"))

    def view_box(self) -> list[float]:
        return [float(value) for value in str(self.page.get_attribute("#picture", "viewBox")).split()]
