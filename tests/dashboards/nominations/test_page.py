"""The page on which keepers answer, from the letter to the case's history."""

from __future__ import annotations

import re

import pytest

from enforcement.errors import StoreUnreachable
from enforcement.papers.texts import load_texts
from streams.bus import BusUnavailable
from tests.dashboards.conftest import as_read, decisions_on, text_of
from tests.dashboards.nominations.conftest import (
    ANSWERED,
    LOOKED_AT,
    NAMED,
    UNTOLD,
    WITHDRAWN,
    Keeper,
    Letters,
    post,
)

OTHER = {"kind": "other", "name": "Jana Wolfe", "address": "7 Elm Street\n12345 Simford", "licence": "D-77"}


@pytest.fixture(scope="module")
def visiting(letters: Letters, confirmed: str) -> Keeper:
    """A keeper who has entered number and code, and answers nothing."""
    keeper = letters.keeper()
    assert keeper.enter(*letters.letter(confirmed)).status_code == 303
    return keeper


class TestEntering:
    """Number and code."""

    @pytest.mark.parametrize("language", ["en", "de", "ru"])
    def test_it_speaks_the_language_that_was_chosen(self, letters: Letters, language: str) -> None:
        page = letters.keeper().client.get(f"/nomination?language={language}")
        assert f'<html lang="{language}">' in page.text
        assert load_texts(language).say("web.enter_heading") in text_of(page)

    def test_without_a_choice_it_speaks_as_the_browser_wants(self, letters: Letters) -> None:
        page = letters.keeper().client.get("/nomination", headers={"accept-language": "fr, ru;q=0.8"})
        assert '<html lang="ru">' in page.text

    def test_a_wrong_code_is_told_without_saying_which_of_both_is_wrong(
        self, letters: Letters, confirmed: str
    ) -> None:
        number, _ = letters.letter(confirmed)
        known, unknown = (letters.keeper().enter(one, "000000000000") for one in (number, "0000000000"))
        assert known.status_code == unknown.status_code == 422
        assert "do not belong together" in text_of(known)
        assert as_read(known.text).replace(number, "") == as_read(unknown.text).replace("0000000000", "")

    def test_nothing_is_shown_to_who_has_not_entered(self, letters: Letters) -> None:
        client = letters.keeper().client
        assert client.get("/nomination/picture.jpg").status_code == 404
        page = client.get("/nomination/answer", follow_redirects=False)
        assert page.headers["location"].startswith("/nomination?over=true")

    def test_a_form_from_elsewhere_is_not_taken(self, letters: Letters, confirmed: str) -> None:
        number, code = letters.letter(confirmed)
        client = letters.keeper().client
        client.get("/nomination")
        fields = {"number": number, "code": code, "csrf_token": "x" * 43}
        sent = client.post(
            "/nomination", data=fields, headers={"origin": "http://elsewhere"}, follow_redirects=False
        )
        assert sent.headers["location"].startswith("/nomination?over=true")

    def test_too_many_tries_from_one_address_are_stopped(self, letters: Letters) -> None:
        keeper = letters.keeper("192.0.2.99")
        stopped = next((sent for _ in range(60) if (sent := keeper.enter("1", "2")).status_code == 429), None)
        assert stopped is not None
        assert "too many tries" in text_of(stopped)


class TestAsking:
    """What the keeper is shown."""

    def test_what_where_when_and_nothing_of_the_register_or_the_reviewers(self, visiting: Keeper) -> None:
        text = text_of(visiting.client.get("/nomination/answer?language=en"))
        for said in ("driving faster than allowed", "Harbour Street", "KFV482", "(CEST)"):
            assert said in text
        for kept in ("Ines Farrow", "K-1001", "Moreau", "demo-a1-north", "105.3"):
            assert kept not in text

    def test_the_picture_is_the_vehicle_cut_out(self, visiting: Keeper) -> None:
        picture = visiting.client.get("/nomination/picture.jpg")
        assert picture.headers["content-type"] == "image/jpeg"
        assert picture.headers["cache-control"] == "no-store"
        assert picture.content[:3] == b"\xff\xd8\xff"

    @pytest.mark.parametrize(
        ("fields", "says"),
        [
            ({}, "Choose one of the answers."),
            ({"kind": "unheard"}, "Choose one of the answers."),
            ({**OTHER, "name": " "}, "Enter the name of the person"),
            ({**OTHER, "address": "x"}, "Enter the address of the person"),
            ({**OTHER, "licence": "1" * 41}, "Shorten the driving licence number"),
            ({**OTHER, "name": "Jana\x00Wolfe"}, "Enter the name of the person"),
            ({"kind": "dispute", "dispute": "no"}, "Write why you think"),
            ({"kind": "dispute", "dispute": "x" * 2001}, "Write why you think"),
        ],
    )
    def test_what_is_missing_is_said_and_what_was_typed_is_kept(
        self, visiting: Keeper, fields: dict[str, str], says: str
    ) -> None:
        sent = visiting.answer(**fields)
        assert sent.status_code == 422
        assert says in text_of(sent)
        for typed in fields.values():
            if typed.isprintable() and 1 < len(typed) < 40 and "unheard" not in typed:
                assert typed in sent.text

    def test_what_was_typed_is_shown_as_text(self, visiting: Keeper) -> None:
        sent = visiting.answer(kind="other", name='"><script>', address="")
        assert "<script>" not in sent.text


