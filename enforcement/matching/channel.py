"""A lattice with the reader's errors in it: how likely what was read is for any plate whatever.

A lattice says how sure the reader is of what it saw. That it saw wrongly without knowing is added here: each
place may be misread or show what is not there, and between two places something may have been overlooked. So
there is a place for each place of the lattice, and one, nearly always empty, in each gap.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from enforcement.grammars.alphabet import LATIN_SIZE
from enforcement.grammars.lattice import Lattice, Optics, optics_of
from enforcement.matching.reader_errors import ReaderErrors

#: Longer lattices than any plate are cut off.
_LONGEST = 12


@dataclass(frozen=True, eq=False)
class Channel:
    """``seen`` is the lattice as the reader gave it, ``places`` the same with the reader's errors."""

    seen: Optics
    places: Optics

    def likelihood(self, plate: str) -> float:
        """How likely this reading is for ``plate``, against other plates as long."""
        return self.places.probability_of(plate)

    @property
    def whole(self) -> float:
        """The likelihoods of all texts together, at most one."""
        places = self.places
        return float(np.prod(places.named.sum(axis=1) + places.empty))

    @property
    def looked_at(self) -> float:
        """The part of :attr:`whole` on texts one error at most from what is likeliest at each place."""
        places = self.places
        best = np.maximum(places.named.max(axis=1), places.empty)
        one_off = np.prod(best) * (1.0 + np.sum((1.0 - best) / np.maximum(best, 1e-9)))
        return float(min(1.0, one_off / max(self.whole, 1e-12)))


def channel_of(lattice: Lattice, errors: ReaderErrors, *, overlooked: float = 0.0) -> Channel:
    """``lattice`` with the reader's ``errors``; ``overlooked`` is more doubt that a character was missed."""
    seen = optics_of(lattice[:_LONGEST])
    count = seen.positions
    shown = seen.whole
    named = np.zeros((2 * count + 1, shown.shape[1]))
    empty = np.zeros(2 * count + 1)
    kept = 1.0 - errors.doubled - errors.truly.sum(axis=1)
    named[1::2] = shown * kept + shown @ errors.truly
    empty[1::2] = (1.0 - errors.doubled) * seen.empty + errors.doubled * (1.0 - seen.lost)
    missed = min(0.5, errors.overlooked + overlooked / (count + 1))
    named[::2, :LATIN_SIZE] = missed / LATIN_SIZE
    empty[::2] = 1.0 - missed
    nothing = np.zeros_like(empty)
    return Channel(seen, Optics(named, empty, np.zeros_like(named), nothing))
