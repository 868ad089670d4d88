"""The register's candidates under what was read, character by character."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dashboards.plate_view import grade_of
from enforcement.casebook import Case
from enforcement.grammars.lattice import certain
from enforcement.matching import Candidate
from enforcement.register import normalise
from streams.messages import CharacterCandidate

Slots = Sequence[Sequence[CharacterCandidate]]

_MISSED = 1e-4  # how likely it is that the reader overlooked a character: only for setting rows side by side


@dataclass(frozen=True)
class Cell:
    """A character in its column; ``probability`` is the read's, None where it read nothing at all there."""

    character: str
    probability: float | None
    grade: str


@dataclass(frozen=True)
class CandidateRow:
    """A candidate with its plate in the columns of the read."""

    candidate: Candidate
    cells: tuple[Cell, ...]

    @property
    def spoken(self) -> str:
        """The cells for those who hear the page."""
        return ", ".join(f"{cell.character or 'nothing'} {_spoken(cell.probability)}" for cell in self.cells)


@dataclass(frozen=True)
class CandidatesView:
    """Rows that share their columns: what was read, then each candidate."""

    read: tuple[Cell, ...]
    rows: tuple[CandidateRow, ...]


def view_candidates(case: Case) -> CandidatesView:
    """The candidates of a case beneath its read."""
    slots = _slots_of(case)
    paths = [_aligned(candidate.plate, slots) for candidate in case.candidates]
    # Before each slot, and after the last, as many columns as any candidate has characters there.
    extra = [max((len(path[i][0]) for path in paths), default=0) for i in range(len(slots) + 1)]
    best = [max(slot, key=lambda one: one.probability) for slot in slots]
    read: list[Cell] = []
    for i, width in enumerate(extra):
        read += [Cell("", None, "")] * width
        if i < len(slots):
            read.append(Cell(best[i].character, best[i].probability, grade_of(best[i].probability)))
    rows = tuple(
        CandidateRow(candidate, _cells(path, slots, extra))
        for candidate, path in zip(case.candidates, paths, strict=True)
    )
    return CandidatesView(tuple(read), rows)


def _slots_of(case: Case) -> Slots:
    reading = case.passage.plate
    if reading is None:
        return ()
    text = normalise(reading.text or "")
    return reading.lattice or (certain(text, reading.confidence) if text else ())


#: For each slot, and once behind the last: the characters that stand before it, and what stands in it.
_Path = list[tuple[str, str]]


def _aligned(plate: str, slots: Slots) -> _Path:
    """The likeliest way in which the reader made the slots out of the plate."""
    # scores[k]: of the best way for the first k characters, with the way itself.
    scores: list[tuple[float, _Path]] = [(_MISSED**k, [(plate[:k], "")]) for k in range(len(plate) + 1)]
    for slot in slots:
        following: list[tuple[float, _Path]] = []
        for k in range(len(plate) + 1):
            score, path = scores[k]
            ways = [(score * _probability(slot, ""), [*path[:-1], (path[-1][0], ""), ("", "")])]
            if k:
                score, path = scores[k - 1]
                shown = plate[k - 1]
                ways.append((score * _probability(slot, shown), [*path[:-1], (path[-1][0], shown), ("", "")]))
                score, path = following[k - 1]
                ways.append((score * _MISSED, [*path[:-1], (path[-1][0] + plate[k - 1], "")]))
            following.append(max(ways, key=lambda way: way[0]))
        scores = following
    return scores[-1][1]


def _cells(path: _Path, slots: Slots, extra: Sequence[int]) -> tuple[Cell, ...]:
    cells: list[Cell] = []
    for i, (before, shown) in enumerate(path):
        cells += [Cell("", None, "")] * (extra[i] - len(before))
        cells += [Cell(character, None, "poor") for character in before]
        if i < len(slots):
            probability = _probability(slots[i], shown)
            cells.append(Cell(shown, probability, grade_of(probability)))
    return tuple(cells)


def _probability(slot: Sequence[CharacterCandidate], character: str) -> float:
    named = sum(one.probability for one in slot if one.character == character)
    return max(named, _MISSED / 10)


def _spoken(probability: float | None) -> str:
    return "not read" if probability is None else f"{100 * probability:.0f} %"
