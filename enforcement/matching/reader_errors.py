"""How a reader errs beyond what it says: places misread, seen twice or overlooked, and as what."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from enforcement.grammars.alphabet import CHARACTERS, COLUMN, LATIN_SIZE


@dataclass(frozen=True, eq=False)
class ReaderErrors:
    """How often a place of a combined reading is wrong although it looks sure.

    ``confused[seen, true]`` is the part of the places that show ``seen`` and are truly ``true``; ``misread``
    the part that are truly any other Latin character. ``doubled`` places show a character that is not there,
    and in ``overlooked`` of the gaps stands one that was not seen.
    """

    misread: float = 1e-3
    doubled: float = 2e-4
    overlooked: float = 2e-4
    confused: Mapping[tuple[str, str], float] = field(default_factory=dict)

    @cached_property
    def truly(self) -> NDArray[np.float64]:
        """``truly[seen, true]``: the part of the places that show ``seen`` and are truly ``true``.

        Shape (characters, characters), 0 on the diagonal.
        """
        chances = np.zeros((len(CHARACTERS), len(CHARACTERS)))
        chances[:, :LATIN_SIZE] = self.misread / (LATIN_SIZE - 1)
        for (seen, true), chance in self.confused.items():
            chances[COLUMN[seen], COLUMN[true]] += chance
        np.fill_diagonal(chances, 0.0)
        return chances


@cache
def errors_of(reader: str = "") -> ReaderErrors:
    """The errors of a reader as a passage names it, such as ``rapidocr 3.4``; by its first word.

    They were counted by benchmarks/register_errors.py. Of a reader that is not known the worst of all hold.
    """
    known = {
        Path(file.name).stem: file for file in files("enforcement.matching").joinpath("readers").iterdir()
    }
    content = tomllib.loads(known.get(reader.partition(" ")[0], known["any"]).read_text(encoding="utf-8"))
    confused = {(one["seen"], one["true"]): float(one["part"]) for one in content["confused"]}
    return ReaderErrors(content["misread"], content["doubled"], content["overlooked"], confused)
