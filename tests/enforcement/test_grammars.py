"""Plate grammars weigh a read and never overwrite it."""

from __future__ import annotations

import pytest

from enforcement.errors import GrammarError
from enforcement.grammars import Prior, weigh
from enforcement.grammars.automata import shipped_automata
from enforcement.grammars.lattice import Lattice, certain
from enforcement.grammars.weighing import most_odds
from streams.messages import CharacterCandidate

ROMANIA = Prior.of({"RO": 0.9, "any": 0.1})


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
