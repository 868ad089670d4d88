"""The notice to the keeper, in every language."""

from __future__ import annotations

import datetime
import tomllib
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest

from enforcement.errors import PapersError
from enforcement.law.offences import OFFENCES
from enforcement.papers.notice import Addressee, end_of, last_day, notice_paper, terms_of
from enforcement.papers.texts import languages, load_texts
from tests.enforcement.papers.samples import (
    MADE_AT,
    POLICY_TEXT,
    RECORDS,
    fonts_in,
    notice,
    pages_of,
    picture,
)

LANGUAGES = ("de", "en", "ru")


@pytest.fixture(scope="module", params=LANGUAGES)
def paper(request: pytest.FixtureRequest) -> tuple[str, bytes]:
    return request.param, notice_paper(notice(request.param))


def test_the_three_languages_are_there() -> None:
    assert languages() == LANGUAGES


def test_the_same_notice_gives_the_same_bytes(paper: tuple[str, bytes]) -> None:
    language, content = paper
    assert notice_paper(notice(language)) == content


def test_every_font_is_in_the_file(paper: tuple[str, bytes]) -> None:
    assert all(fonts_in(paper[1]).values())


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Measured 93.4 km/h"),
        ("en", "Taken off in the driver's favour 3.0 km/h"),
        ("en", "When 4 May 2026, 10:00:00 (CEST)"),
        ("en", "Please answer by 19 May 2026"),
        ("en", "Page 1 of 3"),
        ("de", "Gemessen 93,4 km/h"),
        ("de", "Wann 4. Mai 2026, 10:00:00 Uhr (CEST)"),
        ("de", "Bitte antworten Sie bis zum 19. Mai 2026"),
        ("de", "Verstoß: zu schnelles Fahren"),
        ("ru", "Измерено 93,4 км/ч"),
        ("ru", "Пожалуйста, ответьте не позднее 19 мая 2026 г."),
        ("ru", "Нарушение: превышение скорости"),
    ],
)
def test_it_says_in_its_language(language: str, said: str) -> None:
    assert said in " ".join(pages_of(notice_paper(notice(language))))


@pytest.mark.parametrize(
    "said",
    [
        "Simford Traffic Office 1 Invented Square Simford",
        "Ines Farrow 4 Larch Row Simford",
        "AB123CD",
        "Harbour Street",
        "40 SIM (placeholder)",
        "https://answers.example/nomination",
        "1234 5678 90",
        "1234 5678 9012",
    ],
)
def test_every_language_says_who_where_and_how_to_answer(said: str, paper: tuple[str, bytes]) -> None:
    assert said in " ".join(pages_of(paper[1]))


def test_page_number_and_code_stand_together_and_the_form_is_the_last_page(paper: tuple[str, bytes]) -> None:
    pages = pages_of(paper[1])
    with_code = [page for page in pages if "1234 5678 9012" in page]
    assert len(with_code) == 1
    assert "https://answers.example/nomination" in with_code[0]
    assert load_texts(paper[0]).say("notice.form_tick") in pages[-1]


def test_without_a_page_there_is_no_code() -> None:
    text = " ".join(pages_of(notice_paper(replace(notice("en"), letter=None))))
    assert "How to answer online" not in text
    assert "How to answer by post" in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_named_driver_is_asked_whether_it_is_right(language: str) -> None:
    named = replace(notice(language), driver=Addressee("Jana Wolfe", "7 Elm Street\n12345 Simford"))
    pages, texts = pages_of(notice_paper(named)), load_texts(language)
    whole = " ".join(pages)
    assert "Jana Wolfe 7 Elm Street 12345 Simford" in whole
    assert "1234 5678 9012" in whole
    assert "Ines Farrow" not in whole
    assert texts.say("driver_notice.form_driver") in pages[-1]
    for key in ("choice_other", "choice_dispute", "form_dispute"):
        assert texts.say(f"notice.{key}")[:30] not in whole


def test_the_picture_stands_in_it_with_what_is_blurred() -> None:
    text = " ".join(pages_of(notice_paper(replace(notice("en"), picture=picture()))))
    assert "A picture." in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_offence_has_a_name(language: str) -> None:
    assert all(load_texts(language).say(f"offences.{offence}") for offence in OFFENCES)


def test_a_policy_without_terms_is_refused_by_a_sentence() -> None:
    assert RECORDS.policy is not None
    bare = replace(RECORDS.policy, text=POLICY_TEXT.partition("[notice]")[0])
    with pytest.raises(PapersError, match=r"says nothing about notices: add a table \[notice\]"):
        terms_of(replace(RECORDS, policy=bare))


def test_the_last_day_counts_by_the_calendar_of_the_place() -> None:
    late = MADE_AT - MADE_AT % (86_400 * 10**9) + 23 * 3600 * 10**9  # 23:00 UTC is the next day in Berlin
    day = last_day(RECORDS, late)
    made = datetime.datetime.fromtimestamp(late // 10**9, tz=datetime.UTC).date()
    assert day == made + datetime.timedelta(days=15)
    end = datetime.datetime.fromtimestamp(end_of(day, RECORDS) // 10**9, tz=datetime.UTC)
    assert (end.hour, end.date()) == (22, day)  # midnight in Berlin's summer


class TestTextsOfOnesOwn:
    """An authority may bring its own file; what is wrong with it is said in a sentence."""

    @pytest.fixture
    def german(self) -> str:
        return (files("enforcement.papers") / "texts" / "de.toml").read_text(encoding="utf-8")

    def test_a_whole_file_is_taken(self, tmp_path: Path, german: str) -> None:
        (tmp_path / "xx.toml").write_text(german.replace('"Vielen Dank"', '"Danke"'))
        assert load_texts("xx", tmp_path).say("web.done_heading") == "Danke"

    @pytest.mark.parametrize(
        ("before", "after", "says"),
        [
            ('salutation = "Sehr geehrte Damen und Herren,"\n', "", "lack notice.salutation"),
            ("{deadline}", "{day}", "has other names in braces than it may: write {deadline}"),
            ("{offence}", "{offence", "has a brace that does not close"),
            ('"Januar", ', "", "lack language.months"),
            ("[web]", "[web", "cannot be read"),
        ],
    )
    def test_a_faulty_file_is_refused(
        self, tmp_path: Path, german: str, before: str, after: str, says: str
    ) -> None:
        assert before in german
        (tmp_path / "xx.toml").write_text(german.replace(before, after))
        with pytest.raises(PapersError) as refused:
            load_texts("xx", tmp_path)
        assert says in str(refused.value)

    @pytest.mark.parametrize("folder", [None, Path("nowhere")])
    def test_an_unknown_language_is_refused(self, folder: Path | None) -> None:
        with pytest.raises(PapersError, match="There are no texts in the language 'fr'"):
            load_texts("fr", folder)

    def test_languages_differ_in_every_sentence(self) -> None:
        """A key that was copied and never translated would show here."""
        english, *others = (
            tomllib.loads((files("enforcement.papers") / "texts" / f"{code}.toml").read_text("utf-8"))
            for code in ("en", "de", "ru")
        )
        for other in others:
            same = [
                key
                for table in ("notice", "driver_notice", "web")
                for key, text in english[table].items()
                if other[table][key] == text and " " in text
            ]
            assert not same
