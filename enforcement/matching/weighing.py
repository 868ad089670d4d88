"""The posterior of each registered vehicle that a reading may be of, and of none of them.

Every vehicle that passes is one of

- the register's, each as likely as any other before anything is seen,
- those of the register's own countries that it does not have (``unregistered``),
- those of other countries (``foreign``).

The plates of the last two are spread over the formats of their countries, and some over no format at all, as
in :mod:`enforcement.grammars.weighing`; their likelihoods are summed exactly over all texts, with the errors
of the reader in them. A registered vehicle counts with the likelihood of its plate and with its appearance.
What the register may have beyond the plates that were looked up is estimated as if its plates were spread
like all others of its countries, so that a vague reading never makes the first that was found look certain.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from enforcement.grammars import Prior
from enforcement.grammars.automata import Automata, Reals, rarity, shipped_automata
from enforcement.grammars.weighing import ahead_of, odds_of_formats
from enforcement.law.matching import Matching
from enforcement.matching.channel import Channel

_LITTLE = 0.01


@dataclass(frozen=True)
class Posteriors:
    """Probabilities that sum to one: of each plate that was found, and of what is none of them.

    ``unregistered`` is the register's own country without it, ``foreign`` another country, ``overlooked``
    another vehicle of the register that was not looked up.
    """

    plates: Mapping[str, float]
    unregistered: float
    foreign: float
    overlooked: float

    @property
    def none_of_these(self) -> float:
        """It is none of the plates that were found."""
        return self.unregistered + self.foreign + self.overlooked


class Found(NamedTuple):
    """A registered plate: its likelihood, and by how much its vehicle's appearance changes the odds."""

    likelihood: float
    appearance: float


def weigh_candidates(
    channel: Channel, found: Mapping[str, Found], size: int, law: Matching, prior: Prior
) -> Posteriors:
    """The posteriors of the plates ``found`` in a register of ``size`` vehicles.

    Args:
        channel: the reading.
        found: the register's plates that it may be.
        size: how many vehicles the register holds.
        law: the shares of vehicles that it cannot hold.
        prior: where vehicles come from, within the register's countries and without.
    """
    automata = shipped_automata()
    home, abroad = _odds(automata, prior, law.countries)
    foreign_share = law.foreign if law.countries else 0.0
    here = 1.0 - foreign_share
    registered = here * (1.0 - law.unregistered)
    ends = ahead_of(channel.places, automata)[0, automata.start]
    formless = prior.formless * channel.whole
    at_home, elsewhere = float(home @ ends) + formless, float(abroad @ ends) + formless

    plates: dict[str, float] = {}
    taken = 0.0
    likeliest = max((one.likelihood for one in found.values()), default=0.0)
    for plate, (likelihood, appearance) in found.items():
        plates[plate] = registered / max(size, 1) * rarity(plate) * likelihood * appearance
        # What is in the register is not beside it; what hardly counts need not be looked at.
        if likelihood > _LITTLE * likeliest:
            taken += likelihood * (prior.formless + float(home[automata.accepting_owners(plate)].sum()))
    beside = max(0.0, at_home - taken)
    unregistered = here * law.unregistered * beside
    foreign = foreign_share * elsewhere
    overlooked = registered * (1.0 - channel.looked_at) * beside if size else 0.0
    whole = sum(plates.values()) + unregistered + foreign + overlooked
    if not whole > 0.0:
        return Posteriors({}, 1.0, 0.0, 0.0)
    return Posteriors(
        {plate: weight / whole for plate, weight in plates.items()},
        unregistered / whole,
        foreign / whole,
        overlooked / whole,
    )


@lru_cache(maxsize=64)
def _odds(automata: Automata, prior: Prior, countries: tuple[str, ...]) -> tuple[Reals, Reals]:
    """By automaton: how much likelier than texts of no format its texts are at home, and abroad."""
    odds = odds_of_formats(automata, prior, limit=np.inf)
    if not countries:
        return odds, np.zeros_like(odds)
    codes = np.array([country.code for country, _ in automata.formats])
    is_home = np.isin(codes, countries)[automata.owner]
    weights = prior.format_weights(automata)[automata.owner] * automata.share
    return _within(odds, weights, is_home, prior, countries), _within(
        odds, weights, ~is_home, prior, ("any",)
    )


def _within(
    odds: Reals, weights: Reals, chosen: NDArray[np.bool_], prior: Prior, otherwise: tuple[str, ...]
) -> Reals:
    """``odds`` of what is ``chosen``, scaled to a whole; as ``otherwise`` where the prior has none of it."""
    if not chosen.any():  # the register holds every country, and nothing is abroad
        return np.zeros_like(odds)
    share = float(weights[chosen].sum())
    if share > 0.0:
        return np.asarray(odds * chosen * (1.0 - prior.formless) / share)
    automata = shipped_automata()
    other = Prior.of(dict.fromkeys(otherwise, 1.0), prior.formless)
    weights = other.format_weights(automata)[automata.owner] * automata.share
    odds = odds_of_formats(automata, other, limit=np.inf)
    return np.asarray(odds * chosen * (1.0 - prior.formless) / float(weights[chosen].sum()))
