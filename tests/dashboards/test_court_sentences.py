"""What Roadwitness recorded in English sentences, told in the other languages of the paper for a court."""

from __future__ import annotations

import re
import string

import pytest

from enforcement.grammars import Prior, weigh
from enforcement.grammars.lattice import certain
from enforcement.papers.sentences import retold, retold_or_quoted
from enforcement.papers.texts import languages, load_court_texts
from roadwitness.simulator.tracks import POSES
from roadwitness.speed_trials import invented_trials
from tests.dashboards.invented_cases import entry_of, passage_of
from tests.dashboards.invented_law import finding_of
from tests.dashboards.invented_offences import OFFENCES, Scene

OTHERS = [language for language in languages() if language != "en"]
#: English words that no sentence of another language has.
ENGLISH = re.compile(r"\b(the|of|where|is|and|with|which|has)\b")
NUMBER = re.compile(r"\d+(?:[.,]\d+)?")


def numbers_in(sentence: str) -> list[str]:
    """Its numbers, however its language writes them; days are left out, whose month is a word."""
    return sorted(NUMBER.findall(re.sub(r"\d{4}-\d\d-\d\d", "", sentence.replace(",", "."))))


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("scene", OFFENCES, ids=lambda scene: scene.offence)
def test_what_every_rule_found_is_told_with_all_its_numbers(scene: Scene, language: str) -> None:
    passage, _ = passage_of(scene)
    english = finding_of(scene, passage, entry_of(scene)[0]).explanation
    told = retold(english, load_court_texts(language))
    assert told is not None
    assert ENGLISH.search(told) is None
    if "until" not in english:
        assert numbers_in(told) == numbers_in(english)


@pytest.mark.parametrize("language", OTHERS)
def test_how_each_cause_of_uncertainty_is_known_is_told(language: str) -> None:
    trial = next(iter(invented_trials(POSES[0], 1, 1, 1)))
    assert trial.measured.budget
    for term in trial.measured.budget:
        told = retold(term.why, load_court_texts(language))
        assert told is not None, term.why
        assert numbers_in(told) == numbers_in(term.why)


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("text", ["CJ10ABC", "CJ1OABC", "QQQQQQQQQ"])
def test_how_a_plate_was_weighed_is_told(text: str, language: str) -> None:
    why = weigh(certain(text, 0.9), Prior.of({"RO": 0.9, "any": 0.1}), runners_up=1).why
    told = retold(why, load_court_texts(language))
    assert told is not None
    assert text in told
    assert "which" not in told


@pytest.mark.parametrize(
    ("english", "german"),
    [
        ("80 km/h is allowed to truck, bus when wet", "erlaubt sind 80 km/h (für: Lkw, Bus; bei: Nässe)"),
        ("80 km/h is allowed at mo-fr 07:00-19:00", "erlaubt sind 80 km/h (Zeiten: mo-fr 07:00-19:00)"),
        (
            "The register has the vehicle insured until 2026-03-31 and 14 days of grace are granted; it was "
            "driven on 2026-05-04",
            "Laut Register ist das Fahrzeug bis 31. März 2026 versichert, und 14 Tage Nachfrist werden "
            "gewährt; gefahren wurde es am 4. Mai 2026",
        ),
        (
            "A truck is late (policy town-1.5, version 1.5).",
            "A truck is late (Regelwerk town-1.5, Fassung 1.5).",
        ),
    ],
)
def test_parts_are_told_and_names_stay_as_they_are(english: str, german: str) -> None:
    assert retold(english, load_court_texts("de")) == german


def test_what_no_language_knows_is_quoted_as_the_english_that_it_is() -> None:
    assert retold("He said so.", load_court_texts("de")) is None
    assert retold_or_quoted("He said so.", load_court_texts("de")).endswith("(englisch): He said so.")
    assert retold_or_quoted("He said so.", load_court_texts("en")) == "He said so."


def test_all_languages_know_the_same_sentences_with_the_same_names() -> None:
    def names(text: str) -> set[str | None]:
        return {name for _, name, _, _ in string.Formatter().parse(text)} - {None}

    tables = [load_court_texts(language).table("sentences") for language in OTHERS]
    for table in tables:
        assert list(table) == list(tables[0])
        assert [english for english, told in table.items() if names(english) != names(told)] == []
