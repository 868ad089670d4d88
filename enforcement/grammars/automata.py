"""All formats compiled to position automata, side by side in one set of arrays.

Every sequence of a pattern becomes one deterministic automaton without loops: a chain of states, with a trie
where a list of words stands. A text is accepted by an automaton along exactly one path, so sums over paths
are sums over texts. Automata that end alike share the states of their ends.
"""

from __future__ import annotations

import math
from collections.abc import Sequence as Many
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray

from enforcement.grammars.alphabet import CHARACTERS, COLUMN, surprise
from enforcement.grammars.countries import Country, Format, load_countries
from enforcement.grammars.patterns import Place

DEAD = 0
#: Plates have some four to nine characters: a format's length is right by chance one time in six.
_LENGTHS = 6.0

Reals = NDArray[np.float64]
Indices = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Automata:
    """Automata ``a`` and states ``s``; state 0 is where every text ends that does not fit.

    ``start[a]`` is an automaton's first state, ``owner[a]`` the index of its format in ``formats``,
    ``share[a]`` its part of that format's plates, and ``surprise[a]`` how many times likelier a text it
    accepts is on a plate of this shape than among texts of no format. ``step[s, character]`` is the next
    state. ``source``, ``target`` and ``shows`` are the same steps as edges, one for each pair of states, in
    the order of how many characters are still to come, their own included: from ``since[k]`` on at least k.
    An edge is taken by the characters of ``masks[shows]``; most edges share one, as all digits.
    """

    formats: tuple[tuple[Country, Format], ...]
    start: Indices
    owner: Indices
    share: Reals
    surprise: Reals
    step: Indices
    accepting: NDArray[np.bool_]
    source: Indices
    target: Indices
    masks: Reals
    shows: Indices
    since: Indices

    @property
    def states(self) -> int:
        """How many states there are."""
        return len(self.accepting)

    @cached_property
    def places(self) -> tuple[str, ...]:
        """By format: where its plates come from, in words."""
        return tuple(country.place_of(one) for country, one in self.formats)

    @cached_property
    def by_length(self) -> dict[int, Indices]:
        """By how many characters their texts have, which is one number for each: automata by index."""
        left = np.zeros(self.states, dtype=np.intp)
        left[self.source] = np.searchsorted(self.since, np.arange(len(self.source)), side="right") - 1
        lengths = left[self.start]
        return {int(length): np.flatnonzero(lengths == length) for length in np.unique(lengths)}

    def accepting_owners(self, text: str) -> Indices:
        """The automata that accept ``text``, by index."""
        columns = [COLUMN.get(character, -1) for character in text]
        owners = self.by_length.get(len(text))
        if owners is None or -1 in columns:
            return np.zeros(0, dtype=np.intp)
        states = self.start[owners]
        for column in columns:
            states = self.step[states, column]  # from DEAD to DEAD
        return owners[self.accepting[states]]


def rarity(text: str) -> float:
    """How many texts of no format there are for each that is this one: as ``surprise``, of a single text."""
    return float(_LENGTHS * math.prod(map(surprise, text)))


@cache
def shipped_automata() -> Automata:
    """The formats of :func:`load_countries`, compiled once a process."""
    return compile_formats(load_countries())


def compile_formats(countries: Many[Country]) -> Automata:
    """Compile every format of ``countries``."""
    formats = tuple((country, one) for country in countries for one in country.formats)
    build = _Builder()
    start, owner, share, surprises = [], [], [], []
    for index, (country, one) in enumerate(formats):
        for sequence in country.sequences(one):
            start.append(build.before(sequence.places))
            owner.append(index)
            share.append(sequence.share)
            surprises.append(_LENGTHS * float(np.prod([_surprise(place) for place in sequence.places])))
    step = np.array(build.step, dtype=np.intp)
    accepting = np.array(build.accepting)
    source, target, masks, shows, since = _edges(step, accepting)
    return Automata(
        formats=formats,
        start=np.array(start, dtype=np.intp),
        owner=np.array(owner, dtype=np.intp),
        share=np.array(share),
        surprise=np.array(surprises),
        step=step,
        accepting=accepting,
        source=source,
        target=target,
        masks=masks,
        shows=shows,
        since=since,
    )


def _surprise(place: Place) -> float:
    columns = ["".join(characters) for characters in zip(*place.words, strict=True)]
    if place.length == 1:
        return surprise(columns[0])
    free = float(np.prod([surprise(column[:1]) for column in columns]))
    return free / len(place.words)


class _Builder:
    """Grows the table of steps from the ends of the sequences, so that equal endings share their states."""

    def __init__(self) -> None:
        self.step: list[list[int]] = []
        self.accepting: list[bool] = []
        self._before: dict[tuple[Place, ...], int] = {}
        self._state()

    def _state(self, *, accepting: bool = False) -> int:
        self.step.append([DEAD] * len(CHARACTERS))
        self.accepting.append(accepting)
        return len(self.step) - 1

    def before(self, places: tuple[Place, ...]) -> int:
        """The state from which exactly ``places`` lead to acceptance."""
        known = self._before.get(places)
        if known is None:
            known = self._before[places] = self._grow(places)
        return known

    def _grow(self, places: tuple[Place, ...]) -> int:
        if not places:
            return self._state(accepting=True)
        after = self.before(places[1:])
        first = self._state()
        for word in places[0].words:
            state = first
            for character in word[:-1]:
                column = COLUMN[character]
                self.step[state][column] = self.step[state][column] or self._state()
                state = self.step[state][column]
            self.step[state][COLUMN[word[-1]]] = after
        return first


def _edges(step: Indices, accepting: NDArray[np.bool_]) -> tuple[Indices, Indices, Reals, Indices, Indices]:
    sources, columns = np.nonzero(step)
    pairs = np.stack([sources, step[sources, columns]], axis=1)
    unique, which = np.unique(pairs, axis=0, return_inverse=True)
    mask = np.zeros((len(unique), step.shape[1]))
    mask[which.reshape(-1), columns] = 1.0
    source, target = unique[:, 0].astype(np.intp), unique[:, 1].astype(np.intp)
    # All texts from a state to acceptance are as long as one another, so that states lie in layers.
    left = np.full(len(accepting), -1)
    left[accepting] = layer = 0
    while (before := source[left[target] == layer]).size:
        layer += 1
        left[before] = layer
    order = np.argsort(left[source], kind="stable")
    since = np.searchsorted(left[source][order], np.arange(layer + 2)).astype(np.intp)
    masks, shows = np.unique(mask[order], axis=0, return_inverse=True)
    return source[order], target[order], masks, shows.reshape(-1).astype(np.intp), since
