"""The package for a court from the case page: with its paper, and still one that anybody can verify."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from pypdf import PdfReader

from dashboards.sign_in.rights import Role
from dashboards.wording import ledger
from enforcement.casefile.canonical_zip import pack, unpack
from enforcement.casefile.manifest import MANIFEST, PAPER
from enforcement.casefile.verifying import verify_package
from enforcement.errors import CaseFileError
from enforcement.papers.records import court_language
from enforcement.papers.texts import load_court_texts
from streams.key_archive import load_archive
from tests.dashboards.invented_cases import passage_of
from tests.dashboards.invented_law import finding_of
from tests.dashboards.invented_offences import OFFENCES, Scene
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


def paper_in(letters: Letters, case_id: str, **fields: str) -> str:
    officer = letters.office.officer()
    sent = post(officer.client, f"/cases/{case_id}", f"/cases/{case_id}/package", **fields)
    assert sent.status_code == 200, sent.text
    pages = PdfReader(io.BytesIO(unpack(sent.content)[PAPER])).pages
    return " ".join(" ".join(page.extract_text().split()) for page in pages)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("de", ("Beweisbild mit Einzeichnung", "bestätigt durch A. Moreau", "Gemessen 105,3 km/h", "Pkw")),
        ("ru", ("Снимок с разметкой", "подтверждено: A. Moreau", "Измерено 105,3 км/ч", "Дорога сверху")),
    ],
)
def test_the_paper_is_in_the_language_that_was_chosen(
    letters: Letters, confirmed: str, language: str, said: tuple[str, ...]
) -> None:
    text = paper_in(letters, confirmed, language=language)
    for words in said:
        assert words in text
    for english in ("Evidence picture", "confirmed by", "the vehicle came into view"):
        assert english not in text


def test_without_a_choice_the_policy_says_the_language(letters: Letters, confirmed: str) -> None:
    office = letters.office
    case = office.book.case(confirmed)
    assert case is not None
    records = office.book.records(case.passage, case.finding)
    assert records.policy is not None
    assert court_language(records) == "en"
    german = replace(records.policy, text=records.policy.text + '\ncourt_language = "de"\n')
    assert court_language(replace(records, policy=german)) == "de"
    assert court_language(replace(records, policy=None)) == "en"


def test_a_language_without_texts_is_refused_by_a_sentence(letters: Letters, confirmed: str) -> None:
    officer = letters.office.officer()
    sent = post(officer.client, f"/cases/{confirmed}", f"/cases/{confirmed}/package", language="fr")
    assert sent.status_code == 422
    assert "There are no texts in the language" in sent.text


@pytest.mark.parametrize("scene", OFFENCES, ids=lambda scene: scene.offence)
def test_every_value_and_moment_of_a_finding_has_a_name_in_each_language(scene: Scene) -> None:
    found = finding_of(scene, passage_of(scene)[0])
    said = [row.name for row in ledger(found)] + [one.name for one in found.moments]
    for language in ("de", "ru"):
        texts = load_court_texts(language)
        assert [words for words in said if texts.recorded(words) == words] == []


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
