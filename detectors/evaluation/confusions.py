"""Which characters are taken for which others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

#: (what stood there, what was read): an empty text means that nothing did.
Confusion = tuple[str, str]


def edits(truth: str, read: str) -> list[Confusion]:
    """The fewest changes that make ``read`` out of ``truth``, as confusions, from left to right.

    >>> edits("B7H527", "87H52")
    [('B', '8'), ('7', '')]
    """
    rows = [[i + j for j in range(len(read) + 1)] for i in range(len(truth) + 1)]
    for i, stood in enumerate(truth, 1):
        for j, seen in enumerate(read, 1):
            rows[i][j] = min(rows[i - 1][j - 1] + (stood != seen), rows[i - 1][j] + 1, rows[i][j - 1] + 1)
    changes: list[Confusion] = []
    i, j = len(truth), len(read)
    while i or j:
        stood, seen = truth[i - 1 : i], read[j - 1 : j]
        if i and j and rows[i][j] == rows[i - 1][j - 1] + (stood != seen):
            i, j = i - 1, j - 1
            if stood != seen:
                changes.append((stood, seen))
        elif i and rows[i][j] == rows[i - 1][j] + 1:
            i -= 1
            changes.append((stood, ""))
        else:
            j -= 1
            changes.append(("", seen))
    return changes[::-1]


def confusions(pairs: Iterable[tuple[str, str]]) -> Counter[Confusion]:
    """How often each confusion happens in pairs of (truth, read)."""
    return Counter(change for truth, read in pairs for change in edits(truth, read))
