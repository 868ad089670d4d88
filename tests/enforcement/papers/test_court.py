"""The file of a case for a court."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from enforcement.casefile.manifest import PackedFile
from enforcement.errors import CaseFileError
from enforcement.papers.court import CourtFile, court_paper
from enforcement.papers.custody import CustodyStep, StatementFacts
from enforcement.papers.figures import Dot, Stroke, Words, put_figure
from enforcement.papers.plain_words import budget_rows, measurement_in_words
from enforcement.papers.sheet import BAD, INK, Footing, Sheet
from enforcement.papers.texts import languages, load_court_texts
from enforcement.rules.finding import Finding
from streams.messages import SpeedMeasurement
from tests.enforcement.papers.samples import (
    BUDGET,
    MADE_AT,
    RECORDS,
    confirmed_case,
    drawing,
    fonts_in,
    pages_of,
    picture,
)
from tests.enforcement.samples import T0

FILES = tuple(PackedFile(f"files/{n:064x}", f"{n:064x}", 1000 + n, "image/jpeg") for n in range(60))
WHOLE = CourtFile(
    case=confirmed_case(),
    records=RECORDS,
    texts=load_court_texts("en"),
    made_at_ns=MADE_AT,
    software="roadwitness 0.1.0",
    ledger=(("Measured", "93.4 km/h"), ("Limit", "80.0 km/h")),
    pictures=(picture(),),
    plate=picture("Plate"),
    figures=(drawing(),),
    statement=StatementFacts(
        "cam-1", 7, "a" * 64, "b" * 64, T0, "key-1", "roadwitness 0.1.0", T0 + 3 * 10**9
    ),
    custody=(
        CustodyStep(T0 + 5 * 10**9, "opened the case", "A. Moreau", "the keeper asked"),
        CustodyStep(T0, "the vehicle came into view", "camera cam-1"),
    ),
    files=FILES,
)


@pytest.fixture(scope="module")
def content() -> bytes:
    return court_paper(WHOLE)


@pytest.fixture(scope="module")
def pages(content: bytes) -> list[str]:
    return pages_of(content)


def test_the_same_case_at_the_same_time_gives_the_same_bytes(content: bytes) -> None:
    assert court_paper(WHOLE) == content


def test_another_time_gives_other_bytes(content: bytes) -> None:
    assert court_paper(replace(WHOLE, made_at_ns=MADE_AT + 10**9)) != content


def test_every_page_says_whose_case_it_is_and_which_of_how_many(pages: list[str]) -> None:
    for number, page in enumerate(pages, 1):
        assert f"Case {WHOLE.case.summary.case_id}" in page
        assert f"{number} of {len(pages)}" in page


@pytest.mark.parametrize(
    "said",
    [
        "Plate AB123CD",
        "Keeper Ines Farrow, 4 Larch Row, Simford",
        "Place Harbour Street, camera cam-1",
        "Position (WGS84) 44.430000°, 26.100000°",
        "4 May 2026, 08:00:00 (UTC)",
        "4 May 2026, 10:00:00 (CEST)",
        "The result is 93.4 kilometres per hour",
        "in 95 of 100 measurements of this kind the true value is no further away",
        "3.0 kilometres per hour are taken off the result, so 90.4 kilometres per hour count",
        "calibration 0.50 systematic spread over 64 draws",
        "uncertainty (k = 2) 1.02",
        "Surveyed points 12, of which 8 check the others",
        "Number in the chain 7",
        "Received and countersigned 4 May 2026, 08:00:03 (UTC) by the centre",
        "Faces and the plates of other vehicles are blurred",
    ],
)
def test_it_says(said: str, pages: list[str]) -> None:
    assert said in " ".join(pages)


@cache
def text_in(language: str) -> str:
    """The whole paper in a language."""
    return " ".join(pages_of(court_paper(replace(WHOLE, texts=load_court_texts(language)))))


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("de", "Vorgang "),
        ("de", "Zu schnelles Fahren"),
        ("de", "Datum und Zeit 4. Mai 2026, 08:00:00 Uhr (UTC)"),
        ("de", "Das Ergebnis ist 93,4 Kilometer pro Stunde."),
        ("de", "3,0 Kilometer pro Stunde vom Ergebnis abgezogen; es zählen also 90,4 Kilometer pro Stunde"),
        ("de", "Kalibrierung 0,50 systematisch Streuung über 64 Ziehungen"),
        ("de", "Vermessene Punkte 12, davon prüfen 8 die anderen"),
        ("de", "Empfangen und gegengezeichnet 4. Mai 2026, 08:00:03 Uhr (UTC) durch die Zentrale"),
        ("de", "Fahrzeug Pkw"),
        ("de", "Messung, k = 2, ist 1,2 km/h); es zählen 90,4 km/h, erlaubt sind 80 km/h"),
        ("ru", "Превышение скорости"),
        ("ru", "Результат: 93,4 км/ч."),
        ("ru", "вычтено 3,0 км/ч, поэтому учитывается 90,4 км/ч"),
        ("ru", "калибровка 0,50 систематическая разброс по 64 выборкам"),
        ("ru", "Получено и заверено 4 мая 2026 г., 08:00:03 (UTC), центром"),
    ],
)
def test_it_says_the_same_in_other_languages(language: str, said: str) -> None:
    assert said in text_in(language)


@pytest.mark.parametrize("language", ["de", "ru"])
def test_what_the_records_have_in_english_only_is_quoted_as_such(language: str) -> None:
    """``timing`` is known in words that no version of ours writes."""
    quoted = load_court_texts(language).say("court.recorded", text=BUDGET[0].why)
    assert quoted in text_in(language)


class TestTexts:
    """What the paper says, in each language."""

    def test_every_language_of_the_letters_has_them(self) -> None:
        assert all(load_court_texts(language).say("court.file") for language in languages())

    def test_none_stands_there_untranslated(self) -> None:
        english, *others = (load_court_texts(code).tables for code in ("en", "de", "ru"))
        for other in others:
            same = [key for key, text in english["court"].items() if other["court"][key] == text]
            assert [key for key in same if " " in english["court"][key]] == []
            assert other["recorded"].keys() == others[0]["recorded"].keys()

    @pytest.mark.parametrize(
        ("words", "german"),
        [
            ("front passed the stop line", "Front passierte die Haltlinie"),
            ("first surely in bus-lane", "zuerst sicher in bus-lane"),
            ("never heard of", "never heard of"),
        ],
    )
    def test_what_is_recorded_is_looked_up(self, words: str, german: str) -> None:
        assert load_court_texts("de").recorded(words) == german
        assert load_court_texts("en").recorded(words) == words

    @pytest.mark.parametrize(
        ("text", "russian"),
        [("± 1.25 km/h", "± 1,25 км/ч"), ("3 s", "3 с"), ("20 m", "20 м"), ("v1.2 s.", "v1,2 с.")],
    )
    def test_figures_are_written_as_the_language_does(self, text: str, russian: str) -> None:
        assert load_court_texts("ru").figures(text) == russian
        assert load_court_texts("en").figures(text) == text


def test_the_picture_of_the_plate_stands_with_what_was_read_and_asked(pages: list[str]) -> None:
    [page] = [page for page in pages if "Plate A picture." in page]
    assert "Plate and register" in page
    assert "Register asked for AB123CD" in page


def test_every_file_of_the_package_stands_in_it_with_its_whole_digest(pages: list[str]) -> None:
    joined = "".join(pages).replace(" ", "")
    assert all(file.sha256 in joined for file in FILES)


def test_what_happened_is_told_in_the_order_of_time(pages: list[str]) -> None:
    text = " ".join(pages)
    assert text.index("the vehicle came into view camera cam-1") < text.index("opened the case A. Moreau")


def test_every_font_is_in_the_file(content: bytes) -> None:
    fonts = fonts_in(content)
    assert fonts
    assert all(fonts.values()), fonts


def test_a_case_without_records_says_what_is_missing() -> None:
    bare = replace(
        WHOLE,
        plate=None,
        records=replace(RECORDS, camera=None, calibration=None, policy=None),
        pictures=(),
        figures=(),
        statement=None,
        files=(),
    )
    text = " ".join(pages_of(court_paper(bare)))
    assert "its record is not in the store" in text
    assert "The roadside unit signed no statement" in text


def test_a_calibration_that_did_not_hold_is_said() -> None:
    assert RECORDS.calibration is not None
    over = replace(RECORDS.calibration, valid_until_ns=T0 - 1)
    text = " ".join(pages_of(court_paper(replace(WHOLE, records=replace(RECORDS, calibration=over)))))
    assert "The calibration did not hold at the time of this case" in text


def test_bytes_that_are_no_picture_are_refused_by_name() -> None:
    broken = replace(picture("Plate"), content=b"no picture")
    with pytest.raises(CaseFileError, match="Plate is not a picture"):
        court_paper(replace(WHOLE, plate=broken))


def finding(offence: str, unit: str, **values: float) -> Finding:
    known = {"measured": 0.0, "subtracted": 0.0, "enforced": 0.0, "allowed": 0.0, **values}
    return Finding(
        offence, unit=unit, uncertainty=None, policy_id="p", policy_version="1", explanation="", **known
    )


@pytest.mark.parametrize(
    ("judged", "said"),
    [
        (finding("stolen", ""), "Nothing was measured"),
        (
            finding("red_light", "s", measured=1.94, subtracted=0.08, enforced=1.86, allowed=0.5),
            "0.08 seconds are taken off the result, so 1.86 seconds count. The law lets 0.50 seconds pass",
        ),
        (
            finding("following", "s", measured=0.4, subtracted=-0.1, enforced=0.5, allowed=0.9),
            "0.10 seconds are added to the result, so 0.50 seconds count. The law wants 0.90 seconds",
        ),
    ],
)
def test_other_offences_are_told_in_their_own_words(judged: Finding, said: str) -> None:
    assert said in " ".join(measurement_in_words(judged, SpeedMeasurement(None), load_court_texts("en")))


def test_the_budget_adds_up_as_the_measurement_does() -> None:
    rows = budget_rows(BUDGET, load_court_texts("en"))
    assert [row[0] for row in rows] == ["calibration", "timing", "together", "uncertainty (k = 2)"]
    assert float(rows[-1][1]) == pytest.approx(2 * (0.5**2 + 0.1**2) ** 0.5, abs=0.005)


def test_a_drawing_leaves_the_sheet_as_it_was() -> None:
    """Else what is written after it would have the colour of the drawing's ground."""
    sheet = Sheet("A title", "en", MADE_AT, Footing("", "", "{page} of {pages}"))
    before = sheet.fill_color, sheet.draw_color, sheet.text_color, sheet.line_width
    parts = (Dot((1, 1), INK), Words((1, 1), "1", BAD), Stroke(((0, 0), (9, 9)), BAD, 0.9))
    put_figure(sheet, replace(drawing(), title="", caption="", parts=parts))
    assert (sheet.fill_color, sheet.draw_color, before[2], sheet.line_width) == before
