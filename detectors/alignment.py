"""Aligning reads of one plate position by position.

Each read's slots are aligned to a pivot's (Needleman and Wunsch, 1970); what stands between two of the
pivot's slots opens columns of its own, so that a character that the pivot missed is not lost.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from detectors.reading import NOTHING_READ, CharacterReading, reading_of
from streams.messages import CharacterCandidate

Slot = Sequence[CharacterCandidate]
#: Per position, per read: the probabilities of its candidates. A read that has nothing there says ''.
Columns = list[list[Mapping[str, float]]]

_GAP = 0.9
#: A read without a slot says 'nothing stands here', but a missed character is the commonest mistake.
ABSENT: Mapping[str, float] = {"": 0.8}


def distance(one: str, two: str) -> int:
    """The edit distance (Levenshtein) of two texts.

    >>> distance("B7H527", "B7H52")
    1
    """
    row = list(range(len(two) + 1))
    for i, left in enumerate(one, 1):
        before, row[0] = row[0], i
        for j, right in enumerate(two, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (left != right))
    return row[-1]


def align(reads: Sequence[Sequence[Slot]], pivot: int, absent: Mapping[str, float] = ABSENT) -> Columns:
    """The columns of ``reads``, each a sequence of slots, aligned to the read at index ``pivot``.

    ``absent`` is what a read says where it has no slot.
    """
    base = [_probabilities(slot) for slot in reads[pivot]]
    paths = [_path(base, [_probabilities(slot) for slot in read]) for read in reads]
    columns: Columns = []
    for gap in range(len(base) + 1):
        widest = max(len(inserted[gap]) for _, inserted in paths)
        for place in range(widest):
            columns.append(
                [inserted[gap][place] if place < len(inserted[gap]) else absent for _, inserted in paths]
            )
        if gap < len(base):
            columns.append([matched[gap] or absent for matched, _ in paths])
    return columns


def blend(readings: Sequence[CharacterReading]) -> CharacterReading:
    """One reading from several of the same picture, framed differently: the mean of their probabilities.

    What changes with the framing is an artefact of the border, and comes out doubtful. ``raw_text`` is that
    of the first reading.
    """
    if len(readings) < 2:
        return readings[0] if readings else NOTHING_READ
    pivot = nearest_to_all([r.text for r in readings], [r.confidence for r in readings])
    slots = []
    for column in align([r.slots for r in readings], pivot, absent={"": 1.0}):
        mean: dict[str, float] = {}
        for position in column:
            for character, probability in position.items():
                mean[character] = mean.get(character, 0.0) + probability / len(column)
        slots.append([CharacterCandidate(c, p) for c, p in mean.items()])
    return reading_of(readings[0].raw_text, slots)


def nearest_to_all(texts: Sequence[str], weights: Sequence[float]) -> int:
    """The index of the text nearest to all others by weighted edit distance; ties by weight, then text."""
    costs = [
        sum(w * distance(text, other) for other, w in zip(texts, weights, strict=True)) for text in texts
    ]
    return min(range(len(texts)), key=lambda i: (round(costs[i], 9), -weights[i], texts[i]))


def _probabilities(slot: Slot) -> dict[str, float]:
    return {candidate.character: candidate.probability for candidate in slot}


def _cost(one: Mapping[str, float], two: Mapping[str, float]) -> float:
    """0 where both say the same with certainty, 1 where they share nothing."""
    shared = 0.0
    for character, probability in one.items():
        other = two.get(character, 0.0)
        shared += probability if probability < other else other
    return 1.0 - shared


def _gap(slot: Mapping[str, float]) -> float:
    """What it costs that the other read has no such slot."""
    return _GAP * (1.0 - slot.get("", 0.0))


def _path(
    base: Sequence[dict[str, float]], read: Sequence[dict[str, float]]
) -> tuple[list[dict[str, float] | None], list[list[dict[str, float]]]]:
    """For each of ``base``'s slots the matched slot of ``read`` or None, and per gap what is inserted."""
    rows, columns = len(base) + 1, len(read) + 1
    left_out = [_gap(slot) for slot in base]
    put_in = [_gap(slot) for slot in read]
    costs = [[_cost(one, two) for two in read] for one in base]
    best = [[0.0] * columns for _ in range(rows)]
    for i in range(1, rows):
        best[i][0] = best[i - 1][0] + left_out[i - 1]
    for j in range(1, columns):
        best[0][j] = best[0][j - 1] + put_in[j - 1]
    for i in range(1, rows):
        above, row, cost, out = best[i - 1], best[i], costs[i - 1], left_out[i - 1]
        for j in range(1, columns):
            row[j] = min(above[j - 1] + cost[j - 1], above[j] + out, row[j - 1] + put_in[j - 1])
    matched: list[dict[str, float] | None] = [None] * len(base)
    inserted: list[list[dict[str, float]]] = [[] for _ in range(rows)]
    i, j = len(base), len(read)
    while i or j:
        if i and j and best[i][j] == best[i - 1][j - 1] + costs[i - 1][j - 1]:
            i, j = i - 1, j - 1
            matched[i] = read[j]
        elif i and best[i][j] == best[i - 1][j] + left_out[i - 1]:
            i -= 1
        else:
            j -= 1
            inserted[i].insert(0, read[j])
    return matched, inserted
