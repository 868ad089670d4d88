"""How sure the reading of a plate is, position by position and frame by frame."""

from __future__ import annotations

from dataclasses import dataclass

from dashboards.formatting import NANOSECONDS
from streams.messages import Passage, PlateReading

_SURE, _FAIR = 0.9, 0.6
_ALTERNATIVES = 3


@dataclass(frozen=True)
class Candidate:
    """One character for one position; ``character`` is empty for 'nothing stands here'."""

    character: str
    probability: float


@dataclass(frozen=True)
class Position:
    """One position of the plate: the best candidate, how sure it is, and what else it could be."""

    best: Candidate
    grade: str
    alternatives: tuple[Candidate, ...]


@dataclass(frozen=True)
class FrameRead:
    """What one frame's read says, and whether it agrees with the consensus."""

    after_s: float
    text: str
    confidence: float
    agrees: bool


def positions(reading: PlateReading | None) -> tuple[Position, ...]:
    """The lattice of a reading for the page; empty where there is none."""
    if reading is None:
        return ()
    found = []
    for slot in reading.lattice:
        ranked = sorted(slot, key=lambda candidate: -candidate.probability)
        if not ranked:
            continue
        best, *others = (Candidate(one.character, one.probability) for one in ranked[: _ALTERNATIVES + 1])
        found.append(Position(best, grade_of(best.probability), tuple(others)))
    return tuple(found)


def frame_reads(passage: Passage, plate: str | None) -> tuple[FrameRead, ...]:
    """Every frame's read in the order of time; ``after_s`` counts from the beginning of the passage.

    ``plate`` is the text that the case is about, with which a read agrees or differs.
    """
    if passage.plate is None:
        return ()
    return tuple(
        FrameRead(
            after_s=(read.captured_at_ns - passage.started_at_ns) / NANOSECONDS,
            text=read.text,
            confidence=read.confidence,
            agrees=read.text == plate,
        )
        for read in sorted(passage.plate.reads, key=lambda read: read.captured_at_ns)
    )


def difference(raw: str, weighed: str) -> str:
    """How ``weighed`` differs from ``raw``, in words: O and 0 look alike on a screen as on a plate.

    >>> difference("KFV4O2", "KFV402")
    'character 5: letter O read, digit 0 weighed'
    >>> difference("B1231ABC", "B123ABC")
    '8 characters read, 7 weighed'
    """
    if len(raw) != len(weighed):
        return f"{len(raw)} characters read, {len(weighed)} weighed"
    return "; ".join(
        f"character {place}: {_named(one)} read, {_named(other)} weighed"
        for place, (one, other) in enumerate(zip(raw, weighed, strict=True), start=1)
        if one != other
    )


def _named(character: str) -> str:
    return f"{'digit' if character.isdigit() else 'letter'} {character}"


def grade_of(probability: float) -> str:
    """How sure a character is, in a word that the style knows."""
    if probability >= _SURE:
        return "sure"
    return "fair" if probability >= _FAIR else "poor"
