"""The package for a court from the case page: with its paper, and still one that anybody can verify."""

from __future__ import annotations

import io

import pytest
from pypdf import PdfReader

from dashboards.sign_in.rights import Role
from enforcement.casefile.canonical_zip import pack, unpack
from enforcement.casefile.manifest import MANIFEST, PAPER
from enforcement.casefile.verifying import verify_package
from enforcement.errors import CaseFileError
from streams.key_archive import load_archive
from tests.dashboards.nominations.conftest import OPEN, Letters, post, signed_in


@pytest.fixture(scope="module")
def package(letters: Letters, confirmed: str) -> bytes:
    officer = letters.office.officer()
    sent = post(officer.client, f"/cases/{confirmed}", f"/cases/{confirmed}/package")
    assert sent.status_code == 200, sent.text
    assert sent.headers["content-type"] == "application/zip"
    return sent.content


@pytest.fixture(scope="module")
def text(package: bytes) -> str:
    pages = PdfReader(io.BytesIO(unpack(package)[PAPER])).pages
    return " ".join(" ".join(page.extract_text().split()) for page in pages)


def test_it_verifies_against_the_authoritys_keys(letters: Letters, package: bytes, confirmed: str) -> None:
    assert letters.office.desk.keys is not None
    archive = load_archive(letters.office.desk.keys / "public-keys.json")
    assert verify_package(package, archive).case_id == confirmed


def test_the_paper_names_every_other_file_by_its_digest(package: bytes, text: str) -> None:
    joined = text.replace(" ", "")
    others = set(unpack(package)) - {PAPER, MANIFEST, "manifest.signature.json"}
    assert len(others) > 4
    assert all(name in joined for name in others)


@pytest.mark.parametrize(
    "said",
    [
        "confirmed by A. Moreau",
        "the vehicle came into view",
        "Evidence picture with overlay",
        "The road from above",
        "Speed over time",
        "Harbour Street",
        "Ines Farrow",
        "looked at the case A. Moreau",
    ],
)
def test_the_paper_tells_the_case(said: str, text: str) -> None:
    assert said in text


def test_a_changed_paper_is_found(package: bytes) -> None:
    members = unpack(package)
    paper = bytearray(members[PAPER])
    paper[len(paper) // 2] ^= 1
    with pytest.raises(CaseFileError, match=r"case\.pdf is not the file that was packed"):
        verify_package(pack({**members, PAPER: bytes(paper)}))


def test_a_paper_that_was_taken_out_is_missed(package: bytes) -> None:
    members = {name: content for name, content in unpack(package).items() if name != PAPER}
    with pytest.raises(CaseFileError, match=r"case\.pdf is in the manifest and not in the package"):
        verify_package(pack(members))


def test_who_took_it_is_in_the_audit(letters: Letters, package: bytes, confirmed: str) -> None:
    assert package
    assert ("A. Moreau", "exported", f"{confirmed}/package") in letters.audited(confirmed)


def test_only_who_may_export_is_given_it(letters: Letters) -> None:
    case_id = letters.office.case_id(OPEN)
    reviewer = signed_in(letters, Role.REVIEWER)
    assert post(reviewer.client, f"/cases/{case_id}", f"/cases/{case_id}/package").status_code == 403
