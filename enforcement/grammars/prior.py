"""Where the vehicles of a site come from, before a plate is seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np

from enforcement.errors import GrammarError
from enforcement.grammars.automata import Automata, Reals

#: The key that stands for every country, each as likely as any other.
ANY = "any"


@dataclass(frozen=True)
class Prior:
    """Probabilities by country ('RO'), region ('US-CA') or 'any'; they sum to one.

    ``formless`` is the part of all vehicles whose plates are of no known format: vanity, old, diplomatic and
    foreign plates, and what the data files lack. It is never zero, so that no correct read is impossible.
    """

    places: tuple[tuple[str, float], ...]
    formless: float

    @classmethod
    def of(cls, places: Mapping[str, float] | None = None, formless: float = 0.1) -> Prior:
        """A prior from numbers that are scaled to sum to one; without any, every country is as likely.

        Raises:
            GrammarError: for a negative number, numbers that are all zero, or ``formless`` out of (0, 1).
        """
        given = dict(places) if places else {ANY: 1.0}
        if not 0.0 < formless < 1.0:
            raise GrammarError(f"formless is {formless:g}; write a number between 0 and 1, without them.")
        if not all(0.0 <= value < float("inf") for value in given.values()) or not sum(given.values()) > 0.0:
            raise GrammarError("the countries' probabilities must be 0 or more, and not all 0.")
        whole = sum(given.values())
        return cls(tuple(sorted((place, value / whole) for place, value in given.items())), formless)

    def format_weights(self, automata: Automata) -> Reals:
        """The probability of each of ``automata.formats``, shape (formats,); they sum to 1 - ``formless``.

        Raises:
            GrammarError: for a place without formats.
        """
        whole = _places(automata)
        weights = np.zeros(len(automata.formats))
        for place, value in self.places:
            if place not in whole:
                known = ", ".join(sorted(code for code in whole if "-" not in code))
                raise GrammarError(f"no plate formats are known for '{place}'; known are {known}.")
            weights += value * whole[place]
        return np.asarray(weights * (1.0 - self.formless))


@cache
def _places(automata: Automata) -> dict[str, Reals]:
    """By country, by region and for ``ANY``: how its plates are spread over the formats, summing to one."""
    countries = {country.code: country for country, _ in automata.formats}
    shares = np.concatenate([country.shares() for country in countries.values()])
    members: dict[str, list[int]] = {}
    for index, (country, one) in enumerate(automata.formats):
        members.setdefault(country.code, []).append(index)
        if one.region:
            members.setdefault(f"{country.code}-{one.region}", []).append(index)
    spread = {}
    for place, indices in members.items():
        spread[place] = np.zeros(len(shares))
        spread[place][indices] = shares[indices] / shares[indices].sum()
    spread[ANY] = np.mean([spread[code] for code in countries], axis=0)
    return spread
