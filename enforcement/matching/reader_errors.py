"""How the reader errs beyond what it says: places misread, seen twice or overlooked, and as what."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray

from enforcement.grammars.alphabet import CHARACTERS, COLUMN, LATIN_SIZE


@dataclass(frozen=True, eq=False)
class ReaderErrors:
    """How often a place of a combined reading is wrong although it looks sure.

    ``misread`` is a place that shows another character than it has, ``doubled`` one that shows a character
    which is not there, ``overlooked`` a gap in which a character was not seen. ``alike`` are groups of
    characters that are taken for one another; ``among_alike`` of what is misread stays within a group, the
    rest may be any Latin character.
    """

    misread: float = 2e-3
    doubled: float = 5e-4
    overlooked: float = 5e-4
    alike: tuple[str, ...] = (
        "0ODQ",
        "1IL",
        "8B3",
        "5S6",
        "2Z7",
        "VYU",
        "MNW",
        "CG6",
        "EF",
        "PR",
        "4A",
        "KX",
        "HN",
    )
    among_alike: float = 0.7

    @cached_property
    def truly(self) -> NDArray[np.float64]:
        """``truly[seen, true]``: what is misread as ``seen`` is truly ``true``, shape (characters,) * 2."""
        near = np.zeros((len(CHARACTERS), len(CHARACTERS)))
        for group in self.alike:
            places = [COLUMN[character] for character in group]
            near[np.ix_(places, places)] = 1.0
        far = np.zeros_like(near)
        far[:LATIN_SIZE, :LATIN_SIZE] = 1.0
        np.fill_diagonal(near, 0.0)
        np.fill_diagonal(far, 0.0)
        rows = near.sum(axis=1, keepdims=True)
        near = np.divide(near, rows, out=np.zeros_like(near), where=rows > 0.0)
        spread = far.sum(axis=1, keepdims=True)
        far = np.divide(far, spread, out=np.zeros_like(far), where=spread > 0.0)
        part = np.where(rows > 0.0, self.among_alike, 0.0)
        return np.asarray(part * near + (1.0 - part) * far)


@cache
def shipped_errors() -> ReaderErrors:
    """The errors of the readers that Roadwitness comes with, as benchmarks/register.py measures them."""
    return ReaderErrors()
