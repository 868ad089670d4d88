"""The page that checks a package in a browser, offline, says the same as the command."""

from __future__ import annotations

import base64
import random
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest

import enforcement.casefile
from tests.dashboards.in_browser.conftest import browser
from tests.enforcement.casefile.conftest import Desk
from tests.enforcement.samples import T0

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

__all__ = ["browser"]

pytestmark = pytest.mark.browser
PAGE = Path(enforcement.casefile.__file__).with_name("verify.html")
CHECK = """async ([packed, archive]) => {
  const bytes = Uint8Array.from(atob(packed), c => c.charCodeAt(0));
  try { return (await verifyPackage(bytes, archive)).stated.camera_id; }
  catch (error) { return 'refused: ' + error.message; }
}"""


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """The page from a file, in a browser without a network that may not complain."""
    context = browser.new_context(offline=True)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(PAGE.as_uri())
    yield page
    context.close()
    assert complaints == []


def answer(page: Page, package: bytes, archive: str | None = None) -> str:
    return str(page.evaluate(CHECK, [base64.b64encode(package).decode(), archive]))


def test_a_package_that_holds(page: Page, desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "case.zip").write_bytes(desk.packed())
    page.set_input_files("#package", tmp_path / "case.zip")
    page.wait_for_selector(".good")
    shown = page.inner_text("#answer")
    assert "The package holds" in shown
    assert desk.unit.key_id in shown
    assert "Compare the two key ids" in shown


def test_a_package_that_does_not(page: Page, desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "case.zip").write_bytes(desk.packed()[:-5])
    page.set_input_files("#package", tmp_path / "case.zip")
    page.wait_for_selector(".bad")
    assert "The package does not hold." in page.inner_text("#answer")


def test_the_authoritys_keys_decide(page: Page, desk: Desk) -> None:
    package = desk.packed()
    assert answer(page, package, msgspec.json.encode(desk.archive).decode()) == "cam-1"
    revoked = desk.archive.with_revoked(desk.unit.key_id, T0, "stolen")
    assert "revoked: stolen" in answer(page, package, msgspec.json.encode(revoked).decode())
    assert "which no archive knows" in answer(page, package, '{"keys":[]}')


def test_a_flipped_bit_anywhere_is_found(page: Page, desk: Desk) -> None:
    package = desk.packed()
    assert answer(page, package) == "cam-1"
    draw = random.Random(2)
    for _ in range(300):
        flipped = bytearray(package)
        flipped[draw.randrange(len(package))] ^= 1 << draw.randrange(8)
        assert answer(page, bytes(flipped)).startswith("refused: ")
