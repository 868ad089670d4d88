"""What officers see of it: the button for a notice, and the driver on a click, with a reason, once."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import msgspec
import pytest
from httpx import Response
from PIL import Image
from pypdf import PdfReader

from dashboards.nominations.driver_page import OnceOnly
from dashboards.nominations.driver_view import sealed_driver
from dashboards.sign_in.rights import Role
from tests.dashboards.conftest import Officer, text_of
from tests.dashboards.nominations.conftest import LOOKED_AT, OPEN, WRITTEN_TO, Letters, post, signed_in

REASON = "the keeper named another driver"


def look(officer: Officer, case_id: str, reason: str = REASON) -> Response:
    return post(officer.client, f"/cases/{case_id}", f"/cases/{case_id}/driver", reason=reason)


def picture_on(page: Response) -> str:
    found = re.search(r'<img src="(/cases/[^"]+/driver/[^"]+\.jpg)"', page.text)
    assert found
    return found[1]


class TestNotice:
    """A notice from the case page."""

    @pytest.mark.parametrize(
        ("language", "title"),
        [
            ("en", "Notice about your vehicle KFV482"),
            ("de", "Schreiben zu Ihrem Fahrzeug KFV482"),
            ("ru", "Письмо о вашем транспортном средстве KFV482"),
        ],
    )
    def test_it_comes_as_a_pdf_in_the_language(
        self, letters: Letters, confirmed: str, language: str, title: str
    ) -> None:
        sent = letters.send(confirmed, language)
        assert sent.headers["content-type"] == "application/pdf"
        assert f"-{language}.pdf" in sent.headers["content-disposition"]
        assert sent.headers["cache-control"] == "no-store"
        document = PdfReader(io.BytesIO(sent.content))
        assert title in " ".join(document.pages[0].extract_text().split())
        assert document.trailer["/Root"]["/Lang"] == language

    def test_number_and_code_in_it_lead_to_the_page(self, letters: Letters, confirmed: str) -> None:
        document = PdfReader(io.BytesIO(letters.send(confirmed).content))
        text = " ".join(page.extract_text() for page in document.pages)
        number, code = re.search(r"(\d{4} \d{4} \d\d)\s", text), re.search(r"\d{4} \d{4} \d{4}", text)
        assert number
        assert code
        assert letters.keeper().enter(number[1], code[0]).status_code == 303

    def test_a_named_driver_is_written_to_at_the_address_that_the_keeper_gave(self, letters: Letters) -> None:
        case_id = letters.confirm(WRITTEN_TO)
        refused = letters.send(case_id, to="driver")
        assert refused.status_code == 422
        assert "The keeper has named no driver" in text_of(refused)
        keeper = letters.keeper()
        keeper.enter(*letters.letter(case_id))
        keeper.answer(kind="other", name="Jana Wolfe", address="7 Elm Street\n12345 Simford")
        officer = letters.office.officer()
        assert "Make the letter to the named driver" in officer.open(f"/cases/{case_id}")
        sent = letters.send(case_id, "de", to="driver")
        text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(sent.content)).pages)
        for said in ("Jana Wolfe", "7 Elm Street", "Ich bin nicht gefahren."):
            assert said in " ".join(text.split())
        assert "Ines Farrow" not in text
        number, code = re.search(r"(\d{4} \d{4} \d\d)\s", text), re.search(r"\d{4} \d{4} \d{4}", text)
        assert number
        assert code
        assert letters.keeper().enter(number[1], code[0]).status_code == 303
        assert letters.send(case_id).status_code == 422

    def test_it_is_in_the_audit(self, letters: Letters, confirmed: str) -> None:
        letters.send(confirmed, "de")
        nominated, exported = letters.audited(confirmed)[-2:]
        assert nominated[:2] == ("A. Moreau", "nominated")
        assert exported == ("A. Moreau", "exported", f"{confirmed}/notice")

    @pytest.mark.parametrize(
        ("roles", "allowed"),
        [
            ([Role.SUPERVISOR], True),
            ([Role.REVIEWER], False),
            ([Role.AUDITOR], False),
            ([Role.ADMINISTRATOR, Role.REGISTRAR, Role.ANALYST], False),
        ],
    )
    def test_only_who_may_export_makes_one(
        self, letters: Letters, confirmed: str, roles: list[Role], allowed: bool
    ) -> None:
        officer = signed_in(letters, *roles)
        sent = post(officer.client, f"/cases/{confirmed}", f"/cases/{confirmed}/notice", language="en")
        assert (sent.status_code == 200) is allowed
        if Role.REVIEWER in roles:
            assert "Make the notice" not in officer.open(f"/cases/{confirmed}")

    @pytest.mark.parametrize("language", ["", "fr", "../en"])
    def test_a_language_without_texts_is_refused_by_a_sentence(
        self, letters: Letters, confirmed: str, language: str
    ) -> None:
        sent = letters.send(confirmed, language)
        assert sent.status_code == 422
        assert "There are no texts in the language" in text_of(sent)

    def test_nobody_is_written_to_about_an_open_case(self, letters: Letters) -> None:
        case_id = letters.office.case_id(OPEN)
        sent = letters.send(case_id)
        assert sent.status_code == 422
        assert "This case is open: a notice is written when an officer has confirmed it." in text_of(sent)
        assert not letters.audited(case_id)
        page = letters.office.officer().open(f"/cases/{case_id}")
        assert "Make the notice" not in page


class TestDriver:
    """The unblurred picture, for those who are entitled to it."""

    def test_it_is_shown_once_beside_what_the_keeper_said(self, letters: Letters, confirmed: str) -> None:
        officer = letters.office.officer()
        page = look(officer, confirmed)
        assert page.status_code == 200
        assert "The keeper has not answered yet." in text_of(page)
        assert "Roadwitness compares no faces." in text_of(page)
        shown = officer.client.get(picture_on(page))
        assert shown.headers["cache-control"] == "no-store"
        with Image.open(io.BytesIO(shown.content)) as picture:
            box = letters.office.passages[LOOKED_AT].evidence[0].vehicle_box
            assert box is not None
            assert picture.width == pytest.approx(box.w * 1.24, abs=2)
        assert officer.client.get(picture_on(page)).status_code == 404

    def test_the_piece_of_the_driver_alone_comes_before_the_whole_original(
        self, letters: Letters, confirmed: str
    ) -> None:
        case = letters.office.book.case(confirmed)
        assert case is not None
        whole = sealed_driver(case)
        assert whole is not None
        assert whole.kind == "original"
        alone = msgspec.structs.replace(whole, kind="driver", digest="d" * 64)
        passage = msgspec.structs.replace(case.passage, evidence=(*case.passage.evidence, alone))
        places = {**case.whereabouts, alone.digest: case.whereabouts[whole.digest]}
        assert sealed_driver(replace(case, passage=passage, whereabouts=places)) == alone
        away = {**places, alone.digest: replace(places[alone.digest], state="awaited")}
        assert sealed_driver(replace(case, passage=passage, whereabouts=away)) == whole

    def test_who_looked_and_why_is_in_the_audit(self, letters: Letters, confirmed: str) -> None:
        look(letters.office.officer(), confirmed)
        who, action, subject = letters.audited(confirmed)[-1]
        assert (who, action) == ("A. Moreau", "opened")
        assert subject.startswith(f"{confirmed}/")

    @pytest.mark.parametrize("reason", ["", "  ", "x"])
    def test_without_a_reason_nothing_is_opened(self, letters: Letters, confirmed: str, reason: str) -> None:
        before = letters.audited(confirmed)
        page = look(letters.office.officer(), confirmed, reason)
        assert page.status_code == 422
        assert letters.audited(confirmed) == before

    def test_nobody_else_can_fetch_what_one_has_opened(self, letters: Letters, confirmed: str) -> None:
        address = picture_on(look(letters.office.officer(), confirmed))
        assert letters.office.officer("C. Ruiz").client.get(address).status_code == 404

    def test_who_may_not_see_the_driver_is_refused(self, letters: Letters, confirmed: str) -> None:
        page = look(signed_in(letters, Role.AUDITOR), confirmed)
        assert page.status_code == 403


class TestOnceOnly:
    """Pictures that wait for the page that shows them."""

    def test_each_is_given_once_to_who_opened_it_and_for_a_while(self) -> None:
        now = [0.0]
        kept = OnceOnly(lambda: now[0])
        mine, late = kept.keep("A", b"one"), kept.keep("A", b"two")
        assert kept.take("B", mine) is None
        assert kept.take("A", mine) == b"one"
        assert kept.take("A", mine) is None
        now[0] = 61.0
        assert kept.take("A", late) is None

    def test_no_more_than_a_few_are_held(self) -> None:
        kept = OnceOnly()
        first = kept.keep("A", b"first")
        for _ in range(40):
            kept.keep("A", b"more")
        assert kept.take("A", first) is None
