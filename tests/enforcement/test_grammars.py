"""Plate grammars weigh a read and never overwrite it."""

from __future__ import annotations

import pytest

from enforcement.errors import GrammarError
from enforcement.grammars import Prior, Weighed, fits_of, weigh
from enforcement.grammars.automata import shipped_automata
from enforcement.grammars.countries import Country, Format, grammar_version, load_countries, read_country
from enforcement.grammars.lattice import Lattice, certain
from enforcement.grammars.weighing import most_odds
from streams.messages import CharacterCandidate

ROMANIA = Prior.of({"RO": 0.9, "any": 0.1})
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


def lattice(*slots: str | dict[str, float]) -> Lattice:
    """A position a slot: a letter read with 0.99, or candidates by probability ('' says: nothing here)."""
    return tuple(
        tuple(
            CharacterCandidate(character, probability)
            for character, probability in ({slot: 0.99} if isinstance(slot, str) else slot).items()
        )
        for slot in slots
    )


ZERO_OR_O = {"O": 0.6, "0": 0.39}
SEVEN_OR_Z = {"Z": 0.7, "7": 0.29}


# What the files hold


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


# What weighing does


def test_a_look_alike_is_settled_by_the_format_where_the_optics_leave_it_open() -> None:
    weighed = weigh(lattice("C", "J", "1", ZERO_OR_O, "A", "B", "C"), ROMANIA)
    assert (weighed.raw, weighed.normalised) == ("CJ1OABC", "CJ10ABC")
    assert weighed.probability > 0.9 > 0.1 > weighed.raw_probability
    assert (weighed.country, weighed.format) == ("RO", "county")
    assert weighed.runners_up[0].text == "CJ1OABC"


def test_a_look_alike_that_the_reader_did_not_see_is_never_put_in() -> None:
    weighed = weigh(lattice("C", "J", "1", "O", "A", "B", "C"), ROMANIA)
    assert weighed.normalised == "CJ1OABC"
    assert weighed.country is None or weighed.country != "RO"
    assert {one.text for one in weighed.runners_up} == set()


def test_a_confident_read_outside_all_formats_stays() -> None:
    odd = {"O": 0.995, "0": 0.005}
    weighed = weigh(
        lattice({"C": 1.0}, {"J": 1.0}, {"1": 1.0}, odd, {"A": 1.0}, {"B": 1.0}, {"C": 1.0}), ROMANIA
    )
    assert weighed.normalised == weighed.raw == "CJ1OABC"


def test_a_position_that_may_be_empty_is_weighed_too() -> None:
    doubled = {"1": 0.55, "": 0.45}
    weighed = weigh(lattice("B", "1", "2", "3", doubled, "A", "B", "C"), ROMANIA)
    assert weighed.raw == "B1231ABC"
    assert weighed.normalised == "B123ABC"


def test_one_text_that_comes_about_in_two_ways_counts_with_both() -> None:
    maybe = {"1": 0.5, "": 0.5}
    weighed = weigh(lattice("B", maybe, maybe, "A"), Prior.of({"IL": 1.0}))
    assert weighed.normalised == "B1A"
    assert weighed.optics == pytest.approx(0.5 * 0.99**2)


def test_the_place_of_a_site_decides_between_countries_of_one_format() -> None:
    seen = certain("AB123CD", 0.97)
    assert weigh(seen, Prior.of({"FR": 0.9, "any": 0.1})).country == "FR"
    assert weigh(seen, Prior.of({"IT": 0.9, "any": 0.1})).country == "IT"


@pytest.mark.parametrize(("text", "country"), [("Y974EH77", "RU"), ("CJ10ABC", "RO"), ("MH12AB1234", "IN")])
def test_a_format_of_one_country_tells_it_without_any_place(text: str, country: str) -> None:
    weighed = weigh(certain(text, 0.97))
    assert (weighed.country, weighed.normalised) == (country, text)
    assert weighed.country_probability > 0.8


def test_without_a_place_no_country_of_many_is_sure() -> None:
    weighed = weigh(certain("AB123CD", 0.97))
    assert weighed.normalised == "AB123CD"
    assert weighed.country_probability < 0.5
    assert " countries (" in weighed.why


def test_a_read_keeps_its_own_text_beside_the_lattice() -> None:
    assert weigh(lattice("A", "B"), raw="AX").raw == "AX"


def test_nothing_seen_is_nothing_weighed() -> None:
    weighed = weigh(())
    assert (weighed.raw, weighed.normalised, weighed.runners_up) == ("", "", ())


def test_what_stands_on_no_plate_is_in_no_text() -> None:
    weighed = weigh(lattice({"?": 0.9, "A": 0.1}, "B", "1"), raw="?B1")
    assert weighed.raw_probability == 0.0
    assert weighed.normalised == "AB1"


# What the officer is told


def test_the_sentence_names_read_answer_place_and_runner_up() -> None:
    why = weigh(lattice("C", "J", "1", ZERO_OR_O, "A", "B", SEVEN_OR_Z), ROMANIA).why
    assert why.startswith(
        "Read CJ1OABZ, which fits no format that is expected here; CJ10ABZ fits Romania (a county, "
    )
    assert "is likelier: " in why
    assert why.endswith(".")


def test_a_plain_read_is_explained_plainly() -> None:
    why = weigh(certain("CJ10ABC", 0.98), ROMANIA).why
    assert why == "Read CJ10ABC, which fits Romania (a county, two digits and three letters)."


# Priors


@pytest.mark.parametrize(
    ("places", "formless", "words"),
    [
        ({"RO": -0.1, "any": 1.0}, 0.1, "0 or more"),
        ({"RO": 0.0}, 0.1, "not all 0"),
        ({"RO": float("nan")}, 0.1, "0 or more"),
        ({"RO": 1.0}, 0.0, "formless is 0"),
        ({"RO": 1.0}, 1.0, "formless is 1"),
    ],
)
def test_a_prior_that_is_none_is_refused(places: dict[str, float], formless: float, words: str) -> None:
    with pytest.raises(GrammarError, match=words):
        Prior.of(places, formless)


def test_a_place_without_formats_is_named() -> None:
    with pytest.raises(GrammarError, match="'XX'; known are AE, "):
        weigh(certain("AB123", 0.9), Prior.of({"XX": 1.0}))


def test_formats_share_what_the_formless_leave() -> None:
    weights = Prior.of({"US-CA": 0.5, "any": 0.5}, 0.2).format_weights(shipped_automata())
    assert weights.sum() == pytest.approx(0.8)


def test_the_odds_of_formats_are_bounded_as_documented() -> None:
    assert most_odds(Prior.of()) == pytest.approx(100.0)


# Files that cannot be used

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
