"""The likeliest texts of a weighed lattice, best first.

A prefix search (Graves et al., 2006): the beginning of a text is bounded by the exact weight of all texts
that begin so, and the beginning with the largest bound is continued first. What comes out first is therefore
the likeliest, not merely likely.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np

from enforcement.grammars.alphabet import CHARACTERS
from enforcement.grammars.automata import DEAD, Automata, Indices, Reals
from enforcement.grammars.lattice import Optics

#: A lattice that says nothing has more texts than can be looked through; such a plate is unreadable anyway.
_MOST_PREFIXES = 500
#: Texts that are a thousand times less likely than the first are not worth naming.
_LEAST_PART = 1e-3


@dataclass(frozen=True, eq=False)
class _Prefix:
    """The beginning of texts.

    ``ways[i]``: that the first i positions show it, the last of them not empty. ``odds`` are the weights of
    the formats that can still fit, summed by the state that they are in.
    """

    text: str
    ways: Reals
    states: Indices
    odds: Reals

    def longer(self, column: int, taken: Reals, automata: Automata) -> _Prefix:
        """This beginning with one character more; ``taken[i]``: that position i shows it there."""
        after = automata.step[self.states, column]
        alive = after != DEAD
        states, odds = summed(after[alive], self.odds[alive])
        return _Prefix(self.text + CHARACTERS[column], np.append(0.0, taken), states, odds)


def summed(keys: Indices, values: Reals) -> tuple[Indices, Reals]:
    """The different ones of ``keys``, in order, and ``values`` summed by them; sums of 0 are left out."""
    sums = np.bincount(keys, values).astype(np.float64)
    different = np.flatnonzero(sums)
    return different, sums[different]


def likeliest(
    count: int, optics: Optics, automata: Automata, odds: Reals, formless: float, ahead: Reals
) -> list[str]:
    """The ``count`` likeliest texts, best first; fewer where others are far behind, or the lattice too vague.

    ``odds[a]`` is the weight of automaton a, ``formless`` that of no format, and ``ahead[i, s]`` the optics'
    probability that positions i.. lead from state s to an accepting one.
    """
    possible = np.flatnonzero(odds * ahead[0, automata.start] > 0.0)
    states, merged = summed(automata.start[possible], odds[possible])
    root = np.zeros(optics.positions + 1)
    root[0] = 1.0
    first = _Prefix("", root, states, merged)
    # tail[i]: that positions i.. show only what the reader named.
    named = optics.named.sum(axis=1) + optics.empty
    tail = np.append(np.cumprod(named[::-1])[::-1], 1.0)
    maybe_empty: list[int] = np.flatnonzero(optics.empty).tolist()
    found: list[str] = []
    # What may come next, by its largest possible weight: a text (column -1), or the texts that begin with
    # a prefix and the character of a column.
    heap: list[tuple[float, str, int, _Prefix, Reals]] = []
    least, left = 0.0, _MOST_PREFIXES

    def open_up(prefix: _Prefix) -> None:
        shown = prefix.ways.copy()
        for i in maybe_empty:
            shown[i + 1] += shown[i] * optics.empty[i]
        if prefix.text and shown[-1] > 0.0:
            value = shown[-1] * (formless + prefix.odds[automata.accepting[prefix.states]].sum())
            heapq.heappush(heap, (-value, prefix.text, -1, prefix, shown))
        here = np.flatnonzero(shown[:-1])
        taken = shown[here, None] * optics.named[here]
        columns = np.flatnonzero(taken.any(axis=0))
        taken = taken[:, columns]
        bounds = formless * (tail[here + 1] @ taken)
        after = automata.step[prefix.states[:, None], columns]
        for i, share in zip(here.tolist(), taken, strict=True):
            bounds += share * (prefix.odds @ ahead[i + 1][after])
        continued = np.zeros((optics.positions, len(columns)))
        continued[here] = taken
        for k, column in enumerate(columns):
            if bounds[k] > least:
                text = prefix.text + CHARACTERS[column]
                heapq.heappush(heap, (-bounds[k], text, int(column), prefix, continued[:, k]))

    open_up(first)
    while heap and len(found) < count and left > 0:
        bound, text, column, prefix, taken = heapq.heappop(heap)
        if column < 0:
            found.append(text)
            least = max(least, -bound * _LEAST_PART)
        elif -bound < least:
            break
        else:
            left -= 1
            open_up(prefix.longer(column, taken, automata))
    return found
