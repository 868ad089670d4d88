"""Whether two readings are of one plate."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enforcement.plate_matching import PlateSlots, match_probability, slots_of
from streams.messages import CharacterCandidate, PlateReading


def read(text: str, each: float = 0.99, *, doubt: dict[int, tuple[str, float]] | None = None) -> PlateSlots:
    """A reading with ``each`` for every character; ``doubt`` gives another character a share of a place."""
    lattice, confidence = [], 1.0
    for place, character in enumerate(text):
        other, share = (doubt or {}).get(place, ("", 0.0))
        best = each * (1.0 - share)
        confidence *= best
        slot = [CharacterCandidate(character, best)]
        lattice.append((*slot, CharacterCandidate(other, each * share)) if other else tuple(slot))
    slots = slots_of(PlateReading(text, confidence, tuple(lattice)))
    assert slots is not None
    return slots


@pytest.mark.parametrize(
    ("one", "other", "low", "high"),
    [
        (read("AB123CD"), read("AB123CD"), 0.995, 1.0),
        (read("AB123CD", 0.9), read("AB123CD", 0.9), 0.98, 0.995),
        (read("AB123CD", 0.5), read("AB123CD", 0.5), 0.0, 0.91),  # hardly read at all
        (read("AB123CD"), read("A8123CD"), 0.0, 0.0),  # a likelier text is never argued away
        (read("AB123CD"), read("AB123C"), 0.0, 0.0),
        (read("AB123CD", doubt={1: ("8", 0.4)}), read("AB123CD"), 0.98, 0.999),
        # The other end leaves the same doubt: it may have been two vehicles.
        (read("AB123CD", doubt={1: ("8", 0.4)}), read("AB123CD", doubt={1: ("8", 0.4)}), 0.98, 0.999),
        (read("AB123CD", doubt={1: ("8", 0.49)}), read("AB123CD", doubt={1: ("P", 0.49)}), 0.97, 0.99),
        (read("AB123"), read("AB123"), 0.99, 0.9995),  # the shorter, the less it tells
    ],
)
def test_the_probability(one: PlateSlots, other: PlateSlots, low: float, high: float) -> None:
    probability = match_probability(one, other)
    assert low <= probability <= high
    assert match_probability(other, one) == pytest.approx(probability)


def test_another_vehicle_that_it_could_be_as_well_is_doubt() -> None:
    seen = read("AB123CD", doubt={1: ("8", 0.45)})
    assert match_probability(seen, read("AB123CD"), [read("A8123CD")]) < 0.6
    assert match_probability(seen, read("AB123CD"), [read("ZZ999ZZ")]) > 0.98
    assert match_probability(seen, read("AB123CD"), [read("AB123CD")]) == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize(
    "reading",
    [
        None,
        PlateReading(None, 0.0),
        PlateReading("AB12", 0.99),  # too short to tell vehicles apart
        PlateReading("AB123CD", 0.0),
        PlateReading("AB123CD", float("nan")),
        PlateReading("AB123CD", 0.9, ((),) * 7),
    ],
)
def test_what_is_hardly_read_is_compared_with_nothing(reading: PlateReading | None) -> None:
    assert slots_of(reading) is None


def test_a_read_without_its_lattice_is_as_sure_as_its_confidence() -> None:
    slots = slots_of(PlateReading("ab-123 cd", 0.95))
    assert slots is not None
    assert slots.text == "AB123CD"
    assert match_probability(slots, slots) == pytest.approx(0.999, abs=0.001)


def test_doubt_that_the_places_do_not_show_counts_too() -> None:
    lattice = tuple((CharacterCandidate(character, 0.99),) for character in "AB123CD")
    sure, doubtful = (slots_of(PlateReading("AB123CD", confidence, lattice)) for confidence in (0.93, 0.6))
    assert sure is not None
    assert doubtful is not None
    assert match_probability(sure, sure) > 0.99
    assert match_probability(sure, doubtful) < 0.7


CHARACTERS = "AB8C"
slots = st.lists(
    st.tuples(st.sampled_from(CHARACTERS), st.floats(0.51, 1.0), st.sampled_from(CHARACTERS)),
    min_size=7,
    max_size=7,
).map(
    lambda places: slots_of(
        PlateReading(
            "".join(best for best, _, _ in places),
            1.0,
            tuple(
                (CharacterCandidate(best, share), CharacterCandidate(other, 1.0 - share))
                for best, share, other in places
            ),
        )
    )
)


@given(slots, slots, st.lists(slots, max_size=3))
def test_it_is_a_probability_and_alternatives_only_lower_it(
    one: PlateSlots, other: PlateSlots, others: list[PlateSlots]
) -> None:
    alone = match_probability(one, other)
    assert 0.0 <= match_probability(one, other, others) <= alone <= 1.0
