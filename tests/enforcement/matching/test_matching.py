"""Which registered vehicles a reading may be of, and when that is certain."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enforcement.case_plate import plate_of_case
from enforcement.grammars.automata import shipped_automata
from enforcement.law.matching import Matching
from enforcement.matching import Asked, Matcher, Seen
from enforcement.register import Keeper
from tests.enforcement.matching.readings import ERRORS, HOME, PRIOR, HeldRegister, matched, reading

READ = reading(*"HHAB1234")
MILLION = 1_000_000


@pytest.mark.parametrize(
    ("registered", "slots", "match", "best"),
    [
        (["HHAB1234"], "H H A B 1 2 3 4", "certain", "HHAB1234"),
        # Its only neighbour is a look-alike, and very likely it: but no register overrules what was read.
        (["HHAB1534"], "H H A B 1 6 3 4", "ambiguous", "HHAB1534"),
        (["HHAB1634", "HHAB1534"], "H H A B 1 6 3 4", "ambiguous", "HHAB1634"),
        (["HHAB1634", "HHAB1734"], "H H A B 1 6 3 4", "certain", "HHAB1634"),
        (["HHAB1234", "HHAD1234"], "H H A B3,D2 1 2 3 4", "ambiguous", "HHAB1234"),
        (["HHAD1234"], "H H A B3,D2 1 2 3 4", "ambiguous", "HHAD1234"),
        # The last one doubled: not likely, but the officer shall see it.
        (["HHAB123"], "H H A B 1 2 3 4", "ambiguous", "HHAB123"),
        (["KAZZ1"], "H H A B 1 2 3 4", "none", None),
        # A plate of Spain, which no German register can know.
        (["HHAB1234"], "1 2 3 4 B C D", "foreign", None),
        # Seen twice, and overlooked.
        (["HHAB1123"], "H H A B 1 11,_1 1 2 3", "ambiguous", "HHAB1123"),
    ],
)
def test_a_reading_is_matched_to_what_the_register_has(
    registered: list[str], slots: str, match: str, best: str | None
) -> None:
    places = [slot.replace(",", " ") if len(slot) > 1 else slot for slot in slots.split()]
    answer = matched(HeldRegister(*registered, size=MILLION), reading(*places))
    assert (answer.match, answer.candidates[0].plate if answer.candidates else None) == (match, best)


def test_in_a_register_of_every_country_a_vehicle_is_found() -> None:
    law = Matching(tuple({country.code for country, _ in shipped_automata().formats}))
    answer = matched(HeldRegister("HHAB1234", size=MILLION), READ, law=law)
    assert answer.match == "certain"
    assert answer.foreign < 1e-6, "but for what has no format at all"


def test_none_is_said_with_the_reason() -> None:
    answer = matched(HeldRegister("KAZZ1", size=MILLION), READ)
    assert answer.keeper is None
    assert answer.why.startswith("No keeper found for this plate: the register has neither HHAB1234 nor")


def test_without_a_register_nothing_is_asked_and_nothing_said() -> None:
    register = HeldRegister()
    assert matched(register, READ).why == "No keeper found for this plate: no register was imported."
    assert register.questions == []


@pytest.mark.parametrize("seen", [None, reading(legible=False)])
def test_an_unreadable_plate_is_not_looked_up(seen: object) -> None:
    answer = matched(HeldRegister("HHAB1234"), seen)  # type: ignore[arg-type]
    assert (answer.match, answer.candidates) == ("none", ())
    assert "unreadable" in answer.why


def test_what_nobody_could_read_is_never_certain_but_offered_to_the_officer() -> None:
    vague = reading("H", "H", "A6 B4", "A5 B5", "1", "2", "3", "4", legible=False)
    answer = matched(HeldRegister("HHBA1234", size=MILLION), vague)
    assert (answer.match, answer.keeper) == ("ambiguous", None)
    assert [each.plate for each in answer.candidates] == ["HHBA1234"]


@pytest.mark.parametrize(
    ("looks", "likelier"),
    [
        (Seen("truck", 0.95), "HHAD1234"),
        (Seen("car", 0.95), "HHAB1234"),
        (Seen("car", 0.95, colour="blue", colour_confidence=0.9), "HHAB1234"),
        (Seen(colour="RED", colour_confidence=0.9), "HHAD1234"),
        (Seen(make="Faro", make_confidence=0.9), "HHAD1234"),
    ],
)
def test_the_vehicle_that_looks_like_the_registered_one_is_likelier(looks: Seen, likelier: str) -> None:
    register = HeldRegister(
        Keeper("HHAB1234", "K-1", vehicle_class="car", make="Arden", colour="blue"),
        Keeper("HHAD1234", "K-2", vehicle_class="truck", make="Faro", colour="red"),
        size=MILLION,
    )
    answer = matched(register, reading("H", "H", "A", "B5 D5", "1", "2", "3", "4"), looks)
    assert answer.candidates[0].plate == likelier
    alike = matched(register, reading("H", "H", "A", "B5 D5", "1", "2", "3", "4"))
    assert [round(each.posterior, 2) for each in alike.candidates] == [0.5, 0.5]


def test_a_candidate_says_what_speaks_against_it() -> None:
    register = HeldRegister(Keeper("HHAB1534", "K-1", vehicle_class="truck"), "HHAB1634", size=MILLION)
    answer = matched(register, reading(*"HHAB1634"), Seen("motorcycle", 0.5))
    assert {each.plate: each.why for each in answer.candidates} == {
        "HHAB1634": "Exactly as read.",
        "HHAB1534": "5 where 6 was read (place 6); registered as a truck, seen as a motorcycle.",
    }


def test_whose_class_is_another_is_less_certain() -> None:
    register = HeldRegister(Keeper("HHAB1234", "K-1", vehicle_class="motorcycle"), size=MILLION)
    as_it_is = matched(register, READ, Seen("motorcycle", 0.95))
    other = matched(register, READ, Seen("bus", 0.95))
    assert other.none_of_these > 20 * as_it_is.none_of_these


def test_many_readings_are_one_question_with_their_cases() -> None:
    register = HeldRegister("HHAB1234", "BMX35", size=MILLION)
    asked = [
        Asked(seen, plate_of_case(seen, PRIOR), Seen(), PRIOR, HOME, (case,))
        for seen, case in ((READ, "case-1"), (reading(*"BMX35"), "case-2"))
    ]
    answers = Matcher(register, ERRORS).match(asked)
    assert [answer.match for answer in answers] == ["certain", "certain"]
    [(plates, cases)] = register.questions
    assert {"HHAB1234", "BMX35"} <= set(plates)
    assert cases == ["case-1", "case-2"]


def test_the_policy_says_what_is_certain_and_how_many_are_offered() -> None:
    registered = [f"HHAB{n}234" for n in range(1, 10)]
    seen = reading("H", "H", "A", "B", " ".join(f"{n}1" for n in range(1, 10)), "2", "3", "4")
    answer = matched(HeldRegister(*registered, size=MILLION), seen, law=Matching(("DE",), most=3))
    assert (answer.match, len(answer.candidates)) == ("ambiguous", 3)
    two = reading("H", "H", "A", "B", "195 25", "2", "3", "4")
    held = HeldRegister("HHAB1234", "HHAB2234", size=MILLION)
    assert matched(held, two, law=Matching(("DE",), certain=0.9)).match == "certain"
    assert matched(held, two, law=Matching(("DE",), certain=0.99)).match == "ambiguous"


PLATES = st.from_regex(r"(B|HH|KA)[A-HJ-NPR-Z]{2}[1-9][0-9]{2,3}", fullmatch=True)


@settings(max_examples=60, deadline=None)
@given(
    plate=PLATES, others=st.lists(PLATES, max_size=6), sure=st.floats(0.3, 0.999), size=st.integers(7, 10**8)
)
def test_the_probabilities_are_a_distribution(plate: str, others: list[str], sure: float, size: int) -> None:
    seen = reading(*(f"{c}{sure:.3f} ?{1 - sure:.3f}".replace("?", "B" if c != "B" else "8") for c in plate))
    answer = matched(
        HeldRegister(plate, *others, size=size), seen, law=Matching(("DE",), offered=0.0001, most=20)
    )
    shown = sum(each.posterior for each in answer.candidates)
    assert all(0.0 <= each.posterior <= 1.0 for each in answer.candidates)
    assert 0.0 <= answer.foreign <= answer.none_of_these <= 1.0
    assert shown + answer.none_of_these == pytest.approx(1.0, abs=1e-3)
    assert [each.posterior for each in answer.candidates] == sorted(
        (each.posterior for each in answer.candidates), reverse=True
    )


@settings(max_examples=40, deadline=None)
@given(plate=PLATES, size=st.integers(10, 10**8))
def test_a_second_plate_that_it_may_be_never_makes_the_first_likelier(plate: str, size: int) -> None:
    six = plate[:-1] + "6"
    alone = matched(HeldRegister(six, size=size), reading(*six))
    beside = matched(HeldRegister(six, plate[:-1] + "5", size=size), reading(*six))
    assert beside.candidates[0].posterior <= alone.candidates[0].posterior + 1e-12