class TestAnswering:
    """One answer, once, into the history of the case."""

    def test_an_answer_reaches_the_case_page_and_the_history_without_the_name(self, letters: Letters) -> None:
        case_id = letters.confirm(ANSWERED)
        keeper = letters.keeper()
        keeper.enter(*letters.letter(case_id))
        sent = keeper.answer(**OTHER)
        assert sent.headers["location"] == "/nomination/done?language=en"
        assert "Thank you" in text_of(keeper.client.get(sent.headers["location"]))
        letters.apply()
        assert letters.kinds(case_id) == ["opened", "confirmed", "answered"]
        assert letters.office.status(ANSWERED) == "confirmed"
        page = letters.office.officer().open(f"/cases/{case_id}")
        for said in ("The keeper names another driver", "Jana Wolfe", "7 Elm Street", "D-77"):
            assert said in page
        told = [one for one in decisions_on(letters.office) if one.case_id == case_id]
        assert not any("Jana" in str(one) or "Elm" in str(one) for one in told)

    def test_a_named_driver_answers_a_letter_of_their_own(self, letters: Letters) -> None:
        case_id = letters.confirm(NAMED)
        keeper = letters.keeper()
        keeper.enter(*letters.letter(case_id))
        keeper.answer(**OTHER)
        driver = letters.keeper("192.0.2.7")
        assert driver.enter(*letters.letter(case_id, to_driver=True)).status_code == 303
        for language in ("en", "de", "ru"):
            asked = text_of(driver.client.get(f"/nomination/answer?language={language}"))
            says = load_texts(language).table("web")
            assert says["denied"] in asked
            assert says["other"] not in asked
            assert "Jana" not in asked
        assert driver.answer(**OTHER).status_code == 422
        assert driver.answer(kind="denied", denied="x" * 2001).status_code == 422
        assert driver.answer(kind="denied", denied="I was abroad.").status_code == 303
        assert driver.answer(kind="driver").headers["location"].startswith("/nomination?over=true")
        letters.apply()
        assert letters.kinds(case_id) == ["opened", "confirmed", "answered", "answered"]
        page = text_of(letters.office.officer().client.get(f"/cases/{case_id}"))
        for said in ("Jana Wolfe", "The named driver says that they were not driving.", "I was abroad."):
            assert said in page
        told = [one for one in decisions_on(letters.office) if one.case_id == case_id]
        assert not any("Jana" in str(one) or "abroad" in str(one) for one in told)

    def test_what_cannot_be_told_now_is_told_later_and_once(
        self, letters: Letters, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        case_id = letters.confirm(UNTOLD)
        keeper = letters.keeper()
        keeper.enter(*letters.letter(case_id))

        def away(*_: object) -> None:
            raise BusUnavailable("The bus is away.")

        with monkeypatch.context() as broken:
            broken.setattr(type(letters.office.bus), "publish", away)
            assert keeper.answer(kind="dispute", dispute="It was not my car.").status_code == 303
        letters.apply()
        assert letters.kinds(case_id) == ["opened", "confirmed"]
        for _ in range(2):
            assert "It was not my car." in letters.office.officer().open(f"/cases/{case_id}")
            letters.apply()
        assert letters.kinds(case_id) == ["opened", "confirmed", "answered"]
        assert keeper.answer(kind="driver").headers["location"].startswith("/nomination?over=true")

    def test_nobody_answers_about_a_case_that_is_no_longer_confirmed(self, letters: Letters) -> None:
        case_id = letters.confirm(WITHDRAWN)
        number, code = letters.letter(case_id)
        keeper = letters.keeper()
        assert keeper.enter(number, code).status_code == 303
        letters.withdraw(case_id)
        assert letters.office.status(WITHDRAWN) == "open"
        assert keeper.answer(kind="driver").headers["location"].startswith("/nomination?over=true")
        assert keeper.enter(number, code).status_code == 422


@pytest.mark.parametrize("language", ["en", "de", "ru"])
def test_a_failure_is_told_in_the_keepers_language_and_nothing_of_the_house(
    letters: Letters, confirmed: str, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    keeper = letters.keeper()
    keeper.enter(*letters.letter(confirmed))

    def away(*_: object) -> None:
        raise StoreUnreachable("the store at clickhouse.internal cannot be reached.")

    monkeypatch.setattr(type(letters.office.store), "query", away)
    page = keeper.client.get(f"/nomination/answer?language={language}")
    assert page.status_code == 503
    assert load_texts(language).say("web.failed") in text_of(page)
    for told in ("clickhouse.internal", "administrator", "/account"):
        assert told not in page.text


def test_every_control_has_a_name_and_every_hint_exists(letters: Letters) -> None:
    page = letters.keeper().client.get("/nomination").text
    ids = set(re.findall(r'\bid="([^"]+)"', page))
    assert set(re.findall(r'<label for="([^"]+)"', page)) <= ids
    assert {
        name for names in re.findall(r'aria-describedby="([^"]+)"', page) for name in names.split()
    } <= ids


def test_post_of_a_stranger_makes_no_notice(letters: Letters) -> None:
    case_id = letters.office.case_id(LOOKED_AT)
    stranger = letters.office.stranger().client
    sent = post(stranger, "/nomination", f"/cases/{case_id}/notice", language="en")
    assert sent.status_code == 401
