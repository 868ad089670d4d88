"""From a recogniser's posteriors to slots: best-path decoding that keeps the alternatives.

Connectionist temporal classification (Graves et al., 2006): per step a distribution over glyphs and a blank;
equal neighbours are one glyph. Best-path decoding takes each step's winner; here each run of steps becomes
one slot that also holds what else was likely there.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from detectors.reading import LATIN, PROVINCES, UNKNOWN, UNKNOWN_HAN, CharacterReading, normalised, reading_of
from streams.messages import CharacterCandidate

_SHOWN = 0.02
_MAYBE = 0.15
_BLANK = 0


class Alphabet:
    """Which of a model's classes are the same plate character.

    ``glyphs`` are the model's classes, index 0 the blank. Lower and upper case are one character; separators
    count as nothing; every other glyph counts as unknown, so that its probability is not given to a letter.
    """

    def __init__(self, glyphs: Sequence[str]) -> None:
        self.glyphs = tuple(glyphs)
        self.characters = ("", UNKNOWN, UNKNOWN_HAN, *sorted(LATIN), *sorted(PROVINCES))
        place = {character: i for i, character in enumerate(self.characters)}
        self._group = np.array([place[self._character(i, glyph)] for i, glyph in enumerate(glyphs)])
        self._order = np.argsort(self._group, kind="stable")
        self._starts = np.flatnonzero(np.diff(self._group[self._order], prepend=-1))
        self._present = self._group[self._order][self._starts]

    @staticmethod
    def _character(index: int, glyph: str) -> str:
        if index == _BLANK or not glyph.isalnum():
            return ""
        return normalised(glyph) or (UNKNOWN_HAN if "一" <= glyph <= "鿿" else UNKNOWN)

    def merge(self, posteriors: NDArray[np.float32]) -> NDArray[np.float64]:
        """Posteriors over glyphs (steps, glyphs) summed to ones over characters (steps, characters)."""
        summed = np.add.reduceat(posteriors[:, self._order], self._starts, axis=1)
        merged = np.zeros((len(posteriors), len(self.characters)))
        merged[:, self._present] = summed
        return merged

    def decode(self, posteriors: NDArray[np.float32]) -> CharacterReading:
        """The reading in one line's posteriors, shape (steps, glyphs)."""
        winners = posteriors.argmax(axis=1)
        starts = np.flatnonzero(np.diff(winners, prepend=-1))
        raw = "".join(self.glyphs[winners[s]] for s in starts if winners[s] != _BLANK)
        merged = self.merge(posteriors)
        slots = []
        for start, end in zip(starts, [*starts[1:], len(winners)], strict=True):
            run = merged[start:end]
            if winners[start] == _BLANK:
                # A run of blanks hides a character where one nearly won against the blank.
                peak = int(run[:, 1:].max(axis=1).argmax())
                if run[peak, 1:].max() >= _MAYBE and not self._leaks(merged, int(start) + peak):
                    slots.append(self._slot(run[peak]))
            else:
                slots.append(self._slot(run[int(posteriors[start:end, winners[start]].argmax())]))
        return reading_of(raw, [slot for slot in slots if slot[0].character or len(slot) > 1])

    @staticmethod
    def _leaks(merged: NDArray[np.float64], step: int) -> bool:
        """Whether the likeliest character at a blank step is only the foot of its neighbour's peak."""
        character = 1 + int(merged[step, 1:].argmax())
        around = merged[max(step - 1, 0) : step + 2, character]
        return bool(around.max() > merged[step, character])

    def _slot(self, probabilities: NDArray[np.float64]) -> tuple[CharacterCandidate, ...]:
        order = np.argsort(-probabilities, kind="stable")
        shown = [i for i in order if probabilities[i] >= _SHOWN][:6]
        return tuple(CharacterCandidate(self.characters[i], float(min(probabilities[i], 1.0))) for i in shown)
