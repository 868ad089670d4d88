"""The imported register: the table ``keepers``, and a memory of which plates it has.

That a plate may be one of hundreds is asked of the memory, and only what it knows is read from the table.
The memory holds ten to twelve bytes a plate, no keeper, and is made anew after each import.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from enforcement.matching.texts import PLATE_BYTES, neighbours_of, plates_of
from enforcement.register import Keeper, match_many
from enforcement.store import Store

_LOOK_S = 2.0  # how soon an import is noticed
_RENEW_S = 3600.0
_WITH_NEIGHBOURS = 2
_MIX = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F], dtype=np.uint64)
_TO_BYTE, _BIT = np.uint64(3), np.uint64(7)  # a shift to which byte of the marks; a mask to which bit in it

_Prints = NDArray[np.uint64]


class ImportedRegister:
    """The register in the store."""

    def __init__(self, store: Store, *, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._clock_s = clock_s
        self._prints: _Prints = np.zeros(0, dtype=np.uint64)
        self._marks, self._shift = _marks_of(self._prints)
        self._import_id = ""
        self._looked_s = self._renewed_s = -_RENEW_S

    def size(self) -> int:
        """How many plates it holds."""
        self._keep_up()
        return len(self._prints)

    def worth_asking(self, likely: Sequence[str]) -> list[str]:
        """Those of ``likely`` and of the neighbours of the first two that the register has."""
        self._keep_up()
        if not likely or not len(self._prints):
            return []
        texts = list(likely)
        near = np.concatenate([plates_of(texts), *map(neighbours_of, texts[:_WITH_NEIGHBOURS])])
        prints = _prints_of(near)
        # Nearly all are unknown, which one look says; only the others are looked for.
        marks = prints >> self._shift
        maybe = np.flatnonzero(self._marks[marks >> _TO_BYTE] >> (marks & _BIT).astype(np.uint8) & 1)
        places = np.searchsorted(self._prints, prints[maybe])
        known = self._prints[np.minimum(places, len(self._prints) - 1)] == prints[maybe]
        plates = near[maybe[known]].tolist()
        return list(dict.fromkeys(plate.decode(errors="ignore") for plate in plates))

    def find(self, plates: Sequence[str], cases: Sequence[str]) -> dict[str, Keeper]:
        """Their keepers, in one query."""
        return match_many(self._store, list(plates))

    def _keep_up(self) -> None:
        now_s = self._clock_s()
        if now_s < self._looked_s + _LOOK_S and len(self._prints):
            return
        self._looked_s = now_s
        rows = self._store.query("SELECT toString(import_id) FROM register_imports ORDER BY at DESC LIMIT 1")
        newest = rows[0][0] if rows else ""
        if newest == self._import_id and now_s < self._renewed_s + _RENEW_S and len(self._prints):
            return
        content = self._store.answer(
            f"SELECT toFixedString(substring(plate, 1, {PLATE_BYTES}), {PLATE_BYTES}) FROM keepers",
            "RowBinary",
        )
        self._prints = np.unique(_prints_of(np.frombuffer(content, dtype=f"S{PLATE_BYTES}")))
        self._marks, self._shift = _marks_of(self._prints)
        self._import_id, self._renewed_s = newest, now_s


def _marks_of(prints: _Prints) -> tuple[NDArray[np.uint8], np.uint64]:
    """A bit for each of at least sixteen places a plate, set where a plate's number begins like that.

    Returns:
        The bits, and by how much a number is shifted to be a place among them.
    """
    size = max(8, (16 * len(prints) - 1).bit_length())
    places = prints >> np.uint64(64 - size)
    marks = np.zeros(2 ** (size - 3), dtype=np.uint8)
    np.bitwise_or.at(marks, places >> _TO_BYTE, (1 << (places & _BIT)).astype(np.uint8))
    return marks, np.uint64(64 - size)


def _prints_of(plates: NDArray[np.bytes_]) -> _Prints:
    """A number for each plate; two plates share one no more often than chance has it."""
    words = np.ascontiguousarray(plates).view(np.uint64).reshape(-1, 2)
    mixed = words * _MIX
    mixed ^= mixed >> np.uint64(29)
    return np.asarray(mixed[:, 0] * _MIX[1] + mixed[:, 1] * _MIX[0])
