"""Invented readings for these tests: lattices in one line, and a register that is a dictionary."""

from __future__ import annotations

from collections.abc import Sequence

from enforcement.case_plate import CasePlate, plate_of_case
from enforcement.grammars import Prior
from enforcement.law.matching import Matching
from enforcement.matching import Asked, Matched, Matcher, Seen
from enforcement.matching.reader_errors import ReaderErrors
from enforcement.register import Keeper
from streams.messages import Box, CharacterCandidate, PlateRead, PlateReading

#: 'A', or 'O/0' for two that are as likely as each other, or 'O9/01' for nine to one.
HOME = Matching(countries=("DE",))
PRIOR = Prior.of({"DE": 0.9, "any": 0.1})
ERRORS = ReaderErrors(misread=1e-3, doubled=1e-3, overlooked=1e-3, confused={("6", "5"): 0.1})
_SURE = 0.999


def reading(*slots: str, legible: bool = True) -> PlateReading:
    """A reading from its places: 'A' is sure, 'O9 01' is nine to one, '_' stands for nothing."""
    lattice = tuple(tuple(_slot(slot)) for slot in slots)
    text = "".join(slot[0].character for slot in lattice)
    confidence = 1.0
    for slot in lattice:
        confidence *= slot[0].probability
    read = PlateRead(0, text, confidence, (), Box(0.0, 0.0, 90.0, 20.0))
    return PlateReading(text if legible else None, confidence, lattice, (read, read, read))


def _slot(text: str) -> list[CharacterCandidate]:
    parts = text.split()
    if len(parts) == 1 and len(text) == 1:
        return [CharacterCandidate("" if text == "_" else text, _SURE)]
    shares = [float(part[1:]) for part in parts]
    whole = sum(shares) / _SURE
    candidates = [
        CharacterCandidate("" if part[0] == "_" else part[0], share / whole)
        for part, share in zip(parts, shares, strict=True)
    ]
    return sorted(candidates, key=lambda one: -one.probability)


class HeldRegister:
    """A register in memory that behaves as the imported one: it knows which of the likely plates it has."""

    def __init__(self, *keepers: Keeper | str, size: int | None = None) -> None:
        made = [one if isinstance(one, Keeper) else Keeper(one, f"K-{one}") for one in keepers]
        self.keepers = {one.plate: one for one in made}
        self.questions: list[tuple[list[str], list[str]]] = []
        self.read: list[str] = []
        self._size = len(self.keepers) if size is None else size

    def size(self) -> int:
        return self._size

    def worth_asking(self, likely: Sequence[str]) -> list[str]:
        self.read.append(likely[0])
        return list(self.keepers)

    def find(self, plates: Sequence[str], cases: Sequence[str]) -> dict[str, Keeper]:
        self.questions.append((list(plates), list(cases)))
        return {plate: self.keepers[plate] for plate in plates if plate in self.keepers}


def matched(
    register: HeldRegister,
    seen: PlateReading | None,
    looks: Seen | None = None,
    law: Matching = HOME,
    errors: ReaderErrors = ERRORS,
) -> Matched:
    """What matching makes of one reading."""
    plate = plate_of_case(seen, PRIOR) if seen is not None else CasePlate()
    [answer] = Matcher(register, errors).match([Asked(seen, plate, looks or Seen(), PRIOR, law)])
    return answer
