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
    named = np.zeros((count, len(CHARACTERS)))
    empty, lost = np.zeros(count), np.zeros(count)
    for i, slot in enumerate(lattice):
        for candidate in slot:
            probability = candidate.probability
            if not probability > _LEAST:  # also drops nan
                continue
            column = COLUMN.get(candidate.character)
            if column is not None:
                named[i, column] += probability
            elif candidate.character:
                lost[i] += probability
            else:
                empty[i] += probability
    total = named.sum(axis=1) + empty + lost
    scale = np.maximum(total, 1.0)
    named, empty, lost = named / scale[:, None], empty / scale, lost / scale
    free = named[:, :LATIN_SIZE] == 0.0
    left = np.maximum(0.0, 1.0 - total / scale)
    shared = np.zeros_like(named)
    shared[:, :LATIN_SIZE] = free * (left / np.maximum(free.sum(axis=1), 1))[:, None]
    return Optics(named, empty, shared, lost)


def certain(text: str, confidence: float) -> tuple[tuple[CharacterCandidate, ...], ...]:
    """The lattice of a read that comes without one: positions as sure as one another, together as it is."""
    each = confidence ** (1.0 / max(len(text), 1))
    return tuple((CharacterCandidate(character, each),) for character in text)
