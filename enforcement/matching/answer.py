"""What matching answers: the candidates side by side, and whether one of them is certain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import msgspec

from enforcement.register import Keeper

#: ``certain``: one candidate is the vehicle. ``ambiguous``: an officer has to choose. ``none``: the register
#: has no such vehicle, or nothing could be asked. ``foreign``: it is one of another country.
Match = Literal["certain", "ambiguous", "none", "foreign"]


class Candidate(msgspec.Struct, frozen=True):
    """A registered vehicle that it may be, with its probability and what speaks for and against it."""

    plate: str
    posterior: float
    why: str
    keeper: Keeper


@dataclass(frozen=True)
class Matched:
    """The answer for one reading.

    ``candidates`` are those worth showing, likeliest first. ``none_of_these`` is the probability that it is
    none of them; what is missing to one was too unlikely to be shown. ``foreign`` is the part of it that
    falls to vehicles of other countries. ``why`` is a sentence for the officer.
    """

    match: Match
    candidates: tuple[Candidate, ...] = ()
    none_of_these: float = 1.0
    foreign: float = 0.0
    why: str = ""

    @property
    def keeper(self) -> Keeper | None:
        """The keeper of the vehicle, where the match is certain."""
        return self.candidates[0].keeper if self.match == "certain" else None

    def chosen(self, plate: str | None) -> Keeper | None:
        """The keeper of the candidate that an officer chose; None where it is none of them."""
        return next((each.keeper for each in self.candidates if each.plate == plate), None)
