"""What holds of weighing whatever is read: it moves odds within bounds, and never makes or breaks a read."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enforcement.grammars import Prior, fits_of, weigh
from enforcement.grammars.alphabet import DIGITS, HAN, LETTERS
from enforcement.grammars.automata import compile_formats, shipped_automata
from enforcement.grammars.countries import load_countries
from enforcement.grammars.lattice import Lattice, optics_of
from enforcement.grammars.weighing import most_odds
from streams.messages import CharacterCandidate

COUNTRIES = sorted(country.code for country in load_countries())
CHARACTERS = LETTERS + DIGITS + HAN[:3]
LOOK_ALIKES = ("O0", "I1", "B8", "S5", "D0", "Z2", "G6", "A4")

quickly = settings(max_examples=60, deadline=None)


@st.composite
def slots(draw: st.DrawFn) -> tuple[CharacterCandidate, ...]:
    """One position: up to four candidates, perhaps 'nothing stands here', that sum to one or less."""
    named = draw(st.lists(st.sampled_from([*CHARACTERS, ""]), min_size=1, max_size=4, unique=True))
    parts = draw(st.lists(st.floats(0.01, 1.0), min_size=len(named), max_size=len(named)))
    whole = sum(parts) * draw(st.floats(1.0, 1.5))
    found = [CharacterCandidate(c, part / whole) for c, part in zip(named, parts, strict=True)]
    return tuple(sorted(found, key=lambda one: -one.probability))


lattices = st.lists(slots(), min_size=1, max_size=6).map(tuple)
priors = st.builds(
    lambda places, any_part, formless: Prior.of(places | {"any": any_part}, formless),
    st.dictionaries(st.sampled_from(COUNTRIES), st.floats(0.0, 1.0), max_size=3),
    st.floats(0.01, 1.0),
    st.floats(0.02, 0.5),
)


def texts_of(lattice: Lattice) -> set[str]:
    """Every text that the candidates allow."""
    return {"".join(one.character for one in path) for path in itertools.product(*lattice)}


@given(lattices, priors)
@quickly
def test_probabilities_are_probabilities_and_sum_to_one_at_most(lattice: Lattice, prior: Prior) -> None:
    weighed = weigh(lattice, prior)
    stated = {weighed.normalised: weighed.probability, weighed.raw: weighed.raw_probability}
    stated |= {one.text: one.probability for one in weighed.runners_up}
    assert all(0.0 <= probability <= 1.0 for probability in stated.values())
    assert sum(stated.values()) <= 1.0 + 1e-9
    assert 0.0 <= weighed.format_probability <= weighed.country_probability + 1e-12 <= 1.0 + 1e-9


@given(lattices, priors)
@quickly
def test_only_what_the_reader_saw_is_ever_answered(lattice: Lattice, prior: Prior) -> None:
    weighed = weigh(lattice, prior)
    assert {weighed.normalised, *(one.text for one in weighed.runners_up)} <= texts_of(lattice) | {
        weighed.raw
    }


@given(lattices, priors)
@quickly
def test_a_posterior_never_exceeds_what_optics_and_formats_allow(lattice: Lattice, prior: Prior) -> None:
    weighed = weigh(lattice, prior)
    odds = most_odds(prior)
    for seen, probability in [
        (weighed.optics, weighed.probability),
        *((one.optics, one.probability) for one in weighed.runners_up),
    ]:
        assert probability <= odds * seen / (odds * seen + 1.0 - seen) + 1e-9
        assert probability >= seen / (seen + (1.0 - seen) * odds) - 1e-9


@given(st.text(CHARACTERS, min_size=1, max_size=9), priors, st.data())
@quickly
def test_a_confident_read_is_never_changed(text: str, prior: Prior, data: st.DataObject) -> None:
    sure = most_odds(prior) / (1.0 + most_odds(prior)) + 1e-6
    each = sure ** (1.0 / len(text))
    lattice = []
    for character in text:
        others = next(
            (set(pair) - {character} for pair in LOOK_ALIKES if character in pair), {"8"} - {character}
        )
        rest = [CharacterCandidate(other, (1.0 - each) * 0.99) for other in others]
        order = data.draw(st.permutations([CharacterCandidate(character, each), *rest]))
        lattice.append(tuple(order))
    assert weigh(lattice, prior).normalised == text


@st.composite
def plates(draw: st.DrawFn) -> tuple[str, str]:
    """A country and a text of one of its formats."""
    country = draw(st.sampled_from(load_countries()))
    sequence = draw(st.sampled_from(country.sequences(draw(st.sampled_from(country.formats)))))
    return country.code, "".join(draw(st.sampled_from(place.words)) for place in sequence.places)


@given(plates(), st.floats(0.05, 0.9), st.floats(1.01, 1.1))
@quickly
def test_a_country_is_likelier_for_a_text_as_more_vehicles_come_from_it(
    plate: tuple[str, str], part: float, times: float
) -> None:
    country, text = plate

    def share(of: float) -> float:
        fits = fits_of(text, Prior.of({country: of, "any": 1.0 - of}))
        return sum(fit.probability for fit in fits if fit.country == country)

    assert share(part) <= share(part * times) + 1e-12


@given(plates(), st.floats(0.05, 0.9), st.floats(0.5, 0.99), st.data())
@quickly
def test_a_text_that_fits_gains_on_one_that_does_not_as_formats_count_for_more(
    plate: tuple[str, str], formless: float, less: float, data: st.DataObject
) -> None:
    country, text = plate
    spoilt = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.sampled_from(CHARACTERS))
    lattice = [
        (CharacterCandidate(c, 0.5), CharacterCandidate(other, 0.4))
        if i == spoilt
        else (CharacterCandidate(c, 0.9),)
        for i, c in enumerate(text)
    ]
    rival = text[:spoilt] + other + text[spoilt + 1 :]
    only = Prior.of({country: 1.0})
    if other == text[spoilt] or fits_of(rival, only):
        return

    def advantage(formless: float) -> float:
        """How many times likelier the text is than its rival: a third text may gain on both."""
        prior = Prior.of({country: 1.0}, formless)
        of_text, of_rival = (weigh(lattice, prior, raw=raw).raw_probability for raw in (text, rival))
        return of_text / of_rival

    assert advantage(formless) <= advantage(formless * less) * (1 + 1e-9)


@given(lattices)
@quickly
def test_without_formats_the_optics_stay_as_they_are(lattice: Lattice) -> None:
    nearly_formless = Prior.of({"any": 1.0}, 1.0 - 1e-12)
    weighed = weigh(lattice, nearly_formless)
    assert weighed.probability == pytest.approx(weighed.optics, abs=1e-6)


@given(lattices, priors)
@quickly
def test_the_first_answer_is_the_likeliest_of_all_texts(lattice: Lattice, prior: Prior) -> None:
    weighed = weigh(lattice[:4], prior)
    for text in texts_of(lattice[:4]):
        assert weigh(lattice[:4], prior, raw=text).raw_probability <= weighed.probability + 1e-9


@given(lattices)
@quickly
def test_the_optics_of_all_texts_are_the_lattice_itself(lattice: Lattice) -> None:
    optics = optics_of(lattice)
    whole = 1.0
    for slot in lattice:
        whole *= sum(one.probability for one in slot)
    assert sum(optics.probability_of(text) for text in texts_of(lattice)) == pytest.approx(whole)


@given(plates())
@quickly
def test_a_compiled_format_accepts_what_its_places_spell_and_nothing_with_a_foreign_letter(
    plate: tuple[str, str],
) -> None:
    country, text = plate
    automata = shipped_automata()
    accepting = {automata.formats[automata.owner[a]][0].code for a in automata.accepting_owners(text)}
    assert country in accepting
    assert not automata.accepting_owners("Ж" + text[1:]).size


def test_formats_that_end_alike_share_their_states() -> None:
    countries = load_countries()
    alone = sum(compile_formats([country]).states for country in countries)
    assert shipped_automata().states < alone
