"""Which kept exemptions concern a vehicle: a list by plate that a lattice can be held against."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from enforcement.exemptions.exemption import KeptExemption
from enforcement.grammars.alphabet import COLUMN
from enforcement.grammars.lattice import Optics
from enforcement.hours import clock_doubt_ns
from enforcement.policy import nanoseconds
from streams.messages import Passage


@dataclass(frozen=True)
class _OfOneLength:
    """Plates of one length as columns of the alphabet, shape (plates, length)."""

    plates: Sequence[str]
    columns: NDArray[np.intp]


class ExemptionList:
    """Kept exemptions, ready to be asked. Never changed: a newer list takes its place."""

    def __init__(self, exemptions: Iterable[KeptExemption] = ()) -> None:
        self._of_plate: dict[str, list[KeptExemption]] = {}
        for exemption in exemptions:
            for plate in exemption.plates:
                self._of_plate.setdefault(plate, []).append(exemption)
        self._lengths = list(_by_length(self._of_plate))

    def __len__(self) -> int:
        return len(self._of_plate)

    def that_concern(self, offence: str, passage: Passage, plate: str) -> Iterator[KeptExemption]:
        """Those of exactly this plate for this offence, at this camera, at the time of the passage.

        Where the clock leaves it open whether one was valid already, or still, it was.
        """
        doubt_ns = clock_doubt_ns(passage)
        first_ns, last_ns = passage.started_at_ns - doubt_ns, passage.ended_at_ns + doubt_ns
        for exemption in self._of_plate.get(plate, ()):
            if exemption.offences and offence not in exemption.offences:
                continue
            if exemption.cameras and passage.camera_id not in exemption.cameras:
                continue
            if nanoseconds(exemption.valid_from) <= last_ns and first_ns < nanoseconds(exemption.valid_until):
                yield exemption

    def possible(self, seen: Optics, least: float) -> list[str]:
        """The plates of the list that the optics give at least the probability ``least``."""
        return [plate for group in self._lengths for plate in _possible(group, seen, least)]


def _by_length(plates: Iterable[str]) -> Iterator[_OfOneLength]:
    lengths: dict[int, list[str]] = {}
    for plate in plates:
        if all(character in COLUMN for character in plate):
            lengths.setdefault(len(plate), []).append(plate)
    for same in lengths.values():
        yield _OfOneLength(same, np.array([[COLUMN[character] for character in plate] for plate in same]))


def _possible(group: _OfOneLength, seen: Optics, least: float) -> list[str]:
    """As :meth:`Optics.probability_of`, for all plates of one length at once."""
    count, length = group.columns.shape
    # ways[:, k]: the positions so far show the first k characters.
    ways = np.zeros((count, length + 1))
    ways[:, 0] = 1.0
    for shows, empty in zip(seen.named, seen.empty.tolist(), strict=True):
        forward = ways[:, :-1] * shows[group.columns]
        ways *= empty
        ways[:, 1:] += forward
    return [group.plates[number] for number in np.flatnonzero(ways[:, -1] >= least).tolist()]
