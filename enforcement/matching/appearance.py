"""What a vehicle looks like, against what the register says of it: a factor on the odds of a candidate.

A factor is how much more often a vehicle registered so is seen like this than any vehicle is. What is not
known, or written in words that are not known here, has a factor of one.
"""

from __future__ import annotations

from dataclasses import dataclass

from enforcement.register import Keeper

#: Of all vehicles that pass, so many are seen as each class.
_CLASSES = {"car": 0.80, "truck": 0.12, "motorcycle": 0.04, "bus": 0.03, "bicycle": 0.01}
#: Classes that eyes and registers do not draw the line between at the same place: a van, a minibus, a moped.
_ALIKE = {frozenset({"car", "truck"}), frozenset({"truck", "bus"}), frozenset({"motorcycle", "bicycle"})}
_SEEN_RIGHT, _SEEN_ALIKE = 0.9, 0.08
#: How often another colour or make is seen than is registered, and how common the usual one is.
_COLOUR_WRONG, _COLOUR_SHARE = 0.25, 0.2
_MAKE_WRONG, _MAKE_SHARE = 0.2, 0.1
#: However sure the eye is, it rules nothing out.
_LEAST, _LARGEST = 0.02, 20.0


@dataclass(frozen=True)
class Seen:
    """What was seen of a vehicle beside its plate, each with how sure that is; empty where nothing was."""

    vehicle: str = ""
    vehicle_confidence: float = 0.0
    colour: str = ""
    colour_confidence: float = 0.0
    make: str = ""
    make_confidence: float = 0.0


def odds_of(seen: Seen, keeper: Keeper) -> float:
    """The factor by which appearance changes the odds that it is the vehicle of ``keeper``."""
    factor = _weakened(_class_factor(seen.vehicle, keeper.vehicle_class), seen.vehicle_confidence)
    factor *= _weakened(
        _word_factor(seen.colour, keeper.colour, _COLOUR_WRONG, _COLOUR_SHARE), seen.colour_confidence
    )
    factor *= _weakened(_word_factor(seen.make, keeper.make, _MAKE_WRONG, _MAKE_SHARE), seen.make_confidence)
    return min(max(factor, _LEAST), _LARGEST)


def differences(seen: Seen, keeper: Keeper) -> list[str]:
    """What the register says otherwise than it was seen, in words."""
    pairs = (
        ("a", seen.vehicle, keeper.vehicle_class, keeper.vehicle_class in _CLASSES),
        ("", seen.colour, keeper.colour, True),
        ("a", seen.make, keeper.make, True),
    )
    return [
        f"registered as {article} {said}, seen as {article} {eyed}".replace("  ", " ")
        for article, eyed, said, is_known in pairs
        if eyed and said and is_known and not _same(eyed, said)
    ]


def _class_factor(seen: str, registered: str) -> float:
    if seen not in _CLASSES or registered not in _CLASSES:
        return 1.0
    if seen == registered:
        chance = _SEEN_RIGHT
    elif frozenset({seen, registered}) in _ALIKE:
        chance = _SEEN_ALIKE
    else:
        chance = (1.0 - _SEEN_RIGHT - _SEEN_ALIKE) / (len(_CLASSES) - 2)
    return chance / _CLASSES[seen]


def _word_factor(seen: str, registered: str, wrong: float, share: float) -> float:
    if not seen or not registered:
        return 1.0
    return (1.0 - wrong) / share if _same(seen, registered) else wrong / (1.0 - share)


def _same(one: str, other: str) -> bool:
    return one.casefold().strip() == other.casefold().strip()


def _weakened(factor: float, confidence: float) -> float:
    sure = min(max(confidence, 0.0), 1.0)
    return 1.0 - sure + sure * factor
