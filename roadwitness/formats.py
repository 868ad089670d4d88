"""Which plate formats a text fits, for a person who writes a policy or doubts a plate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from enforcement.grammars import Prior, fits_of
from enforcement.register import normalise

_MOST = 8
_LEAST = 0.001


def describe(plate: str, places: Mapping[str, float]) -> list[str]:
    """The likeliest formats of ``plate``, one a line as tab-separated probability, place and description.

    Without ``places`` every country is as likely.

    Raises:
        GrammarError: for a place without formats.
    """
    text = normalise(plate)
    fits = fits_of(text, Prior.of(places or None))
    shown = [fit for fit in fits[:_MOST] if fit.probability >= _LEAST]
    lines = [f"{text}\t{fit.probability:.3f}\t{fit.country}\t{fit.place}\t{fit.says}" for fit in shown]
    rest = sum(fit.probability for fit in fits[len(shown) :])
    if rest >= _LEAST:
        lines.append(f"{text}\t{rest:.3f}\t\t{len(fits) - len(shown)} other formats\t")
    none = max(0.0, 1.0 - sum(fit.probability for fit in fits))
    return [*lines, f"{text}\t{none:.3f}\t\tno known format\t"]


def places_of(words: Sequence[str]) -> dict[str, float]:
    """The places named as ``RO=0.9``; a place without a number counts as 1.

    Raises:
        ValueError: for a number that is none.
    """
    named = (word.partition("=") for word in words)
    return {place: float(part) if part else 1.0 for place, _, part in named}
