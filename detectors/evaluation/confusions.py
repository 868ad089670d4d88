"""Which characters are taken for which others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

#: (what stood there, what was read): an empty text means that nothing did.
Confusion = tuple[str, str]


def aligned(truth: str, read: str) -> list[Confusion]:
    """Both texts side by side, with as few differing places as can be, from left to right.

    >>> aligned("B7H", "87")
    [('B', '8'), ('7', '7'), ('H', '')]
    """
    rows = [[i + j for j in range(len(read) + 1)] for i in range(len(truth) + 1)]
    for i, stood in enumerate(truth, 1):
        for j, seen in enumerate(read, 1):
            rows[i][j] = min(rows[i - 1][j - 1] + (stood != seen), rows[i - 1][j] + 1, rows[i][j - 1] + 1)
    places: list[Confusion] = []
    i, j = len(truth), len(read)
    while i or j:
        stood, seen = truth[max(i - 1, 0) : i], read[max(j - 1, 0) : j]
        if i and j and rows[i][j] == rows[i - 1][j - 1] + (stood != seen):
            i, j = i - 1, j - 1
        elif i and rows[i][j] == rows[i - 1][j] + 1:
            i, seen = i - 1, ""
        else:
            j, stood = j - 1, ""
        places.append((stood, seen))
    return places[::-1]


def confusions(pairs: Iterable[tuple[str, str]]) -> Counter[Confusion]:
    """How often each confusion happens in pairs of (truth, read)."""
    return Counter(
        (stood, seen) for truth, read in pairs for stood, seen in aligned(truth, read) if stood != seen
    )
