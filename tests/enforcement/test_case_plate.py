"""Which plate a case is about: what was read, unless the formats make another text sure."""

from __future__ import annotations

import pytest

from detectors.consensus import ConsensusSettings
from enforcement.case_plate import LEAST_READS, MARGIN, READABLE, CasePlate, plate_of_case
from enforcement.grammars import Prior
from streams.messages import Box, CharacterCandidate, PlateRead, PlateReading
from tests.enforcement.samples import T0

ROMANIA = Prior.of({"RO": 0.95, "any": 0.05})
SURE = 0.997


def reading(
    text: str | None,
    *slots: str | dict[str, float],
    reads: tuple[str, ...] = (),
    confidence: float | None = None,
) -> PlateReading:
    lattice = tuple(
        tuple(CharacterCandidate(c, p) for c, p in ({slot: SURE} if isinstance(slot, str) else slot).items())
        for slot in slots
    )
    shown = 1.0
    for slot in lattice:
        shown *= slot[0].probability
    frames = tuple(PlateRead(T0 + n, read, 0.9, (), Box(0, 0, 90, 20)) for n, read in enumerate(reads))
    return PlateReading(text, shown if confidence is None else confidence, lattice, frames)


O_OR_ZERO = {"O": 0.5, "0": 0.49}
TWICE = ("CJ1OABC", "CJ10ABC")


def test_the_bar_is_the_roadsides_own() -> None:
    roadside = ConsensusSettings()
    assert roadside.least_confidence == READABLE
    assert roadside.least_margin == MARGIN
    assert roadside.least_reads == LEAST_READS


def test_a_legible_read_stays_and_gets_a_country() -> None:
    plate = plate_of_case(reading("CJ10ABC", *"CJ10ABC", reads=("CJ10ABC",) * 3), ROMANIA)
    assert (plate.text, plate.raw, plate.normalised) == ("CJ10ABC",) * 3
    assert (plate.country, plate.format, plate.legible, plate.changed) == ("RO", "county", True, False)
    assert plate.confidence == pytest.approx(SURE**7)
    assert plate.grammar_version


def test_a_legible_read_of_no_format_stays() -> None:
    odd = {"O": 0.97, "0": 0.01}
    plate = plate_of_case(reading("CJ1OABC", *"CJ1", odd, *"ABC", reads=("CJ1OABC",) * 3), ROMANIA)
    assert plate.text == plate.raw == "CJ1OABC"


def test_a_legible_read_without_a_lattice_stays() -> None:
    plate = plate_of_case(PlateReading("AB-123-CD", 0.97))
    assert (plate.text, plate.raw, plate.normalised, plate.confidence) == ("AB123CD",) * 3 + (0.97,)


def test_an_illegible_read_becomes_readable_where_the_format_makes_it_sure() -> None:
    plate = plate_of_case(reading(None, *"CJ1", O_OR_ZERO, *"ABC", reads=TWICE), ROMANIA)
    assert (plate.text, plate.raw, plate.legible, plate.changed) == ("CJ10ABC", "CJ1OABC", False, True)
    assert plate.confidence == plate.probability >= READABLE
    assert plate.why.startswith("Read CJ1OABC")


@pytest.mark.parametrize(
    ("seen", "why"),
    [
        (reading(None, *"CJ1", O_OR_ZERO, *"ABC", reads=("CJ10ABC",)), "one frame is no agreement"),
        (reading(None, *"CJ1", O_OR_ZERO, *"ABC", reads=("CJ1", "1OABC", "XYZ")), "no two frames agree"),
        (reading(None, *"CJ10AB", {"C": 0.5, "G": 0.49}, reads=("CJ10ABC",) * 3), "both fit"),
        (reading(None, *"CJ1", {"O": 0.9, "0": 0.05}, *"ABC", reads=TWICE), "the bar is not reached"),
        (reading(None, *"CJ1", O_OR_ZERO, *"ABC", reads=TWICE, confidence=0.3), "doubt that no slot shows"),
        (reading(None, "B", "1", {"0": 0.99}, reads=("B10",) * 3), "too short for a plate"),
        (reading(None, reads=("AB12", "XY34")), "two plates in one track"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_does_not_pass_the_bar_stays_unreadable_and_no_guess_is_kept(
    seen: PlateReading, why: str
) -> None:
    plate = plate_of_case(seen, ROMANIA)
    assert plate == CasePlate(confidence=seen.confidence), why


def test_no_plate_is_no_plate() -> None:
    assert plate_of_case(None) == CasePlate()


def test_a_likelier_text_below_the_bar_is_named_but_the_register_is_asked_for_the_read() -> None:
    seen = reading("CJ1OABC", *"CJ1", {"O": 0.9, "0": 0.04}, *"ABC", reads=("CJ1OABC",) * 3)
    plate = plate_of_case(seen, ROMANIA)
    assert (plate.text, plate.normalised) == ("CJ1OABC", "CJ10ABC")
    assert plate.probability < READABLE
    assert plate.confidence == seen.confidence


def test_the_same_reading_gives_the_same_plate() -> None:
    seen = reading(None, *"CJ1", O_OR_ZERO, *"ABC", reads=TWICE)
    assert plate_of_case(seen, ROMANIA) == plate_of_case(seen, ROMANIA)
