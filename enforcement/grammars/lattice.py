"""A plate's lattice as an array: what the reader says of each position, and what it leaves open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from enforcement.grammars.alphabet import CHARACTERS, COLUMN, LATIN_SIZE
from streams.messages import CharacterCandidate

Lattice = Sequence[Sequence[CharacterCandidate]]
Reals = NDArray[np.float64]

_LEAST = 1e-9


@dataclass(frozen=True, eq=False)
class Optics:
    """What the reader saw. ``named[i, c]`` and ``empty[i]`` are the candidates of position i by probability.

    ``open[i, c]`` is what the reader's candidates leave open, spread over the Latin characters that they do
    not name: it counts against every hypothesis, but no hypothesis is made from it. ``lost[i]`` stands on a
    candidate that is no plate's character. Each position sums to at most one.
    """

    named: Reals
    empty: Reals
    open: Reals
    lost: Reals

    @property
    def positions(self) -> int:
        """How many positions the lattice has."""
        return len(self.empty)

    @property
    def whole(self) -> Reals:
        """``named`` and ``open`` together."""
        return np.asarray(self.named + self.open)

    def probability_of(self, text: str) -> float:
        """The optics' own probability of ``text``: the sum over all ways in which positions can be empty."""
        if any(character not in COLUMN for character in text):
            return 0.0
        named = self.named[:, [COLUMN[character] for character in text]].tolist()
        # ways[k]: the positions so far show the first k characters.
        ways = [1.0] + [0.0] * len(text)
        for shows, empty in zip(named, self.empty.tolist(), strict=True):
            for k in range(len(text), 0, -1):
                ways[k] = ways[k] * empty + ways[k - 1] * shows[k - 1]
            ways[0] *= empty
        return ways[-1]


def optics_of(lattice: Lattice) -> Optics:
    """``lattice`` as arrays. What is named twice counts together; a sum above one is scaled to one."""
    count = len(lattice)
    named, shared = np.zeros((count, len(CHARACTERS))), np.zeros((count, len(CHARACTERS)))
    empty, lost = np.zeros(count), np.zeros(count)
    for i, slot in enumerate(lattice):
        shown, no_character, no_plates = _slot(slot)
        total = sum(shown.values()) + no_character + no_plates
        scale = max(total, 1.0)
        empty[i], lost[i] = no_character / scale, no_plates / scale
        if total < 1.0:
            latin = sum(column < LATIN_SIZE for column in shown)
            shared[i, :LATIN_SIZE] = (1.0 - total) / max(LATIN_SIZE - latin, 1)
        for column, probability in shown.items():
            named[i, column] = probability / scale
            shared[i, column] = 0.0
    return Optics(named, empty, shared, lost)


def _slot(slot: Sequence[CharacterCandidate]) -> tuple[dict[int, float], float, float]:
    """The candidates of a position by column, then what says that nothing stands there, and no plate's."""
    shown: dict[int, float] = {}
    no_character = no_plates = 0.0
    for candidate in slot:
        probability = candidate.probability
        if not probability > _LEAST:  # also drops nan
            continue
        column = COLUMN.get(candidate.character)
        if column is not None:
            shown[column] = shown.get(column, 0.0) + probability
        elif candidate.character:
            no_plates += probability
        else:
            no_character += probability
    return shown, no_character, no_plates


def certain(text: str, confidence: float) -> tuple[tuple[CharacterCandidate, ...], ...]:
    """The lattice of a read that comes without one: positions as sure as one another, together as it is."""
    each = confidence ** (1.0 / max(len(text), 1))
    return tuple((CharacterCandidate(character, each),) for character in text)
