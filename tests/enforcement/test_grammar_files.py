"""The files of plate formats: what they hold, and those that cannot be used."""

from __future__ import annotations

import pytest

from enforcement.errors import GrammarError
from enforcement.grammars import Prior, Weighed, fits_of, weigh
from enforcement.grammars.countries import Country, Format, grammar_version, load_countries, read_country
from enforcement.grammars.lattice import certain

EU = {
    "AT",
    "BE",
    "BG",
    "HR",
    "CY",
    "CZ",
    "DK",
    "EE",
    "FI",
    "FR",
    "DE",
    "GR",
    "HU",
    "IE",
    "IT",
    "LV",
    "LT",
    "LU",
    "MT",
    "NL",
    "PL",
    "PT",
    "RO",
    "SK",
    "SI",
    "ES",
    "SE",
}
BEYOND = {
    "GB",
    "CH",
    "NO",
    "UA",
    "RU",
    "TR",
    "RS",
    "US",
    "CA",
    "MX",
    "BR",
    "AR",
    "CL",
    "CO",
    "CN",
    "IN",
    "ID",
    "MY",
    "AU",
    "NZ",
    "ZA",
    "IL",
}


def test_the_files_cover_the_union_and_the_large_countries_beyond() -> None:
    known = {country.code for country in load_countries()}
    assert known.issuperset(EU | BEYOND)
    assert len(known) >= 45


@pytest.mark.parametrize("country", load_countries(), ids=lambda country: country.code)
def test_every_country_names_its_sources_and_every_format_fits_its_own_examples(country: Country) -> None:
    assert country.sources
    for one in country.formats:
        place = f"{country.code}-{one.region}" if one.region else country.code
        for example in one.examples:
            fits = fits_of(example, Prior.of({place: 1.0}))
            assert (country.code, one.id) in {(fit.country, fit.format) for fit in fits}, (one.id, example)


def test_every_state_of_the_united_states_has_a_serial_and_a_chosen_text() -> None:
    states = next(country for country in load_countries() if country.code == "US")
    assert len(states.regions) == 51
    for code in states.regions:
        own = [one for one in states.formats if one.region == code]
        assert any(one.id.endswith("vanity") for one in own)
        assert len(own) >= 2


def test_formats_of_one_country_have_ids_of_their_own() -> None:
    for country in load_countries():
        ids = [one.id for one in country.formats]
        assert len(ids) == len(set(ids)), country.code


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("CJ12ABC", "RO"),
        ("B123ABC", "RO"),
        ("AB123CD", "FR"),
        ("1234BCD", "ES"),
        ("AA1234BC", "UA"),
        ("A123BC77", "RU"),
        ("34AB1234", "TR"),
        ("粤B12345", "CN"),
        ("京AD12345", "CN"),
        ("ABC1D23", "BR"),
        ("ABC1234", "BR"),
        ("7ABC123", "US-CA"),
        ("HELLO", "US-CA"),
    ],
)
def test_a_plate_fits_its_country(text: str, place: str) -> None:
    assert fits_of(text, Prior.of({place: 1.0}))


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("CJ12AQC", "RO"),  # Romania uses no Q
        ("XX12ABC", "RO"),  # no county
        ("AI123CD", "FR"),  # France uses no I, O and U
        ("1234ABC", "ES"),  # Spain uses no vowels
        ("DD1234FF", "UA"),  # only letters that Cyrillic has too
        ("82AB1234", "TR"),  # Turkey has 81 provinces
        ("粤I12345", "CN"),  # China uses no I and O
        ("B粤12345", "CN"),  # the province comes first
        ("AB-123", "FR"),  # separators are not of the text
        ("", "FR"),
    ],
)
def test_what_a_country_never_issues_fits_nothing_there(text: str, place: str) -> None:
    assert not fits_of(text, Prior.of({place: 1.0}))


RO = 'code = "RO"\nname = "Romania"\nsources = ["x"]\n'
FORMAT = '[[formats]]\nid = "a"\nsays = "b"\nexamples = []\n'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (RO + FORMAT + 'patterns = ["L2 X3"]', "part 'X3'"),
        (RO + FORMAT + 'patterns = ["@county D2"]', "list 'county'"),
        (RO + FORMAT + 'patterns = ["L3-2"]', "range of 'L3-2'"),
        (RO + FORMAT + "patterns = [\"'Ж' D2\"]", "no plate"),
        (RO + FORMAT + 'patterns = [""]', "empty"),
        (RO + FORMAT + 'patterns = ["L"]\nshare = 0', "share"),
        (RO + FORMAT + 'patterns = ["L"]\nregion = "CJ"', "region 'CJ'"),
        (RO + FORMAT + 'patterns = ["L"]\n[regions]\nCJ = { name = "Cluj" }', "region ''"),
        (RO + FORMAT + 'pattern = "L"', "unknown field"),
        (RO.replace('["x"]', "[]") + FORMAT + 'patterns = ["L"]', "no source"),
        ("code =", "cannot be read"),
    ],
)
def test_a_file_that_cannot_be_used_says_which_and_why(text: str, words: str) -> None:
    with pytest.raises(GrammarError, match=words) as refused:
        read_country("ro.toml", text)
    assert "ro.toml" in str(refused.value)


def test_the_version_changes_with_any_format() -> None:
    countries = load_countries()
    one = countries[0]
    changed = Country(
        one.code, one.name, one.sources, (*one.formats, Format("x", "y", ("D9",), ("123456789",)))
    )
    assert grammar_version() == grammar_version(countries)
    assert grammar_version([changed, *countries[1:]]) != grammar_version()


def test_an_answer_names_its_version() -> None:
    weighed: Weighed = weigh(certain("AB123", 0.9))
    assert weighed.version == grammar_version()
