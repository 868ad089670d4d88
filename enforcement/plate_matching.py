"""Whether two readings are of one plate: a probability, weighed against every other plate it could be.

Two hypotheses stand against "the same plate":

- it is another vehicle that is known: one of the ``others``, as likely as its own reading agrees;
- it is one that nobody saw: any vehicle at all (``_UNSEEN`` of them, and each character of a plate tells no
  more than a digit would), or one whose plate differs from this one in a few places, ``near`` for each.

The readings are taken as independent, so that in each place their agreement is the sum over the characters of
the product of both probabilities. Only readings whose likeliest texts are the same are ever one plate: a
likelier text is never argued away.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from enforcement.grammars.lattice import certain
from enforcement.register import normalise
from streams.messages import PlateReading

#: Plates shorter than this are too common to tell vehicles apart.
LEAST_CHARACTERS = 5
#: How often, for each place of a plate, a vehicle passes meanwhile whose plate differs in that place.
NEAR = 0.005

#: Characters that are compared as they are, which nearly all are.
_NORMAL = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
_UNSEEN = 100.0
_TELLS = 10.0
_LEAST = 1e-12


@dataclass(frozen=True)
class PlateSlots:
    """A reading as it is compared: its likeliest text, and for each place the characters' probabilities.

    ``sure`` is the part of its confidence that the places do not show.
    """

    text: str
    slots: tuple[dict[str, float], ...]
    sure: float


def slots_of(reading: PlateReading | None) -> PlateSlots | None:
    """A reading as it is compared; None where too little was read to tell vehicles apart."""
    if reading is None:
        return None
    lattice = reading.lattice or certain(normalise(reading.text or ""), reading.confidence)
    places: list[dict[str, float]] = []
    text, shown, sure = "", 1.0, 1.0
    for candidates in lattice:
        if not candidates:
            return None
        weights: dict[str, float] = {}
        for each in candidates:
            character, probability = each.character, each.probability
            if character not in _NORMAL:
                character = normalise(character)
            weights[character] = weights.get(character, 0.0) + (probability if probability > 0.0 else 0.0)
        best = max(weights, key=weights.__getitem__)
        probability = weights[best]
        shown *= probability
        if best:
            text += best
            places.append(weights)
        else:
            # Most likely nothing stands here, and how likely that is counts for the whole.
            sure *= min(1.0, probability)
    if len(text) < LEAST_CHARACTERS or not shown > _LEAST or not reading.confidence >= 0.0:
        return None
    return PlateSlots(text, tuple(places), sure * min(1.0, reading.confidence / shown))


def match_probability(
    one: PlateSlots, other: PlateSlots, others: Iterable[PlateSlots] = (), *, near: float = NEAR
) -> float:
    """The probability that both are the same plate, ``others`` being all else that ``one`` could be."""
    if one.text != other.text:
        return 0.0
    same = _agreement(one, other)
    if same is None:
        return 0.0
    likelihood, almost = math.prod(_TELLS * each for each in same), 1.0
    for each in same:
        almost *= 1.0 + near * (1.0 - each) / each
    against = _UNSEEN + likelihood * (almost - 1.0)
    for third in others:
        agreement = _agreement(one, third)
        if agreement is not None:
            against += math.prod(_TELLS * each for each in agreement)
    return likelihood / (likelihood + against) * one.sure * other.sure


def _agreement(one: PlateSlots, other: PlateSlots) -> list[float] | None:
    """Place by place how probably both show the same character; None where they cannot be one plate."""
    ones, others = one.slots, other.slots
    if len(ones) != len(others) or ones[0].keys().isdisjoint(others[0]):  # most, of two vehicles
        return None
    shares = []
    for mine, its in zip(ones, others, strict=True):
        share = 0.0
        for character in mine:
            if character in its:
                share += mine[character] * its[character]
        if not share > _LEAST:
            return None
        shares.append(min(1.0, share))
    return shares
