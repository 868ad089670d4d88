"""The page that checks a package in a browser, offline, says the same as the command."""

from __future__ import annotations

import base64
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest

import enforcement.casefile
from enforcement.casefile.canonical_zip import pack, unpack
from enforcement.casefile.manifest import CENTRE_SIGNATURE, MANIFEST, CentreSignature, Manifest, canonical
from tests.dashboards.in_browser.desk import chromium
from tests.enforcement.casefile.conftest import MADE_AT, Desk
from tests.enforcement.samples import T0

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
PAGE = Path(enforcement.casefile.__file__).with_name("verify.html")
CHECK = """async ([packed, archive]) => {
  const bytes = Uint8Array.from(atob(packed), c => c.charCodeAt(0));
  try { return (await verifyPackage(bytes, archive)).stated.camera_id; }
  catch (error) { return 'refused: ' + error.message; }
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


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


def faster(desk: Desk) -> bytes:
    """A package whose manifest tells of another speed, signed by the centre itself."""
    members = dict(unpack(desk.packed()))
    manifest = msgspec.json.decode(members[MANIFEST], type=Manifest)
    assert manifest.facts is not None
    measured = msgspec.structs.replace(manifest.facts.measurement, speed_kmh=199.0)
    facts = msgspec.structs.replace(manifest.facts, measurement=measured)
    content = canonical(msgspec.structs.replace(manifest, facts=facts))
    signature = canonical(CentreSignature(desk.centre.sign(content)))
    return pack({**members, MANIFEST: content, CENTRE_SIGNATURE: signature})


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


@pytest.mark.parametrize(
    ("made", "says"),
    [
        pytest.param(
            lambda d: d.packed(1, receipt=d.receipt(d.stated(5)[1])), "another statement", id="swapped"
        ),
        pytest.param(
            lambda d: d.packed(1, receipt=d.receipt(d.stated(1)[1], signer=d.unit)),
            "only centre",
            id="by the unit",
        ),
        pytest.param(
            lambda d: d.packed(received_at_ns=MADE_AT + 1), "times are wrong", id="received too late"
        ),
        pytest.param(lambda d: faster(d), "another measurement", id="another speed in the manifest"),
        pytest.param(lambda d: d.packed(time_stamp=b"\x30\x03abc"), "cannot be read", id="no time-stamp"),
    ],
)
def test_receipt_and_manifest_are_checked_too(
    page: Page, desk: Desk, made: Callable[[Desk], bytes], says: str
) -> None:
    assert says in answer(page, made(desk))


def test_a_thief_cannot_date_back(page: Page, desk: Desk) -> None:
    stolen = msgspec.json.encode(desk.archive.with_revoked(desk.unit.key_id, T0 + 10**9, "stolen")).decode()
    assert "before its key was revoked (revoked: stolen)" in answer(page, desk.packed(), stolen)
    later = msgspec.json.encode(desk.archive.with_revoked(desk.unit.key_id, MADE_AT, "replaced")).decode()
    assert answer(page, desk.packed(), later) == "cam-1"


def test_the_time_stamp_is_told(page: Page, desk: Desk, tmp_path: Path) -> None:
    authorities = pytest.importorskip("tests.enforcement.casefile.time_stamp_authority")
    stamps = pytest.importorskip("enforcement.casefile.time_stamps")
    receipt = desk.receipt(desk.stated(0)[1])
    with authorities.serving(authorities.Authority()) as url:
        token = stamps.TimeStamper(url, ()).request(receipt)
    (tmp_path / "case.zip").write_bytes(desk.packed(receipt=receipt, time_stamp=token))
    page.set_input_files("#package", tmp_path / "case.zip")
    page.wait_for_selector(".good")
    assert "2026-05-04 09:00:00 UTC; by whom" in page.inner_text("#answer")
    other = desk.packed(1, time_stamp=token)
    assert "of something else than the centre's receipt" in answer(page, other)


def test_a_flipped_bit_anywhere_is_found(page: Page, desk: Desk) -> None:
    package = desk.packed()
    assert answer(page, package) == "cam-1"
    draw = random.Random(2)
    for _ in range(300):
        flipped = bytearray(package)
        flipped[draw.randrange(len(package))] ^= 1 << draw.randrange(8)
        assert answer(page, bytes(flipped)).startswith("refused: ")
