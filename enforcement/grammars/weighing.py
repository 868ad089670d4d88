"""Weighing a lattice by plate formats: P(text) is proportional to P(optics, text) times P(text on a plate).

The second factor is a mixture. A part (``Prior.formless``) of all plates is of no known format and leaves
the optics as they are; the others are of a format, whose plates are equally likely. Against the texts of no
format (any character anywhere) a format's texts are likelier by its ``surprise``: six digits are rare among
arbitrary texts. That factor is limited to ``MOST_SURPRISE``, so that a format can raise the odds of a text
that fits against one that does not by at most ``most_odds(prior)``, however exact the format and the prior
are: a probability that a reader states is never so well calibrated that a larger factor could be trusted.
Which format a text is of, once the text is given, does not hang on the reader: there the factor has no limit.

The sum over all texts is exact, by dynamic programming backwards over positions and states of the automata.
The likeliest texts are found best first, in the way of the prefix search of Graves et al. (2006), each prefix
bounded by the exact weight of all texts that begin so.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from enforcement.grammars.automata import Automata, Reals, shipped_automata
from enforcement.grammars.countries import grammar_version
from enforcement.grammars.explaining import explain
from enforcement.grammars.lattice import Lattice, Optics, optics_of
from enforcement.grammars.prior import Prior
from enforcement.grammars.search import likeliest, summed
from enforcement.grammars.weighed import Fit, Hypothesis, Weighed

MOST_SURPRISE = 11.0
_RUNNERS_UP = 3
_LONGEST = 16


def most_odds(prior: Prior) -> float:
    """The largest factor by which formats change the odds between two texts."""
    return 1.0 + (1.0 - prior.formless) / prior.formless * MOST_SURPRISE


def weigh(
    lattice: Lattice, prior: Prior | None = None, *, raw: str | None = None, runners_up: int = _RUNNERS_UP
) -> Weighed:
    """Weigh the texts that ``lattice`` allows.

    Args:
        lattice: per position the candidates with their probabilities, as ``PlateReading.lattice``.
        prior: where vehicles come from; without one, every country is as likely.
        raw: the text as it was read; without it, the best candidate of each position.
        runners_up: how many of the next likeliest texts to look for, which is most of the work.

    Raises:
        GrammarError: when the prior names a place without formats.
    """
    automata = shipped_automata()
    prior = prior or Prior.of()
    optics = optics_of(lattice[:_LONGEST])
    odds = odds_of_formats(automata, prior)
    ahead = ahead_of(optics, automata)
    whole = prior.formless + float(odds @ ahead[0, automata.start])
    best = likeliest(runners_up + 1, optics, automata, odds, prior.formless, ahead)
    read = raw if raw is not None else _best_path(lattice)
    hypotheses = [_hypothesis(text, optics, automata, odds, prior, whole) for text in best]
    own = next((each for each in hypotheses if each.text == read), None)
    own = own or _hypothesis(read, optics, automata, odds, prior, whole)
    # The read wins a tie, so that nothing is changed without a reason.
    if not hypotheses or own.probability >= hypotheses[0].probability:
        hypotheses = [own, *(h for h in hypotheses if h.text != read)]
    answer, *others = hypotheses
    best_fit = answer.fit
    country = best_fit.country if best_fit else None
    return Weighed(
        raw=read,
        raw_probability=own.probability,
        normalised=answer.text,
        probability=answer.probability,
        optics=answer.optics,
        country=country,
        country_probability=sum(fit.probability for fit in answer.fits if fit.country == country),
        region=(best_fit.region or None) if best_fit else None,
        format=best_fit.format if best_fit else None,
        format_probability=best_fit.probability if best_fit else 0.0,
        runners_up=tuple(others[:runners_up]),
        why=explain(own, answer, others[:1]),
        version=shipped_version(),
    )


def fits_of(text: str, prior: Prior | None = None) -> tuple[Fit, ...]:
    """The formats that ``text`` fits, likeliest first; a format of several shapes that fit comes once."""
    prior = prior or Prior.of()
    automata = shipped_automata()
    return _fits(automata.accepting_owners(text).tobytes(), automata, prior)


@lru_cache(maxsize=1)
def shipped_version() -> str:
    """The version of the formats that :func:`weigh` uses."""
    return grammar_version()


@lru_cache(maxsize=64)
def odds_of_formats(automata: Automata, prior: Prior, limit: float = MOST_SURPRISE) -> Reals:
    """By automaton: its prior probability times how much likelier its texts are than those of no format.

    ``limit`` is the most that the second factor counts for.
    """
    formats = prior.format_weights(automata)
    return np.asarray(formats[automata.owner] * automata.share * np.minimum(automata.surprise, limit))


def ahead_of(optics: Optics, automata: Automata) -> Reals:
    """``ahead[i, s]``: the optics' probability that positions i.. lead from state s to an accepting one."""
    ahead = np.zeros((optics.positions + 1, automata.states))
    ahead[-1] = automata.accepting
    shown = automata.masks @ optics.whole.T
    least, longest = 0, len(automata.since) - 2
    for i in range(optics.positions - 1, -1, -1):
        # Only steps count that leave as many characters as the positions after this one can show.
        most = min(optics.positions - i, longest)
        used = slice(*automata.since[[min(least, longest) + 1, most + 1]])
        taken = shown[automata.shows[used], i] * ahead[i + 1, automata.target[used]]
        steps = np.bincount(automata.source[used], taken, minlength=automata.states)
        ahead[i] = optics.empty[i] * ahead[i + 1] + steps if optics.empty[i] else steps
        least += not optics.empty[i]
    return ahead


def _best_path(lattice: Lattice) -> str:
    best = [max(slot, key=lambda c: c.probability).character for slot in lattice if slot]
    return "".join(best)


def _hypothesis(
    text: str, optics: Optics, automata: Automata, odds: Reals, prior: Prior, whole: float
) -> Hypothesis:
    seen = optics.probability_of(text)
    accepted = automata.accepting_owners(text)
    weight = prior.formless + float(odds[accepted].sum())
    fits = _fits(accepted.tobytes(), automata, prior)
    return Hypothesis(text, seen, min(1.0, seen * weight / whole), fits)


@lru_cache(maxsize=4096)
def _fits(accepting: bytes, automata: Automata, prior: Prior) -> tuple[Fit, ...]:
    """The formats of the automata ``accepting`` (an array of indices, as bytes): many texts share them."""
    accepted = np.frombuffer(accepting, dtype=np.intp)
    weights = odds_of_formats(automata, prior, limit=np.inf)[accepted]
    whole = prior.formless + float(weights.sum())
    found = []
    for owner, weight in zip(*summed(automata.owner[accepted], weights), strict=True):
        country, one = automata.formats[owner]
        share = min(1.0, float(weight) / whole)
        found.append(Fit(country.code, one.region, one.id, automata.places[owner], one.says, share))
    return tuple(sorted(found, key=lambda fit: (-fit.probability, fit.country, fit.region, fit.format)))
