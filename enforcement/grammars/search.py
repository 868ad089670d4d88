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
    the formats that can still fit, each with the state that it is in.
    """

    text: str
    ways: list[float]
    states: Indices
    odds: Reals

    def longer(self, text: str, ways: list[float], states: Indices) -> _Prefix:
        """This beginning with one character more, which leads to ``states``."""
        alive = states != DEAD
        return _Prefix(text, ways, states[alive], self.odds[alive])


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
    positions = range(optics.positions)
    empty: list[float] = optics.empty.tolist()
    named: list[list[tuple[int, float]]] = [[] for _ in positions]
    where, columns = np.nonzero(optics.named)
    shown_there = optics.named[where, columns].tolist()
    for i, column, probability in zip(where.tolist(), columns.tolist(), shown_there, strict=True):
        named[i].append((column, probability))
    # tail[i]: that positions i.. show only what the reader named.
    shares = optics.named.sum(axis=1) + optics.empty
    tail: list[float] = np.append(np.cumprod(shares[::-1])[::-1], 1.0).tolist()
    found: list[str] = []
    # What may come next, by its largest possible weight: a text (column -1), or the texts that begin with
    # a prefix and the character of a column, with that beginning's ways and states.
    heap: list[tuple[float, str, int, _Prefix, list[float], Indices]] = []
    least, left = 0.0, _MOST_PREFIXES

    def open_up(prefix: _Prefix) -> None:
        shown = prefix.ways.copy()
        for i in positions:
            shown[i + 1] += shown[i] * empty[i]
        if prefix.text and shown[-1] > 0.0:
            value = shown[-1] * (formless + float(prefix.odds[automata.accepting[prefix.states]].sum()))
            heapq.heappush(heap, (-value, prefix.text, -1, prefix, prefix.ways, prefix.states))
        taken: dict[int, list[tuple[int, float]]] = {}
        for i in positions:
            for column, probability in named[i] if shown[i] else ():
                taken.setdefault(column, []).append((i, shown[i] * probability))
        after = automata.step[prefix.states[:, None], list(taken)]
        fitting = {i: (prefix.odds @ ahead[i + 1][after]).tolist() for i in positions if shown[i]}
        for k, (column, ways) in enumerate(taken.items()):
            bound = sum(share * (formless * tail[i + 1] + fitting[i][k]) for i, share in ways)
            if bound > least:
                longer = [0.0] * len(shown)
                for i, share in ways:
                    longer[i + 1] = share
                text = prefix.text + CHARACTERS[column]
                heapq.heappush(heap, (-bound, text, column, prefix, longer, after[:, k]))

    open_up(_Prefix("", [1.0] + [0.0] * optics.positions, states, merged))
    while heap and len(found) < count and left > 0:
        bound, text, column, prefix, ways, states = heapq.heappop(heap)
        if column < 0:
            found.append(text)
            least = max(least, -bound * _LEAST_PART)
        elif -bound < least:
            break
        else:
            left -= 1
            open_up(prefix.longer(text, ways, states))
    return found
