"""The notation of a format, and the sequences of positions that it stands for.

A pattern is a row of parts with blanks between them. ``L`` is one of the country's letters, ``D`` a digit,
``N`` a digit from 1 to 9, ``A`` one of the country's letters or a digit; a count (``L3``) or a range
(``D1-4``) may follow. ``@county`` is a word of the country's list of that name, ``'TX'`` exactly that. So
``@county D2 L3`` is a county's code, two digits and three letters.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass

from enforcement.errors import GrammarError
from enforcement.grammars.alphabet import CHARACTERS, DIGITS

_PART = re.compile(r"(?:([LDNA])(?:(\d+)(?:-(\d+))?)?|@([a-z_]+)|'([^' ]+)')")


@dataclass(frozen=True)
class Place:
    """The words of one length of which one stands here; a set of characters is words of one character."""

    words: tuple[str, ...]

    @property
    def length(self) -> int:
        """How many characters stand here."""
        return len(self.words[0])


@dataclass(frozen=True)
class Sequence:
    """Places one after the other: what a pattern is once its ranges and its words' lengths are chosen.

    ``share`` is the part of the pattern's plates that are of this shape.
    """

    places: tuple[Place, ...]
    share: float

    @property
    def length(self) -> int:
        """How many characters the plate has."""
        return sum(place.length for place in self.places)


def expand(pattern: str, letters: str, lists: Mapping[str, tuple[str, ...]]) -> tuple[Sequence, ...]:
    """The sequences of ``pattern``: each length of a range as likely, a list's lengths by their words.

    Raises:
        GrammarError: when a part is not of the notation, or names a list that is not there.
    """
    choices = [_choices(part, letters, lists) for part in pattern.split()]
    if not choices:
        raise GrammarError("a pattern is empty; write its parts, for instance 'L2 D3 L2'.")
    found = []
    for chosen in itertools.product(*choices):
        share = 1.0
        for _, part_share in chosen:
            share *= part_share
        found.append(Sequence(tuple(place for places, _ in chosen for place in places), share))
    return tuple(found)


def _choices(
    part: str, letters: str, lists: Mapping[str, tuple[str, ...]]
) -> list[tuple[tuple[Place, ...], float]]:
    match = _PART.fullmatch(part)
    if match is None:
        raise GrammarError(f"the part '{part}' of a pattern is unknown; use L, D, N, A, @list or 'TEXT'.")
    kind, low, high, name, literal = match.groups()
    if kind:
        sets = {"L": letters, "D": DIGITS, "N": DIGITS[1:], "A": letters + DIGITS}
        place = Place(tuple(sets[kind]))
        first = int(low or 1)
        counts = range(first, int(high or first) + 1)
        if not counts or not any(counts):
            raise GrammarError(f"the range of '{part}' is empty; write the smaller number first.")
        return [((place,) * count, 1.0 / len(counts)) for count in counts]
    words = (literal,) if literal else lists.get(name, ())
    if not words:
        raise GrammarError(f"the list '{name}' of a pattern is not there; add it under [lists].")
    strange = "".join(sorted(set("".join(words)) - set(CHARACTERS)))
    if strange:
        raise GrammarError(f"'{part}' has characters that stand on no plate: {strange}")
    by_length = itertools.groupby(sorted(set(words), key=lambda word: (len(word), word)), len)
    groups = [tuple(group) for _, group in by_length]
    total = sum(map(len, groups))
    return [((Place(group),), len(group) / total) for group in groups]
