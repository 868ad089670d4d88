"""One plate from many reads: combined per character position, with 'unreadable' as an answer.

The reads are aligned position by position to the one that is most like all others. At each position the
candidates' probabilities are multiplied over the reads as independent evidence (a product of experts), with
two brakes: each read may always be wrong, so no read can rule a character out; and the exponent is below
one, because neighbouring frames tend to be wrong in the same way. Both keep the first read, or a loud one,
from winning against the others.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from detectors.alignment import align, nearest_to_all
from detectors.reading import PROVINCES, UNKNOWN, UNKNOWN_HAN, CharacterReading
from streams.messages import Box, CharacterCandidate, PlateRead, PlateReading

_ALPHABET_SIZE = 37


@dataclass(frozen=True)
class SightedRead:
    """A read of one frame: when, where the plate was (``box``, px of the full frame), and what was read."""

    captured_at_ns: int
    box: Box
    reading: CharacterReading


@dataclass(frozen=True)
class ConsensusSettings:
    """When a plate is legible.

    ``doubt`` is the probability that a position of a read is wrong in a way that the read does not know of;
    ``independence`` the exponent of each further read's evidence. A plate narrower than ``full_width_px``
    counts for less. ``least_confidence`` is of the whole plate, ``least_margin`` the ratio by which the best
    text must beat the second at each position; ``least_reads`` must agree with the answer in every character.
    """

    doubt: float = 0.15
    independence: float = 0.7
    full_width_px: float = 80.0
    least_confidence: float = 0.9
    least_margin: float = 50.0
    least_reads: int = 2
    least_length: int = 4
    longest: int = 10
    province_confidence: float = 0.9


def combine(reads: Sequence[SightedRead], settings: ConsensusSettings | None = None) -> PlateReading:
    """The plate that ``reads`` of one track show together; ``text`` is None where they do not settle it.

    The order of ``reads`` does not matter. ``confidence`` is the product of the positions' probabilities.
    """
    limits = settings or ConsensusSettings()
    ordered = sorted(reads, key=lambda r: (r.captured_at_ns, r.reading.text, r.box.x, r.box.y))
    shown = tuple(
        PlateRead(r.captured_at_ns, r.reading.text, r.reading.confidence, r.reading.characters, r.box)
        for r in ordered
    )
    legible = [r for r in ordered if r.reading.text]
    if not legible:
        return PlateReading(None, 0.0, (), shown)
    weights = [min(1.0, r.box.w / limits.full_width_px) ** 2 for r in legible]
    pivot = nearest_to_all(
        [r.reading.text for r in legible],
        [w * r.reading.confidence for r, w in zip(legible, weights, strict=True)],
    )
    columns = align([r.reading.slots for r in legible], pivot)
    lattice = [_position(column, weights, limits) for column in columns]
    # Positions where nothing stands only tell that a read saw one character too many.
    positions = _without_doubtful_province([p for p in lattice if p[0].character], limits)
    confidence = math.prod(p[0].probability for p in positions) if positions else 0.0
    confidence *= math.prod(p[0].probability for p in lattice if not p[0].character)
    text = "".join(p[0].character for p in positions)
    settled = _settled(text, confidence, positions, legible, limits)
    return PlateReading(text if settled else None, confidence, tuple(positions), shown)


def _position(
    column: Sequence[Mapping[str, float]], weights: Sequence[float], limits: ConsensusSettings
) -> tuple[CharacterCandidate, ...]:
    characters = sorted({character for read in column for character in read})
    floor = limits.doubt / _ALPHABET_SIZE
    scores = {
        character: sum(
            weight * limits.independence * math.log(floor + (1 - limits.doubt) * read.get(character, 0.0))
            for read, weight in zip(column, weights, strict=True)
        )
        for character in characters
    }
    # What no read named still shares in the doubt.
    unnamed = sum(w * limits.independence * math.log(floor) for w in weights)
    top = max(scores.values())
    total = sum(math.exp(s - top) for s in scores.values())
    total += max(_ALPHABET_SIZE - len(characters), 0) * math.exp(unnamed - top)
    found = [CharacterCandidate(c, math.exp(s - top) / total) for c, s in scores.items()]
    return tuple(sorted(found, key=lambda candidate: (-candidate.probability, candidate.character)))


def _without_doubtful_province(
    positions: list[tuple[CharacterCandidate, ...]], limits: ConsensusSettings
) -> list[tuple[CharacterCandidate, ...]]:
    """Leave the province out where it is not certain: a plate is known by its letters and digits too."""
    if len(positions) < 2:
        return positions
    first = positions[0]
    chinese = sum(c.probability for c in first if c.character in PROVINCES or c.character == UNKNOWN_HAN)
    certain = first[0].character in PROVINCES and first[0].probability >= limits.province_confidence
    return positions[1:] if chinese > 0.5 and not certain else positions


def _settled(
    text: str,
    confidence: float,
    positions: Sequence[tuple[CharacterCandidate, ...]],
    reads: Sequence[SightedRead],
    limits: ConsensusSettings,
) -> bool:
    if not limits.least_length <= len(text) <= limits.longest or UNKNOWN in text or UNKNOWN_HAN in text:
        return False
    if any(character in PROVINCES for character in text[1:]) or confidence < limits.least_confidence:
        return False
    seconds = [p[1].probability / p[0].probability for p in positions if len(p) > 1]
    if seconds and max(seconds) * limits.least_margin > 1:
        return False
    known_by = text.lstrip("".join(PROVINCES))
    agreeing = [r for r in reads if r.reading.text.lstrip("".join(PROVINCES)) == known_by]
    return len(agreeing) >= limits.least_reads
